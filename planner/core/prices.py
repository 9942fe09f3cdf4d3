"""The price table: what a use or an hour costs on a date, and what that rests on.

An answer is never borrowed from another deployment type nor, without saying so, from another
region; what no row tells is None.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import pairwise
from typing import TypeVar

import msgspec

from planner.core.price_quotes import (
    Match,
    Quote,
    is_sovereign,
    rows_at,
    rows_shared,
    to_quote,
)
from planner.core.price_rows import (
    AMOUNTS,
    CHARGES,
    ITEMS,
    ORIGINS,
    TERMS,
    TIERS,
    HourlyPrice,
    UsagePrice,
    describe,
)

__all__ = [
    "AMOUNTS",
    "CHARGES",
    "ITEMS",
    "ORIGINS",
    "TERMS",
    "TIERS",
    "HourlyPrice",
    "Match",
    "OverlapError",
    "PriceGroup",
    "PriceTable",
    "Quote",
    "UsagePrice",
    "describe",
]

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


class PriceGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One way to buy a model: who sells it, in which regions, how, and its quote.

    Empty `regions`: the source names none.
    """

    provider: str
    model: str
    version: str | None
    deployment_type: str | None
    regions: tuple[str, ...]
    quote: Quote


class _Ask(msgspec.Struct, frozen=True):
    """What a price is asked for; the region is chosen among the rows that fit."""

    provider: str
    model: str
    version: str | None
    deployment_type: str | None
    on: date
    tier: str
    context_over_tokens: int
    fine_tuned: bool
    term: str


