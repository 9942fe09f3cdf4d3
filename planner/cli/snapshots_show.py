"""`planner snapshots show`: what one snapshot says."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
import msgspec

from planner.cli.options import Day, Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.snapshot_choice import chosen_files
from planner.core.offers import KINDS
from planner.core.snapshot_rows import AnyRow, row_of
from planner.core.snapshots_answer import SnapshotsShowAnswer
from planner.errors import NoDataError, UsageError
from planner.files.snapshot_files import Looker, SnapshotFile, file_at
from planner.files.snapshots import read_snapshot


@click.command("show", cls=Exemplified, epilog="Example: planner snapshots show gemini 2026-02-28")
@click.argument("provider", metavar="PROVIDER|FILE")
@click.argument("day", metavar="[DATE]", required=False, type=Day())
@click.option(
    "--kind",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help="Only offer, lifecycle, quota, capacity, meter or deployment.",
)
@click.option("--all", "every_row", is_flag=True, help="Every record on a terminal.")
@on_option
@common
def command(
    *, provider: str, day: dt.date | None, kind: tuple[str, ...], every_row: bool, on: dt.date
) -> None:
    """What the snapshot of a provider's DATE (the newest) or a FILE says: header and records.

    Of one date your own comes before the carried one. JSON holds every record, one a region.
    """
    chosen = settings()
    if provider.endswith(".jsonl") or "/" in provider:
        if day is not None:
            raise UsageError("a FILE has its date in its name; leave out DATE")
        file = file_at(Path(provider))
    else:
        file = _nearest(chosen_files(chosen, [provider]), day, on)
    snapshot = read_snapshot(file.path, loose=True)
    records = tuple(row_of(r) for r in snapshot.records if not kind or r.kind in kind)
    answer = SnapshotsShowAnswer(
        on=on,
        snapshot=Looker(on).entry(file),
        collected_at=snapshot.collected_at,
        tool=snapshot.tool,
        sdk=snapshot.sdk,
        records=records,
    )

    def text() -> str:
        from planner.render.snapshot import show_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return show_text(answer, screen(), every_row=every_row)

    def prose() -> tuple[Iterable[str], Iterable[str]]:
        from planner.render.snapshot import about  # noqa: PLC0415

        return about(answer), ()

    show(chosen, answer, records, text, _columns(records), prose=prose)


def _nearest(files: Sequence[SnapshotFile], day: dt.date | None, on: dt.date) -> SnapshotFile:
    """The file of a day, else the newest up to `on`; NoDataError names the days beside it."""
    if day is None:
        found = [file for file in files if file.day <= on]
        if found:
            return found[0]
        raise NoDataError(
            f"there is no {files[-1].provider} snapshot on or before {on}; "
            f"the first is of {files[-1].day}"
        )
    found = [file for file in files if file.day == day]
    if found:
        return found[0]
    before = max((file.day for file in files if file.day < day), default=None)
    after = min((file.day for file in files if file.day > day), default=None)
    near = " and ".join(str(near) for near in (before, after) if near)
    raise NoDataError(f"there is no {files[0].provider} snapshot of {day}; the nearest: {near}")


def _columns(records: Iterable[AnyRow]) -> list[str] | None:
    """For markdown: kind and identity of the records, and whatever of the rest is known."""
    names = dict.fromkeys(
        name
        for record in records
        for name, value in msgspec.to_builtins(record).items()
        if value not in (None, [])
    )
    return list(names) or None
