"""A workload: what has to be served, how much of it and when, and what an answer has to meet.

Shares are from 0 to 1, amounts of money in US dollars a month. None and empty ask for nothing.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

import msgspec

from planner.core.hardware import WeightFormat
from planner.core.lengths import Lengths, Portion
from planner.core.offers import Billing
from planner.core.prices import TIERS
from planner.core.profiles import MINUTES_PER_HOUR, TrafficProfile, flat

__all__ = ["Lengths", "OwnMachine", "OwnUnits", "Portion", "Where", "Workload"]

HOURS_PER_MONTH = 730  # 365 x 24 / 12, as the clouds' own calculators count
MOST_MONTHS = 60
MONTHS_OF_GROWTH = 12
START_UP_MINUTES = Fraction(40)
"""The longest of the 10 to 40 minutes in which a provisioned Databricks endpoint starts (an article
of 2024); taken for machines too, where the user names no time of their own."""
MOST_FAILURES = 100
ANY_TIER = "any"
_SHARES = ("cached_share", "batch_share")


class OwnUnits(msgspec.Struct, frozen=True, kw_only=True):
    """Units of throughput that the user knows the price and the rate of, as no table does.

    A Databricks endpoint, a Bedrock model unit, a reserved tier: one serves
    `input_tokens_per_minute`, an output token counting as `output_ratio` of them.
    `deployment_type` is the provider's word for it, `version` that of the model: what deploys it.
    """

    name: str
    provider: str
    model: str
    usd_per_hour: Decimal
    input_tokens_per_minute: Fraction
    output_ratio: Fraction = Fraction(1)
    cached_ratio: Fraction = Fraction(1)
    region: str | None = None
    boundary: str | None = None
    minimum: int = 1
    step: int = 1
    maximum: int | None = None
    term_months: int | None = None
    start_up_minutes: Fraction | None = None
    deployment_type: str | None = None
    version: str | None = None

    def __post_init__(self) -> None:
        if self.usd_per_hour < 0:
            raise ValueError(f"usd_per_hour of units {self.name!r} is negative; give 0 or more")
        for field in ("input_tokens_per_minute", "output_ratio", "minimum", "step"):
            if getattr(self, field) <= 0:
                raise ValueError(f"{field} of units {self.name!r} is not above 0; give its figure")


class OwnMachine(msgspec.Struct, frozen=True, kw_only=True):
    """Machines of the user's own, or at a price of their own: so many GPUs each.

    `boundary` is where they stand; `count` is how many there are, None where more can be had.
    """

    name: str
    gpu: str
    gpus: int
    usd_per_hour: Decimal
    boundary: str = "on-premises"
    count: int | None = None

    def __post_init__(self) -> None:
        if self.usd_per_hour < 0:
            raise ValueError(f"usd_per_hour of machine {self.name!r} is negative; give 0 or more")
        if self.gpus < 1 or (self.count is not None and self.count < 1):
            raise ValueError(f"machine {self.name!r} has no GPU or stands nowhere; give 1 or more")


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Where something may serve: whose it is, in which regions, and how far away."""

    boundary: str | None = None
    from_region: str | None = None
    latency_ms: float | None = None
    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()


