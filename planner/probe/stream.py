"""Sending one request and taking its times; finding the dialect in which a server takes it."""

import asyncio
import errno
import os
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from planner.core.outcomes import Outcome
from planner.probe.answers import Answer, TroubleError, said
from planner.probe.ask import Api

if TYPE_CHECKING:
    import aiohttp

_OK = 200
_REDIRECTS = range(300, 400)
_REFUSED = (400, 422)
_MISSING = (404, 405, 501)
_ERROR_BYTES = 64 * 1024
_FIRST_BYTES = 2**20  # of an answer, and so many more per token that was asked for
_BYTES_PER_TOKEN = 4096
_DRAIN_SECONDS = 1.0

# What a server may refuse, in the order in which it is left out when it does not say what.
_OPTIONAL = (
    frozenset({"ignore_eos", "min_tokens"}),
    frozenset({"stream_options"}),
    frozenset({"temperature"}),
    frozenset({"stream"}),
)


class Dialect(msgspec.Struct, frozen=True):
    """How a server takes requests: on which path, and which fields it does without."""

    path: str = "/completions"
    left_out: frozenset[str] = frozenset()
    length_field: str = "max_tokens"

    def body(self, model: str, prompt: str, tokens: int) -> dict[str, Any]:
        """The JSON of a request for so many tokens, greedy, to be streamed."""
        chat = self.path == "/chat/completions"
        words = {"messages": [{"role": "user", "content": prompt}]} if chat else {"prompt": prompt}
        optional = {
            "temperature": 0.0,
            "stream": True,
            "stream_options": {"include_usage": True},
            "ignore_eos": True,
            "min_tokens": tokens,
        }
        kept = {name: value for name, value in optional.items() if name not in self.left_out}
        return {"model": model, **words, self.length_field: tokens, **kept}

    def simpler(self, trouble: TroubleError, api: Api) -> "Dialect | None":
        """What to try after a refusal: without what it names, else the other path; or nothing."""
        if trouble.status in _REFUSED:
            if self.length_field == "max_tokens" and "max_completion_tokens" in trouble.detail:
                return msgspec.structs.replace(self, length_field="max_completion_tokens")
            if fewer := self._refused(trouble.detail):
                return msgspec.structs.replace(self, left_out=self.left_out | fewer)
        missing = trouble.status in (*_REFUSED, *_MISSING)
        if missing and api == "auto" and self.path == "/completions":
            return Dialect("/chat/completions")
        return None

    def _refused(self, detail: str) -> frozenset[str]:
        """The optional fields that a refusal names, else the next to be left out."""
        left = [group - self.left_out for group in _OPTIONAL]
        named = {name for name in frozenset().union(*left) if re.search(rf"\b{name}\b", detail)}
        return frozenset(named) or next((group for group in left if group), frozenset())


def first_dialect(api: Api) -> Dialect:
    """Where to begin: with all fields, on the path that was asked for or /completions."""
    return Dialect("/chat/completions" if api == "chat" else "/completions")


class Line(msgspec.Struct, frozen=True):
    """A way to a server: an open session, its base address, what follows every path, a model."""

    session: "aiohttp.ClientSession"
    base: str
    query: str
    model: str
    timeout_seconds: float

    async def send(self, dialect: Dialect, prompt: str, input_asked: int, asked: int) -> Outcome:
        """One request for `asked` tokens; a failure is an outcome, too.

        `input_asked` tokens are taken for the prompt's where the server does not count them.
        """
        started = time.perf_counter()
        try:
            return await self.ask(dialect, prompt, input_asked, asked)
        except TroubleError as trouble:
            return Outcome(
                started=started,
                ended=time.perf_counter(),
                input_asked=input_asked,
                asked=asked,
                error=trouble.word,
                timed_out=trouble.word == "timed out",
            )

    async def ask(self, dialect: Dialect, prompt: str, input_asked: int, asked: int) -> Outcome:
        """Like `send`, but raises TroubleError."""
        body = msgspec.json.encode(dialect.body(self.model, prompt, asked))
        url = f"{self.base}{dialect.path}{self.query}"
        answer = Answer()
        started = time.perf_counter()
        ended = await self._exchange(url, body, answer, _FIRST_BYTES + asked * _BYTES_PER_TOKEN)
        tokens, counted = _tokens(answer, asked)
        return Outcome(
            started=started,
            ended=ended,
            first_token=answer.chunks[0].at if answer.chunks else None,
            chunks=tuple(answer.chunks),
            input_tokens=input_asked if answer.input_tokens is None else answer.input_tokens,
            output_tokens=tokens,
            input_asked=input_asked,
            asked=asked,
            counted=counted,
            short=tokens < asked if counted else answer.finish == "stop",
        )

    async def _exchange(self, url: str, body: bytes, answer: Answer, room: int) -> float:
        """Send a request and read its answer; the time of its end. Raises TroubleError."""
        async with troubles(), asyncio.timeout(self.timeout_seconds):
            headers = {"Content-Type": "application/json", "Accept": "text/event-stream"}
            async with self.session.post(
                url, data=body, headers=headers, allow_redirects=False
            ) as response:
                await check(response)
                async for data in response.content.iter_any():
                    room -= len(data)
                    if room < 0:
                        raise TroubleError("too long", "its answer does not end")
                    answer.read(data, time.perf_counter())
                    if answer.done:
                        break
                ended = time.perf_counter()
                answer.end(ended)
                await _drain(response)
                return ended


