"""Claims about how traffic spreads over a week, by name, by place and within the hour."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.profiles import (
    TrafficProfile,
    Zone,
    bursty,
    business_hours,
    flat,
    in_utc,
    night_batch,
)

TOKYO = Zone("Asia/Tokyo", Fraction(9))
KOLKATA = Zone("Asia/Kolkata", Fraction(11, 2))
NEW_YORK = Zone("America/New_York", Fraction(-5))


def busy(profile: TrafficProfile, weight: int = 1) -> list[int]:
    """The hours of the week, from Monday 00:00 UTC on, that have this weight."""
    return [hour for hour, each in enumerate(profile.weights) if each == weight]


def days(*first_hours: int, hours: range) -> list[int]:
    """Some hours of days that begin at these hours of the week."""
    return [first + hour for first in first_hours for hour in hours]


def test_business_hours_are_nine_to_six_from_monday_to_friday() -> None:
    """45 of the 168 hours have traffic, at the rate that the workload names."""
    profile = business_hours()
    assert busy(profile) == days(0, 24, 48, 72, 96, hours=range(9, 18))
    assert profile.mean == Fraction(45, 168)
    assert profile.peak == 1
    assert profile.told == "business hours, 09:00 to 18:00 Monday to Friday, UTC"


def test_business_hours_are_those_of_the_place() -> None:
    """Tokyo's are 00:00 to 09:00 UTC, New York's 14:00 to 23:00 UTC."""
    assert busy(business_hours(zone=TOKYO)) == days(0, 24, 48, 72, 96, hours=range(9))
    assert busy(business_hours(zone=NEW_YORK)) == days(0, 24, 48, 72, 96, hours=range(14, 23))


def test_half_an_hour_of_a_zone_spreads_over_two_hours() -> None:
    """Kolkata's 09:00 to 18:00 is 03:30 to 12:30 UTC: half of the first and of the last hour."""
    weights = business_hours(zone=KOLKATA).weights
    assert list(map(float, weights[2:14])) == [0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1, 0.5, 0]
    assert sum(weights) == 45


def test_monday_morning_in_the_east_is_sunday_in_utc() -> None:
    """08:00 in Tokyo on a Monday is 23:00 UTC on the Sunday before, the last hour of the week."""
    assert busy(business_hours(8, 9, days=[0], zone=TOKYO)) == [167]


def test_hours_days_and_the_rest_can_be_chosen() -> None:
    """Other hours, other days, and a weight for the hours outside."""
    profile = business_hours(8, 20, days=[5, 6], outside=Fraction(1, 20), zone=TOKYO)
    assert len(busy(profile)) == 24
    assert profile.weights[0] == Fraction(1, 20)
    assert profile.told == (
        "business hours, 08:00 to 20:00 Saturday and Sunday, Asia/Tokyo, 0.05 of it at other times"
    )


def test_a_night_belongs_to_the_day_on_which_it_begins() -> None:
    """22:00 to 06:00 every night; a Friday night ends on Saturday, a Sunday's on Monday."""
    assert busy(night_batch())[:8] == [0, 1, 2, 3, 4, 5, 22, 23]
    assert night_batch().mean == Fraction(1, 3)
    assert night_batch().told == "night batch, 22:00 to 06:00 every day, UTC"
    assert busy(night_batch(days=[4])) == [118, 119, 120, 121, 122, 123, 124, 125]
    assert busy(night_batch(days=[6])) == [0, 1, 2, 3, 4, 5, 166, 167]


def test_bursts_are_so_many_times_the_ordinary_rate() -> None:
    """At 10:00 and 15:00 of each day; the ordinary rate is the one that the workload names."""
    profile = bursty(Fraction(8), zone=TOKYO)
    assert busy(profile, 8)[:4] == [1, 6, 25, 30]
    assert len(busy(profile)) == 154
    assert profile.mean == Fraction(14 * 8 + 154, 168)
    assert profile.told == (
        "bursty, the hours from 10:00 and 15:00 at 8 times the rate of the others, Asia/Tokyo"
    )


def test_half_an_hour_of_a_zone_does_not_flatten_a_burst() -> None:
    """Kolkata's bursts are whole hours of UTC, so their rate is the one asked for."""
    assert busy(bursty(Fraction(8), zone=KOLKATA), 8)[:4] == [5, 10, 29, 34]


def test_the_busiest_minute_and_the_rest_of_the_hour_make_the_hour() -> None:
    """Twice the rate in one minute leaves 58/59 of it for each of the others."""
    profile = flat(Fraction(2))
    assert profile.peak == 2
    assert profile.rest_of_hour == Fraction(58, 59)
    assert bursty(Fraction(5), peak_minute_factor=Fraction(3)).peak == 15


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: bursty(Fraction(1, 2)), "peak_factor is 0.5; give 1 or more"),
        (lambda: business_hours(days=[]), "days is empty; name a day or more"),
        (
            lambda: business_hours(9, 9),
            "from is 9 and to is 9; give two different hours, 0 to 23 and 0 to 24",
        ),
        (
            lambda: business_hours(9, 25),
            "from is 9 and to is 25; give two different hours, 0 to 23 and 0 to 24",
        ),
        (lambda: business_hours(outside=Fraction(-1)), "a weight is -1; give 0 or more"),
        (
            lambda: TrafficProfile(weights=(Fraction(1),) * 24),
            "a profile has 24 weights; give 168, an hour each from Monday on",
        ),
        (
            lambda: TrafficProfile(weights=(Fraction(),) * 168),
            "the profile is empty: every weight is 0; give some hour traffic",
        ),
        (
            lambda: flat(Fraction(61)),
            "peak_minute_factor is 61; give 1 (even) to 60 (an hour's traffic within one minute)",
        ),
    ],
)
def test_what_is_no_profile_is_refused(make: object, told: str) -> None:
    """With what is wrong, and what to give."""
    assert callable(make)
    with pytest.raises(ValueError, match=re.escape(told)) as error:
        make()
    assert str(error.value) == told


weeks = st.binary(min_size=168, max_size=168).map(
    lambda week: [Fraction(each, 10) for each in week]
)


@given(weeks, st.integers(-56, 56))
def test_moving_a_week_to_utc_loses_no_traffic(weights: list[Fraction], quarters: int) -> None:
    """The sum of the weights is the same, and none becomes negative."""
    moved = in_utc(weights, Fraction(quarters, 4))
    assert sum(moved) == sum(weights)
    assert min(moved) >= 0


@given(weeks, st.integers(-14, 14))
def test_whole_hours_there_and_back_change_nothing(weights: list[Fraction], hours: int) -> None:
    """A clock ahead, then one behind by as much."""
    assert in_utc(in_utc(weights, Fraction(hours)), Fraction(-hours)) == tuple(weights)
