"""Claims about risks: what is signed for, what a price rests on, what machines leave out."""

import datetime as dt
from fractions import Fraction
from typing import Any

from planner.core.offers import AppliesTo, Retirement
from planner.core.recommend import recommend
from planner.core.recommend_answer import Choice
from planner.core.workload import Workload
from tests.supplied import (
    fact,
    instance,
    machine_hour,
    on_demand,
    provisioned,
    supply,
    tokens,
    unit_hour,
    workload,
)


def choices(asked: Workload, *offers: Any, **known: Any) -> list[Choice]:
    """All choices, the cheapest first."""
    answer = recommend(asked, supply(*offers, **known), outlook=False)
    return [c for c in (answer.recommended, *answer.alternatives) if c is not None]


def test_what_a_term_commits_to_is_told_with_what_it_may_outlast() -> None:
    """360 PTU at 0.30 an hour for a year are 946,080 dollars; the model ends after half of it."""
    ends = Retirement(on=dt.date(2026, 2, 25), applies_to=AppliesTo.BASE)
    rows = [unit_hour("0.3", "1_year")]
    told = []
    for dates in ((ends,), ()):
        offer = provisioned(retirement_dates=dates)
        best = choices(workload(), offer, hourly=rows, facts=[fact()])[0]
        told.append([risk for risk in best.risks if "1 year" in risk])
    assert told == [
        [
            "1 year is committed to at once: 946,080 USD",
            "the 1 year term may outlast gpt-4.1",
        ],
        ["1 year is committed to at once: 946,080 USD"],
    ]


def test_the_age_is_that_of_the_price_that_is_planned_with() -> None:
    """Units by the hour were read 237 days ago, the term's price on the day before."""
    rows = [
        unit_hour("1", retrieved_on=dt.date(2025, 1, 1)),
        unit_hour("0.3", "1_month", retrieved_on=dt.date(2025, 8, 24)),
    ]
    found = choices(workload(), provisioned(), hourly=rows, facts=[fact()])
    assert {c.term: "its price was read 236 days ago" in c.risks for c in found} == {
        "1_month": False,
        "on_demand": True,
    }


def test_machines_are_told_to_ignore_the_cache() -> None:
    """Half of the input from a cache: no forecast counts it, and the choice says so."""
    model = "llama-3.1-8b"
    asked = workload(1000, models=(model,), cached_share=Fraction(1, 2))
    found = choices(
        asked,
        on_demand(model=model, version="1"),
        usage=[tokens("input", "6", model=model), tokens("output", "6", model=model)],
        hourly=[machine_hour("1", "small")],
        machines=[instance("small")],
        open_models={model: model},
    )
    told = "cached input is not counted: machines are sized as if all of it were new"
    assert {told in c.risks for c in found if c.what == "small"} == {True}
    assert {told in c.risks for c in found if c.overflow_to is None and c.what != "small"} == {
        False
    }


def test_one_price_for_prompts_of_any_length_is_doubted_where_another_seller_has_two() -> None:
    """Gemini's doubles above 200,000 tokens; what Databricks does with such prompts is not told."""
    gemini: dict[str, Any] = {"provider": "gemini", "deployment_type": "standard"}
    bricks: dict[str, Any] = {"provider": "databricks", "deployment_type": "pay-per-token"}
    rows = [
        tokens("input", "1.25", **gemini),
        tokens("output", "10", **gemini),
        tokens("input", "2.50", **gemini, context_over_tokens=200_000),
        tokens("output", "15", **gemini, context_over_tokens=200_000),
        tokens("input", "1.25", **bricks),
        tokens("output", "10", **bricks),
    ]
    told = (
        "gemini charges more for prompts over 200,000 tokens; whether databricks does is not "
        "known, and they are in the bill at its one price"
    )
    long = choices(workload(1, 250_000, 1000), usage=rows)
    assert [(c.provider, told in c.risks) for c in long] == [
        ("databricks", True),
        ("gemini", False),
    ]
    short = choices(workload(1, 150_000, 1000), usage=rows)
    assert not [c for c in short if told in c.risks]
