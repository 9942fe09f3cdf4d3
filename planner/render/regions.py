"""`planner regions` for people: the best place first, then the map, then what it rests on."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from rich.text import Text

from planner.core.answers import RegionEntry, RegionsAnswer
from planner.core.offers import Availability, Scope
from planner.core.snapshots import Origin
from planner.render.money import UNKNOWN, currency
from planner.render.region_map import MARKS, USABLE, Geography, RegionMap
from planner.render.region_words import headlines
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import sources, token_price


def regions_text(
    answer: RegionsAnswer,
    geography: Geography,
    screen: Screen,
    home: str | None = None,
    every_row: bool = False,
) -> str:
    """The whole text; on a terminal it fits the height unless `every_row`."""
    maps = _maps(answer, geography, home, every_row=every_row)
    gap = [Text()] if maps else []
    head = screen.lines([*(Text(plain(line)) for line in headlines(answer, home)), *gap])
    middle, tail = _middle(answer, maps, RegionMap.lines, screen), _tail(answer, maps, home, screen)
    if screen.height is None or every_row:
        return "\n".join([*head, *middle, *tail]) + "\n"
    room = screen.height - len(head) - len(tail) - 1
    if len(middle) > room and home is None:
        middle = _middle(answer, maps, RegionMap.brief_lines, screen)
        tail = _tail(answer, maps, home, screen, brief=True)
        room = screen.height - len(head) - len(tail) - 1
    return "\n".join([*head, *_fit(middle, room), *tail]) + "\n"


def _tail(
    answer: RegionsAnswer,
    maps: Sequence[RegionMap],
    home: str | None,
    screen: Screen,
    *,
    brief: bool = False,
) -> list[str]:
    """Legend, what the answer rests on and the next step; shorter where it is `brief`."""
    legend: list[str] = []
    for place in maps:
        entry = place.entries[0]
        name = [f"{entry.model} on {entry.provider}:"] if len(maps) > 1 and not brief else []
        legend += [*name, *_legend(place, brief=brief)]
    prices = [e.price for place in maps for e in place.entries if e.price is not None]
    steps = " ".join([*(["Regions by name: --all."] if brief else []), *_next_steps(answer, home)])
    legend += [sources(answer.sources, answer.on, prices), *([steps] if steps else [])]
    return screen.lines(Text(plain(line)) for line in ["", *legend])


def _middle(
    answer: RegionsAnswer,
    maps: Sequence[RegionMap],
    draw: Callable[[RegionMap, Screen], list[str]],
    screen: Screen,
) -> list[str]:
    """The maps one below the other, each with its name where it could be mistaken."""
    middle: list[str] = []
    for place in maps:
        entry = place.entries[0]
        if len(maps) > 1 or entry.model != answer.model:
            middle.append(plain(f"{entry.model} on {entry.provider}"))
        middle += draw(place, screen)
    return middle


def _maps(
    answer: RegionsAnswer, geography: Geography, home: str | None, *, every_row: bool
) -> list[RegionMap]:
    """A map for each provider of the model, or of the living one that replaces it."""
    living = answer.replaced_by[-1] if answer.replaced_by else answer.model
    shown = [e for e in answer.regions if e.model == living] or answer.regions
    by_provider: dict[str, list[RegionEntry]] = defaultdict(list)
    for entry in shown:
        by_provider[entry.provider].append(entry)
    return [RegionMap(own, geography, home, every_row) for own in by_provider.values()]


def _legend(place: RegionMap, *, brief: bool) -> list[str]:
    letters = place.letters
    named = [f"{letter} {version or UNKNOWN}" for version, letter in letters.items()]
    others = {e.version for e in place.entries} - set(letters) if not letters else set()
    named += sorted((version or UNKNOWN for version in others), reverse=True)
    if len(named) > 1:
        versions = f"Versions: {', '.join(named)}."
    else:
        versions = f"Version {next(iter([*letters, *others]), None) or UNKNOWN}."
    used = {cell for _, _, cells in place.rows() for cell in cells}
    marks = ", ".join(f"{mark} {word}" for mark, word in MARKS.values() if mark in used)
    if brief:
        lines = [f"{versions} {_retirements(place)}"]
    else:
        lines = [f"{versions} {marks}." if marks else versions, _retirements(place)]
    if not brief and (prices := _prices(place)):
        lines.append(f"{currency()} per million tokens in / out: {'; '.join(prices)}.")
    return lines


def _retirements(place: RegionMap) -> str:
    """When the versions retire; a deployment type is named where it differs from its version."""
    by_version: dict[str | None, Counter[tuple[str, str]]] = defaultdict(Counter)
    for e in place.entries:
        if not e.fine_tuned:
            day = str(e.retires_on or UNKNOWN)
            by_version[e.version][day, e.deployment_type or UNKNOWN] += 1
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for version, days in sorted(by_version.items(), key=lambda item: item[0] or "", reverse=True):
        name = place.letters.get(version, version) or "all versions"
        usual = Counter(day for day, _ in days).most_common(1)[0][0]
        found["", usual].append(name)
        for day, kind in sorted(days):
            if day != usual:
                found[kind, day].append(name)
    several = len(by_version) > 1
    said = [
        f"{kind} {day}".strip() + (f" ({' '.join(names)})" if several else "")
        for (kind, day), names in sorted(found.items())
    ]
    return f"Retires: {'; '.join(said)}."


def _prices(place: RegionMap) -> list[str]:
    """Per deployment type the price of the newest version that has one, lowest to highest."""
    newest: dict[str, tuple[str | None, dict[str, None]]] = {}
    order = list(place.letters)
    usable = [e for e in place.entries if e.availability in USABLE and not e.fine_tuned]
    for e in sorted(usable, key=lambda e: order.index(e.version)):
        if e.price is not None:
            version, spans = newest.setdefault(e.deployment_type or UNKNOWN, (e.version, {}))
            if version == e.version:
                spans[token_price(e.price)] = None
    lines = []
    for name in place.types:
        version, spans = newest.get(name or UNKNOWN, (None, {}))
        if spans:
            ends = sorted(spans, key=_amounts)
            span = ends[0] if len(ends) == 1 else f"{ends[0]} to {ends[-1]}"
            of = f" ({place.letters[version]})" if version != order[0] else ""
            lines.append(f"{name} {span}{of}{_known_in(usable, name)}")
    return lines


def _known_in(entries: Sequence[RegionEntry], name: str | None) -> str:
    """Where the price of a type is known in some of its regions alone."""
    own = [e for e in entries if e.deployment_type == name]
    priced, every = {e.region for e in own if e.price is not None}, {e.region for e in own}
    return f" (known in {len(priced)} of {len(every)} regions)" if priced != every else ""


def _amounts(price: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d.,]*", price)]


def _next_steps(answer: RegionsAnswer, home: str | None) -> Iterable[str]:
    if home is not None and any(e.latency_ms is not None for e in answer.regions):
        yield (
            f"ms: round trip from {home}, p50 of 30 days to 2026-07-30 (Azure's own figures). "
            "* the round trip ends at the resource; a zone or global deployment may process "
            "elsewhere."
        )
    elif home is not None and any(e.scope is Scope.REGIONAL for e in answer.regions):
        yield f"No round trip from {home} is known; only those between Azure regions are carried."
    unknown = {e.provider for e in answer.regions if e.availability is Availability.UNKNOWN}
    unknown -= {s.provider for s in answer.sources if s.origin is Origin.ACCOUNT}
    if unknown:
        yield f"Your quota: planner collect {' '.join(sorted(unknown))}."


def _fit(rows: list[str], room: int | None) -> list[str]:
    """As many rows as there is room for, and how many more there are."""
    if room is None or len(rows) <= room:
        return rows
    room = max(room - 1, 4)
    return [*rows[:room], f"... {len(rows) - room} more lines: --all"]
