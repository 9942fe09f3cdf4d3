"""`planner diff` for people: the summary, the changes under their severities, what was not seen."""

from rich.table import Table
from rich.text import Text

from planner.core.checks import Severity
from planner.core.diff_answer import DiffAnswer
from planner.render.diff_words import by_severity, gaps, headline, lines, silenced, title
from planner.render.listing import page
from planner.render.safe import plain
from planner.render.terminal import Screen

_STYLES = {Severity.BREAKING: "bold red", Severity.WARNING: "yellow", Severity.INFO: ""}
_MARKS = {Severity.BREAKING: "!!", Severity.WARNING: " !", Severity.INFO: "  "}
_NEXT = "Only what you run: --using FILE. A gate for CI: --fail-on breaking. Checks: --checks."


def diff_text(answer: DiffAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    body: list[str] = []
    several = len(answer.compared) > 1
    for level, changes in by_severity(answer.changes):
        body += [""] if body else []
        body += screen.lines([Text(title(level, len(changes)).capitalize(), style="bold")])
        for line in lines(changes, several=several):
            body += _hanging(screen, _MARKS[level], plain(line.text), _STYLES[level])
    tail = [*_not_compared(answer), *silenced(answer), _NEXT]
    whole = every_row or screen.height is None
    return page(screen, [f"{headline(answer)}."], body, tail, whole=whole)


def _hanging(screen: Screen, mark: str, words: str, style: str) -> list[str]:
    """A mark and words; where these wrap they stay below each other."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_row(Text(mark, style=style), Text(words, style=style))
    return screen.lines([grid])


def _not_compared(answer: DiffAnswer) -> list[str]:
    told = gaps(answer)
    return [f"Not compared: {'; '.join(told)}."] if told else []
