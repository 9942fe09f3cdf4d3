"""Exchange rates on disk: `pricing/currencies.yaml`, a list of dated rates with their source."""

from collections.abc import Callable, Sequence
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
        if not path.is_file():
            continue
        root = compose(path, read_text(path))
        document = mapping(path, root) if root is not None else {}
        for name, (key, value) in document.items():
            if name != "rates":
                raise BadFileError(f"{path}:{line_of(key)}: {unknown('key', name, ('rates',))}")
            found += (_rate(path, entry) for entry in items(path, value, name))
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
