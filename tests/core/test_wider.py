"""Claims about the next wider boundary: which it is, and when it is worth a word."""

import pytest

from planner.core.recommend import recommend
from planner.core.recommend_answer import WiderBoundary
from planner.core.wider import wider_than
from tests.supplied import on_demand, supply, tokens, workload


def answer(zone_usd: str, *, regional: bool = True) -> WiderBoundary | None:
    """One request an hour within eu: Standard at 10 dollars, the European zone's at another."""
    own = [on_demand(deployment_type="Standard", boundary="se")] if regional else []
    zone = on_demand(deployment_type="DataZoneStandard", boundary="eur")
    known = supply(
        *own,
        zone,
        usage=[
            tokens(charge, usd, deployment_type=kind)
            for kind, usd in (("Standard", "10"), ("DataZoneStandard", zone_usd))
            for charge in ("input", "output")
        ],
    )
    return recommend(workload(1, boundary="eu"), known).wider


@pytest.mark.parametrize(
    ("asked", "wider"),
    [
        ("fr", ["eu", "eur"]),
        ("ch", ["eur"]),
        ("ie+nl", ["eu", "eur"]),
        ("ch+fr", ["eur"]),
        ("eu", ["eur"]),
        ("eur", []),
        ("jp", ["apac"]),
        ("us", []),
        ("on-premises", []),
        ("anywhere", []),
        (None, []),
    ],
)
def test_a_boundary_is_eased_to_the_zones_that_hold_it(asked: str | None, wider: list[str]) -> None:
    """A country to its zone, eu to eur; what no zone holds stays."""
    assert list(wider_than(asked)) == wider


def test_what_a_wider_zone_saves_is_told() -> None:
    """730 requests of 1,200 tokens: 8.76 dollars at 10 a million, 4.38 at 5 in eur."""
    found = answer("5")
    assert found is not None
    assert (found.boundary, str(found.usd_per_month)) == ("eur", "4.38")
    assert found.id == "on_demand:azure/swedencentral/DataZoneStandard/gpt-4.1"


def test_less_than_a_tenth_is_not_worth_it() -> None:
    """9.10 instead of 10 dollars a million says nothing, 8.90 does."""
    assert answer("9.1") is None
    assert answer("8.9") is not None


def test_it_is_told_where_nothing_else_serves() -> None:
    """At any price, where nothing within eu serves at all."""
    found = answer("20", regional=False)
    assert found is not None
    assert str(found.usd_per_month) == "17.52"
