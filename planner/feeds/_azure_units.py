"""What Azure sells by the hour beside models: provisioned units, reserved or not, and machines.

A reservation's amount is for its whole term, whatever its unit says.
"""

import re
from decimal import Decimal

import msgspec

from planner.feeds._azure_meters import Unread
from planner.feeds._azure_rows import FeedRow, plain, tidy, unit_of

_TEN_PLACES = Decimal("1e-10")
# A month has 730 hours in Azure's own figures, a year 8,760.
_TERMS = {
    "1 month": ("1_month", Decimal(730)),
    "1 year": ("1_year", Decimal(8760)),
    "3 years": ("3_years", Decimal(26280)),
}
_PLANS = {"1 year": "1_year_savings_plan", "3 years": "3_years_savings_plan"}
_MANAGED = re.compile(
    r"provisioned managed (?P<scope>regional|global|data ?zone)(?: \(?reservation\)?)?",
    re.IGNORECASE,
)
_TYPES = {
    "regional": "ProvisionedManaged",
    "global": "GlobalProvisionedManaged",
    "datazone": "DataZoneProvisionedManaged",
}
_LEGACY = re.compile(r"provisioned throughput", re.IGNORECASE)
_COMPUTE = re.compile(r"managed compute|managed model hosting", re.IGNORECASE)
# A GPU by its memory: "Mngd MI300_192GB Gl". The hosting service counts capacity units instead.
_GPU = re.compile(r"mngd \w+_\d+gb\b.*", re.IGNORECASE)
_GPU_SIZE = "Standard_N"
_OTHER_WAY = re.compile(r"windows|cloud ?services|dedicated host", re.IGNORECASE)


class Hourly(msgspec.Struct, frozen=True, kw_only=True):
    """An hourly price of one row: what for, for how long, and what the whole term costs.

    `rank` orders the families of one provisioned unit: Azure OpenAI's own comes first.
    """

    item: str
    unit: str
    usd_per_hour: Decimal
    name: str | None = None
    deployment_type: str | None = None
    term: str = "on_demand"
    term_total_usd: Decimal | None = None
    rank: int = 0


def read_hourly(row: FeedRow) -> list[Hourly] | Unread | None:
    """Return the hourly prices of a row; None where it is of another kind."""
    if row.service_name == "Virtual Machines":
        return _machine(row)
    if match := _MANAGED.fullmatch(tidy(row.sku_name)):
        rank = 0 if re.search(r"openai|foundry", row.product_name, re.IGNORECASE) else 1
        kind = _TYPES[match["scope"].lower().replace(" ", "")]
        return _termed(row, item="provisioned_unit", unit="PTU", deployment_type=kind, rank=rank)
    if _LEGACY.match(row.sku_name):
        return Unread("a unit of the older provisioned throughput, which has no word here")
    if _COMPUTE.search(row.product_name) and "Tokens" not in row.meter_name:
        unit = "GPU" if _GPU.fullmatch(row.sku_name) else "capacity unit"
        return _termed(row, item="managed_compute", unit=unit, name=tidy(row.sku_name))
    return None


def _termed(
    row: FeedRow,
    *,
    item: str,
    unit: str,
    name: str | None = None,
    deployment_type: str | None = None,
    rank: int = 0,
) -> list[Hourly] | Unread:
    """The price of a row that is sold by the hour, or for a term."""
    measure = unit_of(row.unit_of_measure)
    if measure is None or measure.period != "hour" or measure.count != 1:
        return Unread(f"its unit {row.unit_of_measure!r:.40} is no hour")
    term, total, usd = "on_demand", None, row.retail_price
    if row.type == "Reservation":
        found = _TERMS.get((row.reservation_term or "").lower())
        if found is None:
            return Unread(f"its term {row.reservation_term!r:.40} has no word here")
        term, total = found[0], plain(row.retail_price)
        usd = (row.retail_price / found[1]).quantize(_TEN_PLACES)
    elif row.type != "Consumption":
        return Unread(f"its type {row.type!r:.40} has no word here")
    price = Hourly(
        item=item,
        unit=unit,
        name=name,
        deployment_type=deployment_type,
        usd_per_hour=plain(usd),
        term=term,
        term_total_usd=total,
        rank=rank,
    )
    return [price]


def _machine(row: FeedRow) -> list[Hourly] | Unread | None:
    """The prices of a GPU machine with Linux; None for other machines and ways to buy them."""
    size = row.arm_sku_name or ""
    low = "Low Priority" in row.sku_name or "Low Priority" in row.meter_name
    if not size.startswith(_GPU_SIZE) or low or _OTHER_WAY.search(row.product_name):
        return None
    if row.type not in ("Consumption", "Reservation"):
        return None
    found = _termed(row, item="instance", unit="instance", name=size)
    if isinstance(found, Unread):
        return found
    if row.sku_name.endswith(" Spot") or row.meter_name.endswith(" Spot"):
        return [msgspec.structs.replace(found[0], term="spot")]
    for plan in row.savings_plan if row.type == "Consumption" else ():
        if term := _PLANS.get(plan.term.lower()):
            usd = plain(plan.retail_price)
            found.append(msgspec.structs.replace(found[0], term=term, usd_per_hour=usd))
    return found
