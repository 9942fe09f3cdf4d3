"""What a unit is worth: the tokens that it carries in a month, at what they cost by the token."""

from collections.abc import Iterable, Iterator
from fractions import Fraction

from planner.core.comparison import to_money
from planner.core.lots import Lot
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.recommend_answer import UnitWorth
from planner.core.terms import Term
from planner.core.ways import Way
from planner.core.week import monthly
from planner.core.workload import Workload


def worth_of(
    units: Iterable[Way], tokens: Iterable[Way], lots: Iterable[Lot], workload: Workload
) -> Iterator[UnitWorth]:
    """The utilisation from which each term of each kind of unit pays, against the cheapest tokens.

    Terms whose price has ended are told, too, with the last price that is known.
    """
    priced = [way for way in tokens if way.rates is not None]
    against = min(priced, key=lambda way: _per_request(way, workload) * way.handicap, default=None)
    if against is None or not workload.peak_requests_per_minute:
        return
    ended = {(lot.provider, lot.deployment_type, lot.model): lot.ended for lot in lots}
    for way in units:
        if way.units is None or way.layout is not None:
            continue
        own = (*way.units.terms, *ended.get((way.provider, way.what, way.model), ()))
        for term in own:
            yield _worth(way, term, against, workload)


def _worth(way: Way, term: Term, against: Way, workload: Workload) -> UnitWorth:
    units = way.units
    assert units is not None  # noqa: S101  (the caller looked)
    worth = monthly(units.rate.low) * _per_request(against, workload)
    months = workload.horizon_months
    usd = monthly(term.usd_per_unit_hour) * (1 if months is None else term.paid(months))
    peak = workload.peak_requests_per_minute * max(workload.growth) * MINUTES_PER_HOUR
    count = units.grid.at_least(peak / units.rate.low)
    return UnitWorth(
        id=way.id,
        what=way.what,
        against=against.id,
        against_what=against.what,
        unit=units.name,
        term=term.name,
        worth_usd_per_month=to_money(worth),
        usd_per_month=to_money(usd),
        pays_from_utilisation=float(usd / worth) if worth else None,
        units_for_all=count,
        usd_for_all=to_money(count * usd),
        ended_on=term.ended_on,
        source=term.source,
    )


def _per_request(way: Way, workload: Workload) -> Fraction:
    return way.rates.usd_per_request(workload) if way.rates is not None else Fraction()
