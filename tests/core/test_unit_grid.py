"""Claims about provisioned units: which counts can be bought, and how many a load needs."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.curves import Curve
from planner.core.unit_facts import UnitFact
from planner.core.unit_grid import Grid, requests_per_minute_per_unit, units_grid
from tests.builders import catalog, offer, snapshot

SHARED = Grid(minimum=15, step=5)
GPT_4_1 = UnitFact(
    provider="azure", model="gpt-4.1", deployment_type="ProvisionedManaged", minimum=50, step=50,
    input_tokens_per_minute=3000, output_ratio=Fraction(4), source="the onboarding page",
    retrieved_on=dt.date(2026, 4, 7),
)  # fmt: skip
REGIONAL = {"model": "gpt-4.1", "deployment_type": "ProvisionedManaged", "version": "2025-04-14"}


@pytest.mark.parametrize(
    ("need", "least", "most"),
    [(0, 0, 0), (1, 15, 0), (15, 15, 15), (16, 20, 15), (359, 360, 355), (360, 360, 360)],
)
def test_units_come_in_steps_from_a_minimum(need: int, least: int, most: int) -> None:
    """15, 20, 25: a need is covered by the next of them, and fills the one below."""
    assert (SHARED.at_least(Fraction(need)), SHARED.at_most(Fraction(need))) == (least, most)


def test_steps_start_at_the_minimum() -> None:
    """A minimum of 25 and steps of 50 give 25, 75, 125, as the documentation has it for o1."""
    grid = Grid(minimum=25, step=50)
    assert [grid.at_least(Fraction(n)) for n in (25, 26, 76)] == [25, 75, 125]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"minimum": 0, "step": 5}, "minimum of units is 0; give 1 or more"),
        ({"minimum": 15, "step": 0}, "step of units is 0; give 1 or more"),
        ({"minimum": 15, "step": 5, "maximum": 10}, "below the minimum of 15; raise it"),
    ],
)
def test_an_impossible_grid_is_refused_at_birth(fields: dict[str, Any], words: str) -> None:
    """No units, no step, or a maximum below the minimum is no grid."""
    with pytest.raises(ValueError, match=words):
        Grid(**fields)


grids = st.builds(Grid, minimum=st.integers(1, 900), step=st.integers(1, 700))
needs = st.fractions(0, 100_000, max_denominator=97)


@given(grids, needs)
def test_the_count_covers_the_need_and_no_smaller_one_does(grid: Grid, need: Fraction) -> None:
    """The smallest allowed count: one step less is below the need or below the minimum."""
    count = grid.at_least(need)
    assert count >= need
    assert count == 0 or (count - grid.minimum) % grid.step == 0
    assert count <= grid.minimum or count - grid.step < need


@given(grids, needs)
def test_the_filled_count_and_the_covering_one_are_neighbours(grid: Grid, need: Fraction) -> None:
    """The largest count within the need is the smallest one that covers it, or a step below."""
    least, most = grid.at_least(need), grid.at_most(need)
    assert most <= need
    if need >= grid.minimum:
        assert least - most == (0 if most == need else grid.step)
    else:
        assert (most, least) == (0, grid.minimum if need else 0)


@given(grids, needs.filter(bool))
def test_a_cost_curve_counts_units_as_the_grid_does(grid: Grid, need: Fraction) -> None:
    """The break-even and the sizing of a workload buy the same units for one load."""
    curve = Curve(per_unit=Fraction(1), least=grid.minimum, step=grid.step, unit_tokens=Fraction(7))
    assert curve.units(need * 7) == grid.at_least(need)


@given(grids, needs, needs)
def test_more_need_is_never_fewer_units(grid: Grid, one: Fraction, other: Fraction) -> None:
    """Both counts rise with the need."""
    small, large = sorted((one, other))
    assert grid.at_least(small) <= grid.at_least(large)
    assert grid.at_most(small) <= grid.at_most(large)


def test_the_offers_own_grid_comes_first() -> None:
    """What the management API says of the offer beats another region's and the documentation's."""
    own = offer(**REGIONAL, region="swedencentral", units_minimum=25, units_step=25)
    other = offer(**REGIONAL, region="eastus2", units_minimum=30, units_step=30)
    grid = units_grid(own, [other], GPT_4_1)
    assert grid == Grid(minimum=25, step=25, told="by the management API")


def test_another_regions_grid_comes_before_the_document() -> None:
    """Regional gpt-4.1 has 25 and 25 where the API was asked; the document has 50 and 50."""
    seen = dt.date(2026, 4, 23)
    told = offer(
        **REGIONAL, region="swedencentral", units_minimum=25, units_step=25, units_maximum=30_000,
        observed_on=seen,
    )  # fmt: skip
    grid = units_grid(offer(**REGIONAL, region="eastus2"), [told], GPT_4_1)
    assert grid == Grid(
        minimum=25,
        step=25,
        maximum=30_000,
        told="as the management API told in swedencentral on 2026-04-23",
    )


def test_another_type_or_version_tells_nothing() -> None:
    """Units of the data zone are no measure for regional ones: then the document speaks."""
    zone = offer(
        **(REGIONAL | {"deployment_type": "DataZoneProvisionedManaged"}),
        units_minimum=15,
        units_step=5,
    )
    later = offer(**(REGIONAL | {"version": "2026-01-01"}), units_minimum=15, units_step=5)
    grid = units_grid(offer(**REGIONAL), [zone, later], GPT_4_1)
    assert grid == Grid(minimum=50, step=50, told="by the onboarding page, 2026-04-07")
    assert units_grid(offer(**REGIONAL), [], None) is None


def test_a_later_document_takes_no_units_away() -> None:
    """A page that lists the offer without units leaves what the API told of them."""
    api = offer(**REGIONAL, region="swedencentral", units_minimum=25, units_step=25)
    page = offer(**REGIONAL, region="swedencentral")
    known = catalog(snapshot(api, on="2026-04-23"), snapshot(page, on="2026-06-03"))
    (standing,) = known.offers("gpt-4.1")
    grid = units_grid(standing.offer, known.told_units(standing.offer), GPT_4_1)
    assert grid is not None
    assert (grid.minimum, grid.step) == (25, 25)
    assert grid.told == "as the management API told in swedencentral on 2026-04-23"


def test_a_unit_serves_its_input_rate_over_what_a_request_weighs() -> None:
    """gpt-4.1: 3,000 / (1,000 + 4 x 200) is 5/3 of a request a minute, so 600 need 360 units."""
    rate = requests_per_minute_per_unit(GPT_4_1, Fraction(1000), Fraction(), Fraction(200))
    assert rate == Fraction(5, 3)
    assert 600 / rate == 360


def test_an_unknown_ratio_gives_no_rate() -> None:
    """Without the weight of an output token nothing can be sized, and nothing is assumed."""
    unknown = UnitFact(
        provider="azure", model="deepseek-r1-0528", deployment_type="GlobalProvisionedManaged",
        minimum=100, step=100, input_tokens_per_minute=4000, source="the onboarding page",
        retrieved_on=dt.date(2026, 4, 7),
    )  # fmt: skip
    assert requests_per_minute_per_unit(unknown, Fraction(1000), Fraction(), Fraction(1)) is None


@pytest.mark.parametrize(
    ("lengths", "words"), [((100, 200, 20), "no part of input_tokens"), ((100, 100, 0), "weighs")]
)
def test_impossible_lengths_are_refused(lengths: tuple[int, int, int], words: str) -> None:
    """More cached than sent, or a request that weighs nothing, is an error."""
    with pytest.raises(ValueError, match=words):
        requests_per_minute_per_unit(GPT_4_1, *map(Fraction, lengths))
