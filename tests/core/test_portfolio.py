"""Claims about many workloads at once: sums, shared units, shared quotas, what fits nothing."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from planner.core.choices import choice_id
from planner.core.offered import Supply
from planner.core.offers import Billing, Scope
from planner.core.portfolio import portfolio, single
from planner.core.portfolio_answer import PortfolioAnswer
from planner.core.profiles import Zone, bursty, business_hours
from planner.core.recommend import recommend
from planner.core.weighing import Weighing
from planner.core.workload import Workload
from tests.builders import quota, retires
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

TOKYO = business_hours(zone=Zone("Asia/Tokyo", Fraction(9)))
NEW_YORK = business_hours(zone=Zone("America/New_York", Fraction(-5)))
LLAMA = "llama-3.1-8b"
SEVEN_UNITS = 700  # requests an hour of 1,000 in and 200 out, 1,800 counted: 7 x 3,000 a minute
POOL = "OpenAI.GlobalStandard.gpt-4.1"


def units(*terms: tuple[str, str], **fields: Any) -> Supply:
    """Provisioned units of gpt-4.1 alone, at a price for each term."""
    hourly = [unit_hour(usd, term) for term, usd in terms]
    return supply(provisioned(**fields), hourly=hourly, facts=[fact()])


def by_the_token(*records: Any, **fields: Any) -> Supply:
    """gpt-4.1 by the token at 2 and 8 USD per million."""
    return supply(*records, usage=[tokens("input", "2"), tokens("output", "8")], **fields)


def answer(stock: Supply, *loads: Workload) -> PortfolioAnswer:
    """The answer for some workloads together."""
    return portfolio([single(load, stock) for load in loads], stock)


def test_two_below_the_minimum_share_one_minimum() -> None:
    """7 units each, of which no fewer than 15 are sold: together 15 and not 30."""
    loads = [workload(SEVEN_UNITS, name=name) for name in ("a", "b")]
    told = answer(units(("on_demand", "1")), *loads)
    assert [row.units for row in told.workloads] == [15, 15]
    assert told.usd_per_month_single == Decimal("21900.00")
    assert told.usd_per_month_pooled == Decimal("10950.00")
    (pool,) = told.pools
    assert (pool.units, pool.minimum, pool.workloads) == (15, 15, ("a", "b"))
    assert (pool.units_needed_at_peak, pool.saves) == (14.0, Decimal("10950.00"))
    assert {row.pool for row in told.workloads} == {pool.id}


def test_opposite_hours_share_the_same_units() -> None:
    """20 units by day in Tokyo and 20 by day in New York, bought for a month, are 20 and not 40."""
    day = workload(2000, name="tokyo", profile=TOKYO)
    night = workload(2000, name="new-york", profile=NEW_YORK)
    (pool,) = answer(units(("1_month", "1")), day, night).pools
    assert (pool.units, pool.units_needed_at_peak, pool.units_needed_peak_on_peak) == (20, 20, 40)
    assert (pool.usd_single, pool.usd_pooled) == (Decimal("29200.00"), Decimal("14600.00"))


def test_units_that_come_and_go_are_shared_only_where_that_saves() -> None:
    """By the hour, at whole steps each for itself, two that need 20 units by turns save nothing."""
    loads = [workload(2000, name=str(n), profile=p) for n, p in enumerate((TOKYO, NEW_YORK))]
    told = answer(units(("on_demand", "1")), *loads)
    assert told.pools == ()
    assert told.usd_per_month_single == told.usd_per_month_pooled == Decimal("7821.43")


def test_a_boundary_is_kept_in_a_pool() -> None:
    """What has to stay in the EU shares no units in the US; what may be anywhere does."""
    regional = {"scope": Scope.REGIONAL, "deployment_type": "ProvisionedManaged"}
    stock = supply(
        provisioned("swedencentral", **regional, boundary="se"),
        provisioned("eastus2", **regional, boundary="us"),
        hourly=[unit_hour("1", deployment_type="ProvisionedManaged")],
        facts=[fact(deployment_type="ProvisionedManaged")],
    )
    loads = [
        workload(SEVEN_UNITS, name=name, boundary=boundary)
        for name, boundary in (("eu", "eu"), ("us", "us"), ("free", None))
    ]
    told = answer(stock, *loads)
    assert told.workloads[0].region == "swedencentral"
    (pool,) = told.pools
    assert (pool.region, pool.workloads) == ("eastus2", ("us", "free"))


def test_where_all_accept_several_regions_they_meet_in_one_that_each_accepts() -> None:
    """One is asked for in two regions, the other in two others: they meet in the common one."""
    stock = supply(
        *(provisioned(region) for region in ("eastus2", "japaneast", "swedencentral")),
        hourly=[unit_hour("1")],
        facts=[fact()],
    )
    one = workload(SEVEN_UNITS, name="one", regions=("eastus2", "japaneast"))
    other = workload(SEVEN_UNITS, name="other", regions=("japaneast", "swedencentral"))
    (pool,) = answer(stock, one, other).pools
    assert (pool.region, pool.units) == ("japaneast", 15)


def test_spare_machines_are_there_once() -> None:
    """Two that fill 0.4 of a machine each run on one and a spare together, not on two of each."""
    stock = supply(
        hourly=[machine_hour("2", "Standard_NC40ads_H100_v5")],
        machines=[instance("Standard_NC40ads_H100_v5")],
        forecaster=steady(1000),
        open_models={LLAMA: LLAMA},
    )
    loads = [workload(7200, name=name, models=(LLAMA,)) for name in ("a", "b")]
    (pool,) = answer(stock, *loads).pools
    assert (pool.kind, pool.units, pool.spare) == (Billing.SELF_HOSTED, 2, 1)
    assert (pool.usd_single, pool.usd_pooled) == (Decimal("5840.00"), Decimal("2920.00"))


def test_a_term_is_paid_whole_within_the_horizon_of_a_pool() -> None:
    """A year of machines that are wanted for a month is no cheaper than by the hour."""
    stock = supply(
        hourly=[machine_hour("2", "M"), machine_hour("1", "M", "1_year")],
        machines=[instance("M")],
        forecaster=steady(1000),
        open_models={LLAMA: LLAMA},
    )
    loads = [workload(7200, name=name, models=(LLAMA,), horizon_months=1) for name in ("a", "b")]
    (pool,) = answer(stock, *loads).pools
    assert (pool.term, pool.usd_pooled) == ("on_demand", Decimal("2920.00"))


def test_growth_that_differs_is_not_shared() -> None:
    """Units are planned for months that grow alike."""
    growing = workload(SEVEN_UNITS, name="b", growth_per_month=Fraction(1, 10))
    told = answer(units(("on_demand", "1")), workload(SEVEN_UNITS, name="a"), growing)
    assert told.pools == ()


def test_sums_are_exact() -> None:
    """1,000 in and 200 out at 2 and 8 USD cost 0.0036: 730 and 1,460 requests are 7.884 USD."""
    told = answer(by_the_token(on_demand()), workload(1, name="a"), workload(2, name="b"))
    assert [row.usd_per_month for row in told.workloads] == [Decimal("2.63"), Decimal("5.26")]
    assert told.usd_per_month_single == Decimal("7.88")
    assert [(s.name, s.workloads, s.usd_per_month) for s in told.by_provider] == [
        ("azure", 2, Decimal("7.88"))
    ]
    assert [s.name for s in told.by_model] == [MODEL]


def test_each_is_served_as_if_it_stood_alone() -> None:
    """A portfolio's plan of a workload is the one that is recommended for it."""
    stock = by_the_token(on_demand(), provisioned(), hourly=[unit_hour("0.1")], facts=[fact()])
    for load in (workload(7), workload(), workload(profile=TOKYO)):
        alone = recommend(load, stock).recommended
        (row,) = answer(stock, load).workloads
        assert alone is not None
        assert (row.recommended, row.usd_per_month) == (alone.id, alone.usd_per_month.high)


