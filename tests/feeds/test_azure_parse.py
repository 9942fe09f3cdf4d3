"""Claims about what rows of the Retail Prices API say; the rows are real ones unless said."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from planner.core.price_feed import Area, FeedReading
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._azure_rows import FeedRow
from planner.feeds.azure_retail import parse
from planner.files.facts import model_names

TODAY = date(2025, 8, 25)
NAMES = model_names()


def row(sku: str, usd: str, **told: Any) -> FeedRow:
    """A row as the feed sends it; `usd` keeps its digits."""
    fields: dict[str, Any] = {
        "skuName": sku,
        "meterName": f"{sku} Tokens",
        "productName": "Azure OpenAI",
        "serviceName": "Cognitive Services",
        "armRegionName": "eastus2",
        "unitOfMeasure": "1K",
        "type": "Consumption",
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "effectiveStartDate": "2024-08-01T00:00:00Z",
        "meterId": "DB6A1085-bcdb-57a9-baae-42f37fddbedb",
    }
    body = msgspec.json.encode(fields | told).decode()
    return msgspec.json.decode(f'{body[:-1]},"retailPrice":{usd}}}', type=FeedRow)


def unit(kind: str, usd: str, product: str = "Azure OpenAI", **told: Any) -> FeedRow:
    """A row of a provisioned unit."""
    sku = f"Provisioned Managed {kind}"
    fields = {"meterName": f"{sku} Unit", "productName": product, "unitOfMeasure": "1/Hour"}
    return row(sku, usd, **fields | told)


def machine(usd: str, **told: Any) -> FeedRow:
    """A row of an A100 machine."""
    fields = {
        "meterName": "NC48ads_A100_v4",
        "productName": "NCads A100 v4 Series Linux",
        "serviceName": "Virtual Machines",
        "unitOfMeasure": "1 Hour",
        "armSkuName": "Standard_NC48ads_A100_v4",
    }
    return row(told.pop("sku", "Standard_NC48ads_A100_v4"), usd, **fields | told)


def read(*rows: FeedRow, on: date = TODAY) -> FeedReading:
    """What some rows say."""
    areas = {Area("azure", "models", "eastus2")}
    return parse(rows, names=NAMES, on=on, areas=areas)


def only(*rows: FeedRow) -> UsagePrice | HourlyPrice:
    """The one price that some rows tell."""
    (price,) = read(*rows).rows
    return price


def hourly(*rows: FeedRow) -> list[tuple[str, str, str | None]]:
    """Hourly prices as (term, amount, whole sum)."""
    return [
        (p.term, str(p.usd_per_hour), None if p.term_total_usd is None else str(p.term_total_usd))
        for p in read(*rows).rows
        if isinstance(p, HourlyPrice)
    ]


def reasons(reading: FeedReading) -> list[tuple[str, str]]:
    """What stayed unread, and why."""
    return [(left.words, left.reason) for left in reading.left]


def test_a_token_price_is_for_a_million_and_keeps_the_feeds_own() -> None:
    """Every field of a row: the unit of 1K is converted exactly, and kept as it came."""
    assert only(row("gpt-4o-0806-Inp-glbl", "0.0025")) == UsagePrice(
        provider="azure",
        model="gpt-4o",
        version="2024-08-06",
        deployment_type="GlobalStandard",
        regions=("eastus2",),
        effective_from=date(2024, 8, 1),
        source="Azure Retail Prices API",
        retrieved_on=TODAY,
        origin="feed",
        meter_id="db6a1085-bcdb-57a9-baae-42f37fddbedb",
        words="gpt-4o-0806-Inp-glbl",
        charge="input",
        usd=Decimal("2.5"),
        original_amount="0.0025",
        original_unit="1K",
    )


def test_money_keeps_the_digits_of_the_text() -> None:
    """8.3e-05 for a thousand is 0.083 for a million, not 0.08299999."""
    price = only(row("gpt 4o mini 0718 cached Inp Data Zone", "8.3e-05"))
    assert (str(price.amount), price.model) == ("0.083", "gpt-4o-mini")


def test_the_renamed_service_and_a_meter_of_a_million_are_read() -> None:
    """Since 2026 the service is called Foundry Models; the amount needs no conversion."""
    told = {
        "meterName": "5.4 opt Dz 1M Tokens",
        "productName": "Azure OpenAI GPT5",
        "serviceName": "Foundry Models",
        "unitOfMeasure": "1M",
        "effectiveStartDate": "2026-03-01T00:00:00Z",
    }
    price = only(row("5.4 opt Dz", "16.5", **told))
    assert isinstance(price, UsagePrice)
    assert (price.words, str(price.usd), price.original_amount) == ("5.4 opt Dz", "16.5", None)


def test_an_end_names_the_last_day() -> None:
    """A price that ends on August 31 holds until, not including, September 1."""
    price = only(
        row(
            "gpt-35-turbo-16K-0125 Input-regional",
            "0.0005",
            effectiveEndDate="2025-08-31T23:59:00Z",
        )
    )
    assert price.effective_to == date(2025, 9, 1)


def test_an_announced_price_follows_the_one_in_force() -> None:
    """One meter has two dated rows, one of them in the future; the later ends the earlier."""
    rows = (
        unit("Data Zone", "1.1", effectiveStartDate="2026-06-01T00:00:00Z"),
        unit("Data Zone", "1.2", effectiveStartDate="2026-08-01T00:00:00Z"),
    )
    found = [(str(p.amount), p.effective_from, p.effective_to) for p in read(*rows).rows]
    assert found == [
        ("1.1", date(2026, 6, 1), date(2026, 8, 1)),
        ("1.2", date(2026, 8, 1), None),
    ]


def test_a_volume_price_is_left_out() -> None:
    """The list price is that of the first unit."""
    reading = read(row("gpt-4o-0806-Inp-glbl", "0.002", tierMinimumUnits=100.0))
    assert (reading.rows, reading.left) == ((), ())


def test_a_zero_waits_for_a_person() -> None:
    """Nothing of a model is for free without a word that says so; the refresh asks a person."""
    reading = read(row("gpt-4o-0806-Inp-glbl", "0.0"), row("gpt 4.1 free Inp glbl", "0"))
    assert [(row.words, row.amount) for row in reading.rows] == [
        ("gpt-4o-0806-Inp-glbl", Decimal(0))
    ]


@pytest.mark.parametrize("amount", ["1e308", "1000000000", "-1e308"])
def test_an_absurd_amount_is_told_and_the_others_are_read(amount: str) -> None:
    """It is too large to be rounded; its row alone waits."""
    reading = read(row("gpt-4o-0806-Inp-glbl", amount), row("gpt-4o-0806-Outp-glbl", "0.01"))
    assert [(left.words, left.reason) for left in reading.left] == [
        ("gpt-4o-0806-Inp-glbl", "its amount is no price")
    ]
    assert [row.words for row in reading.rows] == ["gpt-4o-0806-Outp-glbl"]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"currencyCode": "EUR"}, "it is priced in 'EUR'; only USD is understood"),
        ({"armRegionName": "Global"}, "it names no single region"),
        ({"armRegionName": ""}, "it names no single region"),
        ({"type": "DevTestConsumption"}, "its type 'DevTestConsumption' has no word here"),
        ({"unitOfMeasure": "1 Furlong"}, "its unit '1 Furlong' contradicts its name"),
        ({"effectiveEndDate": "2024-07-01T00:00:00Z"}, "it ends on 2024-07-01, before it starts"),
    ],
)
def test_a_row_that_is_no_price_here_says_why(told: dict[str, Any], reason: str) -> None:
    """It is listed with its own words, and no price is made of it."""
    reading = read(row("gpt-4o-0806-Inp-glbl", "0.0025", **told))
    assert (reading.rows, reasons(reading)) == ((), [("gpt-4o-0806-Inp-glbl", reason)])


@pytest.mark.parametrize("amount", ["1e308", "-1", "1e9"])
def test_an_amount_that_is_none_costs_its_row_alone(amount: str) -> None:
    """Whatever it is, the rows beside it are read."""
    reading = read(
        row("gpt-4o-0806-Inp-glbl", amount), row("gpt-4o-0806-Outp-glbl", "0.01", meterId="two")
    )
    assert [found.words for found in reading.rows] == ["gpt-4o-0806-Outp-glbl"]
    assert reasons(reading) == [("gpt-4o-0806-Inp-glbl", "its amount is no price")]


def test_a_reservation_is_priced_for_its_whole_term() -> None:
    """260 for a month is 0.3561643836 an hour; the unit says 1/Hour all the same."""
    product = "Azure AI Foundry Provisioned Throughput Reservation"
    rows = [
        unit("Regional", usd, product, type="Reservation", reservationTerm=term)
        for usd, term in (("260.0", "1 Month"), ("2652.0", "1 Year"))
    ]
    assert hourly(*rows) == [
        ("1_month", "0.3561643836", "260"),
        ("1_year", "0.302739726", "2652"),
    ]


def test_families_that_sell_one_unit_make_one_price() -> None:
    """The unit holds from the earliest day; Azure OpenAI's own id and words are kept."""
    (price,) = read(
        unit("Global", "1.0", "Grok model family", effectiveStartDate="2023-07-01T00:00:00Z"),
        unit("Global", "1.0", meterId="mine", effectiveStartDate="2024-11-01T00:00:00Z"),
    ).rows
    assert isinstance(price, HourlyPrice)
    assert (price.item, price.unit, price.model) == ("provisioned_unit", "PTU", None)
    assert (price.deployment_type, price.meter_id) == ("GlobalProvisionedManaged", "mine")
    assert price.effective_from == date(2023, 7, 1)


