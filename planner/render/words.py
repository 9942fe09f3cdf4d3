"""Facts in the words of a sentence: money, dates, ages, counts; unknown is said."""

import datetime as dt
from collections.abc import Iterable, Sequence

from planner.core.answers import PriceView
from planner.core.catalog import Source
from planner.render.money import UNKNOWN, money

__all__ = ["UNKNOWN", "age", "count", "money", "sources", "token_price"]


def token_price(price: PriceView | None) -> str:
    """Input and output price per million tokens, or the hourly one: 2.50 / 10.00."""
    if price is None:
        return UNKNOWN
    if price.input_usd_per_mtok is None and price.usd_per_unit_hour is not None:
        return f"{money(price.usd_per_unit_hour)} per {price.unit} and hour"
    if price.output_usd_per_mtok is None:
        return money(price.input_usd_per_mtok)
    return f"{money(price.input_usd_per_mtok)} / {money(price.output_usd_per_mtok)}"


def age(days: int) -> str:
    """How old something is: "today", "1 day old"; what was read later says so."""
    if days < 0:
        return "read later"
    return "today" if days == 0 else f"{days} day{'' if days == 1 else 's'} old"


def sources(used: Iterable[Source], on: dt.date, prices: Iterable[PriceView]) -> str:
    """One sentence that names what an answer rests on, with dates and ages."""
    looks: dict[tuple[str, str], list[Source]] = {}
    for look in used:
        looks.setdefault((look.provider, look.origin), []).append(look)
    told = [
        f"{provider} {' and '.join(str(s.snapshot) for s in own)} ({origin}, {_ages(own)})"
        for (provider, origin), own in looks.items()
    ]
    newest: dict[str, dt.date] = {}
    for price in prices:
        for source in price.source.split("; "):
            newest[source] = max(price.retrieved_on, newest.get(source, dt.date.min))
    tables = [f"{source}, {day} ({age((on - day).days)})" for source, day in newest.items()]
    if tables:
        told.append(f"prices: {', '.join(tables)}")
    return (
        f"Rests on {'; '.join(told)}." if told else "No snapshot and no price says anything of it."
    )


def _ages(looks: Sequence[Source]) -> str:
    *before, last = (look.age_days for look in looks)
    return " and ".join([*map(str, before), age(last)])


def count(number: int, noun: str) -> str:
    """Count in words: "1 region", "21 regions"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
