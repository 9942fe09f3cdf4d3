"""The profile of a workload: by name, by the weights of its hours, or from a log of requests.

A clock with summer time is taken as it stands on the date of the answer.
"""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import msgspec

from planner.core.profiles import (
    HOURS_PER_DAY,
    HOURS_PER_WEEK,
    MINUTES_PER_HOUR,
    NAMED,
    UTC,
    WEEKDAYS,
    TrafficProfile,
    Zone,
    bursty,
    business_hours,
    flat,
    in_utc,
    night_batch,
)
from planner.files.given import Given
from planner.files.given_values import (
    as_mapping,
    exactly_one,
    items,
    made,
    number,
    one_of,
    text,
)
from planner.files.request_log import RequestLog, read_request_log
from planner.files.timezones import time_zone, zone_on

_SHAPED = ("from", "to", "days", "outside")
_ALWAYS = ("timezone", "peak_minute_factor")
KEYS = ("name", *_SHAPED, "peak_factor", "weights", "told", "log", *_ALWAYS)
# So that a flag or a column can say it, too, these may stand beside the profile's name.
OUTSIDE_KEYS = (*_ALWAYS, "peak_factor", "log")
_USED_BY = {
    "flat": frozenset({"name"}),
    "business-hours": frozenset({"name", *_SHAPED}),
    "night-batch": frozenset({"name", *_SHAPED}),
    "bursty": frozenset({"name", "peak_factor"}),
    "weights": frozenset({"weights", "told"}),
    "log": frozenset({"log"}),
}
_DAYS: dict[str, tuple[int, ...]] = {name: (index,) for index, name in enumerate(WEEKDAYS)}
_DAYS |= {name[:3]: (index,) for index, name in enumerate(WEEKDAYS)}
_SHOWN_DAYS = (*WEEKDAYS, "weekdays", "weekend")
_DAYS |= {"weekdays": tuple(range(5)), "weekend": (5, 6)}
_UNSMEARED = ("bursty", "weights")
_HALF_A_YEAR = dt.timedelta(days=182)
_MOST_WEIGHT = 10**6


class ReadProfile(msgspec.Struct, frozen=True):
    """A profile, the log that it comes from, if any, and what to say of it."""

    profile: TrafficProfile
    log: RequestLog | None = None
    notes: tuple[str, ...] = ()


def read_profile(root: Mapping[str, Given], on: dt.date, folder: Path) -> ReadProfile:
    """The profile that the keys of a workload give; flat where they give none."""
    parts = _parts(root)
    place = root.get("profile") or next(iter(parts.values()), None)
    if place is None:
        return ReadProfile(flat())
    which = exactly_one(parts, ("name", "weights", "log"))
    if which is None and parts.keys() - set(_ALWAYS):
        place.refuse(f"has no name; give name: one of {', '.join(NAMED)}, or weights, or log")
    name = which or "flat"
    if which == "name":
        name = one_of(parts["name"], {each: each for each in NAMED})
    for key in (key for key in parts if key not in {*_USED_BY[name], *_ALWAYS}):
        of = [kind for kind, keys in _USED_BY.items() if key in keys]
        parts[key].refuse(f"says nothing of {name}, but of {' and '.join(of)}; remove it")
    if which == "log":
        read = _from_log(parts, folder)
    else:
        zone, notes = _zone(parts.get("timezone"), on)
        if name in _UNSMEARED and zone.whole_hours != zone.utc_offset_hours:
            ahead = f"{int(zone.whole_hours):+d}"
            notes += (
                f"{zone.name} is taken {ahead} hours from UTC, lest half hours flatten peaks",
            )
        make = _PROFILES[name]
        read = ReadProfile(made(place, lambda: make(place, parts, zone), parts), None, notes)
    if factor := parts.get("peak_minute_factor"):
        told = msgspec.structs.replace(
            read.profile, peak_minute_factor=number(factor, 1, MINUTES_PER_HOUR)
        )
        return msgspec.structs.replace(read, profile=told)
    return read


def _parts(root: Mapping[str, Given]) -> dict[str, Given]:
    """The profile's own keys, with those that stand beside it."""
    parts: dict[str, Given] = {}
    if profile := root.get("profile"):
        if isinstance(profile.value, str) and "=" not in profile.value:
            parts["name"] = profile
        else:
            parts = dict(as_mapping(profile).keys(KEYS))
    for key in OUTSIDE_KEYS:
        if key in root and key in parts:
            root[key].say(f"{key} and profile.{key} stand side by side; keep one")
        if key in root:
            parts[key] = root[key]
    return parts


