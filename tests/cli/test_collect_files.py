"""Claims about collecting into a folder: faults of disk and clock, two at once, kills, secrets."""

import os
import resource
import shlex
import signal
from pathlib import Path

import pytest

from tests.cli import fakecloud
from tests.cli.conftest import PROGRAM, Call
from tests.cli.scripted import (
    NORTH,
    SOUTH,
    Script,
    collect,
    earlier,
    ended,
    in_shell,
    offers_in,
    real,
    script,
    statuses,
    wait_for,
)

__all__ = ["collect", "script"]


def test_a_folder_that_cannot_be_written_to_is_refused_before_anything_is_asked(
    planner: Call, script: Script, elsewhere: Path
) -> None:
    """One line says where; the cloud was not asked."""
    script(NORTH | {"mark": str(elsewhere / "asked")})
    (elsewhere / "taken").write_text("no folder")
    for folder in ("taken", "/proc/planner"):
        done = planner("collect", "fakecloud", "--snapshots", folder)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"planner: cannot write to {folder}: ")
    assert not (elsewhere / "asked").exists()


def test_a_full_disk_leaves_the_old_file_whole(elsewhere: Path, script: Script) -> None:
    """A file that cannot grow to its size is not written; exit 1 names it."""
    assert ended(real("collect", "fakecloud")).code == 0
    [path] = (elsewhere / "snapshots" / "fakecloud").iterdir()
    before = path.read_bytes()
    script(NORTH | {"offers": [f"model-{n}" for n in range(300)]}, SOUTH)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        process = real("collect", "fakecloud", "--accept-drop")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    done = ended(process)
    assert done.code == 1
    assert "File too large" in done.out
    assert [(p, p.read_bytes()) for p in path.parent.iterdir()] == [(path, before)]


def test_a_lock_that_cannot_be_written_is_named(elsewhere: Path) -> None:
    """One line says where, and nothing stays behind."""
    line = f"ulimit -f 0; {shlex.join(PROGRAM)} collect fakecloud"
    done = in_shell(line)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "planner: cannot write snapshots/.planner.lock: File too large; "
        "make room or choose --snapshots\n"
    )
    assert list((elsewhere / "snapshots").iterdir()) == []


def test_a_pipe_in_the_place_of_the_lock_is_refused(collect: Call, elsewhere: Path) -> None:
    """It would hang, or hold nothing."""
    (elsewhere / "snapshots").mkdir()
    os.mkfifo(elsewhere / "snapshots" / ".planner.lock")
    done = collect()
    assert (done.code, done.err) == (
        1,
        "planner: cannot lock snapshots/.planner.lock: it is no plain file; remove it\n",
    )


@pytest.mark.parametrize("closed", ["2>&-", "2>/dev/full", "2>&1 >/dev/null | head -n 0"])
def test_a_stderr_that_takes_nothing_loses_no_collection(elsewhere: Path, closed: str) -> None:
    """Notes are no result: what was read is saved."""
    in_shell(f"{shlex.join(PROGRAM)} collect fakecloud {closed}")
    [path] = (elsewhere / "snapshots" / "fakecloud").iterdir()
    assert len(offers_in(path)) == 5


def test_the_second_of_two_collectors_says_who_holds_the_folder(
    script: Script, elsewhere: Path
) -> None:
    """Two real processes: one collects, the other names its process and ends with 1."""
    script(NORTH | {"mark": str(elsewhere / "begun"), "sleep": 3})
    first = real("collect", "fakecloud", "--json")
    wait_for(elsewhere / "begun")
    second = ended(real("collect", "fakecloud"))
    assert (second.code, second.out) == (1, "")
    assert f"snapshots is held by process {first.pid} on " in second.err
    done = ended(first)
    assert (done.code, statuses(done)) == (0, {"north": "ok"})
    assert ended(real("collect", "fakecloud", "--dry-run")).code == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_ends_in_the_middle_leaves_the_old_file_whole(
    script: Script, elsewhere: Path, how: signal.Signals
) -> None:
    """Ctrl-C exits 130 without a word; after a kill, too, the next run takes over the lock."""
    assert ended(real("collect", "fakecloud")).code == 0
    [path] = (elsewhere / "snapshots" / "fakecloud").iterdir()
    before = path.read_bytes()
    script(NORTH | {"offers": ["new"]}, {"mark": str(elsewhere / "begun"), "sleep": 60})
    running = real("collect", "fakecloud", "--accept-drop", "--quiet")
    wait_for(elsewhere / "begun")
    running.send_signal(how)
    done = ended(running)
    assert (done.out, done.err) == ("", "")
    assert done.code == (130 if how is signal.SIGINT else -signal.SIGKILL)
    assert [(p, p.read_bytes()) for p in path.parent.iterdir()] == [(path, before)]
    script(NORTH, SOUTH)
    assert ended(real("collect", "fakecloud")).code == 0
    assert not (elsewhere / "snapshots" / ".planner.lock").exists()


