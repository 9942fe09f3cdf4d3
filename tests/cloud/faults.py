"""The faults that a server can have, by name, for every answer of a stand-in but its login's."""

from collections.abc import Callable

from tests.cloud.server import Fault, Reply, Seen, Server, bomb

FAULTS: dict[str, Callable[[], Reply]] = {
    "unauthorized": lambda: _refusal(
        401, "InvalidAuthenticationToken", "UNAUTHENTICATED", "UnrecognizedClientException"
    ),
    "forbidden": lambda: _refusal(
        403, "AuthorizationFailed", "PERMISSION_DENIED", "AccessDeniedException"
    ),
    "not-found": lambda: Reply(status=404),
    "conflict": lambda: Reply(status=409),
    "throttled": lambda: _throttled({}),
    "throttled-for-an-hour": lambda: _throttled({"Retry-After": "3600"}),
    "server-error": lambda: Reply(status=500),
    "unavailable": lambda: Reply(status=503),
    "reset": lambda: Reply(reset=True),
    "short": lambda: Reply(body={"value": [], "models": []}, short=5),
    "drip": lambda: Reply(body={"value": [], "models": []}, drip=2.0),
    "html": lambda: Reply(body=b"<html>Sign in</html>", headers={"Content-Type": "text/html"}),
    "truncated": lambda: Reply(body=b'{"value": [{"na'),
    "empty-object": lambda: Reply(body={}),
    "null-list": lambda: Reply(body={"value": None, "models": None, "modelSummaries": None}),
    "no-utf-8": lambda: Reply(body=b'{"value": ["\xff"]}'),
    "empty-list": lambda: Reply(body={"value": [], "models": [], "modelSummaries": []}),
    "bomb": lambda: bomb(80 * 2**20),  # above the 64 MiB that a collector reads
}


def spoil(server: Server, name: str) -> None:
    """Give every answer of a server a fault, but for logins."""
    server.faults.append(Fault(matches=_is_no_login, reply=FAULTS[name]()))


def _refusal(
    code: int, azure: str, google: str, aws: str, headers: dict[str, str] | None = None
) -> Reply:
    """A refusal as each SDK reads it: Azure's and Google's in the body, AWS's in a header."""
    told = {"code": azure, "status": google, "message": "The stand-in was told to refuse."}
    return Reply(
        status=code,
        body={"error": told, "message": told["message"]},
        headers={"x-amzn-ErrorType": aws} | (headers or {}),
    )


def _throttled(headers: dict[str, str]) -> Reply:
    return _refusal(429, "TooManyRequests", "RESOURCE_EXHAUSTED", "ThrottlingException", headers)


def _is_no_login(seen: Seen) -> bool:
    """Whether a request is none of OAuth (Azure) nor of AWS's STS."""
    sts = "/sts/aws4_request" in seen.headers.get("authorization", "")
    login = ("/oauth2/", "/.well-known/", "/common/discovery/")
    return not (sts or any(part in seen.path for part in login))
