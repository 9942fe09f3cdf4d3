"""Claims about which region stands for others: none hides another that is better at anything."""

from fractions import Fraction

import msgspec

from planner.core.offers import Scope
from planner.core.profiles import bursty
from planner.core.recommend import recommend
from tests.builders import quota
from tests.supplied import fact, on_demand, provisioned, supply, tokens, unit_hour, workload

SMALL = workload(2000)
"""100,000 input tokens a minute at most: 20 PTU carry it."""


def bills(*records: object, **known: object) -> dict[str, str]:
    """What each choice costs a month, by its id without what all have in common."""
    answer = recommend(SMALL, supply(*records, **known), outlook=False)  # type: ignore[arg-type]
    choices = [answer.recommended, *answer.alternatives]
    return {
        c.id.removeprefix("provisioned:azure/").replace("/GlobalProvisionedManaged/gpt-4.1", ""): (
            str(c.usd_per_month.high)
        )
        for c in choices
        if c is not None
    }


def test_a_region_that_sells_fewer_units_at_once_is_not_hidden() -> None:
    """At one price 25 units and 50 units: the region of 25 costs half and covers the other."""
    found = bills(
        provisioned("aaa", units_minimum=50, units_step=50),
        provisioned("zzz", units_minimum=25, units_step=25),
        hourly=[unit_hour("0.3")],
        facts=[fact()],
    )
    assert found == {"zzz": "5475.00"}


def test_regions_whose_counts_differ_both_stand() -> None:
    """From 30 in steps of 10, or 25 in steps of 25: neither has every count of the other."""
    found = bills(
        provisioned("aaa", units_minimum=30, units_step=10),
        provisioned("zzz", units_minimum=25, units_step=25),
        hourly=[unit_hour("0.3")],
        facts=[fact()],
    )
    assert found == {"zzz": "5475.00", "aaa": "6570.00"}


def test_a_region_with_the_cheaper_year_does_not_hide_the_cheaper_hour() -> None:
    """aaa: 0.40 by the hour, 0.10 for a year; bbb: 0.30 and 0.20; 20 units, 730 hours."""
    found = bills(
        provisioned("aaa"),
        provisioned("bbb"),
        hourly=[
            unit_hour("0.4", regions=("aaa",)),
            unit_hour("0.1", "1_year", regions=("aaa",)),
            unit_hour("0.3", regions=("bbb",)),
            unit_hour("0.2", "1_year", regions=("bbb",)),
        ],
        facts=[fact()],
    )
    assert found == {
        "aaa:1_year": "1460.00",
        "bbb:1_year": "2920.00",
        "bbb": "4380.00",
        "aaa": "5840.00",
    }


def test_a_region_dearer_at_every_term_is_left_out() -> None:
    """What costs more by the hour and by the year, in the same counts, is no choice."""
    found = bills(
        provisioned("aaa"),
        provisioned("bbb"),
        hourly=[
            unit_hour("0.4", regions=("aaa",)),
            unit_hour("0.3", "1_year", regions=("aaa",)),
            unit_hour("0.3", regions=("bbb",)),
            unit_hour("0.2", "1_year", regions=("bbb",)),
        ],
        facts=[fact()],
    )
    assert found == {"bbb:1_year": "2920.00", "bbb": "4380.00"}


def test_of_equal_regions_one_whose_price_a_row_names_comes_first() -> None:
    """The first by name shares the zone's price, swedencentral has a row of its own."""
    zone = {"scope": Scope.GLOBAL, "version": "2025-04-14"}
    answer = recommend(
        SMALL,
        supply(
            on_demand("francecentral", **zone),
            on_demand("swedencentral", **zone),
            usage=[
                tokens(charge, usd, regions=("swedencentral",))
                for charge, usd in (("input", "2"), ("output", "8"))
            ],
        ),
        outlook=False,
    )
    assert answer.recommended is not None
    assert (answer.recommended.region, answer.recommended.also_in) == (
        "swedencentral",
        ("francecentral",),
    )


def test_a_global_price_is_no_doubt_and_a_zones_is_one() -> None:
    """Of one row in swedencentral: everywhere alike by a global type, told as borrowed by a zone's.

    Both ways are in francecentral, which no row names.
    """
    told = "its price is that of swedencentral, no row names the region"
    risks = {}
    for scope in (Scope.GLOBAL, Scope.GEOGRAPHIC):
        known = supply(
            on_demand("francecentral", scope=scope),
            usage=[
                tokens(charge, usd, regions=("swedencentral",))
                for charge, usd in (("input", "2"), ("output", "8"))
            ],
            zone=("francecentral", "swedencentral"),
        )
        best = recommend(SMALL, known, outlook=False).recommended
        assert best is not None
        risks[scope] = told in best.risks
    assert risks == {Scope.GLOBAL: False, Scope.GEOGRAPHIC: True}


def test_a_larger_quota_is_not_hidden_by_a_smaller_one() -> None:
    """Of 100 and 1,000 thousand tokens a minute the larger takes the overflow: 300 PTU, not 750.

    The busiest hours have eight times the mean; neither quota takes all of them.
    """
    limits = {"aaa": 100, "zzz": 1000}
    pooled = {"quota_names": ("TPM",), "tokens_per_minute_per_unit": 1000}
    known = supply(
        *(on_demand(region, **pooled) for region in limits),
        *(quota(region, name="TPM", limit=most, used=0) for region, most in limits.items()),
        provisioned(),
        usage=[tokens("input", "2"), tokens("output", "8")],
        hourly=[unit_hour("0.3", "1_month")],
        facts=[fact()],
    )
    best = recommend(workload(10_000, profile=bursty(Fraction(8))), known, outlook=False)
    assert best.recommended is not None
    assert best.recommended.units is not None
    assert best.recommended.units.reserved == 300
    assert str(best.recommended.usd_per_month.high) == "76650.00"
    assert best.recommended.overflow_to == "on_demand:azure/zzz/GlobalStandard/gpt-4.1"


def test_of_hosted_regions_the_smaller_fee_wins() -> None:
    """At one price by the token: a fee of 1 dollar for 730 hours and 5.26 for tokens, not of 3."""
    model = "llama-3.1-8b"
    fees = [
        unit_hour(
            usd, item="hosting", name=model, unit="hour", deployment_type="GlobalStandard",
            regions=(region,),
        )
        for region, usd in (("aaa", "3"), ("zzz", "1"))
    ]  # fmt: skip
    known = supply(
        *(on_demand(region, model=model, version="1") for region in ("aaa", "zzz")),
        usage=[tokens("input", "6", model=model), tokens("output", "6", model=model)],
        hourly=[msgspec.structs.replace(fee, model=model) for fee in fees],
    )
    answer = recommend(workload(1, models=(model,)), known, outlook=False)
    assert answer.recommended is not None
    assert (answer.recommended.region, str(answer.recommended.usd_per_month.high)) == (
        "zzz",
        "735.26",
    )
    assert answer.alternatives == ()
