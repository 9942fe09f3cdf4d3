"""A value as its user gave it, with its name and its place, whichever way it came.

YAML, a row of a CSV, flags and Python values all become the same tree of texts, lists and mappings
before anything is understood of them, so that there is one understanding and one set of messages.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import Enum
from numbers import Number
from pathlib import Path
from typing import NoReturn

import msgspec

from planner.errors import BadFileError, PlannerError, UsageError
from planner.files.pricing_fields import show, unknown
from planner.files.yaml_text import Node, items, line_of, mapping

_NULL = "tag:yaml.org,2002:null"
_MOST_VALUES = 100_000
_DEEPEST = 6
_FEW_KEYS = 10


class Given(msgspec.Struct, frozen=True):
    """A text, a list or a mapping, and what messages call it.

    `at` is where it stands, "workload.yaml:12"; empty where it stands in no file, and `fault` is
    then the error of a call, not of a file.
    """

    name: str
    value: "str | tuple[Given, ...] | dict[str, Given]"
    at: str = ""
    error: type[PlannerError] = UsageError

    def refuse(self, what: str) -> NoReturn:
        """Raise: the name, then what is wrong with it and how to mend it."""
        self.say(f"{self.name or 'the workload'} {what}")

    def say(self, sentence: str) -> NoReturn:
        """Raise a whole sentence, at this place."""
        raise self.error(f"{self.at}: {sentence}" if self.at else sentence)

    def tell(self, sentence: str) -> NoReturn:
        """Raise a sentence of somebody who does not know where; the name is added if need be."""
        named = self.at or not self.name or sentence.startswith(self.name)
        self.say(sentence if named else f"{self.name}: {sentence}")

    @property
    def kind(self) -> str:
        """What it is, in words."""
        return {str: "a text", tuple: "a list", dict: "a mapping"}[type(self.value)]

    def keys(self, known: Iterable[str]) -> "dict[str, Given]":
        """The keys of a mapping, each of which has to be known."""
        if not isinstance(self.value, dict):
            told = tuple(known)
            keys = f", of {', '.join(told)}" if len(told) <= _FEW_KEYS else ", a line each"
            self.refuse(f"is {self.kind}; give key: value{keys}")
        for key, value in self.value.items():
            if key not in known:
                value.say(f"{unknown('key', key, known)}{self._inside()}")
        return self.value

    def _inside(self) -> str:
        return f" (in {self.name})" if self.name and not self.at else ""


def from_values(values: Mapping[str, object], where: str = "") -> Given:
    """Python values or flags, None left out; a fault of theirs is a UsageError."""
    root = Given("", {}, where)
    return _from_python(root, values, Counter(), 0)


def from_row(row: Mapping[str, str], at: str) -> Given:
    """The cells of a row, empty ones left out; a fault of theirs is a BadFileError."""
    cells = {
        name: Given(name, cell.strip(), at, BadFileError)
        for name, cell in row.items()
        if cell.strip()
    }
    return Given("", cells, at, BadFileError)


def from_yaml(path: Path, root: Node) -> Given:
    """What stands in a YAML document, a scalar as the text that stands there."""
    return _from_node(
        path, root, Given("", "", f"{path}:{line_of(root)}", BadFileError), Counter(), 0
    )


def _from_python(place: Given, value: object, seen: Counter[str], depth: int) -> Given:
    _count(place, seen, depth)
    made: str | tuple[Given, ...] | dict[str, Given]
    if isinstance(value, msgspec.Struct):
        value = msgspec.structs.asdict(value)
    if isinstance(value, bool):
        made = str(value).lower()
    elif isinstance(value, Enum):
        made = str(value.value)
    elif isinstance(value, str | Number | Path):
        try:
            made = str(value).strip()
        except ValueError:  # an integer of thousands of digits
            place.refuse("is too long a number; give fewer digits")
    elif isinstance(value, Mapping):
        made = {
            str(key): _from_python(_below(place, str(key)), each, seen, depth + 1)
            for key, each in value.items()
            if each is not None
        }
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        made = tuple(
            _from_python(_below(place, index), each, seen, depth + 1)
            for index, each in enumerate(value)
        )
    else:
        place.refuse(
            f"is of type {type(value).__name__}; give a text, a number, a list or a mapping"
        )
    return msgspec.structs.replace(place, value=made)


def _from_node(path: Path, node: Node, place: Given, seen: Counter[str], depth: int) -> Given:
    _count(place, seen, depth)
    made: str | tuple[Given, ...] | dict[str, Given]
    if node.id == "mapping":
        made = {}
        for key, (key_node, value) in mapping(path, node).items():
            below = msgspec.structs.replace(_below(place, key), at=f"{path}:{line_of(key_node)}")
            if not _is_nothing(value, below):
                made[key] = _from_node(path, value, below, seen, depth + 1)
    elif node.id == "sequence":
        found = []
        for index, item in enumerate(items(path, node, place.name)):
            below = msgspec.structs.replace(_below(place, index), at=f"{path}:{line_of(item)}")
            if _is_nothing(item, below):
                below.refuse("is nothing; give a value or remove the line")
            found.append(_from_node(path, item, below, seen, depth + 1))
        made = tuple(found)
    else:
        made = str(node.value).strip()
    return msgspec.structs.replace(place, value=made)


def _is_nothing(node: Node, place: Given) -> bool:
    """A null says nothing; a key with nothing after it was perhaps forgotten."""
    if node.id != "scalar" or node.tag != _NULL:
        return False
    if not node.value:
        place.refuse("has no value; give one or remove it")
    return True


def _below(place: Given, key: str | int) -> Given:
    """The place of an item or a key within another."""
    name = f"{place.name}[{key}]" if isinstance(key, int) else key
    if place.name and not isinstance(key, int):
        name = f"{place.name}.{key if len(key) <= 40 else show(key)}"  # noqa: PLR2004  (as show)
    return Given(name, "", place.at, place.error)


def _count(place: Given, seen: Counter[str], depth: int) -> None:
    """Aliases can make a small file as large as they like, or endless."""
    seen["values"] += 1
    if seen["values"] > _MOST_VALUES or depth > _DEEPEST:
        msgspec.structs.replace(place, name="").say(
            "too much or too deep for a workload; write values out, a key a line"
        )
