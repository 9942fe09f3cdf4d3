"""What `planner recommend` answers; field names are the outside contract."""

import datetime as dt
from decimal import Decimal

from planner.core.answers import Answer
from planner.core.catalog import Source
from planner.core.deployable import Deployable
from planner.core.offers import Availability, Billing


class WorkloadView(Answer, frozen=True):
    """The workload as it was understood; rates are those of the first month.

    Lengths are means. `requests_per_month` counts those that may wait, the peak does not.
    `committed_usd_per_month` is what is to be spent with each provider in any case.
    """

    name: str
    models: tuple[str, ...]
    requests_per_month: float
    peak_requests_per_minute: float
    input_tokens: float
    output_tokens: float
    max_tokens: int
    longest_request_tokens: float
    cached_share: float
    batch_share: float
    profile: str
    growth_per_month: float
    horizon_months: int | None
    tier: str
    ttft_ms: float | None
    tpot_ms: float | None
    boundary: str | None
    from_region: str | None
    latency_ms: float | None
    failures: int
    committed_usd_per_month: dict[str, Decimal]


class Money(Answer, frozen=True):
    """US dollars a month: as planned is `high`, units being sized by the low end of a forecast.

    `mid` and `low` are what it comes to where machines deliver the middle and the high end.
    """

    low: Decimal
    mid: Decimal
    high: Decimal


class BillLine(Answer, frozen=True):
    """A line of the monthly bill; quantity x usd_each = usd_per_month."""

    what: str
    quantity: float
    unit: str
    usd_each: Decimal
    usd_per_month: Decimal


class UnitCount(Answer, frozen=True):
    """The units of a choice: what to buy now, at most later, and what follows the load.

    One carries `requests_per_hour_each` at the low end; `spare` of them are for failures.
    """

    unit: str
    reserved: int
    reserved_later: int
    hourly_mean: float
    hourly_peak: int
    spare: int
    requests_per_hour_each: float
    minimum: int
    step: int


class Later(Answer, frozen=True):
    """What takes over where the model retires inside the horizon, for so many of its months."""

    from_date: dt.date
    model: str
    id: str
    months: int
    usd_per_month: Decimal
    bill: tuple[BillLine, ...]


class Figure(Answer, frozen=True):
    """One figure with how it was worked out and what it rests on."""

    figure: str
    value: str
    formula: str
    inputs: dict[str, str]
    source: str | None
    as_of: dt.date | None


class Choice(Answer, frozen=True):
    """One way to serve the workload, with its bill and what to know about it.

    The bill is that of its first `months`, of one month on average; `later` has the others.
    `utilisation` is the load over what the paid units carry (middle of a forecast);
    `headroom` how much the peak may grow before a limit is met, as a share; null where unknown.
    `binds` names that limit. `schedule` are the hours in which scheduled machines serve.
    `overflow_what` and `batch_what` are the `what` of the ways that take the overflow and what may
    wait. `draws_down_usd_per_month` is what is paid out of the commitment to its provider; it
    lowers no cost, and ranks nothing. `effective_from` to `match` are those of its price: of its
    units where it has a term, else of its tokens.
    """

    rank: int
    id: str
    model: str
    quality: float | None
    kind: Billing
    provider: str
    region: str | None
    also_in: tuple[str, ...]
    what: str
    version: str | None
    tier: str
    term: str | None
    mode: str | None
    schedule: str | None
    units: UnitCount | None
    overflow_to: str | None
    overflow_what: str | None
    batch_to: str | None
    batch_what: str | None
    usd_per_month: Money
    months: int
    bill: tuple[BillLine, ...]
    usd_per_mtok: Decimal
    spilled_share: float | None
    utilisation: float | None
    headroom: float | None
    binds: str | None
    peak_tokens_per_minute: float | None
    availability: Availability
    reasons: tuple[str, ...]
    steps: tuple[str, ...]
    retires_on: dt.date | None
    certainty: str | None
    later: tuple[Later, ...]
    boundary: str | None
    latency_ms: int | None
    basis: str | None
    effective_from: dt.date | None
    source: str
    retrieved_on: dt.date
    origin: str
    match: str | None
    draws_down_usd_per_month: Decimal | None
    risks: tuple[str, ...]
    figures: tuple[Figure, ...]


class Rejection(Answer, frozen=True):
    """Something that cannot serve the workload: why not, and what would mend it.

    `step_by_reason` has the step of each reason, null where it has none.
    """

    kind: Billing | None
    provider: str
    model: str
    what: str
    version: str | None
    regions: tuple[str, ...]
    reasons: tuple[str, ...]
    steps: tuple[str, ...]
    step_by_reason: tuple[str | None, ...]


class UnitWorth(Answer, frozen=True):
    """What a unit carries in a month, paid by the token, against what it costs for a term.

    It pays from that utilisation on, never where that is over 1 or null. `units_for_all` carry the
    peak, at `usd_for_all` a month. `ended_on` is given where the price is the last that is known:
    then nothing was planned with it.
    """

    id: str
    what: str
    against: str
    against_what: str
    unit: str
    term: str
    worth_usd_per_month: Decimal
    usd_per_month: Decimal
    pays_from_utilisation: float | None
    units_for_all: int
    usd_for_all: Decimal
    ended_on: dt.date | None
    source: str


class Brief(Answer, frozen=True):
    """What names a choice: its way, how that is bought, and the way that takes its overflow."""

    kind: Billing
    model: str
    provider: str
    region: str | None
    what: str
    tier: str
    term: str | None
    mode: str | None
    overflow_what: str | None


class Stretch(Answer, frozen=True, rename={"from_": "from"}):
    """From a volume or share to another one choice costs the least."""

    from_: float
    to: float | None
    id: str
    choice: Brief
    usd_per_month: Decimal


class Swing(Answer, frozen=True):
    """An assumption, and the factor on it from which on another choice wins; null: none does."""

    assumption: str
    factor: float | None
    winner: str | None
    choice: Brief | None
    told: str


class WiderBoundary(Answer, frozen=True):
    """What would be cheapest where data may go one step further, and what it would cost."""

    boundary: str
    id: str
    choice: Brief
    usd_per_month: Decimal


class Recommendation(Answer, frozen=True):
    """`planner recommend`.

    `recommended` is the cheapest plan that meets every constraint, null where there is none;
    `alternatives` are the others, cheapest first. `by_requests_per_month` and `by_input_share` say
    which wins at other volumes and shares of input, `swings` what it would take for another to
    win, the smallest change first. `conflicts` say which constraints leave nothing, `wider` what a
    wider boundary would save or serve, null where that is less than a tenth.
    """

    workload: WorkloadView
    on: dt.date
    recommended: Choice | None
    alternatives: tuple[Choice, ...]
    rejected: tuple[Rejection, ...]
    worth: tuple[UnitWorth, ...]
    by_requests_per_month: tuple[Stretch, ...]
    by_input_share: tuple[Stretch, ...]
    swings: tuple[Swing, ...]
    conflicts: tuple[str, ...]
    wider: WiderBoundary | None
    deploys: Deployable | None
    sources: tuple[Source, ...]
    not_included: tuple[str, ...]
    assumptions: tuple[str, ...]
    notes: tuple[str, ...]
