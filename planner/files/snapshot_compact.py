"""Making a folder of snapshots smaller: days that say the same as the day before become headers.

What the files will be is first built in a folder aside, and each is read there as any command reads
it: only one that says the same as before takes its place. Files are replaced in an order in which
a reader finds every day whole at any moment, whatever is killed when.
"""

import contextlib
import datetime as dt
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from planner.core.offers import AnyRecord, Quota
from planner.core.snapshots import Snapshot
from planner.core.snapshots_answer import CompactedFile
from planner.errors import BadFileError, PlannerError
from planner.files.atomic import write_atomically
from planner.files.snapshot_lines import encode_header, fold
from planner.files.snapshots import Seen, list_snapshots, read_header, read_snapshot, snapshot_path

_LINK = "a symbolic link; snapshots are plain files"


class _Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of a day: the file built aside and the day it equals; left for a `reason`.

    `interim` is what stands there until the day it equals is in its place.
    """

    path: Path
    built: Path
    interim: Path | None = None
    equals: dt.date | None = None
    stripped: bool = False
    reason: str | None = None


def compact(
    folder: Path, *, drop_used_before: dt.date | None = None, dry_run: bool = False
) -> list[CompactedFile]:
    """Compact each provider's snapshots; what became of every file, oldest first.

    From `drop_used_before` on quotas keep what was used of them; before it they lose that. The
    caller holds the folder's lock. PlannerError where a file cannot be written.
    """
    done: list[CompactedFile] = []
    for provider, days in list_snapshots(folder).items():
        with tempfile.TemporaryDirectory() as aside:
            plans = list(_plan(folder, Path(aside), provider, days, drop_used_before))
            done += [_told(plan) for plan in plans]
            if not dry_run:
                _replace(plans)
    return done


def _plan(
    folder: Path, aside: Path, provider: str, days: Sequence[dt.date], drop_before: dt.date | None
) -> Iterator[_Plan]:
    seen: Seen = {}
    left = _left(folder, provider, days, seen)
    before: Snapshot | None = None
    # The full snapshot in which each day's records stand from now on, and the quotas of that one.
    bases: dict[dt.date, dt.date] = {}
    quotas: dict[dt.date, list[AnyRecord]] = {}
    for day in days:
        path = snapshot_path(folder, provider, day)
        built = snapshot_path(aside, provider, day)
        built.parent.mkdir(exist_ok=True)
        if day in left:
            before, bases[day], quotas[day] = None, day, []
            with contextlib.suppress(BadFileError, OSError):
                shutil.copyfile(path, built)
                quotas[day] = _quotas(read_snapshot(path, seen=seen))
            yield _Plan(path=path, built=built, reason=left[day])
            continue
        stripped = drop_before is not None and day < drop_before
        wanted = read_snapshot(path, seen=seen)
        wanted = _without_used(wanted) if stripped else wanted
        rests_on = read_header(path).equals
        equals = None if rests_on is None else bases[rests_on]
        if equals is None and before is not None and _is_same(before, wanted):
            equals = bases[before.date]
        bases[day] = equals or day
        own = _quotas(wanted)
        is_quiet = own == quotas.setdefault(bases[day], own)
        _build(built, wanted, equals, () if is_quiet else own)
        interim = None
        if is_quiet and not stripped and drop_before is not None and bases[day] < drop_before:
            # The day that it rests on may still tell what was used while files are replaced.
            interim = built.with_suffix(".interim")
            _build(interim, wanted, equals, own)
        if read_snapshot(built, seen=seen) != wanted:  # a fault of ours: nothing is touched
            raise PlannerError(f"{path} would say something else when compacted; it all stays")
        before = wanted
        yield _Plan(path=path, built=built, interim=interim, equals=equals, stripped=stripped)


def _left(folder: Path, provider: str, days: Sequence[dt.date], seen: Seen) -> dict[dt.date, str]:
    """The days that are left as they are, each with why: unreadable, a link, or needed by those."""
    left: dict[dt.date, str] = {}
    for position, day in enumerate(days):
        path = snapshot_path(folder, provider, day)
        reason = _LINK if path.is_symlink() or path.parent.is_symlink() else None
        try:
            read_snapshot(path, seen=seen)
        except BadFileError as error:
            reason = reason or str(error)
        if reason is None:
            continue
        left[day] = reason
        earlier = set(days[:position])
        with contextlib.suppress(BadFileError):
            earlier &= {read_header(path).equals}
        for base in earlier:
            left.setdefault(base, f"{path.name}, which is left as it is, may rest on it")
    return left


def _is_same(before: Snapshot, after: Snapshot) -> bool:
    """Whether nothing but what is used differs, as for `write_snapshot`."""
    return (
        before.coverage == after.coverage
        and _without_used(before).records == _without_used(after).records
    )


def _without_used(snapshot: Snapshot) -> Snapshot:
    replace = msgspec.structs.replace
    records = [replace(r, used=None) if isinstance(r, Quota) else r for r in snapshot.records]
    return replace(snapshot, records=tuple(records))


def _quotas(snapshot: Snapshot) -> list[AnyRecord]:
    return [record for record in snapshot.records if isinstance(record, Quota)]


def _build(
    path: Path, snapshot: Snapshot, equals: dt.date | None, quotas: Sequence[AnyRecord]
) -> None:
    records = snapshot.records if equals is None else quotas
    lines = [encode_header(snapshot, equals), *sorted(fold(records))]
    path.write_bytes(b"\n".join(lines) + b"\n")


def _replace(plans: Sequence[_Plan]) -> None:
    """Put the files in their places; at any moment each day reads as before or as wanted.

    A day is replaced after the later ones that may rest on it. Where what was used is dropped, the
    full snapshots lose it before the headers, so that none shows the use of another day.
    """
    newest_first = [plan for plan in reversed(plans) if plan.reason is None]
    kept = [plan for plan in newest_first if not plan.stripped]
    full = [plan for plan in newest_first if plan.stripped and plan.equals is None]
    headers = [plan for plan in newest_first if plan.stripped and plan.equals is not None]
    for plan in kept:
        _write(plan.path, plan.interim or plan.built)
    for plan in (*full, *headers, *kept):
        _write(plan.path, plan.built)


def _write(path: Path, built: Path) -> None:
    content = built.read_bytes()
    try:
        if path.read_bytes() != content:
            write_atomically(path, content)
    except OSError as error:
        raise PlannerError(
            f"cannot write {path}: {error.strerror}; every file is whole, run it again"
        ) from error


def _told(plan: _Plan) -> CompactedFile:
    """What becomes of a file, told while the one that is built aside still exists."""
    before = _size(plan.path)
    if plan.reason is not None:
        done, after = "left", before
    elif plan.built.read_bytes() == plan.path.read_bytes():
        done, after = "unchanged", before
    else:
        done = "rewritten" if plan.equals is None else "header"
        after = _size(plan.built)
    return CompactedFile(
        path=str(plan.path),
        done=done,
        equals=plan.equals,
        bytes_before=before,
        bytes_after=after,
        reason=plan.reason,
    )


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a link to nothing
        return 0
