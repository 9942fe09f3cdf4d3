"""Cost along a ray of volume, exactly: lines and steps, and where the lowest of them changes.

A ray fixes the mix of a workload (the share of input tokens) and lets its volume v, tokens per
hour, grow. What a way to serve it costs is then fixed + rate x v + price x units(v): money by the
hour, money by the token, and whole units that follow the load. Such curves jump and can cross any
number of times, so nothing is sampled: between two jumps all are straight lines, and lines meet
where arithmetic says. Amounts are Fractions.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import chain, islice, pairwise
from math import ceil, floor

import msgspec

MOST_STEPS = 20_000
"""Jumps of one curve that are looked at; beyond them only ways of nearly one slope differ."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """USD per hour at v tokens per hour: fixed + per_token x v + per_unit x units(v).

    There are `least` of them, and in steps of `step` as many more as the load needs, where one
    serves `unit_tokens` per hour. With `unit_tokens` None units do not follow the load.
    """

    fixed: Fraction = Fraction()
    per_token: Fraction = Fraction()
    per_unit: Fraction = Fraction()
    least: int = 0
    step: int = 1
    unit_tokens: Fraction | None = None

    def __post_init__(self) -> None:
        if min(self.fixed, self.per_token, self.per_unit, Fraction(self.least)) < 0:
            raise ValueError("a cost is negative; give 0 or more")
        if self.unit_tokens is not None and self.unit_tokens <= 0:
            raise ValueError("a unit serves no tokens; give more than 0, or None for unknown")
        if self.step < 1:
            raise ValueError(f"units come in steps of {self.step}; give 1 or more")

    def units(self, volume: Fraction) -> int:
        """How many units run at a volume."""
        if self.unit_tokens is None:
            return self.least
        missing = volume / self.unit_tokens - self.least
        return self.least + self.step * max(0, ceil(missing / self.step))

    def at(self, volume: Fraction) -> Fraction:
        """USD per hour at a volume of tokens per hour."""
        return self.fixed + self.per_token * volume + self.per_unit * self.units(volume)

    @property
    def slope(self) -> Fraction:
        """USD per token in the long run, whole units spread over all tokens."""
        steps = self.per_unit / self.unit_tokens if self.unit_tokens else Fraction()
        return self.per_token + steps

    def jumps(self, until: Fraction) -> Iterator[Fraction]:
        """The volumes, up to one, beyond which another unit is needed."""
        if self.unit_tokens is None or not self.per_unit:
            return
        count = self.least or self.step
        while (volume := count * self.unit_tokens) < until:
            yield volume
            count += self.step

    @property
    def ceiling(self) -> Fraction:
        """USD per hour that the cost never exceeds beside its slope: units bought ahead of need."""
        return self.fixed + self.per_unit * max(self.least, self.step)


class Stretch(msgspec.Struct, frozen=True):
    """From a volume to another (None: without end) one curve is the lowest, with so many units."""

    start: Fraction
    end: Fraction | None
    key: str
    units: int


def lowest(curves: Mapping[str, Curve]) -> Iterator[Stretch]:
    """Which curve is the lowest, from volume 0 on, a stretch for each curve and count of units.

    A stretch ends at the last volume at which its curve is not beaten. Of curves that cost the
    same the one that costs less a little later wins, then the one that stands first. The last
    stretch has no end: beyond it the order does not change, though units still grow. Two limits:
    curves of exactly one slope take turns for ever and are followed for two steps of the larger
    beyond the rest, and of each curve MOST_STEPS jumps are looked at.
    """
    if not curves:
        return
    until = {key: _hope(curve, curves.values()) for key, curve in curves.items()}
    horizon = _settled(curves, until)
    ends = {key: horizon if end is None else end for key, end in until.items()}
    jumps = {j for key, curve in curves.items() for j in islice(curve.jumps(ends[key]), MOST_STEPS)}
    edges = sorted({Fraction(), horizon, *jumps, *ends.values()})
    pieces = (
        stretch
        for start, end in pairwise(edges)
        for stretch in _within({k: c for k, c in curves.items() if start < ends[k]}, start, end)
    )
    for_good = {key: _line(curves[key], horizon) for key, end in until.items() if end is None}
    winner = min(for_good, key=lambda key: _value(for_good[key], horizon))
    last = Stretch(horizon, None, winner, for_good[winner][2])
    held: Stretch | None = None
    for stretch in chain(pieces, [last]):
        if held and (held.key, held.units) == (stretch.key, stretch.units):
            held = Stretch(held.start, stretch.end, held.key, held.units)
        else:
            if held:
                yield held
            held = stretch
    if held:
        yield held


def _hope(curve: Curve, rivals: Iterable[Curve]) -> Fraction | None:
    """The volume beyond which some rival is always lower; None where that never comes.

    A curve lies between fixed + slope x v and that plus the price of its first units. So one with
    the larger slope is beaten for good where its floor meets the other's ceiling.
    """
    meets = [
        max(Fraction(), r.ceiling - curve.fixed) / (curve.slope - r.slope)
        for r in rivals
        if r.slope < curve.slope
    ]
    return min(meets, default=None)


def _settled(curves: Mapping[str, Curve], until: Mapping[str, Fraction | None]) -> Fraction:
    """A volume beyond which nothing changes but the count of units.

    Curves of one slope can take turns for ever; they are followed for two more steps of the
    largest.
    """
    last = [end for end in until.values() if end is not None]
    equals = [curves[key] for key, end in until.items() if end is None]
    first_units = [
        c.unit_tokens * (c.least + 2 * c.step) for c in equals if c.unit_tokens is not None
    ]
    return max([Fraction(1), *last, *first_units])


def _within(curves: Mapping[str, Curve], start: Fraction, end: Fraction) -> Iterator[Stretch]:
    """The lowest line between two jumps: units are those that run just beyond `start`."""
    lines = {key: _line(curve, start) for key, curve in curves.items()}
    order = list(lines)
    here = start
    while True:
        key = min(order, key=lambda k: (_value(lines[k], here), lines[k][1]))
        fixed, rate, units = lines[key]
        meets = [
            (f - fixed) / (rate - r)
            for f, r, _ in lines.values()
            if r < rate and (f - fixed) / (rate - r) > here
        ]
        there = min(meets, default=None)
        if there is None or there >= end:
            yield Stretch(here, end, key, units)
            return
        yield Stretch(here, there, key, units)
        here = there


def _line(curve: Curve, start: Fraction) -> tuple[Fraction, Fraction, int]:
    """(fixed, per token, units) of a curve just beyond a volume."""
    units = curve.least
    if curve.unit_tokens is not None:
        beyond = start / curve.unit_tokens - units
        units += curve.step * (floor(beyond / curve.step) + 1) if beyond >= 0 else 0
    return curve.fixed + curve.per_unit * units, curve.per_token, units


def _value(line: tuple[Fraction, Fraction, int], volume: Fraction) -> Fraction:
    return line[0] + line[1] * volume
