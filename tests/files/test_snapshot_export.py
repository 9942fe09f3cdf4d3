"""Claims about exports: what is read back from any of the formats is what the snapshots say."""

import csv
import datetime as dt
import json
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from pyarrow import parquet  # type: ignore[import-untyped]

from planner.core.offers import KINDS, AnyRecord
from planner.core.snapshot_rows import TABLES, columns, record_type
from planner.core.snapshots import Snapshot
from planner.errors import PlannerError, UsageError
from planner.files.snapshot_export import Dated, write_csv, write_parquet
from planner.files.snapshot_sqlite import write_sqlite
from planner.files.snapshot_targets import format_of, writing_to
from tests.builders import offer, quota, retires, snapshot
from tests.files.test_snapshots import snapshots

JUNE, JULY = "2026-06-03", "2026-07-07"


def dated(*found: Snapshot) -> list[Dated]:
    """Snapshots of the user's own, each full."""
    return [Dated(layer="own", snapshot=one, equals=None) for one in found]


def records(kind: str, rows: Iterable[Mapping[str, Any]]) -> list[AnyRecord]:
    """Rows as records again; JSON text is read, what a table adds is left out."""
    names = columns(kind)
    found: list[AnyRecord] = []
    for row in rows:
        told = {name: row[name] for name in names}
        for name, value in told.items():
            if isinstance(value, str) and "Tuple" in type(names[name]).__name__:
                told[name] = json.loads(value)
        found.append(msgspec.convert({"kind": kind, **told}, record_type(kind), strict=False))  # type: ignore[arg-type]
    return found


def escaped(value: object) -> object:
    """A word of ASCII's printable characters alone, which can be undone."""
    return json.dumps(value)[1:-1] if isinstance(value, str) else value


def in_sqlite(path: Path, question: str) -> list[dict[str, Any]]:
    """What a database answers, rows by column."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(question)]


@given(snapshots())
@settings(max_examples=40, deadline=None)
def test_sqlite_holds_the_same_records(made: Snapshot) -> None:
    """Every record of every kind comes back equal; the numbers of rows are told."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.db"
        rows = write_sqlite(path, dated(made), KINDS)
        back = [
            record
            for kind, table in TABLES.items()
            for record in records(kind, in_sqlite(path, f"select * from {table}"))  # noqa: S608
        ]
    assert sorted(back, key=lambda r: r.identity) == list(made.records)
    assert sum(rows.values()) == len(made.records)


@given(snapshots())
@settings(max_examples=40, deadline=None)
def test_parquet_holds_the_same_records(made: Snapshot) -> None:
    """Every record of every kind comes back equal, with dates and lists as such."""
    back: list[AnyRecord] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            path = Path(folder) / f"{kind}.parquet"
            write_parquet(path, dated(made), kind)
            back += records(kind, parquet.read_table(path).to_pylist())
    assert sorted(back, key=lambda r: r.identity) == list(made.records)


@given(snapshots())
@settings(max_examples=40, deadline=None)
def test_csv_holds_the_same_records(made: Snapshot) -> None:
    """Every record of every kind comes back equal, as far as a word that is made safe can."""
    back: list[AnyRecord] = []
    with tempfile.TemporaryDirectory() as folder:
        for kind in KINDS:
            path = Path(folder) / f"{kind}.csv"
            write_csv(path, dated(made), kind, escaped)
            with path.open(encoding="utf-8", newline="") as file:
                rows = [
                    {name: json.loads(f'"{text}"') or None for name, text in row.items()}
                    for row in csv.DictReader(file)
                ]
            back += records(kind, rows)
    assert sorted(back, key=lambda r: r.identity) == list(made.records)


def test_a_row_has_its_day_and_layer(tmp_path: Path) -> None:
    """Two days of one offer are two rows, with their file or a real date."""
    both = dated(snapshot(offer(), on=JUNE), snapshot(offer(), on=JULY))
    write_sqlite(tmp_path / "a.db", both, KINDS)
    question = (
        "select s.date, s.provider, o.snapshot, o.layer, o.model from offers o "
        "join snapshots s on s.id = o.snapshot_id order by 1"
    )
    assert [tuple(row.values()) for row in in_sqlite(tmp_path / "a.db", question)] == [
        (JUNE, "azure", JUNE, "own", "gpt-4o"),
        (JULY, "azure", JULY, "own", "gpt-4o"),
    ]
    write_parquet(tmp_path / "a.parquet", both, "offer")
    days = parquet.read_table(tmp_path / "a.parquet").column("snapshot").to_pylist()
    assert days == [dt.date(2026, 6, 3), dt.date(2026, 7, 7)]


