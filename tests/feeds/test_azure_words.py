"""Claims about the words of Azure's meters: what each bills, and when nobody can say."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.feeds._azure_meters import Meter, Reader, Unread
from planner.feeds._azure_rows import FeedRow
from planner.feeds._azure_versions import version_of
from planner.feeds._azure_words import read_words
from planner.files.facts import model_names

READER = Reader(model_names(), {})


def meter(
    words: str,
    product: str = "Azure OpenAI",
    counted: str = "Tokens",
    unit: str = "1K",
    began: date = date(2025, 4, 1),
) -> Meter | Unread | None:
    """What a meter bills whose SKU is named by these words."""
    row = FeedRow(
        meter_name=f"{words} {counted}".strip(),
        product_name=product,
        sku_name=words,
        retail_price=Decimal(1),
        unit_of_measure=unit,
        effective_start_date=began.isoformat(),
    )
    return READER.read(row, began)


def brief(found: Meter | Unread | None) -> str:
    """A meter in one line: model, version, type, charges, and what else its words say."""
    assert isinstance(found, Meter), found
    (model, version), *more = found.models
    said = [
        model,
        version or "-",
        found.deployment_type or "-",
        "+".join(found.charges) or found.item,
        *(f"and {other}" for other, _ in more),
        *([found.tier] if found.tier != "default" else []),
        *([f">{found.context_over_tokens}"] if found.context_over_tokens else []),
        *(["fine-tuned"] if found.fine_tuned else []),
    ]
    return " ".join(said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("gpt-4o-0806-Inp-glbl", "gpt-4o 2024-08-06 GlobalStandard input"),
        ("gpt 4o 0806 Inp Data Zone", "gpt-4o 2024-08-06 DataZoneStandard input"),
        ("gpt-4o-0806-Outp-regnl", "gpt-4o 2024-08-06 Standard output"),
        ("gpt 4o 0513 Input regional", "gpt-4o 2024-05-13 Standard input"),
        ("gpt 4o 1120 cached Inp regnl", "gpt-4o 2024-11-20 Standard cached_input"),
        ("gpt 4o 1120 Batch Outp DZ", "gpt-4o 2024-11-20 DataZoneBatch output"),
        ("gpt 4o mini0718 BatchOutp DataZone", "gpt-4o-mini 2024-07-18 DataZoneBatch output"),
        ("gpt 4.1 nano cached Inp DZone", "gpt-4.1-nano 2025-04-14 DataZoneStandard cached_input"),
        ("gpt 4.5 0227 Outp glbl", "gpt-4.5-preview 2025-02-27 GlobalStandard output"),
        ("o1 preview input glbl", "o1-preview 2024-09-12 GlobalStandard input"),
        ("o1-pro Batch Inp glbl", "o1-pro 2025-03-19 GlobalBatch input"),
        ("o3 mini 0131 cached input Data Zone", "o3-mini 2025-01-31 DataZoneStandard cached_input"),
        ("codex mini out rgnl", "codex-mini 2025-05-16 Standard output"),
        ("computer-use-inpt-datazone", "computer-use-preview - DataZoneStandard input"),
        ("embedding-ada-regional", "text-embedding-ada-002 - Standard input"),
        ("text-embedding-3-large-glbl", "text-embedding-3-large 1 GlobalStandard input"),
        ("text embedding 3 small DZ", "text-embedding-3-small 1 DataZoneStandard input"),
        ("babbage-002-base-regional", "babbage-002 1 Standard input+output"),
        (
            "o3-deep research 0626-inp-cchd-dzone",
            "o3-deep-research 2025-06-26 DataZoneStandard cached_input",
        ),
    ],
)
def test_the_words_of_a_token_meter_are_read(words: str, said: str) -> None:
    """Model, version, deployment type and charge, whatever the order and the abbreviations."""
    assert brief(meter(words)) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("gpt-35-turbo-16K-0125 Input-regional", "gpt-35-turbo 0125 Standard input"),
        ("gpt-35-turbo-16k-Input-regional", "gpt-35-turbo-16k 0613 Standard input"),
        ("gpt-35-turbo-4k-Output-regional", "gpt-35-turbo 0613 Standard output"),
        ("gpt-35-trb16K-Batch-125-Inp-glbl", "gpt-35-turbo 0125 GlobalBatch input"),
        ("gpt-35-trb16K-Batch-Outp-glbl", "gpt-35-turbo 1106 GlobalBatch output"),
        ("gpt-35-turbo16K-Batch-Inp-glbl", "gpt-35-turbo-16k 0613 GlobalBatch input"),
        ("gpt-35-turbo16K-FT-Inp-regnl", "gpt-35-turbo - Standard input fine-tuned"),
        ("gpt-35-turbo4K-FT-Outp-regnl", "gpt-35-turbo 0613 Standard output fine-tuned"),
        ("gpt-4-8K-Input-regional", "gpt-4 0613 Standard input"),
        ("gpt-4-32K-Outp-glbl", "gpt-4-32k 0613 GlobalStandard output"),
        ("gpt-4-turbo128K Inp-glbl", "gpt-4-turbo turbo-2024-04-09 GlobalStandard input"),
        (
            "gpt-4-turbo-128K Input-regional",
            "gpt-4-turbo turbo-2024-04-09 Standard input and gpt-4",
        ),
        ("gpt-4-turbo-Vision-128K Input-regional", "gpt-4 vision-preview Standard input"),
    ],
)
def test_a_context_length_in_the_words_names_an_older_version(words: str, said: str) -> None:
    """4K, 8K, 16K and 128K stand for versions, as the ids in the management API tell."""
    assert brief(meter(words)) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("gpt-4o-aud-1217-txt Inp glbl", "gpt-4o-audio-preview 2024-12-17 GlobalStandard input"),
        (
            "gpt-4o-aud-0603 Outp DZone",
            "gpt-4o-audio-preview 2025-06-03 DataZoneStandard audio_output",
        ),
        (
            "gpt4omini-aud1217 Inp regnl",
            "gpt-4o-mini-audio-preview 2024-12-17 Standard audio_input",
        ),
        (
            "gpt-4o-rt-aud-0603 cchd Inp DZn",
            "gpt-4o-realtime-preview 2025-06-03 DataZoneStandard cached_audio_input",
        ),
        (
            "gpt4omini-rt-txt1217 Outp glbl",
            "gpt-4o-mini-realtime-preview 2024-12-17 GlobalStandard output",
        ),
        (
            "gpt4o realtimePrvwAudInp DataZone",
            "gpt-4o-realtime-preview 2024-10-01 DataZoneStandard audio_input",
        ),
        (
            "gpt4o rtime cached txt inp rgnl",
            "gpt-4o-realtime-preview 2024-10-01 Standard cached_input",
        ),
        (
            "gpt-4o-mini-transcribe-aud-inp-dz",
            "gpt-4o-mini-transcribe - DataZoneStandard audio_input",
        ),
        (
            "gpt4o mn trscb txt out gl 1215",
            "gpt-4o-mini-transcribe 2025-12-15 GlobalStandard output",
        ),
        (
            "gpt 4o tcrb d aud inp glbl",
            "gpt-4o-transcribe-diarize 2025-10-15 GlobalStandard audio_input",
        ),
        ("gpt4o mn tts aud out rg 1215", "gpt-4o-mini-tts 2025-12-15 Standard audio_output"),
        ("gpt aud mn txt in DZ 1215", "gpt-audio-mini 2025-12-15 DataZoneStandard input"),
        ("gpt aud 1.5 opt Gl", "gpt-audio-1.5 2026-02-23 GlobalStandard audio_output"),
        ("gpt rt img mini cchd Inp rgnl", "gpt-realtime-mini - Standard cached_image_input"),
        ("gpt-realtime-2.1-mini Text opt DZ", "gpt-realtime-2.1-mini - DataZoneStandard output"),
        (
            "gpt-image-1-inp-cached-img-dzone",
            "gpt-image-1 2025-04-15 DataZoneStandard cached_image_input",
        ),
        ("gpt img 1 mini inp txt glbl", "gpt-image-1-mini 2025-10-06 GlobalStandard input"),
        ("Image 2 img Batch cd inp Gl", "gpt-image-2 2026-04-21 GlobalBatch cached_image_input"),
    ],
)
def test_a_kind_of_token_is_told_from_the_model_that_it_names(words: str, said: str) -> None:
    """The first "aud" or "img" may be the model's name; text tokens are plain input and output."""
    assert brief(meter(words)) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("5.4 inp Gl", "gpt-5.4 2026-03-05 GlobalStandard input"),
        ("5.4 longco opt Dz", "gpt-5.4 2026-03-05 DataZoneStandard output >272000"),
        ("5.4 pro longco batch inp Gl", "gpt-5.4-pro 2026-03-05 GlobalBatch input >272000"),
        ("5.5 ShortCo PP cd inp Dz", "gpt-5.5 2026-04-24 DataZoneStandard cached_input priority"),
        ("5.6 sol LongCo Cd Wr Std DZ", "gpt-5.6-sol - DataZoneStandard cache_write >272000"),
        ("5 mini pp Opt Gl", "gpt-5-mini 2025-08-07 GlobalStandard output priority"),
        ("GPT 5 Rsng cchd Inpt Glbl", "gpt-5 2025-08-07 GlobalStandard cached_input"),
        ("GPT 5 Chat outpt Glbl", "gpt-5-chat - GlobalStandard output"),
        ("5.2 chat 0210 inp Dz", "gpt-5.2-chat 2026-02-10 DataZoneStandard input"),
        ("chat-latest 05282026 opt Gl", "gpt-chat-latest 2026-05-28 GlobalStandard output"),
        ("gpt-5-codex-ccchd-inp-dzone", "gpt-5-codex 2025-09-15 DataZoneStandard cached_input"),
        ("5.1 codex max cd inp Gl", "gpt-5.1-codex-max 2025-12-04 GlobalStandard cached_input"),
        ("6 luna flex inp Gl", "gpt-6-luna - GlobalStandard input flex"),
        ("6 sol 0922 inp Gl", "gpt-6-sol 2026-09-22 GlobalStandard input"),
    ],
)
def test_tiers_and_long_prompts_are_told(words: str, said: str) -> None:
    """Priority and flex are tiers; a long prompt's price holds above a length; new models too."""
    found = meter(words, "Azure OpenAI GPT5", "1M Tokens", "1M", date(2026, 9, 1))
    assert brief(found) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            "gpt-4o-0806-cached-FT-inp-datazone",
            "gpt-4o 2024-08-06 DataZoneStandard cached_input fine-tuned",
        ),
        (
            "gpt-4.1-dev-ft cchd inpt glbl",
            "gpt-4.1 2025-04-14 DeveloperTier cached_input fine-tuned",
        ),
        ("o4 mini dev RFT opt glb", "o4-mini 2025-04-16 DeveloperTier output fine-tuned"),
        ("gpt-4o-0806-FT-Trng-glbl tkn", "gpt-4o 2024-08-06 GlobalStandard training fine-tuned"),
        ("gpt 4.1 dev ft training glbl", "gpt-4.1 2025-04-14 DeveloperTier training fine-tuned"),
        ("gpt-4.1-ft mdl grdr cchd inpt", "gpt-4.1 2025-04-14 - cached_grader_input"),
        ("o1 model ft grader output", "o1 2024-12-17 - grader_output"),
        ("text-embedding-3-large-grader", "text-embedding-3-large 1 - grader_input"),
    ],
)
def test_what_fine_tuning_costs_is_told_apart(words: str, said: str) -> None:
    """A tuned model's tokens, its training and the grader of its answers are three things."""
    assert brief(meter(words)) == said


