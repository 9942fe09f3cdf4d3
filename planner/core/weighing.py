"""Every plan that serves a workload over its horizon, the cheapest first.

A model that retires inside the horizon is followed to the replacement that its provider names: the
months from then on are planned, and priced, with that.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache, partial

import msgspec

from planner.core.offered import Supply, Ways, ways_for
from planner.core.offers import Availability, Billing
from planner.core.picking import months_of
from planner.core.placement import named_replacement
from planner.core.plans import Part, Plan
from planner.core.seasons import Held, Season
from planner.core.unit_plans import least_usd, plans
from planner.core.ways import Refusal, Way
from planner.core.week import Week
from planner.core.workload import Workload

_MOST_SUCCESSORS = 3
_OVER = frozenset({Availability.CLOSED_TO_NEW, Availability.RETIRED})


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """A plan for the workload, and the plans that take over where its model retires.

    `later` are those with the day from which each holds; `months` say how many each one has, the
    first plan's first. `fixed` are the lines that come with it, whatever the load.
    """

    plan: Plan
    later: tuple[tuple[dt.date, Plan], ...] = ()
    months: tuple[int, ...]
    fixed: tuple[Part, ...] = ()

    @property
    def usd_per_month(self) -> Fraction:
        """The mean bill of a month over the horizon."""
        each = [self.plan, *(plan for _, plan in self.later)]
        usd = sum((p.usd_per_month * n for p, n in zip(each, self.months, strict=True)), Fraction())
        fixed = sum((part.usd_per_month for part in self.fixed), Fraction())
        return usd / sum(self.months) + fixed


class Weighed(msgspec.Struct, frozen=True, kw_only=True):
    """What serves a workload, the cheapest first, what cannot, and what to say of its models."""

    served: tuple[Served, ...]
    refused: tuple[Refusal, ...]
    models: tuple[str, ...]
    notes: tuple[str, ...]


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
        """The models that are compared: those named, or what replaces them once retired."""
        models: dict[str, None] = {}
        notes: list[str] = []
        for name in self.workload.models:
            living = name
            if self.workload.follow_replacements:
                _, living, told = self.supply.shelf.replaced_by(name)
                notes += told
                if (instead := self._instead_of(living)) is not None:
                    notes.append(f"{living} takes no new deployments; {instead} is named instead")
                    living = instead
            models[living] = None
        return tuple(models), tuple(dict.fromkeys(notes))

    def _instead_of(self, model: str) -> str | None:
        """What is named to replace a model whose offers are all closed to new deployments."""
        shelf = self.supply.shelf
        lots = shelf.lots(model, self.workload.tiers[0])
        closed = [lot.standing.availability in _OVER for lot in lots]
        if self.workload.existing or not lots or not all(closed):
            return None
        if self.supply.architecture(model) is not None:
            return None
        return named_replacement(shelf.catalog, model)

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
        refused: dict[str, None] = {}
        for held in [_held(plan, months) for plan in first] or [None]:
            later = taking_over(held)
            if isinstance(later, str):
                refused[later] = None
        for reason in refused:
            step = f"horizon_months: {months}" if months else "name its replacement under models"
            yield self._refusal(way, reason, step)
        for plan in first:
            later = taking_over(_held(plan, months))
            if not isinstance(later, str):
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
        self, way: Way, ways: Ways, start: int = 0, held: Held | None = None
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
        self, way: Way, months: int, held: Held | None
    ) -> list[tuple[dt.date, Plan, int]] | str:
        """What takes over from a way that retires inside the horizon, or why nothing does.

        What is `held` of its units when it retires is paid for, and serves on where it can.
        """
        growth = self.workload.growth
        found: list[tuple[dt.date, Plan, int]] = []
        here = way
        while months < len(growth):
            ends = here.retires_on
            said = f"{here.model} retires on {ends}, inside the horizon of {len(growth)} months"
            if not months or len(found) == _MOST_SUCCESSORS or ends is None:
                return said
            name = named_replacement(self.supply.shelf.catalog, here.model)
            if name is None:
                return f"{said}, and no replacement is named"
            if not self.workload.follow_replacements:
                return f"{said}; {name} is named to replace it"
            plan = self._successor(here, name, months, held)
            if plan is None:
                return f"{said}; {name}, named to replace it, has nothing alike that fits"
            here = plan.way
            until = self._months_of(here)
            found.append((ends, plan, until - months))
            held = _held(plan, until - months)
            months = until
        return found

    def _successor(self, way: Way, model: str, start: int, held: Held | None) -> Plan | None:
        """The cheapest plan of a replacing model of the same kind, its deployment type first."""
        ways = self.ways(model)
        alike = [
            other
            for other in (*ways.tokens, *ways.units, *self._batches(ways))
            if (other.kind, other.provider) == (way.kind, way.provider)
            and (other.retires_on is None or other.retires_on > (way.retires_on or self.on))
        ]
        for others in ([other for other in alike if other.what == way.what], alike):
            found = [
                plan
                for other in others
                for plan in self._plans(other, ways, start, held if _share(way, other) else None)
            ]
            if found:
                return min(found, key=lambda plan: plan.usd_per_month * plan.way.handicap)
        return None

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


def _held(plan: Plan, months: int) -> Held | None:
    """The units whose term outlasts so many months of a plan."""
    term, running = plan.term, plan.running
    if term is None or term.months is None or running is None or not running.reserved_last:
        return None
    left = -months % term.months
    return Held(running.reserved_last, left) if left else None


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


def order(served: Served) -> tuple[Fraction, bool, tuple[bool, int], bool, str]:
    """Cheapest first, what is not listed at a thousandth more; of equals what is sure, and near."""
    way, usd = served.plan.way, served.usd_per_month
    known = way.standing.availability is Availability.AVAILABLE
    near = way.latency_ms is None, way.latency_ms or 0
    mixed = served.plan.overflow is not None
    return usd * way.handicap, not known, near, mixed, way.id
