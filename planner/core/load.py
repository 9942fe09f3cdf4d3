"""A load at one volume, and whether machines carry it: with all of them, and with one lost."""

from fractions import Fraction
from typing import Protocol

import msgspec

from planner.core.candidates import SECONDS_PER_HOUR, Candidate, RequestShape
from planner.core.hardware import Architecture, Gpu
from planner.core.throughput import flip_length


class _Facts(Protocol):
    @property
    def architecture(self) -> Architecture | None: ...
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


def verdict(load: Load, host: Candidate, units: int) -> str | None:
    """Whether units carry a load: "yes" even with one lost, "no" not with all, else "depends".

    By the middle of the forecast. A single unit that is lost leaves nothing.
    """
    if host.capacity is None:
        return None
    needed = load.output_tokens_per_second
    if units * host.capacity.mid < needed:
        return "no"
    return "yes" if (units - 1) * host.capacity.mid >= needed else "depends"


def flips_at(
    load: Load, host: Candidate, units: int, facts: _Facts
) -> tuple[int | None, int | None]:
    """The longest requests, in tokens, that all units carry, and all but one; 0 for none at all.

    None where the rate was given and not forecast, or there is no unit to lose.
    """
    if facts.architecture is None or host.layout is None or host.instance is None:
        return None, None
    gpu = facts.gpu(host.instance.gpu)
    limits: list[int | None] = []
    for running in (units, units - 1):
        if running < 1:
            limits.append(None)
            continue
        limit = flip_length(
            facts.architecture,
            gpu,
            host.instance.gpu_count,
            output_tokens_per_second=load.output_tokens_per_second / running,
            input_share=float(load.input_share),
        )
        limits.append(limit.tokens or 0)
    return limits[0], limits[1]
