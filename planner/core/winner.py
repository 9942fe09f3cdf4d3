"""The cheapest plan alone, found without planning what cannot be it.

A plan with units costs no less than its load at the units' lowest price, or at the price of what
takes the overflow, and no less than the fewest machines that may run. What is dearer than the best
plan so far even by that needs no plan of its own.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from planner.core.offered import Supply, Ways
from planner.core.offers import Billing
from planner.core.plans import Season
from planner.core.ways import Refusal, Way
from planner.core.week import monthly
from planner.core.weighing import Served, Weighing, order
from planner.core.workload import Workload


class Winner(Weighing):
    """One workload against a supply, where only the cheapest plan is asked for.

    After `cheapest` the ways that were refused are in `refused`, complete where nothing serves.
    """

    def __init__(
        self,
        workload: Workload,
        supply: Supply,
        change: Callable[[Way], Way] = lambda way: way,
        found: Callable[[str], Ways] | None = None,
    ) -> None:
        super().__init__(workload, supply, change, found)
        self.refused: list[Refusal] = []
        self.models, self.notes = self._living()
        self._season = Season(week=self.week, growth=workload.growth)

    def cheapest(self) -> Served | None:
        """The first that `weigh` serves; None where nothing does."""
        best: Served | None = None
        rest: list[tuple[Fraction, int, Way, Ways]] = []
        for model in self.models:
            ways = self.ways(model)
            self.refused += ways.refused
            for way in (*ways.tokens, *self._batches(ways)):
                best = self._better(best, way, ways)
            rest += [
                (self._least(w, ways.tokens), len(rest) + n, w, ways)
                for n, w in enumerate(ways.units)
            ]
        for least, _, way, ways in sorted(rest, key=lambda one: one[:2]):
            if best is None or least * way.handicap <= order(best)[0]:
                best = self._better(best, way, ways)
        return best

    def _better(self, best: Served | None, way: Way, ways: Ways) -> Served | None:
        """The best plan so far, or a cheaper one of a way."""
        found = [] if best is None else [best]
        for one in self._serve(way, ways):
            if isinstance(one, Served):
                found.append(one)
            else:
                self.refused.append(one)
        return min(found, key=order, default=None)

    def _least(self, way: Way, overflows: Sequence[Way]) -> Fraction:
        """What a way with units costs a month at the least; 0 where nothing can be said."""
        load, season, units = self.workload, self._season, way.units
        if units is None or self._months_of(way) < len(load.growth):
            return Fraction()
        usd = min(term.usd_per_unit_hour for term in units.terms)
        spill = season.cheapest([one for one in overflows if one.id != way.id])
        of_request = usd / units.rate.low
        if spill is not None:
            of_request = min(of_request, season.usd_per_request(spill))
        found = season.requests * of_request
        if units.start_up_hours or not units.follow:
            hours = Fraction(sum(1 for peak in self.week.peaks if peak), len(self.week.peaks))
            months = 1 if len(set(load.growth)) == 1 else len(load.growth)
            found = max(found, monthly(usd * (1 + units.spare) * hours) / months)
        lines = [*load.side_costs.values()]
        if way.kind is Billing.SELF_HOSTED:
            lines += load.self_hosting_costs.values()
        return found + sum(map(Fraction, lines), Fraction())

    def lives_on(self, way: Way) -> bool:
        """Whether a way lives for the whole horizon."""
        return self._months_of(way) == len(self.workload.growth)
