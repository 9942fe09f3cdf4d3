"""Asking Azure's management API: the SDK's pipeline, under limits that it does not have itself.

The SDK's retries honour any Retry-After, follow a next page to any host with the token and read any
body to its end. So the pipeline here is the SDK's (request id, user agent, proxies, bearer token,
transport), without its retries, redirects and registration of providers (which would write), and
this module repeats, pages and reads by its own rules.
"""

import random
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

import msgspec

from planner.collectors._azure_errors import (
    PassingError,
    TroubleError,
    connection_trouble,
    refusal,
)
from planner.collectors._azure_limits import Clock, Gate, Limits
from planner.core.snapshots import Status

_OK = 200

_CHUNK = 64 * 1024
_ERROR_BYTES = 64 * 1024
_GZIP = 31  # zlib's window for a gzip header and trailer


class Page(msgspec.Struct, frozen=True):
    """One page of a list as Azure sends it; the entries stay as they came."""

    value: list[msgspec.Raw]
    nextLink: str | None = None  # noqa: N815 - the wire's name


def read_page(body: bytes) -> Page:
    """Return a page of a list; raises TroubleError where the body is none."""
    try:
        text = str(body, "utf-8").removeprefix("\ufeff")
        return msgspec.json.decode(text, type=Page)
    except UnicodeDecodeError:
        error = "the answer is no valid UTF-8"
    except msgspec.ValidationError:
        error = 'the answer has no list under "value"'
    except (msgspec.DecodeError, RecursionError):
        error = "the answer is no JSON, or cut off"
    raise TroubleError(Status.FAILED, error)


class Arm:
    """Azure Resource Manager at one endpoint, asked by many threads.

    `client` is the SDK's ARMPipelineClient. Only GET goes out, and only to the endpoint's origin.
    """

    def __init__(self, endpoint: str, client: Any, gate: Gate, limits: Limits) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._client = client
        self._gate = gate
        self._limits = limits

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def list_all(self, path: str, query: Mapping[str, str], clock: Clock, role: str) -> bytes:
        """Return `{"value": [...]}` of all pages as JSON.

        Raises TroubleError. `role` is named where the login lacks a right.
        """
        entries: list[msgspec.Raw] = []
        room = self._limits.bytes_maximum
        url: str | None = self._endpoint + path
        seen: set[str] = set()
        while url is not None:
            if url in seen:
                raise TroubleError(Status.FAILED, "the pages of the answer loop")
            if len(seen) == self._limits.pages_maximum:
                most = self._limits.pages_maximum
                raise TroubleError(Status.FAILED, f"the answer has more than {most} pages")
            seen.add(url)
            body = self._get(url, {} if entries or len(seen) > 1 else query, clock, room, role)
            room -= len(body)
            page = read_page(body)
            entries += page.value
            url = self._next(url, page.nextLink)
        return msgspec.json.encode({"value": entries})

    def _next(self, url: str, link: str | None) -> str | None:
        if not link:
            return None
        try:
            there = urlsplit(urljoin(url, link))
            same = _origin(there) == _origin(urlsplit(self._endpoint)) and not there.username
        except ValueError:
            same = False
        if not same:
            raise TroubleError(Status.FAILED, "the next page is on another host; not followed")
        return there.geturl()

    def _get(self, url: str, query: Mapping[str, str], clock: Clock, room: int, role: str) -> bytes:
        """Return one body, after as many tries as the limits allow."""
        for attempt in range(1, self._limits.tries + 1):
            try:
                with self._gate.passed(clock):
                    body = self._try(url, query, clock, room, role)
            except PassingError as trouble:
                if trouble.status is Status.THROTTLED:
                    self._gate.refused()
                if attempt == self._limits.tries:
                    raise _given_up(trouble, f"after {attempt} tries") from trouble
                self._wait(trouble, attempt, clock)
            else:
                self._gate.answered()
                return body
        raise AssertionError("the last try returns or raises")

    def _wait(self, trouble: PassingError, attempt: int, clock: Clock) -> None:
        """Wait as the server asks, else a random while that grows; or give up at once."""
        asked = trouble.retry_after
        if asked is not None:
            if asked > self._limits.retry_after_seconds:
                raise _given_up(trouble, f"and asks to wait {asked:.0f} s") from trouble
            if asked >= clock.run.left():
                raise _given_up(trouble, "until the run's deadline") from trouble
            with clock.held_up():
                # A little more than asked for, so that the waiting do not come back all at once.
                clock.run.sleep(asked + random.uniform(0, min(1.0, asked / 4)))  # noqa: S311
            return
        most = self._limits.backoff_seconds * 2 ** (attempt - 1)
        pause = random.uniform(most / 2, most)  # noqa: S311 - jitter is no secret
        if pause >= clock.left():
            raise _given_up(trouble, "until its deadline") from trouble
        clock.run.sleep(pause)

    def _try(self, url: str, query: Mapping[str, str], clock: Clock, room: int, role: str) -> bytes:
        from azure.core.exceptions import AzureError  # noqa: PLC0415 - the SDK loads on use
        from azure.core.rest import HttpRequest  # noqa: PLC0415

        left = clock.left()
        if not left:
            raise TroubleError(Status.FAILED, _TOO_SLOW)
        seconds = min(self._limits.silence_seconds, left)
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip"}
        request = HttpRequest("GET", url, params=dict(query), headers=headers)
        try:
            response = self._client.send_request(
                request, stream=True, connection_timeout=seconds, read_timeout=seconds
            )
        except AzureError as error:
            raise connection_trouble(error) from error
        try:
            if response.status_code == _OK:
                return _read(response, clock, room)
            body = _read(response, clock, _ERROR_BYTES, whole=False)
            raise refusal(response.status_code, response.headers, body, url, role)
        finally:
            response.close()


