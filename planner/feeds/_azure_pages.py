"""The pages of one question to the Retail Prices API, each asked for once, from one host alone."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import SplitResult, quote, urlencode, urljoin, urlsplit

import msgspec

from planner.feeds._azure_rows import FeedRow
from planner.feeds._http import Clock, Limits, TroubleError, read

PATH = "/api/retail/prices"
VERSION = "2023-01-01-preview"  # the one whose machines have savings plans

_BYTES = 64 * 2**20
_PAGES = 100  # a region has some thousand rows, a page a thousand


class Page(msgspec.Struct, frozen=True):
    """One page as it comes; it must hold a list, be it an empty one."""

    items: tuple[FeedRow, ...] = msgspec.field(name="Items")
    next_link: str | None = msgspec.field(name="NextPageLink", default=None)


def checked_endpoint(endpoint: str) -> str:
    """Return an endpoint without a slash at its end; raises ValueError where it may not be asked.

    Prices are public, yet nobody should change them on the way: http is for a loopback address.
    """
    base = endpoint.rstrip("/")
    parts = urlsplit(base)
    allowed = parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname))
    if not allowed or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise ValueError(f"{endpoint!r:.100} is no https address; give one that is")
    return base


def read_pages(base: str, where: str, clock: Clock, limits: Limits) -> list[FeedRow]:
    """Return all rows that a filter lets through; raises TroubleError.

    `clock` is for all pages together.
    """
    query = urlencode({"api-version": VERSION, "$filter": where}, quote_via=quote, safe="$")
    path = "" if base.endswith(PATH) else PATH
    url: str | None = f"{base}{path}?{query}"
    rows: list[FeedRow] = []
    seen: set[str] = set()
    while url is not None:
        if url in seen:
            raise TroubleError("the pages of the answer loop")
        if len(seen) == _PAGES:
            raise TroubleError(f"the answer has more than {_PAGES} pages")
        seen.add(url)
        page = read(url, _page, clock=clock, bytes_maximum=_BYTES, limits=limits)
        rows += page.items
        url = _next(base, url, page.next_link)
    return rows


def _page(chunks: Iterator[bytes]) -> Page:
    body = b"".join(chunks)
    try:
        text = str(body, "utf-8").removeprefix("\ufeff")
        return msgspec.json.decode(text, type=Page)
    except msgspec.ValidationError as error:
        reason = str(error) if "Items[" in str(error) else 'it has no list under "Items"'
        raise TroubleError(f"the answer is no page of prices: {reason:.200}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise TroubleError("the answer is no JSON, or cut off") from None


def _next(base: str, url: str, link: str | None) -> str | None:
    if not link:
        return None
    try:
        there = urlsplit(urljoin(url, link))
        same = _origin(there) == _origin(urlsplit(base)) and not there.username
    except ValueError:
        same = False
    if not same:
        raise TroubleError("the next page is on another host; not followed")
    return there.geturl()


def _origin(url: SplitResult) -> tuple[str, str | None, int]:
    return url.scheme, url.hostname, url.port or (443 if url.scheme == "https" else 80)


def _is_loopback(host: str | None) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
