"""The records of many snapshots in one file: Parquet, CSV or a SQLite database.

Every row has the date of its `snapshot` and the `layer` that it is of; a day that equals an earlier
one has all its rows, too. DuckDB is no dependency: it reads the Parquet and the SQLite file as
they are.
"""

import csv
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec import inspect

from planner.core.offers import AnyRecord
from planner.core.snapshot_rows import columns, known_type, values
from planner.core.snapshots import Snapshot
from planner.errors import MissingExtraError


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot and where it was found; `equals` as its file says it."""

    layer: str
    snapshot: Snapshot
    equals: dt.date | None


def write_csv(
    path: Path, found: Iterable[Dated], kind: str, cell: Callable[[object], object]
) -> dict[str, int]:
    """Write one kind of record as CSV; lists are JSON, unknown is empty. The rows by kind.

    `cell` makes a word safe for a spreadsheet.
    """
    names = list(columns(kind))
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["snapshot", "layer", *names])
        for dated in found:
            place = [dated.snapshot.date, dated.layer]
            for record in _of(kind, dated):
                table.writerow([*place, *(_plain(value, cell) for value in values(record, names))])
                written += 1
    return {kind: written}


def write_parquet(path: Path, found: Iterable[Dated], kind: str) -> dict[str, int]:
    """Write one kind of record as Parquet, a row group a snapshot; lists stay lists.

    The rows by kind. MissingExtraError where pyarrow is not installed; ValueError where a number
    does not fit.
    """
    try:
        import pyarrow as pa  # type: ignore[import-untyped]  # noqa: PLC0415 - 170 MB, an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            "Parquet needs pyarrow; pip install 'cloud-llm-planner[history]', or give --as sqlite"
        ) from error
    fields = [("snapshot", pa.date32()), ("layer", pa.string())]
    fields += [(name, _arrow(of, pa)) for name, of in columns(kind).items()]
    schema = pa.schema(fields)
    written = 0
    with parquet.ParquetWriter(path, schema, compression="zstd") as table:
        for dated in found:
            place = {"snapshot": dated.snapshot.date, "layer": dated.layer}
            rows = [place | _whole(record) for record in _of(kind, dated)]
            if rows:
                table.write_table(pa.Table.from_pylist(rows, schema=schema))
            written += len(rows)
    return {kind: written}


def _of(kind: str, dated: Dated) -> Iterator[AnyRecord]:
    return (record for record in dated.snapshot.records if record.kind == kind)


def _whole(value: Any) -> Any:
    """A value with all fields of the records in it, where JSON leaves out the unknown ones."""
    if isinstance(value, tuple):
        return [_whole(part) for part in value]
    if isinstance(value, msgspec.Struct):
        return {name: _whole(part) for name, part in msgspec.structs.asdict(value).items()}
    return value


def _plain(value: object, cell: Callable[[object], object]) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return cell(value)


def _arrow(of: inspect.Type, pa: Any) -> Any:
    """The Arrow type of a field."""
    if isinstance(of, inspect.VarTupleType):
        return pa.list_(_arrow(of.item_type, pa))
    if isinstance(of, inspect.StructType):
        return pa.struct([(field.name, _arrow(known_type(field.type), pa)) for field in of.fields])
    simple = {
        inspect.BoolType: pa.bool_,
        inspect.IntType: pa.int64,
        inspect.FloatType: pa.float64,
        inspect.DateType: pa.date32,
    }
    return simple.get(type(of), pa.string)()
