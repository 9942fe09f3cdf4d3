"""Measurements on disk: `<folder>/probe/<YYYY-MM-DD>.jsonl`, one a line, appended, many a day.

The first line says the schema and the day (UTC); what is not known is left out of a line. Nothing
is ever taken out: a measurement that was made twice stands there twice, the same one once.
"""

import contextlib
import datetime as dt
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from planner.core.measurements import Measurement
from planner.errors import BadFileError, NewerFileError, PlannerError
from planner.files.atomic import write_atomically
from planner.files.lock import hold
from planner.files.places import MEASURED
from planner.files.plain_files import entries, opened
from planner.files.snapshot_lines import SCHEMA

_NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.jsonl")
_DECODER = msgspec.json.Decoder(Measurement)
_TRIES, _PAUSE_SECONDS = 50, 0.2  # another probe writes for a moment


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    schema: int
    kind: str
    date: dt.date


def check_day(folder: Path, now: dt.datetime) -> None:
    """Find out whether measurements can be kept today before they are made; errors as `keep`."""
    path = folder / MEASURED / f"{now.astimezone(dt.UTC).date().isoformat()}.jsonl"
    _refuse_links(path.parent, path)
    if path.exists():
        read_measurements(path)


def keep(folder: Path, measurements: Iterable[Measurement], now: dt.datetime) -> tuple[Path, ...]:
    """Append measurements to the files of their days, whole or not at all; says which files.

    One that is there already is not written again. PlannerError where they cannot be written.
    """
    days: dict[dt.date, list[Measurement]] = {}
    for one in measurements:
        days.setdefault(one.measured_at.astimezone(dt.UTC).date(), []).append(one)
    place = folder / MEASURED
    _refuse_links(place)
    written = []
    try:
        place.mkdir(parents=True, exist_ok=True)
        with _held(place, now):
            for day, new in sorted(days.items()):
                path = place / f"{day.isoformat()}.jsonl"
                _refuse_links(path)
                old = path.read_bytes().splitlines() if path.exists() else [_header(day)]
                if path.exists():
                    tuple(_read(path))  # what cannot be read is not written over
                lines = dict.fromkeys([*old, *(_line(one) for one in new)])
                write_atomically(path, b"\n".join(lines) + b"\n")
                written.append(path)
    except OSError as error:
        raise PlannerError(
            f"cannot write {place}: {error.strerror or error}; make room or choose --snapshots"
        ) from error
    return tuple(written)


def measurement_files(folder: Path) -> list[Path]:
    """The files of measurements in a folder of snapshots, oldest first."""
    return [path for path, _ in entries(folder / MEASURED) if _NAME.fullmatch(path.name)]


def read_measurements(path: Path) -> tuple[Measurement, ...]:
    """The measurements of a file; BadFileError names its line, NewerFileError a newer schema."""
    return tuple(_read(path))


def kept(folders: Iterable[Path]) -> tuple[tuple[Measurement, ...], tuple[str, ...]]:
    """All measurements of some folders, the same one once; and what could not be read, in words."""
    found: dict[bytes, Measurement] = {}
    faults = []
    for path in (file for folder in folders for file in measurement_files(folder)):
        try:
            found |= {_line(one): one for one in read_measurements(path)}
        except BadFileError as error:
            faults.append(str(error))
    return tuple(sorted(found.values(), key=lambda one: one.measured_at)), tuple(faults)


def _read(path: Path) -> Iterator[Measurement]:
    with opened(path) as file:
        lines = file.read().split(b"\n")
    _check_header(path, lines[0])
    for number, line in enumerate(lines[1:], start=2):
        if not line and number == len(lines):
            return
        try:
            yield _DECODER.decode(line)
        except ValueError as error:
            raise BadFileError(f"{path}:{number}: {error}; restore the line or remove it") from None
    raise BadFileError(f"{path}:{len(lines)}: the last line is cut off; restore or remove it")


def _refuse_links(*places: Path) -> None:
    for place in places:
        if place.is_symlink():
            raise PlannerError(f"{place} is a symbolic link; remove it, measurements are plain")


def _check_header(path: Path, line: bytes) -> None:
    try:
        header = msgspec.json.decode(line, type=_Header)
    except ValueError as error:
        raise BadFileError(f"{path}:1: no header of measurements ({error}); restore it") from None
    if header.schema > SCHEMA:
        raise NewerFileError(
            f"{path}:1: schema {header.schema} is newer than {SCHEMA}; upgrade planner"
        )
    if header.date.isoformat() != path.stem:
        raise BadFileError(f"{path}:1: the header says {header.date}; rename the file to match")


def _header(day: dt.date) -> bytes:
    return msgspec.json.encode(_Header(schema=SCHEMA, kind="measurements", date=day))


def _line(one: Measurement) -> bytes:
    return msgspec.json.encode(_told(msgspec.to_builtins(one)))


def _told(value: Any) -> Any:
    """A record without what is unknown or empty."""
    if isinstance(value, dict):
        return {name: _told(each) for name, each in value.items() if each not in (None, {}, [], ())}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_told(each) for each in value]
    return value


@contextlib.contextmanager
def _held(place: Path, now: dt.datetime) -> Iterator[None]:
    """The folder's lock, waited for: nothing that was measured may be lost to a neighbour."""
    with contextlib.ExitStack() as stack:
        for left in reversed(range(_TRIES)):
            try:
                stack.enter_context(hold(place, now))
                break
            except PlannerError:
                if not left:
                    raise
                time.sleep(_PAUSE_SECONDS)
        yield