class Workload(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """What is to be served, and what an answer has to meet; checked at birth.

    `models` are the acceptable ones by their canonical names. `requests_per_hour` is the rate at
    a weight of 1 of the profile. `max_tokens` is what requests reserve for their answers, None:
    as long as the longest answer. `ways` are the kinds of offers that may serve it, none: all.
    Where deployments are `existing`, what takes no new ones may serve; with `ignore_quota` quota
    and capacity are taken to be there. `failures` is how many
    machines may fail without loss. `growth_per_month` is a share; without a
    horizon nothing is asked of a lifetime, and growth is looked at for a year. Costs are named
    lines: `side_costs` arise however it is served, `self_hosting_costs` where machines are one's
    own. `committed_spend` is what is committed to a provider, a month. `quality` are the user's
    own scores. Raises ValueError, naming the field.
    """

    name: str = "workload"
    models: tuple[str, ...]
    requests_per_hour: Fraction
    input: Lengths
    output: Lengths
    max_tokens: int | None = None
    cached_share: Fraction = Fraction()
    batch_share: Fraction = Fraction()
    profile: TrafficProfile = msgspec.field(default_factory=flat)
    growth_per_month: Fraction = Fraction()
    horizon_months: int | None = None
    tier: str = "default"
    ttft_ms: float | None = None
    tpot_ms: float | None = None
    boundary: str | None = None
    from_region: str | None = None
    latency_ms: float | None = None
    ways: tuple[Billing, ...] = ()
    providers: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    failures: int = 1
    existing: bool = False
    ignore_quota: bool = False
    follow_replacements: bool = True
    quality: Mapping[str, float] = {}
    minimum_quality: float | None = None
    licences: tuple[str, ...] = ()
    dtype: WeightFormat | None = None
    start_up_minutes: Fraction = START_UP_MINUTES
    machines: tuple[OwnMachine, ...] = ()
    units: tuple[OwnUnits, ...] = ()
    side_costs: Mapping[str, Decimal] = {}
    self_hosting_costs: Mapping[str, Decimal] = {}
    committed_spend: Mapping[str, Decimal] = {}

    def __post_init__(self) -> None:
        for fault in _faults(self):
            raise ValueError(fault)

    @cached_property
    def where(self) -> Where:
        """What it demands of a place."""
        return Where(
            boundary=self.boundary,
            from_region=self.from_region,
            latency_ms=self.latency_ms,
            providers=self.providers,
            regions=self.regions,
        )

    @cached_property
    def tiers(self) -> tuple[str, ...]:
        """The tiers in which requests may be sent, the usual one first."""
        return TIERS if self.tier == ANY_TIER else (self.tier,)

    @cached_property
    def requests_per_month(self) -> Fraction:
        """Requests of the first month, all of them."""
        return self.requests_per_hour * self.profile.mean * HOURS_PER_MONTH

    @cached_property
    def peak_requests_per_minute(self) -> Fraction:
        """Requests of the busiest minute of the first month, without those that may wait."""
        return self.requests_per_hour * self.profile.peak / 60 * (1 - self.batch_share)

    @cached_property
    def busiest_day_requests_per_minute(self) -> Fraction:
        """All requests of the busiest day of the first month, spread evenly over that day."""
        return self.requests_per_hour * self.profile.busiest_day / 60

    @cached_property
    def reserved_output_tokens(self) -> Fraction:
        """What a request reserves for its answer on arrival."""
        return Fraction(self.max_tokens) if self.max_tokens else self.output.longest

    @cached_property
    def longest_request(self) -> Fraction:
        """The context that the longest request needs, prompt and answer together."""
        return self.input.longest + self.reserved_output_tokens

    @cached_property
    def growth(self) -> tuple[Fraction, ...]:
        """The volume of each month that is looked at, over that of the first."""
        months = self.horizon_months or (MONTHS_OF_GROWTH if self.growth_per_month else 1)
        # To nine digits: exact powers have thousands after some years. Some load is always left.
        least = Fraction(1, 10**9)
        powers = ((1 + self.growth_per_month) ** month for month in range(months))
        return tuple(max(least, round(power, 9)) for power in powers)

    def scaled(self, factor: Fraction) -> "Workload":
        """The same with so many times the requests."""
        return msgspec.structs.replace(self, requests_per_hour=self.requests_per_hour * factor)


def _faults(of: Workload) -> Iterator[str]:
    """What is wrong with a workload, each in a line that says how to mend it."""
    yield from _faults_of_load(of)
    yield from _faults_of_limits(of)
    for field in ("side_costs", "self_hosting_costs", "committed_spend"):
        for name, usd in getattr(of, field).items():
            if not usd.is_finite() or usd < 0:
                yield f"{field}: {name} is {usd}; give US dollars of 0 or more"


def _faults_of_load(of: Workload) -> Iterator[str]:
    if not of.models:
        yield "models is empty; name one or more"
    if of.requests_per_hour <= 0:
        yield f"the request rate is {float(of.requests_per_hour):g} an hour; give more than 0"
    if of.output.mean <= 0:
        yield "output_tokens is 0; this weighs models that answer with text, give 1 or more"
    for field in _SHARES:
        value = getattr(of, field)
        if not 0 <= value <= 1:
            yield f"{field} is {float(value):g}; give a share from 0 to 1"
    if of.max_tokens is not None and of.max_tokens < of.output.longest:
        longest = f"{float(of.output.longest):,g}"
        yield f"max_tokens is {of.max_tokens:,}, less than an answer of {longest} tokens; raise it"
    if not -1 < of.growth_per_month <= 1:
        yield f"growth_per_month is {float(of.growth_per_month):g}; give a share, e.g. 0.05"


def _faults_of_limits(of: Workload) -> Iterator[str]:
    if of.horizon_months is not None and not 1 <= of.horizon_months <= MOST_MONTHS:
        yield f"horizon_months is {of.horizon_months}; give 1 to {MOST_MONTHS}"
    if of.tier not in (*TIERS, ANY_TIER):
        yield f"tier is {of.tier!r}; there is {', '.join((*TIERS, ANY_TIER))}"
    if not 0 <= of.failures <= MOST_FAILURES:
        yield f"failures is {of.failures}; give 0 to {MOST_FAILURES}"
    for field in ("ttft_ms", "tpot_ms", "latency_ms"):
        value = getattr(of, field)
        if value is not None and value <= 0:
            yield f"{field} is {value:g}; give milliseconds above 0"
    if of.latency_ms is not None and of.from_region is None:
        yield "latency_ms is given and from_region is not; name where the requests come from"
    if not 0 <= of.start_up_minutes <= MINUTES_PER_HOUR:
        yield f"start_up_minutes is {float(of.start_up_minutes):g}; give 0 to 60"
    if unknown := sorted(set(of.quality) - set(of.models)):
        yield f"quality names {unknown[0]!r}, which models does not; add or drop it"
