"""Claims about prices that change on a known day: told, and not taken before."""

import datetime as dt
from typing import Any

from planner.core.recommend import recommend
from tests.supplied import fact, on_demand, provisioned, supply, tokens, unit_hour, workload

OCTOBER = dt.date(2025, 10, 1)
LOAD = workload(1)


def risks(*offers: Any, **known: Any) -> list[str]:
    """What is told of a later price on 2025-08-25."""
    best = recommend(LOAD, supply(*offers, **known), outlook=False).recommended
    assert best is not None
    return [risk for risk in best.risks if "not in the bill" in risk]


def change(read: dt.date) -> list[Any]:
    """Output at 8 dollars, and at 16 from October on, as read on a day."""
    return [
        tokens("input", "2"),
        tokens("output", "8", effective_to=OCTOBER),
        tokens("output", "16", effective_from=OCTOBER, retrieved_on=read),
    ]


def test_a_price_by_the_token_that_will_change_is_told() -> None:
    """From October on output costs 16 instead of 8."""
    assert risks(on_demand(), usage=change(dt.date(2025, 8, 20))) == [
        "from 2025-10-01 on it costs 2 / 16 USD per million tokens; not in the bill"
    ]


def test_what_nobody_knew_on_the_day_is_not_told() -> None:
    """Read in December, the price of October was no news in August."""
    assert risks(on_demand(), usage=change(dt.date(2025, 12, 1))) == []


def test_a_unit_that_will_cost_more_is_told() -> None:
    """0.30 an hour, and 0.90 from October on."""
    rows = [
        unit_hour("0.3", effective_to=OCTOBER),
        unit_hour("0.9", effective_from=OCTOBER),
    ]
    assert risks(provisioned(), hourly=rows, facts=[fact()]) == [
        "from 2025-10-01 on it costs 0.9 USD an hour; not in the bill"
    ]