def test_units_for_two_hours_a_day_are_not_overlooked() -> None:
    """Units by the hour beside payment by the token may run a few hours: they are planned."""
    stock = by_the_token(on_demand(), provisioned(), hourly=[unit_hour("0.3")], facts=[fact()])
    load = workload(150, profile=bursty(Fraction(10)))
    best, first = Weighing(load, stock).best(), Weighing(load, stock).weigh().served[0]
    assert best is not None
    assert choice_id(best) == choice_id(first)
    assert choice_id(best).endswith("GlobalProvisionedManaged/gpt-4.1+GlobalStandard")


def test_what_fits_nothing_says_why() -> None:
    """No way is within Japan: the row has the reason and no cost."""
    told = answer(by_the_token(on_demand()), workload(1, name="a", boundary="jp"))
    (row,) = told.workloads
    assert (row.recommended, row.usd_per_month, told.fits, told.fits_none) == (None, None, 0, 1)
    assert "it may process anywhere, asked for jp" in row.reasons


def draw(free: int, *loads: Workload) -> Any:
    """What some take of one quota of so many thousand tokens per minute."""
    stock = by_the_token(
        on_demand(quota_names=(POOL,), tokens_per_minute_per_unit=1000),
        quota("swedencentral", name=POOL, limit=free, used=0),
    )
    (found,) = answer(stock, *loads).quota
    return found


