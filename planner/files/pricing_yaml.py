"""Price tables as YAML: where people write, one entry for all the charges of an offer.

An entry `input_usd_per_mtok: 0.67`, `hosting_usd_per_hour: 3.09` becomes a row for each charge.
Every scalar is taken as the text that stands in the file, so that YAML's own guesses (0613 is a
number, no is false, 4.10 is 4.1) change nothing: where they would, quotes are asked for.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

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

_USAGE_KEYS = {
    f"{charge}_usd_per_{amount}": (charge, amount) for charge in CHARGES for amount in AMOUNTS
}
_HOURLY_KEYS = {f"{item}_usd_per_hour": item for item in ITEMS}
_USAGE_FIELDS = fields_of(UsagePrice)[0] - {"charge", "usd", "per"}
_HOURLY_FIELDS = fields_of(HourlyPrice)[0] - {"item", "usd_per_hour"}
_KEYS = {*_USAGE_FIELDS, *_HOURLY_FIELDS, *_USAGE_KEYS, *_HOURLY_KEYS, "doubts", "currency"}
_TAGS = {
    "tag:yaml.org,2002:int": "a number",
    "tag:yaml.org,2002:float": "a number",
    "tag:yaml.org,2002:bool": "true or false",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "a date",
}
# PyYAML's nodes have no public types that both its loaders share.
Node = Any
Placed = tuple[UsagePrice | HourlyPrice, int]


def read_yaml(path: Path, text: str) -> Iterator[Placed]:
    """The rows of one table with the lines of their amounts; BadFileError names the line."""
    import yaml  # noqa: PLC0415  (30 ms that a run without YAML tables does not pay)

    try:
        root = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise BadFileError(f"{path}:{_fault(error, text)}; mend the YAML") from None
    if root is None:
        return
    document = _mapping(path, root)
    for name, (key, _) in document.items():
        if name != "prices":
            raise BadFileError(f"{path}:{_line(key)}: {unknown('key', name, ('prices',))}")
    for entry in _items(path, document["prices"][1], "prices") if document else ():
        yield from _rows(path, entry)


def _rows(path: Path, entry: Node) -> Iterator[Placed]:
    keys = _mapping(path, entry)
    shared: dict[str, Any] = {}
    doubts: dict[str, str] = {}
    for name, (key, value) in keys.items():
        if name not in _KEYS:
            raise BadFileError(f"{path}:{_line(key)}: {unknown('key', name, _KEYS)}")
        if name == "doubts":
            doubts = _doubts(path, value, keys)
        elif name not in _USAGE_KEYS and name not in _HOURLY_KEYS:
            shared[name] = _value(path, name, value)
    shared.pop("currency", None)
    amounts = [name for name in keys if name in _USAGE_KEYS or name in _HOURLY_KEYS]
    if not amounts:
        raise BadFileError(
            f"{path}:{_line(entry)}: the entry has no price; add one such as input_usd_per_mtok"
        )
    _refuse_unused(path, keys, amounts)
    for name in amounts:
        key, value = keys[name]
        money = _read(path, name, value, to_money)
        try:
            yield _row(name, money, shared, doubts), _line(key)
        except ValueError as error:
            # A message begins with the field it is about: that line, where the entry has it.
            about = keys.get(str(error).split(" ", 1)[0], (key, value))[0]
            raise BadFileError(f"{path}:{_line(about)}: {error}") from None


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
                f"{path}:{_line(key)}: {name} says nothing without a ..._{other}; add one"
                f" or remove {name}"
            )


def _doubts(path: Path, node: Node, keys: dict[str, tuple[Node, Node]]) -> dict[str, str]:
    priced = {_USAGE_KEYS[name][0] for name in keys if name in _USAGE_KEYS}
    priced |= {_HOURLY_KEYS[name] for name in keys if name in _HOURLY_KEYS}
    found = {}
    for name, (key, value) in _mapping(path, node).items():
        if name not in priced:
            raise BadFileError(
                f"{path}:{_line(key)}: the doubt on {show(name)} has no price beside it;"
                f" priced here are {', '.join(sorted(priced)) or 'none'}"
            )
        found[name] = _value(path, "doubt", value)
    return found


def _value(path: Path, name: str, node: Node) -> Any:
    if name == "regions":
        names = [_text(path, "regions", item) for item in _items(path, node, "regions")]
        try:
            return sort_regions(names)
        except ValueError as error:
            raise BadFileError(f"{path}:{_line(node)}: regions {error}") from None
    read = reader_of(name)
    if read is str:
        return _text(path, name, node)
    return _read(path, name, node, read)


def _read(path: Path, name: str, node: Node, read: Any) -> Any:
    if node.id != "scalar":
        raise BadFileError(f"{path}:{_line(node)}: {name} is a {node.id}; give one value")
    try:
        return read(node.value)
    except ValueError as error:
        raise BadFileError(f"{path}:{_line(node)}: {name} {error}") from None


def _text(path: Path, name: str, node: Node) -> str:
    if node.id != "scalar":
        raise BadFileError(f"{path}:{_line(node)}: {name} is a {node.id}; give one word")
    if node.tag != "tag:yaml.org,2002:str":
        read_as = _TAGS.get(node.tag, "something else")
        raise BadFileError(
            f"{path}:{_line(node)}: {name} is {show(node.value)} unquoted, which YAML reads as"
            f' {read_as}; write it in quotes: "..."'
        )
    return str(node.value)


def _mapping(path: Path, node: Node) -> dict[str, tuple[Node, Node]]:
    if node.id != "mapping":
        raise BadFileError(f"{path}:{_line(node)}: a {node.id} where keys belong; write key: value")
    found: dict[str, tuple[Node, Node]] = {}
    for key, value in node.value:
        name = _text(path, "the key", key)
        if name in found:
            raise BadFileError(
                f"{path}:{_line(key)}: key {show(name)} stands twice, first on line"
                f" {_line(found[name][0])}; remove one"
            )
        found[name] = (key, value)
    return found


def _items(path: Path, node: Node, name: str) -> list[Node]:
    if node.id != "sequence":
        raise BadFileError(
            f"{path}:{_line(node)}: {name} is no list; write one item a line, with -"
        )
    return list(node.value)


def _fault(error: Any, text: str) -> str:
    """The line and the words of a YAML library's error; an open end is told where it began."""
    problem = " ".join(str(getattr(error, "problem", None) or error.reason).split())
    mark, began = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    if began and "end of stream" in problem:
        mark = began
    # A forbidden character has no mark but an offset, in bytes.
    line = mark.line if mark else text.encode()[: error.position].count(b"\n")
    return f"{line + 1}: {problem}"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