@pytest.mark.parametrize(
    ("product", "words", "said"),
    [
        (
            "Azure Deepseek Models",
            "V3.2 SP Inp DZ",
            "deepseek-v3.2-speciale - DataZoneStandard input",
        ),
        ("Deepseek model family", "V3-0324 Outp glbl", "deepseek-v3-0324 - GlobalStandard output"),
        ("Deepseek model family", "MAI-DS-R1 Inp regnl", "mai-ds-r1 - Standard input"),
        (
            "Azure Deepseek Models",
            "V4 Flash cached glbl",
            "deepseek-v4-flash - GlobalStandard cached_input",
        ),
        (
            "Azure Fireworks Models",
            "FW DeepSeekV3.2 Cache Inp DZ",
            "fw-deepseek-v3.2 - DataZoneStandard cached_input",
        ),
        (
            "Azure Fireworks Models",
            "FW DeepSeek-V4-Pro Ch Inp DZ",
            "fw-deepseek-v4-pro - DataZoneStandard cached_input",
        ),
        ("Azure Grok Models", "4.3 Inp DZ L", "grok-4.3 - DataZoneStandard input >200000"),
        ("Azure Grok Models", "Code Fast 1 Outp glbl", "grok-code-fast-1 - GlobalStandard output"),
        (
            "Azure Grok Models",
            "Grok4 Fast Inp DZone",
            "grok-4-fast-reasoning - DataZoneStandard input and grok-4-fast-non-reasoning",
        ),
        ("Azure Kimi", "K2.5 Thinking Outp glbl", "kimi-k2.5 - GlobalStandard output"),
        ("Azure Llama Models", "3.3 70b Inp FT regnl", "llama-3.3-70b - Standard input fine-tuned"),
        (
            "Azure Llama Models",
            "Llama3.3-Out-FT",
            "llama-3.3-70b - GlobalStandard output fine-tuned",
        ),
        (
            "Azure Mistral Models",
            "Ministral 3bFTregnl",
            "ministral-3b - Standard training fine-tuned",
        ),
        ("Azure Mistral Models", "Large 3 Inp glbl", "mistral-large-3 - GlobalStandard input"),
        ("Azure OpenAI OSS Models", "20b FT regnl", "gpt-oss-20b - Standard training fine-tuned"),
        ("Qwen models", "32b Outp FT DZ", "qwen3-32b - DataZoneStandard output fine-tuned"),
        ("Cohere Models", "Embed v4 Img Glbl", "cohere-embed-v4 - GlobalStandard image_input"),
        ("MAI Models", "Image 2e Output glbl", "mai-image-2e - GlobalStandard image_output"),
        (
            "Phi",
            "Phi-3.5-V-128K-Instruct-Output-Finetuned",
            "phi-3.5-vision - GlobalStandard output fine-tuned",
        ),
        ("Phi", "Phi-4-Mini MM-Audio-In", "phi-4-multimodal - GlobalStandard audio_input"),
        (
            "Phi",
            "Phi-3-Mini-4K-Instruct-Finetuned",
            "phi-3-mini-4k - GlobalStandard training fine-tuned",
        ),
    ],
)
def test_a_product_says_what_its_meters_leave_out(product: str, words: str, said: str) -> None:
    """The "R1" of Deepseek is deepseek-r1; open models are sold in one way where none is named."""
    assert brief(meter(words, product)) == said


