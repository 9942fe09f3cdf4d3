"""What two snapshots could not be compared on, and which regions can or cannot be read any more."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from planner.core.findings import Finding
from planner.core.looks import status_of
from planner.core.offer_pairs import Pairs
from planner.core.offers import Offer
from planner.core.snapshots import Coverage, Snapshot, Status

Place = tuple[str | None, str | None]
_LOST = {True: "could not be read any more", False: "was not read any more"}
_PLURALS = {"quota": "quotas", "capacity": "capacity"}


class Uncompared(msgspec.Struct, frozen=True, order=True):
    """A region (None: the provider as a whole) of which no change can be told, and why not."""

    region: str | None
    reason: str


class Reading(msgspec.Struct, frozen=True):
    """How a look at an account's region ended; `whole` is one at all models and types.

    `since` is the day of the look where a newer one did not ask again. `status` is the word of a
    look that failed, `fault` that and the reason; `parts` are faults of looks at some models or
    types beside it.
    """

    status: Status | None
    fault: str | None
    whole: bool = True
    since: dt.date | None = None
    parts: tuple[str, ...] = ()

    def was_good(self) -> bool:
        """Whether all of the region was read by the day's own look."""
        return self.fault is None and self.whole and self.since is None


def coverage_findings(
    old: Snapshot, new: Snapshot, canonical: Callable[[str], str]
) -> Iterator[Finding]:
    """Regions that were read before and not now, and those that failed before and were read.

    Each is about the models that were there. Where the newer day only looked at something else (a
    page about retirements), none was lost.
    """
    before, after = _readings(old, "offer"), _readings(new, "offer")
    looked = any(reading.since is None for reading in after.values())
    for place in sorted(before.keys() | after.keys(), key=str):
        was, now = before.get(place), after.get(place)
        if was is None:
            continue
        stale = now is None or (now.since is not None and now.since <= old.date)
        lost = was.was_good() and ((stale and looked) or (now is not None and bool(now.fault)))
        regained = was.fault is not None and now is not None and now.was_good()
        if lost or regained:
            account, region = place
            yield Finding(
                models=_models(old, region, canonical),
                check="coverage_lost" if lost else "coverage_regained",
                provider=new.provider,
                region=region,
                account=account,
                before=was.status,
                after=now.status if now else None,
                subject=new.provider if account is None else f"{new.provider} {account}",
                text="could be read again" if regained else _LOST[bool(now and now.status)],
                # Its reason, with the region's own numbers, stands with what was not compared.
                tail=str(now.status) if lost and now and now.status else "",
            )


def _models(
    snapshot: Snapshot, region: str | None, canonical: Callable[[str], str]
) -> tuple[str, ...]:
    offers = (r for r in snapshot.records if isinstance(r, Offer))
    return tuple(sorted({canonical(o.model) for o in offers if region in (None, o.region)}))


def uncompared(old: Snapshot, new: Snapshot, pairs: Pairs) -> tuple[Uncompared, ...]:
    """What no change can be told of: places that a side did not read, offers it did not look for.

    A place that neither side asked for is none of theirs.
    """
    found: set[Uncompared] = set()
    silent: set[Place] = set()
    for kind in ("offer", "quota", "capacity"):
        before, after = _readings(old, kind), _readings(new, kind)
        for place in before.keys() | after.keys():
            account, region = place
            if kind != "offer" and place in silent:
                continue
            looks = ((old, before.get(place)), (new, after.get(place)))
            # Of capacity only some models are asked for, and not every time.
            told = [(s, r) for s, r in looks if r is not None or kind != "capacity"]
            faults = [fault for side, read in told for fault in _faults(side, read, old.date)]
            if faults:
                about = None if kind == "offer" else _PLURALS[kind]
                words = [account, about, "; ".join(faults)]
                found.add(Uncompared(region, ": ".join(word for word in words if word)))
                silent.add(place)
    regions = {region for _, region in silent}
    for side, offers in ((new, pairs.unread_after), (old, pairs.unread_before)):
        found |= set(_narrow(side, [o for o in offers if o.region not in regions]))
    return tuple(sorted(found, key=lambda u: (u.region or "", u.reason)))


def _readings(snapshot: Snapshot, kind: str) -> dict[Place, Reading]:
    """How reading records of a kind ended, by account and region, where they were asked for.

    Of several entries the best one counts: a retry, or a look at some models beside one at all.
    """
    found: dict[Place, dict[object, list[Reading]]] = defaultdict(lambda: defaultdict(list))
    for entry in snapshot.coverage:
        status = status_of(kind, entry)
        if status is not None:
            failed = None if status.was_read else status
            told = f"{status}{_why(entry)}" if failed else None
            whole = entry.complete and entry.models is None and entry.deployment_types is None
            since = entry.carried_from if status.was_read else None
            part = (entry.models, entry.deployment_types)
            found[entry.account, entry.region][part].append(Reading(failed, told, whole, since))
    return {place: _joined(parts.values()) for place, parts in found.items()}


def _joined(parts: Iterable[Sequence[Reading]]) -> Reading:
    """The best of all looks at a place, with the faults of those that asked for something else."""
    best = [min(looks, key=_weight) for looks in parts]
    first = min(best, key=_weight)
    faults = {look.fault for look in best if look.fault and look.fault != first.fault}
    return msgspec.structs.replace(first, parts=tuple(sorted(faults)))


def _weight(reading: Reading) -> tuple[bool, bool, bool]:
    return reading.fault is not None, reading.since is not None, not reading.whole


def _why(entry: Coverage) -> str:
    return f" ({entry.error})" if entry.error else ""


def _faults(side: Snapshot, reading: Reading | None, before: dt.date) -> Iterator[str]:
    """Why a side cannot tell changes; nobody has looked since a look that both sides know."""
    if reading is None:
        yield f"not read on {side.date}"
        return
    if reading.since is not None and reading.since <= before < side.date:
        yield f"not read since {reading.since}"
    elif reading.fault:
        yield f"{reading.fault} on {side.date}"
    yield from (f"in part {part} on {side.date}" for part in reading.parts)


def _narrow(side: Snapshot, offers: Sequence[Offer]) -> Iterator[Uncompared]:
    """Offers of regions that a side did read, but of some models or deployment types alone."""
    models: dict[str, set[str]] = defaultdict(set)
    for offer in offers:
        models[offer.region].add(offer.model)
    for region, names in models.items():
        some = f"{len(names)} models" if len(names) > 1 else next(iter(names))
        yield Uncompared(region, f"{some} not looked for on {side.date}")