_TOO_SLOW = "no whole answer within the time that a region has"


def _origin(url: SplitResult) -> tuple[str, str | None, int]:
    return url.scheme, url.hostname, url.port or 443


def _given_up(trouble: PassingError, when: str) -> TroubleError:
    return TroubleError(trouble.status, f"{trouble.error} {when}")


def _read(response: Any, clock: Clock, room: int, *, whole: bool = True) -> bytes:
    """Return a body, unpacked; never more than `room` bytes of it are held.

    `whole` False cuts a longer body off instead of refusing it.
    """
    packing = (response.headers.get("Content-Encoding") or "identity").lower()
    if packing not in ("identity", "gzip"):
        raise TroubleError(Status.FAILED, "the answer is packed in a way that was not asked for")
    unpack = zlib.decompressobj(_GZIP) if packing == "gzip" else None
    parts: list[bytes] = []
    size = 0
    for chunk in _chunks(response, clock):
        try:
            part = unpack.decompress(chunk, room - size + 1) if unpack else chunk
        except zlib.error:
            raise TroubleError(Status.FAILED, "the answer cannot be unpacked") from None
        parts.append(part)
        size += len(part)
        if size > room:
            if whole:
                most = f"{room / 2**20:.0f} MiB"
                raise TroubleError(Status.FAILED, f"the answer is larger than {most}")
            break
    if unpack and whole and not unpack.eof:
        raise PassingError(Status.FAILED, "the answer broke off")
    return b"".join(parts)


def _chunks(response: Any, clock: Clock) -> Iterator[bytes]:
    """Yield a body's bytes as they come in, so that a dripping one is seen to be late."""
    raw = response.internal_response.raw
    while True:
        if not clock.left():
            raise TroubleError(Status.FAILED, _TOO_SLOW)
        try:
            chunk = raw.read1(_CHUNK, decode_content=False)
        except Exception as error:
            # What a connection breaks with is the transport library's own affair.
            raise PassingError(Status.FAILED, "the answer broke off") from error
        if not chunk:
            return
        yield chunk