def test_a_family_with_another_price_is_listed() -> None:
    """Azure OpenAI's price is kept; without one, families that disagree are all listed."""
    others = (unit("Global", "1.25", "Llama models"), unit("Global", "1.0", "Grok model family"))
    reading = read(unit("Global", "1.0"), *others)
    assert ([str(p.amount) for p in reading.rows], len(reading.left)) == (["1"], 1)
    alone = read(*others)
    assert alone.rows == ()
    assert {left.reason for left in alone.left} == {
        "several meters of one meaning have different prices here"
    }


def test_the_older_throughput_units_are_listed() -> None:
    """They are no provisioned managed units and have another price."""
    told = {"meterName": "Provisioned Throughput Units", "unitOfMeasure": "1/Month"}
    reading = read(row("Provisioned Throughput Units", "312.0", **told))
    assert reasons(reading) == [
        (
            "Provisioned Throughput Units",
            "a unit of the older provisioned throughput, which has no word here",
        )
    ]


def test_two_meters_of_one_sku_are_told_apart_by_their_names() -> None:
    """Phi's hosting hour and its training share a SKU; their words do not."""
    sku = "Phi-4-FT"
    told = {"productName": "Phi"}
    hosting = {"meterName": f"{sku} Deployment Hosting Unit", "unitOfMeasure": "1/Hour"}
    reading = read(row(sku, "0.003", **told), row(sku, "0.8", **told, **hosting))
    assert sorted((p.words or "", str(p.amount)) for p in reading.rows) == [
        ("Phi-4-FT", "3"),
        ("Phi-4-FT Deployment Hosting Unit", "0.8"),
    ]


