"""What the commands read: the catalog of a date; a file that cannot be read is said, not hidden."""

import contextlib
import datetime as dt
import functools
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path

import click

from planner.cli.options import Settings
from planner.cli.passing import PassedOver
from planner.core.catalog import Catalog
from planner.core.known import says_more
from planner.core.names import ModelNames
from planner.core.placement import follow_replacements
from planner.core.snapshots import Coverage, Snapshot
from planner.errors import BadFileError, NoDataError, UnknownNameError
from planner.files.hardware import architectures
from planner.files.places import carried_folder, own_folder
from planner.files.quota_uses import Pools
from planner.files.snapshot_lines import unfold_coverage
from planner.files.snapshots import (
    Seen,
    list_snapshots,
    read_header,
    read_snapshot,
    snapshot_path,
)
from planner.render.safe import plain


class Reading:
    """One command's view of the disk.

    A provider whose newest snapshot cannot be read is left out and kept in `unreadable`, an older
    file is passed over; either is named on stderr and the command exits 3 (`in_part`), the other
    providers and days still answer. `canonical` gives the
    one name that all providers share to a model's spelling, each worked out once.
    """

    def __init__(self, settings: Settings, on: dt.date, names: ModelNames) -> None:
        self._settings = settings
        self._on = on
        self._names = names
        self.canonical = functools.cache(names.canonical)
        own = own_folder("snapshots", settings.snapshots)
        self._layers = [p for p in (own, carried_folder("snapshots")) if p is not None]
        self._pools = Pools(own, on)
        self.unreadable: dict[str, BadFileError] = {}
        self._passed_over = PassedOver()

    @property
    def in_part(self) -> bool:
        """Whether some file could not be read."""
        return bool(self.unreadable or self._passed_over.faults)

    def catalog(self, models: Collection[str] | None = None) -> Catalog:
        """The catalog of the date, of some models (canonical names) or of all.

        NoDataError where every snapshot is of a later date.
        """
        only = None if models is None else self._matcher(models)
        layers = [self._read_layer(folder, only) for folder in self._layers]
        own, carried = layers if len(layers) == len(("own", "carried")) else ([], layers[0])
        kept = [[s for s in layer if s.provider not in self.unreadable] for layer in (own, carried)]
        if not any(kept) and self.unreadable:
            raise next(iter(self.unreadable.values()))
        if not any(kept):
            raise too_early(self._layers, self._on)
        return Catalog(kept[0], kept[1], self._on, self.canonical, self._pools)

    def find_model(self, spelling: str) -> tuple[Catalog, str]:
        """The catalog of a model as a user spells it, and its canonical name.

        UnknownNameError with close matches where no snapshot up to the date knows it.
        """
        catalog = self.catalog({self.canonical(spelling)})
        name = self._names.find(spelling, catalog.models())
        if name is not None:
            return self.with_replacements(catalog, name), name
        everything = self.catalog()
        return everything, self.model_in(everything, spelling)

    def model_in(self, catalog: Catalog, spelling: str) -> str:
        """The canonical name of a model of the catalog; UnknownNameError with close matches."""
        known = catalog.models()
        name = self._names.find(spelling, known)
        if name is not None:
            return name
        close = self._names.close(spelling, known)
        hint = f"did you mean {' or '.join(close)}?" if close else "see planner models"
        open_model = self._names.find(spelling, {a.model for a in architectures()})
        if open_model is not None:
            hint = f"planner breakeven {open_model} compares hosting it yourself"
        with self.blaming_files():
            raise UnknownNameError(
                f"no snapshot up to {self._on} knows the model {spelling!r}; {hint}"
            )

    @contextlib.contextmanager
    def blaming_files(self) -> Iterator[None]:
        """Tell of a file that could not be read rather than of a name that it might hold."""
        try:
            yield
        except UnknownNameError:
            if self.unreadable:
                raise next(iter(self.unreadable.values())) from None
            raise

    def with_replacements(self, catalog: Catalog, name: str) -> Catalog:
        """The catalog, widened by the models that replace a retired one."""
        wanted = {name}
        while not wanted >= (chain := set(follow_replacements(catalog, name)[0])):
            wanted |= chain
            catalog = self.catalog(wanted)
        return catalog

    def note_unreadable(self) -> None:
        """Name each file that could not be read, one line each on stderr."""
        for provider, error in self.unreadable.items():
            click.echo(f"planner: {plain(provider)} left out: {plain(error)}", err=True)
        self._passed_over.note(but=map(str, self.unreadable.values()))

    def _matcher(self, models: Collection[str]) -> Callable[[str], bool]:
        wanted, canonical = set(models), self.canonical
        return lambda spelling: canonical(spelling) in wanted

    def _read_layer(self, folder: Path, only: Callable[[str], bool] | None) -> list[Snapshot]:
        found: list[Snapshot] = []
        for provider, days in list_snapshots(folder).items():
            paths = [snapshot_path(folder, provider, d) for d in reversed(days) if d <= self._on]
            try:
                found += newest_first(paths, only, self._passed_over)
            except BadFileError as error:
                self.unreadable.setdefault(provider, error)
        return found


def newest_first(
    paths: Iterable[Path],
    only: Callable[[str], bool] | None,
    passed_over: PassedOver | None = None,
) -> Iterator[Snapshot]:
    """The snapshots of a provider, of the older ones what no newer one says in the same words.

    So that a year of days, most of them alike, is read as fast as a few. BadFileError where the
    newest cannot be read; older ones that cannot are passed over.
    """
    seen: Seen = {}
    known: list[Coverage] = []
    for number, path in enumerate(paths):
        before = len(seen)
        try:
            coverage = unfold_coverage(read_header(path))
            adds = says_more(coverage, known)
            snapshot = read_snapshot(path, only, seen=seen, once=True, quotas=adds)
        except BadFileError as error:
            if number == 0 or passed_over is None or not passed_over.take(error):
                raise
            # Its lines count as not seen: an older file may hold them, too.
            while len(seen) > before:
                seen.popitem()
            continue
        known += coverage if adds else ()
        yield snapshot


def too_early(folders: Iterable[Path], on: dt.date) -> NoDataError:
    """That no snapshot of some folders is old enough, and of which day the first one is."""
    days = [d for f in folders for days in list_snapshots(f).values() for d in days]
    if not days:
        return NoDataError("there is no snapshot at all; run planner collect")
    return NoDataError(f"there is no snapshot on or before {on}; the first is of {min(days)}")
