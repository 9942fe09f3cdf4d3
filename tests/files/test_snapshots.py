"""Claims about snapshots on disk: nothing is lost, nothing is half written, nothing is guessed."""

import datetime as dt
import random
import tempfile
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.core.offers import (
    RECORD_TYPES,
    AnyRecord,
    AppliesTo,
    Billing,
    Charge,
    Retirement,
    Scope,
)
from planner.core.snapshots import Coverage, Origin, Snapshot, Status
from planner.errors import PlannerError
from planner.files.snapshots import (
    read_snapshot,
    write_snapshot,
)
from tests.builders import JUNE, day, lifecycle, looked, offer, quota, snapshot

words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
dates = st.dates(dt.date(2024, 1, 1), dt.date(2026, 6, 3))
entries = st.builds(
    Coverage,
    region=(st.none() | st.sampled_from(["a", "b", "c"])),
    account=(st.none() | words),
    kinds=st.sampled_from([("offer",), ("offer", "quota"), ("lifecycle",)]),
    models=(st.none() | st.lists(words, max_size=2).map(tuple)),
    complete=st.booleans(),
    status=st.sampled_from(Status),
    quota_status=(st.none() | st.sampled_from(Status)),
    carried_from=(st.none() | dates),
    error=(st.none() | words),
)


numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.lists(words, max_size=2).map(tuple)
charges = st.builds(Charge, name=words, unit=st.none() | words, meter_ids=texts)
retirements = st.builds(
    Retirement, on=dates, applies_to=st.none() | st.sampled_from(AppliesTo), certainty=words
)
CONTENT: dict[object, st.SearchStrategy[Any]] = {
    str: words,
    AppliesTo: st.sampled_from(AppliesTo),
    str | None: st.none() | words,
    bool | None: st.none() | st.booleans(),
    int | None: st.none() | st.integers(0, 2**53),
    float | None: st.none() | numbers,
    dt.date | None: st.none() | dates,
    Billing | None: st.none() | st.sampled_from(Billing),
    Scope | None: st.none() | st.sampled_from(Scope),
    tuple[str, ...]: texts,
    tuple[Charge, ...]: st.lists(charges, max_size=2).map(tuple),
    tuple[Retirement, ...]: st.lists(retirements, max_size=2).map(tuple),
}


def records_of(kind: type[Any]) -> st.SearchStrategy[AnyRecord]:
    """Records of a kind with any content; few regions and models, so that some fold."""
    few = {
        "provider": st.just("azure"),
        "region": st.sampled_from(["a", "b", "c"]),
        "model": st.sampled_from(["m", "n"]),
    }
    fields = {f.name: CONTENT[f.type] for f in msgspec.structs.fields(kind)}
    return st.builds(kind, **{name: few.get(name, own) for name, own in fields.items()})


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """A snapshot of every kind of record, some of them in several regions."""
    found: dict[tuple[str, ...], AnyRecord] = {}
    for record in draw(st.lists(st.one_of(*map(records_of, RECORD_TYPES)), max_size=6)):
        regions = ("a", "b", "c") if draw(st.booleans()) else ()
        for region in regions if hasattr(record, "region") else ():
            copy = msgspec.structs.replace(record, region=region)
            found[copy.identity] = copy
        found.setdefault(record.identity, record)
    return Snapshot(
        provider="azure",
        date=day(JUNE),
        origin=draw(st.sampled_from(Origin)),
        coverage=tuple(draw(st.lists(entries, max_size=4))),
        records=tuple(found.values()),
        source=draw(st.none() | words),
        collected_at=draw(st.none() | st.datetimes(timezones=st.just(dt.UTC))),
        tool=draw(st.none() | words),
        sdk=draw(st.dictionaries(words, words, max_size=2)),
    )


def lines(path: Path) -> list[dict[str, Any]]:
    """The decoded lines of a file."""
    return [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]


