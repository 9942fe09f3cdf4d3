"""Claims about the carried price tables: what each gives for an offer on a date, and its doubts."""

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from planner.core.currencies import rate_on
from planner.core.prices import PriceTable, Quote
from planner.files.currencies import read_rates
from planner.files.pricing import read_pricing
from planner.files.request_log import PRICE_STEP
from tests.builders import day

FOLDER = Path(__file__).parents[2] / "pricing"
TODAY = "2026-11-25"
NO_REGION = "the source names no region; a region may cost more"
CURRENCIES = "AUD BRL CAD CHF CNY DKK EUR GBP INR JPY KRW MXN NOK SEK SGD ZAR"


@cache
def table() -> PriceTable:
    """The carried tables."""
    return read_pricing([FOLDER])


def find(
    provider: str,
    model: str,
    deployment_type: str,
    *,
    on: str = TODAY,
    region: str | None = None,
    version: str | None = None,
    tier: str = "default",
    context_over_tokens: int = 0,
    fine_tuned: bool = False,
    term: str = "on_demand",
) -> Quote | None:
    """What the carried tables tell of an offer."""
    return table().quote(
        provider=provider,
        region=region,
        model=model,
        version=version,
        deployment_type=deployment_type,
        on=day(on),
        tier=tier,
        context_over_tokens=context_over_tokens,
        fine_tuned=fine_tuned,
        term=term,
    )


def told(quote: Quote | None) -> str | None:
    """Input and output by the million tokens, as text; None where no row tells."""
    if quote is None:
        return None
    amounts = (quote.input_usd_per_mtok, quote.output_usd_per_mtok)
    return " ".join("-" if amount is None else f"{amount.normalize():f}" for amount in amounts)


def other(quote: Quote | None, charge: str) -> str | None:
    """The amount and unit of one of the other charges, as text."""
    assert quote is not None
    return next((f"{r.usd:f} a {r.per}" for r in quote.other if r.charge == charge), None)


# --- Bedrock


@pytest.mark.parametrize(
    ("deployment_type", "amounts"),
    [
        ("global. inference profile", "5 25"),
        ("us. inference profile", "5.5 27.5"),
        ("eu. inference profile", "5.5 27.5"),
    ],
)
def test_a_geographic_profile_of_claude_costs_a_tenth_more(
    deployment_type: str, amounts: str
) -> None:
    """Claude Opus 4.5 is 10% dearer by a geographic profile than by the global one."""
    quote = find("bedrock", "claude-opus-4-5", deployment_type, version="20251101-v1:0")
    assert told(quote) == amounts


@pytest.mark.parametrize(
    ("region", "origin", "source"),
    [
        ("us-east-1", "third-party", "AWS price list, AmazonBedrockFoundationModels"),
        ("us-west-2", "third-party", "LiteLLM price map 1.109.1"),
    ],
)
def test_the_price_list_of_aws_comes_before_a_third_partys(
    region: str, origin: str, source: str
) -> None:
    """Where AWS's own list has the price its figure answers; the cache's is LiteLLM's alone."""
    quote = find("bedrock", "claude-opus-4-5", "us. inference profile", region=region,
                 version="20251101-v1:0")  # fmt: skip
    assert quote is not None
    assert (quote.origin, quote.source.split("; ")[0]) == (origin, source)
    assert told(quote) == "5.5 27.5"
    assert quote.cached_input_usd_per_mtok == Decimal("0.55")


def test_a_price_of_one_region_is_not_anothers() -> None:
    """Opus 4.5 in a region itself: known where AWS's list has it, unknown in other regions."""
    version = "20251101-v1:0"
    here = find("bedrock", "claude-opus-4-5", "on-demand", region="us-east-1", version=version)
    there = find("bedrock", "claude-opus-4-5", "on-demand", region="eu-west-1", version=version)
    assert (told(here), told(there)) == ("5.5 27.5", None)


