"""Claims about servers that fail: at first one line ends it, later each failure is counted."""

import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.core.measurements import Requests
from planner.errors import MissingExtraError, PlannerError
from tests.cloud.openai_server import Fault, event, serving_openai, token
from tests.cloud.server import Reply, serving
from tests.cloud.tls import make_certificate
from tests.probe.probing import probe

CUT = Fault(body=event(token()))
FAULTS = {
    "HTTP 500": Fault(status=500),
    "HTTP 429": Fault(status=429, body=b'{"error": {"message": "slow down"}}'),
    "HTTP 307": Fault(status=307, location="http://127.0.0.1:9/v1/completions"),
    "cut off": CUT,
    "cut off in a chunk": Fault(body=event(token()), then="reset"),
    "connection lost": Fault(then="reset"),
    "timed out before the first byte": Fault(then="hang"),
    "timed out after some": Fault(body=event(token()), then="hang"),
    "a web page": Fault(content_type="text/html", body=b"<html>Sign in</html>"),
    "garbage": Fault(body=b"\x00\xff" * 1000),
    "garbage in events": Fault(body=event(b"{broken")),
    "garbage instead of JSON": Fault(content_type="application/json", body=b'{"cho'),
    "empty answer": Fault(body=event(b"[DONE]")),
    "error in the stream": Fault(body=event(token()) + event({"error": {"message": "no memory"}})),
    "too long": Fault(then="endless"),
}
WORDS = ("cut off", "timed out", "garbage")


def word(name: str) -> str:
    """The word under which a fault is counted."""
    return next((start for start in WORDS if name.startswith(start)), name)


@pytest.mark.parametrize("name", FAULTS)
def test_a_failure_under_load_is_counted_by_its_word(name: str) -> None:
    """One of four requests fails; the figures are those of the other three."""

    def fourth(_body: dict[str, Any], number: int) -> Fault | None:
        return FAULTS[name] if number == 5 else None

    with serving_openai(fault=fourth) as server:
        (found,) = probe(server, requests_per_level=4, timeout_seconds=2.0)
    timed_out = int(word(name) == "timed out")
    assert found.requests == Requests(
        completed=3, failed=1, timed_out=timed_out, errors={word(name): 1}
    )
    assert found.output_tokens == 8


@pytest.mark.parametrize("name", FAULTS)
def test_a_failure_of_the_first_request_ends_the_probe(name: str) -> None:
    """One line: where, what, and the next step."""
    with (
        serving_openai(fault=lambda _body, _number: FAULTS[name]) as server,
        pytest.raises(PlannerError) as refused,
    ):
        probe(server, timeout_seconds=1.0)
    said = str(refused.value)
    assert said.startswith(f"{server.url} fails ({word(name)}")
    assert "; " in said
    assert "\n" not in said


