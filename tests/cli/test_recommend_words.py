"""Claims about what `planner recommend` says: whose figures, which step, which constraint."""

from pathlib import Path

import pytest

from tests.cli.conftest import Call

SHAPE = ("--input-tokens", "1000", "--output-tokens", "250")
RATE = ("--requests-per-minute", "3000")
ON = ("--on", "2026-11-20")
LOAD = "requests_per_minute: 60\ninput_tokens: 1000\noutput_tokens: 200\n"


def text(planner: Call, *arguments: str) -> str:
    """What stands on stdout, its lines joined."""
    return " ".join(planner("recommend", *arguments, *ON).out.split())


def from_file(planner: Call, folder: Path, lines: str, *more: str) -> str:
    """The same of a workload file."""
    (folder / "load.yaml").write_text(LOAD + lines)
    return text(planner, "load.yaml", *more)


def test_units_of_several_models_name_theirs(planner: Call) -> None:
    """Which model's unit carries what, and whose count is meant."""
    models = ("--model", "gpt-5.1", "--model", "gpt-5-mini")
    out = text(planner, *models, *RATE, *SHAPE, "--all")
    assert "A PTU of gpt-5-mini carries 260.0625 USD of GlobalStandard a month." in out
    assert "gpt-5-mini on by the hour 730.00 never 380: 277,400 GlobalProvisionedManaged" in out
    one = text(planner, "--model", "gpt-5-mini", *RATE, *SHAPE, "--all")
    assert "A PTU carries 260.0625 USD of GlobalStandard a month." in one


def test_units_of_a_model_that_cannot_serve_are_not_told(planner: Call, elsewhere: Path) -> None:
    """Scored too low, gpt-5-mini has no row of units."""
    quality = "models: [gpt-5.1, gpt-5-mini]\nquality: {gpt-5.1: 0.9, gpt-5-mini: 0.7}\n"
    out = from_file(planner, elsewhere, f"{quality}minimum_quality: 0.8\n", "--all")
    assert "A PTU carries" in out
    assert "gpt-5-mini on" not in out


def test_a_step_stands_beside_its_own_reason(planner: Call, elsewhere: Path) -> None:
    """Leaving the horizon out raises no score."""
    quality = "models: [gemini-2.5-flash]\nquality: {gemini-2.5-flash: 0.78}\n"
    out = from_file(
        planner, elsewhere, f"{quality}minimum_quality: 0.79\nhorizon_months: 3\n", "--all"
    )
    assert "(databricks): quality 0.78, at least 0.79 asked for - " in out


def test_a_prompt_that_is_too_long_has_a_next_step(planner: Call) -> None:
    """No constraint eased would help: what most ways lack stands above the list."""
    out = text(
        planner, "--model", "gpt-5.1", *RATE, "--input-tokens", "400000", "--output-tokens", "10"
    )
    assert (
        "of them: context of 272,000 tokens, the longest request needs 400,010; name a model of a "
        "longer context, or cut the prompts."
    ) in out
    assert "overrides" not in out


def test_a_retired_model_that_is_not_followed_says_so(planner: Call, elsewhere: Path) -> None:
    """follow_replacements: false is a constraint like the others."""
    out = from_file(planner, elsewhere, "models: [gpt-4o]\nfollow_replacements: false\n")
    assert "follow_replacements false leaves nothing; without follow_replacements on_demand:" in out


def test_a_misspelt_licence_is_told(planner: Call, elsewhere: Path) -> None:
    """No model has the licence apache2."""
    (elsewhere / "load.yaml").write_text(f"{LOAD}models: [gpt-oss-120b]\nlicences: [apache2]\n")
    done = planner("recommend", "load.yaml", *ON)
    assert "no known model has the licence apache2; did you mean apache-2.0?" in done.err


