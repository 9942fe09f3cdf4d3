"""Claims about what accounts hold: quotas, deployments, capacity, and what each account sees."""

from typing import Any

import pytest

from planner.collectors._azure_holdings import unit_in_words
from planner.core.offers import Deployment, Quota, RegionCapacity
from planner.core.snapshots import Coverage, Status
from tests.collectors.azure_entries import (
    COHERE,
    DALL_E,
    ZERO,
    entry,
    offers,
    only,
    piece,
    read,
    row,
    usage,
)


def test_a_quota_has_limit_use_and_unit() -> None:
    """More can be used than the limit allows."""
    words = "Tokens Per Minute (thousands) - gpt-4o"
    harvest = read(piece("usages", usage("OpenAI.Standard.gpt-4o", 300, 450, words)))
    assert harvest.records == (
        Quota(
            provider="azure",
            account="main",
            region="swedencentral",
            name="OpenAI.Standard.gpt-4o",
            limit=300,
            used=450,
            unit="thousand tokens per minute",
        ),
    )


@pytest.mark.parametrize(
    ("words", "unit"),
    [
        ("Tokens Per Minute (thousands) - GPT-4", "thousand tokens per minute"),
        ("One Thousand Tokens Per Minute - x", "thousand tokens per minute"),
        ("Six Thousand Tokens Per Minute - o1", "six thousand tokens per minute"),
        ("Ten Thousand Tokens Per Minute - o3-mini", "ten thousand tokens per minute"),
        ("Requests Per Minute - whisper", "requests per minute"),
        ("Enqueued tokens (thousands) - gpt-4o", "thousand enqueued tokens"),
        ("Enqueued Ten Thousand Tokens Per Minute - x", "ten thousand enqueued tokens"),
        ("Data Zone Provisioned Managed Throughput Unit", "PTU"),
        ("Maximum resources for OpenAI S0 sku.", "count"),
    ],
)
def test_the_unit_stands_in_the_display_name(words: str, unit: str) -> None:
    """The API's own unit is "Count" for all of them."""
    assert unit_in_words(words, "Count") == unit


def test_an_offer_names_its_quota_as_the_quota_is_spelled() -> None:
    """The two lists differ in case; the join must not."""
    found = offers(piece("models", DALL_E), piece("usages", usage("openai.standard.dalle")))
    assert [o.quota_names for o in found] == [("openai.standard.dalle",)]
    assert [o.usage_name for o in found] == ["OpenAI.Standard.Dalle"]


@pytest.mark.parametrize("wrong", [-1, "many", None, True])
def test_a_limit_that_is_no_number_is_unknown(wrong: Any) -> None:
    """Unknown, not zero."""
    (quota,) = read(piece("usages", usage("x", wrong, wrong))).records
    assert isinstance(quota, Quota)
    assert (quota.limit, quota.used) == (None, None)


def test_an_offer_that_one_account_sees_names_it() -> None:
    """The other one was read in that region and does not see it."""
    found = offers(
        piece("models", DALL_E, COHERE, account="a"), piece("models", COHERE, account="b")
    )
    assert {o.model: o.accounts for o in found} == {
        "dall-e-3": ("a",),
        "cohere-embed-english-v3": (),
    }


def test_what_accounts_see_differently_is_unknown() -> None:
    """One offer for both: dates are joined, a lifecycle that differs is none."""
    later = entry(lifecycleStatus="Preview", skus=[row(deprecationDate="2027-03-04T00:00:00Z")])
    offer = only(piece("models", DALL_E, account="a"), piece("models", later, account="b"))
    assert (offer.accounts, offer.lifecycle) == ((), None)
    assert [r.on.year for r in offer.retirement_dates] == [2026, 2027]


def test_an_account_that_was_not_read_says_nothing() -> None:
    """Its failure makes no offer the other's alone."""
    lost = piece("models", account="b", status=Status.FAILED, body=None, error="HTTP 500")
    assert only(piece("models", DALL_E, account="a"), lost).accounts == ()


def test_coverage_tells_models_and_quotas_apart() -> None:
    """One entry for a region and account, with both endings and both reasons."""
    denied = piece("usages", status=Status.DENIED, body=None, error="no role")
    assert read(piece("models", DALL_E), denied).coverage == (
        Coverage(
            region="swedencentral",
            account="main",
            kinds=("offer", "meter", "quota"),
            status=Status.OK,
            quota_status=Status.DENIED,
            error="quotas: no role",
        ),
    )


def test_deployments_of_some_regions_say_nothing_of_others() -> None:
    """Where a region with resources was not asked, each region speaks for itself."""
    kinds = [("AIServices", "swedencentral"), ("OpenAI", "EastUS2"), ("FormRecognizer", "westus")]
    resources = [{"kind": kind, "location": region} for kind, region in kinds]
    listed = piece("resources", *resources, region=None)
    asked = [piece("deployments"), piece("deployments", region="eastus2")]
    some, whole = read(listed, asked[0]).coverage, read(listed, *asked).coverage
    assert [(e.region, e.kinds) for e in some] == [("swedencentral", ("deployment",))]
    assert [(e.region, e.kinds) for e in whole] == [(None, ("deployment",))]


def test_an_account_without_regions_is_told() -> None:
    """Where neither list of regions was read, all of the account is failed."""
    lost = {"region": None, "status": Status.FAILED, "body": None, "error": "HTTP 500"}
    (coverage,) = read(piece("skus", **lost), piece("locations", **lost)).coverage
    assert (coverage.region, coverage.account, coverage.status) == (None, "main", Status.FAILED)


def test_a_deployment_is_named_with_its_resource() -> None:
    """Two resources of one region may use one name; resource group and subscription stay out."""
    body = {
        "id": f"/subscriptions/{ZERO}/resourceGroups/rg/providers"
        "/Microsoft.CognitiveServices/accounts/front/deployments/chat",
        "name": "chat",
        "sku": {"name": "GlobalStandard", "capacity": 50},
        "properties": {"model": {"format": "OpenAI", "name": "gpt-4", "version": "turbo-jp"}},
    }
    assert read(piece("deployments", body)).records == (
        Deployment(
            provider="azure",
            account="main",
            region="swedencentral",
            name="front/chat",
            model="gpt-4-turbo",
            version="turbo-jp",
            deployment_type="GlobalStandard",
            units=50,
        ),
    )


def test_capacity_is_by_region_and_sku() -> None:
    """Region spellings are one; what is not told is unknown."""
    body = {
        "location": "EastUS",
        "properties": {
            "model": {"format": "OpenAI", "name": "gpt-5.1", "version": "2025-11-13"},
            "skuName": "GlobalProvisionedManaged",
            "availableCapacity": 300,
        },
    }
    assert read(piece("capacity:gpt-5.1", body, region=None)).records == (
        RegionCapacity(
            provider="azure",
            region="eastus",
            model="gpt-5.1",
            version="2025-11-13",
            deployment_type="GlobalProvisionedManaged",
            available_units=300,
        ),
    )
