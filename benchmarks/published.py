"""The published rows that the efficiencies are fitted to and judged by, as runs.

benchmarks/data/published-throughput.csv was put together on 2026-11-21, web-throughput.csv beside
it on 2026-11-26: low and medium loads from pages and issues. Each row names its source.
`output_tok_s` is the whole system's output tokens per second; quality A may be scored, B is a
single report, C is left out.
"""

import csv
import math
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from planner.core.cases import CASE_COLUMNS, Case, Facts, read_case
from planner.core.serving import Run
from planner.files.hardware import find_architecture, find_engine, find_gpu, workloads

DATA = Path(__file__).parent / "data"
PUBLISHED = (DATA / "published-throughput.csv", DATA / "web-throughput.csv")
WEB = "web"


class Row(NamedTuple):
    """A published figure: its cell (GPU, model, engine as published), the run, and the rate."""

    cell: tuple[str, str, str]
    source: str
    quality: str
    run: Run
    rate: float
    tpot_ms: float | None
    ttft_ms: float | None

    @property
    def pair(self) -> tuple[str, str]:
        """GPU and shape: what leaves together when a split is strict."""
        return self.run.replica.gpu.name, self.run.replica.architecture.model


def published(paths: Sequence[Path] = PUBLISHED, qualities: str = "AB") -> list[Row]:
    """The rows that can be forecast and hold an output rate."""
    return [row for path in paths for row in _rows(path, qualities)]


def _rows(path: Path, qualities: str) -> list[Row]:
    facts = Facts(
        architecture=find_architecture, gpu=find_gpu, engine=find_engine, workloads=workloads()
    )
    rows = []
    with path.open(encoding="utf-8", newline="") as file:
        for cells in csv.DictReader(file):
            if cells["quality"] not in qualities or not float(cells["output_tok_s"] or 0):
                continue
            read = read_case(Case(**{c: cells[c] for c in CASE_COLUMNS if c in cells}), facts)
            if read.run is not None:
                cell = (cells["gpu_norm"], cells["model"], cells["engine"])
                rate = float(cells["output_tok_s"])
                times = [float(cells[c]) if cells[c] else None for c in ("tpot_ms", "ttft_ms")]
                rows.append(Row(cell, cells["group"], cells["quality"], read.run, rate, *times))
    return rows


def merged(rows: Iterable[Row]) -> list[Row]:
    """One row for equal runs, with their median rate: many submitters measured the same."""
    groups: dict[bytes, list[Row]] = {}
    for row in rows:
        groups.setdefault(_key(row.run), []).append(row)
    return [
        same[0]._replace(rate=math.exp(statistics.median(math.log(row.rate) for row in same)))
        for same in groups.values()
    ]


def by_cell(rows: Sequence[Row], values: Sequence[float]) -> dict[tuple[str, str, str], float]:
    """The median of the rows' values for each cell: rows of one cell are not independent."""
    groups: dict[tuple[str, str, str], list[float]] = {}
    for row, value in zip(rows, values, strict=True):
        groups.setdefault(row.cell, []).append(value)
    return {cell: statistics.median(own) for cell, own in groups.items()}


def _key(run: Run) -> bytes:
    traffic, replica = run.traffic, run.replica
    told = (
        replica.gpu.name, replica.architecture.model, replica.engine.name, replica.weights,
        replica.layout, run.replicas, run.harness, run.scenario, run.speculative,
        round(traffic.input_tokens), round(traffic.output_tokens), traffic.concurrency,
        traffic.prompts,
    )  # fmt: skip
    return repr(told).encode()
