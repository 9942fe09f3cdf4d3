"""Claims about what a price table alone tells of: unknown, unless a snapshot looked for it."""

import datetime as dt

from planner.core.offers import Offer
from planner.core.recommend import recommend
from planner.core.recommend_answer import Recommendation
from tests.supplied import SINCE, batch, on_demand, supply, tokens, workload

LOAD = workload(1, batch_share=1)


def answer(*offers: Offer, since: dt.date = SINCE) -> Recommendation:
    """What serves gpt-4.1 in batches, where a table has a price of GlobalBatch since a day."""
    rows = [tokens(charge, "1", deployment_type="GlobalBatch", effective_from=since)
            for charge in ("input", "output")]  # fmt: skip
    dear = [tokens("input", "2"), tokens("output", "8")]
    return recommend(LOAD, supply(*offers, usage=[*dear, *rows]), outlook=False)


def chosen(found: Recommendation) -> str:
    """The deployment type that is recommended."""
    assert found.recommended is not None
    return found.recommended.what


def test_a_type_that_a_snapshot_lists_for_others_alone_is_not_offered() -> None:
    """On 2025-08-20 gpt-4o was seen under GlobalBatch, gpt-4.1 under GlobalStandard alone."""
    found = answer(on_demand(), batch(model="gpt-4o", version="2024-08-06"))
    assert chosen(found) == "GlobalStandard"
    [no] = [no for no in found.rejected if no.what == "GlobalBatch"]
    assert no.reasons == (
        "not offered: on 2025-08-20 other models are listed under GlobalBatch, and it is not",
    )
    assert no.steps == ("planner collect azure, where it may have come since",)


def test_a_type_that_no_snapshot_lists_is_unknown() -> None:
    """Nothing is listed under GlobalBatch at all: a price is all that is known of it."""
    assert chosen(answer(on_demand())) == "GlobalBatch"


def test_a_price_newer_than_the_look_is_unknown() -> None:
    """The price began two days after the snapshot: it may be sold since."""
    since = dt.date(2025, 8, 22)
    found = answer(on_demand(), batch(model="gpt-4o", version="2024-08-06"), since=since)
    assert chosen(found) == "GlobalBatch"


def test_a_model_seen_after_the_look_is_unknown() -> None:
    """Where the types were listed before the model came, nothing is known of its own."""
    old = batch(model="gpt-4o", version="2024-08-06", observed_on=dt.date(2025, 6, 1))
    assert chosen(answer(on_demand(), old)) == "GlobalBatch"
