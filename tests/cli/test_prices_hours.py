"""`planner prices hours`: machines, units and managed compute by region and date."""

import jsonschema
import pytest

from planner.core.price_hours import HoursAnswer
from planner.render.flat import json_schema
from tests.cli.conftest import Call


@pytest.mark.parametrize(
    ("region", "usd"),
    [("eastus", 6.12), ("westeurope", 7.646), ("japaneast", 8.388)],
)
def test_a_machine_by_region(planner: Call, region: str, usd: float) -> None:
    """Standard_NC12s_v3 in March 2024, where the article's machines ran and elsewhere."""
    found = planner(
        "prices", "hours", "Standard_NC12s_v3", "--region", region, "--on", "2024-03-17", "--json"
    ).json["hours"]
    assert [entry["usd_per_hour"] for entry in found] == [usd]


def test_managed_compute_is_paid_by_the_gpu_hour(planner: Call) -> None:
    """What Azure charges for running an open model on its own machines."""
    found = planner(
        "prices", "hours", "NDsrH200v5", "--region", "centralus", "--on", "2026-09-01", "--json"
    ).json["hours"]
    assert [(e["item"], e["usd_per_hour"], e["unit"]) for e in found] == [
        ("managed_compute", 11.978, "capacity unit")
    ]


def test_units_have_terms(planner: Call) -> None:
    """Model units of Bedrock are committed for a month or six."""
    found = planner(
        "prices", "hours", "--item", "model_unit", "--provider", "bedrock", "--region", "us-east-1",
        "--on", "2026-11-20", "--json",
    ).json["hours"]  # fmt: skip
    assert {entry["term"] for entry in found} == {"1_month", "6_months"}


def test_the_answer_keeps_to_its_schema_and_says_what_is_empty(planner: Call) -> None:
    """A name that no machine has is an empty list with its reason, not an error."""
    found = planner("prices", "hours", "Standard_Nope", "--json")
    assert (found.code, found.json["hours"]) == (0, [])
    jsonschema.validate(found.json, json_schema(HoursAnswer))
    told = planner("prices", "hours", "Standard_Nope", "--on", "2026-11-20").out
    assert " ".join(told.split()) == (
        "no hourly price of Standard_Nope is known on 2026-11-20 that passes the filters."
    )


def test_a_table_for_people(planner: Call) -> None:
    """A line for each amount, regions of one amount together, the source below."""
    lines = planner("prices", "hours", "NC12s_v3", "--on", "2024-03-17").out.splitlines()
    assert lines[0].endswith("in force on 2024-03-17.")
    assert any("Standard_NC12s_v3" in line and "6.12" in line for line in lines)
    assert "karpenter-provider-azure price list" in " ".join(lines[-3:])
