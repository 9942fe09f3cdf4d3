"""Which constraints leave nothing, and what would be there without them."""

from collections.abc import Callable, Iterator
from itertools import combinations

import msgspec

from planner.core.choices import choice_id
from planner.core.weighing import Weighing
from planner.core.workload import Workload

Relaxed = Callable[[Workload], Workload]
_EASED: dict[str, dict[str, object]] = {
    "boundary": {"boundary": None},
    "latency_ms": {"latency_ms": None},
    "ways": {"ways": ()},
    "providers": {"providers": ()},
    "regions": {"regions": ()},
    "ttft_ms": {"ttft_ms": None},
    "tpot_ms": {"tpot_ms": None},
    "minimum_quality": {"minimum_quality": None},
    "horizon_months": {"horizon_months": None},
    "failures": {"failures": 0},
    "tier": {"tier": "default"},
    "licences": {"licences": ()},
}


def conflicts(weighing: Weighing) -> tuple[str, ...]:
    """What would fit without one of the constraints, else without two of them; cheapest first."""
    load = weighing.workload
    active = [name for name, eased in _EASED.items() if _holds(load, eased)]
    for count in (1, 2):
        found = [
            told for names in combinations(active, count) for told in _without(names, weighing)
        ]
        if found:
            return tuple(words for _, words in sorted(found))
    return ()


def _holds(load: Workload, eased: dict[str, object]) -> bool:
    return any(getattr(load, field) != value for field, value in eased.items())


def _without(names: tuple[str, ...], weighing: Weighing) -> Iterator[tuple[float, str]]:
    load = weighing.workload
    changes = {field: value for name in names for field, value in _EASED[name].items()}
    eased = Weighing(msgspec.structs.replace(load, **changes), weighing.supply)
    best = eased.best()
    if best is None:
        return
    usd = float(best.usd_per_month)
    said = " and ".join(f"{name} {_value(load, name)}" for name in names)
    if len(names) > 1:
        said += " contradict each other here: without both"
    else:
        said += " leaves nothing: without it"
    yield usd, f"{said} {choice_id(best)} would serve at {usd:,.2f} USD a month"


def _value(load: Workload, name: str) -> str:
    value = getattr(load, name)
    return ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value}"
