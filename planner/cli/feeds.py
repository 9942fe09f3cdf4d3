"""The price feeds that can be read, each brought to one shape."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

import msgspec

from planner.cli.facts import known_region
from planner.core.offers import Offer
from planner.core.price_feed import FeedReading
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
        named or None, machines=bool(named), instances=machines, progress=tell
    )
    found = aws_price_list.parse(fetched, model_names(), on, instances=machines)
    failed = {f"{f.provider} {f.family} {f.region}": f.reason for f in found.failures}
    return Fed(found.feed, failed)


def _azure(regions: Sequence[str], on: dt.date, tell: Tell) -> Fed:
    """Models and GPU machines of all regions, or of those named."""
    from planner.feeds import azure_prices  # noqa: PLC0415 - loads on use
    from planner.feeds._retail_meters import Context  # noqa: PLC0415

    named = [known_region(region, "azure") for region in regions]
    everywhere = sorted(region.name for region in places() if region.provider == "azure")
    fetched = azure_prices.fetch(named or everywhere, progress=tell)
    names = model_names()
    context = Context(
        canonical=names.canonical, versions=_versions(), source=azure_prices.SOURCE, on=on
    )
    reading = azure_prices.parse(fetched.rows, context, fetched.areas)
    failed = dict(fetched.failures)
    if not named:
        # A region that sells neither models nor machines is no failure of a look at all of them.
        failed = {r: why for r, why in failed.items() if why != azure_prices.NOTHING_THERE}
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


FEEDS: dict[str, Callable[[Sequence[str], dt.date, Tell], Fed]] = {
    "azure": _azure,
    "aws": _aws,
}
