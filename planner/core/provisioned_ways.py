"""Provisioned units as ways to serve a model: each deployment type, by the hour and by each term.

Units are sized for a flat load by the provider's published figures: the peak minute is the mean.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

from planner.core.candidates import SECONDS_PER_HOUR, Candidate, tokens_per_unit_hour
from planner.core.managed_ways import borrowed
from planner.core.offers import Billing, Scope
from planner.core.price_quotes import Quote
from planner.core.prices import HourlyPrice
from planner.core.throughput import Interval
from planner.core.unit_facts import UnitFact
from planner.core.unit_grid import Grid

HOURLY = "on_demand"
PUBLISHED = "published"
"""The basis of a rate that the provider's documents tell."""
NO_FACT = "its units have no published throughput"
NO_RATIO = "what an output token weighs on its units is not published"
NO_PRICE = "no price of its units is known"


class PricedUnits(msgspec.Struct, frozen=True, kw_only=True):
    """A living provisioned offer in one region, with what its units cost and serve.

    `quotes` hold on the date, by term; `last_known` are the newest prices of the terms that have
    none on it. `fact` and `grid` are None where nobody tells; so is the region of units that a
    price table alone knows.
    """

    provider: str
    region: str | None
    deployment_type: str
    scope: Scope | None = None
    fact: UnitFact | None = None
    grid: Grid | None = None
    quotes: Mapping[str, Quote] = {}
    last_known: Mapping[str, HourlyPrice] = {}


def provisioned(
    offers: Iterable[PricedUnits], input_share: Fraction, cached_share: Fraction = Fraction()
) -> tuple[list[Candidate], dict[str, str]]:
    """A way for each deployment type and term, in its cheapest region; the ways that are none.

    Of regions of one price the one with the smallest count of units, then by name. A way whose
    price is unknown on the date stands for its last known one, `last_known`, and costs nothing: it
    is to be left out unless a price is set.
    """
    best: dict[str, Candidate] = {}
    rejected: dict[str, str] = {}
    for offer in offers:
        way = f"{offer.provider}/{offer.deployment_type}"
        if reason := _why_not(offer):
            rejected.setdefault(way, reason)
            continue
        for candidate in _candidates(offer, input_share, cached_share):
            key = f"{offer.provider}/{candidate.what}"
            if key not in best or _dearness(candidate) < _dearness(best[key]):
                best[key] = candidate
    sized = {f"{c.provider}/{c.what.partition(':')[0]}" for c in best.values()}
    return [best[key] for key in sorted(best)], {
        way: reason for way, reason in rejected.items() if way not in sized
    }


def _why_not(offer: PricedUnits) -> str | None:
    if offer.fact is None or offer.grid is None:
        return NO_FACT
    if offer.fact.output_ratio is None:
        return NO_RATIO
    return None if offer.quotes or offer.last_known else NO_PRICE


def _candidates(
    offer: PricedUnits, input_share: Fraction, cached_share: Fraction
) -> Iterator[Candidate]:
    for term in (*offer.quotes, *offer.last_known):
        quote, last = offer.quotes.get(term), offer.last_known.get(term)
        price = quote or last
        assert offer.fact is not None  # noqa: S101  (the caller looked)
        assert offer.grid is not None  # noqa: S101
        assert price is not None  # noqa: S101
        what = offer.deployment_type + ("" if term == HOURLY else f":{term}")
        tokens = tokens_per_unit_hour(offer.fact, input_share, cached_share) or Fraction()
        rate = float(tokens * (1 - input_share) / SECONDS_PER_HOUR)
        yield Candidate(
            id=f"{Billing.PROVISIONED}:{offer.provider}/{offer.region or 'any'}/{what}",
            kind=Billing.PROVISIONED,
            provider=offer.provider,
            region=offer.region,
            what=what,
            scope=offer.scope,
            cached_share=cached_share,
            usd_per_hour=(quote and quote.usd_per_unit_hour) or Decimal(),
            unit=price.unit,
            term=term,
            last_known=last,
            least=offer.grid.minimum,
            step=offer.grid.step,
            fact=offer.fact,
            capacity=Interval(low=rate, mid=rate, high=rate),
            basis=PUBLISHED,
            effective_from=price.effective_from or price.first_seen_on or price.retrieved_on,
            source=price.source,
            retrieved_on=price.retrieved_on,
            origin=price.origin,
            doubts=quote.doubts if quote else (),
            notes=(
                _in_words(offer.grid),
                *(borrowed(quote, offer.scope) if quote else ()),
            ),
        )


def _in_words(grid: Grid) -> str:
    return f"{grid.minimum} units or more, in steps of {grid.step}, {grid.told}"


def _dearness(candidate: Candidate) -> tuple[bool, Decimal, int, str]:
    unknown = candidate.last_known is not None
    return unknown, candidate.usd_per_hour, candidate.least, candidate.region or ""
