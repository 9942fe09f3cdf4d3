"""What price tables alone tell of: sellers that no snapshot looks at, and batch types.

Where a snapshot lists the type for other models and the model under other types, a price that was
there before is no offer: the type is not offered for it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from planner.core.catalog import Catalog
from planner.core.lots import UNLISTED, Lot, LotRegion
from planner.core.offers import Availability, Billing
from planner.core.price_quotes import Quote
from planner.core.price_ways import FIRST_PARTY, PriceGroup, is_batch, ways
from planner.core.prices import PriceTable
from planner.core.ways import Rates, Standing

LastLook = Callable[[str, str], dt.date | None]
"""(provider, deployment type) -> day"""


class PricedOnly(msgspec.Struct, frozen=True):
    """A model with its prices, and what the snapshots say of it."""

    model: str
    prices: PriceTable
    catalog: Catalog
    context_tokens: int | None = None

    def lots(self, tier: str, last_look: LastLook) -> Iterator[Lot]:
        """The lots at the rates of a tier; `last_look` says when a type was last listed at all."""
        catalog, model = self.catalog, self.model
        sightings = [s for s in catalog.offers(model) if not s.offer.fine_tuned]
        gone = catalog.gone(model)
        looked_at = {s.offer.provider for s in (*sightings, *gone)}
        types = {(s.offer.provider, s.offer.deployment_type) for s in sightings}
        batches = {s.offer.provider for s in sightings if s.offer.billing is Billing.BATCH}
        groups = ways(self.prices, model=model, on=catalog.on)
        for group in groups:
            quote, kind = group.quote, group.deployment_type
            if quote.fine_tuned or quote.context_over_tokens or not kind:
                continue
            if quote.tier != ("default" if group.is_batch else tier):
                continue
            listed = group.provider in looked_at and not (
                group.is_batch
                and group.provider not in batches
                and (group.provider, kind) not in types
            )
            if listed or group.provider in FIRST_PARTY:
                continue
            look = last_look(group.provider, kind)
            known = [s.seen_on for s in sightings if s.offer.provider == group.provider]
            if look is not None and any(day <= look for day in known) and _began(quote) <= look:
                said = f"not offered: on {look} other models are listed under {kind}, and it is not"
                no = Standing(availability=Availability.NOT_OFFERED, reasons=(said,))
                yield msgspec.structs.replace(self._lot(group, groups), standing=no, notes=())
            else:
                yield self._lot(group, groups)

    def _lot(self, group: PriceGroup, groups: Sequence[PriceGroup]) -> Lot:
        bounds = (g.quote.context_over_tokens for g in groups if g.provider == group.provider)
        return Lot(
            provider=group.provider,
            model=self.model,
            version=group.version,
            deployment_type=group.deployment_type,
            billing=billed(by_token(group.deployment_type), group.quote),
            tier=group.quote.tier,
            quote=group.quote,
            rates=rates_of(group.quote, _longer(group, groups), bounds),
            context_tokens=self.context_tokens,
            notes=(UNLISTED,),
            places=tuple(LotRegion(region) for region in group.regions),
        )


def last_look(catalog: Catalog, provider: str, kind: str) -> dt.date | None:
    """The newest day on which a provider's snapshots list a deployment type for any model."""
    sort = provider, kind
    days = (
        s.seen_on for s in catalog.offers() if (s.offer.provider, s.offer.deployment_type) == sort
    )
    return max(days, default=None)


def by_token(deployment_type: str | None) -> Billing:
    """How what has a price by the token charges."""
    return Billing.BATCH if is_batch(deployment_type) else Billing.ON_DEMAND


def billed(billing: Billing | None, quote: Quote) -> Billing | None:
    """How something by the token charges at a quote: what has a fee by the hour, too, is hosted."""
    hosted = bool(quote.usd_per_unit_hour) and billing is Billing.ON_DEMAND
    return Billing.HOSTED if hosted else billing


def rates_of(
    quote: Quote, longer: Iterable[tuple[int, Quote]] = (), bounds: Iterable[int] = ()
) -> Rates | None:
    """The rates of a quote; None without a price for input and output.

    `bounds` are the lengths above which the model has prices of their own, by this way or another.
    """
    if quote.input_usd_per_mtok is None or quote.output_usd_per_mtok is None:
        return None
    found = ((over, rates_of(long)) for over, long in sorted(longer, key=lambda v: v[0]))
    priced = tuple((over, rates) for over, rates in found if rates is not None)
    others = {(row.charge, row.per): row.usd for row in quote.other}
    return Rates(
        input=quote.input_usd_per_mtok,
        output=quote.output_usd_per_mtok,
        cached_input=quote.cached_input_usd_per_mtok,
        cache_write=others.get(("cache_write", "mtok")),
        cache_storage_per_hour=others.get(("cache_storage", "mtok_hour")),
        longer=priced,
        unpriced_over=min(set(bounds) - {0} - {over for over, _ in priced}, default=None),
    )


def _longer(group: PriceGroup, groups: Iterable[PriceGroup]) -> Iterator[tuple[int, Quote]]:
    """What the same thing costs where prompts are long, by the length above which it holds."""
    for other in groups:
        over = other.quote.context_over_tokens
        here = not other.regions or set(group.regions) <= set(other.regions)
        if over and here and _identity(other) == _identity(group):
            yield over, other.quote


def _identity(group: PriceGroup) -> tuple[object, ...]:
    quote = group.quote
    return group.provider, group.version, group.deployment_type, quote.tier, quote.fine_tuned


def _began(quote: Quote) -> dt.date:
    return quote.effective_from or quote.first_seen_on or quote.retrieved_on
