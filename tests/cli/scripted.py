"""A scripted cloud of another package: its installation, its steps, and the real program."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.core.offers import Offer
from planner.files.snapshots import read_snapshot
from tests.cli import fakecloud
from tests.cli.conftest import PROGRAM, Call, Outcome, environ

Script = Callable[..., None]
NORTH = {"region": "north", "offers": ["a", "b", "c"], "quotas": {"a tokens": [300, 20]}}
SOUTH = {"region": "south", "offers": ["a", "b"]}
ALIAS = "test-account-451d"


@pytest.fixture(autouse=True)
def script(
    elsewhere: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Script:
    """Install the fake cloud by its entry point, and write what it does: `script(NORTH, SOUTH)`."""
    site = tmp_path_factory.mktemp("site")
    shutil.copy(fakecloud.__file__, site / "fakecloud.py")
    info = site / "fakecloud-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fakecloud\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[planner.collectors]\nfakecloud = fakecloud:FakeCollector\n"
    )
    path = site / "script.json"
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("FAKECLOUD", str(path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(elsewhere / "config"))
    for name in [n for n in os.environ if n.startswith(("AZURE_", "AWS_", "GOOGLE_", "GEMINI_"))]:
        monkeypatch.delenv(name)

    def write(*steps: dict[str, Any], **more: Any) -> None:
        path.write_text(json.dumps({"steps": steps} | more), encoding="utf-8")

    write(NORTH, SOUTH)
    return write


@pytest.fixture
def collect(planner: Call) -> Call:
    """Collect from the fake cloud, as JSON."""
    return lambda *arguments: planner("collect", "fakecloud", *arguments, "--json")


def real(*arguments: str) -> "subprocess.Popen[str]":
    """The real program, running."""
    return _running([*PROGRAM, *arguments])


def in_shell(line: str) -> Outcome:
    """How a line of a shell ended."""
    return ended(_running(["/bin/bash", "-c", line]))


def _running(arguments: list[str]) -> "subprocess.Popen[str]":
    site = str(Path(os.environ["FAKECLOUD"]).parent)
    environment = environ()
    environment["PYTHONPATH"] += os.pathsep + site
    return subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    )


def ended(process: "subprocess.Popen[str]") -> Outcome:
    """How a running program ended."""
    out, err = process.communicate(timeout=60)
    return Outcome(process.returncode, out, err)


def wait_for(path: Path) -> None:
    """Wait until a running program has made a file."""
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(path)


def statuses(outcome: Outcome) -> dict[str | None, str]:
    """How each region ended."""
    [collection] = outcome.json["collections"]
    return {entry["region"]: entry["status"] for entry in collection["coverage"]}


def offers_in(path: Path) -> list[Offer]:
    """The offers of a snapshot file."""
    return [r for r in read_snapshot(path).records if isinstance(r, Offer)]


def earlier(folder: Path, day: str = "2026-01-05") -> Path:
    """Give today's snapshot, and its header, another date."""
    [path] = (folder / "fakecloud").glob("*.jsonl")
    text = path.read_text(encoding="utf-8").replace(f'"date":"{path.stem}"', f'"date":"{day}"')
    path.unlink()
    (path.parent / f"{day}.jsonl").write_text(text, encoding="utf-8")
    return path.parent / f"{day}.jsonl"
