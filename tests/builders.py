"""Small builders of records: a test names what it is about, the rest has a plain value."""

import datetime as dt
from typing import Any

from planner.core.catalog import Catalog
from planner.core.offers import AnyRecord, AppliesTo, Lifecycle, Offer, Quota, Retirement
from planner.core.snapshots import Coverage, Origin, Snapshot

JUNE = "2026-06-03"


def day(text: str) -> dt.date:
    """A date as text."""
    return dt.date.fromisoformat(text)


def offer(region: str = "eastus2", model: str = "gpt-4o", **fields: Any) -> Offer:
    """An Azure GlobalStandard offer of one version of gpt-4o."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "version": "2024-11-20",
        "deployment_type": "GlobalStandard",
        "usage_name": None,
    }
    return Offer(region=region, model=model, **(usual | fields))


def lifecycle(retires_on: str | None = None, model: str = "gpt-4o", **fields: Any) -> Lifecycle:
    """A document's word on the base model of one version of gpt-4o, in every deployment type."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "version": "2024-11-20",
        "deployment_type": None,
        "applies_to": AppliesTo.BASE,
    }
    ends = None if retires_on is None else day(retires_on)
    return Lifecycle(model=model, retires_on=ends, **(usual | fields))


def quota(region: str = "eastus2", account: str = "main-1a2b", **fields: Any) -> Quota:
    """A quota of an account, 300 thousand tokens per minute."""
    usual: dict[str, Any] = {
        "provider": "azure",
        "name": "OpenAI.Standard.gpt-4o",
        "limit": 300,
        "used": 20,
    }
    return Quota(region=region, account=account, **(usual | fields))


def retires(on: str, applies_to: AppliesTo | None = AppliesTo.BASE) -> Retirement:
    """A retirement date of base deployments."""
    return Retirement(on=day(on), applies_to=applies_to)


def looked(*regions: str | None, **fields: Any) -> tuple[Coverage, ...]:
    """Each region read whole, for offers."""
    return tuple(Coverage(region=region, **fields) for region in regions)


def snapshot(
    *records: AnyRecord,
    on: str = JUNE,
    coverage: tuple[Coverage, ...] | None = None,
    **fields: Any,
) -> Snapshot:
    """A snapshot of records; unless told otherwise, their regions were read whole, for offers."""
    if coverage is None:
        coverage = looked(*sorted({r.region for r in records if isinstance(r, Offer)}))
    usual: dict[str, Any] = {
        "provider": records[0].provider if records else "azure",
        "origin": Origin.API,
    }
    return Snapshot(date=day(on), coverage=coverage, records=records, **(usual | fields))


def catalog(*carried: Snapshot, own: tuple[Snapshot, ...] = (), on: str = "2026-11-20") -> Catalog:
    """A catalog whose model names are their own canonical names."""
    return Catalog(own, carried, day(on))
