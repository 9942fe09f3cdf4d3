"""Claims about what else would win: at other volumes and shares, and under other assumptions."""

from decimal import Decimal
from fractions import Fraction

from planner.core.offered import Supply
from planner.core.outlook import by_input_share, by_volume
from planner.core.profiles import flat
from planner.core.recommend import recommend
from planner.core.swings import swings
from planner.core.weighing import Weighing
from planner.core.workload import Lengths, Workload
from tests.builders import quota
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

USAGE = [tokens("input", "2"), tokens("output", "8")]
LLAMA = {"gpt-4.1": "llama-3.1-8b"}


def units_and_tokens() -> Supply:
    """GlobalStandard at 2 and 8 dollars, and units by the month that are worth 83% of theirs."""
    return supply(
        on_demand(), provisioned(),
        usage=USAGE, hourly=[unit_hour("0.3", "1_month")], facts=[fact()],
    )  # fmt: skip


def weighing(load: Workload, of: Supply) -> Weighing:
    """A workload against a supply."""
    return Weighing(load, of)


def test_the_winner_changes_where_the_smallest_count_pays() -> None:
    """15 units at 219 dollars are 3,285: as much as 912,500 requests at 0.0036."""
    first, second, *_ = by_volume(weighing(workload(), units_and_tokens()))
    assert (first.id.split("/")[2], second.id.split("/")[2]) == (
        "GlobalStandard",
        "GlobalProvisionedManaged",
    )
    assert first.to == second.from_
    assert abs(second.from_ - 912_500) < 10_000
    assert abs(second.usd_per_month - Decimal(3285)) < 40


def test_each_stretch_costs_what_its_start_costs() -> None:
    """The sum beside a volume is what the recommendation for that volume comes to."""
    load, of = workload(), units_and_tokens()
    for stretch in by_volume(weighing(load, of)):
        there = load.scaled(Fraction(stretch.from_) / load.requests_per_month)
        best = weighing(there, of).best()
        assert best is not None
        assert abs(float(best.usd_per_month) / float(stretch.usd_per_month) - 1) < 0.02


def test_a_volume_at_which_nothing_fits_ends_the_axis() -> None:
    """A quota of 800,000 tokens a minute holds 11% more than the load."""
    of = supply(
        on_demand(quota_names=("Q",), tokens_per_minute_per_unit=1000),
        quota("swedencentral", limit=800, used=0, name="Q"),
        usage=USAGE,
    )
    (only,) = by_volume(weighing(workload(), of))
    assert only.to is not None
    assert abs(only.to / 29_200_000 - 1) < 0.02


def test_at_its_own_share_the_workload_is_itself() -> None:
    """Portions and max_tokens count where the share is the workload's own."""
    load = workload(max_tokens=4000)
    load = Workload(**{
        name: getattr(load, name) for name in load.__struct_fields__ if name != "input"
    }, input=Lengths.of(1000, 2000))  # fmt: skip
    of = units_and_tokens()
    stretches = by_input_share(weighing(load, of))
    own = [s for s in stretches if s.from_ <= 0.834 and (s.to is None or s.to >= 0.83)]
    best = weighing(load, of).best()
    assert best is not None
    assert best.plan.way.what in {s.choice.what for s in own}


def test_the_smallest_change_that_flips_the_answer_comes_first() -> None:
    """Units at 219 dollars and 262.80 of tokens: 20% dearer units, 17% cheaper tokens."""
    load, of = workload(), units_and_tokens()
    best = weighing(load, of).best()
    assert best is not None
    found = {one.assumption: one for one in swings(weighing(load, of), best)}
    assert found["price of GlobalProvisionedManaged"].told == "+20.0%"
    assert (found["price of tokens"].told, found["price of tokens"].factor) == ("-16.8%", 0.832)
    assert found["price of machines"].factor is None
    order = [one.factor for one in swings(weighing(load, of), best) if one.factor is not None]
    sizes = [max(f, 1 / f) for f in order]
    assert sizes == sorted(sizes)


def test_a_change_after_which_nothing_fits_is_a_change() -> None:
    """11% more traffic is beyond the quota, and nothing else serves."""
    of = supply(
        on_demand(quota_names=("Q",), tokens_per_minute_per_unit=1000),
        quota("swedencentral", limit=800, used=0, name="Q"),
        usage=USAGE,
    )
    load = workload()
    best = weighing(load, of).best()
    assert best is not None
    traffic = [one for one in swings(weighing(load, of), best) if one.assumption == "traffic"]
    assert (traffic[0].winner, traffic[0].told) == (None, "+11.2%: nothing fits then")


