"""Claims about a snapshot: what it holds and what its silence means."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.offers import Offer
from planner.core.snapshots import Coverage, Status
from tests.builders import day, looked, offer, quota, snapshot

OFFERS = [offer(region, model) for region in ("eastus2", "japaneast") for model in ("a", "b", "c")]


@given(st.permutations(OFFERS))
def test_the_order_of_records_does_not_matter(records: list[Offer]) -> None:
    """The same records in any order are one snapshot."""
    assert snapshot(*records) == snapshot(*OFFERS)


def test_equal_records_are_one_and_the_order_of_coverage_does_not_matter() -> None:
    """What is said twice is said once."""
    twice = snapshot(offer(), offer(), coverage=looked("b", "a", "a"))
    assert twice == snapshot(offer(), coverage=looked("a", "b"))
    assert len(twice.records) == 1


def test_two_different_records_of_one_identity_are_refused() -> None:
    """Which of the two holds is not known; both are named by what they are of."""
    with pytest.raises(ValueError, match="two different records") as caught:
        snapshot(offer(context_tokens=1), offer(context_tokens=2))
    assert str(caught.value) == (
        "two different records of offer azure eastus2 gpt-4o 2024-11-20 GlobalStandard; keep one"
    )


def test_a_record_of_another_provider_is_refused() -> None:
    """A snapshot is of one provider."""
    with pytest.raises(ValueError, match="a record of bedrock in a snapshot of azure"):
        snapshot(offer(), offer(provider="bedrock"))


def test_nothing_is_observed_after_the_snapshots_date() -> None:
    """A later sight makes a later snapshot; an earlier one is carried with its own date."""
    with pytest.raises(ValueError, match="observed on 2026-06-04, after 2026-06-03"):
        snapshot(offer(observed_on=dt.date(2026, 6, 4)))
    assert snapshot(offer(observed_on=dt.date(2026, 5, 11))).date == day("2026-06-03")


@pytest.mark.parametrize(
    ("entry", "covers"),
    [
        (Coverage(region="eastus2"), True),
        (Coverage(region="eastus2", status=Status.EMPTY), True),
        (Coverage(region="eastus2", status=Status.NOT_OFFERED), True),
        (Coverage(region="eastus2", models=("gpt-4o", "o1")), True),
        (Coverage(region="eastus2", models=("o1",)), False),
        (Coverage(region="eastus2", models=()), False),
        (Coverage(region="eastus2", deployment_types=("GlobalStandard",)), True),
        (Coverage(region="eastus2", deployment_types=("Standard",)), False),
        (Coverage(region="eastus2", complete=False), False),
        (Coverage(region="eastus2", kinds=("quota",)), False),
        (Coverage(region="eastus2", status=Status.FAILED), False),
        (Coverage(region="eastus2", status=Status.DENIED), False),
        (Coverage(region="eastus2", status=Status.THROTTLED), False),
        (Coverage(region="eastus2", status=Status.SUSPECT), False),
        (Coverage(region="japaneast"), False),
        (Coverage(region=None), False),
    ],
)
def test_an_absence_means_something_only_where_the_place_was_read(
    entry: Coverage, covers: bool
) -> None:
    """Only a whole, successful look at a region, kind and model says that it is not there."""
    assert snapshot(coverage=(entry,)).covers(offer()) is covers


def test_what_one_account_sees_does_not_speak_for_another() -> None:
    """One account was read, the other one denied: an absence means nothing yet."""
    read = Coverage(region="eastus2", account="main-1a2b")
    denied = Coverage(region="eastus2", account="other-3c4d", status=Status.DENIED)
    assert snapshot(coverage=(read,)).covers(offer())
    assert not snapshot(coverage=(read, denied)).covers(offer())


def test_a_part_read_beside_the_whole_takes_nothing_from_it() -> None:
    """Of one account a partial page and a whole reading make a whole reading."""
    both = (Coverage(region="eastus2", complete=False), Coverage(region="eastus2"))
    assert snapshot(coverage=both).covers(offer())


def test_coverage_of_a_kind_that_does_not_exist_is_refused() -> None:
    """A misspelled kind would cover nothing in silence."""
    with pytest.raises(ValueError, match="no kind 'offers' of record; give offer, lifecycle"):
        Coverage(region="eastus2", kinds=("offers",))


def test_quotas_of_two_subscriptions_stand_side_by_side() -> None:
    """The account is part of a quota's identity."""
    both = snapshot(quota(account="main-1a2b"), quota(account="other-3c4d", limit=50))
    assert [r.identity[2] for r in both.records] == ["main-1a2b", "other-3c4d"]
