"""Plans for units that run day and night or come at once, and for what they leave to others."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

import msgspec

from planner.core.plans import ALWAYS_ON, WITH_THE_LOAD, Part, Plan, Running
from planner.core.provisioned import LayerPrices, Layers, Waiting, best_layers, layers_at
from planner.core.seasons import Block, Holdings, Season
from planner.core.terms import Term
from planner.core.ways import Units, Way
from planner.core.week import monthly
from planner.core.workload import HOURS_PER_MONTH


class Beside(msgspec.Struct, frozen=True, kw_only=True):
    """The ways by the token beside units: for what spills over, and for what may wait."""

    overflow: Way | None = None
    batch: Way | None = None


def layered(
    way: Way, units: Units, term: Term, season: Season, beside: Beside, *, steady: bool = False
) -> Plan | None:
    """Units for a term, by the hour where they start at once, and what spills over.

    `steady` units run day and night though they might come and go.
    """
    overflow, batch = beside.overflow, beside.batch
    by_hour = by_the_hour(units) if units.starts_at_once and not steady else None
    always = steady or term.months is not None or not units.starts_at_once
    elsewhere = season.cheapest([season.if_roomy(overflow), batch])
    if season.week.waiting and elsewhere is None and not always:
        season = season.at_once
    prices = LayerPrices(
        hourly=by_hour.usd_per_unit_hour if by_hour else None,
        overflow=season.usd_per_request(overflow) if overflow else None,
        most_over=season.most_over(overflow) if overflow else None,
        spare=units.spare,
    )
    told: list[tuple[Layers, Block]] = []
    holdings, start, unit_months = Holdings(season.held), 0, 0
    while start < len(season.growth):
        block = season.block(term, start, holdings)
        reserved = term.usd_per_unit_hour * block.paid if always else None
        here = msgspec.structs.replace(prices, reserved=reserved, held=block.held)
        layers = _layers(units, season, block, here, elsewhere)
        if layers is None:
            return None
        bought = max(0, layers.reserved + _spare(units, layers) - block.held)
        holdings.buy(bought, start, term.months)
        whole = term.months is not None and season.horizon_months is not None
        unit_months += bought * (term.months or 0 if whole else block.months)
        told.append((layers, block))
        start += block.months
    beyond = monthly(mean_of((layers.waiting, block.months) for layers, block in told))
    running = _running(units, told, season, waits=elsewhere is None, beyond=beyond)
    reserved_usd = term.usd_per_unit_hour * Fraction(unit_months, start)
    parts = unit_parts(way, term, running, reserved_usd)
    if overflow is not None and running.spilled:
        parts.append(season.tokens(overflow, monthly(running.spilled), "what spills over"))
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
        held_after=holdings.left(start) if season.horizon_months is not None else (),
        parts=tuple(parts),
    )


def by_the_hour(units: Units) -> Term | None:
    """The term of units that are paid by the hour, where there is one."""
    return next((term for term in units.terms if term.months is None), None)


def unit_parts(way: Way, term: Term, running: Running, reserved_usd: Fraction) -> list[Part]:
    """The lines of units: those for the term, of some US dollars an hour, and those by the hour."""
    units, parts = way.units, []
    if units is None:
        return []
    if reserved_usd or running.reserved_mean:
        what = f"{way.what}, {term.name.replace('_', ' ')}"
        count = running.reserved_mean
        parts.append(Part(what, count, units.several, monthly(reserved_usd / count)))
    by_hour = by_the_hour(units)
    if running.hourly and by_hour is not None:
        hours = monthly(running.hourly)
        what = f"{way.what}, by the hour"
        parts.append(Part(what, hours, f"{units.name} hours", by_hour.usd_per_unit_hour))
    return parts


def mean_of(weighed: Iterable[tuple[Fraction, int]]) -> Fraction:
    """The mean of some amounts, each over a number of months."""
    known = list(weighed)
    months = sum(count for _, count in known)
    return sum((amount * count for amount, count in known), Fraction()) / months


def _layers(
    units: Units, season: Season, block: Block, prices: LayerPrices, elsewhere: Way | None
) -> Layers | None:
    """The layers of some months; what may wait finds idle time there or goes elsewhere."""
    week, low = season.week, units.rate.low
    curve = week.grown(block.growth)
    if not week.waiting:
        return best_layers(curve, units.grid, low, prices)
    widest = week.widest * max(block.growth)
    if elsewhere is not None:
        waiting = Waiting(
            beyond=lambda capacity: week.waits_beyond(capacity, block.growth),
            widest=widest,
            usd=season.usd_per_request(elsewhere),
        )
        prices = msgspec.structs.replace(prices, waiting=waiting)
        return best_layers(curve, units.grid, low, prices)
    # Nothing else takes what waits: as many reserved units as have the idle time for it.
    layers = best_layers(curve, units.grid, low, prices)
    top = units.grid.that_carries(widest / low)
    if layers is None or top is None or prices.reserved is None:
        return None
    count = _that_absorbs(units, top, lambda n: week.waits_beyond(n * low, block.growth))
    return layers if layers.reserved >= count else layers_at(count, curve, units.grid, low, prices)


def _that_absorbs(units: Units, top: int, beyond: Callable[[int], Fraction]) -> int:
    """The fewest units beyond whose idle time nothing waits; the most of them do so."""
    low, high = 0, units.grid.steps_to(top)
    while low < high:
        middle = (low + high) // 2
        if beyond(units.grid.count(middle)):
            low = middle + 1
        else:
            high = middle
    return units.grid.count(high)


def _running(
    units: Units,
    told: Sequence[tuple[Layers, Block]],
    season: Season,
    *,
    waits: bool,
    beyond: Fraction,
) -> Running:
    """How the units run over all blocks; where what `waits` has nowhere else, it is theirs too."""
    widest = season.week.widest if waits and season.week.waiting else Fraction()
    busiest = max(season.week.curve.peak, widest)
    rooms = [
        (layers.reserved + layers.hourly_peak) * units.rate.low / (busiest * max(block.growth))
        for layers, block in told
        if busiest
    ]
    counts = [(layers.reserved + _spare(units, layers), block.months) for layers, block in told]
    waited = (season.waiting - beyond) / HOURS_PER_MONTH
    return Running(
        reserved=counts[0][0],
        reserved_later=max(count for count, _ in counts),
        reserved_mean=mean_of((Fraction(count), months) for count, months in counts),
        hourly=mean_of((layers.hourly, block.months) for layers, block in told),
        hourly_peak=max(layers.hourly_peak for layers, _ in told),
        peak=max(n + layers.hourly_peak for (n, _), (layers, _) in zip(counts, told, strict=True)),
        spare=max(_spare(units, layers) for layers, _ in told),
        carried=mean_of((layers.carried, block.months) for layers, block in told) + waited,
        spilled=mean_of((layers.spilled, block.months) for layers, block in told),
        spilled_peak=max(layers.spilled_peak for layers, _ in told),
        room=min(rooms, default=None),
    )


def _spare(units: Units, layers: Layers) -> int:
    return units.spare if layers.reserved or layers.hourly_peak else 0
