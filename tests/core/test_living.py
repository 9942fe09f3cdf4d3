"""Claims about models that end at once, and about what follows them."""

from fractions import Fraction

from planner.core.offers import Billing
from planner.core.weighing import Weighing
from tests.builders import lifecycle
from tests.core.test_served_claims import USAGE, ending, renamed, told
from tests.supplied import MODEL, batch, on_demand, supply, workload


def test_a_model_that_ends_within_the_first_month_leaves_its_place() -> None:
    """Over a year its replacement is compared; without a horizon the model itself is."""
    of = supply(
        on_demand(**ending("2025-09-10")),
        lifecycle("2025-09-10", model=MODEL, version=None, replacement="new"),
        on_demand(model="new"),
        usage=[*USAGE[:2], *renamed("new")[:2]],
    )
    found = Weighing(workload(horizon_months=12), of).weigh()
    assert found.models == ("new",)
    assert found.notes == (
        "gpt-4.1 retires on 2025-09-10, within the first month; new is named instead",
    )
    assert told(workload(horizon_months=12), of) == [("GlobalStandard", None, 94_608)]
    assert Weighing(workload(), of).weigh().models == (MODEL,)


def test_a_replacement_that_lives_no_month_is_passed_over() -> None:
    """gpt-4.1 ends in March, what replaces it three weeks later; the next one serves from then."""
    of = supply(
        on_demand(**ending("2026-03-01")),
        lifecycle("2026-03-01", model=MODEL, version=None, replacement="brief"),
        on_demand(model="brief", **ending("2026-03-20")),
        lifecycle("2026-03-20", model="brief", version=None, replacement="new"),
        on_demand(model="new"),
        usage=[*USAGE[:2], *renamed("brief")[:2], *renamed("new")[:2]],
    )
    (best,) = Weighing(workload(horizon_months=12), of).weigh().served
    assert best.months == (6, 6)
    assert [(str(day), plan.way.model) for day, plan in best.later] == [("2026-03-01", "new")]


def test_where_the_replacement_has_no_batches_all_is_answered_at_once() -> None:
    """Everything may wait; from March on tokens take what batches took."""
    of = supply(
        batch(**ending("2026-02-25")),
        lifecycle("2026-02-25", model=MODEL, version=None, replacement="new"),
        on_demand(model="new"),
        usage=[*USAGE, *renamed("new")[:2]],
    )
    (best,) = Weighing(workload(horizon_months=12, batch_share=Fraction(1)), of).weigh().served
    assert [plan.way.kind for _, plan in best.later] == [Billing.ON_DEMAND]
    assert float(best.usd_per_month) == (94_608 / 2 + 94_608) / 2
