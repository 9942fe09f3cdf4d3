"""Claims about what the AWS price list files say, told on files of the recorded shape."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from planner.core.price_feed import Area
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._aws_machines import is_wanted
from planner.feeds._aws_offer_file import OfferFile, read_offer_file
from planner.feeds._http import TroubleError
from planner.feeds.aws_price_list import Fetched, Reading, parse
from planner.files.facts import model_names
from tests.cloud.prices_aws import machine, on_demand, reservation

TODAY = date(2026, 11, 20)
BEDROCK, MARKETPLACE, EC2 = "AmazonBedrock", "AmazonBedrockFoundationModels", "AmazonEC2"


def pieces(body: bytes, size: int = 61) -> Iterator[bytes]:
    """A body as it could come in, cut anywhere."""
    return (body[at : at + size] for at in range(0, len(body), size))


def document(offer: str, products: Any, terms: Any, **told: Any) -> dict[str, Any]:
    """An offer file as a dict."""
    head = {"formatVersion": "v1.0", "offerCode": offer, "publicationDate": "2026-10-07T18:37:33Z"}
    return head | {"products": products, "terms": terms, "attributesList": {}} | told


def file(
    offer: str, products: Any, terms: Any, region: str = "us-east-1", **told: Any
) -> OfferFile:
    """An offer file as `fetch` returns it, all products kept."""
    body = json.dumps(document(offer, products, terms, **told), indent=2).encode()
    return read_offer_file(pieces(body), offer=offer, region=region, wanted=lambda _: True)


def meter(usage_type: str, name: str = "Claude Opus 4.5", **told: str) -> dict[str, Any]:
    """A Bedrock product of either offer, by its usage type."""
    if "-MP:" in usage_type:
        told |= {"servicename": f"{name} (Amazon Bedrock Edition)"}
    return {"attributes": told | {"usagetype": usage_type, "regionCode": "us-east-1"}}


def models(
    *meters: tuple[str, str, str], region: str = "us-east-1", description: str = "", **told: Any
) -> Reading:
    """What Bedrock meters say: usage type, amount and unit of each."""
    by_offer: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for number, (usage_type, usd, unit) in enumerate(meters):
        offer = MARKETPLACE if "-MP:" in usage_type else BEDROCK
        products, terms = by_offer.setdefault(offer, ({}, {}))
        sku = f"SKU{number}"
        products[sku] = meter(usage_type, **told)
        terms[sku] = on_demand(sku, usd, unit, description=description)
    files = tuple(
        file(offer, products, {"OnDemand": terms}, region)
        for offer, (products, terms) in by_offer.items()
    )
    return read(*files)


def read(*files: OfferFile, instances: tuple[str, ...] = ()) -> Reading:
    """What files say, all their areas looked at whole."""
    areas = {
        Area("aws", "machines", f.region) if f.offer == EC2 else Area("bedrock", "models", f.region)
        for f in files
    }
    fetched = Fetched(files=files, areas=frozenset(areas))
    return parse(fetched, model_names(), TODAY, instances=instances)


def table(reading: Reading) -> list[tuple[str, ...]]:
    """The usage rows of a reading as text: model, deployment type, charge, amount."""
    return [
        (row.model or "", row.deployment_type or "", row.charge, str(row.usd))
        for row in reading.feed.rows
        if isinstance(row, UsagePrice)
    ]


def reasons(reading: Reading) -> list[str]:
    """Why meters were left, each once."""
    return sorted({left.reason for left in reading.feed.left})


def test_no_suffix_is_the_regional_and_geographic_price_global_the_global_profile_s() -> None:
    """Opus 4.5 in us-east-1 on 2026-10-07: 5.50/27.50 by the us. profile, 5/25 by the global."""
    reading = models(
        ("USE1-MP:USE1_InputTokenCount-Units", "5.5000000000", "1M tokens"),
        ("USE1-MP:USE1_OutputTokenCount-Units", "27.5000000000", "1M tokens"),
        ("USE1-MP:USE1_InputTokenCount_Global-Units", "5.0000000000", "1M tokens"),
        ("USE1-MP:USE1_OutputTokenCount_Global-Units", "25.0000000000", "1M tokens"),
    )
    assert table(reading) == [
        ("claude-opus-4-5", "on-demand", "input", "5.5"),
        ("claude-opus-4-5", "us. inference profile", "input", "5.5"),
        ("claude-opus-4-5", "on-demand", "output", "27.5"),
        ("claude-opus-4-5", "us. inference profile", "output", "27.5"),
        ("claude-opus-4-5", "global. inference profile", "input", "5"),
        ("claude-opus-4-5", "global. inference profile", "output", "25"),
    ]
    assert reading.feed.areas == {Area("bedrock", "models", "us-east-1")}
    assert reading.failures == ()


def test_a_row_tells_where_it_is_from() -> None:
    """Region, dates, source, meter and, where the amount was converted, the file's own."""
    (row, _) = models(("USE1-gpt-oss-120b-input-tokens-flex", "0.00007500", "1K tokens")).feed.rows
    assert row == UsagePrice(
        provider="bedrock",
        model="gpt-oss-120b",
        deployment_type="on-demand",
        charge="input",
        usd=Decimal("0.075"),
        tier="flex",
        regions=("us-east-1",),
        effective_from=date(2026, 10, 1),
        source="AWS price list, AmazonBedrock",
        retrieved_on=TODAY,
        origin="feed",
        meter_id="SKU0",
        words="gpt-oss-120b-input-tokens-flex",
        original_amount="0.000075",
        original_unit="1K tokens",
    )


