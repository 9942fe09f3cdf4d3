"""Claims about reading Azure's lists: what becomes an offer, a meter, a quota, and by what name.

The first entries are real ones of Sweden Central (Azure/azure-dev, a test recording of 2026-04-23,
MIT), shortened, their ids zeroed.
"""

import datetime as dt
from typing import Any

import msgspec
import pytest

from planner.collectors import Facts, Harvest, Piece
from planner.collectors._azure_holdings import unit_in_words
from planner.collectors._azure_parse import parse
from planner.core.offers import (
    AppliesTo,
    Billing,
    Charge,
    Deployment,
    Meter,
    Offer,
    Quota,
    RegionCapacity,
    Retirement,
    Scope,
)
from planner.core.snapshots import Coverage, Status
from planner.files.facts import model_names, regions

FACTS = Facts(model_names(), regions())
ZERO = "00000000-0000-0000-0000-000000000000"
RATES = [
    {"key": "request", "renewalPeriod": 60, "count": 1},
    {"key": "token", "renewalPeriod": 60, "count": 1000},
]


def hosting(day: str) -> dict[str, Any]:
    """The row of gpt-4.1 on regional provisioned units; there are two, a year apart."""
    return {
        "name": "ProvisionedManaged",
        "usageName": "OpenAI.ProvisionedManaged",
        "capacity": {"minimum": 25, "maximum": 30000, "step": 25},
        "deprecationDate": f"{day}T00:00:00Z",
        "costs": [{"name": "Hosting", "meterId": ZERO, "unit": "1 Unit/Hour"}],
    }


GPT_41: dict[str, Any] = {
    "id": f"/subscriptions/{ZERO}/providers/Microsoft.CognitiveServices/locations/SwedenCentral"
    "/models/OpenAI.gpt-4.1.2025-04-14",
    "type": "Microsoft.CognitiveServices/locations/models",
    "name": "OpenAI.gpt-4.1.2025-04-14",
    "location": "SwedenCentral",
    "kind": "AIServices",
    "skuName": "S0",
    "model": {
        "format": "OpenAI",
        "name": "gpt-4.1",
        "version": "2025-04-14",
        "isDefaultVersion": True,
        "skus": [
            {
                "name": "GlobalStandard",
                "usageName": "OpenAI.GlobalStandard.gpt4.1",
                "capacity": {"maximum": 1000000, "default": 10},
                "deprecationDate": "2026-10-14T00:00:00Z",
                "rateLimits": RATES,
                "costs": [
                    {"name": "CachedContextToken", "meterId": "", "unit": "1K Tokens"},
                    {"name": "CachedContextToken", "meterId": "", "unit": "1K Tokens"},
                    {"name": "GeneratedToken", "meterId": "", "unit": "1K Tokens"},
                ],
            },
            {
                "name": "DataZoneStandard",
                "usageName": "OpenAI.DataZoneStandard.gpt4.1",
                "capacity": {"maximum": 1000000, "default": 10},
                "deprecationDate": "2026-10-14T00:00:00Z",
                "rateLimits": RATES,
            },
            hosting("2026-10-14"),
            hosting("2027-10-14"),
            {
                "name": "GlobalStandard",
                "usageName": "OpenAI.GlobalStandard.gpt4.1-finetune",
                "capacity": {"maximum": 10000000, "default": 10},
                "deprecationDate": "2027-10-14T00:00:00Z",
                "rateLimits": RATES,
                "costs": [{"name": "Hosting", "meterId": ZERO, "unit": "1 Unit Hour"}],
            },
            {
                "name": "GlobalBatch",
                "usageName": "OpenAI.GlobalBatch.gpt-4.1",
                "capacity": {"maximum": 75000000, "default": 10},
                "deprecationDate": "2026-10-14T00:00:00Z",
            },
        ],
        "maxCapacity": 3,
        "capabilities": {
            "fineTune": "true",
            "priorityTierSkus": "GlobalStandard",
            "area": "EUR",
            "chatCompletion": "true",
            "responses": "true",
        },
        "deprecation": {
            "fineTune": "2026-10-14T00:00:00Z",
            "inference": "2026-10-14T00:00:00Z",
        },
        "lifecycleStatus": "GenerallyAvailable",
    },
}
DALL_E: dict[str, Any] = {
    "kind": "AIServices",
    "model": {
        "format": "OpenAI",
        "name": "dall-e-3",
        "version": "3.0",
        "isDefaultVersion": True,
        "skus": [
            {
                "name": "Standard",
                "usageName": "OpenAI.Standard.Dalle",
                "capacity": {"maximum": 1000, "default": 1},
                "deprecationDate": "2026-03-04T00:00:00Z",
                "rateLimits": [{"key": "request", "renewalPeriod": 60, "count": 3}],
            }
        ],
        "capabilities": {"inference": "true", "imageGenerations": "true"},
        "deprecation": {"inference": "2026-03-04T00:00:00Z"},
        "lifecycleStatus": "Deprecated",
    },
}
COHERE: dict[str, Any] = {
    "kind": "AIServices",
    "model": {
        "publisher": "Cohere",
        "format": "Cohere",
        "name": "Cohere-embed-v3-english",
        "version": "1",
        "isDefaultVersion": False,
        "skus": [
            {
                "name": "GlobalStandard",
                "usageName": "AIServices.GlobalStandard.MaaS",
                "capacity": {"maximum": 1, "default": 1},
                "deprecationDate": "2099-12-31T00:00:00Z",
            }
        ],
        "capabilities": {},
        "deprecation": {"inference": "2099-12-31T00:00:00Z"},
        "lifecycleStatus": "Stable",
    },
}


