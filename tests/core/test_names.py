"""Claims about canonical model names: the rules, and what a person may type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.names import ModelFacts, ModelNames


def facts(model: str, *aliases: str, open_weights: bool | None = None) -> ModelFacts:
    """Make the facts of a model with these spellings."""
    return ModelFacts(model=model, aliases=aliases, open_weights=open_weights, source="here, 2026")


NAMES = ModelNames(
    [
        facts("gpt-4o", open_weights=False),
        facts("gpt-4o-mini", open_weights=False),
        facts("gpt-35-turbo", open_weights=False),
        facts("claude-3-opus", open_weights=False),
        facts("titan-embed-text-v2", "titan-embed-text-v2:0"),
        facts("command-r-plus", "cohere-command-r-plus", open_weights=True),
        facts("llama-3.1-8b", "meta-llama-3.1-8b", open_weights=True),
        ModelFacts(
            model="mixtral-8x7b",
            hugging_face=("mistralai/Mixtral-8x7B-v0.1",),
            open_weights=True,
            source="here, 2026",
        ),
    ]
)
KNOWN = {"gpt-4o", "gpt-4o-mini", "claude-3-opus", "llama-3.1-8b", "mistral-7b-v0.1"}


@pytest.mark.parametrize(
    ("spelling", "expected"),
    [
        ("gpt-4o", ("gpt-4o", None)),
        ("GPT-4o-mini", ("gpt-4o-mini", None)),
        ("gpt-4o-2024-08-06", ("gpt-4o", "2024-08-06")),
        ("gpt-3.5-turbo-0613", ("gpt-35-turbo", "0613")),
        ("gpt-35-turbo-instruct", ("gpt-35-turbo-instruct", None)),
        ("anthropic.claude-3-opus-20240229-v1:0", ("claude-3-opus", "20240229-v1:0")),
        ("us.anthropic.claude-3-opus-20240229-v1:0:28k", ("claude-3-opus", "20240229-v1:0:28k")),
        ("us-gov.anthropic.claude-3-opus-20240229", ("claude-3-opus", "20240229")),
        ("claude-3-opus@20240229", ("claude-3-opus", "20240229")),
        ("amazon.titan-embed-text-v2:0:8k", ("titan-embed-text-v2", "v2:0:8k")),
        ("meta.llama3-1-8b-instruct-v1:0", ("llama-3.1-8b", "v1:0")),
        ("Meta-Llama-3.1-8B-Instruct", ("llama-3.1-8b", None)),
        ("meta-llama/Meta-Llama-3.1-8B", ("llama-3.1-8b", None)),
        ("mistralai/Mixtral-8x7B-v0.1", ("mixtral-8x7b", None)),
        ("mistral.mixtral-8x7b-instruct-v0:1", ("mixtral-8x7b", "v0:1")),
        ("models/gemini-9.0-flash-001", ("gemini-9.0-flash", "001")),
        ("models/gemini-9.0-flash-preview-09-2025", ("gemini-9.0-flash-preview", "09-2025")),
        ("models/text-embedding-005", ("text-embedding-005", None)),
        ("deepseek.r7-v1:0", ("deepseek-r7", "v1:0")),
        ("databricks-gpt-4o", ("gpt-4o", None)),
        ("azure/eu/gpt-4o", ("gpt-4o", None)),
        ("mistral-small-2503", ("mistral-small-2503", None)),
        ("mistral.mistral-small-2402-v1:0", ("mistral-small-2402", "v1:0")),
    ],
)
def test_split_tells_model_and_version(spelling: str, expected: tuple[str, str | None]) -> None:
    """Every provider's spelling gives the canonical model, and the version that it tells."""
    assert NAMES.split(spelling) == expected


