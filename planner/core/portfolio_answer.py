"""What `planner recommend` answers for many workloads; field names are the outside contract."""

import datetime as dt
from decimal import Decimal

from planner.core.answers import Answer
from planner.core.catalog import Source
from planner.core.offers import Billing


class PortfolioWorkload(Answer, frozen=True):
    """A workload and its own cheapest plan: `recommended` is its id, null where nothing fits.

    `reasons` then say why, the most frequent first. `pool` is the id of the pool that it is better
    put into; `usd_per_month` is what its own plan costs, `source` and `retrieved_on` are those of
    its price. It runs `units` at most, `units_mean` on average, each a `unit`. `risks` are those of
    its own plan, `risk_kinds` the same in a word or two each.
    """

    name: str
    recommended: str | None
    model: str | None
    kind: Billing | None
    provider: str | None
    region: str | None
    what: str | None
    term: str | None
    units: int | None
    units_mean: float | None
    unit: str | None
    usd_per_month: Decimal | None
    pool: str | None
    retires_on: dt.date | None
    source: str | None
    retrieved_on: dt.date | None
    risk_kinds: tuple[str, ...]
    risks: tuple[str, ...]
    reasons: tuple[str, ...]


class PoolView(Answer, frozen=True):
    """Workloads on the same units: `units` at most, `spare` of them for failures.

    `usd_single` is what their own plans cost a month, `usd_pooled` what they cost so.
    """

    id: str
    kind: Billing
    model: str
    provider: str
    region: str | None
    what: str
    term: str | None
    mode: str | None
    workloads: tuple[str, ...]
    unit: str
    units: int
    reserved: int
    hourly_mean: float
    spare: int
    minimum: int
    units_needed_at_peak: float
    units_needed_peak_on_peak: float
    overflow_to: str | None
    usd_single: Decimal
    usd_pooled: Decimal
    saves: Decimal


class QuotaDemand(Answer, frozen=True):
    """What several workloads take together of one quota, against what is free of it.

    The peaks are summed hour by hour over the week; `peak_on_peak` adds them as if they were at the
    same time. Of machines the vCPUs are counted, of batches the tokens that wait on a day, as if
    they were sent at once. `verdict` is "enough", "not enough" or "unknown".
    """

    provider: str
    region: str | None
    models: tuple[str, ...]
    deployment_types: tuple[str, ...]
    quota_names: tuple[str, ...]
    workloads: tuple[str, ...]
    peak_tokens_per_minute: float | None
    peak_requests_per_minute: float | None
    peak_on_peak_tokens_per_minute: float | None
    peak_on_peak_requests_per_minute: float | None
    peak_units: int | None
    peak_vcpus: int | None
    peak_enqueued_tokens: int | None
    free_tokens_per_minute: float | None
    free_requests_per_minute: float | None
    free_units: float | None
    free_vcpus: float | None
    free_enqueued_tokens: float | None
    verdict: str
    step: str | None


class Spend(Answer, frozen=True):
    """What the single plans with one provider, or of one model, cost a month together."""

    name: str
    workloads: int
    usd_per_month: Decimal


class PortfolioAnswer(Answer, frozen=True):
    """`planner recommend` for a CSV or a folder of workloads.

    `usd_per_month_single` is the sum of the cheapest plan of each, `usd_per_month_pooled` the sum
    where the `pools` are taken instead of their members' own plans.
    """

    on: dt.date
    workloads: tuple[PortfolioWorkload, ...]
    fits: int
    fits_none: int
    usd_per_month_single: Decimal
    usd_per_month_pooled: Decimal
    saves: Decimal
    by_provider: tuple[Spend, ...]
    by_model: tuple[Spend, ...]
    pools: tuple[PoolView, ...]
    quota: tuple[QuotaDemand, ...]
    sources: tuple[Source, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
