"""What several subscriptions see of one region, as one record where they see the same."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from planner.collectors._azure_gpu import RESTRICTED
from planner.core.offers import AnyRecord, Billing, Meter, Offer


class Variant(msgspec.Struct, gc=False):
    """A record as some accounts see it."""

    record: Offer | Meter
    aliases: tuple[str, ...]


class Merger:
    """Collects offers and meters by account. Of those that differ, see `_one`.

    A hundred thousand records are held here, nearly all of one variant, so that what holds them
    is small and none of the garbage collector's business.
    """

    def __init__(self) -> None:
        self._variants: dict[tuple[str | None, ...], tuple[Variant, ...]] = {}
        self._readers: dict[tuple[str, str], set[str]] = {}

    def take(
        self, what: str, account: str | None, region: str, records: Iterable[AnyRecord]
    ) -> None:
        """Keep what an account sees in a region; `what` was asked there."""
        alias = account or ""
        self._readers.setdefault((what, region), set()).add(alias)
        for record in records:
            if not isinstance(record, Offer | Meter):
                continue
            key = _key(record)
            variants = self._variants.get(key, ())
            same = next((v for v in variants if v.record == record), None)
            if same is None:
                self._variants[key] = (*variants, Variant(record, (alias,)))
            else:
                same.aliases += (alias,)

    def records(self, spelled: Callable[[str, str], str | None]) -> Iterator[Offer | Meter]:
        """Yield one record an identity; `spelled` gives a quota's own spelling in a region."""
        for variants in self._variants.values():
            record, aliases = _one(variants)
            if isinstance(record, Meter):
                yield record
                continue
            machine = record.billing is Billing.SELF_HOSTED
            readers = self._readers["gpu-sizes" if machine else "models", record.region]
            accounts = () if set(aliases) == readers else tuple(sorted(aliases))
            names = tuple(spelled(record.region, name) or name for name in record.quota_names)
            if accounts or names != record.quota_names:
                record = msgspec.structs.replace(record, accounts=accounts, quota_names=names)
            yield record


def _one(variants: tuple[Variant, ...]) -> tuple[Offer | Meter, tuple[str, ...]]:
    """Return one record of what accounts see differently, and who sees it.

    A machine size is that of the accounts that may use it. Of a model, what differs is unknown,
    and lists (dates, capabilities, charges) are joined.
    """
    first = variants[0].record
    if len(variants) == 1:
        return first, variants[0].aliases
    if isinstance(first, Offer) and first.billing is Billing.SELF_HOSTED:
        free = [v for v in variants if isinstance(v.record, Offer) and not _restricted(v.record)]
        usable = sorted(free or variants, key=lambda variant: min(variant.aliases))
        return usable[0].record, tuple(alias for v in usable for alias in v.aliases)
    changed: dict[str, Any] = {}
    for field in first.__struct_fields__:
        values = [getattr(variant.record, field) for variant in variants]
        if any(value != values[0] for value in values):
            joined = isinstance(values[0], tuple)
            changed[field] = _joined(values) if joined else None
    aliases = sorted(alias for variant in variants for alias in variant.aliases)
    return msgspec.structs.replace(first, **changed), tuple(aliases)


def _key(record: Offer | Meter) -> tuple[str | None, ...]:
    """Return the identity of a record, as a tuple that is quick to make."""
    return (
        record.kind,
        record.region,
        record.model,
        record.version,
        record.deployment_type,
        record.usage_name,
    )


def _restricted(offer: Offer) -> bool:
    return any(word.startswith(RESTRICTED) for word in offer.capabilities)


def _joined(values: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(sorted({item for value in values for item in value}, key=repr))
