"""The Gemini API: one list of models behind one address, for whoever holds a key.

The API tells neither an account nor limits: coverage has no account, and quotas stay unknown.
"""

import contextlib
import importlib.util
import os
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import metadata
from typing import Any, ClassVar
from urllib.parse import urlsplit

import msgspec

from planner.collectors import Facts, Harvest, Login, Piece, Request, _gemini_legacy, _gemini_sdk
from planner.collectors._gemini_records import read_models
from planner.collectors._gemini_sdk import Answer, Ask
from planner.core.snapshots import Coverage, Status

REGION = "global"
PACKAGE, LEGACY_PACKAGE = "google-genai", "google-generativeai"
# The order in which google-genai looks for them.
KEYS = ("GOOGLE_API_KEY", "GEMINI_API_KEY")
HINT = "make a key at https://aistudio.google.com/app/apikey and set GEMINI_API_KEY"
_MISSING = "no SDK is installed; pip install 'cloud-llm-planner[gemini]'"
_BILLING = "set up billing for the key's project in Google AI Studio"

_ATTEMPTS = 4
_PAGES_MAXIMUM = 20
_LONGEST_WAIT_SECONDS = 60
_PASSING = {408, 409, 429, 500, 502, 503, 504}

_NOTES = (
    "the API tells no limits, so quotas are unknown",
    (
        "the API does not tell the key's tier: answers assume the paid one (unpaid use may train "
        "models, and users in the EEA, Switzerland and the UK need the paid tier)"
    ),
)
_LEGACY_NOTE = (
    "read with google-generativeai, which ended on 2025-09-30 and does not tell which models "
    "think; install the extra gemini"
)


class GeminiCollector:
    """The models that a key of the Gemini API sees.

    A question that fails for a passing reason is asked again after `first_wait_seconds`, then
    twice as long; a body larger than `bytes_maximum` is not read to its end.
    """

    provider: ClassVar[str] = "gemini"
    extra: ClassVar[str] = "gemini"

    def __init__(self, first_wait_seconds: float = 0.5, bytes_maximum: int = 64 * 2**20) -> None:
        self._first_wait_seconds = first_wait_seconds
        self._bytes_maximum = bytes_maximum

    def login(self) -> Login:
        """Look for the package and for a key in the environment."""
        sdk = _installed()
        name = _key_name()
        return Login(
            sdk=sdk,
            credentials=f"key in {name}" if name else None,
            missing_extra=None if sdk else self.extra,
            hint=None if name else HINT,
        )

    def fetch(self, request: Request, tell: Callable[[str, int, int], None]) -> Iterator[Piece]:
        """Yield the pages of the models list; the last can be the reason why it is missing."""
        if request.regions and REGION not in request.regions:
            return
        sdk, name = _installed(), _key_name()
        if not sdk:
            yield _said(Status.FAILED, _MISSING)
            return
        if name is None:
            yield _said(Status.DENIED, f"no key is set; {HINT}")
            return
        if fault := _address_fault(os.environ.get("GOOGLE_GEMINI_BASE_URL", "")):
            yield _said(Status.FAILED, fault)
            return
        ends_at = time.monotonic() + min(request.deadline_seconds, request.region_seconds)
        tell(REGION, 0, 1)
        with contextlib.ExitStack() as stack:
            try:
                ask = stack.enter_context(self._connected(sdk, os.environ[name].strip()))
            except (ImportError, OSError, ValueError) as error:  # settings of the SDK's own
                yield _said(Status.FAILED, f"the SDK cannot be set up ({type(error).__name__})")
                return
            if LEGACY_PACKAGE in sdk:
                yield Piece(what="package", region=REGION, body=LEGACY_PACKAGE)
            yield from self._pages(ask, ends_at)
        tell(REGION, 1, 1)

    def parse(self, pieces: Iterable[Piece], facts: Facts) -> Harvest:
        """Read the pages; one that is missing or malformed makes the whole list failed."""
        pages: list[Any] = []
        notes: tuple[str, ...] = _NOTES
        lost: Piece | None = None
        asked = False
        for piece in pieces:
            asked = True
            if piece.status is not Status.OK:
                lost = lost or piece
            elif piece.what == "models":
                pages.append(piece.body)
            elif piece.body == LEGACY_PACKAGE:
                notes = (*_NOTES, _LEGACY_NOTE)
        if not asked:
            return Harvest(records=(), coverage=())
        try:
            if lost is None:
                records = read_models(pages, facts.names)
                return Harvest(records=records, coverage=(Coverage(region=REGION),), notes=notes)
            status, error = lost.status, lost.error
        except ValueError as malformed:
            status, error = Status.FAILED, str(malformed)
        entry = Coverage(region=REGION, status=status, error=error)
        return Harvest(records=(), coverage=(entry,))

    def _connected(
        self, sdk: Mapping[str, str], key: str
    ) -> contextlib.AbstractContextManager[Ask]:
        if PACKAGE in sdk:
            return _gemini_sdk.connected(key, self._bytes_maximum)
        return _gemini_legacy.connected(key)

    def _pages(self, ask: Ask, ends_at: float) -> Iterator[Piece]:
        token: str | None = None
        seen: set[str | None] = set()
        while token not in seen and len(seen) < _PAGES_MAXIMUM:
            seen.add(token)
            piece = _judged(self._asked(ask, token, ends_at))
            yield piece
            token = _next_token(piece.body)
            if token is None:
                return
        yield _said(Status.FAILED, f"the list of models does not end after {len(seen)} pages")

    def _asked(self, ask: Ask, token: str | None, ends_at: float) -> Answer:
        for attempt in range(_ATTEMPTS):
            seconds = ends_at - time.monotonic()
            if seconds <= 0:
                break
            answer = _gemini_sdk.within(seconds, lambda: ask(token, seconds))  # noqa: B023
            if not (answer.passing or answer.code in _PASSING) or attempt == _ATTEMPTS - 1:
                return answer
            wait = self._wait_seconds(answer, attempt)
            if wait > min(_LONGEST_WAIT_SECONDS, ends_at - time.monotonic()):
                return answer
            time.sleep(wait)
        return Answer(error="no answer in time")

    def _wait_seconds(self, answer: Answer, attempt: int) -> float:
        if re.fullmatch(r"\d{1,9}", answer.retry_after or ""):
            return float(answer.retry_after or 0)
        spread = random.uniform(0.75, 1.25)  # noqa: S311 - no secret rests on it
        return self._first_wait_seconds * 2.0**attempt * spread


