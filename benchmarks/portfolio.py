"""How long a portfolio of many workloads takes, whole process, and how much memory at its peak.

The workloads are made from their number alone, so that each run sees the same ones: managed and
open models, with and without a boundary, profiles of three continents, sizes over four decades.
Run it with the Python that the package is installed for:
`.venv/bin/python benchmarks/portfolio.py [WORKLOADS]`; `--write FILE.csv` keeps what it made.
"""

import argparse
import csv
import itertools
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COUNT = 1000
MODELS = (
    ("gpt-5.1",),
    ("gpt-4.1-mini", "gpt-5-mini"),
    ("claude-sonnet-4-5",),
    ("llama-3.1-8b", "gpt-5-nano"),
    ("gpt-4.1", "claude-haiku-4-5", "gemini-2.5-flash"),
    ("llama-3.3-70b",),
    ("gpt-4o",),
    ("qwen2.5-72b", "gpt-oss-120b"),
    ("gemini-2.5-pro",),
    ("mistral-nemo-2407", "qwen3-8b"),
)
PLACES = ("", "eu", "us", "", "eur", "jp", "", "anywhere")
CLOCKS = (
    ("business-hours", "Asia/Tokyo"),
    ("flat", ""),
    ("business-hours", "America/New_York"),
    ("bursty", "Europe/Berlin"),
    ("night-batch", ""),
)
LENGTHS = ((1000, 200), (3000, 500), (400, 100), (8000, 300), (2000, 1000), (150, 60), (12000, 800))
RATES = (1, 30, 4, 600, 90, 2500, 12, 250, 6000)
MORE: tuple[dict[str, str], ...] = (
    {},
    {"cached_share": "30%"},
    {"batch_share": "20%"},
    {"growth_per_month": "5%", "horizon_months": "6"},
    {"ttft_ms": "2000", "tpot_ms": "60"},
    {"peak_minute_factor": "3"},
    {"failures": "2"},
)
KEYS = (
    *("name", "models", "requests_per_minute", "input_tokens", "output_tokens", "boundary"),
    *("profile", "timezone", *dict.fromkeys(itertools.chain.from_iterable(MORE))),
)
MIB = 2**20


def workload(number: int) -> dict[str, str]:
    """One row: every list is walked at a pace of its own."""
    profile, zone = CLOCKS[number // 3 % len(CLOCKS)]
    prompt, answer = LENGTHS[number // 2 % len(LENGTHS)]
    return {
        "name": f"workload-{number:04}",
        "models": "|".join(MODELS[number % len(MODELS)]),
        "requests_per_minute": str(RATES[number * 7 % len(RATES)] + number // 100),
        "input_tokens": str(prompt + number % 13),
        "output_tokens": str(answer),
        "boundary": PLACES[number // 5 % len(PLACES)],
        "profile": profile,
        "timezone": zone,
        **MORE[number // 4 % len(MORE)],
    }


def write_rows(path: Path, count: int) -> None:
    """A CSV of so many workloads."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, KEYS, restval="")
        writer.writeheader()
        writer.writerows(map(workload, range(count)))


def main() -> None:
    """Make the rows, run the program once, print its wall time and the peak of its memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=COUNT)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.write:
        write_rows(asked.write, asked.count)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "workloads.csv"
        write_rows(path, asked.count)
        start = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-m", "planner", "recommend", str(path), "--on", "2026-11-21"],
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).resolve().parent.parent,
            env={k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"},
        )
        seconds = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / MIB
    first, *_ = done.stdout.decode().splitlines() or [""]
    print(f"{asked.count} workloads: {seconds:.1f} s, {cpu:.1f} s of CPU, {peak:.0f} MiB")
    print(f"exit {done.returncode}: {first}")


if __name__ == "__main__":
    main()
