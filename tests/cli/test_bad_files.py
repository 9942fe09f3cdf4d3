"""Claims about snapshot files that cannot be read: named, no reason to say nothing else."""

import os
import subprocess
from pathlib import Path

import pytest

from planner.core.snapshots import Origin
from planner.files.snapshots import write_snapshot
from tests.builders import offer, snapshot
from tests.cli.conftest import PROGRAM, Call, environ

GEMINI = Path("snapshots/gemini")
_AS_ANOTHER = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def good(*days: str, model: str = "gemini-own") -> None:
    """An own snapshot of Gemini on each day, with a model more each time."""
    for number, on in enumerate(days, start=1):
        found = [
            offer("global", f"{model}-{n}", provider="gemini", deployment_type=None)
            for n in range(number)
        ]
        write_snapshot(Path("snapshots"), snapshot(*found, on=on, origin=Origin.ACCOUNT))


def bad(day: str, text: str = "junk\n") -> Path:
    """A file that is no snapshot."""
    GEMINI.mkdir(parents=True, exist_ok=True)
    path = GEMINI / f"{day}.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("closed", ["snapshots", "snapshots/gemini"])
@pytest.mark.parametrize(
    "arguments", [["models"], ["regions", "gpt-4o"], ["snapshots", "check"], ["snapshots", "list"]]
)
def test_own_snapshots_that_may_not_be_read_are_not_passed_over(
    closed: str, arguments: list[str]
) -> None:
    """Exit 1 and the folder's name, instead of an answer from the carried data."""
    good("2026-11-01")
    Path(closed).chmod(0)
    try:
        done = subprocess.run(
            [*(_AS_ANOTHER if os.geteuid() == 0 else ()), *PROGRAM, *arguments],
            capture_output=True, text=True, env=environ(), check=False,
        )  # fmt: skip
    finally:
        Path(closed).chmod(0o755)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"planner: {closed}: Permission denied; mend its permissions, or choose another folder\n"
    )


def test_an_old_file_takes_no_provider_away(planner: Call) -> None:
    """The newest day answers everywhere; the bad one is named, exit 3."""
    good("2026-11-10", "2026-11-20")
    path = bad("2026-11-15")
    told = f"planner: passed over: {path}:1: no snapshot header"
    for arguments in (
        ["models", "--provider", "gemini"], ["regions", "gemini-own-0"], ["offers"],
        ["history", "gemini-own-0"], ["diff"],
    ):  # fmt: skip
        done = planner(*arguments)
        assert (done.code, done.err.count(told)) == (3, 1), arguments
        assert "gemini" in done.out
    change = planner("diff", "--json").json
    assert change["compared"] == [{"provider": "gemini", "from": "2026-11-10", "to": "2026-11-20"}]
    assert {c["model"] for c in change["changes"]} == {"gemini-own-1"}


def test_what_stands_in_a_bad_file_is_read_of_an_older_one(planner: Call) -> None:
    """Lines before the fault count as unseen: the older day's are no repetition of them."""
    good("2026-11-10", "2026-11-15")
    path = GEMINI / "2026-11-15.jsonl"
    path.write_text(path.read_text(encoding="utf-8") + "{broken\n", encoding="utf-8")
    write_snapshot(
        Path("snapshots"),
        snapshot(offer("other", "b", provider="gemini"), on="2026-11-20", origin=Origin.ACCOUNT),
    )
    assert planner("regions", "gemini-own-0", "--json").json["regions"][0]["region"] == "global"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file is empty; restore it or collect again"),
        ("<<<<<<< HEAD\n", "no snapshot header (a merge conflict)"),
        ("version https://git-lfs.github.com/spec/v1\n", "a pointer of git-lfs"),
        ("[" * 100_000 + "\n", "no snapshot header"),
        ('{"schema":1,"x":' + "[" * 100_000 + "\n", "brackets are nested too deeply"),
        (
            '{"schema":0,"provider":"gemini","date":"2026-11-15","origin":"api"}\n',
            "schema 0 is none that there was",
        ),
        (
            '{"schema":1,"provider":"../../x","date":"2026-11-15","origin":"api"}\n',
            "provider '../../x' is no plain name; restore it",
        ),
    ],
)
def test_a_file_that_is_no_snapshot_says_what_it_is(planner: Call, text: str, message: str) -> None:
    """Check and the commands say the same, in one line, and go on."""
    path = bad("2026-11-15", text)
    check = planner("snapshots", "check", "--json")
    assert check.code == 1
    assert [message in f["message"] for f in check.json["findings"]] == [True]
    done = planner("models", "--json")
    assert done.code == 3
    assert done.err.startswith(f"planner: gemini left out: {path}")
    assert message in done.err


def test_a_line_of_brackets_is_named_with_its_number(planner: Call) -> None:
    """However deep they are, the other providers answer."""
    good("2026-11-15")
    path = GEMINI / "2026-11-15.jsonl"
    deep = '{"model":"x","deep":' + "[" * 100_000 + "\n"
    path.write_text(path.read_text(encoding="utf-8") + deep, encoding="utf-8")
    for arguments in (["models"], ["regions", "gpt-4o"]):
        done = planner(*arguments)
        assert done.code == 3
        assert f"gemini left out: {path}:3: brackets are nested too deeply" in done.err
    [finding] = planner("snapshots", "check", "--json").json["findings"]
    assert (finding["line"], finding["severity"]) == (3, "error")


@pytest.mark.parametrize("arguments", [["models"], ["snapshots", "check"], ["quotas"]])
def test_a_pipe_under_a_snapshots_name_is_no_file_to_wait_for(arguments: list[str]) -> None:
    """It is named; nobody waits for who might write to it."""
    GEMINI.mkdir(parents=True)
    os.mkfifo(GEMINI / "2026-11-15.jsonl")
    done = subprocess.run(
        [*PROGRAM, *arguments], capture_output=True, text=True, env=environ(), check=False,
        timeout=30,
    )  # fmt: skip
    assert done.returncode in {1, 3}
    assert "is no plain file; move it away" in " ".join((done.stdout + done.stderr).split())
