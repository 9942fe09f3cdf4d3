"""Decoded JSON of which nothing is believed: each value is looked at before it is used."""

import re
from typing import Any

import msgspec

from planner.collectors._azure_errors import TroubleError
from planner.core.snapshots import Status

_REGION = re.compile(r"[a-z0-9]{2,40}")
_RESOURCE_KINDS = {"aiservices", "openai"}  # the kinds that hold model deployments
_MOST = 10**15  # a larger number is no count
_NO_LIST = 'the answer has no list under "value"'
_NO_JSON = "the answer is no JSON, or cut off"
NO_OBJECT = "an entry is no object"
_LONGEST = 300  # a longer text is no name


class _List(msgspec.Struct):
    value: list[msgspec.Raw]


def read_list(body: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """Return the records of a list, JSON or decoded, and why other entries are none.

    Raises TroubleError where it is no list.
    """
    if isinstance(body, bytes):
        try:
            body = msgspec.json.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise TroubleError(Status.FAILED, _NO_JSON) from None
    value = body.get("value") if isinstance(body, dict) else None
    if not isinstance(value, list):
        raise TroubleError(Status.FAILED, _NO_LIST)
    records = [entry for entry in value if isinstance(entry, dict)]
    return records, [NO_OBJECT] * (len(value) - len(records))


def raw_list(body: Any) -> list[msgspec.Raw]:
    """Return the entries of a list, not yet decoded. Raises TroubleError where it is no list."""
    try:
        return msgspec.json.decode(
            body if isinstance(body, bytes) else msgspec.json.encode(body), type=_List
        ).value
    except msgspec.ValidationError:
        raise TroubleError(Status.FAILED, _NO_LIST) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise TroubleError(Status.FAILED, _NO_JSON) from None


def entries(body: Any) -> list[dict[str, Any]]:
    """Return the records of a list; none where it is no list."""
    try:
        return read_list(body)[0]
    except TroubleError:
        return []


def mapping(value: Any) -> dict[str, Any]:
    """Return an object, empty where the value is none."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[dict[str, Any]]:
    """Return the objects of an array."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def text(value: Any) -> str | None:
    """Return a text that can be a name; None for anything else, also for an empty one."""
    return value if isinstance(value, str) and 0 < len(value) <= _LONGEST else None


def number(value: Any) -> float | None:
    """Return a number of 0 or more that can be a count of something."""
    good = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST
    return value if good else None


def count(value: Any) -> int | None:
    """Return a whole number of 0 or more, also where it is written as a text."""
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"[0-9]{1,15}", value) else None
    amount = number(value)
    return int(amount) if amount is not None and amount == int(amount) else None


def region_name(value: Any) -> str | None:
    """Return a region as "eastus2" from any spelling ("EastUS2", "East US 2"), None if it is none.

    The result is safe in a path.
    """
    name = "".join(value.lower().split()) if isinstance(value, str) else ""
    return name if _REGION.fullmatch(name) else None


def holds_deployments(resource: dict[str, Any]) -> bool:
    """Whether a resource is of a kind that can hold model deployments."""
    return str(resource.get("kind")).lower() in _RESOURCE_KINDS


def name_key(name: str) -> str:
    """Return a name without case and separators, to compare spellings by."""
    return re.sub(r"[\W_]+", "", name.lower())
