"""A loopback server that speaks OpenAI's API with a known speed, and with faults on request.

It has so many slots; a request waits for one, then for its first token, then for each further
one, so that slots / (time of a request) is the most that it completes.
"""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes in place of an answer, and what follows: an end, a hard reset, a silence, or more."""

    status: int = 200
    content_type: str = "text/event-stream"
    location: str | None = None
    body: bytes = b""
    then: str = "end"  # "reset", "hang", "endless"


class Behaviour(msgspec.Struct, kw_only=True):
    """How a server behaves; times in seconds.

    `refuses` are fields that it answers with HTTP 400, naming them where `says_why`. `fault` takes
    the body of a request and its number from 0 and may give a fault in place of an answer.
    """

    models: tuple[str, ...] = ("tiny",)
    owned_by: str = "vllm"
    prefix: str = "/v1"
    pages: dict[str, Any] = {}
    paths: tuple[str, ...] = ("completions", "chat/completions")
    key: str | None = None
    slots: int = 4
    first_token: float = 0.0
    per_token: float = 0.0
    refuses: tuple[str, ...] = ()
    says_why: bool = True
    streams: bool = True
    counts: bool = True
    done: bool = True
    tokens_per_chunk: int = 1
    tokens_per_word: int = 1
    most_tokens: int | None = None
    fault: Callable[[dict[str, Any], int], Fault | None] = lambda _body, _number: None


class OpenAiServer:
    """A running server: `url`, and what it has `seen` as (path, headers, body)."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.seen: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.most_at_once = 0
        self.under_way = 0
        self.lock = threading.Lock()
        self.slots = threading.Semaphore(behaviour.slots)
        self.closing = threading.Event()
        self._http = _Http(("127.0.0.1", 0), type("Handler", (_Handler,), {"owner": self}))
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving; hung requests end."""
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def prompts(self) -> list[str]:
        """The prompts of all requests, in the order in which they came."""
        return [_prompt(body) for _, _, body in self.seen]


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


@contextmanager
def serving_openai(**fields: Any) -> Iterator[OpenAiServer]:
    """A server for the length of a block; the fields are those of Behaviour."""
    server = OpenAiServer(Behaviour(**fields))
    try:
        yield server
    finally:
        server.close()


def event(data: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + (data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n\n"


def token(text: str = "word ", finish: str | None = None) -> dict[str, Any]:
    """The event of a completion's token."""
    return {"choices": [{"index": 0, "text": text, "finish_reason": finish}]}


class _Handler(BaseHTTPRequestHandler):
    owner: OpenAiServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        how = self.owner.behaviour
        path = self.path.partition("?")[0]
        if not self._let_in():
            return
        if path == f"{how.prefix}/models" and how.models:
            entries = [{"id": name, "owned_by": how.owned_by} for name in how.models]
            self._json(200, {"object": "list", "data": entries})
        elif path in how.pages:
            self._json(200, how.pages[path])
        else:
            self._json(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        how = self.owner.behaviour
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._let_in():
            return
        path = self.path.partition("?")[0].removeprefix(f"{how.prefix}/")
        with self.owner.lock:
            number = len(self.owner.seen)
            self.owner.seen.append((self.path, dict(self.headers.items()), body))
        fault = how.fault(body, number)
        if fault is not None:
            self._fault(fault)
        elif path not in how.paths:
            self._json(404, {"detail": "Not Found"})
        elif refused := [field for field in how.refuses if field in body]:
            named = f"Unexpected fields: {refused}" if how.says_why else "Bad request"
            self._json(400, {"error": {"message": named}})
        else:
            with self._slot():
                self._complete(body, chat=path.startswith("chat"))

    @contextmanager
    def _slot(self) -> Iterator[None]:
        owner = self.owner
        with owner.lock:
            owner.under_way += 1
            owner.most_at_once = max(owner.most_at_once, owner.under_way)
        try:
            with owner.slots:
                yield
        finally:
            with owner.lock:
                owner.under_way -= 1

    def _complete(self, body: dict[str, Any], *, chat: bool) -> None:
        how = self.owner.behaviour
        tokens = body.get("max_tokens") or body["max_completion_tokens"]
        tokens = min(tokens, how.most_tokens or tokens)
        words = len(_prompt(body).split())
        usage = {"prompt_tokens": words * how.tokens_per_word, "completion_tokens": tokens}
        told = {"usage": usage} if how.counts else {}
        time.sleep(how.first_token)
        if not (how.streams and body.get("stream")):
            time.sleep(how.per_token * (tokens - 1))
            text = "word " * tokens
            choice = {"message": {"content": text}} if chat else {"text": text}
            self._json(200, {"choices": [choice | {"finish_reason": "length"}], **told})
            return
        self._begin(200, "text/event-stream")
        if chat:
            self._piece(event({"choices": [{"delta": {"role": "assistant", "content": ""}}]}))
        began = time.perf_counter()
        for at in range(0, tokens, how.tokens_per_chunk):
            time.sleep(max(0.0, began + at * how.per_token - time.perf_counter()))
            text = "word " * min(how.tokens_per_chunk, tokens - at)
            words_of = {"choices": [{"delta": {"content": text}}]} if chat else token(text)
            self._piece(event(words_of))
        end = {"choices": [{"delta": {}, "text": "", "finish_reason": "length"}]}
        self._piece(event(end))
        if how.counts:
            self._piece(event({"choices": [], **told}))
        if how.done:
            self._piece(event(b"[DONE]"))
        self._piece(b"")

    def _fault(self, fault: Fault) -> None:
        if fault.then == "reset" and not fault.body:
            self._reset()
            return
        self._begin(fault.status, fault.content_type, fault.location)
        if fault.body:
            self._piece(fault.body)
        if fault.then == "end":
            self._piece(b"")
        elif fault.then == "reset":
            self._reset()
        elif fault.then == "hang":
            self.owner.closing.wait(30)
        while fault.then == "endless" and not self.owner.closing.is_set():
            self._piece(event(token("x" * 65536)))

    def _let_in(self) -> bool:
        key = self.owner.behaviour.key
        if key is None or self.headers.get("Authorization") == f"Bearer {key}":
            return True
        self._json(401, {"error": {"message": f"no key: {self.headers.get('Authorization')}"}})
        return False

    def _begin(self, status: int, content_type: str, location: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Transfer-Encoding", "chunked")
        if location is not None:
            self.send_header("Location", location)
        self.end_headers()

    def _piece(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _json(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _reset(self) -> None:
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def handle(self) -> None:
        # A client that gives up is what several tests are about.
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def _prompt(body: dict[str, Any]) -> str:
    if "messages" in body:
        return str(body["messages"][0]["content"])
    return str(body["prompt"])
