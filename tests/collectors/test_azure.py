"""Claims about collecting from Azure: the real SDK over TLS, from a stand-in that fails at will."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.collectors import Account, Facts, Harvest, Piece, Request
from planner.collectors._azure_limits import Clock, Gate, Limits, Run
from planner.collectors.azure import AzureCollector
from planner.core.offers import Billing, Deployment, Offer, Quota, RegionCapacity
from planner.core.snapshots import Coverage, Status
from planner.files.facts import model_names, regions
from tests.cloud.azure import CLIENT, SECRET, SUBSCRIPTIONS, TENANT, TOKEN, AzureCloud
from tests.cloud.azure import error as refusal
from tests.cloud.azure import settings as environment
from tests.cloud.server import Fault, Reply, Seen, Server, bomb, serving
from tests.cloud.tls import make_certificate

FACTS = Facts(model_names(), regions())
MAIN, SECOND = SUBSCRIPTIONS
QUICK = Limits(backoff_seconds=0.02)
NAMES = ("AZURE_SUBSCRIPTION_ID", "AZURE_TOKEN_CREDENTIALS", "IDENTITY_ENDPOINT", "MSI_ENDPOINT")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for the tests of this file."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def start(
    certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Server]]:
    """Start stand-ins, and point the environment at the last one."""
    servers: list[Server] = []

    def started(cloud: AzureCloud | None = None) -> Server:
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        server = Server((cloud or AzureCloud()).cloud, certificate)
        servers.append(server)
        for name, value in environment(server.url, str(certificate[0])).items():
            monkeypatch.setenv(name, value)
        return server

    yield started
    for server in servers:
        server.close()


def alias(account: str, name: str) -> str:
    """The alias of an account: its name."""
    return name.lower().replace(" ", "-") or f"unnamed-{account[:2]}"


def ask(limits: Limits = QUICK, **wanted: Any) -> tuple[list[Piece], Harvest]:
    """What a collection brings of the main subscription, in swedencentral unless told."""
    usual: dict[str, Any] = {
        "accounts": (Account(id=MAIN, alias="main"),),
        "regions": ("swedencentral",),
        "deadline_seconds": 20,
    }
    collector = AzureCollector(limits)
    request = Request(alias=alias, **(usual | wanted))
    pieces = list(collector.fetch(request, lambda *_: None))
    return pieces, collector.parse(pieces, FACTS)


def place(harvest: Harvest, region: str | None = "swedencentral") -> Coverage:
    """The entry of a region's models and quotas."""
    return next(e for e in harvest.coverage if e.region == region and "meter" in e.kinds)


def fault(server: Server, part: str, reply: Reply, times: int | None = None) -> None:
    """Have requests whose path ends in `part` answered by a reply."""
    matches = _ends(part)
    server.faults.append(Fault(matches=matches, reply=reply, times=times))


def _ends(part: str) -> Callable[[Seen], bool]:
    return lambda seen: seen.path.endswith(part)


def asked(server: Server, part: str) -> int:
    """How many requests had a path with this end."""
    return sum(seen.path.endswith(part) for seen in server.seen)


def kinds(harvest: Harvest) -> Counter[str]:
    """The records by kind."""
    return Counter(record.kind for record in harvest.records)


# --- a whole world


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


def test_capacity_is_asked_of_the_named_models(start: Callable[..., Server]) -> None:
    """One question a version brings all regions; other models are not asked about."""
    server = start()
    _, harvest = ask(accounts=(), capacity_models=("GPT-4.1",))
    found = [r for r in harvest.records if isinstance(r, RegionCapacity)]
    assert {(c.region, c.model, c.available_units) for c in found} == {
        ("swedencentral", "gpt-4.1", 0),
        ("eastus2", "gpt-4.1", 300),
        ("westeurope", "gpt-4.1", 600),
        ("japaneast", "gpt-4.1", 900),
    }
    assert asked(server, "/modelCapacities") == 1


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


# --- login


def test_a_wrong_secret_stops_at_the_door(start: Callable[..., Server]) -> None:
    """One piece says so and how to log in; the management API is not asked at all."""
    server = start()
    denied = {"error": "invalid_client", "error_description": "AADSTS7000215: no"}
    fault(server, "/token", Reply(status=401, body=denied))
    pieces, harvest = ask()
    assert [(p.what, p.status) for p in pieces] == [("login", Status.DENIED)]
    assert pieces[0].error == (
        "no login (AADSTS7000215); run az login, "
        "or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
    )
    assert asked(server, "/skus") == 0
    (entry,) = harvest.coverage
    assert set(entry.kinds) == {"offer", "meter", "quota", "deployment", "capacity"}


