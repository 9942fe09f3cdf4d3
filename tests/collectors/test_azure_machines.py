"""Claims about GPU machines and other questions beside the models."""

from collections.abc import Callable

import pytest

from planner.core.offers import Quota
from planner.core.snapshots import Status
from tests.cloud.azure import REGIONS
from tests.cloud.azure import error as refusal
from tests.cloud.server import Reply, Server
from tests.collectors.azure_calls import MAIN, ask, certificate, fault, place, start

__all__ = ["certificate", "start"]


def test_machines_that_fail_leave_the_models(start: Callable[..., Server]) -> None:
    """The region's models are whole; the GPU sizes have their own failed entry."""
    server = start()
    fault(server, "Microsoft.Compute/skus", Reply(status=400))
    _, harvest = ask()
    assert place(harvest).status is Status.OK
    own = [e for e in harvest.coverage if e.status is not Status.OK]
    assert [(e.region, e.kinds, e.error) for e in own] == [
        ("swedencentral", ("offer", "quota"), "GPU sizes: HTTP 400")
    ]


def test_machines_that_are_denied_are_a_note(start: Callable[..., Server]) -> None:
    """Who does not host models need not have the right to ask."""
    server = start()
    for part in ("Microsoft.Compute/skus", "Microsoft.Compute/locations/swedencentral/usages"):
        fault(server, part, refusal(403, "AuthorizationFailed"))
    _, harvest = ask()
    assert {e.status for e in harvest.coverage} == {Status.OK}
    assert [note.partition(":")[0] for note in sorted(harvest.notes)] == [
        "main GPU quotas of 1 regions",
        "main GPU sizes of 1 regions",
    ]


@pytest.mark.parametrize(
    ("reply", "told"),
    [
        (Reply(status=404), "HTTP 404"),
        (refusal(404, "InvalidResourceType"), "HTTP 404 InvalidResourceType"),
        (
            refusal(404, "NoRegisteredProviderFound"),
            "not offered here (NoRegisteredProviderFound)",
        ),
        (
            refusal(409, "MissingSubscriptionRegistration"),
            "the resource provider is not registered (HTTP 409 MissingSubscriptionRegistration)",
        ),
    ],
    ids=["plain", "type", "provider", "registration"],
)
def test_machines_that_an_account_never_used_are_a_note(
    start: Callable[..., Server], reply: Reply, told: str
) -> None:
    """Where no region of an account answers, it is Compute that is missing, and no trouble."""
    server = start()
    for region in (*REGIONS, "southindia"):
        fault(server, f"Compute/locations/{region}/usages", reply)
    fault(server, "Microsoft.Compute/skus", reply)
    _, harvest = ask(regions=())
    assert {e.status for e in harvest.coverage} == {Status.OK}
    assert {e.quota_status for e in harvest.coverage} == {Status.OK, None}
    assert [r for r in harvest.records if getattr(r, "unit", None) == "vCPU"] == []
    hint = "register Microsoft.Compute if you want them"
    assert sorted(harvest.notes) == [
        f"main GPU quotas of 5 regions: {told}; {hint}",
        f"main GPU sizes of 5 regions: {told}; {hint}",
    ]


def test_where_some_regions_answer_the_others_failed(start: Callable[..., Server]) -> None:
    """Compute is there then: a region without it is a trouble of its own."""
    server = start()
    for region in REGIONS:
        fault(server, f"Compute/locations/{region}/usages", refusal(404, "InvalidResourceType"))
    _, harvest = ask(regions=())
    lost = [e for e in harvest.coverage if Status.FAILED in (e.status, e.quota_status)]
    assert sorted(e.region or "" for e in lost) == sorted(REGIONS)
    assert {e.error for e in lost} == {"GPU quotas: HTTP 404 InvalidResourceType"}
    assert harvest.notes == ()


def test_each_account_is_looked_at_alone(start: Callable[..., Server]) -> None:
    """One without Compute is a note, whatever the other one may use."""
    server = start()
    for what in ("skus", "locations/swedencentral/usages"):
        fault(server, f"{MAIN}/providers/Microsoft.Compute/{what}", Reply(status=404))
    _, harvest = ask(accounts=())
    assert {e.status for e in harvest.coverage} == {Status.OK}
    assert [note.partition(":")[0] for note in sorted(harvest.notes)] == [
        "main GPU quotas of 1 regions",
        "main GPU sizes of 1 regions",
    ]
    quotas = [r for r in harvest.records if isinstance(r, Quota) and r.unit == "vCPU"]
    assert {quota.account for quota in quotas} == {"second-team"}


def test_deployments_that_fail_are_told_by_region(start: Callable[..., Server]) -> None:
    """The region of the resource that was not read failed for deployments alone."""
    server = start()
    fault(server, "/deployments", Reply(status=404))
    _, harvest = ask()
    entries = [e for e in harvest.coverage if "deployment" in e.kinds]
    assert [(e.region, e.status) for e in entries] == [("swedencentral", Status.FAILED)]
    assert place(harvest).status is Status.OK
