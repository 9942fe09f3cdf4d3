"""The parts of a workload that have keys of their own: lengths, machines, units, costs, models."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from planner.core.boundaries import parse_boundary
from planner.core.hardware import WEIGHT_FORMATS, WeightFormat
from planner.core.lengths import MOST_TOKENS
from planner.core.offers import KIND_WORDS, Billing
from planner.core.workload import (
    HOURS_PER_MONTH,
    Lengths,
    OwnMachine,
    OwnUnits,
    Portion,
)
from planner.files.facts import model_names
from planner.files.given import Given
from planner.files.given_values import (
    above_0,
    as_mapping,
    count,
    exactly_one,
    items,
    made,
    money,
    number,
    one_of,
    pairs,
    share,
    text,
    texts,
)

_MOST_MACHINES = 100_000
_SECONDS_PER_MINUTE = 60
_MOST_RATIO = 1_000
_WAYS = {word: kind for kind, word in KIND_WORDS.items()}
_OTHER_WAYS = {"on-demand": Billing.ON_DEMAND, "self-hosting": Billing.SELF_HOSTED}
_FORMATS: dict[str, WeightFormat] = {name: name for name in WEIGHT_FORMATS}
Reader = Callable[[Given], Any]


def lengths(given: Given) -> Lengths:
    """A number, {mean, maximum}, {portions, maximum} or a list of {share, tokens}."""
    if isinstance(given.value, tuple):
        return made(given, lambda: Lengths(_portions(given)))
    if isinstance(given.value, str) and "=" not in given.value:
        return Lengths.of(number(given, high=MOST_TOKENS))
    parts = as_mapping(given).keys(("mean", "maximum", "portions"))
    longest = count(parts["maximum"], high=MOST_TOKENS) if "maximum" in parts else None
    if exactly_one(parts, ("mean", "portions")) is None:
        given.refuse("has no mean; give mean: TOKENS, or one number")
    if "portions" in parts:
        several = parts["portions"]
        return made(several, lambda: Lengths(_portions(several), longest), parts)
    mean = number(parts["mean"], high=MOST_TOKENS)
    return made(given, lambda: Lengths.of(mean, longest), parts)


def _portions(given: Given) -> tuple[Portion, ...]:
    found = []
    for item in items(given):
        parts = as_mapping(item).keys(("share", "tokens"))
        _need(item, parts, "share", "tokens")
        found.append(Portion(share(parts["share"]), number(parts["tokens"], high=MOST_TOKENS)))
    if not found:
        given.refuse("is empty; give share and tokens of each portion")
    return tuple(found)


def boundary(given: Given) -> str:
    """A boundary in its canonical spelling."""
    return made(given, lambda: parse_boundary(text(given)))


def model(given: Given) -> str:
    """The canonical name of a model."""
    return model_names().canonical(text(given))


def models(given: Given, same_class: Given | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The acceptable models, groups in the place of their names; and the groups not named."""
    groups = {} if same_class is None else pairs(same_class)
    found: list[str] = []
    named = set()
    for item in items(given):
        name = text(item)
        if name in groups:
            named.add(name)
            found += [model(each) for each in items(groups[name])]
        else:
            found.append(model(item))
    if not found:
        given.refuse("is empty; name one or more")
    return tuple(dict.fromkeys(found)), tuple(name for name in groups if name not in named)


def quality(given: Given) -> dict[str, float]:
    """The user's scores by canonical model."""
    found: dict[str, float] = {}
    for name, score in pairs(given).items():
        canonical = model_names().canonical(name)
        if canonical in found:
            score.say(f"{given.name} names {canonical} twice; remove one")
        found[canonical] = float(number(score))
    return found


def costs(given: Given) -> dict[str, Decimal]:
    """Names with US dollars a month."""
    return {name: money(cost) for name, cost in pairs(given).items()}


def spend(given: Given) -> dict[str, Decimal]:
    """Providers with US dollars a month."""
    return {name.lower(): usd for name, usd in costs(given).items()}


def ways(given: Given) -> tuple[Billing, ...]:
    """Kinds of billing, "pay-as-you-go" and "self-hosted" too."""
    return tuple(
        dict.fromkeys(one_of(item, _WAYS | _OTHER_WAYS, tuple(_WAYS)) for item in items(given))
    )


