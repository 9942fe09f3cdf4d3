"""What changed between two days of a provider, told for people: semantic, folded, judged."""

import datetime as dt
from collections.abc import Callable, Sequence

import msgspec

from planner.core.change_coverage import Uncompared, coverage_findings, uncompared
from planner.core.change_limits import capacity_findings, quota_findings
from planner.core.change_lives import Telling, life_findings
from planner.core.change_offers import offer_findings
from planner.core.change_prices import InForce, price_findings
from planner.core.delta import difference
from planner.core.findings import Finding
from planner.core.known import merged
from planner.core.looks import Looks
from planner.core.offer_pairs import pair_offers
from planner.core.snapshots import Snapshot


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """A provider on one day: its looks up to then, newest first, and the prices in force.

    `before` are still earlier looks at what capacity a region had left. `prices` None: not asked.
    """

    on: dt.date
    snapshots: Sequence[Snapshot]
    before: Sequence[Snapshot] = ()
    prices: InForce | None = None

    @property
    def day(self) -> dt.date:
        """The day of the newest look."""
        return self.snapshots[0].date


class Compare(msgspec.Struct, frozen=True):
    """What two sides differ in, one finding a region, and what could not be compared."""

    findings: tuple[Finding, ...]
    uncompared: tuple[Uncompared, ...]


def compare(old: Side, new: Side, canonical: Callable[[str], str]) -> Compare:
    """Compare two sides of one provider; `canonical` gives the name that all providers share."""
    was, now = merged(old.snapshots), merged(new.snapshots)
    delta = difference(was, now)
    looks = Looks(was.coverage), Looks(now.coverage)
    pairs = pair_offers(delta, was, now, canonical, looks)
    same_source = len({s.origin for side in (old, new) for s in side.snapshots}) == 1
    findings = [
        *offer_findings(pairs, (was, now), canonical, looks, same_source=same_source),
        *life_findings(
            Telling(was, old.snapshots, old.on),
            Telling(now, new.snapshots, new.on),
            delta,
            pairs,
            canonical,
        ),
        *quota_findings(delta, was, now, canonical, looks),
        *capacity_findings(delta, _looks(old), _looks(new, old), canonical),
        *coverage_findings(was, now, canonical),
    ]
    if old.prices is not None and new.prices is not None:
        findings += price_findings(old.prices, new.prices)
    return Compare(tuple(findings), uncompared(was, now, pairs))


def _looks(*sides: Side) -> list[Snapshot]:
    """The looks of some sides at the same provider, newest first, each day once."""
    days: dict[dt.date, Snapshot] = {}
    for side in sides:
        for snapshot in (*side.snapshots, *side.before):
            if snapshot.date <= sides[0].day:
                days.setdefault(snapshot.date, snapshot)
    return [days[day] for day in sorted(days, reverse=True)]