def test_a_price_without_a_date_begins_when_the_file_was_published() -> None:
    """Its start is unknown, so it counts from when it was first seen."""
    terms = on_demand("S", "5.5", "1M tokens")
    terms["S.JRTCKXETXF"].pop("effectiveDate")
    products = {"S": meter("USE1-MP:USE1_InputTokenCount_Global-Units")}
    (row,) = read(file(MARKETPLACE, products, {"OnDemand": {"S": terms}})).feed.rows
    assert (row.effective_from, row.first_seen_on) == (None, date(2026, 10, 7))


def test_the_geographic_profiles_of_the_region_share_its_price() -> None:
    """ca-central-1 has us. and ca. profiles; sa-east-1 has none."""
    canada = models(
        ("CAN1-gpt-oss-120b-input-tokens", "0.00015", "1K tokens"), region="ca-central-1"
    )
    brazil = models(("SAE1-gpt-oss-120b-input-tokens", "0.00018", "1K tokens"), region="sa-east-1")
    assert table(canada) == [
        ("gpt-oss-120b", "on-demand", "input", "0.15"),
        ("gpt-oss-120b", "ca. inference profile", "input", "0.15"),
        ("gpt-oss-120b", "us. inference profile", "input", "0.15"),
    ]
    assert table(brazil) == [("gpt-oss-120b", "on-demand", "input", "0.18")]


def test_a_meter_of_geographic_profiles_comes_before_one_without_a_route() -> None:
    """Then the one without prices the region alone."""
    reading = models(
        ("USE1-MP:USE1_InputTokenCount-Units", "6", "1M tokens"),
        ("USE1-MP:USE1_InputTokenCount_Geo-Units", "5.5", "1M tokens"),
    )
    assert table(reading) == [
        ("claude-opus-4-5", "on-demand", "input", "6"),
        ("claude-opus-4-5", "us. inference profile", "input", "5.5"),
    ]
    assert reading.feed.left == ()


