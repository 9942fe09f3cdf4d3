"""How a price is found: override, the offer's meter, a row, the words, the zone; or unknown."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from planner.core.offers import Charge
from planner.core.price_discounts import Discount
from planner.core.price_feed import Area
from planner.core.price_meters import Cost, MeterId, MeterIds, cost_of
from planner.core.price_ways import nearest
from planner.core.prices import HourlyPrice, PriceTable, Quote, UsagePrice

MARCH, JULY = date(2026, 3, 1), date(2026, 7, 1)


def row(usd: str, charge: str = "input", **given: Any) -> UsagePrice:
    """A feed's price of gpt-4o under DataZoneStandard in swedencentral since March."""
    fields: dict[str, Any] = {
        "provider": "azure",
        "model": "gpt-4o",
        "version": "2024-08-06",
        "deployment_type": "DataZoneStandard",
        "regions": ("swedencentral",),
        "effective_from": MARCH,
        "source": "a feed",
        "retrieved_on": JULY,
        "origin": "feed",
        "words": f"gpt 4o 0806 {charge} Data Zone",
    }
    return UsagePrice(charge=charge, usd=Decimal(usd), **(fields | given))


def ask(table: PriceTable, **given: Any) -> Quote | None:
    """What gpt-4o 2024-08-06 costs under DataZoneStandard in swedencentral in July."""
    fields: dict[str, Any] = {
        "provider": "azure",
        "region": "swedencentral",
        "model": "gpt-4o",
        "version": "2024-08-06",
        "deployment_type": "DataZoneStandard",
        "on": JULY,
    }
    return table.quote(**(fields | given))


def found(table: PriceTable, **given: Any) -> tuple[str, str] | None:
    """The input price and how it was found."""
    quote = ask(table, **given)
    return None if quote is None else (str(quote.input_usd_per_mtok), quote.match)


IDS = (
    Charge(name="NoCachedContextToken", meter_ids=("m-in",)),
    Charge(name="GeneratedToken", meter_ids=("m-out",)),
)


def metered(words: str = "DZ 0806 special in", **given: Any) -> PriceTable:
    """Two rows for one offer by its words, and one that the offer's own meter leads to."""
    meters = MeterIds(
        [
            MeterId("azure", "m-in", words, MARCH),
            MeterId("azure", "m-out", "gpt 4o 0806 output Data Zone", MARCH),
        ]
    )
    special = row("2.60", words="DZ 0806 special in", version=None, **given)
    return PriceTable([row("2.75"), row("11", "output"), special], meters=lambda: meters)


def test_the_offers_own_meter_comes_before_the_words() -> None:
    """An id leads through its meter's words to the price that is billed in that region."""
    assert found(metered(), charges=IDS) == ("2.60", "meter")
    assert found(metered()) == ("2.75", "words")


def test_an_id_that_now_names_another_meter_is_not_believed() -> None:
    """Ids have been reused: where the words tell of another model the price is found by words."""
    assert found(metered(model="gpt-4.1"), charges=IDS) == ("2.75", "words")
    assert found(metered(words="never seen"), charges=IDS) == ("2.75", "words")


def test_a_meter_prices_its_own_region_alone() -> None:
    """An id of swedencentral says nothing of what another region pays."""
    assert found(metered(), region="eastus2", charges=IDS) is None


@pytest.mark.parametrize(
    ("name", "cost"),
    [
        ("ContextToken", Cost(("input",))),
        ("NoCachedContextToken", Cost(("input",))),
        ("CachedContextToken", Cost(("cached_input",))),
        ("GeneratedToken", Cost(("output",))),
        ("TotalToken", Cost(("input", "output"))),
        ("CachedAudioContextToken", Cost(("cached_audio_input",))),
        ("ImageGeneratedToken", Cost(("image_output",))),
        ("NoCachedContextToken.Priority", Cost(("input",), "priority")),
        ("CachedLongContextContextToken", Cost(("cached_input",), "default", long_context=True)),
        ("R720x720D5", None),
    ],
)
def test_the_names_of_costs_are_charges(name: str, cost: Cost | None) -> None:
    """What the management API calls a cost is a charge of the price tables, or unknown."""
    assert cost_of(name) == cost


def test_an_override_comes_before_everything() -> None:
    """What a user pays counts, whatever the feed or the meter say."""
    own = row("2", origin="override", words=None, source="our agreement")
    table = PriceTable([row("2.75"), own])
    assert found(table) == ("2", "override")


def test_a_discount_is_taken_off_the_list_price() -> None:
    """12.5% off a scope: the quote says whose it is, and what it was taken off."""
    cut = Discount(provider="azure", percent=Decimal("12.5"), effective_from=MARCH, source="us")
    quote = ask(PriceTable([row("2")], discounts=[cut]))
    assert quote is not None
    assert (quote.input_usd_per_mtok, quote.match) == (Decimal("1.75"), "override")
    assert quote.source == "12.5% off by us; list price: a feed"


def test_a_discount_of_one_region_splits_a_row_of_several() -> None:
    """Each region pays its own; a region without a discount pays the list price."""
    cut = Discount(
        provider="azure", percent=Decimal(50), effective_from=MARCH, source="us", regions=("b",)
    )
    row = HourlyPrice(
        provider="azure", item="instance", name="m", usd_per_hour=Decimal(4), unit="instance",
        regions=("a", "b", "c"), effective_from=MARCH, source="list", retrieved_on=MARCH,
        origin="feed",
    )  # fmt: skip
    found = PriceTable(hourly=[row], discounts=[cut]).instance_hours(on=MARCH)
    assert [(r.regions, r.usd_per_hour) for r in found] == [
        (("a", "c"), Decimal(4)),
        (("b",), Decimal(2)),
    ]


