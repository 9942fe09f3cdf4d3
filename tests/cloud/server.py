"""A loopback HTTP(S) server whose answers are functions, with faults and latency on request.

A cloud is a function `Seen -> Reply`; the server keeps what was asked, lets faults stand in for
answers, and can speak TLS with a certificate of its own making.
"""

import gzip
import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it arrived; header names in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""


class Reply(msgspec.Struct, kw_only=True):
    """An answer; `body` bytes are sent as they are, anything else as JSON.

    `drip` sends the body in pieces of one byte with so many seconds between them, `short` breaks
    off after that many bytes, `reset` closes the connection hard without an answer.
    """

    status: int = 200
    body: Any = b""
    headers: dict[str, str] = {}
    drip: float | None = None
    short: int | None = None
    reset: bool = False


Cloud = Callable[[Seen], Reply]


class Fault(msgspec.Struct, kw_only=True):
    """A reply in place of the cloud's, where `matches` says so; `times` counts down."""

    matches: Callable[[Seen], bool]
    reply: Reply
    times: int | None = None


class Server:
    """A running server: `url`, what it has `seen`, its `faults`, its `latency` in seconds."""

    def __init__(self, cloud: Cloud, certificate: tuple[Path, Path] | None = None) -> None:
        self.seen: list[Seen] = []
        self.faults: list[Fault] = []
        self.latency = 0.0
        self._cloud = cloud
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(
            ("127.0.0.1", 0), type("Handler", (_Handler,), {"cloud": self})
        )
        self._http.daemon_threads = True
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self._http.socket = context.wrap_socket(
                self._http.socket, server_side=True, do_handshake_on_connect=False
            )
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop serving."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def answer(self, seen: Seen) -> Reply:
        """The reply to a request: the first fault that matches, else the cloud's."""
        with self._lock:
            self.seen.append(seen)
            for fault in self.faults:
                if fault.times != 0 and fault.matches(seen):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault.reply
        if self.latency:
            time.sleep(self.latency)
        return self._cloud(seen)


@contextmanager
def serving(cloud: Cloud, certificate: tuple[Path, Path] | None = None) -> Iterator[Server]:
    """A server for the length of a block."""
    server = Server(cloud, certificate)
    try:
        yield server
    finally:
        server.close()


def on_path(part: str) -> Callable[[Seen], bool]:
    """A matcher of requests whose path holds a text."""
    return lambda seen: part in seen.path


def bomb(unpacked: int) -> Reply:
    """A small gzip body that unpacks to a large one."""
    return Reply(
        body=gzip.compress(b" " * unpacked, 9),
        headers={"Content-Encoding": "gzip", "Content-Type": "application/json"},
    )


class _Handler(BaseHTTPRequestHandler):
    cloud: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        reply = self.cloud.answer(
            Seen(
                method=self.command,
                path=parts.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self.rfile.read(length),
            )
        )
        if reply.reset:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
            return
        self._write(reply)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve  # noqa: N815 - the base's names

    def _write(self, reply: Reply) -> None:
        body = reply.body
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        try:
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json"} | reply.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self._send(reply, body)
        except OSError:
            self.close_connection = True

    def _send(self, reply: Reply, body: bytes) -> None:
        if reply.drip is not None:
            for byte in body:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(reply.drip)
        elif reply.short is not None:
            self.wfile.write(body[: reply.short])
            self.wfile.flush()
            self.close_connection = True
        else:
            self.wfile.write(body)

    def handle(self) -> None:
        # A client that gives up is what several tests are about.
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Stay quiet."""
