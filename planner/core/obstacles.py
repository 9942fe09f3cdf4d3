"""What stands in the way of a crossing that arithmetic alone would allow."""

import datetime as dt
from collections.abc import Iterator, Sequence

from planner.core.candidates import Candidate
from planner.core.comparison import Market
from planner.core.load import Load
from planner.core.offers import Billing


def obstacles(
    load: Load,
    sides: Sequence[Candidate],
    runs: Candidate | None,
    units: int,
    *,
    market: Market,
    on: dt.date,
) -> tuple[str, ...]:
    """What stands in the way of a crossing that arithmetic alone would allow.

    `runs` is the side of `sides` that runs so many `units`, machines or provisioned ones.
    """
    said = []
    for side in sides:
        limit = side.tokens_per_minute_limit
        if limit is not None and load.tokens_per_minute > limit:
            said.append(
                f"the load is {load.tokens_per_minute:,.0f} tokens per minute; one deployment of "
                f"{side.what} ({side.provider}) allows {limit:,}"
            )
    if runs is None:
        return tuple(said)
    if runs.kind is Billing.PROVISIONED:
        where = f" in {runs.region}" if runs.region else ""
        said.append(
            f"needs quota and free capacity for {units:,} {runs.unit} of {runs.what}{where}: a "
            "price is neither"
        )
        return tuple(said)
    host = runs
    each = load.output_tokens_per_second / units
    text = f"{load.output_tokens_per_second:,.0f} output tokens per second, {each:,.0f} on each of"
    text += f" {units}"
    if units > 1:
        text += f", {load.output_tokens_per_second / (units - 1):,.0f} with one lost"
    if host.capacity is not None:
        rate = host.capacity
        text += (
            f"; {host.what} delivers {rate.mid:,.0f} ({rate.low:,.0f} to {rate.high:,.0f}) "
            f"at {load.shape} by the {host.basis} forecast"
        )
    said.append(text)
    if host.instance is not None and host.instance.retired_on is not None:
        said.append(
            f"{host.what} {'retired' if host.instance.retired(on) else 'retires'} for good on "
            f"{host.instance.retired_on}, though price feeds list it beyond: a price is no "
            "availability"
        )
    said += _quota_needed(host, units, market)
    return tuple(said)


def _quota_needed(host: Candidate, units: int, market: Market) -> Iterator[str]:
    """What the machines count against, and the step to take where that is not free."""
    instance = host.instance
    if instance is None:
        return
    family = instance.quota_family or "its family"
    vcpus = units * instance.vcpus if instance.vcpus else None
    where = f" in {host.region}" if host.region else ""
    free = market.free_quota(host.provider, host.region or "", family)
    if free is None or vcpus is None:
        count = f"{vcpus} vCPUs" if vcpus else "vCPUs"
        yield f"needs quota for {count} of {family}{where}; yours is unknown"
    elif free < vcpus:
        yield f"ask for {vcpus - free:,.0f} vCPUs of {family}{where}: {free:,.0f} are free"
