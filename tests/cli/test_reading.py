"""A law of reading many days: what older ones repeat word for word can be passed over."""

import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.cli.reading import newest_first
from planner.core.catalog import Catalog
from planner.core.snapshots import Snapshot
from planner.files.snapshots import list_snapshots, read_snapshot, snapshot_path, write_snapshot
from tests.builders import day
from tests.core.test_delta import news

ON = day("2026-11-25")


def told(catalog: Catalog) -> object:
    """Everything that answers are made of, in a fixed order."""
    models = sorted(catalog.models())
    sightings = [s for m in models for s in (*catalog.offers(m), *catalog.gone(m))]
    return (
        sorted((repr(s), repr(catalog.life(s))) for s in sightings),
        [(m, sorted({repr(notice) for notice in catalog.notices(m)})) for m in models],
    )


@settings(max_examples=60)
@given(st.lists(news, min_size=1, max_size=4))
def test_a_catalog_is_the_same_without_what_older_days_repeat(days: list[Snapshot]) -> None:
    """Offers, their lives and those that are gone, whatever the days and their coverage."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, snapshot in enumerate(days):
            date = day(f"2026-11-{20 + number}")
            write_snapshot(folder, msgspec.structs.replace(snapshot, date=date))
        paths = [snapshot_path(folder, "azure", d) for d in list_snapshots(folder)["azure"]]
        whole = Catalog(map(read_snapshot, paths), (), ON)
        short = Catalog(newest_first(paths[::-1], None), (), ON)
        assert told(short) == told(whole)