def piece(what: str, *entries: Any, **fields: Any) -> Piece:
    """A body of a list, of the account main in swedencentral unless told."""
    usual: dict[str, Any] = {
        "account": "main",
        "region": "swedencentral",
        "body": {"value": list(entries)},
    }
    return Piece(what=what, **(usual | fields))


def read(*pieces: Piece) -> Harvest:
    """What pieces say."""
    return parse(pieces, FACTS)


def offers(*pieces: Piece) -> list[Offer]:
    """The offers that pieces tell of."""
    return [r for r in read(*pieces).records if isinstance(r, Offer)]


def entry(**changes: Any) -> dict[str, Any]:
    """The entry of dall-e-3 with other content in its model."""
    return {"kind": "AIServices", "model": DALL_E["model"] | changes}


def row(**changes: Any) -> dict[str, Any]:
    """The SKU row of dall-e-3 with other content."""
    return dict(DALL_E["model"]["skus"][0]) | changes


def only(*pieces: Piece) -> Offer:
    """The one offer that pieces tell of."""
    (offer,) = offers(*pieces)
    return offer


def base(day: str) -> Retirement:
    """A retirement of base deployments."""
    return Retirement(on=dt.date.fromisoformat(day), applies_to=AppliesTo.BASE)


def tuned(day: str) -> Retirement:
    """A retirement of fine-tuned deployments."""
    return Retirement(on=dt.date.fromisoformat(day), applies_to=AppliesTo.FINE_TUNED)


# --- real entries


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


# --- names, kinds, types


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


# --- what cannot be believed


def test_equal_entries_are_one() -> None:
    """An entry that stands twice is said once."""
    assert read(piece("models", DALL_E, DALL_E)) == read(piece("models", DALL_E))


def test_entries_that_contradict_fail_the_region() -> None:
    """Both are named, and neither is taken."""
    other = entry(lifecycleStatus="Preview")
    harvest = read(piece("models", GPT_41, DALL_E, other))
    (coverage,) = harvest.coverage
    assert (harvest.records, coverage.status) == ((), Status.FAILED)
    assert coverage.error == (
        "dall-e-3 3.0 Standard stands twice and differs: lifecycle deprecated and preview"
    )


