"""`planner doctor` for people: what fails first in words, then every subject with its checks."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from planner.core.collect_answer import Check, CheckStatus, DoctorAnswer, tally
from planner.render.safe import plain
from planner.render.terminal import Screen

_MARKS = {CheckStatus.PASSED: "✓", CheckStatus.FAILED: "✗", CheckStatus.SKIPPED: " "}
Row = tuple[str, str, str, str]


def doctor_text(
    answer: DoctorAnswer, screen: Screen, every_row: bool = False, online: bool = False
) -> str:
    """The whole text; a subject of which all was skipped has one line unless `every_row`."""
    counts = tally(answer.checks)
    wrong = [c for c in answer.checks if c.status is CheckStatus.FAILED and c.configured]
    names = ", ".join(f"{c.subject} {c.check}" for c in wrong)
    head = f"Set up, and failing: {names}." if wrong else "Nothing that you set up fails."
    told = f"{head} Checks: {', '.join(f'{counts[status]} {status}' for status in CheckStatus)}."
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for position in range(4):
        table.add_column(overflow="fold", no_wrap=position < 3)  # noqa: PLR2004
    for _, group in groupby(answer.checks, key=lambda c: c.subject):
        for row in _rows(list(group), every_row):
            table.add_row(*(Text(cell) for cell in row))
    tail = "A skipped check says nothing."
    if not online:
        tail += " No cloud was asked; --online asks one region."
    return screen.text(Text(plain(told)), "", table, "", Text(tail))


def _rows(checks: Sequence[Check], every_row: bool) -> Iterator[Row]:
    """A subject's rows: those that were skipped are put together, with the first fix.

    A provider that nobody set up has one row.
    """
    skipped = [c for c in checks if c.status is CheckStatus.SKIPPED and not every_row]
    subject = plain(checks[0].subject)
    if any(c.check == "credentials" for c in skipped) and not any(
        c.configured or c.status is CheckStatus.FAILED for c in checks
    ):
        fix = next((c.fix for c in skipped if c.fix), skipped[0].detail)
        yield _MARKS[CheckStatus.SKIPPED], subject, "not set up", plain(f"-> {fix}")
        return
    for check in checks:
        if check not in skipped:
            yield _MARKS[check.status], subject, plain(check.check), _detail(check)
            subject = ""
    if skipped:
        names = plain(", ".join(c.check for c in skipped))
        yield _MARKS[CheckStatus.SKIPPED], subject, "skipped", f"{names}: {_detail(skipped[0])}"


def _detail(check: Check) -> str:
    fix = f" -> {check.fix}" if check.fix else ""
    return plain(f"{check.detail}{fix}")
