"""What `planner forecast` and `planner gpus` answer; the field names are the outside contract."""

from decimal import Decimal

from planner.core.answers import Answer
from planner.core.throughput import Forecast, Interval


class ForecastEntry(Answer, frozen=True):
    """One forecast: the whole system's output tokens per second, low to high an 80% interval.

    `case` is the name that a case file gives, null for a question of its own. Where there are
    `reasons` against it the figures are null. `max_concurrency` is how many requests of this
    length run at once at most, by memory and by the engine's cap.
    """

    case: str | None
    model: str
    gpu: str
    num_gpus: float | None
    dtype: str | None
    engine: str | None
    input_tokens: float | None
    output_tokens: float | None
    concurrency: int | None
    tensor_parallel: int | None
    replicas: int | None
    output_tokens_per_second: Interval | None
    ttft_ms: float | None
    tpot_ms: float | None
    max_concurrency: int | None
    basis: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]


class ForecastAnswer(Answer, frozen=True):
    """`planner forecast`."""

    forecasts: tuple[ForecastEntry, ...]


class GpuOption(Answer, frozen=True):
    """An instance for a model: whether and how it serves it, and what that costs on the date.

    `gpus` is the number of its GPUs, a fraction where it has a slice of one; each of
    `replicas_per_instance` copies of the model lies on `tensor_parallel` of them. The rate and the
    times are those at `concurrency` running requests, as many as the latency limits allow.
    `usd_per_mtok_output` is what a million output tokens cost at the low end of the rate.
    """

    provider: str
    region: str | None
    instance: str
    gpu: str
    gpus: float | None
    replicas_per_instance: int | None
    tensor_parallel: int | None
    dtype: str | None
    concurrency: int | None
    max_concurrency: int | None
    output_tokens_per_second: Interval | None
    ttft_ms: float | None
    tpot_ms: float | None
    engine: str | None
    basis: str
    usd_per_hour: Decimal | None
    usd_per_mtok_output: Decimal | None
    fits: bool
    reasons: tuple[str, ...]
    notes: tuple[str, ...]


class GpusAnswer(Answer, frozen=True):
    """`planner gpus`, the cheapest output token first, then what does not fit."""

    model: str
    input_tokens: int
    output_tokens: int
    options: tuple[GpuOption, ...]
    notes: tuple[str, ...]


def entry_of(
    told: Forecast,
    *,
    case: str | None,
    model: str,
    gpu: str,
    num_gpus: float | None,
    lengths: tuple[float | None, float | None],
    notes: tuple[str, ...] = (),
) -> ForecastEntry:
    """A forecast as an entry of the answer; times in milliseconds."""
    return ForecastEntry(
        case=case,
        model=model,
        gpu=gpu,
        num_gpus=num_gpus,
        dtype=told.dtype,
        engine=told.engine,
        input_tokens=lengths[0],
        output_tokens=lengths[1],
        concurrency=told.concurrency,
        tensor_parallel=told.tensor_parallel,
        replicas=told.replicas,
        output_tokens_per_second=told.output_tokens_per_second,
        ttft_ms=milliseconds(told.ttft_seconds),
        tpot_ms=milliseconds(told.tpot_seconds),
        max_concurrency=told.max_concurrency,
        basis=told.basis,
        reasons=told.reasons,
        notes=(*told.notes, *notes),
    )


def milliseconds(seconds: float | None) -> float | None:
    """Seconds as milliseconds; None stays unknown."""
    return None if seconds is None else seconds * 1000
