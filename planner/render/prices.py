"""`planner prices MODEL` for people: the ways to buy a model, regions of one price together."""

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from rich.table import Table

from planner.core.prices_answer import PriceEntry, PricesAnswer
from planner.render.columns import NOTHING, Column, table
from planner.render.listing import page
from planner.render.money import converted, currency, money
from planner.render.price_ways import (
    Names,
    Way,
    answers_at_once,
    bills_text,
    charges,
    is_hourly,
    kind_of,
    named,
    ways_of,
)
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import age, count

_FEW, _SOME = 2, 4
_NARROW, _WIDE = 60, 120


def prices_text(answer: PricesAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`.

    Then the ways that few ask for are folded into one line that counts them.
    """
    whole = every_row or screen.height is None
    known = [e for e in answer.prices if e.match is not None]
    every = ways_of(known)
    shown = every if whole else [w for w in every if not kind_of(w.first)] or every
    names = Names(shown)
    body: list[str] = []
    by_token = [w for w in shown if bills_text(w.first)]
    by_hour = [w for w in shown if is_hourly(w.first)]
    by_use = [w for w in shown if w not in by_token and w not in by_hour]
    if by_token:
        body += screen.lines([_tokens(by_token, names, screen, every_row=every_row)])
    if by_use:
        body += ["", *screen.lines([_uses(by_use, names, screen, every_row=every_row)])]
    if by_hour:
        body += ["", *screen.lines([_hours(by_hour, names, screen, every_row=every_row)])]
    folded = Counter(kind_of(w.first) for w in every if w not in shown)
    tail = []
    if folded:
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(folded.items()))
        tail.append(f"{count(folded.total(), 'more way')}: {told}: --all.")
    tail += [*_unknown(answer), *_doubts(known, 3 if whole else 1), price_sources(answer)]
    tail.append(f"In time: planner prices history {answer.model}.")
    return page(screen, headlines(answer), body[not by_token :], tail, whole=whole)


def headlines(answer: PricesAnswer) -> list[str]:
    """The cheapest way that answers at once, and what it costs for the typical request."""
    lines = [f"{note}." for note in answer.notes]
    best = next(
        (e for e in answer.prices if e.usd_per_request is not None and answers_at_once(e)), None
    )
    if best is None:
        return [*_first_use(answer), *lines]
    same = [
        e for e in answer.prices if e.usd_per_request == best.usd_per_request and answers_at_once(e)
    ]
    places = sorted({e.region for e in same if e.region and e.provider == best.provider})
    where = places[0] if len(places) == 1 else f"{len(places)} regions"
    share = f", {answer.cached_share:.0%} cached" if answer.cached_share else ""
    lines.insert(
        0,
        f"{answer.model} on {answer.on}: {named(best)} on {best.provider}"
        f"{f' ({where})' if places else ''} at {money(best.input_usd_per_mtok)} / "
        f"{money(best.output_usd_per_mtok)} {currency()} per million tokens in / out; a request of "
        f"{answer.input_tokens:,} in{share} and {answer.output_tokens:,} out costs "
        f"{_small(best.usd_per_request)} {currency()}.",
    )
    return lines


def _first_use(answer: PricesAnswer) -> Iterator[str]:
    """What the first way costs of a model that bills no text."""
    for entry in answer.prices:
        for what, usd in () if entry.match is None or is_hourly(entry) else charges(entry):
            where = f" ({entry.region})" if entry.region else ""
            yield (
                f"{answer.model} on {answer.on}: {named(entry)} on {entry.provider}{where} at "
                f"{usd} {currency()} {'' if ' per ' in what else 'per '}{what}."
            )
            return


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
        named = "" if str(day) in source else f", {day}"
        told.append(f"{plain(source)}{named} ({age((answer.on - day).days)})")
    matches = ", ".join(sorted({e.match.replace("_", " ") for e in answer.prices if e.match}))
    found = f"; found by {matches}"
    return f"Rests on {'; '.join(told)}{found}." if told else "No price table says anything of it."


def _tokens(ways: Sequence[Way], names: Names, screen: Screen, *, every_row: bool) -> Table:
    entries = [way.first for way in ways]
    columns: list[Column] = [
        (f"{currency()} per Mtok", [names.of(way) for way in ways], False),
        ("in", [_amount(e.input_usd_per_mtok) for e in entries], True),
    ]
    if screen.width >= _NARROW:
        columns.append(("cached", [_amount(e.cached_input_usd_per_mtok) for e in entries], True))
    writes = [_amount(e.cache_write_usd_per_mtok) for e in entries]
    if screen.width >= _WIDE and set(writes) != {NOTHING}:
        columns.append(("cache write", writes, True))
    columns.append(("out", [_amount(e.output_usd_per_mtok) for e in entries], True))
    if screen.width >= _NARROW:
        requests = [_small(e.usd_per_request) if e.usd_per_request else NOTHING for e in entries]
        columns.append(("request", requests, True))
        columns.append(_regions(ways, screen, every_row=every_row))
    return table(columns)


def _uses(ways: Sequence[Way], names: Names, screen: Screen, *, every_row: bool) -> Table:
    """What bills no text: images, minutes of audio, pages of speech; a charge a line."""
    lines = [(way, *told) for way in ways for told in charges(way.first)]
    columns: list[Column] = [
        ("Way", [names.of(way) for way, *_ in lines], False),
        ("for", [what for _, what, _ in lines], False),
        (currency(), [usd for *_, usd in lines], True),
    ]
    if screen.width >= _NARROW:
        columns.append(_regions([way for way, *_ in lines], screen, every_row=every_row))
    return table(columns)


def _hours(ways: Sequence[Way], names: Names, screen: Screen, *, every_row: bool) -> Table:
    entries = [way.first for way in ways]
    columns: list[Column] = [
        ("Way", [names.of(way) for way in ways], False),
        (f"{currency()}/h", [_amount(e.usd_per_unit_hour) for e in entries], True),
    ]
    if screen.width >= _NARROW:
        columns.append(("per", [plain(e.unit or "") for e in entries], False))
    if {e.term for e in entries} != {"on_demand"}:
        columns.append(("term", [(e.term or "").replace("_", " ") for e in entries], False))
    totals = [_amount(e.term_total_usd) for e in entries]
    if set(totals) != {NOTHING}:
        columns.append(("term's total", totals, True))
    if screen.width >= _NARROW:
        columns.append(_regions(ways, screen, every_row=every_row))
    return table(columns)


def _regions(ways: Sequence[Way], screen: Screen, *, every_row: bool) -> Column:
    return "Regions", [_where(way, screen, every_row=every_row) for way in ways], False


def _where(way: Way, screen: Screen, *, every_row: bool) -> str:
    if not way.regions:
        return "any" if way.first.region is None else ""
    if (
        every_row
        or len(way.regions) <= _FEW
        or (screen.width > _WIDE and len(way.regions) <= _SOME)
    ):
        return plain(" ".join(way.regions))
    return f"{way.regions[0]} +{len(way.regions) - 1}"


def _amount(usd: Decimal | None) -> str:
    return NOTHING if usd is None else money(usd)


def _small(usd: Decimal | None) -> str:
    """What one request costs: often far below a cent."""
    if usd is None:
        return "unknown"
    amount = converted(usd)
    return f"{amount:,.6f}".rstrip("0") if amount < 1 else f"{amount:,.4f}"


def _unknown(answer: PricesAnswer) -> Iterator[str]:
    """What is offered without a known price, with the nearest known one."""
    groups: dict[tuple[str, str], list[PriceEntry]] = defaultdict(list)
    longer: dict[tuple[str, int], dict[str, None]] = defaultdict(dict)
    for entry in answer.prices:
        if entry.match is None and entry.context_over_tokens:
            tier = "" if entry.tier == "default" else f" {entry.tier}"
            name = f"{entry.deployment_type or 'unnamed'}{tier}"
            longer[entry.provider, entry.context_over_tokens][name] = None
        elif entry.match is None:
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
    for (provider, over), names in longer.items():
        line = f"unknown over {over:,} tokens in: {provider} {', '.join(names)}"
        yield textwrap.shorten(plain(line), 300)


def _doubts(entries: Iterable[PriceEntry], most: int) -> Iterator[str]:
    told: dict[str, int] = {}
    for entry in entries:
        for doubt in entry.doubts:
            told[doubt] = told.get(doubt, 0) + 1
    for doubt, number in list(told.items())[:most]:
        yield plain(f"in doubt ({count(number, 'price')}): {doubt}.")
    if len(told) > most:
        yield f"{count(len(told) - most, 'more doubt')}: --json has all."
