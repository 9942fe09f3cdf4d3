"""Price tables as CSV: generated rows, one charge a row. See pricing/README.md for the columns."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from planner.core.prices import HourlyPrice, UsagePrice
from planner.errors import BadFileError
from planner.files.pricing_fields import fields_of, reader_of, to_currency, unknown

Placed = tuple[UsagePrice | HourlyPrice, int]


def read_csv(path: Path, text: str) -> Iterator[Placed]:
    """The rows of one table with their line numbers.

    The header decides the shape: `usd` for prices per use, `usd_per_hour` for prices per hour.
    Columns that no row needs may be left out, and a cell may be empty. BadFileError names the
    line.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        shape, required = _shape(path, header)
        columns = [(name, reader_of(name)) for name in header]
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                raise BadFileError(
                    f"{path}:{reader.line_num}: {len(cells)} values for {len(header)} columns;"
                    " give one for each, empty where unknown, and quote one that holds a comma"
                )
            values = _values(path, reader.line_num, columns, cells)
            missing = required - values.keys()
            if missing:
                raise BadFileError(
                    f"{path}:{reader.line_num}: {min(missing)} is empty; every row needs it"
                )
            try:
                yield shape(**values), reader.line_num
            except ValueError as error:
                raise BadFileError(f"{path}:{reader.line_num}: {error}") from None
    except csv.Error as error:
        raise BadFileError(
            f"{path}:{reader.line_num}: {error}; write the line as plain CSV"
        ) from None


def _shape(
    path: Path, header: Sequence[str]
) -> tuple[type[UsagePrice | HourlyPrice], frozenset[str]]:
    shapes: dict[str, type[UsagePrice | HourlyPrice]] = {
        "usd": UsagePrice,
        "usd_per_hour": HourlyPrice,
    }
    named = [name for name in shapes if name in header]
    if len(named) != 1:
        raise BadFileError(
            f"{path}:1: no price table; the header names either usd (per use) or usd_per_hour"
        )
    shape = shapes[named[0]]
    known, required = fields_of(shape)
    for name in header:
        if name not in known and name != "currency":
            raise BadFileError(f"{path}:1: {unknown('column', name, known)}")
        if header.count(name) > 1:
            raise BadFileError(f"{path}:1: column {name} stands twice; remove one")
    missing = required - set(header)
    if missing:
        raise BadFileError(f"{path}:1: column {min(missing)} is missing; add it")
    return shape, required


def _values(
    path: Path, line: int, columns: Sequence[tuple[str, Any]], cells: Sequence[str]
) -> dict[str, Any]:
    values = {}
    for (name, read), cell in zip(columns, cells, strict=True):
        if cell:
            try:
                values[name] = read(cell)
            except ValueError as error:
                raise BadFileError(f"{path}:{line}: {name} {error}") from None
            if read is to_currency:
                del values[name]
    return values
