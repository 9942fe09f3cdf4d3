"""How a way serves a workload over some months, and what that costs."""

from fractions import Fraction

import msgspec

from planner.core.terms import Term
from planner.core.ways import Way

ALWAYS_ON = "always on"
SCHEDULED = "scheduled"
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
    failures. `carried`, those that waited with them, and `spilled` are requests per hour,
    `spilled_peak` those of the busiest minute of all. `room` is what they carry over the busiest
    minute, in the month where that is least; None where they need not carry it. `timetable` has the
    hours of the week, from Monday 00:00 UTC on, in which machines that keep to one are to run.
    """

    reserved: int = 0
    reserved_later: int = 0
    reserved_mean: Fraction = Fraction()
    hourly: Fraction
    hourly_peak: int
    peak: int
    spare: int
    carried: Fraction
    spilled: Fraction
    spilled_peak: Fraction = Fraction()
    room: Fraction | None = None
    timetable: tuple[bool, ...] = ()

    @property
    def mean(self) -> Fraction:
        """Units that are paid for, on average."""
        return self.reserved_mean + self.hourly


class Held(msgspec.Struct, frozen=True):
    """Units that are paid for already, for so many months more."""

    units: int
    months: int


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A way with all that it takes to serve the workload over some months of it.

    `parts` are means over these months. `overflow` takes what spills over, `batch` what may wait;
    `waits_in` is the way by the token or in batches that takes what may wait, whichever it is.
    `held_after` are units whose term outlasts them.
    """

    way: Way
    mode: str | None = None
    term: Term | None = None
    overflow: Way | None = None
    batch: Way | None = None
    waits_in: Way | None = None
    running: Running | None = None
    held_after: tuple[Held, ...] = ()
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
