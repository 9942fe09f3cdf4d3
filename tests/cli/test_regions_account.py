"""Claims about `planner regions` on what an account was seen to have."""

from pathlib import Path
from typing import Any

import pytest

from planner.core.offers import AnyRecord, Billing
from planner.core.snapshots import Coverage, Origin
from planner.files.snapshots import write_snapshot
from tests.builders import offer, quota, snapshot
from tests.cli.conftest import Call

ON = ("--on", "2026-11-21")
POOL = "AIServices.GlobalStandard.MaaS"


def own(*records: AnyRecord, on: str = "2026-11-20") -> None:
    """Write a snapshot of the user's own, of what `main-1a2b` sees in two regions."""
    places = tuple(
        Coverage(region=region, account="main-1a2b", kinds=("offer", "quota"))
        for region in ("eastus2", "swedencentral")
    )
    made = snapshot(*records, on=on, coverage=places, provider="azure", origin=Origin.ACCOUNT)
    write_snapshot(Path("snapshots"), made)


def shared(model: str, region: str = "eastus2", **fields: Any) -> AnyRecord:
    """An offer on demand that draws on the pool, at 1,000 tokens and 1 request a unit."""
    usual: dict[str, Any] = {
        "quota_names": (POOL,), "usage_name": POOL, "billing": Billing.ON_DEMAND,
        "tokens_per_minute_per_unit": 1000, "requests_per_minute_per_unit": 1,
    }  # fmt: skip
    return offer(region, model, **(usual | fields))


def test_a_shared_pool_is_named_though_other_models_are_not_read(planner: Call) -> None:
    """One model is asked for; two more draw on its quota in this region."""
    own(*map(shared, ("gpt-x", "gpt-y", "gpt-z")), quota(name=POOL, limit=500, used=50))
    [entry] = planner("regions", "gpt-x", *ON, "--json").json["regions"]
    assert (entry["availability"], entry["free_tokens_per_minute"]) == ("available", 450_000)
    assert entry["reasons"] == [
        f"450 of 500 units of {POOL} free, a pool shared with 2 other models",
        "450 requests per minute bind where a request has under 1,000 tokens",
    ]


def test_above_the_quota_both_numbers_and_the_nearest_region_are_told(planner: Call) -> None:
    """Exit 0 while another region fits; exit 4, and the most there is, where none does."""
    own(
        shared("gpt-x"), quota(name=POOL, limit=250, used=0),
        shared("gpt-x", "swedencentral"), quota("swedencentral", name=POOL, limit=500, used=50),
    )  # fmt: skip
    done = planner("regions", "gpt-x", *ON, "--tokens-per-minute", "300k", "--json")
    assert (done.code, done.json["recommended"]["region"]) == (0, "swedencentral")
    assert [e["reasons"] for e in done.json["rejected"]] == [
        [
            "250,000 tokens per minute free, asked for 300,000",
            "swedencentral has 450,000 TPM free",
        ]
    ]
    more = planner("regions", "gpt-x", *ON, "--tokens-per-minute", "600k")
    assert (more.code, more.out.splitlines()[0]) == (
        4,
        "instead: at most 450,000 TPM free: swedencentral.",
    )


def test_short_requests_meet_the_request_rate(planner: Call) -> None:
    """300,000 tokens a minute fit in requests of 1,000, and do not in requests of 100."""
    own(shared("gpt-x"), quota(name=POOL, limit=500, used=50))
    fit = ("regions", "gpt-x", *ON, "--tokens-per-minute", "300k", "--json", "--tokens-per-request")
    assert planner(*fit, "1000").code == 0
    done = planner(*fit, "100")
    assert (done.code, done.json["rejected"][0]["reasons"]) == (
        4,
        ["450 requests per minute free, 3,000 needed where each has 100 tokens"],
    )
    alone = planner("regions", "gpt-x", "--tokens-per-request", "100")
    assert (alone.code, "--tokens-per-minute" in alone.err) == (2, True)


@pytest.mark.parametrize(("days", "stale"), [(1, False), (0, True)])
def test_a_stale_account_is_noted(planner: Call, elsewhere: Path, days: int, stale: bool) -> None:
    """By the days that the settings allow; carried data has no note."""
    own(shared("gpt-x"), quota(name=POOL))
    (elsewhere / "planner.yaml").write_text(f"staleness_days: {days}\n", encoding="utf-8")
    assert ("planner collect azure" in planner("regions", "gpt-x", *ON).err) is stale
    assert planner("regions", "nova-lite", *ON).err == ""


def test_who_has_collected_is_not_sent_to_collect(planner: Call) -> None:
    """An offer without a quota of its own is unknown; collecting again would not help."""
    own(shared("gpt-x", quota_names=()), quota(name="other"))
    text = planner("regions", "gpt-x", *ON).out
    assert "Your quota: planner collect" not in text
