"""When a model appeared, what changed about it, and when it left: from any number of snapshots."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

import msgspec

from planner.core.answers import Answer
from planner.core.diff import Side, compare
from planner.core.diff_answer import Change
from planner.core.judging import Rules, judge
from planner.core.known import merged
from planner.core.offers import Offer
from planner.core.snapshots import Snapshot
from planner.core.timeline import steps


class FirstSeen(Answer, frozen=True):
    """What the first look at a provider found: it was there on that day, since when is unknown."""

    provider: str
    on: dt.date
    version: str | None
    deployment_type: str | None
    regions: tuple[str, ...]


class Event(Change, frozen=True):
    """A change that was seen `by` a day, and not yet on the look `since`."""

    since: dt.date
    by: dt.date


class Looks(Answer, frozen=True, rename={"from_": "from"}):
    """How many days a provider was looked at, the first one and the last."""

    provider: str
    from_: dt.date
    to: dt.date
    days: int


class PastAnswer(Answer, frozen=True):
    """`planner history`: what was there at first, then each change, the oldest first.

    `not_read` are the providers of which a snapshot cannot be read: nothing is said of them.
    """

    model: str
    on: dt.date
    looks: tuple[Looks, ...]
    first_seen: tuple[FirstSeen, ...]
    events: tuple[Event, ...]
    there_now: tuple[FirstSeen, ...]
    not_read: tuple[str, ...]


class Past(msgspec.Struct, frozen=True):
    """One provider's part of a history."""

    looks: Looks
    first_seen: tuple[FirstSeen, ...]
    events: tuple[Event, ...]
    there_now: tuple[FirstSeen, ...]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """Which model (a canonical name) is asked for, up to which day, and where: () is everywhere."""

    model: str
    on: dt.date
    regions: Collection[str] = ()


def past(
    snapshots: Iterable[Snapshot], asked: Question, canonical: Callable[[str], str]
) -> Past | None:
    """What happened to a model (a canonical name) at a provider up to a day; None without looks.

    `snapshots` are oldest first. What the first look at a region finds there is first seen:
    nobody can say that it is new.
    """
    events: list[Event] = []
    days: list[dt.date] = []
    last: Snapshot | None = None
    first: dict[tuple[str, ...], tuple[dt.date, Offer]] = {}
    read: set[str | None] = set()
    for step in steps(snapshots):
        days.append(step.new.on)
        look = step.new.snapshots[0]
        if last is not None and (look.records, look.coverage) == (last.records, last.coverage):
            continue
        last = look
        new = _read(look, asked.model, canonical) - read
        read |= new
        for offer in _offers(look, asked, canonical):
            if offer.region in new:
                first.setdefault(offer.identity, (step.new.on, offer))
        if step.old is not None:
            events += _events(step.old, step.new, asked, canonical)
        end = step.new
    if not days:
        return None
    # What was announced comes to pass whether or not somebody looks.
    events += _events(end, msgspec.structs.replace(end, on=asked.on), asked, canonical)
    now = [(end.on, o) for o in _offers(merged(end.snapshots), asked, canonical)]
    provider = end.snapshots[0].provider
    return Past(
        Looks(provider=provider, from_=days[0], to=days[-1], days=len(days)),
        _folded(first.values()),
        tuple(events),
        _folded(now),
    )


def _events(old: Side, new: Side, asked: Question, canonical: Callable[[str], str]) -> list[Event]:
    """The changes of a step that are about a model; a retirement stands on its own day."""
    about = [
        finding
        for finding in compare(old, new, canonical).findings
        if asked.model in finding.models
        and (not asked.regions or finding.region in (None, *asked.regions))
    ]
    events = []
    for change in judge(about, Rules(), new.on).changes:
        told = {name: getattr(change, name) for name in change.__struct_fields__}
        retired = change.check == "retired"
        by = dt.date.fromisoformat(str(change.after)) if retired else new.day
        events.append(Event(**told, since=old.day, by=by))
    return events


def _read(look: Snapshot, model: str, canonical: Callable[[str], str]) -> set[str | None]:
    """The regions in which a look would have found the model."""
    return {
        entry.region
        for entry in look.coverage
        if entry.status.was_read
        and "offer" in entry.kinds
        and (entry.models is None or model in map(canonical, entry.models))
    }


def _offers(
    snapshot: Snapshot, asked: Question, canonical: Callable[[str], str]
) -> Iterable[Offer]:
    """The offers of the model in the regions that are asked for."""
    return (
        r
        for r in snapshot.records
        if isinstance(r, Offer)
        and canonical(r.model) == asked.model
        and (not asked.regions or r.region in asked.regions)
    )


def _folded(seen: Iterable[tuple[dt.date, Offer]]) -> tuple[FirstSeen, ...]:
    groups: dict[tuple[str, dt.date, str | None, str | None], set[str]] = defaultdict(set)
    for day, offer in seen:
        groups[offer.provider, day, offer.version, offer.deployment_type].add(offer.region)
    return tuple(
        FirstSeen(
            provider=provider, on=day, version=version, deployment_type=way,
            regions=tuple(sorted(regions)),
        )
        for (provider, day, version, way), regions in sorted(groups.items(), key=str)
    )  # fmt: skip
