"""Claims about which plans serve: lives, quotas, terms, what waits and what stands beside."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec

from planner.core.choices import Telling
from planner.core.offered import Supply
from planner.core.offers import AppliesTo, Billing, Retirement
from planner.core.price_rows import UsagePrice
from planner.core.profiles import bursty, business_hours, flat
from planner.core.swings import swings
from planner.core.weighing import Weighing
from planner.core.workload import OwnMachine, OwnUnits, Workload
from tests.builders import lifecycle, quota
from tests.supplied import (
    MODEL,
    batch,
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

LLAMA = {MODEL: "llama-3.1-8b"}
USAGE = [
    tokens("input", "2"),
    tokens("output", "8"),
    tokens("input", "1", deployment_type="GlobalBatch"),
    tokens("output", "4", deployment_type="GlobalBatch"),
]
MONTH = unit_hour("0.3562", "1_month", term_total_usd=Decimal(260))


def ending(on: str) -> dict[str, Any]:
    """Fields of an offer that retires."""
    day = dt.date.fromisoformat(on)
    return {"retirement_dates": (Retirement(on=day, applies_to=AppliesTo.BASE),)}


def renamed(model: str) -> list[UsagePrice]:
    """The same prices of another model."""
    return [msgspec.structs.replace(row, model=model) for row in USAGE]


def rack(**fields: Any) -> OwnMachine:
    """One H100 of one's own at 10 dollars an hour, 1,000 output tokens per second."""
    usual: dict[str, Any] = {
        "name": "rack",
        "gpu": "NVIDIA H100 SXM 80GB",
        "gpus": 1,
        "usd_per_hour": Decimal(10),
    }
    return OwnMachine(**(usual | fields))


def told(load: Workload, of: Supply) -> list[tuple[str, str | None, float]]:
    """What serves, the term and what it costs a month, the cheapest first."""
    plans = [(one.plan, float(one.usd_per_month)) for one in Weighing(load, of).weigh().served]
    return [(plan.way.what, plan.term.name if plan.term else None, usd) for plan, usd in plans]


def refused(load: Workload, of: Supply, what: str) -> list[tuple[str, tuple[str, ...]]]:
    """The reasons against something, each with its steps."""
    found = Weighing(load, of).weigh().refused
    return [("; ".join(one.reasons), one.steps) for one in found if one.what == what]


def test_machines_of_ones_own_stand_on_the_premises() -> None:
    """Where data may not leave them, own machines serve and every cloud is refused."""
    load = workload(boundary="on-premises", machines=(rack(),))
    of = supply(on_demand(), usage=USAGE, open_models=LLAMA)
    # 36,000 x 200 tokens an hour are 2,000 a second: 2 machines and a spare, 30 dollars an hour.
    assert told(load, of) == [("rack", "owned", 21_900)]
    assert refused(load, of, "GlobalStandard") == [
        ("data may not leave the premises, and it is a cloud's", ())
    ]


def test_a_machine_of_ones_own_says_where_it_stands() -> None:
    """Premises are in no zone unless somebody says so: the step is to say it."""
    of = supply(usage=USAGE, open_models=LLAMA)
    assert refused(workload(boundary="eu", machines=(rack(),)), of, "rack") == [
        (
            "it stands on your premises, and nobody says whether these are in eu",
            ("give the boundary of the machine, the country where it stands",),
        )
    ]
    assert told(workload(boundary="eu", machines=(rack(boundary="de"),)), of) != []


def test_what_retires_within_the_first_month_says_so() -> None:
    """Not that no number of units carries the load."""
    load = workload(horizon_months=6)
    of = supply(
        on_demand(**ending("2025-09-10")),
        provisioned(**ending("2025-09-10"), quota_names=("PTU",)),
        quota("swedencentral", name="PTU", limit=1000, used=0),
        usage=USAGE,
        hourly=[MONTH],
        facts=[fact()],
    )
    said = (
        "gpt-4.1 retires on 2025-09-10, inside the horizon of 6 months",
        ("name its replacement under models",),
    )
    assert refused(load, of, "GlobalStandard") == [said]
    assert refused(load, of, "GlobalProvisionedManaged") == [said]


