"""Claims about collecting from Azure: a whole world, from a stand-in over TLS."""

import logging
import time
from collections.abc import Callable, Generator

import pytest

from planner.collectors import Account, Request
from planner.collectors.azure import AzureCollector
from planner.core.offers import Billing, Deployment, Offer, Quota
from planner.core.snapshots import Status
from tests.cloud.azure import CLIENT, SECRET, TENANT, TOKEN, AzureCloud
from tests.cloud.azure import error as refusal
from tests.cloud.server import Reply, Server
from tests.collectors.azure_calls import (
    MAIN,
    SECOND,
    alias,
    ask,
    asked,
    certificate,
    fault,
    place,
    start,
)

__all__ = ["certificate", "start"]


def test_all_subscriptions_and_regions_are_read(start: Callable[..., Server]) -> None:
    """Two accounts, four regions with models and one more with machines alone: all of it lands."""
    start()
    _, harvest = ask(accounts=(), regions=())
    main = {(e.account, e.region) for e in harvest.coverage if "meter" in e.kinds}
    places = ("swedencentral", "eastus2", "westeurope", "japaneast")
    assert main == {(a, r) for a in ("main", "second-team") for r in places}
    assert {e.status for e in harvest.coverage} == {Status.OK}
    offers = [r for r in harvest.records if isinstance(r, Offer)]
    assert {o.region for o in offers if o.billing is Billing.SELF_HOSTED} == {*places, "southindia"}
    assert {o.model for o in offers if o.billing is not Billing.SELF_HOSTED} == {
        "gpt-4o",
        "gpt-4.1",
        "gpt-5.1",
        "text-embedding-3-large",
        "llama-3.3-70b",
    }


def test_nothing_is_written_to_the_cloud(start: Callable[..., Server]) -> None:
    """All that is sent is GET, but for the login."""
    server = start()
    ask(accounts=(), regions=(), capacity_models=("gpt-4.1",))
    assert {s.path.rpartition("/")[2] for s in server.seen if s.method != "GET"} == {"token"}


def test_what_two_subscriptions_see_alike_is_one_offer(start: Callable[..., Server]) -> None:
    """Such an offer names no account; quotas stay apart."""
    start()
    _, harvest = ask(accounts=())
    offers = [r for r in harvest.records if isinstance(r, Offer)]
    assert {o.accounts for o in offers} == {()}
    quotas = {
        r.account: (r.limit, r.used)
        for r in harvest.records
        if isinstance(r, Quota) and r.name == "OpenAI.GlobalStandard.gpt-4o"
    }
    assert quotas == {"main": (450, 50), "second-team": (225, 0)}


def test_named_accounts_alone_are_asked(start: Callable[..., Server]) -> None:
    """A named subscription needs no list of subscriptions, and goes by the name given."""
    server = start()
    _, harvest = ask(accounts=(Account(id=SECOND, alias="team"),))
    assert {e.account for e in harvest.coverage} == {"team"}
    assert asked(server, "/subscriptions") == 0
    assert [s for s in server.seen if MAIN in s.path] == []


