"""Running the program: in this process for speed, or the installed one as a user does."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import run

PROGRAM = [sys.executable, "-m", "planner"]
HEADER = {"schema": 1, "origin": "account"}


@dataclass(frozen=True)
class Outcome:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The result, read from JSON."""
        return json.loads(self.out)


Call = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, without settings of the environment, on an 80-column pipe."""
    for name in ("PLANNER_SNAPSHOTS", "PLANNER_PRICING", "NO_COLOR", "FORCE_COLOR", "LINES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def planner(capsys: pytest.CaptureFixture[str]) -> Call:
    """Run a command in this process: `planner("regions", "gpt-4o")`."""

    def call(*arguments: str) -> Outcome:
        code = run(arguments)
        told = capsys.readouterr()
        return Outcome(code, told.out, told.err)

    return call


@pytest.fixture
def program() -> Call:
    """Run the real program: exit code, stdout and stderr; `environment` comes on top."""

    def call(*arguments: str, environment: Mapping[str, str] | None = None) -> Outcome:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            capture_output=True,
            text=True,
            check=False,
            env=environ() | dict(environment or {}),
            timeout=60,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    return call


def environ() -> dict[str, str]:
    """The environment, with the package found from any working folder."""
    root = str(Path(__file__).resolve().parents[2])
    return dict(os.environ) | {"PYTHONPATH": root}


@pytest.fixture
def snapshot(elsewhere: Path) -> Callable[..., Path]:
    """Write an own snapshot in the working folder: `snapshot("azure", "2026-11-01", {...})`."""

    def write(
        provider: str, day: str, *offers: Mapping[str, object], folder: str = "snapshots"
    ) -> Path:
        regions = sorted({str(o.get("region", "japaneast")) for o in offers})
        coverage = [{"region": region} for region in regions]
        lines = [HEADER | {"provider": provider, "date": day, "coverage": coverage}]
        basis = {
            "kind": "offer", "provider": provider, "region": "japaneast", "model": "gpt-x",
            "version": "1", "deployment_type": "GlobalStandard", "usage_name": None,
        }  # fmt: skip
        lines += [basis | dict(offer) for offer in offers]
        path = elsewhere / folder / provider / f"{day}.jsonl"
        path.parent.mkdir(parents=True)
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    return write
