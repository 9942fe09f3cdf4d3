"""What is paid by the hour: machines, managed machines, provisioned units, hosting; on a date."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from planner.core.answers import Answer
from planner.core.price_discounts import discounted_by_region
from planner.core.prices import HourlyPrice, PriceTable


class HourEntry(Answer, frozen=True):
    """One hourly price, the regions of one amount together (none: the source names none).

    `name` is a machine's; a commitment's `term_total_usd` is the whole sum of its term.
    """

    provider: str
    item: str
    name: str | None
    model: str | None
    version: str | None
    deployment_type: str | None
    fine_tuned: bool
    term: str
    usd_per_hour: Decimal
    unit: str
    term_total_usd: Decimal | None
    regions: tuple[str, ...]
    effective_from: dt.date | None
    first_seen_on: dt.date | None
    effective_to: dt.date | None
    source: str
    retrieved_on: dt.date
    origin: str
    doubt: str | None


class HoursAnswer(Answer, frozen=True):
    """`planner prices hours`; `notes` say why nothing is left, where nothing is."""

    on: dt.date
    hours: tuple[HourEntry, ...]
    notes: tuple[str, ...]


def hourly_prices(
    table: PriceTable,
    on: dt.date,
    *,
    words: str | None = None,
    providers: Sequence[str] = (),
    regions: Sequence[str] = (),
    items: Sequence[str] = (),
    terms: Sequence[str] = (),
) -> tuple[HourEntry, ...]:
    """The hourly prices in force, narrowed by what is given, cheapest first within a name.

    `words` is a part of a machine's name, a model or a deployment type, in any case.
    """
    found = [
        _entry(table, row, paid)
        for row in table.hourly
        if row.holds(on)
        and (not providers or row.provider in providers)
        and (not items or row.item in items)
        and (not terms or row.term in terms)
        and (not regions or not row.regions or set(regions) & set(row.regions))
        and (words is None or _mentions(row, words))
        for paid in discounted_by_region(row, table.discounts, on)
        if not regions or not paid.regions or set(regions) & set(paid.regions)
    ]
    return tuple(
        sorted(
            found,
            key=lambda e: (e.item, e.provider, e.name or e.model or e.deployment_type or "",
                           e.term, e.usd_per_hour, e.regions, e.source),
        )
    )  # fmt: skip


def _mentions(row: HourlyPrice, words: str) -> bool:
    texts = (row.name, row.model, row.deployment_type)
    return any(words.casefold() in text.casefold() for text in texts if text)


def _entry(table: PriceTable, row: HourlyPrice, paid: HourlyPrice) -> HourEntry:
    seen = table.read_on(row)
    return HourEntry(
        provider=row.provider,
        item=row.item,
        name=row.name,
        model=row.model,
        version=row.version,
        deployment_type=row.deployment_type,
        fine_tuned=row.fine_tuned,
        term=row.term,
        usd_per_hour=paid.usd_per_hour,
        unit=row.unit,
        term_total_usd=paid.term_total_usd,
        regions=paid.regions,
        effective_from=row.effective_from,
        first_seen_on=row.first_seen_on,
        effective_to=row.effective_to,
        source=paid.source,
        retrieved_on=seen,
        origin=paid.origin,
        doubt=row.doubt,
    )
