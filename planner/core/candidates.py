"""The ways to serve a model, each with what it costs and what one unit of it serves.

A managed offer and a machine of one's own are the same thing here: money by the token, money by
the hour, and a capacity. What differs is which of them are zero or unknown.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

import msgspec

from planner.core.curves import Curve
from planner.core.hardware import Architecture, Gpu, Instance
from planner.core.offers import Billing, Scope
from planner.core.prices import HourlyPrice
from planner.core.roofline import Traffic
from planner.core.terms import Term
from planner.core.throughput import Forecast, Forecaster, Interval
from planner.core.unit_facts import UnitFact
from planner.core.unit_grid import requests_per_minute_per_unit

MTOK = 1_000_000
NOT_KNOWN = "its GPUs are not in the table of instances"
SECONDS_PER_HOUR = 3600
MINUTES_PER_HOUR = 60
GIVEN = "given"
"""The basis of a rate that the user set."""


class RequestShape(msgspec.Struct, frozen=True, kw_only=True):
    """The mean lengths of one request in tokens, and with them the input share of the load."""

    input_tokens: Fraction
    output_tokens: Fraction

    def __post_init__(self) -> None:
        if self.input_tokens < 0 or self.output_tokens <= 0:
            raise ValueError(
                "a request needs some output and no negative input; change the lengths"
            )

    @property
    def total(self) -> Fraction:
        """Input and output together."""
        return self.input_tokens + self.output_tokens

    @property
    def input_share(self) -> Fraction:
        """Input / (input + output)."""
        return self.input_tokens / self.total

    def __str__(self) -> str:
        """The lengths as people write them: 512/512."""
        return f"{round(self.input_tokens)}/{round(self.output_tokens)}"

    @property
    def traffic(self) -> Traffic:
        """Such requests, as many at once as a machine holds."""
        return Traffic(
            input_tokens=float(self.input_tokens), output_tokens=float(self.output_tokens)
        )

    def scaled(self, input_share: Fraction) -> "RequestShape":
        """A request of the same total length with another share of input."""
        return RequestShape(
            input_tokens=self.total * input_share, output_tokens=self.total * (1 - input_share)
        )


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One way to serve a model.

    `usd_per_hour` is for one unit (a hosting fee's deployment, an instance). `replicas` fixes how
    many units run; without it units follow the load from `least` up, in steps of `step`.
    `capacity` is what one unit delivers in output tokens per second for the requests at hand, with
    its `basis`; units are sized by its low end, and do not follow the load where it is None. A
    provisioned unit is sized by its `fact` exactly, unless a rate was given. `cached_share` is the
    part of the input that is read from a cache. `layout` says how the model lies on the unit's
    GPUs. `last_known` is the last price of a way whose price is unknown: then it is not compared.
    `notes` are what a reader has to know, `doubts` why a price may not hold. Of what is `unlisted`
    a price alone is known.
    """

    id: str
    kind: Billing
    provider: str
    region: str | None
    what: str
    scope: Scope | None = None
    input_usd_per_mtok: Decimal = Decimal()
    cached_input_usd_per_mtok: Decimal | None = None
    cached_share: Fraction = Fraction()
    output_usd_per_mtok: Decimal = Decimal()
    usd_per_hour: Decimal = Decimal()
    unit: str | None = None
    term: str | None = None
    last_known: Term | None = None
    replicas: int | None = None
    least: int = 1
    step: int = 1
    fact: UnitFact | None = None
    capacity: Interval | None = None
    basis: str | None = None
    layout: Forecast | None = None
    instance: Instance | None = None
    tokens_per_minute_limit: int | None = None
    effective_from: dt.date
    source: str
    retrieved_on: dt.date
    origin: str
    doubts: tuple[str, ...] = ()
    unlisted: bool = False
    notes: tuple[str, ...] = ()

    def curve(self, input_share: Fraction) -> Curve:
        """The cost along the ray of this share of input; volumes are input and output together."""
        fresh, cached = Fraction(self.input_usd_per_mtok), self.cached_input_usd_per_mtok
        share = Fraction() if cached is None else self.cached_share
        per_input = fresh * (1 - share) + Fraction(cached or 0) * share
        per_mtok = per_input * input_share
        per_mtok += Fraction(self.output_usd_per_mtok) * (1 - input_share)
        return Curve(
            per_token=per_mtok / MTOK,
            per_unit=Fraction(self.usd_per_hour),
            least=self.least if self.replicas is None else self.replicas,
            step=self.step,
            unit_tokens=self.unit_tokens(input_share) if self.replicas is None else None,
        )

    def unit_tokens(self, input_share: Fraction) -> Fraction | None:
        """Tokens per hour, input and output together, that one unit serves; None if unknown."""
        if self.fact is not None and self.basis != GIVEN:
            return tokens_per_unit_hour(self.fact, input_share, self.cached_share)
        if self.capacity is None:
            return None
        hourly = self.capacity.low * SECONDS_PER_HOUR / (1 - input_share)
        return Fraction(max(1, floor(hourly)))


