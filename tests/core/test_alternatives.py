"""Claims about quota as a constraint, and about the way out that every no has."""

from collections.abc import Iterable
from typing import Any

import pytest

from planner.core.answers import RegionsAnswer
from planner.core.fit import Constraints
from planner.core.offers import AnyRecord, Billing, Offer, Quota
from planner.core.placement import Surroundings, find_places
from planner.core.snapshots import Origin
from tests.builders import catalog, looked, offer, retires, snapshot

MS = {("eastus", "eastus2"): 8, ("eastus", "swedencentral"): 110, ("japaneast", "eastus2"): 160}


def with_quota(region: str, limit: float, used: float = 0, **fields: Any) -> tuple[Offer, Quota]:
    """An offer at 1,000 TPM and 1 RPM a unit, under a quota of its region and type."""
    usual: dict[str, Any] = {
        "billing": Billing.ON_DEMAND,
        "deployment_type": "GlobalStandard",
        "tokens_per_minute_per_unit": 1000,
        "requests_per_minute_per_unit": 1,
    }
    told = usual | fields
    name = f"{told['deployment_type']} {told.get('version', '')}".strip()
    quota = Quota(
        provider=told.get("provider", "azure"), account="main", region=region,
        name=name, limit=limit, used=used,
    )  # fmt: skip
    return offer(region, quota_names=(name,), **told), quota


def places(*records: Iterable[AnyRecord], **constraints: Any) -> RegionsAnswer:
    """Where gpt-4o runs, by one look at one account."""
    known = [record for pair in records for record in pair]
    by_provider = {r.provider for r in known}
    own = tuple(
        snapshot(
            *(r for r in known if r.provider == provider),
            on="2026-11-20",
            origin=Origin.ACCOUNT,
            coverage=looked(*sorted({r.region for r in known if isinstance(r, Offer)})),
        )
        for provider in sorted(by_provider)
    )
    around = Surroundings(price=lambda *_: None, latency_ms=lambda *way: MS.get(way))
    return find_places(catalog(own=own), "gpt-4o", Constraints(**constraints), around)


def reasons(answer: RegionsAnswer) -> dict[str, tuple[str, ...]]:
    """The reasons of kept and removed entries, by region and type."""
    entries = (*answer.regions, *answer.rejected)
    return {f"{e.region} {e.deployment_type}": e.reasons for e in entries}


def test_above_the_quota_an_offer_is_rejected_with_both_numbers_and_where_there_is_more() -> None:
    """250 units are free in eastus; 450 in swedencentral are enough for 300,000 a minute."""
    answer = places(
        with_quota("eastus", 500, 250), with_quota("swedencentral", 500, 50),
        tokens_per_minute=300_000,
    )  # fmt: skip
    [rejected] = answer.rejected
    assert rejected.reasons == (
        "250,000 tokens per minute free, asked for 300,000",
        "swedencentral has 450,000 TPM free",
    )
    assert [(e.region, e.free_tokens_per_minute) for e in answer.regions] == [
        ("swedencentral", 450_000)
    ]


def test_more_used_than_allowed_is_zero_free() -> None:
    """The use may exceed the limit: 0 is free, and the other region is named."""
    answer = places(with_quota("eastus", 100, 130), with_quota("eastus2", 100))
    assert reasons(answer)["eastus GlobalStandard"] == (
        "0 of 100 units of GlobalStandard free, 1 needed",
        "eastus2 has 100,000 TPM free",
    )


def test_the_nearest_is_named_not_the_largest() -> None:
    """eastus2 is 8 ms away and has enough; swedencentral has more, 110 ms away."""
    answer = places(
        with_quota("eastus", 0), with_quota("eastus2", 10), with_quota("swedencentral", 900)
    )
    assert reasons(answer)["eastus GlobalStandard"][-1] == "eastus2 has 10,000 TPM free"


@pytest.mark.parametrize(
    ("other", "way"),
    [
        (
            with_quota("eastus", 7, deployment_type="DataZoneStandard"),
            "DataZoneStandard in eastus has 7,000 TPM free",
        ),
        (
            with_quota("eastus", 7, version="2026-01-01"),
            "version 2026-01-01 in eastus has 7,000 TPM free",
        ),
        (
            with_quota("eu-west-1", 7, provider="bedrock", deployment_type="on-demand"),
            "on-demand in eu-west-1 (bedrock) has 7,000 TPM free",
        ),
    ],
    ids=["type", "version", "provider"],
)
def test_without_another_region_another_way_is_named(other: tuple[Offer, Quota], way: str) -> None:
    """Another deployment type, version or provider, as far as it answers like the one asked."""
    answer = places(with_quota("eastus", 0), other)
    assert reasons(answer)["eastus GlobalStandard"][-1] == way


