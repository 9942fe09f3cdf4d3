"""How far forecasts are from published figures that their fit never saw.

    python -m benchmarks.forecast_accuracy [--plot accuracy.png]

Each row is forecast by efficiencies that were fitted without its GPU x model (all engines, formats
and parallelisms of the pair). A cell is a GPU, a model and an engine as published; its error is
the median of |forecast / published - 1| over its rows. Beside it stand the textbook roofline (MBU
0.8, MFU 0.5) and the ideal one (the datasheet), and what a whole GPU, model or engine that was
left out does to it. "anchored" gives two points of the cell as own measurements and judges the
others.
"""

import argparse
import math
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.fit_efficiencies import FOLDS, Fit, left_out, log_errors, spreads
from benchmarks.published import Row, by_cell, published
from planner.core.anchors import Measured, anchored
from planner.core.efficiencies import IDEAL, TEXTBOOK, Efficiencies
from planner.core.serving import estimate

DRAWS = 3
ANCHORS = 2


def relative(errors: Iterable[float]) -> list[float]:
    """|forecast / published - 1| of log(published / forecast)."""
    return [abs(math.exp(-error) - 1) for error in errors]


def line(name: str, rows: Sequence[Row], errors: Sequence[float]) -> str:
    """Cells, median and 90th percentile of the cells' errors, and the middle of their bias."""
    cells = list(by_cell(rows, relative(errors)).values())
    bias = math.exp(-float(np.median(list(by_cell(rows, errors).values()))))
    median, worst = np.quantile(cells, [0.5, 0.9])
    return f"{name:<34} {len(cells):>5} {median:>7.0%} {worst:>7.0%} {bias:>7.2f}"


def head(title: str) -> None:
    """The line above a table."""
    print(f"\n{title:<34} {'cells':>5} {'median':>7} {'p90':>7} {'bias':>7}")


def table(
    title: str, rows: Sequence[Row], errors: Sequence[float], key: Callable[[Row], str]
) -> None:
    """A line for each value of the key, the most cells first."""
    head(title)
    groups: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        groups.setdefault(key(row), []).append(place)
    for name, own in sorted(groups.items(), key=lambda g: -len({rows[i].cell for i in g[1]})):
        print(line(name[:34], [rows[i] for i in own], [errors[i] for i in own]))


def with_anchors(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[float], list[float]]:
    """Rows of cells with points to spare, without and with two of the cell as measurements.

    The efficiencies never saw the GPU x model; anchors and judged rows are different runs.
    """
    names = sorted({row.pair for row in rows})
    fold = {
        pair: place % FOLDS
        for place, pair in enumerate(random.Random(seed).sample(names, len(names)))
    }
    judged: list[Row] = []
    plain: list[float] = []
    moved: list[float] = []
    chance = random.Random(seed)
    for one in range(FOLDS):
        efficiencies = Fit([row for row in rows if fold[row.pair] != one]).efficiencies()
        cells: dict[tuple[str, str, str], list[Row]] = {}
        for row in rows:
            if fold[row.pair] == one:
                cells.setdefault(row.cell, []).append(row)
        for own in cells.values():
            runs = sorted({repr(row.run) for row in own})
            if len(runs) <= ANCHORS:
                continue
            drawn = set(chance.sample(runs, ANCHORS))
            points = _points(own, drawn)
            rest = [row for row in own if repr(row.run) not in drawn]
            errors = log_errors(rest, efficiencies)
            judged += rest
            plain += errors
            moved += [
                error - _moved(row, points, efficiencies)
                for row, error in zip(rest, errors, strict=True)
            ]
    return judged, plain, moved


def _points(own: Sequence[Row], drawn: set[str]) -> list[Measured]:
    """One row of each drawn run."""
    first = {repr(row.run): row for row in reversed(own)}
    return [Measured(run=first[r].run, output_tokens_per_second=first[r].rate) for r in drawn]


def _moved(row: Row, points: Sequence[Measured], efficiencies: Efficiencies) -> float:
    shift = anchored(row.run, points, efficiencies)
    return 0.0 if shift is None else math.log(shift.factor)


