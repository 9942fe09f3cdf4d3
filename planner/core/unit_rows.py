"""Provisioned units against paying by the token: what a unit-hour is worth, and where it pays."""

from fractions import Fraction

from msgspec.structs import replace

from planner.core.breakeven_answer import UnitsRow, UnknownTerm
from planner.core.candidates import Candidate
from planner.core.comparison import Comparison, to_money
from planner.core.curves import lowest
from planner.core.offers import Billing

_BY_TOKEN = (Billing.ON_DEMAND, Billing.HOSTED)


def unit_rows(comparison: Comparison) -> tuple[UnitsRow, ...]:
    """Each kind of provisioned units, with where it first beats its like by the token."""
    return tuple(
        _row(candidate, comparison)
        for candidate in comparison.candidates.values()
        if candidate.kind is Billing.PROVISIONED
    )


def unknown_terms(comparison: Comparison) -> tuple[UnknownTerm, ...]:
    """The provisioned ways that are not compared since their price on the date is unknown."""
    return tuple(
        UnknownTerm(
            option=way.id,
            provider=way.provider,
            what=way.what,
            term=way.term or "",
            last_usd_per_unit_hour=way.last_known.usd_per_hour,
            last_term_total_usd=way.last_known.total_usd,
            unit=way.last_known.unit or "unit",
            effective_from=way.effective_from,
            effective_to=way.last_known.ended_on,
            source=way.last_known.source,
            retrieved_on=way.last_known.retrieved_on,
        )
        for way in comparison.unpriced
        if way.last_known is not None
    )


def _row(units: Candidate, comparison: Comparison) -> UnitsRow:
    share = comparison.shape.input_share
    served = units.unit_tokens(share) or Fraction()
    tokens = like(units, comparison)
    worth = None if tokens is None else tokens.curve(share).per_token * served
    cost = Fraction(units.usd_per_hour)
    row = UnitsRow(
        option=units.id,
        against=tokens.id if tokens else None,
        usd_per_unit_hour=units.usd_per_hour,
        input_tokens_per_unit_hour=round(served * share),
        output_tokens_per_unit_hour=round(served * (1 - share)),
        worth_usd_per_unit_hour=None if worth is None else to_money(worth),
        break_even_utilisation=float(cost / worth) if worth else None,
        units=None,
        from_tokens_per_hour=None,
        input_tokens_per_hour=None,
        output_tokens_per_hour=None,
        utilisation=None,
        usd_per_hour=None,
    )
    if tokens is None:
        return row
    curves = {way.id: way.curve(share) for way in (tokens, units)}
    first = next((s for s in lowest(curves) if s.key == units.id), None)
    if first is None:
        return row
    volume = first.start
    return replace(
        row,
        units=first.units,
        from_tokens_per_hour=round(volume),
        input_tokens_per_hour=round(volume * share),
        output_tokens_per_hour=round(volume * (1 - share)),
        utilisation=float(volume / (first.units * served)) if first.units and served else None,
        usd_per_hour=to_money(curves[units.id].at(volume)),
    )


def like(units: Candidate, comparison: Comparison) -> Candidate | None:
    """What is paid by the token instead: of the same provider and scope, then of the provider.

    Else the cheapest of all; None where nothing is sold by the token.
    """
    share = comparison.shape.input_share
    ways = [c for c in comparison.rivals.values() if c.kind in _BY_TOKEN]
    own = [c for c in ways if c.provider == units.provider]
    alike = [c for c in own if c.scope is units.scope]
    return min(alike or own or ways, key=lambda c: c.curve(share).per_token, default=None)
