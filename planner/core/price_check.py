"""What is odd about the price tables: bounds that hold everywhere, gaps, prices in dispute.

Two prices at once, bad units and bad amounts are no matter for here: such a table is not read.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import pairwise

from planner.core.price_quotes import Quote
from planner.core.price_ways import ways
from planner.core.prices import PriceTable, UsagePrice
from planner.core.prices_answer import Finding

_LONGEST_GAP_DAYS = 1


def check_prices(table: PriceTable, on: dt.date, staleness_days: int) -> tuple[Finding, ...]:
    """Everything odd, by provider and model; the tables are as of a date."""
    found = [*_bounds(table, on), *_gaps(table), *_disputes(table, on)]
    found += [*_stale(table, on, staleness_days), *_unknown(table)]
    return tuple(sorted(set(found), key=lambda f: (f.level, f.check, f.provider, f.message)))


def compare_with(
    table: PriceTable,
    on: dt.date,
    told: Callable[[str, str], tuple[Decimal | None, Decimal | None] | None],
    source: str,
) -> Iterator[Finding]:
    """Where another table disagrees on the price by the token of a way that answers at once.

    `told(provider, model)` gives its input and output price, None where it has none.
    """
    for (provider, model), quotes in _plain_quotes(table, on).items():
        other = told(provider, model)
        if other is None or None in other:
            continue
        mine = {(q.input_usd_per_mtok, q.output_usd_per_mtok) for q in quotes}
        # Another table has one price a model: it need only be that of one version or region.
        if other in mine or not mine:
            continue
        here = " or ".join(f"{_plain(i)} / {_plain(o)}" for i, o in sorted(mine, key=str)[:3])
        sources = "; ".join(sorted({q.source for q in quotes}))
        yield Finding(
            level="warning", check="disagreement", provider=provider, model=model,
            message=f"{here} here ({sources}), {_plain(other[0])} / {_plain(other[1])} in {source}",
        )  # fmt: skip


def _plain(amount: Decimal | None) -> str:
    return "unknown" if amount is None else f"{amount.normalize():f}"


def _plain_quotes(table: PriceTable, on: dt.date) -> dict[tuple[str, str], list[Quote]]:
    """The ways that answer at once, in the widest deployment type that a provider has."""
    found: dict[tuple[str, str], dict[str, list[Quote]]] = defaultdict(lambda: defaultdict(list))
    for model in sorted(table.models()):
        for group in ways(table, model=model, on=on):
            quote = group.quote
            plain = (quote.tier, quote.context_over_tokens, quote.fine_tuned)
            priced = None not in (quote.input_usd_per_mtok, quote.output_usd_per_mtok)
            if plain == ("default", 0, False) and priced:
                found[group.provider, model][group.deployment_type or ""].append(quote)
    widest = ("GlobalStandard", "global. inference profile", "standard", "on-demand", "Standard")
    return {
        key: next((types[name] for name in (*widest, "pay-per-token") if name in types), [])
        for key, types in found.items()
    }


def _bounds(table: PriceTable, on: dt.date) -> Iterator[Finding]:
    """Output costs no less than input, a cache read no more, batch about half."""
    for model in sorted(table.models()):
        for group in ways(table, model=model, on=on):
            quote = group.quote
            full, out = quote.input_usd_per_mtok, quote.output_usd_per_mtok
            cached = quote.cached_input_usd_per_mtok
            where = f"{group.deployment_type} {group.version or ''}".strip()
            odd = []
            if full is not None and out is not None and out and out < full:
                odd.append(f"output {out:f} is below input {full:f}")
            if full is not None and cached is not None and cached > full:
                odd.append(f"cached input {cached:f} is above input {full:f}")
            for words in odd:
                yield Finding(
                    level="warning", check="bounds", provider=group.provider, model=model,
                    message=f"{model} {where}: {words} ({quote.source})",
                )  # fmt: skip


def _gaps(table: PriceTable) -> Iterator[Finding]:
    """A price that ends, and begins again days later, has a gap in which it is unknown."""
    series: dict[tuple[object, ...], list[UsagePrice]] = defaultdict(list)
    for row in table.usage:
        for region in row.regions or ("",):
            series[(*row.identity, region)].append(row)
    told: dict[tuple[str, str, str, dt.date, dt.date], tuple[set[str], set[str]]]
    told = defaultdict(lambda: (set(), set()))
    for key, rows in series.items():
        rows.sort(key=lambda row: row.starts_on)
        for row, following in pairwise(rows):
            end = row.effective_to
            if end is not None and (following.starts_on - end).days > _LONGEST_GAP_DAYS:
                way = f"{row.model} {row.deployment_type or ''}"
                key_of = (row.provider, row.model, way, end, following.starts_on)
                charges, places = told[key_of]
                charges.add(row.charge)
                places |= {str(key[-1])} - {""}
    for (provider, model, way, end, start), (charges, places) in sorted(told.items()):
        where = f" in {len(places)} region{'s' * (len(places) > 1)}" if places else ""
        yield Finding(
            level="warning", check="gap", provider=provider, model=model,
            message=f"{way} {', '.join(sorted(charges))}: unknown from {end} to {start}{where}",
        )  # fmt: skip


def _disputes(table: PriceTable, on: dt.date) -> Iterator[Finding]:
    """Where two sources have two amounts for the same thing; the better source is used."""
    for model in sorted(table.models()):
        for group in ways(table, model=model, on=on):
            for doubt in group.quote.doubts:
                if " has " in doubt:
                    yield Finding(
                        level="warning", check="sources", provider=group.provider, model=model,
                        message=f"{model} {group.deployment_type}: {doubt}; used: "
                        f"{group.quote.source}",
                    )  # fmt: skip


def _unknown(table: PriceTable) -> Iterator[Finding]:
    """Where an override names a provider or model that nothing else in the tables does."""
    others = [row for row in table.usage if row.origin != "override"]
    providers, models = {row.provider for row in others}, {row.model for row in others}
    for row in table.usage:
        if row.origin != "override" or (row.provider in providers and row.model in models):
            continue
        is_model = row.provider in providers
        what = f"model {row.model}" if is_model else f"provider {row.provider}"
        yield Finding(
            level="warning", check="override", provider=row.provider, model=row.model,
            message=f"no other price is of the {what}; check the name",
        )  # fmt: skip


def _stale(table: PriceTable, on: dt.date, staleness_days: int) -> Iterator[Finding]:
    newest: dict[str, dt.date] = {}
    rows: Iterable[object] = (*table.usage, *table.hourly)
    for row in rows:
        day = table.read_on(row)  # type: ignore[arg-type]
        provider = row.provider  # type: ignore[attr-defined]
        newest[provider] = max(day, newest.get(provider, dt.date.min))
    for provider, day in sorted(newest.items()):
        days = (on - day).days
        if days > staleness_days:
            yield Finding(
                level="warning", check="age", provider=provider, model=None,
                message=f"newest figure read on {day}, {days} days ago",
            )  # fmt: skip
