"""The AWS price list files: Bedrock's models and the accelerator machines of EC2, by region.

Public, without a login. `fetch` reaches and `parse` reads; a file that cannot be read whole is
told with its reason and makes no area, so that none of its prices seems to be gone.
"""

import os
from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import date
from typing import Any

import msgspec

from planner.core.names import ModelNames
from planner.core.price_feed import Area, FeedReading
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._aws_fetching import NO_FILE, Bounds, Failure, Fetched, Fetching, area_of
from planner.feeds._aws_machines import machine_rows
from planner.feeds._aws_models import model_rows
from planner.feeds._aws_offer_file import OfferFile

__all__ = ["NO_FILE", "Bounds", "Failure", "Fetched", "Reading", "fetch", "parse"]

SOURCE = "AWS price list"
ENDPOINT = "https://pricing.us-east-1.amazonaws.com"
ENVIRONMENT = "PLANNER_AWS_PRICES_ENDPOINT"


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What the files say, and what failed on the way."""

    feed: FeedReading
    failures: tuple[Failure, ...]


def fetch(
    regions: Collection[str] | None,
    *,
    models: bool = True,
    machines: bool = False,
    instances: Collection[str] = (),
    known_regions: Collection[str] = (),
    endpoint: str | None = None,
    bounds: Bounds | None = None,
    progress: Callable[[str], None] | None = None,
) -> Fetched:
    """Return the files of the regions; None for all regions that have models.

    `instances` are accelerator machines that the files do not mark with GPUs. An endpoint that has
    no list of an offer's regions is asked for the named ones, or `known_regions`. The endpoint is
    from PLANNER_AWS_PRICES_ENDPOINT where it is not given. `progress` gets a line for each file
    read. Raises ValueError for machines without regions: a file of theirs holds 480 MB.
    """
    if machines and regions is None:
        raise ValueError("machines are asked for without regions; name them")
    base = (endpoint or os.environ.get(ENVIRONMENT) or ENDPOINT).rstrip("/")
    fetching = Fetching(base, bounds or Bounds(), frozenset(instances), progress or _say_nothing)
    try:
        return fetching.run(regions, known_regions, models=models, machines=machines)
    finally:
        fetching.stopped.set()


def parse(
    fetched: Fetched,
    names: ModelNames,
    retrieved_on: date,
    *,
    instances: Collection[str] = (),
    known: Collection[str] = (),
) -> Reading:
    """Return the prices that the files tell, and what stayed unread.

    `known` are the models that offers have, a help with names that no table holds yet. A region
    whose files hold not one price is a failure: an empty list is no news.
    """
    rows: list[UsagePrice | HourlyPrice] = []
    left = []
    failures = list(fetched.failures)
    areas = set()
    grouped: dict[Area, list[OfferFile]] = defaultdict(list)
    for file in sorted(fetched.files, key=lambda file: (file.region, file.offer)):
        grouped[area_of(file.offer, file.region)].append(file)
    for area, files in grouped.items():
        found: list[Any]
        if area.family == "machines":
            found, unread = machine_rows(files[0], instances, retrieved_on)
        else:
            found, unread = model_rows(files, names, retrieved_on, known)
        rows += found
        left += unread
        if not found:
            reason = f"its files hold no price of {area.family} that could be read"
            failures.append(Failure(area.provider, area.family, area.region, reason))
        elif area in fetched.areas:
            areas.add(area)
    feed = FeedReading(
        source=SOURCE,
        retrieved_on=retrieved_on,
        areas=frozenset(areas),
        rows=tuple(rows),
        left=tuple(left),
    )
    return Reading(feed=feed, failures=tuple(sorted(set(failures))))


def _say_nothing(_: str) -> None:
    """Progress that nobody wants."""
