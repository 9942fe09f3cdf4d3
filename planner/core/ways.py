"""A way to serve a workload: an offer or a machine, by what it costs and what a unit of it carries.

Money is of two shapes, per token and per unit and hour; a way may have both. Nothing here knows
which provider it is of.
"""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import msgspec

from planner.core.hardware import Instance
from planner.core.offers import Availability, Billing, Scope
from planner.core.terms import Term
from planner.core.throughput import Forecast
from planner.core.unit_grid import Grid
from planner.core.workload import Workload

MTOK = 1_000_000
UNLISTED_HANDICAP = Fraction(1001, 1000)


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """US dollars per million tokens; `cached_input` None: no price of its own is known.

    `longer` are the rates of prompts over a number of tokens, the shortest first; over
    `unpriced_over` they are unknown: the same model has a price of its own there by another tier or
    type, and none by this one. What a cache is written and kept for is in no bill: nobody tells how
    much of the input is written.
    """

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    cache_storage_per_hour: Decimal | None = None
    longer: tuple[tuple[int, "Rates"], ...] = ()
    unpriced_over: int | None = None

    def usd_per_request(self, workload: Workload) -> Fraction:
        """The mean cost of a request; where cached tokens have no price they cost as others."""
        bounds = tuple(over for over, _ in self.longer)
        each = (
            portion.share * rates.of_one(portion.tokens, workload)
            for rates, portion in zip(
                (self, *(rates for _, rates in self.longer)),
                workload.input.cut(bounds),
                strict=True,
            )
        )
        return sum(each, Fraction())

    @property
    def all_written(self) -> "Rates":
        """The rates where all input that is not read from a cache is written to one."""
        return msgspec.structs.replace(
            self,
            input=max(self.input, self.cache_write or self.input),
            cached_input=self.input if self.cached_input is None else self.cached_input,
            longer=tuple((over, rates.all_written) for over, rates in self.longer),
        )

    def of_one(self, prompt: Fraction, workload: Workload) -> Fraction:
        """The cost of a request with a prompt of so many tokens and a mean answer."""
        cached_price = self.input if self.cached_input is None else self.cached_input
        cached = prompt * workload.cached_share
        usd = (prompt - cached) * Fraction(self.input) + cached * Fraction(cached_price)
        return (usd + workload.output.mean * Fraction(self.output)) / MTOK


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of the workload that one unit carries in an hour; units are bought by `low`."""

    low: Fraction
    mid: Fraction
    high: Fraction


class Units(msgspec.Struct, frozen=True, kw_only=True):
    """What is bought by the unit: in which counts, at which terms, and what one carries.

    `spare` units run beside those that are needed, for those that fail. Units that `follow` the
    load come and go by the hour, each paid from `start_up_hours` before it is needed. `formula`
    says how `rate` was worked out, `basis` what it rests on.
    """

    name: str
    rate: Rate
    grid: Grid
    terms: tuple[Term, ...]
    spare: int = 0
    follow: bool = True
    start_up_hours: Fraction = Fraction()
    formula: str
    basis: str
    source: str
    retrieved_on: dt.date | None = None

    @property
    def starts_at_once(self) -> bool:
        """Whether it comes and goes by the hour without a start-up."""
        return self.follow and not self.start_up_hours

    @property
    def several(self) -> str:
        """Its name for more than one: machines, PTU."""
        return self.name if self.name.isupper() else f"{self.name}s"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a way can be had, and what is free of it; None is unknown."""

    availability: Availability = Availability.UNKNOWN
    reasons: tuple[str, ...] = ()
    free_tokens_per_minute: float | None = None
    free_requests_per_minute: float | None = None
    free_units: float | None = None
    capacity_units: int | None = None
    free_vcpus: float | None = None
    free_enqueued_tokens: float | None = None
    shared_pool: bool = False
    quota_names: tuple[str, ...] = ()


class Way(msgspec.Struct, frozen=True, kw_only=True):
    """One way to serve a workload in one region; `also_in` are regions of the same facts.

    `retires_on` is the first day without it. Of what is `unlisted` a price alone is known. The
    price's dates and source are those of its tokens, where it has a price by the token.
    `deployment_type` is the provider's word for it: `what`, but where the user gave that name.
    """

    id: str
    kind: Billing
    model: str
    version: str | None = None
    publisher: str | None = None
    provider_model: str | None = None
    provider: str
    region: str | None
    also_in: tuple[str, ...] = ()
    what: str
    tier: str = "default"
    scope: Scope | None = None
    boundary: str | None = None
    destinations: tuple[str, ...] = ()
    rates: Rates | None = None
    fee_usd_per_hour: Decimal = Decimal()
    units: Units | None = None
    tokens_per_unit: int | None = None
    requests_per_unit: int | None = None
    standing: Standing = Standing()
    retires_on: dt.date | None = None
    certainty: str | None = None
    context_tokens: int | None = None
    latency_ms: int | None = None
    effective_from: dt.date | None = None
    source: str
    retrieved_on: dt.date
    origin: str
    match: str | None = None
    doubts: tuple[str, ...] = ()
    unlisted: bool = False
    notes: tuple[str, ...] = ()
    instance: Instance | None = None
    gpu: str | None = None
    layout: Forecast | None = None
    own_name: bool = False
    own_type: str | None = None

    @property
    def deployment_type(self) -> str | None:
        """The provider's word for it; None where that is not known."""
        return self.own_type if self.own_name else self.what

    @property
    def name(self) -> str:
        """What it is called beside others: its deployment type, and the tier if not the usual."""
        return self.what if self.tier == "default" else f"{self.what} ({self.tier})"

    @property
    def handicap(self) -> Fraction:
        """What its cost is multiplied with when ways are ranked: equals that are listed win."""
        return UNLISTED_HANDICAP if self.unlisted else Fraction(1)


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was looked at and cannot serve: its reasons, and steps that would mend it.

    `step_by_reason` says which step is of which reason, where there are several of either.
    """

    kind: Billing | None
    provider: str
    model: str
    what: str
    version: str | None = None
    regions: tuple[str, ...] = ()
    reasons: tuple[str, ...]
    steps: tuple[str, ...] = ()
    step_by_reason: tuple[str | None, ...] = ()

    @property
    def paired(self) -> tuple[str | None, ...]:
        """The step of each reason, None where it has none or nobody says."""
        if self.step_by_reason:
            return self.step_by_reason
        alone = len(self.reasons) == 1 and self.steps
        return ("; ".join(self.steps),) if alone else (None,) * len(self.reasons)

    def without(self, step: str) -> "Refusal":
        """The same where a step is none."""
        return msgspec.structs.replace(
            self,
            steps=tuple(other for other in self.steps if other != step),
            step_by_reason=tuple(None if o == step else o for o in self.step_by_reason),
        )
