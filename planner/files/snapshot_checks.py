"""Reading snapshot files to find everything that is wrong with them, not the first fault alone."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from itertools import zip_longest
from pathlib import Path

from planner.core.offers import Quota
from planner.core.snapshot_faults import Fault, Numbered, contradictions, odd_dates, uncovered
from planner.core.snapshots import Snapshot
from planner.core.snapshots_answer import FileFinding
from planner.errors import BadFileError, UsageError
from planner.files.measurements import measurement_files, read_measurements
from planner.files.places import MEASURED
from planner.files.snapshot_lines import (
    Header,
    encode_header,
    fold,
    to_snapshot,
    unfold,
    unfold_coverage,
)
from planner.files.snapshots import list_snapshots, read_lines, read_snapshot, snapshot_path

_LEFTOVER = ".planner.tmp"
_PLACED = re.compile(r"(?P<path>.*?\.jsonl)(?::(?P<line>\d+))?: (?P<message>.*)", re.DOTALL)


def files_in(place: Path) -> list[Path]:
    """The files of a file's name, of a provider's folder, or of a folder of those.

    Measurements come first.

    UsageError where nothing is there.
    """
    if not place.is_dir():
        if not place.is_symlink() and not place.exists():
            raise UsageError(f"{place} is neither a file nor a folder; check the name")
        return [place]
    dated = sorted(
        snapshot_path(folder, provider, day)
        for folder in (place, place.parent)
        for provider, days in list_snapshots(folder).items()
        for day in days
        if folder is place or provider == place.name
    )
    return measurement_files(place.parent if place.name == MEASURED else place) + dated


def strays(folder: Path) -> Iterator[FileFinding]:
    """What stands in a folder of snapshots and is none: wrong names, leftovers, links."""
    known = {path.absolute() for path in (*files_in(folder), *measurement_files(folder))}
    for path in sorted([*folder.glob("*"), *folder.glob("*/*")]):
        if path.is_symlink():
            yield _odd(path, "a symbolic link; planner does not write there, put the file itself")
        elif path.name.endswith(_LEFTOVER):
            yield _odd(path, "left by a writer that was killed; the next collect removes it")
        elif path.is_dir() or path.name.startswith((".", "README")):
            continue
        elif path.absolute() not in known:
            yield _odd(path, "is not read: its name is not PROVIDER/YYYY-MM-DD.jsonl; rename it")


def check_file(path: Path) -> Iterator[FileFinding]:
    """All that is wrong or odd about one file; nothing where it is as planner writes it."""
    if path.parent.name == MEASURED:
        try:
            read_measurements(path)
        except BadFileError as error:
            yield _finding(path, str(error))
        return
    try:
        header, lines = read_lines(path)
    except BadFileError as error:
        yield _finding(path, str(error))
        return
    faults = list(_faults(path, header, lines))
    if not any(fault.is_error for fault in faults):
        # What read_snapshot refuses is an error, whatever the checks above have overlooked.
        try:
            snapshot = read_snapshot(path)
        except BadFileError as error:
            yield _finding(path, str(error))
            return
        faults += _form(path, header, snapshot)
    if header.date > dt.datetime.now(dt.UTC).date():
        told = "of a day after today, which no command reads; set the clock, or move it away"
        faults.append(Fault(1, told, is_error=False))
    for fault in sorted(faults, key=lambda fault: (fault.line or 0, not fault.is_error)):
        severity = "error" if fault.is_error else "warning"
        yield FileFinding(path=str(path), line=fault.line, severity=severity, message=fault.message)


def _faults(path: Path, header: Header, lines: Iterable[bytes]) -> Iterator[Fault]:
    records: list[Numbered] = []
    for number, line in enumerate(lines, start=2):
        try:
            records += [(number, record) for record in unfold(line)]
        except (ValueError, RecursionError) as error:
            yield Fault(number, f"{error}; restore the line or collect again")
    yield from contradictions(header.provider, header.date, records)
    coverage = unfold_coverage(header)
    yield from odd_dates(header.date, header.collected_at, coverage)
    yield from uncovered(coverage, records)
    if header.equals is not None:
        yield from _equals(path, header, header.equals, records)


def _equals(
    path: Path, header: Header, day: dt.date, records: Iterable[Numbered]
) -> Iterator[Fault]:
    """What is wrong with the day that a file equals."""
    for number, record in records:
        if not isinstance(record, Quota):
            yield Fault(number, f"a day that equals {day} has quota lines alone; remove the line")
            break
    base = path.with_name(f"{day.isoformat()}.jsonl")
    if day >= header.date or not base.exists():
        yield Fault(1, f"equals {day}, of which no file is there before; restore it")
        return
    try:
        if read_lines(base)[0].equals is not None:
            yield Fault(1, f"equals {day}, which is no full snapshot; restore it")
    except BadFileError as error:
        yield Fault(1, f"equals {day}, which cannot be read; mend {_told(error)}")


def _form(path: Path, header: Header, snapshot: Snapshot) -> Iterator[Fault]:
    """Whether planner would write the file with the same bytes."""
    for number, (found, wanted) in enumerate(
        zip_longest(path.read_bytes().split(b"\n"), canonical(header, snapshot, path)), start=1
    ):
        if found != wanted:
            yield Fault(
                number,
                "not as planner writes it (order, folding or spelling); nothing is lost, "
                "planner snapshots compact puts it right",
                is_error=False,
            )
            return


def canonical(header: Header, snapshot: Snapshot, path: Path) -> list[bytes]:
    """The lines that planner would write for a file that was read; b"" behind the last."""
    records = snapshot.records
    if header.equals is not None:
        own = [record for line in read_lines(path)[1] for record in unfold(line)]
        records = to_snapshot(header, own).records
    return [encode_header(snapshot, header.equals), *sorted(fold(records)), b""]


def _finding(path: Path, message: str) -> FileFinding:
    """An error as the reader tells it, its place in fields of their own."""
    placed = _PLACED.fullmatch(message)
    if placed is None or placed["path"] != str(path):
        return FileFinding(path=str(path), line=None, severity="error", message=message)
    line = int(placed["line"]) if placed["line"] else None
    return FileFinding(path=str(path), line=line, severity="error", message=placed["message"])


def _odd(path: Path, message: str) -> FileFinding:
    return FileFinding(path=str(path), line=None, severity="warning", message=message)


def _told(error: BadFileError) -> str:
    return str(error).partition(": ")[0]
