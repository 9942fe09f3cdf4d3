"""A bounded reader of public HTTP: what a body may weigh and take, and when to ask again.

Only GET goes out, without a login; redirects are not followed. The body comes as a stream of
unpacked bytes, so that a file of any size is read in little memory.
"""

import http.client
import random
import threading
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import TypeVar, cast
from urllib.parse import urlsplit

import msgspec

T = TypeVar("T")

_CHUNK = 256 * 1024
_GZIP = 31  # zlib's window for a gzip header and trailer
# JSON packs 10 to 60 times; gzip can reach 1,032 times.
_LARGEST_RATIO = 200
_RATIO_COUNTS_FROM = 2**20
_PASSING = {408, 409, 425, 429, 500, 502, 503, 504}
_ABSENT = 404
_TOO_SLOW = "no whole answer within the time that it has"


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How often a question is asked again and how long a silence may last."""

    tries: int = 4
    backoff_seconds: float = 0.5
    retry_after_seconds: float = 60
    silence_seconds: float = 20


class TroubleError(Exception):
    """An answer that cannot be used; the text says why, for people."""


class AbsentError(TroubleError):
    """There is no such thing at that address."""


class PassingError(TroubleError):
    """A trouble that may pass; `retry_after` is the pause in seconds that the server asks for."""

    def __init__(self, text: str, retry_after: float | None = None) -> None:
        super().__init__(text)
        self.retry_after = retry_after


class Clock:
    """The time that one question has; none is left once the run is stopped."""

    def __init__(self, seconds: float, stopped: threading.Event | None = None) -> None:
        self._end = time.monotonic() + seconds
        self._stopped = stopped or threading.Event()

    def left(self) -> float:
        """Seconds that are left, 0 at the least."""
        return 0.0 if self._stopped.is_set() else max(0.0, self._end - time.monotonic())

    def sleep(self, seconds: float) -> None:
        """Wait, shorter where the time ends or the run is stopped."""
        self._stopped.wait(min(seconds, self.left()))


def read(
    url: str,
    take: Callable[[Iterator[bytes]], T],
    *,
    clock: Clock,
    bytes_maximum: int,
    limits: Limits | None = None,
) -> T:
    """Return what `take` makes of a body, asked for as often as the limits allow.

    `take` gets the unpacked bytes in pieces and begins anew with each try. Raises TroubleError.
    """
    limits = limits or Limits()
    _check(url)
    for attempt in range(1, limits.tries + 1):
        try:
            with _opened(url, clock, limits) as response:
                return take(_unpacked(response, clock, bytes_maximum))
        except PassingError as trouble:
            if attempt == limits.tries:
                raise TroubleError(f"{trouble} after {attempt} tries") from trouble
            _wait(trouble, attempt, clock, limits)
    raise AssertionError("the last try returns or raises")


def _check(url: str) -> None:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TroubleError(f"{url!r:.100} is no http or https address")
    if parts.username or parts.password:
        raise TroubleError("the address holds a login; none is needed")


def _wait(trouble: PassingError, attempt: int, clock: Clock, limits: Limits) -> None:
    """Wait as the server asks, else a random while that grows; or give up at once."""
    asked = trouble.retry_after
    if asked is not None and asked > limits.retry_after_seconds:
        raise TroubleError(f"{trouble} and asks to wait {asked:.0f} s") from trouble
    most = limits.backoff_seconds * 2 ** (attempt - 1)
    jitter = random.uniform(most / 2, most)  # noqa: S311 - jitter is no secret
    pause = jitter if asked is None else asked + min(jitter, asked / 4)
    if pause >= clock.left():
        raise TroubleError(f"{trouble} until its deadline") from trouble
    clock.sleep(pause)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing; the redirect then reads as a refusal."""
        return


def _opened(url: str, clock: Clock, limits: Limits) -> http.client.HTTPResponse:
    left = clock.left()
    if not left:
        raise TroubleError(_TOO_SLOW)
    request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
        url, headers={"Accept": "application/json", "Accept-Encoding": "gzip"}
    )
    opener = urllib.request.build_opener(_Stay)
    try:
        opened = opener.open(request, timeout=min(limits.silence_seconds, left))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, error.headers.get("Retry-After")) from error
    except (OSError, http.client.HTTPException) as error:
        raise PassingError(_broken(error)) from error
    return cast("http.client.HTTPResponse", opened)


def _broken(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "no answer in time"
    if isinstance(reason, ConnectionError | http.client.HTTPException):
        return f"the connection broke off ({type(reason).__name__})"
    words = " ".join(str(reason).split())
    return f"no connection ({words:.120})" if words.isprintable() else "no connection"


def _refusal(status: int, retry_after: str | None) -> TroubleError:
    if status in _PASSING:
        return PassingError(f"the server answers {status}", _seconds(retry_after))
    if 300 <= status < 400:  # noqa: PLR2004 - the redirects
        return TroubleError(f"the server answers {status}, to another address; not followed")
    kind = AbsentError if status == _ABSENT else TroubleError
    return kind(f"the server answers {status}")


def _seconds(text: str | None) -> float | None:
    """The pause that a Retry-After asks for: seconds, or a date."""
    if text is None:
        return None
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None


def _unpacked(response: http.client.HTTPResponse, clock: Clock, room: int) -> Iterator[bytes]:
    """Yield a body, unpacked; refuses more than `room` bytes and what unpacks beyond measure."""
    packing = (response.headers.get("Content-Encoding") or "identity").lower()
    if packing not in ("identity", "gzip"):
        raise TroubleError("the answer is packed in a way that was not asked for")
    unpack = zlib.decompressobj(_GZIP) if packing == "gzip" else None
    packed = size = 0
    for chunk in _chunks(response, clock):
        packed += len(chunk)
        for part in _parts(unpack, chunk) if unpack else (chunk,):
            size += len(part)
            if size > room:
                raise TroubleError(f"the answer is larger than {room / 2**20:.0f} MiB")
            if size > max(packed * _LARGEST_RATIO, _RATIO_COUNTS_FROM):
                raise TroubleError("the answer unpacks to far more than was sent; not read on")
            yield part
    if unpack and not unpack.eof:
        raise PassingError("the answer broke off")


def _parts(unpack: "zlib._Decompress", chunk: bytes) -> Iterator[bytes]:
    """Yield what a packed piece holds, a bounded part at a time."""
    while chunk:
        try:
            part = unpack.decompress(chunk, _CHUNK)
        except zlib.error:
            raise TroubleError("the answer cannot be unpacked") from None
        if part:
            yield part
        chunk = unpack.unconsumed_tail


def _chunks(response: http.client.HTTPResponse, clock: Clock) -> Iterator[bytes]:
    """Yield a body's bytes as they come in, so that a dripping one is seen to be late."""
    while True:
        if not clock.left():
            raise TroubleError(_TOO_SLOW)
        try:
            chunk = response.read1(_CHUNK)
        except (OSError, http.client.HTTPException) as error:
            raise PassingError("the answer broke off") from error
        if not chunk:
            break
        yield chunk
    if response.length:  # what is missing of the length that was announced
        raise PassingError("the answer broke off")
