"""Answers as JSON, CSV and markdown: `answer -> str`, the same facts in each."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect

from planner.core.currencies import ExchangeRate
from planner.render.money import converted, currency
from planner.render.safe import csv_cell, json_text, markdown_cell, plain

if TYPE_CHECKING:
    from pandas import DataFrame

_USD = re.compile(r"(?<![^_])usd(?![^_])")
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def to_json(answer: object, rate: ExchangeRate | None = None) -> str:
    """The answer as JSON; amounts are numbers, dates ISO, unknown is null.

    Amounts stay in the US dollars that their keys name; a `rate` to convert them by is added.
    """
    encoded = _ENCODER.encode(answer)
    if rate is not None:
        fields = msgspec.json.decode(encoded, type=dict[str, msgspec.Raw])
        encoded = _ENCODER.encode({**fields, "currency": rate})
    return json_text(msgspec.json.format(encoded, indent=2)) + "\n"


def json_schema(answer_type: type) -> dict[str, Any]:
    """The JSON Schema (2020-12) that `to_json` of such an answer validates against."""
    schema: dict[str, Any] = _numbers(msgspec.json.schema(answer_type))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema


def to_csv(rows: Iterable[object], of: type | None = None) -> str:
    """Rows as CSV, nested fields as columns of their own, lists joined by ";".

    The header is that of the rows' type; `of` names it where there may be no row.
    """
    frame = to_frame(rows, of).map(csv_cell)
    return str(frame.to_csv(index=False, lineterminator="\n"))


def to_frame(rows: Iterable[object], of: type | None = None) -> "DataFrame":
    """Rows as a pandas frame, nested fields as columns of their own, lists joined by ";"."""
    import pandas as pd  # noqa: PLC0415 - half a second that only this needs

    names, flat = _table(rows, of)
    cells = [[row.get(name) for name in names] for row in flat]
    return pd.DataFrame(cells, columns=names, dtype=object)


def to_typed_frame(rows: Iterable[object], of: type) -> "DataFrame":
    """The same to calculate with: numbers as int or float, dates as datetime64."""
    import pandas as pd  # noqa: PLC0415 - half a second that only this needs

    frame = to_frame(rows, of)
    for name, kind in _columns("", inspect.type_info(of)):
        if _is_of(kind, (inspect.IntType,)):
            frame[name] = pd.to_numeric(frame[name])
        elif _is_of(kind, (inspect.FloatType, inspect.DecimalType)):
            frame[name] = frame[name].astype(float)
        elif _is_of(kind, (inspect.DateType,)):
            frame[name] = pd.to_datetime(frame[name])
    return frame


def _is_of(kind: inspect.Type, wanted: tuple[type, ...]) -> bool:
    """Whether values of a column are of such types, or unknown."""
    choices = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    known = [choice for choice in choices if not isinstance(choice, inspect.NoneType)]
    return bool(known) and all(isinstance(choice, wanted) for choice in known)


def to_markdown(
    rows: Iterable[object],
    columns: Iterable[str] | None = None,
    before: Iterable[str] = (),
    behind: Iterable[str] = (),
) -> str:
    """Rows as a markdown table between paragraphs of plain sentences.

    `columns` chooses among the flat names, else all with values. Columns that name usd show, and
    name, the currency that was asked for.
    """
    known, flat = _table(rows)
    paragraphs = [markdown_cell(line.strip()) for line in before if line.strip()]
    end = [markdown_cell(line.strip()) for line in behind if line.strip()]
    if not flat:
        return "\n\n".join([*(paragraphs or ["Nothing found."]), *end]) + "\n"
    names = list(columns or [k for k in known if any(row.get(k) is not None for row in flat)])
    lines = [
        "| " + " | ".join(map(_heading, names)) + " |",
        "|" + " --- |" * len(names),
        *("| " + " | ".join(markdown_cell(_shown(n, row)) for n in names) + " |" for row in flat),
    ]
    return "\n\n".join([*paragraphs, "\n".join(lines), *end]) + "\n"


def _heading(column: str) -> str:
    """A column's name; usd_per_month reads eur_per_month where amounts are shown in EUR."""
    return _USD.sub(currency().lower(), column)


def _shown(column: str, row: Mapping[str, Any]) -> Any:
    value = row.get(column)
    if isinstance(value, Decimal) and _USD.search(column):
        return converted(value)
    return value


def _table(
    rows: Iterable[object], of: type | None = None
) -> tuple[list[str], list[dict[str, Any]]]:
    """All columns in order, whatever the rows hold, and the rows themselves."""
    known = list(rows)
    types = dict.fromkeys([*([of] if of else []), *(type(row) for row in known)])
    names = dict.fromkeys(name for t in types for name, _ in _columns("", inspect.type_info(t)))
    return list(names), [_cells(row) for row in known]


def _columns(name: str, kind: inspect.Type) -> Iterator[tuple[str, inspect.Type]]:
    """The columns of a field or a record with their types, its name before those of nested ones."""
    choices = kind.types if isinstance(kind, inspect.UnionType) else (kind,)
    nested = [choice for choice in choices if isinstance(choice, inspect.StructType)]
    for record in nested:
        if record.tag_field:
            tag = f"{name}_{record.tag_field}" if name else record.tag_field
            yield tag, inspect.StrType()
        for field in record.fields:
            inner = f"{name}_{field.encode_name}" if name else field.encode_name
            yield from _columns(inner, field.type)
    if not nested:
        yield name, kind


def _cells(row: object) -> dict[str, Any]:
    """A record as flat cells: `price.usd` as `price_usd`, lists of words joined by ";"."""
    cells: dict[str, Any] = {}
    for name, value in msgspec.to_builtins(row, builtin_types=(Decimal,)).items():
        _flatten(name, value, cells)
    return cells


def _flatten(name: str, value: Any, cells: dict[str, Any]) -> None:
    if isinstance(value, Mapping):
        for inner, part in value.items():
            _flatten(f"{name}_{inner}", part, cells)
    elif isinstance(value, (list, tuple)):
        cells[name] = ";".join(_word(part) for part in value) or None
    else:
        cells[name] = value


def _word(part: Any) -> str:
    if isinstance(part, Mapping):
        return " ".join(plain(v) for v in part.values() if v is not None)
    return plain(part)


def _numbers(schema: Any) -> Any:
    """Amounts are written as numbers, so their schema is a number's, not a decimal string's."""
    if isinstance(schema, Mapping):
        if schema.get("format") == "decimal":
            return {"type": "number"}
        return {key: _numbers(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_numbers(value) for value in schema]
    return schema
