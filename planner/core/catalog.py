"""What the snapshots say on a date: the newest record that covers a kind, a region and a model.

Kinds are independent of one another: a document of retirements takes nothing away from the offers
of an earlier collection. A user's own snapshots come before the carried ones, whatever their dates.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence

import msgspec

from planner.core.allowances import Allowances, Pools
from planner.core.lifecycle import Life
from planner.core.lives import Lives
from planner.core.offers import Billing, Charge, Lifecycle, Meter, Offer
from planner.core.snapshots import Origin, Snapshot


class Sighting(msgspec.Struct, frozen=True):
    """An offer with the day on which it was seen and the snapshot that says so.

    `gone_by` is the date of a newer, complete look at its region that no longer has its model, or
    of the user's own look that never had it.
    """

    offer: Offer
    seen_on: dt.date
    snapshot: dt.date
    origin: Origin
    gone_by: dt.date | None = None
    gone_origin: Origin | None = None


class Source(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A snapshot that an answer rests on, and its age on the date of the answer."""

    provider: str
    snapshot: dt.date
    origin: Origin
    age_days: int


class Catalog:
    """The snapshots up to a date, as one view.

    `own` and `carried` are snapshots of any providers and dates; those after `on` are left out.
    `canonical` maps a provider's spelling of a model to the one name that all providers share.
    `pools` tells who draws on a quota, needed where the snapshots hold some of their models alone;
    `allowances` are what accounts may use.
    """

    def __init__(
        self,
        own: Iterable[Snapshot],
        carried: Iterable[Snapshot],
        on: dt.date,
        canonical: Callable[[str], str] = str,
        pools: Pools | None = None,
    ) -> None:
        self.on = on
        self.canonical = canonical
        ranked = [*_newest_first(own, on), *_newest_first(carried, on)]
        self._ranked = ranked
        self._sightings = _newest_known(ranked)
        self._by_model: dict[str, list[Sighting]] = defaultdict(list)
        for sighting in self._sightings:
            self._by_model[canonical(sighting.offer.model)].append(sighting)
        newest_first = _newest_first(ranked, on)
        self._lives = Lives(newest_first, canonical)
        self._notices = self._lives.notices
        self._charges: dict[tuple[object, ...], tuple[Charge, ...]] = {}
        for snapshot in newest_first:
            for record in snapshot.records:
                if isinstance(record, Meter):
                    self._charges.setdefault(record.identity[1:], record.charges)
        self.allowances = Allowances(ranked, canonical, pools or self._users)

    def offers(self, model: str | None = None) -> list[Sighting]:
        """The offers that stand on the date, of one model (its canonical name) or of all."""
        return [s for s in self._of(model) if s.gone_by is None]

    def gone(self, model: str) -> list[Sighting]:
        """The last sightings of a model in regions that a newer look found without it."""
        return [s for s in self._of(model) if s.gone_by is not None]

    def models(self) -> set[str]:
        """The canonical names of all models that some snapshot up to the date names."""
        return self._by_model.keys() | {model for _, model in self._notices}

    def life(self, sighting: Sighting) -> Life:
        """Lifecycle, retirement dates and replacement of an offer as known on the date."""
        return self._lives.life(sighting.offer, sighting.seen_on)

    def charges(self, offer: Offer) -> tuple[Charge, ...]:
        """What an offer bills by the newest snapshot that tells, with the ids of its meters.

        A document that names no usage name means the base deployments.
        """
        *place, usage = offer.identity[1:]
        if usage or (*place, "") in self._charges:
            return self._charges.get((*place, usage), ())
        told = [
            charges
            for (*other, name), charges in self._charges.items()
            if other == place and not str(name).casefold().endswith("finetune")
        ]
        return told[0] if len(told) == 1 else ()

    def told_units(self, offer: Offer) -> list[Offer]:
        """Offers of the same model, version and type whose smallest count of units is told.

        Of any region and any snapshot up to the date, newest first, each with the day on which it
        was seen: a later document that does not tell units takes nothing away from what they are.
        """
        same = (offer.provider, self.canonical(offer.model), offer.version, offer.deployment_type)
        return [
            msgspec.structs.replace(r, observed_on=r.observed_on or snapshot.date)
            for snapshot in self._ranked
            for r in snapshot.records
            if isinstance(r, Offer)
            and r.units_minimum is not None
            and (r.provider, r.version, r.deployment_type) == (same[0], *same[2:])
            and self.canonical(r.model) == same[1]
        ]

    def notices(self, model: str) -> list[Lifecycle]:
        """What documents say of a model, newest first, from every provider."""
        return [n for (_, m), said in self._notices.items() if m == model for _, n in said]

    def sources(
        self, sightings: Iterable[Sighting], models: Collection[str] = ()
    ) -> tuple[Source, ...]:
        """The snapshots that some sightings, and what is said of `models`' lives, rest on."""
        used = {
            (snapshot.provider, snapshot.date, snapshot.origin)
            for (_, model), said in self._notices.items()
            if model in models
            for snapshot, _ in said
        }
        for s in sightings:
            used.add((s.offer.provider, s.snapshot, s.origin))
            if s.gone_by is not None and s.gone_origin is not None:
                used.add((s.offer.provider, s.gone_by, s.gone_origin))
            key = (s.offer.provider, self.canonical(s.offer.model))
            used |= {(n.provider, n.date, n.origin) for n, _ in self._notices.get(key, ())}
        return tuple(
            Source(provider=p, snapshot=day, origin=origin, age_days=(self.on - day).days)
            for p, day, origin in sorted(used)
        )

    def _users(self, provider: str, region: str, name: str) -> set[str]:
        """The models whose offers in a region draw on a quota."""
        place = (provider, region)
        offers = (s.offer for s in self._sightings)
        return {
            o.model for o in offers if (o.provider, o.region) == place and name in o.quota_names
        }

    def _of(self, model: str | None) -> Sequence[Sighting]:
        return self._sightings if model is None else self._by_model.get(model, ())


