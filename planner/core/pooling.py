"""Which workloads to put on the same units, so that the sum of all costs falls the most.

The place that saves most is taken first, then the next among those that are left. What a place can
save at most (its units always full, no spares) says which places need no plan at all. Then a pool
that was passed over takes its members back out of others, as long as all pools together save more.
Of a few workloads all groups are tried at all places.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

import msgspec

from planner.core.pool_places import ALL_OF, LEAST_SAVED, Member, Places, Pool, Sharer, Spot
from planner.core.sharing import Meeting, meetings

_LOOKED_AT = 4
"""Of the places that look best so many are looked at closely."""
_EXCHANGES = 60
"""So many pools that were passed over are tried in place of others."""
_FEW = 12
"""Of so many workloads all pools are chosen anew with each that is tried."""


class Pooling:
    """The workloads of a portfolio, by their index, and the pools that save."""

    def __init__(self, sharers: Mapping[int, Sharer]) -> None:
        self._sharers = sharers
        self._places = Places({n: sharer.workload for n, sharer in sharers.items()})

    def pools(self) -> list[Pool]:
        """The pools that save, those that save the most first; each workload is in one at most."""
        spots = self._spots()
        who = frozenset(member.index for spot in spots for member, _ in spot.members)
        if len(who) <= ALL_OF:
            return sorted(self._exactly(spots, who), key=lambda pool: -pool.saves)
        found = self._one_after_the_other(spots, [])
        for spot in self._promising(spots):
            better = self._exchanged(spot, found, spots)
            if better is not None:
                found = self._one_after_the_other(spots, better)
        return sorted(found, key=lambda pool: -pool.saves)

    def _exactly(self, spots: Sequence[Spot], who: frozenset[int]) -> list[Pool]:
        """The pools that save most of all that could be made of a few."""
        best: dict[frozenset[int], Pool] = {}
        for spot in spots:
            for pool in self._places.every(spot):
                group = frozenset(member.index for member in pool.members)
                least = best[group].saves if group in best else Fraction()
                if pool.saves > max(least, LEAST_SAVED):
                    best[group] = pool

        def chosen(left: frozenset[int]) -> list[Pool]:
            if not left:
                return []
            first = {min(left)}
            options = [chosen(left - first)]
            options += [
                [pool, *chosen(left - group)]
                for group, pool in best.items()
                if first <= group <= left
            ]
            return max(options, key=_saved)

        return chosen(who)

    def _promising(self, spots: Sequence[Spot]) -> list[Spot]:
        """The places whose pools may be worth more than others', of many those that save much."""
        widest = sorted(spots, key=lambda one: -one.most)[:_EXCHANGES]
        if self._are_few:
            return widest
        rough = [(pool.saves, spot) for spot in widest if (pool := self._places.rough(spot))]
        known = sorted(rough, key=lambda pair: -pair[0])
        return [spot for saves, spot in known if saves >= LEAST_SAVED]

    @property
    def _are_few(self) -> bool:
        return len(self._sharers) <= _FEW

    def _one_after_the_other(self, spots: Sequence[Spot], found: Sequence[Pool]) -> list[Pool]:
        """Beside the pools found the best of those that are left, and so on."""
        pools = list(found)
        while True:
            taken = {member.index for pool in pools for member in pool.members}
            spots = [left for spot in spots if (left := spot.without(taken)).most > 0]
            pool = self._best(spots)
            if pool is None:
                return pools
            pools.append(pool)

    def _spots(self) -> list[Spot]:
        """Where two or more could meet and save; of regions that are alike to all the first."""
        at: dict[Meeting, list[tuple[Member, float]]] = defaultdict(list)
        for index, sharer in self._sharers.items():
            for shared in sharer.shareables:
                saves = sharer.usd - shared.least_usd
                if saves >= 0:  # one whose units are full saves what others pay beside it
                    member = Member(index, sharer.usd, shared)
                    for meeting in meetings(sharer.workload, shared):
                        at[meeting].append((member, float(saves)))
        spots: dict[tuple[object, ...], Spot] = {}
        for meeting, members in sorted(at.items(), key=lambda pair: pair[0]):
            anywhere = msgspec.structs.replace(meeting, region="")
            who = tuple((member.index, member.shared.way.id) for member, _ in members)
            spots.setdefault((anywhere, who), Spot(meeting, tuple(members)))
        return list(spots.values())

    def _best(self, spots: Sequence[Spot]) -> Pool | None:
        """The pool that saves most, looked for where it might be."""
        most, rough = LEAST_SAVED, list[tuple[Fraction, Spot]]()
        for spot in sorted(spots, key=lambda one: -one.most):
            if spot.most <= most:
                break
            pool = self._places.rough(spot)
            if pool is not None:
                rough.append((pool.saves, spot))
                most = max(most, pool.saves)
        promising = sorted(rough, key=lambda pair: -pair[0])[:_LOOKED_AT]
        pools = [self._places.best(spot) for _, spot in promising]
        return max(
            (pool for pool in pools if pool is not None), key=lambda one: one.saves, default=None
        )

    def _exchanged(
        self, spot: Spot, found: Sequence[Pool], spots: Sequence[Spot]
    ) -> list[Pool] | None:
        """The pools with the best of a place among them; None where they save no more."""
        pool = self._places.best(spot)
        if pool is None:
            return None
        taken = {member.index for member in pool.members}
        robbed, kept = list[Pool](), list[Pool]()
        for other in found:
            (robbed if taken & {m.index for m in other.members} else kept).append(other)
        if self._are_few:
            told = self._one_after_the_other(spots, [pool, *kept])
            return told if _saved(told) >= _saved(found) + LEAST_SAVED else None
        rests = (tuple(m for m in one.members if m.index not in taken) for one in robbed)
        smaller = [self._places.of(one.meeting, m) for one, m in zip(robbed, rests, strict=True)]
        told = [pool, *(one for one in smaller if one and one.saves >= LEAST_SAVED)]
        return [*told, *kept] if _saved(told) >= _saved(robbed) + LEAST_SAVED else None


def _saved(pools: Iterable[Pool]) -> Fraction:
    return sum((pool.saves for pool in pools), Fraction())
