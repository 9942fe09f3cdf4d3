"""What `planner breakeven` answers; field names are the outside contract."""

import datetime as dt
from decimal import Decimal

from planner.core.answers import Answer
from planner.core.catalog import Source
from planner.core.load import Carried
from planner.core.offers import Billing, Scope
from planner.core.throughput import Interval


class Option(Answer, frozen=True):
    """One way to serve the model. Rates are for one unit; units follow the load unless fixed.

    Units run from `least_replicas` on, in steps of `replicas_step`: machines one by one,
    provisioned units as they are sold. `input_tokens_per_minute` and `output_ratio`, what an output
    token counts as, are what the provider's documents tell of one provisioned unit. `term` is what
    is bought at once, null for what is billed by use.
    """

    id: str
    kind: Billing
    provider: str
    region: str | None
    what: str
    scope: Scope | None
    input_usd_per_mtok: Decimal | None
    cached_input_usd_per_mtok: Decimal | None
    output_usd_per_mtok: Decimal | None
    usd_per_hour: Decimal | None
    unit: str | None
    term: str | None
    replicas: int | None
    least_replicas: int | None
    replicas_step: int | None
    input_tokens_per_minute: int | None
    output_ratio: float | None
    output_tokens_per_second: Interval | None
    basis: str | None
    gpu: str | None
    gpus: float | None
    tensor_parallel: int | None
    dtype: str | None
    quota_family: str | None
    retired_on: dt.date | None
    tokens_per_minute_limit: int | None
    effective_from: dt.date
    source: str
    retrieved_on: dt.date
    origin: str
    doubts: tuple[str, ...]
    notes: tuple[str, ...]


class Crossing(Answer, frozen=True, rename={"from_": "from"}):
    """A volume from which on another way is cheaper.

    `usd_per_hour` is what `from` costs there. `replicas` are the machines or provisioned units of
    the side that runs them. `utilisation` is the needed output rate over what they deliver, middle
    of the forecast, for requests of the asked lengths. `within_capacity`: "yes" where they deliver
    it with one of them lost and at the low end of the forecast, "no" where not even all do at its
    high end, "depends" between; null where nothing is known; of provisioned units always "yes",
    which their published rate gives and the quota may not. `carried` says it in words.
    `flips_at_tokens` is the request length, input and output together, up to which all deliver it
    at the low end, `flips_at_tokens_one_lost` with one lost, `likely_up_to_tokens` all of them at
    the middle: 0 where no length, null where it is unknown.
    """

    from_: str
    to: str
    input_tokens_per_hour: int
    output_tokens_per_hour: int
    usd_per_hour: Decimal
    usd_per_month: Decimal
    replicas: int | None
    utilisation: float | None
    within_capacity: str | None
    carried: Carried | None
    flips_at_tokens: int | None
    flips_at_tokens_one_lost: int | None
    likely_up_to_tokens: int | None
    obstacles: tuple[str, ...]


class Cheapest(Answer, frozen=True):
    """Between two volumes (input and output together) one option costs the least.

    `usd_per_hour` and `replicas_from` are those at the start of it.
    """

    from_tokens_per_hour: int
    to_tokens_per_hour: int | None
    from_input_tokens_per_hour: int
    from_output_tokens_per_hour: int
    usd_per_hour: Decimal
    option: str
    kind: Billing
    provider: str
    region: str | None
    what: str
    replicas_from: int
    replicas_to: int | None


class CapacityRow(Answer, frozen=True):
    """What one unit of an option delivers at a request length, against what the crossing needs."""

    option: str
    input_tokens: int
    output_tokens: int
    output_tokens_per_second: Interval | None
    needed_each: float
    needed_each_one_lost: float | None
    within_capacity: str
    carried: Carried
    reasons: tuple[str, ...]


class Likely(Answer, frozen=True):
    """The cheapest machines that carry a load at the middle of the forecast."""

    option: str
    replicas: int
    usd_per_hour: Decimal
    own_input_tokens_per_hour: int | None
    own_output_tokens_per_hour: int | None


class ShareRow(Answer, frozen=True):
    """The first crossing at another input share, and the cheapest feasible machines there.

    Without a crossing at that share the volumes are null and the machines those of little load.
    The `own_` volumes are where so many of those machines beat every managed way themselves. The
    machines are sized by the low end of the forecast; `likely` is the same by its middle.
    """

    input_share: float
    input_tokens_per_hour: int | None
    output_tokens_per_hour: int | None
    to: str | None
    managed_usd_per_hour: Decimal | None
    option: str | None
    replicas: int | None
    usd_per_hour: Decimal | None
    own_input_tokens_per_hour: int | None
    own_output_tokens_per_hour: int | None
    likely: Likely | None


class UnitsRow(Answer, frozen=True):
    """Where one kind of provisioned units beats paying by the token, at a flat load.

    `against` is the way by the token of the same provider and scope, else of the provider, else
    the cheapest. A unit serves `input_tokens_per_unit_hour` and as many output tokens as the share
    says, worth `worth_usd_per_unit_hour` by the token; it pays from `break_even_utilisation` on,
    never where that is above 1. The volumes are where a deployment of `units` first costs less,
    `utilisation` how full it is there: null where that never comes. Steps may lose again beyond.
    """

    option: str
    against: str | None
    usd_per_unit_hour: Decimal
    input_tokens_per_unit_hour: int
    output_tokens_per_unit_hour: int
    worth_usd_per_unit_hour: Decimal | None
    break_even_utilisation: float | None
    units: int | None
    from_tokens_per_hour: int | None
    input_tokens_per_hour: int | None
    output_tokens_per_hour: int | None
    utilisation: float | None
    usd_per_hour: Decimal | None


class UnknownTerm(Answer, frozen=True):
    """A way to buy provisioned units whose price on the date is unknown, and the last known one."""

    option: str
    provider: str
    what: str
    term: str
    last_usd_per_unit_hour: Decimal
    last_term_total_usd: Decimal | None
    unit: str
    effective_from: dt.date
    effective_to: dt.date | None
    source: str
    retrieved_on: dt.date


class WhatIf(Answer, frozen=True):
    """The first crossing if something that is in doubt were otherwise."""

    change: str
    to: str | None
    input_tokens_per_hour: int | None
    output_tokens_per_hour: int | None


class CostCurve(Answer, frozen=True):
    """What an option costs at evenly spaced volumes, input and output together."""

    option: str
    tokens_per_hour: tuple[int, ...]
    usd_per_hour: tuple[Decimal, ...]


class BreakevenAnswer(Answer, frozen=True):
    """`planner breakeven`.

    `crossings` are the volumes where the cheapest kind of way changes (managed by token, by
    hosting hour, provisioned, self-hosted); where instances were named by the call, also those
    where one instance takes over from another. `cheapest` has every change, of instances too.
    `provisioned` sets each kind of provisioned units against tokens; `unknown_terms` are those
    whose price is not known on the date.
    """

    model: str
    on: dt.date
    input_share: float
    input_tokens: float
    output_tokens: float
    cached_share: float
    sources: tuple[Source, ...]
    options: tuple[Option, ...]
    crossings: tuple[Crossing, ...]
    cheapest: tuple[Cheapest, ...]
    provisioned: tuple[UnitsRow, ...]
    unknown_terms: tuple[UnknownTerm, ...]
    curves: tuple[CostCurve, ...]
    capacity: tuple[CapacityRow, ...]
    by_input_share: tuple[ShareRow, ...]
    what_if: tuple[WhatIf, ...]
    rejected: dict[str, str]
    assumptions: tuple[str, ...]