def test_the_environment_names_a_subscription(
    start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """AZURE_SUBSCRIPTION_ID narrows the run to one of those that the login sees."""
    start()
    monkeypatch.setenv("AZURE_SUBSCRIPTION_ID", SECOND)
    _, harvest = ask(accounts=())
    assert {e.account for e in harvest.coverage} == {"second-team"}


def test_disabled_subscriptions_are_left_out(start: Callable[..., Server]) -> None:
    """Where none is enabled, the provider is denied and the role is named."""
    server = start()
    gone = {"subscriptionId": MAIN, "displayName": "Main", "state": "Disabled"}
    fault(server, "/subscriptions", Reply(body={"value": [gone]}))
    _, harvest = ask(accounts=())
    (entry,) = harvest.coverage
    assert (entry.region, entry.status) == (None, Status.DENIED)
    assert entry.error is not None
    assert "Reader" in entry.error


def test_deployments_are_listed_by_resource(start: Callable[..., Server]) -> None:
    """What runs in AI resources; a form recogniser holds no deployments and is not asked."""
    server = start()
    _, harvest = ask()
    found = [r for r in harvest.records if isinstance(r, Deployment)]
    assert [(d.name, d.model, d.deployment_type, d.units) for d in found] == [
        ("assistant/chat", "gpt-4o", "GlobalStandard", 50),
        ("assistant/search", "text-embedding-3-large", "Standard", 100),
    ]
    assert asked(server, "/deployments") == 1


def test_pages_are_followed(start: Callable[..., Server]) -> None:
    """A list in pages of two is the same list."""
    start()
    _, whole = ask()
    start(AzureCloud(page_size=2))
    _, paged = ask()
    assert set(paged.records) == set(whole.records)


def test_progress_is_told(start: Callable[..., Server]) -> None:
    """Each answer is counted, and at the end all are."""
    start()
    told: list[tuple[str, int, int]] = []
    request = Request(alias=alias, regions=("swedencentral",))
    list(AzureCollector().fetch(request, lambda *now: told.append(now)))
    assert [done for _, done, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][1] == told[-1][2]


def test_a_region_without_ai_services_is_not_offered(start: Callable[..., Server]) -> None:
    """A region that was named gets its answer, from the list of SKUs alone."""
    server = start()
    _, harvest = ask(regions=("southindia",))
    assert place(harvest, "southindia").status is Status.NOT_OFFERED
    assert asked(server, "/models") == 0


def test_without_the_list_of_skus_all_locations_are_asked(start: Callable[..., Server]) -> None:
    """Which regions have AI services is then told by each of them."""
    server = start()
    fault(server, "CognitiveServices/skus", Reply(status=500))
    _, harvest = ask(regions=())
    found = {e.region: e.status for e in harvest.coverage if "meter" in e.kinds}
    assert found["southindia"] is Status.NOT_OFFERED
    assert found["swedencentral"] is Status.OK
    assert len(found) == 5


def test_the_deadline_ends_the_run(start: Callable[..., Server]) -> None:
    """What was not read by then failed, each place by name."""
    server = start()
    server.latency = 0.3
    pieces, harvest = ask(deadline_seconds=2, concurrency=1)
    late = [p for p in pieces if p.error == "not read before the run's deadline"]
    assert late
    assert harvest.coverage
    assert Status.FAILED in {entry.status for entry in harvest.coverage}


def test_a_run_that_is_left_asks_no_more(start: Callable[..., Server]) -> None:
    """Closing the iterator, as Ctrl-C does, ends the questions."""
    server = start()
    pieces = AzureCollector().fetch(Request(alias=alias, concurrency=1), lambda *_: None)
    next(pieces)
    assert isinstance(pieces, Generator)
    pieces.close()
    time.sleep(0.2)
    before = len(server.seen)
    time.sleep(0.2)
    assert len(server.seen) == before


def test_secrets_appear_nowhere(
    start: Callable[..., Server],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Token, secret, tenant, client and subscriptions: in no record, error, note, log or output."""
    caplog.set_level(logging.WARNING)
    told = []
    for reply in (None, refusal(403, "Forbidden", f"{TOKEN} {MAIN}"), Reply(reset=True)):
        server = start()
        if reply is not None:
            for part in ("/models", "/usages", "/skus", "/accounts"):
                fault(server, part, reply)
        pieces, harvest = ask(accounts=(), regions=())
        told += [repr(harvest), *(str(p.error) for p in pieces)]
    output = capfd.readouterr()
    everything = "\n".join([*told, caplog.text, output.out, output.err])
    secrets = (TOKEN, SECRET, TENANT, CLIENT, MAIN, SECOND)
    assert [secret for secret in secrets if secret in everything] == []
