"""`planner snapshots list`: every snapshot file with its age and what it holds."""

import datetime as dt
from collections.abc import Iterable

import click

from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.snapshot_choice import chosen_files
from planner.core.snapshots_answer import SnapshotEntry, SnapshotsListAnswer
from planner.errors import NoDataError
from planner.files.measurements import measurement_files
from planner.files.snapshot_files import Looker, snapshot_layers
from planner.render.safe import plain

IN_PART = 3
LATER = "of days after today: set the clock, or move them away"
_COLUMNS = [
    "provider", "date", "age_days", "layer", "origin", "equals", "records", "regions", "accounts",
    "models", "not_read", "bytes", "error",
]  # fmt: skip


@click.command("list", cls=Exemplified, epilog="Example: planner snapshots list --provider azure")
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock, ...")
@click.option("--all", "every_row", is_flag=True, help="Every file on a terminal.")
@on_option
@common
def command(*, provider: tuple[str, ...], every_row: bool, on: dt.date) -> int:
    """Every snapshot file up to a date: age, origin, records by kind, and what was not read.

    A record counts once a region. Files are read for their number of records alone: planner
    snapshots check reads them strictly. A day without a file was not looked at.
    """
    chosen = settings()
    files = chosen_files(chosen, provider)
    looker = Looker(on)
    entries = tuple(looker.entry(file) for file in files if file.day <= on)
    if not entries:
        first = min(file.day for file in files)
        raise NoDataError(f"there is no snapshot on or before {on}; the first is of {first}")
    later = len(files) - len(entries)
    notes: tuple[str, ...] = ()
    if later:
        # Without --on they are of days that are still to come.
        step = "leave out --on" if on < dt.datetime.now(dt.UTC).date() else LATER
        notes += (f"later files, left out: {later:,}; {step}",)
    layers = snapshot_layers(chosen.snapshots).values()
    if measured := [path for folder in layers for path in measurement_files(folder)]:
        notes += (f"days of measurements: {len(measured):,}; see planner probe --kept",)
    answer = SnapshotsListAnswer(on=on, snapshots=entries, notes=notes)

    def text() -> str:
        from planner.render.snapshots import list_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return list_text(answer, screen(), every_row=every_row)

    def prose() -> tuple[Iterable[str], Iterable[str]]:
        from planner.render.snapshots import newest  # noqa: PLC0415

        return [newest(answer)], answer.notes

    show(chosen, answer, entries, text, of=SnapshotEntry, prose=prose)
    faults = [entry.error for entry in entries if entry.error is not None]
    for fault in faults:
        click.echo(f"planner: {plain(fault)}", err=True)
    return IN_PART if faults else 0
