"""A plan as the answer tells it: its bill, its units, what it needs, its room and its risks."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from math import ceil

import msgspec

from planner.core.commitments import drawn
from planner.core.comparison import to_money
from planner.core.explained import figures
from planner.core.offered import Supply
from planner.core.offers import Availability, Billing
from planner.core.plans import Part, Plan
from planner.core.profiles import hours_in_words
from planner.core.quota_needs import Needed, enqueued_tokens, needed_of
from planner.core.recommend_answer import BillLine, Brief, Choice, Later, Money, UnitCount
from planner.core.risks import Risks
from planner.core.seasons import Season
from planner.core.served import Served
from planner.core.unit_plans import plans
from planner.core.ways import Rate, Units
from planner.core.week import Week
from planner.core.workload import Workload

_CENT = Decimal("0.01")
_FINE = Decimal("1e-12")


class Telling:
    """Tells plans for one workload."""

    def __init__(self, workload: Workload, supply: Supply, week: Week) -> None:
        self._workload, self._supply, self._week = workload, supply, week
        self._on = supply.shelf.on

    def choice(self, rank: int, served: Served, *, explain: bool) -> Choice:
        """A plan as a choice of the answer."""
        plan, way = served.plan, served.plan.way
        headroom, binds = self._room(served)
        load = self._workload
        needed = _needed(load, plan)
        bill = tuple(_line(part) for part in (*plan.parts, *served.fixed))
        return Choice(
            rank=rank,
            id=choice_id(served),
            model=way.model,
            quality=load.quality.get(way.model),
            kind=way.kind,
            provider=way.provider,
            region=way.region,
            also_in=way.also_in,
            what=way.what,
            version=way.version,
            tier=way.tier,
            term=plan.term.name if plan.term else None,
            mode=plan.mode,
            schedule=_schedule(plan),
            units=_units(way.units, plan) if way.units else None,
            overflow_to=plan.overflow.id if plan.overflow else None,
            overflow_what=plan.overflow.what if plan.overflow else None,
            batch_to=plan.batch.id if plan.batch else None,
            batch_what=plan.batch.what if plan.batch else None,
            usd_per_month=self._money(served),
            months=served.months[0],
            bill=bill,
            usd_per_mtok=_cents(self._per_mtok(served)),
            spilled_share=_spilled(plan),
            utilisation=_utilisation(plan),
            headroom=headroom,
            binds=binds,
            peak_tokens_per_minute=float(needed.tokens_per_minute),
            availability=way.standing.availability,
            reasons=way.standing.reasons,
            steps=tuple(dict.fromkeys(_steps(plan, load))),
            retires_on=way.retires_on,
            certainty=way.certainty,
            later=tuple(
                Later(
                    from_date=day,
                    model=after.way.model,
                    id=after.way.id,
                    months=months,
                    usd_per_month=_cents(after.usd_per_month),
                    bill=tuple(map(_line, after.parts)),
                )
                for (day, after), months in zip(served.later, served.months[1:], strict=True)
            ),
            boundary=way.boundary,
            latency_ms=way.latency_ms,
            basis=way.units.basis if way.units else None,
            effective_from=way.effective_from,
            source=plan.term.source if plan.term else way.source,
            retrieved_on=plan.term.retrieved_on if plan.term else way.retrieved_on,
            origin=plan.term.origin if plan.term else way.origin,
            match=way.match,
            risks=tuple(dict.fromkeys(r.told for r in Risks(load, self._supply).of(served))),
            draws_down_usd_per_month=self._drawn(served),
            figures=tuple(figures(served, load, needed)) if explain else (),
        )

    def _per_mtok(self, served: Served) -> Fraction:
        load = self._workload
        tokens = load.requests_per_month * (load.input.mean + load.output.mean)
        volume = sum(load.growth, Fraction()) / len(load.growth)
        return served.usd_per_month / (tokens * volume) * 10**6

    def _money(self, served: Served) -> Money:
        """As planned, and what it comes to where machines deliver the middle or the high end."""
        planned = served.usd_per_month
        mid, low = (self._with_rate(served, level) for level in ("mid", "high"))
        mid = min(planned, mid)
        return Money(low=_cents(min(mid, low)), mid=_cents(mid), high=_cents(planned))

    def _drawn(self, served: Served) -> Decimal | None:
        """What of the bill is paid out of a commitment to its provider; None without one."""
        return drawn(served, self._workload.committed_spend)

    def _with_rate(self, served: Served, level: str) -> Fraction:
        plan, units = served.plan, served.plan.way.units
        if units is None or units.rate.low == units.rate.high:
            return served.usd_per_month
        rate: Fraction = getattr(units.rate, level)
        sized = msgspec.structs.replace(units, rate=Rate(low=rate, mid=rate, high=rate))
        way = msgspec.structs.replace(plan.way, units=sized)
        season = Season(week=self._week, growth=self._workload.growth[: served.months[0]])
        overflows = [plan.overflow] if plan.overflow else []
        batches = [plan.batch] if plan.batch else []
        alike = [
            other.usd_per_month
            for other in plans(way, season, overflows, batches)
            if (other.mode, other.term) == (plan.mode, plan.term)
        ]
        change = min(alike, default=plan.usd_per_month) - plan.usd_per_month
        return served.usd_per_month + change * served.months[0] / sum(served.months)

    def _room(self, served: Served) -> tuple[float | None, str | None]:
        """How much the peak may grow until a limit is met, and which that is."""
        limits = list(self._limits(served.plan, max(self._workload.growth[: served.months[0]])))
        start = served.months[0]
        for (_, plan), months in zip(served.later, served.months[1:], strict=True):
            limits += self._limits(plan, max(self._workload.growth[start : start + months]))
            start += months
        room, binds = min(limits, default=(None, None))
        return (None if room is None else float(room)), binds

    def _limits(self, plan: Plan, growth: Fraction) -> Iterator[tuple[Fraction, str]]:
        """How much the peak of some months may grow until each of a plan's limits is met."""
        way, running = plan.way, plan.running
        if way.units is not None:
            if running is not None and running.room is not None and plan.overflow is None:
                serving = running.peak - running.spare
                name = way.units.name if serving == 1 else way.units.several
                yield running.room - 1, f"{serving:,} {name}"
            return
        if way.kind is Billing.BATCH:
            return
        load = self._workload
        needed, standing = _needed(load, plan), way.standing
        least = growth / max(load.growth)
        for free, wanted, unit in (
            (standing.free_tokens_per_minute, needed.tokens_per_minute, "tokens"),
            (standing.free_requests_per_minute, needed.requests_per_minute, "requests"),
        ):
            if free is not None and wanted:
                yield Fraction(free) / (wanted * least) - 1, f"{free:,.0f} {unit} per minute"


