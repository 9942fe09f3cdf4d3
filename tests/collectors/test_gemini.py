"""Claims about reaching Gemini: the real SDK against a stand-in, and all that can go wrong."""

from collections.abc import Iterator
from typing import Any

import pytest

from planner.collectors import Facts, Harvest, Piece, Request
from planner.collectors.gemini import HINT, GeminiCollector
from planner.core.names import ModelNames
from planner.core.offers import Offer
from planner.core.regions import Regions
from planner.core.snapshots import Coverage, Status
from tests.cloud.gemini import KEY, GeminiCloud, bad_key, environment, error, model
from tests.cloud.server import Fault, Reply, Server, bomb, on_path, serving

FACTS = Facts(ModelNames(()), Regions(()))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A stand-in with the default world, and the environment that leads to it."""
    with serving(GeminiCloud().cloud) as running:
        reach(running, monkeypatch)
        yield running


def reach(running: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point the environment to a stand-in."""
    monkeypatch.delenv("GOOGLE_API_KEY", raising=False)
    for name, value in environment(running.url).items():
        monkeypatch.setenv(name, value)


def collected(*, seconds: float = 20, first_wait: float = 0.001, **fields: Any) -> Harvest:
    """What a collection reads, with short waits between tries."""
    pieces = fetched(seconds=seconds, first_wait=first_wait, **fields)
    return GeminiCollector().parse(pieces, FACTS)


def fetched(*, seconds: float = 20, first_wait: float = 0.001, **fields: Any) -> list[Piece]:
    """The pieces of a collection."""
    request = Request(alias=lambda _, name: name, region_seconds=seconds, **fields)
    collector = GeminiCollector(first_wait_seconds=first_wait)
    return list(collector.fetch(request, lambda *_: None))


def outcome(harvest: Harvest) -> tuple[Status, str | None]:
    """How the one entry of coverage ended."""
    (entry,) = harvest.coverage
    return entry.status, entry.error


# --- reaching


def test_the_whole_list_is_read_with_one_question(server: Server) -> None:
    """A page of 1,000 of v1beta is asked for, where previews are, and the key is in no address."""
    harvest = collected()
    assert harvest.coverage == (Coverage(region="global"),)
    assert {r.model for r in harvest.records if isinstance(r, Offer)} >= {"gemini-3-pro-preview"}
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.query["pageSize"]) == ("GET", "/v1beta/models", "1000")
    assert KEY not in str(seen.query)


def test_pages_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven models in pages of three are seven models, from three questions."""
    world = GeminiCloud([model(f"gemini-{n}") for n in range(7)], page_most=3)
    with serving(world.cloud) as running:
        reach(running, monkeypatch)
        harvest = collected()
    assert len(harvest.records) == 14
    assert [seen.query.get("pageToken") for seen in running.seen] == [None, "YXQ6Mw==", "YXQ6Ng=="]


def test_a_full_page_without_token_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page as long as was asked for, that names no next one, is the whole list."""
    with serving(GeminiCloud([model(f"gemini-{n}") for n in range(1000)]).cloud) as running:
        reach(running, monkeypatch)
        assert outcome(collected()) == (Status.OK, None)
    assert len(running.seen) == 1


def test_pages_that_go_round_in_a_circle_end(server: Server) -> None:
    """Each token is asked for once; a list that leads back to it is no list."""
    page = Reply(body={"models": [model()], "nextPageToken": "again"})
    server.faults.append(Fault(matches=on_path("/models"), reply=page))
    said = (Status.FAILED, "the list of models does not end after 2 pages")
    assert outcome(collected()) == said
    assert len(server.seen) == 2


def test_pages_without_end_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """After twenty pages nothing more is asked."""
    world = GeminiCloud([model(f"gemini-{n}") for n in range(22)], page_most=1)
    with serving(world.cloud) as running:
        reach(running, monkeypatch)
        assert outcome(collected())[0] is Status.FAILED
    assert len(running.seen) == 20