@pytest.mark.parametrize(
    ("scope", "price"),
    [
        ({"regions": ("swedencentral",)}, "1.0"),
        ({"regions": ("eastus2",)}, "2"),
        ({"model": "gpt-4o"}, "1.0"),
        ({"model": "gpt-4.1"}, "2"),
        ({"deployment_type": "GlobalStandard"}, "2"),
        ({"charge": "output"}, "2"),
        ({"effective_from": date(2026, 8, 1)}, "2"),
        ({"effective_to": JULY}, "2"),
    ],
)
def test_a_discount_has_a_scope(scope: dict[str, Any], price: str) -> None:
    """It is taken off where provider, model, type, region, charge and date fit, and only there."""
    fields = {"provider": "azure", "percent": Decimal(50), "effective_from": MARCH, "source": "us"}
    quote = ask(PriceTable([row("2")], discounts=[Discount(**(fields | scope))]))  # type: ignore[arg-type]
    assert str(quote and quote.input_usd_per_mtok) == price


def test_the_providers_own_feed_wins_and_both_are_named() -> None:
    """Where a third party has another amount for the same region, the quote's doubt says so."""
    other = row("3", origin="third-party", words=None, source="a map")
    quote = ask(PriceTable([other, row("2.75")]))
    assert quote is not None
    assert (quote.input_usd_per_mtok, quote.origin) == (Decimal("2.75"), "feed")
    assert quote.doubts == ("input: a map has 3",)


def test_a_zone_shares_a_price_where_its_regions_do() -> None:
    """A data zone's unnamed region takes the one price of the zone, and the quote names it."""
    table = PriceTable([row("2.75"), row("3.3", regions=("japaneast",))])
    zone = ("francecentral", "swedencentral", "westeurope")
    quote = ask(table, region="westeurope", zone=zone)
    assert quote is not None
    assert (quote.input_usd_per_mtok, quote.match) == (Decimal("2.75"), "region_group")
    assert quote.region_group == "swedencentral"
    assert ask(table, region="westeurope") is None


def test_zones_that_disagree_share_nothing() -> None:
    """Where two regions of a zone have two prices, a third one's is unknown."""
    table = PriceTable([row("2.75"), row("3", regions=("francecentral",))])
    zone = ("francecentral", "swedencentral", "westeurope")
    assert ask(table, region="westeurope", zone=zone) is None


def test_the_nearest_known_price_is_of_the_same_type_first() -> None:
    """An unknown price is told with another region's of its type, never another type's first."""
    table = PriceTable(
        [
            row("2.75", regions=("eastus2",)),
            row("2.5", deployment_type="GlobalStandard", regions=("westeurope",)),
        ]
    )
    near = nearest(
        table, provider="azure", region="westeurope", model="gpt-4o", version="2024-08-06",
        deployment_type="DataZoneStandard", on=JULY,
    )  # fmt: skip
    assert near is not None
    assert (near.deployment_type, near.regions) == ("DataZoneStandard", ("eastus2",))


def test_an_open_price_is_as_old_as_the_last_whole_reading() -> None:
    """A feed that looked again and changed nothing has confirmed its open rows."""
    seen = {Area("azure", "models", "swedencentral"): date(2026, 9, 1)}
    quote = ask(PriceTable([row("2.75")], readings=seen), on=date(2026, 9, 2))
    assert quote is not None
    assert quote.retrieved_on == date(2026, 9, 1)


def test_of_two_sources_of_an_instance_the_better_one_counts() -> None:
    """The feed's hour replaces the third party's in its region and leaves the others."""
    fields: dict[str, Any] = {
        "provider": "azure", "item": "instance", "name": "NC24", "unit": "instance",
        "effective_from": MARCH, "retrieved_on": JULY,
    }  # fmt: skip
    table = PriceTable(
        hourly=[
            HourlyPrice(usd_per_hour=Decimal(4), regions=("eastus", "westus"), source="list",
                        origin="third-party", **fields),
            HourlyPrice(usd_per_hour=Decimal(3), regions=("eastus",), source="feed", origin="feed",
                        **fields),
        ]
    )  # fmt: skip
    hours = table.instance_hours(on=JULY)
    assert [(h.regions, h.usd_per_hour) for h in hours] == [
        (("eastus",), Decimal(3)),
        (("westus",), Decimal(4)),
    ]


def test_what_began_after_the_better_source_was_read_is_news_to_it() -> None:
    """A documented price of August comes before a feed that was last read in July."""
    later = row(
        "3", origin="documentation", words=None, source="a page", effective_from=date(2026, 8, 1)
    )
    table = PriceTable([row("2.75"), later])
    assert found(table, on=date(2026, 7, 31)) == ("2.75", "words")
    assert found(table, on=date(2026, 8, 1)) == ("3", "exact")
    again = {Area("azure", "models", "swedencentral"): date(2026, 9, 1)}
    assert found(PriceTable([row("2.75"), later], readings=again), on=date(2026, 9, 2)) == (
        "2.75",
        "words",
    )
