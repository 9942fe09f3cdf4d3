"""What a GPU machine delivers for an open model: the textbook forecast.

The physics is in roofline.py. The efficiencies are constants of the textbook kind, the same for
every GPU, model and engine, and the width of the interval says how wrong that is. Nothing is
fitted: whoever has measurements gives another `Efficiency` and another spread.
"""

from fractions import Fraction
from typing import Literal

import msgspec

from planner.core.hardware import GIB, Architecture, Dtype, Gpu
from planner.core.roofline import TEXTBOOK, Efficiency, Replica

SPREAD = (0.26, 1.39)
"""Low and high as multiples of mid: an 80% interval of the textbook model's error.

The 10th and 90th percentile of published / predicted output tokens per second over 61 cells (GPU,
model, engine; the median of each), from 765 published rows of quality A with numeric lengths and a
numeric or maximal load (MLPerf v4.1 and v5.1, TensorRT-LLM, InferenceX, GPUStack, LMDeploy and
AWS Neuron tables of 2023 to 2026; taken 2026-11-21). The median of the ratio is 0.88 and is not
applied to mid. 43 of the cells are TensorRT-LLM: over cells of GPUs left out of the percentiles
the interval holds 72%, over engines left out 41%.
"""

SHORTEST_REQUEST = 2  # tokens: one in, one out


