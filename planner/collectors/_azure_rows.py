"""What the SKU rows of one model say: where it runs, how it charges, when it retires.

Pure functions of decoded JSON, of which nothing is believed: a value of the wrong type is unknown.
"""

import datetime as dt
import re
from functools import lru_cache
from typing import Any

from planner.collectors._azure_json import count, items, mapping, number, text
from planner.core.offers import ENQUEUED, AppliesTo, Billing, Charge, Retirement, Scope

_NEVER = 2099  # Azure's year for "no date announced"
_REGIONAL = {
    "Standard",
    "ProvisionedManaged",
    "Provisioned",
    "Provisioned_MultiModal",
    "Provisioned_Image",
    "LowPriority",
}
_TASKS = {
    "chatCompletion": "chat",
    "completion": "completion",
    "embeddings": "embedding",
    "imageGenerations": "image",
    "imageEdits": "image",
    "audioTranscriptions": "audio",
    "audioTranslations": "audio",
    "audioSpeech": "audio",
    "realtime": "audio",
    "audio": "audio",
    "videoGenerations": "video",
}
_SAME = {"ga": "generally_available"}

Rows = list[dict[str, Any]]


def scope_of(deployment_type: str) -> Scope | None:
    """Return where a deployment type processes; None for one never seen before."""
    if deployment_type.startswith(("Global", "Developer")):
        return Scope.GLOBAL
    if deployment_type.startswith("DataZone"):
        return Scope.GEOGRAPHIC
    return Scope.REGIONAL if deployment_type in _REGIONAL else None


def billing_of(deployment_type: str) -> Billing | None:
    """Return how a deployment type charges; None for one never seen before."""
    if deployment_type.endswith("Batch"):
        return Billing.BATCH
    if "Provisioned" in deployment_type:
        return Billing.PROVISIONED
    usual = deployment_type.endswith("Standard") or deployment_type in (
        "DeveloperTier",
        "LowPriority",
    )
    return Billing.ON_DEMAND if usual else None


def snake(value: Any) -> str | None:
    """Return a word of the API in snake case: "GenerallyAvailable" gives "generally_available"."""
    word = text(value)
    return None if word is None else _snake(word)


@lru_cache(1000)  # the same few words stand in every row of every region
def _snake(word: str) -> str:
    spelled = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", word).lower()
    return _SAME.get(spelled, spelled)


def is_fine_tuned(usage: str | None) -> bool:
    return (usage or "").lower().endswith("finetune")


def tasks_of(abilities: dict[str, str]) -> tuple[str, ...]:
    """Return what a model does; one that is asked through the Responses API alone is for chat."""
    told = {_TASKS[k] for k, v in abilities.items() if k in _TASKS and v == "true"}
    if not told and abilities.get("responses") == "true":
        told = {"chat"}
    return tuple(sorted(told))


def capabilities_of(abilities: dict[str, str]) -> tuple[str, ...]:
    return tuple(sorted(k if v == "true" else f"{k}={v}" for k, v in abilities.items()))


def unit_of(billing: Billing | None) -> str | None:
    if billing is Billing.PROVISIONED:
        return "PTU"
    return ENQUEUED if billing is Billing.BATCH else None


def figures_of(rows: Rows) -> dict[str, Any]:
    """Return the rates and units of an offer; where its rows differ, they are unknown."""
    told = [_figures(row) for row in rows]
    first = told[0]
    if len(told) == 1:
        return first
    return {k: v if all(f[k] == v for f in told) else None for k, v in first.items()}


def _figures(row: dict[str, Any]) -> dict[str, Any]:
    """Return the rates and units of one row by the names that they have in an offer."""
    capacity = mapping(row.get("capacity"))
    rates = items(row.get("rateLimits"))
    return {
        "tokens_per_minute_per_unit": _rate(rates, "token"),
        "requests_per_minute_per_unit": _rate(rates, "request"),
        "units_minimum": count(capacity.get("minimum")),
        "units_maximum": count(capacity.get("maximum")),
        "units_step": count(capacity.get("step")),
        "units_default": count(capacity.get("default")),
    }


def _rate(limits: list[dict[str, Any]], key: str) -> int | None:
    """Return how many tokens or requests a minute one unit serves."""
    for limit in limits:
        if limit.get("key") == key:
            amount, seconds = number(limit.get("count")), number(limit.get("renewalPeriod"))
            if amount is not None and seconds:
                return int(amount * 60 / seconds) or None
    return None


def _day(value: Any) -> dt.date | None:
    """Return a date of the API; None where there is none, or one that says "never"."""
    return _date(str(value)[:10])


@lru_cache(1000)
def _date(written: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(written)
    except ValueError:
        return None
    return day if day.year < _NEVER else None


def retirements_of(
    model: dict[str, Any], rows: Rows, *, fine_tuned: bool
) -> tuple[Retirement, ...]:
    """Return all retirement dates of an offer, and which deployments each is for.

    A base row carries the model's own date; where several dates stand under one usage name, the
    other is of fine-tuned deployments if a fine-tuned SKU of the model has the same.
    """
    told = mapping(model.get("deprecation"))
    certainty = snake(told.get("deprecationStatus"))
    general = _day(told.get("inference"))
    days = {day for row in rows if (day := _day(row.get("deprecationDate")))}
    if not any("deprecationDate" in row for row in rows) and general and not fine_tuned:
        days = {general}

    def applies_to(day: dt.date) -> AppliesTo | None:
        if fine_tuned:
            return AppliesTo.FINE_TUNED
        if len(days) == 1 or day == general:
            return AppliesTo.BASE
        return AppliesTo.FINE_TUNED if day in _tuned_days(model) else None

    return tuple(
        Retirement(on=day, applies_to=applies_to(day), certainty=certainty) for day in sorted(days)
    )


def _tuned_days(model: dict[str, Any]) -> set[dt.date | None]:
    """Return the dates of a model's fine-tuned SKUs."""
    return {
        _day(row.get("deprecationDate"))
        for row in items(model.get("skus"))
        if is_fine_tuned(text(row.get("usageName")))
    }


def charges_of(rows: Rows) -> tuple[Charge, ...]:
    """Return what the rows bill, by name, with the ids of all meters of that name."""
    units: dict[str, str | None] = {}
    ids: dict[str, set[str]] = {}
    for row in rows:
        for cost in items(row.get("costs")):
            name = text(cost.get("name"))
            if name is None:
                continue
            units[name] = units.get(name) or text(cost.get("unit"))
            meter = text(cost.get("meterId"))
            ids.setdefault(name, set()).update({meter} if meter else ())
    return tuple(
        Charge(name=name, unit=units[name], meter_ids=tuple(sorted(ids[name])))
        for name in sorted(ids)
    )
