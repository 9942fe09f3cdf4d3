"""How long it takes to see what changed: a large diff, the carried Bedrock one, a year of days.

Aims: two snapshots of 150,000 flat offers compared and judged under 1 s (in the process, without
reading them); the carried Bedrock snapshots under 0.3 s, when a model appeared over 365 daily
snapshots under 0.5 s and the models that these know under 1 s, as whole processes. The large
snapshots differ in one offer of 200, so that nearly every line of their files differs; every one
of the 365 days differs from the day before it. The figures are medians of ROUNDS.
"""

import datetime as dt
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import msgspec

from planner.core.diff import Side, compare
from planner.core.judging import Rules, judge
from planner.core.offers import AppliesTo, Offer, Retirement
from planner.core.snapshots import Coverage, Origin, Snapshot
from planner.files.snapshots import read_snapshot, write_snapshot

ROOT = Path(__file__).parent.parent
ROUNDS = 5
REGIONS = [f"region{number:02}" for number in range(60)]
TYPES = ["GlobalStandard", "DataZoneStandard", "Standard", "GlobalBatch", "ProvisionedManaged"]
MODELS, VERSIONS = 168, 3
FIRST = dt.date(2025, 11, 21)


def large(day: dt.date, seed: int) -> Snapshot:
    """About 150,000 offers; which ones are missing depends on the seed."""
    chance = random.Random(seed)
    ends = (Retirement(on=dt.date(2027, 1, 1), applies_to=AppliesTo.BASE),)
    offers = tuple(
        Offer(
            provider="azure", region=region, model=f"model-{model}", version=f"{version}",
            deployment_type=way, usage_name=f"OpenAI.{way}.model-{model}", publisher="OpenAI",
            context_tokens=128_000, retirement_dates=ends, tokens_per_minute_per_unit=1000,
        )
        for model in range(MODELS)
        for version in range(VERSIONS)
        for way in TYPES
        for region in REGIONS
        if chance.random() < 0.995  # noqa: PLR2004 - one of 200 is missing
    )  # fmt: skip
    coverage = tuple(Coverage(region=region) for region in REGIONS)
    return Snapshot(
        provider="azure", date=day, origin=Origin.ACCOUNT, coverage=coverage, records=offers
    )


def timed(action: Callable[[], object]) -> float:
    """The median seconds of an action."""
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        action()
        taken.append(time.perf_counter() - began)
    return statistics.median(taken)


def compared(old: Snapshot, new: Snapshot) -> Callable[[], object]:
    """Comparing two days, down to the changes that a person reads."""
    was, now = Side(on=old.date, snapshots=[old]), Side(on=new.date, snapshots=[new])
    return lambda: judge(compare(was, now, str).findings, Rules(), new.date)


def program(*arguments: str) -> Callable[[], object]:
    """A whole process; its failure is an error."""
    call = [sys.executable, "-m", "planner", *arguments]
    return lambda: subprocess.run(call, check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def year(folder: Path) -> None:
    """365 daily snapshots of the carried Bedrock offers, a model coming or going every day."""
    basis = read_snapshot(ROOT / "snapshots" / "bedrock" / "2026-08-21.jsonl")
    models = sorted({r.model for r in basis.records if isinstance(r, Offer)})
    for number in range(365):
        left_out = models[number % len(models)]
        records = tuple(r for r in basis.records if not isinstance(r, Offer) or r.model != left_out)
        day = FIRST + dt.timedelta(days=number)
        write_snapshot(folder, msgspec.structs.replace(basis, date=day, records=records))


def main() -> int:
    """Print the figures; 1 where an aim is missed."""
    old, new = large(FIRST, 1), large(FIRST + dt.timedelta(days=1), 2)
    days = ("2026-02-13", "2026-08-21")
    with tempfile.TemporaryDirectory() as folder:
        year(Path(folder))
        asked = ("history", "claude-opus-5", "--provider", "bedrock", "--snapshots", folder)
        cases = {
            f"diff of {len(old.records):,} and {len(new.records):,} offers": (
                compared(old, new), 1.0,
            ),
            "planner diff of the carried Bedrock days": (
                program("diff", *days, "--provider", "bedrock"), 0.3,
            ),
            "planner history over 365 daily snapshots": (program(*asked), 0.5),
            "planner models over 365 daily snapshots": (
                program("models", "--snapshots", folder), 1.0,
            ),
        }  # fmt: skip
        missed = 0
        print(f"{'':<45}{'median s':>10}{'aim':>8}")
        for name, (action, aim) in cases.items():
            action()
            seconds = timed(action)
            missed += seconds >= aim
            print(f"{name:<45}{seconds:>10.3f}{f'< {aim}':>8}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