def test_variant_of_a_model_that_is_not_open_keeps_its_own_name() -> None:
    """A chat or instruct variant is the base model only where that is an open model we know."""
    assert NAMES.canonical("gpt-4o-chat") == "gpt-4o-chat"
    assert NAMES.canonical("unheard-of-8b-instruct") == "unheard-of-8b-instruct"
    assert NAMES.canonical("llama-3.1-8b-chat") == "llama-3.1-8b"


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("gpt4o", "gpt-4o"),
        ("GPT-4o", "gpt-4o"),
        ("gpt 4O mini", "gpt-4o-mini"),
        ("claude 3 opus", "claude-3-opus"),
        ("anthropic.claude-3-opus-20240229-v1:0", "claude-3-opus"),
        ("meta-llama/Meta-Llama-3.1-8B-Instruct", "llama-3.1-8b"),
        ("Mistral 7B v0.1", "mistral-7b-v0.1"),
        ("command-r+", None),
        ("gpt-4", None),
        ("", None),
    ],
)
def test_find_takes_what_a_person_types(query: str, expected: str | None) -> None:
    """A person's spelling finds the model among the known ones, or nothing at all."""
    assert NAMES.find(query, KNOWN) == expected


def test_find_refuses_a_query_that_two_models_answer() -> None:
    """Where dashes and dots alone tell two models apart, a spelling without them finds none."""
    assert NAMES.find("new46", {"new-4.6", "new-46"}) is None


def test_close_names_what_resembles_the_query() -> None:
    """Names that hold the query come first, then those that are spelled alike."""
    assert NAMES.close("mistral-7b", KNOWN) == ["mistral-7b-v0.1"]
    assert NAMES.close("gpt-4", KNOWN) == ["gpt-4o", "gpt-4o-mini"]
    assert NAMES.close("claude-3-opux", KNOWN, n=1) == ["claude-3-opus"]
    assert NAMES.close("", KNOWN) == []


def test_facts_are_found_by_any_spelling() -> None:
    """Facts of a model come by any spelling; of a model outside the table there are none."""
    found = NAMES.facts("Cohere-command-r-plus")
    assert found is not None
    assert found.model == "command-r-plus"
    assert NAMES.facts("gpt-9") is None


def test_one_spelling_cannot_name_two_models() -> None:
    """A table that gives one spelling to two models is refused with both names."""
    with pytest.raises(ValueError, match=r"'gpt4o' names both gpt-4o and omni; keep one"):
        ModelNames([facts("gpt-4o"), facts("omni", "gpt4o")])
    with pytest.raises(ValueError, match=r"gpt-4o stands twice; keep one"):
        ModelNames([facts("gpt-4o"), facts("gpt-4o")])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model": "GPT-4o", "source": "x"}, "model 'GPT-4o' is no canonical name"),
        ({"model": "", "source": "x"}, "model '' is no canonical name"),
        ({"model": "gpt-4o", "source": ""}, "gpt-4o has no source"),
        ({"model": "gpt-4o", "source": "x", "context_tokens": 0}, "context_tokens 0"),
    ],
)
def test_facts_are_checked_at_birth(fields: dict[str, object], message: str) -> None:
    """A model without a canonical name or a source, or with an empty context, is refused."""
    with pytest.raises(ValueError, match=message):
        ModelFacts(**fields)  # type: ignore[arg-type]


PARTS = (
    "us.|anthropic.|deepseek.|databricks-|models/|gpt-4|claude-3-opus|llama3-1-8b|gemini-2|r1"
    "|-instruct|-chat|-20240229|-v1|:0|:48k|-preview|-09-2025|-2024-08-06|-0613|-001|-latest| |@|/"
)
WORDS = st.lists(st.sampled_from(PARTS.split("|")), max_size=9).map("".join)


@given(st.text() | WORDS)
def test_a_canonical_name_is_its_own(text: str) -> None:
    """Any text has a canonical name, and a canonical name gives itself."""
    canonical = NAMES.canonical(text)
    assert NAMES.canonical(canonical) == canonical


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "us." * 50_000, "-v1:0" * 50_000, "\x1b[31mgpt-4o\n\0"]
)
def test_hostile_text_has_a_name_too(text: str) -> None:
    """Very long ids and control characters are names like any other."""
    assert isinstance(NAMES.canonical(text), str)
    assert NAMES.find(text, {"gpt-4o-mini"}) is None
    assert isinstance(NAMES.close(text, KNOWN), list)
