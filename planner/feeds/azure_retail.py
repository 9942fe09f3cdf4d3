"""The Azure Retail Prices API: models, provisioned units and GPU machines, by region.

Public, without a login. `fetch` reaches and `parse` reads; a region that cannot be read whole is
told with its reason and makes no area, so that none of its prices seems to be gone.
"""

import os
import re
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date

import msgspec

from planner.core.names import ModelNames
from planner.core.price_feed import Area, Family, FeedReading, Leftover
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._azure_agreement import agree
from planner.feeds._azure_meters import Reader
from planner.feeds._azure_pages import checked_endpoint, read_pages
from planner.feeds._azure_reading import candidates_of, leftover
from planner.feeds._azure_rows import PROVIDER, FeedRow
from planner.feeds._http import Clock, Limits, TroubleError

SOURCE = "Azure Retail Prices API"
ENDPOINT = "https://prices.azure.com"
ENVIRONMENT = "PLANNER_AZURE_PRICES_ENDPOINT"

# The service was renamed in 2026, and some of its meters keep the old name.
_FILTERS: dict[Family, tuple[str, ...]] = {
    "models": (
        "serviceName eq 'Cognitive Services'",
        "serviceName eq 'Foundry Models'",
        "productName eq 'Managed Model Hosting Service'",
    ),
    "machines": ("serviceName eq 'Virtual Machines' and contains(armSkuName, 'Standard_N')",),
}
NOTHING_THERE = "the feed has no price of it there"
_REGION = re.compile(r"[a-z0-9]+")
_AT_ONCE = 4
_IN_VAIN = 8  # regions' failures one after the other, after which none is asked any more

Price = UsagePrice | HourlyPrice


class Failure(msgspec.Struct, frozen=True, order=True):
    """A region's models or machines that could not be read, and why."""

    provider: str
    family: Family
    region: str
    reason: str


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of the areas that could be read whole, and what could not."""

    rows: tuple[FeedRow, ...]
    areas: frozenset[Area]
    failures: tuple[Failure, ...] = ()


def fetch(
    regions: Collection[str],
    *,
    models: bool = True,
    machines: bool = False,
    endpoint: str | None = None,
    deadline_seconds: float = 60,
    run_seconds: float = 600,
    limits: Limits | None = None,
    tell: Callable[[str], None] | None = None,
) -> Fetched:
    """Return the rows of the regions, some regions at once.

    The endpoint comes from PLANNER_AZURE_PRICES_ENDPOINT where it is not given; `deadline_seconds`
    are for one region's models or machines, `run_seconds` for all. `tell` gets a line for each in
    which something is, none where nothing is read at all. After some failures without a success
    between them no other region is asked. Raises ValueError where the
    endpoint is no https address (http is for a loopback address alone).
    """
    base = checked_endpoint(endpoint or os.environ.get(ENVIRONMENT) or ENDPOINT)
    wanted: dict[Family, bool] = {"models": models, "machines": machines}
    families = [family for family in wanted if wanted[family]]
    stopped = threading.Event()
    run = Clock(run_seconds, stopped)

    def read(area: Area) -> tuple[FeedRow, ...]:
        if not _REGION.fullmatch(area.region):
            raise TroubleError("that is no region's short name")
        clock = Clock(min(deadline_seconds, run.left()), stopped)
        rows: list[FeedRow] = []
        for condition in _FILTERS[area.family]:
            where = f"{condition} and armRegionName eq '{area.region}'"
            rows += read_pages(base, where, clock, limits or Limits())
        # A server that heeds no filter gives no region another's prices.
        mine = tuple(row for row in rows if row.region == area.region)
        if not mine:
            raise TroubleError(NOTHING_THERE)
        return mine

    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="prices")
    rows: dict[Area, tuple[FeedRow, ...]] = {}
    failures: list[Failure] = []
    in_vain = 0
    held_back: list[str] = []
    try:
        areas = [Area(PROVIDER, family, r) for r in sorted(set(regions)) for family in families]
        asked = {pool.submit(read, area): area for area in areas}
        for future in as_completed(asked):
            area = asked[future]
            try:
                rows[area] = future.result()
                said = f"{len(rows[area]):,} rows"
            except TroubleError as trouble:
                said = str(trouble)
                failures.append(Failure(area.provider, area.family, area.region, said))
            if said != NOTHING_THERE:
                in_vain = 0 if area in rows else in_vain + 1
                held_back.append(f"{area.region} {area.family}: {said}")
            # Of a feed that cannot be reached at all, one line by the caller says it all.
            while tell is not None and rows and held_back:
                tell(held_back.pop(0))
            if in_vain == _IN_VAIN:
                done = {*rows, *(Area(PROVIDER, f.family, f.region) for f in failures)}
                failures += [
                    Failure(PROVIDER, area.family, area.region, f"not read any more: {said}")
                    for area in areas
                    if area not in done
                ]
                break
    finally:
        stopped.set()  # so that nobody waits for a page that nobody wants any more
        pool.shutdown(cancel_futures=True)
    return Fetched(
        rows=tuple(row for area in sorted(rows) for row in rows[area]),
        areas=frozenset(rows),
        failures=tuple(sorted(failures)),
    )


def parse(
    rows: Iterable[FeedRow],
    *,
    names: ModelNames,
    on: date,
    source: str = SOURCE,
    areas: Collection[Area],
    known: Mapping[str, Collection[str]] | None = None,
) -> FeedReading:
    """Return the prices that the rows tell, and the meters that nobody could read.

    `on` is the day on which the rows were read. `known` are the versions that offers have, by
    model: a help with models and days that no table holds yet.
    """
    found, left = candidates_of(rows, Reader(names, known or {}), on, source)
    believed, doubted = agree(found, on)
    left |= {leftover(one.candidate.row, one.reason) for one in doubted}
    return FeedReading(
        source=source,
        retrieved_on=on,
        areas=frozenset(areas),
        rows=tuple(sorted((one.price for one in believed), key=_order)),
        left=tuple(sorted(left, key=_left_order)),
    )


def _order(price: Price) -> tuple[str, ...]:
    return (*map(str, price.identity), *price.regions, price.starts_on.isoformat())


def _left_order(left: Leftover) -> tuple[object, ...]:
    return left.words, left.region, left.usd, left.unit, left.reason, left.meter_id or ""
