"""The amount of a term: in US dollars, exact, for one unit; or why there is none."""

from decimal import Decimal, InvalidOperation

import msgspec

from planner.feeds._aws_offer_file import Rate, Term

_LONGEST = 40


class Amount(msgspec.Struct, frozen=True):
    """Money for one unit as the file has them; `problem` says why it is no price.

    `unit` names a currency that is not the dollar. A zero is an amount: whether it can be meant is
    for whoever compares it with what is known.
    """

    usd: Decimal
    unit: str
    description: str = ""
    problem: str | None = None


def amount_of(terms: tuple[Term, ...]) -> Amount | None:
    """Return the one amount of a product's on-demand terms; None where it has none."""
    rates = [rate for term in terms for rate in term.price_dimensions.values()]
    if not rates:
        return None
    amount = amount_of_rate(rates[0])
    if len({str(rate.price_per_unit) for rate in rates}) > 1 and amount.problem is None:
        ranges = {(rate.begin_range, rate.end_range) for rate in rates}
        why = (
            "its price depends on the amount used in a month"
            if len(ranges) > 1
            else "it has several prices at once"
        )
        return msgspec.structs.replace(amount, problem=why)
    return amount


def amount_of_rate(rate: Rate) -> Amount:
    """Return a rate's amount in dollars, or what it holds and why that is no price."""
    currency = "USD" if "USD" in rate.price_per_unit else next(iter(rate.price_per_unit), "")
    text = str(rate.price_per_unit.get(currency, ""))
    unit = rate.unit if currency in ("USD", "") else f"{rate.unit} ({currency})"
    unit = " ".join(unit.split()) or "(no unit)"
    usd = _decimal(text)
    if usd is None:
        problem: str | None = f"its amount {text!r:.40} is no price"
    elif currency != "USD":
        problem = f"it is priced in {currency}; only USD is understood"
    else:
        problem = None
    return Amount(usd or Decimal(0), unit, rate.description, problem)


_MOST_DIGITS = 9  # no price has more dollars, and sums of such amounts cannot be rounded


def _decimal(text: str) -> Decimal | None:
    """An amount without the zeros that pad it; None for what is no price."""
    try:
        usd = Decimal(text) if len(text) <= _LONGEST else None
    except InvalidOperation:
        return None
    if usd is None or not usd.is_finite() or usd.is_signed() or usd.adjusted() >= _MOST_DIGITS:
        return None
    return plain(usd)


def plain(usd: Decimal) -> Decimal:
    """The same amount without trailing zeros and exponent: 5.5000 as 5.5, 1E+1 as 10."""
    shorter = usd.normalize()
    return shorter.quantize(Decimal(1)) if shorter == shorter.to_integral_value() else shorter
