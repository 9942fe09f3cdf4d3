"""Prices of accelerator machines from the EC2 offer file of a region.

One machine has many SKUs; one of them is what a plain Linux machine costs. A capacity block stands
under the very same usage type at a price of 0.00, and must never be taken for it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from planner.core.price_feed import Leftover
from planner.core.price_rows import HourlyPrice
from planner.feeds._aws_offer_file import OfferFile, Product, Term
from planner.feeds._aws_rates import Amount, amount_of, amount_of_rate, plain

EC2 = "AmazonEC2"
PROVIDER = "aws"

_PLAIN_LINUX = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "licenseModel": "No License required",
    "operation": "RunInstances",
}
# Older files have no market option; a capacity block always names itself.
_MARKETS = ("OnDemand", "")
_HOURS = {"1yr": ("1_year", Decimal(8760)), "3yr": ("3_years", Decimal(26280))}
# Of the ways to pay for a standard reservation, the first that is sold: an hourly price first.
_WAYS = ("No Upfront", "All Upfront")
_HOUR_WORDS = ("hrs", "hours", "hour")
_TEN_PLACES = Decimal("1e-10")  # as the file itself gives amounts
_BILLING = re.compile(r"[A-Z]{2,4}\d{0,2}-(?=BoxUsage)")


def is_wanted(product: Product, instances: Collection[str], region: str) -> bool:
    """Whether a product is the plain Linux machine of an accelerator instance, in the region.

    The file counts GPUs itself; `instances` names what it does not count (Trainium, Inferentia).
    """
    if not (product.family or "").startswith("Compute Instance"):
        return False
    get = product.get
    if not (get("instanceType") in instances or _count(get("gpu"))):
        return False
    return (
        all(get(name) == value for name, value in _PLAIN_LINUX.items())
        and get("marketoption") in _MARKETS
        and get("locationType") in ("AWS Region", "")  # no local or wavelength zone
        and get("regionCode") in (region, "")
    )


def machine_rows(
    file: OfferFile, instances: Collection[str], retrieved_on: date
) -> tuple[list[HourlyPrice], list[Leftover]]:
    """Return the hours of a file's machines: on demand, and reserved for a year and for three.

    A machine without an on-demand price has none; one with two that differ has none either.
    """
    rows: list[HourlyPrice] = []
    left: list[Leftover] = []
    by_name: dict[str, list[str]] = defaultdict(list)
    for sku, product in sorted(file.products.items()):
        if is_wanted(product, instances, file.region):
            by_name[product.get("instanceType")].append(sku)
    for name, skus in sorted(by_name.items()):
        found = {sku: amount for sku in skus if (amount := amount_of(file.on_demand.get(sku, ())))}
        problems = {sku: _problem(amount) for sku, amount in found.items()}
        usable = [sku for sku, problem in problems.items() if problem is None]
        if len({found[sku].usd for sku in usable}) > 1:
            problems |= dict.fromkeys(usable, "two prices hold for this machine at once")
        elif usable:
            machine = _Machine(file, name, usable[0], retrieved_on)
            rows += machine.rows(found[usable[0]].usd)
        left += [
            _leftover(file, sku, found[sku], problem)
            for sku, problem in problems.items()
            if problem is not None
        ]
    return rows, left


def _problem(amount: Amount) -> str | None:
    if amount.problem is None and amount.unit.lower() not in _HOUR_WORDS:
        return f"its unit {amount.unit!r:.40} is no hour"
    return amount.problem


class _Machine:
    """Makes the rows of one machine, told by one SKU."""

    def __init__(self, file: OfferFile, name: str, sku: str, retrieved_on: date) -> None:
        self._file = file
        self._name = name
        self._sku = sku
        self._retrieved_on = retrieved_on
        self._words = _words(file.products[sku])

    def rows(self, usd_per_hour: Decimal) -> list[HourlyPrice]:
        """Return the price on demand and those of a standard reservation.

        A reservation's hour is all that is paid, spread over the term.
        """
        rows = [
            self._row(
                self._file.on_demand[self._sku][0],
                meter_id=self._sku,
                words=self._words,
                usd_per_hour=usd_per_hour,
            )
        ]
        for length, (kind, hours) in _HOURS.items():
            sold = _sold(self._file.reserved.get(self._sku, ()), length)
            way = next((way for way in _WAYS if way in sold), None)
            total = None if way is None else _paid(sold[way], hours)
            if way is not None and total is not None:
                term = sold[way]
                row = self._row(
                    term,
                    meter_id=f"{self._sku}.{term.offer_term_code}",
                    words=f"{self._words} {length} standard {way}",
                    usd_per_hour=plain((total / hours).quantize(_TEN_PLACES)),
                    term=kind,
                    term_total_usd=total,
                )
                rows.append(row)
        return rows

    def _row(self, told_by: Term, **fields: Any) -> HourlyPrice:
        start = told_by.effective_from
        return HourlyPrice(
            provider=PROVIDER,
            item="instance",
            name=self._name,
            unit="instance",
            regions=(self._file.region,),
            effective_from=start,
            first_seen_on=None if start else self._file.published_on or self._retrieved_on,
            source=f"AWS price list, {self._file.offer}",
            retrieved_on=self._retrieved_on,
            origin="feed",
            **fields,
        )


def _sold(terms: Iterable[Term], length: str) -> dict[str, Term]:
    """The standard reservations of a length, by the way to pay."""
    return {
        _attribute(term, "PurchaseOption"): term
        for term in terms
        if _attribute(term, "LeaseContractLength").replace(" ", "") == length
        and _attribute(term, "OfferingClass") == "standard"
    }


def _paid(term: Term, hours: Decimal) -> Decimal | None:
    """All that a reservation costs over its term; None where a part of it is no price."""
    total = Decimal(0)
    for rate in term.price_dimensions.values():
        amount = amount_of_rate(rate)
        unit = amount.unit.lower()
        if amount.problem is not None or unit not in (*_HOUR_WORDS, "quantity"):
            return None  # half of a sum is no sum
        total += amount.usd * (hours if unit in _HOUR_WORDS else 1)
    return plain(total) if total else None


def _leftover(file: OfferFile, sku: str, amount: Amount, reason: str) -> Leftover:
    return Leftover(
        provider=PROVIDER,
        words=_words(file.products[sku]),
        region=file.region,
        usd=amount.usd,
        unit=amount.unit,
        reason=reason,
        meter_id=sku,
    )


def _words(product: Product) -> str:
    """The meter's words without the region's billing code, so that regions can share a row."""
    usage = _BILLING.sub("", product.get("usagetype")) or product.get("instanceType")
    return f"{usage} {product.get('operation')}".strip()


def _attribute(term: Term, name: str) -> str:
    value = term.term_attributes.get(name)
    return value if isinstance(value, str) else ""


def _count(text: str) -> int:
    return int(text) if text.isdecimal() else 0
