"""Claims about terms over a horizon: they are paid whole, and serve on where a model retires."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest

from planner.core.choices import Telling, choice_id
from planner.core.offered import Supply
from planner.core.offers import Billing
from planner.core.price_rows import HourlyPrice
from planner.core.profiles import daily
from planner.core.recommend_answer import Choice
from planner.core.weighing import Weighing
from planner.core.workload import Workload
from tests.builders import lifecycle, quota
from tests.core.test_served_claims import LLAMA, USAGE, ending, renamed
from tests.supplied import (
    MODEL,
    batch,
    fact,
    instance,
    machine_hour,
    on_demand,
    provisioned,
    steady,
    supply,
    tokens,
    unit_hour,
    workload,
)

YEAR = unit_hour("0.30", "1_year", term_total_usd=Decimal(2628))
MONTH = unit_hour("0.3562", "1_month", term_total_usd=Decimal(260))


def told(load: Workload, of: Supply) -> dict[str, float]:
    """What each choice costs a month, by its id without the place, the cheapest first."""
    found: dict[str, float] = {}
    for one in Weighing(load, of).weigh().served:
        found.setdefault(choice_id(one).split("/")[-1], float(one.usd_per_month))
    return found


def first(load: Workload, of: Supply) -> Choice:
    """The choice that is recommended."""
    weighing = Weighing(load, of)
    return Telling(load, of, weighing.week).choice(1, weighing.weigh().served[0], explain=True)


def ptus(*terms: HourlyPrice) -> Supply:
    """PTUs of gpt-4.1 at some terms, and no way by the token."""
    return supply(provisioned(), usage=USAGE[:2], hourly=terms, facts=[fact()])


def succeeded(*terms: HourlyPrice, units: int = 12_000) -> Supply:
    """gpt-4.1 ends after six months; its replacement takes so many tokens a minute and PTU."""
    end = ending("2026-02-25")
    return supply(
        provisioned(**end),
        lifecycle("2026-02-25", model=MODEL, version=None, replacement="new"),
        provisioned(model="new"),
        usage=[*USAGE[:2], *renamed("new")[:2]],
        hourly=terms,
        facts=[fact(), fact(model="new", input_tokens_per_minute=units)],
    )


def test_a_growing_load_pays_for_each_term_that_it_starts() -> None:
    """620 PTU in the first year; 830 from the second on, of which six months are used."""
    load = workload(growth_per_month=Fraction(1, 20), horizon_months=18)
    assert told(load, ptus(YEAR)) == {"gpt-4.1:1_year": (620 + 830) * 2628 / 18}


def test_eighteen_months_take_two_years_or_one_and_tokens() -> None:
    """360 PTU for two years cost 105,120 a month; for one, and then tokens, 84,096."""
    load = workload(horizon_months=18)
    assert told(load, ptus(YEAR)) == {"gpt-4.1:1_year": 360 * 2628 * 2 / 18}
    of = supply(on_demand(), provisioned(), usage=USAGE[:2], hourly=[YEAR], facts=[fact()])
    found = told(load, of)
    assert found["gpt-4.1:1_year+GlobalStandard"] == (360 * 2628 + 6 * 94_608) / 18 == 84_096
    assert next(iter(found)) == "gpt-4.1:1_year+GlobalStandard"


def test_a_year_outlives_the_model_and_is_paid() -> None:
    """360 PTU for a year serve six months; 90 of them serve the replacement, at no more cost."""
    load = workload(horizon_months=12, ways=(Billing.PROVISIONED,))
    found = told(load, succeeded(YEAR, MONTH))
    assert found == {
        "gpt-4.1:1_month": (360 + 90) / 2 * 260,
        "gpt-4.1:1_year": 360 * 2628 / 12,
    }
    assert next(iter(found)) == "gpt-4.1:1_month"


def test_what_a_replacement_needs_beyond_is_bought() -> None:
    """It needs 720 PTU: 360 are there, for 360 more a whole year is paid."""
    load = workload(horizon_months=12, ways=(Billing.PROVISIONED,))
    found = told(load, succeeded(YEAR, units=1500))
    assert found == {"gpt-4.1:1_year": (360 * 2628 + 360 * 2628) / 12}


def test_a_replacement_of_another_type_serves_where_its_own_is_too_small() -> None:
    """20 PTU of the same type can be had; the data zone's take over."""
    zone = "DataZoneProvisionedManaged"
    of = supply(
        provisioned(**ending("2026-02-25")),
        lifecycle("2026-02-25", model=MODEL, version=None, replacement="new"),
        provisioned(model="new", quota_names=("PTU",)),
        provisioned(model="new", deployment_type=zone),
        quota("swedencentral", name="PTU", limit=20, used=0),
        usage=[*USAGE[:2], *renamed("new")[:2]],
        hourly=[MONTH, unit_hour("0.3562", "1_month", deployment_type=zone)],
        facts=[fact(), fact(model="new"), fact(model="new", deployment_type=zone)],
    )
    load = workload(horizon_months=12, ways=(Billing.PROVISIONED,))
    served = Weighing(load, of).weigh().served
    assert [[plan.way.what for _, plan in one.later] for one in served] == [[zone]]


