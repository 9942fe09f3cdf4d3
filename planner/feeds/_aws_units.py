"""What the amount of a Bedrock meter is for: a million tokens, an image, an hour of a unit."""

import re
from decimal import Decimal
from typing import Any

from planner.feeds._aws_rates import Amount, plain
from planner.feeds._aws_usage import MARKETPLACE, Usage

_MILLION = Decimal(1_000_000)
_TOKENS = {
    "1k tokens": Decimal(1000),
    "1000 tokens": Decimal(1000),
    "1m tokens": _MILLION,
}
_IMAGES = {"image", "images", "images processed", "input images"}
_HOURS = {"hour", "hours", "hrs"}
_THOUSANDS = re.compile(r"\bper 1K (?:input |output )?(?:TPM|tokens.per.minute)", re.IGNORECASE)

# The prompt length above which a request is long, as the publisher of a model tells it; the feed
# does not. Claude: docs.claude.com, "Long context pricing", requests of more than 200K input
# tokens. OpenAI: developers.openai.com, prices of gpt-5.4 and later, "<272K context length". The
# LiteLLM price map 1.109.1 has the same two for Bedrock.
_LONG = (
    (re.compile(r"claude-"), 200_000),
    (re.compile(r"gpt-(?:5\.[4-9]|[6-9])"), 272_000),
)


class UnitError(ValueError):
    """A meter of which cannot be told what it is for; the text says why."""


def money(offer: str, usage: Usage, amount: Amount, model: str) -> dict[str, Any]:
    """Return the fields of a price row that tell the money. Raises UnitError."""
    unit = amount.unit.lower()
    # The marketplace writes "Units" for whatever it counts: its usage types tell what that is.
    counted = unit == "units" and offer == MARKETPLACE
    if usage.item == "tokens":
        return _of_tokens(usage, amount, _MILLION if counted else _TOKENS.get(unit), model)
    if usage.item == "images":
        if not (counted or unit in _IMAGES):
            raise UnitError(f"its unit {amount.unit!r:.40} is no image")
        return {"charge": usage.charge, "usd": amount.usd, "per": "image"}
    if usage.item == "model_unit":
        if not (counted or unit in _HOURS):
            raise UnitError(f"its unit {amount.unit!r:.40} is no hour of a model unit")
        return _of_hours(usage, amount, "model unit")
    # The unit says "1M TPM Hour" where the description and the documentation (service tiers: "a
    # fixed price per 1K tokens-per-minute") say a thousand. Only a thousand that is told is taken.
    if "tpm hour" not in unit or not (
        unit.startswith("1k") or _THOUSANDS.search(amount.description)
    ):
        raise UnitError("how many tokens per minute its unit is, nothing says for sure")
    fields = _of_hours(usage, amount, f"1,000 {usage.charge} tokens per minute")
    return fields | {"name": usage.charge}


def _of_hours(usage: Usage, amount: Amount, unit: str) -> dict[str, Any]:
    return {"item": usage.item, "unit": unit, "term": usage.term, "usd_per_hour": amount.usd}


def _of_tokens(usage: Usage, amount: Amount, size: Decimal | None, model: str) -> dict[str, Any]:
    if size is None:
        raise UnitError(f"its unit {amount.unit!r:.40} is no number of tokens")
    threshold = 0
    if usage.long_context:
        threshold = next((length for name, length in _LONG if name.match(model)), 0)
        if not threshold:
            raise UnitError("from which prompt length on it holds, nothing says")
    said: dict[str, Any] = {}
    if amount.unit.lower() != "1m tokens":
        said = {"original_amount": str(amount.usd), "original_unit": amount.unit}
    return said | {
        "charge": usage.charge,
        "usd": plain(amount.usd * (_MILLION / size)),
        "tier": usage.tier,
        "context_over_tokens": threshold,
    }
