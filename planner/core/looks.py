"""Which coverage entries speak of a record, as which account sees it, and how they ended."""

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from planner.core.offers import AnyRecord, Offer, Quota
from planner.core.snapshots import Coverage, Status

_QUOTA = str(Quota.__struct_config__.tag)


class Places:
    """Records by region and kind, so that what a coverage entry speaks of is found fast."""

    def __init__(self, records: Iterable[AnyRecord]) -> None:
        self._by_region: dict[str | None, dict[str, list[AnyRecord]]] = {}
        for record in records:
            kinds = self._by_region.setdefault(getattr(record, "region", None), {})
            kinds.setdefault(record.kind, []).append(record)

    def of(self, entry: Coverage) -> list[AnyRecord]:
        """The records that a coverage entry speaks of."""
        regions = self._by_region if entry.region is None else (entry.region,)
        near = (
            record
            for region in regions
            for kind, records in self._by_region.get(region, {}).items()
            if status_of(kind, entry)
            for record in records
        )
        return [r for r in near if sees(entry, r, witnesses_of(r))]


class Said(msgspec.Struct, frozen=True):
    """The entries that speak of a record.

    It is `believed` where some of these looks succeeded or there was none; `whole` where all
    succeeded and were complete.
    """

    entries: tuple[Coverage, ...]
    believed: bool
    whole: bool


class Looks:
    """Coverage by region: which entries speak of a record, and how they ended.

    Of most records the same can be said as of the others of their kind and region, so it is found
    once: only those of models and deployment types that some entry names are apart.
    """

    def __init__(self, coverage: Iterable[Coverage]) -> None:
        self._by_region: dict[str | None, list[Coverage]] = defaultdict(list)
        self._named: set[str] = set()
        self._known: dict[tuple[str | None, ...], Said] = {}
        for entry in coverage:
            self._by_region[entry.region].append(entry)
            self._named.update(entry.models or (), entry.deployment_types or ())

    def entries(self, record: AnyRecord, witness: str | None) -> tuple[Coverage, ...]:
        """The entries that speak of a record as an account (None: any) sees it.

        An account's entry of a region speaks rather than its entry of no region in particular.
        """
        return self._said(record, witness).entries

    def believed(self, record: AnyRecord) -> AnyRecord | None:
        """A new record as those accounts see it whose look is believed; None where none is."""
        witnesses = witnesses_of(record)
        seen = [w for w in witnesses if self._said(record, w).believed]
        if len(seen) == len(witnesses):
            return record
        return seen_by(record, seen) if seen else None

    def stays(self, record: AnyRecord, *, unasked: bool) -> set[str | None]:
        """The accounts for which an earlier record still stands: their look was not whole.

        `unasked`: it also stands for those that were not asked.
        """
        told = [(w, self._said(record, w)) for w in witnesses_of(record)]
        return {w for w, said in told if not said.whole or (unasked and not said.entries)}

    def _said(self, record: AnyRecord, witness: str | None) -> Said:
        key = (
            record.kind,
            getattr(record, "region", None),
            witness,
            self._told_apart(getattr(record, "model", None)),
            self._told_apart(getattr(record, "deployment_type", None)),
        )
        said = self._known.get(key)
        if said is None:
            said = self._known[key] = self._found(record, witness)
        return said

    def _told_apart(self, name: str | None) -> str | None:
        """A name, "" for all those that no entry names."""
        return name if name is None or name in self._named else ""

    def _found(self, record: AnyRecord, witness: str | None) -> Said:
        exact, general = (
            [
                e
                for e in self._by_region.get(region, ())
                if status_of(record.kind, e) and sees(e, record, (witness,))
            ]
            for region in (getattr(record, "region", None), None)
        )
        told = {e.account for e in exact}
        said = exact + [e for e in general if e.account not in told and e not in exact]
        read = [was_read(record, e) for e in said]
        whole = all(was and e.complete for was, e in zip(read, said, strict=True))
        return Said(tuple(said), any(read) or not said, whole)


def seen_by(record: AnyRecord, accounts: Iterable[str | None]) -> AnyRecord:
    """A record as these accounts see it; one that tells of no accounts stays as it is."""
    if isinstance(record, Offer) and record.accounts:
        return msgspec.structs.replace(record, accounts=tuple(sorted(filter(None, accounts))))
    return record


def witnesses_of(record: AnyRecord) -> tuple[str | None, ...]:
    """The accounts that see a record; None alone where it tells of none."""
    if isinstance(record, Offer):
        return record.accounts or (None,)
    return (getattr(record, "account", None),)


def sees(entry: Coverage, record: AnyRecord, witnesses: tuple[str | None, ...]) -> bool:
    """Whether an entry speaks of a record's region, model and type for some of the accounts."""
    if entry.region is not None and entry.region != getattr(record, "region", None):
        return False
    if entry.models is not None and getattr(record, "model", None) not in (None, *entry.models):
        return False
    kinds = entry.deployment_types
    if kinds is not None and getattr(record, "deployment_type", None) not in (None, *kinds):
        return False
    return entry.account is None or None in witnesses or entry.account in witnesses


def status_of(kind: str, entry: Coverage) -> Status | None:
    """How reading records of a kind ended; None where the entry does not speak of them."""
    if kind == _QUOTA and entry.quota_status is not None:
        return entry.quota_status
    return entry.status if kind in entry.kinds else None


def was_read(record: AnyRecord, entry: Coverage) -> bool:
    """Whether an entry's look at records of this kind succeeded."""
    status = status_of(record.kind, entry)
    return status is not None and status.was_read
