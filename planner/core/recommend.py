"""The recommendation: what serves a workload best, what else would, and what it would take."""

from collections.abc import Iterator
from itertools import chain

from planner.core.catalog import Source
from planner.core.choices import Telling, choice_id
from planner.core.conflicts import conflicts
from planner.core.deploying import deployable
from planner.core.offered import Supply
from planner.core.offers import Billing
from planner.core.outlook import by_input_share, by_volume
from planner.core.recommend_answer import (
    Recommendation,
    Rejection,
    UnitWorth,
    WorkloadView,
)
from planner.core.served import Served, Weighed
from planner.core.swings import swings
from planner.core.unit_worth import worth_of
from planner.core.weighing import Weighing
from planner.core.wider import wider_boundary
from planner.core.workload import Workload

SIDE_COSTS = ("egress", "private endpoints", "gateway", "logs")
_NOT_COMPARED = (
    "not compared: Vertex AI, SageMaker and Azure Machine Learning endpoints, spot machines, "
    "savings plans"
)


def recommend(
    workload: Workload, supply: Supply, *, explain: bool = False, outlook: bool = True
) -> Recommendation:
    """Answer for a workload; `explain` gives every choice its figures, else the first alone.

    Without `outlook` nothing is said of other volumes and shares, and of what would change it.
    """
    weighing = Weighing(workload, supply)
    weighed = weighing.weigh()
    telling = Telling(workload, supply, weighing.week)
    served = _each_once(weighed.served)
    choices = [
        telling.choice(rank, one, explain=explain or rank == 1)
        for rank, one in enumerate(served, start=1)
    ]
    best = served[0] if served else None
    return Recommendation(
        workload=view_of(workload),
        on=supply.shelf.on,
        recommended=choices[0] if choices else None,
        alternatives=tuple(choices[1:]),
        rejected=tuple(_rejections(weighed)),
        worth=tuple(_worth(weighing, weighed)),
        by_requests_per_month=by_volume(weighing) if best and outlook else (),
        by_input_share=by_input_share(weighing) if best and outlook else (),
        swings=swings(weighing, best) if best and outlook else (),
        conflicts=() if best else conflicts(weighing),
        wider=wider_boundary(weighing, best) if outlook else None,
        deploys=deployable(best, workload, supply) if best else None,
        sources=_sources(weighed, supply),
        not_included=tuple(_not_included(workload)),
        assumptions=tuple(_assumptions(workload, weighed)),
        notes=weighed.notes,
    )


def view_of(workload: Workload) -> WorkloadView:
    """The workload as an answer shows it."""
    return WorkloadView(
        name=workload.name,
        models=workload.models,
        requests_per_month=float(workload.requests_per_month),
        peak_requests_per_minute=float(workload.peak_requests_per_minute),
        input_tokens=float(workload.input.mean),
        output_tokens=float(workload.output.mean),
        max_tokens=int(workload.reserved_output_tokens),
        longest_request_tokens=float(workload.longest_request),
        cached_share=float(workload.cached_share),
        batch_share=float(workload.batch_share),
        profile=workload.profile.told,
        growth_per_month=float(workload.growth_per_month),
        horizon_months=workload.horizon_months,
        tier=workload.tier,
        ttft_ms=workload.ttft_ms,
        tpot_ms=workload.tpot_ms,
        boundary=workload.boundary,
        from_region=workload.from_region,
        latency_ms=workload.latency_ms,
        failures=workload.failures,
        committed_usd_per_month=dict(workload.committed_spend),
    )


def _each_once(served: tuple[Served, ...]) -> list[Served]:
    """The plans in their order, the cheapest of each id."""
    found: dict[str, Served] = {}
    for one in served:
        found.setdefault(choice_id(one), one)
    return list(found.values())


def _rejections(weighed: Weighed) -> Iterator[Rejection]:
    for refusal in weighed.refused:
        yield Rejection(
            kind=refusal.kind,
            provider=refusal.provider,
            model=refusal.model,
            what=refusal.what,
            version=refusal.version,
            regions=refusal.regions,
            reasons=refusal.reasons,
            steps=refusal.steps,
            step_by_reason=refusal.paired,
        )


def _worth(weighing: Weighing, weighed: Weighed) -> Iterator[UnitWorth]:
    for model in weighed.models:
        ways = weighing.ways(model)
        lots = weighing.supply.shelf.lots(model, weighing.workload.tiers[0])
        yield from worth_of(ways.units, ways.tokens, lots, weighing.workload)


def _sources(weighed: Weighed, supply: Supply) -> tuple[Source, ...]:
    catalog = supply.shelf.catalog
    sightings = chain.from_iterable(catalog.offers(model) for model in weighed.models)
    return catalog.sources(sightings, weighed.models)


def _not_included(workload: Workload) -> Iterator[str]:
    missing = [name for name in SIDE_COSTS if name not in workload.side_costs]
    if missing:
        yield f"not included unless given under side_costs: {', '.join(missing)}"
    if not workload.committed_spend:
        yield "not included unless given under committed_spend: its draw-down"
    if not workload.self_hosting_costs:
        yield "not included unless given under self_hosting_costs: staff, storage, network"
    yield _NOT_COMPARED


def _assumptions(workload: Workload, weighed: Weighed) -> Iterator[str]:
    months = len(workload.growth)
    yield "list prices in US dollars before taxes, a month of 730 hours"
    if workload.growth_per_month:
        given = "" if workload.horizon_months else "no horizon is given: "
        yield (
            f"{given}every sum is a mean over {months} months, in which the volume goes from 1 to "
            f"{float(workload.growth[-1]):.3g} times that of the first"
        )
    if workload.horizon_months is None and not workload.growth_per_month:
        yield "no horizon is given: costs are those of one month, and a retirement removes nothing"
    if any(one.plan.way.kind is Billing.SELF_HOSTED for one in weighed.served):
        yield (
            f"machines are sized by the low end of the forecast, {workload.failures} more than "
            "needed for failures; those that follow the load are paid from "
            f"{float(workload.start_up_minutes):g} minutes before they serve"
        )
        yield (
            "planner breakeven keeps no machine for failures and compares no mixes, so other "
            "volumes come out there"
        )
    if workload.batch_share:
        yield "what may wait is answered within a day"
    if workload.profile.peak_minute_factor == 1:
        yield "every minute of an hour is taken to be alike; peak_minute_factor makes one busier"
