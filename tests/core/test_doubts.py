"""Claims about what of a collection is believed: list by list, whatever stands beside it."""

from typing import Any

import pytest

from planner.core.collection import Collected, Merged, merge
from planner.core.offers import AnyRecord, Billing, Deployment, Offer, RegionCapacity
from planner.core.snapshots import Coverage, Status
from tests.builders import day, offer, quota, snapshot

ALL = ("offer", "quota", "deployment", "capacity")
MODEL = offer(model="a")
CARDS = [
    offer(model=name, deployment_type="vm", billing=Billing.SELF_HOSTED) for name in ("h1", "h2")
]
PROFILE = offer(model="a", deployment_type="us. inference profile")
VCPUS = quota(name="ncads", unit="vCPU")
CHAT = Deployment(provider="azure", account="main-1a2b", region="eastus2", name="chat")
FREE = RegionCapacity(
    provider="azure", region="eastus2", model="a", version="1", deployment_type="Standard"
)
EVERYTHING: tuple[AnyRecord, ...] = (
    MODEL,
    *CARDS,
    PROFILE,
    quota(),
    quota(name="other"),
    VCPUS,
    CHAT,
    FREE,
)


def look(region: str | None = "eastus2", **fields: Any) -> Coverage:
    """A look at all that a region has."""
    return Coverage(region=region, **({"kinds": ALL} | fields))


def merged(
    *left: AnyRecord, coverage: tuple[Coverage, ...] = (look(),), accept: bool = False, **was: Any
) -> Merged:
    """What becomes of a collection, the day after everything (or `before`) was seen."""
    before = snapshot(
        *was.get("before", EVERYTHING),
        coverage=was.get("looks", (look(),)),
        on="2026-06-01",
        provider="azure",
    )
    told = Collected(
        provider="azure",
        date=day("2026-06-03"),
        records=left,
        coverage=coverage,
        everywhere=True,
    )
    return merge(told, [before], accept_drop=accept)


def without(*gone: AnyRecord) -> list[AnyRecord]:
    """All that was seen before but this."""
    return [record for record in EVERYTHING if record not in gone]


@pytest.mark.parametrize(
    ("gone", "error"),
    [
        ((MODEL,), "1 of 1 offers gone since last time"),
        ((PROFILE,), "1 of 1 profiles gone since last time"),
        (CARDS, "2 of 2 machines gone since last time"),
        ((VCPUS,), "1 of 1 machine quotas gone since last time"),
        ((quota(), quota(name="other")), "2 of 2 quotas gone since last time"),
        ((CHAT,), "1 of 1 deployments gone since last time"),
        ((FREE,), "1 of 1 capacities gone since last time"),
    ],
)
def test_each_list_is_doubted_by_itself(gone: tuple[AnyRecord, ...], error: str) -> None:
    """However much else is there: it is carried and named; --accept-drop believes it."""
    found = merged(*without(*gone))
    doubted = [e for e in found.own_coverage if Status.SUSPECT in (e.status, e.quota_status)]
    assert [e.error for e in doubted] == [f"{error}; --accept-drop if that is so"]
    identities = {record.identity for record in found.snapshot.records}
    assert identities == {record.identity for record in EVERYTHING}
    taken = merged(*without(*gone), accept=True)
    assert (len(taken.snapshot.records), taken.own_coverage) == (
        len(EVERYTHING) - len(gone),
        (look(),),
    )


def test_what_stands_beside_a_doubted_list_is_new() -> None:
    """Machines are lost: the models are today's. Models are lost: the machines are today's."""
    dates = {r.model: r.observed_on for r in _offers(merged(*without(*CARDS)))}
    assert dates == {"a": None, "h1": day("2026-06-01"), "h2": day("2026-06-01")}
    dates = {r.model: r.observed_on for r in _offers(merged(*without(MODEL, PROFILE)))}
    assert dates == {"a": day("2026-06-01"), "h1": None, "h2": None}


def test_a_look_that_names_what_it_saw_is_compared_with_what_was_there() -> None:
    """An entry of no machine at all would have seen those of before."""
    named = look(kinds=("offer",), models=(), deployment_types=("vm",))
    found = merged(coverage=(named,))
    entry = next(e for e in found.own_coverage if e.deployment_types)
    assert (entry.status, entry.models) == (Status.SUSPECT, ("h1", "h2"))
    assert {o.model for o in _offers(found)} >= {"h1", "h2"}


def test_half_of_a_list_may_go() -> None:
    """One machine of two is no reason for doubt."""
    found = merged(*without(CARDS[1]))
    assert found.own_coverage == (look(),)
    assert len(_offers(found)) == 3


def test_an_empty_list_is_doubted_where_the_public_data_has_some() -> None:
    """With both numbers; nothing is carried from there, and --accept-drop believes it."""
    told = Collected(provider="azure", date=day("2026-06-03"), records=(), coverage=(look(),))
    public = [snapshot(MODEL, on="2026-05-01", provider="azure")]
    found = merge(told, (), lambda: public)
    [entry] = found.own_coverage
    assert (entry.status, entry.error, found.snapshot.records) == (
        Status.SUSPECT,
        "no offers listed, 1 in the public data; --accept-drop if that is so",
        (),
    )
    assert merge(told, (), lambda: public, accept_drop=True).own_coverage[0].status is Status.EMPTY


def test_a_region_that_is_not_offered_is_no_empty_list() -> None:
    """Whatever others know of it: the account has not enabled it."""
    closed = look(status=Status.NOT_OFFERED, error="not enabled")
    told = Collected(provider="azure", date=day("2026-06-03"), records=(), coverage=(closed,))
    public = [snapshot(MODEL, on="2026-05-01", provider="azure")]
    assert merge(told, (), lambda: public).own_coverage == (closed,)


@pytest.mark.parametrize(
    ("accept", "status", "error"),
    [
        (False, Status.SUSPECT, "the region is not listed any more; --accept-drop if that is so"),
        (True, Status.NOT_OFFERED, "the region is not listed any more"),
    ],
)
def test_a_region_that_is_not_listed_any_more_is_named(
    accept: bool, status: Status, error: str
) -> None:
    """It is carried until --accept-drop; of one that never held anything nothing is said."""
    far = offer(model="a", region="japaneast")
    looks = (look(), look("japaneast"), look("westus"))
    found = merged(*EVERYTHING, before=(*EVERYTHING, far), looks=looks, accept=accept)
    assert [(e.region, e.status, e.error) for e in found.own_coverage] == [
        ("eastus2", Status.OK, None),
        ("japaneast", status, error),
    ]
    assert ("japaneast" in {o.region for o in _offers(found)}) is not accept


def test_no_region_vanished_where_none_could_be_listed() -> None:
    """The account's failure says it all."""
    far = offer(model="a", region="japaneast")
    looks = (look(), look("japaneast"))
    lost = look(None, status=Status.FAILED, error="e")
    found = merged(coverage=(lost,), before=(*EVERYTHING, far), looks=looks)
    assert [e.region for e in found.own_coverage] == [None]


def _offers(found: Merged) -> list[Offer]:
    return [record for record in found.snapshot.records if isinstance(record, Offer)]