def _tokens(answer: Answer, asked: int) -> tuple[int, bool]:
    """Output tokens, and whether the server counted them.

    A number above what was asked for and above the bytes of the text is none. Raises TroubleError
    where nothing tells how many an answer in one piece has.
    """
    told = answer.output_tokens
    if told is not None and told <= max(asked, answer.letters):
        return told, True
    if answer.streamed:
        return answer.seen, False
    if answer.finish == "length" and answer.letters >= asked:
        return asked, False
    raise TroubleError("uncounted", "it answers in one piece and tells no usage")


async def check(response: "aiohttp.ClientResponse") -> None:
    """Raise TroubleError where an answer is a refusal, a redirect, or packed unasked."""
    status = response.status
    if status in _REDIRECTS:
        raise TroubleError(f"HTTP {status}", "it redirects, which is not followed", status)
    if status != _OK:
        body = await read(response, _ERROR_BYTES)
        try:
            words = said(msgspec.json.decode(body))
        except (msgspec.DecodeError, RecursionError):
            words = ""
        raise TroubleError(f"HTTP {status}", words, status)
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise TroubleError("garbage", "its answer is packed, which was not asked for")


async def read(response: "aiohttp.ClientResponse", room: int) -> bytes:
    """The beginning of a body, up to so many bytes."""
    body = bytearray()
    async for data in response.content.iter_any():
        body += data[: room - len(body)]
        if len(body) >= room:
            break
    return bytes(body)


async def _drain(response: "aiohttp.ClientResponse") -> None:
    """Read what follows the last word, so that the connection can be used again."""
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            await read(response, _ERROR_BYTES)
    except TimeoutError:
        response.close()


@asynccontextmanager
async def troubles() -> AsyncIterator[None]:
    """Turn what a connection can raise into TroubleErrors, each with its word."""
    import aiohttp  # noqa: PLC0415 - an extra

    try:
        yield
    except TimeoutError:
        raise TroubleError("timed out", "it does not answer in time") from None
    except (aiohttp.InvalidURL, UnicodeError):
        raise TroubleError("no connection", "its address names no host") from None
    except aiohttp.ClientConnectorCertificateError:
        raise TroubleError("no connection", "its certificate is not trusted") from None
    except aiohttp.ClientConnectorSSLError:
        raise TroubleError("no connection", "it does not speak TLS") from None
    except aiohttp.ClientConnectorError as error:
        number = error.os_error.errno
        words = os.strerror(number) if number and number in errno.errorcode else error.strerror
        raise TroubleError("no connection", words or "") from None
    except aiohttp.ClientPayloadError:
        raise TroubleError("cut off", "it stops in the middle of its answer") from None
    except aiohttp.ClientResponseError:
        raise TroubleError("garbage", "it does not speak HTTP") from None
    except (aiohttp.ClientError, OSError):
        raise TroubleError("connection lost", "it closes the connection") from None


def open_session(headers: Mapping[str, str]) -> "aiohttp.ClientSession":
    """A session that waits for no free connection, unpacks nothing and keeps no cookies."""
    import aiohttp  # noqa: PLC0415 - an extra

    return aiohttp.ClientSession(
        headers={"Accept-Encoding": "identity", **headers},
        connector=aiohttp.TCPConnector(limit=0),
        timeout=aiohttp.ClientTimeout(total=None, sock_read=None, sock_connect=None),
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
    )
