"""Records of snapshots as flat rows: typed columns, every field written, for tables elsewhere."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import inspect

from planner.core.offers import (
    RECORD_TYPES,
    AnyRecord,
    Deployment,
    Lifecycle,
    Meter,
    Offer,
    Quota,
    Record,
    RegionCapacity,
)

TABLES = {
    "offer": "offers",
    "lifecycle": "lifecycle",
    "quota": "quotas",
    "capacity": "capacity",
    "meter": "meters",
    "deployment": "deployments",
}
"""The plural of each kind of record: the name of its table."""

_TYPES = {str(t.__struct_config__.tag): t for t in RECORD_TYPES}


class _Row(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A record that writes its unknown fields, too, as null."""

    def __post_init__(self) -> None:
        """Check nothing: the record that it is made of was checked."""


class OfferRow(_Row, Offer, frozen=True, kw_only=True, omit_defaults=False, tag="offer"):
    """An offer with all its fields."""


class LifecycleRow(
    _Row, Lifecycle, frozen=True, kw_only=True, omit_defaults=False, tag="lifecycle"
):
    """What a document says of a model's life, with all its fields."""


class QuotaRow(_Row, Quota, frozen=True, kw_only=True, omit_defaults=False, tag="quota"):
    """A quota with all its fields."""


class CapacityRow(
    _Row, RegionCapacity, frozen=True, kw_only=True, omit_defaults=False, tag="capacity"
):
    """A region's capacity with all its fields."""


class MeterRow(_Row, Meter, frozen=True, kw_only=True, omit_defaults=False, tag="meter"):
    """An offer's meters with all their fields."""


class DeploymentRow(
    _Row, Deployment, frozen=True, kw_only=True, omit_defaults=False, tag="deployment"
):
    """A deployment with all its fields."""


AnyRow = OfferRow | LifecycleRow | QuotaRow | CapacityRow | MeterRow | DeploymentRow
_ROWS: dict[str, type[AnyRow]] = dict(
    zip(
        TABLES,
        (OfferRow, LifecycleRow, QuotaRow, CapacityRow, MeterRow, DeploymentRow),
        strict=True,
    )
)


def row_of(record: AnyRecord) -> AnyRow:
    """A record with all its fields."""
    return msgspec.convert(record, _ROWS[record.kind], from_attributes=True)


def record_type(kind: str) -> type[Record]:
    """The type of a kind's records."""
    return _TYPES[kind]


def columns(kind: str) -> dict[str, inspect.Type]:
    """The fields of a kind's records in file order, each with its type, None aside."""
    described = inspect.type_info(_TYPES[kind])
    assert isinstance(described, inspect.StructType)  # noqa: S101 - what every record is
    return {field.name: known_type(field.type) for field in described.fields}


def values(record: AnyRecord, names: Sequence[str]) -> list[Any]:
    """A record's fields as a table holds them: a list of words or records as JSON text."""
    return [_value(getattr(record, name)) for name in names]


def known_type(kind: inspect.Type) -> inspect.Type:
    """The type of a field's values, None aside."""
    if isinstance(kind, inspect.UnionType):
        [kind] = [choice for choice in kind.types if not isinstance(choice, inspect.NoneType)]
    return kind


def _value(value: Any) -> Any:
    return msgspec.json.encode(value).decode() if isinstance(value, tuple) else value
