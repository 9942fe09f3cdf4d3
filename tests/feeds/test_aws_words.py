"""Claims about the words of Bedrock's meters: what each bills, and when nobody can say."""

import pytest

from planner.feeds._aws_names import model_of
from planner.feeds._aws_offer_file import Product
from planner.feeds._aws_profiles import geographic_profiles
from planner.feeds._aws_usage import MARKETPLACE, MODELS, Unread, Usage, read_usage
from planner.files.facts import model_names


def native(usage_type: str, **told: str) -> Usage | Unread | None:
    """A meter of the offer AmazonBedrock."""
    return read_usage(MODELS, Product(attributes=told | {"usagetype": usage_type}))


def market(dimension: str, name: str = "Claude Opus 4.5") -> Usage | Unread | None:
    """A meter of the offer AmazonBedrockFoundationModels."""
    attributes = {
        "servicename": f"{name} (Amazon Bedrock Edition)",
        "usagetype": f"USE1-MP:USE1_{dimension}-Units",
    }
    return read_usage(MARKETPLACE, Product(attributes=attributes))


def brief(usage: Usage | Unread | None) -> tuple[str, ...]:
    """The charge and route of a usage, and what else it says."""
    assert isinstance(usage, Usage), usage
    said = {
        usage.tier: usage.tier != "default",
        "batch": usage.batch,
        "long": usage.long_context,
        "fine-tuned": usage.fine_tuned,
        "mantle": usage.mantle,
    }
    charge = usage.charge or usage.item
    return charge, usage.route, *(word for word, true in said.items() if true)


@pytest.mark.parametrize(
    ("usage_type", "said"),
    [
        ("USE1-gpt-oss-120b-input-tokens", ("input", "regional")),
        ("EU-Qwen3-32B-output-tokens-batch", ("output", "regional", "batch")),
        ("USE1-gpt-oss-120b-output-tokens-priority", ("output", "regional", "priority")),
        ("USE1-Nova2.0Lite-input-tokens-flex", ("input", "regional", "flex")),
        ("USE1-Nova2.0Lite-output-tokens-cross-region-global-batch", ("output", "global", "batch")),
        (
            "USE1-Nova2.0Pro-text-input-tokens-priority-cross-region-global",
            ("input", "global", "priority"),
        ),
        ("USW2-NovaPro-cache-read-input-token-count", ("cached_input", "regional")),
        (
            "USW2-NovaPro-cache-write-input-token-count-cross-region-geo",
            ("cache_write", "geographic"),
        ),
        ("EU-NovaPro-input-tokens-cross-region-eu", ("input", "eu")),
        ("USE1-Claude4Sonnet-cache-write-input-token-count-1-hour", ("cache_write_1h", "regional")),
        (
            "USE1-Claude4Sonnet-input-tokens-long-context-cross-region-global",
            ("input", "global", "long"),
        ),
        (
            "USE1-xai.grok-4.6-mantle-input-tokens-global-standard",
            ("input", "global", "mantle"),
        ),
        (
            "USE1-anthropic.claude-haiku-4-5-mantle-cache-write-tokens-1h-standard",
            ("cache_write_1h", "regional", "mantle"),
        ),
        ("USE1-Nova2.0Omni-input-image-token-count", ("image_input", "regional")),
        ("USE1-Nova2.0Lite-output-tokens-custom-model", ("output", "regional", "fine-tuned")),
        ("USE1-Nova2.0Lite-Customization-Training", ("training", "regional", "fine-tuned")),
        ("USE1-Nova2.0Lite-ProvisionedThroughput-NoCommit-ModelUnits", ("model_unit", "regional")),
    ],
)
def test_a_usage_type_of_amazon_bedrock_is_read(usage_type: str, said: tuple[str, ...]) -> None:
    """What is billed, by which route, and what else the words say."""
    assert brief(native(usage_type)) == said


