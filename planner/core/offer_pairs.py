"""Which offers of two snapshots are the same one, and which are really gone or new.

Snapshots tell offers in more or less detail: a document names no usage, an article no deployment
type. An offer that the other side tells with less or more detail is neither gone nor new.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from planner.core.delta import Delta
from planner.core.looks import Looks
from planner.core.offers import Offer
from planner.core.snapshots import Snapshot

Canonical = Callable[[str], str]
_DETAIL = ("version", "deployment_type", "usage_name", "provider_model")


class Models:
    """The offers of a snapshot that are of the same models as some offers of another one.

    `told` are their models, as they are spelt, versions and deployment types.
    """

    def __init__(
        self, records: Iterable[object], like: Iterable[Offer], canonical: Canonical
    ) -> None:
        self._canonical = canonical
        self._by_place: dict[tuple[str, str], list[Offer]] = {
            (offer.region, canonical(offer.model)): [] for offer in like
        }
        names = {model for _, model in self._by_place}
        self.told: set[tuple[str, str | None, str | None]] = set()
        tell, near = self.told.add, self._by_place.get
        for record in records if names else ():
            if isinstance(record, Offer) and (model := canonical(record.model)) in names:
                tell((record.model, record.version, record.deployment_type))
                if (here := near((record.region, model))) is not None:
                    here.append(record)

    def has(self, offer: Offer) -> bool:
        """Whether the version is here under its type, be it under another usage name."""
        place = (offer.region, self._canonical(offer.model))
        way = (offer.version, offer.deployment_type)
        here = self._by_place.get(place, ())
        return any((o.version, o.deployment_type) == way for o in here)

    def alike(self, offer: Offer) -> list[Offer]:
        """The offers here that tell the same one in more or less detail."""
        place = (offer.region, self._canonical(offer.model))
        return [o for o in self._by_place.get(place, ()) if _compatible(o, offer)]


class Pairs(msgspec.Struct, frozen=True, kw_only=True):
    """The offers that differ between two snapshots.

    `unread_after` were there, but the newer side did not look well enough to say that they are
    gone; `unread_before` are there now, and the older side could not say that they were not.
    `lost_usages` and `new_usages` differ from an offer of the other side in their usage name alone:
    one of several SKUs (base, fine-tuned) under which a version is sold.
    `there` and `here` are what the newer and the older side know of the models of those that are
    on the other side alone.
    """

    changed: tuple[tuple[Offer, Offer], ...]
    gone: tuple[Offer, ...]
    came: tuple[Offer, ...]
    unread_after: tuple[Offer, ...]
    unread_before: tuple[Offer, ...]
    lost_usages: tuple[Offer, ...]
    new_usages: tuple[Offer, ...]
    there: Models
    here: Models


def pair_offers(
    delta: Delta, old: Snapshot, new: Snapshot, canonical: Canonical, looks: tuple[Looks, Looks]
) -> Pairs:
    """Match the offers of two snapshots; `looks` are those of the old one and of the new one."""
    before, after = looks
    changed = [(a, b) for a, b in delta.changed if isinstance(a, Offer) and isinstance(b, Offer)]
    lost = [r for r in delta.removed if isinstance(r, Offer)]
    found = [r for r in delta.added if isinstance(r, Offer)]
    there = Models(new.records, lost, canonical)
    here = Models(old.records, found, canonical)
    retold = _couples(lost, found, there, here)
    gone = [o for o in lost if not there.alike(o)]
    came = [o for o in found if not here.alike(o)]
    renamed = [*_one_to_one(gone, came, _same_sort), *_one_to_one(gone, came, _same_id)]
    taken = {id(o) for couple in renamed for o in couple}
    gone = [o for o in gone if id(o) not in taken]
    came = [o for o in came if id(o) not in taken]
    unread_after = [o for o in gone if after.stays(o, unasked=True)]
    unread_before = [o for o in came if before.stays(o, unasked=True)]
    left_out = {id(o) for o in (*unread_after, *unread_before)}
    return Pairs(
        changed=(*changed, *retold, *renamed),
        gone=tuple(o for o in gone if id(o) not in left_out and not there.has(o)),
        came=tuple(o for o in came if id(o) not in left_out and not here.has(o)),
        lost_usages=tuple(o for o in gone if id(o) not in left_out and there.has(o)),
        new_usages=tuple(o for o in came if id(o) not in left_out and here.has(o)),
        unread_after=tuple(unread_after),
        unread_before=tuple(unread_before),
        there=there,
        here=here,
    )


def _compatible(one: Offer, other: Offer) -> bool:
    told = ((getattr(one, name), getattr(other, name)) for name in _DETAIL)
    return all(a is None or b is None or a == b for a, b in told)


def _couples(
    lost: Sequence[Offer], found: Sequence[Offer], there: Models, here: Models
) -> list[tuple[Offer, Offer]]:
    """Those that are the only ones alike on either side, so that their facts can be compared."""
    new = {id(o) for o in found}
    couples = []
    for offer in lost:
        match there.alike(offer):
            case [other] if id(other) in new and here.alike(other) == [offer]:
                couples.append((offer, other))
    return couples


def _one_to_one(
    gone: Iterable[Offer], came: Iterable[Offer], key: Callable[[Offer], tuple[str, ...] | None]
) -> list[tuple[Offer, Offer]]:
    """The pairs that alone share a key; None is no key."""
    sides: tuple[dict[tuple[str, ...], list[Offer]], ...] = ({}, {})
    for side, offers in zip(sides, (gone, came), strict=True):
        for offer in offers:
            if (name := key(offer)) is not None:
                side.setdefault(name, []).append(offer)
    left, right = sides
    return [
        (mine[0], right[name][0])
        for name, mine in left.items()
        if len(mine) == 1 == len(right.get(name, ()))
    ]


def _same_sort(offer: Offer) -> tuple[str, ...] | None:
    """The offer but for its usage name: that is the name of a quota, and quotas are renamed."""
    if offer.usage_name is None:
        return None
    return (offer.region, offer.model, offer.version or "", offer.deployment_type or "")


def _same_id(offer: Offer) -> tuple[str, ...] | None:
    """The offer but for its model's name, where the id to call and the version stay the same."""
    if offer.provider_model is None or offer.provider_model == offer.model:
        return None
    return (
        offer.region, offer.provider_model, offer.version or "", offer.deployment_type or "",
        offer.usage_name or "",
    )  # fmt: skip
