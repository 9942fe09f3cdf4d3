"""From a harvest to a snapshot: good regions land, failed ones keep their last good records.

Nothing is made of an error: a region that could not be read carries what was known before, with
its date, and a region that suddenly lost most of its records is suspect until the user says that
it is so. An offer that several accounts see goes only when none of them could still see it.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

import msgspec

from planner.core.doubts import comparable, judged, vanished, wide
from planner.core.known import Known, dated, remember, superseded
from planner.core.looks import Looks, Places, seen_by, was_read
from planner.core.offers import AnyRecord, Offer, Quota
from planner.core.snapshots import Coverage, Origin, Snapshot, Status


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """What a collection brought, before it is compared with what was known.

    `everywhere`: all regions were wanted, so that one of which nothing is told has vanished.
    """

    provider: str
    date: dt.date
    records: Sequence[AnyRecord]
    coverage: Sequence[Coverage]
    everywhere: bool = False
    collected_at: dt.datetime | None = None
    tool: str | None = None
    sdk: dict[str, str] = {}


class Merged(msgspec.Struct, frozen=True):
    """A snapshot, and those entries of its coverage that this collection made."""

    snapshot: Snapshot
    own_coverage: tuple[Coverage, ...]


def merge(
    collected: Collected,
    before: Sequence[Snapshot] = (),
    public: Callable[[], Sequence[Snapshot]] = tuple,
    *,
    accept_drop: bool = False,
) -> Merged:
    """The snapshot of a collection, in the light of the provider's snapshots before it.

    `before` are those up to the same day, newest first; `public` gives those that others made,
    which are not carried. Of one of the same day, what this collection covered is replaced and
    the rest stays. Regions that failed, or that `doubts` does not believe, carry what was known
    under the date on which it was seen. ValueError where a snapshot of `before` is of a later date.
    """
    _refuse_later(before, collected)
    known = remember(before)
    records, coverage = _without_conflicts(collected)
    was = Places(old.record for old in known.values())
    coverage = _judged(records, coverage, was, public, accept_drop=accept_drop)
    if collected.everywhere:
        coverage += vanished(coverage, before, was, accept_drop=accept_drop)
    today = next((s for s in before if s.date == collected.date), None)
    kept, carried = _joined(records, known, Looks(coverage), today)
    own = _with_dates(coverage, carried)
    earlier = [e for e in today.coverage if not superseded(e, own)] if today else []
    snapshot = Snapshot(
        provider=collected.provider,
        date=collected.date,
        origin=Origin.ACCOUNT,
        coverage=(*own, *earlier),
        records=(*kept, *(dated(old, collected.date) for old in carried)),
        collected_at=collected.collected_at,
        tool=collected.tool,
        sdk=collected.sdk,
    )
    return Merged(snapshot, tuple(e for e in snapshot.coverage if e in own))


def _judged(
    records: Mapping[tuple[str, ...], AnyRecord],
    coverage: Sequence[Coverage],
    was: Places,
    public: Callable[[], Sequence[Snapshot]],
    *,
    accept_drop: bool,
) -> list[Coverage]:
    now, looks = Places(records.values()), Looks(coverage)
    others = cache(lambda: Places(old.record for old in remember(public()).values()))
    found: list[Coverage] = []
    for entry in coverage:
        earlier = comparable(entry, was.of(wide(entry)), looks)
        found += judged(
            entry,
            now.of(entry),
            earlier,
            lambda entry: others().of(entry),
            accept_drop=accept_drop,
        )
    return found


def needs_older(coverage: Iterable[Coverage], before: Iterable[Snapshot]) -> bool:
    """Whether some place is in none of these snapshots, so that an older one may know it."""
    told = {place for snapshot in before for entry in snapshot.coverage for place in _kinds(entry)}
    return not told.issuperset(place for entry in coverage for place in _kinds(entry))


def _refuse_later(before: Iterable[Snapshot], collected: Collected) -> None:
    for snapshot in before:
        if snapshot.date > collected.date:
            raise ValueError(later(snapshot.provider, snapshot.date, collected.date))


def later(provider: str, last: dt.date, today: dt.date) -> str:
    """What to say where the last snapshot is of a later day than today."""
    return (
        f"the last snapshot of {provider} is of {last}, today is {today}; "
        "set the clock, or move that file away"
    )


def _without_conflicts(
    collected: Collected,
) -> tuple[dict[tuple[str, ...], AnyRecord], list[Coverage]]:
    """Records that agree; where two of one identity differ, their place failed, both are named."""
    known: dict[tuple[str, ...], AnyRecord] = {}
    faults: dict[tuple[str, ...], str] = {}
    for record in collected.records:
        identity = record.identity
        other = known.setdefault(identity, record)
        if other is not record and other != record:
            faults.setdefault(identity, _difference(other, record))
    coverage = list(collected.coverage)
    for identity, fault in faults.items():
        record = known.pop(identity)
        at_fault = Looks(coverage).entries(record, None)
        coverage = [_failed(e, record, fault) if e in at_fault else e for e in coverage]
    return known, coverage


def _failed(entry: Coverage, record: AnyRecord, fault: str) -> Coverage:
    own = isinstance(record, Quota) and entry.quota_status is not None
    ended = {"quota_status" if own else "status": Status.FAILED}
    return msgspec.structs.replace(entry, error=fault, **ended)


def _difference(one: AnyRecord, other: AnyRecord) -> str:
    name = next(f for f in one.__struct_fields__ if getattr(one, f) != getattr(other, f))
    what = " ".join(filter(None, one.identity))
    return f"two records of {what} with {name} {getattr(one, name)} and {getattr(other, name)}"


def _joined(
    records: Mapping[tuple[str, ...], AnyRecord],
    known: Mapping[tuple[str, ...], Known],
    looks: Looks,
    today: Snapshot | None,
) -> tuple[list[AnyRecord], list[Known]]:
    """The records of this day, and those that are carried from an earlier look."""
    of_today = {r.identity for r in today.records} if today else set()
    new = {
        identity: believed
        for identity, record in records.items()
        if (believed := looks.believed(record)) is not None
    }
    carried = []
    for identity, old in known.items():
        stays = looks.stays(old.record, unasked=identity in of_today)
        fresh = new.get(identity)
        if stays and fresh is None:
            carried.append(Known(seen_by(old.record, stays), old.seen_on))
        elif stays and isinstance(fresh, Offer) and fresh.accounts:
            new[identity] = seen_by(fresh, {*fresh.accounts, *stays})
    return list(new.values()), carried


def _with_dates(coverage: Iterable[Coverage], carried: Iterable[Known]) -> list[Coverage]:
    """The entries, each with the date of the oldest look whose records stand in for its own."""
    days = {old.record.identity: old.seen_on for old in carried}
    places = Places(old.record for old in carried)
    dated = []
    for entry in coverage:
        lost = [days[r.identity] for r in places.of(entry) if not was_read(r, entry)]
        dated.append(msgspec.structs.replace(entry, carried_from=min(lost, default=None)))
    return dated


def _kinds(entry: Coverage) -> list[tuple[str | None, str | None, str]]:
    return [(entry.account, entry.region, kind) for kind in entry.kinds]
