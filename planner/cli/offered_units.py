"""The provisioned offers of a model, with what their units cost on a date and what they serve."""

import datetime as dt
from collections.abc import Iterator, Sequence

from planner.cli.facts import quote_of
from planner.core.availability import judge
from planner.core.catalog import Catalog
from planner.core.offers import Availability, Billing, Offer
from planner.core.prices import UNITS, HourlyPrice, PriceTable
from planner.core.provisioned_ways import PricedUnits
from planner.core.unit_grid import units_grid
from planner.files.unit_facts import unit_fact


def living_offers(catalog: Catalog, model: str, region: str | None) -> Iterator[Offer]:
    """The offers of a model that somebody new can deploy, of a region or of all."""
    for sighting in catalog.offers(model):
        offer = sighting.offer
        standing = judge(catalog, sighting, catalog.life(sighting)).availability
        ended = standing in (Availability.RETIRED, Availability.CLOSED_TO_NEW)
        if not (ended or offer.fine_tuned) and region in (None, offer.region):
            yield offer


def priced_units(
    catalog: Catalog, model: str, prices: PriceTable, region: str | None, on: dt.date
) -> list[PricedUnits]:
    """The living provisioned offers, each with the prices of its terms on a date.

    Also the units that a price of the model names and no offer does: nobody tells what they serve.
    """
    found = []
    for offer in living_offers(catalog, model, region):
        kind = offer.deployment_type
        if offer.billing is not Billing.PROVISIONED or kind is None:
            continue
        fact = unit_fact(offer.provider, model, kind)
        quotes, last = {}, {}
        for term, rows in prices.unit_terms(offer.provider, model, kind).items():
            quote = quote_of(prices, catalog, offer, on, term=term)
            if quote is not None and quote.usd_per_unit_hour is not None:
                quotes[term] = quote
            elif (row := _newest(rows, offer.region, on)) is not None:
                last[term] = row
        found.append(
            PricedUnits(
                provider=offer.provider,
                region=offer.region,
                deployment_type=kind,
                scope=offer.scope,
                fact=fact,
                grid=units_grid(offer, catalog.told_units(offer), fact) if fact else None,
                quotes=quotes,
                last_known=last,
            )
        )
    offered = {(units.provider, units.deployment_type) for units in found}
    named = {
        (row.provider, row.deployment_type)
        for row in prices.fees_of(model)
        if row.item in UNITS and row.holds(on) and row.deployment_type is not None
    }
    found += [
        PricedUnits(provider=provider, region=None, deployment_type=kind)
        for provider, kind in sorted(named - offered)
    ]
    return found


def _newest(rows: Sequence[HourlyPrice], region: str, on: dt.date) -> HourlyPrice | None:
    """The price that held last before a date, in the region rather than elsewhere."""
    ended = [(r.effective_to, r) for r in rows if r.effective_to and r.effective_to <= on]
    own = [(end, r) for end, r in ended if not r.regions or region in r.regions]
    newest = max(own or ended, key=lambda pair: (pair[0], pair[1].starts_on), default=None)
    return newest[1] if newest else None
