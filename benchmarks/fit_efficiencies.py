"""Fit the efficiencies to the published rows, in logarithms, with partial pooling.

    python -m benchmarks.fit_efficiencies        # prints, writes planner/data/efficiencies.csv

The model is `Factors.seconds` with each factor exp(common + offsets of its levels). Offsets and
rate factors are drawn to 0 (sd 0.3 and 0.2; 0.4 for scenarios), common factors to textbook values;
errors count by a pseudo-Huber loss beyond 0.4, and a (GPU, model, harness) group weighs as the
root of its rows, six at most; single reports from the web weigh half. Levenberg-Marquardt; the
batches under a limit on TPOT are worked out again with the fitted factors. The interval is split
conformal: the 9% and 91% quantiles of the
errors of rows whose GPU x model was left out of the fit (new cells scatter a little wider).
"""

import csv
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from benchmarks.published import WEB, Row, by_cell, merged, published
from planner.core.efficiencies import PARTS, Efficiencies, Spread, kind_of
from planner.core.roofline import Parts
from planner.core.serving import Run, estimate, running

OUT = Path(__file__).parents[1] / "planner" / "data" / "efficiencies.csv"
SHARPNESS = 3.0
_STUCK = 1e8  # damping at which no step lowers the cost
# The prior of each common factor: its logarithm and that one's standard deviation.
PRIOR = {
    "weights": (math.log(1 / 0.75), 0.1),
    "kv": (math.log(1 / 0.65), 0.4),
    "matmul": (math.log(1 / 0.55), 0.4),
    "layers": (math.log(20e-6), 0.7),
    "step": (math.log(1e-3), 1.0),
    "wires": (math.log(1 / 0.6), 0.5),
    "prefill": (math.log(1 / 0.5), 0.4),
    "attention": (math.log(1 / 0.4), 0.5),
    "token": (math.log(20e-6), 1.0),
    "tail": (0.0, 0.3),
}
# Which levels may shift which part.
LEVELS = {
    "weights": ("generation", "harness", "format", "harness and kind"),
    "kv": ("harness", "generation"),
    "matmul": ("generation", "format", "harness", "harness and kind"),
    "layers": ("harness",),
    "step": ("harness",),
    "wires": ("generation",),
    "prefill": ("generation", "format", "harness", "harness and kind"),
    "token": ("harness",),
}
OFFSET_SD, RATE_SD, SCENARIO_SD, NOISE, HUBER = 0.3, 0.2, 0.4, 0.25, 0.4
WEB_WEIGHT = 0.5  # of rows from pages and issues, which nobody repeated
SHIPPED = 0.01  # offsets and rates of less than 1% are left out of the table
SEEN = ("engine", "generation", "format", "harness", "engine and generation")
QUANTILES = (0.09, 0.91)
BORROWED = 5.0  # cells
FOLDS = 10


