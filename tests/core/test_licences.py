"""Claims about the licences that a workload accepts for models that its user hosts."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import NoReturn

from planner.core.hardware import Architecture
from planner.core.hosts import Hosts
from planner.core.licences import Licence, LicenceStatus
from planner.core.offered import Supply, ways_for
from planner.core.offers import Billing
from planner.core.prices import PriceTable, UsagePrice
from planner.core.shelf import Shelf
from planner.core.workload import Lengths, Workload
from tests.builders import catalog, offer, snapshot

ON = dt.date(2026, 11, 20)
NO_MACHINE = ("no machine with a price is in the tables",)


def workload(*licences: str) -> Workload:
    """Ten requests an hour for llama-3.1-8b, under these licences."""
    return Workload(
        models=("llama-3.1-8b",),
        requests_per_hour=Fraction(10),
        input=Lengths.of(100),
        output=Lengths.of(50),
        licences=licences,
    )


def shape(model: str) -> Architecture:
    """The shape of an 8B model; only its context counts here."""
    return Architecture(
        model=model, hugging_face="meta-llama/Llama-3.1-8B", hidden=4096, layers=32, heads=32,
        kv_heads=8, head_dim=128, intermediate=14336, mlp="gated", vocab=128256,
        tied_embeddings=False, context_tokens=131072, attention="full", parameters=8_030_000_000,
        active_parameters=8_030_000_000, embedding_parameters=1_051_000_000,
        kv_bytes_per_token=131072, kv_bytes_per_token_long=131072, status="single source",
        source="test",
    )  # fmt: skip


def price(charge: str, usd: str) -> UsagePrice:
    """A price of the managed offer."""
    return UsagePrice(
        charge=charge, usd=Decimal(usd), provider="azure", model="llama-3.1-8b", version="1",
        deployment_type="GlobalStandard", regions=("eastus2",), effective_from=dt.date(2026, 1, 1),
        source="a feed", retrieved_on=ON, origin="feed",
    )  # fmt: skip


def supply(licence: str | None) -> Supply:
    """A managed offer of llama-3.1-8b with a price, no machine, and a licence of its weights."""
    managed = offer(model="llama-3.1-8b", version="1", billing=Billing.ON_DEMAND)
    shelf = Shelf(
        catalog(snapshot(managed)),
        PriceTable([price("input", "0.3"), price("output", "0.6")]),
        zone_of=lambda _: (),
        unit_fact=lambda *_: None,
    )

    def unasked(*_: object) -> NoReturn:
        raise AssertionError("no machine has a price, so nobody asks about one")

    hosts = Hosts(
        ON, [], {}, gpu=unasked, forecaster=unasked, boundary_of=unasked, round_trip=unasked,
        free_quota=unasked,
    )  # fmt: skip
    known = licence and Licence(
        model="llama-3.1-8b",
        licence=licence,
        status=LicenceStatus.VERIFIED,
        source="a card",
        retrieved_on=ON,
    )
    return Supply(
        shelf=shelf,
        hosts=hosts,
        architecture=shape,
        round_trip=lambda *_: None,
        default_quota=lambda *_: None,
        licence=lambda _: known or None,
    )


def refused(load: Workload, licence: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Why machines cannot serve it, and what would mend that."""
    (one,) = ways_for(load, "llama-3.1-8b", supply(licence)).refused
    assert (one.kind, one.what) == (Billing.SELF_HOSTED, "machines")
    return one.reasons, one.steps


def test_another_licence_refuses_to_host_the_model_oneself() -> None:
    """The reason has both, the step names what to accept."""
    assert refused(workload("apache-2.0", "mit"), "llama3.1") == (
        ("its licence is llama3.1, asked for apache-2.0, mit",),
        ("add llama3.1 to licences, if its terms suit you",),
    )


def test_a_modified_licence_is_another_one() -> None:
    """Who accepts mit has not accepted what was added to it."""
    reasons, _ = refused(workload("mit"), "modified-mit")
    assert reasons == ("its licence is modified-mit, asked for mit",)


def test_an_unknown_licence_fails_what_was_asked_for() -> None:
    """Unknown is not accepted, and nothing in the workload would mend it."""
    assert refused(workload("mit"), None) == (("its licence is unknown, asked for mit",), ())


def test_an_accepted_licence_in_any_spelling_of_case_passes() -> None:
    """What is left to object to is that no machine has a price."""
    assert refused(workload("MIT", "Llama3.1"), "llama3.1")[0] == NO_MACHINE


def test_who_asks_for_no_licence_takes_any() -> None:
    """An unknown one too."""
    assert refused(workload(), None)[0] == NO_MACHINE
    assert refused(workload(), "llama3.1")[0] == NO_MACHINE


def test_managed_offers_are_not_asked_for_a_licence() -> None:
    """The provider holds the weights: its offer serves, whatever licence they have."""
    for licence in ("llama3.1", None):
        (way,) = ways_for(workload("mit"), "llama-3.1-8b", supply(licence)).tokens
        assert (way.provider, way.what) == ("azure", "GlobalStandard")
