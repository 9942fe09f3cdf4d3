"""What a server is asked to show, checked before anything is sent."""

import base64
import math
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import msgspec

from planner.core.measurements import Device
from planner.errors import UsageError
from planner.probe.lengths import Lengths

MOST_CLIENTS = 10_000
"""No level has more clients than this."""

Api = Literal["auto", "completions", "chat"]

_TELLING = 3  # letters of a word that is worth to be hidden, and can be told from others
_FULL_PATHS = ("/chat/completions", "/completions", "/models")


class ServerAsk(msgspec.Struct, frozen=True, kw_only=True):
    """A server, a load, and what is known of the machine behind it.

    `model` is the planner's name and `served_as` the server's; either is found from the other,
    and both from a server of one model. The load is a ladder of clients up to `max_concurrency`,
    or the levels of `concurrency`, then an open loop of each of `rates` (requests per second);
    rates alone bring no ladder. A level lasts for `requests_per_level` and `seconds_per_level` at
    least. `api_key` goes to the server and nowhere else. Raises UsageError.
    """

    url: str
    model: str | None = None
    served_as: str | None = None
    engine: str | None = None
    api: Api = "auto"
    input_tokens: Lengths = Lengths("fixed", 512)
    output_tokens: Lengths = Lengths("fixed", 128)
    concurrency: tuple[int, ...] = ()
    max_concurrency: int = 64
    rates: tuple[float, ...] = ()
    requests_per_level: int = 16
    seconds_per_level: float = 5.0
    warmups: int = 2
    timeout_seconds: float = 120.0
    ttft_limit_ms: float | None = None
    tpot_limit_ms: float | None = None
    api_key: str | None = None
    seed: int = 0
    device: Device = Device()
    tensor_parallel: int | None = None
    replicas: int | None = None
    dtype: str | None = None

    def __post_init__(self) -> None:
        """Hold every number to its range and the address to http."""
        split = _split(self.url)
        if self.api_key and split.username:
            raise UsageError(
                f"{self.place} has a login and there is an API key, too; give one of them"
            )
        if self.api_key and not (self.api_key.isascii() and self.api_key.isprintable()):
            raise UsageError("the API key has characters that no header can carry; give it anew")
        levels = (*self.concurrency, self.max_concurrency)
        if not all(1 <= level <= MOST_CLIENTS for level in levels):
            raise UsageError(f"a concurrency is out of range; give 1 to {MOST_CLIENTS:,} clients")
        limits = {"ttft_limit_ms": self.ttft_limit_ms, "tpot_limit_ms": self.tpot_limit_ms}
        _hold(
            *(("a rate", rate) for rate in self.rates),
            ("requests_per_level", self.requests_per_level),
            ("timeout_seconds", self.timeout_seconds),
            *((name, limit) for name, limit in limits.items() if limit is not None),
        )
        _hold(
            ("seconds_per_level", self.seconds_per_level),
            ("warmups", self.warmups),
            zero_too=True,
        )

    @property
    def place(self) -> str:
        """The address without login, query and fragment: what may be shown and kept."""
        return shown(self.url)

    @property
    def lengths(self) -> str:
        """The lengths in words: "512 tokens in, 128 out"."""
        return f"{self.input_tokens} tokens in, {self.output_tokens} out"

    @property
    def base(self) -> str:
        """The address without query and without the name of one call."""
        place = self.place.rstrip("/")
        for path in _FULL_PATHS:
            if place.endswith(path):
                return place.removesuffix(path)
        return place

    @property
    def query(self) -> str:
        """What goes behind every path: "?api-version=1", or nothing."""
        query = _split(self.url).query
        return f"?{query}" if query else ""

    @property
    def headers(self) -> dict[str, str]:
        """The login as a header: the key, or the name and password of the address."""
        if self.api_key:
            return {"Authorization": f"Bearer {self.api_key}"}
        split = _split(self.url)
        if split.username is None:
            return {}
        login = f"{unquote(split.username)}:{unquote(split.password or '')}".encode()
        return {"Authorization": f"Basic {base64.b64encode(login).decode()}"}

    @property
    def secrets(self) -> tuple[str, ...]:
        """What no message may repeat: key, password, the login's header, what the query says."""
        split = _split(self.url)
        words = [value.rpartition(" ")[2] for value in self.headers.values()]
        words += [unquote(split.password or ""), *(v for _, v in parse_qsl(split.query))]
        return tuple(word for word in words if len(word) > _TELLING)

    def __repr__(self) -> str:
        return f"ServerAsk({self.place!r})"

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return [("url", self.place)]


def shown(url: str) -> str:
    """An address without login, query and fragment. Raises UsageError where it is none."""
    split = _split(url)
    host = split.hostname or ""
    host = f"[{host}]" if ":" in host else host
    port = f":{split.port}" if split.port is not None else ""
    return f"{split.scheme}://{host}{port}{split.path}"


def _split(url: str) -> SplitResult:
    """The parts of a http(s) address; the error keeps what may be secret to itself."""
    try:
        split = urlsplit(url if "://" in url else f"http://{url}")
        port = split.port
    except ValueError:
        raise UsageError(_NO_ADDRESS) from None
    if split.scheme not in ("http", "https") or not split.hostname or port == 0:
        raise UsageError(_NO_ADDRESS)
    return split


def _hold(*numbers: tuple[str, float], zero_too: bool = False) -> None:
    for name, number in numbers:
        if not 0 <= number < math.inf or (number == 0 and not zero_too):
            wanted = "of 0 or more" if zero_too else "above 0"
            raise UsageError(f"{name} is {number:g}; give a number {wanted}")


_NO_ADDRESS = "the address of the server is no http(s) one; give it like http://localhost:8000/v1"
