"""`planner prices MODEL` for people: the ways to buy a model, regions of one price together."""

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec
from rich.table import Table
from rich.text import Text

from planner.core.prices_answer import PriceEntry, PricesAnswer
from planner.render.listing import page
from planner.render.money import currency, money
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import age, count

_FEW = 2
_CENT = Decimal("0.01")


class _Way(msgspec.Struct, frozen=True):
    """Entries that differ in their region and version alone."""

    first: PriceEntry
    regions: tuple[str, ...]
    versions: tuple[str, ...]


def prices_text(answer: PricesAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    whole = every_row or screen.height is None
    known = [e for e in answer.prices if e.match is not None]
    body: list[str] = []
    by_token = [w for w in _ways(known) if not _is_hourly(w.first)]
    by_hour = [w for w in _ways(known) if _is_hourly(w.first)]
    if by_token:
        body += screen.lines([_tokens(by_token, answer, screen, every_row=every_row)])
    if by_hour:
        body += ["", *screen.lines([_hours(by_hour, screen, every_row=every_row)])]
    tail = [*_unknown(answer), *_doubts(known), price_sources(answer)]
    tail.append(f"In time: planner prices history {answer.model}.")
    return page(screen, headlines(answer), body, tail, whole=whole)


def headlines(answer: PricesAnswer) -> list[str]:
    """The cheapest way that answers at once, and what it costs for the typical request."""
    lines = [f"{note}." for note in answer.notes]
    best = next((e for e in answer.prices if e.usd_per_request is not None and _at_once(e)), None)
    if best is None:
        return lines
    same = [e for e in answer.prices if e.usd_per_request == best.usd_per_request and _at_once(e)]
    places = sorted({e.region for e in same if e.region and e.provider == best.provider})
    where = places[0] if len(places) == 1 else f"{len(places)} regions"
    share = f", {answer.cached_share:.0%} cached" if answer.cached_share else ""
    lines.insert(
        0,
        f"{answer.model} on {answer.on}: {_named(best)} on {best.provider}"
        f"{f' ({where})' if places else ''} at {money(best.input_usd_per_mtok)} / "
        f"{money(best.output_usd_per_mtok)} {currency()} per million tokens in / out; a request of "
        f"{answer.input_tokens:,} in{share} and {answer.output_tokens:,} out costs "
        f"{_small(best.usd_per_request)} {currency()}.",
    )
    return lines


def price_sources(answer: PricesAnswer) -> str:
    """One sentence that names the price tables, with dates and ages."""
    newest: dict[str, list[PriceEntry]] = defaultdict(list)
    for entry in answer.prices:
        for source in (entry.source or "").split("; "):
            if source and entry.retrieved_on:
                newest[source].append(entry)
    told = []
    for source, entries in newest.items():
        day = max(e.retrieved_on for e in entries if e.retrieved_on)
        matches = ", ".join(sorted({e.match for e in entries if e.match}))
        told.append(f"{plain(source)}, {day} ({age((answer.on - day).days)}; found by {matches})")
    return f"Rests on {'; '.join(told)}." if told else "No price table says anything of it."


def _at_once(entry: PriceEntry) -> bool:
    return (
        "batch" not in (entry.deployment_type or "").casefold()
        and entry.tier == "default"
        and not entry.fine_tuned
    )


def _is_hourly(entry: PriceEntry) -> bool:
    return entry.input_usd_per_mtok is None and entry.usd_per_unit_hour is not None


def _ways(entries: Iterable[PriceEntry]) -> list[_Way]:
    """The entries by what they cost, in the order of the answer."""
    groups: dict[tuple[object, ...], list[PriceEntry]] = defaultdict(list)
    for entry in entries:
        key = (
            entry.provider, entry.deployment_type, entry.tier, entry.context_over_tokens,
            entry.fine_tuned, entry.term, entry.input_usd_per_mtok, entry.output_usd_per_mtok,
            entry.cached_input_usd_per_mtok, entry.usd_per_unit_hour, entry.usd_per_request,
            entry.term_total_usd, entry.other,
        )  # fmt: skip
        groups[key].append(entry)
    return [
        _Way(
            own[0],
            tuple(sorted({e.region for e in own if e.region})),
            tuple(sorted({e.version for e in own if e.version}, reverse=True)),
        )
        for own in groups.values()
    ]


def _tokens(
    ways: Sequence[_Way], answer: PricesAnswer, screen: Screen, *, every_row: bool
) -> Table:
    del answer
    table = _table("Way", f"{currency()}/Mtok in", "cached", "out", "request", "Regions")
    for way in ways:
        entry = way.first
        table.add_row(
            Text(_named(entry, way.versions, provider=True)),
            *(
                Text(_amount(usd))
                for usd in (
                    entry.input_usd_per_mtok,
                    entry.cached_input_usd_per_mtok,
                    entry.output_usd_per_mtok,
                )
            ),
            Text(_small(entry.usd_per_request) if entry.usd_per_request is not None else "-"),
            Text(_where(way, screen, every_row=every_row)),
        )
    return table


def _hours(ways: Sequence[_Way], screen: Screen, *, every_row: bool) -> Table:
    table = _table("Way", f"{currency()}/h", "per", "term", "term's total", "Regions")
    for way in ways:
        entry = way.first
        table.add_row(
            Text(_named(entry, way.versions, provider=True)),
            Text(_amount(entry.usd_per_unit_hour)),
            Text(plain(entry.unit or "")),
            Text((entry.term or "").replace("_", " ")),
            Text(_amount(entry.term_total_usd)),
            Text(_where(way, screen, every_row=every_row)),
        )
    return table


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    for number, head in enumerate(heads):
        words = number in (0, len(heads) - 1) or head in ("per", "term")
        table.add_column(Text(head), justify="left" if words else "right", overflow="fold")
    return table


def _named(entry: PriceEntry, versions: Sequence[str] = (), *, provider: bool = False) -> str:
    """A way in words: "azure GlobalStandard priority over 272,000 in, 2025-08-07"."""
    parts = [entry.provider if provider else "", entry.deployment_type or "unnamed"]
    parts += [entry.tier] if entry.tier != "default" else []
    parts += ["fine-tuned"] if entry.fine_tuned else []
    if entry.context_over_tokens:
        parts.append(f"over {entry.context_over_tokens:,} in")
    told = " ".join(filter(None, parts))
    if versions:
        more = f" +{len(versions) - 1}" if len(versions) > 1 else ""
        told += f", {versions[0]}{more}"
    return plain(told)


def _where(way: _Way, screen: Screen, *, every_row: bool) -> str:
    if not way.regions:
        return "any" if way.first.region is None else ""
    if every_row or len(way.regions) <= _FEW or (screen.width > 120 and len(way.regions) < 5):  # noqa: PLR2004
        return plain(" ".join(way.regions))
    return f"{way.regions[0]} +{len(way.regions) - 1}"


def _amount(usd: Decimal | None) -> str:
    return "-" if usd is None else money(usd)


def _small(usd: Decimal | None) -> str:
    """What one request costs: often far below a cent."""
    from planner.render.money import converted  # noqa: PLC0415

    if usd is None:
        return "unknown"
    amount = converted(usd)
    return f"{amount:,.6f}".rstrip("0") if amount < 1 else f"{amount:,.4f}"


def _unknown(answer: PricesAnswer) -> Iterator[str]:
    """What is offered without a known price, with the nearest known one."""
    groups: dict[tuple[str, str], list[PriceEntry]] = defaultdict(list)
    for entry in answer.prices:
        if entry.match is None:
            groups[entry.provider, entry.deployment_type or "unnamed"].append(entry)
    for (provider, name), own in groups.items():
        regions = {e.region for e in own}
        near = next((e.nearest for e in own if e.nearest), None)
        hint = ""
        if near is not None and near.input_usd_per_mtok is not None:
            place = f" in {near.region}" if near.region else ""
            hint = (
                f"; nearest known: {near.deployment_type}{place} "
                f"{money(near.input_usd_per_mtok)} / {money(near.output_usd_per_mtok)}"
            )
        line = f"unknown: {provider} {name} in {count(len(regions), 'region')}{hint}"
        yield textwrap.shorten(plain(line), 300)


def _doubts(entries: Iterable[PriceEntry]) -> Iterator[str]:
    told: dict[str, int] = {}
    for entry in entries:
        for doubt in entry.doubts:
            told[doubt] = told.get(doubt, 0) + 1
    for doubt, number in list(told.items())[:3]:
        yield plain(f"in doubt ({count(number, 'price')}): {doubt}.")
    if len(told) > 3:  # noqa: PLR2004
        yield f"{len(told) - 3} more doubts: --json has all."
