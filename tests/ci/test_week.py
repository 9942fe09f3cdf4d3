"""A week of scheduled runs in a repository: what is committed, and what the rolling issue says."""

from tests.ci.conftest import Sky
from tests.ci.steps import Repository

LOST = "- gemini: gemini-2.5-pro 2.5 removed: batch, standard; none of the model is left"
UNREAD = "- bedrock: bedrock aws-aeb2 could not be read any more in us-west-2; failed"


def test_a_week_of_runs(sky: Sky, repository: Repository) -> None:
    """A model goes on day 3, a region fails on day 4, both are back on day 5; one issue tells."""

    def run(day: int) -> tuple[str, ...]:
        done = repository.run(f"2026-12-0{day}", providers="bedrock gemini")
        print(f"--- day {day}", done.summary, sep="\n")  # noqa: T201 - `pytest -s` shows the week
        return done.failed

    assert [run(1), run(2)] == [(), ()]
    assert repository.issues == []

    sky.lose_model()
    assert run(3) == ()
    (issue,) = repository.issues
    assert (
        issue["title"] == "planner: 2 breaking changes: bedrock and gemini 2026-12-02 to 2026-12-03"
    )
    assert LOST in issue["body"]
    assert issue["body"].endswith("\n<!-- planner since=2026-12-02 -->\n")
    assert issue["comments"] == []

    sky.break_region()
    assert run(4) == ("Finish: 3",)
    (issue,) = repository.issues
    assert (LOST in issue["body"], UNREAD in issue["body"]) == (True, True)
    assert "## Not everything was read" in issue["body"]
    assert "<!-- planner since=2026-12-02 -->" in issue["body"]
    (told,) = issue["comments"]
    assert (LOST in told, UNREAD in told) == (False, True)

    sky.clear()
    assert run(5) == ()
    (issue,) = repository.issues
    assert issue["open"] is False
    assert issue["comments"][1] == (
        "Nothing of what changed since 2026-12-02 is as bad as warning any more. "
        "Nothing changed: bedrock and gemini 2026-12-02 to 2026-12-05.\n"
    )

    assert [run(6), run(7)] == [(), ()]
    assert len(repository.issues) == 1
    print(*repository.log(), issue["body"], *issue["comments"], sep="\n")  # noqa: T201
    assert repository.log() == [
        "start",
        "planner: first snapshots",
        "planner: Nothing changed: bedrock and gemini 2026-12-01 to 2026-12-02",
        "planner: 2 breaking changes: bedrock and gemini 2026-12-02 to 2026-12-03",
        "planner: 1 warning: bedrock and gemini 2026-12-03 to 2026-12-04; not everything was read",
        "planner: 3 notes: bedrock and gemini 2026-12-04 to 2026-12-05",
        "planner: Nothing changed: bedrock and gemini 2026-12-05 to 2026-12-06",
        "planner: Nothing changed: bedrock and gemini 2026-12-06 to 2026-12-07",
    ]