@pytest.mark.parametrize(
    ("model", "version"),
    [
        ("claude-sonnet-4-5", "20250929-v1:0"),
        ("claude-fable-5-1", None),
        ("nova-2-lite", "v1:0"),
        ("claude-opus-4-8", None),
    ],
)
def test_a_global_price_under_the_bare_id_is_left_out(model: str, version: str | None) -> None:
    """The map gives these the global profile's price; AWS charges 10% more within a region."""
    assert find("bedrock", model, "on-demand", region="eu-west-1", version=version) is None


@pytest.mark.parametrize(
    ("model", "region", "amounts"),
    [
        ("deepseek-v3.2", "us-east-1", "0.62 1.85"),
        ("deepseek-v3.2", "ap-northeast-1", "0.74 2.22"),
        ("gpt-5.4", "us-east-1", "2.75 16.5"),
        ("gpt-5.4", "us-gov-west-1", "3.375 20.25"),
    ],
)
def test_bedrock_is_priced_by_region(model: str, region: str, amounts: str) -> None:
    """A row that names the region comes before one that names none; GovCloud has its own."""
    assert told(find("bedrock", model, "on-demand", region=region)) == amounts


@pytest.mark.parametrize(
    ("deployment_type", "tier", "context", "amounts"),
    [
        ("us. inference profile", "default", 0, "2.2 6.6"),
        ("us. inference profile", "flex", 0, "1.1 3.3"),
        ("us. inference profile", "priority", 0, "3.85 11.55"),
        ("global. inference profile", "priority", 0, "3.5 10.5"),
        ("global. inference profile", "default", 200_000, None),
    ],
)
def test_request_tiers_have_prices_of_their_own(
    deployment_type: str, tier: str, context: int, amounts: str | None
) -> None:
    """Grok 4.6 by profile and tier; a prompt length that no row tells is unknown."""
    quote = find("bedrock", "grok-4.6", deployment_type, tier=tier, context_over_tokens=context)
    assert told(quote) == amounts


@pytest.mark.parametrize(
    ("model", "version", "context", "amounts"),
    [
        ("claude-sonnet-4-5", "20250929-v1:0", 0, "3.3 16.5"),
        ("claude-sonnet-4-5", "20250929-v1:0", 200_000, "6.6 24.75"),
        ("claude-haiku-5-5", None, 100_000, "0.55 2.75"),
        ("gpt-5.4", None, 272_000, "5.5 24.75"),
    ],
)
def test_long_prompts_cost_more(
    model: str, version: str | None, context: int, amounts: str
) -> None:
    """Each model has its own length above which the whole request is repriced."""
    quote = find("bedrock", model, "us. inference profile", version=version,
                 context_over_tokens=context)  # fmt: skip
    assert told(quote) == amounts


def test_batch_is_half() -> None:
    """A batch of Haiku 4.5 by the us. profile costs half of 1.1 and 5.5."""
    quote = find("bedrock", "claude-haiku-4-5", "us. inference profile batch",
                 version="20251001-v1:0")  # fmt: skip
    assert told(quote) == "0.55 2.75"


@pytest.mark.parametrize(
    ("model", "version", "deployment_type", "charge", "amount"),
    [
        ("claude-opus-4-8", None, "us. inference profile", "cache_write", "6.875 a mtok"),
        ("claude-opus-4-8", None, "us. inference profile", "cache_write_1h", "11 a mtok"),
        ("cohere-rerank-v3.5", "v3-5:0", "on-demand", "request", "0.002 a request"),
        ("stable-image-ultra", "v1:1", "on-demand", "image", "0.14 a image"),
        ("pegasus-1-2", "v1:0", "us. inference profile", "video", "0.00049 a second"),
        ("nova-2-sonic", "v1:0", "on-demand", "audio_output", "12 a mtok"),
    ],
)  # fmt: skip
def test_bedrock_charges_for_more_than_text(
    model: str, version: str | None, deployment_type: str, charge: str, amount: str
) -> None:
    """Writes to a cache, searches, images, seconds of video and audio, each by its own unit."""
    assert other(find("bedrock", model, deployment_type, version=version), charge) == amount


