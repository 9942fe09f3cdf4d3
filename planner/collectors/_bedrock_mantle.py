"""The models that Bedrock's OpenAI-compatible endpoint lists; some stand in no other list.

It takes a bearer token and no signature, so it is asked over urllib, under the same limits.
"""

import json
import os
import random
import re
import time
import urllib.error
import urllib.request
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

from planner.collectors._aws_http import BODY_BYTES, too_long
from planner.collectors._aws_work import Job, Trouble, out_of_time
from planner.core.snapshots import Status

MANTLE = "bedrock-mantle"
_TOKEN = "AWS_BEARER_TOKEN_BEDROCK"  # noqa: S105 - the variable's name
_ENDPOINT = "https://bedrock-mantle.{region}.api.aws"
_OTHER_ENDPOINTS = ("AWS_ENDPOINT_URL_BEDROCK_MANTLE", "AWS_ENDPOINT_URL")
_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_TRIES = 3
_READ_SECONDS = 20
_STATUS = {401: Status.DENIED, 403: Status.DENIED, 429: Status.THROTTLED}
_WORTH_A_RETRY = {429, 500, 502, 503, 504}


def mantle_job(region: str) -> Job | None:
    """The question for a region's models; None without a bearer token."""
    token = os.environ.get(_TOKEN)
    if not token:
        return None
    return Job(what=MANTLE, region=region, ask=lambda deadline: _ask(region, token, deadline))


def _ask(region: str, token: str, deadline: float) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the scheme is checked
        _endpoint(region) + "/v1/models", headers={"Authorization": f"Bearer {token}"}
    )
    for attempt in range(1, _TRIES + 1):
        try:
            return _models(_fetch(request, deadline))
        except urllib.error.HTTPError as error:
            error.close()
            trouble = _refusal(error.code)
            again = error.code in _WORTH_A_RETRY
        except (OSError, HTTPException) as error:
            trouble = Trouble(Status.FAILED, f"no whole answer of {MANTLE} ({_kind(error)})")
            again = True
        pause = random.uniform(0.5, 1) * 2 ** (attempt - 1)  # noqa: S311 - jitter
        if not again or attempt == _TRIES or time.monotonic() + pause >= deadline:
            break
        time.sleep(pause)
    raise trouble


def _endpoint(region: str) -> str:
    """The base of the address; `{region}` in a configured one stands for the region."""
    configured = None
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() != "true":
        configured = next((os.environ[n] for n in _OTHER_ENDPOINTS if os.environ.get(n)), None)
    base = (configured or _ENDPOINT).replace("{region}", region).rstrip("/")
    parts = urlsplit(base)
    if not re.fullmatch(r"[a-z0-9-]+", region):
        raise Trouble(Status.FAILED, f"{region!r:.40} is no region")
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    if not safe:
        raise Trouble(Status.FAILED, f"the endpoint of {MANTLE} is not https; no token goes there")
    return base


def _fetch(request: urllib.request.Request, deadline: float) -> bytes:
    opener = urllib.request.build_opener(_NoRedirect)
    seconds = min(_READ_SECONDS, max(0.1, deadline - time.monotonic()))
    with opener.open(request, timeout=seconds) as answer:
        chunks: list[bytes] = []
        size = 0
        while chunk := answer.read1(1 << 16):
            chunks.append(chunk)
            size += len(chunk)
            if size > BODY_BYTES:
                raise too_long()
            if time.monotonic() >= deadline:
                raise out_of_time()
        promised = answer.headers.get("Content-Length") or ""
        if promised.isdecimal() and size < int(promised):
            raise ConnectionError("short body")
    return b"".join(chunks)


def _models(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise Trouble(Status.FAILED, f"the answer of {MANTLE} holds no list of models")
    return {"data": answer["data"]}


def _refusal(code: int) -> Trouble:
    words = f"{MANTLE} answers HTTP {code}"
    if code in (401, 403):
        words += f"; renew {_TOKEN}, or unset it"
    return Trouble(_STATUS.get(code, Status.FAILED), words)


def _kind(error: Exception) -> str:
    reason = getattr(error, "reason", error)
    return type(reason if isinstance(reason, Exception) else error).__name__


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the token is for one host."""

    def redirect_request(self, *_: Any) -> None:
        return None
