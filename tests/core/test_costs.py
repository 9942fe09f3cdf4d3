"""Ten workloads whose bills were worked out by hand: tests/data/ten-workloads.csv.

Each line of the spreadsheet says how its quantity and its price came about, and from which rows.
"""

import csv
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest

from planner.core.choices import Telling, choice_id
from planner.core.offered import Supply
from planner.core.offers import AppliesTo
from planner.core.price_rows import UsagePrice
from planner.core.profiles import business_hours
from planner.core.recommend_answer import Choice
from planner.core.weighing import Weighing
from planner.core.workload import Lengths, OwnMachine, Portion, Workload
from tests.builders import lifecycle, retires
from tests.supplied import (
    batch,
    fact,
    on_demand,
    provisioned,
    supply,
    tokens,
    unit_hour,
    workload,
)

LLAMA = "llama-3.1-8b"
SHEET = Path(__file__).parents[1] / "data" / "ten-workloads.csv"
with SHEET.open(encoding="utf-8", newline="") as _file:
    LINES = list(csv.DictReader(_file, strict=True))
BILLS = {name: list(lines) for name, lines in groupby(LINES, key=itemgetter("workload"))}


def rates(model: str, usd: str, **fields: Any) -> list[UsagePrice]:
    """The prices of input, output and, if there is a third, cached input."""
    charges = ("input", "output", "cached_input")
    return [
        tokens(charge, each, model=model, **fields)
        for charge, each in zip(charges, usd.split(), strict=False)
    ]


@cache
def market() -> Supply:
    """The offers and price rows that the spreadsheet names."""
    gemini: dict[str, Any] = {"provider": "gemini", "deployment_type": "standard"}
    ending: dict[str, Any] = {"retirement_dates": (retires("2025-11-01", AppliesTo.BASE),)}
    return supply(
        on_demand(),
        batch(),
        provisioned(),
        on_demand(model="gpt-4o", version="2024-11-20", **ending),
        on_demand(model="gpt-5.1", version="2025-11-13"),
        on_demand("global", model="gemini-2.5-pro", version=None, **gemini),
        lifecycle("2025-11-01", model="gpt-4o", version=None, replacement="gpt-5.1"),
        usage=[
            *rates("gpt-4.1", "2 8 0.5"),
            *rates("gpt-4.1", "1 4", deployment_type="GlobalBatch"),
            *rates("gpt-4.1", "3.5 14 0.875", tier="priority"),
            *rates("gpt-4o", "2.5 10 1.25"),
            *rates("gpt-5.1", "1.25 10 0.125"),
            *rates("gemini-2.5-pro", "1.25 10", **gemini),
            *rates("gemini-2.5-pro", "2.5 15", **gemini, context_over_tokens=200_000),
        ],
        hourly=[
            unit_hour("1.00"),
            unit_hour("0.3561643836", "1_month", term_total_usd=Decimal(260)),
            unit_hour("0.302739726", "1_year", term_total_usd=Decimal(2652)),
        ],
        facts=[fact()],
        open_models={LLAMA: LLAMA},
    )


LOADS: dict[str, Workload] = {
    "1 flat": workload(36_000),
    "2 business hours": workload(7200, 1500, 300, profile=business_hours()),
    "3 cached input": workload(10_000, 4000, 250, cached_share=Fraction(3, 5)),
    "4 batch share": workload(5000, 2000, 500, batch_share=Fraction(3, 10)),
    "5 long prompts": workload(
        1000,
        models=("gemini-2.5-pro",),
        input=Lengths(
            (
                Portion(Fraction(4, 5), Fraction(20_000)),
                Portion(Fraction(1, 5), Fraction(300_000)),
            )
        ),
        output=Lengths.of(1000),
    ),
    "6 minimum of units": workload(600),
    "7 units and overflow": workload(60_000, profile=business_hours(outside=Fraction(1, 5))),
    "8 own machines": workload(
        40_000,
        models=(LLAMA,),
        machines=(
            OwnMachine(
                name="rack", gpu="NVIDIA H100 SXM 80GB", gpus=2, usd_per_hour=Decimal("7.50")
            ),
        ),
        self_hosting_costs={"staff": Decimal(4000)},
    ),
    "9 priority": workload(2000, 3000, 400, tier="priority"),
    "10 growth and a retirement": workload(
        1000, models=("gpt-4o",), growth_per_month=Fraction(1, 10), horizon_months=4
    ),
}


