"""Claims about the free capacity of models that Azure is asked for."""

from collections.abc import Callable

import pytest

from planner.core.offers import RegionCapacity
from planner.core.snapshots import Status
from tests.cloud.azure import error as refusal
from tests.cloud.azure_bodies import model_entry
from tests.cloud.server import Reply, Server
from tests.collectors.azure_calls import FACTS, MAIN, ask, asked, certificate, fault, start
from tests.collectors.azure_entries import piece, read

__all__ = ["certificate", "start"]
SKUS = [("Standard", "OpenAI.Standard.gpt-4", "2099-12-31")]


def test_capacity_is_asked_of_the_named_models(start: Callable[..., Server]) -> None:
    """One question a version brings all regions; other models are not asked about."""
    server = start()
    _, harvest = ask(accounts=(), capacity_models=("GPT-4.1",))
    found = [r for r in harvest.records if isinstance(r, RegionCapacity)]
    assert {(c.region, c.model, c.available_units) for c in found} == {
        ("swedencentral", "gpt-4.1", 0),
        ("eastus2", "gpt-4.1", 300),
        ("westeurope", "gpt-4.1", 600),
        ("japaneast", "gpt-4.1", 900),
    }
    assert asked(server, "/modelCapacities") == 1


@pytest.mark.parametrize(
    ("spelling", "models"),
    [
        ("llama-3.3-70b", {("Llama-3.3-70B-Instruct", "9")}),
        ("Llama-3.3-70B-Instruct", {("Llama-3.3-70B-Instruct", "9")}),
        ("meta-llama/Llama-3.3-70B-Instruct", {("Llama-3.3-70B-Instruct", "9")}),
        ("gpt-4-turbo", {("gpt-4", "turbo-2024-04-09")}),
        ("gpt-4", {("gpt-4", "0613")}),
        ("GPT 4.1", {("gpt-4.1", "2025-04-14")}),
    ],
)
def test_a_model_may_be_spelled_in_any_way(
    start: Callable[..., Server], spelling: str, models: set[tuple[str, str]]
) -> None:
    """Azure is asked by its own name and version, and the coverage has the canonical one."""
    server = start()
    listed = [
        model_entry(MAIN, "swedencentral", name, version, form, {}, SKUS)
        for name, version, form in (
            ("gpt-4", "0613", "OpenAI"),
            ("gpt-4", "turbo-2024-04-09", "OpenAI"),
            ("gpt-4.1", "2025-04-14", "OpenAI"),
            ("Llama-3.3-70B-Instruct", "9", "Meta"),
        )
    ]
    fault(server, "/models", Reply(body={"value": listed}))
    _, harvest = ask(capacity_models=(spelling,), canonical=FACTS.names.canonical)
    queries = [s.query for s in server.seen if s.path.endswith("/modelCapacities")]
    assert {(q["modelName"], q["modelVersion"]) for q in queries} == models
    canonical = FACTS.names.canonical(spelling)
    found = [r for r in harvest.records if isinstance(r, RegionCapacity)]
    assert {r.model for r in found} == {canonical}
    assert [e.models for e in harvest.coverage if e.kinds == ("capacity",)] == [(canonical,)]


def test_a_model_that_no_list_has_is_a_note(start: Callable[..., Server]) -> None:
    """Only the cloud knows what it offers, so that a typing error shows once all was read."""
    server = start()
    _, harvest = ask(capacity_models=("gpt-4oo", "gpt-4.1"), canonical=FACTS.names.canonical)
    (note,) = harvest.notes
    assert note == (
        "no capacity of 'gpt-4oo' was asked: no list that was read has such a model; "
        "did you mean gpt-4o or gpt-4.1?"
    )
    assert {e.status for e in harvest.coverage} == {Status.OK}
    assert asked(server, "/modelCapacities") == 1


def test_without_a_list_nothing_is_said_of_a_model(start: Callable[..., Server]) -> None:
    """Where the lists could not be read, whether one has the model is unknown."""
    fault(start(), "/models", refusal(403, "AuthorizationFailed"))
    _, harvest = ask(capacity_models=("gpt-4oo",))
    assert harvest.notes == ()


def test_two_models_of_one_name_have_the_lesser_capacity() -> None:
    """A base model and its instruct variant are one here: nothing is promised that one lacks."""
    bodies = [
        {
            "location": "eastus",
            "properties": {
                "model": {"format": "Meta", "name": name, "version": "1"},
                "skuName": "GlobalStandard",
                "availableCapacity": units,
            },
        }
        for name, units in (("Meta-Llama-3.1-8B", 300), ("Meta-Llama-3.1-8B-Instruct", 200))
    ]
    pieces = [piece("capacity:llama-3.1-8b", body, region=None) for body in bodies]
    (record,) = read(*pieces).records
    assert isinstance(record, RegionCapacity)
    assert (record.model, record.available_units) == ("llama-3.1-8b", 200)
