"""Claims about `planner doctor --online`: real SDKs against the stand-in clouds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.clouds import PROVIDERS, Clouds, clouds
from tests.cli.conftest import Call
from tests.cloud.aws import asks, refusal
from tests.cloud.faults import spoil
from tests.cloud.server import Fault, on_path

__all__ = ["clouds"]
Checks = Callable[..., tuple[int, dict[str, dict[str, Any]]]]


@pytest.fixture
def doctor(planner: Call) -> Checks:
    """The exit code, and the checks by "subject check"."""

    def call(*arguments: str) -> tuple[int, dict[str, dict[str, Any]]]:
        done = planner("doctor", *arguments, "--json")
        return done.code, {f"{c['subject']} {c['check']}": c for c in done.json["checks"]}

    return call


def test_offline_a_cloud_that_was_not_asked_is_skipped(doctor: Checks, clouds: Clouds) -> None:
    """Whether it answers and whether the roles suffice is unknown: a skip with its fix."""
    code, checks = doctor()
    assert code == 0
    for provider in PROVIDERS:
        for check in ("answers", "roles"):
            found = checks[f"{provider} {check}"]
            assert (found["status"], found["fix"]) == ("skipped", "planner doctor --online")
    assert [s for s in clouds.servers.values() if s.seen] == []


def test_online_each_cloud_answers_and_allows(doctor: Checks, clouds: Clouds) -> None:
    """One region of each is asked, and nothing is written, to disk or cloud."""
    code, checks = doctor("--online")
    assert code == 0
    for provider in PROVIDERS:
        assert checks[f"{provider} answers"]["status"] == "passed"
        assert checks[f"{provider} roles"]["detail"] == "every question was allowed"
    assert checks["gemini answers"]["detail"] == "1 of 1 questions answered"
    assert not Path("snapshots").exists()
    methods = {s.method for s in clouds.servers["gemini"].seen}
    assert methods == {"GET"}


def test_each_action_that_is_missing_is_named(doctor: Checks, clouds: Clouds) -> None:
    """Two denied questions of five: it answers, the roles do not suffice, exit 1."""
    server = clouds.servers["bedrock"]
    denied = refusal("servicequotas", "AccessDeniedException", 400)
    server.faults.append(Fault(matches=asks("ListServiceQuotas"), reply=denied))
    denied = refusal("bedrock", "AccessDeniedException")
    server.faults.append(Fault(matches=on_path("/provisioned-model"), reply=denied))
    code, checks = doctor("bedrock", "--online")
    assert (code, checks["bedrock answers"]["status"]) == (1, "passed")
    assert checks["bedrock answers"]["detail"] == "3 of 5 questions answered"
    found = checks["bedrock roles"]
    assert found["status"] == "failed"
    assert "bedrock:ListProvisionedModelThroughputs" in found["detail"]
    assert "servicequotas:ListServiceQuotas" in found["detail"]


@pytest.mark.parametrize("provider", ["azure", "bedrock", "gemini"])
def test_where_all_is_denied_the_cloud_still_answers(
    doctor: Checks, clouds: Clouds, provider: str
) -> None:
    """403 everywhere is no matter of the network: the roles fail, with what to grant."""
    spoil(clouds.servers[provider], "forbidden")
    code, checks = doctor(provider, "--online")
    ends = (code, checks[f"{provider} answers"]["status"], checks[f"{provider} roles"]["status"])
    assert ends == (1, "passed", "failed")
    assert clouds.leaks(str(checks)) == []


@pytest.mark.parametrize(
    ("provider", "variable"),
    [
        ("azure", "PLANNER_AZURE_ENDPOINT"),
        ("bedrock", "AWS_ENDPOINT_URL"),
        ("gemini", "GOOGLE_GEMINI_BASE_URL"),
    ],
)
@pytest.mark.usefixtures("clouds")
def test_an_endpoint_that_nobody_serves_fails(
    doctor: Checks, monkeypatch: pytest.MonkeyPatch, provider: str, variable: str
) -> None:
    """It does not answer; of the roles nothing is known."""
    scheme = "https" if provider == "azure" else "http"
    monkeypatch.setenv(variable, f"{scheme}://127.0.0.1:9")
    code, checks = doctor(provider, "--online")
    ends = (code, checks[f"{provider} answers"]["status"], checks[f"{provider} roles"]["status"])
    assert ends == (1, "failed", "skipped")


def test_an_answer_without_sense_is_no_answer(doctor: Checks, clouds: Clouds) -> None:
    """A page to sign in at, with 200, is not the API."""
    spoil(clouds.servers["gemini"], "html")
    code, checks = doctor("gemini", "--online")
    assert (code, checks["gemini answers"]["status"]) == (1, "failed")


def test_a_cloud_that_nobody_set_up_is_skipped(
    doctor: Checks, clouds: Clouds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a key there is nothing to ask with; the others are asked, exit 0."""
    monkeypatch.delenv("GEMINI_API_KEY")
    code, checks = doctor("--online")
    assert (code, checks["gemini answers"]["status"]) == (0, "skipped")
    assert clouds.servers["gemini"].seen == []


def test_what_the_settings_name_must_be_there(doctor: Checks, elsewhere: Path) -> None:
    """A using file that is not there and a home region that nobody knows fail, with the fix."""
    text = "home_region: francecentrall\nusing: models.yaml\n"
    (elsewhere / "planner.yaml").write_text(text, encoding="utf-8")
    code, checks = doctor()
    assert (code, checks["settings file"]["status"]) == (1, "passed")
    assert checks["settings home_region"]["fix"].startswith("did you mean francecentral")
    assert checks["settings using"]["detail"] == "models.yaml is not there"
    (elsewhere / "models.yaml").write_text("- gpt-4o\n", encoding="utf-8")
    text = text.replace("centrall", "central")
    (elsewhere / "planner.yaml").write_text(text, encoding="utf-8")
    code, checks = doctor()
    assert (checks["settings using"]["status"], checks["settings home_region"]["status"]) == (
        "passed",
        "passed",
    )