@pytest.mark.parametrize(
    ("dimension", "said"),
    [
        ("InputTokenCount", ("input", "regional")),
        ("InputTokenCount_Geo", ("input", "geographic")),
        ("OutputTokenCount_Global", ("output", "global")),
        ("InputTokenCount_Global_Batch", ("input", "global", "batch")),
        ("InputTokenCount_LCtx_Global", ("input", "global", "long")),
        ("CacheReadInputTokenCount", ("cached_input", "regional")),
        ("CacheWriteInputTokenCount_Global", ("cache_write", "global")),
        ("CacheWrite5mInputTokenCount_Global", ("cache_write", "global")),
        ("CacheWrite1hInputTokenCount", ("cache_write_1h", "regional")),
        ("input_tokens_standard", ("input", "regional")),
        ("cached_input_tokens_batch", ("cached_input", "regional", "batch")),
        ("cache_write_tokens_1h_global_standard", ("cache_write_1h", "global")),
        ("cache_read_tokens_long_ctx_global_standard", ("cached_input", "global", "long")),
        ("output_tokens_long_ctx_flex", ("output", "regional", "flex", "long")),
        ("created_image", ("image", "regional")),
    ],
)
def test_a_usage_type_of_the_marketplace_is_read(dimension: str, said: tuple[str, ...]) -> None:
    """In the older and the newer spelling."""
    assert brief(market(dimension)) == said


def test_reserved_tokens_and_model_units_have_a_term() -> None:
    """A month, three or six, or none."""
    told = [
        market("Reserved_1Month_InputTPM_Geo"),
        market("Reserved_3Month_OutputTPM_Global"),
        market("ProvisionedThroughput_6MonthsCommit_ModelUnits_Usage"),
        market("ProvisionedThroughput_NoCommit_ModelUnits_Usage"),
        native("USE1-Nova2.0Lite-ProvisionedThroughput-1month-ModelUnits"),
        native("USE1-amazon.nova-pro-reserved-1-month-input-tokens-per-minute-cross-region-geo"),
    ]
    assert [(u.item, u.charge, u.term, u.route) for u in told if isinstance(u, Usage)] == [
        ("reserved_ktpm", "input", "1_month", "geographic"),
        ("reserved_ktpm", "output", "3_months", "global"),
        ("model_unit", "", "6_months", "regional"),
        ("model_unit", "", "on_demand", "regional"),
        ("model_unit", "", "1_month", "regional"),
        ("reserved_ktpm", "input", "1_month", "geographic"),
    ]


@pytest.mark.parametrize(
    ("usage_type", "reason"),
    [
        ("USE1-NovaPro-output-tokens-latency-optimized", "latency-optimized inference has no word"),
        ("USE1-NovaPro-input-tokens-turbo", "its words 'turbo' are not known"),
        ("USE1-NovaPro-input-tokens-cross-region", "its words 'cross-region' are not known"),
        ("USE1-NovaPro-input-tokens-flex-priority", "its words contradict one another"),
        ("USE1-NovaCanvas-T2I-1024-Premium", "an image is billed by size and quality"),
        ("USE1-cohere.rerank-english-v3-search-units", "a search unit is no request"),
        ("USE1-Nova2.0Lite-Customization-Storage", "the storage of a customized model"),
        ("USE1-Nova2.0Lite-RFT-Training-Hours", "this way of customizing"),
        ("USE1-NovaMultiModalEmbeddings-input-audio-second", "audio and speech units"),
        ("USE1-openai.gpt-5.6-mantle-cache-write-tokens-30m-standard", "a cache write of 30m"),
    ],
)
def test_a_word_that_is_not_known_leaves_a_meter_unread(usage_type: str, reason: str) -> None:
    """It may be just what tells two prices apart."""
    usage = native(usage_type, model="Nova")
    assert isinstance(usage, Unread)
    assert usage.reason.startswith(reason)


def test_the_tier_may_stand_beside_the_usage_type() -> None:
    """Older meters tell it in the inference type, the service tier or the feature alone."""
    usage = "USE1-Qwen3-32B-input-tokens"
    assert brief(native(usage, inferenceType="Input tokens flex")) == ("input", "regional", "flex")
    assert brief(native(usage, service_tier="Priority")) == ("input", "regional", "priority")
    assert brief(native(usage, feature="Batch Inference")) == ("input", "regional", "batch")
    assert brief(native(usage, inferenceType="Input tokens global priority")) == (
        "input",
        "global",
        "priority",
    )


