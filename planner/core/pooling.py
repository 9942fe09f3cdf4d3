"""Which workloads to put on the same units, so that the sum of all costs falls the most.

The place that saves most is taken first, then the next among those that are left. What a place can
save at most (its units always full, no spares) says which places need no plan at all.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from planner.core.plans import Plan
from planner.core.pool_plans import pool_plan
from planner.core.sharing import (
    Meeting,
    Needs,
    Shape,
    Shareable,
    meetings,
    needs,
    shape_of,
    together,
    without,
)
from planner.core.workload import Workload

_LEAST_SAVED = Fraction(1, 100)
_ROUNDS = 8
_FEW = 12


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


class _Spot(msgspec.Struct, frozen=True):
    """A place where some could meet, and the most that each could save there."""

    meeting: Meeting
    members: tuple[tuple[Member, float], ...]

    def without(self, taken: set[int]) -> "_Spot":
        """The same for those that are not taken yet."""
        left = tuple(pair for pair in self.members if pair[0].index not in taken)
        return self if len(left) == len(self.members) else _Spot(self.meeting, left)

    @property
    def most(self) -> float:
        """The most that could be saved; nothing by one alone."""
        return sum(saves for _, saves in self.members) if len(self.members) > 1 else 0.0


class Pooling:
    """The workloads of a portfolio, by their index, and the pools that save."""

    def __init__(self, sharers: Mapping[int, Sharer]) -> None:
        self._sharers = sharers
        self._needs: dict[tuple[int, str], Needs] = {}
        self._shapes: dict[int, Shape] = {}
        self._tried: dict[tuple[Meeting, tuple[int, ...]], Pool | None] = {}

    def pools(self) -> list[Pool]:
        """The pools that save, those that save the most first; each workload is in one at most."""
        spots = self._spots()
        found: list[Pool] = []
        taken: set[int] = set()
        while (pool := self._best(spots)) is not None:
            found.append(pool)
            taken.update(member.index for member in pool.members)
            spots = [left for spot in spots if (left := spot.without(taken)).most > 0]
        return found

    def _spots(self) -> list[_Spot]:
        """Where two or more could meet and save; of places with the same members the first."""
        at: dict[Meeting, list[tuple[Member, float]]] = defaultdict(list)
        for index, sharer in self._sharers.items():
            for shared in sharer.shareables:
                saves = sharer.usd - shared.least_usd
                if saves > 0:
                    member = Member(index, sharer.usd, shared)
                    for meeting in meetings(sharer.workload, shared):
                        at[meeting].append((member, float(saves)))
        spots: dict[tuple[object, ...], _Spot] = {}
        for meeting, members in sorted(at.items(), key=lambda pair: pair[0]):
            thing = (meeting.provider, meeting.model, meeting.version, meeting.what)
            key = (thing, tuple(member.index for member, _ in members))
            spots.setdefault(key, _Spot(meeting, tuple(members)))
        return list(spots.values())

    def _best(self, spots: Sequence[_Spot]) -> Pool | None:
        """The pool that saves most, planned only where it might be that."""
        best: Pool | None = None
        for spot in sorted(spots, key=lambda one: -one.most):
            if spot.most <= (_LEAST_SAVED if best is None else best.saves):
                break
            pool = self._pool(spot)
            if pool is not None and (best is None or pool.saves > best.saves):
                best = pool
        return best

    def _pool(self, spot: _Spot) -> Pool | None:
        """The best found of the pools at a place; None where none saves."""
        key = spot.meeting, tuple(member.index for member, _ in spot.members)
        if key not in self._tried:
            members = tuple(member for member, _ in spot.members)
            best = self._narrowed(spot.meeting, members)
            if best is not None and len(best.members) <= _FEW:
                best = self._without_some(best)
            saves = best is not None and best.saves >= _LEAST_SAVED
            self._tried[key] = best if saves else None
        return self._tried[key]

    def _narrowed(self, meeting: Meeting, members: tuple[Member, ...]) -> Pool | None:
        """Leave out those whose share of the pool costs more than their own plan, in rounds."""
        best: Pool | None = None
        for _ in range(_ROUNDS):
            pool = self._of(meeting, members)
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

    def _without_some(self, pool: Pool) -> Pool:
        """Leave out one after the other as long as that saves more."""
        while len(pool.members) > 2:  # noqa: PLR2004 - a pool is of two or more
            need = together(map(self._needs_of, pool.members))
            smaller = [
                self._of(
                    pool.meeting,
                    tuple(m for m in pool.members if m is not left_out),
                    without(need, self._needs_of(left_out)),
                )
                for left_out in pool.members
            ]
            found = [one for one in smaller if one is not None and one.saves > pool.saves]
            if not found:
                break
            pool = max(found, key=lambda one: one.saves)
        return pool

    def _of(
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
            self._shapes[index] = shape_of(self._sharers[index].workload.profile)
        return self._shapes[index]
