"""How many provisioned units can be bought, and how many a load needs.

Units come in a grid: so many at least, then in steps. The management API tells it for each offer,
the documentation for each model; where they differ the API is right (regional gpt-4.1: 25 and 25,
documented 50 and 50).
"""

from collections.abc import Iterable
from fractions import Fraction
from math import ceil, floor

import msgspec

from planner.core.offers import Offer
from planner.core.unit_facts import UnitFact


class Grid(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of units that one deployment may have: `minimum`, then in steps of `step`.

    `maximum` is what the provider lets one deployment have, None where it is unknown: no quota, and
    no limit to several deployments, so that counting goes beyond it. `told` says who tells.
    """

    minimum: int
    step: int
    maximum: int | None = None
    told: str = ""

    def __post_init__(self) -> None:
        for field in ("minimum", "step"):
            if getattr(self, field) < 1:
                raise ValueError(f"{field} of units is {getattr(self, field)}; give 1 or more")
        if self.maximum is not None and self.maximum < self.minimum:
            raise ValueError(
                f"maximum of units is {self.maximum}, below the minimum of {self.minimum}; raise it"
            )

    def at_least(self, need: Fraction) -> int:
        """The smallest count that covers a need in units; 0 where nothing is needed."""
        if need <= 0:
            return 0
        return self.minimum + self.step * max(0, ceil((need - self.minimum) / self.step))

    def at_most(self, need: Fraction) -> int:
        """The largest count that a need fills; 0 where it is below the minimum."""
        if need < self.minimum:
            return 0
        return self.minimum + self.step * floor((need - self.minimum) / self.step)


def units_grid(offer: Offer, others: Iterable[Offer], fact: UnitFact | None) -> Grid | None:
    """The grid of an offer's units; None where nobody tells.

    Its own, as the management API gives it; else that of the first of `others` (its own earlier
    look before another region's) that is of the same provider, model, version and deployment
    type; else the document's.
    """
    if own := _grid_of(offer, "by the management API"):
        return own
    alike = [o for o in others if _sort(o) == _sort(offer)]
    for other in sorted(alike, key=lambda o: o.region != offer.region):
        seen = f" on {other.observed_on}" if other.observed_on else ""
        if found := _grid_of(other, f"as the management API told in {other.region}{seen}"):
            return found
    if fact is None:
        return None
    return Grid(minimum=fact.minimum, step=fact.step, told=f"by {fact.source}, {fact.retrieved_on}")


def requests_per_minute_per_unit(
    fact: UnitFact, input_tokens: Fraction, cached_tokens: Fraction, output_tokens: Fraction
) -> Fraction | None:
    """How many requests of these lengths one unit serves in a minute; None if the ratio is unknown.

    Input tokens per minute and unit / (input - cached + ratio x output): cached tokens, a part of
    the input, are free (MicrosoftDocs/azure-ai-docs, provisioned throughput, 2026-04-07).
    """
    if not 0 <= cached_tokens <= input_tokens:
        raise ValueError("cached_tokens is no part of input_tokens; give 0 up to them")
    if fact.output_ratio is None:
        return None
    weight = input_tokens - cached_tokens + fact.output_ratio * output_tokens
    if weight <= 0:
        raise ValueError("a request weighs nothing; give it some output or uncached input")
    return Fraction(fact.input_tokens_per_minute) / weight


def _sort(offer: Offer) -> tuple[str | None, ...]:
    return offer.provider, offer.model, offer.version, offer.deployment_type


def _grid_of(offer: Offer, told: str) -> Grid | None:
    if not offer.units_minimum or not offer.units_step:
        return None
    return Grid(
        minimum=offer.units_minimum,
        step=offer.units_step,
        maximum=offer.units_maximum,
        told=told,
    )
