"""Of the versions and regions of one thing the one to take, and where it is as good."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from fractions import Fraction
from operator import attrgetter

import msgspec

from planner.core.offers import Availability
from planner.core.quota_needs import room_of
from planner.core.ways import Way
from planner.core.workload import Workload

MONTH_DAYS = Fraction(365, 12)


def months_of(way: Way, workload: Workload, on: dt.date) -> int:
    """How many months of the horizon a way lives for; all where no horizon was given."""
    months = len(workload.growth)
    if workload.horizon_months is None or way.retires_on is None:
        return months
    return min(months, whole_months(on, way.retires_on))


def whole_months(on: dt.date, until: dt.date) -> int:
    """The whole months from a day to another."""
    return int((until - on).days / MONTH_DAYS)


def one_of_each(
    ways: Sequence[Way], workload: Workload, on: dt.date, *, by_room: bool = False
) -> list[Way]:
    """Of the versions and regions of one thing the cheapest, and where it is as good.

    `by_room`: of what can take a part of the load alone, one that takes more has its place, too.

    A cheap one takes no place from one that lives longer, that can be had in other numbers, or
    that is cheaper by another term: whether it serves is not known yet. Machines are sorted out by
    their own.
    """
    groups: dict[tuple[object, ...], list[Way]] = defaultdict(list)
    for way in ways:
        by_place = way.units is not None and way.units.grid.limit is not None
        by_place = by_place or way.layout is not None
        alone = (way.region, way.version) if by_place else None
        months = months_of(way, workload, on)
        groups[way.kind, way.provider, way.what, way.model, way.tier, months, alone].append(way)
    return [
        _with_alike(way, group)
        for group in groups.values()
        for way in _unbeaten(
            sorted(group, key=lambda w: _rank(w, workload)), workload, by_room=by_room
        )
    ]


def _unbeaten(ranked: Sequence[Way], workload: Workload, *, by_room: bool) -> list[Way]:
    """Those that no other can replace at every term and in every count; of equals the first."""
    prices = [_prices(way, workload) for way in ranked]
    rooms = [room_of(workload, way) if by_room else None for way in ranked]

    def replaces(one: int, other: int) -> bool:
        room, needed = rooms[one], rooms[other]
        return (
            all(
                term in prices[one] and prices[one][term] <= usd
                for term, usd in prices[other].items()
            )
            and _sold_as_finely(ranked[one], ranked[other])
            and (room is None or (needed is not None and room >= needed))
        )

    everyone = range(len(ranked))
    return [
        ranked[here]
        for here in everyone
        if not any(
            replaces(other, here) and (other < here or not replaces(here, other))
            for other in everyone
            if other != here
        )
    ]


def _prices(way: Way, workload: Workload) -> dict[str, Fraction]:
    """What it costs: a request and the fee, or a unit at each term."""
    if way.rates is not None:
        fee = Fraction(way.fee_usd_per_hour)
        return {"request": way.rates.usd_per_request(workload), "fee": fee}
    terms = way.units.terms if way.units else ()
    return {term.name: term.usd_per_unit_hour for term in terms}


def _sold_as_finely(one: Way, other: Way) -> bool:
    """Whether every count of the other's units can be had of the one, too."""
    if one.units is None or other.units is None:
        return one.units is other.units
    fine, coarse = one.units.grid, other.units.grid
    steps, rest = divmod(coarse.minimum - fine.minimum, fine.step)
    return steps >= 0 and rest == 0 and coarse.step % fine.step == 0


def _with_alike(best: Way, group: Sequence[Way]) -> Way:
    """A way with the regions of those that are as good."""
    facts = attrgetter("rates", "units", "boundary", "retires_on", "version", "standing")
    more = [w for w in group if w is not best and facts(w) == facts(best)]
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
    borrowed = way.match == "region_group"
    return usd, not usable, -ends, newest, borrowed, -len(way.also_in), way.region or ""