def test_a_clock_before_the_last_snapshot_is_refused_with_both_dates(
    collect: Call, elsewhere: Path
) -> None:
    """Nothing is asked and nothing is written."""
    collect()
    path = earlier(elsewhere / "snapshots", "2999-01-01")
    done = collect()
    assert (done.code, done.out) == (1, "")
    assert "the last snapshot of fakecloud is of 2999-01-01, today is 20" in done.err
    assert [p.name for p in path.parent.iterdir()] == ["2999-01-01.jsonl"]


def test_the_carried_data_is_not_written_over(planner: Call) -> None:
    """The repository's own snapshots are public: an account's do not belong there."""
    carried = Path(__file__).parents[2] / "snapshots"
    done = planner("collect", "fakecloud", "--snapshots", str(carried))
    assert done.code == 2
    assert "holds the carried public data; give --snapshots another folder" in done.err


def test_a_snapshot_is_not_written_through_a_symbolic_link(collect: Call, elsewhere: Path) -> None:
    """The provider fails with the reason, and the link's target stays empty."""
    (elsewhere / "snapshots").mkdir()
    (elsewhere / "target").mkdir()
    (elsewhere / "snapshots" / "fakecloud").symlink_to(elsewhere / "target")
    done = collect()
    assert done.code == 1
    assert "is a symbolic link; remove it" in done.out
    assert list((elsewhere / "target").iterdir()) == []


def test_canary_ids_and_keys_appear_nowhere(script: Script, elsewhere: Path) -> None:
    """What a careless collector quotes in an error is in no file, on no stream, in no format."""
    canaries = (
        fakecloud.ACCOUNT_ID,
        "123456789012",
        "arn:aws:iam::123456789012:user/canary",
        "eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOjF9.c2lnbmF0dXJl",
        "AKIA0123456789ABCDEF",
    )
    script(NORTH, SOUTH | {"status": "failed", "error": " ".join(canaries)})
    for format_ in ("table", "json", "csv", "markdown"):
        done = ended(real("collect", "fakecloud", "--verbose", "--format", format_))
        assert done.code == 3
        assert not [c for c in canaries if c in done.out + done.err]
    script({"raise": " ".join(canaries)})
    done = ended(real("collect", "fakecloud", "--verbose"))
    assert not [c for c in canaries if c in done.out + done.err]
    files = [p.read_text() for p in elsewhere.rglob("*") if p.is_file()]
    assert files
    assert not [c for c in canaries for text in files if c in text]


def test_a_snapshot_of_a_newer_planner_is_not_written_over(collect: Call, elsewhere: Path) -> None:
    """Exit 1 and what to do; the file stays as it was."""
    assert collect().code == 0
    [path] = (elsewhere / "snapshots" / "fakecloud").iterdir()
    newer = path.read_text(encoding="utf-8").replace('"schema":1', '"schema":2')
    path.write_text(newer, encoding="utf-8")
    done = collect()
    [entry] = done.json["collections"][0]["coverage"]
    assert (done.code, entry["error"].partition(": ")[2]) == (
        1,
        "schema 2 is newer than 1; upgrade planner",
    )
    assert path.read_text(encoding="utf-8") == newer
