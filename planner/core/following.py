"""Machines that come and go with the load, hour by hour, each paid from its start-up on.

A base of machines may be bought for a term; above it machines by the hour follow the busiest minute
of each hour. What one more machine in the base saves changes only where the base reaches what some
hour needs, so the best base is one of these counts.
"""

from collections.abc import Sequence
from fractions import Fraction

import msgspec

from planner.core.unit_grid import Grid


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """Machines that run, as means over the week, and what they cost in US dollars per hour."""

    base: int
    hourly: Fraction
    hourly_peak: int
    base_usd: Fraction
    hourly_usd: Fraction

    @property
    def usd_per_hour(self) -> Fraction:
        """The base and what comes on top."""
        return self.base_usd + self.hourly_usd


def needed(peaks: Sequence[Fraction], grid: Grid, per_unit: Fraction) -> list[int] | None:
    """The machines that each hour needs; None where it is more than can be had."""
    counts = {peak: grid.that_carries(peak / per_unit) for peak in set(peaks)}
    found = [counts[peak] for peak in peaks]
    known = [count for count in found if count is not None]
    return known if len(known) == len(found) else None


def follow(
    weeks: Sequence[Sequence[int]],
    *,
    spare: int,
    hourly: Fraction,
    base: Fraction | None,
    start_up_hours: Fraction,
) -> Following:
    """The cheapest base under machines that follow what each hour needs, in weeks of some months.

    Spare machines run in every hour in which one is needed. `hourly` and `base` are US dollars per
    machine and hour; without `base` nothing is bought for a term.
    """
    running = [[count + spare if count else 0 for count in counts] for counts in weeks]
    bases = {0} if base is None else {0, *(n for counts in running for n in counts)}
    told = [_with(running, n, hourly, base or Fraction(), start_up_hours) for n in bases]
    return min(told, key=lambda one: (one.usd_per_hour, one.base))


def _with(
    weeks: Sequence[Sequence[int]],
    count: int,
    hourly: Fraction,
    base: Fraction,
    start_up_hours: Fraction,
) -> Following:
    hours, most = Fraction(), 0
    for running in weeks:
        above = [max(0, n - count) for n in running]
        before = [above[-1], *above]
        started = sum(max(0, n - last) for last, n in zip(before, above, strict=False))
        hours += (sum(above) + started * start_up_hours) / len(running)
        most = max(most, *above)
    mean = hours / len(weeks)
    return Following(
        base=count,
        hourly=mean,
        hourly_peak=most,
        base_usd=count * base,
        hourly_usd=mean * hourly,
    )
