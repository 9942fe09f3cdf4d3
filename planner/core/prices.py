"""The price table: what a use or an hour costs on a date, and what that rests on.

An answer is never borrowed from another deployment type nor, without saying so, from another
region; what no row tells is None.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from planner.core.offers import Charge
from planner.core.price_discounts import Discount, discounted, discounted_by_region
from planner.core.price_feed import Area, family_of
from planner.core.price_metered import MeteredRows
from planner.core.price_meters import MeterIds
from planner.core.price_overlaps import OverlapError, best_sources, refuse_overlaps
from planner.core.price_quotes import (
    Ask,
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
    UNITS,
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
    "UNITS",
    "Ask",
    "HourlyPrice",
    "Match",
    "OverlapError",
    "PriceTable",
    "Quote",
    "UsagePrice",
    "describe",
]


class PriceTable:
    """All prices that are known, asked by date.

    `meters` are the ids that a feed told, asked for where an offer brings its own; `discounts` are
    the user's; `readings` say when a feed last looked at an area whole, and so saw its open rows.
    Raises OverlapError where two rows of one source hold for one thing in one region on one day.
    """

    def __init__(
        self,
        usage: Iterable[UsagePrice] = (),
        hourly: Iterable[HourlyPrice] = (),
        *,
        meters: Callable[[], MeterIds] = MeterIds,
        discounts: Sequence[Discount] = (),
        readings: Mapping[Area, date] | None = None,
        checked: bool = False,
    ) -> None:
        self.usage = tuple(usage)
        self.hourly = tuple(hourly)
        self.discounts = tuple(discounts)
        self._readings = readings or {}
        self._metered = MeteredRows(self.usage, meters)
        if not checked:
            refuse_overlaps(self.usage)
            refuse_overlaps(self.hourly)
        self._usage: dict[tuple[str, str], list[UsagePrice]] = defaultdict(list)
        self._versions: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        self._fees: dict[tuple[str, str | None], list[HourlyPrice]] = defaultdict(list)
        self._instances: dict[tuple[str, str | None], list[HourlyPrice]] = defaultdict(list)
        self._asked: dict[Ask, tuple[list[UsagePrice], list[HourlyPrice]]] = {}
        for row in self.usage:
            self._usage[row.provider, row.model].append(row)
            if row.version is not None:
                self._versions[row.provider, row.model, row.origin].add(row.version)
        for fee in self.hourly:
            if fee.item in ("instance", "managed_compute"):
                self._instances[fee.provider, fee.name].append(fee)
            else:
                self._fees[fee.provider, fee.model].append(fee)

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
        charges: Sequence[Charge] = (),
        zone: Collection[str] = (),
    ) -> Quote | None:
        """What an offer costs on a date, or None where no row tells.

        `charges` are the offer's own, with the ids of its meters: what these tell comes before
        the rows that fit by name. `global_scope`: the offer's requests may be processed anywhere,
        or in any region of `zone`; then a region that no row names takes the price that all named
        regions (of the zone) share, and the quote says so. A row that names no version answers
        only for versions that no other row of its source names.
        """
        if deployment_type is None:
            return None
        ask = Ask(
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
        usage, fees = self.rows(ask)
        here = rows_at(usage, region, self.read_on)
        hours = rows_at(fees, region, self.read_on)
        own = self._metered.of(ask, region, charges) if charges else {}
        here = (*(r for r in here if r.charge not in own or r.origin == "override"), *own.values())
        shared_by = None
        if (global_scope or zone) and not is_sovereign(region):
            among = None if global_scope else zone
            shared, places = rows_shared(usage, among)
            fixed, fixed_places = rows_shared(fees, among)
            told = {row.charge for row in here}
            missing = tuple(row for row in shared if row.charge not in told)
            if missing or (fixed and not hours):
                here, hours = (*here, *missing), hours or fixed
                shared_by = places | fixed_places
        if not (here or hours):
            return None
        return self.to_quote(here, hours, region, on, shared_by=shared_by, metered=own)

    def unit_hours(
        self, *, provider: str, model: str | None, on: date, term: str | None = None
    ) -> list[HourlyPrice]:
        """The hourly prices that a provider's models share, or one model's: of units and fees."""
        rows = self._fees.get((provider, model), ())
        return [row for row in rows if row.holds(on) and term in (None, row.term)]

    def fees_for(self, provider: str, model: str) -> list[HourlyPrice]:
        """The hourly prices, of any date, that a provider's model has or shares with all others."""
        fees = self._fees
        return [*fees.get((provider, model), ()), *fees.get((provider, None), ())]

    def unit_terms(
        self, provider: str, model: str, deployment_type: str
    ) -> dict[str, list[HourlyPrice]]:
        """The hourly prices of a deployment type's units of any date, by their term."""
        terms: dict[str, list[HourlyPrice]] = defaultdict(list)
        for row in self.fees_for(provider, model):
            if row.item in UNITS and row.deployment_type == deployment_type:
                terms[row.term].append(row)
        return terms

    def instance_hours(
        self,
        *,
        on: date,
        provider: str | None = None,
        instance: str | None = None,
        region: str | None = None,
        term: str = "on_demand",
        item: str = "instance",
    ) -> list[HourlyPrice]:
        """The prices of instances that hold on a date, narrowed by what is given.

        Of several sources for one instance and region the best one; discounts are taken off.
        """
        if provider is not None and instance is not None:
            lists = [self._instances.get((provider, instance), [])]
        else:
            lists = [
                rows
                for (seller, name), rows in self._instances.items()
                if provider in (None, seller) and instance in (None, name)
            ]
        return [
            paid
            for rows in lists
            for row in best_sources(
                [
                    row
                    for row in rows
                    if row.term == term
                    and row.item == item
                    and row.holds(on)
                    and (region is None or not row.regions or region in row.regions)
                ]
            )
            for paid in (
                discounted_by_region(row, self.discounts, on)
                if region is None
                else [discounted(row, self.discounts, region, on)]
            )
        ]

    def usage_of(self, model: str) -> list[UsagePrice]:
        """The prices of a model's use, whoever sells it."""
        return [r for (_, name), rows in self._usage.items() if name == model for r in rows]

    def fees_of(self, model: str) -> list[HourlyPrice]:
        """The hourly prices that name a model, whoever sells it."""
        return [r for (_, name), rows in self._fees.items() if name == model for r in rows]

    def models(self) -> set[str]:
        """The canonical names of all models that have a price of any date."""
        named = {row.model for row in self.hourly if row.model is not None}
        return named | {row.model for row in self.usage}

    def variants(self, provider: str, model: str, on: date) -> list[tuple[str, int]]:
        """The tiers and prompt lengths that have prices of their own, the default first."""
        rows = self._usage.get((provider, model), ())
        found = {(row.tier, row.context_over_tokens) for row in rows if row.holds(on)}
        return sorted(found, key=lambda v: (v[0] != "default", v))

    def read_on(self, row: UsagePrice | HourlyPrice, region: str | None = None) -> date:
        """When a price was last seen at its source."""
        if row.origin != "feed" or row.effective_to is not None:
            return row.retrieved_on
        place = region if region in row.regions else next(iter(row.regions), "")
        seen = self._readings.get(Area(row.provider, family_of(row), place or ""))
        return row.retrieved_on if seen is None else max(seen, row.retrieved_on)

    def to_quote(
        self,
        usage: Sequence[UsagePrice],
        fees: Sequence[HourlyPrice],
        region: str | None,
        on: date,
        *,
        shared_by: frozenset[str] | None = None,
        metered: Mapping[str, UsagePrice] | None = None,
    ) -> Quote:
        """The rows of one offer in a region as a quote, discounts taken off; see `to_quote`."""
        if self.discounts:
            usage = [discounted(row, self.discounts, region, on) for row in usage]
            fees = [discounted(row, self.discounts, region, on) for row in fees]
        return to_quote(
            usage,
            fees,
            shared_by=shared_by,
            metered=metered or (),
            read_on=lambda row: self.read_on(row, region),
        )

    def rows(self, ask: Ask) -> tuple[list[UsagePrice], list[HourlyPrice]]:
        """The rows that fit, in any region; kept, since every region asks the same."""
        if ask not in self._asked:
            self._asked[ask] = self._fitting(ask)
        return self._asked[ask]

    def _fitting(self, ask: Ask) -> tuple[list[UsagePrice], list[HourlyPrice]]:
        key = (ask.provider, ask.model)
        named = {o for o in ORIGINS[1:] if ask.version in self._versions.get((*key, o), ())}
        usage = [
            row
            for row in self._usage.get(key, ())
            if row.tier == ask.tier
            and row.context_over_tokens == ask.context_over_tokens
            and (row.version is not None or row.origin not in named)
            and _fits(row, ask)
        ]
        fees = self.fees_for(ask.provider, ask.model)
        return usage, [fee for fee in fees if fee.term == ask.term and _fits(fee, ask)]


def _fits(row: UsagePrice | HourlyPrice, ask: Ask) -> bool:
    return (
        row.deployment_type == ask.deployment_type
        and row.fine_tuned == ask.fine_tuned
        and row.version in (None, ask.version)
        and row.holds(ask.on)
    )
