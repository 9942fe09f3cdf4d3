"""Ways with units that several workloads could run on together, and what each needs of them.

Workloads meet on the same model, version, type and region of a provider, or on the same machine in
the same region, where each one's own weighing accepted it. A need is in billionths of a unit,
rounded up: for each hour of the week that of its busiest minute, and that of the others.
"""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil

import msgspec

from planner.core.offered import Ways
from planner.core.plans import Season
from planner.core.profiles import HOURS_PER_WEEK, MINUTES_PER_HOUR
from planner.core.ways import Way
from planner.core.week import Week, mean, monthly
from planner.core.workload import Workload

NANO = 10**9


class Meeting(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Where workloads meet: one thing to buy in one region, for months that grow alike."""

    provider: str
    model: str
    version: str
    what: str
    region: str
    growth: tuple[Fraction, ...]
    horizon_months: int


class Shareable(msgspec.Struct, frozen=True, kw_only=True):
    """A way with units that a workload accepts, and what else it takes beside it.

    `unit_hours` are the mean units that its load fills, of what is to be answered at once;
    `spill_usd` is what a unit's hour of its work costs by the token (`spill_to`), None where
    nothing else takes it. `beside_usd` is what it pays a month however the units are shared.
    """

    way: Way
    regions: tuple[str, ...]
    rate: Fraction
    unit_hours: Fraction
    spill_to: Way | None
    spill_usd: Fraction | None
    beside_usd: Fraction


class Needs(msgspec.Struct, frozen=True):
    """Billionths of a unit in the busiest minute of each hour, and in the others."""

    peaks: tuple[int, ...]
    rests: tuple[int, ...]


def shareables(workload: Workload, week: Week, ways: Ways) -> Iterator[Shareable]:
    """The ways with units of a model that a workload could share with others.

    What may wait goes to the cheapest way by the token, where there is one, else it is answered at
    once. A way that ends inside the horizon is not shared.
    """
    season = Season(week=week, growth=workload.growth)
    spill = season.cheapest(ways.tokens)
    waits = season.cheapest([*ways.tokens, *ways.batches]) if season.waiting else None
    side = sum(map(Fraction, workload.side_costs.values()), Fraction())
    own = sum(map(Fraction, workload.self_hosting_costs.values()), Fraction())
    beside = side if waits is None else side + season.waiting * season.usd_per_request(waits)
    requests = season.requests + (season.waiting if waits is None else 0)
    for way in ways.units:
        if way.units is None or not way.units.follow or (way.region is None and way.instance):
            continue
        rate = way.units.rate.low
        yield Shareable(
            way=way,
            regions=(way.region or "any", *way.also_in),
            rate=rate,
            unit_hours=requests / monthly(rate),
            spill_to=spill,
            spill_usd=season.usd_per_request(spill) * rate if spill else None,
            beside_usd=beside + (own if way.instance else 0),
        )


def needs(workload: Workload, shared: Shareable) -> Needs:
    """What a workload needs of a shared way in each hour of the first month's week."""
    profile = workload.profile
    load = sum(profile.weights, Fraction()) / HOURS_PER_WEEK * mean(workload.growth)
    nano = shared.unit_hours / load * NANO  # of an hour at a weight of 1
    peaks = {w: ceil(w * profile.peak_minute_factor * nano) for w in set(profile.weights)}
    rests = {w: ceil(w * profile.rest_of_hour * nano) for w in peaks}
    return Needs(tuple(peaks[w] for w in profile.weights), tuple(rests[w] for w in profile.weights))


def together(each: list[Needs]) -> Needs:
    """The needs of several in the same week, hour by hour; their busiest minutes are the same."""
    return Needs(
        tuple(map(sum, zip(*(one.peaks for one in each), strict=True))),
        tuple(map(sum, zip(*(one.rests for one in each), strict=True))),
    )


def meetings(workload: Workload, shared: Shareable) -> Iterator[Meeting]:
    """Where a workload could meet others on a way: once in each region that it accepts."""
    way = shared.way
    for region in shared.regions:
        yield Meeting(
            provider=way.provider,
            model=way.model,
            version=way.version or "",
            what=way.what,
            region=region,
            growth=workload.growth,
            horizon_months=workload.horizon_months or 0,
        )


def minutes_of_hour() -> tuple[Fraction, Fraction]:
    """The shares of a week that one minute of an hour, and its other minutes, are."""
    minute = Fraction(1, HOURS_PER_WEEK * MINUTES_PER_HOUR)
    return minute, minute * (MINUTES_PER_HOUR - 1)
