"""Small supplies to plan against: offers, price rows, units, machines, with plain values."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from planner.core.hardware import Architecture, Gpu, Instance
from planner.core.hosts import Hosts
from planner.core.offered import Supply
from planner.core.offers import AnyRecord, Billing, Offer, Scope
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.core.prices import PriceTable
from planner.core.roofline import Traffic
from planner.core.shelf import Shelf
from planner.core.throughput import Forecast, Forecaster, Interval
from planner.core.unit_facts import UnitFact
from planner.core.workload import Lengths, Workload
from planner.files.hardware import find_architecture, find_gpu
from tests.builders import catalog, offer, snapshot

MODEL = "gpt-4.1"
SINCE = dt.date(2025, 5, 1)
READ = dt.date(2025, 8, 25)


class SteadyMachines:
    """A forecaster whose machines deliver so many output tokens per second for each GPU."""

    def __init__(self, tokens_per_second: Interval) -> None:
        self.rate = tokens_per_second

    def forecast(
        self, architecture: Architecture, gpu: Gpu, gpus: Fraction | None, traffic: Traffic
    ) -> Forecast:
        """So many tokens for each GPU, whatever the requests."""
        del architecture, gpu, traffic
        count = int(gpus or 1)
        return Forecast(
            output_tokens_per_second=Interval(
                low=self.rate.low * count, mid=self.rate.mid * count, high=self.rate.high * count
            ),
            tensor_parallel=1,
            replicas=count,
            concurrency=8 * count,
            dtype="bf16",
            engine="vllm",
        )


def steady(low: float = 1000, mid: float | None = None, high: float | None = None) -> Forecaster:
    """Machines of 1,000 output tokens per second and GPU."""
    rate = Interval(low=low, mid=mid or low, high=high or mid or low)
    return cast("Forecaster", SteadyMachines(rate))


def on_demand(region: str = "swedencentral", **fields: Any) -> Offer:
    """A GlobalStandard offer of gpt-4.1."""
    usual: dict[str, Any] = {
        "model": MODEL,
        "version": "2025-04-14",
        "billing": Billing.ON_DEMAND,
        "scope": Scope.GLOBAL,
        "boundary": "anywhere",
    }
    return offer(region, **(usual | fields))


def batch(region: str = "swedencentral", **fields: Any) -> Offer:
    """A GlobalBatch offer of gpt-4.1."""
    usual = {"deployment_type": "GlobalBatch", "billing": Billing.BATCH}
    return on_demand(region, **(usual | fields))


def provisioned(region: str = "swedencentral", **fields: Any) -> Offer:
    """A GlobalProvisionedManaged offer of gpt-4.1."""
    usual = {
        "deployment_type": "GlobalProvisionedManaged",
        "billing": Billing.PROVISIONED,
        "unit": "PTU",
    }
    return on_demand(region, **(usual | fields))


def tokens(charge: str, usd: str, **fields: Any) -> UsagePrice:
    """A price of a million tokens of gpt-4.1 under GlobalStandard, everywhere."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "model": MODEL,
        "deployment_type": "GlobalStandard",
        "effective_from": SINCE,
        "source": "a feed",
        "retrieved_on": READ,
        "origin": "feed",
    }
    return UsagePrice(charge=charge, usd=Decimal(usd), **(usual | fields))


def unit_hour(usd: str, term: str = "on_demand", **fields: Any) -> HourlyPrice:
    """A price of a PTU under GlobalProvisionedManaged, whatever the model."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "item": "provisioned_unit",
        "deployment_type": "GlobalProvisionedManaged",
        "unit": "PTU",
        "effective_from": SINCE,
        "source": "a feed",
        "retrieved_on": READ,
        "origin": "feed",
    }
    return HourlyPrice(usd_per_hour=Decimal(usd), term=term, **(usual | fields))


def machine_hour(usd: str, name: str, term: str = "on_demand", **fields: Any) -> HourlyPrice:
    """A price of a machine of Azure in swedencentral."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "item": "instance",
        "name": name,
        "regions": ("swedencentral",),
        "unit": "instance",
        "effective_from": SINCE,
        "source": "a list",
        "retrieved_on": READ,
        "origin": "feed",
    }
    return HourlyPrice(usd_per_hour=Decimal(usd), term=term, **(usual | fields))


def instance(name: str, gpus: int = 1, **fields: Any) -> Instance:
    """A machine with one H100."""
    usual: dict[str, Any] = {
        "cloud": "azure",
        "gpu": "NVIDIA H100 SXM 80GB",
        "gpu_count": Fraction(gpus),
        "status": "current",
        "source": "a list",
    }
    return Instance(name=name, **(usual | fields))


def fact(**fields: Any) -> UnitFact:
    """gpt-4.1 under GlobalProvisionedManaged: 3,000 input tokens a minute, output counts 4."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "model": MODEL,
        "deployment_type": "GlobalProvisionedManaged",
        "minimum": 15,
        "step": 5,
        "input_tokens_per_minute": 3000,
        "output_ratio": Fraction(4),
        "source": "the onboarding page",
        "retrieved_on": READ,
    }
    return UnitFact(**(usual | fields))


def supply(
    *records: AnyRecord,
    usage: Iterable[UsagePrice] = (),
    hourly: Iterable[HourlyPrice] = (),
    facts: Sequence[UnitFact] = (),
    machines: Sequence[Instance] = (),
    forecaster: Forecaster | None = None,
    open_models: dict[str, str] | None = None,
    boundaries: dict[str, str] | None = None,
    round_trip: Callable[[str, str], int | None] = lambda *_: None,
    on: str = "2025-08-25",
    seen: str = "2025-08-20",
    zone: tuple[str, ...] = (),
) -> Supply:
    """What can be had on a date; `open_models` names the architecture of each open model.

    `zone` are the regions of the data zone of every offer that has one.
    """
    prices = PriceTable(usage, hourly)
    sellers = dict.fromkeys(record.provider for record in records)
    looks = [snapshot(*(r for r in records if r.provider == name), on=seen) for name in sellers]
    known = catalog(*looks, on=on)
    by_key = {(f.provider, f.model, f.deployment_type): f for f in facts}
    told = forecaster or steady()
    shapes = {name: find_architecture(of) for name, of in (open_models or {}).items()}
    hours = [
        price
        for term in ("on_demand", "1_month", "1_year", "3_years")
        for price in prices.instance_hours(on=known.on, term=term)
    ]
    return Supply(
        shelf=Shelf(
            known,
            prices,
            zone_of=lambda one: zone if one.scope is Scope.GEOGRAPHIC else (),
            unit_fact=lambda *key: by_key.get(key),
        ),
        hosts=Hosts(
            known.on,
            hours,
            {one.id: one for one in machines},
            gpu=find_gpu,
            forecaster=lambda *_: told,
            boundary_of=lambda _, region: (boundaries or {}).get(region),
            round_trip=round_trip,
            free_quota=known.allowances.free,
        ),
        architecture=shapes.get,
        round_trip=round_trip,
        default_quota=lambda *_: None,
    )


def workload(
    requests_per_hour: Fraction | int = 36_000,
    input_tokens: int = 1000,
    output_tokens: int = 200,
    **fields: Any,
) -> Workload:
    """gpt-4.1 with 600 requests a minute of 1,000 tokens in and 200 out, day and night."""
    usual: dict[str, Any] = {
        "models": (MODEL,),
        "input": Lengths.of(input_tokens),
        "output": Lengths.of(output_tokens),
    }
    return Workload(requests_per_hour=Fraction(requests_per_hour), **(usual | fields))
