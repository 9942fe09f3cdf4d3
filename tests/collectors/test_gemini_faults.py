"""Claims about Gemini's faults: what passes, what lasts, what makes no sense."""

import pytest

from planner.collectors.gemini import HINT
from planner.core.snapshots import Status
from tests.cloud.gemini import KEY, GeminiCloud, bad_key, error, model
from tests.cloud.server import Fault, Reply, Server, bomb, on_path, serving
from tests.collectors.gemini_calls import collected, fetched, outcome, server

__all__ = ["server"]


REFUSED = [
    (bad_key(), "the key was refused (400 INVALID_ARGUMENT API_KEY_INVALID)"),
    (error(401, "UNAUTHENTICATED", "No."), "the key was refused (401 UNAUTHENTICATED)"),
    (
        error(403, "PERMISSION_DENIED", "No.", reason="SERVICE_DISABLED"),
        "the key was refused (403 PERMISSION_DENIED SERVICE_DISABLED)",
    ),
]
PASSING = {
    "409": Reply(status=409),
    "500": Reply(status=500),
    "502 with HTML": Reply(status=502, body=b"<html>"),
    "503": error(503, "UNAVAILABLE", "overloaded"),
    "reset": Reply(reset=True),
    "short body": Reply(body={"models": []}, short=4),
    "429": error(429, "RESOURCE_EXHAUSTED", "quota"),
}
LASTING = [
    ("409", Status.FAILED, "the API failed (409)"),
    ("503", Status.FAILED, "the API failed (503 UNAVAILABLE)"),
    ("429", Status.THROTTLED, "the API was asked too often (429 RESOURCE_EXHAUSTED); try again"),
    ("reset", Status.FAILED, "the connection broke off (ReadError)"),
    ("short body", Status.FAILED, "the connection broke off (RemoteProtocolError)"),
]
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


@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING)
def test_what_passes_is_asked_again(server: Server, reply: Reply) -> None:
    """After two failures the third question is answered."""
    server.faults.append(Fault(matches=on_path("/models"), reply=reply, times=2))
    assert outcome(collected()) == (Status.OK, None)
    assert len(server.seen) == 3


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
