"""Laws of the exact difference: applying it gives the other side, and order means nothing."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from planner.core.delta import apply, difference
from planner.core.diff import Side, compare
from planner.core.judging import Rules, judge
from planner.core.offers import AnyRecord, AppliesTo, Meter
from planner.core.snapshots import Coverage, Snapshot, Status
from tests.builders import day, lifecycle, offer, quota, retires, snapshot

REGIONS = ("eastus2", "japaneast")
_names = st.sampled_from(["gpt-4o", "o1"])
_dates = st.sampled_from(["2026-12-01", "2027-06-01"])

offers = st.builds(
    offer,
    region=st.sampled_from(REGIONS),
    model=_names,
    version=st.sampled_from(["1", "2", None]),
    deployment_type=st.sampled_from(["Standard", "GlobalStandard", None]),
    usage_name=st.sampled_from([None, "OpenAI.a", "OpenAI.b"]),
    lifecycle=st.sampled_from([None, "active", "legacy"]),
    context_tokens=st.sampled_from([None, 1000, 2000]),
    boundary=st.sampled_from([None, "eu", "anywhere"]),
    default_version=st.sampled_from([None, True, False]),
    accounts=st.sampled_from([(), ("a",), ("a", "b")]),
    retirement_dates=st.lists(_dates, max_size=1).map(lambda d: tuple(map(retires, d))),
)
quotas = st.builds(
    quota,
    region=st.sampled_from(REGIONS),
    account=st.sampled_from(["a", "b"]),
    limit=st.sampled_from([None, 0, 5, 10]),
    used=st.sampled_from([None, 1, 2]),
)
notices = st.builds(
    lifecycle, _dates, _names, applies_to=st.sampled_from(list(AppliesTo)), version=st.none()
)
meters = st.builds(
    lambda region, model: Meter(
        provider="azure", region=region, model=model, version="1", deployment_type=None,
        usage_name=None,
    ),
    st.sampled_from(REGIONS), _names,
)  # fmt: skip
entries = st.builds(
    Coverage,
    region=st.sampled_from(REGIONS),
    account=st.sampled_from(["a", "b", None]),
    kinds=st.just(("offer", "quota", "lifecycle", "meter")),
    status=st.sampled_from([Status.OK, Status.FAILED]),
)


def _snapshot(records: list[AnyRecord], coverage: list[Coverage], on: str) -> Snapshot:
    unique = {record.identity: record for record in records}
    return snapshot(*unique.values(), on=on, coverage=tuple(coverage), provider="azure")


records = st.lists(offers | quotas | notices | meters, max_size=12)
olds, news = (
    st.builds(_snapshot, records, st.lists(entries, max_size=4), st.just(on))
    for on in ("2026-11-20", "2026-11-21")
)


@given(olds, news)
def test_applying_a_difference_gives_the_new_snapshot(old: Snapshot, new: Snapshot) -> None:
    """Whatever the records and their coverage are."""
    assert apply(difference(old, new), old) == new


@given(olds, st.randoms())
def test_a_snapshot_differs_in_nothing_from_itself_however_its_rows_stand(
    old: Snapshot, chance: Random
) -> None:
    """Neither exactly nor in words; shuffling the rows is no change."""
    rows = list(old.records)
    chance.shuffle(rows)
    again = Snapshot(
        provider=old.provider, date=old.date, origin=old.origin,
        coverage=old.coverage[::-1], records=tuple(rows),
    )  # fmt: skip
    delta = difference(old, again)
    assert (delta.removed, delta.added, delta.changed) == ((), (), ())
    side = Side(on=old.date, snapshots=[old])
    assert compare(side, Side(on=old.date, snapshots=[again]), str).findings == ()


@given(olds, news)
def test_what_neither_side_read_is_never_said_to_be_gone(old: Snapshot, new: Snapshot) -> None:
    """A removal stands in regions alone that the newer side read for each account that it asked."""
    was, now = (Side(on=one.date, snapshots=[one]) for one in (old, new))
    changes = judge(compare(was, now, str).findings, Rules(), day("2026-11-21")).changes
    read = {
        region
        for region in REGIONS
        if any(e.region == region and e.status is Status.OK for e in new.coverage)
    }
    lost = {r for c in changes if c.check.endswith("_removed") for r in c.regions}
    assert lost <= read