def test_a_small_quota_hides_no_larger_one() -> None:
    """At one price everywhere, the region whose quota is large enough serves."""
    load = workload(ways=(Billing.PROVISIONED,))
    of = supply(
        provisioned("eastus2", quota_names=("PTU",)),
        provisioned("swedencentral", quota_names=("PTU",)),
        quota("eastus2", name="PTU", limit=20, used=0),
        quota("swedencentral", name="PTU", limit=1000, used=0),
        usage=USAGE,
        hourly=[MONTH],
        facts=[fact()],
    )
    (best,) = Weighing(load, of).weigh().served
    assert (best.plan.way.region, float(best.usd_per_month)) == ("swedencentral", 93_600)
    assert refused(load, of, "GlobalProvisionedManaged") == [
        ("20 of its PTU can be had, the peak needs 360", ("ask for 340 PTU more in eastus2",))
    ]


def test_a_cheap_version_that_retires_hides_none_that_lives() -> None:
    """Over six months the dearer version serves, since nothing replaces the cheaper one."""
    of = supply(
        on_demand(version="1", **ending("2025-12-10")),
        on_demand(version="2"),
        usage=[
            tokens("input", "2", version="1"),
            tokens("output", "8", version="1"),
            tokens("input", "3", version="2"),
            tokens("output", "8", version="2"),
        ],
    )
    assert told(workload(horizon_months=6), of) == [("GlobalStandard", None, 120_888)]
    assert told(workload(horizon_months=3), of)[0] == ("GlobalStandard", None, 94_608)
    assert told(workload(), of) == [("GlobalStandard", None, 94_608)]


def test_batches_are_followed_to_the_batches_of_the_replacement() -> None:
    """Where everything may wait, a replacing model's batch type takes over."""
    end = ending("2025-12-10")
    of = supply(
        batch(**end),
        on_demand(**end),
        lifecycle("2025-12-10", model=MODEL, version=None, replacement="new"),
        batch(model="new"),
        on_demand(model="new"),
        usage=[*USAGE, *renamed("new")],
    )
    load = workload(horizon_months=6, batch_share=Fraction(1))
    best = Weighing(load, of).weigh().served[0]
    assert (best.plan.way.kind, best.months) == (Billing.BATCH, (3, 3))
    assert [(str(day), p.way.kind, p.way.model) for day, p in best.later] == [
        ("2025-12-10", Billing.BATCH, "new")
    ]


def test_what_may_wait_is_answered_at_once_where_that_is_cheaper() -> None:
    """A full unit costs 73 dollars a month and carries what batches cost 131 for."""
    of = supply(
        on_demand(), batch(), provisioned(),
        usage=USAGE, hourly=[unit_hour("0.1", "1_month")], facts=[fact()],
    )  # fmt: skip
    assert told(workload(), of)[0] == ("GlobalProvisionedManaged", "1_month", 26_280)
    waits = workload(batch_share=Fraction(1, 10))
    assert told(waits, of)[0] == ("GlobalProvisionedManaged", "1_month", 26_280)


def test_a_term_longer_than_the_horizon_is_paid_whole() -> None:
    """For six months a machine's three years cost six times as much, own units' year twice."""
    of = supply(
        hourly=[machine_hour("4", "small"), machine_hour("1", "small", "3_years")],
        machines=[instance("small")],
        open_models=LLAMA,
    )
    # 2 machines and a spare
    assert told(workload(horizon_months=6), of) == [
        ("small", "on_demand", 8760),
        ("small", "3_years", 13140),
    ]
    assert told(workload(horizon_months=36), of)[0] == ("small", "3_years", 2190)
    units = OwnUnits(
        name="endpoint", provider="databricks", model=MODEL, usd_per_hour=Decimal(1),
        input_tokens_per_minute=Fraction(10**7), term_months=12,
    )  # fmt: skip
    for horizon, usd in ((6, 1460), (12, 730)):
        (best, *_) = told(workload(horizon_months=horizon, units=(units,)), of)
        assert best == ("endpoint", "12_months", usd)


