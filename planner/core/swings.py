"""Which assumption, moved by how much, changes the winner: the smallest change first."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import partial
from math import ceil, floor

import msgspec

from planner.core.choices import brief_of, choice_id
from planner.core.offers import Billing
from planner.core.plans import Plan
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.recommend_answer import Swing
from planner.core.served import Served, answer_of
from planner.core.terms import Term
from planner.core.ways import Rate, Rates, Way
from planner.core.weighing import Weighing
from planner.core.workload import Workload

_UP = tuple(Fraction(n, 100) for n in (102, 105, 110, 120, 135, 160, 200, 300, 500, 1000))
_DOWN = tuple(1 / factor for factor in _UP)
_GROWTH = tuple(Fraction(n, 1000) for n in (5, 10, 20, 30, 50, 80, 120, 200))
_HALVINGS = 7

Change = Callable[[Fraction], Weighing]


class Assumption(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is assumed, the factors on it to try, and the weighing that each makes.

    `start` is the factor that stands for what is assumed now; of growth it is the share itself.
    """

    name: str
    factors: Sequence[Fraction]
    start: Fraction = Fraction(1)
    weighing: Change

    def best(self, factor: Fraction) -> Served | None:
        """Which plan wins at a factor; None where nothing fits any more."""
        return self.weighing(factor).best()

    def beyond(self, factor: Fraction) -> Fraction:
        """To three decimals (a growth to four), away from the start: there it has flipped, too."""
        step = Fraction(1, 10_000 if self.name.startswith("growth") else 1000)
        away = ceil if factor > self.start else floor
        return away(factor / step) * step


def swings(weighing: Weighing, best: Served) -> tuple[Swing, ...]:
    """Every assumption with the factor from which on another kind of choice wins."""
    found = [_swing(assumption, best) for assumption in _assumptions(weighing, best.plan)]
    constant = Swing(
        assumption="exchange rate",
        factor=None,
        winner=None,
        choice=None,
        told="every price is in US dollars: a rate moves all choices alike",
    )
    return tuple(sorted([*found, constant], key=lambda swing: _size(swing, weighing)))


def _assumptions(weighing: Weighing, best: Plan) -> Iterator[Assumption]:
    way, load = best.way, weighing.workload
    machines = way.kind is Billing.SELF_HOSTED
    yield Assumption(
        name="price of machines" if machines else f"price of {way.what}",
        factors=_UP,
        weighing=lambda k: weighing.changed(partial(_priced, k, lambda w: _key(w) == _key(way))),
    )
    for kind, name in (
        (Billing.ON_DEMAND, "price of tokens"),
        (Billing.PROVISIONED, "price of provisioned units"),
        (Billing.SELF_HOSTED, "price of machines"),
    ):
        if kind is not way.kind:
            change = partial(_of_kind, weighing, kind)
            yield Assumption(name=name, factors=_DOWN, weighing=change)
    yield Assumption(
        name="throughput of machines",
        factors=_DOWN if way.kind is Billing.SELF_HOSTED else _UP,
        weighing=lambda k: weighing.changed(partial(_faster, k)),
    )
    for factors in (_UP, _DOWN):
        yield Assumption(
            name="traffic", factors=factors, weighing=lambda k: _with(weighing, load.scaled(k))
        )
    peak = load.profile.peak_minute_factor
    yield Assumption(
        name="busiest minute of an hour",
        factors=[k for k in _UP if k * peak <= MINUTES_PER_HOUR],
        weighing=lambda k: _with(weighing, _sharper(load, k)),
    )
    if load.horizon_months is not None:
        now = load.growth_per_month
        for step in (1, -1):
            yield Assumption(
                name="growth per month",
                factors=[now + step * size for size in _GROWTH if -1 < now + step * size <= 1],
                start=now,
                weighing=lambda k: _with(
                    weighing, msgspec.structs.replace(load, growth_per_month=k)
                ),
            )


def _swing(assumption: Assumption, best: Served) -> Swing:
    """The smallest of the factors, narrowed down, at which another kind wins, or nothing does."""
    low = assumption.start
    for factor in assumption.factors:
        if _flips(assumption.best(factor), best):
            return _flipped(assumption, low, factor, best)
        low = factor
    return Swing(
        assumption=assumption.name,
        factor=None,
        winner=None,
        choice=None,
        told=f"changes nothing (tried up to {_told(assumption, low)})",
    )


