"""Snapshots on disk: `<folder>/<provider>/<YYYY-MM-DD>.jsonl`, written whole or not at all.

The first line is the header, each further line one record: its kind and identity first, keys in a
fixed order, lines sorted. Records (and coverage entries) that are equal but for their region stand
in one line with a sorted `regions` list. A day on which nothing changed is a header that names the
earlier date it `equals`; quota lines may follow it, since what is used changes every day.
"""

import contextlib
import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from planner.core.offers import AnyRecord, Quota
from planner.core.snapshots import Snapshot
from planner.errors import BadFileError, NewerFileError, PlannerError
from planner.files.atomic import write_atomically
from planner.files.places import MEASURED
from planner.files.plain_files import entries, opened
from planner.files.snapshot_lines import (
    Header,
    NewerSchemaError,
    decode_header,
    encode_header,
    fold,
    strictly,
    to_snapshot,
    unfold,
    unfold_coverage,
)

_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_-]*")
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.jsonl")


class _Named(msgspec.Struct):
    model: str | None = None


_NAMED = msgspec.json.Decoder(_Named)
_MODEL = re.compile(rb'"model":"([^"\\]+)"')
_QUOTA = b'{"kind":"quota"'

Seen = dict[bytes, tuple[AnyRecord, ...]]
"""The records of lines, as they were read for one choice of models."""


def snapshot_path(folder: Path, provider: str, day: dt.date) -> Path:
    """Where the snapshot of a provider's day stands; a provider's name never leaves the folder."""
    if not _PROVIDER.fullmatch(provider):
        raise PlannerError(f"provider {provider!r} is no plain name; use letters, digits, - and _")
    return folder / provider / f"{day.isoformat()}.jsonl"


def list_snapshots(folder: Path) -> dict[str, list[dt.date]]:
    """The dates of every provider's snapshots in a folder, oldest first; {} where it has none.

    BadFileError where a folder may not be looked at: its snapshots would be passed over unseen.
    """
    found: dict[str, list[dt.date]] = {}
    for place, is_folder in entries(folder):
        if not is_folder or place.name == MEASURED or not _PROVIDER.fullmatch(place.name):
            continue
        for path, _ in entries(place):
            if _NAME.fullmatch(path.name):
                with contextlib.suppress(ValueError):
                    found.setdefault(place.name, []).append(dt.date.fromisoformat(path.stem))
    return found


def models_in(folder: Path) -> set[str]:
    """The models that the snapshots of a folder name, as they spell them, whatever else is wrong.

    A file that cannot be read names none.
    """
    found: set[bytes] = set()
    for provider, days in list_snapshots(folder).items():
        for day in days:
            with (
                contextlib.suppress(BadFileError),
                opened(snapshot_path(folder, provider, day)) as file,
            ):
                found |= set(_MODEL.findall(file.read()))
    return {name.decode(errors="replace") for name in found}


def read_snapshot(
    path: Path,
    only: Callable[[str], bool] | None = None,
    *,
    seen: Seen | None = None,
    once: bool = False,
    loose: bool = False,
    quotas: bool = True,
) -> Snapshot:
    """Read one snapshot, strictly.

    `only` is asked with each record's model; lines of other models are not kept, which makes
    reading one model of a large snapshot fast. `seen` holds the lines that were read of other
    snapshots: equal ones give the same records, read once; with `once` they give none again, for
    those who read the newest first and want to know what older ones add. A `loose` file may have
    any name. Without `quotas` those lines are passed over: they change every day, and are many.
    BadFileError names file and line.
    """
    lines = _lines(path)
    header = _header(path, lines[0], loose=loose)
    told = lines[1:] if quotas else [line for line in lines[1:] if not line.startswith(_QUOTA)]
    records = list(_read_records(path, told, only, seen, once=once))
    if header.equals is not None:
        records += _of_equal_day(path, header, records, only, seen, once=once)
    try:
        return to_snapshot(header, records)
    except ValueError as error:
        number = 1 if header.equals else _line_at_fault(path, header, lines, only)
        raise BadFileError(
            f"{path}:{number}: {error}; restore the line or collect again"
        ) from error


def read_lines(path: Path, *, loose: bool = False) -> tuple[Header, list[bytes]]:
    """A file's header, and the lines of its records undecoded. BadFileError names the fault."""
    first, *rest = _lines(path)
    return _header(path, first, loose=loose), rest


def refuse_place(path: Path) -> None:
    """PlannerError where a snapshot cannot stand at a path: a link, or no folder, or no file."""
    for place in (path.parent, path):
        if place.is_symlink():
            raise PlannerError(f"{place} is a symbolic link; remove it, snapshots are plain files")
    if path.parent.exists() and not path.parent.is_dir():
        raise PlannerError(f"{path.parent} is no folder; move it away or choose --snapshots")
    if path.exists() and not path.is_file():
        raise PlannerError(f"{path} is no plain file; move it away or choose --snapshots")


def write_snapshot(folder: Path, snapshot: Snapshot) -> Path:
    """Write a snapshot so that a reader sees the old file or the new one, never a part.

    Where nothing but what is used changed since the provider's snapshot before it in `folder`,
    the file is a header that names that day. PlannerError where the place cannot be written to,
    or where a later day's file rests on this one.
    """
    path = snapshot_path(folder, snapshot.provider, snapshot.date)
    refuse_place(path)
    _refuse_needed(folder, snapshot)
    equals, records = _day_before(folder, snapshot)
    try:
        lines = [encode_header(snapshot, equals), *sorted(fold(records))]
    except UnicodeEncodeError as error:
        raise PlannerError(f"cannot write {path}: a word in it is no text ({error})") from error
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, b"\n".join(lines) + b"\n")
    except OSError as error:
        raise PlannerError(
            f"cannot write {path}: {error.strerror}; make room or choose --snapshots"
        ) from error
    return path


