"""How botocore's requests are sent here: with a cap on bytes, deadlines, and fewer when throttled.

Hooked to botocore's `before-send`, so that signing, retries and parsing stay botocore's own.
"""

import math
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from planner.collectors._aws_work import Trouble, out_of_time
from planner.core.snapshots import Status

BODY_BYTES = 64 << 20
LONGEST_WAIT_SECONDS = 60  # what a Retry-After may ask for
_CHUNK_BYTES = 1 << 16
_CONNECT_SECONDS, _READ_SECONDS = 5, 20
_TOO_MANY, _UNAVAILABLE, _FIRST_ERROR = 429, 503, 400


class Sender:
    """Sends requests of any thread; `until` sets the deadline of the calling one."""

    def __init__(self, core: Any, concurrency: int) -> None:
        self._core = core
        self._concurrency = concurrency
        self._gate = Gate(concurrency)
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._sessions: dict[str, Any] = {}

    @contextmanager
    def until(self, deadline: float) -> Iterator[None]:
        """Hold every request of the block to a deadline (time.monotonic seconds)."""
        self._mine.deadline, self._mine.not_before = deadline, 0.0
        yield

    def __call__(self, request: Any, **_: Any) -> Any:
        """The answer to a prepared request; what stands against it as an exception."""
        # A login that renews itself outside of a question has no deadline of its own.
        deadline: float = getattr(self._mine, "deadline", math.inf)
        self._wait(deadline)
        request.stream_output = True  # so that the body is left to us
        with self._gate.passage(deadline):
            answer = self._session(request.url).send(request)
            body = _read(answer, request, deadline)
        self._heed(answer, body, deadline)
        return type(answer)(request.url, answer.status_code, answer.headers, _Body(body))

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            for session in self._sessions.values():
                session.close()

    def _wait(self, deadline: float) -> None:
        if (seconds := getattr(self._mine, "not_before", 0.0) - time.monotonic()) > 0:
            time.sleep(seconds)
        if time.monotonic() >= deadline:
            raise out_of_time()

    def _heed(self, answer: Any, body: bytes, deadline: float) -> None:
        """Take in what a throttling answer asks for: fewer at once, and a wait."""
        throttled = answer.status_code == _TOO_MANY or (
            answer.status_code >= _FIRST_ERROR
            and (b"Throttl" in body or b"TooManyRequests" in body)
        )
        if throttled:
            self._gate.narrow()
        wanted = str(answer.headers.get("Retry-After") or "")
        if answer.status_code in (_TOO_MANY, _UNAVAILABLE) and wanted.isdecimal():
            until = time.monotonic() + int(wanted)
            if int(wanted) > LONGEST_WAIT_SECONDS or until >= deadline:
                raise Trouble(Status.THROTTLED, f"AWS asks to wait {int(wanted):.0f} s; try later")
            self._mine.not_before = until

    def _session(self, url: str) -> Any:
        """The connections to a host, with the proxies and certificates that botocore would use."""
        from botocore.httpsession import (  # type: ignore[import-untyped]  # noqa: PLC0415
            URLLib3Session,
        )
        from botocore.utils import (  # type: ignore[import-untyped]  # noqa: PLC0415
            get_environ_proxies,
        )

        host = urlsplit(url).netloc
        with self._lock:
            if host not in self._sessions:
                bundle = self._core.get_config_variable("ca_bundle")
                self._sessions[host] = URLLib3Session(
                    verify=bundle or os.environ.get("REQUESTS_CA_BUNDLE") or True,
                    proxies=get_environ_proxies(url),
                    timeout=(_CONNECT_SECONDS, _READ_SECONDS),
                    max_pool_connections=self._concurrency,
                )
            return self._sessions[host]


class _Body:
    """A body that was read, in the form in which botocore takes one."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> Iterator[bytes]:
        yield self._body


class Gate:
    """Lets so many requests pass at once, and halves that at each `narrow`."""

    def __init__(self, most: int) -> None:
        self._changed = threading.Condition()
        self._most = most
        self._inside = 0

    @contextmanager
    def passage(self, deadline: float) -> Iterator[None]:
        """Be inside for the length of a block; Trouble where that is not to be by the deadline."""
        with self._changed:
            seconds = min(threading.TIMEOUT_MAX, max(0.0, deadline - time.monotonic()))
            if not self._changed.wait_for(lambda: self._inside < self._most, seconds):
                raise out_of_time()
            self._inside += 1
        try:
            yield
        finally:
            with self._changed:
                self._inside -= 1
                self._changed.notify()

    def narrow(self) -> None:
        """Let half as many in from now on, one at the least."""
        with self._changed:
            self._most = max(1, self._most // 2)


def _read(answer: Any, request: Any, deadline: float) -> bytes:
    """The whole body, as it comes: one dripping byte by byte must not outlast the deadline."""
    from botocore.exceptions import (  # type: ignore[import-untyped]  # noqa: PLC0415
        ConnectionClosedError,
        HTTPClientError,
    )

    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        if size > BODY_BYTES or time.monotonic() >= deadline:
            answer.raw.close()
            raise too_long() if size > BODY_BYTES else out_of_time()
        try:
            chunk = answer.raw.read1(_CHUNK_BYTES)
        except Exception as error:
            answer.raw.close()
            raise HTTPClientError(error=error) from error
        chunks.append(chunk)
        size += len(chunk)
        more = bool(chunk)
    promised = str(answer.headers.get("Content-Length") or "")
    if promised.isdecimal() and request.method != "HEAD" and size < int(promised):
        raise ConnectionClosedError(error="short body", request=request, endpoint_url=request.url)
    answer.raw.release_conn()
    return b"".join(chunks)


def too_long() -> Trouble:
    """The trouble of an answer beyond the cap."""
    return Trouble(Status.FAILED, f"an answer of more than {BODY_BYTES >> 20} MiB")