def test_batch_is_a_deployment_type_of_its_own() -> None:
    """In the region, by geographic profile and by the global one."""
    reading = models(
        ("USE1-MP:USE1_InputTokenCount_Batch-Units", "2.75", "1M tokens"),
        ("USE1-MP:USE1_InputTokenCount_Global_Batch-Units", "2.5", "1M tokens"),
    )
    assert table(reading) == [
        ("claude-opus-4-5", "batch", "input", "2.75"),
        ("claude-opus-4-5", "us. inference profile batch", "input", "2.75"),
        ("claude-opus-4-5", "global. inference profile batch", "input", "2.5"),
    ]


@pytest.mark.parametrize(
    ("name", "threshold"), [("Claude Sonnet 4.5", 200_000), ("OpenAI GPT-5.6 Sol", 272_000)]
)
def test_long_context_begins_where_the_publisher_says(name: str, threshold: int) -> None:
    """The feed tells no length."""
    usage_type = "USE1-MP:USE1_input_tokens_long_ctx_global_standard-Units"
    (row,) = models((usage_type, "6", "1M tokens"), name=name).feed.rows
    assert isinstance(row, UsagePrice)
    assert row.context_over_tokens == threshold


def test_long_context_of_an_unknown_length_is_left() -> None:
    """No threshold is guessed."""
    reading = models(
        ("USE1-NovaPro-input-tokens-long-context", "0.001", "1K tokens"), model="Nova Pro"
    )
    assert reasons(reading) == ["from which prompt length on it holds, nothing says"]


def test_a_meter_of_the_mantle_endpoint_steps_back_behind_the_ordinary_one() -> None:
    """The same price stands twice; where it differs, the other one is listed."""
    same = models(
        ("USE1-openai.gpt-oss-120b-mantle-input-tokens-standard", "0.00015", "1K tokens"),
        ("USE1-gpt-oss-120b-input-tokens", "0.00015", "1K tokens"),
    )
    assert [row.words for row in same.feed.rows] == ["gpt-oss-120b-input-tokens"] * 2
    assert same.feed.left == ()
    other = models(
        ("USE1-openai.gpt-oss-120b-mantle-input-tokens-standard", "0.00016", "1K tokens"),
        ("USE1-gpt-oss-120b-input-tokens", "0.00015", "1K tokens"),
    )
    assert [str(row.amount) for row in other.feed.rows] == ["0.15", "0.15"]
    assert reasons(other) == ["the ordinary endpoint's meter says 0.15"]


def test_two_meters_that_contradict_one_another_are_both_left() -> None:
    """Neither is chosen by chance; a third price is not touched by it."""
    reading = models(
        ("USE1-MP:USE1_cache_read_tokens_global_standard-Units", "0.20", "1M tokens"),
        ("USE1-MP:USE1_cached_input_tokens_global_standard-Units", "0.25", "1M tokens"),
        ("USE1-MP:USE1_input_tokens_global_standard-Units", "2", "1M tokens"),
    )
    assert table(reading) == [
        ("claude-opus-4-5", "global. inference profile", "input", "2"),
    ]
    assert [left.meter_id for left in reading.feed.left] == ["SKU0", "SKU1"]
    (reason,) = reasons(reading)
    assert reason == (
        "two meters price this differently: 0.2 by 'Claude Opus 4.5"
        " cache_read_tokens_global_standard'; 0.25 by 'Claude Opus 4.5"
        " cached_input_tokens_global_standard'"
    )


def test_model_units_are_hours_by_their_term() -> None:
    """Without commitment, and for a month."""
    reading = models(
        ("USE1-Nova2.0Lite-ProvisionedThroughput-NoCommit-ModelUnits", "60.50", "hour"),
        ("USE1-Nova2.0Lite-ProvisionedThroughput-1month-ModelUnits", "55.00", "hour"),
        model="Nova 2.0 Lite",
    )
    assert [
        (row.item, row.model, row.deployment_type, row.term, str(row.usd_per_hour), row.unit)
        for row in reading.feed.rows
        if isinstance(row, HourlyPrice)
    ] == [
        ("model_unit", "nova-2-lite", "provisioned", "on_demand", "60.5", "model unit"),
        ("model_unit", "nova-2-lite", "provisioned", "1_month", "55", "model unit"),
    ]