def test_a_plan_of_units_has_units_and_a_plan_of_a_term_buys_for_it() -> None:
    """What may all wait needs no unit, and an hour with one busy minute is paid whole."""
    units = [unit_hour("1.00"), MONTH]
    of = supply(on_demand(), provisioned(), usage=USAGE[:2], hourly=units, facts=[fact()])
    assert told(workload(1, profile=flat(Fraction(60))), of) == [
        ("GlobalStandard", None, 2.628),
        ("GlobalProvisionedManaged", "1_month", 3900),
        ("GlobalProvisionedManaged", "on_demand", 10950),
    ]
    of = supply(on_demand(), batch(), provisioned(), usage=USAGE, hourly=units, facts=[fact()])
    kinds = [what for what, *_ in told(workload(60, batch_share=Fraction(1)), of)]
    assert kinds[:2] == ["GlobalBatch", "GlobalStandard"]
    others = [usd for _, _, usd in told(workload(60, batch_share=Fraction(1)), of)[2:]]
    assert sorted(set(others)) == [3900, 10950]


def test_a_term_is_bought_where_it_is_cheap() -> None:
    """By the hour a machine is cheaper in eastus2, for a year in swedencentral."""
    of = supply(
        hourly=[
            machine_hour("3.5", "small", regions=("eastus2",)),
            machine_hour("4", "small"),
            machine_hour("2.5", "small", "1_year"),
            machine_hour("2.6", "small", "1_year", regions=("eastus2", "westus")),
        ],
        machines=[instance("small")],
        open_models=LLAMA,
    )
    served = Weighing(workload(), of).weigh().served
    found = {
        (one.plan.way.region, one.plan.term.name): float(one.usd_per_month / 730)
        for one in served
        if one.plan.term is not None
    }
    # 2 machines and a spare
    assert found == {
        ("swedencentral", "1_year"): 7.5,
        ("eastus2", "1_year"): 7.8,
        ("eastus2", "on_demand"): 10.5,
        ("swedencentral", "on_demand"): 12.0,
    }


def test_what_takes_the_overflow_lives_as_long() -> None:
    """One machine of two does not carry the load, and what would take the rest retires."""
    load = workload(horizon_months=6, machines=(rack(count=2),))
    of = supply(on_demand(**ending("2025-12-10")), usage=USAGE, open_models=LLAMA)
    assert told(load, of) == []
    assert refused(load, of, "rack") == [
        ("1 of its machines can be had, the peak needs 2", ("ask for 1 machines more",))
    ]
    short = msgspec.structs.replace(load, horizon_months=3)
    assert [what for what, *_ in told(short, of)] == ["rack", "GlobalStandard"]


def test_machines_that_start_at_once_follow_with_their_spare() -> None:
    """45 of 168 hours: 2 machines and a spare at 4 dollars run in these hours alone."""
    of = supply(
        hourly=[machine_hour("4", "small")], machines=[instance("small")], open_models=LLAMA
    )
    load = workload(profile=business_hours(), start_up_minutes=Fraction())
    assert told(load, of)[0] == ("small", "on_demand", float(Fraction(45, 168) * 3 * 4 * 730))


def test_a_cost_that_arises_both_ways_counts_twice() -> None:
    """Staff in any case, and more of it where machines are one's own."""
    load = workload(
        machines=(rack(),),
        side_costs={"staff": Decimal(100)},
        self_hosting_costs={"staff": Decimal(500)},
    )
    of = supply(on_demand(), usage=USAGE, open_models=LLAMA)
    assert told(load, of) == [("rack", "owned", 22_500), ("GlobalStandard", None, 94_708)]


def test_the_price_of_a_small_request_is_told_exactly() -> None:
    """0.61 millionths of a dollar are no millionth: the line's quantity times its price is it."""
    of = supply(on_demand(), usage=[tokens("input", "0.3"), tokens("output", "0.61")])
    load = workload(input_tokens=0, output_tokens=1)
    weighing = Weighing(load, of)
    choice = Telling(load, of, weighing.week).choice(1, weighing.weigh().served[0], explain=False)
    (line,) = choice.bill
    assert (line.quantity, line.usd_each) == (26_280_000, Decimal("0.00000061"))
    assert line.usd_per_month == Decimal("16.03")


def test_long_prompts_cost_more_where_the_price_table_alone_tells_of_an_offer() -> None:
    """A seller that no snapshot looks at has its second price, too: 2.50 above 200,000."""
    seller: dict[str, Any] = {"provider": "gemini", "deployment_type": "standard"}
    of = supply(
        usage=[
            tokens("input", "1.25", **seller),
            tokens("output", "10", **seller),
            tokens("input", "2.50", **seller, context_over_tokens=200_000),
            tokens("output", "15", **seller, context_over_tokens=200_000),
        ]
    )
    short, long = workload(1, 200_000, 1000), workload(1, 300_000, 1000)
    assert told(short, of) == [("standard", None, 730 * 0.26)]
    assert told(long, of) == [("standard", None, 730 * 0.765)]