def tokens_per_unit_hour(
    fact: UnitFact, input_share: Fraction, cached_share: Fraction = Fraction()
) -> Fraction | None:
    """Tokens per hour, input and output together, that a provisioned unit serves at full use.

    None where the weight of an output token is unknown.
    """
    cached = input_share * cached_share
    rate = requests_per_minute_per_unit(fact, input_share, cached, 1 - input_share)
    return None if rate is None else rate * MINUTES_PER_HOUR


class Machines(msgspec.Struct, frozen=True, kw_only=True):
    """The machines that can be had on a date, and what tells what they deliver.

    `instances` by "cloud/name"; `gpu` finds a GPU by its name. `fits` says of a cloud and a region
    (empty: unknown) whether machines there may serve.
    """

    hours: Sequence[HourlyPrice]
    instances: Mapping[str, Instance]
    gpu: Callable[[str], Gpu]
    forecaster: Forecaster
    fits: Callable[[str, str], bool] = lambda *_: True

    def cheapest(self, region: str | None = None) -> list[tuple[str, HourlyPrice]]:
        """The cheapest price of each machine, by "cloud/name", in a region or anywhere."""
        cheapest: dict[str, HourlyPrice] = {}
        for price in self.hours:
            key = f"{price.provider}/{price.name}"
            places = tuple(r for r in price.regions or ("",) if self.fits(price.provider, r))
            if not places or (region is not None and region not in places):
                continue
            here = price
            if price.regions and places != price.regions:
                here = msgspec.structs.replace(price, regions=places)
            if key not in cheapest or _by_price(here) < _by_price(cheapest[key]):
                cheapest[key] = here
        return sorted(cheapest.items())

    def forecast(
        self, architecture: Architecture, instance: Instance, traffic: Traffic
    ) -> Forecast:
        """What an instance delivers, or why it does not serve the model."""
        chip = self.gpu(instance.gpu)
        return self.forecaster.forecast(architecture, chip, instance.gpu_count, traffic)


def self_hosted(
    architecture: Architecture,
    shape: RequestShape,
    machines: Machines,
    *,
    least: int,
    region: str | None = None,
) -> tuple[list[Candidate], dict[str, str]]:
    """A candidate for each instance that can serve the model, in the region or its cheapest.

    Also the instances that cannot, by "cloud/name", each with its reason.
    """
    found, rejected = [], {}
    for key, price in machines.cheapest(region):
        instance = machines.instances.get(key)
        if instance is None:
            rejected[key] = NOT_KNOWN
            continue
        told = machines.forecast(architecture, instance, shape.traffic)
        if told.output_tokens_per_second is None:
            rejected[key] = "; ".join(told.reasons)
            continue
        place = region or next(iter(price.regions), None)
        found.append(_machine(instance, price, told, least=least, region=place))
    return found, rejected


def worth_comparing(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Those that no other one beats, or equals, at every volume.

    A machine that costs no more and delivers no less is never the dearer one, however many run.
    """
    kept: list[Candidate] = []
    for candidate in sorted(candidates, key=_price_then_rate):
        rates = [k.capacity.low for k in kept if k.capacity is not None]
        if candidate.capacity is None or all(rate < candidate.capacity.low for rate in rates):
            kept.append(candidate)
    return kept


def _price_then_rate(candidate: Candidate) -> tuple[Decimal, float, str]:
    rate = candidate.capacity.low if candidate.capacity else 0.0
    return candidate.usd_per_hour, -rate, candidate.id


def _machine(
    instance: Instance, price: HourlyPrice, told: Forecast, *, least: int, region: str | None
) -> Candidate:
    return Candidate(
        id=f"{Billing.SELF_HOSTED}:{instance.cloud}/{region or 'any'}/{instance.name}",
        kind=Billing.SELF_HOSTED,
        provider=instance.cloud,
        region=region,
        what=instance.name,
        usd_per_hour=price.usd_per_hour,
        unit="instance",
        least=least,
        capacity=told.output_tokens_per_second,
        basis=told.basis,
        layout=told,
        instance=instance,
        effective_from=price.starts_on,
        source=price.source,
        retrieved_on=price.retrieved_on,
        origin=price.origin,
        doubts=(price.doubt,) if price.doubt else (),
    )


def _by_price(price: HourlyPrice) -> tuple[Decimal, tuple[str, ...]]:
    return price.usd_per_hour, price.regions
