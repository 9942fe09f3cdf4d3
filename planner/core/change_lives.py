"""What changed in the lives of models: lifecycle words, retirement dates, named replacements."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from planner.core.delta import Delta
from planner.core.findings import Finding, Value, naming
from planner.core.lifecycle import LIFE_FIELDS, Life
from planner.core.lives import Lives
from planner.core.offer_pairs import Canonical, Pairs
from planner.core.offers import AppliesTo, Lifecycle, Offer, Retirement
from planner.core.snapshots import Snapshot

# The way of a model's life in providers' words; any other word is as good as "active".
_DECLINE = {"legacy": 1, "deprecating": 1, "deprecated": 2, "retired": 3}


class Telling(msgspec.Struct, frozen=True):
    """One side: its snapshots, newest first, the one that they make together, and the day."""

    whole: Snapshot
    snapshots: Sequence[Snapshot]
    on: dt.date


class _Step(msgspec.Struct, frozen=True):
    """Two lives of one subject and the days on which they were told."""

    before: Life
    after: Life
    days: tuple[dt.date, dt.date]
    fine_tuned: bool = False


def life_findings(
    old: Telling, new: Telling, delta: Delta, pairs: Pairs, canonical: Canonical
) -> Iterator[Finding]:
    """Every change in the life of an offer that both sides have, or of a model told of alone."""
    days = (old.on, new.on)
    models = {canonical(model) for model in _touched(new.whole, delta, pairs, days)}
    if not models:
        return
    was, now = (Lives(side.snapshots, canonical, models) for side in (old, new))
    partners = {id(b): a for a, b in pairs.changed}
    known = {
        o.identity: o
        for o in old.whole.records
        if isinstance(o, Offer) and canonical(o.model) in models
    }
    offered: set[tuple[str, str]] = {(o.provider, canonical(o.model)) for o in known.values()}
    for offer in new.whole.records:
        if not isinstance(offer, Offer) or (model := canonical(offer.model)) not in models:
            continue
        offered.add((offer.provider, model))
        before = partners.get(id(offer)) or known.get(offer.identity)
        if before is not None:
            step = _Step(
                was.life(before, before.observed_on or old.whole.date),
                now.life(offer, offer.observed_on or new.whole.date),
                days,
                bool(offer.fine_tuned),
            )
            told = _told(step, offer.provider, model, offer.version, offer.deployment_type)
            name = canonical(before.model)
            formerly = name if name != model else None
            for found in told:
                yield msgspec.structs.replace(found, region=offer.region, formerly=formerly)
    for key in sorted((was.notices.keys() | now.notices.keys()) - offered):
        yield from _of_notices(key, was, now, days)


def _touched(
    new: Snapshot, delta: Delta, pairs: Pairs, days: tuple[dt.date, dt.date]
) -> Iterator[str]:
    """The models whose life may have changed, as the records spell them."""
    for before, after in pairs.changed:
        if any(getattr(before, name) != getattr(after, name) for name in LIFE_FIELDS):
            yield after.model
    for record in (*delta.removed, *delta.added, *(b for _, b in delta.changed)):
        if isinstance(record, Lifecycle):
            yield record.model
    yield from _due(new, days)


def _due(new: Snapshot, days: tuple[dt.date, dt.date]) -> Iterator[str]:
    """The models of which something retired between the two days."""
    told: set[int] = set()
    for record in new.records:
        if isinstance(record, Offer):
            # The regions of one line share their dates, and their model.
            dates = record.retirement_dates
            if dates and id(dates) not in told:
                told.add(id(dates))
                if any(days[0] < r.on <= days[1] for r in dates):
                    yield record.model
        elif isinstance(record, Lifecycle) and days[0] < (record.retires_on or days[0]) <= days[1]:
            yield record.model


def _of_notices(
    key: tuple[str, str], was: Lives, now: Lives, days: tuple[dt.date, dt.date]
) -> Iterator[Finding]:
    """What documents say of a model that no snapshot offers."""
    provider, model = key
    before, after = (_newest(side.notices.get(key, ())) for side in (was, now))
    for place in sorted(after, key=str):
        version, way, applies_to = place
        fine_tuned = applies_to is AppliesTo.FINE_TUNED
        step = _Step(_life(before.get(place)), _life(after.get(place)), days, fine_tuned)
        yield from _told(step, provider, model, version, way)


_Place = tuple[str | None, str | None, AppliesTo]


def _newest(notices: Iterable[tuple[Snapshot, Lifecycle]]) -> Mapping[_Place, Lifecycle]:
    found: dict[_Place, Lifecycle] = {}
    for _, notice in notices:
        found.setdefault((notice.version, notice.deployment_type, notice.applies_to), notice)
    return found


def _life(notice: Lifecycle | None) -> Life:
    if notice is None:
        return Life(None, (), None)
    dates: tuple[Retirement, ...] = ()
    if notice.retires_on is not None:
        retires = Retirement(
            on=notice.retires_on, applies_to=notice.applies_to, certainty=notice.certainty
        )
        dates = (retires,)
    return Life(notice.lifecycle, dates, notice.replacement)


def _told(
    step: _Step, provider: str, model: str, version: str | None, deployment_type: str | None
) -> Iterator[Finding]:
    """The findings of one step of a life, without a region."""

    def finding(found: _Found, tail: str = "", *, fine_tuned: bool = False) -> Finding:
        check, before, after, text = found
        return Finding(
            check=check, provider=provider, models=(model,), version=version,
            deployment_type=deployment_type, before=before, after=after,
            subject=naming(model, version, deployment_type), text=text, tail=tail,
            fine_tuned=fine_tuned,
        )  # fmt: skip

    before, after = step.before, step.after
    yield from map(finding, _words(before.lifecycle, after.lifecycle))
    named = f"replaced by {after.replacement}" if after.replacement else ""
    was, now = (_ends(life, fine_tuned=step.fine_tuned) for life in (before, after))
    dated = False
    for kind in AppliesTo:
        for found in _moved(was.get(kind), now.get(kind), step.days):
            dated = True
            check, old, new, text = found
            tuned = kind is AppliesTo.FINE_TUNED
            about = f"{text} (fine-tuned)" if tuned else text
            yield finding((check, old, new, about), named, fine_tuned=tuned)
    if before.replacement != after.replacement and not (dated and before.replacement is None):
        told = after.replacement or "none"
        text = f"names {told} as replacement instead of {before.replacement or 'none'}"
        yield finding(("replacement_changed", before.replacement, after.replacement, text))


_Found = tuple[str, Value, Value, str]


def _words(before: str | None, after: str | None) -> Iterator[_Found]:
    worse = _DECLINE.get(after or "", 0) > _DECLINE.get(before or "", 0)
    if after is not None and before != after and (before is not None or worse):
        check = "lifecycle_worse" if worse else "lifecycle_changed"
        instead = f" instead of {before}" if before else ""
        yield check, before, after, f"is {after}{instead}"


def _moved(
    before: Retirement | None, after: Retirement | None, days: tuple[dt.date, dt.date]
) -> Iterator[_Found]:
    """How a retirement moved; where it came to pass between the two days, that alone."""
    if after is None:
        if before is not None and before.on > days[1]:
            text = f"has no retirement date any more, {before.on} before"
            yield "retirement_withdrawn", before.on, None, text
        return
    sure = f" ({after.certainty})" if after.certainty else ""
    verb = "retired" if after.on <= days[1] else "retires"
    if days[0] < after.on <= days[1]:
        yield "retired", None if before is None else before.on, after.on, f"retired on {after.on}"
    elif before is None:
        yield "retirement_set", None, after.on, f"{verb} on {after.on}{sure}"
    elif before.on != after.on:
        check = "retirement_later" if after.on > before.on else "retirement_earlier"
        text = f"{verb} on {after.on} instead of {before.on}{sure}"
        yield check, before.on, after.on, text
    elif before.certainty and after.certainty and before.certainty != after.certainty:
        text = f"{verb} on {after.on}, {after.certainty} instead of {before.certainty}"
        yield "retirement_certainty", before.certainty, after.certainty, text


def _ends(life: Life, *, fine_tuned: bool) -> dict[AppliesTo, Retirement]:
    """The first date of each kind; one that tells no kind is of what the offer is about."""
    usual = AppliesTo.FINE_TUNED if fine_tuned else AppliesTo.BASE
    found: dict[AppliesTo, Retirement] = {}
    for retirement in sorted(life.retirement_dates, key=lambda r: r.on):
        found.setdefault(retirement.applies_to or usual, retirement)
    return found
