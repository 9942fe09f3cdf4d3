"""Claims about what a quota has to leave free where requests may wait, and for batches."""

from fractions import Fraction
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.offered import Supply
from planner.core.profiles import TrafficProfile, bursty, business_hours, flat, night_batch
from planner.core.quota_needs import enqueued_tokens, needed_of
from planner.core.recommend import recommend
from planner.core.recommend_answer import Choice, Recommendation
from planner.core.weighing import Weighing
from planner.core.workload import Workload
from tests.builders import quota
from tests.supplied import batch, on_demand, supply, tokens, workload

POOL = "OpenAI.GlobalStandard.gpt-4.1"
BATCHES = "OpenAI.GlobalBatch.gpt-4.1"


def market(*records: Any, free: int, batches: str | None = None) -> Supply:
    """gpt-4.1 by the token with so many thousand tokens per minute free.

    In `batches` input costs so many dollars per million tokens, output four times as much.
    """
    usage = [tokens("input", "2"), tokens("output", "8")]
    if batches is not None:
        usd = {"input": batches, "output": str(4 * int(batches))}
        usage += [tokens(each, usd[each], deployment_type="GlobalBatch") for each in usd]
    return supply(
        on_demand(quota_names=(POOL,), tokens_per_minute_per_unit=1000),
        quota("swedencentral", name=POOL, limit=free, used=0),
        *records,
        usage=usage,
    )


def best(load: Workload, of: Supply) -> Choice:
    """What is recommended."""
    found = recommend(load, of, outlook=False).recommended
    assert found is not None
    return found


def half_waits(**fields: Any) -> Workload:
    """600 requests a minute of 1,200 tokens, half of which may wait."""
    return workload(batch_share=Fraction(1, 2), **fields)


@pytest.mark.parametrize(
    ("share", "profile", "requests"),
    [
        (1, flat(), 600),  # all of it, evenly
        (1, business_hours(), 225),  # nine hours of work over twenty-four
        (Fraction(9, 10), business_hours(), 225),  # 60 at once at the peak
        (Fraction(1, 2), business_hours(), 300),  # the peak of what is answered at once
        (Fraction(1, 2), flat(Fraction(3)), 900),
        (0, business_hours(), 600),
    ],
)
def test_what_waits_takes_what_the_peak_leaves_free(
    share: Fraction | int, profile: TrafficProfile, requests: int
) -> None:
    """The need is the larger of the peak at once and of the mean of the busiest day."""
    load = workload(batch_share=Fraction(share), profile=profile)
    needed = needed_of(load, "azure", "gpt-4.1", with_waiting=True)
    assert needed.requests_per_minute == requests
    assert needed.tokens_per_minute == requests * 1200


PROFILES = [flat(), flat(Fraction(3)), business_hours(), night_batch(), bursty(Fraction(6))]
shares = st.integers(0, 10).map(lambda n: Fraction(n, 10))


def spare_minutes(load: Workload, quota_of: Fraction) -> list[Fraction]:
    """What a quota by the minute leaves free on each day, less what waits on that day."""
    profile, at_once = load.profile, 1 - load.batch_share
    left = []
    for start in range(0, 168, 24):
        room = Fraction()
        for weight in profile.weights[start : start + 24]:
            mean = load.requests_per_hour * weight / 60
            peak, rest = (mean * at_once * n for n in (profile.peak_minute_factor, 1))
            rest = (60 * rest - peak) / 59
            assert quota_of >= max(peak, rest)
            room += 60 * quota_of - peak - 59 * rest - 60 * mean * load.batch_share
        left.append(room)
    return left


@given(st.sampled_from(PROFILES), shares)
def test_the_need_is_enough_for_every_minute_and_every_day(
    profile: TrafficProfile, share: Fraction
) -> None:
    """Walked minute by minute nothing is left waiting; with less the peak or a day would lack."""
    load = workload(profile=profile, batch_share=share)
    need = needed_of(load, "azure", "gpt-4.1", with_waiting=True).requests_per_minute
    assert min(spare_minutes(load, need)) >= 0
    assert min(spare_minutes(load, need)) == 0 or need == load.peak_requests_per_minute


@given(st.sampled_from(PROFILES), shares, shares)
def test_more_that_waits_never_needs_more_quota(
    profile: TrafficProfile, one: Fraction, other: Fraction
) -> None:
    """And never less than what is answered at once."""
    few, many = (
        needed_of(
            workload(profile=profile, batch_share=share), "azure", "gpt-4.1", with_waiting=True
        )
        for share in sorted((one, other))
    )
    assert few.tokens_per_minute >= many.tokens_per_minute
    least = needed_of(workload(profile=profile, batch_share=max(one, other)), "azure", "gpt-4.1")
    assert many.tokens_per_minute >= least.tokens_per_minute


