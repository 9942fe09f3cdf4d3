"""The price feeds that can be read, each brought to one shape."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import msgspec

from planner.cli.facts import known_region
from planner.core.offers import Offer
from planner.core.price_feed import FeedReading
from planner.errors import UsageError
from planner.files.facts import model_names
from planner.files.facts import regions as places
from planner.files.hardware import instances
from planner.files.places import carried_folder
from planner.files.snapshots import list_snapshots, read_snapshot, snapshot_path


class Fed(msgspec.Struct, frozen=True):
    """What a feed said, and the regions that could not be read, each with why."""

    reading: FeedReading
    failed: Mapping[str, str]


Tell = Callable[[str], None]


def _aws(regions: Sequence[str], on: dt.date, tell: Tell) -> Fed:
    """Bedrock's models of all regions, or of those named with the GPU machines of EC2 there."""
    from planner.feeds import aws_price_list  # noqa: PLC0415 - loads on use

    named = [known_region(region, "bedrock") for region in regions]
    machines = {i.name for i in instances() if i.cloud == "aws"}
    fetched = aws_price_list.fetch(
        named or None,
        machines=bool(named),
        instances=machines,
        known_regions=[r.name for r in places() if r.provider == "bedrock"],
        progress=tell,
    )
    found = aws_price_list.parse(fetched, model_names(), on, instances=machines)
    absent = () if named else (aws_price_list.NO_FILE,)
    failed = {
        f"{f.provider} {f.family} {f.region}": f.reason
        for f in found.failures
        if f.reason not in absent
    }
    return Fed(found.feed, failed)


def _azure(regions: Sequence[str], on: dt.date, tell: Tell) -> Fed:
    """Models and GPU machines of all regions, or of those named."""
    from planner.feeds import azure_retail  # noqa: PLC0415 - loads on use

    named = [known_region(region, "azure") for region in regions]
    everywhere = sorted(region.name for region in places() if region.provider == "azure")
    try:
        fetched = azure_retail.fetch(named or everywhere, machines=True, tell=tell)
    except ValueError as error:
        raise UsageError(f"{azure_retail.ENVIRONMENT}: {error}") from None
    reading = azure_retail.parse(
        fetched.rows, names=model_names(), on=on, areas=fetched.areas, known=_versions()
    )
    failed = {
        f"{f.region} {f.family}": f.reason
        for f in fetched.failures
        # Not every region sells GPU machines, and some of all regions sell no model.
        if f.reason != azure_retail.NOTHING_THERE or (named and f.family == "models")
    }
    return Fed(reading, failed)


def _versions() -> dict[str, set[str]]:
    """The versions of Azure's models in the carried snapshots, which tell what "0806" means."""
    folder = carried_folder("snapshots")
    names, found = model_names(), defaultdict(set)
    for day in list_snapshots(folder).get("azure", []):
        for record in read_snapshot(snapshot_path(folder, "azure", day)).records:
            if isinstance(record, Offer) and record.version:
                found[names.canonical(record.model)].add(record.version)
    return found


# By feed: the variable that names another address, and the usual one.
ADDRESSES = {
    "azure": ("PLANNER_AZURE_PRICES_ENDPOINT", "https://prices.azure.com"),
    "aws": ("PLANNER_AWS_PRICES_ENDPOINT", "https://pricing.us-east-1.amazonaws.com"),
}
FEEDS: dict[str, Callable[[Sequence[str], dt.date, Tell], Fed]] = {
    "azure": _azure,
    "aws": _aws,
}