def test_a_machine_and_its_spare_wait_until_they_pay() -> None:
    """At 5% a month a machine with its spare pays from the sixth month on, tokens before."""
    of = supply(
        on_demand(),
        usage=USAGE[:2],
        hourly=[machine_hour("0.5", "small")],
        machines=[instance("small")],
        forecaster=steady(1000),
        open_models=LLAMA,
    )
    load = workload(225, growth_per_month=Fraction(1, 20), horizon_months=12, failures=1)
    tokens = [225 * 0.0036 * 730 * 1.05**n for n in range(12)]
    found = told(load, of)["llama-3.1-8b:always-on+GlobalStandard"]
    assert round(found, 4) == round(sum(min(usd, 730) for usd in tokens) / 12, 4)


def test_the_room_is_that_of_the_months_that_the_units_serve() -> None:
    """360 PTU carry the first month and no more; the replacement's own carry theirs."""
    load = workload(
        horizon_months=12, growth_per_month=Fraction(1, 10), ways=(Billing.PROVISIONED,)
    )
    best = first(load, succeeded(MONTH, units=3000))
    assert (best.headroom, best.binds) == (0, "580 PTU")


def test_units_that_answer_all_at_once_have_no_room_for_twice_as_much() -> None:
    """Half may wait, but nothing takes it elsewhere: 360 PTU by the hour are full."""
    of = supply(provisioned(), usage=USAGE[:2], hourly=[unit_hour("1.00")], facts=[fact()])
    best = first(workload(batch_share=Fraction(1, 2)), of)
    assert (best.units and best.units.hourly_peak, best.headroom, best.utilisation) == (360, 0, 1)


def test_what_costs_a_fee_by_the_hour_takes_no_overflow() -> None:
    """Tokens of a hosted model with its fee cost 96,863 a month; machines overflow to no such."""
    hosted = on_demand(billing=Billing.HOSTED)
    fee = HourlyPrice(
        provider="azure", item="hosting", model=MODEL, deployment_type="GlobalStandard",
        unit="hour", usd_per_hour=Decimal("3.09"), effective_from=MONTH.effective_from,
        source="a feed", retrieved_on=MONTH.retrieved_on, origin="feed",
    )  # fmt: skip
    of = supply(
        hosted,
        usage=USAGE[:2],
        hourly=[fee, machine_hour("0.5", "small")],
        machines=[instance("small")],
        open_models=LLAMA,
    )
    found = told(workload(failures=0), of)
    assert not [name for name in found if "+" in name]
    assert found["gpt-4.1"] == 94_608 + 3.09 * 730


def test_a_batch_is_enough_where_nothing_is_sold_by_the_token() -> None:
    """All may wait: in the months in which a unit's minimum costs more, batches alone serve."""
    of = supply(
        batch(),
        provisioned(),
        usage=USAGE[2:],
        hourly=[unit_hour("0.08", "1_month")],
        facts=[fact()],
    )
    load = workload(500, batch_share=Fraction(1), growth_per_month=Fraction(1, 5), horizon_months=6)
    batches = [500 * 0.0018 * 730 * 1.2**n for n in range(6)]
    found = told(load, of)["gpt-4.1:1_month"]
    assert round(found, 4) == round(sum(min(usd, 15 * 0.08 * 730) for usd in batches) / 6, 4)


