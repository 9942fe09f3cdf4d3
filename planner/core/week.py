"""The load of a workload as the arithmetic takes it: a duration curve, its days, its hours."""

from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, cached_property

import msgspec

from planner.core.duration import LoadCurve, load_curve
from planner.core.profiles import HOURS_PER_DAY, TrafficProfile
from planner.core.ways import Rates
from planner.core.workload import HOURS_PER_MONTH, Workload


class Turn(msgspec.Struct, frozen=True):
    """From one hour to the next the busiest minute goes so, in requests per hour; so many hours."""

    before: Fraction
    after: Fraction
    hours: int


class Week:
    """The load of one week of the first month, in requests per hour.

    `curve` is of the requests that are to be answered at once; those that may wait for a day are in
    `waiting_by_day`, the mean of each day from Monday on.
    """

    def __init__(self, workload: Workload) -> None:
        self.workload = workload
        self.profile: TrafficProfile = workload.profile
        self._rate = workload.requests_per_hour * (1 - workload.batch_share)
        self.curve = load_curve(workload.profile, self._rate)

    @cached_property
    def usd_per_request(self) -> Callable[[Rates], Fraction]:
        """The mean cost of a request at some rates, worked out once of each."""
        return cache(lambda rates: rates.usd_per_request(self.workload))

    @cached_property
    def at_once(self) -> "Week":
        """The same load where nothing waits."""
        return Week(msgspec.structs.replace(self.workload, batch_share=Fraction()))

    @cached_property
    def days(self) -> tuple[LoadCurve, ...]:
        """The curve of each day, from Monday on."""
        return tuple(load_curve(self.profile, self._rate, day) for day in range(7))

    @cached_property
    def waiting_by_day(self) -> tuple[Fraction, ...]:
        """What may wait, in requests per hour, as the mean of each day."""
        rate = self.workload.requests_per_hour * self.workload.batch_share
        weights = self.profile.weights
        return tuple(
            rate * sum(weights[day * HOURS_PER_DAY : (day + 1) * HOURS_PER_DAY]) / HOURS_PER_DAY
            for day in range(7)
        )

    @cached_property
    def turns(self) -> tuple["Turn", ...]:
        """How the busiest minute goes from hour to hour, each pair of hours that is alike once."""
        factor = self.profile.peak_minute_factor * self._rate
        weights = self.profile.weights
        pairs = Counter(zip((weights[-1], *weights), weights, strict=False))
        return tuple(
            Turn(before * factor, after * factor, hours) for (before, after), hours in pairs.items()
        )

    @cached_property
    def mean_peak(self) -> Fraction:
        """The mean over the hours of what their busiest minutes carry, as requests per hour."""
        return self.profile.mean * self.profile.peak_minute_factor * self._rate

    @cached_property
    def busy_share(self) -> Fraction:
        """The share of the hours in which there is any load."""
        weights = self.profile.weights
        return Fraction(sum(1 for weight in weights if weight), len(weights))

    @cached_property
    def waiting(self) -> Fraction:
        """What may wait, in requests per hour over the week."""
        return sum(self.waiting_by_day, Fraction()) / 7

    @cached_property
    def widest(self) -> Fraction:
        """The capacity in which all that waits finds idle time, in requests per hour."""
        days = zip(self.days, self.waiting_by_day, strict=True)
        return max(curve.mean + waiting for curve, waiting in days)

    def waits_beyond(self, capacity: Fraction, growth: Fraction) -> Fraction:
        """What does not fit into the idle time of a capacity, day by day; requests per hour."""
        beyond = Fraction()
        for curve, waiting in zip(self.days, self.waiting_by_day, strict=True):
            served = (curve.mean - curve.over(capacity / growth)) * growth
            beyond += max(Fraction(), waiting * growth - (capacity - served))
        return beyond / 7


def monthly(per_hour: Fraction) -> Fraction:
    """A month's worth of an amount per hour."""
    return per_hour * HOURS_PER_MONTH


def mean(growth: Sequence[Fraction]) -> Fraction:
    """The mean volume of some months over that of the first."""
    return sum(growth, Fraction()) / len(growth)
