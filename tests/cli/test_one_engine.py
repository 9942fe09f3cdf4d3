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
