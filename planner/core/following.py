"""Machines that come and go with the load, hour by hour, each paid from its start-up on.

A base of machines may be bought for a term; above it machines by the hour follow the busiest minute
of each hour. What one more machine in the base saves changes only where the base reaches what some
hour needs, so the best base is one of these counts.
"""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from planner.core.unit_grid import Grid
from planner.core.week import Turn


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """Machines that run, as means over the weeks, and what they cost in US dollars per hour."""

    base: int
    hourly: Fraction
    hourly_peak: int
    base_usd: Fraction
    hourly_usd: Fraction

    @property
    def usd_per_hour(self) -> Fraction:
        """The base and what comes on top."""
        return self.base_usd + self.hourly_usd


class Change(msgspec.Struct, frozen=True):
    """From one hour to the next the machines that are needed go so; so many hours of the week."""

    before: int
    after: int
    hours: int


def changes(
    turns: Sequence[Turn], growth: Fraction, grid: Grid, per_unit: Fraction, spare: int
) -> list[Change] | None:
    """The machines that each hour needs, spare ones where any is; None if more than can be had."""
    loads = {load for turn in turns for load in (turn.before, turn.after)}
    counts = {load: grid.that_carries(load * growth / per_unit) for load in loads}
    known = {load: n + spare if n else 0 for load, n in counts.items() if n is not None}
    if len(known) < len(counts):
        return None
    return [Change(known[turn.before], known[turn.after], turn.hours) for turn in turns]


def follow(
    weeks: Sequence[Sequence[Change]],
    *,
    hourly: Fraction,
    base: Fraction | None,
    start_up_hours: Fraction,
) -> Following:
    """The cheapest base under machines that follow what each hour needs, in weeks of some months.

    `hourly` and `base` are US dollars per machine and hour; without `base` nothing is bought for a
    term.
    """
    bases = {0} if base is None else {0, *(change.after for week in weeks for change in week)}
    told = [_with(weeks, n, hourly, base or Fraction(), start_up_hours) for n in bases]
    return min(told, key=lambda one: (one.usd_per_hour, one.base))


def _with(
    weeks: Sequence[Sequence[Change]],
    count: int,
    hourly: Fraction,
    base: Fraction,
    start_up_hours: Fraction,
) -> Following:
    running = started = hours = most = 0
    for week in weeks:
        for change in week:
            above = max(0, change.after - count)
            hours += change.hours
            running += above * change.hours
            started += max(0, above - max(0, change.before - count)) * change.hours
            most = max(most, above)
    mean = (running + started * start_up_hours) / hours
    return Following(
        base=count,
        hourly=mean,
        hourly_peak=most,
        base_usd=count * base,
        hourly_usd=mean * hourly,
    )