def test_an_expired_login_stops_the_run(start: Callable[..., Server]) -> None:
    """The first 401 of the management API ends it, with the login command."""
    server = start()
    fault(server, "swedencentral/models", refusal(401, "ExpiredAuthenticationToken"))
    pieces, _ = ask()
    last = pieces[-1]
    assert (last.what, last.region, last.status) == ("login", None, Status.DENIED)
    assert last.error is not None
    assert "az login" in last.error
    assert asked(server, "swedencentral/models") == 1


def test_a_subscription_of_another_tenant_is_denied_alone(start: Callable[..., Server]) -> None:
    """Its 401 is no end of the login: the others go on."""
    server = start()
    for part in (f"{MAIN}/locations", f"{MAIN}/providers/Microsoft.CognitiveServices/skus"):
        fault(server, part, refusal(401, "InvalidAuthenticationTokenTenant"))
    _, harvest = ask(accounts=(), regions=())
    lost = [e for e in harvest.coverage if e.account == "main" and "meter" in e.kinds]
    assert [(e.region, e.status) for e in lost] == [(None, Status.DENIED)]
    read = [e for e in harvest.coverage if e.account == "second-team" and "meter" in e.kinds]
    assert {e.status for e in read} == {Status.OK}
    assert len(read) == 4


def test_an_untrusted_certificate_says_how_to_trust_it(
    start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variable that names a certificate authority stands in the message."""
    start()
    monkeypatch.delenv("REQUESTS_CA_BUNDLE")
    pieces, _ = ask()
    assert [(p.what, p.status) for p in pieces] == [("login", Status.FAILED)]
    assert pieces[0].error is not None
    assert "REQUESTS_CA_BUNDLE" in pieces[0].error


def test_tokens_are_not_sent_in_the_clear(
    start: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint without TLS is refused before anything is sent."""
    start()
    with serving(AzureCloud().cloud) as plain:
        monkeypatch.setenv("PLANNER_AZURE_ENDPOINT", plain.url)
        pieces, _ = ask()
        assert plain.seen == []
    assert [(p.what, p.status) for p in pieces] == [("login", Status.FAILED)]


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, None),
        ({"AZURE_CLIENT_SECRET": "x"}, "environment (client secret)"),
        ({"AZURE_CLIENT_CERTIFICATE_PATH": "x"}, "environment (certificate)"),
        ({"AZURE_FEDERATED_TOKEN_FILE": "x"}, "workload identity"),
        ({"IDENTITY_ENDPOINT": "x"}, "managed identity"),
        ({"AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}, "AzureCliCredential"),
    ],
)
def test_login_names_the_kind_of_credential(
    given: dict[str, str], kind: str | None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The kind, never the secret; without any, the login command."""
    for name in (*NAMES, "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_CONFIG_DIR", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("AZURE_TENANT_ID", "x")
    monkeypatch.setenv("AZURE_CLIENT_ID", "x")
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    login = AzureCollector().login()
    assert login.credentials == kind
    assert login.missing_extra is None
    assert set(login.sdk) == {"azure-identity", "azure-mgmt-core", "azure-core"}
    assert (login.hint is None) is (kind is not None)


# --- refusals


def test_denied_quotas_leave_the_offers(start: Callable[..., Server]) -> None:
    """The missing role is named, the region's models are collected."""
    server = start()
    fault(server, "CognitiveServices/locations/swedencentral/usages", refusal(403, "Forbidden"))
    _, harvest = ask()
    entry = place(harvest)
    assert (entry.status, entry.quota_status) == (Status.OK, Status.DENIED)
    assert entry.error is not None
    assert "Cognitive Services Usages Reader" in entry.error
    assert kinds(harvest)["offer"] == 11


def test_denied_models_name_the_role(start: Callable[..., Server]) -> None:
    """The region is denied, and its quotas still land."""
    server = start()
    fault(server, "/models", refusal(403, "AuthorizationFailed"))
    _, harvest = ask()
    entry = place(harvest)
    assert (entry.status, entry.quota_status) == (Status.DENIED, Status.OK)
    assert entry.error == (
        "denied (HTTP 403 AuthorizationFailed); grant the login the role Reader on the subscription"
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


# --- bodies


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Reply(body=b'{"value": [{"kind"'), "no JSON, or cut off"),
        (Reply(body=b"<html>Sign in</html>"), "no JSON, or cut off"),
        (Reply(body=b""), "no JSON, or cut off"),
        (Reply(body=b"[" * 100_000), 'no list under "value"'),
        (Reply(body=b'{"value": [' + b"[" * 100_000), "no JSON, or cut off"),
        (Reply(body={}), 'no list under "value"'),
        (Reply(body={"value": None}), 'no list under "value"'),
        (Reply(body={"value": [], "nextLink": 5}), 'no list under "value"'),
        (Reply(body=b'{"value": ["\xff\xfe"]}'), "no valid UTF-8"),
        (Reply(body=b"x", headers={"Content-Encoding": "br"}), "packed in a way"),
        (Reply(body=b"x" * 99, headers={"Content-Encoding": "gzip"}), "cannot be unpacked"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_body_that_is_no_list_fails_the_region(
    start: Callable[..., Server], reply: Reply, reason: str
) -> None:
    """The reason is told, and the quotas of the region still land."""
    server = start()
    fault(server, "/models", reply)
    _, harvest = ask()
    entry = place(harvest)
    assert (entry.status, entry.quota_status) == (Status.FAILED, Status.OK)
    assert entry.error is not None
    assert reason in entry.error


def test_an_empty_list_is_a_look(start: Callable[..., Server]) -> None:
    """A region whose list is empty was read; what that means is not decided here."""
    server = start()
    fault(server, "/models", Reply(body={"value": []}))
    assert place(ask()[1]).status is Status.OK


def test_empty_quotas_are_unknown_ones(start: Callable[..., Server]) -> None:
    """No account has no quota at all: such a list is not believed."""
    server = start()
    fault(server, "CognitiveServices/locations/swedencentral/usages", Reply(body={"value": []}))
    entry = place(ask()[1])
    assert (entry.status, entry.quota_status) == (Status.OK, Status.SUSPECT)


def test_a_dripping_body_has_a_deadline(start: Callable[..., Server]) -> None:
    """Bytes that keep coming do not keep the region open."""
    server = start()
    fault(server, "/models", Reply(body={"value": []}, drip=0.2))
    entry = place(ask(region_seconds=0.5)[1])
    assert (entry.status, entry.error) == (
        Status.FAILED,
        "no whole answer within the time that a region has",
    )


def test_a_bomb_is_not_unpacked(start: Callable[..., Server]) -> None:
    """Reading ends at the limit, whatever the body would unpack to."""
    server = start()
    fault(server, "/models", bomb(50 * 2**20))
    entry = place(ask(Limits(bytes_maximum=2**20))[1])
    assert (entry.status, entry.error) == (Status.FAILED, "the answer is larger than 1 MiB")


def test_pages_that_loop_are_read_once(start: Callable[..., Server]) -> None:
    """Whether the list is whole is then unknown: the region failed."""
    server = start()
    fault(server, "/models", Reply(body={"value": [], "nextLink": f"{server.url}/loop/models"}))
    entry = place(ask()[1])
    assert (entry.status, entry.error) == (Status.FAILED, "the pages of the answer loop")
    assert asked(server, "/models") == 2


def test_pages_without_end_are_cut(start: Callable[..., Server]) -> None:
    """A list of more pages than the limit failed."""
    start(AzureCloud(page_size=1))
    entry = place(ask(Limits(pages_maximum=3))[1])
    assert (entry.status, entry.error) == (Status.FAILED, "the answer has more than 3 pages")


def test_another_host_never_gets_the_token(
    start: Callable[..., Server], certificate: tuple[Path, Path]
) -> None:
    """A next page elsewhere is refused: on another port, under another scheme, with a user."""
    server = start()
    with serving(AzureCloud().cloud, certificate) as other:
        same = server.url.removeprefix("https://")
        for link in (f"{other.url}/models", f"http://{same}/models", f"https://u@{same}/models"):
            server.faults.clear()
            fault(server, "/models", Reply(body={"value": [], "nextLink": link}))
            entry = place(ask()[1])
            assert (entry.status, entry.error) == (
                Status.FAILED,
                "the next page is on another host; not followed",
            )
        assert other.seen == []


# --- the other questions


def test_machines_that_fail_leave_the_models(start: Callable[..., Server]) -> None:
    """The region's models are whole; the GPU sizes have their own failed entry."""
    server = start()
    fault(server, "Microsoft.Compute/skus", Reply(status=404))
    _, harvest = ask()
    assert place(harvest).status is Status.OK
    own = [e for e in harvest.coverage if e.status is not Status.OK]
    assert [(e.region, e.kinds, e.error) for e in own] == [
        ("swedencentral", ("offer", "quota"), "GPU sizes: HTTP 404")
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


def test_deployments_that_fail_are_told_by_region(start: Callable[..., Server]) -> None:
    """The region of the resource that was not read failed for deployments alone."""
    server = start()
    fault(server, "/deployments", Reply(status=404))
    _, harvest = ask()
    entries = [e for e in harvest.coverage if "deployment" in e.kinds]
    assert [(e.region, e.status) for e in entries] == [("swedencentral", Status.FAILED)]
    assert place(harvest).status is Status.OK


# --- the whole run


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