def test_a_page_that_is_lost_makes_the_list_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a list is no list: no record of it is kept."""
    world = GeminiCloud([model(f"gemini-{n}") for n in range(4)], page_most=3)
    with serving(world.cloud) as running:
        reach(running, monkeypatch)
        second = Fault(matches=lambda seen: "pageToken" in seen.query, reply=Reply(status=500))
        running.faults.append(second)
        harvest = collected()
    assert harvest.records == ()
    assert outcome(harvest) == (Status.FAILED, "the API failed (500)")


def test_another_region_is_not_asked(server: Server) -> None:
    """A collection of Azure's regions has nothing to ask here, and covers nothing."""
    harvest = collected(regions=("eastus2",))
    assert (harvest.records, harvest.coverage, server.seen) == ((), (), [])


def test_without_key_nothing_is_asked(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer says where to make a key."""
    monkeypatch.delenv("GEMINI_API_KEY")
    assert outcome(collected()) == (Status.DENIED, f"no key is set; {HINT}")
    assert GeminiCollector().login().credentials is None
    assert server.seen == []


def test_login_names_the_variable_not_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two keys the one is taken that google-genai takes; its value is not told."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    assert GeminiCollector().login().credentials == "key in GEMINI_API_KEY"
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    login = GeminiCollector().login()
    assert login.credentials == "key in GOOGLE_API_KEY"
    assert list(login.sdk) == ["google-genai"]
    assert (login.missing_extra, login.hint) == (None, None)


def test_vertex_settings_do_not_lead_elsewhere(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """GOOGLE_GENAI_USE_VERTEXAI is for other programs: the Gemini API is asked."""
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    assert outcome(collected()) == (Status.OK, None)
    assert len(server.seen) == 1


def test_a_key_is_not_sent_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain http leads to this machine or nowhere."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://192.0.2.1")
    said = "GOOGLE_GEMINI_BASE_URL would show the key to all; use https"
    assert outcome(collected()) == (Status.FAILED, said)


@pytest.mark.parametrize("address", ["http://[", "ftp://example.com", "example.com", "https://"])
def test_an_address_that_is_none_is_told(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is named by its variable, never by its text."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", address)
    said = "GOOGLE_GEMINI_BASE_URL is no https address; correct it or unset it"
    assert outcome(collected()) == (Status.FAILED, said)


def test_settings_that_stop_the_sdk_are_told(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A certificate file that is not there stops the SDK, not the program."""
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/ca.pem")
    said = "the SDK cannot be set up (FileNotFoundError)"
    assert outcome(collected()) == (Status.FAILED, said)
    assert server.seen == []


def test_a_key_that_is_no_key_is_told(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that no header can carry is not asked with, and not told."""
    monkeypatch.setenv("GEMINI_API_KEY", "schlüssel\nzwei")
    assert outcome(collected()) == (Status.FAILED, "the key or the address cannot be used")
    assert server.seen == []


# --- faults

REFUSED = [
    (bad_key(), "the key was refused (400 INVALID_ARGUMENT API_KEY_INVALID)"),
    (error(401, "UNAUTHENTICATED", "No."), "the key was refused (401 UNAUTHENTICATED)"),
    (
        error(403, "PERMISSION_DENIED", "No.", reason="SERVICE_DISABLED"),
        "the key was refused (403 PERMISSION_DENIED SERVICE_DISABLED)",
    ),
]


@pytest.mark.parametrize(("reply", "said"), REFUSED, ids=lambda value: str(value)[:30])
def test_a_bad_key_is_denied_at_once(server: Server, reply: Reply, said: str) -> None:
    """One question, and the answer says where to make a key; Google's sentences stay unsaid."""
    server.faults.append(Fault(matches=on_path("/models"), reply=reply))
    assert outcome(collected()) == (Status.DENIED, f"{said}; {HINT}")
    assert len(server.seen) == 1


def test_a_project_without_billing_is_denied(server: Server) -> None:
    """Where unpaid use is not offered, the answer says to set up billing."""
    reply = error(400, "FAILED_PRECONDITION", "User location is not supported.")
    server.faults.append(Fault(matches=on_path("/models"), reply=reply))
    status, said = outcome(collected())
    assert status is Status.DENIED
    assert said == (
        "the API refuses the key's project (400 FAILED_PRECONDITION); "
        "set up billing for the key's project in Google AI Studio"
    )


PASSING = {
    "409": Reply(status=409),
    "500": Reply(status=500),
    "502 with HTML": Reply(status=502, body=b"<html>"),
    "503": error(503, "UNAVAILABLE", "overloaded"),
    "reset": Reply(reset=True),
    "short body": Reply(body={"models": []}, short=4),
    "429": error(429, "RESOURCE_EXHAUSTED", "quota"),
}


@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING)
def test_what_passes_is_asked_again(server: Server, reply: Reply) -> None:
    """After two failures the third question is answered."""
    server.faults.append(Fault(matches=on_path("/models"), reply=reply, times=2))
    assert outcome(collected()) == (Status.OK, None)
    assert len(server.seen) == 3


LASTING = [
    ("409", Status.FAILED, "the API failed (409)"),
    ("503", Status.FAILED, "the API failed (503 UNAVAILABLE)"),
    ("429", Status.THROTTLED, "the API was asked too often (429 RESOURCE_EXHAUSTED); try again"),
    ("reset", Status.FAILED, "the connection broke off (ReadError)"),
    ("short body", Status.FAILED, "the connection broke off (RemoteProtocolError)"),
]


@pytest.mark.parametrize(("fault", "status", "said"), LASTING, ids=str)
def test_what_does_not_pass_is_given_up(
    server: Server, fault: str, status: Status, said: str
) -> None:
    """Four questions, then the reason."""
    server.faults.append(Fault(matches=on_path("/models"), reply=PASSING[fault]))
    found, error_line = outcome(collected())
    assert found is status
    assert (error_line or "").startswith(said)
    assert len(server.seen) == 4


def test_nobody_listens(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A refused connection is failed, in words without the address."""
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:1")
    assert outcome(collected()) == (Status.FAILED, "no connection")
    assert server.seen == []


def test_retry_after_is_waited_for(server: Server) -> None:
    """The server's word counts, not our own wait (here an hour)."""
    reply = Reply(status=429, headers={"Retry-After": "0"})
    server.faults.append(Fault(matches=on_path("/models"), reply=reply, times=1))
    assert outcome(collected(first_wait=3600)) == (Status.OK, None)


def test_a_long_retry_after_is_not_waited_for(server: Server) -> None:
    """An hour is no wait: throttled at once."""
    reply = Reply(status=429, headers={"Retry-After": "3600"})
    server.faults.append(Fault(matches=on_path("/models"), reply=reply))
    assert outcome(collected())[0] is Status.THROTTLED
    assert len(server.seen) == 1


def test_a_retry_after_beyond_the_deadline_is_not_waited_for(server: Server) -> None:
    """Thirty seconds are too long where five are left."""
    reply = Reply(status=429, headers={"Retry-After": "30"})
    server.faults.append(Fault(matches=on_path("/models"), reply=reply))
    assert outcome(collected(seconds=5))[0] is Status.THROTTLED
    assert len(server.seen) == 1


def test_a_dripping_body_ends_at_the_deadline(server: Server) -> None:
    """A body that would take minutes is given up after the region's time."""
    slow = Reply(body={"models": [model()]}, drip=0.3)
    server.faults.append(Fault(matches=on_path("/models"), reply=slow))
    assert outcome(collected(seconds=0.5)) == (Status.FAILED, "no answer in time")


def test_silence_ends_at_the_deadline(server: Server) -> None:
    """A server that takes the question and says nothing costs the region's time, no more."""
    server.latency = 30
    assert outcome(collected(deadline_seconds=0.5)) == (Status.FAILED, "no answer in time")


NONSENSE = [
    (b'{"models": [{"name": "mod', "the answer is no JSON"),
    (b"<html><body>Sign in</body></html>", "the answer is no JSON"),
    (b"", "the answer is no JSON"),
    (b'{"models": [{"name": "models/\xff\xfe"}]}', "the answer is no JSON"),
    (b"[" * 100_000, "the answer is no JSON"),
    (b"{}", "the answer holds no list of models"),
    (b"[]", "the answer holds no list of models"),
    (b"null", "the answer holds no list of models"),
    (b'{"models": null}', "the answer holds no list of models"),
    (b'{"models": {"name": "models/a"}}', "the answer holds no list of models"),
    (b'{"models": ["models/a"]}', "an entry of the list of models has no name"),
    (b'{"models": [{"version": "001"}]}', "an entry of the list of models has no name"),
]


@pytest.mark.parametrize(("body", "said"), NONSENSE, ids=lambda value: str(value)[:30])
def test_nonsense_is_failed_never_empty(server: Server, body: bytes, said: str) -> None:
    """Whatever comes with a 200 and is no list of models is a failure with its reason."""
    server.faults.append(Fault(matches=on_path("/models"), reply=Reply(body=body)))
    harvest = collected()
    assert outcome(harvest) == (Status.FAILED, said)
    assert harvest.records == ()


def test_an_empty_list_is_a_list(server: Server) -> None:
    """No model is what the API says; whether that can be is judged beside the last snapshot."""
    server.faults.append(Fault(matches=on_path("/models"), reply=Reply(body={"models": []})))
    assert outcome(collected()) == (Status.OK, None)


def test_a_small_body_that_unpacks_to_a_large_one_is_not_read(server: Server) -> None:
    """Reading stops at the cap of 64 MiB."""
    server.faults.append(Fault(matches=on_path("/models"), reply=bomb(80 * 2**20)))
    said = "the answer is larger than 67,108,864 bytes"
    assert outcome(collected()) == (Status.FAILED, said)
    assert len(server.seen) == 1


def test_the_key_does_not_follow_a_redirect(server: Server) -> None:
    """Another host is not asked, so it never sees the key."""
    with serving(GeminiCloud().cloud) as elsewhere:
        moved = Reply(status=302, headers={"Location": f"{elsewhere.url}/v1beta/models"})
        server.faults.append(Fault(matches=on_path("/models"), reply=moved))
        said = "the API sends elsewhere (302), where the key does not go"
        assert outcome(collected()) == (Status.FAILED, said)
    assert elsewhere.seen == []


def test_an_error_of_any_shape_is_an_error(server: Server) -> None:
    """Error bodies that are no objects, or hold other types than usual, say no more than a code."""
    for body in (b"[]", b'"no"', b'{"error": "no"}', b'{"error": {"details": [7], "status": 5}}'):
        fault = Fault(matches=on_path("/models"), reply=Reply(status=404, body=body), times=1)
        server.faults.append(fault)
        assert outcome(collected()) == (Status.FAILED, "the API failed (404)")


def test_no_piece_holds_the_key(server: Server) -> None:
    """Not in the errors either, though Google's own sentences name it."""
    for reply in (bad_key(), error(403, "PERMISSION_DENIED", "No."), Reply(status=500)):
        server.faults[:] = [Fault(matches=on_path("/models"), reply=reply)]
        assert KEY not in repr(fetched())
    server.faults.clear()
    assert KEY not in repr(fetched())


def test_only_reading_is_asked_for(server: Server) -> None:
    """Every request is a GET, also after failures."""
    server.faults.append(Fault(matches=on_path("/models"), reply=Reply(status=503), times=1))
    collected()
    assert {seen.method for seen in server.seen} == {"GET"}
