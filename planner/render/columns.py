"""Columns of numbers whose points stand below each other."""

from collections.abc import Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from planner.render.terminal import Screen

NOTHING = "-"
Column = tuple[str, Sequence[str], bool]
"""A head, the cells below it, and whether they are numbers."""


def on_point(head: str, cells: Sequence[str]) -> tuple[str, list[str]]:
    """The head and the cells of a column, as wide as each other, aligned on the decimal point."""
    behind = max((len(_fraction(cell)) for cell in cells), default=0)
    padded = [cell + " " * (behind - len(_fraction(cell))) for cell in cells]
    width = max(map(len, (head, *padded)))
    return head.rjust(width), [cell.rjust(width) for cell in padded]


def grouped(columns: Sequence[Column], groups: Sequence[str], screen: Screen) -> list[str]:
    """The lines of a table whose neighbours of one group stand indented under its name."""
    padded: list[Column] = []
    for name, body, numbers in columns:
        head, cells = on_point(name, body) if numbers else (name, body)
        padded.append((f"  {head}" if not padded else head, cells, numbers))
    lines = screen.lines([table([(head, [], numbers) for head, _, numbers in padded])])
    for group, numbered in groupby(enumerate(groups), key=lambda one: one[1]):
        rows = [number for number, _ in numbered]
        own = [("", [cells[row] for row in rows], numbers) for _, cells, numbers in padded]
        first = ("", [f"  {cell}" for cell in own[0][1]], own[0][2])
        lines += screen.lines([Text(group), table([first, *own[1:]], heads=False)])
    return lines


def table(columns: Sequence[Column], *, heads: bool = True) -> Table:
    """A table without lines."""
    made = Table(
        box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold", show_header=heads
    )
    bodies = []
    for head, cells, numbers in columns:
        shown, body = on_point(head, cells) if numbers else (head, list(cells))
        # The padding would be lost in a column that is justified to the right.
        made.add_column(Text(shown), overflow="fold", no_wrap=numbers)
        bodies.append(body)
    for row in zip(*bodies, strict=True):
        made.add_row(*map(Text, row))
    return made


def _fraction(cell: str) -> str:
    """What stands from the point on; of words and dashes nothing."""
    return cell[cell.index(".") :] if "." in cell else ""
