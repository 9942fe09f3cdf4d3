"""How a way serves a workload over some months, and what that costs: the nouns of a plan."""

from collections.abc import Sequence
from fractions import Fraction
from math import ceil

import msgspec

from planner.core.demands import room_of
from planner.core.terms import Term
from planner.core.ways import Way
from planner.core.week import Week, mean, monthly

ALWAYS_ON = "always on"
WITH_THE_LOAD = "with the load"


class Part(msgspec.Struct, frozen=True):
    """A line of a bill: what it is for, how much of it a month at which price, and the sum."""

    what: str
    quantity: Fraction
    unit: str
    usd_each: Fraction

    @property
    def usd_per_month(self) -> Fraction:
        """The sum of the line."""
        return self.quantity * self.usd_each


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """Units of a plan, means over its months unless they say otherwise.

    `reserved` are bought for the term at the start, `reserved_later` at its most; `hourly` come on
    top, `hourly_peak` at most; `peak` is the most of both at once. `spare` of them are for
    failures. `carried`, those that waited with them, and `spilled` are requests per hour.
    """

    reserved: int
    reserved_later: int
    reserved_mean: Fraction
    hourly: Fraction
    hourly_peak: int
    peak: int
    spare: int
    carried: Fraction
    spilled: Fraction

    @property
    def mean(self) -> Fraction:
        """Units that are paid for, on average."""
        return self.reserved_mean + self.hourly


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A way with all that it takes to serve the workload over some months of it.

    `parts` are means over these months. `overflow` takes what spills over, `batch` what may wait.
    """

    way: Way
    mode: str | None = None
    term: Term | None = None
    overflow: Way | None = None
    batch: Way | None = None
    running: Running | None = None
    parts: tuple[Part, ...]

    @property
    def usd_per_month(self) -> Fraction:
        """The whole bill of a month."""
        return sum((part.usd_per_month for part in self.parts), Fraction())

    @property
    def has_units(self) -> bool:
        """Whether any unit of it ever runs."""
        return self.running is not None and self.running.mean > 0

    @property
    def is_reserved(self) -> bool:
        """Whether any unit of it is bought for the term."""
        return self.running is not None and self.running.reserved_mean > 0


class Season(msgspec.Struct, frozen=True, kw_only=True):
    """The load over some months: the first month's week, and each month's volume over it."""

    week: Week
    growth: tuple[Fraction, ...]

    @property
    def requests(self) -> Fraction:
        """Requests a month that are to be answered at once, on average."""
        return monthly(self.week.curve.mean) * mean(self.growth)

    @property
    def waiting(self) -> Fraction:
        """Requests a month that may wait, on average."""
        return monthly(self.week.waiting) * mean(self.growth)

    @property
    def at_once(self) -> "Season":
        """The same load where nothing waits."""
        if not self.week.waiting:
            return self
        return Season(week=self.week.at_once, growth=self.growth)

    def blocks(self, months: int | None) -> list[tuple[Fraction, ...]]:
        """The months in runs of a term; one run where the load is the same in all of them."""
        if len(set(self.growth)) == 1:
            return [self.growth[:1]]
        size = months or 1
        return [self.growth[i : i + size] for i in range(0, len(self.growth), size)]

    @property
    def horizon_months(self) -> int | None:
        """How long terms are needed; None where nobody says."""
        return self.week.workload.horizon_months

    def most_over(self, way: Way) -> Fraction | None:
        """The requests per hour that a way takes of what spills over; None: any number."""
        return room_of(self.week.workload, way)

    def term_usd(self, term: Term) -> Fraction:
        """What a unit costs an hour of the horizon, bought for terms that are paid whole.

        Eighteen months take two years. Without a horizon a term is used to its end.
        """
        horizon = self.horizon_months
        if term.months is None or horizon is None:
            return term.usd_per_unit_hour
        return term.usd_per_unit_hour * ceil(Fraction(horizon, term.months)) * term.months / horizon

    def usd_per_request(self, way: Way) -> Fraction:
        """The mean cost of a request where a way charges by the token."""
        return self.week.usd_per_request(way.rates) if way.rates else Fraction()

    def cheapest(self, ways: Sequence[Way | None]) -> Way | None:
        """The cheapest of some ways by the token."""
        priced = [way for way in ways if way is not None and way.rates is not None]
        return min(
            priced, key=lambda way: (self.usd_per_request(way) * way.handicap, way.id), default=None
        )

    def tokens(self, way: Way, requests: Fraction, what: str) -> Part:
        """The line of so many requests a month that are paid by the token."""
        return Part(f"{way.name}, {what}", requests, "requests", self.usd_per_request(way))
