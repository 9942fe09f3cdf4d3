"""GPU machines in the Retail Prices API, and managed ones for open models.

Left out: Windows, Low Priority and DevTest rows, cloud services and dedicated hosts, since none of
them is what a Linux machine costs.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from planner.core.price_rows import HourlyPrice
from planner.feeds._retail_meters import PROVIDER, Context, dates_of, money

_GPU_SIZE = re.compile(r"Standard_N\w+", re.IGNORECASE)
_OTHERS = re.compile(r"windows|cloud ?services|dedicated host", re.IGNORECASE)
_HOURS = {"1 Month": ("1_month", 730), "1 Year": ("1_year", 8760), "3 Years": ("3_years", 26280)}
_PLANS = {"1 Year": "1_year_savings_plan", "3 Years": "3_years_savings_plan"}
_SPOT, _LOW = "Spot", "Low Priority"


def is_a_machines(row: dict[str, Any]) -> bool:
    """Whether a row is of a Linux machine with GPUs."""
    return (
        row.get("serviceName") == "Virtual Machines"
        and _GPU_SIZE.fullmatch(str(row.get("armSkuName"))) is not None
        and not _OTHERS.search(str(row.get("productName")))
        and row.get("type") in ("Consumption", "Reservation")
        and not str(row.get("skuName")).endswith(_LOW)
    )


def is_managed_compute(row: dict[str, Any]) -> bool:
    """Whether a row is of a machine that Azure runs an open model on, by the hour."""
    product = str(row.get("productName"))
    hourly = str(row.get("unitOfMeasure")) == "1 Hour" and row.get("type") == "Consumption"
    return hourly and product in ("Managed Compute", "Managed Model Hosting Service")


def read_machine(row: dict[str, Any], context: Context) -> Iterator[HourlyPrice]:
    """The prices of a machine: by the hour, spot, reserved, and under savings plans."""
    if not money(row):
        return
    shared = _shared(row, context)
    if row.get("type") == "Reservation":
        known = _HOURS.get(str(row.get("reservationTerm")))
        if known is not None:
            term, hours = known
            each = (money(row) / hours).quantize(Decimal("1e-9")).normalize()
            yield HourlyPrice(usd_per_hour=each, term=term, term_total_usd=money(row), **shared)
        return
    spot = str(row.get("skuName")).endswith(_SPOT)
    yield HourlyPrice(usd_per_hour=money(row), term="spot" if spot else "on_demand", **shared)
    plans = row.get("savingsPlan")
    for plan in plans if isinstance(plans, list) and not spot else ():
        planned = _PLANS.get(str(plan.get("term")))
        if planned is not None:
            yield HourlyPrice(usd_per_hour=money(plan), term=planned, **shared)


def read_managed_compute(row: dict[str, Any], context: Context) -> Iterator[HourlyPrice]:
    """The hour of a managed machine, by the name that its meter has.

    "NCadsA100v4 Capacity Unit" is one GPU's worth of that size; "Mngd MI300_192GB Gl" one GPU.
    """
    if not money(row):
        return
    shared = _shared(row, context)
    shared |= {"item": "managed_compute", "name": " ".join(str(row["skuName"]).split())}
    shared["unit"] = "capacity unit" if "Capacity Unit" in str(row["meterName"]) else "GPU"
    yield HourlyPrice(usd_per_hour=money(row), **shared)


def _shared(row: dict[str, Any], context: Context) -> dict[str, Any]:
    return {
        "provider": PROVIDER,
        "item": "instance",
        "name": str(row.get("armSkuName")),
        "unit": "instance",
        "regions": (str(row["armRegionName"]),) if row.get("armRegionName") else (),
        "source": context.source,
        "retrieved_on": context.on,
        "origin": "feed",
        "words": " ".join(f"{row.get('skuName')}, {row.get('productName')}".split()),
        **dates_of(row),
    }
