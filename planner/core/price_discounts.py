"""Discounts that a user has negotiated: a share off the list price on a scope."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar

import msgspec

from planner.core.price_rows import CHARGES, HourlyPrice, UsagePrice

Row = TypeVar("Row", UsagePrice, HourlyPrice)
_HUNDRED = Decimal(100)


class Discount(msgspec.Struct, frozen=True, kw_only=True):
    """`percent` off every list price in its scope; what is not named is all of it.

    `name` is an instance, `charge` a kind of use ("input"). It holds from `effective_from` up to,
    not including, `effective_to`.
    """

    provider: str
    percent: Decimal
    effective_from: date
    source: str
    effective_to: date | None = None
    model: str | None = None
    version: str | None = None
    deployment_type: str | None = None
    regions: tuple[str, ...] = ()
    charge: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        if not (self.percent.is_finite() and 0 < self.percent <= _HUNDRED):
            raise ValueError(f"percent is {self.percent}; give more than 0, at most 100")
        if self.charge is not None and self.charge not in CHARGES:
            raise ValueError(f"charge is {self.charge!r}; known are {', '.join(CHARGES)}")
        if self.model is not None and self.model != self.model.lower():
            raise ValueError(f"model is {self.model!r}; write it in lower case")
        if self.effective_to is not None and self.effective_to <= self.effective_from:
            raise ValueError(
                f"effective_to is {self.effective_to}, not after {self.effective_from};"
                " it is the first day without the discount"
            )

    def covers(self, row: UsagePrice | HourlyPrice, region: str | None, on: date) -> bool:
        """Whether it takes something off a price in a region on a date."""
        if row.provider != self.provider or on < self.effective_from:
            return False
        if self.effective_to is not None and on >= self.effective_to:
            return False
        if self.regions and region not in self.regions:
            return False
        scope = ("model", "version", "deployment_type", "charge", "name")
        return all(getattr(self, field) in (None, getattr(row, field, None)) for field in scope)


def discounted_by_region(row: Row, discounts: Sequence[Discount], on: date) -> list[Row]:
    """The row at the prices that a user pays: one row for the regions that pay the same."""
    if not any(discount.regions for discount in discounts) or not row.regions:
        return [discounted(row, discounts, None, on)]
    places: dict[Row, list[str]] = {}
    for region in row.regions:
        paid = discounted(row, discounts, region, on)
        places.setdefault(msgspec.structs.replace(paid, regions=()), []).append(region)
    return [msgspec.structs.replace(paid, regions=tuple(own)) for paid, own in places.items()]


def discounted(row: Row, discounts: Iterable[Discount], region: str | None, on: date) -> Row:
    """The row at the price that a user pays; the largest discount counts, and only one.

    An override is what is paid already.
    """
    if row.origin == "override":
        return row
    best = max(
        (d for d in discounts if d.covers(row, region, on)), key=lambda d: d.percent, default=None
    )
    if best is None:
        return row
    share = (_HUNDRED - best.percent) / _HUNDRED
    changed = {
        "origin": "override",
        "source": f"{best.percent.normalize():f}% off by {best.source}; list price: {row.source}",
    }
    if isinstance(row, UsagePrice):
        return msgspec.structs.replace(row, usd=row.usd * share, **changed)
    total = None if row.term_total_usd is None else row.term_total_usd * share
    return msgspec.structs.replace(
        row, usd_per_hour=row.usd_per_hour * share, term_total_usd=total, **changed
    )
