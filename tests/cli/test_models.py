"""Claims about `planner models` on the carried data and on small own snapshots."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Call

TODAY = ("--on", "2026-11-20")


def models(planner: Call, *arguments: str) -> dict[str, Any]:
    """The entries by name."""
    answer = planner("models", *TODAY, *arguments, "--json").json
    return {entry["model"]: entry for entry in answer["models"]}


def test_a_model_is_one_entry_over_all_providers(planner: Call) -> None:
    """Claude Haiku 4.5 is on Azure and on Bedrock, under one name."""
    entry = models(planner)["claude-haiku-4-5"]
    assert entry["providers"] == ["azure", "bedrock"]
    assert {"GlobalStandard", "global. inference profile"} <= set(entry["deployment_types"])
    assert (entry["publisher"], entry["tasks"]) == ("Anthropic", ["chat"])
    assert (entry["open_weights"], entry["context_tokens"]) == (False, 200_000)


def test_a_model_that_has_retired_everywhere_tells_when(planner: Call) -> None:
    """gpt-4o is still listed, with the day since which nothing of it answers, and what follows."""
    entry = models(planner)["gpt-4o"]
    assert (entry["retires_on"], entry["replacement"]) == ("2026-10-01", "gpt-5.1")
    text = planner("models", *TODAY, "--publisher", "openai").out
    (line,) = (row for row in text.splitlines() if row.startswith("gpt-4o "))
    assert line.endswith("2026-10-01 ×")
    assert text.index("\ngpt-5.1 ") < text.index("\ngpt-4o ")


def test_a_model_with_an_end_unknown_has_no_end(planner: Call) -> None:
    """Where one provider names no end, the model as a whole has none."""
    assert models(planner)["claude-opus-4-1"]["retires_on"] is None


@pytest.mark.parametrize(
    ("task", "model"),
    [
        ("chat", "gpt-5.1"),
        ("embedding", "text-embedding-3-large"),
        ("image", "gpt-image-1"),
        ("audio", "whisper"),
    ],
)
def test_a_task_keeps_the_models_that_do_it(planner: Call, task: str, model: str) -> None:
    """Each kind of model can be asked for, and only that kind is shown."""
    found = models(planner, "--task", task)
    assert model in found
    assert all(task in entry["tasks"] for entry in found.values())


def test_open_weights_are_told_from_closed_ones(planner: Call) -> None:
    """An open model has its Hugging Face ids; unknown weights are neither open nor closed."""
    found = models(planner, "--open-weights")
    assert "meta-llama/Llama-3.1-8B-Instruct" in found["llama-3.1-8b"]["hugging_face"]
    assert {entry["open_weights"] for entry in found.values()} == {True}
    closed = models(planner, "--closed-weights")
    assert {entry["open_weights"] for entry in closed.values()} == {False}


def test_an_unknown_task_is_a_usage_error_with_the_known_ones(planner: Call) -> None:
    """`--task` names what it takes."""
    done = planner("models", "--task", "poetry")
    assert (done.code, done.out) == (2, "")
    assert "'chat', 'completion', 'embedding', 'image', 'audio', 'video', 'rerank'" in done.err


def test_an_unknown_publisher_names_close_ones(planner: Call) -> None:
    """A publisher that no model has is an error with a suggestion."""
    done = planner("models", "--publisher", "OpenAl")
    assert (done.code, done.out) == (1, "")
    assert "no publisher 'OpenAl' here; did you mean OpenAI?" in done.err


def test_nothing_left_is_said(planner: Call) -> None:
    """No rerank model has open weights here: an empty list, exit 0, and the reason."""
    done = planner("models", *TODAY, "--task", "rerank", "--provider", "gemini", "--json")
    assert (done.code, done.json["models"]) == (0, [])
    assert done.json["notes"][0].endswith(" models with provider gemini has task rerank")


def test_what_no_table_of_names_knows_is_told_by_the_snapshot(
    planner: Call, snapshot: Callable[..., Path]
) -> None:
    """A model of an own snapshot has its tasks and context from there; weights stay unknown."""
    snapshot(
        "acme",
        "2026-11-01",
        {"publisher": "Acme", "tasks": ["chat"], "context_tokens": 8192},
        {"version": "2", "context_tokens": 128_000},
    )
    entry = models(planner, "--provider", "acme")["gpt-x"]
    assert (entry["publisher"], entry["tasks"], entry["versions"]) == ("Acme", ["chat"], ["1", "2"])
    assert (entry["context_tokens"], entry["open_weights"]) == (128_000, None)
    assert planner("models", "--provider", "acme", *TODAY).out == (
        "1 model of 1 publisher on acme on 2026-11-20.\n"
        "\n"
        "                                              Regions\n"
        "Model                    Tasks      Providers / types Retires\n"
        "gpt-x                    chat       acme        1 / 1 unknown\n"
        "\n"
        "Rests on acme 2026-11-01 (account, 19 days old).\n"
        "Where one runs, and what replaces a retired one: planner regions MODEL.\n"
    )


@pytest.mark.parametrize("columns", [60, 80, 160])
def test_the_table_fits_the_screen(
    planner: Call, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    """No line is wider than the screen, and names are whole."""
    monkeypatch.setenv("COLUMNS", str(columns))
    text = planner("models", *TODAY, "--task", "embedding").out
    assert max(map(len, text.splitlines())) <= columns
    assert "\ntext-embedding-3-large" in text


def test_json_keeps_to_its_schema(planner: Call) -> None:
    """All models, and none, validate against `planner schema models`."""
    schema = planner("schema", "models").json
    jsonschema.Draft202012Validator.check_schema(schema)
    for filters in ([], ["--task", "rerank", "--provider", "gemini"]):
        jsonschema.validate(planner("models", *TODAY, *filters, "--json").json, schema)


def test_csv_and_markdown_hold_the_same_models(planner: Call) -> None:
    """Every model is a row of the CSV and of the markdown table."""
    count = len(models(planner))
    assert len(planner("models", *TODAY, "--format", "csv").out.splitlines()) == 1 + count
    assert len(planner("models", *TODAY, "--format", "markdown").out.splitlines()) == 2 + count
