"""`planner diff` as markdown: the body of an issue, a pull request's comment or a step summary."""

from collections.abc import Iterator, Sequence

from planner.core.checks import Severity
from planner.core.diff_answer import Change, DiffAnswer
from planner.render.diff_words import by_severity, gaps, headline, lines, silenced, title
from planner.render.safe import markdown_cell

# GitHub refuses an issue's body of more than 65,536 characters.
_MOST = 60_000


def diff_markdown(answer: DiffAnswer) -> str:
    """The summary first, then a list a severity; notes are folded away; never longer than fits."""
    parts = [f"{markdown_cell(headline(answer))}."]
    several = len(answer.compared) > 1
    for level, some in by_severity(answer.changes):
        parts.append(_part(level, some, several=several))
    if told := gaps(answer):
        items = "\n".join(f"- {markdown_cell(gap)}" for gap in told)
        parts.append(f"**Not compared**\n\n{items}")
    parts += [markdown_cell(line) for line in silenced(answer)]
    return "\n\n".join(parts) + "\n"


def _part(level: Severity, changes: Sequence[Change], *, several: bool) -> str:
    head = title(level, len(changes)).capitalize()
    rows = "\n".join(_rows(changes, _MOST // len(Severity), several=several))
    if level is Severity.INFO:
        return f"<details><summary>{head}</summary>\n\n{rows}\n\n</details>"
    return f"**{head}**\n\n{rows}"


def _rows(changes: Sequence[Change], room: int, *, several: bool) -> Iterator[str]:
    told = lines(changes, several=several)
    for number, line in enumerate(told):
        row = f"- {markdown_cell(line.text)} `{line.check}`"
        room -= len(row) + 1
        if room < 0:
            yield f"- and {len(told) - number:,} more: planner diff --format json"
            return
        yield row
