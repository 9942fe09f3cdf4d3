"""Claims about what was known on a day: the newest look at each place, and no older failure."""

import pytest

from planner.core.known import merged
from planner.core.snapshots import Coverage, Status
from tests.builders import offer, snapshot

GOOD = Coverage(region="eastus2", account="main-1a2b", kinds=("offer", "quota"))
RUN = Coverage(
    region=None, kinds=("offer", "quota", "capacity"), status=Status.DENIED, error="log in"
)
PART = Coverage(region="eastus2", account="main-1a2b", kinds=("deployment",), status=Status.FAILED)
ALL = Coverage(region=None, account="main-1a2b", kinds=("deployment",))


@pytest.mark.parametrize(("failed", "later"), [(RUN, (GOOD,)), (PART, (GOOD, ALL))])
def test_a_failure_does_not_outlive_a_later_good_look(
    failed: Coverage, later: tuple[Coverage, ...]
) -> None:
    """Be it of the whole run, or of what a later look of all regions read."""
    first = snapshot(offer(), on="2026-06-01", coverage=(GOOD, failed))
    second = snapshot(offer(), on="2026-06-02", coverage=later)
    assert set(merged([second, first]).coverage) == set(later)


def test_a_failure_stays_where_nothing_was_read_since() -> None:
    """The last run failed, too: it says so, once."""
    first = snapshot(offer(), on="2026-06-01", coverage=(GOOD,))
    second = snapshot(on="2026-06-02", coverage=(RUN,))
    statuses = [entry.status for entry in merged([second, first]).coverage]
    assert sorted(statuses) == [Status.DENIED, Status.OK]
