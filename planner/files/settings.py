"""A user's settings: planner.yaml in the working folder, then in the configuration folder.

    home_region: japaneast
    boundary: eu
    staleness_days: 30
    using: using.yaml
    ignore: ignore.yaml
    severities: severities.yaml
    accounts:
      prod: 00000000-0000-0000-0000-000000000000

The nearer file wins, setting by setting; an option on the command line wins over both.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from planner.core.accounts import checked_alias
from planner.core.boundaries import parse_boundary
from planner.errors import BadFileError
from planner.files.pricing_fields import to_count, unknown
from planner.files.yaml_text import (
    Node,
    compose,
    line_of,
    mapping,
    read_text,
    text_of,
    value_of,
)

NAME = "planner.yaml"
STALENESS_DAYS = 30


class UserSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the settings files say; None and {} where they say nothing.

    `accounts` maps an account's id to its alias, the other way round than the file, where a person
    looks for the alias. `files` are those that were read, the nearer one first.
    """

    home_region: str | None = None
    boundary: str | None = None
    accounts: dict[str, str] = {}
    staleness_days: int = STALENESS_DAYS
    using: Path | None = None
    ignore: Path | None = None
    severities: Path | None = None
    files: tuple[Path, ...] = ()


def read_settings(here: Path | None = None, configuration: Path | None = None) -> UserSettings:
    """The settings of a working folder (here) and of the user. BadFileError names file and line."""
    places = (here or Path(), configuration or configuration_folder())
    files = [path for folder in places if (path := folder / NAME).is_file()]
    found: dict[str, Any] = {}
    for path in reversed(files):
        read = _read(path)
        read["accounts"] = found.get("accounts", {}) | read.get("accounts", {})
        found |= read
    return UserSettings(**found, files=tuple(files))


def configuration_folder() -> Path:
    """$XDG_CONFIG_HOME/planner, by default ~/.config/planner."""
    chosen = os.environ.get("XDG_CONFIG_HOME")
    return (Path(chosen) if chosen else Path.home() / ".config") / "planner"


def _read(path: Path) -> dict[str, Any]:
    root = compose(path, read_text(path))
    if root is None:
        return {}
    found = {}
    for name, (key, value) in mapping(path, root).items():
        if name not in _READERS:
            raise BadFileError(f"{path}:{line_of(key)}: {unknown('key', name, _READERS)}")
        found[name] = _READERS[name](path, name, value)
    return found


def _place(path: Path, name: str, node: Node) -> str:
    try:
        return parse_boundary(text_of(path, name, node))
    except ValueError as error:
        raise BadFileError(f"{path}:{line_of(node)}: {error}") from None


def _days(path: Path, name: str, node: Node) -> int:
    return value_of(path, name, node, to_count)


def _file(path: Path, name: str, node: Node) -> Path:
    return path.parent / Path(text_of(path, name, node)).expanduser()


def _accounts(path: Path, _: str, node: Node) -> dict[str, str]:
    """Aliases by account id. An id is never quoted in a message."""
    found: dict[str, str] = {}
    for alias, (key, value) in mapping(path, node).items():
        try:
            checked_alias(alias)
        except ValueError as error:
            raise BadFileError(f"{path}:{line_of(key)}: {error}; write alias: id") from None
        # Digits alone are an id, too, and its first zeros are kept.
        account = value_of(path, alias, value, str).strip()
        if not account or account in found:
            which = "the id of another alias" if account else "no id"
            raise BadFileError(f"{path}:{line_of(value)}: {alias} has {which}; give it its own")
        found[account] = alias
    return found


_READERS: dict[str, Callable[[Path, str, Node], Any]] = {
    "home_region": text_of,
    "boundary": _place,
    "accounts": _accounts,
    "staleness_days": _days,
    "using": _file,
    "ignore": _file,
    "severities": _file,
}
