"""Runs the shell steps of action.yml as a runner does, in a clone of a real bare remote."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
_GIVEN = re.compile(r"\$\{\{ (?:inputs|github)\.([a-z_-]+) \}\}")


class Ran(msgspec.Struct, frozen=True):
    """How a run of the action ended."""

    failed: tuple[str, ...]
    outputs: dict[str, str]
    summary: str
    log: str


class Repository:
    """A team's clone of a bare remote, with the issues beside it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.remote = folder / "remote.git"
        self.work = folder / "work"
        self._issues = folder / "issues.json"
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.remote))
        self.clone("work")
        (self.work / "README.md").write_text("A team.\n", encoding="utf-8")
        self.commit(self.work, "start")

    def clone(self, name: str) -> Path:
        """Another clone."""
        git(self.folder, "clone", "--quiet", str(self.remote), name)
        return self.folder / name

    def commit(self, work: Path, message: str) -> None:
        """Commit all in a clone as a person, and push."""
        git(work, "add", "--all")
        git(work, "commit", "--quiet", "--message", message)
        git(work, "push", "--quiet", "origin", "HEAD")

    def log(self) -> list[str]:
        """The messages on the remote's main, oldest first."""
        return git(self.remote, "log", "--reverse", "--format=%s", "main").splitlines()

    @property
    def issues(self) -> list[dict[str, Any]]:
        """The issues, oldest first."""
        if not self._issues.exists():
            return []
        issues: list[dict[str, Any]] = json.loads(self._issues.read_text())["issues"]
        return issues

    def keep(self, issues: list[dict[str, Any]]) -> None:
        """Change the issues as a person does."""
        self._issues.write_text(json.dumps({"labels": ["planner"], "issues": issues}))

    def run(self, day: str, *, base: str = "main", **inputs: str) -> Ran:
        """Run the action on a day; inputs with `_` for `-`."""
        given = {name: str(entry["default"]) for name, entry in ACTION["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        values = given | {"token": "stand-in", "base_ref": base}
        temporary = self.folder / f"runner-{day}"
        temporary.mkdir(exist_ok=True)
        summary, log = temporary / "summary.md", ""
        failed: list[str] = []
        outputs: dict[str, str] = {}
        for step in ACTION["runs"]["steps"]:
            if "/ci/" not in step.get("run", "") or not _wanted(step["if"], given, failed):
                continue
            told = temporary / "outputs"
            told.write_text("")
            files = {"GITHUB_OUTPUT": told, "GITHUB_STEP_SUMMARY": summary}
            done = subprocess.run(
                ["bash", "-e", "-o", "pipefail", "-c", step["run"]],  # noqa: S607 - as a runner does
                cwd=self.work,
                env=_environment(self._issues, day)
                | {name: str(path) for name, path in files.items()}
                | {"RUNNER_TEMP": str(temporary), "GITHUB_ACTION_PATH": str(ROOT)}
                | {k: _GIVEN.sub(lambda m: values[m[1]], v) for k, v in step["env"].items()},
                capture_output=True,
                text=True,
                check=False,
                timeout=120,
            )
            log += done.stdout + done.stderr
            outputs |= dict(line.split("=", 1) for line in told.read_text().splitlines())
            if done.returncode:
                failed.append(f"{step['name']}: {done.returncode}")
        text = summary.read_text(encoding="utf-8") if summary.exists() else ""
        return Ran(tuple(failed), outputs, text, log)


def git(folder: Path, *arguments: str) -> str:
    """Call git as a person; its output."""
    person = ("-c", "user.name=Person", "-c", "user.email=person@example.org")
    return subprocess.run(
        ["git", *person, *arguments],  # noqa: S607 - the git of the PATH
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def _wanted(condition: str, given: dict[str, str], failed: list[str]) -> bool:
    """Whether a step's `if` holds: only terms as action.yml has them."""
    terms = condition.split(" && ")
    for term in (t for t in terms if t != "!cancelled()"):
        name, sign, literal = term.split(" ")
        if (given[name.removeprefix("inputs.")] == literal.strip("'")) is not (sign == "=="):
            return False
    return not failed or "!cancelled()" in terms


def _environment(issues: Path, day: str) -> dict[str, str]:
    own = [str(ROOT / "tests/ci/bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    return dict(os.environ) | {
        "PATH": os.pathsep.join(own),
        "PYTHONPATH": str(ROOT),
        "GH_STAND_IN": str(issues),
        "TODAY": day,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "COLUMNS": "80",
    }
