"""Exchange rates on disk: `pricing/currencies.yaml`, a list of dated rates with their source."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from planner.core.currencies import ExchangeRate
from planner.errors import BadFileError
from planner.files.pricing_fields import to_date, to_money, unknown
from planner.files.yaml_text import Node, compose, items, line_of, mapping, read_text, value_of

NAME = "currencies.yaml"
_FIELDS = tuple(field.name for field in msgspec.structs.fields(ExchangeRate))
_READERS: dict[str, Callable[[str], Any]] = {
    "per_usd": to_money,
    "date": to_date,
    "retrieved_on": to_date,
}


def read_rates(folders: Sequence[Path]) -> list[ExchangeRate]:
    """The rates of all folders, the user's own first; BadFileError names file and line."""
    found: list[ExchangeRate] = []
    for folder in folders:
        path = folder / NAME
        if path.is_file():
            found += _rates(path)
    return found


def _rates(path: Path) -> list[ExchangeRate]:
    root = compose(path, read_text(path))
    document = mapping(path, root) if root is not None else {}
    lines: dict[tuple[str, date], int] = {}
    found = []
    for name, (key, value) in document.items():
        if name != "rates":
            raise BadFileError(f"{path}:{line_of(key)}: {unknown('key', name, ('rates',))}")
        for entry in items(path, value, name):
            rate = _rate(path, entry)
            line = lines.setdefault((rate.currency, rate.date), line_of(entry))
            if line != line_of(entry):
                raise BadFileError(
                    f"{path}:{line_of(entry)}: {rate.currency} on {rate.date} stands twice, first"
                    f" on line {line}; remove one"
                )
            found.append(rate)
    return found


def _rate(path: Path, entry: Node) -> ExchangeRate:
    values: dict[str, Any] = {}
    for name, (key, value) in mapping(path, entry).items():
        if name not in _FIELDS:
            raise BadFileError(f"{path}:{line_of(key)}: {unknown('key', name, _FIELDS)}")
        values[name] = value_of(path, name, value, _READERS.get(name, str))
    if missing := set(_FIELDS) - values.keys():
        raise BadFileError(f"{path}:{line_of(entry)}: the rate lacks {min(missing)}; add it")
    try:
        return ExchangeRate(**values)
    except ValueError as error:
        raise BadFileError(f"{path}:{line_of(entry)}: {error}") from None
