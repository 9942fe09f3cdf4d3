"""Claims about the lock of a snapshots folder: one holder, named, and gone with its process."""

import datetime as dt
import os
import signal
from pathlib import Path
from typing import NoReturn

import pytest

from planner.errors import PlannerError
from planner.files.lock import check_room, hold

NOW = dt.datetime(2026, 11, 21, 3, 30, 15, tzinfo=dt.UTC)


def _hold_and_wait(folder: Path, ready: int) -> NoReturn:
    try:
        with hold(folder, NOW):
            os.write(ready, b"x")
            signal.pause()
    finally:
        os._exit(1)


def child_that_holds(folder: Path) -> int:
    """Another process that holds the folder until it is killed."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        _hold_and_wait(folder, theirs)
    assert os.read(ours, 1) == b"x"
    os.close(ours)
    os.close(theirs)
    return child


def killed(child: int) -> None:
    """Kill a process and wait until it is gone."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_the_second_is_told_who_holds_the_folder_and_since_when(tmp_path: Path) -> None:
    """Process, machine and time stand in the message."""
    child = child_that_holds(tmp_path)
    try:
        with pytest.raises(PlannerError) as caught, hold(tmp_path, NOW):
            pass
    finally:
        killed(child)
    assert str(caught.value) == (
        f"{tmp_path} is held by process {child} on {os.uname().nodename} "
        "since 2026-11-21 03:30:15 UTC; wait until it is done"
    )


def test_the_lock_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    """A kill leaves the file behind; the next one holds it all the same and removes it."""
    killed(child_that_holds(tmp_path))
    assert [p.name for p in tmp_path.iterdir()] == [".planner.lock"]
    with hold(tmp_path, NOW):
        pass
    assert list(tmp_path.iterdir()) == []


def test_it_is_free_again_after_an_error(tmp_path: Path) -> None:
    """Whatever ends the block lets go."""
    with pytest.raises(KeyboardInterrupt), hold(tmp_path, NOW):
        raise KeyboardInterrupt
    with hold(tmp_path, NOW):
        assert (tmp_path / ".planner.lock").exists()


def test_of_many_at_once_one_holds_it(tmp_path: Path) -> None:
    """Twenty processes add one to a number, each while it holds the folder: none is lost."""
    number = tmp_path / "number"
    number.write_text("0")
    children = []
    for _ in range(20):
        child = os.fork()
        if child == 0:
            _add_one(tmp_path, number)
        children.append(child)
    assert {os.waitpid(child, 0)[1] for child in children} == {0}
    assert number.read_text() == "20"


def _add_one(folder: Path, number: Path) -> NoReturn:
    code = 1
    try:
        while code:
            try:
                with hold(folder, NOW):
                    number.write_text(str(int(number.read_text()) + 1))
                    code = 0
            except PlannerError:
                continue
    finally:
        os._exit(code)


def test_a_link_in_the_locks_place_is_not_followed(tmp_path: Path) -> None:
    """What it points to is not written over."""
    target = tmp_path / "target"
    target.write_text("precious")
    (tmp_path / ".planner.lock").symlink_to(target)
    with pytest.raises(PlannerError, match=r"cannot lock .*\.planner\.lock: "), hold(tmp_path, NOW):
        pass
    assert target.read_text() == "precious"


def test_words_that_are_no_holder_name_nobody(tmp_path: Path) -> None:
    """A lock file of another hand is quoted nowhere."""
    child = child_that_holds(tmp_path)
    (tmp_path / ".planner.lock").write_bytes(b"\x1b]0;owned\x07")
    try:
        with pytest.raises(PlannerError, match="another planner collect"), hold(tmp_path, NOW):
            pass
    finally:
        killed(child)


def test_room_is_checked_in_the_folder_and_in_what_is_in_it(tmp_path: Path) -> None:
    """A missing folder is made; a file in its place is named."""
    check_room(tmp_path / "new" / "snapshots")
    assert (tmp_path / "new" / "snapshots").is_dir()
    assert list((tmp_path / "new" / "snapshots").iterdir()) == []
    (tmp_path / "taken").write_text("")
    with pytest.raises(PlannerError, match=r"cannot write to .*taken: File exists; mend its"):
        check_room(tmp_path / "taken")
