"""The cheapest plan for workloads that run on the same units: one load, in units of work.

What would be requests of a workload are hours of a unit here, so that one unit carries one. The
plans are those that a single workload would have: by term, always on or with the load, alone or
with payment by the token for what spills over, spare machines once.
"""

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

import msgspec

from planner.core.duration import LoadCurve, hour_of
from planner.core.plans import Part, Plan
from planner.core.profiles import HOURS_PER_WEEK
from planner.core.seasons import Season
from planner.core.sharing import NANO, Meeting, Needs, Shareable
from planner.core.unit_plans import plans
from planner.core.ways import Rate, Way
from planner.core.week import Turn, Week

_ONE = Fraction(1)


class PooledWeek(Week):
    """The load of one week in units, where nothing waits."""

    def __init__(self, needs: Needs) -> None:
        self.days = ()
        pairs = Counter(zip((needs.peaks[-1], *needs.peaks), needs.peaks, strict=False))
        self.turns = tuple(
            Turn(Fraction(before, NANO), Fraction(after, NANO), hours)
            for (before, after), hours in pairs.items()
        )
        hours = Counter(zip(needs.peaks, needs.rests, strict=True))
        self.curve = LoadCurve(
            hour_of(Fraction(peak, NANO), Fraction(rest, NANO), Fraction(count, HOURS_PER_WEEK))
            for (peak, rest), count in hours.items()
        )


class PooledSeason(Season, frozen=True, kw_only=True):
    """The load of a pool over some months; `spill_usd` is what a unit's hour costs elsewhere."""

    spill_usd: Fraction | None
    horizon: int | None

    @property
    def horizon_months(self) -> int | None:
        """The horizon that all members name; None where they name none."""
        return self.horizon

    def most_over(self, way: Way) -> Fraction | None:
        """Any number: what several draw on one quota is told beside the pools."""
        del way
        return None

    def usd_per_request(self, way: Way) -> Fraction:
        """What a unit's hour of work costs where it is paid by the token."""
        return (self.spill_usd or Fraction()) if way.rates else Fraction()

    def tokens(self, way: Way, requests: Fraction, what: str) -> Part:
        """The line of what is paid by the token."""
        return Part(f"{way.what}, {what}", requests, "unit hours", self.usd_per_request(way))


def pooled_way(members: Sequence[Shareable], region: str) -> Way | None:
    """The way that all run on: one unit carries one hour of its work, spares are the most asked."""
    first = members[0].way
    every = [member.way.units for member in members]
    units = [one for one in every if one is not None]
    if not units:
        return None
    limits = [one.grid.limit for one in units if one.grid.limit is not None]
    shared = msgspec.structs.replace(
        units[0],
        rate=Rate(low=_ONE, mid=_ONE, high=_ONE),
        grid=msgspec.structs.replace(units[0].grid, limit=min(limits, default=None)),
        spare=max(one.spare for one in units),
        start_up_hours=max(one.start_up_hours for one in units),
    )
    others = sorted(set.intersection(*(set(m.regions) for m in members)) - {region})
    place = None if region == "any" else region
    return msgspec.structs.replace(first, units=shared, region=place, also_in=tuple(others))


def pool_plan(members: Sequence[Shareable], meeting: Meeting, needs: Needs) -> Plan | None:
    """The cheapest plan for the needs of all members together; None where none carries them."""
    way = pooled_way(members, meeting.region)
    if way is None:
        return None
    spill_usd = spill_price(members)
    spills = [] if spill_usd is None else [_spill_way(members)]
    season = PooledSeason(
        week=PooledWeek(needs),
        growth=meeting.growth,
        timetables=False,  # each member has its own hours
        spill_usd=spill_usd,
        horizon=meeting.horizon_months or None,
    )
    found = plans(way, season, [one for one in spills if one is not None], ())
    return min(found, key=lambda plan: plan.usd_per_month, default=None)


def spill_price(members: Sequence[Shareable]) -> Fraction | None:
    """What a unit's hour of their work costs by the token: the mean, weighed by their load."""
    told = [(m.spill_usd, m.unit_hours) for m in members]
    known = [(usd, hours) for usd, hours in told if usd is not None]
    if len(known) < len(told):
        return None
    total = sum((hours for _, hours in known), Fraction())
    return sum((usd * hours for usd, hours in known), Fraction()) / total


def _spill_way(members: Sequence[Shareable]) -> Way | None:
    """The way by the token of all of them; several are told as one."""
    ways = {m.spill_to.id: m.spill_to for m in members if m.spill_to is not None}
    first = next(iter(ways.values()), None)
    if first is None or len(ways) == 1:
        return first
    return msgspec.structs.replace(first, what="each one's way by the token")
