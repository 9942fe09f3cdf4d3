"""What an account holds: quotas and deployments; and what regions could still deploy."""

import re
from typing import Any

import msgspec

from planner.collectors._azure_json import count, mapping, number, region_name, text
from planner.collectors._azure_models import ModelReader
from planner.core.offers import Deployment, Quota, RegionCapacity

_DEPLOYMENT_ID = re.compile(r".*/accounts/([^/]+)/deployments/[^/]+", re.IGNORECASE)

_UNITS = (
    (re.compile(r"throughput unit"), "PTU"),
    (re.compile(r"enqueued.*(?:tokens \(thousands\)|one thousand)"), "thousand enqueued tokens"),
    (re.compile(r"enqueued.*ten thousand"), "ten thousand enqueued tokens"),
    (re.compile(r"tokens per minute \(thousands\)"), "thousand tokens per minute"),
    (re.compile(r"\bone thousand tokens per minute"), "thousand tokens per minute"),
    (re.compile(r"((?:\w+ )?thousand) tokens per minute"), r"\1 tokens per minute"),
    (re.compile(r"requests per minute"), "requests per minute"),
)
"""What a quota's display name says of its unit; the API's own unit is "Count" throughout."""


def read_quota(usage: dict[str, Any], region: str, account: str) -> Quota | None:
    """Return the quota of a usage; None where it has no name."""
    told = mapping(usage.get("name"))
    name = text(told.get("value"))
    if name is None:
        return None
    return Quota(
        provider="azure",
        account=account,
        region=region,
        name=name,
        limit=number(usage.get("limit")),
        used=number(usage.get("currentValue")),
        unit=unit_in_words(text(told.get("localizedValue")), text(usage.get("unit"))),
    )


def unit_in_words(display_name: str | None, unit: str | None) -> str | None:
    """Return a quota's unit, from what it is called on the portal, else the API's own."""
    words = (display_name or "").lower()
    for pattern, meaning in _UNITS:
        if match := pattern.search(words):
            return match.expand(meaning)
    return unit.lower() if unit else None


def read_deployment(
    entry: dict[str, Any], region: str, account: str, models: ModelReader
) -> Deployment | None:
    """Return a deployment under the names of its resource and its own; None where it has none."""
    found = _DEPLOYMENT_ID.fullmatch(str(entry.get("id")))
    name = text(entry.get("name"))
    if name is None:
        return None
    sku = mapping(entry.get("sku"))
    model = mapping(mapping(entry.get("properties")).get("model"))
    own, version = text(model.get("name")), text(model.get("version"))
    return Deployment(
        provider="azure",
        account=account,
        region=region,
        # Two resources of one region may give one name to two deployments.
        name=f"{found[1]}/{name}" if found else name,
        model=own and models.canonical(own, version),
        version=version,
        deployment_type=text(sku.get("name")),
        units=count(sku.get("capacity")),
    )


def read_capacity(entry: dict[str, Any], models: ModelReader) -> RegionCapacity | None:
    """Return what a region could deploy of a model; None where that is not told."""
    told = mapping(entry.get("properties"))
    model = mapping(told.get("model"))
    name, version = text(model.get("name")), text(model.get("version"))
    region, sku = region_name(entry.get("location")), text(told.get("skuName"))
    if name is None or region is None or sku is None:
        return None
    return RegionCapacity(
        provider="azure",
        region=region,
        model=models.canonical(name, version),
        version=version,
        deployment_type=sku,
        available_units=count(told.get("availableCapacity")),
        available_finetune_units=count(told.get("availableFinetuneCapacity")),
    )


def lesser(one: RegionCapacity, other: RegionCapacity) -> RegionCapacity:
    """Return what both of Azure's models have that are one by the canonical name."""

    def least(a: int | None, b: int | None) -> int | None:
        return None if a is None or b is None else min(a, b)

    return msgspec.structs.replace(
        one,
        available_units=least(one.available_units, other.available_units),
        available_finetune_units=least(
            one.available_finetune_units, other.available_finetune_units
        ),
    )
