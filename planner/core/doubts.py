"""What of a collection is hard to believe: one rule, whatever the provider.

Records are compared list by list: models, profiles, machines, deployments, capacity, the quotas of
models and of machines. A list that is suddenly empty, or lost most of its records, is suspect
however long the others are; so is a region that nobody lists any more.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from planner.core.looks import Looks, Places, status_of, was_read
from planner.core.offers import AnyRecord, Billing, Deployment, Offer, Quota, RegionCapacity
from planner.core.snapshots import Coverage, Snapshot, Status

_MOST_LOST = 0.5  # a list that loses a larger share of its records is suspect
_TOLD = (Status.OK, Status.EMPTY)
_ACCEPT = "--accept-drop if that is so"
_PROFILE = "inference profile"  # in the deployment types of Bedrock's second list
_OFFERS = ("offer", "offers")
_LISTS = (
    _OFFERS,
    ("offer", "profiles"),
    ("offer", "machines"),
    ("quota", "quotas"),
    ("quota", "machine quotas"),
    ("deployment", "deployments"),
    ("capacity", "capacities"),
)
"""Kind and name of each list; the first of a kind that an entry has is told in the entry itself."""

_List = tuple[str, str]
_Records = Mapping[_List, Sequence[AnyRecord]]


def judged(
    entry: Coverage,
    now: Sequence[AnyRecord],
    was: Sequence[AnyRecord],
    public: Callable[[Coverage], Iterable[AnyRecord]] = lambda _: (),
    *,
    accept_drop: bool = False,
) -> list[Coverage]:
    """A coverage entry, "empty" or "suspect" where its records say so.

    A list beside the entry's main one has an entry of its own, so that its troubles leave the
    others alone. `public` gives what others know of the place: it makes an empty list suspect, no
    more, since other accounts may see more.
    """
    if not entry.complete:
        return [entry]
    entry = _filled(_naming(entry, was), (*now, *was))
    if accept_drop:
        return [entry]
    new, old = _by_list(now), _by_list(was)
    doubts = dict(_doubts(entry, new, old, public))
    main = _main_lists(entry, [*new, *old])
    apart = []
    for what in _LISTS:
        told = doubts.get(what)
        if what not in main:
            beside = any(m[0] == what[0] and m in doubts for m in main) and what in new
            if told or beside:
                apart.append(_apart(entry, what, (*new.get(what, ()), *old.get(what, ())), told))
        elif told:
            entry = _suspect(entry, what[0], told)
    return [entry, *apart]


def comparable(entry: Coverage, was: Iterable[AnyRecord], looks: Looks) -> list[AnyRecord]:
    """Earlier records without those that another entry of the account failed to read."""

    def failed_apart(record: AnyRecord) -> bool:
        return any(
            other.account == entry.account
            and other != entry
            and not (was_read(record, other) and other.complete)
            for other in looks.entries(record, entry.account)
        )

    return [record for record in was if not failed_apart(record)]


def vanished(
    coverage: Sequence[Coverage], before: Iterable[Snapshot], was: Places, *, accept_drop: bool
) -> Iterator[Coverage]:
    """The places of which something was known and that a collection of all places left out.

    They are suspect; with `accept_drop` they are believed to be gone. Of an account of which no
    region was read nothing is said.
    """
    lists = [e for e in coverage if _is_a_list(e)]
    asked = {e.account for e in lists if e.region is not None and _answered(e)}
    lost = {e.account for e in lists if e.region is None and not _answered(e)}
    told: set[tuple[str | None, str | None]] = set()
    for snapshot in before:
        places = {(e.account, e.region) for e in snapshot.coverage}
        for old in snapshot.coverage:
            listed = old.account in asked and not lost & {old.account, None}
            if old.region is None or not listed or (old.account, old.region) in told:
                continue
            if _is_a_list(old) and not _asked_again(old, coverage) and was.of(old):
                yield _gone(old, accept_drop=accept_drop)
        told |= places


def wide(entry: Coverage) -> Coverage:
    """An entry that names what it saw of a deployment type, as one of all that this type has."""
    named = entry.deployment_types is not None and entry.models is not None
    return msgspec.structs.replace(entry, models=None) if named else entry


def _naming(entry: Coverage, was: Iterable[AnyRecord]) -> Coverage:
    """Such an entry, naming what was seen before, too: it would have seen that again."""
    if entry.deployment_types is None or entry.models is None:
        return entry
    names = {*entry.models, *(record.model for record in was if isinstance(record, Offer))}
    return msgspec.structs.replace(entry, models=tuple(sorted(names)))


def _filled(entry: Coverage, records: Iterable[AnyRecord]) -> Coverage:
    """An entry of offers, "empty" where there are none and none were known."""
    if entry.status not in _TOLD or "offer" not in entry.kinds:
        return entry
    some = any(isinstance(record, Offer) for record in records)
    return msgspec.structs.replace(entry, status=Status.OK if some else Status.EMPTY)


def _list_of(record: AnyRecord) -> _List | None:
    if isinstance(record, Offer):
        if record.billing is Billing.SELF_HOSTED:
            return "offer", "machines"
        return "offer", "profiles" if _PROFILE in (record.deployment_type or "") else "offers"
    if isinstance(record, Quota):
        return "quota", "machine quotas" if record.unit == "vCPU" else "quotas"
    if isinstance(record, Deployment):
        return "deployment", "deployments"
    return ("capacity", "capacities") if isinstance(record, RegionCapacity) else None


def _by_list(records: Iterable[AnyRecord]) -> dict[_List, list[AnyRecord]]:
    found: dict[_List, list[AnyRecord]] = defaultdict(list)
    for record in records:
        if (what := _list_of(record)) is not None:
            found[what].append(record)
    return dict(found)


def _doubts(
    entry: Coverage,
    new: _Records,
    old: _Records,
    public: Callable[[Coverage], Iterable[AnyRecord]],
) -> Iterator[tuple[_List, str]]:
    """Why lists of an entry that were read are hard to believe."""
    for what in _LISTS:
        kind, noun = what
        if status_of(kind, entry) not in _TOLD:
            continue
        before = {record.identity for record in old.get(what, ())}
        gone = len(before - {record.identity for record in new.get(what, ())}) if before else 0
        if gone > _MOST_LOST * len(before):
            yield what, f"{gone:,} of {len(before):,} {noun} gone since last time; {_ACCEPT}"
    if _OFFERS in new or _OFFERS in old or entry.deployment_types or entry.status not in _TOLD:
        return
    if "offer" in entry.kinds and (known := _by_list(public(entry)).get(_OFFERS)):
        yield _OFFERS, f"no offers listed, {len(known):,} in the public data; {_ACCEPT}"


def _main_lists(entry: Coverage, present: Iterable[_List]) -> set[_List]:
    """The list of each kind of which the entry itself tells: the first that it has."""
    found: dict[str, _List] = {}
    for what in _LISTS:
        # An entry of offers has one status for them, and one for quotas: others are told apart.
        told = what[0] in ("offer", "quota") or "offer" not in entry.kinds
        if told and what in present:
            found.setdefault(what[0], what)
    if "offer" not in found:
        found["offer"] = _OFFERS
    return set(found.values())


def _suspect(entry: Coverage, kind: str, error: str) -> Coverage:
    told = "; ".join(filter(None, (entry.error, error)))
    ended = {"quota_status" if kind == "quota" else "status": Status.SUSPECT}
    return msgspec.structs.replace(entry, error=told, **ended)


def _apart(
    entry: Coverage, what: _List, records: Iterable[AnyRecord], error: str | None
) -> Coverage:
    """An entry for one list of a place, so that it is believed or doubted by itself."""
    types = {r.deployment_type for r in records if isinstance(r, Offer) and r.deployment_type}
    return Coverage(
        region=entry.region,
        account=entry.account,
        kinds=(what[0],),
        models=entry.models,
        deployment_types=tuple(sorted(types)) or entry.deployment_types,
        status=Status.SUSPECT if error else Status.OK,
        error=error,
    )


def _is_a_list(entry: Coverage) -> bool:
    """Whether an entry is of what a region offers, and not of what an account happens to run."""
    return not {"offer", "quota"}.isdisjoint(entry.kinds)


def _answered(entry: Coverage) -> bool:
    return entry.status.was_read or entry.status is Status.SUSPECT


def _asked_again(old: Coverage, coverage: Iterable[Coverage]) -> bool:
    return any(
        (new.account, new.region) == (old.account, old.region)
        and new.deployment_types in (None, old.deployment_types)
        and not set(new.kinds).isdisjoint(old.kinds)
        for new in coverage
    )


def _gone(old: Coverage, *, accept_drop: bool) -> Coverage:
    error = "the region is not listed any more"
    return msgspec.structs.replace(
        old,
        status=Status.NOT_OFFERED if accept_drop else Status.SUSPECT,
        quota_status=None,
        complete=True,
        carried_from=None,
        error=error if accept_drop else f"{error}; {_ACCEPT}",
    )