def test_peaks_are_summed_hour_by_hour() -> None:
    """600 requests a minute of 1,200 tokens by day here and there: 720 thousand, not 1,440."""
    loads = [workload(name=str(n), profile=p) for n, p in enumerate((TOKYO, NEW_YORK))]
    found = draw(1000, *loads)
    assert (found.peak_tokens_per_minute, found.peak_requests_per_minute) == (720_000, 600)
    assert found.peak_on_peak_tokens_per_minute == 1_440_000
    assert (found.verdict, found.step) == ("enough", None)
    assert found.quota_names == (POOL,)


def test_a_quota_that_is_too_small_for_all_says_how_much_to_ask_for() -> None:
    """Each fits 1,000 thousand tokens a minute, both together need 440 thousand more."""
    found = draw(1000, workload(name="a"), workload(name="b"))
    assert (found.verdict, found.step) == (
        "not enough",
        "ask for 440,000 TPM more in swedencentral",
    )
    assert found.workloads == ("a", "b")


def test_a_quota_that_nobody_told_is_unknown() -> None:
    """Without an account the need is told, and nothing is said of what is free."""
    told = answer(by_the_token(on_demand()), workload(name="a"), workload(name="b"))
    (found,) = told.quota
    assert (found.verdict, found.free_tokens_per_minute) == ("unknown", None)
    assert found.deployment_types == ("GlobalStandard",)


def test_what_waits_is_summed_over_the_day() -> None:
    """600 a minute by day in Tokyo, and 600 that wait: 225 + 600 over the day beat 600 at once."""
    loads = [
        workload(name="at-once", profile=TOKYO),
        workload(name="waits", batch_share=Fraction(1)),
    ]
    found = draw(1000, *loads)
    assert found.peak_requests_per_minute == 825
    assert (found.peak_tokens_per_minute, found.verdict) == (990_000, "enough")
    assert draw(720, *loads).step == "ask for 270,000 TPM more in swedencentral"


def machines(free: int | None) -> Supply:
    """Machines of 40 vCPUs, of a family of which so many vCPUs are free."""
    told = [] if free is None else [quota("swedencentral", name="NCads", limit=free, used=0)]
    return supply(
        *told,
        hourly=[machine_hour("2", "M"), machine_hour("4", "L")],
        machines=[
            instance("M", vcpus=40, quota_family="NC ads"),
            instance("L", 4, vcpus=160, quota_family="NC ads"),
        ],
        forecaster=steady(1000),
        open_models={LLAMA: LLAMA},
    )


