"""How traffic spreads over a week: the weight of each hour, and the busiest minute within it.

A profile has 168 weights, from Monday 00:00 UTC on. A weight of 1 is the rate that a workload
names, 0 no traffic, 2 twice the rate. Within an hour one minute is the busiest; the other 59 share
what is left of the hour evenly.
"""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

HOURS_PER_DAY = 24
HOURS_PER_WEEK = 168
MINUTES_PER_HOUR = 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMED = ("flat", "business-hours", "night-batch", "bursty")
BURST_HOURS = (10, 15)  # a choice: two bursts on each day, one in the morning, one after lunch


class TrafficProfile(msgspec.Struct, frozen=True, kw_only=True):
    """The weights of the 168 hours of a week, from Monday 00:00 UTC on.

    `peak_minute_factor` is the busiest minute's rate over its hour's mean, 1 to 60. `told` says in
    words what the profile is. Raises ValueError for another count of hours, a negative weight or
    no traffic at all.
    """

    weights: tuple[Fraction, ...]
    peak_minute_factor: Fraction = Fraction(1)
    told: str = "the hours given"

    def __post_init__(self) -> None:
        if len(self.weights) != HOURS_PER_WEEK:
            raise ValueError(
                f"a profile has {len(self.weights)} weights; give 168, an hour each from Monday on"
            )
        if min(self.weights) < 0:
            raise ValueError(f"a weight is {float(min(self.weights)):g}; give 0 or more")
        if not any(self.weights):
            raise ValueError("the profile is empty: every weight is 0; give some hour traffic")
        if not 1 <= self.peak_minute_factor <= MINUTES_PER_HOUR:
            raise ValueError(
                f"peak_minute_factor is {float(self.peak_minute_factor):g}; give 1 (even) to 60 "
                "(an hour's traffic within one minute)"
            )

    @property
    def mean(self) -> Fraction:
        """The mean weight over the week."""
        return sum(self.weights, Fraction()) / HOURS_PER_WEEK

    @property
    def peak(self) -> Fraction:
        """The weight of the busiest minute of the week."""
        return max(self.weights) * self.peak_minute_factor

    @property
    def rest_of_hour(self) -> Fraction:
        """What the other 59 minutes of an hour carry, over the hour's mean."""
        return (MINUTES_PER_HOUR - self.peak_minute_factor) / (MINUTES_PER_HOUR - 1)


def flat(peak_minute_factor: Fraction = Fraction(1)) -> TrafficProfile:
    """The same rate, day and night."""
    weights = (Fraction(1),) * HOURS_PER_WEEK
    return TrafficProfile(weights=weights, peak_minute_factor=peak_minute_factor, told="flat")


def daily(
    hours: Iterable[int],
    *,
    days: Iterable[int] = range(7),
    inside: Fraction = Fraction(1),
    outside: Fraction = Fraction(),
    utc_offset_hours: Fraction = Fraction(),
    peak_minute_factor: Fraction = Fraction(1),
    told: str,
) -> TrafficProfile:
    """Some hours (0 to 23, local) of some days (0 is Monday) at one weight, the rest at another.

    The clock of the place is `utc_offset_hours` ahead of UTC; an offset of half an hour spreads an
    hour's traffic over two hours of UTC.
    """
    chosen, wanted = set(hours), set(days)
    local = [
        inside if day in wanted and hour in chosen else outside
        for day in range(7)
        for hour in range(HOURS_PER_DAY)
    ]
    return TrafficProfile(
        weights=in_utc(local, utc_offset_hours), peak_minute_factor=peak_minute_factor, told=told
    )


def in_utc(local: Iterable[Fraction], utc_offset_hours: Fraction) -> tuple[Fraction, ...]:
    """The week's weights by UTC, given those by the clock of a place so far ahead of it."""
    weights = list(local)
    whole = utc_offset_hours.numerator // utc_offset_hours.denominator
    part = utc_offset_hours - whole
    return tuple(
        weights[(hour + whole) % len(weights)] * (1 - part)
        + weights[(hour + whole + 1) % len(weights)] * part
        for hour in range(len(weights))
    )
