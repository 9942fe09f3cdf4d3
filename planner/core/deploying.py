"""What a plan deploys, in the terms of those who deploy it."""

from fractions import Fraction
from math import ceil

from planner.core.deployable import Deployable, Hosting
from planner.core.offered import Supply
from planner.core.offers import Billing
from planner.core.plans import Plan
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.quota_needs import needed_of
from planner.core.ways import Way
from planner.core.weighing import Served
from planner.core.workload import Workload

USUAL_TOKENS_PER_UNIT = 1_000
"""Tokens per minute of one unit of capacity where an offer does not tell it: what most models have
(Azure management API, swedencentral, 2026-04-23)."""


COUNTED_BY_TOKENS = frozenset({"azure"})
"""Providers whose deployments by the token are given a part of the quota."""


def deployable(served: Served, workload: Workload, supply: Supply) -> Deployable:
    """The first plan of what serves a workload, as a thing to deploy."""
    return _of(served.plan.way, served.plan, workload, supply)


def _of(way: Way, plan: Plan, workload: Workload, supply: Supply) -> Deployable:
    main = way is plan.way
    return Deployable(
        name=workload.name,
        kind=way.kind,
        provider=way.provider,
        region=way.region,
        model=way.model,
        version=way.version,
        publisher=way.publisher,
        provider_model=way.provider_model,
        deployment_type=way.what,
        tier=way.tier,
        capacity=_capacity(way, plan, workload),
        hosting=_hosting(plan, workload, supply) if main else None,
        destinations=way.destinations,
        overflow=_of(plan.overflow, plan, workload, supply) if main and plan.overflow else None,
        batch=_of(plan.batch, plan, workload, supply) if main and plan.batch else None,
    )


def _capacity(way: Way, plan: Plan, workload: Workload) -> int | None:
    """The count that the provider asks for: units, or tokens per minute in its unit."""
    if way.kind in (Billing.SELF_HOSTED, Billing.BATCH):
        return None
    if way.units is not None:
        running = plan.running
        return None if running is None else running.reserved + running.hourly_peak
    if way.tokens_per_unit is None and way.provider not in COUNTED_BY_TOKENS:
        return None
    needed = needed_of(workload, way.provider, way.model, with_waiting=way is plan.waits_in)
    share = Fraction(1)
    if way is not plan.way and plan.running is not None and plan.way.units is not None:
        carried = plan.running.reserved * plan.way.units.rate.low / MINUTES_PER_HOUR
        share -= min(share, carried / (needed.requests_per_minute or 1))
    tokens = needed.tokens_per_minute * share
    return ceil(tokens / (way.tokens_per_unit or USUAL_TOKENS_PER_UNIT))


def _hosting(plan: Plan, workload: Workload, supply: Supply) -> Hosting | None:
    layout, running = plan.way.layout, plan.running
    if layout is None or running is None or layout.replicas is None:
        return None
    architecture = supply.architecture(plan.way.model)
    tensor = layout.tensor_parallel or 1
    return Hosting(
        instance=plan.way.what,
        machines=running.peak,
        gpu=plan.way.gpu or "GPU",
        gpus=layout.replicas * tensor,
        copies=layout.replicas,
        tensor_parallel=tensor,
        dtype=layout.dtype,
        kv_dtype="bf16",
        engine=layout.engine or "vllm",
        hugging_face=architecture.hugging_face if architecture else None,
        context_tokens=ceil(workload.longest_request),
        concurrency=max(1, (layout.concurrency or 1) // layout.replicas),
        checkpoint=architecture.checkpoint if architecture else None,
    )
