"""What was measured: one model under one load on one machine, with all that makes it repeatable.

A `Measurement` is a record of `snapshots/probe/`. It says what ran, how it was driven, what came
out, and beside each figure its ceiling on that very device where one was measured. What was not
measured is None. Errors are counted apart: no rate holds a request that failed.
"""

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

Drive = Literal["static", "closed_loop", "open_loop", "burst"]
"""How the load came: batches handed to the model at once ("static"), so many clients that each
wait for their answer ("closed_loop"), requests at times of their own ("open_loop"), or all at once
to a server that queues them ("burst": the time to the first token is mostly the queue's)."""

ROUNDS_MAY_DIFFER = 0.05
"""Rounds of one measurement whose rates lie further apart (largest over smallest, less 1) are
flagged: something else ran on the machine, or its clocks moved."""


FAILED_AT_MOST = 0.05
"""The share of requests that may fail before a level's rate counts as none of the machine's."""


class Percentiles(msgspec.Struct, frozen=True, kw_only=True):
    """A distribution of times in milliseconds; a percentile that the source lacks is None."""

    mean: float
    p50: float
    p90: float | None = None
    p99: float | None = None

    @classmethod
    def of(cls, seconds: Sequence[float]) -> "Percentiles | None":
        """Those of times in seconds, by the nearest rank; None of none."""
        if not seconds:
            return None
        ordered = sorted(seconds)

        def rank(share: float) -> float:
            return 1000 * ordered[max(0, math.ceil(share * len(ordered)) - 1)]

        mean = 1000 * math.fsum(ordered) / len(ordered)
        return cls(mean=mean, p50=rank(0.5), p90=rank(0.9), p99=rank(0.99))


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """The machine, as it was when it was measured.

    `name` is the driver's word for the GPU (or the CPU's model), `gpu` its name in the GPU table,
    None where it is none of those; `count` how many of them took part. `bandwidth_gb_per_s` and
    `matmul_tflops` are ceilings measured in the same run on one of them: a large copy (read and
    written bytes) or sum, whichever is faster, and a large product in the format of the weights.
    `load` is the 1-minute load average before the run, `other_processes` how many others used the
    GPUs (on a CPU: how many were running).
    """

    name: str | None = None
    gpu: str | None = None
    count: int = 1
    memory_gib: float | None = None
    driver: str | None = None
    clock_mhz: float | None = None
    memory_clock_mhz: float | None = None
    power_watts: float | None = None
    power_limit_watts: float | None = None
    temperature_celsius: float | None = None
    cpus: int | None = None
    load: float | None = None
    other_processes: int | None = None
    bandwidth_gb_per_s: float | None = None
    matmul_tflops: float | None = None


class Requests(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the requests: `errors` counts the failed by what went wrong.

    `completed` ones gave a whole answer, `short` of those ended before the tokens asked for.
    `timed_out` ones are failed ones, too. `cut_off` ones were under way when the run ended.
    """

    completed: int
    failed: int = 0
    timed_out: int = 0
    short: int = 0
    cut_off: int = 0
    errors: Mapping[str, int] = {}


class Goodput(msgspec.Struct, frozen=True, kw_only=True):
    """Requests per second that kept all limits; `share` is theirs of all that were sent."""

    ttft_limit_ms: float | None
    tpot_limit_ms: float | None
    requests_per_second: float
    share: float


class Measurement(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="kind",
    tag="measurement",
):  # fmt: skip
    """One point of a sweep.

    `source` says which tool measured ("planner probe", "vllm bench serve"), `model` the canonical
    name where it is known, `served_as` what the server calls it. `concurrency` is the batch of all
    replicas, the clients of a closed loop, or the mean number under way of an open one with
    `request_rate` requests per second offered; `prompts` is how many came at once in a burst.
    Lengths are the means that were really reached, `output_tokens_asked` what was asked for. Rates
    are the whole system's: output tokens per second over prompt and answer, and of the prefill and
    the decoding alone. `mbu` and `mfu` are shares of the device's measured ceilings, decoding and
    prefill. `rounds` are the output rates of the repetitions. `saturated` says that more load
    brought no more, `counted` that the server counted the tokens itself.
    """

    measured_at: dt.datetime
    source: str
    model: str
    served_as: str | None = None
    engine: str | None = None
    versions: Mapping[str, str] = {}
    device: Device = Device()
    tensor_parallel: int | None = None
    replicas: int | None = None
    dtype: str | None = None
    kv_dtype: str | None = None
    drive: Drive
    concurrency: float | None = None
    request_rate: float | None = None
    prompts: int | None = None
    input_tokens: float
    output_tokens: float
    output_tokens_asked: float | None = None
    seconds: float | None = None
    requests: Requests | None = None
    requests_per_second: float | None = None
    output_tokens_per_second: float | None = None
    prefill_tokens_per_second: float | None = None
    decode_tokens_per_second: float | None = None
    ttft_ms: Percentiles | None = None
    tpot_ms: Percentiles | None = None
    itl_ms: Percentiles | None = None
    e2e_ms: Percentiles | None = None
    goodput: Goodput | None = None
    mbu: float | None = None
    mfu: float | None = None
    peak_memory_gib: float | None = None
    rounds: tuple[float, ...] = ()
    saturated: bool | None = None
    counted: bool | None = None
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Hold what cannot be otherwise: a zone with the time, rates and lengths not below 0."""
        if self.measured_at.tzinfo is None:
            raise ValueError("measured_at has no time zone; give UTC")
        for field in ("input_tokens", "output_tokens", "output_tokens_per_second", "concurrency"):
            value = getattr(self, field)
            if value is not None and not 0 <= value < math.inf:
                raise ValueError(f"{field} is {value}; a measured figure is 0 or more")

    @property
    def fails(self) -> bool:
        """Whether so many requests failed that what came out is no rate of the machine."""
        told = self.requests
        return told is not None and told.failed > FAILED_AT_MOST * (told.completed + told.failed)


def apart(rounds: Iterable[float]) -> float:
    """By how much the rates of rounds differ: largest over smallest, less 1; 0 for one round."""
    rates = list(rounds)
    if len(rates) < 2:  # noqa: PLR2004 - one round differs from nothing
        return 0.0
    return max(rates) / min(rates) - 1 if min(rates) > 0 else math.inf
