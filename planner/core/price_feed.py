"""What a provider's price feed said on a day: rows of one region each, and what stayed unread.

A feed's parser makes one of these; `price_refresh` compares it with the rows that are known.
"""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from planner.core.price_rows import HourlyPrice, UsagePrice

Family = Literal["models", "machines"]


class Area(msgspec.Struct, frozen=True, order=True):
    """What a reading has looked at whole: a provider's models or machines in a region.

    Only here does a price that the reading lacks count as gone.
    """

    provider: str
    family: Family
    region: str


class Leftover(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A meter that could not be told what it prices, with why; it is listed, never guessed.

    `usd` is for one `unit`, both as the feed has them.
    """

    provider: str
    words: str
    region: str
    usd: Decimal
    unit: str
    reason: str
    meter_id: str | None = None


class FeedReading(msgspec.Struct, frozen=True, kw_only=True):
    """One reading of a feed.

    Every row names one region and has `source`, `retrieved_on`, origin "feed", `effective_from`
    as the feed tells it, and the meter's `words` and `meter_id` where it has them. Rows may be
    dated in the future (an announced price); two rows of one identity and region do not overlap.
    """

    source: str
    retrieved_on: date
    areas: frozenset[Area]
    rows: tuple[UsagePrice | HourlyPrice, ...]
    left: tuple[Leftover, ...] = ()


def family_of(row: UsagePrice | HourlyPrice) -> Family:
    """Which of a provider's price lists a row stands in."""
    machine = isinstance(row, HourlyPrice) and row.item == "instance"
    return "machines" if machine else "models"