class PriceTable:
    """All prices that are known, asked by date.

    Raises OverlapError where two rows hold for one thing in one region on one day; an override
    may lie over other rows, and a row that names regions over one that names none.
    """

    def __init__(
        self, usage: Iterable[UsagePrice] = (), hourly: Iterable[HourlyPrice] = ()
    ) -> None:
        self.usage = tuple(usage)
        self.hourly = tuple(hourly)
        _refuse_overlaps(self.usage)
        _refuse_overlaps(self.hourly)
        self._usage: dict[tuple[str, str], list[UsagePrice]] = {}
        self._versions: dict[tuple[str, str], set[str]] = {}
        self._fees: dict[tuple[str, str | None], list[HourlyPrice]] = {}
        self._instances: dict[tuple[str, str | None], list[HourlyPrice]] = {}
        self._asked: dict[_Ask, tuple[list[UsagePrice], list[HourlyPrice]]] = {}
        for row in self.usage:
            self._usage.setdefault((row.provider, row.model), []).append(row)
            if row.version is not None and row.origin != "override":
                self._versions.setdefault((row.provider, row.model), set()).add(row.version)
        for fee in self.hourly:
            if fee.item == "instance":
                self._instances.setdefault((fee.provider, fee.name), []).append(fee)
            else:
                self._fees.setdefault((fee.provider, fee.model), []).append(fee)

    def quote(
        self,
        *,
        provider: str,
        region: str | None,
        model: str,
        version: str | None,
        deployment_type: str | None,
        on: date,
        global_scope: bool = False,
        tier: str = "default",
        context_over_tokens: int = 0,
        fine_tuned: bool = False,
        term: str = "on_demand",
    ) -> Quote | None:
        """What an offer costs on a date, or None where no row tells.

        `global_scope`: the offer's requests may be processed anywhere; then a region that no row
        names takes the price that all named regions share, and the quote says so. A row that
        names no version answers only for versions that no other row of the model names.
        """
        if deployment_type is None:
            return None
        ask = _Ask(
            provider,
            model,
            version,
            deployment_type,
            on,
            tier,
            context_over_tokens,
            fine_tuned,
            term,
        )
        usage, fees = self._rows(ask)
        here, hours = rows_at(usage, region), rows_at(fees, region)
        if not global_scope or is_sovereign(region):
            return to_quote(here, hours, shared_by=None) if here or hours else None
        (shared, places), (fixed, fixed_places) = rows_shared(usage), rows_shared(fees)
        told = {row.charge for row in here}
        missing = tuple(row for row in shared if row.charge not in told)
        if not missing and (hours or not fixed):
            return to_quote(here, hours, shared_by=None) if here or hours else None
        return to_quote((*here, *missing), hours or fixed, shared_by=places | fixed_places)

    def quotes(
        self, *, model: str, on: date, provider: str | None = None, term: str = "on_demand"
    ) -> list[PriceGroup]:
        """Every way to buy a model on a date, the regions of one quote together.

        A fee that names no model (a provisioned unit's) makes no way of its own.
        """
        groups = [
            group for ask in self._asks(model, on, provider, term) for group in self._groups(ask)
        ]
        return sorted(
            groups, key=lambda g: (g.provider, g.deployment_type or "", g.version or "", g.regions)
        )

    def instance_hours(
        self,
        *,
        on: date,
        provider: str | None = None,
        instance: str | None = None,
        region: str | None = None,
        term: str = "on_demand",
    ) -> list[HourlyPrice]:
        """The prices of instances that hold on a date, narrowed by what is given."""
        if provider is not None and instance is not None:
            lists = [self._instances.get((provider, instance), [])]
        else:
            lists = [
                rows
                for (seller, name), rows in self._instances.items()
                if provider in (None, seller) and instance in (None, name)
            ]
        return [
            row
            for rows in lists
            for row in rows
            if row.term == term
            and row.holds(on)
            and (region is None or not row.regions or region in row.regions)
        ]

    def _asks(self, model: str, on: date, provider: str | None, term: str) -> list[_Ask]:
        """One question for each way to buy that the rows in force name."""
        asks: dict[_Ask, None] = {}
        for (seller, name), usage in self._usage.items():
            if name == model and provider in (None, seller):
                for row in usage:
                    kind = (row.tier, row.context_over_tokens, row.fine_tuned, term)
                    if row.holds(on):
                        what = (seller, model, row.version, row.deployment_type, on)
                        asks[_Ask(*what, *kind)] = None
        bought = {(ask.provider, ask.deployment_type, ask.fine_tuned) for ask in asks}
        for (seller, fee_model), fees in self._fees.items():
            if fee_model == model and provider in (None, seller):
                for fee in fees:
                    same = (seller, fee.deployment_type, fee.fine_tuned)
                    if fee.holds(on) and fee.term == term and same not in bought:
                        what = (seller, model, fee.version, fee.deployment_type, on)
                        asks[_Ask(*what, "default", 0, fee.fine_tuned, term)] = None
        return list(asks)

    def _groups(self, ask: _Ask) -> Iterator[PriceGroup]:
        usage, fees = self._rows(ask)
        regions: set[str | None] = set()
        for row in (*usage, *fees):
            regions.update(row.regions or (None,))
        places: dict[Quote, list[str]] = {}
        for region in regions:
            quote = to_quote(rows_at(usage, region), rows_at(fees, region), shared_by=None)
            places.setdefault(quote, []).extend([] if region is None else [region])
        for quote, named in places.items():
            yield PriceGroup(
                provider=ask.provider,
                model=ask.model,
                version=ask.version,
                deployment_type=ask.deployment_type,
                regions=tuple(sorted(named)),
                quote=quote,
            )

    def _rows(self, ask: _Ask) -> tuple[list[UsagePrice], list[HourlyPrice]]:
        """The rows that fit, in any region; kept, since every region asks the same."""
        if ask not in self._asked:
            self._asked[ask] = self._fitting(ask)
        return self._asked[ask]

    def _fitting(self, ask: _Ask) -> tuple[list[UsagePrice], list[HourlyPrice]]:
        key = (ask.provider, ask.model)
        named = ask.version in self._versions.get(key, ())
        usage = [
            row
            for row in self._usage.get(key, ())
            if row.tier == ask.tier
            and row.context_over_tokens == ask.context_over_tokens
            and (row.version is not None or not named or row.origin == "override")
            and _fits(row, ask)
        ]
        fees = (*self._fees.get(key, ()), *self._fees.get((ask.provider, None), ()))
        return usage, [fee for fee in fees if fee.term == ask.term and _fits(fee, ask)]


def _fits(row: UsagePrice | HourlyPrice, ask: _Ask) -> bool:
    return (
        row.deployment_type == ask.deployment_type
        and row.fine_tuned == ask.fine_tuned
        and row.version in (None, ask.version)
        and row.holds(ask.on)
    )


def _refuse_overlaps(rows: Iterable[Row]) -> None:
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