def test_what_waits_needs_the_idle_time_of_reserved_units_alone() -> None:
    """At night 100 PTU have 75 idle ones' time; 300 more come by the hour for the day's six."""
    load = workload(
        70_000,
        batch_share=Fraction(3, 7),
        profile=daily(range(6), told="six hours a day"),
    )
    of = supply(
        provisioned(),
        usage=USAGE[:2],
        hourly=[unit_hour("0.3", "1_month"), unit_hour("1.00")],
        facts=[fact(minimum=100, step=100)],
    )
    assert told(load, of)["gpt-4.1:1_month"] == (100 * 0.3 + 300 / 4) * 730


def chain(*ends: tuple[str, str, int]) -> Supply:
    """Models with the day on which each ends, what replaces it, and its tokens a minute and PTU."""
    records: list[Any] = []
    for model, end, _ in ends:
        fields = ending(end) if end else {}
        records.append(provisioned(model=model, **fields))
    for (model, end, _), (follower, _, _) in pairwise(ends):
        records.append(lifecycle(end, model=model, version=None, replacement=follower))
    return supply(
        *records,
        usage=[row for model, *_ in ends for row in renamed(model)[:2]],
        hourly=[YEAR],
        facts=[fact(model=model, input_tokens_per_minute=rate) for model, _, rate in ends],
    )


@pytest.mark.parametrize(
    ("ends", "horizon", "unit_months"),
    [
        # A year, of which the second and the third model use the rest, and a year more.
        (("2026-02-25", "2026-05-26"), 18, 360 * 24),
        # What is left when the third model comes ends after its six months.
        (("2026-02-25", "2026-08-26"), 24, 360 * 24),
    ],
)
def test_what_is_left_of_a_term_goes_on_down_the_chain(
    ends: tuple[str, str], horizon: int, unit_months: int
) -> None:
    """Each of three models needs 360 PTU; a year is bought when the one before is over."""
    first_end, second_end = ends
    of = chain((MODEL, first_end, 3000), ("b", second_end, 3000), ("c", "", 3000))
    load = workload(horizon_months=horizon, ways=(Billing.PROVISIONED,))
    assert told(load, of) == {"gpt-4.1:1_year": unit_months * 219 / horizon}


def test_what_is_bought_beside_held_units_serves_its_term() -> None:
    """360 PTU at first, 360 more from month 6 to 18; from 12 on 360 in place of the first."""
    of = chain((MODEL, "2026-02-25", 3000), ("b", "", 1500))
    load = workload(horizon_months=18, ways=(Billing.PROVISIONED,))
    assert told(load, of) == {"gpt-4.1:1_year": 3 * 360 * 2628 / 18}


def test_held_units_serve_in_the_counts_that_the_next_model_has() -> None:
    """15 PTU are left, of the next model no fewer than 50 are sold: its own are bought, all 50."""
    end = ending("2026-02-25")
    of = supply(
        provisioned(**end),
        lifecycle("2026-02-25", model=MODEL, version=None, replacement="new"),
        provisioned(model="new"),
        usage=[*USAGE[:2], *renamed("new")[:2]],
        hourly=[YEAR],
        facts=[fact(), fact(model="new", minimum=50, step=50)],
    )
    load = workload(1000, horizon_months=12, ways=(Billing.PROVISIONED,))
    assert told(load, of) == {"gpt-4.1:1_year": (15 + 35) * 219}


def test_units_are_followed_by_tokens_where_these_cost_less() -> None:
    """After six months the replacement's tokens cost 2,628 a month, 360 PTU of it 93,600."""
    end = ending("2026-02-25")
    cheap = [tokens("input", "0.05", model="new"), tokens("output", "0.25", model="new")]
    of = supply(
        provisioned(**end),
        lifecycle("2026-02-25", model=MODEL, version=None, replacement="new"),
        provisioned(model="new"),
        on_demand(model="new"),
        usage=[*USAGE[:2], *cheap],
        hourly=[MONTH],
        facts=[fact(), fact(model="new")],
    )
    found = told(workload(horizon_months=12), of)
    assert found["gpt-4.1:1_month"] == (93_600 + 2_628) / 2