def test_a_type_that_no_word_names_is_doubted() -> None:
    """Phi is sold as GlobalStandard alone, but its meters do not say so."""
    found = meter("Phi-4-Input", "Phi")
    assert isinstance(found, Meter)
    assert found.doubt == (
        "its words tell no deployment type; such models are sold as GlobalStandard alone"
    )


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("gpt-4-8K-Batch-Inp-regnl", "a regional batch is no deployment type"),
        ("Az-GPT-3.5-turbo", "its words 'az gpt 3.5 turbo' name no model that is known"),
        ("gpt-latest 05052026 inp Gl", "its words 'gpt latest' name no model that is known"),
        ("gpt 4.1 Inp", "its words tell no deployment type"),
        ("gpt 4.1 glbl", "its words tell no direction"),
        ("gpt 4.1 zq Inp glbl", "its words 'gpt 4.1 zq' name no model that is known"),
        ("gpt 4.1 cached Outp glbl", "its words contradict one another (cached output)"),
        ("gpt 4.1 Inp glbl Data Zone", "its words contradict one another (scope)"),
        ("gpt 4.1 Batch pp Inp glbl", "its words contradict one another (batch and tier)"),
        ("gpt-realtime-2 inp Gl", "its words tell no kind of token"),
        ("gpt 4.1 longco Inp glbl", "from which length on its long prompts count is not known"),
        ("o5 0301 Inp glbl", "the year of its version 0301 cannot be told"),
        ("Inp glbl", "its words name no model"),
    ],
)
def test_what_the_words_do_not_tell_stays_unread(words: str, reason: str) -> None:
    """Nothing is guessed: the reason is told instead."""
    assert meter(words, began=date(2026, 9, 1)) == Unread(reason)


