"""Result files of other benchmark tools: JSON, JSON lines, objects one after another, YAML."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from planner.core.bench_fields import Setting
from planner.core.bench_results import KNOWN, measurements_in
from planner.core.measurements import Measurement
from planner.errors import BadFileError

_YAML = (".yaml", ".yml")
_SPACE = " \t\r\n"


def read_bench_results(path: Path, setting: Setting) -> tuple[Measurement, ...]:
    """The measurements of a result file, in its order.

    A file may hold one JSON value or several, with or without lines between them, as appending
    tools write them; one that ends in .yaml or .yml is a YAML report of GuideLLM. Raises
    BadFileError for a file that cannot be read or was cut off, an unknown format, a figure that is
    none, or a run of which neither file nor setting tells enough.
    """
    text = _text(path)
    found: list[Measurement] = []
    values = list(_yaml(path, text) if path.suffix.casefold() in _YAML else _json(path, text))
    if not values:
        raise BadFileError(f"{path}: nothing is in it; known are {', '.join(KNOWN)}")
    for position, value in enumerate(values, start=1):
        where = f"{path}, result {position}" if len(values) > 1 else f"{path}"
        try:
            found += measurements_in(value, setting)
        except ValueError as error:
            raise BadFileError(f"{where}: {error}") from None
    return tuple(found)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFileError(f"{path}: {error.strerror or error}; give a result file") from None
    except UnicodeDecodeError as error:
        raise BadFileError(f"{path}: no text in UTF-8 ({error}); give a JSON file") from None


def _json(path: Path, text: str) -> Iterator[Any]:
    """Every JSON value of a text; Infinity, which Python's tools write, is let through."""
    decoder = json.JSONDecoder(parse_constant=_constant)
    at = _after_space(text, 0)
    while at < len(text):
        try:
            value, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            cut = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
            told = "is cut off" if cut else f"is no JSON ({error.msg})"
            raise BadFileError(
                f"{path}:{error.lineno}: {told}; give the file as the tool saves it"
            ) from None
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, at) + 1
            raise BadFileError(
                f"{path}: the result that begins on line {line} has {error}; run it again"
            ) from None
        yield value
        at = _after_space(text, end)


def _after_space(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def _constant(name: str) -> float:
    if name == "NaN":
        raise ValueError("NaN for a figure")
    return math.copysign(math.inf, -1 if name.startswith("-") else 1)


def _yaml(path: Path, text: str) -> Iterator[Any]:
    import yaml  # noqa: PLC0415  (what a run without YAML files does not pay)

    try:
        yield yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        first = str(error).partition("\n")[0]
        raise BadFileError(
            f"{path}: no YAML ({first}); give the report as GuideLLM saves it"
        ) from None