def _zone(given: Given | None, on: dt.date) -> tuple[Zone, tuple[str, ...]]:
    if given is None:
        return UTC, ()
    name = text(given)
    zone = made(given, lambda: zone_on(name, on))
    other = zone_on(name, on + (-_HALF_A_YEAR if on.year > dt.MINYEAR else _HALF_A_YEAR))
    if other == zone:
        return zone, ()
    ahead = f"{float(zone.utc_offset_hours):+g}"
    return zone, (f"{zone.name} is taken {ahead} hours from UTC, as on {on}, all the year",)


def _flat(_: Given, __: Mapping[str, Given], ___: Zone) -> TrafficProfile:
    return flat()


def _hours(
    make: Callable[..., TrafficProfile], place: Given, parts: Mapping[str, Given], zone: Zone
) -> TrafficProfile:
    told: dict[str, object] = {"zone": zone}
    if ("from" in parts) != ("to" in parts):
        place.refuse("has only one of from and to; give both")
    if "from" in parts:
        told["start"] = _hour(parts["from"], HOURS_PER_DAY - 1)
        told["end"] = _hour(parts["to"], HOURS_PER_DAY)
    if "days" in parts:
        named = [one_of(item, _DAYS, _SHOWN_DAYS) for item in items(parts["days"])]
        told["days"] = [day for days in named for day in days]
    if "outside" in parts:
        told["outside"] = number(parts["outside"], high=_MOST_WEIGHT)
    return make(**told)


def _business_hours(place: Given, parts: Mapping[str, Given], zone: Zone) -> TrafficProfile:
    return _hours(business_hours, place, parts, zone)


def _night_batch(place: Given, parts: Mapping[str, Given], zone: Zone) -> TrafficProfile:
    return _hours(night_batch, place, parts, zone)


def _bursty(_: Given, parts: Mapping[str, Given], zone: Zone) -> TrafficProfile:
    if "peak_factor" in parts:
        return bursty(number(parts["peak_factor"], 1, _MOST_WEIGHT), zone=zone)
    return bursty(zone=zone)


def _weights(_: Given, parts: Mapping[str, Given], zone: Zone) -> TrafficProfile:
    given = parts["weights"]
    found: list[Fraction] = []
    for day in items(given):
        if not isinstance(day.value, tuple):
            found.append(number(day, high=_MOST_WEIGHT))
            continue
        if len(day.value) != HOURS_PER_DAY:
            day.refuse(f"has {len(day.value)} numbers; give 24, an hour each")
        found += [number(each, high=_MOST_WEIGHT) for each in day.value]
    if len(found) != HOURS_PER_WEEK:
        given.refuse(
            f"has {len(found)} numbers; give 7 lists of 24, or one of 168, from Monday 00:00 on"
        )
    return TrafficProfile(
        weights=in_utc(found, zone.whole_hours),
        told=text(parts["told"]) if "told" in parts else f"the hours given, {zone.name}",
    )


def _from_log(parts: Mapping[str, Given], folder: Path) -> ReadProfile:
    given = parts["log"]
    path = folder / text(given)
    try:
        path = folder / Path(text(given)).expanduser()
        there = path.is_file()
    except (OSError, RuntimeError):  # too long a name, or the home of nobody
        there = False
    if not there:
        given.refuse(f"is {path}, which is no file; check the path")
    zone = None
    if clock := parts.get("timezone"):
        name = text(clock)
        zone = made(clock, lambda: time_zone(name))
    log = read_request_log(path, zone)
    return ReadProfile(log.profile, log, log.notes)


_PROFILES: dict[str, Callable[[Given, Mapping[str, Given], Zone], TrafficProfile]] = {
    "flat": _flat,
    "business-hours": _business_hours,
    "night-batch": _night_batch,
    "bursty": _bursty,
    "weights": _weights,
}


def _hour(given: Given, high: int) -> int:
    """An hour of the day: 9, 09 or 09:00."""
    found = re.fullmatch(r"(\d{1,2})(?::00)?", text(given))
    if not found or int(found[1]) > high:
        given.refuse(f"is {text(given)!r}; give a whole hour from 0 to {high}, such as 9 or 18:00")
    return int(found[1])
