"""Claims about names, deployment types and dates in Azure's lists of models."""

import pytest

from planner.core.offers import Billing, Charge, Meter, Scope
from tests.collectors.azure_entries import DALL_E, base, entry, offers, only, piece, read, row


def test_models_of_other_kinds_are_the_same_ones() -> None:
    """Each model stands twice: only the entry of kind AIServices is read."""
    twin = DALL_E | {"kind": "OpenAI"}
    assert len(offers(piece("models", DALL_E, twin))) == 1
    assert offers(piece("models", twin)) == []


@pytest.mark.parametrize(
    ("name", "version", "model"),
    [
        ("gpt-4", "turbo-2024-04-09", "gpt-4-turbo"),
        ("gpt-4", "0613", "gpt-4"),
        ("gpt-35-turbo", "0125", "gpt-35-turbo"),
        ("Llama-3.3-70B-Instruct", "9", "llama-3.3-70b"),
    ],
)
def test_models_have_canonical_names(name: str, version: str, model: str) -> None:
    """The provider's own name stays beside it."""
    offer = only(piece("models", entry(name=name, version=version)))
    assert (offer.model, offer.provider_model, offer.version) == (model, name, version)


@pytest.mark.parametrize(
    ("sku", "billing", "scope", "boundary", "unit"),
    [
        ("Standard", Billing.ON_DEMAND, Scope.REGIONAL, "se", None),
        ("GlobalStandard", Billing.ON_DEMAND, Scope.GLOBAL, "anywhere", None),
        ("DataZoneStandard", Billing.ON_DEMAND, Scope.GEOGRAPHIC, "eur", None),
        ("GlobalBatch", Billing.BATCH, Scope.GLOBAL, "anywhere", "enqueued kilotoken"),
        ("DataZoneProvisionedManaged", Billing.PROVISIONED, Scope.GEOGRAPHIC, "eur", "PTU"),
        ("DeveloperTier", Billing.ON_DEMAND, Scope.GLOBAL, "anywhere", None),
        ("Lunar", None, None, None, None),
    ],
)
def test_a_deployment_type_tells_billing_and_boundary(
    sku: str, billing: Billing | None, scope: Scope | None, boundary: str | None, unit: str | None
) -> None:
    """Of one never seen before neither is known: nothing is promised for it."""
    offer = only(piece("models", entry(skus=[row(name=sku)])))
    told = (offer.deployment_type, offer.billing, offer.scope, offer.boundary, offer.unit)
    assert told == (sku, billing, scope, boundary, unit)


@pytest.mark.parametrize(
    ("region", "area", "boundary"),
    [
        ("swedencentral", "US", "us"),
        ("swedencentral", "MOON", None),
        ("eastus2", None, "us"),
        ("japaneast", None, "apac"),
        ("brazilsouth", None, None),
        ("nowhere", None, None),
    ],
)
def test_a_data_zone_is_the_models_else_the_regions(
    region: str, area: str | None, boundary: str | None
) -> None:
    """The model names its zone on most; a zone that nobody knows is unknown."""
    told = {"area": area} if area else {}
    body = entry(skus=[row(name="DataZoneStandard")], capabilities=told)
    assert only(piece("models", body, region=region)).boundary == boundary


def test_a_geography_of_two_countries_is_both() -> None:
    """West Europe shares a geography with North Europe: regional means either."""
    assert only(piece("models", DALL_E, region="westeurope")).boundary == "ie+nl"


@pytest.mark.parametrize(
    ("told", "tasks"),
    [
        ({"responses": "true", "agentsV2": "true"}, ("chat",)),
        ({"chatCompletion": "false", "responses": "true"}, ("chat",)),
        ({"realtime": "true", "responses": "true"}, ("audio",)),
        ({"chatCompletion": "true", "completion": "true"}, ("chat", "completion")),
        ({"chatCompletion": "false"}, ()),
        ({}, ()),
    ],
    ids=str,
)
def test_what_a_model_does_is_told_by_its_interfaces(
    told: dict[str, str], tasks: tuple[str, ...]
) -> None:
    """o3-pro and the codex models know the Responses API alone, and answer in text."""
    assert only(piece("models", entry(capabilities=told))).tasks == tasks


def test_the_oldest_models_tell_one_length_for_all() -> None:
    """What may go in and come out together, where no context is told."""
    old, new = {"maxTotalToken": "8192"}, {"maxTotalToken": "8192", "maxContextToken": "4000"}
    found = [only(piece("models", entry(capabilities=told))).context_tokens for told in (old, new)]
    assert found == [8192, 4000]


def test_context_lengths_are_numbers() -> None:
    """They come as texts among the capabilities."""
    told = {"maxContextToken": "128000", "maxOutputToken": "lots"}
    offer = only(piece("models", entry(capabilities=told)))
    assert (offer.context_tokens, offer.output_tokens_maximum) == (128000, None)


def test_the_rate_of_ten_seconds_is_that_of_a_minute() -> None:
    """One request in ten seconds is six a minute."""
    rates = [{"key": "request", "renewalPeriod": 10, "count": 1}]
    offer = only(piece("models", entry(skus=[row(rateLimits=rates)])))
    assert offer.requests_per_minute_per_unit == 6


def test_certainty_and_replacement_are_kept() -> None:
    """What newer versions of the API tell of a retirement."""
    body = entry(
        deprecation={"inference": "2026-03-04T00:00:00Z", "deprecationStatus": "Tentative"},
        replacementConfig={"targetModelName": "gpt-image-1", "targetModelVersion": "2025-04-15"},
    )
    offer = only(piece("models", body))
    assert [r.certainty for r in offer.retirement_dates] == ["tentative"]
    assert offer.replacement == "gpt-image-1"


def test_a_sku_without_a_date_has_the_models() -> None:
    """The model's own date of inference, for base deployments."""
    sku = {"name": "Standard", "usageName": "OpenAI.Standard.Dalle"}
    assert only(piece("models", entry(skus=[sku]))).retirement_dates == (base("2026-03-04"),)


def test_a_body_of_june_2026_bills_by_offering() -> None:
    """Where a cost names its offering and no meter, the kind of use is known, its meter not."""
    cost = {
        "name": "ContextToken",
        "meterId": "",
        "unit": "1K Tokens",
        "offeringId": "68c23cf3-993c-5bcc-bc07-038198859e16",
    }
    harvest = read(piece("models", entry(skus=[row(costs=[cost])])))
    (meter,) = (r for r in harvest.records if isinstance(r, Meter))
    assert meter.charges == (Charge(name="ContextToken", unit="1K Tokens"),)


@pytest.mark.parametrize("sku", ["Provisioned_MultiModal", "Provisioned_Image", "LowPriority"])
def test_a_sku_for_few_shares_a_quota_and_stays_apart(sku: str) -> None:
    """Such rows stand beside the usual one under one usage name: each is an offer of its own."""
    rows = [row(name="Provisioned", usageName="OpenAI.P.x"), row(name=sku, usageName="OpenAI.P.x")]
    found = offers(piece("models", entry(skus=rows)))
    assert {(o.deployment_type, o.usage_name, o.scope) for o in found} == {
        ("Provisioned", "OpenAI.P.x", Scope.REGIONAL),
        (sku, "OpenAI.P.x", Scope.REGIONAL),
    }


def test_any_day_of_2099_is_none() -> None:
    """Partner models say December, their provisioned rows June."""
    skus = [row(deprecationDate="2099-06-01T00:00:00Z")]
    body = entry(skus=skus, deprecation={"inference": "2099-12-31T00:00:00Z"})
    assert only(piece("models", body)).retirement_dates == ()
