"""GPU sizes of virtual machines and the vCPUs that an account may use of them.

A size is an offer for self-hosting: `model` is its name, and it counts against the quota of its
family in vCPUs, as many as one instance has.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from planner.collectors._azure_json import count, entries, items, mapping, number, region_name, text
from planner.core.offers import Billing, Offer, Quota, Scope

DEPLOYMENT_TYPE = "virtual-machine"
RESTRICTED = "restricted="
_TOTAL = "cores"
# Azure's N series have accelerators: "standardNCSv3Family", "Standard NCASv3_T4 Family".
_GPU_FAMILY = re.compile(r"standard\s*n", re.IGNORECASE)


def gpu_sizes_alone(body: bytes) -> bytes:
    """Return a list of sizes without those that have no GPU: the rest is over 90% of it."""
    return msgspec.json.encode({"value": [e for e in entries(body) if _abilities(e).get("GPUs")]})


def read_sizes(sizes: list[dict[str, Any]], region: str, boundary: str | None) -> Iterator[Offer]:
    """Yield the GPU sizes that a region has, restricted ones among them."""
    for size in sizes:
        name, family = text(size.get("name")), text(size.get("family"))
        abilities = _abilities(size)
        if name is None or size.get("resourceType") != "virtualMachines" or "GPUs" not in abilities:
            continue
        vcpus = count(abilities.get("vCPUs"))
        yield Offer(
            provider="azure",
            region=region,
            model=name,
            version=None,
            deployment_type=DEPLOYMENT_TYPE,
            usage_name=None,
            provider_model=name,
            billing=Billing.SELF_HOSTED,
            scope=Scope.REGIONAL,
            boundary=boundary,
            capabilities=tuple(sorted(_words(size, abilities, region))),
            quota_names=(family,) if family else (),
            unit="vCPU",
            units_minimum=vcpus,
            units_step=vcpus,
        )


def read_usages(usages: list[dict[str, Any]], region: str, account: str) -> Iterator[Quota]:
    """Yield the quotas of GPU families, and of all vCPUs of the region together ("cores")."""
    for usage in usages:
        name = text(mapping(usage.get("name")).get("value"))
        if name is not None and (name == _TOTAL or _GPU_FAMILY.match(name)):
            yield Quota(
                provider="azure",
                account=account,
                region=region,
                name=name,
                limit=number(usage.get("limit")),
                used=number(usage.get("currentValue")),
                unit="vCPU",
            )


def _abilities(size: dict[str, Any]) -> dict[str, str]:
    """Return a size's capabilities; those with zero GPUs or none have no "GPUs"."""
    told = {
        name: value
        for item in items(size.get("capabilities"))
        if (name := text(item.get("name"))) and (value := text(item.get("value")))
    }
    if told.get("GPUs") == "0":
        del told["GPUs"]
    return told


def _words(size: dict[str, Any], abilities: dict[str, str], region: str) -> Iterator[str]:
    """Yield what there is to say of a size: GPUs, vCPUs, memory, zones, restrictions."""
    for key, word in (("GPUs", "gpus"), ("vCPUs", "vcpus"), ("MemoryGB", "memory_gib")):
        if key in abilities:
            yield f"{word}={abilities[key]}"
    zones: set[str] = set()
    for place in items(size.get("locationInfo")):
        if region_name(place.get("location")) == region:
            zones |= _zones(place)
    shut: set[str] = set()
    for limit in items(size.get("restrictions")):
        info = mapping(limit.get("restrictionInfo"))
        if limit.get("type") == "Zone":
            shut |= _zones(info)
        elif limit.get("type") == "Location":
            yield f"{RESTRICTED}{text(limit.get('reasonCode')) or 'unknown'}"
    if zones - shut:
        yield f"zones={','.join(sorted(zones - shut))}"
    if shut:
        yield f"restricted_zones={','.join(sorted(shut))}"


def _zones(place: dict[str, Any]) -> set[str]:
    zones = place.get("zones")
    return {z for z in zones if text(z)} if isinstance(zones, list) else set()
