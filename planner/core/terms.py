"""What a unit costs by the hour, or where it is bought for a term."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import msgspec

from planner.core.price_quotes import Quote
from planner.core.price_rows import HourlyPrice
from planner.core.workload import HOURS_PER_MONTH

MONTHS = {"1_month": 1, "3_months": 3, "6_months": 6, "1_year": 12, "3_years": 36}
"""The terms that are a number of months."""


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit costs where it is bought for a term: `months` of it, None by the hour.

    `total_usd` is the whole sum of the term, where the provider names it. `ended_on` is the day
    from which the price no longer holds: then it is the last that is known, and not the price.
    """

    name: str
    months: int | None
    usd_per_hour: Decimal
    total_usd: Decimal | None = None
    ended_on: dt.date | None = None
    source: str
    retrieved_on: dt.date
    origin: str
    doubts: tuple[str, ...] = ()

    def paid(self, months: int) -> Fraction:
        """How many times some months are paid for: terms are paid whole, 18 months take 2 years."""
        if self.months is None:
            return Fraction(1)
        return Fraction(-(-months // self.months) * self.months, months)

    @property
    def usd_per_unit_hour(self) -> Fraction:
        """Exactly: the sum of the term spread over its months, else the price by the hour."""
        if self.total_usd is not None and self.months:
            return Fraction(self.total_usd) / (self.months * HOURS_PER_MONTH)
        return Fraction(self.usd_per_hour)


def term_of_quote(name: str, quote: Quote, ended_on: dt.date | None = None) -> Term:
    """The term that a quote with a price by the hour tells."""
    return Term(
        name=name,
        months=MONTHS.get(name),
        usd_per_hour=quote.usd_per_unit_hour or Decimal(),
        total_usd=quote.term_total_usd,
        ended_on=ended_on,
        source=quote.source,
        retrieved_on=quote.retrieved_on,
        origin=quote.origin,
        doubts=quote.doubts,
    )


def term_of_row(price: HourlyPrice) -> Term:
    """The term of a row of the price table."""
    return Term(
        name=price.term,
        months=MONTHS.get(price.term),
        usd_per_hour=price.usd_per_hour,
        total_usd=price.term_total_usd,
        source=price.source,
        retrieved_on=price.retrieved_on,
        origin=price.origin,
        doubts=(price.doubt,) if price.doubt else (),
    )
