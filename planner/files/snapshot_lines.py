"""The lines of a snapshot file: its header, and records folded over the regions they share."""

import datetime as dt
import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from planner.core.offers import AnyRecord
from planner.core.snapshots import Coverage, Origin, Snapshot

SCHEMA = 1
Decoded = TypeVar("Decoded")
_ENCODER = msgspec.json.Encoder()
_ENTRIES = msgspec.json.Decoder(list[dict[str, Any]])
# What stands in a snapshot's place after something else than planner has written it.
_FOREIGN = {
    b"<<<<<<<": "a merge conflict",
    b"version https://git-lfs": "a pointer of git-lfs; git lfs pull brings the file",
    b"\xef\xbb\xbf": "a byte-order mark stands before it",
    b"\x1f\x8b": "it is packed by gzip",
}
_ANY_REGION = b'"region":0'


class Header(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """The first line. `equals` names the earlier day whose records are this one's, too."""

    schema: int
    provider: str
    date: dt.date
    origin: Origin
    source: str | None = None
    collected_at: dt.datetime | None = None
    tool: str | None = None
    sdk: dict[str, str] = {}
    equals: dt.date | None = None
    coverage: msgspec.Raw = msgspec.Raw(b"[]")


class NewerSchemaError(ValueError):
    """A header is of a schema that this planner does not know yet."""


def strictly(decode: Callable[[bytes], Decoded], line: bytes) -> Decoded:
    """What a decoder makes of a line. ValueError where it is malformed, however deep."""
    try:
        return decode(line)
    except RecursionError:
        raise ValueError("brackets are nested too deeply") from None


class _Schema(msgspec.Struct):
    schema: int


_SCHEMA = msgspec.json.Decoder(_Schema)
_HEADER = msgspec.json.Decoder(Header)


def decode_header(line: bytes) -> Header:
    """Read the first line. ValueError where it is no header, NewerSchemaError where newer."""
    try:
        schema = strictly(_SCHEMA.decode, line).schema
        if 1 <= schema <= SCHEMA:
            return strictly(_HEADER.decode, line)
    except ValueError as error:
        told = next((what for mark, what in _FOREIGN.items() if line.startswith(mark)), error)
        raise ValueError(f"no snapshot header ({told}); restore the file") from error
    if schema < 1:
        raise ValueError(f"schema {schema} is none that there was; restore the file")
    raise NewerSchemaError(f"schema {schema} is newer than {SCHEMA}; upgrade planner")


def encode_header(snapshot: Snapshot, equals: dt.date | None) -> bytes:
    """Write the first line, without its line end."""
    header = Header(
        schema=SCHEMA,
        provider=snapshot.provider,
        date=snapshot.date,
        origin=snapshot.origin,
        source=snapshot.source,
        collected_at=snapshot.collected_at,
        tool=snapshot.tool,
        sdk=dict(sorted(snapshot.sdk.items())),
        equals=equals,
        coverage=msgspec.Raw(b"[" + b",".join(sorted(fold(snapshot.coverage))) + b"]"),
    )
    return _ENCODER.encode(header)


def to_snapshot(header: Header, records: Iterable[AnyRecord]) -> Snapshot:
    """Join header and records. ValueError where they contradict one another."""
    return Snapshot(
        provider=header.provider,
        date=header.date,
        origin=header.origin,
        source=header.source,
        collected_at=header.collected_at,
        tool=header.tool,
        sdk=header.sdk,
        coverage=unfold_coverage(header),
        records=tuple(records),
    )


def unfold_coverage(header: Header) -> tuple[Coverage, ...]:
    """The coverage, one entry a region. ValueError where an entry is malformed."""
    return _unfolded(bytes(header.coverage))


@functools.lru_cache(maxsize=64)
def _unfolded(coverage: bytes) -> tuple[Coverage, ...]:
    """The coverage of a header; that of one day is mostly that of the day before."""
    return tuple(
        msgspec.convert({**_without_regions(entry), "region": region}, Coverage)
        for entry in strictly(_ENTRIES.decode, coverage)
        for region in (_regions(entry) if "regions" in entry else [entry.get("region")])
    )


def unfold(line: bytes) -> Iterator[AnyRecord]:
    """The records of a line, one a region. ValueError where it is malformed."""
    fields = strictly(msgspec.json.decode, line)
    if not isinstance(fields, dict):
        raise ValueError("no record; a record is {...}")  # noqa: TRY004 - the file's fault
    if "regions" not in fields:
        yield msgspec.convert(fields, AnyRecord)
        return
    regions = _regions(fields)
    first = msgspec.convert({**_without_regions(fields), "region": regions[0]}, AnyRecord)
    yield first
    for region in regions[1:]:
        yield msgspec.structs.replace(first, region=region)


def fold(records: Iterable[msgspec.Struct]) -> Iterator[bytes]:
    """Lines of records, those that differ in their region alone as one."""
    groups: dict[bytes, set[str]] = {}
    for record in records:
        line = _ENCODER.encode(record)
        region = getattr(record, "region", None)
        if region is None:
            groups.setdefault(line, set())
        else:
            # A value's own quotation marks are escaped in JSON: what is found is the field.
            line = line.replace(b'"region":' + _ENCODER.encode(region), _ANY_REGION, 1)
            groups.setdefault(line, set()).add(region)
    for line, regions in groups.items():
        fields = msgspec.json.decode(line)
        fields.pop("region", None)
        yield _ENCODER.encode(_placed(fields, sorted(regions)) if regions else fields)


def _regions(fields: dict[str, Any]) -> list[str]:
    try:
        regions = msgspec.convert(fields["regions"], list[str])
    except msgspec.ValidationError as error:
        raise ValueError(f"regions is no list of names ({error})") from error
    if not regions or regions != sorted(set(regions)):
        raise ValueError("regions is no sorted list of different names")
    if "region" in fields:
        raise ValueError("region and regions stand side by side; keep one")
    return regions


def _without_regions(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name != "regions"}


def _placed(fields: dict[str, Any], regions: list[str]) -> dict[str, Any]:
    """The fields with the region or regions behind the kind, the provider and the account."""
    head: dict[str, Any] = {k: fields[k] for k in ("kind", "provider", "account") if k in fields}
    where = {"region": regions[0]} if len(regions) == 1 else {"regions": regions}
    return head | where | {k: v for k, v in fields.items() if k not in head}
