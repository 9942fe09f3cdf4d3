"""The files of snapshots, of the user's own folder and the carried one, and what each holds."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from planner.core.snapshot_summary import accounts, models_named, not_read, regions_read
from planner.core.snapshots_answer import Counts, SnapshotEntry
from planner.errors import BadFileError
from planner.files.places import carried_folder, own_folder
from planner.files.snapshot_lines import Header, strictly, unfold_coverage
from planner.files.snapshots import list_snapshots, read_header, read_lines, snapshot_path


class SnapshotFile(msgspec.Struct, frozen=True, kw_only=True):
    """Where a snapshot is; its layer is "own", "carried", or "file" where it was named."""

    layer: str
    provider: str
    day: dt.date
    path: Path


class _Line(msgspec.Struct):
    """What has to be known of a line to count its records; the rest is passed over."""

    kind: Literal["offer", "lifecycle", "quota", "capacity", "meter", "deployment"]
    regions: list[str] | None = None


_LINE = msgspec.json.Decoder(_Line)


def snapshot_layers(chosen: Path | None) -> dict[str, Path]:
    """The folders by the name of their layer, the user's own first where there is one."""
    own = own_folder("snapshots", chosen)
    return ({} if own is None else {"own": own}) | {"carried": carried_folder("snapshots")}


def snapshot_files(layers: dict[str, Path]) -> list[SnapshotFile]:
    """Every dated file, by provider, newest first; of one day the user's own first."""
    found = [
        SnapshotFile(
            layer=layer, provider=provider, day=day, path=snapshot_path(folder, provider, day)
        )
        for layer, folder in layers.items()
        for provider, days in list_snapshots(folder).items()
        for day in days
    ]
    found.sort(key=lambda file: file.day, reverse=True)
    return sorted(found, key=lambda file: file.provider)


def file_at(path: Path) -> SnapshotFile:
    """A file that may stand anywhere and have any name; BadFileError where it has no header."""
    header = read_header(path, loose=True)
    return SnapshotFile(layer="file", provider=header.provider, day=header.date, path=path)


class Looker:
    """Says of files what they hold, without reading their records strictly.

    A record counts once a region. A line that stands twice counts twice, and one whose fields are
    wrong counts as well: `snapshot_checks` finds those.
    """

    def __init__(self, on: dt.date) -> None:
        self._on = on
        self._counted: dict[Path, dict[str, int]] = {}

    def entry(self, file: SnapshotFile) -> SnapshotEntry:
        """What a file holds; one that cannot be read holds its error."""
        entry = SnapshotEntry(
            provider=file.provider,
            date=file.day,
            layer=file.layer,
            path=str(file.path),
            age_days=(self._on - file.day).days,
            bytes=_size(file.path),
        )
        try:
            header, lines = read_lines(file.path, loose=True)
            counts = self._counts(file.path, header, lines)
        except BadFileError as error:
            return msgspec.structs.replace(entry, error=str(error))
        coverage = unfold_coverage(header)
        return msgspec.structs.replace(
            entry,
            origin=header.origin,
            source=header.source,
            equals=header.equals,
            records=msgspec.convert(counts, Counts),
            regions=regions_read(coverage),
            accounts=accounts(coverage),
            models=models_named(coverage),
            not_read=tuple(not_read(coverage)),
        )

    def _counts(self, path: Path, header: Header, lines: Iterable[bytes]) -> dict[str, int]:
        own = _count(path, lines)
        if header.equals is None:
            self._counted[path] = own
            return own
        base = path.with_name(f"{header.equals.isoformat()}.jsonl")
        if base not in self._counted:
            self._counted[base] = _count(base, read_lines(base)[1])
        return self._counted[base] | own


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _count(path: Path, lines: Iterable[bytes]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for number, line in enumerate(lines, start=2):
        try:
            found = strictly(_LINE.decode, line)
        except ValueError as error:
            raise BadFileError(
                f"{path}:{number}: {error}; restore the line or collect again"
            ) from error
        counts[found.kind] += 1 if found.regions is None else len(found.regions)
    return counts
