"""The lots of each model, joined from offers, lives, standings and price tables.

What no snapshot lists and a price table alone tells of is a lot, too, and says so.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial

import msgspec

from planner.core.availability import judge
from planner.core.catalog import Catalog, Sighting
from planner.core.lifecycle import ends_on
from planner.core.lots import ANNOUNCED, UNLISTED, Lot, LotRegion, gathered
from planner.core.offers import ENQUEUED, Billing, Offer, Scope
from planner.core.placement import follow_replacements
from planner.core.price_quotes import Quote, is_sovereign
from planner.core.price_rows import TERMS
from planner.core.priced_only import PricedOnly, billed, by_token, last_look, rates_of
from planner.core.prices import PriceTable
from planner.core.terms import Term, term_of_quote
from planner.core.unit_facts import UnitFact
from planner.core.unit_grid import units_grid
from planner.core.ways import Standing


class Shelf:
    """The lots of each model, worked out once.

    `zone_of` gives the regions of an offer's data zone, `unit_fact` what a document says of the
    units of (provider, model, deployment type), `context_tokens` what a model takes where its
    offers do not tell. `offers_in` counts the offers of each (provider, region): of equals a person
    takes the region that has most. `replaced_by` follows a retired model to the living one.
    """

    def __init__(
        self,
        catalog: Catalog,
        prices: PriceTable,
        *,
        zone_of: Callable[[Offer], tuple[str, ...]],
        unit_fact: Callable[[str, str, str], UnitFact | None],
        context_tokens: Callable[[str], int | None] = lambda _: None,
    ) -> None:
        self.catalog, self.prices, self.on = catalog, prices, catalog.on
        self._zone_of, self._unit_fact = zone_of, unit_fact
        self._context_tokens = context_tokens
        self.lots = cache(self._lots)
        self.replaced_by = cache(partial(follow_replacements, catalog))
        self.offers_in = Counter((s.offer.provider, s.offer.region) for s in catalog.offers())
        self._looked_for = cache(partial(last_look, catalog))

    def _lots(self, model: str, tier: str = "default") -> tuple[Lot, ...]:
        """The lots of a model (its canonical name) at the rates of a tier, by provider and type."""
        sightings = [s for s in self.catalog.offers(model) if not s.offer.fine_tuned]
        found = [*gathered((self._of(model, s, tier), _place(s.offer)) for s in sightings)]
        priced = PricedOnly(model, self.prices, self.catalog, self._context_tokens(model))
        found += priced.lots(tier, self._looked_for)
        found += self._units_priced_only(model, sightings)
        return tuple(sorted(found, key=lambda lot: (lot.provider, lot.deployment_type or "")))

    def _of(self, model: str, sighting: Sighting, tier: str) -> Lot:
        offer, catalog = sighting.offer, self.catalog
        life = catalog.life(sighting)
        end = ends_on(offer, life)
        certainty = next((r.certainty for r in life.retirement_dates if r.on == end), None)
        lot = Lot(
            provider=offer.provider,
            model=model,
            version=offer.version,
            publisher=offer.publisher,
            provider_model=offer.provider_model,
            deployment_type=offer.deployment_type,
            billing=offer.billing,
            scope=offer.scope,
            boundary=offer.boundary,
            context_tokens=offer.context_tokens or self._context_tokens(model),
            unit=offer.unit,
            tokens_per_unit=offer.tokens_per_minute_per_unit,
            requests_per_unit=offer.requests_per_minute_per_unit,
            standing=self._standing(sighting),
            retires_on=end,
            certainty=certainty,
        )
        if offer.billing is Billing.PROVISIONED:
            return self._with_units(lot, offer)
        return self._with_rates(lot, offer, "default" if lot.billing is Billing.BATCH else tier)

    def _standing(self, sighting: Sighting) -> Standing:
        offer, catalog = sighting.offer, self.catalog
        told = judge(catalog, sighting, catalog.life(sighting))
        allowances = catalog.allowances
        free = told.free_units
        shared = any(allowances.sharers(offer, quota.name) for quota in told.quota)
        return Standing(
            availability=told.availability,
            reasons=told.reasons,
            free_tokens_per_minute=told.free_tokens_per_minute,
            free_requests_per_minute=told.free_requests_per_minute,
            free_units=free if offer.billing is Billing.PROVISIONED else None,
            free_enqueued_tokens=free * 1000 if free is not None and _is_enqueued(offer) else None,
            capacity_units=allowances.capacity(offer),
            shared_pool=shared,
            quota_names=tuple(sorted({quota.name for quota in told.quota})),
        )

    def _with_rates(self, lot: Lot, offer: Offer, tier: str) -> Lot:
        """The lot at the rates of a tier, long prompts too."""
        quote = self._quote(lot, offer, tier)
        if quote is None:
            return msgspec.structs.replace(lot, tier=tier)
        variants = self.prices.variants(lot.provider, lot.model, self.on)
        longer = [
            (over, long)
            for named, over in variants
            if named == tier and over and (long := self._quote(lot, offer, tier, over)) is not None
        ]
        said = self._announced(lot, quote, lambda on: self._quote(lot, offer, tier, on=on))
        rates = rates_of(quote, longer, (over for _, over in variants))
        billing = lot.billing
        if billing is None and rates is not None:  # a new type: its price tells how it charges
            billing = by_token(lot.deployment_type)
        return msgspec.structs.replace(
            lot,
            billing=billed(billing, quote),
            tier=tier,
            quote=quote,
            notes=(*lot.notes, *said),
            rates=rates,
        )

    def _announced(
        self, lot: Lot, now: Quote, quote_on: Callable[[dt.date], Quote | None]
    ) -> Iterator[str]:
        """The price that follows on a known day, where the table told of it by the date."""
        day, prices = now.effective_to, self.prices
        rows = (*prices.usage_of(lot.model), *prices.fees_for(lot.provider, lot.model))
        told = day is not None and any(
            (row.provider, row.starts_on) == (lot.provider, day) and row.retrieved_on <= self.on
            for row in rows
        )
        later = quote_on(day) if day is not None and told else None
        if later is None:
            return
        if now.usd_per_unit_hour != (usd := later.usd_per_unit_hour) and usd is not None:
            yield f"from {day} on it costs {usd:f} USD an hour{ANNOUNCED}"
        before, after = rates_of(now), rates_of(later)
        if after is not None and after != before:
            usd_each = f"{after.input:f} / {after.output:f} USD per million tokens"
            yield f"from {day} on it costs {usd_each}{ANNOUNCED}"

    def _quote(
        self, lot: Lot, offer: Offer, tier: str, over: int = 0, on: dt.date | None = None
    ) -> Quote | None:
        return self.prices.quote(
            provider=lot.provider,
            region=offer.region,
            model=lot.model,
            version=lot.version,
            deployment_type=lot.deployment_type,
            on=on or self.on,
            global_scope=offer.scope is Scope.GLOBAL,
            tier=tier,
            context_over_tokens=over,
            charges=() if over or tier != "default" else self.catalog.charges(offer),
            zone=self._zone_of(offer),
        )

    def _with_units(self, lot: Lot, offer: Offer) -> Lot:
        """The lot with the prices of its units and what one carries."""
        fact = self._unit_fact(lot.provider, lot.model, lot.deployment_type or "")
        grid = units_grid(offer, self.catalog.told_units(offer), fact)
        terms: list[Term] = []
        ended: list[Term] = []
        unit = lot.unit
        said: list[str] = []
        for name, last in self._offered_terms(lot):
            on = self.on if last is None else last - dt.timedelta(days=1)
            quote = self._unit_quote(lot, offer, name, on)
            if quote is not None and quote.usd_per_unit_hour is not None:
                (terms if last is None else ended).append(term_of_quote(name, quote, last))
                unit = unit or quote.unit
                if last is None and name == "on_demand":
                    at = partial(self._unit_quote, lot, offer, name)
                    said += self._announced(lot, quote, at)
        return msgspec.structs.replace(
            lot, terms=tuple(terms), ended=tuple(ended), fact=fact, grid=grid, unit=unit,
            notes=(*lot.notes, *said),
        )  # fmt: skip

    def _offered_terms(self, lot: Lot) -> Iterator[tuple[str, dt.date | None]]:
        """The terms that rows name for a lot's units, and the day on which the last row ended."""
        ends: dict[str, list[dt.date | None]] = defaultdict(list)
        for row in self.prices.fees_for(lot.provider, lot.model):
            if row.deployment_type == lot.deployment_type and row.starts_on <= self.on:
                over = row.effective_to is not None and row.effective_to <= self.on
                ends[row.term].append(row.effective_to if over else None)
        for name in TERMS:
            if name in ends:
                days = ends[name]
                yield name, None if None in days else max(day for day in days if day)

    def _unit_quote(self, lot: Lot, offer: Offer, term: str, on: dt.date) -> Quote | None:
        return self.prices.quote(
            provider=lot.provider,
            region=offer.region,
            model=lot.model,
            version=lot.version,
            deployment_type=lot.deployment_type,
            on=on,
            global_scope=lot.scope is Scope.GLOBAL,
            term=term,
            zone=self._zone_of(offer),
        )

    def _units_priced_only(self, model: str, sightings: Sequence[Sighting]) -> Iterator[Lot]:
        """Units with a price and a published rate, of a seller that no snapshot looks at."""
        gone = self.catalog.gone(model)
        looked_at = {s.offer.provider for s in (*sightings, *gone)}
        kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in self.prices.hourly:
            if row.model is None and row.deployment_type and row.holds(self.on):
                kinds[row.provider, row.deployment_type].update(row.regions)
        for (provider, kind), regions in sorted(kinds.items()):
            fact = self._unit_fact(provider, model, kind)
            if provider in looked_at or fact is None:
                continue
            found = []
            for region in sorted(r for r in regions if not is_sovereign(r)):
                offer = Offer(
                    provider=provider, region=region, model=model, version=None,
                    deployment_type=kind, usage_name=None,
                )  # fmt: skip
                lot = Lot(
                    provider=provider, model=model, version=None, deployment_type=kind,
                    billing=Billing.PROVISIONED, notes=(UNLISTED,),
                )  # fmt: skip
                found.append((self._with_units(lot, offer), _place(offer)))
            yield from gathered(found)


def _place(offer: Offer) -> LotRegion:
    return LotRegion(offer.region, offer.destinations)


def _is_enqueued(offer: Offer) -> bool:
    """Whether its quota counts the tokens of files that are sent and not done yet."""
    return offer.billing is Billing.BATCH and offer.unit == ENQUEUED
