"""How many units to reserve, how many to add by the hour, and what to let spill over, exactly.

A load is served by three layers: units bought for a term, which are paid whether used or not;
units by the hour on top of them; and payment per request for what the units do not carry. In each
hour the second layer grows as long as a unit for that hour costs less than what it keeps from
spilling. With that settled the cost is convex in the reserved count, so that the best count
is where one more step stops paying: the newsvendor's rule, on a duration curve.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction

import msgspec

from planner.core.duration import LoadCurve
from planner.core.unit_grid import Grid


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Requests that may wait for idle time, and what one costs that finds none.

    `beyond` gives, for a capacity of the reserved units, the requests per hour that find none; it
    falls with the capacity, to nothing at `widest`. `usd` is no more than the overflow costs, where
    there is one: else the cost would not be convex.
    """

    beyond: Callable[[Fraction], Fraction]
    widest: Fraction
    usd: Fraction


class LayerPrices(msgspec.Struct, frozen=True, kw_only=True):
    """What the layers cost in US dollars; None: that layer cannot be had.

    `reserved` and `hourly` are per unit and hour, `overflow` per request. The overflow takes
    `most_over` requests per hour at most, None: any number. What is `waiting` goes into the idle
    time of the reserved units. Where any unit runs, `spare` more do; `held` units are paid for
    already.
    """

    reserved: Fraction | None = None
    hourly: Fraction | None = None
    overflow: Fraction | None = None
    most_over: Fraction | None = None
    waiting: Waiting | None = None
    spare: int = 0
    held: int = 0


class Layers(msgspec.Struct, frozen=True, kw_only=True):
    """Units and what they cost, as means over all the time that was looked at.

    `reserved` units always run, beside them `hourly` on average and `hourly_peak` at most; of the
    load `carried` requests per hour are theirs, `spilled` go to the overflow, `spilled_peak` of
    them in the busiest minute; `waiting` found no idle time. Costs are US dollars per hour; spare
    units, which are counted nowhere else, cost as the reserved ones.
    """

    reserved: int
    hourly: Fraction
    hourly_peak: int
    carried: Fraction
    spilled: Fraction
    spilled_peak: Fraction
    reserved_usd: Fraction
    hourly_usd: Fraction
    overflow_usd: Fraction
    waiting: Fraction = Fraction()
    waiting_usd: Fraction = Fraction()

    @property
    def usd_per_hour(self) -> Fraction:
        """All three layers together, and what waited in vain."""
        return self.reserved_usd + self.hourly_usd + self.overflow_usd + self.waiting_usd


def best_layers(
    curve: LoadCurve, grid: Grid, per_unit: Fraction, prices: LayerPrices
) -> Layers | None:
    """The layers of the lowest cost for a load; one unit carries `per_unit` requests per hour.

    None where the layers that can be had do not carry the load.
    """
    above = _Above(curve, grid, per_unit, prices)
    counts = [grid.at_most(Fraction(prices.held))]  # of what is held as many as the grid has
    if prices.reserved is not None:
        counts += [n for n in _reserved_counts(above, grid) if n > counts[0]]
    told = [above.layers(n) for n in counts if above.carries(n)]
    return min(told, key=lambda layers: (layers.usd_per_hour, layers.reserved), default=None)


def layers_at(
    reserved: int, curve: LoadCurve, grid: Grid, per_unit: Fraction, prices: LayerPrices
) -> Layers:
    """The layers with so many reserved units; units by the hour and overflow follow from that."""
    return _Above(curve, grid, per_unit, prices).layers(reserved)


