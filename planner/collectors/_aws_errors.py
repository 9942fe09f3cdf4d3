"""What boto3's exceptions mean, in our own words.

What a server says in an error can hold account ids and ARNs: it is never passed on, only its code.
"""

import re
from typing import Any

from planner.collectors._aws_work import Trouble
from planner.core.allowances import NOT_ENABLED
from planner.core.snapshots import Status

LOG_IN = "log in with aws sso login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"

_ACTION_PREFIX = {"service-quotas": "servicequotas"}  # else the client's own name
_CONFLICT, _TOO_MANY = 409, 429
_EXPIRED = {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
_BAD_KEYS = {"UnrecognizedClientException", "InvalidClientTokenId", "AuthFailure", "OptInRequired"}
_BAD_SIGNATURE = {
    "SignatureDoesNotMatch",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
}
_CLOCK = {"RequestTimeTooSkewed", "RequestInTheFuture"}
_DENIED = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}
_THROTTLED = {
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
}
_NOT_THERE = {"NoSuchResourceException", "UnknownOperationException"}
_NO_LOGIN = {
    "CredentialRetrievalError",
    "LoginError",
    "LoginTokenLoadError",
    "NoAuthTokenError",
    "NoCredentialsError",
    "PartialCredentialsError",
    "ProfileNotFound",
    "SSOTokenLoadError",
    "TokenRetrievalError",
    "UnauthorizedSSOTokenError",
}
_UNREADABLE = {"AttributeError", "KeyError", "TypeError", "ValueError", "ResponseParserError"}
_NO_CONNECTION = {"EndpointConnectionError", "ConnectTimeoutError", "ProxyConnectionError"}


def trouble_of(error: Exception, service: str, operation: str) -> Trouble:
    """What an exception of botocore means, without a word of the server's."""
    if isinstance(error, Trouble):
        return error
    kind = type(error).__name__
    if kind == "ProfileNotFound":
        return Trouble(Status.DENIED, no_profile(error), everywhere=True)
    if kind in _NO_LOGIN:
        return Trouble(Status.DENIED, f"no usable AWS login ({kind}); {LOG_IN}", everywhere=True)
    response = getattr(error, "response", None)
    if isinstance(response, dict):
        # A login that assumes a role first can be refused in that.
        return _refusal(response, service, getattr(error, "operation_name", operation))
    return Trouble(Status.FAILED, _in_words(error, kind, service, operation))


def _in_words(error: Exception, kind: str, service: str, operation: str) -> str:
    """What broke on the way, and what to look at."""
    if kind in _NO_CONNECTION:
        return f"no connection to {service}; check the network, HTTPS_PROXY and AWS_ENDPOINT_URL"
    if isinstance(error, ValueError) and operation == "client":
        return f"{service} has no such address; check AWS_ENDPOINT_URL and the region's name"
    if kind in _UNREADABLE:
        return f"{operation}: the answer cannot be read; check AWS_ENDPOINT_URL and HTTPS_PROXY"
    return f"{operation}: {kind}"


def no_profile(error: Exception) -> str:
    """That a profile is not there, by its name, which is the user's own word."""
    name = getattr(error, "kwargs", {}).get("profile", "")
    return f"the AWS profile {name!r:.60} is in no configuration file; mend AWS_PROFILE"


def is_conflict(error: Exception) -> bool:
    """Whether a service answered 409, which passes."""
    response = getattr(error, "response", None)
    told = response.get("ResponseMetadata") if isinstance(response, dict) else None
    return (told or {}).get("HTTPStatusCode") == _CONFLICT


def _refusal(response: dict[str, Any], service: str, operation: str) -> Trouble:
    """What an error code means; a code that is no plain word is not passed on."""
    code = str((response.get("Error") or {}).get("Code") or "")
    http = (response.get("ResponseMetadata") or {}).get("HTTPStatusCode")
    told = code if re.fullmatch(r"[A-Za-z.]{3,60}", code) else "no known error"
    trouble = Trouble(Status.FAILED, f"{operation}: HTTP {http} {told}")
    if code in _EXPIRED:
        trouble = Trouble(Status.DENIED, f"the AWS login has expired; {LOG_IN}", everywhere=True)
    elif code in _BAD_KEYS | _BAD_SIGNATURE and service == "sts":
        trouble = Trouble(Status.DENIED, f"AWS refuses the keys; {LOG_IN}", everywhere=True)
    elif code in _BAD_KEYS:
        error = f"{NOT_ENABLED}? enable it, or leave it out"
        trouble = Trouble(Status.DENIED, error, in_region=True)
    elif code in _DENIED:
        action = f"{_ACTION_PREFIX.get(service, service)}:{operation}"
        trouble = Trouble(Status.DENIED, f"the login may not call {action}; allow this action")
    elif code in _CLOCK:
        error = f"the clock is off ({code}); set it"
        trouble = Trouble(Status.FAILED, error, everywhere=True)
    elif code in _THROTTLED or http == _TOO_MANY:
        trouble = Trouble(Status.THROTTLED, f"AWS throttles {operation}; try later")
    elif code in _NOT_THERE:
        trouble = Trouble(Status.NOT_OFFERED, f"{service} does not know {operation} there")
    return trouble
