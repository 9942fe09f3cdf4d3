"""Machines as units that are bought: what one carries, how long, and which are worth it."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from planner.core.candidates import SECONDS_PER_HOUR
from planner.core.hardware import Instance
from planner.core.offers import Availability
from planner.core.picking import MONTH_DAYS
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.terms import Term
from planner.core.throughput import Forecast
from planner.core.unit_grid import Grid
from planner.core.ways import Rate, Standing, Units, Way
from planner.core.workload import Workload

FORMULA = "output tokens per second, low end, x 3600 / output tokens of a request"


def rate_of(layout: Forecast, workload: Workload) -> Rate | None:
    """Requests an hour that a machine carries; None where it serves none."""
    rate = layout.output_tokens_per_second
    if rate is None or rate.low <= 0:
        return None
    low, mid, high = (
        Fraction(tokens) * SECONDS_PER_HOUR / workload.output.mean
        for tokens in (rate.low, rate.mid, rate.high)
    )
    return Rate(low=low, mid=mid, high=high)


def units_of(
    layout: Forecast,
    rate: Rate,
    terms: tuple[Term, ...],
    workload: Workload,
    grid: Grid,
    *,
    follow: bool = True,
) -> Units:
    """Machines as units, one spare for each that may fail."""
    return Units(
        name="machine",
        rate=rate,
        grid=grid,
        terms=terms,
        spare=workload.failures,
        follow=follow,
        start_up_hours=workload.start_up_minutes / MINUTES_PER_HOUR,
        formula=FORMULA,
        basis=layout.basis,
        source=f"forecast for {layout.engine}, {layout.basis}",
    )


def ends_within(instance: Instance, workload: Workload, on: dt.date) -> tuple[int, str] | None:
    """How many months a machine is there if that is less than the horizon, and what to say."""
    horizon, ends = workload.horizon_months, instance.retired_on
    if horizon is None or ends is None:
        return None
    months = int((ends - on).days / MONTH_DAYS)
    said = f"{instance.name} retires on {ends}, inside the horizon of {horizon} months"
    return (months, said) if months < horizon else None


def standing_of(free: int | None, vcpus: float | None) -> Standing:
    """Whether machines can be had by the quota of their family, and how much of it is free."""
    if free is None:
        return Standing(reasons=("quota unknown: planner collect aws azure",))
    return Standing(
        availability=Availability.AVAILABLE,
        reasons=(f"quota for {free} of them is free",),
        free_units=free,
        free_vcpus=vcpus,
    )


def worth_it(ways: Sequence[Way]) -> list[Way]:
    """The machines that no other one beats, or equals, whatever the volume.

    One that costs no more, delivers no less and can be had for no shorter terms is never dearer.
    """
    kept: list[Way] = []
    for way in sorted(ways, key=_price_then_rate):
        if all(not _beats(other, way) for other in kept):
            kept.append(way)
    return kept


def _beats(other: Way, way: Way) -> bool:
    mine, yours = way.units, other.units
    if mine is None or yours is None:
        return False
    by_term = {term.name: term.usd_per_unit_hour for term in yours.terms}
    return (
        yours.rate.low >= mine.rate.low
        and yours.grid.limit is None
        and all(t.name in by_term and by_term[t.name] <= t.usd_per_unit_hour for t in mine.terms)
    )


def _price_then_rate(way: Way) -> tuple[Decimal, Fraction, str]:
    if way.units is None:
        return Decimal(), Fraction(), way.id
    return way.units.terms[0].usd_per_hour, -way.units.rate.low, way.id
