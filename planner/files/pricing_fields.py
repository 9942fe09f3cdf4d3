"""From the text of a price table's cell or key to a value, strictly and never through float.

Every function raises ValueError with one line: what is wrong, and how to mend it.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from itertools import pairwise

import msgspec

from planner.core.prices import HourlyPrice, UsagePrice

_AMOUNT = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,15})?")
_SHOWN = 40

Value = str | Decimal | date | bool | int | tuple[str, ...]


def show(text: str) -> str:
    """A value as messages show it: quoted, inert in a terminal, and short."""
    return ascii(text if len(text) <= _SHOWN else text[:_SHOWN] + "...")


def to_money(text: str) -> Decimal:
    """An amount in US dollars, written out in digits: no sign, exponent or separator."""
    if _AMOUNT.fullmatch(text):
        return Decimal(text)
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"is {show(text)}, no amount; write digits such as 0.15") from None
    if not number.is_finite():
        raise ValueError(f"is {show(text)}; give a finite amount, or leave it out if unknown")
    if number.is_signed():
        raise ValueError(f"is {show(text)}; a price is 0 or more")
    raise ValueError(f"is {show(text)}; write it out in plain digits such as 0.001")


@lru_cache(maxsize=1024)
def to_date(text: str) -> date:
    """A day as YYYY-MM-DD."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"is {show(text)}, no date; write YYYY-MM-DD, such as 2026-06-03")


def to_flag(text: str) -> bool:
    """A boolean, as `true` or `false` and no other word."""
    if text not in ("true", "false"):
        raise ValueError(f"is {show(text)}; write true or false")
    return text == "true"


def to_count(text: str) -> int:
    """A whole number of 0 or more."""
    if not re.fullmatch(r"0|[1-9][0-9]{0,11}", text):
        raise ValueError(f"is {show(text)}; write a whole number such as 200000")
    return int(text)


@lru_cache(maxsize=4096)
def to_regions(text: str) -> tuple[str, ...]:
    """Regions as a table's cell holds them: `eastus|westus`, in any order."""
    return sort_regions(text.split("|"))


def sort_regions(names: Iterable[str]) -> tuple[str, ...]:
    """Regions in order; one that stands twice is refused."""
    regions = sorted(names)
    for name, following in pairwise(regions):
        if name == following:
            raise ValueError(f"hold {show(name)} twice; name each region once")
    return tuple(regions)


def to_currency(text: str) -> str:
    """The currency, which can only be USD."""
    if text != "USD":
        raise ValueError(f"is {show(text)}; only USD is understood, convert the amount")
    return text


_BY_TYPE: dict[str, Callable[[str], Value]] = {
    "usd": to_money,
    "percent": to_money,
    "usd_per_hour": to_money,
    "term_total_usd": to_money,
    "effective_from": to_date,
    "first_seen_on": to_date,
    "effective_to": to_date,
    "retrieved_on": to_date,
    "fine_tuned": to_flag,
    "context_over_tokens": to_count,
    "tokens_per_minute_limit": to_count,
    "regions": to_regions,
    "currency": to_currency,
}


def reader_of(field: str) -> Callable[[str], Value]:
    """What turns the text of a field into its value; text stays as it is."""
    return _BY_TYPE.get(field, str)


def fields_of(shape: type[UsagePrice | HourlyPrice]) -> tuple[frozenset[str], frozenset[str]]:
    """The names of a shape's fields: all of them, and those that every row needs."""
    fields = msgspec.structs.fields(shape)
    return (
        frozenset(field.name for field in fields),
        frozenset(field.name for field in fields if field.required),
    )


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """What to say of a column or key that no price has."""
    from difflib import get_close_matches  # noqa: PLC0415  (only a fault needs it)

    longer = [key for key in sorted(known) if key.startswith(f"{name}_")]  # growth_per_month
    close = longer or get_close_matches(name, sorted(known), n=1)
    mend = f"did you mean {close[0]}?" if close else "remove it"
    return f"unknown {kind} {show(name)}; {mend}"
