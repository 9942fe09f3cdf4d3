"""Claims about the carried facts on provisioned units and default quotas."""

from fractions import Fraction
from pathlib import Path

import pytest

from planner.core.unit_facts import UnitFact
from planner.core.unit_grid import Grid, requests_per_minute_per_unit, units_grid
from planner.errors import BadFileError
from planner.files.facts import model_names
from planner.files.places import carried_folder
from planner.files.snapshots import list_snapshots, read_snapshot, snapshot_path
from planner.files.unit_facts import (
    capacity_unit,
    default_quota,
    default_quotas,
    unit_fact,
    unit_facts,
)
from tests.builders import catalog

GLOBAL, ZONE, REGIONAL = (
    "GlobalProvisionedManaged",
    "DataZoneProvisionedManaged",
    "ProvisionedManaged",
)


def fact(model: str, deployment_type: str) -> UnitFact:
    """The carried fact; there has to be one."""
    found = unit_fact("azure", model, deployment_type)
    assert found is not None
    return found


def test_every_row_of_the_document_is_carried() -> None:
    """31 models have global units, 21 of them units of a data zone, 17 regional ones."""
    assert len({f.model for f in unit_facts()}) == 31
    kinds = [f.deployment_type for f in unit_facts()]
    assert [kinds.count(k) for k in (GLOBAL, ZONE, REGIONAL)] == [31, 21, 17]
    assert len(default_quotas()) == 85


def test_models_have_their_canonical_names() -> None:
    """A fact is found by the name that all providers share."""
    named = {f.model for f in unit_facts()} | {q.model for q in default_quotas()}
    assert {name for name in named if model_names().canonical(name) != name} == set()


@pytest.mark.parametrize(
    ("model", "kind", "figures"),
    [
        ("gpt-5", GLOBAL, (15, 5, 4750, 8, 50)),
        ("gpt-4.1", ZONE, (15, 5, 3000, 4, 80)),
        ("gpt-4.1", REGIONAL, (50, 50, 3000, 4, 80)),
        ("o1", REGIONAL, (25, 50, 230, 4, 25)),
        ("deepseek-r1-0528", GLOBAL, (100, 100, 4000, None, 50)),
        ("kimi-k2.5", GLOBAL, (800, 400, 530, None, None)),
    ],
)
def test_what_a_unit_serves(model: str, kind: str, figures: tuple[int | None, ...]) -> None:
    """Smallest count, step, input rate, weight of output and the aim, as the document has them."""
    own = fact(model, kind)
    grid = (own.minimum, own.step)
    assert (*grid, own.input_tokens_per_minute, own.output_ratio, own.tokens_per_second_target) == (
        figures
    )


def test_what_no_document_tells_is_none() -> None:
    """Fireworks models have no regional units; Bedrock's model units have no published rate."""
    assert unit_fact("azure", "kimi-k2.5", REGIONAL) is None
    assert unit_fact("azure", "kimi-k2.5", ZONE) is None
    assert unit_fact("bedrock", "claude-3-haiku", "provisioned") is None
    assert default_quota("azure", "gpt-4o", "Standard") is None


def test_default_quotas_by_the_minute_and_by_ten_seconds() -> None:
    """o1 has 3,000,000 tokens and 500 requests a minute; gpt-4o 300 requests in 10 seconds."""
    o1, gpt_4o = (
        default_quota("azure", "o1", "GlobalStandard"),
        default_quota("azure", "gpt-4o", "DataZoneStandard"),
    )
    assert o1 is not None
    assert gpt_4o is not None
    assert (o1.tokens_per_minute, o1.requests_per_minute) == (3_000_000, 500)
    assert (gpt_4o.requests, gpt_4o.requests_seconds, gpt_4o.requests_per_minute) == (300, 10, 1800)
    image = default_quota("azure", "gpt-image-1", "GlobalStandard")
    assert image is not None
    assert (image.tokens_per_minute, image.requests_per_minute) == (None, 9)


@pytest.mark.parametrize(
    ("model", "figures"),
    [
        ("o1", (6000, 1)),
        ("o3-mini", (10_000, 1)),
        ("gpt-4.1", (1000, 1)),
        ("gpt-4o", (1000, 6)),
        ("gpt-5.1", (1000, 10)),
    ],
)
def test_what_a_unit_of_capacity_lets_through(model: str, figures: tuple[int, int]) -> None:
    """Tokens and requests a minute; of gpt-4o, whose versions differ, the fewest."""
    unit = capacity_unit("azure", model)
    assert unit is not None
    assert (unit.tokens_per_minute, unit.requests_per_minute) == figures
    assert capacity_unit("azure", "kimi-k1") is None


@pytest.mark.parametrize(
    ("model", "kind", "cached", "units"),
    [
        ("gpt-5.2", ZONE, 0, 110),
        ("gpt-5.2", REGIONAL, 0, 150),
        ("gpt-5.2", ZONE, 100, 80),
        ("gpt-5.2", REGIONAL, 100, 100),
    ],
)
def test_the_published_examples(model: str, kind: str, cached: int, units: int) -> None:
    """gpt-5.2 at 1,000 requests a minute of 200 in and 20 out, plain and with half of it cached."""
    told = fact(model, kind)
    rate = requests_per_minute_per_unit(told, Fraction(200), Fraction(cached), Fraction(20))
    assert rate is not None
    assert Grid(minimum=told.minimum, step=told.step).at_least(1000 / rate) == units


@pytest.mark.parametrize(("kind", "units"), [(GLOBAL, 360), (REGIONAL, 375)])
def test_gpt_4_1_in_sweden_is_sized_by_the_management_api(kind: str, units: int) -> None:
    """600 requests a minute of 1,000 in and 200 out: 360 units, regional 375 by steps of 25."""
    folder = carried_folder("snapshots")
    assert folder is not None
    days = list_snapshots(folder)["azure"]
    known = catalog(*(read_snapshot(snapshot_path(folder, "azure", day)) for day in days))
    own = next(
        s.offer
        for s in known.offers("gpt-4.1")
        if (s.offer.region, s.offer.deployment_type) == ("swedencentral", kind)
    )
    told = fact("gpt-4.1", kind)
    grid = units_grid(own, known.told_units(own), told)
    rate = requests_per_minute_per_unit(told, Fraction(1000), Fraction(), Fraction(200))
    assert grid is not None
    assert rate is not None
    assert grid.at_least(600 / rate) == units


def test_a_wrong_line_is_named(tmp_path: Path) -> None:
    """A figure that is none ends with the file, the line and what to do."""
    path = tmp_path / "units.csv"
    path.write_text(
        "provider,model,deployment_types,minimum,step,input_tokens_per_minute,source,retrieved_on\n"
        "azure,gpt-5,GlobalProvisionedManaged,0,5,4750,a page,2026-04-07\n",
        encoding="utf-8",
    )
    with pytest.raises(BadFileError, match=r"units.csv:2: minimum of gpt-5 is 0.*correct the line"):
        unit_facts(path)