def _flipped(assumption: Assumption, low: Fraction, high: Fraction, best: Served) -> Swing:
    winner = assumption.best(high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        found = assumption.best(middle)
        if _flips(found, best):
            high, winner = middle, found
        else:
            low = middle
    nothing = "" if winner is not None else ": nothing fits then"
    high = assumption.beyond(high)
    return Swing(
        assumption=assumption.name,
        factor=float(high),
        winner=None if winner is None else choice_id(winner),
        choice=None if winner is None else brief_of(winner),
        told=_told(assumption, high) + nothing,
    )


def _flips(winner: Served | None, best: Served) -> bool:
    return winner is None or _sort(winner) != _sort(best)


def _told(assumption: Assumption, factor: Fraction) -> str:
    """A factor in words: +12%, -30%, growth of 5% a month."""
    if assumption.name.startswith("growth"):
        return f"{float(factor):.2%} a month"
    if factor >= 2:  # noqa: PLR2004 - from there on people say "times"
        return f"{float(factor):.3f}".rstrip("0").rstrip(".") + " times"
    return f"{float(factor - 1):+.1%}"


def _sort(served: Served) -> tuple[str, ...]:
    """What makes two choices the same answer here: of machines their size does not count."""
    kind, model, *rest = answer_of(served)
    return (kind, model) if kind == Billing.SELF_HOSTED else (kind, model, *rest)


def _size(swing: Swing, weighing: Weighing) -> tuple[bool, float]:
    """How large a change is: a growth's as a change of a month's traffic."""
    factor = swing.factor
    if factor is None:
        return True, 0.0
    if swing.assumption.startswith("growth"):
        return False, 1 + abs(factor - float(weighing.workload.growth_per_month))
    return False, max(factor, 1 / factor)


def _key(way: Way) -> tuple[str, ...]:
    """What has one price: units have it whatever the model on them, machines rise together."""
    if way.kind is Billing.SELF_HOSTED:
        return (way.kind,)
    model = way.model if way.units is None else ""
    return way.kind, model, way.provider, way.what


def _with(weighing: Weighing, load: Workload) -> Weighing:
    return Weighing(load, weighing.supply)


def _of_kind(weighing: Weighing, kind: Billing, factor: Fraction) -> Weighing:
    return weighing.changed(partial(_priced, factor, lambda way: way.kind is kind))


def _sharper(load: Workload, factor: Fraction) -> Workload:
    sharper = load.profile.peak_minute_factor * factor
    profile = msgspec.structs.replace(load.profile, peak_minute_factor=sharper)
    return msgspec.structs.replace(load, profile=profile)


def _faster(factor: Fraction, way: Way) -> Way:
    """The way, where it is of machines, with so many times their throughput."""
    units = way.units
    if units is None or way.layout is None:
        return way
    rate = units.rate
    faster = Rate(low=rate.low * factor, mid=rate.mid * factor, high=rate.high * factor)
    return msgspec.structs.replace(way, units=msgspec.structs.replace(units, rate=faster))


def _priced(factor: Fraction, which: Callable[[Way], bool], way: Way) -> Way:
    """The way, where it is one of those, at so many times its prices."""
    if not which(way):
        return way
    times = Decimal(factor.numerator) / Decimal(factor.denominator)
    units = way.units
    if units is not None:
        terms = tuple(_dearer(term, times) for term in units.terms)
        units = msgspec.structs.replace(units, terms=terms)
    return msgspec.structs.replace(
        way,
        rates=way.rates and _rates(way.rates, times),
        fee_usd_per_hour=way.fee_usd_per_hour * times,
        units=units,
    )


def _dearer(term: Term, times: Decimal) -> Term:
    total = None if term.total_usd is None else term.total_usd * times
    return msgspec.structs.replace(term, usd_per_hour=term.usd_per_hour * times, total_usd=total)


def _rates(rates: Rates, times: Decimal) -> Rates:
    cached = None if rates.cached_input is None else rates.cached_input * times
    return Rates(
        input=rates.input * times,
        output=rates.output * times,
        cached_input=cached,
        longer=tuple((over, _rates(longer, times)) for over, longer in rates.longer),
    )
