"""Claims about which of Bedrock's quotas limit which offers."""

import csv
from pathlib import Path
from typing import Any

import msgspec
import pytest

from planner.core.bedrock_quotas import (
    QuotaCode,
    kind_of,
    unmapped,
    unmapped_note,
    with_quota_names,
)
from planner.core.names import ModelNames
from planner.core.offers import Billing, Offer, Quota, Scope
from planner.files.facts import model_names

TABLE = Path(__file__).parents[2] / "planner" / "data" / "bedrock-quota-codes.csv"
NAMES = ModelNames(())
TOKENS = "Cross-region model inference tokens per minute for Anthropic Claude Sonnet 4.5 V1"


def profile(region: str = "us-east-1", **fields: Any) -> Offer:
    """An inference profile within a geography, of Claude Sonnet 4.5."""
    usual: dict[str, Any] = {
        "provider": "bedrock",
        "model": "claude-sonnet-4-5",
        "version": "20250929-v1:0",
        "deployment_type": "us. inference profile",
        "usage_name": None,
        "publisher": "Anthropic",
        "billing": Billing.ON_DEMAND,
        "scope": Scope.GEOGRAPHIC,
    }
    return Offer(region=region, **(usual | fields))


def quota(name: str, sentence: str, region: str = "us-east-1") -> Quota:
    """A quota by its code and its sentence."""
    return Quota(
        provider="bedrock", account="main", region=region, name=name, limit=9, unit=sentence
    )


def quota_names(*records: Offer | Quota, codes: tuple[QuotaCode, ...] = ()) -> list[Any]:
    """The quota names of each offer."""
    joined = with_quota_names(records, codes, NAMES)
    return [record.quota_names for record in joined if isinstance(record, Offer)]


def test_the_table_says_what_a_code_limits() -> None:
    """A code of the table joins its offers, whatever its sentence is called today."""
    code = QuotaCode(
        quota_code="L-1", kind="tokens", deployment="geographic", model="claude-sonnet-4-5"
    )
    everywhere = profile(scope=Scope.GLOBAL, deployment_type="global. inference profile")
    words = quota("L-1", "Renamed: tokens per minute")
    assert quota_names(profile(), everywhere, words, codes=(code,)) == [("L-1",), ()]


def test_a_code_that_came_to_count_something_else_is_unmapped() -> None:
    """The table says tokens, the sentence requests: no limit is made of it."""
    code = QuotaCode(
        quota_code="L-1", kind="tokens", deployment="geographic", model="claude-sonnet-4-5"
    )
    words = quota("L-1", TOKENS.replace("tokens", "requests"))
    assert quota_names(profile(), words, codes=(code,)) == [()]
    assert unmapped((profile(), words)) == (words,)


def test_what_limits_no_offer_of_its_region_is_unmapped_and_counted() -> None:
    """By code: one that limits an offer in some region counts for none."""
    joined = with_quota_names(
        (
            profile(),
            quota("L-1", TOKENS),
            quota("L-1", TOKENS, "us-west-2"),
            quota("L-2", TOKENS.replace("4.5", "9")),
            quota("L-3", "(Flows) Flow executions per account"),
        ),
        (),
        NAMES,
    )
    assert [(q.region, q.name) for q in unmapped(joined)] == [
        ("us-west-2", "L-1"),
        ("us-east-1", "L-2"),
        ("us-east-1", "L-3"),
    ]
    assert unmapped_note(joined) == (
        "2 of 3 quotas limit no offer that was read, 1 of them rates or model units; they are "
        "unmapped: planner quotas --provider bedrock --unmapped"
    )
    assert unmapped_note((profile(), *joined[:2])) is None


def test_an_offer_has_the_quotas_of_its_own_region() -> None:
    """Tokens and requests both limit; another region's quota does not."""
    requests = quota("L-2", TOKENS.replace("tokens", "requests"))
    records = (profile(), profile("us-west-2"), quota("L-1", TOKENS), requests)
    assert quota_names(*records) == [("L-1", "L-2"), ()]


@pytest.mark.parametrize(
    "sentence",
    [
        TOKENS,
        TOKENS.upper(),
        "Cross-Region model inference tokens per minute for Claude Sonnet 4.5",
    ],
)
def test_a_sentence_that_names_one_model_is_believed(sentence: str) -> None:
    """In any case, with or without the publisher and a V1 behind."""
    assert quota_names(profile(), quota("L-1", sentence)) == [("L-1",)]


@pytest.mark.parametrize(
    "sentence",
    [
        f"{TOKENS} 1M Context Length",
        TOKENS.replace("Anthropic", "Other"),
        TOKENS.replace("4.5", "4"),
        TOKENS.replace("Cross-region", "On-demand"),
        TOKENS.replace("minute", "day"),
        "(Flows) Flow executions per account",
        "",
    ],
)
def test_any_doubt_leaves_a_quota_unmapped(sentence: str) -> None:
    """Another context, publisher, model, way or period is not this offer's limit."""
    assert quota_names(profile(), quota("L-1", sentence or "x")) == [()]


def test_two_versions_of_one_model_are_a_doubt() -> None:
    """Where a sentence could mean either version it means none; the table can tell them apart."""
    both = (profile(), profile(version="20260101-v2:0"))
    assert quota_names(*both, quota("L-1", TOKENS)) == [(), ()]
    code = QuotaCode(
        quota_code="L-1",
        kind="tokens",
        deployment="geographic",
        model="claude-sonnet-4-5",
        version="20260101-v2:0",
    )
    assert quota_names(*both, quota("L-1", TOKENS), codes=(code,)) == [(), ("L-1",)]


def test_model_units_are_told_apart_by_context() -> None:
    """A provisioned version's context length is in its id, and in the quota's name."""
    units = {"deployment_type": "provisioned", "billing": Billing.PROVISIONED}
    small, large = (
        profile(version=f"v1:0:{k}", scope=Scope.REGIONAL, **units) for k in ("18k", "200k")
    )
    sentence = "Model units per provisioned model for Anthropic Claude Sonnet 4.5 200K"
    assert quota_names(small, large, quota("L-1", sentence)) == [(), ("L-1",)]


def test_the_kind_of_a_quota_is_in_its_sentence() -> None:
    """Tokens, requests, model units, or nothing that limits a rate."""
    sentences = [TOKENS, TOKENS.replace("tokens", "requests"), "Flows per account"]
    assert [kind_of(quota("L-1", words)) for words in sentences] == ["tokens", "requests", None]


def test_the_carried_table_is_sound() -> None:
    """Each code stands once, under a canonical model, and counts what its name says."""
    with TABLE.open(newline="", encoding="utf-8") as file:
        rows = [{k: v for k, v in row.items() if v} for row in csv.DictReader(file)]
    codes = [msgspec.convert(row, QuotaCode) for row in rows]
    names = model_names()
    assert len({code.quota_code for code in codes}) == len(codes) == 75
    assert [code.model for code in codes if names.canonical(code.model) != code.model] == []
    assert [c for c in codes if kind_of(quota(c.quota_code, c.quota_name)) != c.kind] == []