def test_a_server_that_is_not_there() -> None:
    """Says so at once, with what to do."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(PlannerError) as refused:
        probe(url)
    said = str(refused.value)
    assert said.startswith(f"{url} fails (no connection: Connection refused)")
    assert said.endswith("; start it, or give another address")


def test_a_server_that_wants_a_key() -> None:
    """Without one its name is told; a wrong one is not repeated, also where the server does."""
    with serving_openai(key="right-key") as server:
        with pytest.raises(PlannerError) as refused:
            probe(server)
        assert "set PLANNER_PROBE_API_KEY" in str(refused.value)
        with pytest.raises(PlannerError) as refused:
            probe(server, api_key="wrong-key")
        assert "no key: Bearer ***" in str(refused.value)
        assert "wrong-key" not in str(refused.value)
        (found,) = probe(server, api_key="right-key")
    assert "right-key" not in repr(found)


def test_a_login_in_the_address_is_not_shown() -> None:
    """Neither it nor the query is in an error, even where the server repeats them."""
    told = b'{"error": {"message": "pass1 is no password, secret no signature"}}'
    with serving_openai(fault=lambda _body, _number: Fault(status=500, body=told)) as server:
        url = server.url.replace("http://", "http://me:pass1@") + "?sig=secret"
        with pytest.raises(PlannerError) as refused:
            probe(url)
    assert str(refused.value) == (
        f"{server.url} fails (HTTP 500: *** is no password, *** no signature); "
        "give what it asks for, or look at its log"
    )


def serve_bytes(answer: bytes) -> tuple[str, Callable[[], None]]:
    """A server that answers everything with the same bytes; its address, and its end."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()

    def close() -> None:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()

    return f"http://127.0.0.1:{listener.getsockname()[1]}", close


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"220 smtp.example.com ESMTP\r\n", "garbage: it does not speak HTTP"),
        (b"", "connection lost: it closes the connection"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nyes", "garbage: its list of models is none"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", "cut off"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
            "garbage: its answer is packed",
        ),
    ],
)
def test_what_is_no_such_server_is_told_apart(answer: bytes, said: str) -> None:
    """Another protocol, silence, another service, half an answer, a packed one."""
    url, close = serve_bytes(answer)
    try:
        with pytest.raises(PlannerError) as refused:
            probe(url, timeout_seconds=5.0)
    finally:
        close()
    assert str(refused.value).startswith(f"{url} fails ({said}")


def test_a_redirect_is_not_followed() -> None:
    """The prompt and the key go to no other place."""
    with serving_openai() as other:
        there = Fault(status=308, location=f"{other.url}/v1/completions")
        with (
            serving_openai(fault=lambda _body, _number: there) as server,
            pytest.raises(PlannerError, match=r"HTTP 308: it redirects.*give the address that it"),
        ):
            probe(server, api_key="k3y")
        assert other.seen == []


def test_a_hung_server_takes_no_longer_than_allowed() -> None:
    """The time-out ends it, and says how long that was."""
    began = time.monotonic()
    with (
        serving_openai(fault=lambda _body, _number: Fault(then="hang")) as server,
        pytest.raises(PlannerError, match=r"it had 0\.5 s; give more with --timeout"),
    ):
        probe(server, timeout_seconds=0.5)
    assert time.monotonic() - began < 15


def test_a_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line with what to install."""
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    with pytest.raises(MissingExtraError) as refused:
        probe("http://127.0.0.1:9")
    assert str(refused.value) == (
        "probe --url needs aiohttp; pip install 'cloud-llm-planner[endpoint]'"
    )


def test_a_certificate_of_nobody_is_not_trusted(tmp_path: Path) -> None:
    """Nothing is sent to a server that cannot show who it is."""
    with (
        serving(lambda _seen: Reply(), make_certificate(tmp_path)) as server,
        pytest.raises(PlannerError, match=r"fails \(no connection: its certificate is not"),
    ):
        probe(server.url, api_key="k3y")
    assert server.seen == []


def test_http_is_no_https() -> None:
    """A wrong scheme is told as what it is."""
    with (
        serving_openai() as server,
        pytest.raises(PlannerError, match=r"fails \(no connection: it does not speak TLS\)"),
    ):
        probe(server.url.replace("http://", "https://"))


@pytest.mark.parametrize("url", ["http://..", "http://\ud800"])
def test_an_address_without_a_host_is_told(url: str) -> None:
    """A name that no resolver takes is no fault of the program."""
    with pytest.raises(PlannerError, match=r"fails \(no connection: its address names no host\)"):
        probe(url)


def test_a_servers_own_error_sends_to_its_log() -> None:
    """Its words are quoted; the address is right, so that no other one is asked for."""
    told = Fault(body=event({"error": {"message": "out of memory", "code": 500}}))
    with (
        serving_openai(fault=lambda _body, _number: told) as server,
        pytest.raises(PlannerError, match=r"\(error in the stream: out of memory\); look at its"),
    ):
        probe(server)
