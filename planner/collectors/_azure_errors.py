"""What a refusal or a broken connection means, in words that hold no id, address or secret."""

import re
import time
from collections.abc import Mapping

import msgspec

from planner.core.snapshots import Status

_UNAUTHORIZED = 401
_FORBIDDEN = 403
_THROTTLED = 429
_PASSING = frozenset({408, 409, 429, 500, 502, 503, 504})
"""HTTP statuses that are worth another try."""

_NOT_OFFERED = frozenset({"NoRegisteredProviderFound", "LocationNotAvailableForResourceType"})
_UNREGISTERED = "MissingSubscriptionRegistration"
_NO_SUBSCRIPTION = "SubscriptionNotFound"
_OTHER_TENANT = "InvalidAuthenticationTokenTenant"
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,63}")
_SUPPORTED = re.compile(r"supported locations are '([^']*)'")


_NOT_HERE = "not offered here"
_NOT_REGISTERED = "the resource provider is not registered"
_ABSENT = ("HTTP 404", _NOT_HERE, _NOT_REGISTERED)


_NO_ANSWER = "check AZURE_AUTHORITY_HOST, AZURE_TENANT_ID and the network's proxy"
_LOGIN_SERVER = (
    (r"HTTP Error: 5\d\d", "the login server answers HTTP {}; try later"),
    (
        r"Expecting value|Authentication failed: None",
        f"the login server gives no token; {_NO_ANSWER}",
    ),
    (
        r"CA certificate bundle|NO_CERTIFICATE_OR_CRL_FOUND",
        "REQUESTS_CA_BUNDLE names no file of certificates; mend it or unset it",
    ),
)
"""What the SDK says where the login was not even refused, and what that means."""


class TroubleError(Exception):
    """Why a question has no answer, in words that hold no id; `stops` ends the whole run."""

    def __init__(self, status: Status, error: str, *, stops: bool = False) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.stops = stops


class PassingError(Exception):
    """A trouble that another try may get over."""

    def __init__(self, status: Status, error: str, retry_after: float | None = None) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.retry_after = retry_after


def connection_trouble(error: Exception) -> Exception:
    """Say what an exception of the SDK means; its own words can hold ids and stay behind."""
    from azure.core.exceptions import ClientAuthenticationError  # noqa: PLC0415

    words = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in words:
        hint = "the server's certificate is not trusted; name its authority in REQUESTS_CA_BUNDLE"
        return TroubleError(Status.FAILED, hint, stops=True)
    if isinstance(error, ClientAuthenticationError):
        return _login_trouble(words)
    if "not permitted for non-TLS" in words:
        hint = "the endpoint is no https address; tokens are not sent there"
        return TroubleError(Status.FAILED, hint, stops=True)
    return PassingError(Status.FAILED, "no connection, or it broke")


def _login_trouble(words: str) -> TroubleError:
    """Say what kept the SDK from a token: the network, the login server, or no login."""
    if re.search(r"Max retries|Failed to establish|timed out|Connection", words):
        hint = "the login server cannot be reached; check the network and AZURE_AUTHORITY_HOST"
        return TroubleError(Status.FAILED, hint, stops=True)
    if "Unable to get authority" in words:
        return no_login(f"the login server does not know the tenant; {_NO_ANSWER}")
    if told := next((t for pattern, t in _LOGIN_SERVER if re.search(pattern, words)), None):
        found = re.search(r"HTTP Error: (\d{3})", words)
        return TroubleError(Status.FAILED, told.format(found and found[1]), stops=True)
    code = re.search(r"AADSTS\d+", words)
    return no_login(f"no login ({code[0]})" if code else "no login")


def no_login(what: str) -> TroubleError:
    """Say that the provider knows no valid login, and how to get one."""
    hint = f"{what}; run az login, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
    return TroubleError(Status.DENIED, hint, stops=True)


def refusal(status: int, headers: Mapping[str, str], body: bytes, url: str, role: str) -> Exception:
    """Say what an HTTP status other than 200 means; `role` is what a denied login lacks."""
    code, message = _error_of(body)
    told = f"HTTP {status} {code}".strip()
    if status == _UNAUTHORIZED and code != _OTHER_TENANT:
        return no_login(f"the login is refused or has expired ({told})")
    if code in _NOT_OFFERED:
        return _not_offered(code, message, url)
    if status in _PASSING and code != _UNREGISTERED:
        kind = Status.THROTTLED if status == _THROTTLED else Status.FAILED
        return PassingError(kind, told, _retry_after(headers))
    kind, what = Status.FAILED, told
    if status == _UNAUTHORIZED:
        kind = Status.DENIED
        what = "the subscription is of another tenant; az login --tenant with that one"
    elif status == _FORBIDDEN:
        kind = Status.DENIED
        what = f"refused ({told}); grant the login the role {role} on the subscription"
    elif code == _NO_SUBSCRIPTION:
        what = f"{told}; check --subscription, and the tenant of the login"
    elif code == _UNREGISTERED:
        what = f"{_NOT_REGISTERED} ({told}); az provider register"
    return TroubleError(kind, what)


def says_absent(error: str | None) -> bool:
    """Whether the words of a refusal mean that what was asked is not there, or not registered."""
    return (error or "").startswith(_ABSENT)


def _not_offered(code: str, message: str, url: str) -> TroubleError:
    """Read the one answer that can mean two things: no such region, or no such API version."""
    places = _SUPPORTED.search(message)
    region = re.search(r"/locations/([^/]+)/", url)
    names = places[1].lower().replace(" ", "").split(",") if places else []
    if region and region[1] in names:
        return TroubleError(Status.FAILED, f"this cloud does not know the API version ({code})")
    return TroubleError(Status.NOT_OFFERED, f"{_NOT_HERE} ({code})")


def _error_of(body: bytes) -> tuple[str, str]:
    """Return the code of an error body, "" where it has none that looks like one, and its words."""
    try:
        error = msgspec.json.decode(body)["error"]
        code, message = error["code"], error.get("message")
    except (msgspec.DecodeError, UnicodeDecodeError, LookupError, TypeError, RecursionError):
        return "", ""
    good = isinstance(code, str) and _CODE.fullmatch(code)
    return (code if good else ""), (message if isinstance(message, str) else "")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    text = headers.get("Retry-After") or ""
    if re.fullmatch(r"\d{1,9}", text.strip()):
        return float(text)
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - a rare form

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
