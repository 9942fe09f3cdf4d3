"""What serves a workload over its horizon, and in which order."""

import datetime as dt
from fractions import Fraction

import msgspec

from planner.core.offers import Availability
from planner.core.plans import Part, Plan
from planner.core.ways import Refusal


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A plan for the workload, and the plans that take over where its model retires.

    `later` are those with the day from which each holds; `months` say how many each one has, the
    first plan's first. `fixed` are the lines that come with it, whatever the load.
    """

    plan: Plan
    later: tuple[tuple[dt.date, Plan], ...] = ()
    months: tuple[int, ...]
    fixed: tuple[Part, ...] = ()

    @property
    def usd_per_month(self) -> Fraction:
        """The mean bill of a month over the horizon."""
        each = [self.plan, *(plan for _, plan in self.later)]
        usd = sum((p.usd_per_month * n for p, n in zip(each, self.months, strict=True)), Fraction())
        fixed = sum((part.usd_per_month for part in self.fixed), Fraction())
        return usd / sum(self.months) + fixed


def answer_of(served: Served) -> tuple[str, ...]:
    """What makes two plans the same answer, whatever their sizes, terms and what spills over."""
    way = served.plan.way
    return way.kind, way.model, way.provider, way.what


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """What serves a workload, the cheapest first, what cannot, and what to say of its models."""

    served: tuple[Served, ...]
    refused: tuple[Refusal, ...]
    models: tuple[str, ...]
    notes: tuple[str, ...]


def order(served: Served) -> tuple[Fraction, bool, tuple[bool, int], bool, str]:
    """Cheapest first, what is not listed at a thousandth more; of equals what is sure, and near."""
    way, usd = served.plan.way, served.usd_per_month
    known = way.standing.availability is Availability.AVAILABLE
    near = way.latency_ms is None, way.latency_ms or 0
    mixed = served.plan.overflow is not None
    return usd * way.handicap, not known, near, mixed, way.id
