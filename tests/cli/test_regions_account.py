"""Claims about `planner regions` on what an account was seen to have."""

from pathlib import Path
from typing import Any

import pytest

from planner.core.offers import AnyRecord, Billing, Scope
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


def test_a_home_region_that_is_none_names_its_file(planner: Call, elsewhere: Path) -> None:
    """The region was not given in the call, so the line says where it stands."""
    (elsewhere / "planner.yaml").write_text("home_region: narnia\n", encoding="utf-8")
    done = planner("regions", "gpt-5.1", *ON)
    assert (done.code, done.err) == (
        1,
        "planner: home_region of planner.yaml: no region is called 'narnia'; see planner offers\n",
    )


def test_no_round_trip_counts_for_what_processes_in_several_regions(planner: Call) -> None:
    """That none is known would be untrue: those between Azure's regions are carried."""
    own(shared("gpt-x", scope=Scope.GLOBAL), quota(name=POOL, limit=500, used=0))
    told = planner("regions", "gpt-x", *ON, "--from", "francecentral").out.splitlines()
    assert told[1].startswith("It may process in several regions, so no round trip counts; ")


def test_where_nothing_can_be_used_the_reason_stands_in_the_text(planner: Call) -> None:
    """It is offered, so "runs nowhere" would be untrue; a choice that leaves a no has a way out."""
    own(shared("gpt-x"), quota(name=POOL, limit=0, used=0))
    why = f"1 offer not usable: 0 of 0 units of {POOL} free, 1 needed"
    text = " ".join(planner("regions", "gpt-x", *ON).out.split())
    assert text.startswith(f"Nothing of gpt-x can be used as your accounts stand. {why} ")
    own(
        shared("gpt-x"), quota(name=POOL, limit=0, used=0),
        shared("gpt-x", "swedencentral"), quota("swedencentral", name=POOL, limit=500, used=50),
    )  # fmt: skip
    chosen = planner("regions", "gpt-x", *ON, "--region", "eastus2")
    assert chosen.code == 4
    assert " ".join(chosen.out.split()).startswith(
        f"instead: swedencentral has 450,000 TPM free. Nothing fits: 1 offer removed. {why} "
        "1 offer removed: region is not eastus2"
    )
