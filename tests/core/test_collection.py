"""Claims about merging a collection with what was known: good places land, failed ones carry."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.collection import Collected, merge, needs_older
from planner.core.offers import AnyRecord, Lifecycle, Offer, Quota
from planner.core.snapshots import Coverage, Snapshot, Status
from tests.builders import day, offer, quota, snapshot

TODAY = "2026-06-03"
BEFORE = "2026-06-01"
KINDS = ("offer", "quota")
MODELS = ("a", "b", "c", "d")


def place(region: str | None = "eastus2", **fields: Any) -> Coverage:
    """A look at the offers and quotas of a region."""
    usual: dict[str, Any] = {"kinds": KINDS}
    return Coverage(region=region, **(usual | fields))


def collected(*records: AnyRecord, coverage: tuple[Coverage, ...], on: str = TODAY) -> Collected:
    """A collection of Azure."""
    return Collected(provider="azure", date=day(on), records=records, coverage=coverage)


def known(*records: AnyRecord, coverage: tuple[Coverage, ...], on: str = BEFORE) -> Snapshot:
    """An earlier snapshot of Azure."""
    return snapshot(*records, coverage=coverage, on=on, provider="azure")


def models(found: Snapshot) -> dict[str, str | None]:
    """The offers' models, each with the day on which it was seen where that was earlier."""
    return {
        r.model: None if r.observed_on is None else str(r.observed_on)
        for r in found.records
        if isinstance(r, Offer)
    }


def to_snapshot(
    told: Collected, before: Sequence[Snapshot] = (), *, accept_drop: bool = False
) -> Snapshot:
    """The snapshot of a collection."""
    return merge(told, before, accept_drop=accept_drop).snapshot


def offers(*names: str, **fields: Any) -> list[Offer]:
    """An offer of each model."""
    return [offer(model=name, **fields) for name in names]


def test_a_first_collection_is_its_own_snapshot() -> None:
    """Nothing known before: everything read lands."""
    found = to_snapshot(collected(*offers("a"), quota(), coverage=(place(),)))
    assert (len(found.records), found.coverage) == (2, (place(),))


@pytest.mark.parametrize("status", [Status.DENIED, Status.THROTTLED, Status.FAILED])
def test_a_place_that_was_not_read_keeps_what_was_known_with_its_date(status: Status) -> None:
    """Offers say when they were seen, the coverage entry from when its records are."""
    before = known(*offers("a", "b"), quota(), coverage=(place(),))
    found = to_snapshot(collected(coverage=(place(status=status, error="e"),)), [before])
    assert models(found) == {"a": BEFORE, "b": BEFORE}
    [entry] = found.coverage
    assert (entry.status, entry.carried_from, entry.error) == (status, day(BEFORE), "e")
    assert sum(isinstance(r, Quota) for r in found.records) == 1


def test_what_is_carried_twice_keeps_the_first_date() -> None:
    """A region that fails on two days still tells of the day on which it was read."""
    lost = place(status=Status.FAILED)
    first = to_snapshot(
        collected(coverage=(lost,), on="2026-06-02"),
        [known(*offers("a"), quota(), coverage=(place(),))],
    )
    second = to_snapshot(collected(coverage=(lost,)), [first])
    assert models(second) == {"a": BEFORE}
    assert second.coverage[0].carried_from == day(BEFORE)


def test_a_place_that_was_read_loses_what_is_no_longer_there() -> None:
    """One of four models is gone, which is no reason for doubt."""
    before = known(*offers(*MODELS), coverage=(place(),))
    found = to_snapshot(collected(*offers("a", "b", "c"), coverage=(place(),)), [before])
    assert models(found) == {"a": None, "b": None, "c": None}
    assert found.coverage[0].status is Status.OK


@pytest.mark.parametrize(
    ("left", "status"),
    [
        (("a", "b"), Status.OK),
        (("a",), Status.SUSPECT),
        ((), Status.SUSPECT),
        ("wxyz", Status.SUSPECT),
    ],
)
def test_over_half_gone_is_suspect(left: tuple[str, ...], status: Status) -> None:
    """Half may go; more, or all replaced by others, is carried until --accept-drop."""
    before = known(*offers(*MODELS), coverage=(place(),))
    now = collected(*offers(*left), coverage=(place(),))
    found = to_snapshot(now, [before])
    assert found.coverage[0].status is status
    if status is Status.SUSPECT:
        assert models(found) == dict.fromkeys(MODELS, BEFORE)
    assert models(to_snapshot(now, [before], accept_drop=True)) == dict.fromkeys(left)


def test_an_empty_place_is_empty_only_where_nothing_was_known() -> None:
    """Nothing there and nothing before: empty, whatever word the collector has for it."""
    for told in (Status.OK, Status.EMPTY):
        now = collected(coverage=(place(status=told),))
        assert to_snapshot(now).coverage[0].status is Status.EMPTY
        before = known(*offers("a"), coverage=(place(),))
        assert to_snapshot(now, [before]).coverage[0].status is Status.SUSPECT


