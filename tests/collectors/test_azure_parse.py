"""Claims about reading real entries of Azure, and what becomes of their rows."""

import datetime as dt

from planner.core.offers import Billing, Charge, Meter, Offer, Scope
from tests.collectors.azure_entries import (
    COHERE,
    DALL_E,
    GPT_41,
    ZERO,
    base,
    offers,
    only,
    piece,
    read,
    tuned,
)


def test_a_real_model_has_an_offer_for_each_sku_and_usage_name() -> None:
    """gpt-4.1: two GlobalStandard told apart by usage name, and their dates."""
    found = {(o.deployment_type, o.usage_name): o for o in offers(piece("models", GPT_41))}
    assert {key: o.retirement_dates for key, o in found.items()} == {
        ("GlobalStandard", "OpenAI.GlobalStandard.gpt4.1"): (base("2026-10-14"),),
        ("DataZoneStandard", "OpenAI.DataZoneStandard.gpt4.1"): (base("2026-10-14"),),
        ("GlobalStandard", "OpenAI.GlobalStandard.gpt4.1-finetune"): (tuned("2027-10-14"),),
        ("GlobalBatch", "OpenAI.GlobalBatch.gpt-4.1"): (base("2026-10-14"),),
        ("ProvisionedManaged", "OpenAI.ProvisionedManaged"): (
            base("2026-10-14"),
            tuned("2027-10-14"),
        ),
    }
    assert {key[1]: o.fine_tuned for key, o in found.items()} == {
        "OpenAI.GlobalStandard.gpt4.1": False,
        "OpenAI.DataZoneStandard.gpt4.1": False,
        "OpenAI.GlobalStandard.gpt4.1-finetune": True,
        "OpenAI.GlobalBatch.gpt-4.1": False,
        "OpenAI.ProvisionedManaged": None,
    }


def test_a_real_provisioned_offer_is_told_whole() -> None:
    """Units, boundary, tasks and quota of gpt-4.1 on regional provisioned units."""
    found = {o.deployment_type: o for o in offers(piece("models", GPT_41))}
    assert found["ProvisionedManaged"] == Offer(
        provider="azure",
        region="swedencentral",
        model="gpt-4.1",
        version="2025-04-14",
        deployment_type="ProvisionedManaged",
        usage_name="OpenAI.ProvisionedManaged",
        publisher="OpenAI",
        provider_model="gpt-4.1",
        billing=Billing.PROVISIONED,
        scope=Scope.REGIONAL,
        boundary="se",
        tasks=("chat",),
        capabilities=(
            "area=EUR",
            "chatCompletion",
            "fineTune",
            "priorityTierSkus=GlobalStandard",
            "responses",
        ),
        lifecycle="generally_available",
        default_version=True,
        fine_tuned=None,
        retirement_dates=(base("2026-10-14"), tuned("2027-10-14")),
        quota_names=("OpenAI.ProvisionedManaged",),
        unit="PTU",
        units_minimum=25,
        units_maximum=30000,
        units_step=25,
    )


def test_real_meters_keep_their_ids() -> None:
    """Charges by name; several of one name are one, an empty id is none."""
    found = [r for r in read(piece("models", GPT_41)).records if isinstance(r, Meter)]
    assert {(m.usage_name, m.charges) for m in found} == {
        (
            "OpenAI.GlobalStandard.gpt4.1",
            (
                Charge(name="CachedContextToken", unit="1K Tokens"),
                Charge(name="GeneratedToken", unit="1K Tokens"),
            ),
        ),
        (
            "OpenAI.GlobalStandard.gpt4.1-finetune",
            (Charge(name="Hosting", unit="1 Unit Hour", meter_ids=(ZERO,)),),
        ),
        (
            "OpenAI.ProvisionedManaged",
            (Charge(name="Hosting", unit="1 Unit/Hour", meter_ids=(ZERO,)),),
        ),
    }


def test_a_real_image_model_counts_requests() -> None:
    """dall-e-3: three requests a minute and unit, no tokens; deprecated and retired."""
    offer = only(piece("models", DALL_E))
    assert (offer.tokens_per_minute_per_unit, offer.requests_per_minute_per_unit) == (None, 3)
    assert (offer.tasks, offer.lifecycle) == (("image",), "deprecated")
    assert offer.retires_on == dt.date(2026, 3, 4)


def test_a_real_partner_model_has_no_date_in_2099() -> None:
    """The year stands for "none announced"; the publisher and its quota pool are kept."""
    offer = only(piece("models", COHERE))
    assert (offer.retirement_dates, offer.publisher, offer.lifecycle) == ((), "Cohere", "stable")
    assert offer.quota_names == ("AIServices.GlobalStandard.MaaS",)
    assert offer.boundary == "anywhere"