def test_reserved_tokens_are_by_the_thousand_a_minute_where_the_file_says_so() -> None:
    """The unit "1M TPM Hour" contradicts the description and is not believed by itself."""
    usage_type = "USE1-MP:USE1_Reserved_1Month_InputTPM_Geo-Units"
    meters = (usage_type, "0.198", "1M TPM Hour")
    told = models(meters, description="x|us-east-1|Per Hour per 1K Input TPM Reserved 1 Month Geo")
    (row,) = told.feed.rows
    assert isinstance(row, HourlyPrice)
    assert (row.item, row.name, row.deployment_type, row.term, row.unit, row.usd_per_hour) == (
        "reserved_ktpm",
        "input",
        "us. inference profile",
        "1_month",
        "1,000 input tokens per minute",
        Decimal("0.198"),
    )
    assert reasons(models(meters)) == [
        "how many tokens per minute its unit is, nothing says for sure"
    ]


def test_a_fine_tuned_model_s_tokens_are_no_offer_s_of_the_base_model() -> None:
    """They stand apart, and so does its training."""
    reading = models(
        ("USE1-Nova2.0Lite-input-tokens-custom-model", "0.0003", "1K tokens"),
        ("USE1-Nova2.0Lite-Customization-Training", "0.00378", "1K tokens"),
        model="Nova 2.0 Lite",
        feature="Model Customization",
    )
    assert table(reading) == [
        ("nova-2-lite", "on-demand", "input", "0.3"),
        ("nova-2-lite", "on-demand", "training", "3.78"),
    ]
    assert {row.fine_tuned for row in reading.feed.rows} == {True}


@pytest.mark.parametrize(
    ("usd", "unit", "reason"),
    [
        ("-1", "1M tokens", "its amount '-1' is no price"),
        ("NaN", "1M tokens", "its amount 'NaN' is no price"),
        ("1e308", "1M tokens", "its amount '1e308' is no price"),
        ("5.5", "per 1000 requests", "its unit 'per 1000 requests' is no number of tokens"),
    ],
)
def test_an_amount_that_is_no_price_is_left(usd: str, unit: str, reason: str) -> None:
    """With what the file says."""
    reading = models(
        ("USE1-MP:USE1_InputTokenCount_Global-Units", usd, unit),
        ("USE1-MP:USE1_OutputTokenCount_Global-Units", "25", "1M tokens"),
    )
    assert len(reading.feed.rows) == 1
    assert reasons(reading) == [reason]


def test_a_zero_is_told_as_it_stands() -> None:
    """Whoever compares it with the known price lets it wait, and does not think it gone."""
    reading = models(("USE1-MP:USE1_InputTokenCount_Global-Units", "0.0000000000", "1M tokens"))
    assert table(reading) == [("claude-opus-4-5", "global. inference profile", "input", "0")]


def test_a_price_by_the_amount_used_in_a_month_is_left() -> None:
    """One row cannot say it."""
    terms = on_demand("S", "5.5", "1M tokens")
    rates = terms["S.JRTCKXETXF"]["priceDimensions"]
    first = next(iter(rates.values()))
    rates["more"] = first | {"beginRange": "1000", "pricePerUnit": {"USD": "4.5"}}
    products = {"S": meter("USE1-MP:USE1_InputTokenCount_Global-Units")}
    reading = read(file(MARKETPLACE, products, {"OnDemand": {"S": terms}}))
    assert reasons(reading) == ["its price depends on the amount used in a month"]


