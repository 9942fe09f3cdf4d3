"""Claims about the duration curve of a load: how much of the time it is how high."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from planner.core.duration import Level, LoadCurve, load_curve
from planner.core.profiles import TrafficProfile, business_hours, flat


def told(curve: LoadCurve) -> list[tuple[object, object]]:
    """Its levels: requests per hour, and the share of the time."""
    return [(level.requests_per_hour, level.share) for level in curve.levels]


def test_business_hours_are_two_levels() -> None:
    """45 of 168 hours at the rate, the others at nothing."""
    curve = load_curve(business_hours(), Fraction(168))
    assert told(curve) == [(0, Fraction(123, 168)), (168, Fraction(45, 168))]
    assert [curve.mean, curve.peak] == [45, 168]


def test_a_peak_minute_is_a_level_of_its_own() -> None:
    """An hour's 60 requests, 3 in its first minute: 180 an hour there, 57/59 of 60 in the rest."""
    curve = load_curve(flat(Fraction(3)), Fraction(60))
    assert told(curve) == [(Fraction(3420, 59), Fraction(59, 60)), (180, Fraction(1, 60))]
    assert curve.mean == 60


def test_an_hour_within_one_minute_leaves_the_others_empty() -> None:
    """A factor of 60: nothing for 59 minutes, and then all of it."""
    curve = load_curve(flat(Fraction(60)), Fraction(10))
    assert told(curve) == [(0, Fraction(59, 60)), (600, Fraction(1, 60))]


def test_what_is_at_a_capacity_is_not_above_it() -> None:
    """Above 168 there is nothing, above 167 there is 1 for 45 of 168 hours."""
    curve = load_curve(business_hours(), Fraction(168))
    assert [curve.share_above(Fraction(168)), curve.over(Fraction(168))] == [0, 0]
    assert curve.share_above(Fraction(167)) == Fraction(45, 168)
    assert curve.over(Fraction(167)) == Fraction(45, 168)
    assert [curve.share_above(Fraction(0)), curve.over(Fraction(0))] == [Fraction(45, 168), 45]


def test_a_day_has_a_curve_of_its_own() -> None:
    """Monday has nine busy hours, Saturday none."""
    monday, saturday = (load_curve(business_hours(), Fraction(24), day) for day in (0, 5))
    assert told(monday) == [(0, Fraction(15, 24)), (24, Fraction(9, 24))]
    assert told(saturday) == [(0, 1)]


def test_equal_levels_are_one_and_empty_ones_none() -> None:
    """Levels with one rate join; a share of nothing is left out."""
    half = Level(Fraction(5), Fraction(1, 2))
    assert told(LoadCurve.of_levels([half, half, Level(Fraction(9), Fraction())])) == [(5, 1)]


profiles = st.builds(
    lambda hours, minute: TrafficProfile(
        weights=tuple(Fraction(hours[n % len(hours)], 7) for n in range(168)),
        peak_minute_factor=minute,
    ),
    st.lists(st.integers(0, 50), min_size=1, max_size=40).filter(lambda hours: hours[0] > 0),
    st.fractions(1, 60, max_denominator=4),
)
rates = st.fractions(Fraction(1, 3), 10**6, max_denominator=3)


@given(profiles, rates)
def test_the_curve_keeps_the_mean_and_the_peak(profile: TrafficProfile, rate: Fraction) -> None:
    """Shares sum to 1; the mean is the week's, the highest level its busiest minute."""
    curve = load_curve(profile, rate)
    assert sum(level.share for level in curve.levels) == 1
    assert curve.mean == rate * profile.mean
    assert curve.peak == rate * profile.peak
    days = [load_curve(profile, rate, day).mean for day in range(7)]
    assert sum(days) / 7 == curve.mean


@given(profiles, rates, rates)
def test_what_is_above_falls_with_the_capacity(
    profile: TrafficProfile, rate: Fraction, capacity: Fraction
) -> None:
    """What is above a capacity is summed level by level, and one more unit takes no more than 1."""
    curve = load_curve(profile, rate)
    over = [max(Fraction(), one.requests_per_hour - capacity) * one.share for one in curve.levels]
    assert curve.over(capacity) == sum(over)
    less = curve.over(capacity) - curve.over(capacity + 1)
    assert 0 <= less <= curve.share_above(capacity)
