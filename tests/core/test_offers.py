"""Claims about offers and the other records of a snapshot."""

import datetime as dt
import re
from typing import Any

import msgspec
import pytest

from planner.core.offers import AppliesTo, Offer, RegionCapacity
from tests.builders import lifecycle, offer, quota, retires


def test_a_moved_retirement_is_a_change_of_one_offer() -> None:
    """Dates are no part of an identity: the offer before and after is the same offer."""
    before = offer(retirement_dates=(retires("2026-06-01"),))
    after = offer(retirement_dates=(retires("2026-10-15"),))
    assert before != after
    assert before.identity == after.identity
    assert before.identity == (
        "offer",
        "azure",
        "eastus2",
        "gpt-4o",
        "2024-11-20",
        "GlobalStandard",
        "",
    )


def test_usage_names_tell_two_offers_of_one_deployment_type_apart() -> None:
    """Azure has several SKUs of one name; their usage names differ, so do their identities."""
    base = offer(usage_name="OpenAI.Standard.gpt-4o")
    tuned = offer(usage_name="OpenAI.Standard.gpt-4o-finetune")
    assert base.identity != tuned.identity


def test_base_and_fine_tuned_notices_are_two() -> None:
    """A document's two dates of one version stand side by side."""
    base = lifecycle("2026-10-14", "gpt-4.1")
    tuned = lifecycle("2027-10-14", "gpt-4.1", applies_to=AppliesTo.FINE_TUNED)
    assert base.identity != tuned.identity


def test_retires_on_is_the_earliest_of_all_dates() -> None:
    """Of two dates of one SKU the earliest is the offer's."""
    both = (retires("2027-10-14", AppliesTo.FINE_TUNED), retires("2026-10-14"))
    assert offer(retirement_dates=both).retires_on == dt.date(2026, 10, 14)
    assert offer().retires_on is None


def test_an_unknown_count_is_none_and_zero_is_a_count() -> None:
    """None is unknown; 0 tokens is a claim that a provider makes."""
    assert offer().context_tokens is None
    assert offer(context_tokens=0).context_tokens == 0


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"region": ""}, "region is empty; name it, or null where it may be unknown"),
        ({"model": ""}, "model is empty; name it, or null where it may be unknown"),
        ({"version": ""}, "version is empty; name it, or null where it may be unknown"),
        ({"provider": ""}, "provider is empty; name it, or null where it may be unknown"),
        ({"units_minimum": -1}, "units_minimum is -1; give a count of 0 or more"),
        (
            {"tokens_per_minute_per_unit": -5},
            "tokens_per_minute_per_unit is -5; give a count of 0 or more",
        ),
    ],
)
def test_an_offer_is_checked_at_birth(fields: dict[str, Any], message: str) -> None:
    """A nonsensical field is refused in one line that says what to give."""
    with pytest.raises(ValueError, match=re.escape(message)):
        offer(**fields)


def test_a_capacity_below_zero_is_refused() -> None:
    """The counts of every kind of record are checked, not the offers' alone."""
    with pytest.raises(ValueError, match=r"available_units is -1; give a count of 0 or more"):
        RegionCapacity(
            provider="azure",
            region="eastus2",
            model="gpt-4o",
            version=None,
            deployment_type="Standard",
            available_units=-1,
        )


@pytest.mark.parametrize("limit", [float("nan"), float("inf")])
def test_a_quota_that_is_no_number_is_refused(limit: float) -> None:
    """NaN and infinity would be written as null, which means unknown."""
    with pytest.raises(ValueError, match="null where it is unknown"):
        quota(limit=limit)


def test_a_quota_is_spelled_alike_whether_it_came_whole_or_not() -> None:
    """300000 and 300000.0 are one limit and one text on disk."""
    whole, broken = quota(limit=300_000), quota(limit=300_000.0)
    assert msgspec.json.encode(whole) == msgspec.json.encode(broken)


def test_used_may_exceed_the_limit() -> None:
    """Providers report that, so it is no error."""
    assert quota(limit=100, used=120).used == 120


def test_a_field_that_is_no_part_of_a_record_is_refused() -> None:
    """A misspelled field is told, not dropped."""
    fields = msgspec.to_builtins(offer()) | {"contxt_tokens": 1}
    with pytest.raises(msgspec.ValidationError, match="unknown field `contxt_tokens`"):
        msgspec.convert(fields, Offer)
