"""The records of many snapshots as a SQLite database that Datasette opens as it is.

A row of `snapshots` a file, a row of `coverage` a look; a table for each kind of record, whose rows
name their snapshot. Dates are ISO text, lists JSON text, a truth 0 or 1, unknown null. The views
`latest_offers`, `latest_quotas`, ... hold the rows of each provider's newest snapshot with any;
`offer_spans` says from when to when an offer was seen.
"""

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from planner.core.offers import Offer, identity_fields
from planner.core.snapshot_rows import TABLES, columns, record_type
from planner.core.snapshots import Coverage
from planner.files.snapshot_export import Dated

if TYPE_CHECKING:
    from sqlite3 import Connection

_SNAPSHOTS = """
CREATE TABLE snapshots (
    id INTEGER PRIMARY KEY, provider TEXT NOT NULL, date TEXT NOT NULL, layer TEXT NOT NULL,
    origin TEXT NOT NULL, source TEXT, collected_at TEXT, tool TEXT, sdk TEXT NOT NULL, equals TEXT,
    UNIQUE (provider, date, layer)
);
CREATE TABLE coverage (
    id INTEGER PRIMARY KEY, snapshot_id INTEGER NOT NULL REFERENCES snapshots (id),
    region TEXT, account TEXT, kinds TEXT NOT NULL, models TEXT, deployment_types TEXT,
    complete INTEGER NOT NULL, status TEXT NOT NULL, quota_status TEXT, carried_from TEXT,
    error TEXT
);
CREATE INDEX coverage_snapshot_id ON coverage (snapshot_id);
"""
_LATEST = """
CREATE VIEW latest_{table} AS
WITH ranked AS (
    SELECT id, row_number() OVER (PARTITION BY provider ORDER BY date DESC, layer DESC) AS place
    FROM snapshots WHERE EXISTS (SELECT 1 FROM {table} WHERE snapshot_id = snapshots.id)
)
SELECT {table}.* FROM {table} JOIN ranked ON ranked.id = {table}.snapshot_id WHERE place = 1;
"""
_SPANS = """
CREATE VIEW offer_spans AS
SELECT {names}, min(snapshot) AS first_seen_on, max(snapshot) AS last_seen_on,
    count(DISTINCT snapshot) AS snapshots
FROM offers GROUP BY {names};
"""
_AFFINITIES = {inspect.BoolType: "INTEGER", inspect.IntType: "INTEGER", inspect.FloatType: "REAL"}
_LOOK = Coverage.__struct_fields__


def write_sqlite(path: Path, found: Iterable[Dated], kinds: Collection[str]) -> dict[str, int]:
    """Write a new database; the rows by kind. ValueError where a number does not fit."""
    import sqlite3  # noqa: PLC0415 - 5 ms that only this needs

    written = dict.fromkeys(kinds, 0)
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        # Nobody reads the file before it is whole and in its place.
        connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        connection.executescript(_SNAPSHOTS + "".join(map(_table, kinds)))
        connection.execute("BEGIN")
        for number, dated in enumerate(found, start=1):
            _add_snapshot(connection, number, dated)
            for kind in kinds:
                written[kind] += _add_records(connection, number, dated, kind)
        connection.execute("COMMIT")
        connection.executescript("".join(map(_after, kinds)))
    except (sqlite3.Error, OverflowError) as error:
        raise ValueError(str(error)) from error
    finally:
        connection.close()
    return written


def _table(kind: str) -> str:
    told = [
        "id INTEGER PRIMARY KEY", "snapshot_id INTEGER NOT NULL REFERENCES snapshots (id)",
        "snapshot TEXT NOT NULL", "layer TEXT NOT NULL",
    ]  # fmt: skip
    told += [f'"{name}" {_AFFINITIES.get(type(of), "TEXT")}' for name, of in columns(kind).items()]
    told += ["retires_on TEXT"] if kind == "offer" else []
    return f"CREATE TABLE {TABLES[kind]} ({', '.join(told)});"


def _add_snapshot(connection: "Connection", number: int, dated: Dated) -> None:
    snapshot = dated.snapshot
    head = (
        number, snapshot.provider, snapshot.date, dated.layer, snapshot.origin, snapshot.source,
        snapshot.collected_at, snapshot.tool, snapshot.sdk, dated.equals,
    )  # fmt: skip
    _insert(connection, "snapshots", [[_told(value) for value in head]])
    looks = [
        [None, number, *(_told(getattr(entry, name)) for name in _LOOK)]
        for entry in snapshot.coverage
    ]
    _insert(connection, "coverage", looks)


def _add_records(connection: "Connection", number: int, dated: Dated, kind: str) -> int:
    names = [*columns(kind), *(["retires_on"] if kind == "offer" else [])]
    place = [None, number, dated.snapshot.date.isoformat(), dated.layer]
    rows = [
        [*place, *(_told(getattr(record, name)) for name in names)]
        for record in dated.snapshot.records
        if record.kind == kind
    ]
    _insert(connection, TABLES[kind], rows)
    return len(rows)


def _insert(connection: "Connection", table: str, rows: list[list[Any]]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        # The names of tables are ours; every value is bound.
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608


def _told(value: Any) -> Any:
    """A value as SQLite keeps it: a number or text."""
    if value is None or isinstance(value, (int, float)) or type(value) is str:
        return value
    if value == ():
        return "[]"
    if isinstance(value, (tuple, dict)):
        return msgspec.json.encode(value).decode()
    told = msgspec.to_builtins(value)
    return told if isinstance(told, str) else str(told)


def _after(kind: str) -> str:
    """The indexes and views of a kind, made when its rows are there."""
    table, names = TABLES[kind], identity_fields(record_type(kind))
    script = f"CREATE INDEX {table}_snapshot_id ON {table} (snapshot_id);"
    script += f"CREATE INDEX {table}_identity ON {table} ({', '.join(names)});"
    script += _LATEST.format(table=table)
    if kind == "offer":
        script += _SPANS.format(names=", ".join(identity_fields(Offer)))
    return script
