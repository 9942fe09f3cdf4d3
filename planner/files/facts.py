"""The carried facts about models and regions, each file read on its first use."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from planner.core.bedrock_quotas import QuotaCode
from planner.core.names import ModelFacts, ModelNames
from planner.core.regions import Latencies, Region, Regions
from planner.errors import BadFileError

_DATA = Path(__file__).parent.parent / "data"


@cache
def model_names(path: Path = _DATA / "models.jsonl") -> ModelNames:
    """Return the table of model names."""
    decoder = msgspec.json.Decoder(ModelFacts)
    facts = []
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            facts.append(decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise _bad(path, number, error) from error
    try:
        return ModelNames(facts)
    except ValueError as error:
        raise BadFileError(f"{path}: {error}") from error


@cache
def regions(path: Path = _DATA / "regions.csv") -> Regions:
    """Return the regions of all providers."""
    found = []
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        for row in rows:
            known: dict[str, Any] = {key: value for key, value in row.items() if value}
            try:
                found.append(msgspec.convert(known, Region, strict=False))
            except msgspec.ValidationError as error:
                raise _bad(path, rows.line_num, error) from error
    try:
        return Regions(found)
    except ValueError as error:
        raise BadFileError(f"{path}: {error}") from error


@cache
def latencies(path: Path = _DATA / "azure-latency-p50-ms.csv") -> Latencies:
    """Return the round-trip times between Azure regions."""
    ms_by_pair = {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows, None)
        for row in rows:
            try:
                from_region, to_region, ms = row
                ms_by_pair[from_region, to_region] = int(ms)
            except ValueError as error:
                raise _bad(path, rows.line_num, error) from error
    return Latencies(ms_by_pair)


@cache
def bedrock_quota_codes(path: Path = _DATA / "bedrock-quota-codes.csv") -> tuple[QuotaCode, ...]:
    """Return the reviewed table of what Amazon Bedrock's quota codes limit."""
    found = []
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.DictReader(file)
        for row in rows:
            known = {key: value for key, value in row.items() if value}
            try:
                found.append(msgspec.convert(known, QuotaCode))
            except msgspec.ValidationError as error:
                raise _bad(path, rows.line_num, error) from error
    return tuple(found)


def _bad(path: Path, line: int, error: Exception) -> BadFileError:
    what = str(error).splitlines()[0]
    return BadFileError(f"{path}:{line}: {what}; correct the line")
