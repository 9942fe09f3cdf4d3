"""Workloads from a YAML file, the rows of a CSV, flags or Python values: one conversion for all.

What each key means stands in the example that `example_text` gives.
"""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec

from planner.core.workload import HOURS_PER_MONTH, Lengths, Workload
from planner.errors import BadFileError
from planner.files import workload_parts as parts
from planner.files.given import Given, from_values, from_yaml
from planner.files.given_values import (
    above_0,
    count,
    exactly_one,
    flag,
    made,
    measure,
    milliseconds,
    number,
    share,
    text,
    texts,
)
from planner.files.licences import misspelt
from planner.files.request_log import RequestLog
from planner.files.workload_profiles import OUTSIDE_KEYS, read_profile
from planner.files.yaml_text import compose, read_text

# Requests of a key's unit in an hour; None: the profile spreads them.
_RATES: dict[str, int | None] = {
    "requests_per_minute": 60,
    "requests_per_hour": 1,
    "requests_per_month": None,
}
_MOST_RATE = 10**12
# The keys that are a field of the workload, whatever the others say.
_FIELDS: dict[str, parts.Reader] = {
    "name": text,
    "max_tokens": lambda given: count(given, 1),
    "cached_share": share,
    "batch_share": share,
    "tier": parts.lower,
    "ttft_ms": milliseconds,
    "tpot_ms": milliseconds,
    "boundary": parts.boundary,
    "from_region": text,
    "latency_ms": milliseconds,
    "ways": parts.ways,
    "providers": parts.providers,
    "regions": texts,
    "failures": count,
    "existing": flag,
    "ignore_quota": flag,
    "follow_replacements": flag,
    "quality": parts.quality,
    "minimum_quality": measure,
    "licences": texts,
    "dtype": parts.weight_format,
    "start_up_minutes": parts.minutes,
    "growth_per_month": lambda given: number(given, -1, 1),
    "horizon_months": count,
    "machines": parts.machines,
    "units": parts.units,
    "side_costs": parts.costs,
    "self_hosting_costs": parts.costs,
    "committed_spend": parts.spend,
}
KEYS = (
    *("name", "models", "same_class", *_RATES, "input_tokens", "output_tokens"),
    *(name for name in _FIELDS if name != "name"),
    *("profile", *OUTSIDE_KEYS),
)
_EXAMPLE = "planner recommend --example shows one"


class ReadWorkload(msgspec.Struct, frozen=True):
    """A workload, what to say of how it was read, a sentence each, and where it stands."""

    workload: Workload
    notes: tuple[str, ...] = ()
    at: str = ""


def read_workload(
    path: Path, on: dt.date, instead: Mapping[str, object] | None = None
) -> ReadWorkload:
    """Read the YAML file of a workload; BadFileError names file and line.

    `on` is the date whose time zones hold. Paths in the file are beside it. What `instead` gives
    comes before what the file says.
    """
    root = compose(path, read_text(path))
    if root is None:
        raise BadFileError(f"{path}:1: nothing stands in it; {_EXAMPLE}")
    given = from_yaml(path, root)
    if isinstance(given.value, dict):
        given = msgspec.structs.replace(given, value=_instead(given.value, instead or {}))
    return workload_from(given, on, folder=path.parent, name=path.stem)


def _instead(file: dict[str, Given], values: Mapping[str, object]) -> dict[str, Given]:
    """The keys of a file, those that were given otherwise replaced; of the rates one may be."""
    own = from_values({key: value for key, value in values.items() if value is not None}).value
    if not isinstance(own, dict):
        return file
    kept = {k: v for k, v in file.items() if not (k in _RATES and own.keys() & _RATES.keys())}
    return kept | own


def workload_of(
    values: Mapping[str, object], on: dt.date, where: str = "", folder: Path | None = None
) -> ReadWorkload:
    """The workload that Python values or flags name, by the same keys; None is not given.

    UsageError names the key, and `where` before it; BadFileError where the log has a fault. Paths
    are beside `folder`, by default the working folder.
    """
    return workload_from(from_values(values, where), on, folder=folder or Path())


def workload_from(
    root: Given, on: dt.date, *, folder: Path, name: str = "workload"
) -> ReadWorkload:
    """The workload of what a user gave; its `name` where none is given."""
    keys = root.keys(KEYS)
    profile = read_profile(keys, on, folder)
    notes = list(profile.notes)
    values: dict[str, Any] = {"name": name}
    values |= {key: read(keys[key]) for key, read in _FIELDS.items() if key in keys}
    if "models" not in keys:
        root.say("models is missing; name one or more")
    values["models"], idle = parts.models(keys["models"], keys.get("same_class"))
    notes += [f"the group {each} of same_class stands in models nowhere" for each in idle]
    values["profile"] = profile.profile
    rate_key, values["requests_per_hour"] = _rate(root, keys, profile.log, profile.profile.mean)
    for key in ("input", "output"):
        values[key] = _lengths(root, keys, key, profile.log)
    if profile.log and profile.log.cached_share is not None:
        values.setdefault("cached_share", profile.log.cached_share)
    workload = made(root, lambda: Workload(**values), _places(keys, rate_key))
    notes += [
        f"units {each.name} are of {each.model}, which models does not name: they are not used"
        for each in workload.units
        if each.model not in workload.models
    ]
    return ReadWorkload(workload, (*notes, *misspelt(workload.licences)))


def _rate(
    root: Given, keys: Mapping[str, Given], log: RequestLog | None, mean: Fraction
) -> tuple[str, Fraction]:
    """Which key names the rate, and the requests per hour at a weight of 1."""
    key = exactly_one(keys, _RATES)
    if key is None:
        if log is None:
            root.say(f"the request rate is missing; give one of {', '.join(_RATES)}, or a log")
        return "log", log.requests_per_hour
    requests, per_hour = above_0(keys[key], _MOST_RATE), _RATES[key]
    return key, requests / HOURS_PER_MONTH / mean if per_hour is None else requests * per_hour


def _lengths(root: Given, keys: Mapping[str, Given], which: str, log: RequestLog | None) -> Lengths:
    key = f"{which}_tokens"
    if key in keys:
        return parts.lengths(keys[key])
    if log is None:
        root.say(f"{key} is missing; give the tokens of a request, or a log")
    return log.input if which == "input" else log.output


def _places(keys: Mapping[str, Given], rate_key: str) -> dict[str, Given]:
    """By the first word of what a workload says of its faults, where the cause stands."""
    places = dict(keys)
    if rate_key in keys:
        places["the"] = keys[rate_key]  # "the request rate is ..."
    return places
