"""From a harvest to a snapshot: good regions land, failed ones keep their last good records.

Nothing is made of an error: a region that could not be read carries what was known before, with
its date, and a region that suddenly lost most of its records is suspect until the user says that
it is so. An offer that several accounts see goes only when none of them could still see it.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from planner.core.known import Known, dated, remember, superseded
from planner.core.looks import Looks, Places, seen_by, was_read
from planner.core.offers import AnyRecord, Offer, Quota
from planner.core.snapshots import Coverage, Origin, Snapshot, Status

_MOST_LOST = 0.5  # a region that loses a larger share of its records is suspect


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """What a collection brought, before it is compared with what was known."""

    provider: str
    date: dt.date
    records: Sequence[AnyRecord]
    coverage: Sequence[Coverage]
    collected_at: dt.datetime | None = None
    tool: str | None = None
    sdk: dict[str, str] = {}


def to_snapshot(
    collected: Collected, before: Sequence[Snapshot] = (), *, accept_drop: bool = False
) -> Snapshot:
    """The snapshot of a collection, in the light of the provider's snapshots before it.

    `before` are those up to the same day, newest first. Of one of the same day, what this
    collection covered is replaced and the rest stays. Regions that failed, or lost most of their
    records without `accept_drop`, carry what was known under the date on which it was seen.
    ValueError where a snapshot of `before` is of a later date.
    """
    _refuse_later(before, collected)
    known = remember(before)
    records, coverage = _without_conflicts(collected)
    now, was = Places(records.values()), Places(old.record for old in known.values())
    looks = Looks(coverage)
    coverage = [
        _judged(entry, now.of(entry), _comparable(was.of(entry), looks), accept_drop)
        for entry in coverage
    ]
    today = next((s for s in before if s.date == collected.date), None)
    kept, carried = _joined(records, known, Looks(coverage), today)
    coverage = _with_dates(coverage, carried)
    if today is not None:
        coverage += [e for e in today.coverage if not superseded(e, coverage)]
    return Snapshot(
        provider=collected.provider,
        date=collected.date,
        origin=Origin.ACCOUNT,
        coverage=tuple(coverage),
        records=(*kept, *(dated(old, collected.date) for old in carried)),
        collected_at=collected.collected_at,
        tool=collected.tool,
        sdk=collected.sdk,
    )


def own_coverage(collected: Collected, snapshot: Snapshot) -> list[Coverage]:
    """The entries of a snapshot that this collection made; others are of earlier that day."""
    places = {_place(entry) for entry in collected.coverage}
    return [entry for entry in snapshot.coverage if _place(entry) in places]


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


def _comparable(was: Iterable[AnyRecord], looks: Looks) -> list[AnyRecord]:
    """Earlier records without the quotas that another entry failed to read: these are not gone."""
    return [r for r in was if not (isinstance(r, Quota) and looks.stays(r, unasked=False))]


def _judged(
    entry: Coverage, now: Sequence[AnyRecord], was: Sequence[AnyRecord], accept_drop: bool
) -> Coverage:
    """A coverage entry, "empty" or "suspect" where its offers or quotas say so."""
    if not entry.complete:
        return entry
    if entry.status in (Status.OK, Status.EMPTY) and "offer" in entry.kinds:
        some = any(isinstance(record, Offer) for record in (*now, *was))
        entry = msgspec.structs.replace(entry, status=Status.OK if some else Status.EMPTY)
        if not accept_drop and (error := _drop(now, was, Offer)):
            entry = msgspec.structs.replace(entry, status=Status.SUSPECT, error=error)
    quotas_read = (entry.quota_status or entry.status) is Status.OK and "quota" in entry.kinds
    if quotas_read and not accept_drop and (error := _drop(now, was, Quota)):
        both = "; ".join(filter(None, (entry.error, error)))
        return msgspec.structs.replace(entry, quota_status=Status.SUSPECT, error=both)
    return entry


def _drop(
    now: Iterable[AnyRecord], was: Iterable[AnyRecord], kind: type[Offer | Quota]
) -> str | None:
    """What to say where most of what was known of a kind is gone."""
    before = {r.identity for r in was if isinstance(r, kind)}
    gone = len(before - {r.identity for r in now if isinstance(r, kind)}) if before else 0
    if gone <= _MOST_LOST * len(before):
        return None
    noun = f"{kind.__name__.lower()}s"
    return f"{gone:,} of {len(before):,} {noun} gone since last time; --accept-drop if that is so"


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


def _place(entry: Coverage) -> tuple[object, ...]:
    return entry.account, entry.region, entry.kinds, entry.models
