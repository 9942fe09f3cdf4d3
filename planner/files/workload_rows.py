"""Many workloads at once: the rows of a CSV, or a folder of YAML and CSV files."""

import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import msgspec

from planner.errors import BadFileError
from planner.files.given import Given, from_row
from planner.files.pricing_fields import show
from planner.files.request_log_rows import delimiter_of, is_log
from planner.files.settings import NAME as SETTINGS
from planner.files.workloads import KEYS, ReadWorkload, read_workload, workload_from

_YAML = (".yaml", ".yml")
_NESTED = ("machines", "units")


def read_workload_rows(path: Path, on: dt.date) -> list[ReadWorkload]:
    """Read a CSV with a workload a row, a YAML file of one, or a folder of both, by name.

    A list in a cell is cut by | or ;, a mapping reads key=value|key=value, an empty cell is not
    given. Hidden files and a log of requests in the folder are passed over. BadFileError names file
    and row, also where two workloads have one name.
    """
    found: dict[str, tuple[str, ReadWorkload]] = {}
    for where, read in _each(path, on):
        first, _ = found.setdefault(read.workload.name, (where, read))
        if first != where:
            raise BadFileError(
                f"{where}: name {show(read.workload.name)} stands twice, first in {first}; rename"
                " one"
            )
    if not found:
        raise BadFileError(f"{path}: no workload in it; give a row, or a .yaml file, for each")
    return [msgspec.structs.replace(read, at=where) for where, read in found.values()]


def _each(path: Path, on: dt.date) -> Iterator[tuple[str, ReadWorkload]]:
    """The workloads of a place, each with where it stands."""
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if _is_of_workloads(file):
                yield from _each(file, on)
    elif path.suffix.lower() in _YAML:
        yield str(path), read_workload(path, on)
    else:
        yield from _rows(path, on)


def _is_of_workloads(file: Path) -> bool:
    """Not what an editor or a system keeps beside a file, nor the program's own settings."""
    suffix = file.suffix.lower()
    if file.name.startswith(".") or file.name == SETTINGS:
        return False
    return suffix in _YAML or (suffix == ".csv" and not is_log(file))


def _rows(path: Path, on: dt.date) -> Iterator[tuple[str, ReadWorkload]]:
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            delimiter = delimiter_of(file.readline())
            file.seek(0)
            reader = csv.reader(file, delimiter=delimiter, strict=True)
            try:
                names = _names(path, next(reader, []))
                for cells in reader:
                    line = reader.line_num
                    if any(cell.strip() for cell in cells):
                        row = _row(names, cells, f"{path}:{line}")
                        name = f"{path.stem}-{line}"
                        yield row.at, workload_from(row, on, folder=path.parent, name=name)
            except csv.Error as error:
                raise BadFileError(f"{path}:{reader.line_num}: {error}; mend the CSV") from None
    except OSError as error:
        raise BadFileError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise BadFileError(f"{path}: no UTF-8 text; save the file as UTF-8") from None


def _names(path: Path, header: list[str]) -> list[str]:
    names = [name.strip() for name in header]
    at = f"{path}:1"
    if not any(names):
        raise BadFileError(f"{at}: no header; give the keys of a workload, such as models")
    for name in names:
        if names.count(name) > 1:
            raise BadFileError(f"{at}: column {show(name)} stands twice; remove one")
        if name in _NESTED:
            raise BadFileError(f"{at}: {name} does not fit a cell; write that workload as YAML")
    Given("", {name: Given(name, name, at, BadFileError) for name in names}, at).keys(KEYS)
    return names


def _row(names: list[str], cells: list[str], at: str) -> Given:
    if any(cell.strip() for cell in cells[len(names) :]):
        raise BadFileError(
            f"{at}: {len(cells)} cells, {len(names)} columns; quote a cell that holds the separator"
        )
    return from_row(dict(zip(names, cells, strict=False)), at)
