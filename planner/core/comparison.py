"""The ways to serve a load at one input share, side by side, and which is the lowest where."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import msgspec

from planner.core.candidates import (
    Candidate,
    Machines,
    RequestShape,
    self_hosted,
    worth_comparing,
)
from planner.core.curves import Stretch, lowest
from planner.core.hardware import Architecture
from planner.core.managed_ways import Priced, managed
from planner.core.offers import Billing
from planner.core.provisioned_ways import PricedUnits, provisioned
from planner.core.ways import UNLISTED_HANDICAP

_DIGITS = Decimal("0.000001")


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What is compared: requests of a shape, instances (all, if none is named), how many.

    `cached_share` is the part of the input that is read from a cache, where a price or a unit
    tells it apart. `scaling` tells of lengths that were asked for and are not those of the shape.
    `change` makes of a candidate what the user set otherwise than the tables say.
    """

    on: dt.date
    shape: RequestShape
    scaling: str | None = None
    cached_share: Fraction = Fraction()
    instances: tuple[str, ...] = ()
    replicas: int | None = None
    least: int = 2
    region: str | None = None
    change: Callable[[Candidate], Candidate] = lambda candidate: candidate


class Market(Machines, frozen=True, kw_only=True):
    """What can be had on the date: prices by token and by hour, instances, and the model's shape.

    `offers` are the living managed ones, `units` those of provisioned units; `architecture` is
    None for a model whose weights nobody can host; `free_quota(cloud, region, family)` gives the
    vCPUs that are free, None if unknown.
    """

    offers: Sequence[Priced]
    units: Sequence[PricedUnits] = ()
    architecture: Architecture | None = None
    free_quota: Callable[[str, str, str], float | None] = lambda *_: None


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """The candidates at one input share, and which of the `rivals` is the lowest where.

    What no snapshot lists is no rival where something listed costs as much, to a thousandth.
    `machines` are all feasible self-hosted ways, also those that are not compared, `unfit` are
    machines that cannot serve the model; `unpriced` are provisioned ways without a price on the
    date, each with its last known one. `rejected` are all that cannot be compared.
    """

    shape: RequestShape
    candidates: Mapping[str, Candidate]
    rivals: Mapping[str, Candidate]
    machines: Sequence[Candidate]
    unpriced: Sequence[Candidate]
    rejected: Mapping[str, str]
    unfit: Mapping[str, str]
    stretches: Sequence[Stretch]
    every_change: bool

    @property
    def turns(self) -> list[tuple[Stretch, Stretch]]:
        """The pairs of stretches between which the kind of way (or any way) changes."""
        return [
            (before, after)
            for before, after in pairwise(self.stretches)
            if before.key != after.key
            and (
                self.every_change
                or self.candidates[before.key].kind is not self.candidates[after.key].kind
            )
        ]


def compare(question: Question, market: Market, input_share: Fraction) -> Comparison:
    """The ways to serve the load at an input share, lowest cost along the volume.

    A self-hosted way of an instance that was named, or else of those worth comparing.
    """
    shape = question.shape.scaled(input_share)
    ways, unpriced = managed(market.offers, input_share, question.cached_share)
    units, unsized = provisioned(market.units, input_share, question.cached_share)
    units = [question.change(u) for u in units]
    known = [u for u in units if u.last_known is None]
    machines: list[Candidate] = []
    unfit: dict[str, str] = {}
    if market.architecture is not None:
        machines, unfit = self_hosted(
            market.architecture,
            shape,
            market,
            least=question.least,
            region=question.region,
        )
    changed = [
        question.change(msgspec.structs.replace(m, replicas=question.replicas)) for m in machines
    ]
    if question.instances:
        chosen = [m for m in changed if f"{m.provider}/{m.what}" in question.instances]
    else:
        chosen = worth_comparing([m for m in changed if is_current(m, question.on)])
    candidates = {c.id: c for c in (*map(question.change, ways), *known, *chosen)}
    hidden = _hidden(candidates.values(), input_share)
    rivals = {key: c for key, c in candidates.items() if key not in hidden}
    curves = {key: c.curve(input_share) for key, c in rivals.items()}
    return Comparison(
        shape=shape,
        candidates=candidates,
        rivals=rivals,
        machines=[m for m in machines if is_current(m, question.on)],
        unpriced=tuple(u for u in units if u.last_known is not None),
        rejected=unfit | unpriced | unsized,
        unfit=unfit,
        stretches=tuple(lowest(curves)),
        every_change=bool(question.instances),
    )


def _hidden(candidates: Iterable[Candidate], input_share: Fraction) -> set[str]:
    """By the token what no snapshot lists, where it saves less than a thousandth."""
    usd = {
        c: c.curve(input_share).per_token
        for c in candidates
        if c.kind is Billing.ON_DEMAND and not c.usd_per_hour
    }
    listed = min((rate for c, rate in usd.items() if not c.unlisted), default=None)
    if listed is None:
        return set()
    return {c.id for c, rate in usd.items() if c.unlisted and rate * UNLISTED_HANDICAP >= listed}


def to_money(amount: Fraction) -> Decimal:
    """An exact amount as Decimal, to a millionth of a dollar."""
    value = Decimal(amount.numerator) / Decimal(amount.denominator)
    # The sum brings a normalized 7E+1 back to 70.
    return value.quantize(_DIGITS).normalize() + Decimal()


def is_current(machine: Candidate, on: dt.date) -> bool:
    """Whether a machine can be had on a date: not retired, no preview."""
    instance = machine.instance
    return instance is None or not (instance.retired(on) or instance.status == "preview")
