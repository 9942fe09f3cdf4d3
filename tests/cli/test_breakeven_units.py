"""`planner breakeven` on provisioned units, run on the carried data."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import run

JUNE = ("breakeven", "gpt-4.1", "--on", "2026-06-03")
MONTH = "GlobalProvisionedManaged:1_month.usd_per_hour=0.356164384"
YEAR = "GlobalProvisionedManaged:1_year.usd_per_hour=0.302739726"
GLOBAL = "provisioned:azure/swedencentral/GlobalProvisionedManaged"
TERM = """
prices:
  - provider: azure
    deployment_type: GlobalProvisionedManaged
    regions: [swedencentral]
    provisioned_unit_usd_per_hour: 0.25
    unit: PTU
    term: 1_month
    effective_from: 2026-01-01
    source: our agreement
    retrieved_on: 2026-01-01
    origin: override
"""


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No snapshots or prices of one's own."""
    monkeypatch.chdir(tmp_path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """What a call prints as JSON."""
    assert run([*arguments, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def rows(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The provisioned units of an answer by what they are."""
    return {row["option"].rpartition("/")[2]: row for row in found["provisioned"]}


@pytest.mark.parametrize(
    ("model", "date", "tokens", "worth"),
    [
        ("gpt-4.1", "2026-06-03", 36_000, 0.36),
        ("gpt-4o", "2026-06-03", 30_000, 0.375),
        ("gpt-5.1", "2026-11-21", 31_667, 0.35625),
    ],
)
def test_units_by_the_hour_never_beat_global_tokens(
    capsys: pytest.CaptureFixture[str], model: str, date: str, tokens: int, worth: float
) -> None:
    """A PTU-hour costs 1 USD and serves tokens for less, full or not; no volume changes that."""
    found = answer(capsys, "breakeven", model, "--on", date)
    assert found["crossings"] == []
    row = rows(found)["GlobalProvisionedManaged"]
    assert (row["usd_per_unit_hour"], row["worth_usd_per_unit_hour"]) == (1, worth)
    assert (row["input_tokens_per_unit_hour"], row["output_tokens_per_unit_hour"]) == (
        tokens,
        tokens,
    )
    assert row["against"].endswith("/GlobalStandard")
    assert row["break_even_utilisation"] == pytest.approx(1 / worth)
    assert (row["units"], row["from_tokens_per_hour"], row["utilisation"]) == (None, None, None)


def test_each_scope_is_set_against_its_own_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    """Global units against GlobalStandard, those of a zone and a region against theirs."""
    found = rows(answer(capsys, *JUNE))
    assert {kind: row["against"].rpartition("/")[2] for kind, row in found.items()} == {
        "DataZoneProvisionedManaged": "DataZoneStandard",
        "GlobalProvisionedManaged": "GlobalStandard",
        "ProvisionedManaged": "Standard",
    }


def test_without_a_price_of_its_scope_it_is_said_what_stands_in(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Regional tokens of gpt-5.1 have no known price: Azure's global ones are named instead."""
    found = answer(capsys, "breakeven", "gpt-5.1", "--on", "2026-11-21")
    assert rows(found)["ProvisionedManaged"]["against"].endswith("/GlobalStandard")
    assert (
        "ProvisionedManaged is set against GlobalStandard of azure: no price by the token is known "
        "where it processes"
    ) in found["assumptions"]


def test_minimum_and_step_are_those_of_the_management_api(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """gpt-4.1 has 15 and 5 globally, regionally 25 and 25 where its page says 50 and 50."""
    options = answer(capsys, *JUNE)["options"]
    grids = {
        o["what"]: (o["least_replicas"], o["replicas_step"])
        for o in options
        if o["kind"] == "provisioned"
    }
    assert grids == {
        "DataZoneProvisionedManaged": (15, 5),
        "GlobalProvisionedManaged": (15, 5),
        "ProvisionedManaged": (25, 25),
    }
    (regional,) = [o for o in options if o["what"] == "ProvisionedManaged"]
    assert "as the management API told in swedencentral on 2026-04-23" in regional["notes"][0]


def test_a_term_whose_price_is_unknown_is_named_and_not_used(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The last known prices ended on 2025-09-01: 260 USD a month, 2,652 a year, for each kind."""
    found = answer(capsys, *JUNE)
    terms = {
        (t["what"], t["last_term_total_usd"], t["effective_to"]) for t in found["unknown_terms"]
    }
    assert terms == {
        (f"{kind}:{term}", total, "2025-09-01")
        for kind in (
            "DataZoneProvisionedManaged",
            "GlobalProvisionedManaged",
            "ProvisionedManaged",
        )
        for term, total in (("1_month", 260), ("1_year", 2652))
    }
    assert not [o for o in found["options"] if ":1_" in o["what"]]
    run(list(JUNE))
    said = " ".join(capsys.readouterr().out.split())
    assert "The price of units for 1 month and 1 year is unknown on 2026-06-03" in said
    assert "260.00 USD a PTU for 1 month (until 2025-09-01)" in said


def test_a_year_beats_tokens_step_by_step(capsys: pytest.CaptureFixture[str]) -> None:
    """15 units at 0.3027 cost as much as 908,219 tokens an hour at 5 a million: 84% of them full.

    Each step of 5 loses again when it begins, until 30 units win for good.
    """
    found = answer(capsys, *JUNE, "--set", YEAR)
    row = rows(found)["GlobalProvisionedManaged:1_year"]
    assert (row["units"], row["from_tokens_per_hour"]) == (15, 908_219)
    assert row["utilisation"] == pytest.approx(0.302739726 / 0.36)
    assert [(c["from_tokens_per_hour"], c["replicas_from"]) for c in found["cheapest"]] == [
        (0, 1),
        (908_219, 15),
        (1_080_000, 1),
        (1_210_959, 20),
        (1_440_000, 1),
        (1_513_699, 25),
        (1_800_000, 1),
        (1_816_438, 30),
    ]
    first = found["crossings"][0]
    assert (first["to"], first["replicas"]) == (f"{GLOBAL}:1_year", 15)
    assert first["utilisation"] == pytest.approx(0.302739726 / 0.36)
    assert first["within_capacity"] == "yes"
    (obstacle,) = first["obstacles"]
    assert obstacle == (
        "needs quota and free capacity for 15 PTU of GlobalProvisionedManaged:1_year in "
        "swedencentral: a price is neither"
    )


def test_a_month_pays_when_it_is_nearly_full(capsys: pytest.CaptureFixture[str]) -> None:
    """260 USD a month is 0.3562 an hour against 0.36 of tokens: from 99% on."""
    row = rows(answer(capsys, *JUNE, "--set", MONTH))["GlobalProvisionedManaged:1_month"]
    assert row["break_even_utilisation"] == pytest.approx(0.98934, abs=1e-5)
    assert (row["units"], row["from_tokens_per_hour"]) == (15, 1_068_493)


def test_the_text_says_why_they_never_pay(capsys: pytest.CaptureFixture[str]) -> None:
    """One line with what a unit costs, what it serves, and what that is worth by the token."""
    assert run(list(JUNE)) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "Provisioned units never pay at a flat load. GlobalProvisionedManaged: an hour of one PTU "
        "costs 1.00 USD and serves 36,000 input and 36,000 output tokens, worth 0.36 as "
        "GlobalStandard." in said
    )
    assert "3,000 input tokens per minute, an output token counting as 4" in said


def test_the_text_says_from_where_they_pay(capsys: pytest.CaptureFixture[str]) -> None:
    """Volume, count and how full they are; the steps are told as units."""
    assert run([*JUNE, "--set", YEAR]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "15 x GlobalProvisionedManaged:1_year (azure swedencentral, provisioned) costs" in said
    assert "They are 84% full there, by the provider's published rate." in said
    assert "Whole units make steps: it changes 7 times" in said
    assert "Provisioned units pay from 454,110 input and 454,110 output tokens per hour on" in said


def test_cached_input_counts_on_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    """Half cached at 0.50: a unit serves 80,000 tokens at 4.625 a million, worth 0.37."""
    row = rows(answer(capsys, *JUNE, "--cached-share", "0.5"))["GlobalProvisionedManaged"]
    assert row["worth_usd_per_unit_hour"] == 0.37
    assert row["input_tokens_per_unit_hour"] == 40_000


def test_a_price_of_ones_own_makes_a_term_known(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A month at 0.25 in ./pricing beats tokens from 15 x 0.25 / 5 = 750,000 an hour on."""
    (tmp_path / "pricing").mkdir()
    (tmp_path / "pricing" / "own.yaml").write_text(TERM, encoding="utf-8")
    row = rows(answer(capsys, *JUNE))["GlobalProvisionedManaged:1_month"]
    assert row["option"].split("/")[1] == "swedencentral"
    assert (row["units"], row["from_tokens_per_hour"]) == (15, 750_000)


def test_a_region_has_its_own_units(capsys: pytest.CaptureFixture[str]) -> None:
    """In swedencentral a regional PTU costs 2.20 since 2025-09."""
    row = rows(answer(capsys, *JUNE, "--region", "swedencentral"))["ProvisionedManaged"]
    assert row["usd_per_unit_hour"] == 2.2


def test_units_without_published_throughput_are_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Bedrock sells model units of claude-2.1; nobody tells what one serves."""
    found = answer(capsys, "breakeven", "claude-2.1", "--on", "2026-11-21")
    assert found["provisioned"] == []
    assert found["rejected"]["bedrock/provisioned"] == "its units have no published throughput"
    said = "bedrock/provisioned is not compared: its units have no published throughput"
    assert said in found["assumptions"]


def test_too_few_units_do_not_carry_the_crossing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A count that is fixed below what the crossing needs does not carry it, and says so."""
    fixed = ("--set", "GlobalProvisionedManaged.replicas=1")
    (crossing,) = answer(capsys, *JUNE, *fixed)["crossings"]
    assert crossing["to"] == GLOBAL
    assert crossing["utilisation"] == pytest.approx(1 / 0.36)
    assert crossing["within_capacity"] == "no"
