"""What several workloads take together of one quota, hour by hour, against what is free of it.

A quota is one that the provider names, or else that of a model's deployment type in a region. What
is taken of it by the minute is counted in thousandths, rounded up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil

import msgspec

from planner.core.demands import needed_of
from planner.core.offers import Billing
from planner.core.plans import Plan
from planner.core.pooling import Pool
from planner.core.portfolio_answer import QuotaDemand
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.sharing import NANO, needs, shape_of, together
from planner.core.ways import Way
from planner.core.weighing import Served
from planner.core.workload import Workload

_MILLI = 1000
ENOUGH, NOT_ENOUGH, UNKNOWN = "enough", "not enough", "unknown"


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """What one plan takes of a way's quota: units, or requests of some workload.

    `shares` say for each hour which part of the requests it takes; None: all of them.
    """

    names: tuple[str, ...]
    way: Way
    units: int | None = None
    workload: Workload | None = None
    shares: tuple[Fraction, ...] | None = None


def draws_of(workload: Workload, served: Served) -> Iterator[Draw]:
    """What the plan of one workload takes."""
    plan, names = served.plan, (workload.name,)
    if plan.way.kind is Billing.PROVISIONED and plan.running is not None:
        yield Draw(names=names, way=plan.way, units=plan.running.peak)
    elif plan.way.units is None and plan.way.kind is not Billing.BATCH:
        yield Draw(names=names, way=plan.way, workload=workload)
    if plan.overflow is not None and plan.way.units is not None:
        weights = workload.profile.weights
        most = workload.peak_requests_per_minute * MINUTES_PER_HOUR * max(workload.growth)
        peaks = [most * weight / max(weights) for weight in weights]
        shares = _spilled(plan, peaks)
        yield Draw(names=names, way=plan.overflow, workload=workload, shares=shares)


def draws_of_pool(pool: Pool, workloads: Sequence[Workload]) -> Iterator[Draw]:
    """What a pool takes; its members share alike in what spills over."""
    plan = pool.plan
    members = [(workloads[member.index], member.shared) for member in pool.members]
    if plan.way.kind is Billing.PROVISIONED and plan.running is not None:
        names = tuple(workload.name for workload, _ in members)
        yield Draw(names=names, way=plan.way, units=plan.running.peak)
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


def demands(draws: Iterable[Draw]) -> Iterator[QuotaDemand]:
    """The quotas that more than one workload draws on, by provider, region and model."""
    groups: dict[tuple[object, ...], list[Draw]] = defaultdict(list)
    for draw in draws:
        way = draw.way
        pool = way.standing.quota_names or (way.model, way.what)
        groups[way.provider, way.region or "", pool, draw.units is None].append(draw)
    for _, group in sorted(groups.items(), key=lambda pair: pair[0]):
        if len({name for draw in group for name in draw.names}) > 1:
            yield _demand(group)


def _demand(group: Sequence[Draw]) -> QuotaDemand:
    way, standing = group[0].way, group[0].way.standing
    by_units = group[0].units is not None
    rates = [] if by_units else [_rates(draw) for draw in group]
    kinds = list(zip(*rates, strict=True))  # tokens, then requests: each draw's hours
    peaks = [Fraction(max(map(sum, zip(*each, strict=True))), _MILLI) for each in kinds]
    peak_on_peak = [Fraction(sum(map(max, each)), _MILLI) for each in kinds]
    units = sum(draw.units or 0 for draw in group) if by_units else None
    frees = (standing.free_tokens_per_minute, standing.free_requests_per_minute)
    compared = (
        [(standing.free_units, Fraction(units or 0), "units")]
        if by_units
        else list(zip(frees, peaks, ("TPM", "RPM"), strict=True))
    )
    verdict, step = _verdict(compared, way.region)
    tokens, requests = peaks or (None, None)
    most_tokens, most_requests = peak_on_peak or (None, None)
    return QuotaDemand(
        provider=way.provider,
        region=way.region,
        models=tuple(dict.fromkeys(draw.way.model for draw in group)),
        deployment_types=tuple(dict.fromkeys(draw.way.what for draw in group)),
        quota_names=standing.quota_names,
        workloads=tuple(dict.fromkeys(name for draw in group for name in draw.names)),
        peak_tokens_per_minute=_float(tokens),
        peak_requests_per_minute=_float(requests),
        peak_on_peak_tokens_per_minute=_float(most_tokens),
        peak_on_peak_requests_per_minute=_float(most_requests),
        peak_units=units,
        free_tokens_per_minute=None if by_units else frees[0],
        free_requests_per_minute=None if by_units else frees[1],
        free_units=standing.free_units if by_units else None,
        verdict=verdict,
        step=step,
    )


def _rates(draw: Draw) -> tuple[list[int], list[int]]:
    """Thousandths of tokens and of requests per minute that a draw takes in each hour's peak."""
    workload = draw.workload
    if workload is None:
        return [], []
    needed = needed_of(workload, draw.way.provider, draw.way.model)
    weights = workload.profile.weights
    most = max(weights)
    shares = draw.shares or (Fraction(1),) * len(weights)
    at: dict[tuple[Fraction, Fraction], tuple[int, int]] = {}
    for pair in zip(weights, shares, strict=True):
        if pair not in at:
            part = pair[0] / most * pair[1] * _MILLI
            at[pair] = (
                ceil(needed.tokens_per_minute * part),
                ceil(needed.requests_per_minute * part),
            )
    hours = [at[pair] for pair in zip(weights, shares, strict=True)]
    return [tokens for tokens, _ in hours], [requests for _, requests in hours]


def _verdict(
    compared: Sequence[tuple[float | None, Fraction, str]], region: str | None
) -> tuple[str, str | None]:
    """Whether all that is known to be free is enough, and what to ask for where it is not."""
    known = [(Fraction(free), needed, unit) for free, needed, unit in compared if free is not None]
    short = [
        f"{ceil(needed - free):,} {unit} more" for free, needed, unit in known if needed > free
    ]
    where = f" in {region}" if region else ""
    if short:
        return NOT_ENOUGH, f"ask for {' and '.join(short)}{where}"
    return (ENOUGH if known else UNKNOWN), None


def _float(amount: Fraction | None) -> float | None:
    return None if amount is None else float(amount)