def test_managed_compute_is_priced_as_its_words_say() -> None:
    """By the GPU where the words name one, else by the capacity unit."""
    gpu = {"meterName": "Mngd MI300_192GB Gl", "productName": "Managed Compute"}
    nc = {"meterName": "NCadsA100v4 Capacity Unit", "productName": "Managed Model Hosting Service"}
    reading = read(
        row("Mngd MI300_192GB Gl", "7.91", unitOfMeasure="1 Hour", **gpu),
        row("NCadsA100v4", "3.67", unitOfMeasure="1 Hour", **nc),
    )
    assert [
        (p.item, p.name, p.unit, str(p.usd_per_hour))
        for p in reading.rows
        if isinstance(p, HourlyPrice)
    ] == [
        ("managed_compute", "Mngd MI300_192GB Gl", "GPU", "7.91"),
        ("managed_compute", "NCadsA100v4", "capacity unit", "3.67"),
    ]


def test_a_machine_is_sold_on_demand_by_plan_and_for_a_term() -> None:
    """A savings plan is by the hour, a reservation for the term: 42,066 for a year."""
    plans = [
        {"unitPrice": 4.5317474, "retailPrice": 4.5317474, "term": "3 Years"},
        {"unitPrice": 6.1148104, "retailPrice": 6.1148104, "term": "1 Year"},
    ]
    reserved = {"type": "Reservation"}
    assert hourly(
        machine("7.346", savingsPlan=plans),
        machine("42066.0", reservationTerm="1 Year", **reserved),
        machine("71642.0", reservationTerm="3 Years", **reserved),
    ) == [
        ("1_year", "4.8020547945", "42066"),
        ("1_year_savings_plan", "6.1148104", None),
        ("3_years", "2.7261035008", "71642"),
        ("3_years_savings_plan", "4.5317474", None),
        ("on_demand", "7.346", None),
    ]


