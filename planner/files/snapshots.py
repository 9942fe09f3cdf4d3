"""Snapshots on disk: `<folder>/<provider>/<YYYY-MM-DD>.jsonl`, written whole or not at all.

The first line is the header, each further line one record: its kind and identity first, keys in a
fixed order, lines sorted. Records (and coverage entries) that are equal but for their region stand
in one line with a sorted `regions` list. A day on which nothing changed is a header that names the
earlier date it `equals`; quota lines may follow it, since what is used changes every day.
"""

import datetime as dt
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from planner.core.offers import AnyRecord, Quota
from planner.core.snapshots import Coverage, Origin, Snapshot
from planner.errors import BadFileError, PlannerError

SCHEMA = 1
_NAME = re.compile(r"\d{4}-\d{2}-\d{2}\.jsonl")
_ENCODER = msgspec.json.Encoder()


class _Schema(msgspec.Struct):
    schema: int


class _Header(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    schema: int
    provider: str
    date: dt.date
    origin: Origin
    source: str | None = None
    collected_at: dt.datetime | None = None
    tool: str | None = None
    sdk: dict[str, str] = {}
    equals: dt.date | None = None
    coverage: list[dict[str, Any]] = []


_SCHEMA = msgspec.json.Decoder(_Schema)
_HEADER = msgspec.json.Decoder(_Header)


def snapshot_path(folder: Path, provider: str, day: dt.date) -> Path:
    """Where the snapshot of a provider's day stands; a provider's name never leaves the folder."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", provider):
        raise PlannerError(f"provider {provider!r} is no plain name; use letters, digits, - and _")
    return folder / provider / f"{day.isoformat()}.jsonl"


def list_snapshots(folder: Path) -> dict[str, list[dt.date]]:
    """The dates of every provider's snapshots in a folder, oldest first; {} where it has none."""
    found: dict[str, list[dt.date]] = {}
    for path in sorted(folder.glob("*/*.jsonl")):
        if _NAME.fullmatch(path.name):
            try:
                day = dt.date.fromisoformat(path.stem)
            except ValueError:
                continue
            found.setdefault(path.parent.name, []).append(day)
    return found


def read_snapshot(path: Path, only: Callable[[str], bool] | None = None) -> Snapshot:
    """Read one snapshot, strictly.

    `only` is asked with each record's model; lines of other models are not kept, which makes
    reading one model of a large snapshot fast. BadFileError names the file and the line.
    """
    lines = _lines(path)
    header = _header(path, lines[0])
    records = list(_read_records(path, lines[1:], only))
    if header.equals is not None:
        records = _with_equal_day(path, header.equals, records, only)
    try:
        return Snapshot(
            provider=header.provider,
            date=header.date,
            origin=header.origin,
            source=header.source,
            collected_at=header.collected_at,
            tool=header.tool,
            sdk=header.sdk,
            coverage=tuple(_unfold_coverage(header.coverage)),
            records=tuple(records),
        )
    except (ValueError, TypeError, msgspec.ValidationError) as error:
        raise BadFileError(f"{path}: {error}; restore the file or collect again") from error


def write_snapshot(folder: Path, snapshot: Snapshot) -> Path:
    """Write a snapshot so that a reader sees the old file or the new one, never a part.

    Where nothing but what is used changed since the provider's snapshot before it in `folder`,
    the file is a header that names that day. PlannerError where the place cannot be written to.
    """
    path = snapshot_path(folder, snapshot.provider, snapshot.date)
    if path.is_symlink() or path.parent.is_symlink():
        raise PlannerError(f"{path} is a symbolic link; remove it, snapshots are plain files")
    equals, records = _day_before(folder, snapshot)
    lines = [_ENCODER.encode(_to_header(snapshot, equals)), *sorted(_fold(records))]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_atomically(path, b"\n".join(lines) + b"\n")
    except OSError as error:
        raise PlannerError(
            f"cannot write {path}: {error.strerror}; make room or choose --snapshots"
        ) from error
    return path


def _lines(path: Path) -> list[bytes]:
    try:
        text = path.read_bytes()
    except OSError as error:
        raise BadFileError(f"{path}: {error.strerror}; restore it or remove it") from error
    if not text.endswith(b"\n"):
        raise BadFileError(f"{path}: the last line is cut off; restore the file or collect again")
    return text.split(b"\n")[:-1]


def _header(path: Path, line: bytes) -> _Header:
    try:
        schema = _SCHEMA.decode(line).schema
        if schema > SCHEMA:
            raise BadFileError(f"{path}:1: schema {schema} is newer than {SCHEMA}; upgrade planner")
        header = _HEADER.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadFileError(f"{path}:1: no snapshot header ({error}); restore the file") from error
    if header.date.isoformat() != path.stem or header.provider != path.parent.name:
        raise BadFileError(
            f"{path}:1: the header says {header.provider} {header.date}; "
            f"move it to {header.provider}/{header.date}.jsonl"
        )
    return header


def _read_records(
    path: Path, lines: Iterable[bytes], only: Callable[[str], bool] | None
) -> Iterator[AnyRecord]:
    for number, line in enumerate(lines, start=2):
        try:
            fields = msgspec.json.decode(line)
            if only is not None and "model" in fields and not only(fields["model"]):
                continue
            yield from _unfold(fields)
        except (msgspec.MsgspecError, ValueError, TypeError, AttributeError) as error:
            raise BadFileError(
                f"{path}:{number}: {error}; restore the line or collect again"
            ) from error


def _unfold(fields: dict[str, Any]) -> Iterator[AnyRecord]:
    regions = fields.pop("regions", None)
    if regions is None:
        yield msgspec.convert(fields, AnyRecord)
        return
    if not isinstance(regions, list) or not regions or regions != sorted(set(regions)):
        raise ValueError("regions is no sorted list of different names")
    first = msgspec.convert({**fields, "region": regions[0]}, AnyRecord)
    yield first
    for region in regions[1:]:
        yield msgspec.structs.replace(first, region=region)


def _unfold_coverage(entries: list[dict[str, Any]]) -> Iterator[Coverage]:
    for entry in entries:
        for region in entry.pop("regions", [entry.get("region")]):
            yield msgspec.convert({**entry, "region": region}, Coverage)


def _fold(records: Iterable[msgspec.Struct]) -> Iterator[bytes]:
    """Lines of records, those that differ in their region alone as one."""
    groups: dict[bytes, tuple[dict[str, Any], set[str]]] = {}
    for record in records:
        fields = msgspec.to_builtins(record)
        region = fields.pop("region", None)
        _, regions = groups.setdefault(_ENCODER.encode(fields), (fields, set()))
        if region is not None:
            regions.add(region)
    for fields, regions in groups.values():
        yield _ENCODER.encode(_placed(fields, sorted(regions)) if regions else fields)


def _placed(fields: dict[str, Any], regions: list[str]) -> dict[str, Any]:
    """The fields with the region or regions behind the kind, the provider and the account."""
    head: dict[str, Any] = {k: fields[k] for k in ("kind", "provider", "account") if k in fields}
    where = {"region": regions[0]} if len(regions) == 1 else {"regions": regions}
    return head | where | {k: v for k, v in fields.items() if k not in head}


def _to_header(snapshot: Snapshot, equals: dt.date | None) -> _Header:
    return _Header(
        schema=SCHEMA,
        provider=snapshot.provider,
        date=snapshot.date,
        origin=snapshot.origin,
        source=snapshot.source,
        collected_at=snapshot.collected_at,
        tool=snapshot.tool,
        sdk=dict(sorted(snapshot.sdk.items())),
        equals=equals,
        coverage=[msgspec.json.decode(line) for line in sorted(_fold(snapshot.coverage))],
    )


def _day_before(folder: Path, snapshot: Snapshot) -> tuple[dt.date | None, list[AnyRecord]]:
    """The earlier day that this one equals, and the records that must still be written."""
    days = [d for d in list_snapshots(folder).get(snapshot.provider, []) if d < snapshot.date]
    if not days:
        return None, list(snapshot.records)
    path = snapshot_path(folder, snapshot.provider, days[-1])
    before = read_snapshot(path)
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


def _with_equal_day(
    path: Path, day: dt.date, own: list[AnyRecord], only: Callable[[str], bool] | None
) -> list[AnyRecord]:
    if any(not isinstance(record, Quota) for record in own):
        raise BadFileError(f"{path}: a day that equals {day} holds quota lines alone; restore it")
    base = path.with_name(f"{day.isoformat()}.jsonl")
    lines = _lines(base)
    if _header(base, lines[0]).equals is not None:
        raise BadFileError(f"{path}:1: equals {day}, which is no full snapshot; restore it")
    records = _read_records(base, lines[1:], only)
    return own + [r for r in records if not (own and isinstance(r, Quota))]


def _write_atomically(path: Path, content: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
        _sync_folder(path.parent)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