def test_a_database_is_whole_and_typed(tmp_path: Path) -> None:
    """Keys hold, no type is strange, lists are JSON, a truth is 1, retires_on is the earliest."""
    made = offer(
        default_version=True,
        context_tokens=128000,
        retirement_dates=(retires("2027-01-01"), retires("2026-12-01", None)),
    )
    write_sqlite(tmp_path / "a.db", dated(snapshot(made, quota(limit=1.5))), KINDS)
    assert in_sqlite(tmp_path / "a.db", "pragma foreign_key_check") == []
    assert in_sqlite(tmp_path / "a.db", "pragma integrity_check") == [{"integrity_check": "ok"}]
    [row] = in_sqlite(
        tmp_path / "a.db",
        "select default_version, context_tokens, retires_on, tasks, typeof(limit_) as kept from "
        'offers join (select "limit" as limit_ from quotas)',
    )
    assert row == {
        "default_version": 1, "context_tokens": 128000, "retires_on": "2026-12-01", "tasks": "[]",
        "kept": "real",
    }  # fmt: skip
    types = {
        column["type"]
        for table in ("snapshots", "coverage", *TABLES.values())
        for column in in_sqlite(tmp_path / "a.db", f"pragma table_info({table})")
    }
    assert types == {"INTEGER", "REAL", "TEXT"}


def test_the_latest_offers_are_those_of_the_newest_file_that_has_any(tmp_path: Path) -> None:
    """Per provider; the user's own file wins on one day, and one of quotas alone hides nothing."""
    found = [
        Dated(layer="carried", snapshot=snapshot(offer(model="old")), equals=None),
        Dated(layer="carried", snapshot=snapshot(offer(model="carried"), on=JULY), equals=None),
        Dated(layer="own", snapshot=snapshot(offer(model="own"), on=JULY), equals=None),
        *dated(snapshot(quota(), on="2026-08-01")),
    ]
    write_sqlite(tmp_path / "a.db", found, KINDS)
    assert in_sqlite(tmp_path / "a.db", "select model from latest_offers") == [{"model": "own"}]
    assert len(in_sqlite(tmp_path / "a.db", "select * from latest_quotas")) == 1


def test_spans_say_when_an_offer_was_seen(tmp_path: Path) -> None:
    """From the first to the last day, and on how many."""
    found = dated(*(snapshot(offer(), on=day) for day in (JUNE, JULY)), snapshot(on="2026-08-01"))
    write_sqlite(tmp_path / "a.db", found, KINDS)
    question = "select model, first_seen_on, last_seen_on, snapshots from offer_spans"
    assert [tuple(row.values()) for row in in_sqlite(tmp_path / "a.db", question)] == [
        ("gpt-4o", JUNE, JULY, 2)
    ]


def test_a_number_that_no_database_holds_is_said(tmp_path: Path) -> None:
    """Nothing is cut off in silence."""
    with pytest.raises(ValueError, match="too large"):
        write_sqlite(tmp_path / "a.db", dated(snapshot(offer(context_tokens=2**63))), KINDS)


def test_a_format_is_told_by_the_ending() -> None:
    """An ending in any case, or what was chosen; else the endings are named."""
    names = ("a.DB", "a.sqlite", "a.csv", "s3://b/a.parquet")
    found = [format_of(name, None) for name in names]
    assert found == ["sqlite", "sqlite", "csv", "parquet"]
    assert format_of("a.db", "csv") == "csv"
    with pytest.raises(UsageError, match=r"a\.xlsx has none of the endings \.parquet, \.csv"):
        format_of("a.xlsx", None)


def _fail_after(part: Path) -> None:
    part.write_text("half")
    raise ZeroDivisionError


@pytest.mark.parametrize("remote", [False, True], ids=["file", "object store"])
def test_a_target_is_written_whole_or_not_at_all(tmp_path: Path, remote: bool) -> None:
    """What fails leaves no trace; what is there stays unless forced."""
    path = tmp_path / "a.csv"
    target = path.as_uri() if remote else str(path)
    with pytest.raises(ZeroDivisionError), writing_to(target, force=False) as part:
        _fail_after(part)
    assert list(tmp_path.iterdir()) == []
    with writing_to(target, force=False) as part:
        part.write_text("whole")
    with pytest.raises(PlannerError, match="is there already; give --force"):
        writing_to(target, force=False).__enter__()
    assert path.read_text() == "whole"
    with writing_to(target, force=True) as part:
        part.write_text("again")
    assert [found.read_text() for found in tmp_path.iterdir()] == ["again"]


def test_a_place_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    """A missing folder, a folder, a store that pyarrow does not know."""
    for target, message in {
        str(tmp_path / "no" / "a.db"): "there is no folder",
        str(tmp_path): "is a folder; name a file",
        "ftp://x/a.db": "ftp://x/a.db is no place to write to",
    }.items():
        with pytest.raises(PlannerError, match=message), writing_to(target, force=True):
            pass