def test_a_region_that_is_not_offered_any_more_is_believed() -> None:
    """Only codes that are known to say so give this status."""
    before = known(*offers("a"), coverage=(place(),))
    found = to_snapshot(collected(coverage=(place(status=Status.NOT_OFFERED),)), [before])
    assert (models(found), found.coverage[0].carried_from) == ({}, None)


def test_quotas_go_their_own_way() -> None:
    """Denied or suddenly gone quotas are carried while the offers are new."""
    before = known(*offers("a"), quota(), coverage=(place(),))
    denied = place(quota_status=Status.DENIED)
    found = to_snapshot(collected(*offers("a", "b"), coverage=(denied,)), [before])
    assert models(found) == {"a": None, "b": None}
    assert [r.account for r in found.records if isinstance(r, Quota)] == ["main-1a2b"]
    assert found.coverage[0].carried_from == day(BEFORE)
    gone = to_snapshot(collected(*offers("a"), coverage=(place(),)), [before]).coverage[0]
    assert (gone.status, gone.quota_status) == (Status.OK, Status.SUSPECT)
    assert gone.error == "1 of 1 quotas gone since last time; --accept-drop if that is so"


def test_quotas_that_were_denied_are_not_gone_for_a_look_at_others() -> None:
    """Machines have an entry of their own: it read its quota, the four of models were denied."""
    models_ = [quota(name=f"model {n}") for n in range(4)]
    machines = place(kinds=("quota",), deployment_types=("vm",))
    denied = place(quota_status=Status.DENIED)
    before = known(*models_, quota(name="vm"), coverage=(place(), machines))
    found = to_snapshot(collected(quota(name="vm"), coverage=(denied, machines)), [before])
    assert [
        (e.kinds, e.quota_status, e.error) for e in found.coverage if e.kinds == ("quota",)
    ] == [(("quota",), None, None)]
    assert len([r for r in found.records if isinstance(r, Quota)]) == 5


def test_what_one_account_cannot_read_another_does_not_take_away() -> None:
    """An offer that only the failed account saw stays; of a shared one both accounts stay."""
    a, b = place(account="a-1"), place(account="b-2")
    before = known(
        offer(model="shared", accounts=("a-1", "b-2")),
        offer(model="mine", accounts=("b-2",)),
        offer(model="gone", accounts=("a-1",)),
        coverage=(a, b),
    )
    now = collected(
        offer(model="shared", accounts=("a-1",)),
        coverage=(a, msgspec.structs.replace(b, status=Status.FAILED)),
    )
    found = to_snapshot(now, [before], accept_drop=True)
    seen = {r.model: r.accounts for r in found.records if isinstance(r, Offer)}
    assert seen == {"shared": ("a-1", "b-2"), "mine": ("b-2",)}
    assert models(found) == {"shared": None, "mine": BEFORE}


def test_an_incomplete_look_takes_nothing_away() -> None:
    """What is missing from a first page is unknown."""
    before = known(*offers("a", "b"), coverage=(place(),))
    found = to_snapshot(collected(*offers("a"), coverage=(place(complete=False),)), [before])
    assert models(found) == {"a": None, "b": BEFORE}


def test_a_look_at_some_models_speaks_of_them_alone() -> None:
    """A second capacity question of a day keeps the answer to the first."""
    first = place(kinds=("offer",), models=("a",))
    second = place(kinds=("offer",), models=("b",))
    morning = known(*offers("a"), coverage=(first,), on=TODAY)
    found = to_snapshot(collected(*offers("b"), coverage=(second,)), [morning])
    assert models(found) == {"a": None, "b": None}
    assert found.coverage == (first, second)


def test_a_second_collection_of_a_day_replaces_what_it_covered() -> None:
    """The other region stays as it was read in the morning; the failure of then is gone."""
    morning = known(
        *offers("a"),
        *offers("a", "b", region="japaneast"),
        coverage=(place(), place("japaneast"), place(None, status=Status.FAILED)),
        on=TODAY,
    )
    now = collected(*offers("a", "c"), coverage=(place(),))
    found = to_snapshot(now, [morning])
    assert sorted((r.region, r.model) for r in found.records if isinstance(r, Offer)) == [
        ("eastus2", "a"),
        ("eastus2", "c"),
        ("japaneast", "a"),
        ("japaneast", "b"),
    ]
    assert found.coverage == (place(), place("japaneast"))
    assert merge(now, [morning]).own_coverage == (place(),)


def test_a_partial_collection_of_another_day_says_nothing_of_the_rest() -> None:
    """Yesterday's other regions stay in yesterday's snapshot."""
    before = known(
        *offers("a"), *offers("a", region="japaneast"), coverage=(place(), place("japaneast"))
    )
    found = to_snapshot(collected(*offers("a"), coverage=(place(),)), [before])
    assert {r.region for r in found.records if isinstance(r, Offer)} == {"eastus2"}