def test_a_price_in_another_currency_is_left() -> None:
    """China's files are in CNY; a region without one price in dollars is no area."""
    products = {"P": machine("P", "p4d.24xlarge", "cn-north-1", gpu="8")}
    terms = {"OnDemand": {"P": on_demand("P", "226.5", "Hrs", currency="CNY")}}
    reading = read(file(EC2, products, terms, "cn-north-1"))
    (left,) = reading.feed.left
    assert (left.usd, left.unit, left.reason) == (
        Decimal("226.5"),
        "Hrs (CNY)",
        "it is priced in CNY; only USD is understood",
    )
    assert reading.feed.areas == frozenset()
    assert [failure.reason for failure in reading.failures] == [
        "its files hold no price of machines that could be read"
    ]


def test_a_capacity_block_is_never_taken_for_the_machine() -> None:
    """Both have the usage type BoxUsage:p4d.24xlarge; the block's price is zero."""
    products = {
        "BLOCK": machine(
            "BLOCK",
            "p4d.24xlarge",
            "us-east-1",
            gpu="8",
            operation="RunInstances:CB",
            marketoption="CapacityBlock",
        ),
        "PLAIN": machine("PLAIN", "p4d.24xlarge", "us-east-1", gpu="8"),
    }
    terms = {
        "BLOCK": on_demand("BLOCK", "0.0000000000", "Hrs"),
        "PLAIN": on_demand("PLAIN", "32.7726000000", "Hrs"),
    }
    reading = read(file(EC2, products, {"OnDemand": terms}))
    (row,) = reading.feed.rows
    assert row == HourlyPrice(
        provider="aws",
        item="instance",
        name="p4d.24xlarge",
        usd_per_hour=Decimal("32.7726"),
        unit="instance",
        regions=("us-east-1",),
        effective_from=date(2026, 10, 1),
        source="AWS price list, AmazonEC2",
        retrieved_on=TODAY,
        origin="feed",
        meter_id="PLAIN",
        words="BoxUsage:p4d.24xlarge RunInstances",
    )
    assert reading.feed.left == ()
    assert reading.feed.areas == {Area("aws", "machines", "us-east-1")}


@pytest.mark.parametrize(
    "told",
    [
        {"operatingSystem": "Windows"},
        {"operatingSystem": "RHEL"},
        {"tenancy": "Dedicated"},
        {"preInstalledSw": "SQL Std"},
        {"capacitystatus": "UnusedCapacityReservation"},
        {"licenseModel": "Bring your own license"},
        {"marketoption": "CapacityBlock"},
        {"operation": "RunInstances:CB"},
        {"locationType": "AWS Local Zone"},
        {"regionCode": "us-east-1-bos-1"},
        {"gpu": "0"},
    ],
)
def test_only_a_plain_linux_machine_with_accelerators_counts(told: dict[str, str]) -> None:
    """Any other word makes it another product."""
    products = {"P": machine("P", "p4d.24xlarge", "us-east-1", **({"gpu": "8"} | told))}
    (product,) = file(EC2, products, {"OnDemand": {"P": {}}}).products.values()
    assert not is_wanted(product, (), "us-east-1")
    plain = {"P": machine("P", "p4d.24xlarge", "us-east-1", gpu="8")}
    (product,) = file(EC2, plain, {"OnDemand": {"P": {}}}).products.values()
    assert is_wanted(product, (), "us-east-1")


def test_an_accelerator_that_the_file_does_not_count_is_named_by_the_caller() -> None:
    """Trainium has no "gpu"; m5.large is not asked for."""
    products = {
        "T": machine("T", "trn1.32xlarge", "us-east-1"),
        "M": machine("M", "m5.large", "us-east-1"),
    }
    terms = {"T": on_demand("T", "21.5", "Hrs"), "M": on_demand("M", "0.096", "Hrs")}
    reading = read(file(EC2, products, {"OnDemand": terms}), instances=("trn1.32xlarge",))
    assert [(r.name, str(r.amount)) for r in reading.feed.rows if isinstance(r, HourlyPrice)] == [
        ("trn1.32xlarge", "21.5")
    ]


