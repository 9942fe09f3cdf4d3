"""What a reading of a feed makes of the rows that are known."""

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.price_changes import Refreshed, Row, fold
from planner.core.price_feed import Area, FeedReading, Leftover
from planner.core.price_meters import MeterId, MeterIds
from planner.core.price_refresh import refresh
from planner.core.price_rows import UsagePrice

EAST = Area("azure", "models", "eastus2")
WEST = Area("azure", "models", "westeurope")
MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 1)


def row(usd: str = "2.5", regions: str = "eastus2", **other: Any) -> UsagePrice:
    """One price of one meter; the fields that a test is about are given."""
    fields: dict[str, Any] = {
        "provider": "azure",
        "model": "gpt-4o",
        "deployment_type": "GlobalStandard",
        "charge": "input",
        "usd": Decimal(usd),
        "regions": tuple(regions.split("|")),
        "effective_from": date(2025, 1, 1),
        "source": "a feed",
        "retrieved_on": MARCH,
        "origin": "feed",
        "words": "gpt 4o inp glbl",
    }
    return UsagePrice(**fields | other)


def reading(
    *rows: UsagePrice, on: date = JUNE, areas: frozenset[Area] | None = None
) -> FeedReading:
    """A reading of a day over eastus2 and westeurope."""
    dated = tuple(msgspec.structs.replace(r, retrieved_on=on) for r in rows)
    looked = frozenset({EAST, WEST}) if areas is None else areas
    return FeedReading(source="a feed", retrieved_on=on, areas=looked, rows=dated)


def spans(found: Refreshed) -> list[tuple[str, str, str | None, str]]:
    """Amount, start, end and regions of each row."""
    return [
        (
            str(r.amount),
            str(r.starts_on),
            None if r.effective_to is None else str(r.effective_to),
            "|".join(r.regions),
        )
        for r in found.rows
    ]


def test_a_new_price_is_added() -> None:
    """What no row tells is appended, with the date that the feed names."""
    found = refresh([], MeterIds(), reading(row()))
    assert spans(found) == [("2.5", "2025-01-01", None, "eastus2")]
    assert [c.row.model for c in found.added] == ["gpt-4o"]
    assert (found.changed, found.closed, found.rejected) == ((), (), ())


def test_the_same_price_changes_nothing() -> None:
    """A price that is read again stays the row that it was."""
    found = refresh([row()], MeterIds(), reading(row()))
    assert found.rows == (row(),)
    assert found.unchanged


def test_a_change_closes_the_old_row_on_the_day_that_the_feed_names() -> None:
    """A later price is a second row; the first ends where it begins."""
    found = refresh([row()], MeterIds(), reading(row("2.75", effective_from=date(2026, 5, 1))))
    assert spans(found) == [
        ("2.5", "2025-01-01", "2026-05-01", "eastus2"),
        ("2.75", "2026-05-01", None, "eastus2"),
    ]
    assert [(c.before, c.after, c.on) for c in found.changed] == [
        (Decimal("2.5"), Decimal("2.75"), date(2026, 5, 1))
    ]


def test_history_is_not_rewritten() -> None:
    """Where another price was read after the day that the feed names, the new one begins today."""
    found = refresh([row()], MeterIds(), reading(row("2.75")))
    assert spans(found) == [
        ("2.5", "2025-01-01", "2026-06-01", "eastus2"),
        ("2.75", "2026-06-01", None, "eastus2"),
    ]
    assert found.rows[1].doubt == "the feed dates it from 2025-01-01"


def test_an_announced_price_waits_for_its_day() -> None:
    """A row dated in the future is kept, and the present one ends on that day."""
    now = row(effective_to=date(2026, 8, 1))
    later = row("2.75", effective_from=date(2026, 8, 1))
    found = refresh([row()], MeterIds(), reading(now, later))
    assert spans(found) == [
        ("2.5", "2025-01-01", "2026-08-01", "eastus2"),
        ("2.75", "2026-08-01", None, "eastus2"),
    ]
    assert refresh(found.rows, found.meters, reading(now, later)).unchanged


