"""Claims about the form of action.yml and of the workflows to copy."""

import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.ci.steps import ACTION, ROOT

STEPS: list[dict[str, Any]] = [step for step in ACTION["runs"]["steps"] if "run" in step]
SCRIPTS = sorted((ROOT / "ci").glob("*.sh"))


def workflow(name: str) -> dict[Any, Any]:
    """A workflow to copy."""
    text = (ROOT / "examples" / "github" / name).read_text(encoding="utf-8")
    parsed: dict[Any, Any] = yaml.safe_load(text)
    return parsed


@pytest.mark.parametrize("step", STEPS, ids=lambda step: str(step["name"]))
def test_no_input_reaches_a_shell_but_through_the_environment(step: dict[str, Any]) -> None:
    """No expression stands in a `run`, and each names its shell."""
    assert "${{" not in step["run"]
    assert step["shell"] == "bash"


def test_every_input_is_described_and_used() -> None:
    """No input is without a text, a default and a step that reads it."""
    steps = str(ACTION["runs"]["steps"])
    for name, entry in ACTION["inputs"].items():
        assert set(entry) == {"description", "default"}
        assert f"inputs.{name}" in steps
    used = set(re.findall(r"inputs\.([a-z-]+)", steps))
    assert used == set(ACTION["inputs"])


def test_outputs_come_from_steps_that_are_there() -> None:
    """Each output reads a step with that id."""
    ids = {step.get("id") for step in ACTION["runs"]["steps"]}
    for output in ACTION["outputs"].values():
        assert set(re.findall(r"steps\.([a-z]+)\.", output["value"])) <= ids


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_bash_without_expressions(script: Any) -> None:
    """Bash parses each, and none holds an expression of GitHub's."""
    done = subprocess.run(["bash", "-n", script], capture_output=True, text=True, check=False)  # noqa: S607
    assert (done.returncode, done.stderr) == (0, "")
    assert "${{" not in script.read_text(encoding="utf-8")


def test_workflows_have_the_least_permissions() -> None:
    """None at the top; the schedule may commit, keep issues and log in, the check may read."""
    jobs = {}
    for name in ("scheduled.yml", "pull-request.yml"):
        parsed = workflow(name)
        assert parsed["permissions"] == {}
        (job,) = parsed["jobs"].values()
        assert job["timeout-minutes"] <= 30
        jobs[name] = job["permissions"]
    assert jobs == {
        "scheduled.yml": {"contents": "write", "issues": "write", "id-token": "write"},
        "pull-request.yml": {"contents": "read"},
    }
    assert workflow("scheduled.yml")["concurrency"]["cancel-in-progress"] is False