def test_several_models_may_stand_in_one_flag(planner: Call) -> None:
    """As in the cell of a CSV."""
    done = planner("recommend", "--model", "gpt-5.1, gpt-5-mini", *RATE, *SHAPE, *ON, "--json")
    assert done.json["workload"]["models"] == ["gpt-5.1", "gpt-5-mini"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--cached-share", "2"), "--cached-share is 2; give a share from 0 to 1"),
        (("--way", "foo"), "--way is 'foo'; there is pay-as-you-go,"),
        (("--growth", "300%"), "--growth is 300%; give -1 to 1"),
        (("--requests-per-month", "5"), "--requests-per-minute and --requests-per-month stand"),
        (("--latency", "3"), "--latency is given and --from is not;"),
    ],
)
def test_a_flag_is_called_by_its_name(planner: Call, arguments: tuple[str, ...], told: str) -> None:
    """Not by the key of the file that it stands for."""
    done = planner("recommend", "--model", "gpt-5.1", *RATE, *SHAPE, *arguments)
    assert done.err.startswith(f"planner: {told}")


@pytest.mark.parametrize(
    ("key", "meant"), [("growth", "growth_per_month"), ("from", "from_region")]
)
def test_a_flag_s_name_in_a_file_finds_its_key(
    planner: Call, elsewhere: Path, key: str, meant: str
) -> None:
    """The key begins with it."""
    (elsewhere / "load.yaml").write_text(f"{LOAD}models: [gpt-5.1]\n{key}: 1\n")
    done = planner("recommend", "load.yaml")
    assert f"unknown key '{key}'; did you mean {meant}?" in done.err


def test_what_spills_over_to_another_cloud_is_said_with_its_place(planner: Call) -> None:
    """Machines of one cloud, tokens of another, or of another region of the same."""
    out = text(planner, "--model", "gpt-oss-120b", *RATE, *SHAPE)
    assert out.startswith("gpt-oss-120b on g7e.2xlarge + GlobalStandard (azure), aws us-east-2: ")
    assert "What spills over goes to another cloud: azure swedencentral." in out
    near = text(planner, "--model", "gpt-oss-120b", "--provider", "azure", *RATE, *SHAPE)
    assert "What spills over goes to another region: azure swedencentral." in near


def test_units_that_grow_are_told_now_and_later(planner: Call) -> None:
    """By 10% a month 360 units for a month become 1,025; bought for the year they stay."""
    shape = ("--input-tokens", "1000", "--output-tokens", "200", "--growth", "10%")
    load = ("--model", "gpt-4.1", "--requests-per-minute", "600", *shape)
    out = " ".join(planner("recommend", *load, "--on", "2025-08-25").out.split())
    assert "360 PTU for 1 month, ed + GlobalStandard 1,025 later" in out
    assert "400 PTU for 1 year, used to 99%" in out


def test_what_another_choice_costs_is_compared_in_words(planner: Call) -> None:
    """The same, by a share, or so many times as much; not +0%, nor +325,233%."""
    burst = ("--profile", "bursty", "--peak-factor", "6", "--on", "2025-08-25")
    load = ("--model", "gpt-4.1", "--requests-per-minute", "600")
    done = planner("recommend", *load, "--input-tokens", "1000", "--output-tokens", "200", *burst)
    assert "or 11\nmore, at the same price." in done.out
    few = ("--requests-per-hour", "10", "--boundary", "jp")
    out = text(planner, "--model", "gpt-oss-120b", *few, *SHAPE)
    assert "at 7,125, 3,253 times as much." in out


def test_one_machine_is_no_machines(planner: Call) -> None:
    """The bill counts as people do."""
    load = ("--model", "gpt-oss-120b", "--way", "self-hosted", "--failures", "0")
    out = text(planner, *load, "--requests-per-minute", "60", *SHAPE)
    assert "g7e.2xlarge, on demand 1 machine 2,452.80 2,453" in out


def test_a_preview_of_the_model_is_named(planner: Call) -> None:
    """gemini-3-pro is a price alone; Gemini's list has it as a preview."""
    done = planner("recommend", "--model", "gemini-3-pro", *RATE, *SHAPE, *ON)
    assert "gemini-3-pro-preview is listed too, as a model of its own" in done.err
