"""The carried licences of open models, read on the first use."""

import csv
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import msgspec

from planner.core.licences import Licence
from planner.errors import BadFileError

_PATH = Path(__file__).parent.parent / "data" / "licences.csv"


@cache
def licences(path: Path = _PATH) -> Mapping[str, Licence]:
    """The licence of each canonical model that the table holds."""
    found: dict[str, Licence] = {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        for row in rows:
            known = {key: value for key, value in row.items() if value}
            try:
                one = msgspec.convert(known, Licence)
            except msgspec.ValidationError as error:
                raise _bad(path, rows.line_num, str(error).splitlines()[0]) from error
            if one.model in found:
                raise _bad(path, rows.line_num, f"{one.model} has a licence above")
            found[one.model] = one
    return found


def licence_of(model: str) -> Licence | None:
    """The licence of a canonical model's weights; None where none is known."""
    return licences().get(model)


def misspelt(asked: tuple[str, ...]) -> Iterator[str]:
    """What to say of licences that no known model has and that are nearly one which some have."""
    from difflib import get_close_matches  # noqa: PLC0415  (only a fault needs it)

    known = {one.licence for one in licences().values()} if asked else set()
    for name in asked:
        if name.casefold() not in known and (close := get_close_matches(name.casefold(), known, 1)):
            yield f"no known model has the licence {name}; did you mean {close[0]}?"


def _bad(path: Path, line: int, what: str) -> BadFileError:
    return BadFileError(f"{path}:{line}: {what}; correct the line")
