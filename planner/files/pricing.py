"""Price tables on disk: `<folder>/*.csv` and `<folder>/*.yaml`, read into one PriceTable.

Reading is strict: a fault is one line with file, line, what is wrong and how to mend it.
"""

from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from planner.core.prices import HourlyPrice, OverlapError, PriceTable, UsagePrice
from planner.errors import BadFileError
from planner.files.pricing_csv import read_csv
from planner.files.pricing_yaml import read_yaml
from planner.files.yaml_text import read_text

_ENDINGS = (".csv", ".yaml", ".yml")


def read_pricing(
    folders: Sequence[Path],
    *,
    models: Collection[str] | None = None,
    instances: bool = True,
) -> PriceTable:
    """Read every price table of the folders; a folder that is not there holds none.

    A file stands in for the files of its name in the folders after its own, so the user's own
    folder comes first. For speed: with `models`, a YAML table that mentions none of them is not
    read; without `instances`, the hourly prices of machines are left out. Raises BadFileError.
    """
    usage: list[UsagePrice] = []
    hourly: list[HourlyPrice] = []
    places: dict[int, str] = {}
    for path in _tables(folders):
        for row, line in _read(path, models, instances=instances):
            if isinstance(row, UsagePrice):
                usage.append(row)
            else:
                hourly.append(row)
            places[id(row)] = f"{path}:{line}"
    try:
        return PriceTable(usage, hourly)
    except OverlapError as error:
        # The rows stand in the lists above, so their ids are still theirs.
        first, second = places[id(error.first)], places[id(error.second)]
        raise BadFileError(
            f"{second}: {error} ({first}); end the earlier one by effective_to"
            f" {error.second.starts_on}, or remove one"
        ) from None


def _tables(folders: Sequence[Path]) -> list[Path]:
    chosen: dict[str, Path] = {}
    for folder in folders:
        for path in folder.glob("*"):
            if path.suffix in _ENDINGS and path.is_file():
                chosen.setdefault(path.name, path)
    return [chosen[name] for name in sorted(chosen)]


def _read(
    path: Path, models: Collection[str] | None, *, instances: bool
) -> Iterator[tuple[UsagePrice | HourlyPrice, int]]:
    text = read_text(path)
    if path.suffix == ".csv":
        yield from read_csv(path, text, instances=instances)
    elif models is None or any(name in text for name in models):
        yield from read_yaml(path, text)
