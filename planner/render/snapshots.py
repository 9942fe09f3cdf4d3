"""`planner snapshots list` and `check` for people."""

from collections import Counter
from itertools import groupby

import msgspec
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.core.snapshot_rows import TABLES
from planner.core.snapshots_answer import (
    Counts,
    FileFinding,
    NotRead,
    SnapshotEntry,
    SnapshotsCheckAnswer,
    SnapshotsListAnswer,
)
from planner.render.listing import page
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import age, count

_KIB = 1024
_WIDE = 70


def list_text(answer: SnapshotsListAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The files below their providers, the newest first; cut to the screen unless `every_row`."""
    body: list[str] = []
    for provider, entries in groupby(answer.snapshots, key=lambda entry: entry.provider):
        body += ["", *screen.lines([Text(plain(provider), style="bold")])]
        body += _files(list(entries), screen)
    tail = [f"{note}." for note in answer.notes]
    tail.append("What one says: planner snapshots show PROVIDER [DATE].")
    return page(screen, [newest(answer)], body[1:], tail, whole=every_row)


def newest(answer: SnapshotsListAnswer) -> str:
    """How old each provider's newest file is that can be read."""
    told = []
    for provider, own in groupby(answer.snapshots, key=lambda entry: entry.provider):
        last = next((entry for entry in own if entry.error is None), None)
        days = f"{last.date} ({age(last.age_days)})" if last else "none that can be read"
        told.append(f"{provider} {days}")
    return f"Newest: {', '.join(told)}. Days without a file were not looked at."


def check_text(answer: SnapshotsCheckAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """What was found, the errors first."""
    severities = Counter(finding.severity for finding in answer.findings)
    told = ", ".join(f"{count(number, name)}" for name, number in sorted(severities.items()))
    head = f"{count(answer.files, 'file')} read: {told or 'all good'}."
    ordered = sorted(answer.findings, key=lambda finding: finding.severity)
    lines = screen.lines(Text(plain(_finding(finding))) for finding in ordered)
    tail = [f"{note}." for note in answer.notes]
    if severities["error"]:
        tail.append("A file with an error is read by no command; the other files are.")
    return page(screen, [head], lines, tail, whole=every_row)


def size(number: int) -> str:
    """A file's size in words: 982 bytes, 22 KiB."""
    return f"{number:,} bytes" if number < _KIB else f"{number / _KIB:,.0f} KiB"


def held(entry: SnapshotEntry) -> str:
    """The records of a snapshot by kind: "364 offers, 215 meters"."""
    return counted(entry.records or Counts())


def counted(counts: Counts) -> str:
    """Numbers of records in words, the most first."""
    kinds = sorted(msgspec.structs.asdict(counts).items(), key=lambda item: -item[1])
    return ", ".join(_kind(kind, number) for kind, number in kinds if number) or "no records"


def covered(entry: SnapshotEntry) -> str:
    """What was looked at, in words, and how many of its places were not read whole."""
    parts = [count(entry.regions, "region")] if entry.regions else []
    if entry.models is not None:
        parts.append(count(entry.models, "model"))
    if entry.accounts:
        parts.append(count(len(entry.accounts), "account"))
    if entry.not_read:
        parts.append(f"not whole: {unread(entry.not_read)}")
    return ", ".join(parts) or "no regions"


def unread(places: tuple[NotRead, ...]) -> str:
    """How the places that were not read whole ended: "2 failed, 1 in part"."""
    words = Counter(map(_end, places))
    return ", ".join(f"{number} {word}" for word, number in words.items())


def _end(place: NotRead) -> str:
    if not place.status.was_read:
        return place.status
    if place.quota_status is not None and not place.quota_status.was_read:
        return f"with quotas {place.quota_status}"
    return "in part"


def _files(entries: list[SnapshotEntry], screen: Screen) -> list[str]:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    wide = screen.width >= _WIDE
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right", min_width=len("today"))
    table.add_column(no_wrap=True, min_width=len("carried"))
    if wide:
        table.add_column(no_wrap=True, justify="right", min_width=len("000 bytes"))
    table.add_column(overflow="fold")
    for entry in entries:
        days = "today" if entry.age_days == 0 else f"{entry.age_days:,}d"
        cells = [str(entry.date), days, entry.layer]
        if wide:
            cells.append("" if entry.bytes is None else size(entry.bytes))
        cells.append(plain(_told(entry)))
        table.add_row(*(Text(cell) for cell in cells))
    return screen.lines([Padding(table, (0, 0, 0, 2))])


def _told(entry: SnapshotEntry) -> str:
    if entry.error is not None:
        return f"cannot be read: {entry.error}"
    if entry.equals is not None:
        quiet = f"equals {entry.equals}"
        return f"{quiet}; not whole: {unread(entry.not_read)}" if entry.not_read else quiet
    return f"{held(entry)}; {covered(entry)} ({entry.origin})"


def _kind(kind: str, number: int) -> str:
    """A number of records of a kind: "1 offer", "2 lifecycle"."""
    plural = TABLES.get(kind, kind)
    return f"{number:,} {kind if number == 1 else plural}"


def _finding(finding: FileFinding) -> str:
    line = f":{finding.line}" if finding.line is not None else ""
    return f"{finding.severity}: {finding.path}{line}: {finding.message}"
