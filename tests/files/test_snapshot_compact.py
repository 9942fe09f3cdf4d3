"""Claims about compacting: every day reads as before, at any moment, in fewer bytes."""

import datetime as dt
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.offers import Quota
from planner.core.snapshots import Snapshot
from planner.errors import PlannerError
from planner.files.snapshot_compact import compact
from planner.files.snapshot_lines import encode_header, fold
from planner.files.snapshots import list_snapshots, read_header, read_snapshot, write_snapshot
from tests.builders import day, looked, offer, quota, snapshot

FIRST = day("2026-06-01")


@st.composite
def weeks(draw: st.DrawFn) -> list[tuple[Snapshot, bool]]:
    """A few days of few facts, so that many are alike; each written as planner does, or in full."""
    found = []
    for number in range(draw(st.integers(1, 7))):
        records = [offer(region) for region in draw(st.sets(st.sampled_from("ab"), min_size=1))]
        used = draw(st.sampled_from([None, 0.0, 1.0]))
        held = [quota("a", used=used, limit=draw(st.sampled_from([5, 6])))]
        made = snapshot(
            *records,
            *(held if draw(st.booleans()) else []),
            on=str(FIRST + dt.timedelta(days=number)),
            coverage=looked("a", "b", kinds=("offer", "quota")),
        )
        found.append((made, draw(st.booleans())))
    return found


def write_full(folder: Path, made: Snapshot) -> Path:
    """Write all lines of a snapshot, whatever the day before it says, in no particular order."""
    path = folder / made.provider / f"{made.date}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [encode_header(made, None), *sorted(fold(made.records), reverse=True), b""]
    path.write_bytes(b"\n".join(lines))
    return path


def write(folder: Path, week: list[tuple[Snapshot, bool]]) -> None:
    """Write the days of a week."""
    for made, in_full in week:
        (write_full if in_full else write_snapshot)(folder, made)


def days_of(folder: Path) -> dict[dt.date, Snapshot]:
    """Every day as a reader sees it."""
    return {
        day: read_snapshot(folder / provider / f"{day}.jsonl")
        for provider, days in list_snapshots(folder).items()
        for day in days
    }


def without_used(made: Snapshot, before: dt.date) -> Snapshot:
    """The snapshot of a day, without what was used where the day lies before another."""
    if made.date >= before:
        return made
    replace = msgspec.structs.replace
    records = [replace(r, used=None) if isinstance(r, Quota) else r for r in made.records]
    return replace(made, records=tuple(records))


@given(weeks(), st.integers(0, 8))
@settings(max_examples=150, deadline=None)
def test_every_day_reads_as_before(week: list[tuple[Snapshot, bool]], kept_from: int) -> None:
    """But for what was used, where that was asked; a second time changes nothing."""
    limit = FIRST + dt.timedelta(days=kept_from)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write(folder, week)
        before = days_of(folder)
        promised = compact(folder, drop_used_before=limit, dry_run=True)
        assert days_of(folder) == before
        done = compact(folder, drop_used_before=limit)
        assert done == promised
        assert days_of(folder) == {d: without_used(made, limit) for d, made in before.items()}
        files = [path.stat().st_size for path in sorted(folder.glob("*/*"))]
        assert files == [file.bytes_after for file in done]
        again = compact(folder, drop_used_before=limit)
        assert {file.done for file in again} == {"unchanged"}


@given(weeks(), st.integers(0, 8), st.integers(0, 6))
@settings(max_examples=150, deadline=None)
def test_whatever_is_broken_off_every_day_is_whole(
    week: list[tuple[Snapshot, bool]], kept_from: int, writes: int
) -> None:
    """After any number of files was replaced, each day reads as before or as it was to be."""
    limit = FIRST + dt.timedelta(days=kept_from)
    real = Path.replace
    left = [None] * writes

    def replace(self: Path, target: Path) -> Path:
        if not left:
            raise OSError(28, "No space left on device")
        left.pop()
        return real(self, target)

    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        write(folder, week)
        before = days_of(folder)
        patch.setattr(Path, "replace", replace)
        try:
            compact(folder, drop_used_before=limit)
        except PlannerError as error:
            assert "every file is whole, run it again" in str(error)  # noqa: PT017
        for day, made in days_of(folder).items():
            assert made in (before[day], without_used(before[day], limit))


