"""Claims about licences in `planner recommend` and `planner models`, on the carried data."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call

ON = ("--on", "2026-11-20", "--json")
WORKLOAD = """\
models: [codellama-7b, mistral-7b-v0.3, llama-3.1-8b]
requests_per_hour: 200
input_tokens: 800
output_tokens: 200
ways: [self-hosted]
providers: [aws]
"""
RECALLED = "licence recalled, not verified"


def test_hosting_oneself_keeps_to_the_licences_and_tells_which_were_recalled(
    planner: Call, elsewhere: Path
) -> None:
    """Of three models one is refused; of the two that serve, one has a licence from memory."""
    path = elsewhere / "chat.yaml"
    path.write_text(f"{WORKLOAD}licences: [Apache-2.0, llama2]\n", encoding="utf-8")
    answer = planner("recommend", str(path), *ON).json
    choices = [answer["recommended"], *answer["alternatives"]]
    warned = {(c["model"], RECALLED in c["risks"]) for c in choices}
    assert warned == {("codellama-7b", True), ("mistral-7b-v0.3", False)}
    reasons = [r["reasons"] for r in answer["rejected"] if r["what"] == "machines"]
    assert reasons == [["its licence is llama3.1, asked for Apache-2.0, llama2"]]


def test_who_asks_for_no_licence_is_told_of_none(planner: Call, elsewhere: Path) -> None:
    """The same workload without the key has all three models and no word about licences."""
    path = elsewhere / "chat.yaml"
    path.write_text(WORKLOAD, encoding="utf-8")
    answer = planner("recommend", str(path), *ON).json
    choices = [answer["recommended"], *answer["alternatives"]]
    assert {c["model"] for c in choices} == {"codellama-7b", "mistral-7b-v0.3", "llama-3.1-8b"}
    assert not any(RECALLED in c["risks"] for c in choices)


def test_open_models_are_listed_with_their_licence(
    planner: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the screen is wide; one that is known from memory alone says so."""
    answer = planner("models", "--open-weights", *ON).json
    found = {e["model"]: (e["licence"], e["licence_status"]) for e in answer["models"]}
    assert found["llama-3.1-8b"] == ("llama3.1", "verified")
    assert found["deepseek-v3.2"] == ("mit", "recalled")
    assert found["deepseek-v3.1"] == (None, None)
    monkeypatch.setenv("COLUMNS", "160")
    text = planner("models", "--open-weights", "--on", "2026-11-20").out
    line = next(row for row in text.splitlines() if row.startswith("deepseek-v3.2 "))
    assert "mit (recalled)" in line
    monkeypatch.setenv("COLUMNS", "120")
    assert "Licence" not in planner("models", "--open-weights", "--on", "2026-11-20").out
