"""Claims about commitments: what a bill draws from them, and what stays undrawn."""

from decimal import Decimal

from planner.core.recommend import recommend
from planner.core.recommend_answer import Recommendation
from planner.core.workload import OwnMachine, Workload
from planner.render.recommend_words import headlines
from tests.supplied import on_demand, steady, supply, tokens, workload


def answer(asked: Workload, provider: str = "azure") -> Recommendation:
    """GlobalStandard of a provider at 10 dollars a million tokens: 8.76 for 730 requests."""
    rows = [tokens(charge, "10", provider=provider) for charge in ("input", "output")]
    return recommend(asked, supply(on_demand(provider=provider), usage=rows), outlook=False)


def told(found: Recommendation) -> list[str]:
    """The sentences about commitments."""
    return [said for said in headlines(found) if "commitment" in said]


def test_what_stays_undrawn_is_told() -> None:
    """Of 100 dollars a bill of 8.76 draws 8.76; of 5 it draws all; another provider's, nothing."""
    found = answer(workload(1, committed_spend={"azure": Decimal(100), "gemini": Decimal(7)}))
    assert told(found) == [
        "It draws 8.76 a month of your commitment to azure (100); 91.24 stay undrawn.",
        "It draws nothing of your commitment to gemini (7.00).",
    ]
    small = answer(workload(1, committed_spend={"azure": Decimal(5)}))
    assert told(small) == ["It draws 5.00 a month of your commitment to azure (5.00)."]
    assert told(answer(workload(1))) == []


def test_models_of_bedrock_draw_from_a_commitment_to_aws() -> None:
    """One cloud goes by two names."""
    found = answer(workload(1, committed_spend={"aws": Decimal(100)}), "bedrock")
    assert found.recommended is not None
    assert str(found.recommended.draws_down_usd_per_month) == "8.76"


def test_what_another_provider_takes_draws_nothing() -> None:
    """A rack with overflow to azure: the overflow's line draws nothing from the rack's owner."""
    rack = OwnMachine(
        name="rack", gpu="NVIDIA H100 SXM 80GB", gpus=1, usd_per_hour=Decimal(1), count=1
    )
    model = "llama-3.1-8b"
    asked = workload(
        40_000, models=(model,), machines=(rack,), failures=0,
        committed_spend={"own": Decimal(10_000)},
    )  # fmt: skip
    rows = [tokens(charge, "1", model=model) for charge in ("input", "output")]
    known = supply(
        on_demand(model=model, version="1"), usage=rows, open_models={model: model},
        forecaster=steady(1000),
    )  # fmt: skip
    found = recommend(asked, known, outlook=False)
    mixes = [c for c in (found.recommended, *found.alternatives) if c and c.overflow_to]
    assert [(c.provider, str(c.draws_down_usd_per_month)) for c in mixes] == [("own", "730.00")]
