"""Every way to buy a model that the price tables tell of, and the way nearest to an unknown one."""

from collections.abc import Iterator
from datetime import date

import msgspec

from planner.core.price_quotes import Ask, Quote, rows_at
from planner.core.prices import PriceTable

FIRST_PARTY = frozenset({"anthropic", "openai"})
"""Sellers whose list prices are there to compare with: no snapshot looks at them."""


class PriceGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One way to buy a model: who sells it, in which regions, how, and its quote.

    Empty `regions`: the source names none.
    """

    provider: str
    model: str
    version: str | None
    deployment_type: str | None
    regions: tuple[str, ...]
    quote: Quote

    @property
    def is_batch(self) -> bool:
        """Whether it answers within a day, not at once."""
        return is_batch(self.deployment_type)


def is_batch(deployment_type: str | None) -> bool:
    """Whether a way is batch by its name: a price row has no other word for it, of any provider."""
    return "batch" in (deployment_type or "").casefold()


def ways(
    table: PriceTable,
    *,
    model: str,
    on: date,
    provider: str | None = None,
    term: str = "on_demand",
) -> list[PriceGroup]:
    """Every way to buy a model on a date, the regions of one quote together.

    A fee that names no model (a provisioned unit's) makes no way of its own.
    """
    found = [
        group for ask in _asks(table, model, on, provider, term) for group in _groups(table, ask)
    ]
    return sorted(
        found, key=lambda g: (g.provider, g.deployment_type or "", g.version or "", g.regions)
    )


def nearest(
    table: PriceTable,
    *,
    provider: str,
    region: str | None,
    model: str,
    version: str | None,
    deployment_type: str | None,
    on: date,
) -> PriceGroup | None:
    """The known price that comes closest to an unknown one; to be told as such, never used.

    The same deployment type in another region before another type in the same region.
    """

    def distance(group: PriceGroup) -> tuple[bool, bool, bool, str]:
        return (
            group.deployment_type != deployment_type,
            region not in group.regions,
            group.version != version,
            group.deployment_type or "",
        )

    known = [
        group
        for group in ways(table, model=model, on=on, provider=provider)
        if (group.quote.tier, group.quote.context_over_tokens) == ("default", 0)
        and not group.quote.fine_tuned
        and (
            group.deployment_type == deployment_type
            or (region in group.regions and "Provisioned" not in (deployment_type or ""))
        )
    ]
    return min(known, key=distance, default=None)


def _asks(table: PriceTable, model: str, on: date, provider: str | None, term: str) -> list[Ask]:
    """One question for each way to buy that the rows in force name."""
    asks: dict[Ask, None] = {}
    for row in table.usage_of(model) if term == "on_demand" else ():
        if provider in (None, row.provider) and row.holds(on):
            what = (row.provider, model, row.version, row.deployment_type, on)
            asks[Ask(*what, row.tier, row.context_over_tokens, row.fine_tuned, term)] = None
    bought = {(ask.provider, ask.deployment_type, ask.fine_tuned) for ask in asks}
    for fee in table.fees_of(model):
        same = (fee.provider, fee.deployment_type, fee.fine_tuned)
        wanted = provider in (None, fee.provider) and fee.term == term
        if wanted and fee.holds(on) and same not in bought:
            what = (fee.provider, model, fee.version, fee.deployment_type, on)
            asks[Ask(*what, "default", 0, fee.fine_tuned, term)] = None
    return list(asks)


def _groups(table: PriceTable, ask: Ask) -> Iterator[PriceGroup]:
    usage, fees = table.rows(ask)
    regions: set[str | None] = set()
    for row in (*usage, *fees):
        regions.update(row.regions or (None,))
    places: dict[Quote, list[str]] = {}
    for region in regions:
        here = rows_at(usage, region, table.read_on)
        hours = rows_at(fees, region, table.read_on)
        quote = table.to_quote(here, hours, region, ask.on)
        places.setdefault(quote, []).extend([] if region is None else [region])
    for quote, named in places.items():
        yield PriceGroup(
            provider=ask.provider,
            model=ask.model,
            version=ask.version,
            deployment_type=ask.deployment_type,
            regions=tuple(sorted(named)),
            quote=quote,
        )
