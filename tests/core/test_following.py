"""Claims about machines that follow the load: what runs, what is started, what a base saves."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from planner.core.following import Change, Following, changes, follow
from planner.core.unit_grid import Grid
from planner.core.week import Turn

DAY = [0] * 9 + [2] * 9 + [0] * 6
"""Two machines from 09:00 to 18:00."""


def week(hours: list[int], spare: int = 0) -> list[Change]:
    """What each hour needs, beside the hour before it; the last one comes before the first."""
    counts = [n + spare if n else 0 for n in hours]
    return [Change(b, a, 1) for b, a in zip([counts[-1], *counts], counts, strict=False)]


def run(
    *weeks: list[int], spare: int = 0, base: Fraction | None = None, minutes: int = 0
) -> Following:
    """Machines at 4 dollars by the hour."""
    changed = [week(hours, spare) for hours in weeks]
    return follow(changed, hourly=Fraction(4), base=base, start_up_hours=Fraction(minutes, 60))


def needed(peaks: list[Fraction], grid: Grid, spare: int = 0) -> list[int] | None:
    """The machines for some hours, of which each carries 100 requests."""
    turns = [Turn(b, a, 1) for b, a in zip([peaks[-1], *peaks], peaks, strict=False)]
    found = changes(turns, Fraction(1), grid, Fraction(100), spare)
    return None if found is None else [change.after for change in found]


def told(found: Following) -> tuple[int, float, int, float]:
    """The base, the mean and the most by the hour, and the dollars per hour of all."""
    return found.base, float(found.hourly), found.hourly_peak, float(found.usd_per_hour)


def test_each_hour_needs_whole_machines_for_its_busiest_minute() -> None:
    """Of 100 requests an hour each: none for 0, one for 100, two for 101."""
    peaks = [Fraction(n) for n in (0, 100, 101, 250)]
    assert needed(peaks, Grid()) == [0, 1, 2, 3]
    assert needed(peaks, Grid(minimum=2, step=2)) == [0, 2, 2, 4]


def test_more_than_can_be_had_is_no_answer() -> None:
    """Three of two machines."""
    assert needed([Fraction(250)], Grid(limit=2)) is None
    assert needed([Fraction(200)], Grid(limit=2)) == [2]


def test_nine_hours_are_paid_and_no_others() -> None:
    """18 machine hours of 24 hours are 0.75 machines, at 4 dollars 3 an hour."""
    assert told(run(DAY)) == (0, 0.75, 2, 3)


def test_a_spare_runs_where_any_machine_does() -> None:
    """Three for nine hours: 27 of 24 hours; at night no spare runs beside nothing."""
    assert told(run(DAY, spare=1)) == (0, 1.125, 3, 4.5)


def test_each_start_is_paid_before_it_serves() -> None:
    """Two machines start 40 minutes early: 18 + 2 x 2/3 hours of 24."""
    assert run(DAY, minutes=40).hourly == (18 + Fraction(4, 3)) / 24
    twice = [0, 1, 0, 1]
    assert run(twice, minutes=40).hourly == (2 + Fraction(4, 3)) / 4


def test_what_runs_over_sunday_midnight_is_started_once() -> None:
    """The last hour comes before the first: a night starts once, what always runs never."""
    assert run([1, 0, 0, 1], minutes=60).hourly == Fraction(3, 4)
    assert run([1, 1, 1, 1], minutes=60).hourly == 1


def test_a_base_is_bought_where_its_hours_cost_more() -> None:
    """At 1 dollar, day and night, it replaces 9 hours at 4; at 2 it does not."""
    assert told(run(DAY, base=Fraction(1))) == (2, 0, 0, 2)
    assert told(run(DAY, base=Fraction(2))) == (0, 0.75, 2, 3)


def test_a_base_carries_what_always_runs() -> None:
    """One machine at night and three by day: the base is one, or all where it is cheap."""
    hours = [1] * 12 + [3] * 12
    assert told(run(hours, base=Fraction(3))) == (1, 1, 2, 7)
    assert told(run(hours, base=Fraction(2))) == (1, 1, 2, 6)
    assert told(run(hours, base=Fraction(1))) == (3, 0, 0, 3)


def test_months_share_one_base() -> None:
    """A second month needs twice as many: the base suits both, the mean is over both."""
    found = run([2, 2], [4, 4], base=Fraction(3))
    assert told(found) == (2, 1, 2, 10)


counts = st.lists(st.integers(0, 6), min_size=2, max_size=24)
starts = st.sampled_from([0, 10, 40, 60])


@given(counts, st.integers(0, 2), starts)
def test_following_costs_no_less_than_is_needed_and_no_more_than_always(
    hours: list[int], spare: int, minutes: int
) -> None:
    """Between the machine hours that serve and the most that run, day and night.

    A start is paid an hour early at most, and only after an hour in which its machine was off.
    """
    found = run(hours, spare=spare, minutes=minutes)
    serving = Fraction(sum(n + spare for n in hours if n), len(hours))
    most = max(n + spare if n else 0 for n in hours)
    assert serving * 4 <= found.usd_per_hour <= most * 4
    if minutes == 0:
        assert found.usd_per_hour == serving * 4


@given(counts, st.integers(0, 2), starts, st.integers(0, 6))
def test_a_base_never_costs_more_than_none(
    hours: list[int], spare: int, minutes: int, dollars: int
) -> None:
    """It is bought only where it saves, and a cheaper one saves as much or more."""
    without = run(hours, spare=spare, minutes=minutes).usd_per_hour
    dear, cheap = (
        run(hours, spare=spare, minutes=minutes, base=Fraction(usd)).usd_per_hour
        for usd in (dollars + 1, dollars)
    )
    assert cheap <= dear <= without


@given(counts, starts, st.integers(0, 6))
def test_no_other_base_is_cheaper(hours: list[int], minutes: int, dollars: int) -> None:
    """Every count from none to the most, tried one by one."""
    best = run(hours, minutes=minutes, base=Fraction(dollars)).usd_per_hour
    for count in range(max(hours) + 1):
        above = [max(0, n - count) for n in hours]
        assert best <= count * dollars + run(above, minutes=minutes).usd_per_hour
