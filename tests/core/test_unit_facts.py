"""Claims about how tokens count against quotas."""

from fractions import Fraction

import pytest

from planner.core.unit_facts import counted, output_burn


@pytest.mark.parametrize(
    ("provider", "model", "burn"),
    [
        ("bedrock", "claude-3-7-sonnet", 5),
        ("bedrock", "claude-opus-4", 5),
        ("bedrock", "claude-sonnet-4-5", 5),
        ("bedrock", "claude-haiku-4-5", 5),
        ("bedrock", "claude-3-5-haiku", 1),
        ("bedrock", "claude-3-opus", 1),
        ("bedrock", "llama-3.3-70b", 1),
        ("azure", "claude-opus-4-5", 1),
    ],
)
def test_output_of_late_claude_models_burns_five_tokens(
    provider: str, model: str, burn: int
) -> None:
    """On Amazon Bedrock Claude 3.7 Sonnet, Claude 4 and later count an output token five times."""
    assert output_burn(provider, model) == burn


def lengths(cached: int = 0, most: int = 1000) -> dict[str, Fraction]:
    """A request of 1,000 tokens in and 200 out that may take more."""
    return {
        "input_tokens": Fraction(1000),
        "cached_tokens": Fraction(cached),
        "output_tokens": Fraction(200),
        "max_tokens": Fraction(most),
    }


def test_bedrock_reserves_the_maximum_and_settles_for_the_burn() -> None:
    """1,000 and at most 1,000 are held; 1,000 + 5 x 200 are taken, 1,500 with half cached."""
    told = counted("bedrock", "claude-sonnet-4-5", **lengths())
    assert [int(told.reserved), int(told.settled)] == [2000, 2000]
    assert counted("bedrock", "claude-sonnet-4-5", **lengths(cached=500)).settled == 1500


def test_azure_counts_what_may_come() -> None:
    """Prompt and max_tokens are taken on arrival, cached or not, and stay for the minute."""
    told = counted("azure", "gpt-4.1", **lengths(cached=500, most=800))
    assert [int(told.reserved), int(told.settled)] == [1800, 1800]


def test_where_nothing_is_told_tokens_count_once() -> None:
    """Of Gemini's counting no source is at hand: input and output, and no source named."""
    told = counted("gemini", "gemini-2.5-pro", **lengths())
    assert [int(told.reserved), int(told.settled), told.source] == [1200, 1200, None]


def test_more_cached_than_sent_is_refused() -> None:
    """Cached tokens are a part of the input."""
    with pytest.raises(ValueError, match="no part of input_tokens"):
        counted("azure", "gpt-4.1", **lengths(cached=1001))
