"""The parts of a longer text, as many as a screen holds."""

from collections.abc import Iterable

from rich.table import Table
from rich.text import Text

from planner.render.safe import plain
from planner.render.terminal import Screen

Section = tuple[str, list[str]]
"""A name, and lines; the nameless first one is always shown."""


def fitting(sections: Iterable[Section], screen: Screen, *, everything: bool) -> str:
    """The sections that fit below one another, and the names of those that do not."""
    shown: list[str] = []
    hidden: list[str] = []
    room = screen.height
    for name, lines in sections:
        if not lines:
            continue
        if room is None or everything or not name or len(lines) + 2 <= room:
            shown.append("\n".join(lines))
            room = None if room is None else room - len(lines) - 1
        else:
            hidden.append(name)
    if hidden:
        shown.append("\n".join(screen.lines([Text(f"With --all: {', '.join(hidden)}.")])))
    return "\n\n".join(shown) + "\n"


def prose(screen: Screen, lines: Iterable[str]) -> list[str]:
    """Sentences, each broken to the width of the screen."""
    return screen.lines(Text(plain(line)) for line in lines)


def table(*headings: str) -> Table:
    """A table without lines, its long cells folded."""
    grid = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        grid.add_column(Text(heading), overflow="fold")
    return grid
