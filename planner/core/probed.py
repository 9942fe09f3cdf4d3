"""Measurements as points that forecasts start from, and forecasts held against measurements."""

import datetime as dt

from planner.core.anchors import Measured
from planner.core.answers import Answer
from planner.core.cases import Facts
from planner.core.efficiencies import IDEAL, TEXTBOOK, Basis, Efficiencies
from planner.core.hardware import BYTES_OF_16_BIT, WEIGHT_FORMATS, Gpu, WeightFormat
from planner.core.layouts import default_format
from planner.core.measurements import Device, Drive, Measurement
from planner.core.roofline import Layout, Replica, Traffic
from planner.core.serving import Run, estimate
from planner.core.throughput import Interval
from planner.errors import UnknownNameError

_EIGHT_BITS = ("fp8", "fp8_e4m3", "fp8_e5m2", "int8")  # of keys and values
_SPELLED: dict[str, WeightFormat] = {
    "bfloat16": "bf16",
    "float16": "fp16",
    "half": "fp16",
    "awq": "int4",
    "gptq": "int4",
    "nvfp4": "fp4",
}


class Comparison(Answer, frozen=True):
    """A measurement and what is forecast of it; `error` is forecast / measured - 1.

    `basis` is "transferred" where published figures and the GPU's datasheet make the forecast,
    "textbook" where the device's own measured ceilings do (MBU 0.8, MFU 0.5).
    """

    model: str
    device: str | None
    engine: str | None
    drive: str
    concurrency: float | None
    input_tokens: float
    output_tokens: float
    measured_tokens_per_second: float
    forecast_tokens_per_second: Interval
    error: float
    within: bool
    basis: Basis


def points(measurements: tuple[Measurement, ...], facts: Facts) -> tuple[Measured, ...]:
    """Those that forecasts can start from: a GPU, a model and an engine of the tables.

    One whose format of weights was not told anchors at most: it is guessed.
    """
    found = []
    for one in measurements:
        run = run_of(one, facts)
        known = one.device.gpu and one.engine
        if known and isinstance(run, Run) and not exceeds_datasheet(one, run):
            told = f"{one.engine or 'a server'} on {one.measured_at:%Y-%m-%d}, {one.source}"
            rate = one.output_tokens_per_second or 0.0
            found.append(
                Measured(
                    run=run,
                    output_tokens_per_second=rate,
                    told=told,
                    exact=one.dtype is not None,
                    saturated=bool(one.saturated),
                )
            )
    return tuple(found)


def measurement_of(run: Run, rate: float, *, at: dt.datetime, source: str) -> Measurement:
    """A run that somebody measured elsewhere, by its output tokens per second alone."""
    replica, gpus = run.replica, run.replicas * run.replica.layout.gpus
    drives: dict[str, Drive] = {"static": "static", "burst": "burst"}
    return Measurement(
        measured_at=at,
        source=source,
        model=replica.architecture.model,
        engine=replica.engine.name,
        device=Device(name=replica.gpu.name, gpu=replica.gpu.name, count=gpus),
        tensor_parallel=replica.layout.tensor,
        replicas=run.replicas,
        dtype=replica.weights,
        drive=drives.get(run.harness, "closed_loop"),
        concurrency=run.traffic.concurrency,
        prompts=None if run.traffic.prompts is None else round(run.traffic.prompts),
        input_tokens=run.traffic.input_tokens,
        output_tokens=run.traffic.output_tokens,
        output_tokens_per_second=rate,
    )


def run_of(one: Measurement, facts: Facts) -> Run | str:
    """What ran, as forecasts see it; or why they do not.

    A machine that is no GPU of the tables is one of its own, made of its measured ceilings.
    """
    if reason := _unusable(one):
        return reason
    try:
        architecture = facts.architecture(one.model)
        gpu = facts.gpu(one.device.gpu) if one.device.gpu else _own(one)
    except UnknownNameError as error:
        known = str(error).startswith("no GPU")
        return str(error) if known else f"{one.model} is no model of the tables"
    if gpu is None or architecture.parameters is None:
        what = f"the parameters of {architecture.model} are" if gpu else "the GPU is"
        return f"{what} not known"
    engine = facts.engine(one.engine or "")
    weights = format_of(one.dtype) if one.dtype else default_format(architecture, gpu, engine)
    if weights is None:
        return f"no forecast is made of weights in {one.dtype}"
    tensor = one.tensor_parallel or max(1, one.device.count // (one.replicas or 1))
    replica = Replica(
        architecture=architecture,
        gpu=gpu,
        engine=engine,
        weights=weights,
        kv_bytes_per_value=1.0 if one.kv_dtype in _EIGHT_BITS else BYTES_OF_16_BIT,
        layout=Layout(tensor=tensor),
    )
    return Run(
        replica=replica,
        replicas=one.replicas or max(1, one.device.count // tensor),
        traffic=Traffic(
            input_tokens=one.input_tokens,
            output_tokens=one.output_tokens,
            concurrency=one.concurrency,
            prompts=one.prompts if one.drive == "burst" else None,
        ),
        harness={"static": "static", "burst": "burst"}.get(one.drive, "serve"),
        scenario="burst" if one.drive == "burst" else "plain",
    )


def _unusable(one: Measurement) -> str:
    """Why a measurement is no rate of its machine; "" where it is."""
    if not one.output_tokens_per_second or not one.output_tokens:
        return "no output was measured"
    if one.fails and (told := one.requests) is not None:
        return f"{told.failed} of {told.completed + told.failed} requests failed"
    if one.counted is False:
        return "its tokens were counted by chunks, not by the server"
    if one.drive == "open_loop" and (one.concurrency or 0) < 1:
        return "less than one request was under way"
    return ""


def exceeds_datasheet(one: Measurement, run: Run) -> bool:
    """Whether more was measured than the GPU can do: it was another one, or not output alone."""
    return (one.output_tokens_per_second or 0) > estimate(run, IDEAL).output_tokens_per_second


def compared(one: Measurement, facts: Facts, efficiencies: Efficiencies) -> Comparison | str:
    """A measurement beside what is forecast without it; or why nothing is."""
    run = run_of(one, facts)
    if isinstance(run, str):
        return run
    rate = one.output_tokens_per_second or 0.0
    known = efficiencies if one.device.gpu else TEXTBOOK
    mid, spread = estimate(run, known).output_tokens_per_second, known.spread(run.setting)
    forecast = Interval(low=mid * spread.low, mid=mid, high=mid * spread.high)
    return Comparison(
        model=one.model,
        device=one.device.gpu or one.device.name,
        engine=one.engine,
        drive=one.drive,
        concurrency=one.concurrency,
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        measured_tokens_per_second=rate,
        forecast_tokens_per_second=forecast,
        error=mid / rate - 1,
        within=forecast.low <= rate <= forecast.high,
        basis=known.basis,
    )


def format_of(spelling: str) -> WeightFormat | None:
    """The format of weights that a measurement names; None for one that no forecast knows."""
    name = spelling.strip().lower()
    return next((each for each in WEIGHT_FORMATS if each == name), _SPELLED.get(name))


def _own(one: Measurement) -> Gpu | None:
    """A device that no table holds, by the ceilings that were measured on it."""
    device = one.device
    if device.bandwidth_gb_per_s is None or device.matmul_tflops is None:
        return None
    return Gpu(
        name=device.name or "this device",
        memory_gib=device.memory_gib,
        memory_bandwidth_gb_per_s=device.bandwidth_gb_per_s,
        bf16_tflops=device.matmul_tflops,
        fp16_tflops=device.matmul_tflops,
        status="measured",
        source=one.source,
    )
