"""Billing meters by their ids: the one join that prices an offer exactly.

A SKU of Azure's management API names, for each kind of token, the id of the meter that bills it;
the price feed tells what that meter costs. But ids have been given to other meters over time, so
an id is held together with the meter's words, and finds its price through them.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

# The costs of a SKU and the charges that they are.
# Source: skus[].costs[].name of Microsoft.CognitiveServices models, API 2025-09-01.
_TOKENS = re.compile(
    r"(?P<cached>Cached|NoCached)?(?P<long>LongContext)?(?P<kind>Audio|Image)?"
    r"(?P<way>ContextToken|GeneratedToken|TotalToken)(?P<tier>\.Priority|\.Flex)?"
)


class Cost(msgspec.Struct, frozen=True):
    """What a SKU's cost bills: charges ("input", ...), the tier, and whether of long prompts."""

    charges: tuple[str, ...]
    tier: str = "default"
    long_context: bool = False


class MeterId(msgspec.Struct, frozen=True, order=True):
    """An id of a provider's meter, its words, and when it was first seen with them."""

    provider: str
    meter_id: str
    words: str
    first_seen_on: date


class MeterIds:
    """What each id stands for; of an id with several words the latest count."""

    def __init__(self, ids: Iterable[MeterId] = ()) -> None:
        self._ids: dict[tuple[str, str], MeterId] = {}
        for one in sorted(ids, key=lambda one: one.first_seen_on):
            self._ids[one.provider, one.meter_id] = one

    def __iter__(self) -> Iterator[MeterId]:
        return iter(sorted(self._ids.values()))

    def __len__(self) -> int:
        return len(self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, MeterIds) and self._ids == other._ids

    __hash__ = None  # type: ignore[assignment]  # it compares by what it holds

    def words(self, provider: str, meter_id: str) -> str | None:
        """What an id stands for; None for one that no feed told."""
        known = self._ids.get((provider, meter_id))
        return None if known is None else known.words


def cost_of(name: str) -> Cost | None:
    """What a SKU's cost bills by its name ("CachedContextToken"); None for a name never seen."""
    match = _TOKENS.fullmatch(name)
    if match is None:
        return None
    tier = (match["tier"] or ".default")[1:].lower()
    if match["way"] == "TotalToken":
        return Cost(("input", "output"), tier)
    kind = f"{match['kind'].lower()}_" if match["kind"] else ""
    way = "output" if match["way"] == "GeneratedToken" else "input"
    cached = "cached_" if match["cached"] == "Cached" else ""
    return Cost((f"{cached}{kind}{way}",), tier, match["long"] is not None)
