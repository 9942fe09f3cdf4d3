"""Claims about entries of Azure that cannot be believed."""

from typing import Any

import msgspec
import pytest

from planner.core.offers import Offer
from planner.core.snapshots import Status
from tests.collectors.azure_entries import (
    COHERE,
    DALL_E,
    GPT_41,
    entry,
    offers,
    only,
    piece,
    read,
    row,
)


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
    assert str(coverage.error).startswith("1 entry of the answer could not be read: a")


def test_a_list_of_which_nothing_can_be_read_is_a_failure() -> None:
    """How many entries, and why the first."""
    strange = [None, 5, "x", {}, {"kind": "AIServices", "model": None}]
    (coverage,) = read(piece("models", *strange)).coverage
    assert (coverage.status, coverage.error) == (
        Status.FAILED,
        "4 entries of the answer could not be read: an entry is no object",
    )


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
