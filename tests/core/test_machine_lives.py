"""Claims about machines that are taken away: with a horizon it removes them, else it is a risk."""

from planner.core.offered import Supply
from planner.core.recommend import recommend
from planner.core.recommend_answer import Recommendation
from tests.builders import day
from tests.supplied import instance, machine_hour, steady, supply, workload

LLAMA = "llama-3.1-8b"
SAID = "old retires on 2026-03-01, inside the horizon of {} months"


def answer(of: Supply, months: int | None = None) -> Recommendation:
    """What serves 7,200 requests an hour on 2025-08-25."""
    load = workload(7200, models=(LLAMA,), horizon_months=months)
    return recommend(load, of, outlook=False)


def machines(*names: str) -> Supply:
    """Machines at 2 USD an hour for the old one, which goes in March, and 3 for the new one."""
    ends = {"old": day("2026-03-01"), "new": None}
    return supply(
        hourly=[machine_hour({"old": "2", "new": "3"}[name], name) for name in names],
        machines=[instance(name, retired_on=ends[name]) for name in names],
        forecaster=steady(1000),
        open_models={LLAMA: LLAMA},
    )


def test_a_machine_that_goes_within_the_horizon_is_refused() -> None:
    """Six whole months are left: it serves for six and not for seven."""
    told = answer(machines("old"), 7)
    assert told.recommended is None
    (no,) = [no for no in told.rejected if no.what == "old"]
    assert (no.reasons, no.steps) == ((SAID.format(7),), ("horizon_months: 6",))
    found = answer(machines("old"), 6).recommended
    assert found is not None
    assert (found.what, found.retires_on) == ("old", day("2026-03-01"))


def test_a_cheaper_one_that_goes_hides_no_dearer_one_that_stays() -> None:
    """For a year the new one is taken, for as long as nobody says the old one."""
    told = {months: answer(machines("old", "new"), months).recommended for months in (12, None)}
    assert [best.what for best in told.values() if best] == ["new", "old"]


def test_without_a_horizon_it_is_a_risk() -> None:
    """By its own name, not the model's; one that stays has none."""
    risk = "old retires on 2026-03-01, in 188 days"
    old, new = (answer(machines(name)).recommended for name in ("old", "new"))
    assert old is not None
    assert new is not None
    assert risk in old.risks
    assert not [said for said in new.risks if "retires" in said]