def held(rows: Sequence[Row], errors: Sequence[float], seed: int = 1, trials: int = 50) -> float:
    """Which share of the rows lies in intervals that half of the other cells calibrated."""
    cells = sorted({row.cell for row in rows})
    chance, shares = random.Random(seed), []
    for _ in range(trials):
        known = set(chance.sample(cells, len(cells) // 2))
        half = [i for i, row in enumerate(rows) if row.cell in known]
        found = spreads([rows[i] for i in half], [errors[i] for i in half])
        rest = [i for i, row in enumerate(rows) if row.cell not in known]
        made = Efficiencies(common={}, spreads=found)
        inside = [
            float(
                math.log(made.spread(rows[i].run.setting).low)
                <= errors[i]
                <= math.log(made.spread(rows[i].run.setting).high)
            )
            for i in rest
        ]
        own: dict[tuple[str, str, str], list[float]] = {}
        for i, value in zip(rest, inside, strict=True):
            own.setdefault(rows[i].cell, []).append(value)
        shares.append(np.mean([np.mean(values) for values in own.values()]))
    return float(np.mean(shares))


def draw(rows: Sequence[Row], errors: Sequence[float], path: Path) -> None:
    """Forecast against published, one point a row."""
    import matplotlib as mpl  # noqa: PLC0415 - only for the plot

    mpl.use("Agg")
    from matplotlib import pyplot as plt  # noqa: PLC0415

    figure, axes = plt.subplots(figsize=(7, 7))
    for engine in sorted({row.run.setting.engine for row in rows}):
        own = [i for i, row in enumerate(rows) if row.run.setting.engine == engine]
        rates = [rows[i].rate for i in own]
        told = [rows[i].rate / math.exp(errors[i]) for i in own]
        axes.scatter(rates, told, s=9, alpha=0.6, label=engine)
    ends = [min(row.rate for row in rows), max(row.rate for row in rows)]
    axes.plot(ends, ends, color="black", linewidth=1)
    for factor in (0.5, 2):
        axes.plot(ends, [end * factor for end in ends], color="grey", linewidth=0.7, linestyle=":")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="published output tokens per second",
        ylabel="forecast by a fit without this GPU x model",
    )
    axes.legend()
    figure.savefig(path, dpi=80, bbox_inches="tight")
    print(f"\ndrawn: {path}")


def times(rows: Sequence[Row], efficiencies: Efficiencies) -> None:
    """The times of a request in rows of servers under steady load that tell them."""
    head("servers in steady load, in sample")
    for name in ("tpot", "ttft"):
        told = [
            (row, published / getattr(estimate(row.run, efficiencies), f"{name}_seconds") / 1000)
            for row in rows
            if row.run.harness == "serve" and row.run.scenario == "plain"
            if (published := getattr(row, f"{name}_ms"))
        ]
        print(line(name.upper(), [row for row, _ in told], [math.log(ratio) for _, ratio in told]))


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description="Forecasts against published figures.")
    asked.add_argument("--plot", type=Path, help="draw forecast against published into a file")
    options = asked.parse_args()
    rows = published()
    errors = left_out(rows, [row.pair for row in rows], FOLDS, seed=0)
    print(f"{len(rows)} rows in {len({row.cell for row in rows})} cells")
    head("by what was left out of the fit")
    print(line("GPU x model (unseen cells)", rows, errors))
    for name, groups in (
        ("the whole GPU", [row.pair[0] for row in rows]),
        ("the whole model", [row.pair[1] for row in rows]),
        ("the whole engine", [row.run.setting.engine for row in rows]),
    ):
        print(line(name, rows, left_out(rows, groups, len(set(groups)), seed=0)))
    fitted = Fit(rows).efficiencies()
    print(line("nothing (in sample)", rows, log_errors(rows, fitted)))
    head("by basis")
    print(line("transferred", rows, errors))
    for name, efficiencies in (("textbook roofline", TEXTBOOK), ("ideal roofline", IDEAL)):
        print(line(name, rows, log_errors(rows, efficiencies)))
    drawn = [with_anchors(rows, seed) for seed in range(DRAWS)]
    judged = [row for one in drawn for row in one[0]]
    print(line("cells with two points to spare", judged, [e for one in drawn for e in one[1]]))
    print(line("the same, anchored by them", judged, [e for one in drawn for e in one[2]]))
    print(
        f"\n80% intervals hold {held(rows, errors):.0%} of the rows of cells that did not make them"
    )
    table(
        "by engine and harness", rows, errors, lambda r: f"{r.run.setting.engine}/{r.run.harness}"
    )
    table("by GPU", rows, errors, lambda r: r.run.replica.gpu.name)
    table("by model", rows, errors, lambda r: r.run.replica.architecture.model)
    table("by format of the weights", rows, errors, lambda r: r.run.setting.format)
    table("by source", rows, errors, lambda r: r.source)
    times(rows, fitted)
    worst = sorted(by_cell(rows, errors).items(), key=lambda cell: -abs(cell[1]))[:12]
    print("\nworst cells, forecast / published")
    for (gpu, model, engine), error in worst:
        print(f"{math.exp(-error):>6.2f}  {engine} {model} on {gpu}")
    if options.plot:
        draw(rows, errors, options.plot)


if __name__ == "__main__":
    main()
