"""How long the program takes, whole process, beside `python -c "import pandas"`.

The calls run in turn, so that other load on the machine meets them alike; the figures are medians.
A first round that is not counted writes the byte code, as an installation does. Run it with the
Python that the package is installed for: `.venv/bin/python benchmarks/startup.py [ROUNDS]`.
"""

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

PANDAS = "import pandas"
# Name -> arguments of Python, and the share of pandas' time that it aims to stay under.
CALLS: dict[str, tuple[list[str], float | None]] = {
    PANDAS: (["-c", PANDAS], None),
    "planner --help": (["-m", "planner", "--help"], 0.35),
    "planner regions gpt-4o": (["-m", "planner", "regions", "gpt-4o"], 0.75),
    "planner offers --json": (["-m", "planner", "offers", "--json"], None),
    "planner models": (["-m", "planner", "models"], None),
    "planner breakeven llama-2-7b": (["-m", "planner", "breakeven", "llama-2-7b"], None),
}
ROUNDS = 15


def seconds(arguments: list[str]) -> float:
    """The wall time of one process; its output goes nowhere, its failure is an error."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=Path(__file__).resolve().parent.parent,
        env=environment,
    )
    return time.perf_counter() - start


def main() -> int:
    """Print the medians and ratios; 1 where an aim is missed."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    times: dict[str, list[float]] = {name: [] for name in CALLS}
    for number in range(rounds + 1):
        for name, (arguments, _) in CALLS.items():
            taken = seconds(arguments)
            if number:
                times[name].append(taken)
    basis = statistics.median(times[PANDAS])
    missed = 0
    print(f"{'':<30}{'median s':>10}{'fastest s':>11}{'of pandas':>11}{'aim':>8}")
    for name, (_, aim) in CALLS.items():
        middle = statistics.median(times[name])
        share = middle / basis
        missed += aim is not None and share >= aim
        told = f"< {aim}" if aim is not None else ""
        print(f"{name:<30}{middle:>10.3f}{min(times[name]):>11.3f}{share:>11.2f}{told:>8}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
