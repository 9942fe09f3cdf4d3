"""Which models draw on which quota, read from a snapshot's lines without decoding them whole.

A command that is about one model leaves the others' lines unread; who shares a quota with it is
in those. A line that cannot be read counts for nothing here: reading the snapshot tells of it.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import msgspec

from planner.core.collect_answer import Limited
from planner.core.offers import Billing, Quota
from planner.errors import BadFileError
from planner.files.plain_files import opened
from planner.files.snapshots import list_snapshots, snapshot_path

_LOOK_BACK = 10  # snapshots that may be read for a region that the newest one leaves out


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """An offer's line, as far as quotas go; `regions` are those that it stands for."""

    kind: str = ""
    model: str = ""
    deployment_type: str | None = None
    billing: str | None = None
    quota_names: tuple[str, ...] = ()
    usage_name: str | None = None
    region: str | None = None
    regions: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The quotas that the offer draws on."""
        return self.quota_names or ((self.usage_name,) if self.usage_name else ())

    @property
    def places(self) -> tuple[str, ...]:
        """The regions, however many the line names."""
        return self.regions or ((self.region,) if self.region else ())


class _Equals(msgspec.Struct):
    equals: dt.date | None = None


_OFFER = b'"offer"'
_USE = msgspec.json.Decoder(Use)
_EQUALS = msgspec.json.Decoder(_Equals)


def quota_uses(path: Path, named: str = "") -> Iterator[Use]:
    """The offers of a snapshot that draw on quotas; on the one of a name where it is `named`.

    A day that equals an earlier one has that one's offers. Nothing where the file is not there.
    """
    return _uses(_lines(path), named)


class Limits:
    """What counts against a quota, by the snapshot of a provider's day in some folders.

    The nearest folder that has the day's file tells.
    """

    def __init__(self, folders: Iterable[Path]) -> None:
        self._folders = tuple(folders)
        self._known: dict[tuple[str, dt.date], dict[tuple[str, str], set[Limited]]] = {}

    def __call__(self, quota: Quota, day: dt.date) -> Collection[Limited]:
        """The models and machines that draw on a quota in its region."""
        snapshot = (quota.provider, day)
        if snapshot not in self._known:
            self._known[snapshot] = self._read(*snapshot)
        return self._known[snapshot].get((quota.region, quota.name.casefold()), ())

    def _read(self, provider: str, day: dt.date) -> dict[tuple[str, str], set[Limited]]:
        paths = (snapshot_path(folder, provider, day) for folder in self._folders)
        path = next((path for path in paths if path.exists()), None)
        found: dict[tuple[str, str], set[Limited]] = defaultdict(set)
        for use in quota_uses(path) if path else ():
            limited = Limited(model=use.model, deployment_type=use.deployment_type)
            for region in use.places:
                for name in use.names:
                    found[region, name.casefold()].add(limited)
        return found


class Pools:
    """Who draws on a quota by the newest snapshot of a folder that has offers of its region."""

    def __init__(self, folder: Path | None, on: dt.date) -> None:
        self._paths: dict[str, list[Path]] = {}
        if folder is not None:
            for provider, days in list_snapshots(folder).items():
                newest = [day for day in reversed(days) if day <= on][:_LOOK_BACK]
                self._paths[provider] = [snapshot_path(folder, provider, day) for day in newest]
        self._read: dict[Path, list[bytes]] = {}
        self._users: dict[tuple[Path, str], dict[str, set[str]]] = {}

    def __call__(self, provider: str, region: str, name: str) -> Collection[str]:
        """The models of offers in a region that draw on a quota of this name."""
        for path in self._paths.get(provider, ()):
            if users := self._users_of(path, name).get(region):
                return users
        return ()

    def _users_of(self, path: Path, name: str) -> dict[str, set[str]]:
        """The models that draw on a quota, by region; machines, which host any, are none."""
        if (path, name) not in self._users:
            if path not in self._read:
                self._read[path] = _lines(path)
            found: dict[str, set[str]] = defaultdict(set)
            for use in _uses(self._read[path], name):
                if use.billing != Billing.SELF_HOSTED:
                    for region in use.places:
                        found[region].add(use.model)
            self._users[path, name] = found
        return self._users[path, name]


def _uses(lines: Iterable[bytes], named: str) -> Iterator[Use]:
    mark = msgspec.json.encode(named)[1:-1]
    for line in lines:
        if _OFFER in line and mark in line:
            try:
                use = _USE.decode(line)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            if use.kind == "offer" and use.names and named in (*use.names, ""):
                yield use


def _lines(path: Path) -> list[bytes]:
    try:
        with opened(path) as file:
            header, *lines = file.read().split(b"\n")
        equals = _EQUALS.decode(header).equals
    except (BadFileError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
    if equals is None or path.stem <= equals.isoformat():
        return lines
    return _lines(path.with_name(f"{equals.isoformat()}.jsonl"))