@pytest.mark.parametrize("share", [Fraction(1), Fraction(9, 10)])
def test_a_small_quota_does_not_serve_what_waits_where_no_batch_is_sold(share: Fraction) -> None:
    """1,000 TPM are no home for 26 million requests a month: it says what to ask for."""
    answer: Recommendation = recommend(workload(batch_share=share), market(free=1), outlook=False)
    assert answer.recommended is None
    no, *_ = answer.rejected
    assert no.reasons == (
        "1,000 tokens per minute free, what may wait, over the busiest day, needs 720,000",
    )
    assert no.steps == ("ask for 719,000 TPM more in swedencentral",)


def test_what_waits_counts_in_the_room_that_is_left() -> None:
    """Of 720,000 the peak takes half, what waits the other half: one more request is too much."""
    choice = best(half_waits(), market(free=720))
    assert (choice.batch_to, choice.headroom) == (None, 0.0)
    assert choice.binds == "720,000 tokens per minute"
    assert choice.peak_tokens_per_minute == 720_000


def test_a_batch_deployment_has_a_quota_of_its_own() -> None:
    """Half of the quota is enough for what is answered at once, where batches take the rest."""
    choice = best(half_waits(), market(batch(), free=360, batches="1"))
    assert choice.batch_to is not None
    assert (choice.peak_tokens_per_minute, choice.headroom) == (360_000, 0.0)


def test_a_dearer_batch_takes_what_a_quota_does_not() -> None:
    """At four times the price batches are taken only where the quota has no room for all."""
    for free, batched in ((360, True), (720, False)):
        choice = best(half_waits(), market(batch(), free=free, batches="8"))
        assert (choice.batch_to is not None) is batched


def test_an_unknown_batch_quota_is_a_risk_and_no_obstacle() -> None:
    """18,000 requests an hour wait, 432 million tokens of prompts a day."""
    assert enqueued_tokens(half_waits()) == 432_000_000
    choice = best(half_waits(), market(batch(), free=360, batches="1"))
    assert (
        "GlobalBatch: how much may stand in batches of GlobalBatch is not known; prompts of "
        "432,000,000 tokens wait on the busiest day"
    ) in choice.risks
    assert "planner collect azure: read your own quota" in choice.steps


def test_a_batch_quota_that_is_told_says_what_to_ask_for() -> None:
    """Of 432 million tokens a day 400 may be enqueued at once: in parts, or 32 more."""
    names: dict[str, Any] = {"quota_names": (BATCHES,), "unit": "enqueued kilotoken"}
    told = quota("swedencentral", name=BATCHES, limit=400_000, used=0)
    choice = best(half_waits(), market(batch(**names), told, free=360, batches="1"))
    assert choice.batch_to is not None
    assert (
        "GlobalBatch: 400,000,000 enqueued tokens of GlobalBatch are free, prompts of 432,000,000 "
        "tokens wait on the busiest day: send parts"
    ) in choice.risks
    assert choice.steps == ("ask for 32,000,000 enqueued tokens more in swedencentral",)
    large = quota("swedencentral", name=BATCHES, limit=432_000, used=0)
    enough = best(half_waits(), market(batch(**names), large, free=360, batches="1"))
    assert (enough.steps, [risk for risk in enough.risks if "enqueued" in risk]) == ((), [])


limited = cache(
    lambda free, usd: market(*([batch()] if usd else []), free=free, batches=usd)
)  # thousand tokens a minute, and what batches cost


@given(
    st.sampled_from(PROFILES),
    shares,
    st.sampled_from([100, 300, 720, 1500]),
    st.sampled_from([None, "1", "8"]),
)
@settings(deadline=None, max_examples=25)
def test_what_serves_at_once_serves_no_dearer_where_some_may_wait(
    profile: TrafficProfile, share: Fraction, free: int, usd: str | None
) -> None:
    """Whatever the quota, with cheap batches, with dear ones and without."""
    of = limited(free, usd)
    at_once, waits = (
        Weighing(workload(profile=profile, batch_share=b), of).best() for b in (Fraction(), share)
    )
    if at_once is not None:
        assert waits is not None
        assert waits.usd_per_month <= at_once.usd_per_month