def two_machines(name: str, **fields: Any) -> Workload:
    """One that fills 0.4 of a machine, and has another for failures: they share none, growing."""
    return workload(7200, name=name, models=(LLAMA,), horizon_months=12, **fields)


@pytest.mark.parametrize(
    ("free", "verdict", "step"),
    [
        (None, "unknown", None),
        (160, "enough", None),
        (120, "not enough", "ask for 40 vCPUs more of NC ads in swedencentral"),
    ],
)
def test_vcpus_are_summed_by_family(free: int | None, verdict: str, step: str | None) -> None:
    """Two machines of 40 vCPUs each for two that share none: 160, whatever the quota says."""
    loads = [two_machines("a"), two_machines("b", growth_per_month=Fraction(1, 100))]
    told = answer(machines(free), *loads)
    assert told.pools == ()
    (found,) = told.quota
    assert (found.peak_vcpus, found.peak_units, found.free_vcpus) == (160, None, free)
    assert (found.quota_names, found.workloads) == (("NC ads",), ("a", "b"))
    assert (found.verdict, found.step) == (verdict, step)


def test_a_pool_of_machines_draws_on_a_family_once() -> None:
    """Together they run on two machines, 80 vCPUs."""
    (found,) = answer(machines(None), two_machines("a"), two_machines("b")).quota
    assert (found.peak_vcpus, found.workloads) == (80, ("a", "b"))


BATCHES = "OpenAI.GlobalBatch.gpt-4.1"


@pytest.mark.parametrize(
    ("free", "verdict", "step"),
    [
        (None, "unknown", None),
        (100, "enough", None),
        (
            80,
            "not enough",
            "ask for 6,400,000 enqueued tokens more in swedencentral, or send what waits in parts",
        ),
    ],
)
def test_tokens_of_batches_are_summed(free: int | None, verdict: str, step: str | None) -> None:
    """1,800 requests an hour of 1,000 tokens in wait for each of two: 86.4 million a day."""
    told = [] if free is None else [quota("swedencentral", name=BATCHES, limit=free * 1000, used=0)]
    stock = supply(
        on_demand(),
        batch(quota_names=(BATCHES,), unit="enqueued kilotoken"),
        *told,
        usage=[
            tokens("input", "2"),
            tokens("output", "8"),
            tokens("input", "1", deployment_type="GlobalBatch"),
            tokens("output", "4", deployment_type="GlobalBatch"),
        ],
    )
    loads = [workload(3600, name=name, batch_share=Fraction(1, 2)) for name in ("a", "b")]
    found, by_minute = answer(stock, *loads).quota
    assert by_minute.peak_requests_per_minute == 60
    assert (found.peak_enqueued_tokens, found.deployment_types) == (86_400_000, ("GlobalBatch",))
    assert found.free_enqueued_tokens == (None if free is None else free * 1_000_000)
    assert (found.verdict, found.step) == (verdict, step)


def test_a_row_has_the_risks_that_its_choice_has_alone() -> None:
    """In the same words, and in a word or two each; what fits nothing has none."""
    stock = by_the_token(on_demand(retirement_dates=(retires("2025-11-20"),)))
    first, second = answer(stock, workload(1), workload(1, boundary="jp")).workloads
    alone = recommend(workload(1), stock).recommended
    assert alone is not None
    assert first.risks == alone.risks
    assert first.risk_kinds == ("retires", "quota unknown")
    assert (second.risks, second.risk_kinds) == ((), ())


def test_one_whose_units_are_full_shares_them_with_those_that_pay_a_minimum() -> None:
    """360 units are full; beside 5 of which no fewer than 50 are sold they are 365."""
    stock = supply(
        provisioned(),
        hourly=[unit_hour("0.3", "1_month")],
        facts=[fact(minimum=50, step=5)],
    )
    told = answer(stock, workload(36_000, name="full"), workload(500, name="small"))
    assert [pool.units for pool in told.pools] == [365]
    assert told.saves == Decimal(45 * 219)