def test_a_way_out_meets_the_other_constraints_and_answers_alike() -> None:
    """Neither a batch, nor a fine-tuned offer, nor one outside the boundary is an alternative."""
    answer = places(
        with_quota("eastus", 0, boundary="us"),
        with_quota("eastus2", 9, boundary="us", deployment_type="Batch", billing=Billing.BATCH),
        with_quota("westus", 9, boundary="us", deployment_type="Tuned", fine_tuned=True),
        with_quota("japaneast", 9, boundary="jp"),
        boundary="us",
    )
    assert reasons(answer)["eastus GlobalStandard"] == (
        "0 of 0 units of GlobalStandard free, 1 needed",
    )


def test_where_nothing_is_enough_the_most_is_named() -> None:
    """A no says how far one could get."""
    answer = places(
        with_quota("eastus", 100), with_quota("eastus2", 200), tokens_per_minute=300_000
    )
    assert reasons(answer)["eastus GlobalStandard"] == (
        "100,000 tokens per minute free, asked for 300,000",
        "at most 200,000 TPM free: eastus2",
    )
    assert answer.notes == ("instead: at most 200,000 TPM free: eastus2",)


def test_a_region_that_was_asked_for_names_another() -> None:
    """The choice of a region is no demand: the way out leads elsewhere, and is said in front."""
    answer = places(
        with_quota("eastus", 100), with_quota("eastus2", 400),
        region="eastus", tokens_per_minute=300_000,
    )  # fmt: skip
    assert reasons(answer)["eastus GlobalStandard"][-1] == "eastus2 has 400,000 TPM free"
    assert reasons(answer)["eastus2 GlobalStandard"] == ("region is eastus2, asked for eastus",)
    assert (answer.recommended, answer.notes) == (None, ("instead: eastus2 has 400,000 TPM free",))


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (None, ()),
        (1000, ()),
        (
            500,
            ("450 requests per minute free, 800 needed where each has 500 tokens",),
        ),
    ],
)
def test_a_fit_looks_at_the_request_rate_too(length: int | None, expected: tuple[str, ...]) -> None:
    """At 1 RPM per 1,000 TPM, 400,000 tokens a minute in requests of 500 need 800 of them."""
    answer = places(with_quota("eastus", 450), tokens_per_minute=400_000, tokens_per_request=length)
    assert tuple(r for e in answer.rejected for r in e.reasons) == expected


def test_the_rate_that_binds_comes_first() -> None:
    """Both lack; requests lack more where they are short, tokens where they are long."""
    for length, first in ((500, "450 requests"), (2000, "450,000 tokens")):
        answer = places(
            with_quota("eastus", 450), tokens_per_minute=900_000, tokens_per_request=length
        )
        assert answer.rejected[0].reasons[0].startswith(f"{first} per minute free")


def test_what_has_ended_is_said_rather_than_that_its_quota_is_unknown() -> None:
    """A retired offer without a quota, and one with enough: it is retired all the same."""
    gone = offer("eastus", retirement_dates=(retires("2026-10-01"),), replacement="gpt-5.1")
    left = with_quota("eastus2", 400, retirement_dates=(retires("2026-10-01"),))
    answer = places((gone,), left, tokens_per_minute=300_000)
    assert reasons(answer) == {
        "eastus GlobalStandard": (
            "retired on 2026-10-01",
            "gpt-5.1 is named to replace it",
        ),
        "eastus2 GlobalStandard": ("retired on 2026-10-01",),
    }
    assert [e.free_tokens_per_minute for e in answer.regions] == [400_000]


def test_what_takes_nobody_new_names_what_replaces_it_or_a_version_that_does() -> None:
    """Closed to new customers: another version first, else what the provider names."""
    closed = offer("eastus", lifecycle="deprecated", replacement="gpt-5.1", deployment_type="X")
    assert reasons(places((closed,)))["eastus X"] == (
        "deprecated: existing deployments only",
        "gpt-5.1 is named to replace it",
    )
    open_ = with_quota("eastus", 5, deployment_type="X", version="2")
    told = {e.version: e.reasons[-1] for e in places((closed,), open_).regions}
    assert told["2024-11-20"] == "version 2 in eastus has 5,000 TPM free"
