"""Claims about the fit: the carried efficiencies are what the published rows give."""

import math
from pathlib import Path

import pytest

from benchmarks.fit_efficiencies import FOLDS, Fit, left_out, log_errors, spreads, write
from benchmarks.published import by_cell, published
from planner.files.efficiencies import efficiencies

ROWS = published()


def test_the_carried_table_is_the_fit(tmp_path: Path) -> None:
    """Fitting again writes what is carried, up to the rounding of another machine's numbers."""
    errors = left_out(ROWS, [row.pair for row in ROWS], FOLDS, seed=0)
    path = tmp_path / "efficiencies.csv"
    write(Fit(ROWS), ROWS, spreads(ROWS, errors), path)
    again, carried = efficiencies(path), efficiencies()
    assert again.common == pytest.approx(carried.common, rel=0.02)
    assert again.seen == carried.seen
    for name, spread in carried.spreads.items():
        assert again.spreads[name].low == pytest.approx(spread.low, rel=0.03)
        assert again.spreads[name].high == pytest.approx(spread.high, rel=0.03)
    cells = sorted(by_cell(ROWS, [abs(math.exp(-e) - 1) for e in errors]).values())
    assert cells[len(cells) // 2] < 0.16
    assert cells[int(len(cells) * 0.9)] < 0.5


def test_the_carried_table_forecasts_what_it_was_fitted_to() -> None:
    """In sample half of the cells are within 12% of what was published."""
    errors = [abs(math.exp(-e) - 1) for e in log_errors(ROWS, efficiencies())]
    cells = sorted(by_cell(ROWS, errors).values())
    assert cells[len(cells) // 2] < 0.12