@settings(deadline=None)
@given(snapshots())
def test_what_is_written_is_read_back_and_written_again_alike(given_one: Snapshot) -> None:
    """Not a record, field or date is lost, and a second writing gives the same bytes."""
    with tempfile.TemporaryDirectory() as folder:
        path = write_snapshot(Path(folder), given_one)
        read = read_snapshot(path)
        assert read == given_one
        before = path.read_bytes()
        write_snapshot(Path(folder), read)
        assert path.read_bytes() == before


@settings(deadline=None)
@given(snapshots(), st.randoms())
def test_the_order_of_records_does_not_change_a_byte(
    given_one: Snapshot, order: random.Random
) -> None:
    """Records, coverage and packages in any order make the same file."""
    records, coverage = list(given_one.records), list(given_one.coverage)
    order.shuffle(records)
    order.shuffle(coverage)
    sdk = dict(reversed(given_one.sdk.items()))
    shuffled = msgspec.structs.replace(
        given_one, records=tuple(records), coverage=tuple(coverage), sdk=sdk
    )
    with tempfile.TemporaryDirectory() as folder:
        before = write_snapshot(Path(folder), given_one).read_bytes()
        assert write_snapshot(Path(folder), shuffled).read_bytes() == before


def test_a_file_is_a_header_and_folded_sorted_lines(tmp_path: Path) -> None:
    """Kind and provider come first, regions next; equal records of two regions are one line."""
    path = write_snapshot(
        tmp_path,
        snapshot(
            offer("japaneast", publisher="OpenAI"),
            offer("eastus2", publisher="OpenAI"),
            quota("eastus2"),
            lifecycle("2026-10-01"),
        ),
    )
    assert path == tmp_path / "azure" / "2026-06-03.jsonl"
    assert path.read_text() == (
        '{"schema":1,"provider":"azure","date":"2026-06-03","origin":"api",'
        '"coverage":[{"regions":["eastus2","japaneast"]}]}\n'
        '{"kind":"lifecycle","provider":"azure","model":"gpt-4o","version":"2024-11-20",'
        '"deployment_type":null,"applies_to":"base","retires_on":"2026-10-01"}\n'
        '{"kind":"offer","provider":"azure","regions":["eastus2","japaneast"],"model":"gpt-4o",'
        '"version":"2024-11-20","deployment_type":"GlobalStandard","usage_name":null,'
        '"publisher":"OpenAI"}\n'
        '{"kind":"quota","provider":"azure","account":"main-1a2b","region":"eastus2",'
        '"name":"OpenAI.Standard.gpt-4o","limit":300.0,"used":20.0}\n'
    )


def test_records_that_differ_are_not_folded(tmp_path: Path) -> None:
    """One more token of context in one region, and it is a line of its own."""
    path = write_snapshot(tmp_path, snapshot(offer("a"), offer("b", context_tokens=1), offer("c")))
    assert [line.get("regions", line.get("region")) for line in lines(path)[1:]] == [
        "b",
        ["a", "c"],
    ]


def test_coverage_without_a_region_is_kept_beside_those_with_one(tmp_path: Path) -> None:
    """A look that knew no regions is no further region of an equal look."""
    given_one = snapshot(coverage=looked(None, "a", "b"))
    assert read_snapshot(write_snapshot(tmp_path, given_one)) == given_one


def test_one_model_can_be_read_without_the_rest(tmp_path: Path) -> None:
    """Lines of other models are left out; quotas, which have no model, are kept."""
    path = write_snapshot(tmp_path, snapshot(offer(), offer(model="o1"), quota()))
    kept = read_snapshot(path, only=lambda model: model == "o1").records
    assert [r.identity[:4] for r in kept] == [
        ("offer", "azure", "eastus2", "o1"),
        ("quota", "azure", "main-1a2b", "eastus2"),
    ]


# Days on which nothing but what is used changed.

BASE = snapshot(offer(), quota(used=20), on="2026-06-01")


