"""Provisioned units as ways to serve a model: each deployment type, by the hour and by each term.

Units are sized for a flat load by the provider's published figures: the peak minute is the mean.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from planner.core.candidates import SECONDS_PER_HOUR, Candidate, tokens_per_unit_hour
from planner.core.lots import Lot
from planner.core.managed_ways import best_place, borrowed
from planner.core.offers import Billing, Scope
from planner.core.prices import UNITS, PriceTable
from planner.core.terms import Term
from planner.core.throughput import Interval
from planner.core.unit_facts import UnitFact
from planner.core.unit_grid import Grid
from planner.core.workload import Where

HOURLY = "on_demand"
PUBLISHED = "published"
"""The basis of a rate that the provider's documents tell."""
NO_FACT = "its units have no published throughput"
NO_RATIO = "what an output token weighs on its units is not published"
NO_PRICE = "no price of its units is known"


class PricedUnits(msgspec.Struct, frozen=True, kw_only=True):
    """A living provisioned offer where it is best, with what its units cost and serve.

    `terms` hold on the date, `ended` are those that held last. `fact` and `grid` are None where
    nobody tells; so is the region of units that a price table alone knows. `rank` is its place
    among equals.
    """

    provider: str
    region: str | None
    deployment_type: str
    scope: Scope | None = None
    fact: UnitFact | None = None
    grid: Grid | None = None
    terms: tuple[Term, ...] = ()
    ended: tuple[Term, ...] = ()
    rank: tuple[object, ...] = (False,)


def priced_units(
    lots: Iterable[Lot], where: Where, offers_in: Mapping[tuple[str, str], int]
) -> Iterator[PricedUnits]:
    """The living lots that are bought by the unit, where `recommend` has them."""
    for lot in lots:
        if lot.billing is not Billing.PROVISIONED or lot.deployment_type is None:
            continue
        for place, rank in best_place(lot, where, offers_in):
            here = next((p for p in lot.places if p.region == place.region), lot)
            yield PricedUnits(
                provider=lot.provider,
                region=place.region,
                deployment_type=lot.deployment_type,
                scope=lot.scope,
                fact=lot.fact,
                grid=lot.grid,
                terms=here.terms,
                ended=here.ended,
                rank=rank,
            )


def units_without_offer(
    prices: PriceTable, model: str, offered: Collection[PricedUnits], on: dt.date
) -> Iterator[PricedUnits]:
    """The units that a price of a model names and no offer does: nobody tells what they serve."""
    known = {(units.provider, units.deployment_type) for units in offered}
    named = {
        (row.provider, row.deployment_type)
        for row in prices.fees_of(model)
        if row.item in UNITS and row.holds(on) and row.deployment_type is not None
    }
    for provider, kind in sorted(named - known):
        yield PricedUnits(provider=provider, region=None, deployment_type=kind)


def provisioned(
    offers: Iterable[PricedUnits], input_share: Fraction, cached_share: Fraction = Fraction()
) -> tuple[list[Candidate], dict[str, str]]:
    """A way for each deployment type and term, in its cheapest region; the ways that are none.

    Of regions of one price the one with the smallest count of units, then by rank. A way whose
    price is unknown on the date stands for its last known one, `last_known`, and costs nothing: it
    is to be left out unless a price is set.
    """
    best: dict[str, tuple[tuple[object, ...], Candidate]] = {}
    rejected: dict[str, str] = {}
    for offer in offers:
        way = f"{offer.provider}/{offer.deployment_type}"
        if reason := _why_not(offer):
            rejected.setdefault(way, reason)
            continue
        for candidate in _candidates(offer, input_share, cached_share):
            key = f"{offer.provider}/{candidate.what}"
            unknown = candidate.last_known is not None
            rank = (unknown, candidate.usd_per_hour, candidate.least, *offer.rank)
            if key not in best or rank < best[key][0]:
                best[key] = rank, candidate
    sized = {f"{c.provider}/{c.what.partition(':')[0]}" for _, c in best.values()}
    # Of equals the first wins: what can be had, then by the same name as in `recommend`.
    found = sorted(best.values(), key=lambda ranked: (ranked[0][3], ranked[1].id))
    return [candidate for _, candidate in found], {
        way: reason for way, reason in rejected.items() if way not in sized
    }


def _why_not(offer: PricedUnits) -> str | None:
    if offer.fact is None or offer.grid is None:
        return NO_FACT
    if offer.fact.output_ratio is None:
        return NO_RATIO
    return None if offer.terms or offer.ended else NO_PRICE


def _candidates(
    offer: PricedUnits, input_share: Fraction, cached_share: Fraction
) -> Iterator[Candidate]:
    assert offer.fact is not None  # noqa: S101  (the caller looked)
    assert offer.grid is not None  # noqa: S101
    tokens = tokens_per_unit_hour(offer.fact, input_share, cached_share) or Fraction()
    rate = float(tokens * (1 - input_share) / SECONDS_PER_HOUR)
    for term in (*offer.terms, *offer.ended):
        what = offer.deployment_type + ("" if term.name == HOURLY else f":{term.name}")
        last = term if term.ended_on is not None else None
        yield Candidate(
            id=f"{Billing.PROVISIONED}:{offer.provider}/{offer.region or 'any'}/{what}",
            kind=Billing.PROVISIONED,
            provider=offer.provider,
            region=offer.region,
            what=what,
            scope=offer.scope,
            cached_share=cached_share,
            usd_per_hour=Decimal() if last else term.usd_per_hour,
            unit=term.unit,
            term=term.name,
            last_known=last,
            least=offer.grid.minimum,
            step=offer.grid.step,
            fact=offer.fact,
            capacity=Interval(low=rate, mid=rate, high=rate),
            basis=PUBLISHED,
            effective_from=term.began_on or term.retrieved_on,
            source=term.source,
            retrieved_on=term.retrieved_on,
            origin=term.origin,
            doubts=() if last else term.doubts,
            notes=(
                _in_words(offer.grid),
                *(() if last else borrowed(term.borrowed_from, offer.scope)),
            ),
        )


def _in_words(grid: Grid) -> str:
    return f"{grid.minimum} units or more, in steps of {grid.step}, {grid.told}"
