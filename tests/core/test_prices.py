"""Prices are rows with dates; the table answers for an offer on a date and says how it knows."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.price_ways import ways
from planner.core.prices import HourlyPrice, OverlapError, PriceTable, Quote, UsagePrice, describe

MARCH, JULY, OCTOBER = date(2026, 3, 1), date(2026, 7, 1), date(2026, 10, 1)


def usage(**given: Any) -> UsagePrice:
    """A price of 2.50 for a million tokens of gpt-4o input, everywhere, since March."""
    fields: dict[str, Any] = {
        "provider": "azure",
        "model": "gpt-4o",
        "version": "2024-08-06",
        "deployment_type": "GlobalStandard",
        "charge": "input",
        "usd": Decimal("2.50"),
        "effective_from": MARCH,
        "source": "a feed",
        "retrieved_on": JULY,
        "origin": "feed",
    }
    if "first_seen_on" in given:
        del fields["effective_from"]
    return UsagePrice(**(fields | given))


def hourly(**given: Any) -> HourlyPrice:
    """A price of 6.12 for an hour of one instance, everywhere, since March."""
    fields: dict[str, Any] = {
        "provider": "azure",
        "item": "instance",
        "name": "Standard_NC12s_v3",
        "usd_per_hour": Decimal("6.12"),
        "unit": "instance",
        "effective_from": MARCH,
        "source": "a list",
        "retrieved_on": JULY,
        "origin": "third-party",
    }
    return HourlyPrice(**(fields | given))


def ask(table: PriceTable, **given: Any) -> Quote | None:
    """What gpt-4o 2024-08-06 costs under GlobalStandard in eastus2 in July."""
    fields: dict[str, Any] = {
        "provider": "azure",
        "region": "eastus2",
        "model": "gpt-4o",
        "version": "2024-08-06",
        "deployment_type": "GlobalStandard",
        "on": JULY,
    }
    return table.quote(**(fields | given))


def input_price(table: PriceTable, **given: Any) -> Decimal | None:
    """The input price of the quote, None where there is no quote."""
    quote = ask(table, **given)
    return quote.input_usd_per_mtok if quote else None


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"usd": Decimal(-1)}, "usd is -1; a price is 0 or more"),
        ({"usd": Decimal("NaN")}, "usd is NaN; give a finite amount"),
        ({"usd": Decimal("Infinity")}, "usd is Infinity; give a finite amount"),
        ({"charge": "inputs"}, "charge is 'inputs'; known are input, cached_input, "),
        ({"per": "token"}, "per is 'token'; known are mtok, "),
        ({"tier": "fast"}, "tier is 'fast'; known are default, priority, flex"),
        ({"origin": "rumour"}, "origin is 'rumour'; known are override, feed, "),
        ({"model": "GPT-4o"}, "model is 'GPT-4o'; write it in lower case without blanks"),
        ({"source": ""}, "source is ''; write plain words"),
        ({"model": "\x1b[31mgpt"}, r"model is '\x1b[31mgpt'; write plain words"),
        ({"regions": ("westus", "eastus")}, "regions are not sorted or one stands twice"),
        ({"regions": ("east us",)}, "regions hold 'east us'; give the region's short name"),
        ({"effective_to": MARCH}, "effective_to is 2026-03-01, not after the start 2026-03-01"),
        ({"effective_from": None}, "effective_from and first_seen_on: give one"),
        ({"context_over_tokens": -1}, "context_over_tokens is -1; give a length of 0 or more"),
    ],
)
def test_a_nonsensical_usage_price_is_refused(wrong: dict[str, Any], message: str) -> None:
    """A usage price is checked at birth, and the message names the field."""
    with pytest.raises(ValueError, match=r"^") as caught:
        usage(**wrong)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"usd_per_hour": Decimal("-0.01")}, "usd_per_hour is -0.01; a price is 0 or more"),
        ({"item": "server"}, "item is 'server'; known are instance, managed_compute, "),
        ({"term": "2_years"}, "term is '2_years'; known are on_demand, spot, 1_month, "),
        ({"name": None}, "name is missing; an instance price names its instance"),
        ({"term_total_usd": Decimal(260)}, "term_total_usd is given on_demand"),
    ],
)
def test_a_nonsensical_hourly_price_is_refused(wrong: dict[str, Any], message: str) -> None:
    """An hourly price is checked at birth, and the message names the field."""
    with pytest.raises(ValueError, match=r"^") as caught:
        hourly(**wrong)
    assert str(caught.value).startswith(message)


def test_a_price_holds_up_to_its_end() -> None:
    """A price holds from its start up to, not including, its effective_to."""
    table = PriceTable([usage(effective_to=OCTOBER)])
    assert input_price(table, on=MARCH - timedelta(days=1)) is None
    assert input_price(table, on=MARCH) == Decimal("2.50")
    assert input_price(table, on=OCTOBER - timedelta(days=1)) == Decimal("2.50")
    assert input_price(table, on=OCTOBER) is None


def test_where_the_start_is_unknown_the_first_sight_counts() -> None:
    """A price answers from the day it was first seen, and the quote names no start."""
    table = PriceTable([usage(first_seen_on=MARCH)])
    assert input_price(table, on=date(2026, 2, 28)) is None
    quote = ask(table)
    assert quote is not None
    assert (quote.effective_from, quote.first_seen_on) == (None, MARCH)


def test_a_quote_holds_all_charges_and_what_they_rest_on() -> None:
    """A quote joins the charges; its dates, source and origin are those of all its rows."""
    table = PriceTable(
        [
            usage(words="gpt-4o-0806-Inp-glbl", effective_to=OCTOBER),
            usage(charge="cached_input", usd=Decimal("1.25"), source="a page", retrieved_on=MARCH),
            usage(charge="output", usd=Decimal(10), origin="third-party", doubt="may be old"),
            usage(charge="image", per="image", usd=Decimal("0.04"), effective_from=JULY),
        ]
    )
    quote = ask(table)
    assert quote is not None
    assert quote.input_usd_per_mtok == Decimal("2.50")
    assert quote.cached_input_usd_per_mtok == Decimal("1.25")
    assert quote.output_usd_per_mtok == Decimal(10)
    assert [row.charge for row in quote.other] == ["image"]
    assert (quote.effective_from, quote.effective_to) == (JULY, OCTOBER)
    assert (quote.source, quote.retrieved_on, quote.origin) == (
        "a feed; a page",
        MARCH,
        "third-party",
    )
    assert quote.doubts == ("output: may be old",)
    assert quote.match == "words"


def test_a_price_is_never_another_deployment_types() -> None:
    """Standard has no price where only GlobalStandard has one, nor has an unknown type."""
    table = PriceTable([usage()])
    assert ask(table, deployment_type="Standard") is None
    assert ask(table, deployment_type=None) is None


def test_a_row_without_deployment_type_is_no_offers_price() -> None:
    """A price whose source tells no deployment type answers for none, but is listed."""
    table = PriceTable([usage(deployment_type=None)])
    assert ask(table) is None
    assert [group.deployment_type for group in ways(table, model="gpt-4o", on=JULY)] == [None]


def test_tiers_contexts_and_fine_tuned_models_keep_their_own_prices() -> None:
    """A quote mixes no charges of different tiers, prompt lengths or fine-tuned models."""
    table = PriceTable(
        [
            usage(),
            usage(usd=Decimal(5), tier="priority"),
            usage(usd=Decimal(6), context_over_tokens=200_000),
            usage(usd=Decimal(7), fine_tuned=True),
            usage(charge="output", usd=Decimal(20), context_over_tokens=200_000),
        ]
    )
    assert input_price(table, tier="priority") == Decimal(5)
    assert input_price(table, fine_tuned=True) == Decimal(7)
    short, long = ask(table), ask(table, context_over_tokens=200_000)
    assert short is not None
    assert long is not None
    assert (short.input_usd_per_mtok, short.output_usd_per_mtok) == (Decimal("2.50"), None)
    assert (long.input_usd_per_mtok, long.output_usd_per_mtok) == (Decimal(6), Decimal(20))


def test_a_row_without_version_answers_for_versions_that_no_row_names() -> None:
    """A version's own row comes first; once that ended, no other version's price replaces it."""
    table = PriceTable(
        [
            usage(version=None, usd=Decimal(3)),
            usage(version="2024-08-06", usd=Decimal(2), effective_to=OCTOBER),
        ]
    )
    assert input_price(table) == Decimal(2)
    assert input_price(table, on=OCTOBER) is None
    assert input_price(table, version="2024-05-13") == Decimal(3)
    assert input_price(table, version=None) == Decimal(3)


def test_an_unknown_version_has_no_versions_price() -> None:
    """An offer of unknown version gets no price of a certain one."""
    assert ask(PriceTable([usage()]), version=None) is None


def test_a_regions_own_price_comes_before_the_common_one() -> None:
    """A row that names the region beats one that names none, which stands for every region."""
    table = PriceTable([usage(), usage(usd=Decimal(3), regions=("eastus2", "westus"))])
    assert input_price(table) == Decimal(3)
    assert input_price(table, region="japaneast") == Decimal("2.50")
    assert input_price(table, region=None) == Decimal("2.50")


def test_a_global_offer_takes_the_price_that_all_regions_share() -> None:
    """A region without a row gets the one global price, and the quote names where that is from."""
    rows = [usage(regions=("eastus2", "westus"))]
    quote = ask(PriceTable(rows), region="italynorth", global_scope=True)
    assert quote is not None
    assert (quote.input_usd_per_mtok, quote.match, quote.region_group) == (
        Decimal("2.50"),
        "region_group",
        "eastus2, westus",
    )
    assert ask(PriceTable(rows), region="italynorth") is None


def test_a_global_price_that_differs_by_region_is_unknown_elsewhere() -> None:
    """Where the known regions disagree on that date, no other region's price is guessed."""
    dear = usage(usd=Decimal(3), regions=("westus",), effective_from=JULY)
    table = PriceTable([usage(regions=("eastus2",)), dear])
    assert input_price(table, region="italynorth", global_scope=True, on=MARCH) == Decimal("2.50")
    assert input_price(table, region="italynorth", global_scope=True, on=JULY) is None