@pytest.mark.parametrize(
    ("product", "words", "counted"),
    [
        ("Speech", "S1 Speech To Text", "Speech Hours"),
        ("Azure OpenAI", "file-search-tool-calls-glbl", "Calls"),
        ("Azure OpenAI", "Code-Interpreter-global", "Session"),
        ("Azure OpenAI Free Meter", "Standard", "Unit"),
        ("Azure AI Content Understanding", "Pro Field Extract Inp", "Tokens"),
    ],
)
def test_what_is_no_models_is_left_out(product: str, words: str, counted: str) -> None:
    """Other services and tools have no place in a table of models."""
    assert meter(words, product, counted) is None


@pytest.mark.parametrize(
    ("words", "counted", "unit", "said"),
    [
        (
            "gpt-4.1-ft hosting global",
            "Unit",
            "1 Hour",
            "gpt-4.1 2025-04-14 GlobalStandard hosting fine-tuned",
        ),
        (
            "o4-mini RFT Training regional",
            "Unit",
            "1 Hour",
            "o4-mini 2025-04-16 Standard training fine-tuned",
        ),
        ("Image-DALL-E-2-regnl", "Images", "100", "dall-e-2 2.0 Standard image"),
        ("Speech-Text to Speech HD-Regional", "Characters", "1M", "tts-hd 001 Standard speech"),
        ("Speech-to-Text-Batch-Whisper-glbl", "Unit", "1 Hour", "whisper 001 GlobalStandard audio"),
    ],
)
def test_what_is_not_billed_by_the_token_is_read_too(
    words: str, counted: str, unit: str, said: str
) -> None:
    """Hours, images, characters and minutes."""
    assert brief(meter(words, counted=counted, unit=unit)) == said