def _needed(workload: Workload, plan: Plan) -> Needed:
    """What the quota of a plan's way has to leave free."""
    way = plan.way
    return needed_of(workload, way.provider, way.model, with_waiting=plan.waits_in is way)


def choice_id(served: Served) -> str:
    """The id of a plan: its way, the term, the mode of machines and what takes the overflow."""
    plan = served.plan
    found = plan.way.id
    if plan.term is not None and plan.term.months is not None:
        found += f":{plan.term.name}"
    if plan.mode is not None and plan.way.kind is Billing.SELF_HOSTED:
        found += f":{plan.mode.replace(' ', '-')}"
    return found if plan.overflow is None else f"{found}+{plan.overflow.what}"


def brief_of(served: Served) -> Brief:
    """What names a plan, in fields: a name may hold whatever its user wrote."""
    plan, way = served.plan, served.plan.way
    return Brief(
        kind=way.kind,
        model=way.model,
        provider=way.provider,
        region=way.region,
        what=way.what,
        tier=way.tier,
        term=plan.term.name if plan.term else None,
        mode=plan.mode,
        overflow_what=plan.overflow.what if plan.overflow else None,
    )


def _units(units: Units, plan: Plan) -> UnitCount | None:
    running = plan.running
    if running is None:
        return None
    return UnitCount(
        unit=units.name,
        reserved=running.reserved,
        reserved_later=running.reserved_later,
        hourly_mean=float(running.hourly),
        hourly_peak=running.hourly_peak,
        spare=running.spare,
        requests_per_hour_each=float(units.rate.low),
        minimum=units.grid.minimum,
        step=units.grid.step,
    )


def _schedule(plan: Plan) -> str | None:
    running = plan.running
    return hours_in_words(running.timetable) if running and running.timetable else None


def _utilisation(plan: Plan) -> float | None:
    running, units = plan.running, plan.way.units
    if running is None or units is None or not running.mean:
        return None
    return float(running.carried / (running.mean * units.rate.mid))


def _spilled(plan: Plan) -> float | None:
    running = plan.running
    if running is None or plan.overflow is None:
        return None
    load = running.carried + running.spilled
    return float(running.spilled / load) if load else None


def _steps(plan: Plan, workload: Workload) -> Iterator[str]:
    for way in (plan.way, plan.batch):
        if way is None:
            continue
        collected = not way.unlisted and way.origin != "override"
        if way.standing.availability is Availability.UNKNOWN and collected:
            yield f"planner collect {way.provider}: read your own quota"
        free = way.standing.free_enqueued_tokens
        if free is not None and way.kind is Billing.BATCH:
            short = enqueued_tokens(workload) - Fraction(free)
            if short > 0:
                yield f"ask for {ceil(short):,} enqueued tokens more in {way.region}"
    layout = plan.way.layout
    if layout is not None and layout.advice is not None:
        yield layout.advice


def _line(part: Part) -> BillLine:
    return BillLine(
        what=part.what,
        quantity=float(part.quantity),
        unit=part.unit,
        usd_each=_each(part.usd_each),
        usd_per_month=_cents(part.usd_per_month),
    )


def _each(amount: Fraction) -> Decimal:
    """A price to twelve places: a request may cost less than a millionth of a dollar."""
    value = Decimal(amount.numerator) / Decimal(amount.denominator)
    return value.quantize(_FINE).normalize() + Decimal()


def _cents(amount: Fraction) -> Decimal:
    return to_money(amount).quantize(_CENT)
