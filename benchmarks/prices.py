"""What the price tables cover, how surely, and how fast they load.

Prints the share of the Azure offers of a snapshot's date that have a price, by how it was found;
the share of the feed's token meters that could be told by their words; how the words fare against
the meter ids of a recorded subscription, which are the truth; and the time to load all tables.
Aims: 97% of the meters, no wrong one, 60 ms.
"""

import subprocess
import sys
import time
from collections import Counter
from csv import DictReader
from datetime import date
from pathlib import Path

from planner.cli.facts import quote_of
from planner.core.catalog import Catalog
from planner.core.offers import Offer
from planner.core.price_meters import cost_of
from planner.core.prices import PriceTable, UsagePrice
from planner.files.facts import model_names
from planner.files.feed_files import read_meters
from planner.files.places import carried_folder
from planner.files.pricing import read_pricing
from planner.files.snapshots import list_snapshots, read_snapshot, snapshot_path

DATES = (date(2026, 4, 23), date(2026, 6, 3), date(2026, 11, 20))
FINE_TUNED = "finetune"


def main() -> None:
    """Print every measure."""
    folder = carried_folder("pricing")
    table = read_pricing([folder])
    catalogs = {day: catalog(day) for day in DATES}
    for day, known in catalogs.items():
        coverage(table, known, day)
    meters(folder, table)
    for day in DATES[:1]:
        against_ids(folder, table, catalogs[day], day)
    loading(folder)


def catalog(day: date) -> Catalog:
    """The carried Azure snapshots up to a day."""
    folder = carried_folder("snapshots")
    days = [d for d in list_snapshots(folder)["azure"] if d <= day]
    found = [read_snapshot(snapshot_path(folder, "azure", d)) for d in days]
    return Catalog((), found, day, model_names().canonical)


def coverage(table: PriceTable, known: Catalog, day: date) -> None:
    """How many of the living Azure offers get a price, by `match`."""
    counts: Counter[str] = Counter()
    for sighting in known.offers():
        offer = sighting.offer
        if offer.deployment_type is None:
            continue
        quote = quote_of(table, known, offer, day)
        counts[quote.match if quote else "unknown"] += 1
    total = sum(counts.values())
    told = ", ".join(f"{name} {n / total:.0%}" for name, n in counts.most_common())
    print(f"{total:,} Azure offers on {day}: {told}")


def meters(folder: Path, table: PriceTable) -> None:
    """The share of the feed's token meters (by their words) that the tables hold."""
    read = {row.words for row in table.usage if row.provider == "azure" and row.words}
    review = folder / "feeds" / "azure-review.csv"
    unread = set()
    if review.is_file():
        with review.open(newline="", encoding="utf-8") as file:
            rows = [row for row in DictReader(file) if is_token_meter(row)]
        unread = {row["words"] for row in rows} - read
    share = len(read) / (len(read) + len(unread))
    print(f"meters told by their words: {len(read):,} of {len(read) + len(unread):,} ({share:.1%})")


def is_token_meter(row: dict[str, str]) -> bool:
    """Whether a meter that stayed unread bills by the token, and not by the page or hour."""
    why = row["why"].removeprefix("unclassified: ")
    others = ("an hour", "an image", "a page", "a unit of", "its unit is", "video")
    return row["why"] != why and not why.startswith(others)


def against_ids(folder: Path, table: PriceTable, known: Catalog, day: date) -> None:
    """Hold what the words say of a meter against the offers that name its id."""
    ids = read_meters([folder])
    by_words: dict[str, list[UsagePrice]] = {}
    for row in table.usage:
        if row.provider == "azure" and row.words:
            by_words.setdefault(row.words, []).append(row)
    right, wrong, absent = 0, [], 0
    for sighting in known.offers():
        offer = sighting.offer
        for charge in known.charges(offer):
            cost = cost_of(charge.name)
            for meter_id in charge.meter_ids if cost else ():
                words = ids.words("azure", meter_id)
                rows = by_words.get(words or "", [])
                if words is None or not rows:
                    absent += 1
                elif any(agrees(row, offer, cost.charges if cost else ()) for row in rows):
                    right += 1
                else:
                    wrong.append(f"{offer.model} {offer.version} {offer.deployment_type} "
                                 f"{offer.usage_name} {charge.name}: {words}")  # fmt: skip
    print(f"words against meter ids on {day}: {right} right, {len(wrong)} wrong, {absent} not in "
          "the tables")  # fmt: skip
    for line in wrong:
        print(f"  wrong: {line}")


def agrees(row: UsagePrice, offer: Offer, charges: tuple[str, ...]) -> bool:
    """Whether a row's words say of the offer what its meter id proves."""
    return (
        known_name(row.model) == known_name(offer.model)
        and row.version in (None, offer.version)
        and row.deployment_type == offer.deployment_type
        and row.charge in charges
        and (offer.fine_tuned is None or row.fine_tuned == offer.fine_tuned)
    )


def known_name(model: str) -> str:
    """A canonical name."""
    return model_names().canonical(model)


def loading(folder: Path) -> None:
    """The time to read all tables: parsed, then from the cache, as far as a question needs."""
    program = (
        "import time; from pathlib import Path\n"
        "from planner.files.pricing import read_pricing\n"
        "began = time.perf_counter()\n"
        f"table = read_pricing([Path({str(folder)!r})]{{}})\n"
        "print(round((time.perf_counter() - began) * 1000))"
    )
    for what, arguments in (
        ("all tables", ""),
        ("one model", ", models=['gpt-4o'], instances=False"),
    ):
        times = []
        for _ in range(6):
            done = subprocess.run(
                [sys.executable, "-c", program.format(arguments)],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            times.append(int(done.stdout))
        print(f"{what}: {sorted(times[1:])[2]} ms from the cache (median of 5)")
    began = time.perf_counter()
    read_pricing([folder])
    print(
        f"within a process that has read them before: {(time.perf_counter() - began) * 1e3:.0f} ms"
    )


if __name__ == "__main__":
    main()