def _lines(path: Path) -> list[bytes]:
    with opened(path) as file:
        text = file.read()
    if not text:
        raise BadFileError(f"{path}:1: the file is empty; restore it or collect again")
    lines = text.split(b"\n")
    if lines[-1] or len(lines) == 1:
        raise BadFileError(
            f"{path}:{len(lines)}: the last line is cut off; restore the file or collect again"
        )
    return lines[:-1]


def _header(path: Path, line: bytes, *, loose: bool = False) -> Header:
    try:
        header = decode_header(line)
        unfold_coverage(header)
    except NewerSchemaError as error:
        raise NewerFileError(f"{path}:1: {error}") from error
    except ValueError as error:
        raise BadFileError(f"{path}:1: {error}") from error
    placed = header.date.isoformat() == path.stem and header.provider == path.parent.name
    if not _PROVIDER.fullmatch(header.provider):
        # Nor is it told to move a file to where such a name leads.
        raise BadFileError(f"{path}:1: provider {header.provider!r} is no plain name; restore it")
    if not (placed or loose):
        raise BadFileError(
            f"{path}:1: the header says {header.provider} {header.date}; "
            f"move it to {header.provider}/{header.date}.jsonl"
        )
    return header


def read_header(path: Path, *, loose: bool = False) -> Header:
    """Read the header alone; BadFileError as `read_snapshot`."""
    with opened(path) as file:
        line = file.readline()
    if not line:
        raise BadFileError(f"{path}:1: the file is empty; restore it or collect again")
    return _header(path, line.removesuffix(b"\n"), loose=loose)


def _read_records(
    path: Path,
    lines: Iterable[bytes],
    only: Callable[[str], bool] | None,
    seen: Seen | None = None,
    *,
    once: bool = False,
) -> Iterator[AnyRecord]:
    for number, line in enumerate(lines, start=2):
        try:
            if seen is None:
                yield from _wanted(line, only)
                continue
            known = line in seen
            if not known:
                seen[line] = tuple(_wanted(line, only))
            if not (known and once):
                yield from seen[line]
        except ValueError as error:
            raise BadFileError(
                f"{path}:{number}: {error}; restore the line or collect again"
            ) from error


def _wanted(line: bytes, only: Callable[[str], bool] | None) -> Iterable[AnyRecord]:
    if only is not None:
        # Most lines are of other models: their names are read without the rest.
        named = strictly(_NAMED.decode, line).model
        if named is not None and not only(named):
            return ()
    return unfold(line)


def _line_at_fault(
    path: Path, header: Header, lines: list[bytes], only: Callable[[str], bool] | None
) -> int:
    """The number of the first line that contradicts the lines before it."""

    def fails(count: int) -> bool:
        try:
            to_snapshot(header, _read_records(path, lines[1:count], only))
        except ValueError:
            return True
        return False

    return bisect_left(range(len(lines)), True, key=fails)


def _refuse_needed(folder: Path, snapshot: Snapshot) -> None:
    """A day that a later one equals is not written again: that one would change with it."""
    days = list_snapshots(folder).get(snapshot.provider, [])
    for day in (d for d in days if d > snapshot.date):
        path = snapshot_path(folder, snapshot.provider, day)
        with contextlib.suppress(BadFileError):
            if _header(path, _lines(path)[0]).equals == snapshot.date:
                raise PlannerError(
                    f"{path} equals {snapshot.date}; remove it to write that day again"
                )


def _day_before(folder: Path, snapshot: Snapshot) -> tuple[dt.date | None, list[AnyRecord]]:
    """The earlier day that this one equals, and the records that must still be written."""
    days = [d for d in list_snapshots(folder).get(snapshot.provider, []) if d < snapshot.date]
    if not days:
        return None, list(snapshot.records)
    path = snapshot_path(folder, snapshot.provider, days[-1])
    try:
        before = read_snapshot(path)
    except BadFileError:
        # What was collected is kept whatever happened to an earlier file; its reader tells of it.
        return None, list(snapshot.records)
    if (_lasting(before), before.coverage) != (_lasting(snapshot), snapshot.coverage):
        return None, list(snapshot.records)
    full = _header(path, _lines(path)[0]).equals or days[-1]
    quotas = [r for r in snapshot.records if isinstance(r, Quota)]
    same = quotas == [r for r in before.records if isinstance(r, Quota)] and full == days[-1]
    return full, [] if same else list(quotas)


def _lasting(snapshot: Snapshot) -> list[AnyRecord]:
    return [
        msgspec.structs.replace(r, used=None) if isinstance(r, Quota) else r
        for r in snapshot.records
    ]


def _of_equal_day(
    path: Path,
    header: Header,
    own: Sequence[AnyRecord],
    only: Callable[[str], bool] | None,
    seen: Seen | None,
    *,
    once: bool,
) -> list[AnyRecord]:
    """The records that a day has from the earlier one that it equals; quotas unless its own."""
    day = header.equals or header.date
    if any(not isinstance(record, Quota) for record in own):
        raise BadFileError(f"{path}:1: a day that equals {day} has quota lines alone; restore it")
    base = path.with_name(f"{day.isoformat()}.jsonl")
    if day >= header.date or not base.exists():
        raise BadFileError(f"{path}:1: equals {day}, of which no file is there before; restore it")
    lines = _lines(base)
    if _header(base, lines[0]).equals is not None:
        raise BadFileError(f"{path}:1: equals {day}, which is no full snapshot; restore it")
    records = _read_records(base, lines[1:], only, seen, once=once)
    return [r for r in records if not (own and isinstance(r, Quota))]
