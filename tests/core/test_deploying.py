"""Claims about what a recommendation deploys: how much of which, and what stands beside it."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from planner.core.deployable import Deployable
from planner.core.offered import Supply
from planner.core.price_rows import HourlyPrice
from planner.core.profiles import business_hours
from planner.core.recommend import recommend
from planner.core.unit_facts import CapacityUnit
from planner.core.workload import OwnUnits, Workload
from tests.supplied import (
    batch,
    fact,
    instance,
    machine_hour,
    on_demand,
    provisioned,
    supply,
    tokens,
    unit_hour,
    workload,
)

USAGE = [
    tokens("input", "2"),
    tokens("output", "8"),
    tokens("input", "1", deployment_type="GlobalBatch"),
    tokens("output", "4", deployment_type="GlobalBatch"),
]


def deployed(load: Workload, told: Supply) -> Deployable:
    """What the recommendation deploys; there has to be something."""
    found = recommend(load, told, outlook=False).deploys
    assert found is not None
    return found


def of_unit(tokens_per_minute: int, requests_per_minute: int) -> CapacityUnit:
    """What one unit of gpt-4.1 lets through."""
    return CapacityUnit(
        provider="azure",
        model="gpt-4.1",
        tokens_per_minute=tokens_per_minute,
        requests_per_minute=requests_per_minute,
        source="a page",
        retrieved_on=dt.date(2026, 9, 16),
    )


@pytest.mark.parametrize(
    ("fields", "fact", "capacity"),
    [
        ({}, None, 720),
        ({}, of_unit(6000, 1), 600),
        ({}, of_unit(6000, 10), 120),
        ({"tokens_per_minute_per_unit": 2000}, of_unit(6000, 10), 360),
        ({"tokens_per_minute_per_unit": 2000, "requests_per_minute_per_unit": 1}, None, 600),
    ],
    ids=["nobody tells", "requests bind", "tokens bind", "offer tells", "offer tells both"],
)
def test_the_capacity_holds_tokens_and_requests(
    fields: dict[str, Any], fact: CapacityUnit | None, capacity: int
) -> None:
    """600 requests and 720,000 tokens a minute: what the offer tells of a unit, else a fact."""
    told = supply(on_demand(**fields), usage=USAGE)
    known = msgspec.structs.replace(told, capacity_unit=lambda *_: fact)
    assert deployed(workload(), known).capacity == capacity


def test_a_batch_holds_the_prompts_of_the_busiest_day() -> None:
    """Half of 36,000 requests an hour wait, 1,000 tokens each, day and night or nine hours."""
    told = supply(on_demand(), batch(), usage=USAGE)
    found = deployed(workload(batch_share=Fraction(1, 2)), told).batch
    assert found is not None
    assert (found.deployment_type, found.capacity) == ("GlobalBatch", 432_000)
    office = workload(batch_share=Fraction(1, 2), profile=business_hours())
    of_a_day = deployed(office, told).batch
    assert of_a_day is not None
    assert of_a_day.capacity == 162_000


def test_what_stands_beside_stands_in_the_same_region() -> None:
    """Sold on the same terms in both regions, the batch goes where the deployment is."""
    told = supply(on_demand("swedencentral"), batch("eastus2"), batch("swedencentral"), usage=USAGE)
    found = deployed(workload(batch_share=Fraction(1, 2)), told)
    assert found.region == "swedencentral"
    assert found.batch is not None
    assert found.batch.region == "swedencentral"


@pytest.mark.parametrize(
    ("price", "term"),
    [
        (unit_hour("0.3562", "1_month", term_total_usd=Decimal(260)), "1_month"),
        (unit_hour("0.1"), None),
    ],
    ids=["for a month", "by the hour"],
)
def test_units_know_their_term(price: HourlyPrice, term: str | None) -> None:
    """360 units day and night, bought for a month or paid by the hour."""
    told = supply(provisioned(), usage=USAGE, hourly=[price], facts=[fact()])
    found = deployed(workload(), told)
    assert (found.capacity, found.reserved, found.term) == (360, 360, term)


def our_units(**changes: Any) -> Workload:
    """600 requests a minute, and 300 units of the user's own beside what is listed."""
    own = OwnUnits(
        name="our-ptus", provider="azure", model="gpt-4.1", usd_per_hour=Decimal("0.05"),
        input_tokens_per_minute=Fraction(3000), minimum=200, maximum=200, term_months=1,
    )  # fmt: skip
    return workload(units=(msgspec.structs.replace(own, **changes),))


@pytest.mark.parametrize("word", [None, "GlobalProvisionedManaged"])
def test_own_units_are_deployed_as_what_the_provider_calls_them(word: str | None) -> None:
    """The user's name for them is no deployment type; the model is that of the overflow."""
    listed = on_demand(publisher="OpenAI")
    found = deployed(our_units(deployment_type=word), supply(listed, usage=USAGE))
    assert (found.deployment_type, found.capacity) == (word, 200)
    assert found.overflow is not None
    assert found.overflow.deployment_type == "GlobalStandard"
    for one in (found, found.overflow):
        assert (one.region, one.version, one.publisher) == (
            "swedencentral",
            "2025-04-14",
            "OpenAI",
        )


def test_own_units_alone_are_of_the_one_version_that_is_listed() -> None:
    """All offers of the provider agree on version and publisher; of two versions neither."""
    load = our_units(minimum=240, maximum=300, usd_per_hour=Decimal("0.01"))
    offers = [on_demand(publisher="OpenAI"), on_demand("eastus2", publisher="OpenAI")]
    found = deployed(load, supply(*offers, usage=USAGE))
    assert (found.overflow, found.version, found.publisher) == (None, "2025-04-14", "OpenAI")
    two = supply(*offers, on_demand(version="2026-01-01", publisher="OpenAI"), usage=USAGE)
    named = deployed(load, two)
    assert (named.version, named.publisher) == (None, "OpenAI")


@pytest.mark.parametrize(
    ("load", "told"),
    [
        (
            workload(profile=business_hours(), failures=0),
            (2, "Monday to Friday 09:00 to 18:00 UTC", "1564.29", "5840.00"),
        ),
        (workload(failures=0), None),
    ],
    ids=["nine hours of five days", "day and night"],
)
def test_what_is_to_be_switched_off_is_told_with_its_price(
    load: Workload, told: tuple[int, str, str, str] | None
) -> None:
    """Two machines of 4 dollars an hour: 45 hours of a week, or all of them."""
    own = msgspec.structs.replace(load, start_up_minutes=Fraction())
    of = supply(
        hourly=[machine_hour("4", "small")],
        machines=[instance("small")],
        open_models={"gpt-4.1": "llama-3.1-8b"},
    )
    found = deployed(own, of).come_and_go
    shown = found and (
        found.most,
        found.hours,
        f"{found.usd_per_month:.2f}",
        f"{found.usd_if_left_running:.2f}",
    )
    assert shown == told


def test_what_grows_begins_with_fewer() -> None:
    """Two machines carry the first month; by 10% a month twelve months later six are needed."""
    of = supply(
        hourly=[machine_hour("4", "small")],
        machines=[instance("small")],
        open_models={"gpt-4.1": "llama-3.1-8b"},
    )
    found = deployed(workload(failures=0, growth_per_month=Fraction(1, 10)), of)
    assert found.hosting is not None
    assert (found.at_first, found.hosting.machines) == (2, 6)
    assert deployed(workload(failures=0), of).at_first is None