def weight_format(given: Given) -> WeightFormat:
    """How the weights are stored."""
    return one_of(given, _FORMATS)


def lower(given: Given) -> str:
    """A word in lower case."""
    return text(given).lower()


def providers(given: Given) -> tuple[str, ...]:
    """Providers in lower case."""
    return tuple(dict.fromkeys(name.lower() for name in texts(given)))


def minutes(given: Given) -> Any:
    """Minutes, a day at most; what holds them may allow fewer."""
    return number(given, high=24 * 60)


_MACHINE: dict[str, Reader] = {
    "name": text,
    "gpu": text,
    "gpus": lambda given: count(given, 1, _MOST_MACHINES),
    "usd_per_hour": money,
    "usd_per_month": money,
    "boundary": boundary,
    "count": lambda given: count(given, 1, _MOST_MACHINES),
}
_UNITS: dict[str, Reader] = {
    "name": text,
    "provider": lower,
    "model": model,
    "usd_per_hour": money,
    "usd_per_month": money,
    "input_tokens_per_minute": above_0,
    "tokens_per_second": above_0,
    "output_ratio": lambda given: above_0(given, _MOST_RATIO),
    "cached_ratio": lambda given: number(given, high=_MOST_RATIO),
    "region": text,
    "boundary": boundary,
    "minimum": lambda given: count(given, 1),
    "step": lambda given: count(given, 1),
    "maximum": lambda given: count(given, 1),
    "term_months": lambda given: count(given, 1, 120),
    "start_up_minutes": minutes,
    "deployment_type": text,
    "version": text,
}


def machines(given: Given) -> tuple[OwnMachine, ...]:
    """A list of the user's own machines."""
    return _unique(given, [_machine(item) for item in _entries(given)])


def units(given: Given) -> tuple[OwnUnits, ...]:
    """A list of units at the user's own price."""
    return _unique(given, [_own_units(item) for item in _entries(given)])


def _entries(given: Given) -> tuple[Given, ...]:
    if not isinstance(given.value, tuple):
        given.refuse(f"is {given.kind}; give a list of mappings")
    return given.value


def _machine(given: Given) -> OwnMachine:
    parts = given.keys(_MACHINE)
    _need(given, parts, "name", "gpu", "gpus")
    values = _priced(given, parts, _MACHINE)
    return made(given, lambda: OwnMachine(**values), parts)


def _own_units(given: Given) -> OwnUnits:
    parts = given.keys(_UNITS)
    _need(given, parts, "name", "provider", "model")
    values = _priced(given, parts, _UNITS)
    rates = ("input_tokens_per_minute", "tokens_per_second")
    if exactly_one(parts, rates) is None:
        given.refuse("has no rate; give input_tokens_per_minute or tokens_per_second")
    if "tokens_per_second" in values:
        per_second = values.pop("tokens_per_second")
        values["input_tokens_per_minute"] = per_second * _SECONDS_PER_MINUTE
    least, most = values.get("minimum", 1), values.get("maximum")
    if most is not None and most < least:
        parts["maximum"].refuse(f"is {most}, less than the minimum of {least}; raise it")
    return made(given, lambda: OwnUnits(**values), parts)


def _priced(
    given: Given, parts: Mapping[str, Given], readers: Mapping[str, Reader]
) -> dict[str, Any]:
    """The values of an entry, its price by the hour."""
    if exactly_one(parts, ("usd_per_hour", "usd_per_month")) is None:
        given.refuse("has no price; give usd_per_hour or usd_per_month (0 where it costs nothing)")
    values = {key: readers[key](part) for key, part in parts.items()}
    if "usd_per_month" in values:
        values["usd_per_hour"] = values.pop("usd_per_month") / HOURS_PER_MONTH
    return values


def _need(given: Given, parts: Mapping[str, Given], *names: str) -> None:
    for name in names:
        if name not in parts:
            given.refuse(f"lacks {name}; add it")


def _unique(given: Given, found: list[Any]) -> tuple[Any, ...]:
    seen = set()
    for entry, one in zip(_entries(given), found, strict=True):
        if one.name in seen:
            entry.refuse(f"has the name {one.name!r}, which another has; rename one")
        seen.add(one.name)
    return tuple(found)