def test_a_day_like_the_one_before_becomes_the_header_that_collect_would_write(
    tmp_path: Path,
) -> None:
    """The same bytes as `write_snapshot` gives, with the quota lines that a changed use needs."""
    week = [
        snapshot(offer(), quota(used=used), on=f"2026-06-0{number}")
        for number, used in enumerate([1, 1, 2], start=1)
    ]
    for made in week:
        write_full(tmp_path / "a", made)
        write_snapshot(tmp_path / "b", made)
    done = compact(tmp_path / "a")
    assert [(file.done, file.equals) for file in done] == [
        ("rewritten", None), ("header", FIRST), ("header", FIRST),
    ]  # fmt: skip
    ours, theirs = (
        [path.read_bytes() for path in sorted((tmp_path / name).glob("*/*"))] for name in "ab"
    )
    assert ours == theirs


def test_a_day_that_a_later_one_equals_is_not_lost(tmp_path: Path) -> None:
    """Where it becomes a header itself, the later one names the full snapshot instead."""
    for number in (1, 2):
        write_full(tmp_path, snapshot(offer(), on=f"2026-06-0{number}"))
    third = write_snapshot(tmp_path, snapshot(offer(), on="2026-06-03"))
    assert read_header(third).equals == day("2026-06-02")
    compact(tmp_path)
    assert read_header(third.with_name("2026-06-02.jsonl")).equals == FIRST
    assert read_header(third).equals == FIRST
    assert read_snapshot(third).records == (offer(),)


def test_a_day_that_cannot_be_read_stays_as_it_is(tmp_path: Path) -> None:
    """So does the day that it rests on, and every earlier one where its header is gone."""
    for number in (1, 2):
        write_full(tmp_path, snapshot(offer(), on=f"2026-06-0{number}"))
    third = write_snapshot(tmp_path, snapshot(offer(), on="2026-06-03"))
    third.write_bytes(third.read_bytes() + b"{\n")
    before = [path.read_bytes() for path in sorted(tmp_path.glob("*/*"))]
    first, second, broken = compact(tmp_path)
    assert (first.done, second.done, broken.done) == ("unchanged", "left", "left")
    assert second.reason == "2026-06-03.jsonl, which is left as it is, may rest on it"
    assert str(broken.reason).startswith(f"{third}:2: ")
    third.write_bytes(b"?\n")
    before[2] = b"?\n"
    assert [file.done for file in compact(tmp_path)] == ["left", "left", "left"]
    assert [path.read_bytes() for path in sorted(tmp_path.glob("*/*"))] == before


def test_a_link_is_left_and_what_it_names_is_not_touched(tmp_path: Path) -> None:
    """Through a symbolic link nothing is written."""
    folder = tmp_path / "own"
    folder.mkdir()
    write_full(folder, snapshot(offer(), on="2026-06-01"))
    elsewhere = tmp_path / "elsewhere.jsonl"
    second = write_full(folder, snapshot(offer("b"), offer("a"), on="2026-06-02"))
    second.rename(elsewhere)
    second.symlink_to(elsewhere)
    content = elsewhere.read_bytes()
    done = compact(folder)
    assert done[1].reason == "a symbolic link; snapshots are plain files"
    assert (second.is_symlink(), elsewhere.read_bytes()) == (True, content)


def test_a_folder_without_snapshots_has_nothing_to_compact(tmp_path: Path) -> None:
    """Nothing is made in it."""
    assert compact(tmp_path) == []
    assert list(tmp_path.iterdir()) == []