def test_one_machines_price_does_not_hide_the_next() -> None:
    """Two machines alike at 5.00 and 5.05: dearer machines are dearer together."""
    load = workload(3_600_000)
    of = supply(
        on_demand(),
        usage=USAGE,
        hourly=[machine_hour("5", "x"), machine_hour("5.05", "y")],
        machines=[instance("x"), instance("y")],
        open_models=LLAMA,
    )
    best = weighing(load, of).best()
    assert best is not None
    assert best.plan.way.what == "x"
    assert "price of x" not in {one.assumption for one in swings(weighing(load, of), best)}


def test_eighteen_months_take_two_years_of_units() -> None:
    """Terms are paid whole: 24 x 73 dollars a unit over 18 months, and 12 over 12."""
    of = supply(
        provisioned(), usage=USAGE, hourly=[unit_hour("0.1", "1_year")], facts=[fact()]
    )  # fmt: skip
    for months, usd in ((12, 360 * 73), (18, 360 * 73 * 24 / 18), (24, 360 * 73)):
        best = weighing(workload(horizon_months=months), of).best()
        assert best is not None
        assert float(best.usd_per_month) == usd


def test_a_quota_too_small_for_all_takes_what_spills_over() -> None:
    """500,000 tokens a minute are no answer alone, but enough beside units."""
    of = supply(
        on_demand(quota_names=("Q",), tokens_per_minute_per_unit=1000),
        provisioned(),
        quota("swedencentral", limit=500, used=0, name="Q"),
        usage=USAGE,
        hourly=[unit_hour("0.9", "1_month")],
        facts=[fact()],
    )
    best = weighing(workload(), of).best()
    assert best is not None
    assert best.plan.overflow is not None
    assert best.plan.running is not None
    # At least 220,000 of 720,000 tokens a minute: 110 of 360 units.
    assert best.plan.running.reserved == 110


def test_a_machine_is_taken_where_its_quota_lets_it_run() -> None:
    """The cheapest region has no vCPU left; the next one has."""
    machines = [instance("x", vcpus=24, quota_family="Family")]
    of = supply(
        quota(limit=0, used=0, name="Family", region="swedencentral"),
        quota(limit=4000, used=0, name="Family", region="eastus2"),
        on_demand(),
        hourly=[
            machine_hour("5", "x"),
            machine_hour("5.1", "x", regions=("eastus2",)),
        ],
        machines=machines,
        open_models=LLAMA,
    )
    best = weighing(workload(), of).best()
    assert best is not None
    assert (best.plan.way.region, best.plan.way.standing.free_units) == ("eastus2", 166)


def test_a_sharper_minute_costs_units_by_the_hour_too() -> None:
    """Ten times the mean within a minute: 3,600 units for every hour, not for the minute."""
    of = supply(provisioned(), hourly=[unit_hour("1")], facts=[fact()])
    load = workload(profile=flat(Fraction(10)))
    answer = recommend(load, of)
    assert answer.recommended is not None
    assert answer.recommended.usd_per_month.high == 3600 * 730


def test_a_quota_is_a_constraint_that_can_be_eased() -> None:
    """Within its boundary one offer serves, but for its quota: both are named."""
    of = supply(
        on_demand(boundary="se", quota_names=("Q",), tokens_per_minute_per_unit=1000),
        quota("swedencentral", limit=100, used=0, name="Q"),
        on_demand("eastus2"),
        usage=USAGE,
    )
    answer = recommend(workload(boundary="eu"), of)
    assert answer.recommended is None
    assert answer.conflicts[0] == ("boundary eu and quota of your accounts contradict each other")
    eased = recommend(workload(boundary="eu", ignore_quota=True), of)
    assert eased.recommended is not None
    assert "quota and capacity are taken to be there" in eased.recommended.risks


def test_any_tier_weighs_all_of_them() -> None:
    """Flex is cheaper, priority dearer; what has no tiers stands there once."""
    of = supply(
        on_demand(), provisioned(),
        usage=[
            *USAGE,
            tokens("input", "1", tier="flex"), tokens("output", "4", tier="flex"),
            tokens("input", "3.5", tier="priority"), tokens("output", "14", tier="priority"),
        ],
        hourly=[unit_hour("1")], facts=[fact()],
    )  # fmt: skip
    told = [
        (one.plan.way.what, one.plan.way.tier, float(one.usd_per_month))
        for one in weighing(workload(tier="any"), of).weigh().served
    ]
    assert told == [
        ("GlobalStandard", "flex", 47_304),
        ("GlobalStandard", "default", 94_608),
        ("GlobalStandard", "priority", 165_564),
        ("GlobalProvisionedManaged", "default", 262_800),
    ]
