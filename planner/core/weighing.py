"""Every plan that serves a workload over its horizon, the cheapest first.

A model that retires inside the horizon is followed to the replacement that its provider names: the
months from then on are planned, and priced, with that.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache, partial

import msgspec

from planner.core.living import MOST_SUCCESSORS, living
from planner.core.offered import Supply, Ways, ways_for
from planner.core.offers import Billing
from planner.core.picking import months_of
from planner.core.placement import named_replacement
from planner.core.plans import Held, Part, Plan
from planner.core.seasons import Season
from planner.core.served import Served, Weighed, order
from planner.core.unit_plans import least_usd, plans
from planner.core.ways import Refusal, Way
from planner.core.week import Week
from planner.core.workload import Workload


class _Ends(msgspec.Struct, frozen=True):
    """Why nothing serves on, and for how many months something does."""

    reason: str
    months: int


class Weighing:
    """One workload against a supply; `change` alters each way before it is planned."""

    def __init__(
        self,
        workload: Workload,
        supply: Supply,
        change: Callable[[Way], Way] = lambda way: way,
        found: Callable[[str], Ways] | None = None,
    ) -> None:
        self.workload, self.supply, self.change = workload, supply, change
        self.week = Week(workload)
        self.on = supply.shelf.on
        self._found = found or cache(lambda model: ways_for(workload, model, supply))
        self.ways = cache(self._ways)

    def changed(self, change: Callable[[Way], Way]) -> "Weighing":
        """The same workload and ways, each altered before it is planned."""
        return Weighing(self.workload, self.supply, change, self._found)

    def weigh(self) -> Weighed:
        """All plans for all models."""
        served: list[Served] = []
        refused: list[Refusal] = []
        models, notes = self.living()
        for model in models:
            ways = self.ways(model)
            refused += ways.refused
            for way in (*ways.tokens, *ways.units, *self._batches(ways)):
                found = list(self._serve(way, ways))
                served += [one for one in found if isinstance(one, Served)]
                refused += [one for one in found if isinstance(one, Refusal)]
        return Weighed(
            served=tuple(sorted(served, key=order)),
            refused=tuple(refused),
            models=models,
            notes=notes,
        )

    def best(self) -> Served | None:
        """The first of what `weigh` gives, without planning what cannot be it.

        What costs at the least as much as payment by the token alone cannot beat that.
        """
        found: Served | None = None
        ways = [
            (self._least(way, own), way, own)
            for model in self.living()[0]
            for own in [self.ways(model)]
            for way in (*own.tokens, *own.units, *self._batches(own))
        ]
        for least, way, own in sorted(ways, key=lambda each: (each[0], each[1].id)):
            if found is not None and way.units is not None:
                usd = order(found)[0]
                if least > usd or (least == usd and found.plan.running is None):
                    continue
            served = [one for one in self._serve(way, own) if isinstance(one, Served)]
            found = min([*([found] if found else []), *served], key=order, default=None)
        return found

    def _least(self, way: Way, ways: Ways) -> Fraction:
        """What `order` ranks no plan for a way below; what replaces it may cost nothing."""
        months, growth = self._months_of(way), self.workload.growth
        if way.units is None or not months:
            return Fraction()
        season = Season(week=self.week, growth=growth[:months])
        usd = least_usd(way, season, (*ways.tokens, *ways.spills), ways.batches)
        fixed = sum((part.usd_per_month for part in self._fixed(way)), Fraction())
        return (usd * months / len(growth) + fixed) * way.handicap

    def living(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The models that are compared, and what is said of those that replace others."""
        return living(self.workload, self.supply)

    def _ways(self, model: str) -> Ways:
        ways = self._found(model)
        return msgspec.structs.replace(
            ways,
            tokens=tuple(map(self.change, ways.tokens)),
            spills=tuple(map(self.change, ways.spills)),
            batches=tuple(map(self.change, ways.batches)),
            units=tuple(map(self.change, ways.units)),
        )

    def _batches(self, ways: Ways) -> tuple[Way, ...]:
        """Batch ways stand on their own where everything may wait."""
        return ways.batches if self.workload.batch_share == 1 else ()

    def _serve(self, way: Way, ways: Ways) -> Iterator[Served | Refusal]:
        growth = self.workload.growth
        months = self._months_of(way)
        first = list(self._plans(way, ways))
        if months and not first:
            spills = bool(self._spills(ways, months))
            why = _too_much(way, self.week, max(growth), spills=spills)
            yield self._refusal(way, *why)
            return
        taking_over = cache(partial(self._later, way, months))
        refused: dict[str, int] = {}
        for held in [plan.held_after for plan in first] or [()]:
            later = taking_over(held)
            if isinstance(later, _Ends):
                refused[later.reason] = later.months
        for reason, served in refused.items():
            step = f"horizon_months: {served}" if served else "name its replacement under models"
            yield self._refusal(way, reason, step)
        for plan in first:
            later = taking_over(plan.held_after)
            if not isinstance(later, _Ends):
                yield Served(
                    plan=plan,
                    later=tuple((day, then) for day, then, _ in later),
                    months=(months, *(count for _, _, count in later)),
                    fixed=self._fixed(way),
                )

    def _fixed(self, way: Way) -> tuple[Part, ...]:
        """The lines that come with a way, whatever the load."""
        lines = list(self.workload.side_costs.items())
        if way.kind is Billing.SELF_HOSTED:
            lines += self.workload.self_hosting_costs.items()
        return tuple(Part(name, Fraction(1), "month", Fraction(usd)) for name, usd in lines)

    def _plans(
        self, way: Way, ways: Ways, start: int = 0, held: tuple[Held, ...] = ()
    ) -> Iterator[Plan]:
        """The plans for a way from a month on, as long as it lives; what is beside it does, too."""
        until = self._months_of(way)
        growth = self.workload.growth[start:until]
        if growth:
            season = Season(week=self.week, growth=growth, held=held)
            batches = self._that_live(ways.batches, until)
            yield from plans(way, season, self._spills(ways, until), batches)

    def _spills(self, ways: Ways, until: int) -> list[Way]:
        """What may take what spills over up to a month."""
        return self._that_live((*ways.tokens, *ways.spills), until)

    def _that_live(self, ways: Iterable[Way], until: int) -> list[Way]:
        return [way for way in ways if self._months_of(way) >= until]

    def _months_of(self, way: Way) -> int:
        return months_of(way, self.workload, self.on)

    def lives_on(self, way: Way) -> bool:
        """Whether a way lives for the whole horizon."""
        return self._months_of(way) == len(self.workload.growth)

    def _later(
        self, way: Way, months: int, held: tuple[Held, ...]
    ) -> list[tuple[dt.date, Plan, int]] | _Ends:
        """What takes over from a way that retires inside the horizon, or why nothing does.

        What is `held` of its units when it retires is paid for, and serves on where it can.
        """
        growth = self.workload.growth
        found: list[tuple[dt.date, Plan, int]] = []
        here = way
        while months < len(growth):
            ends = here.retires_on
            said = f"{here.model} retires on {ends}, inside the horizon of {len(growth)} months"
            if not months or len(found) == MOST_SUCCESSORS or ends is None:
                return _Ends(said, months)
            names = self._that_replace(here.model, months)
            if not names:
                return _Ends(f"{said}, and no replacement is named", months)
            if not self.workload.follow_replacements:
                return _Ends(f"{said}; {names[-1]} is named to replace it", months)
            plan = self._successor(here, names[-1], months, held)
            if plan is None:
                why = f"{said}; {names[-1]}, named to replace it, has nothing alike that fits"
                return _Ends(why, months)
            here = plan.way
            until = self._months_of(here)
            found.append((ends, plan, until - months))
            held = plan.held_after
            months = until
        return found

    def _that_replace(self, model: str, start: int) -> list[str]:
        """What is named to replace a model in a month; past what then lives no month more."""
        found: list[str] = []
        catalog = self.supply.shelf.catalog
        while (name := named_replacement(catalog, model)) and len(found) < MOST_SUCCESSORS:
            found.append(name)
            ways = self.ways(name)
            each = (*ways.tokens, *ways.units, *ways.batches)
            if not each or any(self._months_of(way) > start for way in each):
                break
            model = name
        return found

    def _successor(self, way: Way, model: str, start: int, held: tuple[Held, ...]) -> Plan | None:
        """The cheapest plan of a replacing model, of equals that of its own deployment type."""
        ways = self.ways(model)
        own = [
            other
            for other in (*ways.tokens, *ways.units, *self._batches(ways))
            if other.provider == way.provider
            and (other.retires_on is None or other.retires_on > (way.retires_on or self.on))
        ]
        # Units and batches may be followed by payment by the token, where that costs less.
        found = [
            plan
            for other in own
            if other.kind in {way.kind, Billing.ON_DEMAND}
            for plan in self._plans(other, ways, start, held if _share(way, other) else ())
        ]
        return min(found, key=partial(_rank, way), default=None)

    @staticmethod
    def _refusal(way: Way, reason: str, step: str | None) -> Refusal:
        return Refusal(
            kind=way.kind,
            provider=way.provider,
            model=way.model,
            what=way.what,
            version=way.version,
            regions=(way.region, *way.also_in) if way.region else (),
            reasons=(reason,),
            steps=(step,) if step else (),
        )


def _rank(way: Way, plan: Plan) -> tuple[Fraction, bool, str]:
    return plan.usd_per_month * plan.way.handicap, plan.way.what != way.what, plan.way.id


def _share(way: Way, other: Way) -> bool:
    """Whether units of one serve the other: what is bought is a type in a region, no model."""
    places = {way.region, *way.also_in} & {other.region, *other.also_in}
    return (way.provider, way.what) == (other.provider, other.what) and bool(places)


def _too_much(way: Way, week: Week, growth: Fraction, *, spills: bool) -> tuple[str, str | None]:
    """Why no number of units that can be had carries the peak."""
    units = way.units
    if units is None or units.grid.limit is None:
        return "no plan of it carries the load", None
    need = units.grid.at_least(week.curve.peak * growth / units.rate.low)
    if need <= units.grid.limit:
        return "no plan of it carries the load", None
    where = f" in {way.region}" if way.region else ""
    mixed = "; beside payment by the token none of them pays" if spills else ""
    return (
        f"{units.grid.limit:,} of its {units.several} can be had, the peak needs {need:,}{mixed}",
        f"ask for {need - units.grid.limit:,} {units.several} more{where}",
    )
