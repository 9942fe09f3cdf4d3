"""What accounts may use, as their newest looks tell it: quotas, capacity, and what was denied."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from planner.core.offers import Offer, Quota, RegionCapacity
from planner.core.snapshots import Coverage, Origin, Snapshot, Status

NOT_ENABLED = "region not enabled for this account"
"""How a collection says of a region that the account has not opted in to it."""

Pools = Callable[[str, str, str], Collection[str]]
"""(provider, region, quota name) -> the models that draw on it"""


class Allowances:
    """The accounts' side of some snapshots, those that count most first.

    `canonical` maps a provider's spelling of a model to the one name that all providers share,
    `pools` tells who draws on a quota.
    """

    def __init__(
        self, ranked: Iterable[Snapshot], canonical: Callable[[str], str], pools: Pools
    ) -> None:
        self._canonical = canonical
        self._pools = pools
        self._quotas: dict[tuple[str, str, str], list[Quota]] = {}
        self._capacities: dict[tuple[object, ...], int | None] = {}
        self._denied: dict[tuple[str, str], str | None] = {}
        self._lost_quotas: dict[tuple[str, str], str | None] = {}
        for snapshot in ranked:
            self._hold(snapshot)
            if snapshot.origin is Origin.ACCOUNT:
                self._note_denials(snapshot)

    def quotas(self, offer: Offer) -> tuple[Quota, ...]:
        """The newest quotas of each account that an offer counts against; () if none is known."""
        return tuple(
            quota
            for (provider, region, _), own in self._quotas.items()
            if (provider, region) == (offer.provider, offer.region)
            for quota in own
            if quota.name in offer.quota_names
        )

    def knows_quotas(self, provider: str, region: str) -> bool:
        """Whether some account told any quota of a region."""
        return any((seller, place) == (provider, region) for seller, place, _ in self._quotas)

    def lost_quotas(self, provider: str, region: str) -> str | None:
        """Why the newest look of an account at a region brought no quotas; None where it did."""
        return self._lost_quotas.get((provider, region))

    def sharers(self, offer: Offer, name: str) -> int:
        """How many other models draw on a quota of an offer's region."""
        users = {self._canonical(m) for m in self._pools(offer.provider, offer.region, name)}
        return len(users - {self._canonical(offer.model)})

    def free(self, provider: str, region: str, name: str) -> float | None:
        """What the account with the most has left of a quota, by its name without case or blanks.

        None where no account told limit and use.
        """
        left = [
            quota.free
            for (seller, place, _), own in self._quotas.items()
            if (seller, place) == (provider, region)
            for quota in own
            if _same_name(quota.name, name) and quota.free is not None
        ]
        return max(left, default=None)

    def capacity(self, offer: Offer) -> int | None:
        """How many units of an offer its region could still deploy; None if that is unknown."""
        return self._capacities.get(self._capacity_key(offer))

    def denied(self, provider: str, region: str) -> str | None:
        """Why the newest look at a region was denied to each account; None where one was not.

        A region that was left out since no account has enabled it counts as denied.
        """
        return self._denied.get((provider, region))

    def _capacity_key(self, record: Offer | RegionCapacity) -> tuple[object, ...]:
        model = self._canonical(record.model)
        return record.provider, record.region, model, record.version, record.deployment_type

    def _hold(self, snapshot: Snapshot) -> None:
        """Keep an account's quotas of a region, and capacities, that no newer snapshot told."""
        told: dict[tuple[str, str, str], list[Quota]] = defaultdict(list)
        for record in snapshot.records:
            if isinstance(record, Quota):
                told[record.provider, record.region, record.account].append(record)
            elif isinstance(record, RegionCapacity):
                self._capacities.setdefault(self._capacity_key(record), record.available_units)
        for place, quotas in told.items():
            self._quotas.setdefault(place, quotas)

    def _note_denials(self, snapshot: Snapshot) -> None:
        looks: dict[str, list[Coverage]] = defaultdict(list)
        for entry in snapshot.coverage:
            if entry.region is not None and "offer" in entry.kinds:
                looks[entry.region].append(entry)
        for region, entries in looks.items():
            place = (snapshot.provider, region)
            shut = all(map(_is_shut, entries))
            self._denied.setdefault(place, (entries[0].error or "access denied") if shut else None)
            lost = [e.error or "they could not be read" for e in entries if _lost_quotas(e)]
            self._lost_quotas.setdefault(place, next(iter(lost), None))


def _is_shut(entry: Coverage) -> bool:
    unasked = entry.status is Status.NOT_OFFERED and (entry.error or "").startswith(NOT_ENABLED)
    return entry.status is Status.DENIED or unasked


def _lost_quotas(entry: Coverage) -> bool:
    return entry.quota_status is not None and not entry.quota_status.was_read


def _same_name(name: str, other: str) -> bool:
    """Families come with blanks and capitals at will: "standard NDAMSv4_A100Family"."""
    return name.replace(" ", "").casefold() == other.replace(" ", "").casefold()
