"""`planner snapshots compact`: the user's own folder, smaller, with the same facts."""

import contextlib
import datetime as dt

import click

from planner.cli.options import Days, Exemplified, common, settings
from planner.cli.output import note, show
from planner.core.snapshots_answer import CompactedFile, SnapshotsCompactAnswer
from planner.errors import NoDataError
from planner.files.lock import check_room, hold
from planner.files.places import own_folder
from planner.files.snapshot_compact import compact
from planner.render.safe import plain

IN_PART = 3


@click.command(
    "compact",
    cls=Exemplified,
    epilog="Example: planner snapshots compact --older-than 90d --dry-run",
)
@click.option(
    "--older-than",
    type=Days(),
    metavar="SPAN",
    help="Drop what was used of quotas on days before, e.g. 90d.  [keep it]",
)
@click.option("--dry-run", is_flag=True, help="Write nothing.")
@click.option("--all", "every_row", is_flag=True, help="Every file on a terminal.")
@common
def command(*, older_than: int | None, dry_run: bool, every_row: bool) -> int:
    """Rewrite your own snapshots in fewer bytes: every day reads as before.

    A day that says the same as the day before becomes a header that names it. Offers, lifecycle,
    limits and dates stay; --older-than gives up what was used of quotas, which changes every day,
    so that more days become headers. The carried snapshots are never touched.
    """
    chosen = settings()
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    folder = own_folder("snapshots", chosen.snapshots)
    if folder is None:
        raise NoDataError("there are no snapshots of your own here; planner collect makes them")
    before = None if older_than is None else now.date() - dt.timedelta(days=older_than)
    with contextlib.nullcontext() if dry_run else hold(folder, now):
        if not dry_run:
            check_room(folder)
        files = compact(folder, drop_used_before=before, dry_run=dry_run)
    answer = SnapshotsCompactAnswer(
        folder=str(folder),
        dry_run=dry_run,
        bytes_before=sum(file.bytes_before for file in files),
        bytes_after=sum(file.bytes_after for file in files),
        files=tuple(files),
    )

    def text() -> str:
        from planner.render.snapshot import compact_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return compact_text(answer, screen(), every_row=every_row)

    show(chosen, answer, answer.files, text, of=CompactedFile)
    left = [file for file in files if file.done == "left"]
    for file in left:
        click.echo(f"planner: {plain(file.path)} is left as it is: {plain(file.reason)}", err=True)
    if dry_run:
        note(chosen, "dry run: nothing was written")
    return IN_PART if left else 0
