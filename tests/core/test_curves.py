"""Cost curves along a ray, and where the lowest of them changes."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.curves import Curve, Stretch, lowest

MILLION = 10**6


def changes(**curves: Curve) -> list[tuple[int, str, int]]:
    """(volume from which on, curve, units) of each stretch, volumes rounded."""
    return [(round(s.start), s.key, s.units) for s in lowest(curves)]


def test_a_line_meets_a_flat_cost_once() -> None:
    """The article: 3.09 an hour and 1.19 a million pairs meet 18.36 at 12,831,933 pairs."""
    managed = Curve(fixed=Fraction("3.09"), per_token=Fraction("1.19") / 2 / MILLION)
    hosts = Curve(per_unit=Fraction("6.12"), least=3)
    assert changes(managed=managed, hosts=hosts) == [(0, "managed", 0), (25_663_866, "hosts", 3)]
    assert changes(hosts=hosts, managed=managed) == [(0, "managed", 0), (25_663_866, "hosts", 3)]


def test_whole_units_make_curves_cross_several_times() -> None:
    """Machines of 2 USD for 3 million tokens against 0.9 USD a million: each loses at first."""
    machines = Curve(per_unit=Fraction(2), unit_tokens=Fraction(3 * MILLION))
    tokens = Curve(per_token=Fraction("0.9") / MILLION)
    assert changes(machines=machines, tokens=tokens) == [
        (0, "tokens", 0),
        (2_222_222, "machines", 1),
        (3_000_000, "tokens", 0),
        (4_444_444, "machines", 2),
        (6_000_000, "tokens", 0),
        (6_666_667, "machines", 3),
    ]


def test_units_are_bought_in_steps_beyond_a_minimum() -> None:
    """15 units for 1.5 million tokens, then 5 at a time: each step is paid before it is filled."""
    units = Curve(per_unit=Fraction(1), least=15, step=5, unit_tokens=Fraction(100_000))
    counts = [units.units(Fraction(v)) for v in (0, 1_500_000, 1_500_001, 2_000_000, 2_000_001)]
    assert counts == [15, 15, 20, 20, 25]
    tokens = Curve(per_token=Fraction(11) / MILLION)
    assert changes(units=units, tokens=tokens)[:5] == [
        (0, "tokens", 0),
        (1_363_636, "units", 15),
        (1_500_000, "tokens", 0),
        (1_818_182, "units", 20),
        (2_000_000, "tokens", 0),
    ]


def test_cheaper_from_the_first_token() -> None:
    """Two small machines below a hosting fee win at every volume: no change at all."""
    fee = Curve(fixed=Fraction("3.09"), per_token=Fraction("0.6") / MILLION)
    small = Curve(per_unit=Fraction("0.8"), least=2, unit_tokens=Fraction(4 * MILLION))
    assert {key for _, key, _ in changes(fee=fee, small=small)} == {"small"}


def test_at_the_jump_the_smaller_count_still_holds() -> None:
    """A unit's last token is served by it; the next unit runs beyond, not at, that volume."""
    curve = Curve(per_unit=Fraction(1), least=1, unit_tokens=Fraction(100))
    assert [int(curve.at(Fraction(v))) for v in (100, 101)] == [1, 2]


def test_equal_costs_go_to_the_one_that_rises_slower() -> None:
    """At volume 0 both cost nothing; the smaller slope is the cheaper from the first token."""
    dear, cheap = Curve(per_token=Fraction(2)), Curve(per_token=Fraction(1))
    assert changes(dear=dear, cheap=cheap) == [(0, "cheap", 0)]


def test_nothing_to_compare_gives_nothing() -> None:
    """Without a curve there is no stretch."""
    assert list(lowest({})) == []


def test_nonsense_is_refused_at_birth() -> None:
    """A negative cost and a unit that serves nothing are no curves."""
    with pytest.raises(ValueError, match="a cost is negative; give 0 or more"):
        Curve(fixed=Fraction(-1))
    with pytest.raises(ValueError, match="a unit serves no tokens"):
        Curve(unit_tokens=Fraction())
    with pytest.raises(ValueError, match="units come in steps of 0; give 1 or more"):
        Curve(step=0)


amounts = st.integers(0, 60).map(Fraction)
curves = st.builds(
    Curve,
    fixed=amounts,
    per_token=st.integers(0, 12).map(lambda n: Fraction(n, 4)),
    per_unit=amounts,
    least=st.integers(0, 4),
    step=st.integers(1, 3),
    unit_tokens=st.none() | st.integers(1, 40).map(Fraction),
)


def holder(stretches: list[Stretch], volume: Fraction) -> str:
    """The curve of the stretch that a volume lies in, its end included."""
    return next(s.key for s in stretches if s.end is None or volume <= s.end)


@settings(max_examples=300, deadline=None)
@given(st.lists(curves, min_size=1, max_size=4), st.data())
def test_no_curve_is_ever_below_the_one_that_is_named(
    several: list[Curve], data: st.DataObject
) -> None:
    """At any volume, also far beyond the last change, the named curve costs the least."""
    named = {str(number): curve for number, curve in enumerate(several)}
    stretches = list(lowest(named))
    volume = data.draw(
        st.fractions(0, 5000, max_denominator=60).filter(lambda v: v > 0), label="volume"
    )
    if len({c.slope for c in several}) == len(several):
        key = holder(stretches, volume)
        assert named[key].at(volume) == min(c.at(volume) for c in several)
    assert stretches[0].start == 0
    assert stretches[-1].end is None
    assert all(a.end == b.start for a, b in pairwise(stretches))
