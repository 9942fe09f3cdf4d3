"""Reading what accounts hold from the user's own snapshots, and their filters."""

import datetime as dt
from collections.abc import Callable, Iterable
from pathlib import Path

import click

from planner.cli.facts import PROVIDERS, known_region, one_of
from planner.cli.options import Settings
from planner.cli.reading import too_early
from planner.core.catalog import Source
from planner.core.collect_answer import DeploymentEntry, QuotaEntry
from planner.core.holdings import Held, HoldingFilter, Look, NewestLooks
from planner.errors import BadFileError
from planner.files.places import folders
from planner.files.snapshot_lines import unfold_coverage
from planner.files.snapshots import list_snapshots, read_header, read_snapshot, snapshot_path
from planner.render.safe import plain

_COLLECT = "run planner collect, which reads your accounts and writes nothing to them"


class Holdings:
    """The quotas or deployments of the newest looks; files that cannot be read are named.

    NoDataError where every snapshot is of a later date.
    """

    def __init__(self, settings: Settings, on: dt.date, kind: str) -> None:
        self.unreadable: list[str] = []
        self.held: list[Held] = []
        # The nearer folder wins; the carried one has none of an account's records.
        places = folders("snapshots", settings.snapshots)
        if not any(
            day <= on for f in places for days in list_snapshots(f).values() for day in days
        ):
            raise too_early(places, on)
        for folder in reversed(places):
            found = list(self._held(folder, on, kind))
            taken = {h.record.provider for h in found}
            self.held = [h for h in self.held if h.record.provider not in taken] + found

    def _held(self, folder: Path, on: dt.date, kind: str) -> Iterable[Held]:
        looks = [
            look
            for provider, days in list_snapshots(folder).items()
            for day in days
            if day <= on and (look := self._look(folder, provider, day)) is not None
        ]
        newest = NewestLooks(looks, kind)
        only: Callable[[str], bool] | None = (lambda _: False) if kind == "quota" else None
        for provider, day in sorted(newest.to_read()):
            try:
                snapshot = read_snapshot(snapshot_path(folder, provider, day), only)
            except BadFileError as error:
                self.unreadable.append(str(error))
            else:
                yield from newest.held(snapshot)

    def _look(self, folder: Path, provider: str, day: dt.date) -> Look | None:
        path = snapshot_path(folder, provider, day)
        try:
            return Look(provider, day, unfold_coverage(read_header(path)))
        except BadFileError as error:
            self.unreadable.append(str(error))
            return None

    def filter(
        self,
        provider: Iterable[str],
        region: Iterable[str],
        account: Iterable[str],
        *,
        unmapped: bool = False,
    ) -> HoldingFilter:
        """The filters in the records' own spelling; UnknownNameError with close matches."""
        records = [h.record for h in self.held]
        regions = {r.region for r in records}
        providers = {*PROVIDERS, *(r.provider for r in records)}
        accounts = {r.account for r in records}
        return HoldingFilter(
            provider=tuple(one_of("provider", p, providers) for p in provider),
            region=tuple(known_region(r, also=regions) for r in region),
            account=tuple(one_of("account", a, accounts) for a in account) if accounts else (),
            unmapped=unmapped,
        )

    def sources(
        self, entries: Iterable[QuotaEntry | DeploymentEntry], on: dt.date
    ) -> tuple[Source, ...]:
        """The snapshots that entries rest on."""
        places = {(e.provider, e.account, e.region) for e in entries}
        used = {
            (h.record.provider, h.snapshot, h.origin)
            for h in self.held
            if (h.record.provider, h.record.account, h.record.region) in places
        }
        return tuple(
            Source(provider=p, snapshot=day, origin=origin, age_days=(on - day).days)
            for p, day, origin in sorted(used)
        )

    def notes(self, noun: str, left: int) -> tuple[str, ...]:
        """Why nothing is left, and what to do about it; empty where something is."""
        if left:
            return ()
        if self.held:
            return (f"none of the {len(self.held):,} {noun} known here passes the filters",)
        return (f"no snapshot here knows {noun}: they are an account's own; {_COLLECT}",)

    def note_unreadable(self) -> None:
        """Name each file that could not be read, one line each on stderr."""
        for fault in self.unreadable:
            click.echo(f"planner: left out: {plain(fault)}", err=True)
