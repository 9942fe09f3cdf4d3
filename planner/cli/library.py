"""The commands as library calls."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from planner.cli.options import Settings
from planner.cli.stock import stock_of
from planner.core.recommend import recommend as answer_for
from planner.core.recommend_answer import Choice, Recommendation
from planner.core.workload import Workload
from planner.errors import UsageError
from planner.files.workloads import read_workload, workload_of


def recommend(
    workload: Workload | Mapping[str, object] | str | Path | None = None,
    *,
    on: dt.date | str | None = None,
    snapshots: str | Path | None = None,
    pricing: str | Path | None = None,
    explain: bool = False,
    **keys: object,
) -> Recommendation:
    """What serves a workload best: the same answer as `planner recommend`.

    `workload` is a file, a mapping of the keys of such a file, or a Workload; `keys` are such keys
    too and come first. `on` is today (UTC) unless given. Raises PlannerError in one line.

        planner.recommend(models=["gpt-5.1"], requests_per_minute=600,
                          input_tokens=1000, output_tokens=200)
    """
    day = _day(on)
    chosen = Settings(
        snapshots=None if snapshots is None else Path(snapshots),
        pricing=None if pricing is None else Path(pricing),
        quiet=True,
    )
    if isinstance(workload, Workload):
        load = workload
    elif isinstance(workload, str | Path):
        load = read_workload(Path(workload), day, keys).workload
    else:
        load = workload_of({**(workload or {}), **keys}, day).workload
    stock = stock_of(chosen, day)
    return answer_for(stock.known(load), stock.supply, explain=explain)


def _day(on: dt.date | str | None) -> dt.date:
    if isinstance(on, str):
        try:
            return dt.date.fromisoformat(on)
        except ValueError:
            raise UsageError(f"on: {on!r} is no date; write it as 2026-06-03") from None
    return on or dt.datetime.now(dt.UTC).date()


def frame(answer: Recommendation) -> Any:
    """The choices of a recommendation as a pandas DataFrame, the best first, a row each.

    Numbers are int or float, dates datetime64; nothing that fits gives no row.
    """
    from planner.render.flat import to_typed_frame  # noqa: PLC0415 - pandas is slow

    rows = [c for c in (answer.recommended, *answer.alternatives) if c is not None]
    return to_typed_frame(rows, Choice)