def test_government_clouds_and_the_public_cloud_share_no_price() -> None:
    """The shared price neither counts nor serves the regions of a sovereign cloud."""
    table = PriceTable(
        [usage(regions=("eastus2",)), usage(usd=Decimal(3), regions=("usgovvirginia",))]
    )
    assert input_price(table, region="italynorth", global_scope=True) == Decimal("2.50")
    assert ask(table, region="usgovarizona", global_scope=True) is None


def test_a_many_regions_group_is_counted_not_listed() -> None:
    """A shared price of more than three regions names their number."""
    table = PriceTable([usage(regions=("a", "b", "c", "d"))])
    quote = ask(table, region="e", global_scope=True)
    assert quote is not None
    assert quote.region_group == "the 4 regions of the price table"


def test_an_override_lies_over_every_other_row() -> None:
    """A person's own price wins, also without version and region, and the match says so."""
    mine = usage(version=None, usd=Decimal(2), origin="override")
    quote = ask(PriceTable([usage(regions=("eastus2",)), mine]))
    assert quote is not None
    assert (quote.input_usd_per_mtok, quote.match) == (Decimal(2), "override")


def test_a_written_row_matches_exactly() -> None:
    """A row that no meter's words stand behind is an exact match."""
    quote = ask(PriceTable([usage(origin="documentation")]))
    assert quote is not None
    assert quote.match == "exact"


