"""Claims about reading Bedrock's answers: entries of real ones, trimmed, and strange ones."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.collectors import Facts, Harvest, Piece
from planner.collectors.bedrock import BedrockCollector
from planner.core.offers import Billing, Deployment, Offer, Quota, Scope
from planner.core.snapshots import Origin, Snapshot, Status
from planner.files.facts import model_names, regions
from tests.cloud.aws_bodies import model, profile, quota

FACTS = Facts(names=model_names(), regions=regions())

# Of ListFoundationModels in us-east-1, 2025-11-04: 5 of 105 entries.
REAL_MODELS = json.loads("""
[{"modelArn":
   "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0",
  "modelId": "anthropic.claude-haiku-4-5-20251001-v1:0", "modelName": "Claude Haiku 4.5",
  "providerName": "Anthropic", "inputModalities": ["TEXT", "IMAGE"], "outputModalities": ["TEXT"],
  "responseStreamingSupported": true, "customizationsSupported": [],
  "inferenceTypesSupported": ["INFERENCE_PROFILE"], "modelLifecycle": {"status": "ACTIVE"}},
 {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0:24k",
  "modelId": "amazon.nova-pro-v1:0:24k", "modelName": "Nova Pro", "providerName": "Amazon",
  "inputModalities": ["TEXT", "IMAGE", "VIDEO"], "outputModalities": ["TEXT"],
  "responseStreamingSupported": true, "customizationsSupported": ["FINE_TUNING"],
  "inferenceTypesSupported": ["PROVISIONED"], "modelLifecycle": {"status": "ACTIVE"}},
 {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-premier-v1:0:8k",
  "modelId": "amazon.nova-premier-v1:0:8k", "modelName": "Nova Premier", "providerName": "Amazon",
  "inputModalities": ["TEXT", "IMAGE", "VIDEO"], "outputModalities": ["TEXT"],
  "responseStreamingSupported": true, "customizationsSupported": [],
  "inferenceTypesSupported": [], "modelLifecycle": {"status": "ACTIVE"}},
 {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0",
  "modelId": "cohere.rerank-v3-5:0", "modelName": "Rerank 3.5", "providerName": "Cohere",
  "inputModalities": ["TEXT"], "outputModalities": ["TEXT"], "customizationsSupported": [],
  "inferenceTypesSupported": ["ON_DEMAND"], "modelLifecycle": {"status": "ACTIVE"}},
 {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-sonnet-20240229-v1:0",
  "modelId": "anthropic.claude-3-sonnet-20240229-v1:0", "modelName": "Claude 3 Sonnet",
  "providerName": "Anthropic", "inputModalities": ["TEXT", "IMAGE"], "outputModalities": ["TEXT"],
  "responseStreamingSupported": true, "customizationsSupported": [],
  "inferenceTypesSupported": ["ON_DEMAND"], "modelLifecycle": {"status": "LEGACY"}}]
