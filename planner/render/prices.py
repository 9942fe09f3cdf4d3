"""`planner prices MODEL` for people: the ways to buy a model, regions of one price together."""

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

import msgspec
from rich.table import Table

from planner.core.prices_answer import PriceEntry, PricesAnswer
from planner.render.columns import NOTHING, Column, table
from planner.render.listing import page
from planner.render.money import converted, currency, money
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import age, count

_FEW, _SOME = 2, 4
_NARROW, _WIDE = 60, 120
_BATCH, _FINE_TUNED, _TIERS, _LENGTHS, _OTHERS = (
    "batch", "fine-tuned", "request tiers", "prompt lengths", "other charges",
)  # fmt: skip


class _Way(msgspec.Struct, frozen=True):
    """Entries that differ in their region and version alone."""

    first: PriceEntry
    regions: tuple[str, ...]
    versions: tuple[str, ...]


def prices_text(answer: PricesAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`.

    Then the ways that few ask for are folded into one line that counts them.
    """
    whole = every_row or screen.height is None
    known = [e for e in answer.prices if e.match is not None]
    ways = _ways(known)
    shown = ways if whole else [w for w in ways if not _kind(w.first)] or ways
    names = _Names(shown)
    body: list[str] = []
    by_token = [w for w in shown if _bills_text(w.first)]
    by_hour = [w for w in shown if _is_hourly(w.first)]
    by_use = [w for w in shown if w not in by_token and w not in by_hour]
    if by_token:
        body += screen.lines([_tokens(by_token, names, screen, every_row=every_row)])
    if by_use:
        body += ["", *screen.lines([_uses(by_use, names, screen, every_row=every_row)])]
    if by_hour:
        body += ["", *screen.lines([_hours(by_hour, names, screen, every_row=every_row)])]
    folded = Counter(_kind(w.first) for w in ways if w not in shown)
    tail = []
    if folded:
        told = ", ".join(f"{number} {kind}" for kind, number in sorted(folded.items()))
        tail.append(f"{count(folded.total(), 'more way')}: {told}: --all.")
    tail += [*_unknown(answer), *_doubts(known, 3 if whole else 1), price_sources(answer)]
    tail.append(f"In time: planner prices history {answer.model}.")
    return page(screen, headlines(answer), body[not by_token :], tail, whole=whole)


def _kind(entry: PriceEntry) -> str:
    """Why a way is folded away on a screen that has little room; "" where it is shown."""
    if _is_hourly(entry):
        return ""
    checks = {
        _FINE_TUNED: entry.fine_tuned,
        _BATCH: "batch" in (entry.deployment_type or "").casefold(),
        _TIERS: entry.tier != "default",
        _OTHERS: entry.deployment_type is None,
        _LENGTHS: entry.input_usd_per_mtok is not None and entry.usd_per_request is None,
    }
    return next((kind for kind, holds in checks.items() if holds), "")


def headlines(answer: PricesAnswer) -> list[str]:
    """The cheapest way that answers at once, and what it costs for the typical request."""
    lines = [f"{note}." for note in answer.notes]
    best = next((e for e in answer.prices if e.usd_per_request is not None and _at_once(e)), None)
    if best is None:
        return [*_first_use(answer), *lines]
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


def _first_use(answer: PricesAnswer) -> Iterator[str]:
    """What the first way costs of a model that bills no text."""
    for entry in answer.prices:
        for what, usd in () if entry.match is None or _is_hourly(entry) else _charges(entry):
            where = f" ({entry.region})" if entry.region else ""
            yield (
                f"{answer.model} on {answer.on}: {_named(entry)} on {entry.provider}{where} at "
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


def _at_once(entry: PriceEntry) -> bool:
    return (
        "batch" not in (entry.deployment_type or "").casefold()
        and entry.tier == "default"
        and not entry.fine_tuned
    )


def _is_hourly(entry: PriceEntry) -> bool:
    return not _bills_text(entry) and entry.usd_per_unit_hour is not None


def _bills_text(entry: PriceEntry) -> bool:
    return entry.input_usd_per_mtok is not None or entry.output_usd_per_mtok is not None


def _ways(entries: Iterable[PriceEntry]) -> list[_Way]:
    """The entries by what they cost, in the order of the answer."""
    groups: dict[tuple[object, ...], list[PriceEntry]] = defaultdict(list)
    for entry in entries:
        key = (
            entry.provider, entry.deployment_type, entry.tier, entry.context_over_tokens,
            entry.fine_tuned, entry.term, entry.input_usd_per_mtok, entry.output_usd_per_mtok,
            entry.cached_input_usd_per_mtok, entry.usd_per_unit_hour, entry.usd_per_request,
            entry.term_total_usd, None if _bills_text(entry) else entry.other,
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


class _Names:
    """How ways are called beside each other: what all of them share is left out."""

    def __init__(self, ways: Sequence[_Way]) -> None:
        self._providers = len({way.first.provider for way in ways}) > 1
        self._versions = len({way.versions for way in ways if way.versions}) > 1

    def of(self, way: _Way) -> str:
        """The name of a way: "azure GlobalStandard priority, 2025-08-07"."""
        versions = way.versions if self._versions else ()
        return _named(way.first, versions, provider=self._providers)


def _tokens(ways: Sequence[_Way], names: _Names, screen: Screen, *, every_row: bool) -> Table:
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


def _uses(ways: Sequence[_Way], names: _Names, screen: Screen, *, every_row: bool) -> Table:
    """What bills no text: images, minutes of audio, pages of speech; a charge a line."""
    lines = [(way, *told) for way in ways for told in _charges(way.first)]
    columns: list[Column] = [
        ("Way", [names.of(way) for way, *_ in lines], False),
        ("for", [what for _, what, _ in lines], False),
        (currency(), [usd for *_, usd in lines], True),
    ]
    if screen.width >= _NARROW:
        columns.append(_regions([way for way, *_ in lines], screen, every_row=every_row))
    return table(columns)


def _charges(entry: PriceEntry) -> Iterator[tuple[str, str]]:
    """The charges of an entry without text: what they are for, and the amount."""
    for field in entry.__struct_fields__:
        usd = getattr(entry, field)
        charge, found, per = field.partition("_usd_per_")
        if found and charge and usd is not None:
            yield _per(charge, per), money(usd)
    for other in entry.other:
        yield _per(other.charge, other.per), money(other.usd)


def _per(charge: str, per: str) -> str:
    return (charge if charge == per else f"{charge} per {per}").replace("_", " ")


def _hours(ways: Sequence[_Way], names: _Names, screen: Screen, *, every_row: bool) -> Table:
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


def _regions(ways: Sequence[_Way], screen: Screen, *, every_row: bool) -> Column:
    return "Regions", [_where(way, screen, every_row=every_row) for way in ways], False


def _named(entry: PriceEntry, versions: Sequence[str] = (), *, provider: bool = False) -> str:
    """A way in words: "azure GlobalStandard priority over 272,000 in, 2025-08-07"."""
    parts = [entry.provider if provider else "", entry.deployment_type or "no deployment type"]
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


def _doubts(entries: Iterable[PriceEntry], most: int) -> Iterator[str]:
    told: dict[str, int] = {}
    for entry in entries:
        for doubt in entry.doubts:
            told[doubt] = told.get(doubt, 0) + 1
    for doubt, number in list(told.items())[:most]:
        yield plain(f"in doubt ({count(number, 'price')}): {doubt}.")
    if len(told) > most:
        yield f"{count(len(told) - most, 'more doubt')}: --json has all."