class Interval(msgspec.Struct, frozen=True, kw_only=True):
    """A figure that is not known exactly; low to high holds it in four of five cases."""

    low: float
    mid: float
    high: float

    def __post_init__(self) -> None:
        """Hold the order."""
        if not 0 <= self.low <= self.mid <= self.high:
            raise ValueError(f"{self.low}, {self.mid}, {self.high} do not rise from low to high")


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What a machine delivers for requests of one length, or why it cannot.

    The rate is the whole machine's, over all `replicas` of the model on `tensor_parallel` GPUs
    each, with `concurrency` requests running; `max_concurrency` is how many have their KV at full
    length in memory. `ttft_seconds` is the time to a request's first token without queueing,
    `tpot_seconds` the mean time between its tokens under that load. Where there are `reasons`
    against it, all figures are None.
    """

    output_tokens_per_second: Interval | None = None
    ttft_seconds: float | None = None
    tpot_seconds: float | None = None
    max_concurrency: int | None = None
    concurrency: int | None = None
    tensor_parallel: int | None = None
    replicas: int | None = None
    dtype: Dtype
    basis: Literal["textbook"] = "textbook"
    reasons: tuple[str, ...] = ()


class LengthLimit(msgspec.Struct, frozen=True, kw_only=True):
    """Up to which request length, input and output together, a machine delivers a needed rate.

    "until" `tokens`, the last length that it does; "always" up to the model's context, which
    `tokens` then is; "never", not even for the shortest requests, with `tokens` None.
    """

    verdict: Literal["never", "until", "always"]
    tokens: int | None = None


def forecast(
    architecture: Architecture,
    gpu: Gpu,
    gpus: Fraction | int | None,
    *,
    input_tokens: float,
    output_tokens: float,
    dtype: Dtype | None = None,
    concurrency: int | None = None,
    tensor_parallel: int | None = None,
    efficiency: Efficiency = TEXTBOOK,
) -> Forecast:
    """Forecast a machine of `gpus` GPUs (a fraction is a slice of one) for one request length.

    Without `dtype` the GPU's 16-bit format, without `concurrency` as many requests as fit, without
    `tensor_parallel` the degree with the highest rate. Lengths are means and may be fractional.
    Raises ValueError for a nonsensical length, load or number of GPUs.
    """
    _check(gpus, input_tokens, output_tokens, concurrency)
    taken = dtype or gpu.native_dtype
    reasons = _obstacles(architecture, gpu, gpus, taken, input_tokens + output_tokens)
    if reasons or gpus is None:
        return Forecast(dtype=taken, reasons=reasons)
    options = _replicas(
        architecture, gpu, gpus, dtype=taken, only=tensor_parallel, efficiency=efficiency
    )
    if not options:
        return Forecast(dtype=taken, reasons=(_no_layout(architecture, gpu, tensor_parallel),))
    length = input_tokens + output_tokens
    fitting = [option for option in options if option.room(length) >= 1]
    if not fitting:
        return Forecast(dtype=taken, reasons=(_too_small(options[-1], gpu, gpus, length),))
    runs = [_run(option, gpus, input_tokens, output_tokens, concurrency) for option in fitting]
    return max(
        runs,
        key=lambda run: run.output_tokens_per_second.mid if run.output_tokens_per_second else 0.0,
    )


def flip_length(
    architecture: Architecture,
    gpu: Gpu,
    gpus: Fraction | int | None,
    *,
    output_tokens_per_second: float,
    input_share: float,
    dtype: Dtype | None = None,
    level: Literal["low", "mid", "high"] = "mid",
) -> LengthLimit:
    """Find the longest request, a whole number of tokens, at which the machine still delivers.

    `input_share` is input / (input + output) of a request, from 0 to below 1; `level` says which
    end of the forecast has to reach the needed rate. Bisection is exact, as the rate never rises
    with the length: fewer requests fit, each step reads more for each, and each prompt token sees
    more. Raises ValueError for a share outside its range.
    """
    if not 0 <= input_share < 1:
        raise ValueError(f"input_share is {input_share}; give a share from 0 to below 1")

    def delivers(tokens: int) -> bool:
        answer = tokens * (1 - input_share)
        told = forecast(
            architecture, gpu, gpus, input_tokens=tokens - answer, output_tokens=answer, dtype=dtype
        ).output_tokens_per_second
        return told is not None and getattr(told, level) >= output_tokens_per_second

    longest = architecture.context_tokens
    if not delivers(SHORTEST_REQUEST):
        return LengthLimit(verdict="never")
    if delivers(longest):
        return LengthLimit(verdict="always", tokens=longest)
    enough, too_long = SHORTEST_REQUEST, longest
    while too_long - enough > 1:
        middle = (enough + too_long) // 2
        enough, too_long = (middle, too_long) if delivers(middle) else (enough, middle)
    return LengthLimit(verdict="until", tokens=enough)


def tensor_parallel_degrees(gpus: Fraction | int) -> tuple[int, ...]:
    """Over how many GPUs a copy of the model can be split: the powers of two that divide them."""
    if gpus < 1:
        return (1,)
    whole = int(gpus)
    return tuple(2**power for power in range(whole.bit_length()) if whole % 2**power == 0)


def _check(
    gpus: Fraction | int | None, input_tokens: float, output_tokens: float, concurrency: int | None
) -> None:
    if input_tokens < 0 or output_tokens <= 0:
        raise ValueError(f"{input_tokens} tokens in and {output_tokens} out; give some output")
    if concurrency is not None and concurrency < 1:
        raise ValueError(f"concurrency is {concurrency}; give 1 or more")
    if gpus is not None and (gpus <= 0 or (gpus > 1 and Fraction(gpus).denominator != 1)):
        raise ValueError(f"{gpus} GPUs; give a whole number, or a fraction below 1")


def _obstacles(
    architecture: Architecture,
    gpu: Gpu,
    gpus: Fraction | int | None,
    dtype: Dtype,
    length: float,
) -> tuple[str, ...]:
    """Say what stands against a forecast before any layout is tried."""
    reasons = []
    if gpus is None:
        reasons.append("how many GPUs the machine has is not known")
    if gpu.memory_gib is None or gpu.memory_bandwidth_gb_per_s is None:
        reasons.append(f"no datasheet figures of {gpu.name}")
    elif dtype in gpu.lacks:
        reasons.append(f"{gpu.name} cannot compute in {dtype}; take {gpu.native_dtype}")
    elif gpu.tflops(dtype) is None:
        reasons.append(f"no {dtype} throughput of {gpu.name} is known; take {gpu.native_dtype}")
    if architecture.parameters is None or architecture.active_parameters is None:
        reasons.append(f"how many parameters {architecture.model} has is not known")
    if length > architecture.context_tokens:
        reasons.append(
            f"{length:,.0f} tokens a request exceed the context of {architecture.model}, "
            f"{architecture.context_tokens:,} tokens"
        )
    return tuple(reasons)


def _replicas(
    architecture: Architecture,
    gpu: Gpu,
    gpus: Fraction | int,
    *,
    dtype: Dtype,
    only: int | None,
    efficiency: Efficiency,
) -> list[Replica]:
    """One replica for each degree that divides the GPUs and the heads, smallest first."""
    part = float(min(gpus, 1))
    degrees = [
        degree
        for degree in tensor_parallel_degrees(gpus)
        if only in (None, degree)
        and architecture.heads % degree == 0
        and (degree == 1 or gpu.link_gb_per_s is not None)
    ]
    return [
        Replica(
            architecture=architecture,
            dtype=dtype,
            efficiency=efficiency,
            gpus=degree,
            memory_bytes=(gpu.memory_gib or 0) * GIB * part,
            bytes_per_second=(gpu.memory_bandwidth_gb_per_s or 0) * 1e9 * part,
            operations_per_second=(gpu.tflops(dtype) or 0) * 1e12 * part,
            link_bytes_per_second=(gpu.link_gb_per_s or 0) * 1e9,
        )
        for degree in degrees
    ]


def _run(
    replica: Replica,
    gpus: Fraction | int,
    input_tokens: float,
    output_tokens: float,
    concurrency: int | None,
) -> Forecast:
    """The forecast of one layout that holds at least one request."""
    replicas = max(1, int(gpus // replica.gpus))
    most = replicas * replica.room(input_tokens + output_tokens)
    running = most if concurrency is None else min(concurrency, most)
    busy = min(replicas, running)
    batch = running / busy
    each = replica.tokens_per_second(batch, input_tokens, output_tokens)
    low, high = SPREAD
    return Forecast(
        output_tokens_per_second=Interval(
            low=busy * each * low, mid=busy * each, high=busy * each * high
        ),
        ttft_seconds=replica.first_token_seconds(input_tokens),
        tpot_seconds=batch / each,
        max_concurrency=most,
        concurrency=running,
        tensor_parallel=replica.gpus,
        replicas=replicas,
        dtype=replica.dtype,
    )


def _no_layout(architecture: Architecture, gpu: Gpu, degree: int | None) -> str:
    if gpu.link_gb_per_s is None:
        return (
            f"{architecture.model} cannot be split over {degree} GPUs: how fast {gpu.name} sends "
            "to its neighbours is not known"
        )
    return (
        f"{architecture.model} cannot be split over {degree} GPUs; take a power of two that "
        f"divides the GPUs and its {architecture.heads} heads"
    )


def _too_small(replica: Replica, gpu: Gpu, gpus: Fraction | int, length: float) -> str:
    usable = replica.memory_bytes * replica.efficiency.memory_share * replica.gpus / GIB
    weights = replica.weight_bytes() / GIB
    kv = replica.architecture.kv_bytes(length) * replica.gpus / replica.kv_split() / GIB
    unsplit = " (not split further: the speed between them is not known)"
    if gpus <= 1 or gpu.link_gb_per_s is not None:
        unsplit = ""
    return (
        f"{replica.architecture.model} in {replica.dtype} needs {weights:,.1f} GiB for its weights "
        f"and {kv:,.2f} GiB for one request of {length:,.0f} tokens; "
        f"{min(gpus, replica.gpus)} x {gpu.name} leave {usable:,.1f} GiB{unsplit}"
    )
