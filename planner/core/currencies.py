"""Exchange rates by date: prices are in US dollars, people read them in their own currency."""

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal

import msgspec


class ExchangeRate(msgspec.Struct, frozen=True, kw_only=True):
    """`per_usd` units of a currency (ISO 4217) bought one US dollar on a day."""

    currency: str
    per_usd: Decimal
    date: dt.date
    source: str
    retrieved_on: dt.date

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Z]{3}", self.currency):
            raise ValueError(f"currency is {self.currency!r}; give three capitals (ISO 4217)")
        if self.currency == "USD":
            raise ValueError("currency is USD, the unit of all prices; remove the entry")
        if not (self.per_usd.is_finite() and self.per_usd > 0):
            raise ValueError(f"per_usd is {self.per_usd}; give a rate above 0")


def rate_on(rates: Iterable[ExchangeRate], currency: str, on: dt.date) -> ExchangeRate | None:
    """The newest rate of a currency up to a date; None where none is known by then."""
    known = [rate for rate in rates if rate.currency == currency and rate.date <= on]
    return max(known, key=lambda rate: rate.date, default=None)
