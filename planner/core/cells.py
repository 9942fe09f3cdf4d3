"""Cells of benchmark tables as people write them: numbers, loads, formats of weights."""

import math
import re

from planner.core.hardware import WEIGHT_FORMATS, WeightFormat

_FORMATS: dict[str, WeightFormat] = {
    **{name: name for name in WEIGHT_FORMATS},
    "fp16/bf16": "bf16",
    "16-bit": "bf16",
    "bfloat16": "bf16",
    "float16": "fp16",
    "half": "fp16",
    "float8": "fp8",
    "w8a8": "int8",
    "nvfp4": "fp4",
    "awq": "int4",
    "gptq": "int4",
    "uint4": "int4",
    "w4a16": "int4",
    "q4": "q4_k_m",
    "q4_0": "q4_k_m",
    "q4_k_s": "q4_k_m",
    "q8": "q8_0",
}
_LOAD = re.compile(
    r"(?:(?:bs|b|c|batch(?:[ _]size)?|(?:max[-_ ])?concurrency)\s*[=:]?\s*)?"
    r"(?P<requests>-?[\d,]+(?:\.\d+)?)\s*(?:queued|requests?|users?|concurrent|parallel)?"
)
_RATE = re.compile(r"\brps\b|req(?:uests)?\s*/\s*s|\bqps\b")


def number_in(cell: str) -> float | None:
    """The number of a cell, "1,024" too; None where it is none or not finite."""
    try:
        number = float(cell.replace(",", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def tokens_in(cell: str) -> float | None:
    """A number of tokens: "~100", "512 tokens"."""
    return number_in(re.sub(r"\s*tok(?:en)?s?$", "", cell.lstrip("~<>=≈ ")))


def requests_in(cell: str) -> float | None:
    """Requests at once: 64, "200 queued", "concurrency=64", "bs 8"."""
    found = re.fullmatch(_LOAD, cell)
    return number_in(found["requests"] if found else cell)


def is_rate(cell: str) -> bool:
    """Whether a load is told as requests per second."""
    return re.search(_RATE, cell) is not None


def format_of(cell: str) -> WeightFormat | None:
    """The format that a cell means: "FP8 W8A8", "fp8_e4m3", "AWQ int4"."""
    if found := _FORMATS.get(cell):
        return found
    words = re.split(r"[\s_/,+-]+", cell)
    return next((_FORMATS[word] for word in words if word in _FORMATS), None)