def test_two_spellings_that_disagree_are_both_named() -> None:
    """The map has two input prices of one Qwen model; the answer names the other one."""
    quote = find("bedrock", "qwen3-next-80b-a3b", "on-demand")
    assert quote is not None
    assert quote.input_usd_per_mtok == Decimal("0.15")
    assert f"input: {NO_REGION}; 0.14 at the endpoint bedrock-mantle in the same source" in (
        quote.doubts
    )


def test_a_slip_of_the_source_says_so() -> None:
    """One GovCloud region has another output price for Llama 3 8B than the other."""
    quote = find("bedrock", "llama-3-8b", "on-demand", region="us-gov-east-1", version="v1:0")
    assert quote is not None
    assert quote.doubts == (
        "output: 2.65 here against 0.6 in us-gov-west-1: probably a slip of the source",
    )


@pytest.mark.parametrize(
    ("model", "version", "region", "term", "usd"),
    [
        ("claude-instant", "v1", "us-east-1", "1_month", "39.6"),
        ("claude-instant", "v1", "eu-central-1", "6_months", "32.6988"),
        ("claude-2.1", "v2:1", "ap-northeast-1", "1_month", "163.8"),
        ("command-text-v14", None, "us-east-1", "6_months", "23.7697"),
    ],
)
def test_model_units_are_paid_by_the_hour(
    model: str, version: str | None, region: str, term: str, usd: str
) -> None:
    """A provisioned model unit costs by region and by how long it is bought."""
    quote = find("bedrock", model, "provisioned", version=version, region=region, term=term)
    assert quote is not None
    assert (quote.usd_per_unit_hour, quote.unit, quote.term) == (Decimal(usd), "model unit", term)


# --- Gemini and Databricks


@pytest.mark.parametrize(
    ("deployment_type", "tier", "context", "amounts"),
    [
        ("standard", "default", 0, "1.25 10"),
        ("standard", "default", 200_000, "2.5 15"),
        ("batch", "default", 0, "0.625 5"),
        ("standard", "flex", 0, "0.625 5"),
        ("standard", "priority", 0, "2.25 18"),
    ],
)
def test_gemini_has_tiers(deployment_type: str, tier: str, context: int, amounts: str) -> None:
    """Gemini 2.5 Pro by batch, tier and prompt length, for any version; the paid tier."""
    quote = find("gemini", "gemini-2.5-pro", deployment_type, region="global", version="2.5",
                 tier=tier, context_over_tokens=context)  # fmt: skip
    assert quote is not None
    assert told(quote) == amounts
    assert all(doubt.endswith("the paid tier") for doubt in quote.doubts)


@pytest.mark.parametrize(
    ("on", "amounts"), [(TODAY, "2 10"), ("2026-12-01", "4 20"), ("2026-11-01", None)]
)
def test_an_announced_price_waits_for_its_day(on: str, amounts: str | None) -> None:
    """Gemini 4 Argon doubles on 2026-12-01; before it was seen it is unknown."""
    assert told(find("gemini", "gemini-4-argon", "standard", region="global", on=on)) == amounts


def test_gemini_images_are_charged_once() -> None:
    """An image model with a price by the image's tokens has no second one by the image."""
    quote = find("gemini", "gemini-2.5-flash-image", "standard", region="global", version="2.0")
    assert (other(quote, "image_output"), other(quote, "image")) == ("30 a mtok", None)


