"""The looks at a provider in time, each beside the one before: what history is made of."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planner.core.diff import Side
from planner.core.known import says_more
from planner.core.snapshots import Coverage, Snapshot


class Step(NamedTuple):
    """Two looks running; `old` is None before the first one."""

    old: Side | None
    new: Side


def steps(snapshots: Iterable[Snapshot]) -> Iterator[Step]:
    """The looks at one provider, oldest first, as steps; each side knows what older looks told.

    A look that repeats the one before, record for record, is no step of its own: only its day
    counts, as that of the side that it repeats.
    """
    before: Side | None = None
    for snapshot in snapshots:
        looks = [snapshot]
        known: list[Coverage] = list(snapshot.coverage)
        for older in () if before is None else before.snapshots:
            if says_more(older.coverage, known):
                looks.append(older)
                known += older.coverage
        earlier = () if before is None else before.snapshots[:1]
        side = Side(on=snapshot.date, snapshots=looks, before=earlier)
        yield Step(before, side)
        before = side