def _newest_first(snapshots: Iterable[Snapshot], on: dt.date) -> list[Snapshot]:
    known = (s for s in snapshots if s.date <= on)
    return sorted(known, key=lambda s: (s.date, s.provider), reverse=True)


def _newest_known(ranked: Sequence[Snapshot]) -> list[Sighting]:
    """Every offer as the first snapshot that has a say in it tells it.

    An older offer that a newer look covers is gone, unless that look has its version under its
    deployment type (perhaps told in more detail), or the older one did not tell its type.
    """
    sightings: dict[tuple[str, ...], Sighting] = {}
    seen: set[tuple[str | None, ...]] = set()
    for position, snapshot in enumerate(ranked):
        before = [s for s in ranked[:position] if s.provider == snapshot.provider]
        offers = [r for r in snapshot.records if isinstance(r, Offer) and _is_a_models(r)]
        for offer in offers:
            newer = next((s for s in before if s.covers(offer)), None)
            if newer is None or _same_sort(offer) not in seen:
                gone = (newer.date, newer.origin) if newer else (None, None)
                seen_on = offer.observed_on or snapshot.date
                sighting = Sighting(offer, seen_on, snapshot.date, snapshot.origin, *gone)
                sightings.setdefault(offer.identity, sighting)
        seen |= {_same_sort(offer) for offer in offers}
        seen |= {(o.provider, o.region, o.model) for o in offers}
    return list(sightings.values())


def _is_a_models(offer: Offer) -> bool:
    """Whether an offer is one of a model, and not of a machine that one could host it on."""
    return offer.billing is not Billing.SELF_HOSTED


def _same_sort(offer: Offer) -> tuple[str | None, ...]:
    """What makes two offers of different snapshots the same one, told in more or less detail."""
    place = (offer.provider, offer.region, offer.model)
    if offer.deployment_type is None:
        return place
    return (*place, offer.version, offer.deployment_type)