@pytest.mark.parametrize(
    ("model", "on", "amounts"),
    [
        ("llama-2-70b", "2024-07-23", "0.5 1.5"),
        ("mixtral-8x7b", "2024-07-23", "0.5 1"),
        ("mpt-7b", "2024-07-23", "0.5 0.5"),
        ("dbrx", "2024-07-23", "0.75 2.25"),
        ("llama-3.3-70b", TODAY, "0.50001 1.50003"),
        ("gpt-5.5-pro", TODAY, "29.99997 180.0001"),
        ("llama-3.3-70b", "2024-07-23", None),
    ],
)
def test_databricks_charges_by_the_token(model: str, on: str, amounts: str | None) -> None:
    """Models of Databricks on a date, under the names that they have elsewhere."""
    assert told(find("databricks", model, "pay-per-token", on=on)) == amounts


def test_databricks_keeps_its_own_unit() -> None:
    """2.143 DBU at 0.07 USD are 0.15001 USD, and how far the rounding may be off is said."""
    row = next(
        r for r in table().usage_of("llama-3.1-8b")
        if r.provider == "databricks" and r.charge == "input"
    )  # fmt: skip
    assert (row.usd, row.original_amount, row.original_unit) == (
        Decimal("0.15001"), "2.143", "DBU per million tokens at 0.07 USD/DBU",
    )  # fmt: skip
    assert row.doubt == "DBU rounded by the source: off by up to 0.000035"


# --- first-party list prices


@pytest.mark.parametrize(
    ("model", "version", "on", "amounts"),
    [
        ("gpt-4o-mini", None, "2024-07-20", "0.15 0.6"),
        ("gpt-4o", None, "2024-07-20", "5 15"),
        ("gpt-4o", "2024-05-13", "2024-07-20", "5 15"),
        ("gpt-4o", "2024-05-13", TODAY, "5 15"),
        ("gpt-4o", "2024-08-06", TODAY, "2.5 10"),
        ("gpt-4o", None, TODAY, "2.5 10"),
        ("gpt-4o", "2024-08-06", "2024-07-20", None),
        ("gpt-4o-mini", None, "2024-03-27", None),
        ("o3", "2025-04-16", "2025-06-10", "2 8"),
        ("o3", "2025-04-16", "2025-06-09", None),
    ],
)
def test_openai_prices_have_dates(
    model: str, version: str | None, on: str, amounts: str | None
) -> None:
    """An alias moves, a version stays, and before a price was seen it is unknown."""
    assert told(find("openai", model, "standard", version=version, on=on)) == amounts


def test_between_two_far_readings_a_changed_price_is_unknown() -> None:
    """gpt-4o was last seen at 5/15 in July 2024; when it changed before 2026-11-20 nobody tells."""
    assert told(find("openai", "gpt-4o", "standard", on="2024-07-25")) == "5 15"
    assert find("openai", "gpt-4o", "standard", on="2025-06-01") is None
    assert told(find("openai", "gpt-4o", "standard", on="2026-11-20")) == "2.5 10"


@pytest.mark.parametrize(
    ("provider", "model", "deployment_type"),
    [
        ("databricks", "llama-3-70b", "pay-per-token"),
        ("anthropic", "claude-2", "standard"),
        ("gemini", "gemini-1.5-flash", "standard"),
    ],
)
def test_what_is_gone_from_a_list_has_no_price_today(
    provider: str, model: str, deployment_type: str
) -> None:
    """A model that the newest list no longer has was priced in July 2024 and is unknown today."""
    then = find(provider, model, deployment_type, on="2024-07-23")
    assert then is not None
    assert then.doubts[0].endswith(
        "last seen on 2024-07-25; gone on an unknown day before 2026-11-20"
    )
    assert find(provider, model, deployment_type) is None


@pytest.mark.parametrize(
    ("deployment_type", "tier", "context", "amounts"),
    [
        ("standard", "default", 0, "2.5 15"),
        ("standard", "default", 272_000, "5 22.5"),
        ("batch", "default", 0, "1.25 7.5"),
        ("standard", "priority", 0, "5 30"),
    ],
)
def test_openai_has_tiers(deployment_type: str, tier: str, context: int, amounts: str) -> None:
    """gpt-5.4 at OpenAI itself, by batch, tier and prompt length."""
    quote = find("openai", "gpt-5.4", deployment_type, tier=tier, context_over_tokens=context)
    assert told(quote) == amounts


