"""The least that a workload says, as a file and as values."""

import datetime as dt
from pathlib import Path

from planner.core.workload import Workload
from planner.files.workloads import ReadWorkload, read_workload, workload_of

ON = dt.date(2026, 11, 26)
LEAST = """\
models: [gpt-4o]
requests_per_hour: 10
input_tokens: 100
output_tokens: 50
"""
VALUES = {
    "models": ["gpt-4o"],
    "requests_per_hour": 10,
    "input_tokens": 100,
    "output_tokens": 50,
}


def read(folder: Path, text: str) -> ReadWorkload:
    """The workload of a file with this text."""
    path = folder / "chat.yaml"
    path.write_text(text, encoding="utf-8")
    return read_workload(path, ON)


def of(**values: object) -> Workload:
    """The workload of the least values and these."""
    return workload_of(VALUES | values, ON).workload