def test_one_region_of_several_changes_alone() -> None:
    """A row over two regions is split where one of them changes."""
    known = row(regions="eastus2|westeurope")
    news = reading(row(), row("2.75", "westeurope", effective_from=date(2026, 4, 1)))
    assert spans(refresh([known], MeterIds(), news)) == [
        ("2.5", "2025-01-01", None, "eastus2"),
        ("2.5", "2025-01-01", "2026-04-01", "westeurope"),
        ("2.75", "2026-04-01", None, "westeurope"),
    ]


def test_a_price_that_is_gone_is_closed_where_the_reading_looked() -> None:
    """An absence counts only in regions that were read whole."""
    known = [row(regions="eastus2|westeurope")]
    found = refresh(known, MeterIds(), reading(areas=frozenset({EAST})))
    assert spans(found) == [
        ("2.5", "2025-01-01", "2026-06-01", "eastus2"),
        ("2.5", "2025-01-01", None, "westeurope"),
    ]
    assert [(c.regions, c.on) for c in found.closed] == [(("eastus2",), JUNE)]


def test_other_sources_are_not_closed_by_a_feed() -> None:
    """A third party's price that the feed lacks stays open."""
    known = row(origin="third-party", words=None)
    assert refresh([known], MeterIds(), reading()).rows == (known,)


def test_a_third_partys_price_ends_with_the_feeds_own() -> None:
    """Where the provider's own feed has a price no more, another source's row does not revive."""
    other = row("3", origin="third-party", words=None, source="a list")
    found = refresh([row(), other], MeterIds(), reading())
    assert [(r.source, str(r.effective_to)) for r in found.rows] == [
        ("a feed", "2026-06-01"),
        ("a list", "2026-06-01"),
    ]


@pytest.mark.parametrize(
    ("usd", "reason"),
    [
        ("0", "the price is zero"),
        ("7.6", "it differs from 2.5 by more than a factor of 3"),
        ("0.8", "it differs from 2.5 by more than a factor of 3"),
    ],
)
def test_what_looks_wrong_waits_until_it_is_accepted(usd: str, reason: str) -> None:
    """A zero or a jump changes nothing; with accept it is taken as it is."""
    news = reading(row(usd, effective_from=date(2026, 5, 1)))
    found = refresh([row()], MeterIds(), news)
    assert (found.rows, [c.reason for c in found.rejected]) == ((row(),), [reason])
    taken = refresh([row()], MeterIds(), news, accept=True)
    assert spans(taken)[1] == (usd, "2026-05-01", None, "eastus2")


def test_a_factor_of_three_is_no_jump() -> None:
    """Three times the price is taken; more is not."""
    news = reading(row("7.5", effective_from=date(2026, 5, 1)))
    assert not refresh([row()], MeterIds(), news).rejected


def test_a_meter_that_changed_its_words_waits() -> None:
    """An id that now stands for another meter is named with what it stood for."""
    ids = MeterIds([MeterId("azure", "m-1", "gpt 4o inp regnl", MARCH)])
    news = reading(row(meter_id="m-1"))
    found = refresh([], ids, news)
    assert [c.reason for c in found.rejected] == ["its meter id was known as 'gpt 4o inp regnl'"]
    assert (found.rows, found.meters) == ((), ids)
    taken = refresh([], ids, news, accept=True)
    assert taken.meters.words("azure", "m-1") == "gpt 4o inp glbl"


def test_ids_are_learned_beside_the_rows() -> None:
    """Rows carry no ids, so that regions fold; the ids are kept by their words."""
    found = refresh(
        [], MeterIds(), reading(row(meter_id="a"), row(regions="westeurope", meter_id="b"))
    )
    assert [r.regions for r in found.rows] == [("eastus2", "westeurope")]
    assert [(m.meter_id, m.words) for m in found.meters] == [
        ("a", "gpt 4o inp glbl"),
        ("b", "gpt 4o inp glbl"),
    ]


