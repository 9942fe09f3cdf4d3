"""What `breakeven` and `recommend` say of the same things: one word, one price, one place."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import run

REQUESTS = ("--requests-per-minute", "100", "--input-tokens", "512", "--output-tokens", "512")


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No snapshots or prices of one's own."""
    monkeypatch.chdir(tmp_path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    """What a call prints as JSON."""
    assert run([*arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_what_has_a_fee_by_the_hour_is_hosted_in_both(capsys: pytest.CaptureFixture[str]) -> None:
    """Managed llama-2-7b: 6.09e-4 USD a request and 730 hours at 3.09 are 4,924.35 a month."""
    on = ("--on", "2026-11-21")
    asked = ("recommend", "--model", "llama-2-7b", *REQUESTS, *on)
    best = answer(capsys, *asked, "--way", "hosted")["recommended"]
    assert (best["kind"], best["what"]) == ("hosted", "managed")
    assert best["usd_per_month"]["mid"] == 4924.35
    ways = answer(capsys, "breakeven", "llama-2-7b", *on)["options"]
    assert [way["kind"] for way in ways if way["what"] == "managed"] == ["hosted"]
    (no,) = answer(capsys, *asked, "--way", "pay-as-you-go", code=4)["rejected"]
    assert no["reasons"] == ["it is hosted, asked for pay-as-you-go"]


def test_recommend_says_what_breakeven_counts_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Where machines were weighed, and only there: their failures and mixes are recommend's."""
    said = (
        "planner breakeven keeps no machine for failures and compares no mixes, so other volumes "
        "come out there"
    )
    asked = ("recommend", "--model", "llama-2-7b", *REQUESTS, "--on", "2026-11-21")
    assert said in answer(capsys, *asked)["assumptions"]
    assert said not in answer(capsys, *asked, "--way", "hosted")["assumptions"]


@pytest.mark.parametrize(
    ("model", "date", "places"),
    [
        (
            "gpt-5.1",
            "2026-11-21",
            {
                "azure/swedencentral/GlobalStandard",
                "azure/eastus2/DataZoneStandard",
                "databricks/any/pay-per-token",
                "azure/swedencentral/GlobalProvisionedManaged",
                "azure/swedencentral/DataZoneProvisionedManaged",
                "azure/westus3/ProvisionedManaged",
            },
        ),
        (
            "gpt-oss-120b",
            "2026-11-21",
            {
                "azure/swedencentral/GlobalStandard",
                "bedrock/us-east-1/on-demand",
                "databricks/any/pay-per-token",
            },
        ),
    ],
)
def test_both_have_the_same_things_in_the_same_regions(
    capsys: pytest.CaptureFixture[str], model: str, date: str, places: set[str]
) -> None:
    """Of regions of one price the one that has most to offer, and of its zone."""
    ways = answer(capsys, "breakeven", model, "--on", date)["options"]
    managed = {way["id"].partition(":")[2] for way in ways if way["kind"] != "self_hosted"}
    asked = ("--way", "pay-as-you-go", "--way", "provisioned", "--on", date)
    found = answer(capsys, "recommend", "--model", model, *REQUESTS, *asked)
    choices = [found["recommended"], *found["alternatives"]]
    alone = {c["id"].partition(":")[2].removesuffix(f"/{model}") for c in choices}
    assert managed == places
    assert alone >= places


def test_what_no_snapshot_lists_is_no_rival_for_a_thousandth(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Databricks sells gpt-5.1 for 1.24999 by a rounding of its unit, Azure for 1.25.

    Against 0.15 and 0.60 two g7e.2xlarge at 3.36 break even at 17,920,000 tokens an hour.
    """
    found = answer(capsys, "breakeven", "gpt-5.1", "--on", "2026-11-21")
    (row,) = found["cheapest"]
    assert row["option"] == "on_demand:azure/swedencentral/GlobalStandard"
    databricks = next(o for o in found["options"] if o["provider"] == "databricks")
    assert databricks["input_usd_per_mtok"] == 1.24999
    found = answer(capsys, "breakeven", "gpt-oss-120b", "--on", "2026-11-21")
    (crossing,) = found["crossings"]
    assert crossing["from"] == "on_demand:azure/swedencentral/GlobalStandard"
    assert crossing["input_tokens_per_hour"] == 8_960_000


def test_units_of_before_the_first_snapshot_are_in_both(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """In August 2025 a year of 15 PTU is 2,652 USD each, less than tokens from 908,219 an hour."""
    found = answer(capsys, "breakeven", "gpt-4.1", "--on", "2025-08-25")
    crossing = found["crossings"][0]
    assert crossing["to"].endswith("/GlobalProvisionedManaged:1_year")
    assert found["cheapest"][1]["from_tokens_per_hour"] == 908_219
    assert found["unknown_terms"] == []


def test_a_boundary_leaves_out_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Within the EU gpt-oss-120b is Bedrock's of Frankfurt, and machines of the Union alone."""
    on = ("--on", "2026-11-21", "--boundary", "eu")
    found = answer(capsys, "breakeven", "gpt-oss-120b", *on)
    ways = {o["id"] for o in found["options"] if o["kind"] != "self_hosted"}
    assert ways == {"on_demand:bedrock/eu-central-1/on-demand"}
    asked = ("recommend", "--model", "gpt-oss-120b", *REQUESTS, "--way", "pay-as-you-go")
    best = answer(capsys, *asked, *on)["recommended"]
    assert best["id"] == "on_demand:bedrock/eu-central-1/on-demand/gpt-oss-120b"
    machines = {o["region"] for o in found["options"] if o["kind"] == "self_hosted"}
    union = {"eu-central-1", "eu-north-1", "eu-south-2", "northeurope"}
    assert machines <= union


def test_a_provider_leaves_out_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    """Of Bedrock there are no machines, of AWS there are both; a misspelt one is answered."""
    on = ("breakeven", "gpt-oss-120b", "--on", "2026-11-21", "--provider")
    of_bedrock = answer(capsys, *on, "bedrock")["options"]
    assert {o["kind"] for o in of_bedrock} == {"on_demand"}
    of_aws = answer(capsys, *on, "aws")["options"]
    assert {o["provider"] for o in of_aws} == {"aws", "bedrock"}
    assert run([*on, "azur"]) == 1
    assert "no provider 'azur' here; did you mean azure?" in capsys.readouterr().err


def test_what_leaves_nothing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A provider that does not sell the model: the line says so, and which flag to change."""
    asked = ("breakeven", "gpt-5.1", "--on", "2026-11-21", "--provider", "gemini")
    assert run([*asked, "--boundary", "jp"]) == 1
    said = capsys.readouterr().err
    assert "on 2026-11-21 of gemini within jp no living offer of gpt-5.1 has a price" in said
    assert "try another --on, --provider or --boundary, or add a price" in said


@pytest.mark.parametrize(("length", "usd"), [("150000", (1.25, 10)), ("250000", (2.5, 15))])
def test_long_prompts_have_the_price_of_long_prompts(
    capsys: pytest.CaptureFixture[str], length: str, usd: tuple[float, float]
) -> None:
    """Over 200,000 tokens Gemini's standard costs twice as much in, half as much more out."""
    call = ("breakeven", "gemini-2.5-pro", "--provider", "gemini", "--on", "2026-11-26")
    ways = answer(capsys, *call, "--input-tokens", length, "--output-tokens", "1000")["options"]
    (one,) = (way for way in ways if way["what"] == "standard")
    assert (one["input_usd_per_mtok"], one["output_usd_per_mtok"]) == usd
