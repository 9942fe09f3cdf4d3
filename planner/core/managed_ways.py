"""Managed ways to serve a model: each deployment type that charges by the token, with its price."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import msgspec

from planner.core.candidates import Candidate
from planner.core.lots import Lot
from planner.core.offers import Availability, Billing, Scope
from planner.core.price_quotes import Quote

_ENDED = (Availability.RETIRED, Availability.CLOSED_TO_NEW, Availability.NOT_OFFERED)


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A managed way in one region (None: the source names none) with its quote, if it has one."""

    provider: str
    region: str | None
    deployment_type: str
    billing: Billing
    quote: Quote | None
    scope: Scope | None = None
    notes: tuple[str, ...] = ()


def priced(lots: Iterable[Lot], region: str | None) -> list[Priced]:
    """The living lots that answer at once and charge by the token, in a region or where they are.

    Batch is left out: it answers within a day, so it does not replace a way that answers at once.
    """
    return [
        Priced(
            provider=lot.provider,
            region=region if region in lot.regions else next(iter(lot.regions), None),
            deployment_type=lot.deployment_type,
            billing=lot.billing,
            quote=lot.quote,
            scope=lot.scope,
            notes=lot.notes,
        )
        for lot in lots
        if lot.billing in (Billing.ON_DEMAND, Billing.HOSTED)
        and lot.deployment_type is not None
        and lot.standing.availability not in _ENDED
        and (region is None or not lot.regions or region in lot.regions)
    ]


def managed(
    offers: Iterable[Priced], input_share: Fraction, cached_share: Fraction = Fraction()
) -> tuple[list[Candidate], dict[str, str]]:
    """The managed ways that have a price, the cheapest region of each deployment type.

    Cheapest at the input share, fees last. Also the ways without a price, each with that reason.
    """
    best: dict[str, Candidate] = {}
    rejected: dict[str, str] = {}
    for offer in offers:
        way = f"{offer.provider}/{offer.deployment_type}"
        candidate = _managed(offer, cached_share)
        if candidate is None:
            rejected.setdefault(way, "no price of it is known")
        elif way not in best or _dearness(candidate, input_share) < _dearness(
            best[way], input_share
        ):
            best[way] = candidate
    unpriced = {way: reason for way, reason in rejected.items() if way not in best}
    return [best[way] for way in sorted(best)], unpriced


def _managed(offer: Priced, cached_share: Fraction) -> Candidate | None:
    """The way as a candidate; None without a price for input, output and whatever else it needs."""
    quote = offer.quote
    if quote is None or quote.input_usd_per_mtok is None or quote.output_usd_per_mtok is None:
        return None
    return Candidate(
        id=f"{offer.billing}:{offer.provider}/{offer.region or 'any'}/{offer.deployment_type}",
        kind=offer.billing,
        provider=offer.provider,
        region=offer.region,
        what=offer.deployment_type,
        scope=offer.scope,
        input_usd_per_mtok=quote.input_usd_per_mtok,
        cached_input_usd_per_mtok=quote.cached_input_usd_per_mtok,
        cached_share=cached_share,
        output_usd_per_mtok=quote.output_usd_per_mtok,
        usd_per_hour=quote.usd_per_unit_hour or Decimal(),
        unit=quote.unit,
        tokens_per_minute_limit=quote.tokens_per_minute_limit,
        effective_from=quote.effective_from or quote.first_seen_on or quote.retrieved_on,
        source=quote.source,
        retrieved_on=quote.retrieved_on,
        origin=quote.origin,
        doubts=quote.doubts,
        notes=(*offer.notes, *borrowed(quote, offer.scope), *_uncached(quote, cached_share)),
    )


def _uncached(quote: Quote, cached_share: Fraction) -> tuple[str, ...]:
    if not cached_share or quote.cached_input_usd_per_mtok is not None:
        return ()
    return ("no price of cached input is known: it is charged as other input",)


def borrowed(quote: Quote, scope: Scope | None) -> tuple[str, ...]:
    """That a price is the one that other regions share, where it is; a global type's always is."""
    if quote.region_group is None or scope is Scope.GLOBAL:
        return ()
    return (f"its price is that of {quote.region_group}, no row names the region",)


def _dearness(candidate: Candidate, input_share: Fraction) -> tuple[Fraction, Decimal, str]:
    curve = candidate.curve(input_share)
    return curve.per_token, candidate.usd_per_hour, candidate.region or ""
