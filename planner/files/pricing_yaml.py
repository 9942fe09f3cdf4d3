"""Price tables as YAML: where people write, one entry for all the charges of an offer.

An entry `input_usd_per_mtok: 0.67`, `hosting_usd_per_hour: 3.09` becomes a row for each charge.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from planner.core.price_discounts import Discount
from planner.core.prices import AMOUNTS, CHARGES, ITEMS, HourlyPrice, UsagePrice
from planner.errors import BadFileError
from planner.files.pricing_fields import (
    fields_of,
    reader_of,
    show,
    sort_regions,
    to_money,
    unknown,
)
from planner.files.yaml_text import Node, compose, items, line_of, mapping, text_of, value_of

_USAGE_KEYS = {
    f"{charge}_usd_per_{amount}": (charge, amount) for charge in CHARGES for amount in AMOUNTS
}
_HOURLY_KEYS = {f"{item}_usd_per_hour": item for item in ITEMS}
_USAGE_FIELDS = fields_of(UsagePrice)[0] - {"charge", "usd", "per"}
_HOURLY_FIELDS = fields_of(HourlyPrice)[0] - {"item", "usd_per_hour"}
_KEYS = {*_USAGE_FIELDS, *_HOURLY_FIELDS, *_USAGE_KEYS, *_HOURLY_KEYS, "doubts", "currency"}
_DISCOUNT_FIELDS = tuple(field.name for field in msgspec.structs.fields(Discount))
OVERRIDES = "overrides"
Placed = tuple[UsagePrice | HourlyPrice | Discount, int]


def read_yaml(path: Path, text: str) -> Iterator[Placed]:
    """The rows of one table with the lines of their amounts; BadFileError names the line.

    A file called overrides.yaml holds what its user pays: its entries need no origin, and no date
    on which they were read.
    """
    root = compose(path, text)
    if root is None:
        return
    document = mapping(path, root)
    for name, (key, value) in document.items():
        if name == "prices":
            for entry in items(path, value, name):
                yield from _rows(path, entry)
        elif name == "discounts":
            for entry in items(path, value, name):
                yield _discount(path, entry), line_of(entry)
        else:
            known = ("prices", "discounts")
            raise BadFileError(f"{path}:{line_of(key)}: {unknown('key', name, known)}")


def _discount(path: Path, entry: Node) -> Discount:
    values: dict[str, Any] = {}
    for name, (key, value) in mapping(path, entry).items():
        if name not in _DISCOUNT_FIELDS:
            raise BadFileError(f"{path}:{line_of(key)}: {unknown('key', name, _DISCOUNT_FIELDS)}")
        values[name] = _value(path, name, value)
    for name in ("provider", "percent", "effective_from", "source"):
        if name not in values:
            raise BadFileError(f"{path}:{line_of(entry)}: the discount lacks {name}; add it")
    try:
        return Discount(**values)
    except ValueError as error:
        raise BadFileError(f"{path}:{line_of(entry)}: {error}") from None


def _of_its_user(path: Path, shared: dict[str, Any]) -> None:
    """What an entry of overrides.yaml need not say."""
    if path.stem == OVERRIDES and "effective_from" in shared:
        shared.setdefault("origin", "override")
        shared.setdefault("retrieved_on", shared["effective_from"])


def _rows(path: Path, entry: Node) -> Iterator[Placed]:
    keys = mapping(path, entry)
    shared: dict[str, Any] = {}
    doubts: dict[str, str] = {}
    for name, (key, value) in keys.items():
        if name not in _KEYS:
            raise BadFileError(f"{path}:{line_of(key)}: {unknown('key', name, _KEYS)}")
        if name == "doubts":
            doubts = _doubts(path, value, keys)
        elif name not in _USAGE_KEYS and name not in _HOURLY_KEYS:
            shared[name] = _value(path, name, value)
    shared.pop("currency", None)
    _of_its_user(path, shared)
    amounts = [name for name in keys if name in _USAGE_KEYS or name in _HOURLY_KEYS]
    if not amounts:
        raise BadFileError(
            f"{path}:{line_of(entry)}: the entry has no price; add one such as input_usd_per_mtok"
        )
    _refuse_unused(path, keys, amounts)
    for name in amounts:
        key, value = keys[name]
        money = value_of(path, name, value, to_money)
        try:
            yield _row(name, money, shared, doubts), line_of(key)
        except ValueError as error:
            # A message begins with the field it is about: that line, where the entry has it.
            about = keys.get(str(error).split(" ", 1)[0], (key, value))[0]
            raise BadFileError(f"{path}:{line_of(about)}: {error}") from None


def _row(
    name: str, money: Any, shared: dict[str, Any], doubts: dict[str, str]
) -> UsagePrice | HourlyPrice:
    hourly = name in _HOURLY_KEYS
    allowed = _HOURLY_FIELDS if hourly else _USAGE_FIELDS
    values = {field: value for field, value in shared.items() if field in allowed}
    what = _HOURLY_KEYS[name] if hourly else _USAGE_KEYS[name][0]
    if what in doubts:
        values["doubt"] = doubts[what]
    shape: type[UsagePrice | HourlyPrice] = HourlyPrice if hourly else UsagePrice
    missing = fields_of(shape)[1] - values.keys() - {"item", "usd_per_hour", "charge", "usd"}
    if missing:
        raise ValueError(f"{name} lacks {min(missing)}; add it to the entry")
    if hourly:
        return HourlyPrice(item=what, usd_per_hour=money, **values)
    return UsagePrice(charge=what, per=_USAGE_KEYS[name][1], usd=money, **values)


def _refuse_unused(path: Path, keys: dict[str, tuple[Node, Node]], amounts: list[str]) -> None:
    """A field that none of the entry's prices can carry would be lost in silence."""
    used: set[str] = set()
    for name in amounts:
        used |= _HOURLY_FIELDS if name in _HOURLY_KEYS else _USAGE_FIELDS
    for name, (key, _) in keys.items():
        if name in (_USAGE_FIELDS | _HOURLY_FIELDS) - used:
            other = "usd_per_hour" if name in _HOURLY_FIELDS else "usd_per_mtok"
            raise BadFileError(
                f"{path}:{line_of(key)}: {name} says nothing without a ..._{other}; add one"
                f" or remove {name}"
            )


def _doubts(path: Path, node: Node, keys: dict[str, tuple[Node, Node]]) -> dict[str, str]:
    priced = {_USAGE_KEYS[name][0] for name in keys if name in _USAGE_KEYS}
    priced |= {_HOURLY_KEYS[name] for name in keys if name in _HOURLY_KEYS}
    found = {}
    for name, (key, value) in mapping(path, node).items():
        if name not in priced:
            raise BadFileError(
                f"{path}:{line_of(key)}: the doubt on {show(name)} has no price beside it;"
                f" priced here are {', '.join(sorted(priced)) or 'none'}"
            )
        found[name] = _value(path, "doubt", value)
    return found


def _value(path: Path, name: str, node: Node) -> Any:
    if name == "regions":
        names = [text_of(path, "regions", item) for item in items(path, node, "regions")]
        try:
            return sort_regions(names)
        except ValueError as error:
            raise BadFileError(f"{path}:{line_of(node)}: regions {error}") from None
    read = reader_of(name)
    if read is str:
        return text_of(path, name, node)
    return value_of(path, name, node, read)
