"""Many workloads at once: the cheapest plan of each, what they cost together, and shared units."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import chain

import msgspec

from planner.core.choices import choice_id
from planner.core.comparison import to_money
from planner.core.offered import Supply
from planner.core.pool_places import Pool, Sharer
from planner.core.pooling import Pooling
from planner.core.portfolio_answer import PoolView, PortfolioAnswer, PortfolioWorkload, Spend
from planner.core.quota_demands import demands
from planner.core.quota_draws import draws_of, draws_of_pool
from planner.core.risks import Risk, Risks
from planner.core.served import Served
from planner.core.sharing import NANO, Shareable, needs, shape_of, shareables
from planner.core.ways import Refusal
from planner.core.weighing import Weighing
from planner.core.workload import Workload

_CENT = Decimal("0.01")


class Single(msgspec.Struct, frozen=True, kw_only=True):
    """A workload by itself: its cheapest plan, or why nothing serves it; what it could share.

    `risks` are those of the plan.
    """

    workload: Workload
    served: Served | None
    risks: tuple[Risk, ...] = ()
    reasons: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shareables: tuple[Shareable, ...] = ()


def single(workload: Workload, supply: Supply) -> Single:
    """Answer for one workload of a portfolio; the plan is the one that `recommend` recommends."""
    weighing = Weighing(workload, supply)
    served = weighing.best()
    models, notes = weighing.living()
    if served is None:
        refused = weighing.weigh().refused
        return Single(
            workload=workload,
            served=None,
            reasons=tuple(_reasons(refused)),
            models=models,
            notes=notes,
        )
    return Single(
        workload=workload,
        served=served,
        risks=tuple(dict.fromkeys(Risks(workload, supply).of(served))),
        models=models,
        notes=notes,
        shareables=tuple(
            shared
            for model in models
            for shared in shareables(workload, weighing.week, weighing.ways(model))
            if shared.least_usd <= served.usd_per_month and weighing.lives_on(shared.way)
        ),
    )


def portfolio(singles: Sequence[Single], supply: Supply) -> PortfolioAnswer:
    """The answer for all of them together."""
    served = {n: one.served for n, one in enumerate(singles) if one.served is not None}
    sharers = {
        n: Sharer(
            workload=singles[n].workload,
            usd=plan.usd_per_month,
            shareables=singles[n].shareables,
        )
        for n, plan in served.items()
    }
    pools = Pooling(sharers).pools()
    ids = {m.index: _pool_id(n, pool) for n, pool in enumerate(pools, 1) for m in pool.members}
    workloads = [one.workload for one in singles]
    usd = sum((plan.usd_per_month for plan in served.values()), Fraction())
    saves = sum((pool.saves for pool in pools), Fraction())
    draws = chain(
        *(draws_of(workloads[n], plan) for n, plan in served.items() if n not in ids),
        *(draws_of_pool(pool, workloads) for pool in pools),
    )
    models = tuple(dict.fromkeys(model for one in singles for model in one.models))
    catalog = supply.shelf.catalog
    sightings = chain.from_iterable(catalog.offers(model) for model in models)
    return PortfolioAnswer(
        on=supply.shelf.on,
        workloads=tuple(_row(one, ids.get(n)) for n, one in enumerate(singles)),
        fits=len(served),
        fits_none=len(singles) - len(served),
        usd_per_month_single=_cents(usd),
        usd_per_month_pooled=_cents(usd - saves),
        saves=_cents(saves),
        by_provider=_spends((p.plan.way.provider, p.usd_per_month) for p in served.values()),
        by_model=_spends((p.plan.way.model, p.usd_per_month) for p in served.values()),
        pools=tuple(_pool(ids[pool.members[0].index], pool, workloads) for pool in pools),
        quota=tuple(demands(draws)),
        sources=catalog.sources(sightings, models),
        assumptions=tuple(_assumptions(pools)),
        notes=tuple(dict.fromkeys(chain.from_iterable(one.notes for one in singles))),
    )


def _reasons(refused: Sequence[Refusal]) -> Iterator[str]:
    """The most frequent reasons, each with how many ways it removes."""
    counts = Counter(reason for no in refused for reason in dict.fromkeys(no.reasons))
    for reason, count in counts.most_common():
        yield reason if count == 1 else f"{reason} ({count} ways)"


def _row(one: Single, pool: str | None) -> PortfolioWorkload:
    served = one.served
    plan = served.plan if served else None
    way = plan.way if plan else None
    price = plan.term or way if plan else None
    return PortfolioWorkload(
        name=one.workload.name,
        recommended=choice_id(served) if served else None,
        model=way.model if way else None,
        kind=way.kind if way else None,
        provider=way.provider if way else None,
        region=way.region if way else None,
        what=way.what if way else None,
        term=plan.term.name if plan and plan.term else None,
        units=plan.running.peak if plan and plan.running else None,
        units_mean=float(plan.running.mean) if plan and plan.running else None,
        unit=way.units.name if way and way.units and plan and plan.running else None,
        usd_per_month=_cents(served.usd_per_month) if served else None,
        pool=pool,
        retires_on=way.retires_on if way else None,
        source=price.source if price else None,
        retrieved_on=price.retrieved_on if price else None,
        risk_kinds=tuple(dict.fromkeys(risk.kind for risk in one.risks)),
        risks=tuple(risk.told for risk in one.risks),
        reasons=one.reasons,
    )


def _pool_id(number: int, pool: Pool) -> str:
    return f"pool-{number}:{pool.plan.way.id.partition(':')[2]}"


def _pool(name: str, pool: Pool, workloads: Sequence[Workload]) -> PoolView:
    plan, way = pool.plan, pool.plan.way
    running, units = plan.running, way.units
    each = [
        needs(shape_of(workloads[m.index].profile), m.shared.unit_hours).peaks for m in pool.members
    ]
    growth = max(pool.meeting.growth) / NANO
    return PoolView(
        id=name,
        kind=way.kind,
        model=way.model,
        provider=way.provider,
        region=way.region,
        what=way.what,
        term=plan.term.name if plan.term else None,
        mode=plan.mode,
        workloads=tuple(workloads[m.index].name for m in pool.members),
        unit=units.name if units else "unit",
        units=running.peak if running else 0,
        reserved=running.reserved if running else 0,
        hourly_mean=float(running.hourly) if running else 0.0,
        spare=running.spare if running else 0,
        minimum=units.grid.minimum if units else 1,
        units_needed_at_peak=float(max(map(sum, zip(*each, strict=True))) * growth),
        units_needed_peak_on_peak=float(sum(map(max, each)) * growth),
        overflow_to=plan.overflow.what if plan.overflow else None,
        usd_single=_cents(pool.usd_single),
        usd_pooled=_cents(pool.usd),
        saves=_cents(pool.saves),
    )


def _spends(costs: Iterator[tuple[str, Fraction]]) -> tuple[Spend, ...]:
    """The sums by name, the largest first."""
    sums: dict[str, list[Fraction]] = defaultdict(list)
    for name, usd in costs:
        sums[name].append(usd)
    told = [
        Spend(name=name, workloads=len(each), usd_per_month=_cents(sum(each, Fraction())))
        for name, each in sums.items()
    ]
    return tuple(sorted(told, key=lambda one: (-one.usd_per_month, one.name)))


def _assumptions(pools: Sequence[Pool]) -> Iterator[str]:
    yield "list prices in US dollars before taxes, a month of 730 hours"
    yield "each workload's plan is its cheapest; planner recommend FILE.yaml has the others"
    if pools:
        yield "the busiest minutes of workloads that share units fall together within an hour"
        yield "workloads share where each one accepts model, place and limits, and grows alike"
    if any(pool.plan.overflow for pool in pools):
        yield "what spills over from shared units costs its members' mean price by the token"


def _cents(amount: Fraction) -> Decimal:
    return to_money(amount).quantize(_CENT)
