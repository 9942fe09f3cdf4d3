"""Which choice wins at other volumes, and at other shares of input.

A winner changes where costs cross. The axis is looked at in steps and each change between two steps
is narrowed down by halving; one that comes and goes within a step is not seen.
"""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, log10

import msgspec

from planner.core.choices import brief_of, choice_id
from planner.core.comparison import to_money
from planner.core.recommend_answer import Stretch
from planner.core.served import Served, answer_of
from planner.core.weighing import Weighing
from planner.core.workload import Lengths

_PER_DECADE = 4
_DECADES = 3
_SHARES = tuple(Fraction(n, 20) for n in (1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 19))
_HALVINGS = 7
_CENT = Decimal("0.01")
Winner = Callable[[Fraction], Served | None]


def by_volume(weighing: Weighing) -> tuple[Stretch, ...]:
    """Which choice wins at a thousandth to a thousand times the requests a month."""
    load = weighing.workload
    steps = range(-_DECADES * _PER_DECADE, _DECADES * _PER_DECADE + 1)
    factors = [Fraction(10 ** (n / _PER_DECADE)).limit_denominator(10_000) for n in steps]
    base = load.requests_per_month

    def winner(factor: Fraction) -> Served | None:
        return Weighing(load.scaled(factor), weighing.supply).best()

    return tuple(_stretches(winner, factors, scale=base, geometric=True))


def by_input_share(weighing: Weighing) -> tuple[Stretch, ...]:
    """Which choice wins at other shares of input, the tokens of a request being as many."""
    load = weighing.workload
    total = load.input.mean + load.output.mean

    own = load.input.mean / total

    def winner(share: Fraction) -> Served | None:
        if share == own:
            return weighing.best()
        shaped = msgspec.structs.replace(
            load,
            input=Lengths.of(total * share),
            output=Lengths.of(total * (1 - share)),
            max_tokens=None,
        )
        return Weighing(shaped, weighing.supply).best()

    shares = sorted({*_SHARES, own} if 0 < own < 1 else _SHARES)
    return tuple(_stretches(winner, shares, scale=Fraction(1), geometric=False))


def _answer(served: Served | None) -> tuple[str, ...] | None:
    return None if served is None else answer_of(served)


def _stretches(
    winner: Winner, points: Sequence[Fraction], *, scale: Fraction, geometric: bool
) -> Iterator[Stretch]:
    """The runs of one answer along an axis, in units of `scale`."""
    told = [(point, winner(point)) for point in points]
    start, held = told[0]
    for (low, _), (high, after) in pairwise(told):
        while _answer(held) != _answer(after):
            edge, here = _edge(winner, low, high, _answer(held), geometric=geometric)
            if held is not None:
                yield _stretch(start, edge, held, scale)
            start, held = edge, here
            low = edge  # noqa: PLW2901 - a third one may win between
    if held is not None:
        yield _stretch(start, None, held, scale)


def _stretch(start: Fraction, end: Fraction | None, held: Served, scale: Fraction) -> Stretch:
    return Stretch(
        from_=_round(start * scale),
        to=None if end is None else _round(end * scale),
        id=choice_id(held),
        choice=brief_of(held),
        usd_per_month=to_money(held.usd_per_month).quantize(_CENT),
    )


def _round(value: Fraction) -> float:
    """To three digits, up: at an edge wins what is told to win from there on."""
    exponent = floor(log10(value)) - 2 if value > 0 else 0
    step = Fraction(10) ** exponent
    return float(ceil(value / step) * step)


def _edge(
    winner: Winner,
    low: Fraction,
    high: Fraction,
    answer: tuple[str, ...] | None,
    *,
    geometric: bool,
) -> tuple[Fraction, Served | None]:
    """Where an answer stops winning, between two points, and what wins there."""
    there = winner(high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if geometric:
            middle = Fraction(float(low * high) ** 0.5).limit_denominator(10**6)
        found = winner(middle)
        if _answer(found) == answer:
            low = middle
        else:
            high, there = middle, found
    return high, there
