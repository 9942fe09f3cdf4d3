"""What was known on a day: of each place the newest look, of what that leaves out an older one."""

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from planner.core.looks import Looks, seen_by, was_read
from planner.core.offers import AnyRecord, Offer
from planner.core.snapshots import Coverage, Snapshot


class Known(msgspec.Struct, frozen=True):
    """A record of an earlier snapshot and the day on which it was really seen."""

    record: AnyRecord
    seen_on: dt.date


def remember(before: Iterable[Snapshot]) -> dict[tuple[str, ...], Known]:
    """What was known: of each place the newest look, of places it leaves out an older one."""
    known: dict[tuple[str, ...], Known] = {}
    newer: list[Coverage] = []
    for snapshot in before:
        looks = Looks(snapshot.coverage)
        later_looks = Looks(newer) if newer else None
        for record in snapshot.records:
            identity = record.identity
            if identity in known:
                if later_looks is not None:
                    _see_too(known, record, later_looks)
                continue
            if later_looks is None or later_looks.stays(record, unasked=True):
                known[identity] = Known(record, _seen_on(record, snapshot.date, looks))
        newer += snapshot.coverage
    return known


def _see_too(known: dict[tuple[str, ...], Known], older: AnyRecord, later_looks: Looks) -> None:
    """Let a known offer also be seen by the accounts that no later look has asked."""
    newer = known[older.identity]
    if isinstance(older, Offer) and older.accounts and isinstance(newer.record, Offer):
        unasked = later_looks.stays(older, unasked=True) - set(newer.record.accounts)
        if unasked and newer.record.accounts:
            joined = seen_by(newer.record, {*newer.record.accounts, *unasked})
            known[older.identity] = Known(joined, newer.seen_on)


def _seen_on(record: AnyRecord, day: dt.date, looks: Looks) -> dt.date:
    """When a record of a day's snapshot was really seen."""
    if isinstance(record, Offer) and record.observed_on is not None:
        return record.observed_on
    said = looks.entries(record, None)
    carried = [e.carried_from for e in said if e.carried_from and not was_read(record, e)]
    return min(carried, default=day)


def merged(snapshots: Sequence[Snapshot]) -> Snapshot:
    """Several snapshots of a provider, newest first, as one of the newest one's date.

    Records that only an older look knows stand in it under their own date; so does the coverage
    of what the newer ones did not ask for, carried from its own.
    """
    newest, *older = snapshots
    if not older:
        return newest
    coverage = list(newest.coverage)
    for snapshot in older:
        coverage += [
            msgspec.structs.replace(entry, carried_from=entry.carried_from or snapshot.date)
            for entry in snapshot.coverage
            if not superseded(entry, coverage)
        ]
    records = [dated(known, newest.date) for known in remember(snapshots).values()]
    return msgspec.structs.replace(newest, coverage=tuple(coverage), records=tuple(records))


def dated(old: Known, today: dt.date) -> AnyRecord:
    """A carried record; an offer keeps the date on which it was seen."""
    if isinstance(old.record, Offer) and old.seen_on < today:
        return msgspec.structs.replace(old.record, observed_on=old.seen_on)
    return old.record


def says_more(older: Sequence[Coverage], newer: Sequence[Coverage]) -> bool:
    """Whether an older look asked for something that newer ones did not ask for again."""
    again = {(e.account, e.region, e.kinds, e.models) for e in newer}
    return any(
        not superseded(entry, newer)
        for entry in older
        if (entry.account, entry.region, entry.kinds, entry.models) not in again
    )


def superseded(old: Coverage, new: Iterable[Coverage]) -> bool:
    """Whether later entries speak of all that an entry spoke of.

    A failure of no region in particular (a login that ended midway) named every kind there is: it
    is over once a later look has read some of them, since nobody asks for each kind every day.
    """
    again = [e for e in new if _speaks_of_all(e, old)]
    if old.region is None and not old.status.was_read and _read_any(old.kinds, again):
        return True
    return {kind for e in again for kind in e.kinds} >= set(old.kinds)


def _speaks_of_all(new: Coverage, old: Coverage) -> bool:
    """Whether a later entry is of the same account, region and models, or of more.

    What an account has is read as a whole, or by region where that failed.
    """
    own = new.account is not None and new.account == old.account
    whole = own and new.region is None and new.status.was_read and new.complete
    return (
        old.account in (new.account, None)
        and (old.region in (new.region, None) or whole)
        and new.models in (old.models, None)
    )


def _read_any(kinds: Iterable[str], looks: Iterable[Coverage]) -> bool:
    return any(e.status.was_read and not set(kinds).isdisjoint(e.kinds) for e in looks)
