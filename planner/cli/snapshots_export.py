"""`planner snapshots export`: all records of many snapshots in one file."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from planner.cli.options import Day, Exemplified, common, settings
from planner.cli.output import show
from planner.cli.snapshot_choice import chosen_files
from planner.core.offers import KINDS
from planner.core.snapshots_answer import Counts, FileFinding, SnapshotsExportAnswer
from planner.errors import BadFileError, NoDataError, PlannerError, UsageError
from planner.files.snapshot_export import Dated, write_csv, write_parquet
from planner.files.snapshot_files import SnapshotFile
from planner.files.snapshot_targets import FORMATS, format_of, writing_to
from planner.files.snapshots import Seen, read_header, read_snapshot
from planner.render.safe import csv_cell, plain

IN_PART = 3


@click.command(
    "export", cls=Exemplified, epilog="Example: planner snapshots export --to history.db"
)
@click.option(
    "--to",
    "target",
    required=True,
    metavar="PATH",
    help="A .parquet, .csv, .db or .sqlite file, also s3://, gs://, abfs://.",
)
@click.option(
    "--as",
    "chosen_format",
    type=click.Choice(sorted(set(FORMATS.values()))),
    help="The format, whatever the ending.",
)
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock, ...")
@click.option("--from", "first", type=Day(), metavar="DATE", help="Only from this day on.")
@click.option("--until", "last", type=Day(), metavar="DATE", help="Only up to this day.")
@click.option(
    "--kind",
    multiple=True,
    type=click.Choice(KINDS),
    metavar="KIND",
    help="Only offer, quota, meter, ...  [SQLite: all; else offer]",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@common
def command(
    *,
    target: str, chosen_format: str | None, provider: tuple[str, ...], first: dt.date | None,
    last: dt.date | None, kind: tuple[str, ...], force: bool,
) -> int:  # fmt: skip
    """Write the records of all snapshots, yours and the carried ones, to one file.

    SQLite: a table a kind, the files as `snapshots`, views `latest_offers`, ..., `offer_spans`.
    Parquet (extra: history) and CSV: one kind, a row a record, its day in `snapshot`. The file is
    written whole or not at all. In CSV a word that a spreadsheet would compute gets an apostrophe.
    """
    chosen = settings()
    format_ = format_of(target, chosen_format)
    if format_ != "sqlite" and len(kind) > 1:
        raise UsageError(f"a {format_} file holds one kind; give one --kind, or --as sqlite")
    files = [
        file
        for file in chosen_files(chosen, provider)
        if (first is None or file.day >= first) and (last is None or file.day <= last)
    ]
    if not files:
        raise NoDataError("there is no snapshot of these days; planner snapshots list names all")
    left_out: list[FileFinding] = []
    found = _read(files, left_out)
    try:
        with writing_to(target, force=force) as path:
            rows = _write(path, format_, found, kind)
            if len(left_out) == len(files):
                raise BadFileError(f"no snapshot can be read; {left_out[0].message}")
            size = path.stat().st_size
    except (ValueError, OverflowError) as error:
        raise PlannerError(f"cannot write {target}: {error}; check the snapshots") from error
    answer = SnapshotsExportAnswer(
        path=target,
        format=format_,
        snapshots=len(files) - len(left_out),
        rows=Counts(**rows),
        bytes=size,
        left_out=tuple(left_out),
    )

    def text() -> str:
        from planner.render.snapshot import export_text  # noqa: PLC0415 - rich is slow

        return export_text(answer)

    show(chosen, answer, [answer], text)
    for finding in left_out:
        click.echo(f"planner: left out: {plain(finding.message)}", err=True)
    return IN_PART if left_out else 0


def _write(path: Path, format_: str, found: Iterator[Dated], kind: Sequence[str]) -> dict[str, int]:
    if format_ == "sqlite":
        from planner.files.snapshot_sqlite import write_sqlite  # noqa: PLC0415

        return write_sqlite(path, found, kind or KINDS)
    [one] = kind or ["offer"]
    if format_ == "csv":
        return write_csv(path, found, one, csv_cell)
    return write_parquet(path, found, one)


def _read(files: Sequence[SnapshotFile], left_out: list[FileFinding]) -> Iterator[Dated]:
    """The snapshots, oldest first, one at a time; what cannot be read is added to `left_out`."""
    seen: Seen = {}
    for file in sorted(files, key=lambda file: (file.day, file.provider, file.layer)):
        try:
            snapshot = read_snapshot(file.path, seen=seen)
            equals = read_header(file.path).equals
        except BadFileError as error:
            left_out.append(
                FileFinding(path=str(file.path), line=None, severity="error", message=str(error))
            )
        else:
            yield Dated(layer=file.layer, snapshot=snapshot, equals=equals)
