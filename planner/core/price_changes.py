"""What a reading of a price feed changes, told with the regions of one change together."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from planner.core.price_feed import Leftover
from planner.core.price_meters import MeterIds
from planner.core.price_rows import HourlyPrice, UsagePrice

Row = UsagePrice | HourlyPrice


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading makes of one price, the regions of one change together.

    `before` is the amount that was in force (None: none was known), `after` the new one (None: it
    is gone). `reason` says why a change waits.
    """

    row: Row
    regions: tuple[str, ...]
    before: Decimal | None = None
    after: Decimal | None = None
    on: date
    reason: str | None = None


class Refreshed(msgspec.Struct, frozen=True, kw_only=True):
    """The rows after a reading, the ids of their meters, and what has changed.

    `rejected` waits for a person; `unclassified` is what nobody could read.
    """

    rows: tuple[Row, ...]
    meters: MeterIds
    added: tuple[Change, ...]
    changed: tuple[Change, ...]
    closed: tuple[Change, ...]
    rejected: tuple[Change, ...]
    unclassified: tuple[Leftover, ...]

    @property
    def unchanged(self) -> bool:
        """Whether the tables stay as they are."""
        return not (self.added or self.changed or self.closed)


def fold(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Rows that differ in their regions alone as one row each, in a fixed order."""
    groups: dict[Row, set[str]] = {}
    for row in rows:
        bare = msgspec.structs.replace(row, regions=(), meter_id=None)
        groups.setdefault(bare, set()).update(row.regions)
    folded = [
        msgspec.structs.replace(bare, regions=tuple(sorted(places)))
        for bare, places in groups.items()
    ]
    return tuple(sorted(folded, key=_order))


def _order(row: Row) -> tuple[str, ...]:
    """By what it prices, then region, then date; so that a change is a line beside the old one."""
    identity = tuple("" if part is None else str(part) for part in row.identity)
    return (*identity, "|".join(row.regions), row.starts_on.isoformat())


def fold_changes(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes that differ in their regions alone as one each, in a fixed order."""
    groups: dict[Change, set[str]] = {}
    for change in changes:
        bare = msgspec.structs.replace(
            change, regions=(), row=msgspec.structs.replace(change.row, regions=())
        )
        groups.setdefault(bare, set()).update(change.regions)
    found = [
        msgspec.structs.replace(bare, regions=tuple(sorted(places)))
        for bare, places in groups.items()
    ]
    return tuple(sorted(found, key=lambda c: (*_order(c.row), c.regions)))


def leftover_order(left: Leftover) -> tuple[Any, ...]:
    """An order for what stayed unread."""
    return left.provider, left.words, left.region, left.usd, left.unit, left.meter_id or ""
