"""Claims about prompts above a length from which on they cost more: billed, unknown, or told."""

from fractions import Fraction

from planner.core.recommend import recommend
from planner.core.recommend_answer import Recommendation
from planner.core.workload import Lengths, Portion, Workload
from tests.supplied import on_demand, supply, tokens, workload

SHORT = [tokens("input", "2"), tokens("output", "8")]
LONG = [
    tokens("input", "4", context_over_tokens=200_000),
    tokens("output", "12", context_over_tokens=200_000),
]
FLEX = [tokens("input", "1", tier="flex"), tokens("output", "4", tier="flex")]


def load(prompts: Lengths, **fields: object) -> Workload:
    """One request an hour with an answer of 1,000 tokens, in any tier."""
    return workload(1, 1, 1000, input=prompts, tier="any", **fields)


def answer(asked: Workload, *rows: object) -> Recommendation:
    """What GlobalStandard at these prices makes of it."""
    offer = on_demand(context_tokens=2_000_000)
    return recommend(asked, supply(offer, usage=rows), outlook=False)  # type: ignore[arg-type]


def bills(found: Recommendation) -> dict[str, str]:
    """What each tier costs a month."""
    choices = [found.recommended, *found.alternatives]
    return {c.tier: str(c.usd_per_month.high) for c in choices if c is not None}


def test_a_tier_without_a_price_of_longer_prompts_serves_none() -> None:
    """250,000 tokens in at 4 dollars and 1,000 out at 12: 730 x 1.012; flex has no such price."""
    found = answer(load(Lengths.of(250_000)), *SHORT, *LONG, *FLEX)
    assert bills(found) == {"default": "738.76"}
    assert ("no price of prompts over 200,000 tokens is known in the flex tier",) in [
        no.reasons for no in found.rejected
    ]


def test_it_serves_where_all_prompts_are_shorter() -> None:
    """200,000 tokens are not over 200,000: 730 x (0.2 + 0.004) in flex, twice that without."""
    found = answer(load(Lengths.of(200_000)), *SHORT, *LONG, *FLEX)
    assert bills(found) == {"flex": "148.92", "default": "297.84"}


def test_a_share_of_longer_prompts_is_billed_at_their_price() -> None:
    """Half of 1,000 tokens, half of 300,000: 730 x (0.01 + 1.212) / 2 in the usual tier."""
    prompts = Lengths(tuple(Portion(Fraction(1, 2), Fraction(n)) for n in (1000, 300_000)))
    assert bills(answer(load(prompts), *SHORT, *LONG, *FLEX)) == {"default": "446.03"}


def test_a_maximum_above_the_length_is_a_risk() -> None:
    """No share of prompts up to 900,000 tokens is told, so none is in the bill."""
    found = answer(load(Lengths.of(1000, maximum=900_000)), *SHORT, *LONG, *FLEX)
    assert found.recommended is not None
    assert found.recommended.tier == "flex"
    assert "what prompts over 200,000 tokens cost by GlobalStandard (flex) is unknown" in (
        found.recommended.risks
    )
    usual = found.alternatives[0]
    assert (
        "prompts over 200,000 tokens cost 4 / 12 USD per million; the workload tells no share of "
        "them, so the bill has none"
    ) in usual.risks


def test_cached_input_without_a_price_is_told_to_cost_as_other_input() -> None:
    """Nothing names what a cache read costs; without cached input nothing is said."""
    told = "no price of cached input is known: it is charged as other input"
    some = answer(load(Lengths.of(1000), cached_share=Fraction(1, 2)), *SHORT)
    none = answer(load(Lengths.of(1000)), *SHORT)
    assert some.recommended is not None
    assert none.recommended is not None
    assert told in some.recommended.risks
    assert told not in none.recommended.risks


def test_what_caches_cost_beyond_reads_is_named_with_its_bound() -> None:
    """730 requests, half a million tokens of each uncached at 2.50 instead of 2: 182.50 dollars."""
    rows = [
        tokens("cached_input", "0.2"),
        tokens("cache_write", "2.5"),
        tokens("cache_storage", "4.5", per="mtok_hour"),
    ]
    asked = load(Lengths.of(1_000_000), cached_share=Fraction(1, 2))
    found = answer(asked, *SHORT, *rows).recommended
    assert found is not None
    writes, storage = [risk for risk in found.risks if risk.startswith("not included")]
    assert writes == (
        "not included: cache writes at 2.5 USD per million tokens, at most 182 a month if all "
        "uncached input is written"
    )
    assert storage == "not included: cache storage at 4.5 USD per million tokens and hour"
    without = answer(load(Lengths.of(1000)), *SHORT, *rows).recommended
    assert without is not None
    assert [risk for risk in without.risks if risk.startswith("not included")] == []


def test_a_tier_is_named_in_the_bill_and_flex_is_no_promise() -> None:
    """Flex says that it is served as there is room; the usual tier says nothing."""
    found = answer(load(Lengths.of(1000)), *SHORT, *FLEX)
    told = "flex is served as there is room: slower, and refused where there is none"
    choices = [c for c in (found.recommended, *found.alternatives) if c is not None]
    assert [(c.tier, c.bill[0].what, told in c.risks) for c in choices] == [
        ("flex", "GlobalStandard (flex), by the token", True),
        ("default", "GlobalStandard, by the token", False),
    ]
