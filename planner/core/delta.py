"""Two snapshots of one provider record by record: exact, and enough to make one of the other."""

import msgspec

from planner.core.offers import KEYS, RECORD_TYPES, AnyRecord, Record
from planner.core.snapshots import Snapshot


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """What to take away from a snapshot, to add and to replace so that it becomes another one.

    `frame` is the other one without its records: its date, coverage and origin.
    """

    frame: Snapshot
    removed: tuple[AnyRecord, ...] = ()
    added: tuple[AnyRecord, ...] = ()
    changed: tuple[tuple[AnyRecord, AnyRecord], ...] = ()


def difference(old: Snapshot, new: Snapshot) -> Delta:
    """The delta that makes `new` of `old`; records in the order of their identities."""
    # Records of lines that both files share are the same objects: most of them are told at once.
    before, after = set(map(id, old.records)), set(map(id, new.records))
    theirs: dict[type[Record], dict[tuple[str | None, ...], AnyRecord]]
    theirs = {kind: {} for kind in RECORD_TYPES}
    for record in new.records:
        if id(record) not in before:
            kind = type(record)
            theirs[kind][KEYS[kind](record)] = record
    removed: list[AnyRecord] = []
    changed: list[tuple[AnyRecord, AnyRecord]] = []
    for record in old.records:
        if id(record) not in after:
            kind = type(record)
            other = theirs[kind].pop(KEYS[kind](record), None)
            if other is None:
                removed.append(record)
            elif other != record:
                changed.append((record, other))
    return Delta(
        frame=msgspec.structs.replace(new, records=()),
        removed=tuple(removed),
        added=tuple(record for own in theirs.values() for record in own.values()),
        changed=tuple(changed),
    )


def apply(delta: Delta, old: Snapshot) -> Snapshot:
    """The snapshot that a delta makes of the one that it was taken from."""
    records = {r.identity: r for r in old.records}
    for record in delta.removed:
        del records[record.identity]
    records |= {r.identity: r for r in delta.added}
    records |= {r.identity: r for _, r in delta.changed}
    return msgspec.structs.replace(delta.frame, records=tuple(records.values()))
