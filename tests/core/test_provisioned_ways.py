"""Claims about provisioned units as ways to serve a model."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from planner.core.curves import Curve
from planner.core.offers import Billing, Scope
from planner.core.provisioned_ways import NO_FACT, NO_PRICE, NO_RATIO, PricedUnits, provisioned
from planner.core.terms import Term
from planner.core.unit_facts import UnitFact
from planner.core.unit_grid import Grid

HALF = Fraction(1, 2)
SEEN = dt.date(2026, 4, 7)


def fact(**fields: Any) -> UnitFact:
    """gpt-4.1 on a global unit: 3,000 input tokens a minute, output counting four times."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "model": "gpt-4.1",
        "deployment_type": "GlobalProvisionedManaged",
        "minimum": 15,
        "step": 5,
        "input_tokens_per_minute": 3000,
        "output_ratio": Fraction(4),
        "source": "a page",
        "retrieved_on": SEEN,
    }
    return UnitFact(**(usual | fields))


def term(usd: str, name: str = "on_demand", **fields: Any) -> Term:
    """The price of a PTU for an hour."""
    usual: dict[str, Any] = {
        "months": None,
        "usd_per_hour": Decimal(usd),
        "unit": "PTU",
        "began_on": SEEN,
        "source": "a feed",
        "retrieved_on": SEEN,
        "origin": "feed",
    }
    return Term(name=name, **(usual | fields))


def units(region: str = "eastus2", **fields: Any) -> PricedUnits:
    """Global units of gpt-4.1 at 1 USD an hour."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "deployment_type": "GlobalProvisionedManaged",
        "scope": Scope.GLOBAL,
        "fact": fact(),
        "grid": Grid(minimum=15, step=5, told="by a page"),
        "terms": (term("1"),),
    }
    return PricedUnits(region=region, **(usual | fields))


def test_a_unit_serves_what_the_document_says_exactly() -> None:
    """3,000 x 60 / (0.5 + 4 x 0.5) is 72,000 tokens an hour, half of them output: 10 a second."""
    ((way,), rejected) = provisioned([units()], HALF)
    assert rejected == {}
    assert way.id == "provisioned:azure/eastus2/GlobalProvisionedManaged"
    assert (way.kind, way.unit, way.least, way.step) == (Billing.PROVISIONED, "PTU", 15, 5)
    curve = way.curve(HALF)
    assert curve.unit_tokens == 72_000
    assert [int(curve.at(Fraction(v))) for v in (0, 1_080_000, 1_080_001)] == [15, 15, 20]
    assert way.capacity is not None
    assert (way.capacity.low, way.basis) == (10.0, "published")
    assert way.notes == ("15 units or more, in steps of 5, by a page",)


def test_cached_input_takes_nothing_of_a_unit() -> None:
    """With half of the input cached a unit serves 180,000 / (0.25 + 2) = 80,000 tokens an hour."""
    ((way,), _) = provisioned([units()], HALF, HALF)
    assert way.curve(HALF).unit_tokens == 80_000


def test_the_cheapest_region_is_taken_then_the_smallest_count() -> None:
    """Of two regions at one price the one with the smaller minimum, whatever their names."""
    dear = units("australiaeast", terms=(term("2"),))
    coarse = units("brazilsouth", grid=Grid(minimum=50, step=50))
    ((way,), _) = provisioned([dear, coarse, units("uksouth")], HALF)
    assert way.region == "uksouth"


def test_each_term_is_a_way_of_its_own() -> None:
    """A month's price stands beside the hourly one, its term in the id."""
    priced = units(terms=(term("1"), term("0.36", "1_month")))
    found, _ = provisioned([priced], HALF)
    assert [(c.id.rpartition("/")[2], c.term, str(c.usd_per_hour)) for c in found] == [
        ("GlobalProvisionedManaged", "on_demand", "1"),
        ("GlobalProvisionedManaged:1_month", "1_month", "0.36"),
    ]


@pytest.mark.parametrize(
    ("name", "usd_per_hour", "usd_per_month"),
    [
        ("on_demand", "1", 262_800),
        ("1_month", "0.3561643836", 93_600),
        ("1_year", "0.3027397260", 79_560),
    ],
)
def test_a_month_of_gpt_4_1_by_each_term(name: str, usd_per_hour: str, usd_per_month: int) -> None:
    """600 requests a minute of 1,000 in and 200 out are 360 units; by the token 94,608 USD."""
    priced = units(terms=(term(usd_per_hour, name),))
    share = Fraction(1000, 1200)
    ((way,), _) = provisioned([priced], share)
    curve, volume = way.curve(share), Fraction(600 * 60 * 1200)
    assert curve.units(volume) == 360
    assert round(curve.at(volume) * 730) == usd_per_month
    tokens = Curve(per_token=(2 * share + 8 * (1 - share)) / 1_000_000)
    assert tokens.at(volume) * 730 == 94_608


def test_a_price_that_has_ended_is_not_used() -> None:
    """A term without a price on the date keeps its last one beside it, and costs nothing itself."""
    last = term("0.36", "1_month", ended_on=dt.date(2026, 5, 1))
    found, _ = provisioned([units(ended=(last,))], HALF)
    assert [(c.what, c.last_known is last, str(c.usd_per_hour)) for c in found] == [
        ("GlobalProvisionedManaged", False, "1"),
        ("GlobalProvisionedManaged:1_month", True, "0"),
    ]


def test_what_cannot_be_sized_or_priced_says_why() -> None:
    """No published throughput, no weight of an output token, no price: three reasons."""
    offers = [
        units(provider="bedrock", deployment_type="provisioned", fact=None, grid=None),
        units(deployment_type="DataZoneProvisionedManaged", fact=fact(output_ratio=None)),
        units(terms=()),
    ]
    assert provisioned(offers, HALF) == (
        [],
        {
            "bedrock/provisioned": NO_FACT,
            "azure/DataZoneProvisionedManaged": NO_RATIO,
            "azure/GlobalProvisionedManaged": NO_PRICE,
        },
    )
    assert "no published throughput" in NO_FACT


def test_a_reason_of_one_region_is_none_where_another_can() -> None:
    """A region without a price does not stand against the one that has it."""
    found, rejected = provisioned([units("aregion", terms=()), units()], HALF)
    assert ([c.region for c in found], rejected) == (["eastus2"], {})
