"""Of the versions and regions of one thing the one to take, and where it is as good."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from operator import attrgetter

import msgspec

from planner.core.offers import Availability
from planner.core.ways import Way
from planner.core.workload import Workload

MONTH_DAYS = Fraction(365, 12)


def months_of(way: Way, workload: Workload, on: dt.date) -> int:
    """How many months of the horizon a way lives for; all where no horizon was given."""
    months = len(workload.growth)
    if workload.horizon_months is None or way.retires_on is None:
        return months
    return min(months, int((way.retires_on - on).days / MONTH_DAYS))


def one_of_each(ways: Sequence[Way], workload: Workload, on: dt.date) -> list[Way]:
    """Of the versions and regions of one thing the cheapest, and where it is as good.

    A cheap one takes no place from one that lives longer, nor from one that can be had in other
    numbers: whether it serves is not known yet. Machines are sorted out by their own.
    """
    groups: dict[tuple[object, ...], list[Way]] = defaultdict(list)
    for way in ways:
        by_place = way.units is not None and way.units.grid.limit is not None
        by_place = by_place or way.layout is not None
        alone = (way.region, way.version) if by_place else None
        months = months_of(way, workload, on)
        groups[way.kind, way.provider, way.what, way.model, way.tier, months, alone].append(way)
    return [
        _with_alike(sorted(group, key=lambda w: _rank(w, workload))) for group in groups.values()
    ]


def _with_alike(ranked: Sequence[Way]) -> Way:
    """The first, with the regions of those that are as good."""
    best, *others = ranked
    facts = attrgetter("rates", "units", "boundary", "retires_on", "version", "standing")
    more = [w for w in others if facts(w) == facts(best)]
    regions = dict.fromkeys(r for w in more for r in (w.region, *w.also_in) if r)
    return msgspec.structs.replace(best, also_in=(*best.also_in, *regions))


def _rank(way: Way, workload: Workload) -> tuple[object, ...]:
    if way.rates is not None:
        usd = [way.rates.usd_per_request(workload)]
    else:
        terms = way.units.terms if way.units else ()
        usd = sorted(term.usd_per_unit_hour for term in terms)
    ends = way.retires_on.toordinal() if way.retires_on else 10**7
    usable = way.standing.availability is Availability.AVAILABLE
    newest = [-ord(letter) for letter in way.version or ""]
    return usd, not usable, -ends, newest, -len(way.also_in), way.region or ""
