"""What changed in what accounts may use: quotas, and the capacity that a region has left."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from planner.core.delta import Delta
from planner.core.findings import Finding, Value, naming
from planner.core.looks import Looks
from planner.core.offers import Offer, Quota, RegionCapacity
from planner.core.snapshots import Snapshot

_CONFIRMED = 2  # looks running that must find no capacity: it comes and goes by the hour
_NAMED = 3


def quota_findings(
    delta: Delta,
    old: Snapshot,
    new: Snapshot,
    canonical: Callable[[str], str],
    looks: tuple[Looks, Looks],
) -> Iterator[Finding]:
    """Limits that were raised or cut, and quotas that came or went where both sides looked."""
    read_before, read_after = looks
    changed = [(a, b) for a, b in delta.changed if isinstance(a, Quota) and isinstance(b, Quota)]
    gone = [q for q in delta.removed if isinstance(q, Quota)]
    came = [q for q in delta.added if isinstance(q, Quota)]
    touched = [*(b for _, b in changed), *gone, *came]
    users = _users(touched, (*old.records, *new.records), canonical)
    for before, after in changed:
        yield from _limit(before, after, users)
    for quota in gone:
        if not read_after.stays(quota, unasked=True):
            yield _told(
                quota,
                users,
                "quota_removed",
                before=quota.limit,
                after=None,
                text="is no longer listed",
            )
    for quota in came:
        if not read_before.stays(quota, unasked=True):
            text = f"is new, {_amount(quota.limit)}"
            yield _told(quota, users, "quota_added", before=None, after=quota.limit, text=text)


def capacity_findings(
    delta: Delta,
    earlier: Sequence[Snapshot],
    later: Sequence[Snapshot],
    canonical: Callable[[str], str],
) -> Iterator[Finding]:
    """Where two looks running find no capacity left, and did not before; and where it is back.

    `earlier` and `later` are the looks up to the one day and to the other, newest first.
    """
    touched = [b for _, b in delta.changed] + list(delta.added)
    records = {r.identity: r for r in touched if isinstance(r, RegionCapacity)}
    # What stayed at nothing is confirmed by the later look.
    for record in (r for s in later[:1] for r in s.records):
        if isinstance(record, RegionCapacity) and record.available_units == 0:
            records.setdefault(record.identity, record)
    was = _series(earlier, records.keys())
    now = _series(later, records.keys())
    for identity, record in records.items():
        before, after = was.get(identity, []), now.get(identity, [])
        used_up = _is_used_up(before)
        if _is_used_up(after) and not used_up:
            units = next((n for n in after if n), None)
            text = "has no capacity left, in two looks running"
            yield _left(record, canonical, "capacity_zero", units, text)
        elif used_up and record.available_units:
            text = f"has capacity again, {record.available_units:,} units"
            yield _left(record, canonical, "capacity_back", 0, text)


def _limit(before: Quota, after: Quota, users: "_Users") -> Iterator[Finding]:
    was, now = before.limit, after.limit
    if was is None or was == now:
        return
    if now is None:
        text = f"tells no limit any more, {_amount(was)} before"
        yield _told(after, users, "quota_unknown", before=was, after=None, text=text)
        return
    check = "quota_zero" if now == 0 else "quota_up" if now > was else "quota_down"
    text = f"is {_amount(now)} instead of {_amount(was)}"
    if after.unit and after.unit.lower() != "count":
        text += f" {after.unit}"
    yield _told(after, users, check, before=was, after=now, text=text)


_Users = dict[tuple[str, str], set[tuple[str, str | None]]]


def _users(
    quotas: Iterable[Quota], records: Iterable[object], canonical: Callable[[str], str]
) -> _Users:
    """The models and deployment types that draw on each quota, by region and name."""
    wanted = {(q.region, q.name.casefold()) for q in quotas}
    found: _Users = defaultdict(set)
    for offer in records if wanted else ():
        if isinstance(offer, Offer):
            for name in (*offer.quota_names, offer.usage_name):
                if name and (place := (offer.region, name.casefold())) in wanted:
                    found[place].add((canonical(offer.model), offer.deployment_type))
    return found


def _told(
    quota: Quota, users: _Users, check: str, *, before: Value, after: Value, text: str
) -> Finding:
    drawing = users.get((quota.region, quota.name.casefold()), set())
    models = sorted({model for model, _ in drawing})
    types = {way for _, way in drawing}
    some = ", ".join(models[:_NAMED]) + (", ..." if len(models) > _NAMED else "")
    return Finding(
        check=check,
        provider=quota.provider,
        region=quota.region,
        models=tuple(models),
        deployment_type=types.pop() if len(types) == 1 else None,
        account=quota.account,
        quota=quota.name,
        before=before,
        after=after,
        subject=f"quota {quota.name} of {quota.account}",
        text=text,
        tail=f"limits {some}" if some else "",
    )


def _left(
    record: RegionCapacity,
    canonical: Callable[[str], str],
    check: str,
    before: Value,
    text: str,
) -> Finding:
    model = canonical(record.model)
    return Finding(
        check=check,
        provider=record.provider,
        region=record.region,
        models=(model,),
        version=record.version,
        deployment_type=record.deployment_type,
        before=before,
        after=record.available_units,
        subject=naming(model, record.version, record.deployment_type),
        text=text,
    )


def _series(
    looks: Iterable[Snapshot], identities: Iterable[tuple[str, ...]]
) -> dict[tuple[str, ...], list[int]]:
    """The units that were left, newest look first, for as many looks as tell."""
    wanted = set(identities)
    found: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for look in looks if wanted else ():
        for record in look.records:
            if isinstance(record, RegionCapacity) and record.available_units is not None:
                identity = record.identity
                if identity in wanted:
                    found[identity].append(record.available_units)
    return found


def _is_used_up(units: Sequence[int]) -> bool:
    return len(units) >= _CONFIRMED and not any(units[:_CONFIRMED])


def _amount(limit: float | None) -> str:
    return "of unknown size" if limit is None else f"{limit:,.15g}"
