"""One place where workloads could share units: which of them should, and what they cost there."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations

import msgspec

from planner.core.plans import Plan
from planner.core.pool_plans import pool_plan
from planner.core.sharing import (
    Meeting,
    Needs,
    Shape,
    Shareable,
    needs,
    shape_of,
    together,
    with_one,
    without,
)
from planner.core.workload import Workload

LEAST_SAVED = Fraction(1, 100)
_ROUNDS = 8
_FEW = 12
"""In pools of so many every member is tried without, and others with them."""
ALL_OF = 5
"""Of so many that could meet at a place every group is tried."""


class Sharer(msgspec.Struct, frozen=True, kw_only=True):
    """A workload with what its own cheapest plan costs a month, and what it could share."""

    workload: Workload
    usd: Fraction
    shareables: tuple[Shareable, ...]


class Member(msgspec.Struct, frozen=True):
    """A workload that could be part of a pool, by its index, with the way it would share."""

    index: int
    usd: Fraction
    shared: Shareable


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """Workloads on the same units; costs are US dollars a month.

    `usd` is what all of them cost so, `usd_single` what their own plans come to.
    """

    meeting: Meeting
    members: tuple[Member, ...]
    plan: Plan
    usd: Fraction
    usd_single: Fraction

    @property
    def saves(self) -> Fraction:
        """What is saved in a month."""
        return self.usd_single - self.usd


class Spot(msgspec.Struct, frozen=True):
    """A place where some could meet, and the most that each could save there."""

    meeting: Meeting
    members: tuple[tuple[Member, float], ...]

    def without(self, taken: set[int]) -> "Spot":
        """The same for those that are not taken yet."""
        left = tuple(pair for pair in self.members if pair[0].index not in taken)
        return self if len(left) == len(self.members) else Spot(self.meeting, left)

    @property
    def most(self) -> float:
        """The most that could be saved; nothing by one alone."""
        return sum(saves for _, saves in self.members) if len(self.members) > 1 else 0.0


class Places:
    """The pools at places, each worked out once."""

    def __init__(self, workloads: Mapping[int, Workload]) -> None:
        self._workloads = workloads
        self._needs: dict[tuple[int, str], Needs] = {}
        self._shapes: dict[int, Shape] = {}
        self._rough: dict[tuple[Meeting, tuple[int, ...]], Pool | None] = {}
        self._tuned: dict[tuple[Meeting, tuple[int, ...]], Pool | None] = {}

    def rough(self, spot: Spot) -> Pool | None:
        """A good pool at a place, found in a few steps, whether it saves or not."""
        key = spot.meeting, tuple(member.index for member, _ in spot.members)
        if key not in self._rough:
            members = tuple(member for member, _ in spot.members)
            self._rough[key] = self._narrowed(spot.meeting, members)
        return self._rough[key]

    def best(self, spot: Spot) -> Pool | None:
        """The best found of the pools at a place; None where none saves."""
        key = spot.meeting, tuple(member.index for member, _ in spot.members)
        if key not in self._tuned:
            members = tuple(member for member, _ in spot.members)
            best = self.rough(spot)
            if len(members) <= ALL_OF:
                best = max(self.every(spot), key=lambda one: one.saves, default=None)
            elif best is not None and len(best.members) <= _FEW:
                best = self._one_by_one(best, members)
            saves = best is not None and best.saves >= LEAST_SAVED
            self._tuned[key] = best if saves else None
        return self._tuned[key]

    def every(self, spot: Spot) -> Iterator[Pool]:
        """The pools of all groups of two or more that could be made at a place of a few."""
        members = [member for member, _ in spot.members]
        for size in range(2, len(members) + 1):
            for group in combinations(members, size):
                pool = self.of(spot.meeting, group)
                if pool is not None:
                    yield pool

    def _narrowed(self, meeting: Meeting, members: tuple[Member, ...]) -> Pool | None:
        """Leave out those whose share of the pool costs more than their own plan, in rounds."""
        best: Pool | None = None
        for _ in range(_ROUNDS):
            pool = self.of(meeting, members)
            if pool is None:
                break
            if best is None or pool.saves > best.saves:
                best = pool
            hours = sum((m.shared.unit_hours for m in members), Fraction())
            each = pool.plan.usd_per_month / hours
            kept = tuple(
                m for m in members if m.usd > m.shared.unit_hours * each + m.shared.beside_usd
            )
            if len(kept) == len(members):
                break
            members = kept
        return best

    def _one_by_one(self, pool: Pool, members: tuple[Member, ...]) -> Pool:
        """Leave out one, or take one in, as long as that saves more."""
        while True:
            need = together(map(self._needs_of, pool.members))
            inside = {member.index for member in pool.members}
            fewer = [
                (tuple(m for m in pool.members if m is not one), without(need, self._needs_of(one)))
                for one in pool.members
            ]
            more = [
                ((*pool.members, one), with_one(need, self._needs_of(one)))
                for one in members
                if one.index not in inside and len(inside) < _FEW
            ]
            tried = [self.of(pool.meeting, each, its_need) for each, its_need in (*fewer, *more)]
            found = [one for one in tried if one is not None and one.saves > pool.saves]
            if not found:
                return pool
            pool = max(found, key=lambda one: one.saves)

    def of(
        self, meeting: Meeting, members: tuple[Member, ...], need: Needs | None = None
    ) -> Pool | None:
        """The pool of exactly these and their need; None where it cannot be planned."""
        if len(members) < 2:  # noqa: PLR2004 - a pool is of two or more
            return None
        if need is None:
            need = together(map(self._needs_of, members))
        shared = [member.shared for member in members]
        plan = pool_plan(shared, meeting, need)
        if plan is None:
            return None
        beside = sum((one.beside_usd for one in shared), Fraction())
        return Pool(
            meeting=meeting,
            members=members,
            plan=plan,
            usd=plan.usd_per_month + beside,
            usd_single=sum((m.usd for m in members), Fraction()),
        )

    def _needs_of(self, member: Member) -> Needs:
        key = member.index, member.shared.way.id
        if key not in self._needs:
            self._needs[key] = needs(self._shape(member.index), member.shared.unit_hours)
        return self._needs[key]

    def _shape(self, index: int) -> Shape:
        if index not in self._shapes:
            self._shapes[index] = shape_of(self._workloads[index].profile)
        return self._shapes[index]