def test_what_a_newer_partial_snapshot_leaves_out_an_older_one_knows() -> None:
    """A region that fails carries what the last look at it saw, past a day without it."""
    older = known(*offers("a", region="japaneast"), coverage=(place("japaneast"),), on="2026-05-01")
    newer = known(*offers("a"), coverage=(place(),))
    lost = (place("japaneast", status=Status.FAILED), place())
    now = collected(*offers("a"), coverage=lost)
    assert needs_older(lost, [newer])
    assert not needs_older(lost, [newer, older])
    found = to_snapshot(now, [newer, older])
    seen = {r.region: r.observed_on for r in found.records if isinstance(r, Offer)}
    assert seen == {"eastus2": None, "japaneast": day("2026-05-01")}


def test_what_a_newer_look_no_longer_saw_does_not_come_back() -> None:
    """An older snapshot adds nothing to a region that a newer one read."""
    older = known(*offers("a", "b"), coverage=(place(),), on="2026-05-01")
    newer = known(*offers("a"), coverage=(place(),))
    found = to_snapshot(collected(coverage=(place(status=Status.FAILED),)), [newer, older])
    assert models(found) == {"a": BEFORE}


def test_a_failure_of_the_whole_provider_leaves_read_regions_alone() -> None:
    """An entry without a region speaks of the regions that have none of their own."""
    before = known(
        *offers("a", "b", "c"),
        *offers("a", region="japaneast"),
        coverage=(place(), place("japaneast")),
    )
    now = collected(*offers("a", "b"), coverage=(place(), place(None, status=Status.FAILED)))
    found = to_snapshot(now, [before])
    assert sorted((r.region, r.model) for r in found.records if isinstance(r, Offer)) == [
        ("eastus2", "a"),
        ("eastus2", "b"),
        ("japaneast", "a"),
    ]


def test_records_without_a_region_are_carried_with_their_own_source() -> None:
    """A document that could not be read keeps its notices."""
    notice = Lifecycle(
        provider="azure",
        model="a",
        version="1",
        deployment_type=None,
        applies_to="base",  # type: ignore[arg-type]
    )
    read = place(None, kinds=("lifecycle",))
    lost = msgspec.structs.replace(read, status=Status.FAILED)
    found = to_snapshot(collected(coverage=(lost,)), [known(notice, coverage=(read,))])
    assert found.records == (notice,)


def test_two_records_that_contradict_fail_their_region_and_are_named() -> None:
    """Identical ones are one; the other region is not touched."""
    twice = [*offers("a", context_tokens=1), *offers("a", context_tokens=2)]
    fine = offers("b", "b", region="japaneast")
    now = collected(*twice, *fine, coverage=(place(), place("japaneast")))
    found = to_snapshot(now)
    east, japan = found.coverage
    assert (east.status, japan.status) == (Status.FAILED, Status.OK)
    assert east.error == (
        "two records of offer azure eastus2 a 2024-11-20 GlobalStandard with context_tokens 1 and 2"
    )
    assert models(found) == {"b": None}


def test_a_snapshot_of_a_later_day_is_refused_with_both_dates() -> None:
    """The clock is wrong, or that file is."""
    before = known(*offers("a"), coverage=(place(),), on="2026-07-01")
    with pytest.raises(ValueError, match="azure is of 2026-07-01, today is 2026-06-03; set the"):
        to_snapshot(collected(coverage=()), [before])


some_models = st.sets(st.sampled_from(MODELS))
some_status = st.sampled_from(Status)


@given(some_models, some_models, some_status, st.booleans())
def test_every_record_is_of_today_or_carries_its_date(
    was: set[str], now: set[str], status: Status, accept: bool
) -> None:
    """Whatever happens, a model is new and undated or known and dated, and none is made up."""
    before = known(*offers(*was), coverage=(place(),))
    found = to_snapshot(
        collected(*offers(*now), coverage=(place(status=status),)), [before], accept_drop=accept
    )
    for model, seen in models(found).items():
        assert model in (now if seen is None else was)
    if not found.coverage[0].status.was_read:
        assert models(found) == dict.fromkeys(was, BEFORE)


@given(some_models, some_models, some_status)
def test_collecting_the_same_again_changes_nothing(
    was: set[str], now: set[str], status: Status
) -> None:
    """The second merge of a day with the same answers gives the same snapshot."""
    before = known(*offers(*was), coverage=(place(),))
    told = collected(*offers(*now), coverage=(place(status=status),))
    once = to_snapshot(told, [before])
    again = to_snapshot(told, [once, before])
    assert once.records == again.records
    assert [c.status for c in once.coverage] == [c.status for c in again.coverage]


def test_a_collection_of_many_regions_is_merged_fast_enough_to_test() -> None:
    """60 regions of 300 offers, all failing today, are carried whole."""
    regions = [f"region-{n}" for n in range(60)]
    names = [f"m{n}" for n in range(300)]
    many = [o for r in regions for o in offers(*names, region=r)]
    before = known(*many, coverage=tuple(place(r) for r in regions))
    lost = tuple(place(r, status=Status.FAILED) for r in regions)
    found = to_snapshot(collected(coverage=lost), [before])
    assert len(found.records) == 18_000
    assert {e.carried_from for e in found.coverage} == {dt.date(2026, 6, 1)}
