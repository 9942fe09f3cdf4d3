"""A map of regions: a row for those of a geography that offer the same, a column per type."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from planner.core.answers import RegionEntry
from planner.core.offers import Availability, Billing, Scope
from planner.render.safe import plain
from planner.render.terminal import Screen

Geography = Callable[[str, str], tuple[str, str]]
"""(provider, region) -> (geography, display name)"""

USABLE = (Availability.AVAILABLE, Availability.UNKNOWN)
MARKS = {
    Availability.AVAILABLE: ("●", "available"),
    Availability.UNKNOWN: ("○", "offered, your quota unknown"),
    Availability.NO_QUOTA: ("0", "no quota"),
    Availability.NO_CAPACITY: ("!", "no capacity"),
    Availability.NOT_ENABLED: ("-", "not enabled"),
    Availability.CLOSED_TO_NEW: ("◌", "closed to new customers"),
    Availability.NOT_OFFERED: ("~", "no longer offered"),
    Availability.RETIRED: ("×", "retired"),
}
WIDE = 120
_DISPLAY_NAME = 50  # a region's own name and its display name fit
_SHORT = {"Standard": "Std", "Provisioned": "Prov", "Developer": "Dev", "DataZone": "Zone"}


class RegionMap(msgspec.Struct, frozen=True):
    """The entries of one model at one provider, and how to show them."""

    entries: Sequence[RegionEntry]
    geography: Geography
    home: str | None = None
    apart: bool = False

    @property
    def types(self) -> list[str | None]:
        """The deployment types, from those that stay in the region to the global ones."""
        first = {e.deployment_type: e for e in reversed(self.entries)}
        return sorted(first, key=lambda name: _column_order(first[name]))

    @property
    def letters(self) -> dict[str | None, str]:
        """A letter for each version that can be used, the newest first."""
        versions = {e.version for e in self.entries if e.availability in USABLE}
        order = sorted(versions, key=lambda v: v or "", reverse=True)
        return dict(zip(order, "abcdefghijklmnopqrstuvwxyz", strict=False))

    def lines(self, screen: Screen) -> list[str]:
        """The map as lines of text; a wide screen gives each region a line with its full name.

        A screen too narrow for the columns gets a list: each region with its types in words.
        """
        wide = screen.width >= WIDE
        room = screen.width - self._width_of_the_rest(wide=wide)
        if room < max(len(e.region) for e in self.entries):
            return screen.lines(Text(plain(line)) for line in self._listed())
        apart = wide or (self.apart and room >= _DISPLAY_NAME)
        table = self._table("Region", wide=wide)
        before = ""
        for place, names, cells in self.rows(apart=apart):
            shown = [" ".join(names)] if apart else _lines_of(names, room)
            for line in shown:
                first = [Text(plain(place) if place != before else "")]
                table.add_row(
                    *first[: self._named(wide=wide)], Text(plain(line)), *map(Text, cells)
                )
                before = place
        return screen.lines([table])

    def _width_of_the_rest(self, *, wide: bool) -> int:
        """The width of every column but the regions', each with a blank behind it."""
        places = {self.geography(e.provider, e.region)[0] for e in self.entries}
        widths = [max(len("Geography"), *map(len, places))][: self._named(wide=wide)]
        widths += [len("here")] if self.home else []
        cells = [row[2][-len(self.types) :] for row in self.rows()]
        for number, name in enumerate(self.types):
            words = heading(name, wide=wide).split("\n")
            widths.append(max(map(len, [*words, *(cell[number] for cell in cells)])))
        return sum(widths) + len(widths) + 1

    def _named(self, *, wide: bool) -> int:
        """How many columns name the geography: none beside round trips on a narrow screen."""
        return 1 if wide or self.home is None else 0

    def _listed(self) -> Iterator[str]:
        for _, names, cells in self.rows(apart=False):
            types = cells[-len(self.types) :]
            offers = [
                f"{name or 'type unknown'} {cell}"
                for name, cell in zip(self.types, types, strict=True)
                if cell
            ]
            yield f"{' '.join(names)}: {', '.join(offers)}"

    def brief_lines(self, screen: Screen) -> list[str]:
        """A row a geography for a low screen: how many regions have a type that can be used."""
        table = self._table("Regions", wide=screen.width >= WIDE)
        by_place: dict[str, list[RegionEntry]] = defaultdict(list)
        for entry in self.entries:
            by_place[self.geography(entry.provider, entry.region)[0]].append(entry)
        for place, own in sorted(by_place.items()):
            cells = []
            for name in self.types:
                good = [e for e in own if e.deployment_type == name and e.availability in USABLE]
                number = len({e.region for e in good})
                cells.append(str(number) if number else self._cell(own, name))
            regions = str(len({e.region for e in own}))
            table.add_row(Text(plain(place)), Text(regions), *map(Text, cells))
        return screen.lines([table])

    def _table(self, region: str, *, wide: bool) -> Table:
        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
        if self._named(wide=wide):
            table.add_column(Text("\nGeography"), style="dim", no_wrap=True)
        table.add_column(Text(f"\n{region}"), overflow="fold", ratio=1)
        if self.home is not None:
            table.add_column(Text("\nms"), justify="right")
        for name in self.types:
            table.add_column(Text(heading(name, wide=wide)), justify="center", no_wrap=True)
        return table

    def rows(self, *, apart: bool = False) -> Iterator[tuple[str, list[str], tuple[str, ...]]]:
        """(geography, regions, cells), the nearest first where there is a home, else by name.

        `apart`: one row a region with its display name. Without, the regions of a geography
        that have the same cells share a row.
        """
        by_region: dict[str, list[RegionEntry]] = defaultdict(list)
        for entry in self.entries:
            by_region[entry.region].append(entry)
        merged: dict[tuple[str, tuple[str, ...], str], list[str]] = defaultdict(list)
        for region in self._order(by_region):
            own = by_region[region]
            geography, display = self.geography(own[0].provider, region)
            cells = tuple(self._cell(own, name) for name in self.types)
            if self.home is not None:
                cells = (self._latency(own), *cells)
            alone = region if apart or self.home is not None else ""
            label = f"{region}  {display}" if apart else region
            merged[geography, cells, alone].append(label)
        for (geography, cells, _), labels in merged.items():
            yield geography, labels, cells

    def _order(self, by_region: dict[str, list[RegionEntry]]) -> list[str]:
        place = {r: self.geography(own[0].provider, r)[0] for r, own in by_region.items()}
        if self.home is None:
            return sorted(by_region, key=lambda r: (place[r], r))
        rank = {r: min(e.rank or 0 for e in own) for r, own in by_region.items()}
        best: dict[str, int] = {}
        for region, number in rank.items():
            best[place[region]] = min(number, best.get(place[region], number))
        return sorted(by_region, key=lambda r: (best[place[r]], rank[r], r))

    def _cell(self, own: Iterable[RegionEntry], name: str | None) -> str:
        here = [e for e in own if e.deployment_type == name]
        if not here:
            return ""
        letters = self.letters
        good = {letters[e.version] for e in here if e.availability in USABLE}
        if good and len(letters) > 1:
            return "".join(sorted(good))
        best = min(here, key=lambda e: list(MARKS).index(e.availability))
        return MARKS[best.availability][0]

    def _latency(self, own: Sequence[RegionEntry]) -> str:
        if own[0].region == self.home:
            return "here"
        known = [e.latency_ms for e in own if e.latency_ms is not None]
        if known:
            return str(min(known))
        return "?" if any(e.scope is Scope.REGIONAL for e in own) else "*"


