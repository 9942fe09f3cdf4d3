"""Claims about time zones: names, offsets, dates, and what is said of an unknown one."""

import datetime as dt
import zoneinfo
from fractions import Fraction

import pytest

from planner.errors import NoDataError, UnknownNameError
from planner.files.timezones import zone_on

WINTER, SUMMER = dt.date(2026, 11, 26), dt.date(2026, 7, 1)


@pytest.mark.parametrize(
    ("name", "on", "called", "hours"),
    [
        ("Asia/Tokyo", WINTER, "Asia/Tokyo", 9),
        ("tokyo", WINTER, "Asia/Tokyo", 9),
        ("New York", WINTER, "America/New_York", -5),
        ("America/New_York", SUMMER, "America/New_York", -4),
        ("Asia/Kolkata", WINTER, "Asia/Kolkata", Fraction(11, 2)),
        ("+09:00", WINTER, "+09:00", 9),
        ("-3", WINTER, "-03:00", -3),
        ("UTC+0530", WINTER, "+05:30", Fraction(11, 2)),
        ("utc", WINTER, "UTC", 0),
        ("Z", WINTER, "UTC", 0),
    ],
)
def test_a_zone_is_so_far_ahead_of_utc_on_a_date(
    name: str, on: dt.date, called: str, hours: Fraction
) -> None:
    """By an IANA name, its city, or an offset; summer time counts."""
    zone = zone_on(name, on)
    assert (zone.name, zone.utc_offset_hours) == (called, hours)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "Asia/Tokio",
            (
                "time zone 'Asia/Tokio' is not known; did you mean Asia/Tokyo or Asia/Tomsk?"
                ' An offset such as "+09:00" will do, too'
            ),
        ),
        (
            "../../etc/passwd",
            (
                "time zone '../../etc/passwd' is not known; give a name such as Asia/Tokyo,"
                ' or "+09:00"'
            ),
        ),
        ("+19:00", "time zone '+19:00' is no offset; give -14:00 to +14:00"),
    ],
)
def test_an_unknown_zone_is_told_with_what_is_like_it(name: str, told: str) -> None:
    """Close matches where there are some, and an offset as a way around."""
    with pytest.raises(UnknownNameError) as error:
        zone_on(name, WINTER)
    assert str(error.value) == told


def test_a_machine_without_zones_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """An offset needs no database; a name needs the package tzdata where the machine has none."""
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    monkeypatch.setattr(zoneinfo, "ZoneInfo", _no_zone)
    assert zone_on("+09:00", WINTER).utc_offset_hours == 9
    with pytest.raises(NoDataError) as error:
        zone_on("Asia/Tokyo", WINTER)
    assert str(error.value) == (
        "this machine has no time zone database; pip install tzdata, or give an offset such as"
        ' "+09:00"'
    )


def _no_zone(name: str) -> zoneinfo.ZoneInfo:
    raise zoneinfo.ZoneInfoNotFoundError(name)
