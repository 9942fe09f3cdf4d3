"""All ways to buy a model: offers with and without a price, prices without an offer."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from planner.core.offers import Billing
from planner.core.price_list import Sold, TypicalRequest, list_prices
from planner.core.prices import HourlyPrice, PriceTable, UsagePrice
from planner.core.prices_answer import PriceEntry
from tests.builders import offer

JULY = date(2026, 7, 15)
REQUEST = TypicalRequest(input_tokens=1000, output_tokens=200)


def row(charge: str, usd: str, **given: Any) -> UsagePrice:
    """A price of gpt-5.4 everywhere under GlobalStandard since March."""
    fields: dict[str, Any] = {
        "provider": "azure",
        "model": "gpt-5.4",
        "deployment_type": "GlobalStandard",
        "effective_from": date(2026, 3, 1),
        "source": "a feed",
        "retrieved_on": JULY,
        "origin": "feed",
    }
    return UsagePrice(charge=charge, usd=Decimal(usd), **(fields | given))


def unit(usd: str, term: str = "on_demand", **given: Any) -> HourlyPrice:
    """The hour of a provisioned unit in eastus2."""
    return HourlyPrice(
        provider="azure", item="provisioned_unit", unit="PTU", usd_per_hour=Decimal(usd),
        deployment_type="GlobalProvisionedManaged", regions=("eastus2",), term=term,
        effective_from=date(2024, 11, 1), source="a feed", retrieved_on=JULY, origin="feed",
        **given,
    )  # fmt: skip


def prices(
    table: PriceTable, *sold: Sold, request: TypicalRequest = REQUEST
) -> tuple[PriceEntry, ...]:
    """The list for gpt-5.4 in July."""
    return list_prices(table, "gpt-5.4", JULY, sold, request)


LONG = PriceTable(
    [
        row("input", "2.5"),
        row("output", "15"),
        row("input", "5", context_over_tokens=272_000),
        row("output", "22.5", context_over_tokens=272_000),
    ]
)


def costs(entries: tuple[PriceEntry, ...]) -> dict[int, str]:
    """What the request costs, by context tier."""
    return {e.context_over_tokens: str(e.usd_per_request) for e in entries}


def test_above_a_threshold_the_whole_request_is_repriced() -> None:
    """300,000 tokens in and 2,000 out cost 1.545, all of them at the long tier's price."""
    request = TypicalRequest(input_tokens=300_000, output_tokens=2_000)
    assert costs(prices(LONG, request=request)) == {0: "None", 272_000: "1.545"}


def test_longer_prompts_are_unknown_where_only_another_tier_has_a_price() -> None:
    """The priority tier has no row over 272,000 tokens: unknown there, and not the short price."""
    table = PriceTable(
        [*LONG.usage, row("input", "5", tier="priority"), row("output", "30", tier="priority")]
    )
    request = TypicalRequest(input_tokens=300_000, output_tokens=2_000)
    found = {
        (e.tier, e.context_over_tokens): (str(e.usd_per_request), e.match)
        for e in prices(table, request=request)
    }
    assert found == {
        ("default", 0): ("None", "exact"),
        ("default", 272_000): ("1.545", "exact"),
        ("priority", 0): ("None", "exact"),
        ("priority", 272_000): ("None", None),
    }


def test_at_the_threshold_the_short_price_holds() -> None:
    """272,000 tokens are not more than 272,000."""
    request = TypicalRequest(input_tokens=272_000, output_tokens=0)
    assert costs(prices(LONG, request=request)) == {0: "0.68", 272_000: "None"}


def test_cached_tokens_cost_what_a_cache_read_costs() -> None:
    """Half of the input from the cache; without a price of its own it is billed as input."""
    request = TypicalRequest(input_tokens=1000, output_tokens=0, cached_share=Fraction(1, 2))
    table = PriceTable([row("input", "2"), row("cached_input", "0.5"), row("output", "8")])
    assert costs(prices(table, request=request)) == {0: "0.00125"}
    plain = PriceTable([row("input", "2"), row("output", "8")])
    assert costs(prices(plain, request=request)) == {0: "0.002"}


def test_an_offer_without_a_price_is_unknown_with_the_nearest() -> None:
    """Unknown stays unknown: no amount, no match, and the nearest known price beside it."""
    sold = Sold(offer=offer(region="eastus2", model="gpt-5.4", deployment_type="Standard"))
    table = PriceTable(
        [row("input", "2.5", regions=("eastus2",)), row("output", "15", regions=("eastus2",))]
    )
    entry = prices(table, sold)[-1]
    assert (entry.deployment_type, entry.match, entry.input_usd_per_mtok) == (
        "Standard",
        None,
        None,
    )
    assert entry.nearest is not None
    assert (entry.nearest.deployment_type, entry.nearest.input_usd_per_mtok) == (
        "GlobalStandard",
        Decimal("2.5"),
    )


def test_an_offer_and_its_price_are_one_entry() -> None:
    """A row without a version prices the offer's version; it does not stand in the list twice."""
    sold = Sold(offer=offer(region="eastus2", model="gpt-5.4"))
    table = PriceTable(
        [
            row("input", "2.5", regions=("eastus2", "westus")),
            row("output", "15", regions=("eastus2", "westus")),
        ]
    )
    assert [(e.region, e.version, e.offered) for e in prices(table, sold)] == [
        ("eastus2", "2024-11-20", True),
        ("westus", None, None),
    ]


def test_units_stand_in_the_list_with_their_terms() -> None:
    """A provisioned unit by the hour, and reserved with the sum of its term."""
    sold = Sold(
        offer=offer(
            region="eastus2", model="gpt-5.4", deployment_type="GlobalProvisionedManaged",
            billing=Billing.PROVISIONED,
        )
    )  # fmt: skip
    table = PriceTable(
        hourly=[unit("1"), unit("0.3561643836", "1_month", term_total_usd=Decimal(260))]
    )
    assert [
        (e.term, str(e.usd_per_unit_hour), e.unit, e.term_total_usd) for e in prices(table, sold)
    ] == [
        ("1_month", "0.3561643836", "PTU", Decimal(260)),
        ("on_demand", "1", "PTU", None),
    ]


def test_cheapest_first_and_unknown_last() -> None:
    """The order is that of the typical request's cost."""
    table = PriceTable(
        [
            row("input", "2.5"),
            row("output", "15"),
            row("input", "1.25", deployment_type="GlobalBatch"),
            row("output", "7.5", deployment_type="GlobalBatch"),
        ]
    )
    sold = Sold(offer=offer(model="gpt-5.4", deployment_type="Standard"))
    assert [e.deployment_type for e in prices(table, sold)] == [
        "GlobalBatch",
        "GlobalStandard",
        "Standard",
    ]
