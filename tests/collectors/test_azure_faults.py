"""Claims about refusals of Azure: which are final, which are tried again, and how often."""

import threading
import time
from collections.abc import Callable

import pytest

from planner.collectors._azure_limits import Clock, Gate, Run
from planner.core.offers import Billing, Offer
from planner.core.snapshots import Status
from tests.cloud.azure import error as refusal
from tests.cloud.server import Reply, Server
from tests.collectors.azure_calls import ask, asked, certificate, fault, kinds, place, start

__all__ = ["certificate", "start"]


def test_denied_quotas_leave_the_offers(start: Callable[..., Server]) -> None:
    """The missing role is named, the region's models are collected."""
    server = start()
    fault(server, "CognitiveServices/locations/swedencentral/usages", refusal(403, "Forbidden"))
    _, harvest = ask()
    entry = place(harvest)
    assert (entry.status, entry.quota_status) == (Status.OK, Status.DENIED)
    assert entry.error is not None
    assert "Cognitive Services Usages Reader" in entry.error
    assert kinds(harvest)["offer"] == 12


def test_denied_models_name_the_role(start: Callable[..., Server]) -> None:
    """The region is denied, and its quotas still land."""
    server = start()
    fault(server, "/models", refusal(403, "AuthorizationFailed"))
    _, harvest = ask()
    entry = place(harvest)
    assert (entry.status, entry.quota_status) == (Status.DENIED, Status.OK)
    assert entry.error == (
        "refused (HTTP 403 AuthorizationFailed); "
        "grant the login the role Reader on the subscription"
    )


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (refusal(404, "NoRegisteredProviderFound"), Status.NOT_OFFERED),
        (refusal(400, "NoRegisteredProviderFound"), Status.NOT_OFFERED),
        (refusal(404, "LocationNotAvailableForResourceType"), Status.NOT_OFFERED),
        (refusal(404, "ResourceNotFound"), Status.FAILED),
        (Reply(status=404, body=b"<html>"), Status.FAILED),
        (Reply(status=302, headers={"Location": "https://example.com/"}), Status.FAILED),
        (refusal(409, "MissingSubscriptionRegistration"), Status.FAILED),
        (
            refusal(
                400,
                "NoRegisteredProviderFound",
                "The supported api-versions are 'a'. "
                "The supported locations are 'eastus, swedencentral'.",
            ),
            Status.FAILED,
        ),
    ],
    ids=lambda value: value.name if isinstance(value, Status) else "",
)
def test_only_known_codes_mean_not_offered(
    start: Callable[..., Server], reply: Reply, status: Status
) -> None:
    """Any other no is a failure, told at once; so is a cloud that lacks the API version."""
    server = start()
    fault(server, "/models", reply)
    _, harvest = ask()
    assert place(harvest).status is status
    assert asked(server, "/models") == 1


PASSING = {
    "408": Reply(status=408),
    "409": refusal(409, "Conflict"),
    "500": Reply(status=500),
    "502": Reply(status=502, body=b"<html>"),
    "503": Reply(status=503),
    "504": Reply(status=504),
    "429": Reply(status=429),
    "reset": Reply(reset=True),
    "short": Reply(body={"value": []}, short=4),
}


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_trouble_is_got_over(start: Callable[..., Server], name: str) -> None:
    """Twice refused, then answered: the region is whole."""
    server = start()
    fault(server, "/models", PASSING[name], times=2)
    _, harvest = ask()
    assert place(harvest).status is Status.OK
    assert asked(server, "/models") == 3


@pytest.mark.parametrize("name", PASSING)
def test_a_lasting_trouble_is_given_up(start: Callable[..., Server], name: str) -> None:
    """After four tries the region failed, or is throttled; nothing of it is made up."""
    server = start()
    fault(server, "/models", PASSING[name])
    _, harvest = ask()
    assert place(harvest).status is (Status.THROTTLED if name == "429" else Status.FAILED)
    assert asked(server, "/models") == 4
    offers = [r for r in harvest.records if isinstance(r, Offer)]
    assert {o.billing for o in offers} == {Billing.SELF_HOSTED}


def test_retry_after_is_honoured(start: Callable[..., Server]) -> None:
    """One more try after the wait, which does not count against the region's own time."""
    server = start()
    fault(server, "/models", Reply(status=429, headers={"Retry-After": "1"}), times=1)
    _, harvest = ask(region_seconds=0.9)
    assert place(harvest).status is Status.OK
    assert asked(server, "/models") == 2


@pytest.mark.parametrize("wait", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_an_hour_of_waiting_is_refused(start: Callable[..., Server], wait: str) -> None:
    """Then the region is throttled at once."""
    server = start()
    fault(server, "/models", Reply(status=429, headers={"Retry-After": wait}))
    _, harvest = ask()
    assert place(harvest).status is Status.THROTTLED
    assert asked(server, "/models") == 1


def test_waiting_ends_with_the_run(start: Callable[..., Server]) -> None:
    """A minute's wait that the deadline does not leave is not begun."""
    server = start()
    fault(server, "/models", Reply(status=429, headers={"Retry-After": "50"}))
    _, harvest = ask()
    entry = place(harvest)
    assert (entry.status, entry.error) == (Status.THROTTLED, "HTTP 429 until the run's deadline")


def test_refusals_leave_fewer_requests_at_once() -> None:
    """Two refusals make two of eight."""
    gate = Gate(8)
    gate.refused()
    gate.refused()
    clock = Clock(Run(10), 10)
    under_way, most, lock = [0], [0], threading.Lock()

    def work() -> None:
        with gate.passed(clock):
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            time.sleep(0.01)
            with lock:
                under_way[0] -= 1

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [2]
