"""Claims about the scheduled run: what happens where something stands in its way."""

import pytest

from tests.ci.conftest import Sky
from tests.ci.steps import Repository, git


@pytest.mark.usefixtures("sky")
def test_a_remote_that_moved_gets_the_snapshots_on_top(repository: Repository) -> None:
    """Somebody pushed meanwhile: the run rebases and pushes again."""
    other = repository.clone("other")
    (other / "notes.md").write_text("Meanwhile.\n", encoding="utf-8")
    repository.commit(other, "meanwhile")
    assert repository.run("2026-12-01", providers="gemini").failed == ()
    assert repository.log() == ["start", "meanwhile", "planner: first snapshots"]


@pytest.mark.usefixtures("sky")
def test_a_conflict_says_so_and_leaves_no_rebase_behind(repository: Repository) -> None:
    """The same snapshot was pushed with other content: the run fails with the next step."""
    other = repository.clone("other")
    file = other / "snapshots" / "gemini" / "2026-12-01.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("{}\n", encoding="utf-8")
    repository.commit(other, "meanwhile")
    done = repository.run("2026-12-01", providers="gemini")
    assert done.failed == ("Commit: 1",)
    assert "conflict with what was pushed meanwhile; run the workflow again" in done.log
    assert repository.log() == ["start", "meanwhile"]
    assert not (repository.work / ".git" / "rebase-merge").exists()


def test_nothing_collected_is_never_nothing_changed(sky: Sky, repository: Repository) -> None:
    """Every provider refuses: the summary says so, the issue stays, the job fails."""
    for day in (1, 2):
        repository.run(f"2026-12-0{day}", providers="gemini")
    sky.break_gemini()
    done = repository.run("2026-12-03", providers="gemini")
    assert done.failed == ("Finish: 1",)
    assert done.outputs["summary"] == "nothing was collected"
    assert done.summary.startswith("Nothing was collected, so nothing can be said of changes.\n")
    assert "| gemini | global |" in done.summary
    assert repository.issues == []


def test_a_second_run_of_a_day_tells_nobody_twice(sky: Sky, repository: Repository) -> None:
    """The issue is made once, and gets no comment from the same changes again."""
    repository.run("2026-12-01", providers="gemini")
    sky.lose_model()
    for _ in range(2):
        assert repository.run("2026-12-02", providers="gemini").failed == ()
    assert [(i["open"], i["comments"]) for i in repository.issues] == [(True, [])]


def test_a_closed_issue_is_followed_by_a_new_one(sky: Sky, repository: Repository) -> None:
    """A person closed it: a quiet day leaves it so, the next change opens another since then."""
    repository.run("2026-12-01", providers="bedrock gemini")
    sky.lose_model()
    repository.run("2026-12-02", providers="bedrock gemini")
    (issue,) = repository.issues
    repository.keep([issue | {"open": False}])
    repository.run("2026-12-03", providers="bedrock gemini")
    assert len(repository.issues) == 1
    sky.break_region()
    repository.run("2026-12-04", providers="bedrock gemini")
    first, second = repository.issues
    assert (first["open"], second["open"]) == (False, True)
    assert "gemini-2.5-pro" not in second["body"]
    assert "<!-- planner since=2026-12-03 -->" in second["body"]


def test_the_gate_fails_the_job_after_the_commit(sky: Sky, repository: Repository) -> None:
    """`fail-on: breaking` ends with 10, and the snapshots are pushed; without commit none are."""
    quiet = {"providers": "gemini", "issue_on": ""}
    repository.run("2026-12-01", **quiet)
    sky.lose_model()
    done = repository.run("2026-12-02", fail_on="breaking", **quiet)
    assert (done.failed, done.outputs["exit-code"]) == (("Finish: 10",), "10")
    assert [done.outputs[level] for level in ("breaking", "warning", "info")] == ["2", "0", "0"]
    assert (len(repository.log()), repository.issues) == (3, [])
    repository.run("2026-12-03", commit="false", **quiet)
    assert len(repository.log()) == 3
    assert "2026-12-03.jsonl" in git(repository.work, "status", "--short", "-uall")
