"""What each plan takes of a quota: units, vCPUs, enqueued tokens, or requests by the minute."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import Literal

import msgspec

from planner.core.offers import Billing
from planner.core.plans import Plan
from planner.core.pool_places import Pool
from planner.core.profiles import HOURS_PER_WEEK, MINUTES_PER_HOUR
from planner.core.quota_needs import enqueued_tokens
from planner.core.served import Served
from planner.core.sharing import NANO, needs, shape_of, together
from planner.core.ways import Way
from planner.core.workload import Workload

Unit = Literal["units", "vCPUs", "enqueued tokens"]


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """What one plan takes of a way's quota: an amount of `unit`, or requests of some workload.

    `shares` say for each hour which part of the requests it takes that are to be answered at once;
    None: all of them. With `waits` it takes those that may wait, too.
    """

    names: tuple[str, ...]
    way: Way
    amount: int | None = None
    unit: Unit | None = None
    workload: Workload | None = None
    shares: tuple[Fraction, ...] | None = None
    waits: bool = False


def draws_of(workload: Workload, served: Served) -> Iterator[Draw]:
    """What the plan of one workload takes."""
    plan, names = served.plan, (workload.name,)
    yield from _of_units(plan, names)
    if plan.way.units is None and plan.way.kind is not Billing.BATCH:
        waits = plan.waits_in is plan.way
        yield Draw(names=names, way=plan.way, workload=workload, waits=waits)
    if plan.waits_in is not None and plan.waits_in.kind is Billing.BATCH:
        yield _enqueued(workload, plan.waits_in)
    if plan.overflow is not None and plan.way.units is not None:
        weights = workload.profile.weights
        most = workload.peak_requests_per_minute * MINUTES_PER_HOUR * max(workload.growth)
        peaks = [most * weight / max(weights) for weight in weights]
        shares = _spilled(plan, peaks)
        waits = plan.waits_in is plan.overflow
        yield Draw(names=names, way=plan.overflow, workload=workload, shares=shares, waits=waits)


def _of_units(plan: Plan, names: tuple[str, ...]) -> Iterator[Draw]:
    """The units of a plan; those of machines are the vCPUs that they have."""
    way, running = plan.way, plan.running
    if running is None:
        return
    if way.kind is Billing.PROVISIONED:
        yield Draw(names=names, way=way, amount=running.peak, unit="units")
    elif way.instance is not None and way.instance.vcpus:
        vcpus = running.peak * way.instance.vcpus
        yield Draw(names=names, way=way, amount=vcpus, unit="vCPUs")


def _enqueued(workload: Workload, way: Way) -> Draw:
    """All that waits on a day, as if it were sent at once and to batches alone: at most that."""
    amount = ceil(enqueued_tokens(workload))
    return Draw(names=(workload.name,), way=way, amount=amount, unit="enqueued tokens")


def draws_of_pool(pool: Pool, workloads: Sequence[Workload]) -> Iterator[Draw]:
    """What a pool takes; its members share alike in what spills over."""
    plan = pool.plan
    members = [(workloads[member.index], member.shared) for member in pool.members]
    yield from _of_units(plan, tuple(workload.name for workload, _ in members))
    for workload, shared in members:
        if (way := shared.waits_to) is None:
            continue
        if way.kind is Billing.BATCH:
            yield _enqueued(workload, way)
        else:
            nothing = (Fraction(),) * HOURS_PER_WEEK
            yield Draw(
                names=(workload.name,), way=way, workload=workload, shares=nothing, waits=True
            )
    if plan.overflow is None:
        return
    all_need = together(
        needs(shape_of(workload.profile), shared.unit_hours) for workload, shared in members
    ).peaks
    growth = max(pool.meeting.growth) / NANO
    shares = _spilled(plan, [need * growth for need in all_need])
    for workload, shared in members:
        if shared.spill_to is not None:
            yield Draw(
                names=(workload.name,), way=shared.spill_to, workload=workload, shares=shares
            )


def _spilled(plan: Plan, needed: Iterable[Fraction]) -> tuple[Fraction, ...]:
    """For each hour the part of a need that spills over.

    It is what the units that are there at first leave, and no more than ever spills over at once.
    """
    running, units = plan.running, plan.way.units
    always = most = Fraction()
    if running is not None and units is not None:
        always = max(0, running.reserved - running.spare) * units.rate.low
        most = running.spilled_peak
    return tuple(
        min(max(Fraction(), need - always), most) / need if need else Fraction() for need in needed
    )
