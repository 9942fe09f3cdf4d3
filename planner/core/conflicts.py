"""Which constraints leave nothing, and what would be there without them."""

from collections.abc import Iterable
from itertools import combinations

import msgspec

from planner.core.choices import choice_id
from planner.core.offers import KIND_WORDS
from planner.core.weighing import Weighing
from planner.core.workload import Workload

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
    "follow_replacements": {"follow_replacements": True},
    "quota": {"ignore_quota": True},
}

_USUAL = ("failures", "quota")  # hold where nobody asked for them


def conflicts(weighing: Weighing) -> tuple[str, ...]:
    """Which constraints contradict each other, and what each eased would let in; cheapest first.

    One alone where nothing meets it; two where easing either is enough, or only both.
    """
    load = weighing.workload
    active = [name for name, eased in _EASED.items() if _holds(load, eased)]
    alone = _eased(combinations(active, 1), weighing)
    if len(alone) == 1:
        rest = [name for name in active if name not in (*alone[0].names, *_USUAL)]
        beside = f" beside {_told(load, rest)}" if rest else ""
        return (f"{_told(load, alone[0].names)} leaves nothing{beside}; {alone[0].told}",)
    if alone:
        names = tuple(name for eased in alone for name in eased.names)
        return (
            f"{_told(load, names)} contradict each other",
            *(eased.told for eased in alone),
        )
    both = _eased(combinations(active, 2), weighing)
    return tuple(
        f"{_told(load, eased.names)} leave nothing, each of them; {eased.told}" for eased in both
    )


class Eased(msgspec.Struct, frozen=True, order=True):
    """What serves at which cost a month without some constraints, in words."""

    usd_per_month: float
    names: tuple[str, ...]
    told: str


def _holds(load: Workload, eased: dict[str, object]) -> bool:
    return any(getattr(load, field) != value for field, value in eased.items())


def _eased(groups: Iterable[tuple[str, ...]], weighing: Weighing) -> list[Eased]:
    load = weighing.workload
    found = []
    for names in groups:
        changes = {field: value for name in names for field, value in _EASED[name].items()}
        eased = Weighing(msgspec.structs.replace(load, **changes), weighing.supply)
        best = eased.best()
        if best is not None:
            usd = float(best.usd_per_month)
            words = " and ".join(names)
            told = f"without {words} {choice_id(best)} would serve at {usd:,.0f} USD a month"
            found.append(Eased(usd, names, told))
    return sorted(found)


def _told(load: Workload, names: Iterable[str]) -> str:
    """Constraints with their values: boundary jp and providers bedrock."""
    return " and ".join(f"{name} {_value(load, name)}" for name in names)


def _value(load: Workload, name: str) -> str:
    if name == "quota":
        return "of your accounts"
    value = getattr(load, name)
    if name == "ways":
        return ", ".join(KIND_WORDS[way] for way in load.ways)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else f"{value}"
