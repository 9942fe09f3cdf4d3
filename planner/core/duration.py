"""How much of the time the load is how high: a load's duration curve, exactly.

A profile's hours become levels: for 59 minutes of an hour the load stands at what these carry, for
one at its peak. What is above some capacity is then a sum over the levels above it, and needs no
walk through time.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

from planner.core.profiles import HOURS_PER_DAY, MINUTES_PER_HOUR, TrafficProfile


class Level(msgspec.Struct, frozen=True):
    """For a share of the time the load is so many requests per hour."""

    requests_per_hour: Fraction
    share: Fraction


class Hour(msgspec.Struct, frozen=True):
    """For a share of the hours the load takes such levels; their shares of the hour sum to 1."""

    share: Fraction
    levels: tuple[Level, ...]

    @property
    def peak(self) -> Fraction:
        """The highest load in requests per hour."""
        return max(level.requests_per_hour for level in self.levels)

    def over(self, capacity: Fraction) -> Fraction:
        """What is above a capacity, in requests per hour over all of the hour."""
        above = (max(Fraction(), le.requests_per_hour - capacity) * le.share for le in self.levels)
        return sum(above, Fraction())

    def times(self, factor: Fraction) -> "Hour":
        """So many times the load."""
        levels = (Level(level.requests_per_hour * factor, level.share) for level in self.levels)
        return Hour(self.share, tuple(levels))


class LoadCurve:
    """The levels of a load, lowest first; their shares sum to 1.

    `hours` are the hours that they make up: what is bought by the hour is bought for all of one.
    """

    def __init__(self, hours: Iterable[Hour]) -> None:
        self.hours = tuple(hour for hour in hours if hour.share)
        shares: dict[Fraction, Fraction] = defaultdict(Fraction)
        for hour in self.hours:
            for level in hour.levels:
                if level.share:
                    shares[level.requests_per_hour] += level.share * hour.share
        self.levels = tuple(Level(rate, shares[rate]) for rate in sorted(shares))
        self._rates = [level.requests_per_hour for level in self.levels]
        above, load = Fraction(), Fraction()
        self._above = [(above, load)]
        for level in reversed(self.levels):
            above += level.share
            load += level.share * level.requests_per_hour
            self._above.append((above, load))
        self._above.reverse()

    @classmethod
    def of_levels(cls, levels: Iterable[Level]) -> "LoadCurve":
        """A load that is the same all through each hour."""
        whole = Fraction(1)
        return cls(Hour(level.share, (Level(level.requests_per_hour, whole),)) for level in levels)

    def grown(self, growth: Sequence[Fraction]) -> "LoadCurve":
        """The load over some months, each of which has so many times this one."""
        if len(set(growth)) == 1:
            growth = growth[:1]
        share = Fraction(1, len(growth))
        return LoadCurve(
            Hour(hour.share * share, hour.times(factor).levels)
            for factor in growth
            for hour in self.hours
        )

    @property
    def mean(self) -> Fraction:
        """The mean load in requests per hour."""
        return self._above[0][1]

    @property
    def peak(self) -> Fraction:
        """The highest load in requests per hour."""
        return self._rates[-1]

    def share_above(self, capacity: Fraction) -> Fraction:
        """The share of the time in which the load is above a capacity (requests per hour)."""
        return self._above[bisect_right(self._rates, capacity)][0]

    def over(self, capacity: Fraction) -> Fraction:
        """What is above a capacity, in requests per hour over all the time."""
        share, load = self._above[bisect_right(self._rates, capacity)]
        return load - share * capacity


def load_curve(
    profile: TrafficProfile, requests_per_hour: Fraction, day: int | None = None
) -> LoadCurve:
    """The duration curve of a rate under a profile, of the week or of one day (0 is Monday)."""
    weights = profile.weights
    if day is not None:
        weights = weights[day * HOURS_PER_DAY : (day + 1) * HOURS_PER_DAY]
    hours: dict[Fraction, int] = defaultdict(int)
    for weight in weights:
        hours[weight] += 1
    peak, rest = profile.peak_minute_factor, profile.rest_of_hour
    return LoadCurve(
        hour_of(requests_per_hour * weight * peak, requests_per_hour * weight * rest, share)
        for weight, share in ((w, Fraction(count, len(weights))) for w, count in hours.items())
    )


def hour_of(peak: Fraction, rest: Fraction, share: Fraction) -> Hour:
    """An hour with one busiest minute, and what the other 59 carry, in requests per hour."""
    minute = Fraction(1, MINUTES_PER_HOUR)
    if peak == rest:
        return Hour(share, (Level(peak, Fraction(1)),))
    return Hour(share, (Level(peak, minute), Level(rest, 1 - minute)))
