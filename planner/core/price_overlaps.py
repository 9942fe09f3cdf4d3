"""Rows that price one thing in one region at once: refused of one source, ranked of several."""

from collections.abc import Iterable
from itertools import pairwise
from typing import TypeVar

import msgspec

from planner.core.price_rows import ORIGINS, HourlyPrice, UsagePrice, describe

Row = TypeVar("Row", UsagePrice, HourlyPrice)


class OverlapError(ValueError):
    """Two rows give a price for the same thing, region and day; both are named."""

    def __init__(
        self, first: UsagePrice | HourlyPrice, second: UsagePrice | HourlyPrice, region: str
    ) -> None:
        where = f" in {region}" if region else ""
        super().__init__(f"two prices hold{where} at once: {describe(first)}; {describe(second)}")
        self.first = first
        self.second = second


def refuse_overlaps(rows: Iterable[Row]) -> None:
    """Raise OverlapError for the first two rows of one identity, region and day."""
    kept: dict[tuple[object, ...], dict[str, list[Row]]] = {}
    for row in rows:
        places = kept.setdefault(row.identity, {})
        for region in row.regions or ("",):
            places.setdefault(region, []).append(row)
    for places in kept.values():
        for region, same in places.items():
            for first, second in pairwise(sorted(same, key=lambda row: row.starts_on)):
                if first.effective_to is None or second.starts_on < first.effective_to:
                    raise OverlapError(first, second, region)


def best_sources(rows: list[HourlyPrice]) -> list[HourlyPrice]:
    """The rows without the regions for which a better source has its own."""
    if len({row.origin for row in rows}) <= 1:
        return rows
    taken: set[str] = set()
    found = []
    for row in sorted(rows, key=lambda row: ORIGINS.index(row.origin)):
        left = tuple(name for name in row.regions if name not in taken)
        if left == row.regions:
            found.append(row)
        elif left:
            found.append(msgspec.structs.replace(row, regions=left))
        taken.update(row.regions)
    return found