def test_a_fine_tuned_model_has_its_own_price() -> None:
    """gpt-4o 2024-08-06 fine-tuned is 3.75/15 at OpenAI."""
    quote = find("openai", "gpt-4o", "standard", version="2024-08-06", fine_tuned=True)
    assert told(quote) == "3.75 15"


def test_disagreement_of_two_sources_is_named() -> None:
    """Audio into gpt-4o-transcribe: one source has 2.5, another 6."""
    quote = find("openai", "gpt-4o-transcribe", "standard")
    assert quote is not None
    assert other(quote, "audio_input") == "2.5 a mtok"
    assert "audio input: genai-prices 0.2.3 has 6" in quote.doubts


@pytest.mark.parametrize(
    ("model", "version", "deployment_type", "on", "amounts"),
    [
        ("claude-3-opus", "20240229", "standard", "2024-07-23", "15 75"),
        ("claude-3-5-sonnet", "20240620", "standard", "2024-07-23", "3 15"),
        ("claude-opus-4-5", None, "standard", TODAY, "5 25"),
        ("claude-opus-4-5", None, "batch", TODAY, "2.5 12.5"),
    ],
)
def test_anthropic_prices_have_dates(
    model: str, version: str | None, deployment_type: str, on: str, amounts: str
) -> None:
    """Claude at Anthropic itself, in July 2024 and now, and by the batch."""
    assert told(find("anthropic", model, deployment_type, version=version, on=on)) == amounts


# --- provisioned units and money


@pytest.mark.parametrize(
    ("region", "on", "usd"),
    [
        ("eastus2", "2025-08-25", "2"),
        ("eastus2", "2025-09-01", "2"),
        ("japaneast", "2025-08-31", "2"),
        ("japaneast", "2025-09-01", "2.2"),
        ("swedencentral", "2025-09-01", "2.2"),
        ("westeurope", "2025-09-01", "2.4"),
    ],
)
def test_regional_units_of_azure_cost_by_region_and_date(region: str, on: str, usd: str) -> None:
    """Regional provisioned units have three prices since 2025-09-01, one before."""
    quote = find("azure", "gpt-4.1", "ProvisionedManaged", version="2025-04-14", region=region,
                 on=on)  # fmt: skip
    assert quote is not None
    assert quote.usd_per_unit_hour == Decimal(usd)


@pytest.mark.parametrize(
    ("currency", "on", "per_usd", "of"),
    [
        ("EUR", "2024-07-23", "0.92081", "2024-07-23"),
        ("JPY", "2025-08-25", "147.354", "2025-08-25"),
        ("JPY", TODAY, "157.25", "2026-10-30"),
        ("EUR", "2024-03-17", "0.918105", "2024-03-15"),
    ],
)
def test_currencies_are_converted_at_a_dated_rate(
    currency: str, on: str, per_usd: str, of: str
) -> None:
    """The newest rate of the European Central Bank up to the date, by the dollar."""
    rate = rate_on(read_rates([FOLDER]), currency, day(on))
    assert rate is not None
    assert (rate.per_usd.normalize(), rate.date) == (Decimal(per_usd), day(of))


def test_every_currency_has_every_date() -> None:
    """Sixteen currencies on the same five days."""
    rates = read_rates([FOLDER])
    days = {rate.date for rate in rates}
    assert (len(rates), len(days)) == (80, 5)
    assert {(r.currency, r.date) for r in rates} == {
        (currency, on) for currency in CURRENCIES.split() for on in days
    }


def test_every_known_price_of_longer_prompts_begins_where_portions_are_cut() -> None:
    """100,000, 200,000 and 272,000 tokens are multiples of 4,000."""
    bounds = {row.context_over_tokens for row in table().usage}
    assert {100_000, 200_000, 272_000} <= bounds
    assert [bound for bound in bounds if bound % PRICE_STEP] == []
