"""What holds of every recommendation: cheaper, dearer and equal, whatever the workload."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from itertools import permutations
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.choices import Telling
from planner.core.offered import Supply
from planner.core.offers import AnyRecord, Billing, Scope
from planner.core.price_rows import UsagePrice
from planner.core.profiles import bursty, business_hours, flat, night_batch
from planner.core.served import Served
from planner.core.weighing import Weighing
from planner.core.workload import Lengths, Portion, Workload
from tests.builders import lifecycle, quota, retires
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

LLAMA = "llama-3.1-8b"
BRIEFLY = settings(deadline=None, max_examples=20)
REGIONAL: dict[str, Any] = {
    "deployment_type": "Standard",
    "scope": Scope.REGIONAL,
    "boundary": "se",
}
OFFERS: tuple[AnyRecord, ...] = (
    on_demand(),
    on_demand(**REGIONAL),
    batch(),
    provisioned(),
    on_demand(model=LLAMA, version="1"),
)


def rates(model: str, usd: Sequence[str], **fields: Any) -> list[UsagePrice]:
    """The prices of input, cached input and output."""
    charges = ("input", "cached_input", "output")
    return [
        tokens(charge, each, model=model, **fields)
        for charge, each in zip(charges, usd, strict=True)
    ]


USAGE = [
    *rates(MODEL, ("2", "0.5", "8")),
    *rates(MODEL, ("2.2", "0.55", "8.8"), deployment_type="Standard"),
    *rates(MODEL, ("1", "0.5", "4"), deployment_type="GlobalBatch"),
    *rates(LLAMA, ("0.3", "0.3", "0.61")),
]
HOURLY = [
    unit_hour("1.00"),
    unit_hour("0.3562", "1_month", term_total_usd=Decimal(260)),
    unit_hour("0.3028", "1_year", term_total_usd=Decimal(2652)),
    machine_hour("4", "small"),
    machine_hour("2.5", "small", "1_year"),
    machine_hour("14", "large"),
    machine_hour("9", "large", "1_year"),
    machine_hour("3.5", "small", regions=("eastus2",)),
]
MACHINES = [instance("small"), instance("large", 4)]


CHEAP = [*HOURLY[1:], unit_hour("0.30"), unit_hour("0.10", "1_year")]
CHEAP = [row for row in CHEAP if row.term_total_usd != Decimal(2652)]


@cache
def market(
    *, tokens_too: bool = True, cheap: bool = False, free: int | None = None, turned: int = 0
) -> Supply:
    """Two models: by the token, in batches, by the unit for three terms, and on two machines.

    `cheap` units are worth buying for most loads, `free` is how many PTUs a quota leaves, `turned`
    an order of the offers.
    """
    offers: list[AnyRecord] = list(OFFERS)
    if free is not None:
        offers[3] = provisioned(quota_names=("PTU",))
    offers = list(list(permutations(offers))[turned])
    if not tokens_too:
        offers = [one for one in offers if one not in (OFFERS[0], OFFERS[1], OFFERS[4])]
    if free is not None:
        offers.append(quota("swedencentral", name="PTU", limit=free, used=0))
    return supply(
        *offers,
        usage=USAGE,
        hourly=CHEAP if cheap else HOURLY,
        facts=[fact()],
        machines=MACHINES,
        forecaster=steady(900, 1200, 1500),
        open_models={LLAMA: LLAMA},
        boundaries={"swedencentral": "se", "eastus2": "us"},
        round_trip=lambda start, end: 20 if start == end else 110,
    )


PROFILES = [
    flat(),
    business_hours(),
    business_hours(outside=Fraction(1, 10), peak_minute_factor=Fraction(3)),
    night_batch(),
    bursty(Fraction(6), peak_minute_factor=Fraction(2)),
]
shares = st.sampled_from([Fraction(n, 10) for n in (0, 1, 3, 5, 9)])


def loads(**fixed: st.SearchStrategy[Any]) -> st.SearchStrategy[Workload]:
    """Workloads of all sizes and shapes."""
    fields: dict[str, st.SearchStrategy[Any]] = {
        "requests_per_hour": st.integers(1, 400_000).map(Fraction),
        "input_tokens": st.integers(0, 4000),
        "output_tokens": st.integers(1, 2000),
        "models": st.sampled_from([(MODEL,), (LLAMA,), (MODEL, LLAMA)]),
        "cached_share": shares,
        "batch_share": shares,
        "profile": st.sampled_from(PROFILES),
        "failures": st.integers(0, 2),
        "start_up_minutes": st.sampled_from([Fraction(n) for n in (0, 10, 40, 60)]),
    } | fixed
    return st.builds(workload, **fields)


growing = st.sampled_from([(None, Fraction()), (6, Fraction(1, 10)), (14, Fraction(1, 20))])


def served(load: Workload, of: Supply) -> tuple[Served, ...]:
    """All that serves a workload, the cheapest first."""
    return Weighing(load, of).weigh().served


def cost(load: Workload, of: Supply) -> Fraction | None:
    """What the best costs a month; None where nothing serves."""
    return next((one.usd_per_month for one in served(load, of)), None)


def never_less(tighter: Fraction | None, looser: Fraction | None) -> bool:
    """Whether the tighter one costs as much or more, where nothing at all is the dearest."""
    return tighter is None or (looser is not None and tighter >= looser)


@given(loads(), growing, st.fractions(1, 40, max_denominator=7), st.booleans(), st.booleans())
@BRIEFLY
def test_more_traffic_never_costs_less(
    load: Workload,
    grown: tuple[int | None, Fraction],
    times: Fraction,
    by_tokens: bool,
    cheap: bool,
) -> None:
    """So many times the requests of one shape: the best costs as much or more."""
    months, growth = grown
    load = msgspec.structs.replace(load, horizon_months=months, growth_per_month=growth)
    of = market(tokens_too=by_tokens, cheap=cheap)
    assert never_less(cost(load.scaled(times), of), cost(load, of))


TIGHTER: list[dict[str, Any]] = [
    {"boundary": "eu"},
    {"boundary": "se"},
    {"boundary": "us"},
    {"boundary": "on-premises"},
    {"providers": ("azure",)},
    {"providers": ("bedrock",)},
    {"regions": ("swedencentral",)},
    {"from_region": "swedencentral", "latency_ms": 50.0},
    {"from_region": "swedencentral", "latency_ms": 1.0},
    {"ways": (Billing.SELF_HOSTED,)},
    {"ways": (Billing.PROVISIONED, Billing.ON_DEMAND)},
    {"failures": 3},
    {"quality": {MODEL: 0.9}, "minimum_quality": 0.8},
    {"max_tokens": 1_100_000},
    {"horizon_months": 3},
    {"horizon_months": 1},
]


@given(loads(), st.sampled_from(TIGHTER))
@BRIEFLY
def test_a_tighter_constraint_never_makes_it_cheaper(
    load: Workload, tighter: dict[str, Any]
) -> None:
    """A boundary, fewer providers, a shorter way, one more failure, a higher quality."""
    if "quality" in tighter:
        scores = {m: q for m, q in tighter["quality"].items() if m in load.models}
        tighter = tighter | {"quality": scores}
    narrow = msgspec.structs.replace(load, **tighter)
    assert never_less(cost(narrow, market()), cost(load, market()))


@given(loads(models=st.just((MODEL, LLAMA))), st.sampled_from([MODEL, LLAMA]))
@BRIEFLY
def test_fewer_models_are_never_cheaper(load: Workload, model: str) -> None:
    """Of two models the better one wins; each alone costs as much or more."""
    one = msgspec.structs.replace(load, models=(model,))
    assert never_less(cost(one, market()), cost(load, market()))


@given(loads(), st.integers(0, 500), st.integers(0, 500), st.booleans(), st.booleans())
@BRIEFLY
def test_more_units_to_be_had_never_cost_more(
    load: Workload, fewer: int, more: int, by_tokens: bool, cheap: bool
) -> None:
    """A larger quota of PTUs leaves every plan that a smaller one allows."""
    small = market(tokens_too=by_tokens, cheap=cheap, free=fewer)
    large = market(tokens_too=by_tokens, cheap=cheap, free=fewer + more)
    assert never_less(cost(load, small), cost(load, large))


@given(loads())
@BRIEFLY
def test_the_best_is_no_dearer_than_payment_by_the_token(load: Workload) -> None:
    """Where pay-as-you-go fits, with nothing deferred, it bounds the cost."""
    plain = load.requests_per_month * min(
        rate.usd_per_request(load)
        for model in load.models
        for way in Weighing(load, market()).ways(model).tokens
        if (rate := way.rates) is not None
    )
    best = cost(load, market())
    assert best is not None
    assert best <= plain


@cache
def ending() -> Supply:
    """The market in which gpt-4.1 ends in March, and llama replaces it."""
    end: dict[str, Any] = {"retirement_dates": (retires("2026-03-01"),)}
    return supply(
        on_demand(**end),
        batch(**end),
        provisioned(),
        on_demand(model=LLAMA, version="1"),
        lifecycle("2026-03-01", model=MODEL, version=None, replacement=LLAMA),
        usage=USAGE,
        hourly=CHEAP,
        facts=[fact()],
        machines=MACHINES,
        forecaster=steady(900, 1200, 1500),
        open_models={LLAMA: LLAMA},
    )


changing = st.sampled_from(
    [(None, Fraction()), (12, Fraction(1, 10)), (12, Fraction(-9, 10)), (24, Fraction(-1, 20))]
)


@given(
    loads(profile=st.sampled_from([*PROFILES, flat(Fraction(60))])),
    changing,
    st.sampled_from([ending, market, partial(market, tokens_too=False, cheap=True)]),
)
@settings(BRIEFLY, max_examples=40)
def test_the_quick_search_finds_the_first_of_all(
    load: Workload, changed: tuple[int | None, Fraction], of: Callable[[], Supply]
) -> None:
    """What is skipped as too dear would not have won, with growth, decline or a retirement."""
    months, growth = changed
    load = msgspec.structs.replace(load, horizon_months=months, growth_per_month=growth)
    weighing = Weighing(load, of())
    best, first = weighing.best(), next(iter(weighing.weigh().served), None)
    assert (best and (best.plan.way.id, best.usd_per_month)) == (
        first and (first.plan.way.id, first.usd_per_month)
    )


@given(loads(models=st.just((MODEL, LLAMA))), st.integers(0, 119))
@BRIEFLY
def test_order_does_not_matter(load: Workload, turned: int) -> None:
    """Models named, and offers listed, in another order: the same plans in the same order."""
    other = msgspec.structs.replace(load, models=(LLAMA, MODEL))

    def told(one: Workload, of: Supply) -> list[tuple[str, str | None, Fraction]]:
        return [(s.plan.way.id, s.plan.mode, s.usd_per_month) for s in served(one, of)]

    assert told(load, market()) == told(other, market(turned=turned))


@given(loads(), shares)
@BRIEFLY
def test_more_of_the_input_cached_never_costs_more(load: Workload, share: Fraction) -> None:
    """Where the cached price is no higher, and cached tokens weigh nothing on a unit."""
    more = msgspec.structs.replace(load, cached_share=max(load.cached_share, share))
    assert never_less(cost(load, market()), cost(more, market()))


@given(loads(batch_share=st.just(Fraction())), shares, st.booleans(), st.booleans())
@BRIEFLY
def test_what_may_wait_never_costs_more(
    load: Workload, share: Fraction, by_tokens: bool, cheap: bool
) -> None:
    """Requests that may wait could as well be answered at once."""
    of = market(tokens_too=by_tokens, cheap=cheap)
    waits = msgspec.structs.replace(load, batch_share=share)
    assert never_less(cost(load, of), cost(waits, of))


@given(loads(), st.sampled_from([Fraction(n) for n in (0, 10, 40)]))
@BRIEFLY
def test_a_quicker_start_never_costs_more(load: Workload, minutes: Fraction) -> None:
    """Machines that start sooner are paid for less."""
    slow = msgspec.structs.replace(load, start_up_minutes=Fraction(60))
    quick = msgspec.structs.replace(load, start_up_minutes=minutes)
    assert never_less(cost(slow, market()), cost(quick, market()))


@given(
    loads(),
    st.sampled_from([{}, {"egress": Decimal("12.34")}]),
    st.sampled_from([{}, {"staff": Decimal(5000)}]),
)
@BRIEFLY
def test_the_lines_of_a_bill_sum_to_it(
    load: Workload, side: dict[str, Decimal], hosting: dict[str, Decimal]
) -> None:
    """Each line is its quantity times its price, and they sum to the month, to a cent a line."""
    load = msgspec.structs.replace(load, side_costs=side, self_hosting_costs=hosting)
    weighing = Weighing(load, market())
    telling = Telling(load, market(), weighing.week)
    for one in weighing.weigh().served:
        choice = telling.choice(1, one, explain=False)
        lines = [line.usd_per_month for line in choice.bill]
        assert abs(sum(lines) - choice.usd_per_month.high) <= Decimal("0.01") * len(lines)
        for line in choice.bill:
            each = Decimal(str(line.quantity)) * line.usd_each
            assert abs(each - line.usd_per_month) <= Decimal("0.01") + each * Decimal("1e-9")
        money = choice.usd_per_month
        assert money.low <= money.mid <= money.high


@given(loads(input_tokens=st.just(500), models=st.just((LLAMA,))), st.integers(2, 5))
@BRIEFLY
def test_lengths_in_portions_cost_as_their_mean(load: Workload, parts: int) -> None:
    """Without a price tier for long prompts only the mean length counts."""
    even = Fraction(1, parts)
    lengths = [Fraction(1000 * n, parts - 1) for n in range(parts)]
    spread = Lengths(tuple(Portion(even, n) for n in lengths))
    assert cost(msgspec.structs.replace(load, input=spread), market()) == cost(load, market())
