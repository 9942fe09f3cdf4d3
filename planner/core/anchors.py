"""Own measurements anchor a forecast: what was measured nearby shifts it, and narrows it.

The shift is the mean of the measured points' errors (in logarithms), weighted by how much alike
they are, and shrunk towards none: sum(w r) / (sum(w) + shrinkage). The shrinkages and the width
were chosen on published rows: with two points of the same GPU, model and engine the other rows of
that cell are forecast with a median error of 8% instead of 11%.
"""

import math
from collections.abc import Iterable

import msgspec

from planner.core.efficiencies import Efficiencies
from planner.core.serving import Run, estimate

_SHRINKAGE = {"cell": 0.5, "model": 1.0, "gpu": 2.0}
_NARROWED = 0.8  # the width of the interval in logarithms with two points of the cell
_ENOUGH = 1.0  # sum of the weights from which on the interval is narrower
_SAME = 0.999  # likeness of a point that is the question itself: a load within 9%, say
_ROUNDS = 1.05  # rounds of one measurement that differ by more are flagged


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """A measured point: what ran, and the output tokens per second of the whole system.

    `told` says in a few words where and when, for those who read the forecast. One that is not
    `exact` (its set-up is guessed in part) anchors at most. A `saturated` one was at the load from
    which on more brought no more.
    """

    run: Run
    output_tokens_per_second: float
    told: str = ""
    exact: bool = True
    saturated: bool = False

    def __post_init__(self) -> None:
        if self.output_tokens_per_second <= 0:
            raise ValueError("a measured rate is more than 0; leave out what was not measured")


class Shift(msgspec.Struct, frozen=True, kw_only=True):
    """What measured points do to a forecast: a factor of its middle and one of its width.

    `kind` is what the points share with it: "cell" (GPU and model), "model" or "gpu".
    """

    factor: float
    width: float
    points: int
    kind: str


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The question itself was measured: a rate, and the factor that it may be off by.

    The rate is the mean of the points (in logarithms), each moved by what the forecast says of the
    little that it differs in; the factor is that of rounds, or of points that disagree.
    """

    rate: float
    within: float
    told: str


def answered(run: Run, points: Iterable[Measured], efficiencies: Efficiencies) -> Answered | None:
    """What was measured of this very run; None where nothing was."""
    same = [
        p for p in points if p.exact and _same_setup(run, p.run) and likeness(run, p.run) >= _SAME
    ]
    if not same:
        return None
    here = _expected(run, efficiencies)
    logs = [
        math.log(p.output_tokens_per_second * here / _expected(p.run, efficiencies)) for p in same
    ]
    rate = math.exp(sum(logs) / len(logs))
    apart = math.exp((max(logs) - min(logs)) / 2)
    told = "; ".join(dict.fromkeys(p.told for p in same))
    return Answered(rate=rate, within=max(_ROUNDS, apart), told=told)


def anchored(run: Run, points: Iterable[Measured], efficiencies: Efficiencies) -> Shift | None:
    """How the points move the forecast of a run; None where none speaks for it.

    Points of the same GPU and model count alone where there are some, else those of the same
    model, else those of the same GPU.
    """
    kinds: dict[str, list[Measured]] = {}
    for point in points:
        kinds.setdefault(_relation(run, point.run), []).append(point)
    for kind, shrinkage in _SHRINKAGE.items():
        if near := kinds.get(kind):
            weights = [likeness(run, point.run) for point in near]
            total = sum(weights)
            moved = sum(
                weight * math.log(p.output_tokens_per_second / _expected(p.run, efficiencies))
                for weight, p in zip(weights, near, strict=True)
            )
            return Shift(
                factor=math.exp(moved / (total + shrinkage)),
                width=_NARROWED if kind == "cell" and total >= _ENOUGH else 1.0,
                points=len(near),
                kind=kind,
            )
    return None


def bounded(run: Run, points: Iterable[Measured]) -> Run:
    """The run with no more requests at once than its set-up was seen to make use of."""
    seen = [
        p.run.traffic.concurrency
        for p in points
        if p.saturated and p.run.traffic.concurrency and _same_setup(run, p.run)
    ]
    if not seen or (run.traffic.concurrency or math.inf) <= max(seen):
        return run
    traffic = msgspec.structs.replace(run.traffic, concurrency=max(seen))
    return msgspec.structs.replace(run, traffic=traffic)


def likeness(one: Run, other: Run) -> float:
    """How much one run says of another, up to 1 for the same."""
    apart = 0.0
    for value, with_value in (
        (_running(one), _running(other)),
        (one.traffic.input_tokens + 1, other.traffic.input_tokens + 1),
        (one.traffic.output_tokens, other.traffic.output_tokens),
    ):
        apart += (math.log(value / with_value) / 2) ** 2
    apart += one.setting.format != other.setting.format
    apart += 0.5 * (_gpus(one) != _gpus(other))
    return math.exp(-apart / 2)


def _same_setup(one: Run, other: Run) -> bool:
    """Whether two runs differ in nothing but lengths and load."""
    mine, theirs = (
        (
            run.replica.architecture.model,
            run.replica.gpu.name,
            run.replica.slice_of,
            run.replica.engine.name,
            run.replica.weights,
            run.replica.kv_bytes_per_value,
            run.replica.layout,
            run.replicas,
            run.speculative,
        )
        for run in (one, other)
    )
    return mine == theirs


def _relation(one: Run, other: Run) -> str:
    if one.replica.engine.name != other.replica.engine.name:
        return "none"
    same_gpu = one.replica.gpu.name == other.replica.gpu.name
    if one.replica.architecture.model == other.replica.architecture.model:
        return "cell" if same_gpu else "model"
    return "gpu" if same_gpu else "none"


def _expected(run: Run, efficiencies: Efficiencies) -> float:
    return estimate(run, efficiencies).output_tokens_per_second


def _running(run: Run) -> float:
    return run.busy * run.replica.batch(run.traffic.over(run.busy))


def _gpus(run: Run) -> float:
    return run.replicas * run.replica.layout.gpus * run.replica.slice_of