class _Above:
    """What stands above some reserved units, the layer by the hour settled for each hour."""

    def __init__(
        self, curve: LoadCurve, grid: Grid, per_unit: Fraction, prices: LayerPrices
    ) -> None:
        self._curve, self._per_unit, self.prices = curve, per_unit, prices
        self.least = self._least([(Fraction(1), curve.peak / per_unit)])
        # (share of the hours, needs in units within them, units that run if none is reserved)
        self._hours: list[tuple[Fraction, list[tuple[Fraction, Fraction]], int]] = []
        if prices.hourly is None:
            return
        worth = None if prices.overflow is None else prices.overflow * per_unit
        for hour in curve.hours:
            needs = [(level.share, level.requests_per_hour / per_unit) for level in hour.levels]
            running = _by_the_hour(needs, grid, prices.hourly, worth, self._least(needs))
            self._hours.append((hour.share, needs, running))
        if not any(running for *_, running in self._hours) and self.least <= 0:
            self._hours = []

    def _least(self, needs: Iterable[tuple[Fraction, Fraction]]) -> Fraction:
        """The units that have to run at such needs; the overflow takes no more of them."""
        need = max(need for _, need in needs)
        if self.prices.overflow is None:
            return need
        over = self.prices.most_over
        return Fraction() if over is None else need - over / self._per_unit

    def most(self, grid: Grid) -> int:
        """The most units that may be of use: those of the peak, and those for what waits."""
        waiting = self.prices.waiting
        need = max(self._curve.peak, waiting.widest if waiting else Fraction()) / self._per_unit
        count = grid.that_carries(need)
        return grid.largest if count is None else count

    @property
    def running(self) -> set[int]:
        """The units that run by the hour in some hour, if none is reserved."""
        return {running for *_, running in self._hours}

    def carries(self, reserved: int) -> bool:
        """Whether all layers together take the whole load."""
        if self._hours:
            return all(max(n, reserved) >= self._least(needs) for _, needs, n in self._hours)
        return reserved >= self.least

    def usd_per_hour(self, reserved: int) -> Fraction:
        """What the layers beside so many reserved units cost per hour."""
        usd = self._hourly(reserved)[0] * (self.prices.hourly or 0)
        if self.prices.overflow:
            usd += self._spilled(reserved) * self.prices.overflow
        return usd + self._waits(reserved)[1]

    def layers(self, reserved: int) -> Layers:
        """All layers, with so many reserved units."""
        hourly, hourly_peak = self._hourly(reserved)
        spilled = Fraction() if self.prices.overflow is None else self._spilled(reserved)
        waiting, waiting_usd = self._waits(reserved)
        prices = self.prices
        spare = prices.spare if reserved or hourly_peak else 0
        bought = max(0, reserved + spare - prices.held)
        each = prices.hourly if prices.reserved is None else prices.reserved
        return Layers(
            reserved=reserved,
            hourly=hourly,
            hourly_peak=hourly_peak,
            carried=self._curve.mean - spilled,
            spilled=spilled,
            spilled_peak=self._spilled_peak(reserved) if spilled else spilled,
            reserved_usd=bought * (each or Fraction()),
            hourly_usd=hourly * (prices.hourly or 0),
            overflow_usd=spilled * (prices.overflow or 0),
            waiting=waiting,
            waiting_usd=waiting_usd,
        )

    def _hourly(self, reserved: int) -> tuple[Fraction, int]:
        """Units by the hour beside the reserved ones: their mean, and the most at once."""
        beside = [(share, n - reserved) for share, _, n in self._hours if n > reserved]
        mean = sum((share * count for share, count in beside), Fraction())
        return mean, max((count for _, count in beside), default=0)

    def _waits(self, reserved: int) -> tuple[Fraction, Fraction]:
        """Requests per hour that find no idle time, and what they cost per hour."""
        if self.prices.waiting is None:
            return Fraction(), Fraction()
        beyond = self.prices.waiting.beyond(reserved * self._per_unit)
        return beyond, beyond * self.prices.waiting.usd

    def _spilled(self, reserved: int) -> Fraction:
        """Requests per hour that no unit carries."""
        if not self._hours:
            return self._curve.over(reserved * self._per_unit)
        over = (share * _missed(needs, max(n, reserved)) for share, needs, n in self._hours)
        return sum(over, Fraction()) * self._per_unit

    def _spilled_peak(self, reserved: int) -> Fraction:
        """The most requests per hour at once that no unit carries."""
        if not self._hours:
            return self._curve.peak - reserved * self._per_unit
        over = (max(need for _, need in needs) - max(n, reserved) for _, needs, n in self._hours)
        return max(over) * self._per_unit


def _missed(needs: Iterable[tuple[Fraction, Fraction]], count: int) -> Fraction:
    """What an hour needs beyond a count of units, its needs with their shares of it."""
    return sum((share * (need - count) for share, need in needs if need > count), Fraction())


def _by_the_hour(
    needs: Sequence[tuple[Fraction, Fraction]],
    grid: Grid,
    usd: Fraction,
    worth: Fraction | None,
    least: Fraction,
) -> int:
    """How many units are best for an hour, paid for all of it: what they miss costs `worth` each.

    The cost is a line between two needs, so the best count is beside one of them, or the `least`,
    or none. Where so many cannot be had, as many as can.
    """
    fewest = grid.that_carries(least)
    if fewest is None:
        return grid.at_most(least)
    if worth is None:
        return fewest
    counts = {fewest, *(grid.at_most(need) for _, need in needs)}
    counts |= {up for _, need in needs if (up := grid.that_carries(need)) is not None}
    allowed = [n for n in counts if n >= fewest]
    return min(allowed, key=lambda n: (usd * n + worth * _missed(needs, n), n))


def _reserved_counts(above: _Above, grid: Grid) -> Iterator[int]:
    """The counts one of which costs least, none at all left aside.

    The cost is convex between two counts at which some hour's units begin to be reserved ones: what
    waits finds idle time in these alone, so that it may fall faster beyond. Where nothing waits, it
    is convex all the way.
    """
    low, high = 0, grid.steps_to(above.most(grid))
    if above.prices.hourly is None:
        fewest = grid.that_carries(above.least)
        low = high if fewest is None else min(high, grid.steps_to(fewest))
    stops = {low, high}
    if above.prices.waiting is not None:
        stops |= {step for n in above.running if low < (step := grid.steps_to(n)) < high}
    first, *others = sorted(stops)
    yield grid.count(first)
    for last in others:
        yield grid.count(_cheapest_step(above, grid, first, last))
        first = last


def _cheapest_step(above: _Above, grid: Grid, low: int, high: int) -> int:
    """Where one more step stops paying, between two of them."""
    usd = above.prices.reserved or Fraction()
    while low < high:
        middle = (low + high) // 2
        here, there = grid.count(middle), grid.count(middle + 1)
        if above.usd_per_hour(here) - above.usd_per_hour(there) > usd * (there - here):
            low = middle + 1
        else:
            high = middle
    return low
