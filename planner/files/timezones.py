"""Time zones: the clock of a place on a date, from the zone database of the machine.

A zone is an IANA name (Asia/Tokyo), UTC, or an offset from it such as +09:00, which needs no
database.
"""

import datetime as dt
import re
import zoneinfo
from fractions import Fraction

from planner.core.profiles import UTC, Zone
from planner.errors import NoDataError, PlannerError, UnknownNameError
from planner.files.pricing_fields import show

_OFFSET = re.compile(r"(?:utc|gmt)?([+-])(\d{1,2})(?::?([0-5]\d))?", re.IGNORECASE)
_UTC_WORDS = ("utc", "z", "gmt", "etc/utc")
_MOST_HOURS = 14  # Kiribati's, the farthest from UTC
_NOON = dt.time(12)


def zone_on(name: str, on: dt.date) -> Zone:
    """The clock of a time zone at noon of a date.

    UnknownNameError names close matches; NoDataError where the machine has no zone database.
    """
    zone = time_zone(name)
    offset = dt.datetime.combine(on, _NOON, tzinfo=zone).utcoffset() or dt.timedelta()
    seconds = Fraction(offset // dt.timedelta(seconds=1))
    told = getattr(zone, "key", None) or str(zone)
    return UTC if told == "UTC" else Zone(told, seconds / 3600)


def time_zone(name: str) -> dt.tzinfo:
    """The time zone of a name, "asia/tokyo" and "Tokyo" too, or of an offset; errors as above."""
    text = name.strip()
    if text.casefold() in _UTC_WORDS:
        return dt.UTC
    if found := _OFFSET.fullmatch(text):
        return _fixed(text, found)
    try:
        return zoneinfo.ZoneInfo(text)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = _known()
    by_key = {_key(each): each for each in known}
    places = {_key(each.rpartition("/")[2]): each for each in known if "/" in each}
    key = _key(text)
    if exact := by_key.get(key) or places.get(key):
        return zoneinfo.ZoneInfo(exact)
    raise _unknown(text, key, by_key, places)


def _known() -> list[str]:
    known = sorted(zoneinfo.available_timezones())
    if not known:
        raise NoDataError(
            "this machine has no time zone database; pip install tzdata, or give an offset such as"
            ' "+09:00"'
        )
    return [each for each in known if not each.startswith(("posix/", "right/", "Etc/"))]


def _key(name: str) -> str:
    return re.sub(r"[\s_-]+", "_", name.casefold())


def _fixed(text: str, found: re.Match[str]) -> dt.tzinfo:
    sign, hours, minutes = found.groups()
    offset = dt.timedelta(hours=int(hours), minutes=int(minutes or 0))
    if offset > dt.timedelta(hours=_MOST_HOURS):
        raise UnknownNameError(f"time zone {show(text)} is no offset; give -14:00 to +14:00")
    offset = -offset if sign == "-" else offset
    if not offset:
        return dt.UTC
    return dt.timezone(offset, f"{sign}{int(hours):02}:{minutes or '00'}")


def _unknown(text: str, key: str, by_key: dict[str, str], places: dict[str, str]) -> PlannerError:
    from difflib import get_close_matches  # noqa: PLC0415  (only a fault needs it)

    close = [by_key[each] for each in get_close_matches(key, by_key, n=2)]
    close += [places[each] for each in get_close_matches(key, places, n=2)]
    if not close:
        return UnknownNameError(
            f'time zone {show(text)} is not known; give a name such as Asia/Tokyo, or "+09:00"'
        )
    names = " or ".join(dict.fromkeys(close))
    return UnknownNameError(
        f'time zone {show(text)} is not known; did you mean {names}? An offset such as "+09:00"'
        " will do, too"
    )
