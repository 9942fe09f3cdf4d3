"""What can be bought of a model: its offers with their prices, alike ones together.

A lot is one thing to buy in all the regions where it is the same thing: same promise, same price,
same standing. Two hundred offers of a model make a few dozen lots, and a workload is held against
each lot once.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from planner.core.offers import Billing, Scope
from planner.core.price_quotes import Quote
from planner.core.terms import Term
from planner.core.unit_facts import UnitFact
from planner.core.unit_grid import Grid
from planner.core.ways import Rates, Standing

UNLISTED = "no snapshot lists it, so whether it is still sold is unknown"
"""What a lot says that a price table alone tells of."""

ANNOUNCED = "; not in the bill"
"""How a lot's note of a later price ends."""


class LotRegion(msgspec.Struct, frozen=True):
    """A region of a lot, and the regions that may process what enters there.

    `terms` and `ended` are those of the lot, with what is told of them for this region.
    """

    region: str
    destinations: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    ended: tuple[Term, ...] = ()


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """A model under one deployment type, in all the places where it is the same thing to buy.

    `rates` and `quote` are those of a tier; None where no row tells them. `terms` are the prices
    of a unit that hold, `ended` those that held last. `fact` and `grid` say what a unit carries and
    in which counts it is bought. No `places`: the source names none.
    """

    provider: str
    model: str
    version: str | None
    publisher: str | None = None
    provider_model: str | None = None
    deployment_type: str | None
    billing: Billing | None
    scope: Scope | None = None
    boundary: str | None = None
    context_tokens: int | None = None
    unit: str | None = None
    tokens_per_unit: int | None = None
    requests_per_unit: int | None = None
    standing: Standing = Standing()
    retires_on: dt.date | None = None
    certainty: str | None = None
    tier: str = "default"
    rates: Rates | None = None
    quote: Quote | None = None
    terms: tuple[Term, ...] = ()
    ended: tuple[Term, ...] = ()
    fact: UnitFact | None = None
    grid: Grid | None = None
    notes: tuple[str, ...] = ()
    places: tuple[LotRegion, ...] = ()

    @property
    def regions(self) -> tuple[str, ...]:
        """The names of its places."""
        return tuple(place.region for place in self.places)


def gathered(found: Iterable[tuple[Lot, LotRegion]]) -> Iterator[Lot]:
    """The lots of single regions, alike ones as one lot with all their regions."""
    places: dict[Lot, list[LotRegion]] = defaultdict(list)
    for lot, place in found:
        alike = msgspec.structs.replace(
            lot,
            terms=tuple(term.anywhere for term in lot.terms),
            ended=tuple(term.anywhere for term in lot.ended),
        )
        own = msgspec.structs.replace(place, terms=lot.terms, ended=lot.ended)
        places[alike].append(own)
    for lot, where in places.items():
        ordered = sorted(where, key=lambda place: place.region)
        yield msgspec.structs.replace(lot, places=tuple(ordered))
