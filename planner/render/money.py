"""Amounts for reading, in the currency that was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal

from planner.core.currencies import ExchangeRate

UNKNOWN = "unknown"
_SHOWN: ContextVar[ExchangeRate | None] = ContextVar("currency", default=None)


@contextmanager
def shown_in(rate: ExchangeRate | None) -> Iterator[None]:
    """Show every amount of a text in another currency than US dollars."""
    token = _SHOWN.set(rate)
    try:
        yield
    finally:
        _SHOWN.reset(token)


def currency() -> str:
    """The currency of the amounts: USD unless another was asked for."""
    rate = _SHOWN.get()
    return "USD" if rate is None else rate.currency


def converted(usd: Decimal) -> Decimal:
    """An amount of US dollars in the currency that is shown, to four significant digits or more."""
    rate = _SHOWN.get()
    if rate is None:
        return usd
    amount = usd * rate.per_usd
    # What a rate of six digits cannot know is not shown.
    return round(amount, max(0, 4 - amount.adjusted())) if amount else amount


def money(usd: Decimal | None, digits: int = 2) -> str:
    """An amount for reading: two digits behind the point, more only where they would be lost."""
    if usd is None:
        return UNKNOWN
    amount = converted(usd)
    # 5.00001 reads 5.00, and 0.00001 keeps its four digits.
    shown = round(amount, 4) or amount
    exact = -int(shown.normalize().as_tuple().exponent) if shown else 0
    return f"{amount:,.{max(digits, min(exact, 4))}f}"