def test_an_image_of_several_sizes_stays_unread() -> None:
    """The price depends on what no field here holds."""
    found = meter("Image-Dall-E-3 HD HighRes-glbl", counted="Images", unit="100")
    assert found == Unread("an image is billed by size and quality, which have no words here")


def test_a_unit_that_contradicts_the_name_is_refused() -> None:
    """A meter of a million tokens is not priced by the thousand."""
    found = meter("5.4 opt Dz", "Azure OpenAI GPT5", "1M Tokens", "1K")
    assert found == Unread("its unit '1K' contradicts its name")


def test_the_year_of_a_version_comes_from_what_is_known() -> None:
    """A meter of 2025-09 still means the version of 2024; a new model's is near its first price."""
    later = date(2025, 9, 1)
    assert version_of("gpt-4o", "0513", later, {}) == "2024-05-13"
    assert version_of("gpt-7", "1217", date(2027, 1, 1), {}) == "2026-12-17"
    assert version_of("gpt-7", "0301", later, {"gpt-7": ["2024-03-01"]}) == "2024-03-01"
    assert version_of("gpt-4o", None, later, {}) is None


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No words of a meter bring the reader down."""
    assert isinstance(meter(text), Meter | Unread | None)


@given(st.permutations(["cached", "Inp", "Data Zone", "Batch"]))
def test_the_order_of_the_known_words_says_nothing(words: list[str]) -> None:
    """Only the model's own words stand in an order."""
    said = read_words(" ".join(["gpt 4.1 mini", *words]))
    assert said == read_words("gpt 4.1 mini Batch cached Inp DZone")