def test_rows_of_one_offer_that_differ_leave_it_unknown() -> None:
    """Two rows under one usage name are one offer; what they disagree on is not known."""
    skus = [row(), row(capacity={"maximum": 5, "default": 1}, deprecationDate="2027-03-04")]
    offer = only(piece("models", entry(skus=skus)))
    assert (offer.units_maximum, offer.units_default) == (None, 1)
    assert [r.on.year for r in offer.retirement_dates] == [2026, 2027]


def test_two_models_under_one_canonical_name_stay_two() -> None:
    """The plainer name keeps the usage name, the other carries its own beside it."""
    names = ("Meta-Llama-3.1-8B-Instruct", "Meta-Llama-3.1-8B")
    found = offers(piece("models", *(entry(name=name) for name in names)))
    assert {(o.model, o.provider_model, o.usage_name) for o in found} == {
        ("llama-3.1-8b", "Meta-Llama-3.1-8B", "OpenAI.Standard.Dalle"),
        (
            "llama-3.1-8b",
            "Meta-Llama-3.1-8B-Instruct",
            "OpenAI.Standard.Dalle (OpenAI.Meta-Llama-3.1-8B-Instruct)",
        ),
    }
    assert {o.quota_names for o in found} == {("OpenAI.Standard.Dalle",)}


def test_unknown_fields_and_words_break_nothing() -> None:
    """They are kept where there is a place for them, else left out."""
    body = entry(
        lifecycleStatus="HalfRetired",
        galaxy={"deep": [1, {"x": None}]},
        capabilities={"imageGenerations": "true", "telepathy": "true", "odd": 5, "worse": None},
        skus=[row(galaxy=1, rateLimits=[{"key": "photon", "count": 1, "renewalPeriod": 60}])],
    )
    offer = only(piece("models", body))
    assert offer.lifecycle == "half_retired"
    assert offer.capabilities == ("imageGenerations", "telepathy")
    assert offer.requests_per_minute_per_unit is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"capabilities": None},
        {"capabilities": ["x"]},
        {"deprecation": "soon"},
        {"isDefaultVersion": "yes"},
        {"lifecycleStatus": 7},
        {"publisher": {}},
        {"replacementConfig": [1]},
        {"skus": [row(capacity="large")]},
        {"skus": [row(capacity={"maximum": -1, "minimum": 1.5, "step": True, "default": 1e300})]},
        {"skus": [row(rateLimits={"key": "token"})]},
        {"skus": [row(rateLimits=[{"key": "request", "renewalPeriod": 0, "count": 1}])]},
        {"skus": [row(costs=[None, {"name": 5}, "x"])]},
        {"skus": [row(deprecationDate="2026-13-45")]},
        {"skus": [row(deprecationDate=20260304)]},
    ],
    ids=str,
)
def test_a_value_of_the_wrong_type_is_unknown(wrong: dict[str, Any]) -> None:
    """The offer stands without it."""
    assert only(piece("models", entry(**wrong))).model == "dall-e-3"


@pytest.mark.parametrize(
    "strange",
    [5, None, [1], {"kind": "AIServices"}, entry(name=7), entry(skus=[row(), {"name": None}])],
    ids=str,
)
def test_an_entry_that_cannot_be_read_leaves_the_look_incomplete(strange: Any) -> None:
    """What is there is true; what is missing is unknown, not gone."""
    harvest = read(piece("models", GPT_41, strange))
    (coverage,) = harvest.coverage
    assert (coverage.status, coverage.complete) == (Status.OK, False)
    assert {r.model for r in harvest.records if isinstance(r, Offer)} >= {"gpt-4.1"}
    assert len(harvest.notes) == 1


@pytest.mark.parametrize("body", [None, 5, [], {}, {"value": None}, {"value": {}}, b"{", b"\xff"])
def test_a_body_that_is_no_list_is_a_failure(body: Any) -> None:
    """Never an empty list."""
    harvest = read(piece("models", body=body))
    (coverage,) = harvest.coverage
    assert harvest.records == ()
    assert coverage.status is Status.FAILED
    assert coverage.error


