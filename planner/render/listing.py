"""What the lists of offers and of models share: ends with a mark, and fitting the screen."""

import datetime as dt
from collections.abc import Iterable, Sequence

from rich.text import Text

from planner.core.answers import ModelEntry, OfferEntry
from planner.core.lifecycle import CLOSED_TO_NEW
from planner.core.listing import has_retired
from planner.core.offers import Availability
from planner.render.region_map import MARKS
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import UNKNOWN

_LEAST = 4


def end(entry: OfferEntry | ModelEntry, on: dt.date) -> str:
    """The retirement date, with a mark where it has passed or new customers are refused."""
    if has_retired(entry, on):
        mark = MARKS[Availability.RETIRED][0]
    elif isinstance(entry, OfferEntry) and entry.lifecycle in CLOSED_TO_NEW:
        mark = MARKS[Availability.CLOSED_TO_NEW][0]
    elif isinstance(entry, ModelEntry) and not entry.regions:
        mark = MARKS[Availability.NOT_OFFERED][0]
    else:
        mark = ""
    return f"{entry.retires_on or UNKNOWN} {mark}".rstrip()


def legend(cells: Iterable[str]) -> list[str]:
    """What the marks in these cells mean, where there are any."""
    last = {cell.rpartition(" ")[2] for cell in cells if " " in cell}
    used = [f"{mark} {word}" for mark, word in MARKS.values() if mark in last]
    return [f"{', '.join(used)}."] if used else []


def page(
    screen: Screen, head: Sequence[str], body: Sequence[str], tail: Sequence[str], *, whole: bool
) -> str:
    """Head, body and tail one below the other; the body cut to the screen unless `whole`.

    `head` and `tail` are sentences that wrap; `body` are lines that fit the width.
    """
    above = screen.lines(Text(plain(line)) for line in head)
    below = screen.lines(Text(plain(line)) for line in tail)
    if body:
        above, below = [*above, ""], ["", *below]
    rows, more = list(body), []
    if screen.height is not None and not whole:
        room = max(screen.height - len(above) - len(below) - 1, _LEAST)
        if len(rows) > room:
            more = [f"... {len(rows) - room + 1:,} more lines: --all"]
            rows = rows[: room - 1]
    return "\n".join([*above, *rows, *more, *below]) + "\n"
