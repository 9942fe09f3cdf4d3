"""What several subscriptions see of one region, as one record where they see the same."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from planner.collectors._azure_gpu import RESTRICTED
from planner.core.offers import AnyRecord, Billing, Meter, Offer

Variant = tuple[Offer | Meter, list[str]]


class Merger:
    """Collects offers and meters by account. Of those that differ, see `_one`."""

    def __init__(self) -> None:
        self._variants: dict[tuple[Any, ...], list[Variant]] = {}
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
            variants = self._variants.setdefault(_key(record), [])
            for known, aliases in variants:
                if known == record:
                    aliases.append(alias)
                    break
            else:
                variants.append((record, [alias]))

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


def _one(variants: list[Variant]) -> tuple[Offer | Meter, list[str]]:
    """Return one record of what accounts see differently, and who sees it.

    A machine size is that of the accounts that may use it. Of a model, what differs is unknown,
    and lists (dates, capabilities, charges) are joined.
    """
    if len(variants) == 1:
        return variants[0]
    aliases = sorted(alias for _, names in variants for alias in names)
    first = variants[0][0]
    if isinstance(first, Offer) and first.billing is Billing.SELF_HOSTED:
        free = [v for v in variants if isinstance(v[0], Offer) and not _restricted(v[0])]
        usable = sorted(free or variants, key=lambda variant: min(variant[1]))
        return usable[0][0], [alias for _, names in usable for alias in names]
    changed: dict[str, Any] = {}
    for field in first.__struct_fields__:
        values = [getattr(record, field) for record, _ in variants]
        if any(value != values[0] for value in values):
            joined = isinstance(values[0], tuple)
            changed[field] = _joined(values) if joined else None
    return msgspec.structs.replace(first, **changed), aliases


def _key(record: Offer | Meter) -> tuple[Any, ...]:
    """Return the identity of a record, as a tuple that is quick to make."""
    return (
        type(record),
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
