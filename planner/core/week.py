"""The load of a workload as the arithmetic takes it: a duration curve, its days, its hours."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache, cached_property

import msgspec

from planner.core.duration import LoadCurve, load_curve
from planner.core.profiles import DAYS_PER_WEEK, HOURS_PER_DAY, TrafficProfile
from planner.core.ways import Rates
from planner.core.workload import HOURS_PER_MONTH, Workload


class Turn(msgspec.Struct, frozen=True):
    """From one hour to the next the busiest minute goes so, in requests per hour; so many hours."""

    before: Fraction
    after: Fraction
    hours: int


class Day(msgspec.Struct, frozen=True):
    """A day's load, what may wait on it as a mean in requests per hour, its share of the week."""

    curve: LoadCurve
    waiting: Fraction
    share: Fraction


class Week:
    """The load of one week of the first month, in requests per hour.

    `curve` is of the requests that are to be answered at once; those that may wait for a day are
    told day by day.
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
    def grown(self) -> Callable[[tuple[Fraction, ...]], LoadCurve]:
        """The load over some months, each of which has so many times the first; kept of each."""
        return cache(self.curve.grown)

    @cached_property
    def days(self) -> tuple[Day, ...]:
        """The days of the week, those that are alike once."""
        weights = self.profile.weights
        waiting = self.workload.requests_per_hour * self.workload.batch_share
        alike: dict[tuple[Fraction, ...], list[int]] = defaultdict(list)
        for day in range(DAYS_PER_WEEK):
            alike[weights[day * HOURS_PER_DAY : (day + 1) * HOURS_PER_DAY]].append(day)
        return tuple(
            Day(
                load_curve(self.profile, self._rate, days[0]),
                waiting * sum(hours) / HOURS_PER_DAY,
                Fraction(len(days), DAYS_PER_WEEK),
            )
            for hours, days in alike.items()
        )

    @cached_property
    def order(self) -> tuple[int, ...]:
        """Which of the curve's hours each hour of the week is, from Monday 00:00 UTC on."""
        at: dict[Fraction, int] = {}
        return tuple(at.setdefault(weight, len(at)) for weight in self.profile.weights)

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
        return sum((day.share * day.waiting for day in self.days), Fraction())

    @cached_property
    def widest(self) -> Fraction:
        """The capacity in which all that waits finds idle time, in requests per hour."""
        return max(day.curve.mean + day.waiting for day in self.days)

    def waits_beyond(self, capacity: Fraction, growth: Sequence[Fraction]) -> Fraction:
        """What does not fit into the idle time of a capacity, day by day; requests per hour.

        The mean over months that have so many times the first one's load.
        """
        beyond = Fraction()
        for factor, count in Counter(growth).items():
            room = capacity / factor
            for day in self.days:
                left = day.waiting + day.curve.mean - day.curve.over(room) - room
                if left > 0:
                    beyond += left * factor * day.share * count
        return beyond / len(growth)


def monthly(per_hour: Fraction) -> Fraction:
    """A month's worth of an amount per hour."""
    return per_hour * HOURS_PER_MONTH


def mean(growth: Sequence[Fraction]) -> Fraction:
    """The mean volume of some months over that of the first."""
    return sum(growth, Fraction()) / len(growth)