def test_a_new_deployment_type_charges_as_its_price_says() -> None:
    """Of no known kind, yet with a price by the token: its quota counts, and a batch waits."""
    new = on_demand(deployment_type="GlobalNew", billing=None)
    later = on_demand(deployment_type="GlobalNewBatch", billing=None)
    prices = [
        tokens(charge, usd, deployment_type=kind)
        for kind in ("GlobalNew", "GlobalNewBatch")
        for charge, usd in (("input", "2"), ("output", "8"))
    ]
    of = supply(new, later, usage=prices)
    assert told(workload(), of) == [("GlobalNew", None, 94_608)]
    unpriced = supply(new, usage=[])
    (no,) = [no for no in Weighing(workload(), unpriced).weigh().refused if no.what == "GlobalNew"]
    assert (no.kind, no.reasons[0][:20]) == (None, "no price of it is kn")


def test_what_has_a_fee_by_the_hour_takes_no_overflow() -> None:
    """Cheaper by the token, a hosted way would be paid in every hour for the few that spill."""
    hosted = on_demand(deployment_type="Managed")
    of = supply(
        on_demand(), hosted, provisioned(),
        usage=[
            *USAGE[:2],
            tokens("input", "1", deployment_type="Managed"),
            tokens("output", "4", deployment_type="Managed"),
        ],
        hourly=[
            unit_hour("0.1", "1_month"),
            unit_hour("50", item="hosting", unit="deployment", deployment_type="Managed"),
        ],
        facts=[fact()],
    )  # fmt: skip
    load = workload(profile=bursty(Fraction(6)))
    found = Weighing(load, of).weigh().served
    assert {one.plan.way.kind for one in found} >= {Billing.HOSTED, Billing.PROVISIONED}
    assert {one.plan.overflow.what for one in found if one.plan.overflow} == {"GlobalStandard"}


def test_batches_have_no_tier() -> None:
    """A workload in the priority tier still defers to batches that the price table alone tells."""
    load = workload(tier="priority", batch_share=Fraction(1, 2))
    priority = [tokens("input", "3.5", tier="priority"), tokens("output", "14", tier="priority")]
    of = supply(on_demand(), usage=[*USAGE, *priority])
    (best,) = Weighing(load, of).weigh().served
    assert [(part.what, float(part.usd_each)) for part in best.plan.parts] == [
        ("GlobalStandard (priority), by the token", 0.0063),
        ("GlobalBatch, what may wait", 0.0018),
    ]


def test_a_load_that_dwindles_is_still_a_load() -> None:
    """At a tenth each month the last of twelve is a billionth, not nothing: its units are few."""
    load = workload(growth_per_month=Fraction(-9, 10), horizon_months=12)
    assert list(map(float, load.growth[:3])) == [1, 0.1, 0.01]
    assert list(map(float, load.growth[-2:])) == [1e-9, 1e-9]
    of = supply(on_demand(), provisioned(), usage=USAGE[:2], hourly=[MONTH], facts=[fact()])
    (best, *_) = Weighing(load, of).weigh().served
    # 360 units, then 35 and a tenth of a unit's work by the token, then nothing that is worth one.
    assert [best.plan.way.what, best.plan.running and best.plan.running.reserved] == [
        "GlobalProvisionedManaged",
        360,
    ]


def test_growth_is_moved_from_what_it_is() -> None:
    """At 0.5% a month tokens are best; from 1% on a machine pays in the last of twelve months."""
    load = workload(
        2500, growth_per_month=Fraction(1, 200), horizon_months=12, machines=(rack(),), failures=0
    )
    of = supply(on_demand(), usage=USAGE[:2], open_models=LLAMA)
    weighing = Weighing(load, of)
    best = weighing.weigh().served[0]
    told = [one for one in swings(weighing, best) if one.assumption == "growth per month"]
    growth = told[0]
    assert growth.factor == 0.0097
    assert growth.winner is not None
    assert growth.winner.startswith("self_hosted:")