amounts = st.sampled_from(["1", "1.5", "2", "2.5"])
days = st.dates(date(2025, 1, 1), date(2026, 12, 1))


@given(
    st.lists(st.tuples(amounts, days, days, st.sampled_from(["eastus2", "westeurope"])), max_size=8)
)
def test_reading_twice_changes_nothing_the_second_time(
    told: list[tuple[str, date, date, str]],
) -> None:
    """A reading applied twice is applied once, whatever was read before; no two rows overlap."""
    rows: tuple[Row, ...] = ()
    meters = MeterIds()
    for usd, start, on, region in sorted(told, key=lambda t: t[2]):
        news = reading(row(usd, region, effective_from=start), on=on)
        once = refresh(rows, meters, news)
        twice = refresh(once.rows, once.meters, news)
        assert twice.rows == once.rows
        assert twice.unchanged
        singles = sorted(
            (r.regions[0], r.starts_on, r.effective_to or date.max)
            for whole in once.rows
            for r in [msgspec.structs.replace(whole, regions=(p,)) for p in whole.regions]
        )
        for one, other in pairwise(singles):
            assert one[0] != other[0] or one[2] <= other[1]
        rows, meters = once.rows, once.meters


def test_folding_does_not_depend_on_the_order() -> None:
    """Rows of several regions fold alike, whatever order they come in."""
    rows = [row(regions="westeurope"), row(), row("3", "japaneast")]
    assert fold(rows) == fold(rows[::-1])
    assert [r.regions for r in fold(rows)] == [("eastus2", "westeurope"), ("japaneast",)]


def test_what_waits_closes_nothing() -> None:
    """A meter that changed its words, or cannot be read, leaves its known price in force."""
    ids = MeterIds([MeterId("azure", "m-1", "gpt 4o inp glbl", MARCH)])
    renamed = row(model="gpt-4.1", words="gpt 4.1 inp glbl", meter_id="m-1")
    found = refresh([row()], ids, reading(renamed))
    assert spans(found) == [("2.5", "2025-01-01", None, "eastus2")]
    left = Leftover(
        provider="azure", words="gpt 4o inp glbl", region="eastus2", usd=Decimal(0), unit="1M",
        reason="its price is zero",
    )  # fmt: skip
    unread = msgspec.structs.replace(reading(), left=(left,))
    assert refresh([row()], ids, unread).rows == (row(),)


def test_most_of_a_region_gone_at_once_waits() -> None:
    """A look that lacks six of ten prices of a region is not believed; five of ten are closed."""
    known = [row(model=f"model-{n}", words=f"model {n}") for n in range(10)]
    found = refresh(known, MeterIds(), reading(*known[:4]))
    assert {c.reason for c in found.rejected} == {"6 of 10 prices of the region gone at once"}
    assert (len(found.rejected), found.closed) == (6, ())
    assert len(refresh(known, MeterIds(), reading(*known[:5])).closed) == 5
    assert len(refresh(known, MeterIds(), reading(*known[:4]), accept=True).closed) == 6


@given(st.lists(st.sampled_from("abc"), min_size=1), st.lists(st.sampled_from("cd"), min_size=1))
def test_folding_loses_and_invents_nothing(first: list[str], second: list[str]) -> None:
    """Unfolded again, the rows are those that were folded; folding twice is folding once."""
    cheap = [row("1", region) for region in dict.fromkeys(first)]
    dear = [row("2", region) for region in dict.fromkeys(second)]
    folded = fold([*cheap, *dear])
    unfolded = [(one.amount, region) for one in folded for region in one.regions]
    assert sorted(unfolded) == sorted((one.amount, one.regions[0]) for one in [*cheap, *dear])
    assert fold(folded) == folded
