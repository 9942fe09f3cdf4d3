"""Azure's Retail Prices API: models by token and unit, GPU machines; public, without a login.

`fetch` reaches and `parse` reads. A region whose answer is not whole is told with its reason and
makes no area, so that none of its prices seems to be gone.
"""

import json
import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import msgspec

from planner.core.price_feed import Area, FeedReading, Leftover
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._http import Clock, Limits, TroubleError, read
from planner.feeds._retail_doubts import without_conflicts
from planner.feeds._retail_machines import (
    is_a_machines,
    is_managed_compute,
    read_machine,
    read_managed_compute,
)
from planner.feeds._retail_meters import PROVIDER, Context, is_a_models, read_meter

SOURCE = "Azure Retail Prices API"
ENDPOINT = "https://prices.azure.com"
ENVIRONMENT = "PLANNER_AZURE_PRICES_ENDPOINT"

NOTHING_THERE = "the price list has no row of this region"
_API = "2023-01-01-preview"  # the version that tells savings plans
# What Azure called the service until 2026, what since, and where managed machines stand.
_MODEL_SERVICES = ("Cognitive Services", "Foundry Models", "Azure Machine Learning")
_PATH = "/api/retail/prices"
_PAGES = 60

Row = dict[str, Any]


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """What one region may weigh and take."""

    region_bytes: int = 64 * 2**20
    region_seconds: float = 60
    at_once: int = 6
    http: Limits = Limits()


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of the regions that could be read whole, and why others could not."""

    rows: tuple[Row, ...]
    areas: frozenset[Area]
    failures: dict[str, str]


def fetch(
    regions: Collection[str],
    *,
    endpoint: str | None = None,
    bounds: Bounds | None = None,
    progress: Callable[[str], None] | None = None,
) -> Fetched:
    """Return the rows of models and GPU machines in the regions.

    The endpoint comes from PLANNER_AZURE_PRICES_ENDPOINT where it is not given. A region that has
    neither is a failure: an empty list is no news.
    """
    base = (endpoint or os.environ.get(ENVIRONMENT) or ENDPOINT).rstrip("/")
    bounds, say = bounds or Bounds(), progress or (lambda _: None)
    stopped = threading.Event()
    rows: list[Row] = []
    areas: set[Area] = set()
    failures: dict[str, str] = {}
    pool = ThreadPoolExecutor(max(1, bounds.at_once), thread_name_prefix="prices")
    try:
        asked = {pool.submit(_region, base, name, bounds, stopped): name for name in regions}
        for future in as_completed(asked):
            name = asked[future]
            try:
                found = future.result()
            except TroubleError as trouble:
                failures[name] = str(trouble)
                say(f"{name}: {trouble}")
            else:
                rows += found
                areas |= {Area(PROVIDER, "models", name), Area(PROVIDER, "machines", name)}
                say(f"{name}: {len(found):,} rows")
    except BaseException:
        stopped.set()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return Fetched(rows=tuple(rows), areas=frozenset(areas), failures=failures)


def parse(
    rows: Iterable[Row], context: Context, areas: Iterable[Area], source: str = SOURCE
) -> FeedReading:
    """Return the prices that rows tell, and what stayed unread; what is no model's is left out."""
    found: list[UsagePrice | HourlyPrice] = []
    left: list[Leftover] = []
    for row in rows:
        if not _is_plain(row):
            continue
        if is_a_machines(row):
            found += read_machine(row, context)
        elif is_managed_compute(row):
            found += read_managed_compute(row, context)
        elif is_a_models(row) or _is_reserved(row):
            told = read_meter(row, context)
            if isinstance(told, Leftover):
                left.append(told)
            else:
                found += told
    kept, disputed = without_conflicts(found)
    return FeedReading(
        source=source,
        retrieved_on=context.on,
        areas=frozenset(areas),
        rows=tuple(kept),
        left=(*left, *disputed),
    )


def _is_plain(row: Row) -> bool:
    """Whether a row is a list price in US dollars, from the first unit on, with a date."""
    return (
        row.get("currencyCode", "USD") == "USD"
        and not row.get("tierMinimumUnits")
        and isinstance(row.get("effectiveStartDate"), str)
        and row.get("retailPrice") is not None
    )


def _is_reserved(row: Row) -> bool:
    return row.get("type") == "Reservation" and "Provisioned" in str(row.get("skuName"))


def _region(base: str, name: str, bounds: Bounds, stopped: threading.Event) -> list[Row]:
    """All rows of models and GPU machines of a region; raises TroubleError."""
    clock = Clock(bounds.region_seconds, stopped)
    services = " or ".join(f"serviceName eq '{service}'" for service in _MODEL_SERVICES)
    machines = "serviceName eq 'Virtual Machines' and contains(armSkuName, 'Standard_N')"
    filters = (
        f"armRegionName eq '{name}' and ({services})",
        f"armRegionName eq '{name}' and {machines}",
    )
    found = [row for chosen in filters for row in _pages(base, chosen, clock, bounds)]
    mine = [row for row in found if row.get("armRegionName") == name]
    if not mine:
        raise TroubleError(NOTHING_THERE)
    return mine


def _pages(base: str, chosen: str, clock: Clock, bounds: Bounds) -> Iterator[Row]:
    query = urlencode({"api-version": _API, "$filter": chosen})
    path = "" if base.endswith(_PATH) else _PATH
    url: str | None = f"{base}{path}?{query}"
    seen: set[str] = set()
    while url is not None:
        if url in seen:
            raise TroubleError("the pages of the answer loop")
        if len(seen) == _PAGES:
            raise TroubleError(f"the answer has more than {_PAGES} pages")
        seen.add(url)
        body = read(
            url,
            b"".join,
            clock=clock,
            bytes_maximum=bounds.region_bytes,
            limits=bounds.http,
        )
        page = _page(body)
        yield from page["Items"]
        url = _next(base, page.get("NextPageLink"))


def _page(body: bytes) -> dict[str, Any]:
    try:
        page = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        raise TroubleError("the answer is no JSON, or cut off") from None
    items = page.get("Items") if isinstance(page, dict) else None
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise TroubleError('the answer has no list under "Items"')
    found: dict[str, Any] = page
    return found


def _next(base: str, link: object) -> str | None:
    """The next page; TroubleError for one at another origin."""
    if not link:
        return None
    there = urlsplit(urljoin(base, str(link)))
    here = urlsplit(base)
    port = {"https": 443, "http": 80}
    if (there.scheme, there.hostname, there.port or port.get(there.scheme)) != (
        here.scheme,
        here.hostname,
        here.port or port.get(here.scheme),
    ):
        raise TroubleError("the next page is on another host; not followed")
    return there.geturl()
