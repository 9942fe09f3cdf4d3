"""The carried table of efficiencies, read once a process."""

import csv
from functools import cache
from pathlib import Path

from planner.core.efficiencies import PARTS, Efficiencies, Spread
from planner.errors import BadFileError

_TABLE = Path(__file__).parent.parent / "data" / "efficiencies.csv"


@cache
def efficiencies(path: Path = _TABLE) -> Efficiencies:
    """The factors that were fitted to published rows; BadFileError names a wrong line."""
    common: dict[str, float] = {}
    offsets: dict[tuple[str, str, str], float] = {}
    rates: dict[str, float] = {}
    ends: dict[str, dict[str, float]] = {"low": {}, "high": {}}
    seen: dict[str, set[str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        for row in reader:
            part, level, name = row["part"], row["level"], row["name"]
            try:
                factor = float(row["factor"])
            except (TypeError, ValueError):
                raise BadFileError(
                    f"{path}:{reader.line_num}: the factor is {row['factor']!r}; give a number"
                ) from None
            if part in ends:
                ends[part][name] = factor
            elif part == "rate":
                rates[name] = factor
            elif part == "seen":
                seen.setdefault(level, set()).add(name)
            elif part not in PARTS:
                raise BadFileError(f"{path}:{reader.line_num}: no part is called {part!r}")
            elif level:
                offsets[part, level, name] = factor
            else:
                common[part] = factor
    return Efficiencies(
        common=common,
        offsets=offsets,
        rates=rates,
        spreads={name: Spread(low, ends["high"][name]) for name, low in ends["low"].items()},
        seen={level: frozenset(names) for level, names in seen.items()},
    )