def test_a_spot_machine_is_no_machine_on_demand() -> None:
    """Its SKU's name ends with "Spot"."""
    told = {
        "meterName": "ND96isMI300Xv5 Spot",
        "productName": "Virtual Machines NDMI300Xv5 Srs",
        "armSkuName": "Standard_ND96is_MI300X_v5",
    }
    price = only(machine("8.8704", sku="ND96isMI300Xv5 Spot", **told))
    assert isinstance(price, HourlyPrice)
    assert (price.name, price.term) == ("Standard_ND96is_MI300X_v5", "spot")


@pytest.mark.parametrize(
    "told",
    [
        {"sku": "NG32adsV620 Low Priority", "armSkuName": "Standard_NG32ads_V620_v1"},
        {"type": "DevTestConsumption"},
        {"productName": "Virtual Machines NDsrf H100 v5 Series Windows"},
        {"armSkuName": "Standard_D4s_v5"},
        {"armSkuName": "NVasv4_Type1", "productName": "Virtual Machines NVasv4 Dedicated Host"},
    ],
)
def test_other_ways_to_buy_a_machine_are_left_out(told: dict[str, Any]) -> None:
    """Low priority, development and test, Windows, and what has no GPU."""
    reading = read(machine("1.0", **told))
    assert (reading.rows, reading.left) == ((), ())


def test_meters_of_one_meaning_make_one_price() -> None:
    """Where they agree, the words that name the version are kept."""
    price = only(row("o1 Batch Inp glbl", "0.0075"), row("o1 1217 Batch Inp glbl", "0.0075"))
    assert price.words == "o1 1217 Batch Inp glbl"


def test_meters_of_one_meaning_that_disagree_are_listed() -> None:
    """Nobody can tell which of the two is billed."""
    reading = read(row("o1 Batch Inp glbl", "0.0075"), row("o1 1217 Batch Inp glbl", "0.008"))
    assert reading.rows == ()
    assert len(reading.left) == 2


def test_a_meter_with_another_meters_price_is_not_believed() -> None:
    """In 2026 a developer tier's words stood over the prices of regional audio tokens."""
    rows = [
        row(f"gpt 4o dev ft {kind} glbl", usd, armRegionName=region)
        for region, prices in {
            "eastus2": ("0.044", "0.001375", "0.00275"),
            "northeurope": ("0.0528", "0.00165", "0.0033"),
        }.items()
        for kind, usd in zip(("cchd inpt", "inpt", "opt"), prices, strict=True)
    ]
    reading = read(*rows)
    assert (reading.rows, len(reading.left)) == ((), 6)
    assert {left.reason for left in reading.left} == {
        "reading it from a cache would cost more than reading it anew, which contradicts its words"
    }


def test_a_global_price_that_one_region_alone_has_is_not_believed() -> None:
    """A global price is the same everywhere, but for sovereign clouds."""
    rows = [
        row("gpt 4.1 Inp glbl", usd, armRegionName=region)
        for region, usd in {
            "eastus2": "0.002",
            "uksouth": "0.002",
            "westus": "0.0022",
            "usgovvirginia": "0.0025",
        }.items()
    ]
    reading = read(*rows)
    assert [(p.regions[0], str(p.amount)) for p in reading.rows] == [
        ("eastus2", "2"),
        ("uksouth", "2"),
        ("usgovvirginia", "2.5"),
    ]
    assert reasons(reading) == [
        (
            "gpt 4.1 Inp glbl",
            "a global price that differs between regions contradicts its words",
        )
    ]


def test_one_meter_may_bill_several_models() -> None:
    """Both generations of GPT-4 Turbo, under the names that the offers have."""
    reading = read(row("gpt-4-turbo-128K Input-regional", "0.01"))
    assert [
        (p.model, p.version, str(p.usd)) for p in reading.rows if isinstance(p, UsagePrice)
    ] == [("gpt-4", "1106-Preview", "10"), ("gpt-4-turbo", "turbo-2024-04-09", "10")]


def test_versions_of_offers_tell_the_year_of_a_new_model() -> None:
    """What the snapshots know goes before the table and the dates."""
    rows = [row("gpt 9 0301 Inp glbl", "0.001")]
    (price,) = parse(rows, names=NAMES, on=TODAY, areas=(), known={"gpt-9": ["2023-03-01"]}).rows
    assert (price.model, price.version, price.doubt) == ("gpt-9", "2023-03-01", None)


def test_a_reading_is_the_same_in_any_order() -> None:
    """The order of the pages says nothing."""
    rows = [row("gpt 4.1 Inp glbl", "0.002"), unit("Global", "1.0"), machine("7.346")]
    assert read(*rows) == read(*reversed(rows))
