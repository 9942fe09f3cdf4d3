"""What a plan deploys, in the terms of those who deploy it."""

from collections.abc import Iterable
from math import ceil

import msgspec

from planner.core.coming_and_going import coming_and_going
from planner.core.deployable import Deployable, Hosting
from planner.core.offered import Supply
from planner.core.offers import Billing, Offer
from planner.core.plans import Plan
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.quota_needs import enqueued_tokens, needed_of
from planner.core.served import Served
from planner.core.ways import Way
from planner.core.workload import Workload

USUAL_TOKENS_PER_UNIT = 1_000
"""Tokens per minute of one unit of capacity where nobody tells it: what most models have
(Azure management API, swedencentral, 2026-04-23)."""

ENQUEUED_TOKENS_PER_UNIT = 1_000
"""Enqueued tokens of one unit of a batch deployment: quotas read "Enqueued tokens (thousands)"
(Azure management API, swedencentral, 2026-04-23). Those of o3 and o3-mini read "Ten Thousand", but
the limit of o3-mini, 1,000,000, is 1 billion tokens in Microsoft's table (quotas, batch)."""

COUNTED_BY_TOKENS = frozenset({"azure"})
"""Providers whose deployments by the token are given a part of the quota."""


def deployable(served: Served, workload: Workload, supply: Supply) -> Deployable:
    """The first plan of what serves a workload, as a thing to deploy."""
    plan = served.plan
    main = _named(_of(plan.way, plan, workload, supply), plan, supply)
    term = plan.term.name if plan.term is not None and plan.term.months is not None else None
    return msgspec.structs.replace(
        main,
        term=term,
        reserved=_reserved(plan, term),
        at_first=_at_first(plan),
        come_and_go=coming_and_going(plan, workload),
        hosting=_hosting(plan, workload, supply),
        overflow=_beside(main, plan.overflow, plan, workload, supply),
        batch=_beside(main, plan.batch, plan, workload, supply),
    )


def _of(way: Way, plan: Plan, workload: Workload, supply: Supply) -> Deployable:
    tokens, requests = _unit(way, supply)
    return Deployable(
        name=workload.name,
        kind=way.kind,
        provider=way.provider,
        region=way.region,
        model=way.model,
        version=way.version,
        publisher=way.publisher,
        provider_model=way.provider_model,
        deployment_type=way.deployment_type,
        tier=way.tier,
        capacity=_capacity(way, plan, workload, tokens, requests),
        tokens_per_unit=tokens if _by_the_token(way) else None,
        hosting=None,
        destinations=way.destinations,
        overflow=None,
    )


def _named(main: Deployable, plan: Plan, supply: Supply) -> Deployable:
    """The user's own units with what the provider calls their model, where that is one thing.

    Beside units that spill over it is the model of the overflow: it has to be the same.
    """
    if not plan.way.own_name:
        return main
    beside = plan.overflow or plan.batch
    same = beside is not None and (beside.provider, beside.model) == (main.provider, main.model)
    listed = [s.offer for s in supply.shelf.catalog.offers(main.model)]
    listed = [offer for offer in listed if offer.provider == main.provider]
    others: list[Offer | Way] = [beside] if beside is not None and same else [*listed]
    return msgspec.structs.replace(
        main,
        region=main.region or (beside.region if beside is not None and same else None),
        version=main.version or _one(other.version for other in others),
        publisher=_one(other.publisher for other in others),
        provider_model=_one(other.provider_model for other in others),
    )


def _one(names: Iterable[str | None]) -> str | None:
    """The name that all have; None where they differ."""
    told = set(names)
    return told.pop() if len(told) == 1 else None


def _beside(
    main: Deployable, way: Way | None, plan: Plan, workload: Workload, supply: Supply
) -> Deployable | None:
    """What stands beside the main one: in its region, where it is sold there on the same terms."""
    if way is None:
        return None
    found = _of(way, plan, workload, supply)
    moves = main.provider == way.provider and main.region in way.also_in and not way.destinations
    return msgspec.structs.replace(found, region=main.region) if moves else found


def _capacity(
    way: Way, plan: Plan, workload: Workload, tokens_each: int, requests_each: int | None
) -> int | None:
    """The count that the provider asks for: units, or tokens in its unit."""
    if way.units is not None and way.kind is not Billing.SELF_HOSTED:
        running = plan.running
        if running is None:
            return None
        return min(running.reserved + running.hourly_peak, running.peak)
    if not _by_the_token(way):
        return None
    if way.kind is Billing.BATCH:
        # Azure counts a file's tokens from its upload to the end of the job, for which it aims at a
        # day (learn.microsoft.com, Azure OpenAI batch and its quota, read 2026-11-26).
        return ceil(enqueued_tokens(workload) / tokens_each)
    needed = needed_of(workload, way.provider, way.model, with_waiting=way is plan.waits_in)
    requests = needed.requests_per_minute
    if way is not plan.way and plan.running is not None:
        spilled = plan.running.spilled_peak / MINUTES_PER_HOUR
        if way is plan.waits_in:
            waiting = workload.busiest_day_requests_per_minute * workload.batch_share
            spilled += waiting * max(workload.growth)
        requests = min(requests, spilled)
    if not requests:
        return 0
    counts = [needed.tokens_per_minute / needed.requests_per_minute * requests / tokens_each]
    if requests_each is not None:
        counts.append(requests / requests_each)
    return ceil(max(counts))


def _reserved(plan: Plan, term: str | None) -> int | None:
    """Units of the term; by the hour those that run day and night, under whatever name."""
    running = plan.running
    if running is None:
        return None
    steady = term is None and running.hourly == running.hourly_peak
    return running.reserved + (running.hourly_peak if steady else 0)


def _at_first(plan: Plan) -> int | None:
    """Units of the first month, where more are bought later."""
    running = plan.running
    if running is None or running.reserved_later <= running.reserved:
        return None
    return running.reserved + running.hourly_peak


def _by_the_token(way: Way) -> bool:
    """Whether its capacity is a number of tokens."""
    if way.units is not None or way.kind is Billing.SELF_HOSTED:
        return False
    return way.tokens_per_unit is not None or way.provider in COUNTED_BY_TOKENS


def _unit(way: Way, supply: Supply) -> tuple[int, int | None]:
    """Tokens and requests of one unit of capacity: a minute's, or the tokens of a batch's queue."""
    if way.kind is Billing.BATCH:
        return ENQUEUED_TOKENS_PER_UNIT, None
    fact = supply.capacity_unit(way.provider, way.model)
    tokens = fact.tokens_per_minute if fact else USUAL_TOKENS_PER_UNIT
    requests = fact.requests_per_minute if fact else None
    return way.tokens_per_unit or tokens, way.requests_per_unit or requests


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
        native_dtype=layout.native_dtype,
        kv_dtype=layout.kv_dtype,
        engine=layout.engine or "vllm",
        hugging_face=architecture.hugging_face if architecture else None,
        context_tokens=ceil(workload.longest_request),
        concurrency=max(1, (layout.concurrency or 1) // layout.replicas),
        checkpoint=architecture.checkpoint if architecture else None,
        memory_share=layout.memory_share,
        advice=layout.advice,
    )
