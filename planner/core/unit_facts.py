"""What a reserved unit of throughput serves, what new accounts may use, and how tokens count.

Facts of the providers' documents that no snapshot and no price table holds. A figure that the
document does not give is None.
"""

from datetime import date
from fractions import Fraction

import msgspec

BURN_SOURCE = (
    "AWS documentation, How tokens are counted in Amazon Bedrock (quotas-token-burndown) and "
    "Global cross-Region inference, public copies read 2026-11-26"
)
AZURE_COUNTING_SOURCE = (
    "Microsoft documentation, Manage Azure OpenAI quota: prompt and max_tokens are added to a "
    "count that starts anew each minute; as quoted in Microsoft Q&A 1851574, read 2026-11-26"
)
# Named by AWS: Claude Opus 4, Sonnet 4, Sonnet 4.5 and 3.7 Sonnet (user guide), Haiku 4.5 (blog on
# Claude 4.5 in af-south-1); its older page says "Anthropic Claude 4 models". Later ones follow them
# here: too high a burn sizes a quota too large, too low a one leaves requests refused.
_BURNING = ("claude-3-7-", "claude-opus-", "claude-sonnet-", "claude-haiku-", "claude-fable-")
_BURN = 5


class UnitFact(msgspec.Struct, frozen=True, kw_only=True):
    """What one provisioned unit serves of a model under one deployment type.

    A deployment has `minimum` units, or a number of `step` more. One unit serves
    `input_tokens_per_minute`, an output token counting as `output_ratio` of them (None: unknown)
    and a cached one as none. `latency_target` is what the provider aims at, in its words;
    `tokens_per_second_target` the rate of one request in it.
    """

    provider: str
    model: str
    deployment_type: str
    minimum: int
    step: int
    input_tokens_per_minute: int
    output_ratio: Fraction | None = None
    latency_target: str | None = None
    tokens_per_second_target: int | None = None
    source: str
    retrieved_on: date

    def __post_init__(self) -> None:
        for field in ("minimum", "step", "input_tokens_per_minute", "output_ratio"):
            value = getattr(self, field)
            if value is not None and value <= 0:
                raise ValueError(f"{field} of {self.model} is {value}; give more than 0")


class DefaultQuota(msgspec.Struct, frozen=True, kw_only=True):
    """What an account of a tier may use of a model before it asks for more, in each region.

    `requests` are allowed in `requests_seconds`: some quotas count requests within 10 seconds.
    None is unknown. A default is not what an account has.
    """

    provider: str
    model: str
    deployment_type: str
    tier: str
    tokens_per_minute: int | None = None
    requests: int | None = None
    requests_seconds: int = 60
    source: str
    retrieved_on: date

    @property
    def requests_per_minute(self) -> int | None:
        """The request rate by the minute, if it is spread evenly."""
        return None if self.requests is None else self.requests * 60 // self.requests_seconds

    def __post_init__(self) -> None:
        for field in ("tokens_per_minute", "requests", "requests_seconds"):
            value = getattr(self, field)
            if value is not None and value <= 0:
                raise ValueError(f"{field} of {self.model} is {value}; give more than 0")


class CapacityUnit(msgspec.Struct, frozen=True, kw_only=True):
    """What one unit of capacity of a deployment by the token lets through in a minute."""

    provider: str
    model: str
    tokens_per_minute: int
    requests_per_minute: int | None = None
    source: str
    retrieved_on: date

    def __post_init__(self) -> None:
        for field in ("tokens_per_minute", "requests_per_minute"):
            value = getattr(self, field)
            if value is not None and value <= 0:
                raise ValueError(f"{field} of {self.model} is {value}; give more than 0")


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of one request that count against a quota of tokens per minute.

    `reserved` on arrival, `settled` once it is answered; `source` says who tells.
    """

    reserved: Fraction
    settled: Fraction
    source: str | None


def output_burn(provider: str, model: str) -> int:
    """How many tokens of a quota one output token takes once it is there; 1 where nothing is told.

    5 on Amazon Bedrock for Claude 3.7 Sonnet, the Claude 4 models and later ones (BURN_SOURCE).
    """
    return _BURN if provider == "bedrock" and model.startswith(_BURNING) else 1


def counted(
    provider: str,
    model: str,
    *,
    input_tokens: Fraction,
    cached_tokens: Fraction,
    output_tokens: Fraction,
    max_tokens: Fraction,
) -> Counted:
    """What a request takes of a token quota; `cached_tokens` are a part of `input_tokens`.

    Azure counts prompt and max_tokens on arrival, and so they stay for the minute
    (AZURE_COUNTING_SOURCE). Amazon Bedrock reserves input and max_tokens, and settles for input
    that was not read from a cache and output times its burn (BURN_SOURCE). Of others nothing is
    told: input and output, each once, with no source.
    """
    if not 0 <= cached_tokens <= input_tokens:
        raise ValueError("cached_tokens is no part of input_tokens; give 0 up to them")
    if provider == "azure":
        asked = input_tokens + max_tokens
        return Counted(reserved=asked, settled=asked, source=AZURE_COUNTING_SOURCE)
    if provider == "bedrock":
        burnt = input_tokens - cached_tokens + output_burn(provider, model) * output_tokens
        return Counted(reserved=input_tokens + max_tokens, settled=burnt, source=BURN_SOURCE)
    plain = input_tokens + output_tokens
    return Counted(reserved=plain, settled=plain, source=None)
