"""The carried facts about units and default quotas, each file read on its first use."""

import csv
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from planner.core.unit_facts import CapacityUnit, DefaultQuota, UnitFact
from planner.errors import BadFileError

_DATA = Path(__file__).parent.parent / "data"
_LIST_MARK = "|"

_Fact = TypeVar("_Fact", UnitFact, DefaultQuota, CapacityUnit)


@cache
def unit_facts(path: Path = _DATA / "provisioned-units.csv") -> tuple[UnitFact, ...]:
    """What a provisioned unit serves: a fact for each deployment type that a row names."""
    return tuple(
        _fact(path, line, row | {"deployment_type": kind}, UnitFact)
        for line, row in _rows(path)
        for kind in row.get("deployment_types", "").split(_LIST_MARK)
    )


@cache
def default_quotas(path: Path = _DATA / "default-quotas.csv") -> tuple[DefaultQuota, ...]:
    """What new accounts may use, by model and deployment type."""
    return tuple(_fact(path, line, row, DefaultQuota) for line, row in _rows(path))


@cache
def capacity_units(path: Path = _DATA / "capacity-units.csv") -> tuple[CapacityUnit, ...]:
    """What one unit of capacity lets through, by model."""
    return tuple(_fact(path, line, row, CapacityUnit) for line, row in _rows(path))


def capacity_unit(provider: str, model: str) -> CapacityUnit | None:
    """The unit of capacity of a canonical model; None where nobody tells."""
    key = (provider, model)
    return next((u for u in capacity_units() if (u.provider, u.model) == key), None)


def unit_fact(provider: str, model: str, deployment_type: str | None) -> UnitFact | None:
    """The fact about a canonical model's units; None where no document tells."""
    key = (provider, model, deployment_type)
    return next((f for f in unit_facts() if (f.provider, f.model, f.deployment_type) == key), None)


def default_quota(provider: str, model: str, deployment_type: str | None) -> DefaultQuota | None:
    """The default quota of a canonical model; None where no document tells."""
    key = (provider, model, deployment_type)
    return next(
        (q for q in default_quotas() if (q.provider, q.model, q.deployment_type) == key), None
    )


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        for row in rows:
            yield rows.line_num, {key: value for key, value in row.items() if value}


def _fact(path: Path, line: int, row: dict[str, str], kind: type[_Fact]) -> _Fact:
    try:
        return msgspec.convert(row, kind, strict=False, dec_hook=_ratio)
    except (msgspec.ValidationError, ValueError) as error:
        what = str(error).splitlines()[0]
        raise BadFileError(f"{path}:{line}: {what}; correct the line") from error


def _ratio(kind: type, value: Any) -> Any:
    """A ratio as written: 8, 1.5."""
    return Fraction(value) if kind is Fraction else value
