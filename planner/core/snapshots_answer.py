"""What `planner snapshots` and its parts answer; field names are the outside contract."""

import datetime as dt

from planner.core.answers import Answer
from planner.core.snapshot_rows import AnyRow
from planner.core.snapshots import Origin, Status


class NotRead(Answer, frozen=True):
    """A place that was not read whole: what is missing there is unknown, never absent.

    `carried_from` is the day of the last good records that stand in, null where there are none.
    """

    region: str | None
    account: str | None
    status: Status
    quota_status: Status | None
    complete: bool
    carried_from: dt.date | None
    error: str | None


class Counts(Answer, frozen=True):
    """How many records of each kind there are, one a region."""

    offer: int = 0
    lifecycle: int = 0
    quota: int = 0
    capacity: int = 0
    meter: int = 0
    deployment: int = 0


class SnapshotEntry(Answer, frozen=True):
    """One snapshot file; where it cannot be read, `error` says why and the rest is null or empty.

    `layer` is "own", "carried", or "file" of one that was named. `records` of a day that `equals`
    an earlier one are that day's. `regions` counts those with no look that failed; `models` how
    many the looks named, null where some looked for all. `bytes` is the file's size.
    """

    provider: str
    date: dt.date
    layer: str
    path: str
    age_days: int
    bytes: int | None
    origin: Origin | None = None
    source: str | None = None
    equals: dt.date | None = None
    records: Counts | None = None
    regions: int = 0
    accounts: tuple[str, ...] = ()
    models: int | None = None
    not_read: tuple[NotRead, ...] = ()
    error: str | None = None


class SnapshotsListAnswer(Answer, frozen=True):
    """`planner snapshots list`: every file up to a date, newest first per provider."""

    on: dt.date
    snapshots: tuple[SnapshotEntry, ...]
    notes: tuple[str, ...]


class FileFinding(Answer, frozen=True):
    """What is wrong ("error") or odd ("warning") about a file; `line` null: about it all."""

    path: str
    line: int | None
    severity: str
    message: str


class SnapshotsCheckAnswer(Answer, frozen=True):
    """`planner snapshots check`: how many files were read, and all that was found."""

    files: int
    findings: tuple[FileFinding, ...]
    notes: tuple[str, ...]


class SnapshotsShowAnswer(Answer, frozen=True):
    """`planner snapshots show`: a snapshot's header, and its records, flat, one a region."""

    on: dt.date
    snapshot: SnapshotEntry
    collected_at: dt.datetime | None
    tool: str | None
    sdk: dict[str, str]
    records: tuple[AnyRow, ...]


class SnapshotsExportAnswer(Answer, frozen=True):
    """`planner snapshots export`: what was written; `rows` counts by kind.

    `left_out` are snapshots that could not be read, each with why.
    """

    path: str
    format: str
    snapshots: int
    rows: Counts
    bytes: int
    left_out: tuple[FileFinding, ...]


class CompactedFile(Answer, frozen=True):
    """What became of one file: "header", "rewritten", "unchanged" or "left", then with a `reason`.

    A "header" names the earlier day that it `equals`.
    """

    path: str
    done: str
    equals: dt.date | None
    bytes_before: int
    bytes_after: int
    reason: str | None


class SnapshotsCompactAnswer(Answer, frozen=True):
    """`planner snapshots compact`: the bytes of a folder's snapshots before and after."""

    folder: str
    dry_run: bool
    bytes_before: int
    bytes_after: int
    files: tuple[CompactedFile, ...]
