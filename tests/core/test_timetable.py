"""Claims about machines that keep a timetable: which hours, how many, and what they leave."""

from fractions import Fraction
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from planner.core.duration import Hour, Level, hour_of
from planner.core.profiles import hours_in_words
from planner.core.timetable import Keeping, Timetable, timetable
from planner.core.unit_grid import Grid

DAY = [0] * 9 + [2] * 9 + [0] * 6
"""Two machines' worth of load from 09:00 to 18:00."""
NIGHTS_TOO = [Fraction(1, 10)] * 9 + [2] * 9 + [Fraction(1, 10)] * 6


def keep(
    hours: list[int] | list[Fraction | int], keeping: Keeping, grid: Grid | None = None
) -> Timetable | None:
    """The timetable for hours of so many machines' worth of load; one carries 100 requests."""
    kinds = [Hour(Fraction(1), (Level(Fraction(load), Fraction(1)),)) for load in hours]
    return timetable(kinds, range(len(kinds)), grid or Grid(), Fraction(100), keeping)


def told(found: Timetable | None) -> tuple[int, list[int], float, float] | None:
    """The count, the hours with machines, and the machine hours and what is left a day."""
    if found is None:
        return None
    on = [n for n, running in enumerate(found.hours) if running]
    return found.count, on, float(found.machine_hours * 24), float(found.spilled * 24)


def test_machines_run_while_there_is_load() -> None:
    """Two machines and a spare for nine hours, and 40 minutes to start."""
    keeping = Keeping(hourly=Fraction(4), spare=1, start_up_hours=Fraction(2, 3))
    assert told(keep(DAY, keeping)) == (2, list(range(9, 18)), 29, 0)


def test_nights_are_left_to_the_token() -> None:
    """A machine's worth of tokens costs 5 dollars an hour, a machine 4: a tenth is left."""
    keeping = Keeping(hourly=Fraction(4), overflow=Fraction(5, 100))
    assert told(keep(NIGHTS_TOO, keeping)) == (2, list(range(9, 18)), 18, 1.5)


def test_a_short_gap_is_run_through() -> None:
    """To start anew costs three hours of a machine, an hour without load one."""
    hours = [0, 1, 0, 1, 0, 0, 0, 0]
    slow = Keeping(hourly=Fraction(4), start_up_hours=Fraction(3))
    assert told(keep(hours, slow)) == (1, [1, 2, 3], 18, 0)
    quick = Keeping(hourly=Fraction(4), start_up_hours=Fraction(1, 3))
    assert told(keep(hours, quick)) == (1, [1, 3], 8, 0)


def test_what_cannot_be_had_is_no_timetable() -> None:
    """Two machines are needed, one can be had; a quota takes half of one's load by the token."""
    assert keep(DAY, Keeping(hourly=Fraction(4)), Grid(limit=1)) is None
    takes = Keeping(hourly=Fraction(4), overflow=Fraction(1), most_over=Fraction(50))
    assert keep(DAY, takes, Grid(limit=1)) is None
    assert told(keep(DAY, takes)) == (2, list(range(9, 18)), 18, 0)


def test_where_tokens_are_cheaper_no_machine_runs() -> None:
    """A machine's worth of tokens costs 3 dollars an hour, a machine 4."""
    keeping = Keeping(hourly=Fraction(4), overflow=Fraction(3, 100))
    assert told(keep(DAY, keeping)) == (0, [], 0, 18)


@given(
    loads=st.lists(
        st.tuples(
            st.fractions(min_value=0, max_value=3, max_denominator=4), st.sampled_from([1, 4])
        ),
        min_size=1,
        max_size=5,
    ),
    overflow=st.none() | st.fractions(min_value=0, max_value=3, max_denominator=10),
    most_over=st.none() | st.fractions(min_value=0, max_value=3, max_denominator=4),
    spare=st.integers(0, 2),
    start_up=st.fractions(min_value=0, max_value=2, max_denominator=3),
)
def test_no_other_timetable_costs_less(
    loads: list[tuple[Fraction, int]],
    overflow: Fraction | None,
    most_over: Fraction | None,
    spare: int,
    start_up: Fraction,
) -> None:
    """It costs what the best of all hours with all counts costs, and is None where none carries."""
    kinds = [hour_of(rest * peak, rest, Fraction(1)) for rest, peak in loads]
    keeping = Keeping(
        hourly=Fraction(1), overflow=overflow, most_over=most_over, spare=spare,
        start_up_hours=start_up,
    )  # fmt: skip

    def usd(count: int, hours: tuple[bool, ...]) -> Fraction | None:
        total = Fraction()
        for n, (hour, on) in enumerate(zip(kinds, hours, strict=True)):
            room = count if on else 0
            over = hour.peak - room
            if over > 0 and (overflow is None or (most_over is not None and over > most_over)):
                return None
            total += hour.over(Fraction(room)) * (overflow or 0)
            if on and count:
                total += (count + spare) * (1 + (0 if hours[n - 1] else start_up))
        return total

    tried = [
        cost
        for count in range(13)
        for hours in product((False, True), repeat=len(kinds))
        if (cost := usd(count, hours)) is not None
    ]
    found = timetable(kinds, range(len(kinds)), Grid(), Fraction(1), keeping)
    if found is None:
        assert not tried
    else:
        spilled = found.spilled * (overflow or 0)
        assert (found.machine_hours + spilled) * len(kinds) == min(tried)


def test_hours_are_told_by_the_day_on_which_they_begin() -> None:
    """Runs over midnight belong to the day before, those that are alike are told once."""
    office = [0 <= n % 24 < 9 and n // 24 < 5 for n in range(168)]
    assert hours_in_words(office) == "Monday to Friday 00:00 to 09:00 UTC"
    late = [office[(n - 16) % 168] for n in range(168)]
    assert hours_in_words(late) == "Monday to Friday 16:00 to 01:00 UTC"
    two = [n % 24 in {10, 15} or n == 100 for n in range(168)]
    assert hours_in_words(two) == (
        "every day 10:00 to 11:00; every day 15:00 to 16:00; Friday 04:00 to 05:00 UTC"
    )
    long = [20 <= n < 80 for n in range(168)]
    assert hours_in_words(long) == "Monday 20:00 to 08:00 2 days later UTC"
    assert hours_in_words([True] * 168) == "day and night"
