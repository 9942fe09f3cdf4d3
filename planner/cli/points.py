"""The two ends of a comparison: a date, a snapshot file or a folder, and what it says."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from planner.cli.options import Settings
from planner.cli.passing import PassedOver
from planner.core.change_prices import in_force
from planner.core.diff import Side
from planner.core.known import says_more
from planner.core.offers import RegionCapacity
from planner.core.prices import PriceTable
from planner.core.snapshots import Coverage, Snapshot
from planner.errors import BadFileError, UsageError
from planner.files.places import carried_folder, folders
from planner.files.pricing import read_pricing
from planner.files.snapshot_lines import unfold_coverage
from planner.files.snapshots import (
    Seen,
    list_snapshots,
    read_header,
    read_snapshot,
    snapshot_path,
)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """One end: where snapshots and prices lie, up to which day; or one file alone."""

    layers: Sequence[Path] = ()
    pricing: Sequence[Path] = ()
    on: dt.date | None = None
    file: Path | None = None

    def providers(self, *, carried: bool = False) -> set[str]:
        """The providers of the first folder that has snapshots; with `carried` those of all.

        Where a team has its own, what the carried ones differ in is no news to it.
        """
        if self.file is not None:
            return {read_header(self.file, loose=True).provider}
        named = [set(list_snapshots(layer)) for layer in self.layers]
        if carried:
            return set().union(*named)
        # A team whose own folder is still empty has no changes; by date it may ask for the carried.
        return named[0] if self.on is None else next(filter(None, named), set())

    def beside(self, other: "Point", provider: str) -> "Point":
        """The point among the folders that answer for a provider at another one.

        A team's first look at a provider is no change of what the carried snapshots say of it.
        """
        layer, _ = other.days(provider)
        if layer is None or layer not in self.layers:
            return self
        return msgspec.structs.replace(self, layers=[layer])

    def days(self, provider: str) -> tuple[Path | None, list[dt.date]]:
        """The folder that answers for a provider, and its days up to the point's, newest first."""
        for layer in self.layers:
            found = list_snapshots(layer).get(provider, [])
            days = [d for d in reversed(found) if self.on is None or d <= self.on]
            if days:
                return layer, days
        return None, []


def point(text: str | None, settings: Settings) -> Point:
    """What a user names as one end; None is the newest of everything.

    A folder is one of snapshots, or one that holds `snapshots` or `pricing`, such as a checkout.
    UsageError where it is none of these.
    """
    layers, pricing = folders("snapshots", settings.snapshots), folders("pricing", settings.pricing)
    if text is None:
        return Point(layers=layers, pricing=pricing)
    path = Path(text)
    if _DAY.fullmatch(text):
        try:
            return Point(layers=layers, pricing=pricing, on=dt.date.fromisoformat(text))
        except ValueError:
            raise UsageError(f"{text!r} is no date; write it as 2026-06-03") from None
    if path.is_file():
        return Point(pricing=pricing, file=path)
    if not path.is_dir():
        raise UsageError(
            f"{text!r} is neither a date such as 2026-06-03, nor a snapshot file, nor a folder"
        )
    inside, tables = path / "snapshots", path / "pricing"
    if tables.is_dir():
        pricing = [tables, carried_folder("pricing")]
    if tables.is_dir() and not inside.is_dir():
        return Point(layers=layers, pricing=pricing)
    if not inside.is_dir() and any(path.glob("*.jsonl")):
        raise UsageError(f"{text!r} holds one provider's files; give the folder above it")
    return Point(layers=[inside if inside.is_dir() else path], pricing=pricing)


class Sides:
    """Reads the sides of points; lines that snapshots share are read once.

    What stands behind a side's newest file is passed over where it cannot be read.
    """

    def __init__(self) -> None:
        self._seen: Seen = {}
        self._read: dict[Path, Snapshot] = {}
        self._tables: dict[tuple[str, ...], PriceTable] = {}
        self.passed_over = PassedOver()

    def of(self, end: Point, provider: str, day: dt.date | None = None) -> Side | None:
        """The side of a provider at a point, or at a day before it; None where there is none.

        BadFileError where a snapshot or a price table cannot be read.
        """
        if end.file is not None:
            snapshot = self._snapshot(end.file, loose=True)
            if snapshot.provider != provider:
                return None
            return self._side(end, provider, snapshot.date, [snapshot])
        layer, days = end.days(provider)
        days = [d for d in days if day is None or d <= day]
        if layer is None or not days:
            return None
        looks = [self._snapshot(snapshot_path(layer, provider, days[0]))]
        known: list[Coverage] = list(looks[0].coverage)
        earlier: list[Snapshot] = []
        for older in days[1:]:
            path = snapshot_path(layer, provider, older)
            try:
                coverage = unfold_coverage(read_header(path))
                if says_more(coverage, known):
                    looks.append(self._snapshot(path))
                    known += coverage
                elif older == days[1] and _has_nothing_left(looks[0].records):
                    earlier.append(self._snapshot(path))
            except BadFileError as error:
                if not self.passed_over.take(error):
                    raise
        on = day or end.on or days[0]
        return self._side(end, provider, on, looks, earlier)

    def before(self, end: Point, provider: str, days: Sequence[dt.date]) -> Side | None:
        """The side of the newest readable day before the first of some days.

        BadFileError where none of them can be read.
        """
        for day in days[1:]:
            try:
                return self.of(end, provider, day)
            except BadFileError as error:
                if day == days[-1] or not self.passed_over.take(error):
                    raise
        return None

    def _table(self, end: Point, provider: str) -> PriceTable:
        key = (provider, *map(str, end.pricing))
        if key not in self._tables:
            self._tables[key] = read_pricing(end.pricing, providers={provider}, instances=False)
        return self._tables[key]

    def priced_models(self) -> set[str]:
        """The canonical names of all models that the tables read so far have a price of."""
        return {model for table in self._tables.values() for model in table.models()}

    def _side(
        self,
        end: Point,
        provider: str,
        on: dt.date,
        looks: Sequence[Snapshot],
        earlier: Sequence[Snapshot] = (),
    ) -> Side:
        prices = in_force(self._table(end, provider), provider, on)
        return Side(on=on, snapshots=looks, before=earlier, prices=prices)

    def _snapshot(self, path: Path, *, loose: bool = False) -> Snapshot:
        if path not in self._read:
            self._read[path] = read_snapshot(path, seen=self._seen, loose=loose)
        return self._read[path]


def _has_nothing_left(records: Iterable[object]) -> bool:
    return any(isinstance(r, RegionCapacity) and r.available_units == 0 for r in records)
