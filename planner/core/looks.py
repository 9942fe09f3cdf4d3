"""Which coverage entries speak of a record, as which account sees it, and how they ended."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from planner.core.offers import AnyRecord, Offer, Quota
from planner.core.snapshots import Coverage, Status


class Places:
    """Records by region, so that what a coverage entry speaks of is found fast."""

    def __init__(self, records: Iterable[AnyRecord]) -> None:
        self._by_region: dict[str | None, list[AnyRecord]] = defaultdict(list)
        for record in records:
            self._by_region[getattr(record, "region", None)].append(record)

    def of(self, entry: Coverage) -> list[AnyRecord]:
        """The records that a coverage entry speaks of."""
        regions = self._by_region if entry.region is None else (entry.region,)
        near = (r for region in regions for r in self._by_region.get(region, ()))
        return [r for r in near if status_of(r, entry) and sees(entry, r, witnesses_of(r))]


class Looks:
    """Coverage by region: which entries speak of a record, and how they ended."""

    def __init__(self, coverage: Iterable[Coverage]) -> None:
        self._by_region: dict[str | None, list[Coverage]] = defaultdict(list)
        for entry in coverage:
            self._by_region[entry.region].append(entry)

    def entries(self, record: AnyRecord, witness: str | None) -> list[Coverage]:
        """The entries that speak of a record as an account (None: any) sees it.

        An account's entry of a region speaks rather than its entry of no region in particular.
        """
        exact, general = (
            [
                e
                for e in self._by_region.get(region, ())
                if status_of(record, e) and sees(e, record, (witness,))
            ]
            for region in (getattr(record, "region", None), None)
        )
        told = {e.account for e in exact}
        return exact + [e for e in general if e.account not in told and e not in exact]

    def believed(self, record: AnyRecord) -> AnyRecord | None:
        """A new record as those accounts see it whose look is believed; None where none is."""
        witnesses = witnesses_of(record)
        seen = {witness for witness in witnesses if self._is_believed(record, witness)}
        if len(seen) == len(witnesses):
            return record
        return seen_by(record, seen) if seen else None

    def _is_believed(self, record: AnyRecord, witness: str | None) -> bool:
        """Whether some look at the place of a record succeeded, or nobody looked there."""
        near = self._by_region.get(getattr(record, "region", None), ())
        if len(near) == 1 and sees(near[0], record, (witness,)) and was_read(record, near[0]):
            return True  # the usual case: one account, one entry a region
        said = self.entries(record, witness)
        return not said or any(was_read(record, e) for e in said)

    def stays(self, record: AnyRecord, *, unasked: bool) -> set[str | None]:
        """The accounts for which an earlier record still stands: their look was not whole.

        `unasked`: it also stands for those that were not asked.
        """
        stays = set()
        for witness in witnesses_of(record):
            said = self.entries(record, witness)
            whole = all(was_read(record, e) and e.complete for e in said)
            if not whole or (unasked and not said):
                stays.add(witness)
        return stays


def seen_by(record: AnyRecord, accounts: Iterable[str | None]) -> AnyRecord:
    """A record as these accounts see it; one that tells of no accounts stays as it is."""
    if isinstance(record, Offer) and record.accounts:
        return msgspec.structs.replace(record, accounts=tuple(sorted(filter(None, accounts))))
    return record


def witnesses_of(record: AnyRecord) -> tuple[str | None, ...]:
    """The accounts that see a record; None alone where it tells of none."""
    return getattr(record, "accounts", ()) or (getattr(record, "account", None),)


def sees(entry: Coverage, record: AnyRecord, witnesses: Iterable[str | None]) -> bool:
    """Whether an entry speaks of a record's region, model and type for some of the accounts."""
    if entry.region not in (None, getattr(record, "region", None)):
        return False
    model = getattr(record, "model", None)
    if None not in (entry.models, model) and model not in (entry.models or ()):
        return False
    kind = getattr(record, "deployment_type", None)
    if None not in (entry.deployment_types, kind) and kind not in (entry.deployment_types or ()):
        return False
    return entry.account is None or any(w in (None, entry.account) for w in witnesses)


def status_of(record: AnyRecord, entry: Coverage) -> Status | None:
    """How reading records of this kind ended; None where the entry does not speak of them."""
    if isinstance(record, Quota) and entry.quota_status is not None:
        return entry.quota_status
    return entry.status if record.kind in entry.kinds else None


def was_read(record: AnyRecord, entry: Coverage) -> bool:
    """Whether an entry's look at records of this kind succeeded."""
    status = status_of(record, entry)
    return status is not None and status.was_read
