"""Claims about writing snapshots: the old file or the new one, and only where it belongs."""

import fcntl
import itertools
import os
import random
import signal
import time
from pathlib import Path
from typing import NoReturn

import pytest

from planner.core.snapshots import Snapshot
from planner.errors import PlannerError
from planner.files.snapshots import list_snapshots, read_snapshot, write_snapshot
from tests.builders import JUNE, day, offer, snapshot


def _write_until_killed(folder: Path, versions: list[Snapshot]) -> NoReturn:
    try:
        for version in itertools.cycle(versions):
            write_snapshot(folder, version)
    finally:
        os._exit(1)


def test_a_writer_that_is_killed_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """After each of 50 kills the file reads back whole; strays do not count and are swept."""
    versions = [
        snapshot(*(offer(f"region-{n}", context_tokens=n + size) for n in range(300)))
        for size in (1, 2)
    ]
    path = write_snapshot(tmp_path, versions[0])
    pause = random.Random(2026)  # noqa: S311 - moments, no secrets
    for _ in range(50):
        child = os.fork()
        if child == 0:
            _write_until_killed(tmp_path, versions)
        time.sleep(pause.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
        assert read_snapshot(path) in versions
        assert list_snapshots(tmp_path) == {"azure": [day(JUNE)]}
    (path.parent / ".2026-06-03.jsonl.abc.planner.tmp").write_bytes(b"half a li")
    write_snapshot(tmp_path, versions[1])
    assert [p.name for p in path.parent.iterdir()] == ["2026-06-03.jsonl"]


def test_a_temporary_file_of_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    """A second writer does not sweep away what the first one still writes."""
    folder = tmp_path / "azure"
    folder.mkdir()
    with (folder / ".2026-06-02.jsonl.abc.planner.tmp").open("wb") as living:
        fcntl.flock(living, fcntl.LOCK_EX)
        write_snapshot(tmp_path, snapshot(offer()))
        assert sorted(p.name for p in folder.iterdir()) == [
            ".2026-06-02.jsonl.abc.planner.tmp",
            "2026-06-03.jsonl",
        ]


def test_where_nothing_can_be_written_the_old_file_stays(tmp_path: Path) -> None:
    """One line says where, and no temporary file is left behind."""
    (tmp_path / "azure" / "2026-06-03.jsonl").mkdir(parents=True)
    with pytest.raises(PlannerError, match=r"2026-06-03\.jsonl is no plain file; move it away"):
        write_snapshot(tmp_path, snapshot(offer()))
    assert [p.name for p in (tmp_path / "azure").iterdir()] == ["2026-06-03.jsonl"]


def test_a_word_that_is_no_text_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    """Half a character, as a hostile name may hold it, cannot stand in a file."""
    with pytest.raises(PlannerError, match="a word in it is no text"):
        write_snapshot(tmp_path, snapshot(offer(publisher="\ud800")))
    assert list_snapshots(tmp_path) == {}


def test_a_symbolic_link_is_not_written_through(tmp_path: Path) -> None:
    """Neither a linked file nor a linked folder is followed."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    target = elsewhere / "target"
    target.write_text("precious")
    (tmp_path / "azure").mkdir()
    (tmp_path / "azure" / "2026-06-03.jsonl").symlink_to(target)
    (tmp_path / "bedrock").symlink_to(elsewhere)
    for provider, link in (("azure", r"2026-06-03\.jsonl"), ("bedrock", "bedrock")):
        with pytest.raises(PlannerError, match=f"{link} is a symbolic link; remove it"):
            write_snapshot(tmp_path, snapshot(offer(provider=provider)))
    assert target.read_text() == "precious"
    assert [p.name for p in elsewhere.iterdir()] == ["target"]
