"""Claims about which workloads share which units: against every grouping of a few, and laws."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.offered import Supply
from planner.core.offers import Scope
from planner.core.pool_places import Sharer
from planner.core.pool_plans import pool_plan
from planner.core.pooling import Pooling
from planner.core.portfolio import single
from planner.core.profiles import bursty, business_hours, flat, night_batch
from planner.core.sharing import Meeting, Shareable, meetings, needs, shape_of, together
from planner.core.workload import Workload
from tests.supplied import (
    MODEL,
    fact,
    instance,
    machine_hour,
    provisioned,
    steady,
    supply,
    unit_hour,
    workload,
)

LLAMA = "llama-3.1-8b"
REGIONAL = "ProvisionedManaged"
Groups = tuple[tuple[int, ...], ...]


@cache
def market() -> Supply:
    """Units anywhere and in two regions, and two machines whose prices differ by region."""
    places = {"swedencentral": "se", "eastus2": "us"}
    return supply(
        provisioned(),
        *(
            provisioned(at, deployment_type=REGIONAL, scope=Scope.REGIONAL, boundary=country)
            for at, country in places.items()
        ),
        hourly=[
            unit_hour("1"),
            unit_hour("0.36", "1_month"),
            unit_hour("1.1", deployment_type=REGIONAL),
            machine_hour("4", "small"),
            machine_hour("2.5", "small", "1_year"),
            machine_hour("3.8", "small", regions=("eastus2",)),
            machine_hour("14", "large"),
        ],
        facts=[fact(), fact(deployment_type=REGIONAL, minimum=25, step=25)],
        machines=[instance("small"), instance("large", 4)],
        forecaster=steady(900, 1200, 1500),
        open_models={LLAMA: LLAMA},
        boundaries=places,
    )


loads = st.builds(
    workload,
    requests_per_hour=st.sampled_from([Fraction(n) for n in (50, 700, 3000, 7000, 15000)]),
    input_tokens=st.sampled_from([200, 1000, 3000]),
    output_tokens=st.sampled_from([50, 200, 800]),
    models=st.sampled_from([(MODEL,), (LLAMA,), (MODEL, LLAMA)]),
    profile=st.sampled_from([flat(), business_hours(), night_batch(), bursty(Fraction(6))]),
    boundary=st.sampled_from([None, None, "eu", "us"]),
    failures=st.integers(0, 2),
)


def sharers(of: Sequence[Workload]) -> dict[int, Sharer]:
    """Those that something serves, each with what it could share."""
    singles = [single(load, market()) for load in of]
    return {
        n: Sharer(workload=one.workload, usd=one.served.usd_per_month, shareables=one.shareables)
        for n, one in enumerate(singles)
        if one.served is not None
    }


def groupings(left: tuple[int, ...]) -> Iterator[Groups]:
    """Every way to put some into groups."""
    if not left:
        yield ()
        return
    first, *others = left
    for mask in range(2 ** len(others)):
        inside = tuple(n for bit, n in enumerate(others) if mask >> bit & 1)
        rest = tuple(n for n in others if n not in inside)
        yield from (((first, *inside), *groups) for groups in groupings(rest))


def saves(group: tuple[int, ...], each: Mapping[int, Sharer]) -> Fraction:
    """What a group saves at the place that is best for it; 0 where it had better not share."""
    at: dict[Meeting, list[Shareable]] = {}
    for n in group:
        for shared in each[n].shareables:
            for meeting in meetings(each[n].workload, shared):
                at.setdefault(meeting, []).append(shared)
    best = Fraction()
    for meeting, ways in at.items():
        if 1 < len(ways) == len(group):
            need = together(
                needs(shape_of(each[n].workload.profile), one.unit_hours)
                for n, one in zip(group, ways, strict=True)
            )
            plan = pool_plan(ways, meeting, need)
            alone = sum((each[n].usd for n in group), Fraction())
            beside = sum((one.beside_usd for one in ways), Fraction())
            if plan is not None:
                best = max(best, alone - plan.usd_per_month - beside)
    return best


@given(st.lists(loads, min_size=2, max_size=4))
@settings(deadline=None, max_examples=15)
def test_no_grouping_of_a_few_saves_more(of: list[Workload]) -> None:
    """Every way to group up to four, each group at its best place, saves no cent more."""
    each = sharers(of)
    worth = cache(lambda group: saves(group, each))
    most = max(
        sum((worth(group) for group in groups), Fraction()) for groups in groupings(tuple(each))
    )
    found = sum((pool.saves for pool in Pooling(each).pools()), Fraction())
    assert most - found < Fraction(1, 100) * max(1, len(each))


@given(st.lists(loads, min_size=6, max_size=8))
@settings(deadline=None, max_examples=10)
def test_of_more_each_is_in_one_pool_and_no_pair_would_save_more(of: list[Workload]) -> None:
    """All pools together save at least what the best pair would."""
    each = sharers(of)
    pools = Pooling(each).pools()
    members = [member.index for pool in pools for member in pool.members]
    assert len(members) == len(set(members))
    assert all(pool.saves >= Fraction(1, 100) for pool in pools)
    pair = max(
        (saves((n, other), each) for n in each for other in each if n < other), default=Fraction()
    )
    assert sum((pool.saves for pool in pools), Fraction()) > pair - Fraction(1, 100)


def test_a_place_of_other_prices_hides_no_better_one() -> None:
    """Two that need a machine each, and a spare: only in swedencentral a year is sold."""
    of = [
        workload(7000, 200, 200, models=(LLAMA,), profile=profile, name=str(n))
        for n, profile in enumerate((flat(), flat()))
    ]
    (pool,) = Pooling(sharers(of)).pools()
    assert (pool.meeting.region, pool.meeting.what) == ("swedencentral", "small")
