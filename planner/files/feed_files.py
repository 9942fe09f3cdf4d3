"""What price feeds leave on disk: rows in the tables, and beside them, under `feeds/`, their notes.

`<provider>-meters.csv` tells which words an id of a meter stands for, `readings.csv` when each
region was last read whole, `<provider>-review.csv` what waits for a person.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from planner.core.price_changes import Change, Row
from planner.core.price_feed import Area, Leftover
from planner.core.price_meters import MeterId, MeterIds
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.errors import BadFileError
from planner.files.atomic import write_atomically
from planner.files.pricing_fields import fields_of, to_date

FOLDER = "feeds"
_METERS = ("meter_id", "words", "first_seen_on")
_READINGS = ("provider", "family", "regions", "read_on")
_REVIEW = ("why", "words", "regions", "before", "after", "on", "unit", "meter_id")
# The order of a table's columns; the ones that no row fills are left out.
_FIRST = ("provider", "model", "version", "deployment_type", "charge", "usd", "per", "item", "name")


def table_of(row: Row) -> str:
    """The name of the file in which a feed's row stands."""
    if isinstance(row, UsagePrice):
        return f"{row.provider}-tokens.csv"
    kind = "gpu-hours" if row.item == "instance" else "units"
    return f"{row.provider}-{kind}.csv"


def write_table(path: Path, rows: Sequence[Row]) -> bool:
    """Write rows of one shape as CSV, whole or not at all; False where the file says so already."""
    shape = UsagePrice if rows and isinstance(rows[0], UsagePrice) else HourlyPrice
    names = [*_FIRST, *(f.name for f in msgspec.structs.fields(shape) if f.name not in _FIRST)]
    known, required = fields_of(shape)
    defaults = {field.name: field.default for field in msgspec.structs.fields(shape)}
    names = [name for name in names if name in known]
    lines = [[_cell(getattr(row, name), defaults[name], name) for name in names] for row in rows]
    filled = [any(cells) for cells in zip(*lines, strict=True)] if lines else [False] * len(names)
    kept = [number for number, name in enumerate(names) if name in required or filled[number]]
    return _write(
        path, [names[number] for number in kept], ([line[n] for n in kept] for line in lines)
    )


def read_meters(folders: Sequence[Path]) -> MeterIds:
    """The ids of meters that the folders know, of each provider those of the first folder."""
    ids: list[MeterId] = []
    for path in _first(folders, "*-meters.csv"):
        provider = path.name.removesuffix("-meters.csv")
        for line, cells in _read(path, _METERS):
            meter_id, words, seen = cells
            ids.append(MeterId(provider, meter_id, words, _date(path, line, seen)))
    return MeterIds(ids)


def write_meters(folder: Path, meters: MeterIds) -> None:
    """Write the ids, a file a provider."""
    for provider in sorted({one.provider for one in meters}):
        rows = (
            [one.meter_id, one.words, one.first_seen_on.isoformat()]
            for one in meters
            if one.provider == provider
        )
        _write(folder / FOLDER / f"{provider}-meters.csv", _METERS, rows)


def read_readings(folders: Sequence[Path]) -> dict[Area, date]:
    """When each area was last read whole, by the first folder that tells."""
    found: dict[Area, date] = {}
    for path in _first(folders, "readings.csv"):
        for line, (provider, family, regions, day) in _read(path, _READINGS):
            for region in regions.split("|"):
                try:
                    area = msgspec.convert(
                        {"provider": provider, "family": family, "region": region}, Area
                    )
                except msgspec.ValidationError as error:
                    raise BadFileError(f"{path}:{line}: {error}; mend or remove it") from None
                found[area] = _date(path, line, day)
    return found


def write_readings(folder: Path, readings: Mapping[Area, date]) -> None:
    """Write when each area was last read, the regions of one day together."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for area, day in readings.items():
        places.setdefault((area.provider, area.family, day.isoformat()), []).append(area.region)
    rows = (
        [provider, family, "|".join(sorted(regions)), day]
        for (provider, family, day), regions in sorted(places.items())
    )
    _write(folder / FOLDER / "readings.csv", _READINGS, rows)


def write_review(
    folder: Path, provider: str, waiting: Iterable[Change], left: Iterable[Leftover]
) -> Path:
    """Write what waits for a person and what nobody could read; the file of the last refresh."""
    rows = [
        [c.reason, _named(c.row), "|".join(c.regions), c.before, c.after, c.on, "", ""]
        for c in waiting
    ]
    places: dict[Leftover, set[str]] = {}
    for one in left:
        bare = msgspec.structs.replace(one, region="", meter_id=None)
        places.setdefault(bare, set()).add(one.region)
    rows += [
        [f"unclassified: {o.reason}", o.words, "|".join(sorted(regions)), "", o.usd, "", o.unit, ""]
        for o, regions in sorted(places.items())
    ]
    path = folder / FOLDER / f"{provider}-review.csv"
    _write(path, _REVIEW, ([_text(cell) for cell in row] for row in rows))
    return path


def _named(row: Row) -> str:
    what = row.charge if isinstance(row, UsagePrice) else row.name or row.item
    told = (row.model, row.version, row.deployment_type, what)
    return row.words or " ".join(word for word in told if word)


def _cell(value: Any, default: Any, name: str) -> str:
    if value == default and name not in ("tier", "term", "per"):
        return ""
    return _text(value)


def _text(value: Any) -> str:
    """A value as a table's cell holds it."""
    if value is None or value is False:
        return ""
    if value is True:
        return "true"
    if isinstance(value, Decimal):
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "|".join(value) if isinstance(value, tuple) else str(value)


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    content = out.getvalue().encode()
    if path.is_file() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)
    return True


def _first(folders: Sequence[Path], pattern: str) -> list[Path]:
    chosen: dict[str, Path] = {}
    for folder in folders:
        for path in sorted((folder / FOLDER).glob(pattern)):
            chosen.setdefault(path.name, path)
    return list(chosen.values())


def _read(path: Path, header: tuple[str, ...]) -> Iterator[tuple[int, list[str]]]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.reader(file, strict=True)
        try:
            if tuple(next(reader, ())) != header:
                raise BadFileError(
                    f"{path}:1: the columns are not {', '.join(header)}; run planner prices refresh"
                )
            for cells in reader:
                if len(cells) != len(header):
                    raise BadFileError(
                        f"{path}:{reader.line_num}: {len(cells)} values for {len(header)} columns"
                    )
                yield reader.line_num, cells
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadFileError(
                f"{path}:{reader.line_num + 1}: {error}; mend or remove it"
            ) from None


def _date(path: Path, line: int, text: str) -> date:
    try:
        return to_date(text)
    except ValueError as error:
        raise BadFileError(f"{path}:{line}: the date {error}") from None