def test_attributes_that_contradict_the_usage_type_leave_a_meter_unread() -> None:
    """Neither is believed."""
    assert native("USE1-Qwen3-32B-input-tokens-flex", inferenceType="Input tokens priority") == (
        Unread("Qwen3-32B-input-tokens-flex", "its attributes contradict its usage type")
    )
    geographic = "USE1-Qwen3-32B-input-tokens-cross-region-geo"
    assert isinstance(native(geographic, inferenceType="Input tokens global"), Unread)
    assert native("USE1-Qwen3-32B-input-tokens", inferenceType="Output tokens") == (
        Unread("Qwen3-32B-input-tokens", "its inference type is 'output tokens'")
    )
    assert isinstance(native("USE1-Nova-input-tokens", feature="Model Customization"), Unread)


def test_what_is_no_model_s_and_what_is_outdated_is_passed_over() -> None:
    """A guardrail has no model; "(100K)" repeats old models at old prices."""
    assert native("USE1-Guardrail-ContentPolicyUnitsConsumed") is None
    assert market("InputTokenCount", "Claude (100K)") is None


def test_words_hold_no_region() -> None:
    """So that one row can stand for all regions with one price."""
    usage, other = native("USE1-gpt-oss-120b-input-tokens"), market("InputTokenCount_Global")
    assert isinstance(usage, Usage)
    assert isinstance(other, Usage)
    assert usage.words == "gpt-oss-120b-input-tokens"
    assert other.words == "Claude Opus 4.5 InputTokenCount_Global"


@pytest.mark.parametrize(
    ("name", "model", "version"),
    [
        ("Claude Opus 4.5", "claude-opus-4-5", None),
        ("Claude 3.5 Sonnet v2", "claude-3-5-sonnet", "20241022-v2:0"),
        ("Claude Opus 5.5", "claude-opus-5-5", None),
        ("Nova 2.0 Lite", "nova-2-lite", None),
        ("gpt-oss-120b", "gpt-oss-120b", None),
        ("openai.gpt-oss-120b", "gpt-oss-120b", None),
        ("OpenAI GPT-6 Astra", "gpt-6-astra", None),
        ("Llama 3.1 70B", "llama-3.1-70b", None),
        ("R1", "deepseek-r1", None),
        ("Mixtral 8*7B", "mixtral-8x7b", None),
        ("Mistral Large", "mistral-large-2402", None),
        ("Mistral Large 2407", "mistral-large-2407", None),
        ("NVIDIA Nemotron Nano 2 VL", "nemotron-nano-12b-v2", None),
        ("TwelveLabs Pegasus 1.2", "pegasus-1-2", None),
        ("Cohere Embed Model 3 - English", "cohere-embed-english-v3", None),
        ("TitanEmbeddingsG1-Text", "titan-embed-text-v1", None),
        ("Kimi K3", "kimi-k3", None),
    ],
)
def test_a_name_of_the_feed_leads_to_the_canonical_model(
    name: str, model: str, version: str | None
) -> None:
    """As planner's offers spell it."""
    assert model_of(name, model_names()) == (model, version)


def test_a_new_name_is_looked_for_among_the_models_of_offers() -> None:
    """Before the table of names holds it."""
    assert model_of("Stellar Max 9.1", model_names(), ["stellar-max-9-1"]) == (
        "stellar-max-9-1",
        None,
    )
    assert model_of("Stellar Max 9.1", model_names()) == ("stellar-max-9.1", None)


@pytest.mark.parametrize("name", ["", "  ", "[red]x", "=SUM(A1)", "\x1b[1m"])
def test_what_can_be_no_model_s_name_is_none(name: str) -> None:
    """Such a meter is listed, not priced."""
    assert model_of(name, model_names()) is None


def test_geographic_profiles_do_not_follow_from_the_region_s_name() -> None:
    """Canada has us. profiles too, Israel eu. ones, South America none."""
    assert geographic_profiles("us-east-1") == ("us. inference profile",)
    assert geographic_profiles("ca-central-1") == (
        "ca. inference profile",
        "us. inference profile",
    )
    assert geographic_profiles("il-central-1") == ("eu. inference profile",)
    assert geographic_profiles("ap-northeast-1") == (
        "apac. inference profile",
        "jp. inference profile",
    )
    assert geographic_profiles("sa-east-1") == ()