def test_a_hosting_fee_stands_beside_the_token_prices() -> None:
    """A fee for one deployment and hour joins the quote, its doubt names the fee."""
    fee = hourly(
        item="hosting",
        name=None,
        unit="deployment",
        usd_per_hour=Decimal("3.09"),
        model="gpt-4o",
        deployment_type="GlobalStandard",
        doubt="may be for fine-tuned models",
    )
    quote = ask(PriceTable([usage()], [fee, hourly()]))
    assert quote is not None
    assert (quote.usd_per_unit_hour, quote.unit, quote.term) == (
        Decimal("3.09"),
        "deployment",
        "on_demand",
    )
    assert quote.doubts == ("hosting: may be for fine-tuned models",)


def test_a_provisioned_units_price_needs_no_model() -> None:
    """An hourly price that names a deployment type alone serves every model of that type."""
    unit = hourly(
        item="provisioned_unit",
        name=None,
        unit="PTU",
        usd_per_hour=Decimal(1),
        deployment_type="GlobalProvisionedManaged",
    )
    table = PriceTable([], [unit])
    quote = ask(table, deployment_type="GlobalProvisionedManaged")
    assert quote is not None
    assert (quote.usd_per_unit_hour, quote.input_usd_per_mtok) == (Decimal(1), None)
    assert ways(table, model="gpt-4o", on=JULY) == []