def test_a_machine_without_an_on_demand_price_has_none() -> None:
    """p5e stands in us-east-2 without one; its neighbour keeps its own."""
    products = {
        "A": machine("A", "p5e.48xlarge", "us-east-2", gpu="8"),
        "B": machine("B", "p5.48xlarge", "us-east-2", gpu="8"),
    }
    terms = {"OnDemand": {"B": on_demand("B", "55.04", "Hrs")}}
    reading = read(file(EC2, products, terms, "us-east-2"))
    assert [r.name for r in reading.feed.rows if isinstance(r, HourlyPrice)] == ["p5.48xlarge"]
    assert reading.feed.left == ()


def test_two_prices_for_one_machine_are_both_left() -> None:
    """Neither is chosen by chance."""
    products = {
        "A": machine("A", "p4d.24xlarge", "us-east-1", gpu="8"),
        "B": machine("B", "p4d.24xlarge", "us-east-1", gpu="8"),
    }
    terms = {"A": on_demand("A", "32.77", "Hrs"), "B": on_demand("B", "22", "Hrs")}
    reading = read(file(EC2, products, {"OnDemand": terms}))
    assert reading.feed.rows == ()
    assert reasons(reading) == ["two prices hold for this machine at once"]


def test_a_standard_reservation_without_upfront_comes_before_one_all_upfront() -> None:
    """The hour is all that is paid, spread over the term; the words say which way it is."""
    products = {"P": machine("P", "p4d.24xlarge", "us-east-1", gpu="8")}
    reserved = (
        reservation("P", "1yr", "All Upfront", upfront="168819", hourly="0.0000000000")
        | reservation("P", "1yr", "No Upfront", upfront="", hourly="20.1837000000")
        | reservation("P", "1yr", "No Upfront", upfront="", hourly="1", offering="convertible")
        | reservation("P", "3yr", "All Upfront", upfront="292000", hourly="0.0000000000")
        | reservation("P", "3yr", "Partial Upfront", upfront="146000", hourly="5.6")
    )
    terms = {"OnDemand": {"P": on_demand("P", "32.7726", "Hrs")}, "Reserved": {"P": reserved}}
    rows = read(file(EC2, products, terms)).feed.rows
    assert [
        (row.term, str(row.usd_per_hour), str(row.term_total_usd), row.words)
        for row in rows
        if isinstance(row, HourlyPrice)
    ] == [
        ("on_demand", "32.7726", "None", "BoxUsage:p4d.24xlarge RunInstances"),
        (
            "1_year",
            "20.1837",
            "176809.212",
            "BoxUsage:p4d.24xlarge RunInstances 1yr standard No Upfront",
        ),
        (
            "3_years",
            "11.1111111111",
            "292000",
            "BoxUsage:p4d.24xlarge RunInstances 3yr standard All Upfront",
        ),
    ]


def test_a_region_whose_other_file_failed_is_no_area() -> None:
    """What was read counts, but nothing seems to be gone."""
    products = {"S": meter("USE1-MP:USE1_InputTokenCount_Global-Units")}
    one = file(MARKETPLACE, products, {"OnDemand": {"S": on_demand("S", "5", "1M tokens")}})
    reading = parse(Fetched(files=(one,), areas=frozenset()), model_names(), TODAY)
    assert len(reading.feed.rows) == 1
    assert reading.feed.areas == frozenset()


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("terms_first", [False, True])
@pytest.mark.parametrize("size", [1, 7, 4096])
def test_layout_and_order_do_not_matter(indent: int | None, terms_first: bool, size: int) -> None:
    """Products may come after the terms, with blanks or without, cut anywhere."""
    products = {"P": machine("P", "p4d.24xlarge", "us-east-1", gpu="8", note='é } ] " \\ 日本')}
    terms = {"OnDemand": {"P": on_demand("P", "32.7726", "Hrs")}, "flatRate": {"P": [1.5, {}]}}
    told = document(EC2, products, terms)
    if terms_first:
        told = dict(reversed(told.items()))
    body = json.dumps(told, indent=indent, ensure_ascii=False).encode()
    found = read_offer_file(
        pieces(body, size), offer=EC2, region="us-east-1", wanted=lambda _: True
    )
    assert found.products["P"].get("note") == 'é } ] " \\ 日本'
    assert [rate.price_per_unit for rate in found.on_demand["P"][0].price_dimensions.values()] == [
        {"USD": "32.7726"}
    ]