def cents(amount: Decimal) -> Decimal:
    """An amount to the cent, half a cent up, as one rounds by hand."""
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def chosen(load: Workload, of: Supply, wanted: str) -> Choice:
    """The plan of that id as the answer tells it."""
    weighing = Weighing(load, of)
    one = next(s for s in weighing.weigh().served if choice_id(s) == wanted)
    return Telling(load, of, weighing.week).choice(1, one, explain=True)


def test_the_sheet_adds_up() -> None:
    """Every line is its quantity times its price, to the cent; ten workloads stand in it."""
    assert list(BILLS) == list(LOADS)
    for line in LINES:
        each = cents(Decimal(line["quantity"]) * Decimal(line["usd_each"]))
        assert each == Decimal(line["usd_per_month"]), line["worked"]


@pytest.mark.parametrize("name", LOADS)
def test_the_engine_comes_to_the_same_bill(name: str) -> None:
    """Line by line: what for, how much of it, at which price, and the sum to the cent."""
    by_hand = BILLS[name]
    choice = chosen(LOADS[name], market(), by_hand[0]["choice"])
    now = [line for line in by_hand if line["choice"] == by_hand[0]["choice"]]
    assert [line.what for line in choice.bill] == [line["line"] for line in now]
    for line, worked in zip(choice.bill, now, strict=True):
        assert line.quantity == pytest.approx(float(worked["quantity"]), rel=1e-12)
        assert line.usd_each == Decimal(worked["usd_each"])
        assert line.usd_per_month == Decimal(worked["usd_per_month"])
    exact = [
        Decimal(line["quantity"]) * Decimal(line["usd_each"]) * Decimal(line["share_of_months"])
        for line in by_hand
    ]
    assert choice.usd_per_month.high == cents(sum(exact, Decimal()))
    then = [line for line in by_hand if line not in now]
    assert [(one.id, one.usd_per_month) for one in choice.later] == [
        (line["choice"], Decimal(line["usd_per_month"])) for line in then
    ]


def test_the_sums_are_these() -> None:
    """The ten months' bills, as one would read them out."""
    told = {
        name: str(chosen(load, market(), BILLS[name][0]["choice"]).usd_per_month.high)
        for name, load in LOADS.items()
    }
    assert told == {
        "1 flat": "94608.00",
        "2 business hours": "7602.43",
        "3 cached input": "46720.00",
        "4 batch share": "24820.00",
        "5 long prompts": "132130.00",
        "6 minimum of units": "3900.00",
        "7 units and overflow": "60308.57",
        "8 own machines": "20425.00",
        "9 priority": "23506.00",
        "10 growth and a retirement": "3231.76",
    }


def test_the_winners_are_these() -> None:
    """What is cheapest of all: units a year for a flat load, the token where units stand idle."""
    best = {
        name: choice_id(Weighing(load, market()).weigh().served[0]).split("/", 2)[2]
        for name, load in LOADS.items()
    }
    units = "GlobalProvisionedManaged/gpt-4.1:1_year"
    assert best == {
        "1 flat": units,
        "2 business hours": "GlobalStandard/gpt-4.1",
        "3 cached input": units,
        "4 batch share": f"{units}+GlobalStandard",
        "5 long prompts": "standard/gemini-2.5-pro",
        "6 minimum of units": "GlobalStandard/gpt-4.1",
        "7 units and overflow": f"{units}+GlobalStandard",
        "8 own machines": "rack/llama-3.1-8b:always-on",
        "9 priority": f"{units}+GlobalStandard",
        "10 growth and a retirement": "GlobalStandard/gpt-4o",
    }


def test_a_flat_load_is_worth_360_units() -> None:
    """600 requests a minute: 93,600 dollars by the month, 79,560 by the year, 262,800 by the hour.

    1,000 + 4 x 200 is 1,800 tokens of a unit's 3,000 a minute: 600 x 1,800 / 3,000 is 360.
    """
    load, of = LOADS["1 flat"], market()
    stem = "provisioned:azure/swedencentral/GlobalProvisionedManaged/gpt-4.1"
    terms = [chosen(load, of, f"{stem}{term}") for term in (":1_month", ":1_year", "")]
    assert [str(choice.usd_per_month.high) for choice in terms] == [
        "93600.00",
        "79560.00",
        "262800.00",
    ]
    assert [choice.units and choice.units.reserved for choice in terms] == [360, 360, 0]
    assert [choice.units and choice.units.hourly_peak for choice in terms] == [0, 0, 360]