def test_every_way_to_buy_a_model_is_listed_with_its_regions() -> None:
    """Regions of one price stand together; other types, versions and prices apart."""
    table = PriceTable(
        [
            usage(regions=("eastus2", "westus")),
            usage(regions=("japaneast",), usd=Decimal(3)),
            usage(deployment_type="Standard", regions=("eastus2",)),
            usage(deployment_type="Standard", regions=("westus",), effective_to=JULY),
            usage(provider="elsewhere", version=None),
        ]
    )
    found = ways(table, model="gpt-4o", on=JULY)
    assert [(g.provider, g.deployment_type, g.version, g.regions) for g in found] == [
        ("azure", "GlobalStandard", "2024-08-06", ("eastus2", "westus")),
        ("azure", "GlobalStandard", "2024-08-06", ("japaneast",)),
        ("azure", "Standard", "2024-08-06", ("eastus2",)),
        ("elsewhere", "GlobalStandard", None, ()),
    ]
    assert len(ways(table, model="gpt-4o", on=JULY, provider="elsewhere")) == 1


def test_instances_are_found_by_what_is_given() -> None:
    """Hours are narrowed by provider, instance, region, term and date."""
    table = PriceTable(
        [],
        [
            hourly(regions=("eastus",), effective_to=JULY),
            hourly(regions=("eastus",), usd_per_hour=Decimal(5), effective_from=JULY),
            hourly(regions=("westus",), usd_per_hour=Decimal(7)),
            hourly(name="p4d.24xlarge", provider="aws"),
            hourly(name="p4d.24xlarge", provider="aws", term="1_year"),
        ],
    )
    found = table.instance_hours(
        on=MARCH, provider="azure", instance="Standard_NC12s_v3", region="eastus"
    )
    assert [row.usd_per_hour for row in found] == [Decimal("6.12")]
    assert len(table.instance_hours(on=JULY, provider="azure")) == 2
    assert len(table.instance_hours(on=JULY)) == 3
    assert len(table.instance_hours(on=JULY, term="1_year")) == 1


def test_two_prices_for_one_thing_and_day_are_refused() -> None:
    """Rows that overlap in a region are refused, with both named."""
    first = usage(regions=("eastus2", "westus"), effective_to=OCTOBER)
    second = usage(regions=("eastus2",), effective_from=JULY, usd=Decimal(3))
    with pytest.raises(OverlapError) as caught:
        PriceTable([second, first])
    assert str(caught.value) == (
        "two prices hold in eastus2 at once:"
        " azure gpt-4o 2024-08-06 GlobalStandard input from 2026-03-01 to 2026-10-01;"
        " azure gpt-4o 2024-08-06 GlobalStandard input from 2026-07-01"
    )
    assert (caught.value.first, caught.value.second) == (first, second)


def test_a_row_is_described_by_what_it_prices() -> None:
    """The words for an hourly row name the item, the instance and the term."""
    assert describe(hourly()) == ("azure instance Standard_NC12s_v3 on_demand from 2026-03-01")


days = st.integers(0, 40).map(lambda n: MARCH + timedelta(days=n))


@given(st.lists(days, min_size=1, max_size=6, unique=True), days)
def test_of_a_chain_of_prices_exactly_the_newest_start_holds(starts: list[date], on: date) -> None:
    """When each price closes the one before, a day's price is that of the last start before it."""
    starts = sorted(starts)
    ends = [*starts[1:], None]
    table = PriceTable(
        usage(usd=Decimal(n), effective_from=start, effective_to=end)
        for n, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    begun = sum(start <= on for start in starts)
    assert input_price(table, on=on) == (Decimal(begun - 1) if begun else None)


@given(days, days, days, days)
def test_overlap_is_refused_exactly_when_a_day_has_two_prices(
    start: date, end: date, other_start: date, other_end: date
) -> None:
    """A table is refused if and only if some day lies in both rows."""
    if end <= start or other_end <= other_start:
        return
    rows = [
        usage(effective_from=start, effective_to=end),
        usage(effective_from=other_start, effective_to=other_end),
    ]
    shared = max(start, other_start) < min(end, other_end)
    if shared:
        with pytest.raises(OverlapError):
            PriceTable(rows)
    else:
        assert len(PriceTable(rows).usage) == 2
