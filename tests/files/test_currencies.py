"""Dated exchange rates: the newest up to a date, strictly read."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from planner.core.currencies import ExchangeRate, rate_on
from planner.errors import BadFileError
from planner.files.currencies import read_rates

RATES = """\
rates:
  - currency: JPY
    per_usd: 156.24
    date: 2024-07-23
    source: a bank
    retrieved_on: 2026-11-20
  - currency: JPY
    per_usd: 147.31
    date: 2025-08-25
    source: a bank
    retrieved_on: 2026-11-20
"""


def read(folder: Path, text: str) -> list[ExchangeRate]:
    """The rates of a folder with this file."""
    (folder / "currencies.yaml").write_text(text)
    return read_rates([folder])


@pytest.mark.parametrize(
    ("day", "rate"),
    [
        ("2024-07-22", None),
        ("2024-07-23", "156.24"),
        ("2025-08-24", "156.24"),
        ("2026-01-01", "147.31"),
    ],
)
def test_the_newest_rate_up_to_a_date_counts(tmp_path: Path, day: str, rate: str | None) -> None:
    """Before the first rate there is none; a later one never counts for an earlier day."""
    found = rate_on(read(tmp_path, RATES), "JPY", date.fromisoformat(day))
    assert (found and found.per_usd) == (rate and Decimal(rate))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("156.24", "-1", "3: per_usd is '-1'; a price is 0 or more"),
        ("156.24", "0", "2: per_usd is 0; give a rate above 0"),
        ("JPY", "yen", "2: currency is 'yen'; give three capitals (ISO 4217)"),
        ("2024-07-23", "soon", "4: date is 'soon', no date"),
        ("    source: a bank\n", "", "2: the rate lacks source; add it"),
        ("per_usd", "per_eur", "3: unknown key 'per_eur'; did you mean per_usd?"),
        ("rates", "rate", "1: unknown key 'rate'; did you mean rates?"),
    ],
)
def test_a_faulty_rate_names_line_and_mend(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    """One line: file, line, what is wrong."""
    with pytest.raises(BadFileError) as caught:
        read(tmp_path, RATES.replace(old, new, 1))
    assert str(caught.value).startswith(f"{tmp_path / 'currencies.yaml'}:{message}")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("2025-08-25", "2024-07-23"), "7: JPY on 2024-07-23 stands twice, first on line 2"),
        (("JPY", "USD"), "2: currency is USD, the unit of all prices; remove the entry"),
    ],
)
def test_a_rate_that_cannot_be_meant_is_refused(
    tmp_path: Path, change: tuple[str, str], message: str
) -> None:
    """Two rates of a day leave it open which one counts; of the dollar there is none."""
    with pytest.raises(BadFileError, match=message):
        read(tmp_path, RATES.replace(*change))