def _lines_of(names: Sequence[str], width: int) -> list[str]:
    """Names over as many lines as they need, so that each line can carry the marks."""
    lines: list[str] = []
    for name in names:
        if lines and len(lines[-1]) + 1 + len(name) <= width:
            lines[-1] += f" {name}"
        else:
            lines.append(name)
    return lines


def heading(name: str | None, *, wide: bool) -> str:
    r"""A deployment type's name over two lines, "Global\nStandard"; short where it is narrow."""
    if name is None:
        return "type\nunknown"
    words = re.findall(r"[A-Z][a-z]+|[a-z.]+|[A-Z]+|\d+", name)
    words = [w for w in words if w not in {"Managed", "inference"}] or [name]
    if words[:2] == ["Data", "Zone"]:
        words[:2] = ["DataZone"]
    if not wide:
        words = [_SHORT.get(word, word) for word in words]
    first, rest = (words[0], words[1:]) if len(words) > 1 else ("", words)
    return plain(first) + "\n" + plain(" ".join(rest))


def _column_order(entry: RegionEntry) -> tuple[int, int, str]:
    scopes = [Scope.REGIONAL, Scope.GEOGRAPHIC, Scope.GLOBAL, None]
    billings = [Billing.ON_DEMAND, Billing.PROVISIONED, Billing.BATCH]
    billing = billings.index(entry.billing) if entry.billing in billings else len(billings)
    return scopes.index(entry.scope), billing, entry.deployment_type or ""
