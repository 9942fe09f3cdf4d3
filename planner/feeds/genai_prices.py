"""The package genai-prices (MIT, pydantic), where it is installed: another table to compare with.

It ships its data inside, so nothing is asked of a network.
"""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from importlib import metadata

PACKAGE = "genai-prices"
_PROVIDERS = {
    "anthropic": "anthropic",
    "azure": "azure",
    "bedrock": "aws",
    "databricks": "databricks",
    "gemini": "google",
    "openai": "openai",
}
_TOKENS = 1000  # few enough for the shortest context tier

Amounts = tuple[Decimal | None, Decimal | None]


def version() -> str | None:
    """The version that is installed; None where it is not."""
    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        return None


def look_up(on: dt.date) -> Callable[[str, str], Amounts | None]:
    """What it says of a provider's model: USD per million tokens of input and of output.

    The answer is None for what it does not know. ImportError where it is not installed.
    """
    from genai_prices import Usage, calc_price  # noqa: PLC0415 - it loads all its data

    moment = dt.datetime.combine(on, dt.time(12), dt.UTC)

    def told(provider: str, model: str) -> Amounts | None:
        name = _PROVIDERS.get(provider)
        if name is None:
            return None
        try:
            found = calc_price(
                Usage(input_tokens=_TOKENS, output_tokens=_TOKENS),
                model_ref=model,
                provider_id=name,
                genai_request_timestamp=moment,
            )
        except (LookupError, ValueError):
            return None
        # A match by resemblance may be of another model ("gpt-4o-mini" for "gpt-4o").
        if found.model.id.replace(".", "-") != model.replace(".", "-"):
            return None
        scale = Decimal(1_000_000) / _TOKENS
        return found.input_price * scale, found.output_price * scale

    return told
