"""A snapshot: what one provider offered on one day, and how much of it was looked at."""

import datetime as dt
from enum import StrEnum

import msgspec

from planner.core.offers import KINDS, AnyRecord, Offer


class Origin(StrEnum):
    """Where a snapshot's records come from; an article or a document is no look at an account."""

    ACCOUNT = "account"
    API = "api"
    PUBLIC_DOCS = "public-docs"
    ARTICLE = "article"


class Status(StrEnum):
    """How reading a region (or a source without regions) ended."""

    OK = "ok"
    EMPTY = "empty"
    NOT_OFFERED = "not_offered"
    DENIED = "denied"
    THROTTLED = "throttled"
    FAILED = "failed"
    SUSPECT = "suspect"

    @property
    def was_read(self) -> bool:
        """Whether an absence under this status means that a thing is not there."""
        return self in {Status.OK, Status.EMPTY, Status.NOT_OFFERED}


class Coverage(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """What was looked at. Outside of it a snapshot says nothing: unknown, never absent.

    `region` None: the source knows no regions. `models` and `deployment_types` None: all of them,
    else those named.
    `complete` False: what is there is true, what is missing is unknown.
    """

    region: str | None
    account: str | None = None
    kinds: tuple[str, ...] = ("offer",)
    models: tuple[str, ...] | None = None
    deployment_types: tuple[str, ...] | None = None
    complete: bool = True
    status: Status = Status.OK
    quota_status: Status | None = None
    carried_from: dt.date | None = None
    error: str | None = None

    def __post_init__(self) -> None:
        if self.region == "":
            raise ValueError("region is empty; name it, or null where the source knows none")
        if strange := set(self.kinds) - set(KINDS):
            raise ValueError(f"no kind {min(strange)!r} of record; give {', '.join(KINDS)}")


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One provider on one day: records in the order of their identities, and their coverage.

    The order in which records and coverage are given does not matter. Two records of one identity
    that differ are refused with ValueError, two equal ones are one; so is a record of another
    provider, and one that was observed after the snapshot's date.
    """

    provider: str
    date: dt.date
    origin: Origin
    coverage: tuple[Coverage, ...]
    records: tuple[AnyRecord, ...] = ()
    source: str | None = None
    collected_at: dt.datetime | None = None
    tool: str | None = None
    sdk: dict[str, str] = {}

    def __post_init__(self) -> None:
        known: dict[tuple[str, ...], AnyRecord] = {}
        for record in self.records:
            identity = record.identity
            other = known.setdefault(identity, record)
            if other is not record and other != record:
                raise ValueError(
                    f"two different records of {' '.join(filter(None, identity))}; keep one"
                )
            self._check(record)
        ordered = tuple([known[identity] for identity in sorted(known)])
        coverage = tuple(sorted(set(self.coverage), key=_coverage_key))
        msgspec.structs.force_setattr(self, "records", ordered)
        msgspec.structs.force_setattr(self, "coverage", coverage)

    def _check(self, record: AnyRecord) -> None:
        if record.provider != self.provider:
            raise ValueError(f"a record of {record.provider} in a snapshot of {self.provider}")
        seen = record.observed_on if isinstance(record, Offer) else None
        if seen is not None and seen > self.date:
            raise ValueError(f"{record.provider} record observed on {seen}, after {self.date}")

    def covers(self, offer: Offer) -> bool:
        """Whether the absence of such an offer here means that there is none.

        Every account that was asked must have been read: what one sees another may not.
        """
        read_by_account: dict[str | None, bool] = {}
        for entry in self.coverage:
            if entry.region == offer.region and _looks_for(entry, offer):
                was_read = entry.complete and entry.status.was_read
                before = read_by_account.get(entry.account, False)
                read_by_account[entry.account] = before or was_read
        return bool(read_by_account) and all(read_by_account.values())


def _looks_for(entry: Coverage, offer: Offer) -> bool:
    """Whether an entry's look would have found such an offer; unknown types are any type's."""
    types = entry.deployment_types
    return (
        "offer" in entry.kinds
        and (entry.models is None or offer.model in entry.models)
        and (types is None or offer.deployment_type is None or offer.deployment_type in types)
    )


def _coverage_key(entry: Coverage) -> tuple[str, ...]:
    return (entry.region or "", entry.account or "", "|".join(entry.kinds), repr(entry))
