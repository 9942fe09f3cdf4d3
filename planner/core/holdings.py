"""What accounts hold: quotas and deployments of the newest look at each account and region."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeVar

import msgspec

from planner.core.catalog import Catalog, Sighting
from planner.core.collect_answer import DeploymentEntry, Limited, QuotaEntry
from planner.core.lifecycle import Life, ends_on
from planner.core.offers import Deployment, Offer, Quota
from planner.core.snapshots import Coverage, Origin, Snapshot, Status

Holding = TypeVar("Holding", Quota, Deployment)


class Look(msgspec.Struct, frozen=True):
    """What a provider's snapshot of a day says it looked at: its header, without its records."""

    provider: str
    day: dt.date
    coverage: tuple[Coverage, ...]


class Held(msgspec.Struct, frozen=True):
    """A quota or deployment, the day on which it was really seen, and the snapshot that tells."""

    record: Quota | Deployment
    seen_on: dt.date
    snapshot: dt.date
    origin: Origin


class HoldingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which quotas or deployments are wanted: any of the values given; () wants all.

    `names` are quota names (in any case) of the wanted models; None wants all. `unmapped` wants
    those alone that limit no offer.
    """

    provider: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    account: tuple[str, ...] = ()
    names: Collection[str] | None = None
    unmapped: bool = False


class NewestLooks:
    """For one kind of record: which day has the last word on an account's region."""

    def __init__(self, looks: Iterable[Look], kind: str) -> None:
        self._kind = kind
        self._days: dict[tuple[str, str | None, str | None], tuple[dt.date, dt.date]] = {}
        for look in sorted(looks, key=lambda look: look.day, reverse=True):
            for entry in look.coverage:
                seen_on = self._seen_on(entry, look.day)
                if seen_on is not None:
                    place = (look.provider, entry.account, entry.region)
                    self._days.setdefault(place, (look.day, seen_on))

    def to_read(self) -> set[tuple[str, dt.date]]:
        """The provider and day of each snapshot that has the last word on something."""
        return {(provider, day) for (provider, *_), (day, _) in self._days.items()}

    def held(self, snapshot: Snapshot) -> Iterable[Held]:
        """The records of a snapshot on which it has the last word."""
        for record in snapshot.records:
            if not isinstance(record, Quota | Deployment) or record.kind != self._kind:
                continue
            account, region = record.account, record.region
            places = ((account, region), (None, region), (account, None), (None, None))
            days = [d for p in places if (d := self._days.get((record.provider, *p)))]
            if days and max(days)[0] == snapshot.date:
                yield Held(record, max(days)[1], snapshot.date, snapshot.origin)

    def _seen_on(self, entry: Coverage, day: dt.date) -> dt.date | None:
        """When what an entry tells of this kind was seen; None where it tells nothing."""
        status: Status | None = entry.status if self._kind in entry.kinds else None
        if self._kind == "quota":
            status = entry.quota_status or status
        if status is None:
            return None
        return day if status.was_read else entry.carried_from


def quota_entries(
    held: Iterable[Held],
    wanted: HoldingFilter,
    limits: Callable[[Quota, dt.date], Collection[Limited]],
) -> tuple[QuotaEntry, ...]:
    """The wanted quotas, in the order of their places and names.

    `limits` tells what counts against a quota by the snapshot of a day.
    """
    names = None if wanted.names is None else {name.casefold() for name in wanted.names}
    entries = [
        _quota(h, q, limits(q, h.snapshot))
        for h in held
        if isinstance(q := h.record, Quota)
        and _is_wanted(q, wanted)
        and (names is None or q.name.casefold() in names)
    ]
    kept = [e for e in entries if e.unmapped or not wanted.unmapped]
    return tuple(sorted(kept, key=lambda e: (e.provider, e.account, e.region, e.name)))


def _quota(held: Held, quota: Quota, limits: Collection[Limited]) -> QuotaEntry:
    return QuotaEntry(
        provider=quota.provider,
        account=quota.account,
        region=quota.region,
        name=quota.name,
        limit=quota.limit,
        default_limit=quota.default_limit,
        used=quota.used,
        free=quota.free,
        unit=quota.unit,
        limits=tuple(sorted(limits)),
        unmapped=not limits,
        observed_on=held.seen_on,
    )


def deployment_entries(
    held: Iterable[Held],
    wanted: HoldingFilter,
    catalog: Catalog,
    models: Collection[str] | None = None,
) -> tuple[DeploymentEntry, ...]:
    """The wanted deployments with what became of their models; `models` are canonical names."""
    entries = [
        _deployment(h, d, catalog)
        for h in held
        if isinstance(d := h.record, Deployment)
        and _is_wanted(d, wanted)
        and (models is None or (d.model is not None and catalog.canonical(d.model) in models))
    ]
    return tuple(sorted(entries, key=lambda e: (e.provider, e.account, e.region, e.name)))


def _is_wanted(record: Quota | Deployment, wanted: HoldingFilter) -> bool:
    return all(
        not (values := getattr(wanted, name)) or getattr(record, name) in values
        for name in ("provider", "region", "account")
    )


def _deployment(held: Held, deployed: Deployment, catalog: Catalog) -> DeploymentEntry:
    known = _life(held, deployed, catalog)
    offer, life = known or (None, Life(None, (), None))
    return DeploymentEntry(
        provider=deployed.provider,
        account=deployed.account,
        region=deployed.region,
        name=deployed.name,
        model=deployed.model,
        version=deployed.version,
        deployment_type=deployed.deployment_type,
        units=deployed.units,
        lifecycle=life.lifecycle,
        retires_on=ends_on(offer, life) if offer else None,
        retirement_dates=life.retirement_dates,
        replacement=life.replacement and catalog.canonical(life.replacement),
        observed_on=held.seen_on,
    )


def _life(held: Held, deployed: Deployment, catalog: Catalog) -> tuple[Offer, Life] | None:
    """The life of what is deployed: of its own region's offer, else as its version is told of."""
    if deployed.model is None:
        return None
    place = (deployed.provider, deployed.region, deployed.version, deployed.deployment_type)
    model = catalog.canonical(deployed.model)
    sightings: Sequence[Sighting] = (*catalog.offers(model), *catalog.gone(model))
    for sighting in sightings:
        offer = sighting.offer
        own = (offer.provider, offer.region, offer.version, offer.deployment_type)
        if own == place and not offer.fine_tuned:
            return offer, catalog.life(sighting)
    offer = Offer(
        provider=deployed.provider,
        region=deployed.region,
        model=deployed.model,
        version=deployed.version,
        deployment_type=deployed.deployment_type,
        usage_name=None,
    )
    return offer, catalog.life(Sighting(offer, held.seen_on, held.snapshot, held.origin))


def quota_names(
    offers: Iterable[Offer], models: Collection[str], canonical: Callable[[str], str]
) -> set[str]:
    """The names of the quotas that the offers of some models (canonical names) draw on."""
    return {
        name
        for offer in offers
        if canonical(offer.model) in models
        for name in (*offer.quota_names, offer.usage_name)
        if name
    }