COLLECTOR = GeminiCollector


def _installed() -> dict[str, str]:
    """The package that will be used, with its version; {} where there is none."""
    for package, module in ((PACKAGE, "genai"), (LEGACY_PACKAGE, "generativeai")):
        with contextlib.suppress(metadata.PackageNotFoundError, ModuleNotFoundError):
            if importlib.util.find_spec(f"google.{module}"):
                return {package: metadata.version(package)}
    return {}


def _key_name() -> str | None:
    return next((name for name in KEYS if os.environ.get(name, "").strip()), None)


def _address_fault(base_url: str) -> str | None:
    """Why the key is not sent to an address; None where it is (or where there is none)."""
    if not base_url:
        return None
    try:
        parts = urlsplit(base_url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in {"http", "https"}:
        return "GOOGLE_GEMINI_BASE_URL is no https address; correct it or unset it"
    if parts.scheme == "http" and host not in {"127.0.0.1", "::1", "localhost"}:
        return "GOOGLE_GEMINI_BASE_URL would show the key to all; use https"
    return None


def _said(status: Status, error: str) -> Piece:
    return Piece(what="models", region=REGION, status=status, error=error)


def _judged(answer: Answer) -> Piece:
    if answer.code is None:
        return _said(Status.FAILED, answer.error or "no answer")
    if answer.code == 200:  # noqa: PLR2004 - OK
        try:
            body = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return _said(Status.FAILED, "the answer is no JSON")
        return Piece(what="models", region=REGION, body=body)
    status, error = _refusal(answer.code, _words(answer.body))
    return _said(status, error)


def _refusal(code: int, words: tuple[str, ...]) -> tuple[Status, str]:
    """What an HTTP code other than 200 means, and what to do; `words` are those of the error."""
    told = " ".join((str(code), *words))
    if code in {401, 403} or any(word.startswith("API_KEY") for word in words):
        return Status.DENIED, f"the key was refused ({told}); {HINT}"
    if code == 402 or "FAILED_PRECONDITION" in words:  # noqa: PLR2004 - payment required
        # https://ai.google.dev/gemini-api/docs/generate-content/api-errors, read 2026-11-20
        return Status.DENIED, f"the API refuses the key's project ({told}); {_BILLING}"
    if code == 429:  # noqa: PLR2004 - too many requests
        return Status.THROTTLED, f"the API was asked too often ({told}); try again later"
    if 300 <= code < 400:  # noqa: PLR2004 - redirects
        return Status.FAILED, f"the API sends elsewhere ({told}), where the key does not go"
    return Status.FAILED, f"the API failed ({told})"


def _words(body: bytes) -> tuple[str, ...]:
    """The status and the reasons that an error tells in capitals.

    Nothing else of it is passed on: its sentences name keys and projects.
    """
    found: dict[str, None] = {}
    with contextlib.suppress(ValueError, RecursionError, TypeError, LookupError, AttributeError):
        told = msgspec.json.decode(body)
        error = (told[0] if isinstance(told, list) else told)["error"]
        reasons = [detail.get("reason") for detail in error.get("details") or []]
        for word in (error.get("status"), *reasons):
            if isinstance(word, str) and re.fullmatch(r"[A-Z_]{1,50}", word):
                found[word] = None
    return tuple(found)


def _next_token(body: Any) -> str | None:
    token = body.get("nextPageToken") if isinstance(body, dict) else None
    return token if isinstance(token, str) and token else None
