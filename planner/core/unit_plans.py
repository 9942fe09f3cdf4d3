"""Every plan for a way that carries a load.

A way with a price by the token makes one plan; a way with units makes a plan for each term, with
units day and night or with the load, alone or with a way by the token for what spills over. What
may wait goes into the idle time of units, else to the cheapest way by the token; where that is
dearer than not to wait, it does not.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from planner.core.machine_plans import following, scheduled
from planner.core.plans import Part, Plan
from planner.core.seasons import Season
from planner.core.terms import Term
from planner.core.unit_layers import Beside, layered
from planner.core.ways import Units, Way
from planner.core.week import mean, monthly


def plans(
    way: Way, season: Season, overflows: Sequence[Way], batches: Sequence[Way]
) -> Iterator[Plan]:
    """Every plan for a way that carries the load.

    `overflows` may take what its units do not, `batches` what may wait; both are of its model. What
    costs a fee by the hour beside its tokens is for whole loads.
    """
    overflows, batches = (
        [one for one in others if not one.fee_usd_per_hour] for others in (overflows, batches)
    )
    batch = season.cheapest(batches) if season.week.waiting else None
    if way.units is None:
        yield from _by_tokens(way, season, batch)
        return
    spills = season.spills([one for one in overflows if one.id != way.id])
    for term in way.units.terms:
        yield from _with_term(way, way.units, term, season, spills, batch)
        if season.week.waiting:
            yield from _with_term(way, way.units, term, season.at_once, spills, None)


def _with_term(  # noqa: PLR0917 - a way, its load and what may stand beside it
    way: Way,
    units: Units,
    term: Term,
    season: Season,
    spills: Sequence[Way],
    batch: Way | None,
) -> Iterator[Plan]:
    """The plans of a term in which units run, and some for the term where it is one of months."""
    alone = Beside(batch=batch)
    mixes = [Beside(overflow=spill, batch=batch) for spill in spills]
    found = [layered(way, units, term, season, alone)]
    found += [_mixed(layered(way, units, term, season, one)) for one in mixes]
    if term.months is None and season.week.waiting and units.starts_at_once:
        # Day and night at the price by the hour: what may wait fills the idle hours.
        found += [layered(way, units, term, season, one, steady=True) for one in (alone, *mixes)]
    if units.follow and (units.start_up_hours or units.spare):
        if term.months is None and season.timetables:
            found.append(scheduled(way, units, term, season, alone))
            found += [_mixed(scheduled(way, units, term, season, one)) for one in mixes]
        follows = following(way, units, term, season, batch)
        # What costs the same is simpler than to follow the load.
        if follows and follows.usd_per_month not in {one.usd_per_month for one in found if one}:
            found.append(follows)
    for plan in found:
        if plan is not None and plan.has_units and (term.months is None or plan.is_reserved):
            yield plan


def _mixed(plan: Plan | None) -> Plan | None:
    """A plan beside payment by the token, where it leaves anything to that."""
    return None if plan is None or plan.overflow is None else plan


def least_usd(
    way: Way, season: Season, overflows: Sequence[Way], batches: Sequence[Way]
) -> Fraction:
    """What no plan for a way costs less than, a month; cheap to work out.

    A way that cannot win need not be planned. Alone, units run in every hour for its busiest
    minute, and the spare ones beside them; what may wait fills what is idle then. Beside payment by
    the token they are full at best, and run in a few hours only.
    """
    units = way.units
    if units is None:
        return Fraction()
    usd = min((term.usd_per_unit_hour for term in units.terms), default=Fraction())
    full = usd / units.rate.low
    spill, wait = (
        [season.usd_per_request(one) for one in others if one.rates]
        for others in (overflows, (*overflows, *batches))
    )
    least = season.requests * min([full, *spill]) + season.waiting * min([full, *wait])
    if spill:
        return least
    week = season.week
    busiest = week.mean_peak * mean(season.growth) / units.rate.low
    return max(least, monthly(usd * (busiest + units.spare * week.busy_share)))


def _by_tokens(way: Way, season: Season, batch: Way | None) -> Iterator[Plan]:
    """The plan by the token; none where its quota takes no more and nothing else takes the rest."""
    waiting = season.cheapest([season.if_roomy(way), batch])
    if season.waiting and waiting is None:
        return
    if waiting is None or waiting is way or not (season.waiting and season.requests):
        parts = [season.tokens(way, season.requests + season.waiting, "by the token")]
        waiting = way
    else:
        parts = [
            season.tokens(way, season.requests, "by the token"),
            season.tokens(waiting, season.waiting, "what may wait"),
        ]
    if way.fee_usd_per_hour:
        fee = Fraction(way.fee_usd_per_hour)
        parts.append(Part(f"{way.what}, hosting", monthly(Fraction(1)), "hours", fee))
    batched = None if waiting is way else waiting
    yield Plan(way=way, batch=batched, waits_in=waiting, parts=tuple(parts))
