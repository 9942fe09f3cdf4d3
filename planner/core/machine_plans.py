"""Plans for machines that take time to start: those that follow the load, or keep a timetable."""

from fractions import Fraction

from planner.core.following import Following, changes, follow
from planner.core.plans import SCHEDULED, WITH_THE_LOAD, Plan, Running
from planner.core.seasons import Block, Season
from planner.core.terms import Term
from planner.core.timetable import Keeping, Timetable, timetable
from planner.core.unit_layers import Beside, by_the_hour, mean_of, unit_parts
from planner.core.ways import Units, Way
from planner.core.week import mean, monthly


def following(way: Way, units: Units, term: Term, season: Season, batch: Way | None) -> Plan | None:
    """Machines that follow the load, above a base for the term."""
    by_hour = by_the_hour(units)
    if by_hour is None:
        return None
    if season.week.waiting and batch is None:
        season = season.at_once
    told: list[tuple[Following, Block]] = []
    for block in season.blocks(term):
        weeks = [
            changes(season.week.turns, factor, units.grid, units.rate.low, units.spare)
            for factor in block.growth
        ]
        known = [week for week in weeks if week is not None]
        if len(known) < len(weeks):
            return None
        found = follow(
            known,
            hourly=by_hour.usd_per_unit_hour,
            base=term.usd_per_unit_hour * block.paid if term.months is not None else None,
            start_up_hours=units.start_up_hours,
        )
        told.append((found, block))
    bases = [one.base for one, _ in told]
    rooms = [
        (one.base + one.hourly_peak - units.spare) * units.rate.low / (peak * max(block.growth))
        for one, block in told
        if (peak := season.week.curve.peak)
    ]
    running = Running(
        reserved=bases[0],
        reserved_later=max(bases),
        reserved_mean=mean_of((Fraction(one.base), block.months) for one, block in told),
        hourly=mean_of((one.hourly, block.months) for one, block in told),
        hourly_peak=max(one.hourly_peak for one, _ in told),
        peak=max(one.base + one.hourly_peak for one, _ in told),
        spare=units.spare,
        carried=season.week.curve.mean * mean(season.growth),
        spilled=Fraction(),
        room=min(rooms, default=None),
    )
    reserved_usd = mean_of((one.base_usd, block.months) for one, block in told)
    parts = unit_parts(way, term, running, reserved_usd)
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


def scheduled(way: Way, units: Units, term: Term, season: Season, beside: Beside) -> Plan | None:
    """As many machines in the hours of a timetable; what they leave is paid by the token."""
    overflow = beside.overflow
    elsewhere = season.cheapest([season.if_roomy(overflow), beside.batch])
    if season.week.waiting and elsewhere is None:
        season = season.at_once
    keeping = Keeping(
        hourly=term.usd_per_unit_hour,
        overflow=season.usd_per_request(overflow) if overflow else None,
        most_over=season.most_over(overflow) if overflow else None,
        spare=units.spare,
        start_up_hours=units.start_up_hours,
    )
    if keeping.never_pays(units.rate.low):
        return None
    told: list[tuple[Timetable, int]] = []
    for block in season.blocks(term):
        for factor in block.growth:
            found = _of_month(units, season, factor, keeping, told[0][0] if told else None)
            if found is None:
                return None
            told.append((found, block.months // len(block.growth)))
    return _kept(way, term, season, beside, told)


def _of_month(
    units: Units, season: Season, factor: Fraction, keeping: Keeping, first: Timetable | None
) -> Timetable | None:
    """The timetable of a month; where nothing spills over its hours are those of the first."""
    week = season.week
    if first is not None and keeping.overflow is None:
        count = units.grid.that_carries(week.curve.peak * factor / units.rate.low)
        return None if count is None else first.with_count(count, units.spare)
    kinds = [hour.times(factor / units.rate.low) for hour in week.curve.hours]
    return timetable(kinds, week.order, units.grid, units.rate.low, keeping)


def _kept(
    way: Way, term: Term, season: Season, beside: Beside, told: list[tuple[Timetable, int]]
) -> Plan | None:
    units, overflow = way.units, beside.overflow
    if units is None or not any(one.is_partly for one, _ in told):
        return None
    most = max(one.count for one, _ in told)
    spilled = mean_of((one.spilled, months) for one, months in told) * units.rate.low
    running = Running(
        hourly=mean_of((one.machine_hours, months) for one, months in told),
        hourly_peak=most + units.spare,
        peak=most + units.spare,
        spare=units.spare,
        carried=season.week.curve.mean * mean(season.growth) - spilled,
        spilled=spilled,
        spilled_peak=max(one.spilled_peak for one, _ in told) * units.rate.low,
        room=None if overflow else most * units.rate.low / season.peak,
        timetable=told[0][0].hours,
    )
    parts = unit_parts(way, term, running, Fraction())
    if overflow is not None and spilled:
        parts.append(season.tokens(overflow, monthly(spilled), "what spills over"))
    elsewhere = season.cheapest([season.if_roomy(overflow), beside.batch])
    if elsewhere is not None and season.waiting:
        parts.append(season.tokens(elsewhere, season.waiting, "what may wait"))
    waits = elsewhere if season.waiting else None
    return Plan(
        way=way,
        mode=SCHEDULED,
        term=term,
        overflow=overflow if spilled or (overflow and waits is overflow) else None,
        batch=beside.batch if waits is beside.batch else None,
        waits_in=waits,
        running=running,
        parts=tuple(parts),
    )
