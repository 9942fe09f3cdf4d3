"""How an engine was driven, told from the words of a benchmark's scenario and load."""

import re
from collections.abc import Sequence

import msgspec

from planner.core.efficiencies import Scenario

_ALL_QUEUED = 3000  # requests of a full queue, where no table says how many
_THROUGHPUT_SCRIPT = 1000  # prompts of vLLM's benchmark_throughput.py
# Below this share of a burst's prompts a "concurrency" is the peak of an open loop.
_OPEN_LOOP = 0.4
_ROUND = (64, 100)  # answers of multiples of these are asked for
_LIKE_A_DATA_SET = 0.25  # by how much lengths may differ from a data set's means
_BATCHES = re.compile(
    r"\bstatic (?:batch|inference)|offline|benchmark_latency|first-token|batch-1|llama-bench|"
    r"bench latency|bench_one_batch"
)
_UNLIMITED = re.compile(r"\binf(?:inite)?\b|request throughput")


class Workload(msgspec.Struct, frozen=True, kw_only=True):
    """What a benchmark or data set means by its name: lengths, requests, a latency limit.

    `scenario` and `model` say where it applies, None everywhere. Lengths in tokens, means; for
    "trtllm-bench" they are what the number of `requests` belongs to.
    """

    name: str
    model: str | None = None
    scenario: str | None = None
    input_tokens: float | None = None
    output_tokens: float | None = None
    requests: int | None = None
    tpot_limit_ms: float | None = None
    status: str
    source: str


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What a benchmark says of its load; texts in lower case.

    `lengths` are the tokens in and out of a request, `requests` how many run at once, None where
    it does not say; `data` is the cell of the input, which may name a data set.
    """

    scenario: str
    load: str
    data: str
    model: str
    lengths: tuple[float, float]
    requests: float | None


class Drive(msgspec.Struct, frozen=True, kw_only=True):
    """How the engine was driven: see `Setting` and `Traffic` for the fields."""

    harness: str = "serve"
    scenario: Scenario = "plain"
    concurrency: float | None = None
    prompts: float | None = None
    varied: bool = False
    tpot_limit_ms: float | None = None


def drive_of(told: Told, workloads: Sequence[Workload]) -> Drive:
    """By a load generator, by its own benchmark, with static batches, or as a server."""
    if "mlperf" in told.scenario:
        return _mlperf(told, workloads)
    if "trtllm-bench" in told.scenario or "all queued" in told.load:
        return Drive(harness="bench", prompts=_queued(told, workloads))
    script = _THROUGHPUT_SCRIPT if "throughput.py" in told.scenario else None
    if script or re.search(_BATCHES, told.scenario):
        return Drive(harness="static", concurrency=told.requests, prompts=script)
    burst = re.search(r"([1-9]\d*) (?:prompts|queued)", f"{told.scenario} {told.load}")
    if not burst or not (re.search(_UNLIMITED, told.scenario) or "queued" in told.load):
        return Drive(concurrency=told.requests)
    prompts = float(burst.group(1))
    if told.requests is not None and told.requests < _OPEN_LOOP * prompts:
        return Drive(harness="burst", scenario="open", concurrency=told.requests)
    return Drive(
        harness="burst",
        scenario="burst",
        concurrency=told.requests,
        prompts=prompts,
        varied=_varied(told, workloads),
    )


def _varied(told: Told, workloads: Sequence[Workload]) -> bool:
    """Whether the requests are a data set's: by its name or its means, or by odd lengths.

    Generators of equal requests are asked for round lengths.
    """
    if all(told.lengths[1] % step for step in _ROUND):
        return True
    return any(
        workload.name.casefold() in f"{told.scenario} {told.data}"
        or all(
            abs(length / mean - 1) <= _LIKE_A_DATA_SET
            for length, mean in zip(
                told.lengths, (workload.input_tokens, workload.output_tokens), strict=True
            )
            if mean
        )
        for workload in workloads
        if workload.input_tokens and workload.requests is None
    )


def _mlperf(told: Told, workloads: Sequence[Workload]) -> Drive:
    """MLPerf's load generator: everything at once, or as much as keeps the limits."""
    kinds: tuple[Scenario, ...] = ("interactive", "server")
    kind = next((one for one in kinds if one in told.scenario), None)
    if kind is None:
        return Drive(harness="mlperf")
    limits = (
        w.tpot_limit_ms
        for w in workloads
        if w.name == "mlperf" and w.scenario == kind and w.model in (told.model, None)
    )
    return Drive(harness="mlperf", scenario=kind, tpot_limit_ms=next(limits, None))


def _queued(told: Told, workloads: Sequence[Workload]) -> int:
    known = (
        w.requests
        for w in workloads
        if w.name == "trtllm-bench" and (w.input_tokens, w.output_tokens) == told.lengths
    )
    return next((n for n in known if n), _ALL_QUEUED)
