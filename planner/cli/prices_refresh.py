"""`planner prices refresh`: read a cloud's price feed into the user's own tables."""

import contextlib
import datetime as dt
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click

from planner.cli.feeds import ADDRESSES, FEEDS, Fed
from planner.cli.options import Exemplified, Settings, common, settings
from planner.cli.output import note, show
from planner.core.price_changes import Refreshed, Row
from planner.core.price_refresh import latest_readings, refresh
from planner.core.prices_answer import PriceChange, RefreshAnswer
from planner.core.refresh_answer import to_answer
from planner.errors import PlannerError
from planner.files.feed_files import (
    read_meters,
    read_readings,
    table_of,
    write_meters,
    write_readings,
    write_review,
    write_table,
)
from planner.files.lock import check_room, hold
from planner.files.places import carried_folder
from planner.files.pricing import price_tables, read_rows

IN_PART = 3
_PROVIDERS = ("azure", "aws", "bedrock")
_KINDS = ("tokens", "units", "gpu-hours")
_COLUMNS = [
    "provider", "model", "version", "deployment_type", "what", "regions", "before", "after", "on",
    "reason",
]  # fmt: skip


@click.command("refresh", cls=Exemplified, epilog="Example: planner prices refresh azure --dry-run")
@click.argument("feed", type=click.Choice(list(FEEDS)))
@click.option("--region", multiple=True, metavar="REGION", help="Only this region.  [all]")
@click.option("--accept", is_flag=True, help="Take what waits for a person, too.")
@click.option("--dry-run", is_flag=True, help="Read the feed, write nothing.")
@click.option("--all", "every_row", is_flag=True, help="Every change on a line.")
@common
def command(
    *, feed: str, region: tuple[str, ...], accept: bool, dry_run: bool, every_row: bool
) -> int:
    """Read the public price feed of azure or aws into ./pricing (or --pricing); no login.

    Prices are appended and old ones closed, never overwritten; a second run changes nothing. What
    looks wrong (a zero, a jump beyond a factor of three, an id that names another meter) waits in
    feeds/FEED-review.csv until --accept. Of aws, GPU machines are read for each --region, 480 MB
    a file; of azure for all regions.
    """
    chosen = settings()
    folder = chosen.pricing or Path("pricing")
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    written: list[str] = []
    review = None
    with _held(folder, now, dry_run=dry_run):
        _refuse_bad(folder)
        fed = FEEDS[feed](region, now.date(), lambda text: note(chosen, text))
        if not fed.reading.areas:
            raise PlannerError(_nothing(feed, fed, named=bool(region)))
        done = _compared(folder, fed, accept=accept)
        if not dry_run:
            written, review = _write(folder, feed, done, fed)
    answer = to_answer(feed, now.date(), done, written=written, review=review, failed=fed.failed)
    _show(answer, chosen, every_row=every_row)
    if dry_run:
        note(chosen, "dry run: nothing was written")
    return IN_PART if fed.failed else 0


@contextlib.contextmanager
def _held(folder: Path, now: dt.datetime, *, dry_run: bool) -> Iterator[None]:
    """The folder, ready to be written to by this process alone; untouched in a dry run."""
    if dry_run:
        yield
        return
    check_room(folder, "--pricing")
    with hold(folder, now):
        yield


def _refuse_bad(folder: Path) -> None:
    """BadFileError where a table that a feed fills cannot be read: hundreds of requests follow."""
    names = {f"{provider}-{kind}.csv" for provider in _PROVIDERS for kind in _KINDS}
    read_rows([path for path in price_tables([folder]) if path.name in names])
    read_meters(_folders(folder))


def _nothing(feed: str, fed: Fed, *, named: bool) -> str:
    """Why nothing was read, as most of the regions have it, from where, and the next step."""
    reasons = Counter(why.removeprefix("not read any more: ") for why in fed.failed.values())
    why = reasons.most_common(1)[0][0] if reasons else "no region has a price there"
    variable, usual = ADDRESSES[feed]
    host = urlsplit(os.environ.get(variable) or usual).netloc.rpartition("@")[2]
    step = "check --region" if named and not reasons else f"check the network or {variable}"
    return f"nothing of the {feed} price feed could be read from {host}: {why}; {step}"


def _folders(folder: Path) -> list[Path]:
    return [folder, carried_folder("pricing")]


def _compared(folder: Path, fed: Fed, *, accept: bool) -> Refreshed:
    """What the reading makes of the rows in the tables that the feed fills."""
    mine = {table_of(row) for row in fed.reading.rows} | _tables_of(fed)
    paths = [path for path in price_tables(_folders(folder)) if path.name in mine]
    usage, hourly, _ = read_rows(paths)
    known: list[Row] = [*usage, *hourly]
    return refresh(known, read_meters(_folders(folder)), fed.reading, accept=accept)


def _tables_of(fed: Fed) -> set[str]:
    """The names of all tables of the providers that the reading looked at."""
    return {f"{area.provider}-{kind}.csv" for area in fed.reading.areas for kind in _KINDS}


def _write(folder: Path, feed: str, done: Refreshed, fed: Fed) -> tuple[list[str], str | None]:
    """Write the tables, the ids, what was read when, and what waits; say which files changed."""
    tables: dict[str, list[Row]] = {}
    for row in done.rows:
        tables.setdefault(table_of(row), []).append(row)
    written = [
        str(folder / name)
        for name, rows in sorted(tables.items())
        if not _is_carried(folder, name, done) and write_table(folder / name, rows)
    ]
    write_meters(folder, done.meters)
    write_readings(folder, latest_readings(read_readings(_folders(folder)), fed.reading))
    review = write_review(folder, feed, done.rejected, done.unclassified)
    return written, str(review) if done.rejected or done.unclassified else None


def _is_carried(folder: Path, name: str, done: Refreshed) -> bool:
    """Whether the carried table says it all already, so that the user needs none of their own."""
    return done.unchanged and not (folder / name).exists()


def _show(answer: RefreshAnswer, chosen: Settings, *, every_row: bool) -> None:
    def text() -> str:
        from planner.render.price_checks import refresh_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return refresh_text(answer, screen(), every_row=every_row)

    changes: Iterable[PriceChange] = (
        *answer.added, *answer.changed, *answer.closed, *answer.rejected
    )  # fmt: skip
    show(chosen, answer, changes, text, _COLUMNS, of=PriceChange)
