"""The carried tables of GPUs, instances and model architectures, read once a process.

Names are found whatever their case; an unknown one raises UnknownNameError with close matches.
"""

import csv
import difflib
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from planner.core.engines import Engine
from planner.core.hardware import DTYPES, Architecture, Gpu, Instance
from planner.core.harnesses import Workload
from planner.core.spellings import gpu_words, model_spellings, without_memory
from planner.errors import BadFileError, UnknownNameError

_DATA = Path(__file__).parent.parent / "data"
_LIST_MARK = "|"
_LACKING = "none"

_OTHER_ENGINE = "other"

_Record = TypeVar("_Record", Gpu, Instance, Architecture, Engine, Workload)


@cache
def gpus(path: Path = _DATA / "gpus.csv") -> tuple[Gpu, ...]:
    """Every GPU of the datasheet table, in its order."""
    return tuple(_records(path, Gpu, _gpu_fields))


@cache
def instances(path: Path = _DATA / "instances.csv") -> tuple[Instance, ...]:
    """Every instance size with GPUs, retired ones too."""
    return tuple(_records(path, Instance, _plain_fields))


@cache
def architectures(path: Path = _DATA / "architectures.csv") -> tuple[Architecture, ...]:
    """The shape of every open model that a source describes."""
    return tuple(_records(path, Architecture, _listed("aliases")))


@cache
def engines(path: Path = _DATA / "engines.csv") -> tuple[Engine, ...]:
    """Inference engines with their defaults."""
    return tuple(_records(path, Engine, _engine_fields))


@cache
def workloads(path: Path = _DATA / "workloads.csv") -> tuple[Workload, ...]:
    """What benchmarks and data sets mean by their names."""
    return tuple(_records(path, Workload, _plain_fields))


def find_engine(name: str) -> Engine:
    """Return the engine that people call so, "TensorRT-LLM 0.12" too; else the one "other"."""
    known = {engine.name: engine for engine in engines()}
    return next((e for e in engines() if e.known_as(name)), known[_OTHER_ENGINE])


def find_gpu(name: str) -> Gpu:
    """Return the GPU of this name or alias: "NVIDIA H100 SXM", "h100", "A100-SXM4-80GB"."""
    words = gpu_words(name)
    known = _gpus_by_words()
    if gpu := known.get(words):
        return gpu
    for own, gpu in known.items():
        if own and own == without_memory(words, gpu.memory_gib):
            return gpu
    named = [(spelling, gpu) for gpu in gpus() for spelling in (gpu.name, *gpu.aliases)]
    return _find("GPU", name, named)


@cache
def _gpus_by_words() -> dict[frozenset[str], Gpu]:
    """Each GPU by the words of its name and of its aliases."""
    return {gpu_words(word): gpu for gpu in gpus() for word in (gpu.name, *gpu.aliases)}


def find_instance(name: str) -> Instance:
    """Return the instance "azure/Standard_NC12s_v3" or, without its cloud, "Standard_NC12s_v3"."""
    named = ((spelling, item) for item in instances() for spelling in (item.name, item.id))
    return _find("instance", name, named)


def find_architecture(name: str) -> Architecture:
    """Return the architecture of a canonical model name, an alias or a Hugging Face id.

    A quantised or tuned variant's name leads to its base: "Qwen/Qwen3-32B-AWQ" is "qwen3-32b".
    """
    named = [(word, item) for item in architectures() for word in (item.model, item.hugging_face)]
    known = {alias: item for item in architectures() for alias in item.aliases}
    known |= {spelling.lower(): item for spelling, item in named}
    found = (known[spelling] for spelling in model_spellings(name) if spelling in known)
    return next(found, None) or _find("architecture", name, named)


def _find(kind: str, name: str, named: Iterable[tuple[str, _Record]]) -> _Record:
    known = {spelling.lower(): (spelling, item) for spelling, item in named}
    wanted = name.strip().lower()
    if wanted in known:
        return known[wanted][1]
    close = difflib.get_close_matches(wanted, known, n=3)
    close = close or [key for key in known if wanted and wanted in key][:3]
    hint = f"; close: {', '.join(known[key][0] for key in close)}" if close else ""
    raise UnknownNameError(f"no {kind} is called {name!r}{hint}")


def _records(
    path: Path, kind: type[_Record], fields: Callable[[dict[str, str]], dict[str, Any]]
) -> Iterator[_Record]:
    """Read a table strictly: an unknown or missing column, or a bad value, names file and line."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        unknown = set(reader.fieldnames or ()) - set(kind.__struct_fields__)
        if unknown:
            wrong = ", ".join(sorted(unknown))
            raise BadFileError(f"{path}:1: unknown column {wrong}; take it out or mend its name")
        for row in reader:
            if None in row or None in row.values():
                raise BadFileError(
                    f"{path}:{reader.line_num}: not as many cells as columns; quote a cell's commas"
                )
            try:
                yield msgspec.convert(fields(row), kind, strict=False, dec_hook=_decode)
            except (msgspec.ValidationError, ValueError) as error:
                raise BadFileError(f"{path}:{reader.line_num}: {error}; mend the cell") from None


def _plain_fields(row: dict[str, str]) -> dict[str, Any]:
    """Leave out the empty cells: they are unknown."""
    return {name: cell for name, cell in row.items() if cell}


def _gpu_fields(row: dict[str, str]) -> dict[str, Any]:
    """Turn the word "none" in a number format's cell into an entry of `lacks`."""
    lacks = [dtype for dtype in DTYPES if row.get(f"{dtype}_tflops") == _LACKING]
    fields = _plain_fields({name: cell for name, cell in row.items() if cell != _LACKING})
    fields["lacks"] = lacks
    if "aliases" in fields:
        fields["aliases"] = fields["aliases"].split(_LIST_MARK)
    return fields


def _engine_fields(row: dict[str, str]) -> dict[str, Any]:
    """Read the formats that an engine widens, each with the least compute capability: "fp8:7.5"."""
    fields = _listed("spellings", "runs_on", "weight_only")(row)
    told = (entry.partition(":") for entry in fields.get("weight_only", ()))
    return fields | {"weight_only": {name: least or 0 for name, _, least in told}}


def _listed(*columns: str) -> Callable[[dict[str, str]], dict[str, Any]]:
    """Read cells as they are, those of the columns as lists."""

    def fields(row: dict[str, str]) -> dict[str, Any]:
        plain = _plain_fields(row)
        return plain | {c: plain[c].split(_LIST_MARK) for c in columns if c in plain}

    return fields


def _decode(kind: type, value: Any) -> Any:
    """Read what msgspec does not know by itself: a fraction, "1/6" or "0.125"."""
    if kind is Fraction:
        return Fraction(value)
    raise TypeError(f"no reader of a cell as {kind.__name__}")