def later(on: str, used: float, **fields: Any) -> Snapshot:
    """The base on another day, with another use."""
    return snapshot(offer(**fields), quota(used=used), on=on)


def test_a_day_on_which_nothing_changed_is_a_header(tmp_path: Path) -> None:
    """Without any difference there is no further line, and it reads as the full day."""
    write_snapshot(tmp_path, BASE)
    path = write_snapshot(tmp_path, later("2026-06-02", 20))
    assert [line.get("equals") for line in lines(path)] == ["2026-06-01"]
    assert read_snapshot(path) == later("2026-06-02", 20)


def test_a_day_on_which_only_the_use_changed_has_its_quota_lines(tmp_path: Path) -> None:
    """The offers are those of the earlier day, the quotas its own."""
    write_snapshot(tmp_path, BASE)
    path = write_snapshot(tmp_path, later("2026-06-02", 25))
    assert [line.get("kind", "header") for line in lines(path)] == ["header", "quota"]
    assert read_snapshot(path) == later("2026-06-02", 25)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([20, 25]), st.sampled_from([1, 2])), max_size=5))
def test_a_row_of_days_reads_as_if_each_were_written_full(changes: list[tuple[int, int]]) -> None:
    """Unchanged days in a row, changes of use, real changes and returns: nothing is lost."""
    days = [
        later(f"2026-06-{number:02d}", used, context_tokens=tokens)
        for number, (used, tokens) in enumerate(changes, start=1)
    ]
    with tempfile.TemporaryDirectory() as folder:
        paths = [write_snapshot(Path(folder), given_one) for given_one in days]
        assert [read_snapshot(path) for path in paths] == days
        equals = [lines(path)[0].get("equals") for path in paths]
    for number, (_, tokens) in enumerate(changes):
        same = number > 0 and changes[number - 1][1] == tokens
        assert (equals[number] is not None) is same


def test_every_unchanged_day_names_the_full_one(tmp_path: Path) -> None:
    """The third day names the first, not the second; after a change it is the changed day."""
    days = [
        BASE,
        later("2026-06-02", 20),
        later("2026-06-03", 25),
        later("2026-06-04", 20),
        later("2026-06-05", 20, context_tokens=1),
        later("2026-06-06", 20, context_tokens=1),
    ]
    headers = [lines(write_snapshot(tmp_path, given_one))[0] for given_one in days]
    assert [header.get("equals") for header in headers] == [
        None,
        "2026-06-01",
        "2026-06-01",
        "2026-06-01",
        None,
        "2026-06-05",
    ]


def test_another_coverage_is_a_change(tmp_path: Path) -> None:
    """The same records, but a region that failed: that is no equal day."""
    write_snapshot(tmp_path, BASE)
    failed = looked("eastus2", status=Status.FAILED)
    path = write_snapshot(
        tmp_path, msgspec.structs.replace(later("2026-06-02", 20), coverage=failed)
    )
    assert "equals" not in lines(path)[0]


def test_a_day_that_a_later_one_equals_is_not_written_again(tmp_path: Path) -> None:
    """Else the later day would change with it, unseen."""
    path = write_snapshot(tmp_path, BASE)
    before = path.read_bytes()
    write_snapshot(tmp_path, later("2026-06-02", 20))
    with pytest.raises(PlannerError, match=r"2026-06-02\.jsonl equals 2026-06-01; remove it"):
        write_snapshot(tmp_path, later("2026-06-01", 99, context_tokens=5))
    assert path.read_bytes() == before


def test_a_corrupt_earlier_file_does_not_keep_today_from_being_written(tmp_path: Path) -> None:
    """What was collected is saved, in full; the reader of the other file tells of it."""
    write_snapshot(tmp_path, BASE).write_text("garbage\n")
    path = write_snapshot(tmp_path, later("2026-06-02", 20))
    assert read_snapshot(path) == later("2026-06-02", 20)
