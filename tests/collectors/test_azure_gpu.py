"""Claims about GPU sizes of Azure and the vCPUs that an account may use of them."""

from typing import Any

from planner.core.offers import Billing, Offer, Quota, Scope
from tests.collectors.azure_entries import only, piece, read, usage


def machine(*restrictions: dict[str, Any], name: str = "Standard_NC24ads_A100_v4") -> Any:
    """A GPU size in zones 1 and 3."""
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "family": "Standard NCADSA100v4 Family",
        "locationInfo": [{"location": "SwedenCentral", "zones": ["3", "1"]}],
        "capabilities": [
            {"name": "GPUs", "value": "1"},
            {"name": "vCPUs", "value": "24"},
            {"name": "MemoryGB", "value": "220"},
        ],
        "restrictions": list(restrictions),
    }


SHUT = {"type": "Location", "reasonCode": "NotAvailableForSubscription"}


def test_a_gpu_size_is_an_offer_for_self_hosting() -> None:
    """It takes vCPUs of its family, as many as one instance has."""
    quota = usage("standardNCADSA100v4Family", 48, 24)
    offer = only(piece("gpu-sizes", machine()), piece("gpu-usages", quota))
    assert offer == Offer(
        provider="azure",
        region="swedencentral",
        model="Standard_NC24ads_A100_v4",
        version=None,
        deployment_type="virtual-machine",
        usage_name=None,
        provider_model="Standard_NC24ads_A100_v4",
        billing=Billing.SELF_HOSTED,
        scope=Scope.REGIONAL,
        boundary="se",
        capabilities=("gpus=1", "memory_gib=220", "vcpus=24", "zones=1,3"),
        quota_names=("standardNCADSA100v4Family",),
        unit="vCPU",
        units_minimum=24,
        units_step=24,
    )


def test_restrictions_of_a_size_are_told() -> None:
    """A whole region, or some of its zones."""
    zone = {"type": "Zone", "restrictionInfo": {"zones": ["3"]}, "reasonCode": "x"}
    words = only(piece("gpu-sizes", machine(SHUT, zone))).capabilities
    assert {w for w in words if "zones" in w or "restricted" in w} == {
        "restricted=NotAvailableForSubscription",
        "restricted_zones=3",
        "zones=1",
    }


def test_a_size_that_one_account_may_use_names_it() -> None:
    """The account for which it is restricted is not among those that see it."""
    offer = only(
        piece("gpu-sizes", machine(SHUT), account="a"), piece("gpu-sizes", machine(), account="b")
    )
    assert (offer.accounts, "zones=1,3" in offer.capabilities) == (("b",), True)


def test_machines_without_gpus_are_left_out() -> None:
    """Of sizes and of quotas alike; the total of the region stays."""
    plain = machine() | {"capabilities": [{"name": "vCPUs", "value": "4"}]}
    none = machine() | {"capabilities": [{"name": "GPUs", "value": "0"}]}
    families = ("cores", "standardDSv3Family", "standardNDSH100v5Family")
    harvest = read(
        piece("gpu-sizes", plain, none), piece("gpu-usages", *(usage(name) for name in families))
    )
    assert [r.name for r in harvest.records if isinstance(r, Quota)] == [
        "cores",
        "standardNDSH100v5Family",
    ]
    assert len(harvest.records) == 2
