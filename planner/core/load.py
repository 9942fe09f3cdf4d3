"""A load at one volume, and whether machines carry it: with all of them, and with one lost."""

from enum import StrEnum
from fractions import Fraction
from typing import Literal, Protocol

import msgspec

from planner.core.candidates import SECONDS_PER_HOUR, Candidate, RequestShape
from planner.core.hardware import Architecture, Gpu
from planner.core.throughput import Forecaster


class _Facts(Protocol):
    @property
    def architecture(self) -> Architecture | None: ...
    @property
    def forecaster(self) -> Forecaster: ...
    def gpu(self, name: str, /) -> Gpu: ...


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """So many tokens an hour, input and output together, in requests of a shape."""

    volume: Fraction
    shape: RequestShape

    @property
    def input_share(self) -> Fraction:
        """Input / (input + output)."""
        return self.shape.input_share

    @property
    def input_tokens_per_hour(self) -> Fraction:
        """The input part of the volume."""
        return self.volume * self.input_share

    @property
    def output_tokens_per_hour(self) -> Fraction:
        """The output part of the volume."""
        return self.volume - self.input_tokens_per_hour

    @property
    def output_tokens_per_second(self) -> float:
        """The output rate that the load needs."""
        return float(self.output_tokens_per_hour / SECONDS_PER_HOUR)

    @property
    def tokens_per_minute(self) -> float:
        """Input and output together, as quotas count."""
        return float(self.volume / 60)

    def utilisation(self, host: Candidate, units: int) -> float | None:
        """The needed output rate over what the units deliver, middle of the forecast."""
        if host.capacity is None or not units or not host.capacity.mid:
            return None
        return self.output_tokens_per_second / (units * host.capacity.mid)


class Carried(StrEnum):
    """How surely units carry a load, by the ends of the forecast's 80% interval."""

    ONE_LOST = "yes, one lost too"
    ALL = "yes, with all of them"
    PROBABLY_ONE_LOST = "probably, one lost too"
    PROBABLY_ALL = "probably, with all of them"
    PROBABLY_NOT = "probably not"
    NO = "no"

    @property
    def verdict(self) -> str:
        """Say "yes" (one lost, the low end), "no" (not even at the high end) or "depends"."""
        return {Carried.ONE_LOST: "yes", Carried.NO: "no"}.get(self, "depends")


def carried(load: Load, host: Candidate, units: int) -> Carried | None:
    """Whether units carry a load; a single unit that is lost leaves nothing. None if unknown."""
    rate, needed = host.capacity, load.output_tokens_per_second
    if rate is None:
        return None
    for delivered, word in (
        ((units - 1) * rate.low, Carried.ONE_LOST),
        (units * rate.low, Carried.ALL),
        ((units - 1) * rate.mid, Carried.PROBABLY_ONE_LOST),
        (units * rate.mid, Carried.PROBABLY_ALL),
        (units * rate.high, Carried.PROBABLY_NOT),
    ):
        if delivered >= needed:
            return word
    return Carried.NO


class Flips(msgspec.Struct, frozen=True, kw_only=True):
    """Up to which request length, in tokens, units carry a load; 0 where they carry none.

    `sure` all of them at the low end of the forecast, `one_lost` without one of them; `likely` all
    of them at its middle. None where the rate was given and not forecast, or nothing can be lost.
    """

    sure: int | None = None
    one_lost: int | None = None
    likely: int | None = None


def flips_at(load: Load, host: Candidate, units: int, facts: _Facts) -> Flips:
    """The request lengths at which it changes how surely units carry a load."""
    architecture, instance = facts.architecture, host.instance
    if architecture is None or host.layout is None or instance is None:
        return Flips()

    def longest(running: int, level: Literal["low", "mid"]) -> int | None:
        if running < 1:
            return None
        limit = facts.forecaster.flip_length(
            architecture,
            facts.gpu(instance.gpu),
            instance.gpu_count,
            output_tokens_per_second=load.output_tokens_per_second / running,
            input_share=float(load.input_share),
            level=level,
        )
        return limit.tokens or 0

    return Flips(
        sure=longest(units, "low"), one_lost=longest(units - 1, "low"), likely=longest(units, "mid")
    )
