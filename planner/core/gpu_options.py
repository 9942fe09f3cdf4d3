"""Every instance for a model: whether it serves it within the latency limits, and at what cost."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from planner.core.candidates import cheapest_hours, other_engine
from planner.core.forecast_answer import GpuOption, milliseconds
from planner.core.hardware import Architecture, Dtype, Gpu, Instance
from planner.core.prices import HourlyPrice
from planner.core.throughput import Forecast, forecast

_SECONDS_PER_HOUR = 3600
_MTOK = 1_000_000
_CENTS = Decimal("0.0001")


class Demand(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be served: lengths of a request in tokens, and the limits on its times.

    `dtype` None is the GPU's own 16-bit format; a limit of None is none.
    """

    input_tokens: int = 512
    output_tokens: int = 512
    dtype: Dtype | None = None
    ttft_ms: float | None = None
    tpot_ms: float | None = None


def gpu_options(
    architecture: Architecture,
    demand: Demand,
    hours: Iterable[HourlyPrice],
    instances: Mapping[str, Instance],
    gpu: Callable[[str], Gpu],
    *,
    region: str | None = None,
) -> tuple[GpuOption, ...]:
    """An option for each priced instance, in the region or where it is cheapest; best first.

    `instances` by "cloud/name"; a priced machine that is not among them is left out.
    """
    found = [
        _option(_told(architecture, demand, instances[key], gpu), instances[key], price, region)
        for key, price in sorted(cheapest_hours(hours).items())
        if key in instances
    ]
    return tuple(sorted(found, key=_order))


def _told(
    architecture: Architecture, demand: Demand, instance: Instance, gpu: Callable[[str], Gpu]
) -> Forecast:
    chip = gpu(instance.gpu)
    if (reason := other_engine(chip.name)) is not None:
        return Forecast(dtype=demand.dtype or chip.native_dtype, reasons=(reason,))
    return within_limits(architecture, demand, chip, instance.gpu_count)


def _option(
    told: Forecast, instance: Instance, price: HourlyPrice, region: str | None
) -> GpuOption:
    rate = told.output_tokens_per_second
    cost = None
    if rate is not None and rate.low > 0:
        per_token = Fraction(price.usd_per_hour) / (Fraction(rate.low) * _SECONDS_PER_HOUR)
        per_mtok = per_token * _MTOK
        cost = (Decimal(per_mtok.numerator) / Decimal(per_mtok.denominator)).quantize(_CENTS)
    return GpuOption(
        provider=instance.cloud,
        region=region or next(iter(price.regions), None),
        instance=instance.name,
        gpu=instance.gpu,
        gpus=None if instance.gpu_count is None else float(instance.gpu_count),
        replicas_per_instance=told.replicas,
        tensor_parallel=told.tensor_parallel,
        dtype=told.dtype,
        concurrency=told.concurrency,
        max_concurrency=told.max_concurrency,
        output_tokens_per_second=rate,
        ttft_ms=milliseconds(told.ttft_seconds),
        tpot_ms=milliseconds(told.tpot_seconds),
        basis=told.basis,
        usd_per_hour=price.usd_per_hour,
        usd_per_mtok_output=cost,
        fits=rate is not None,
        reasons=told.reasons,
    )


def within_limits(
    architecture: Architecture, demand: Demand, chip: Gpu, gpus: Fraction | int | None
) -> Forecast:
    """The forecast at the most requests that the limits allow; its reasons where one is too many.

    The time between tokens never falls with more requests, so that bisection finds the most.
    """

    def told(concurrency: int | None) -> Forecast:
        return forecast(
            architecture,
            chip,
            gpus,
            input_tokens=demand.input_tokens,
            output_tokens=demand.output_tokens,
            dtype=demand.dtype,
            concurrency=concurrency,
        )

    full = told(None)
    if full.concurrency is None or _misses(full, demand) is None:
        return full
    alone = told(1)
    if (miss := _misses(alone, demand)) is not None:
        return Forecast(dtype=full.dtype, reasons=(miss,))
    fine, best, too_many = 1, alone, full.concurrency
    while too_many - fine > 1:
        middle = (fine + too_many) // 2
        tried = told(middle)
        if _misses(tried, demand) is None:
            fine, best = middle, tried
        else:
            too_many = middle
    return best


def _misses(told: Forecast, demand: Demand) -> str | None:
    """Which limit a forecast misses, in words; None where it keeps them."""
    for name, seconds, limit in (
        ("first token", told.ttft_seconds, demand.ttft_ms),
        ("time between tokens", told.tpot_seconds, demand.tpot_ms),
    ):
        if limit is not None and seconds is not None and seconds * 1000 > limit:
            return (
                f"{name} {seconds * 1000:,.1f} ms with {told.concurrency:,} running,"
                f" asked for {limit:,.6g} ms"
            )
    return None


def _order(option: GpuOption) -> tuple[bool, Decimal, Decimal, str]:
    cost = option.usd_per_mtok_output
    return cost is None, cost or Decimal(), option.usd_per_hour or Decimal(), option.instance
