"""Columns of numbers keep their points below each other, whatever they hold."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from planner.render.columns import NOTHING, grouped, on_point
from planner.render.money import money
from planner.render.terminal import Screen

amounts = st.decimals(0, 10**6, allow_nan=False, allow_infinity=False, places=6)


@given(st.lists(amounts | st.none(), min_size=1))
def test_points_stand_below_each_other(numbers: list[Decimal | None]) -> None:
    """All cells are as wide as the head, and every point has the same place in its cell."""
    cells = [NOTHING if number is None else money(number) for number in numbers]
    head, padded = on_point("in", cells)
    assert {len(head)} == {len(cell) for cell in padded}
    assert len({cell.index(".") for cell in padded if "." in cell}) <= 1
    assert [cell.strip() for cell in padded] == cells


def test_neighbours_of_a_group_stand_under_its_name() -> None:
    """The name is told once, the rows below it are indented."""
    lines = grouped(
        [("From", ["2024", "seen 2025"], True), ("in", ["1.5", "10.25"], True)],
        ["Standard", "Standard"],
        Screen(width=40),
    )
    assert lines == [
        "       From    in",
        "Standard",
        "       2024  1.5",
        "  seen 2025 10.25",
    ]
