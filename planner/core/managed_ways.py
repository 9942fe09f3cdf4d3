"""Managed ways to serve a model: each deployment type that charges by the token, with its price."""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from planner.core.candidates import Candidate
from planner.core.demands import Place
from planner.core.lot_places import fitting_places
from planner.core.lots import UNLISTED, Lot
from planner.core.offers import Availability, Billing, Scope
from planner.core.picking import among_equals
from planner.core.price_quotes import Quote
from planner.core.workload import Where

_ENDED = (Availability.RETIRED, Availability.CLOSED_TO_NEW, Availability.NOT_OFFERED)


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A managed way in one region (None: the source names none) with its quote, if it has one."""

    provider: str
    region: str | None
    deployment_type: str
    billing: Billing
    quote: Quote | None
    scope: Scope | None = None
    unlisted: bool = False
    rank: tuple[object, ...] = (False,)
    notes: tuple[str, ...] = ()


def priced(
    lots: Iterable[Lot], where: Where, offers_in: Mapping[tuple[str, str], int], prompt: Fraction
) -> Iterator[Priced]:
    """The living lots that answer at once and charge by the token, where `recommend` has them.

    Their price is that of a prompt of so many tokens: longer ones may cost more, or have none.
    Batch is left out: it answers within a day, so it does not replace a way that answers at once.
    """
    for lot in lots:
        if lot.billing not in (Billing.ON_DEMAND, Billing.HOSTED) or lot.deployment_type is None:
            continue
        for place, rank in best_place(lot, where, offers_in):
            yield Priced(
                provider=lot.provider,
                region=place.region,
                deployment_type=lot.deployment_type,
                billing=lot.billing,
                quote=_quote_at(lot, prompt),
                scope=lot.scope,
                unlisted=UNLISTED in lot.notes,
                rank=rank,
                notes=lot.notes,
            )


def _quote_at(lot: Lot, prompt: Fraction) -> Quote | None:
    """What a lot costs for a prompt of so many tokens; None where that is unknown."""
    quote, rates = lot.quote, lot.rates
    if quote is None or rates is None:
        return quote
    if rates.unpriced_over is not None and prompt > rates.unpriced_over:
        return None
    for over, longer in rates.longer:
        if prompt > over:
            quote = msgspec.structs.replace(
                quote,
                input_usd_per_mtok=longer.input,
                cached_input_usd_per_mtok=longer.cached_input,
                output_usd_per_mtok=longer.output,
            )
    return quote


def best_place(
    lot: Lot, where: Where, offers_in: Mapping[tuple[str, str], int]
) -> Iterator[tuple[Place, tuple[object, ...]]]:
    """The best place of a living lot that fits, if any, and its rank among equals of one price.

    What names no region is not known to be missing in the one that is asked for.
    """
    if lot.standing.availability in _ENDED:
        return
    asked = where if lot.places else msgspec.structs.replace(where, regions=())
    fitting, _ = fitting_places(lot, asked, offers_in)
    if fitting:
        match = lot.quote.match if lot.quote else None
        yield fitting[0], among_equals(lot, match, len(fitting) - 1, fitting[0].region)


def managed(
    offers: Iterable[Priced], input_share: Fraction, cached_share: Fraction = Fraction()
) -> tuple[list[Candidate], dict[str, str]]:
    """The managed ways that have a price, the cheapest region of each deployment type.

    Cheapest at the input share, fees last. Also the ways without a price, each with that reason.
    """
    best: dict[str, tuple[tuple[object, ...], Candidate]] = {}
    rejected: dict[str, str] = {}
    for offer in offers:
        way = f"{offer.provider}/{offer.deployment_type}"
        candidate = _managed(offer, cached_share)
        if candidate is None:
            rejected.setdefault(way, "no price of it is known")
            continue
        usd = candidate.curve(input_share).per_token
        rank = (usd, candidate.usd_per_hour, *offer.rank)
        if way not in best or rank < best[way][0]:
            best[way] = rank, candidate
    unpriced = {way: reason for way, reason in rejected.items() if way not in best}
    # Of equals the first wins: what can be had, then by the same name as in `recommend`.
    found = sorted(best.values(), key=lambda ranked: (ranked[0][2], ranked[1].id))
    return [candidate for _, candidate in found], unpriced


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
        unlisted=offer.unlisted,
        notes=(
            *offer.notes,
            *borrowed(quote.region_group, offer.scope),
            *_uncached(quote, cached_share),
        ),
    )


def _uncached(quote: Quote, cached_share: Fraction) -> tuple[str, ...]:
    if not cached_share or quote.cached_input_usd_per_mtok is not None:
        return ()
    return ("no price of cached input is known: it is charged as other input",)


def borrowed(region_group: str | None, scope: Scope | None) -> tuple[str, ...]:
    """That a price is the one that other regions share, where it is; a global type's always is."""
    if region_group is None or scope is Scope.GLOBAL:
        return ()
    return (f"its price is that of {region_group}, no row names the region",)
