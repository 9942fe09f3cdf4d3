"""What a feed leaves on disk comes back as it was, and an unchanged table is not written again."""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from planner.core.price_feed import Area
from planner.core.price_meters import MeterId, MeterIds
from planner.core.prices import HourlyPrice, UsagePrice
from planner.errors import BadFileError
from planner.files.feed_files import (
    read_meters,
    read_readings,
    table_of,
    write_meters,
    write_readings,
    write_table,
)
from planner.files.pricing import read_pricing

DAY = date(2026, 6, 1)
FIELDS: dict[str, Any] = {
    "provider": "azure",
    "deployment_type": "GlobalStandard",
    "effective_from": date(2025, 1, 1),
    "source": "a feed, with a comma",
    "retrieved_on": DAY,
    "origin": "feed",
}
ROW = UsagePrice(
    model="gpt-4o", charge="input", usd=Decimal("2.50"), regions=("eastus", "westus"),
    tier="priority", words="gpt 4o inp", original_amount="0.0025", original_unit="1K", **FIELDS,
)  # fmt: skip
UNIT = HourlyPrice(
    item="provisioned_unit", usd_per_hour=Decimal("0.356164383561643"), unit="PTU",
    term="1_month", term_total_usd=Decimal(260), fine_tuned=True, **FIELDS,
)  # fmt: skip


@pytest.mark.parametrize("row", [ROW, UNIT])
def test_a_row_comes_back_as_it_was(tmp_path: Path, row: UsagePrice | HourlyPrice) -> None:
    """A table that is written reads as the same rows."""
    assert write_table(tmp_path / table_of(row), [row])
    table = read_pricing([tmp_path])
    assert (*table.usage, *table.hourly) == (row,)


def test_an_unchanged_table_is_left_alone(tmp_path: Path) -> None:
    """A second writing of the same rows touches nothing."""
    path = tmp_path / "azure-tokens.csv"
    assert write_table(path, [ROW])
    assert not write_table(path, [ROW])


def test_tables_are_by_provider_and_shape() -> None:
    """Tokens, units and machines of a provider stand in files of their own."""
    machine = HourlyPrice(
        item="instance", name="NC24", usd_per_hour=Decimal(3), unit="instance", **FIELDS
    )
    assert [table_of(row) for row in (ROW, UNIT, machine)] == [
        "azure-tokens.csv",
        "azure-units.csv",
        "azure-gpu-hours.csv",
    ]


def test_meters_and_readings_come_back(tmp_path: Path) -> None:
    """Ids with their words, and when each region was last read whole."""
    meters = MeterIds([MeterId("azure", "b", "gpt 4o inp", DAY), MeterId("bedrock", "a", "x", DAY)])
    write_meters(tmp_path, meters)
    assert read_meters([tmp_path]) == meters
    readings = {
        Area("azure", "models", "eastus"): DAY,
        Area("azure", "models", "westus"): DAY,
        Area("azure", "machines", "westus"): date(2026, 5, 1),
    }
    write_readings(tmp_path, readings)
    assert read_readings([tmp_path]) == readings
    assert (tmp_path / "feeds" / "readings.csv").read_text().splitlines()[1:] == [
        "azure,machines,westus,2026-05-01",
        "azure,models,eastus|westus,2026-06-01",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("provider,regions\n", "1: the columns are not provider, family, regions, read_on"),
        (
            "provider,family,regions,read_on\nazure,cars,eastus,2026-01-01\n",
            "2: Invalid enum value",
        ),
        ("provider,family,regions,read_on\nazure,models,eastus,1.1.2026\n", "2: the date is '1.1"),
        ("provider,family,regions,read_on\nazure,models\n", "2: 2 values for 4 columns"),
    ],
)
def test_a_faulty_file_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    """A hand-edited file is one line of error: where and what."""
    (tmp_path / "feeds").mkdir()
    path = tmp_path / "feeds" / "readings.csv"
    path.write_text(text)
    with pytest.raises(BadFileError) as caught:
        read_readings([tmp_path])
    assert str(caught.value).startswith(f"{path}:{message}")