class Fit:
    """The parameters, and the names of their columns: parts, then offsets, then rates."""

    def __init__(self, rows: Sequence[Row]) -> None:
        rows = merged(rows)
        runs = [row.run for row in rows]
        settings = [run.setting for run in runs]
        self.offsets = sorted(
            {
                (part, level, setting.levels()[level])
                for setting in settings
                for part, levels in LEVELS.items()
                for level in levels
            }
        )
        plain = ("scenario:plain",)
        self.rates = sorted({n for s in settings for n in s.rates() if n not in plain})
        self.centre = np.concatenate(
            [[PRIOR[p][0] for p in PARTS], np.zeros(len(self.offsets) + len(self.rates))]
        )
        wide = [SCENARIO_SD if n.startswith(("scenario", "spec")) else RATE_SD for n in self.rates]
        self.sd = np.concatenate(
            [[PRIOR[p][1] for p in PARTS], np.full(len(self.offsets), OFFSET_SD), wide]
        )
        self.theta = self.centre.copy()
        groups = [(*row.pair, row.run.setting.engine, row.run.harness) for row in rows]
        sizes = Counter(groups)
        shares = [min(sizes[g], 6) ** 0.5 / sizes[g] for g in groups]
        trust = [WEB_WEIGHT if row.source == WEB else 1.0 for row in rows]
        weights = np.array(shares) * np.array(trust) / NOISE**2
        wanted = np.log([row.rate for row in rows])
        for _ in range(2):  # the batches under a limit depend on the factors
            batches = [running(run, self.efficiencies()) for run in runs]
            self._solve(self._design(runs, batches), wanted, weights)

    def efficiencies(self) -> Efficiencies:
        """The fitted factors, without a spread."""
        values = np.exp(self.theta)
        first, second = len(PARTS), len(PARTS) + len(self.offsets)
        return Efficiencies(
            common=dict(zip(PARTS, map(float, values[:first]), strict=True)),
            offsets=dict(zip(self.offsets, map(float, values[first:second]), strict=True)),
            rates=dict(zip(self.rates, map(float, values[second:]), strict=True)),
            spreads={},
        )

    def _design(
        self, runs: Sequence[Run], batches: Sequence[float]
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Times of the parts by row; which offsets act on which part; powers of the rates."""
        times = np.zeros((len(runs), len(PARTS)))
        acts = np.zeros((len(PARTS), len(runs), len(self.offsets)))
        powers = np.zeros((len(runs), len(self.rates)))
        place = {name: i for i, name in enumerate(self.offsets)}
        for row, (run, batch) in enumerate(zip(runs, batches, strict=True)):
            parts: Parts = run.replica.parts(batch, run.traffic.over(run.busy))
            times[row] = [getattr(parts, part) / run.busy for part in PARTS]
            setting = run.setting
            for level, name in setting.levels().items():
                for i, part in enumerate(PARTS):
                    if (column := place.get((part, level, name))) is not None:
                        acts[i, row, column] = 1
            for name, power in setting.rates().items():
                if name in self.rates:
                    powers[row, self.rates.index(name)] = power
        return times, acts, powers

    def _logs(
        self, theta: np.ndarray, design: tuple[np.ndarray, np.ndarray, np.ndarray]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Logarithms of the rates, and their derivatives."""
        times, acts, powers = design
        first, second = len(PARTS), len(PARTS) + len(self.offsets)
        logs = theta[None, :first] + np.einsum("pno,o->np", acts, theta[first:second])
        spent = times * np.exp(np.clip(logs, -40, 40))
        memory = spent[:, 0] + spent[:, 1] + 1e-300
        compute = spent[:, 2] + 1e-300
        p = SHARPNESS
        roof = (memory**p + compute**p) ** (1 / p)
        total = roof + spent[:, 3:].sum(axis=1)
        slopes = spent.copy()
        slopes[:, :2] *= ((memory / roof) ** (p - 1))[:, None]
        slopes[:, 2] *= (compute / roof) ** (p - 1)
        slopes /= -total[:, None]
        rates = -np.log(total) + powers @ theta[second:]
        offsets = np.einsum("np,pno->no", slopes, acts)
        return rates, np.concatenate([slopes, offsets, powers], axis=1)

    def _solve(
        self,
        design: tuple[np.ndarray, np.ndarray, np.ndarray],
        wanted: np.ndarray,
        weights: np.ndarray,
    ) -> None:
        theta, damping, last = self.theta, 1e-2, math.inf

        def cost(at: np.ndarray, errors: np.ndarray) -> float:
            loss = 2 * HUBER**2 * (np.sqrt(1 + (errors / HUBER) ** 2) - 1)
            return float((weights * loss).sum() + (((at - self.centre) / self.sd) ** 2).sum())

        for _ in range(60):
            rates, slopes = self._logs(theta, design)
            errors = wanted - rates
            now = cost(theta, errors)
            if last - now < 1e-6 * max(1.0, now):
                break
            own = weights / np.sqrt(1 + (errors / HUBER) ** 2)
            matrix = (slopes * own[:, None]).T @ slopes + np.diag(1 / self.sd**2)
            slope = (slopes * own[:, None]).T @ errors - (theta - self.centre) / self.sd**2
            while damping < _STUCK:
                step = np.linalg.solve(matrix + damping * np.diag(np.diag(matrix)), slope)
                tried = theta + np.clip(step, -1, 1)
                if cost(tried, wanted - self._logs(tried, design)[0]) <= now:
                    break
                damping *= 5
            theta, last, damping = tried, now, max(damping / 5, 1e-6)
        self.theta = theta


def log_errors(rows: Sequence[Row], efficiencies: Efficiencies) -> list[float]:
    """log(published / forecast) of each row."""
    return [
        math.log(row.rate / estimate(row.run, efficiencies).output_tokens_per_second)
        for row in rows
    ]


def left_out(rows: Sequence[Row], groups: Sequence[object], folds: int, seed: int) -> list[float]:
    """log(published / forecast) of each row by a fit that saw nothing of its group."""
    names = sorted(set(groups), key=repr)
    order = np.random.default_rng(seed).permutation(len(names))
    fold = {names[int(i)]: place % folds for place, i in enumerate(order)}
    found = [0.0] * len(rows)
    for one in range(min(folds, len(names))):
        fit = Fit([row for row, g in zip(rows, groups, strict=True) if fold[g] != one])
        apart = [i for i, g in enumerate(groups) if fold[g] == one]
        efficiencies = fit.efficiencies()
        for i, error in zip(apart, log_errors([rows[i] for i in apart], efficiencies), strict=True):
            found[i] = error
    return found


def spreads(rows: Sequence[Row], errors: Sequence[float]) -> dict[str, Spread]:
    """The quantiles of the errors by harness, and for all driven engines and all servers.

    Each cell weighs 1; beside a harness' own cells the others of its kind weigh BORROWED together.
    """
    sizes = Counter(row.cell for row in rows)
    weights = [1 / sizes[row.cell] for row in rows]
    harnesses = [f"{row.run.setting.engine}/{row.run.harness}" for row in rows]
    kinds = [kind_of(row.run.harness) for row in rows]
    found = {}
    for name in sorted({*harnesses, *kinds}):
        own = [name in (harness, kind) for harness, kind in zip(harnesses, kinds, strict=True)]
        kind = kinds[own.index(True)]
        others = sum(w for w, o, k in zip(weights, own, kinds, strict=True) if k == kind and not o)
        lent = min(1.0, BORROWED / others) if others else 0.0
        pooled = sorted(
            (error, weight * (1.0 if mine else lent))
            for error, weight, mine, k in zip(errors, weights, own, kinds, strict=True)
            if k == kind
        )
        heap = np.cumsum([weight for _, weight in pooled])
        low, high = (
            math.exp(pooled[int(np.searchsorted(heap / heap[-1], q))][0]) for q in QUANTILES
        )
        found[name] = Spread(min(1.0, low), max(1.0, high))
    return found


def counted(rows: Sequence[Row]) -> dict[tuple[str, str], int]:
    """How many cells speak for each name of each level."""
    told: dict[tuple[str, str], set[tuple[str, str, str]]] = {}
    for row in rows:
        setting = row.run.setting
        kinds = {
            "engine": setting.engine,
            "engine and generation": f"{setting.engine}/{setting.generation}",
            **setting.levels(),
        }
        for level, name in (*kinds.items(), *(("rate", n) for n in setting.rates())):
            told.setdefault((level, name), set()).add(row.cell)
    return {key: len(own) for key, own in told.items()}


def lines(
    fit: Fit, rows: Sequence[Row], found: dict[str, Spread]
) -> Iterator[tuple[str, str, str, str, int]]:
    """Part, level, name, factor, and how many published cells speak for it."""
    cells = counted(rows)
    every = len({row.cell for row in rows})
    fitted = fit.efficiencies()
    for part, value in fitted.common.items():
        yield part, "", "", f"{value:.4g}", every
    for (part, level, name), value in fitted.offsets.items():
        if abs(math.log(value)) >= SHIPPED:
            yield part, level, name, f"{value:.3f}", cells[level, name]
    for name, value in fitted.rates.items():
        if abs(math.log(value)) >= SHIPPED:
            yield "rate", "", name, f"{value:.3f}", cells["rate", name]
    for name, spread in found.items():
        own = cells.get(("harness", name), every)
        yield "low", "", name, f"{spread.low:.3f}", own
        yield "high", "", name, f"{spread.high:.3f}", own
    for (level, name), count in sorted(cells.items()):
        if level in SEEN:
            yield "seen", level, name, "1", count


def write(fit: Fit, rows: Sequence[Row], found: dict[str, Spread], path: Path = OUT) -> None:
    """The table that the program reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("part", "level", "name", "factor", "cells"))
        writer.writerows(lines(fit, rows, found))


def main() -> None:
    """Fit, judge, write."""
    rows = published()
    errors = left_out(rows, [row.pair for row in rows], FOLDS, seed=0)
    found = spreads(rows, errors)
    fit = Fit(rows)
    write(fit, rows, found)
    told = by_cell(rows, [abs(math.exp(-e) - 1) for e in errors])
    own = by_cell(rows, [abs(math.exp(-e) - 1) for e in log_errors(rows, fit.efficiencies())])
    for name, values in (("left out", told), ("in sample", own)):
        quantiles = np.quantile(list(values.values()), [0.5, 0.9])
        print(f"{name}: {len(values)} cells, median {quantiles[0]:.3f}, p90 {quantiles[1]:.3f}")
    for name, spread in found.items():
        print(f"{name}: {spread.low:.2f} to {spread.high:.2f}")


if __name__ == "__main__":
    main()
