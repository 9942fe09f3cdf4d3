"""Ways with units that several workloads could run on together, and what each needs of them.

Workloads meet on the same model, version, type and region of a provider, or on the same machine in
the same region, where each one's own weighing accepted it. A need is in billionths of a unit,
rounded up: for each hour of the week that of its busiest minute, and that of the others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import ceil
from operator import add, sub

import msgspec

from planner.core.offered import Ways
from planner.core.profiles import TrafficProfile
from planner.core.seasons import Season
from planner.core.ways import Way
from planner.core.week import Week, mean, monthly
from planner.core.workload import Workload

NANO = 10**9


class Meeting(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Where workloads meet: one thing to buy in one region, for months that grow alike.

    `usd` are the prices of a unit and hour by term; units of one's own may differ in them.
    """

    provider: str
    model: str
    version: str
    what: str
    region: str
    growth: tuple[Fraction, ...]
    horizon_months: int
    usd: tuple[Fraction, ...]


class Shareable(msgspec.Struct, frozen=True, kw_only=True):
    """A way with units that a workload accepts, and what else it takes beside it.

    A unit carries `rate` requests an hour; `unit_hours` are the units that its load of the first
    month fills on average. `spill_usd` is what a unit's hour of its work costs by the token
    (`spill_to`), None where nothing else takes it; `waits_to` takes what may wait. `beside_usd` is
    what it pays a month however the units are shared, `least_usd` in all at the least: units always
    full, no spares.
    """

    way: Way
    regions: tuple[str, ...]
    rate: Fraction
    unit_hours: Fraction
    spill_to: Way | None
    spill_usd: Fraction | None
    waits_to: Way | None
    beside_usd: Fraction
    least_usd: Fraction


class Needs(msgspec.Struct, frozen=True):
    """Billionths of a unit in the busiest minute of each hour, and in the others."""

    peaks: tuple[int, ...]
    rests: tuple[int, ...]


def shareables(workload: Workload, week: Week, ways: Ways) -> Iterator[Shareable]:
    """The ways with units of a model that a workload could share with others.

    What may wait goes to the cheapest way by the token, where there is one, else it is answered at
    once. Machines of one's own are nobody else's.
    """
    season = Season(week=week, growth=workload.growth)
    tokens = [way for way in ways.tokens if not way.fee_usd_per_hour]
    spill = season.cheapest(tokens)
    roomy = [way for way in tokens if season.waiting and season.takes_all(way)]
    waits = season.cheapest([*roomy, *ways.batches]) if season.waiting else None
    side = sum(map(Fraction, workload.side_costs.values()), Fraction())
    own = sum(map(Fraction, workload.self_hosting_costs.values()), Fraction())
    waiting = season.waiting * season.usd_per_request(waits) if waits else Fraction()
    requests = season.requests + (Fraction() if waits else season.waiting)
    for way in ways.units:
        units = way.units
        if units is None or not units.follow:
            continue
        rate = units.rate.low
        usd = [min(term.usd_per_unit_hour for term in units.terms) / rate]
        usd += [season.usd_per_request(spill)] if spill else []
        beside = side + waiting + (own if way.instance else 0)
        yield Shareable(
            way=way,
            regions=(way.region or "any", *way.also_in),
            rate=rate,
            unit_hours=requests / monthly(rate) / mean(workload.growth),
            spill_to=spill,
            spill_usd=usd[1] * rate if spill else None,
            waits_to=waits,
            beside_usd=beside,
            least_usd=requests * min(usd) + beside,
        )


class Shape(msgspec.Struct, frozen=True):
    """How a load spreads over the hours of a week, over its mean.

    `peaks` and `rests` are those of the different hours there are, `hours` say which one each is.
    """

    peaks: tuple[Fraction, ...]
    rests: tuple[Fraction, ...]
    hours: tuple[int, ...]


def shape_of(profile: TrafficProfile) -> Shape:
    """The shape of a profile."""
    at: dict[Fraction, int] = {}
    hours = tuple(at.setdefault(weight, len(at)) for weight in profile.weights)
    counts = Counter(hours)
    mean_weight = sum((w * counts[n] for w, n in at.items()), Fraction()) / len(hours)
    levels = [weight / mean_weight for weight in at]
    return Shape(
        peaks=tuple(level * profile.peak_minute_factor for level in levels),
        rests=tuple(level * profile.rest_of_hour for level in levels),
        hours=hours,
    )


def needs(shape: Shape, unit_hours: Fraction) -> Needs:
    """What a load that fills so many units on average needs in each hour of a week."""
    nano = unit_hours * NANO
    peaks = [ceil(peak * nano) for peak in shape.peaks]
    rests = [ceil(rest * nano) for rest in shape.rests]
    return Needs(tuple(peaks[n] for n in shape.hours), tuple(rests[n] for n in shape.hours))


def together(each: Iterable[Needs]) -> Needs:
    """The needs of several, hour by hour; within an hour their busiest minutes are the same."""
    found = list(each)
    return Needs(
        tuple(map(sum, zip(*(one.peaks for one in found), strict=True))),
        tuple(map(sum, zip(*(one.rests for one in found), strict=True))),
    )


def with_one(some: Needs, one: Needs) -> Needs:
    """The needs of several and of one more."""
    return Needs(tuple(map(add, some.peaks, one.peaks)), tuple(map(add, some.rests, one.rests)))


def without(all_of_them: Needs, one: Needs) -> Needs:
    """What is left of the needs of several without those of one of them."""
    return Needs(
        tuple(map(sub, all_of_them.peaks, one.peaks)),
        tuple(map(sub, all_of_them.rests, one.rests)),
    )


def meetings(workload: Workload, shared: Shareable) -> Iterator[Meeting]:
    """Where a workload could meet others on a way: in each region that it accepts."""
    way = shared.way
    terms = way.units.terms if way.units else ()
    usd = tuple(term.usd_per_unit_hour for term in terms)
    for region in shared.regions:
        yield Meeting(
            provider=way.provider,
            model=way.model,
            version=way.version or "",
            what=way.what,
            region=region,
            growth=workload.growth,
            horizon_months=workload.horizon_months or 0,
            usd=usd,
        )
