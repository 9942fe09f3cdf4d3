"""Price tables on disk: `<folder>/*.csv` and `<folder>/*.yaml`, read into one PriceTable.

Reading is strict: a fault is one line with file, line, what is wrong and how to mend it. What was
read once without a fault is kept in a cache that holds as long as no table changes.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from planner.core.price_discounts import Discount
from planner.core.prices import HourlyPrice, OverlapError, PriceTable, UsagePrice
from planner.errors import BadFileError
from planner.files.feed_files import read_meters, read_readings
from planner.files.pricing_cache import kept_rows, load, save
from planner.files.pricing_csv import read_csv
from planner.files.pricing_yaml import read_yaml
from planner.files.yaml_text import read_text

_ENDINGS = (".csv", ".yaml", ".yml")
_NO_PRICES = ("currencies.yaml",)


def read_pricing(
    folders: Sequence[Path],
    *,
    models: Collection[str] | None = None,
    providers: Collection[str] | None = None,
    instances: bool = True,
) -> PriceTable:
    """Read every price table of the folders; a folder that is not there holds none.

    A file stands in for the files of its name in the folders after its own, so the user's own
    folder comes first. For speed: with `models` or `providers` those of others may be left out,
    without `instances` those of machines. Raises BadFileError.
    """
    tables = price_tables(folders)
    stored = load(tables)
    kept = (
        None
        if stored is None
        else kept_rows(stored, models, providers=providers, instances=instances)
    )
    if kept is None:
        kept = read_rows(tables)
        save(tables, *kept)
    usage, hourly, discounts = kept
    return PriceTable(
        usage,
        hourly,
        meters=lambda: read_meters(folders),
        discounts=discounts,
        readings=read_readings(folders),
        checked=True,
    )


def price_tables(folders: Sequence[Path]) -> list[Path]:
    """The files of the folders that hold prices, the nearer one of each name."""
    chosen: dict[str, Path] = {}
    for folder in folders:
        for path in folder.glob("*"):
            good = path.suffix in _ENDINGS and path.name not in _NO_PRICES
            if good and path.is_file():
                chosen.setdefault(path.name, path)
    return [chosen[name] for name in sorted(chosen)]


def read_rows(
    tables: Sequence[Path],
) -> tuple[list[UsagePrice], list[HourlyPrice], list[Discount]]:
    """Every row of some tables, checked one by one and against each other; BadFileError."""
    usage: list[UsagePrice] = []
    hourly: list[HourlyPrice] = []
    discounts: list[Discount] = []
    places: dict[int, str] = {}
    for path in tables:
        for row, line in _read(path):
            if isinstance(row, UsagePrice):
                usage.append(row)
            elif isinstance(row, HourlyPrice):
                hourly.append(row)
            else:
                discounts.append(row)
            places[id(row)] = f"{path}:{line}"
    try:
        PriceTable(usage, hourly)
    except OverlapError as error:
        # The rows stand in the lists above, so their ids are still theirs.
        first, second = places[id(error.first)], places[id(error.second)]
        raise BadFileError(
            f"{second}: {error} ({first}); end the earlier one by effective_to"
            f" {error.second.starts_on}, or remove one"
        ) from None
    return usage, hourly, discounts


def _read(path: Path) -> Iterator[tuple[UsagePrice | HourlyPrice | Discount, int]]:
    text = read_text(path)
    if path.suffix == ".csv":
        yield from read_csv(path, text)
    else:
        yield from read_yaml(path, text)
