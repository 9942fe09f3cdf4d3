"""What changed in the prices that are in force: of models and of units, by region."""

import datetime as dt
from collections.abc import Iterable, Iterator
from decimal import Decimal

import msgspec

from planner.core.findings import Finding, naming
from planner.core.price_rows import ORIGINS, HourlyPrice, UsagePrice
from planner.core.prices import PriceTable

Row = UsagePrice | HourlyPrice
# What a price is for, but for its source; and the region, None where the row names none.
_Key = tuple[object, ...]


class InForce(msgspec.Struct, frozen=True):
    """The rows that hold on a day, the best source of each thing in each region."""

    rows: dict[tuple[_Key, str | None], Row]


def in_force(table: PriceTable, provider: str, on: dt.date) -> InForce:
    """The prices of a provider's models and units on a day; machines are not among them."""
    groups: dict[tuple[_Key, str | None], list[Row]] = {}
    rows: Iterable[Row] = (*table.usage, *table.hourly)
    for row in rows:
        if row.provider == provider and row.holds(on) and _is_a_models(row):
            key = row.identity[:-1]
            for region in row.regions or (None,):
                groups.setdefault((key, region), []).append(row)
    return InForce({place: min(found, key=_weight) for place, found in groups.items()})


def price_findings(before: InForce, after: InForce) -> Iterator[Finding]:
    """Prices that went up or down, are known for the first time or are known no more.

    What a source tells that was read for the first time, without saying since when, is no news:
    the price may be as old as the model.
    """
    read = {row.source for row in before.rows.values()}
    for place in sorted(before.rows.keys() | after.rows.keys(), key=str):
        was, now = before.rows.get(place), after.rows.get(place)
        region = place[1]
        if was is not None and now is not None and was.amount != now.amount:
            check = "price_up" if now.amount > was.amount else "price_down"
            since = f" since {now.effective_from}" if now.effective_from else ""
            text = f"is {_told(now)} instead of {_money(was.amount)}{since}"
            other = f"by another source, {now.source}" if now.source != was.source else ""
            yield _finding(region, check, was, now, text=text, tail=other)
        elif was is None and now is not None:
            if now.effective_from is None and now.source not in read:
                continue
            text = f"is {_told(now)}, not known before"
            yield _finding(region, "price_new", was, now, text=text)
        elif was is not None and now is None:
            end = f", until {was.effective_to}" if was.effective_to else ""
            text = f"is not known any more, {_told(was)} before{end}"
            yield _finding(region, "price_gone", was, now, text=text)


def _weight(row: Row) -> int:
    return ORIGINS.index(row.origin)


def _finding(
    region: str | None, check: str, was: Row | None, now: Row | None, *, text: str, tail: str = ""
) -> Finding:
    row = now or was
    assert row is not None  # noqa: S101 - one of the two is given
    return Finding(
        check=check,
        provider=row.provider,
        region=region,
        models=(row.model,) if row.model else (),
        version=row.version,
        deployment_type=row.deployment_type,
        before=None if was is None else was.amount,
        after=None if now is None else now.amount,
        subject=naming(row.model or row.provider, row.version, row.deployment_type),
        text=f"{naming(*_what(row))} price {text}",
        tail=tail,
    )


def _told(row: Row) -> str:
    return f"{_money(row.amount)} USD per {_per(row)}"


def _is_a_models(row: Row) -> bool:
    return isinstance(row, UsagePrice) or row.item not in ("instance", "managed_compute")


def _what(row: Row) -> Iterator[str | None]:
    """What tells a price from the others of its model, in words."""
    if isinstance(row, UsagePrice):
        yield row.charge.replace("_", " ")
        yield row.tier if row.tier != "default" else None
        if row.context_over_tokens:
            yield f"over {row.context_over_tokens:,} tokens"
    else:
        yield row.name
        yield row.item.replace("_", " ")
        yield row.term.replace("_", " ") if row.term != "on_demand" else None
    yield "fine-tuned" if row.fine_tuned else None


def _per(row: Row) -> str:
    if isinstance(row, HourlyPrice):
        return f"{row.unit} and hour"
    return {"mtok": "million tokens", "mchar": "million characters"}.get(
        row.per, row.per.replace("_", " ")
    )


def _money(amount: Decimal) -> str:
    """An amount as exact as its source told it, without zeros that say nothing."""
    text = f"{amount.normalize():f}"
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents:0<2}"