def test_json_and_decoded_json_read_alike() -> None:
    """A recording can be given as it was stored or as it was sent."""
    body = {"value": [GPT_41, DALL_E, COHERE]}
    sent = read(piece("models", body=msgspec.json.encode(body)))
    assert sent == read(piece("models", body=body))


def test_a_model_read_before_is_the_same_in_another_region() -> None:
    """Region and boundary change, nothing else."""
    both = read(piece("models", GPT_41), piece("models", GPT_41, region="japaneast"))
    alone = read(piece("models", GPT_41, region="japaneast"))
    assert {r for r in both.records if getattr(r, "region", "") == "japaneast"} == set(
        alone.records
    )


# --- quotas


def usage(name: Any, limit: Any = 300, used: Any = 20, words: Any = "") -> dict[str, Any]:
    """A usage as Azure lists it."""
    told = {"value": name, "localizedValue": words}
    return {"name": told, "currentValue": used, "limit": limit, "unit": "Count"}


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


# --- several accounts


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


# --- coverage


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


# --- what runs, what is free, machines


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


def machine(*restrictions: dict[str, Any], name: str = "Standard_NC24ads_A100_v4") -> Any:
    """A GPU size in zones 1 and 3."""
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "family": "Standard NCADSA100v4 Family",
        "locationInfo": [{"location": "SwedenCentral", "zones": ["3", "1"]}],
        "capabilities": [
            {"name": "GPUs", "value": "1"},
            {"name": "vCPUs", "value": "24"},
            {"name": "MemoryGB", "value": "220"},
        ],
        "restrictions": list(restrictions),
    }


SHUT = {"type": "Location", "reasonCode": "NotAvailableForSubscription"}


def test_a_gpu_size_is_an_offer_for_self_hosting() -> None:
    """It takes vCPUs of its family, as many as one instance has."""
    quota = usage("standardNCADSA100v4Family", 48, 24)
    offer = only(piece("gpu-sizes", machine()), piece("gpu-usages", quota))
    assert offer == Offer(
        provider="azure",
        region="swedencentral",
        model="Standard_NC24ads_A100_v4",
        version=None,
        deployment_type="virtual-machine",
        usage_name=None,
        provider_model="Standard_NC24ads_A100_v4",
        billing=Billing.SELF_HOSTED,
        scope=Scope.REGIONAL,
        boundary="se",
        capabilities=("gpus=1", "memory_gib=220", "vcpus=24", "zones=1,3"),
        quota_names=("standardNCADSA100v4Family",),
        unit="vCPU",
        units_minimum=24,
        units_step=24,
    )


def test_restrictions_of_a_size_are_told() -> None:
    """A whole region, or some of its zones."""
    zone = {"type": "Zone", "restrictionInfo": {"zones": ["3"]}, "reasonCode": "x"}
    words = only(piece("gpu-sizes", machine(SHUT, zone))).capabilities
    assert {w for w in words if "zones" in w or "restricted" in w} == {
        "restricted=NotAvailableForSubscription",
        "restricted_zones=3",
        "zones=1",
    }


def test_a_size_that_one_account_may_use_names_it() -> None:
    """The account for which it is restricted is not among those that see it."""
    offer = only(
        piece("gpu-sizes", machine(SHUT), account="a"), piece("gpu-sizes", machine(), account="b")
    )
    assert (offer.accounts, "zones=1,3" in offer.capabilities) == (("b",), True)


def test_machines_without_gpus_are_left_out() -> None:
    """Of sizes and of quotas alike; the total of the region stays."""
    plain = machine() | {"capabilities": [{"name": "vCPUs", "value": "4"}]}
    none = machine() | {"capabilities": [{"name": "GPUs", "value": "0"}]}
    families = ("cores", "standardDSv3Family", "standardNDSH100v5Family")
    harvest = read(
        piece("gpu-sizes", plain, none), piece("gpu-usages", *(usage(name) for name in families))
    )
    assert [r.name for r in harvest.records if isinstance(r, Quota)] == [
        "cores",
        "standardNDSH100v5Family",
    ]
    assert len(harvest.records) == 2
