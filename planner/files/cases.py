"""Case files: CSV tables of benchmark runs, to be forecast or, with a rate, to anchor forecasts."""

import csv
from collections.abc import Iterator
from pathlib import Path

from planner.core.cases import CASE_COLUMNS, Case
from planner.errors import BadFileError

_NEEDED = ("model", "num_gpus", "input_len", "output_len")
_GPU = ("gpu_norm", "gpu")
RATE = "output_tok_s"
# What people call a column, also this program's own tables.
_ALSO = {
    "concurrency": "concurrency_or_batch",
    "batch": "concurrency_or_batch",
    "batch_size": "concurrency_or_batch",
    "max_concurrency": "concurrency_or_batch",
    "gpus": "num_gpus",
    "tensor_parallel": "tp",
    "input_tokens": "input_len",
    "output_tokens": "output_len",
    "quantization": "dtype",
}
_MARKS = (",", ";", "\t")


def read_cases(path: Path) -> tuple[Case, ...]:
    """The cases of a file, in its order; a row without a name is named by its line.

    Columns that no case has are ignored. Raises BadFileError for a file that cannot be read, has
    no rows or lacks a column.
    """
    return tuple(case for case, _ in _rows(path, needed=_NEEDED))


def read_measured(path: Path) -> tuple[tuple[Case, float], ...]:
    """The cases of a file with their measured output tokens per second (column output_tok_s)."""
    found = []
    for case, cells in _rows(path, needed=(*_NEEDED, RATE)):
        try:
            rate = float(cells[RATE].replace(",", ""))
        except ValueError:
            rate = 0.0
        if not 0 < rate < float("inf"):
            raise BadFileError(
                f"{path}: {RATE} of {case.case} is {cells[RATE]!r}; give output tokens per second"
            )
        if not case.concurrency_or_batch:
            raise BadFileError(
                f"{path}: {case.case} tells no load; give requests at once in concurrency_or_batch"
            )
        found.append((case, rate))
    return tuple(found)


def _rows(path: Path, *, needed: tuple[str, ...]) -> Iterator[tuple[Case, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
        yield from _parsed(path, text, needed)
    except OSError as error:
        raise BadFileError(f"{path}: {error.strerror or error}; give a CSV file") from None
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path}: no CSV in UTF-8 ({error}); save it as such") from None
    except csv.Error as error:
        raise BadFileError(f"{path}: no CSV ({error}); mend its quotes") from None


def _parsed(
    path: Path, text: str, needed: tuple[str, ...]
) -> Iterator[tuple[Case, dict[str, str]]]:
    """The rows of a text whose cells commas, semicolons or tabs divide."""
    first = text.partition("\n")[0]
    mark = max(_MARKS, key=first.count)
    reader = csv.DictReader(text.splitlines(keepends=True), delimiter=mark, strict=True)
    columns = [name.strip().casefold() for name in reader.fieldnames or ()]
    columns = [_ALSO[n] if n in _ALSO and _ALSO[n] not in columns else n for n in columns]
    _check_columns(path, columns, needed)
    reader.fieldnames = columns
    empty = True
    for row in reader:
        empty = False
        if None in row:
            raise BadFileError(
                f"{path}:{reader.line_num}: more cells than columns; quote a cell's commas"
            )
        cells = {name: (row.get(name) or "").strip() for name in (*CASE_COLUMNS, RATE)}
        named = {name: cells[name] for name in CASE_COLUMNS}
        named["case"] = named["case"] or f"line {reader.line_num}"
        yield Case(**named), cells
    if empty:
        raise BadFileError(f"{path}: no case in it; give a row for each")


def _check_columns(path: Path, columns: list[str], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in columns]
    if not any(name in columns for name in _GPU):
        missing.append("gpu_norm (or gpu)")
    if missing:
        raise BadFileError(
            f"{path}: no column {', '.join(missing)}; of {', '.join(CASE_COLUMNS)} a case file "
            f"needs {', '.join(_NEEDED)} and a GPU"
        )
    known = (*CASE_COLUMNS, RATE)
    twice = sorted({name for name in columns if columns.count(name) > 1 and name in known})
    if twice:
        raise BadFileError(f"{path}: column {', '.join(twice)} stands there twice; take one out")
