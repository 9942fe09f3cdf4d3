"""Claims about the check of pull requests: the gate, and that a failure is no change."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.ci.steps import Ran, Repository, git

LINE = (
    '{{"kind":"offer","provider":"gemini","region":"global","model":"{model}","version":"1",'
    '"deployment_type":"standard","usage_name":null}}\n'
)


def write(repository: Repository, day: str, models: Sequence[str]) -> Path:
    """A snapshot in the clone."""
    path = repository.work / "snapshots" / "gemini" / f"{day}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    header = (
        f'{{"schema":1,"origin":"account","provider":"gemini","date":"{day}",'
        '"coverage":[{"region":"global"}]}\n'
    )
    path.write_text(header + "".join(LINE.format(model=m) for m in models), encoding="utf-8")
    return path


@pytest.fixture
def branch(repository: Repository) -> Repository:
    """A repository with two models and a using file on main, and a branch for a pull request."""
    write(repository, "2026-12-01", ["gemini-x", "gemini-y"])
    (repository.work / "using.yaml").write_text("- gemini-x\n", encoding="utf-8")
    repository.commit(repository.work, "two models")
    git(repository.work, "switch", "--quiet", "--create", "change")
    return repository


def check(branch: Repository, **inputs: str) -> Ran:
    """Push the branch and run the check."""
    branch.commit(branch.work, "change")
    return branch.run("2026-12-02", mode="pull-request", fail_on="breaking", **inputs)


def test_a_model_in_use_that_goes_stops_the_pull_request(branch: Repository) -> None:
    """10, with an annotation on the line of the using file and the change in the step summary."""
    write(branch, "2026-12-02", ["gemini-y"])
    done = check(branch, using="using.yaml")
    assert (done.failed, done.outputs) == (("Check a pull request: 10",), {"exit-code": "10"})
    assert "::error file=using.yaml,line=1" in done.log
    assert "gemini-x 1 standard removed" in done.summary
    assert git(branch.work, "worktree", "list").count("\n") == 1


def test_a_model_that_nobody_uses_may_go(branch: Repository) -> None:
    """0, where the using file names another."""
    write(branch, "2026-12-02", ["gemini-x"])
    done = check(branch, using="using.yaml")
    assert (done.failed, done.outputs) == ((), {"exit-code": "0"})


def test_a_broken_snapshot_is_no_change(branch: Repository) -> None:
    """1 with a message of its own, before anything is compared."""
    write(branch, "2026-12-02", ["gemini-x"]).write_text("no JSON\n", encoding="utf-8")
    done = check(branch)
    assert done.failed == ("Check a pull request: 1",)
    assert "::error title=planner::snapshots check ended with exit code 1" in done.log
    assert "as bad as" not in done.log


def test_a_wrong_call_is_no_change(branch: Repository) -> None:
    """2 of a using file that is not there says that planner failed."""
    write(branch, "2026-12-02", ["gemini-x"])
    done = check(branch, using="none.yaml")
    assert done.failed != ()
    assert "this is no change" in done.log
    assert "as bad as" not in done.log


def test_the_first_snapshots_have_nothing_to_be_compared_with(repository: Repository) -> None:
    """0 with a notice where main holds neither snapshots nor prices."""
    git(repository.work, "switch", "--quiet", "--create", "change")
    write(repository, "2026-12-01", ["gemini-x"])
    done = check(repository)
    assert (done.failed, done.outputs) == ((), {"exit-code": "0"})
    assert "::notice title=planner::main has neither snapshots nor pricing yet" in done.log