PRODUCTS = {"P": machine("P", "p4d.24xlarge", "us-east-1", gpu="8")}
TERMS = {"OnDemand": {"P": on_demand("P", "32.7726", "Hrs")}}
GOOD = json.dumps(document(EC2, PRODUCTS, TERMS)).encode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "the answer is no JSON, or cut off"),
        (b"<html>Sign in</html>", "the answer is no JSON, or cut off"),
        (b"[]", "the answer is no JSON, or cut off"),
        (b"{}", 'the answer has no "products"'),
        (b'{"products": null, "terms": {}}', 'the answer has no "products"'),
        (b'{"products": {}, "terms": {"OnDemand": {"P": {}}}}', "the file has no products"),
        (b'{"products": {"P": {}}, "terms": {}}', "the file has no prices"),
        (b'{"products": {"P": {}}}', 'the answer has no "terms"'),
        (b'{"products": {"P": 1}, "terms": {}}', "the entry 'P' is malformed"),
        (b'{"offerCode": "AmazonS3", "products": {}, "terms": {}}', "the answer is no file of"),
        (GOOD[:-1], "the answer is no JSON, or cut off"),
        (GOOD[:900], "the answer is no JSON, or cut off"),
        (GOOD + b"{}", "the answer is no JSON, or cut off"),
        (GOOD.replace(b"Linux", b"\xff"), "the answer is no valid UTF-8"),
        (GOOD.replace(b'"8"', b"[" * 100_000), "the answer is nested too deeply"),
        (GOOD.replace(b'"8"', b"NaN"), "the answer is no JSON, or cut off"),
        (
            GOOD.replace(b'"products": {', b'"products": {"P": {"productFamily": "x"}, '),
            "the SKU 'P' stands twice and differs",
        ),
    ],
)
def test_a_body_that_is_no_offer_file_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    """It never reads as an empty file."""
    with pytest.raises(TroubleError) as caught:
        read_offer_file(pieces(body), offer=EC2, region="us-east-1", wanted=lambda _: True)
    assert str(caught.value).startswith(reason)


def test_every_prefix_of_a_file_is_refused() -> None:
    """Wherever it is cut."""
    for length in range(len(GOOD)):
        with pytest.raises(TroubleError):
            read_offer_file(
                pieces(GOOD[:length], 400), offer=EC2, region="us-east-1", wanted=lambda _: True
            )


def test_a_sku_that_stands_twice_alike_is_one() -> None:
    """Identical duplicates are folded."""
    text = json.dumps(PRODUCTS["P"])
    body = GOOD.replace(b'"products": {', f'"products": {{"P": {text}, '.encode())
    found = read_offer_file(pieces(body), offer=EC2, region="us-east-1", wanted=lambda _: True)
    assert list(found.products) == ["P"]


def test_fields_and_values_never_seen_before_do_no_harm() -> None:
    """They are passed over."""
    products = {"P": PRODUCTS["P"] | {"future": [{"x": None}]}}
    products["P"]["attributes"]["quantum"] = None
    terms = {"OnDemand": {"P": {k: v | {"new": 1} for k, v in TERMS["OnDemand"]["P"].items()}}}
    reading = read(file(EC2, products, terms, future={"a": {"b": [1, 2.5, True]}}))
    assert [str(row.amount) for row in reading.feed.rows] == ["32.7726"]
