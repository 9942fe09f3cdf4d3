"""Claims about `planner doctor`: it passes, fails with a fix, or skips, and asks no cloud."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Call
from tests.cli.scripted import NORTH, SOUTH, Script, script
from tests.cli.test_screens import on_terminal

__all__ = ["script"]
JUNE = ("--on", "2026-11-21")


@pytest.fixture
def doctor(planner: Call) -> Callable[..., dict[str, dict[str, Any]]]:
    """The checks by "subject check", and the exit code under "code"."""

    def call(*arguments: str) -> dict[str, dict[str, Any]]:
        done = planner("doctor", *JUNE, *arguments, "--json")
        checks = {f"{c['subject']} {c['check']}": c for c in done.json["checks"]}
        return checks | {"code": {"code": done.code}}

    return call


def test_with_nothing_configured_nothing_that_was_set_up_fails(
    planner: Call, script: Script
) -> None:
    """Exit 0; credentials are skipped, which is no pass; the text says that no cloud was asked."""
    script(credentials=None)
    done = planner("doctor", *JUNE, "--json")
    assert done.code == 0
    ends = {(c["subject"], c["check"]): c["status"] for c in done.json["checks"]}
    for provider in ("aws", "azure", "bedrock", "fakecloud", "gemini"):
        assert ends[provider, "credentials"] == "skipped"
        assert ends[provider, "snapshot"] == "skipped"
    assert ends["settings", "file"] == "skipped"
    text = planner("doctor", *JUNE).out
    assert text.startswith("Nothing that you set up fails. Checks: ")
    assert "No cloud was asked; --online asks one region." in text


def test_the_answer_keeps_to_its_schema(planner: Call) -> None:
    """The JSON validates against `planner schema doctor`."""
    jsonschema.validate(planner("doctor", "--json").json, planner("schema", "doctor").json)


def test_credentials_without_their_sdk_fail_with_the_extra(
    doctor: Callable[..., dict[str, dict[str, Any]]], script: Script
) -> None:
    """Who has set credentials up wants to collect: exit 1, and the line to run."""
    script(extra="azure")
    checks = doctor()
    assert checks["code"]["code"] == 1
    assert checks["fakecloud sdk"] | {"configured": True} == checks["fakecloud sdk"]
    assert checks["fakecloud sdk"]["detail"] == "fakecloud needs azure-identity"
    assert checks["fakecloud sdk"]["fix"] == "pip install 'cloud-llm-planner[azure]'"
    assert checks["fakecloud credentials"]["detail"] == "a test's"


def test_a_provider_that_is_named_must_be_ready(
    doctor: Callable[..., dict[str, dict[str, Any]]], script: Script
) -> None:
    """Its missing credentials fail with the way to get them; the others are left out."""
    script(credentials=None)
    checks = doctor("fakecloud")
    assert checks["code"]["code"] == 1
    found = checks["fakecloud credentials"]
    assert (found["status"], found["fix"]) == ("failed", "write them into the script")
    assert "azure sdk" not in checks


def test_a_snapshot_of_ones_own_gets_stale(
    doctor: Callable[..., dict[str, dict[str, Any]]],
    snapshot: Callable[..., Path],
    elsewhere: Path,
) -> None:
    """After 30 days, or as many as the settings say, it fails with the command that renews it."""
    snapshot("fakecloud", "2026-11-01", {})
    fresh = doctor()
    assert fresh["fakecloud snapshot"]["status"] == "passed"
    assert fresh["fakecloud snapshot"]["detail"] == "2026-11-01, 20 days old"
    (elsewhere / "planner.yaml").write_text("staleness_days: 19\n", encoding="utf-8")
    stale = doctor()
    assert stale["code"]["code"] == 1
    found = stale["fakecloud snapshot"]
    assert found["detail"] == "2026-11-01, 20 days old; fresh is up to 19"
    assert (found["status"], found["fix"]) == ("failed", "planner collect fakecloud")
    assert stale["settings file"]["status"] == "passed"


def test_files_that_cannot_be_read_fail_with_file_and_line(
    doctor: Callable[..., dict[str, dict[str, Any]]],
    snapshot: Callable[..., Path],
    elsewhere: Path,
) -> None:
    """Settings, price tables and snapshots: each names its fault, the other checks go on."""
    path = snapshot("fakecloud", "2026-11-01", {})
    path.write_text(path.read_text() + "{broken\n", encoding="utf-8")
    (elsewhere / "planner.yaml").write_text("colour: red\n", encoding="utf-8")
    (elsewhere / "pricing").mkdir()
    (elsewhere / "pricing" / "own.yaml").write_text("prices: no\n", encoding="utf-8")
    checks = doctor()
    assert checks["code"]["code"] == 1
    assert checks["settings file"]["detail"].startswith("planner.yaml:1: unknown key 'colour'")
    assert checks["prices tables"]["detail"].startswith("pricing/own.yaml:1: prices is no list")
    assert "2026-11-01.jsonl:3: " in checks["fakecloud snapshot"]["detail"]
    assert {checks[c]["status"] for c in ("settings file", "prices tables")} == {"failed"}


def test_price_tables_of_the_package_say_their_age_and_are_nobodys_fault(
    doctor: Callable[..., dict[str, dict[str, Any]]],
) -> None:
    """A carried table that is old fails with a fix, and the exit code stays 0."""
    checks = doctor("--on", "2027-11-21")
    assert checks["prices azure"]["status"] == "failed"
    assert (checks["prices azure"]["configured"], checks["code"]["code"]) == (False, 0)


@pytest.mark.parametrize(
    ("variable", "check", "told"),
    [
        (
            "GOOGLE_GEMINI_BASE_URL=https://user:canary@host:8443/x",
            "gemini endpoint",
            ("passed", "https://host:8443, from GOOGLE_GEMINI_BASE_URL"),
        ),
        (
            "PLANNER_AZURE_ENDPOINT=http://host",
            "azure endpoint",
            ("failed", "PLANNER_AZURE_ENDPOINT is not https"),
        ),
        (
            "AWS_ENDPOINT_URL=canary",
            "bedrock endpoint",
            ("failed", "AWS_ENDPOINT_URL is no address"),
        ),
    ],
)
def test_an_endpoint_of_the_environment_is_checked_and_not_quoted(
    doctor: Callable[..., dict[str, dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    check: str,
    told: tuple[str, str],
) -> None:
    """Its host alone is shown, since an address may carry a password."""
    monkeypatch.setenv(*variable.split("=", 1))
    found = doctor()
    assert (found[check]["status"], found[check]["detail"]) == told
    assert "canary" not in str(found)


def test_online_asks_each_provider_that_is_set_up(
    doctor: Callable[..., dict[str, dict[str, Any]]], script: Script
) -> None:
    """What answers passes; what is denied names the role; nothing is written."""
    script(NORTH, SOUTH)
    found = doctor("fakecloud", "--online")
    assert found["fakecloud answers"]["detail"] == "2 of 2 questions answered"
    assert found["fakecloud roles"]["status"] == "passed"
    script(NORTH, SOUTH | {"status": "denied", "error": "grant the role Reader to 123456789012"})
    found = doctor("fakecloud", "--online")
    assert found["fakecloud roles"]["detail"] == "all: grant the role Reader to (id)"
    assert (found["fakecloud roles"]["status"], found["code"]["code"]) == ("failed", 1)
    script({"raise": "canary"})
    found = doctor("fakecloud", "--online")
    assert found["fakecloud answers"]["detail"] == "RuntimeError"


def test_torch_is_found_without_loading_it(
    planner: Call, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A torch that would break on import is found, with its version."""
    (elsewhere / "torch.py").write_text("raise RuntimeError\n", encoding="utf-8")
    info = elsewhere / "torch-9.9.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: torch\nVersion: 9.9\n")
    monkeypatch.syspath_prepend(str(elsewhere))
    checks = planner("doctor", "--json").json["checks"]
    [torch] = [c for c in checks if c["check"] == "torch"]
    assert (torch["status"], torch["detail"]) == ("passed", "9.9")


@pytest.mark.parametrize(
    ("does", "told"),
    [
        ("echo 'H200, 143771 MiB, 580.1'", ("passed", "1 x H200, 143771 MiB, 580.1")),
        ("exit 9", ("failed", "nvidia-smi fails (CalledProcessError)")),
    ],
)
def test_the_gpu_is_what_nvidia_smi_says(
    planner: Call,
    elsewhere: Path,
    monkeypatch: pytest.MonkeyPatch,
    does: str,
    told: tuple[str, str],
) -> None:
    """A driver that does not answer fails; without nvidia-smi the check is skipped."""
    tool = elsewhere / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{elsewhere}{os.pathsep}{os.environ['PATH']}")
    done = planner("doctor", "--json")
    [gpu] = [c for c in done.json["checks"] if c["check"] == "gpu"]
    assert (gpu["status"], gpu["detail"]) == told


def test_a_default_screen_fits_24_by_80(script: Script) -> None:
    """With nothing set up the whole text fits a small terminal."""
    script(credentials=None)
    text, code = on_terminal("doctor", *JUNE, NO_COLOR="1")
    assert code == 0
    assert len(text.splitlines()) <= 24
    assert max(map(len, text.splitlines())) <= 80
