"""Every instance for a model: whether it serves it within the latency limits, and at what cost."""

from decimal import Decimal
from fractions import Fraction

from planner.core.candidates import Machines
from planner.core.forecast_answer import GpuOption, milliseconds
from planner.core.hardware import Architecture, Instance
from planner.core.prices import HourlyPrice
from planner.core.roofline import Traffic
from planner.core.throughput import Forecast

_SECONDS_PER_HOUR = 3600
_MTOK = 1_000_000
_CENTS = Decimal("0.0001")


def gpu_options(
    architecture: Architecture, traffic: Traffic, machines: Machines, *, region: str | None = None
) -> tuple[GpuOption, ...]:
    """An option for each priced instance, in the region or where it is cheapest; best first.

    A priced machine that is not among the known instances is left out.
    """
    told: dict[tuple[str, Fraction | None], Forecast] = {}  # many sizes hold the same GPUs
    found = []
    for key, price in machines.cheapest(region):
        if (instance := machines.instances.get(key)) is None:
            continue
        chips = instance.gpu, instance.gpu_count
        if chips not in told:
            told[chips] = machines.forecast(architecture, instance, traffic)
        found.append(_option(told[chips], instance, price, region))
    return tuple(sorted(found, key=_order))


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
        engine=told.engine,
        basis=told.basis,
        usd_per_hour=price.usd_per_hour,
        usd_per_mtok_output=cost,
        fits=rate is not None,
        reasons=told.reasons,
        notes=told.notes,
    )


def _order(option: GpuOption) -> tuple[bool, Decimal, Decimal, str]:
    cost = option.usd_per_mtok_output
    return cost is None, cost or Decimal(), option.usd_per_hour or Decimal(), option.instance