""")
# Of ListInferenceProfiles in us-west-2, 2026-02-25: 2 of 58 entries; the account is zeroed.
REAL_PROFILES = json.loads("""
[{"inferenceProfileName": "US Anthropic Claude Haiku 4.5",
  "createdAt": "2025-10-13T20:17:50.560191+00:00", "updatedAt": "2026-02-20T18:52:40.181243+00:00",
  "inferenceProfileArn": "arn:aws:bedrock:us-west-2:000000000000:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
  "models": [
   {"modelArn": "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"},
   {"modelArn": "arn:aws:bedrock:us-east-2::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"},
   {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"}],
  "inferenceProfileId": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
  "status": "ACTIVE", "type": "SYSTEM_DEFINED"},
 {"inferenceProfileName": "Global Anthropic Claude Haiku 4.5",
  "createdAt": "2025-10-13T00:00:00+00:00",
  "inferenceProfileArn": "arn:aws:bedrock:us-west-2:000000000000:inference-profile/global.anthropic.claude-haiku-4-5-20251001-v1:0",
  "models": [
   {"modelArn": "arn:aws:bedrock:::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"},
   {"modelArn": "arn:aws:bedrock:us-west-2::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"}],
  "inferenceProfileId": "global.anthropic.claude-haiku-4-5-20251001-v1:0",
  "status": "ACTIVE", "type": "SYSTEM_DEFINED"}]
""")  # noqa: E501 - as AWS wrote them


def piece(what: str, key: str, rows: Any, region: str = "us-west-2") -> Piece:
    """What one question brought."""
    return Piece(what=what, account="main-1a2b", region=region, body={key: rows})


def models(*rows: Any, region: str = "us-west-2") -> Piece:
    """An answer of ListFoundationModels."""
    return piece("models", "modelSummaries", list(rows), region)


def profiles(*rows: Any, region: str = "us-west-2") -> Piece:
    """An answer of ListInferenceProfiles."""
    return piece("profiles", "inferenceProfileSummaries", list(rows), region)


def read(*pieces: Piece) -> Harvest:
    """What the pieces say."""
    return BedrockCollector().parse(pieces, FACTS)


def offers(*pieces: Piece) -> list[Offer]:
    """The offers among the records."""
    return [record for record in read(*pieces).records if isinstance(record, Offer)]


def test_real_entries_become_offers() -> None:
    """A profile, a provisioned context length and two models on demand; variants give nothing."""
    found = offers(models(*REAL_MODELS), profiles(*REAL_PROFILES))
    assert [
        (o.model, o.version, o.deployment_type, o.scope, o.boundary, o.tasks) for o in found
    ] == [
        ("nova-pro", "v1:0:24k", "provisioned", Scope.REGIONAL, "us", ("chat",)),
        ("cohere-rerank-v3.5", "v3-5:0", "on-demand", Scope.REGIONAL, "us", ("rerank",)),
        ("claude-3-sonnet", "20240229-v1:0", "on-demand", Scope.REGIONAL, "us", ("chat",)),
        (
            "claude-haiku-4-5",
            "20251001-v1:0",
            "us. inference profile",
            Scope.GEOGRAPHIC,
            "us",
            ("chat",),
        ),
        (
            "claude-haiku-4-5",
            "20251001-v1:0",
            "global. inference profile",
            Scope.GLOBAL,
            "anywhere",
            ("chat",),
        ),
    ]
    assert [o.lifecycle for o in found] == ["active", "active", "legacy", "active", "active"]
    assert [(o.unit, o.billing) for o in found if o.unit] == [("model unit", Billing.PROVISIONED)]
    assert found[3].destinations == ("us-east-1", "us-east-2", "us-west-2")
    assert found[3].provider_model == "us.anthropic.claude-haiku-4-5-20251001-v1:0"
    assert found[0].capabilities == (
        "customization=fine_tuning",
        "input=image",
        "input=text",
        "input=video",
        "output=text",
        "streaming",
    )


@pytest.mark.parametrize(
    ("region", "profile_id", "to", "boundary"),
    [
        ("ca-central-1", "us.amazon.nova-lite-v1:0", ("ca-central-1", "us-east-1"), "ca+us"),
        ("il-central-1", "eu.amazon.nova-lite-v1:0", ("eu-west-1", "eu-north-1"), "ie+se"),
        ("ap-northeast-1", "jp.amazon.nova-lite-v1:0", ("ap-northeast-1", "ap-northeast-3"), "jp"),
        ("us-east-1", "us.amazon.nova-lite-v1:0", ("us-east-1", "xx-new-1"), None),
    ],
)
def test_the_boundary_is_where_the_destinations_are(
    region: str, profile_id: str, to: tuple[str, ...], boundary: str | None
) -> None:
    """The countries of the destinations, whatever prefix and source; unknown with one of them."""
    (found,) = offers(models(region=region), profiles(profile(profile_id, *to), region=region))
    assert (found.boundary, found.destinations) == (boundary, tuple(sorted(to)))


def test_one_profile_has_other_destinations_from_another_region() -> None:
    """Each source region keeps its own."""
    found = offers(
        models(region="us-east-1"),
        profiles(profile("us.x.y-v1:0", "us-east-1", "us-east-2"), region="us-east-1"),
        models(),
        profiles(profile("us.x.y-v1:0", "us-west-2")),
    )
    assert {o.region: o.destinations for o in found} == {
        "us-east-1": ("us-east-1", "us-east-2"),
        "us-west-2": ("us-west-2",),
    }


def test_the_end_of_life_is_a_retirement_and_other_days_are_kept() -> None:
    """Times as text or as the SDK gives them; the end retires, the rest stands in capabilities."""
    life = {
        "status": "LEGACY",
        "startOfLifeTime": "2024-02-29T00:00:00Z",
        "legacyTime": dt.datetime(2026, 6, 1, tzinfo=dt.UTC),
        "endOfLifeTime": dt.datetime(2026, 12, 1, tzinfo=dt.UTC),
        "publicExtendedAccessTime": "2026-09-01T00:00:00+00:00",
    }
    (found,) = offers(models(model("x.y-v1:0", "Y", modelLifecycle=life)), profiles())
    assert found.retires_on == dt.date(2026, 12, 1)
    assert [word for word in found.capabilities if "-" in word] == [
        "extended_access_from=2026-09-01",
        "launched=2024-02-29",
        "legacy_from=2026-06-01",
    ]


@pytest.mark.parametrize(
    ("output", "tasks"),
    [
        (["TEXT"], ("chat",)),
        (["EMBEDDING"], ("embedding",)),
        (["SPEECH", "TEXT"], ("audio",)),
        (["IMAGE"], ("image",)),
        (["VIDEO"], ("video",)),
        (["HOLOGRAM"], ()),
    ],
)
def test_tasks_come_from_what_a_model_puts_out(output: list[str], tasks: tuple[str, ...]) -> None:
    """Output modalities tell the task; one never seen before tells none."""
    (found,) = offers(models(model("x.y-v1:0", "Y", outputModalities=output)), profiles())
    assert found.tasks == tasks


def test_the_second_id_of_a_model_is_its_usage_name() -> None:
    """Two ids of one model and version: the shorter has no usage name, the longer is its own."""
    found = offers(
        models(
            model("moonshotai.kimi-k2-thinking", "Kimi"), model("moonshot.kimi-k2-thinking", "Kimi")
        ),
        profiles(),
    )
    assert {(o.model, o.provider_model, o.usage_name) for o in found} == {
        ("kimi-k2-thinking", "moonshot.kimi-k2-thinking", None),
        ("kimi-k2-thinking", "moonshotai.kimi-k2-thinking", "moonshotai.kimi-k2-thinking"),
    }


def test_words_never_seen_before_are_kept() -> None:
    """An unknown way to call a model is no offer of its own, and stands in the capabilities."""
    strange = model(
        "x.y-v1:0",
        "Y",
        ["ON_DEMAND", "NEWTYPE"],
        newField={"a": [1]},
        modelLifecycle={"status": "RETIRED_SOON", "newTime": 3},
    )
    (found,) = offers(models(strange), profiles(profile("us.x.y-v1:0") | {"type": "APPLICATION"}))
    assert (found.deployment_type, found.lifecycle) == ("on-demand", "retired_soon")
    assert "inference=newtype" in found.capabilities


def test_an_empty_region_is_read_and_empty() -> None:
    """Lists without entries are an answer: no offers, and nothing is wrong."""
    harvest = read(models(), profiles())
    assert harvest.records == ()
    assert [(e.status, e.complete) for e in harvest.coverage] == [(Status.OK, True)]


def test_models_without_profiles_are_not_the_whole_region() -> None:
    """A recording of one list alone says nothing of what is missing."""
    (entry,) = read(models(*REAL_MODELS)).coverage
    assert (entry.status, entry.complete) == (Status.OK, False)


def test_a_limit_of_zero_is_a_limit_and_unknown_is_none() -> None:
    """Applied beside default limits; one that was never raised stands among the defaults."""
    harvest = read(
        models(),
        profiles(),
        piece("quotas", "Quotas", [quota("L-1", "Some   tokens per minute", 0)]),
        piece("default quotas", "Quotas", [quota("L-1", "Some", 5), quota("L-2", "Other", 7)]),
    )
    assert harvest.records == (
        Quota(
            provider="bedrock",
            account="main-1a2b",
            region="us-west-2",
            name="L-1",
            limit=0,
            default_limit=5,
            unit="Some tokens per minute",
        ),
        Quota(
            provider="bedrock",
            account="main-1a2b",
            region="us-west-2",
            name="L-2",
            limit=7,
            default_limit=7,
            unit="Other",
        ),
    )


MALFORMED = "quotas: the answer's Quotas are malformed"


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([quota("L-1", "a", 1), quota("L-1", "a", 2)], "quotas: 'L-1' has two values"),
        ([quota("L-1", "a", float("inf"))], "quotas: limit is inf; give a number, or null"),
        ([{"QuotaName": "no code"}], f"{MALFORMED}: Object missing required field `QuotaCode`"),
        (
            [quota("L-1", "a", 1) | {"Value": "many"}],
            f"{MALFORMED}: Expected `float",
        ),
    ],
    ids=["contradiction", "infinity", "no code", "text"],
)
def test_malformed_quotas_leave_the_offers(rows: list[Any], error: str) -> None:
    """The quotas are failed with the reason, the offers stay."""
    harvest = read(models(*REAL_MODELS), profiles(), piece("quotas", "Quotas", rows))
    (entry,) = harvest.coverage
    assert (entry.status, entry.quota_status) == (Status.OK, Status.FAILED)
    assert (entry.error or "").startswith(error)
    assert len(harvest.records) == 3


def test_what_was_bought_is_a_deployment_of_its_base_model() -> None:
    """Units of a custom model count for the foundation model below it; no ARN is kept."""
    row = {
        "provisionedModelName": "tuned",
        "modelArn": "arn:aws:bedrock:us-west-2:000000000000:custom-model/abc",
        "foundationModelArn": "arn:aws:bedrock:us-east-1::model/amazon.nova-pro-v1:0:24k",
        "modelUnits": 3,
    }
    harvest = read(models(), profiles(), piece("provisioned", "provisionedModelSummaries", [row]))
    assert harvest.records == (
        Deployment(
            provider="bedrock",
            account="main-1a2b",
            region="us-west-2",
            name="tuned",
            model="nova-pro",
            version="v1:0:24k",
            deployment_type="provisioned",
            units=3,
        ),
    )
    assert [(e.kinds, e.status) for e in harvest.coverage] == [
        (("offer", "quota"), Status.OK),
        (("deployment",), Status.OK),
    ]


def test_one_malformed_region_leaves_the_others() -> None:
    """A profile that routes to two models is refused with its name; the next region is read."""
    bad = profile("us.x.y-v1:0", "us-east-1")
    bad["models"] = [{"modelArn": "arn:a:b:us-east-1::m/1"}, {"modelArn": "arn:a:b:us-east-1::m/2"}]
    harvest = read(models(), profiles(bad), models(*REAL_MODELS, region="us-east-1"))
    assert {e.region: (e.status, e.error) for e in harvest.coverage} == {
        "us-west-2": (Status.FAILED, "profile 'us.x.y-v1:0' routes to several models"),
        "us-east-1": (Status.OK, None),
    }
    assert {r.region for r in harvest.records if isinstance(r, Offer)} == {"us-east-1"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
_KEYS = {
    "models": "modelSummaries",
    "profiles": "inferenceProfileSummaries",
    "provisioned": "provisionedModelSummaries",
    "quotas": "Quotas",
    "default quotas": "Quotas",
    "bedrock-mantle": "data",
}


@given(st.dictionaries(st.sampled_from(sorted(_KEYS)), _JSON, min_size=1))
def test_no_answer_breaks_the_reading(bodies: dict[str, Any]) -> None:
    """Whatever JSON comes, parse answers with records that make a snapshot."""
    harvest = read(*(piece(what, _KEYS[what], rows) for what, rows in bodies.items()))
    Snapshot(
        provider="bedrock",
        date=dt.date(2026, 11, 20),
        origin=Origin.ACCOUNT,
        coverage=harvest.coverage,
        records=harvest.records,
    )
