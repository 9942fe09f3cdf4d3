"""Every plan for a way that carries a load.

A way with a price by the token makes one plan; a way with units makes a plan for each term, with
units day and night or with the load, alone or with a way by the token for what spills over. What
may wait goes into the idle time of units, else to the cheapest way by the token; where that is
dearer than not to wait, it does not.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import msgspec

from planner.core.following import Following, changes, follow
from planner.core.plans import ALWAYS_ON, WITH_THE_LOAD, Part, Plan, Running, Season
from planner.core.provisioned import LayerPrices, Layers, Waiting, best_layers, layers_at
from planner.core.terms import Term
from planner.core.ways import Units, Way
from planner.core.week import mean, monthly
from planner.core.workload import HOURS_PER_MONTH


class _Beside(msgspec.Struct, frozen=True, kw_only=True):
    """The ways by the token beside units: for what spills over, and for what may wait."""

    overflow: Way | None = None
    batch: Way | None = None


def plans(
    way: Way, season: Season, overflows: Sequence[Way], batches: Sequence[Way]
) -> Iterator[Plan]:
    """Every plan for a way that carries the load.

    `overflows` may take what its units do not, `batches` what may wait; both are of its model.
    """
    batch = season.cheapest(batches) if season.week.waiting else None
    if way.units is None:
        yield from _by_tokens(way, season, batch)
        return
    spill = season.cheapest([one for one in overflows if one.id != way.id])
    for term in way.units.terms:
        yield from _with_term(way, way.units, term, season, _Beside(overflow=spill, batch=batch))
        if season.week.waiting:
            yield from _with_term(way, way.units, term, season.at_once, _Beside(overflow=spill))


def _with_term(
    way: Way, units: Units, term: Term, season: Season, beside: _Beside
) -> Iterator[Plan]:
    """The plans of a term in which units run, and some for the term where it is one of months."""
    found = [_by_units(way, units, term, season, _Beside(batch=beside.batch))]
    if beside.overflow is not None:
        mixed = _by_units(way, units, term, season, beside)
        found += [mixed] if mixed is not None and mixed.overflow is not None else []
    if term.months is None and season.week.waiting and units.starts_at_once:
        # Day and night at the price by the hour: what may wait fills the idle hours.
        found += [
            _by_units(way, units, term, season, others, steady=True)
            for others in (_Beside(batch=beside.batch), beside)
        ]
    if units.follow and (units.start_up_hours or units.spare):
        found.append(_following(way, units, term, season, beside.batch))
    for plan in found:
        if plan is not None and plan.has_units and (term.months is None or plan.is_reserved):
            yield plan


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
    waiting = season.cheapest([_if_roomy(way, season), batch])
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


def _if_roomy(way: Way | None, season: Season) -> Way | None:
    """A way, where it may take what waits, too."""
    return way if way is not None and season.week.waiting and season.takes_all(way) else None


def _by_units(
    way: Way, units: Units, term: Term, season: Season, beside: _Beside, *, steady: bool = False
) -> Plan | None:
    """Units day and night, by the hour where they start at once, and what spills over.

    `steady` units run day and night though they might come and go.
    """
    overflow, batch = beside.overflow, beside.batch
    by_hour = _by_the_hour(units) if units.starts_at_once and not steady else None
    always = steady or term.months is not None or not units.starts_at_once
    elsewhere = season.cheapest([_if_roomy(overflow, season), batch])
    prices = LayerPrices(
        reserved=season.term_usd(term) if always else None,
        hourly=by_hour.usd_per_unit_hour if by_hour else None,
        overflow=season.usd_per_request(overflow) if overflow else None,
        most_over=season.most_over(overflow) if overflow else None,
    )
    if season.week.waiting and elsewhere is None and not always:
        season = season.at_once
    told: list[tuple[Layers, int]] = []
    for months in season.blocks(term.months):
        block = _block(units, season, months, prices, elsewhere)
        if block is None:
            return None
        told.append((block, len(months)))
    beyond = monthly(_mean([(block.waiting, months) for block, months in told]))
    running = _running(units, told, (season.waiting - beyond) / HOURS_PER_MONTH)
    parts = _unit_parts(way, term, by_hour, running, season)
    if overflow is not None and running.spilled:
        spilled = monthly(running.spilled)
        parts.append(season.tokens(overflow, spilled, "what spills over"))
    if beyond and elsewhere is not None:
        parts.append(season.tokens(elsewhere, beyond, "what may wait"))
    return Plan(
        way=way,
        mode=ALWAYS_ON if always else WITH_THE_LOAD,
        term=term,
        overflow=overflow if running.spilled or (beyond and elsewhere is overflow) else None,
        batch=batch if beyond and elsewhere is batch else None,
        waits_in=elsewhere if beyond else None,
        running=running,
        parts=tuple(parts),
    )


def _by_the_hour(units: Units) -> Term | None:
    return next((term for term in units.terms if term.months is None), None)


def _block(
    units: Units,
    season: Season,
    months: tuple[Fraction, ...],
    prices: LayerPrices,
    elsewhere: Way | None,
) -> Layers | None:
    """The layers of some months; what may wait finds idle time there or goes elsewhere."""
    week, low = season.week, units.rate.low
    curve = week.grown(months)
    if not week.waiting:
        return best_layers(curve, units.grid, low, prices)
    widest = week.widest * max(months)
    if elsewhere is not None:
        waiting = Waiting(
            beyond=lambda capacity: week.waits_beyond(capacity, months),
            widest=widest,
            usd=season.usd_per_request(elsewhere),
        )
        prices = msgspec.structs.replace(prices, waiting=waiting)
        return best_layers(curve, units.grid, low, prices)
    # Nothing else takes what waits: as many reserved units as it needs on its busiest day.
    layers = best_layers(curve, units.grid, low, prices)
    count = units.grid.that_carries(widest / low)
    if layers is None or count is None or prices.reserved is None:
        return None
    return layers if layers.reserved >= count else layers_at(count, curve, units.grid, low, prices)


def _running(units: Units, told: Sequence[tuple[Layers, int]], waited: Fraction) -> Running:
    def spare(layers: Layers) -> int:
        return units.spare if layers.reserved or layers.hourly_peak else 0

    first = told[0][0]
    counts = [layers.reserved + spare(layers) for layers, _ in told]
    return Running(
        reserved=first.reserved + spare(first),
        reserved_later=max(counts),
        reserved_mean=_mean(
            [(Fraction(n), months) for n, (_, months) in zip(counts, told, strict=True)]
        ),
        hourly=_mean([(layers.hourly, months) for layers, months in told]),
        hourly_peak=max(layers.hourly_peak for layers, _ in told),
        peak=max(n + one.hourly_peak for n, (one, _) in zip(counts, told, strict=True)),
        spare=spare(first),
        carried=_mean([(layers.carried, months) for layers, months in told]) + waited,
        spilled=_mean([(layers.spilled, months) for layers, months in told]),
    )


def _unit_parts(
    way: Way, term: Term, by_hour: Term | None, running: Running, season: Season
) -> list[Part]:
    units, parts = way.units, []
    if units is not None and running.reserved_mean:
        what = f"{way.what}, {term.name.replace('_', ' ')}"
        usd = monthly(season.term_usd(term))
        parts.append(Part(what, running.reserved_mean, units.several, usd))
    if units is not None and running.hourly and by_hour is not None:
        hours = monthly(running.hourly)
        what = f"{way.what}, by the hour"
        parts.append(Part(what, hours, f"{units.name} hours", by_hour.usd_per_unit_hour))
    return parts


def _following(
    way: Way, units: Units, term: Term, season: Season, batch: Way | None
) -> Plan | None:
    """Machines that follow the load, above a base for the term."""
    by_hour = _by_the_hour(units)
    if by_hour is None:
        return None
    if season.week.waiting and batch is None:
        season = season.at_once
    told: list[tuple[Following, int]] = []
    for months in season.blocks(term.months):
        weeks = [
            changes(season.week.turns, factor, units.grid, units.rate.low, units.spare)
            for factor in months
        ]
        known = [week for week in weeks if week is not None]
        if len(known) < len(weeks):
            return None
        block = follow(
            known,
            hourly=by_hour.usd_per_unit_hour,
            base=season.term_usd(term) if term.months is not None else None,
            start_up_hours=units.start_up_hours,
        )
        told.append((block, len(months)))
    first = told[0][0]
    running = Running(
        reserved=first.base,
        reserved_later=max(one.base for one, _ in told),
        reserved_mean=_mean([(Fraction(one.base), months) for one, months in told]),
        hourly=_mean([(one.hourly, months) for one, months in told]),
        hourly_peak=max(one.hourly_peak for one, _ in told),
        peak=max(one.base + one.hourly_peak for one, _ in told),
        spare=units.spare,
        carried=season.week.curve.mean * mean(season.growth),
        spilled=Fraction(),
    )
    parts = _unit_parts(way, term, by_hour, running, season)
    if batch is not None and season.waiting:
        parts.append(season.tokens(batch, season.waiting, "what may wait"))
    return Plan(
        way=way,
        mode=WITH_THE_LOAD,
        term=term,
        batch=batch if season.waiting else None,
        waits_in=batch if season.waiting else None,
        running=running,
        parts=tuple(parts),
    )


def _mean(weighed: Sequence[tuple[Fraction, int]]) -> Fraction:
    """The mean of some amounts, each over a number of months."""
    months = sum(count for _, count in weighed)
    return sum((amount * count for amount, count in weighed), Fraction()) / months
