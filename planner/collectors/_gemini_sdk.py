"""Asking the Gemini API through google-genai, within bounds of our own.

The package follows redirects with the key, reads bodies of any size, drops fields that it does not
know, and takes HTML for an empty list. So it gets an HTTP client that does none of that and keeps
each body as it came.
"""

import contextlib
import logging
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

PAGE_SIZE = 1000  # the API's most; its default of 50 truncates
API_VERSION = "v1beta"  # newer models and the "-latest" names are in no other


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one request brought: an HTTP code and a body, or (`code` None) why there was neither.

    `passing` says of an answer without code that asking again may help.
    """

    code: int | None = None
    body: bytes = b""
    retry_after: str | None = None
    error: str | None = None
    passing: bool = False


# Asks for the page of a token (None: the first) and gives up after so many seconds.
Ask = Callable[[str | None, float], Answer]


# What the package raises over a body that is not what it expects.
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)


class _TooLargeError(Exception):
    """A body goes on beyond the cap."""


@contextlib.contextmanager
def connected(key: str, bytes_maximum: int) -> Iterator[Ask]:
    """A client of google-genai; GOOGLE_GEMINI_BASE_URL, as it reads it, says where the API is."""
    import httpx2  # noqa: PLC0415 - 0.6 s, of use in a collection alone
    from google import genai  # noqa: PLC0415
    from google.genai import errors, types  # noqa: PLC0415

    # What it logs (which key it took) would stand between the lines of the progress bar.
    logging.getLogger("google_genai").addHandler(logging.NullHandler())

    class Bounded(httpx2.Client):
        last: Answer | None = None
        ends_at = 0.0

        def send(self, *args: Any, **options: Any) -> httpx2.Response:
            answer = super().send(*args, **options | {"stream": True})
            with contextlib.closing(answer):
                body = self._read(answer)
            self.last = Answer(
                code=answer.status_code, body=body, retry_after=answer.headers.get("retry-after")
            )
            return httpx2.Response(answer.status_code, content=body, request=answer.request)

        def _read(self, answer: httpx2.Response) -> bytes:
            body = bytearray()
            for chunk in answer.iter_bytes():  # unpacked, at most 1 MiB at a time
                body += chunk
                if len(body) > bytes_maximum:
                    raise _TooLargeError
                if time.monotonic() > self.ends_at:
                    raise httpx2.ReadTimeout("")
            return bytes(body)

    with Bounded(follow_redirects=False) as http:
        options = types.HttpOptions(
            api_version=API_VERSION,
            httpx_client=http,
            # Attempts are counted by the collector, which also heeds Retry-After.
            retry_options=types.HttpRetryOptions(attempts=1),
        )
        client = genai.Client(vertexai=False, api_key=key, http_options=options)

        def ask(token: str | None, seconds: float) -> Answer:
            http.last, http.ends_at = None, time.monotonic() + seconds
            config = types.ListModelsConfig(
                page_size=PAGE_SIZE,
                page_token=token,
                http_options=types.HttpOptions(timeout=max(1, int(seconds * 1000))),
            )
            try:
                client.models.list(config=config)
            except httpx2.TransportError as error:
                return Answer(error=_in_words(error), passing=True)
            except _TooLargeError:
                return Answer(error=f"the answer is larger than {bytes_maximum:,} bytes")
            except (*_UNREADABLE, errors.APIError, httpx2.HTTPError):
                pass  # what the package makes of an answer does not matter: the answer is at hand
            return http.last or Answer(error="the key or the address cannot be used")

        yield ask


def within(seconds: float, call: Callable[[], Answer]) -> Answer:
    """The answer of a call, or that it took too long, whatever the call waits for."""
    answers: list[Answer] = []

    def run() -> None:
        try:
            answers.append(call())
        except Exception as error:  # noqa: BLE001 - a thread has no caller to raise to
            answers.append(Answer(error=f"the package failed with {type(error).__name__}"))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return answers[0] if answers else Answer(error="no answer in time")


def _in_words(error: BaseException) -> str:
    """What broke a connection, without the error's text: that can hold an address or more."""
    name = type(error).__name__
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "the server's certificate is not trusted; SSL_CERT_FILE names another authority"
        cause = cause.__cause__ or cause.__context__
    if "Timeout" in name:
        return "no answer in time"
    return "no connection" if name == "ConnectError" else f"the connection broke off ({name})"
