"""The options that say what is to be served, and the forecaster that answers for them."""

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
import msgspec

from planner.cli.options import Settings, settings
from planner.cli.output import note
from planner.core.anchors import Measured
from planner.core.cases import Case, Facts, read_case
from planner.core.efficiencies import IDEAL
from planner.core.engines import Engine
from planner.core.hardware import WEIGHT_FORMATS, WeightFormat
from planner.core.probed import points
from planner.core.serving import Run, estimate
from planner.core.spellings import format_in
from planner.core.throughput import Forecaster, Plan
from planner.errors import BadFileError, UnknownNameError
from planner.files.cases import read_measured
from planner.files.efficiencies import efficiencies
from planner.files.hardware import (
    architectures,
    engines,
    find_architecture,
    find_engine,
    find_gpu,
    workloads,
)
from planner.files.measurements import kept
from planner.files.places import folders

P = ParamSpec("P")
R = TypeVar("R")

_PLANNED = "vllm"
_KV_FORMATS = ("bf16", "fp8", "int8")


def length_options(function: Callable[P, R]) -> Callable[P, R]:
    """`--input-tokens` and `--output-tokens`."""
    function = click.option(
        "--output-tokens", type=click.IntRange(1, 10_000_000), default=512, show_default=True,
        metavar="N", help="Length of its output.",
    )(function)  # fmt: skip
    return click.option(
        "--input-tokens", type=click.IntRange(0, 10_000_000), default=512, show_default=True,
        metavar="N", help="Length of a request's input.",
    )(function)  # fmt: skip


def serving_options(function: Callable[P, R]) -> Callable[P, R]:
    """`--dtype`, `--kv-dtype`, `--engine` and `--measured`: how machines serve the model."""
    for option in (
        click.option(
            "--measured", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv",
            help="Own measurements, which anchor the forecast: a case file with output_tok_s.",
        ),
        click.option(
            "--engine", metavar="NAME",
            help="vllm, sglang, trtllm, tgi, llamacpp, ...  [vllm]",
        ),
        click.option(
            "--kv-dtype", type=click.Choice(_KV_FORMATS), default="bf16", show_default=True,
            metavar="DTYPE", help="Format of keys and values: bf16, fp8 or int8.",
        ),
        click.option(
            "--dtype", type=click.Choice(WEIGHT_FORMATS), metavar="DTYPE",
            help="Format of the weights: bf16, fp16, fp8, int8, fp4, mxfp4, int4, q8_0, q4_k_m"
            "  [the checkpoint's, or the GPU's 16-bit one]",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def limit_options(function: Callable[P, R]) -> Callable[P, R]:
    """`--ttft` and `--tpot`: limits on the times of a request."""
    for option in (
        click.option(
            "--tpot", type=click.FloatRange(min=0, min_open=True), metavar="MS",
            help="Limit on the mean time between tokens, at the middle of the forecast.",
        ),
        click.option(
            "--ttft", type=click.FloatRange(min=0, min_open=True), metavar="MS",
            help="Limit on the time to the first token in steady load, likewise.",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def forecaster(
    model: str | None = None,
    *,
    dtype: WeightFormat | None = None,
    kv_dtype: WeightFormat = "bf16",
    engine: str | None = None,
    measured: Path | None = None,
    tp: int | None = None,
    ttft: float | None = None,
    tpot: float | None = None,
    on: dt.date | None = None,
    chosen: Settings | None = None,
) -> Forecaster:
    """What answers for a machine; limits in milliseconds.

    Without `dtype` the model's name may tell it, as "-AWQ" does. Chips that need an engine of
    their own get it unless one is named; so does a GPU whose server was measured with this model.
    What probes have kept up to a date counts as measured, beside the file. Raises
    UnknownNameError for an engine, BadFileError for a file of measurements that cannot be used.
    """
    own = () if measured is None else anchors(measured, engine or _PLANNED)
    return Forecaster(
        efficiencies=efficiencies(),
        engine=known_engine(engine or _PLANNED),
        compiled={} if engine else {"neuron": find_engine("neuron")},
        measured=(*probed(on, chosen or settings()), *own),
        follows=engine is None,
        plan=Plan(
            dtype=dtype or format_in(model or ""),
            kv_dtype=kv_dtype,
            tensor_parallel=tp,
            ttft_limit_seconds=ttft and ttft / 1000,
            tpot_limit_seconds=tpot and tpot / 1000,
        ),
    )


def probed(on: dt.date | None, chosen: Settings) -> tuple[Measured, ...]:
    """What the user's probes, and the carried ones, have kept; a file at fault is noted."""
    found, faults = kept(folders("snapshots", chosen.snapshots))
    note(chosen, *faults)
    known = tuple(one for one in found if on is None or one.measured_at.date() <= on)
    return points(known, case_facts()) if known else ()


def known_engine(name: str) -> Engine:
    """The engine of a spelling; UnknownNameError names those that are known."""
    found = find_engine(name)
    if found.name == "other" and name != "other":
        known = ", ".join(engine.name for engine in engines())
        raise UnknownNameError(f"no engine is called {name!r}; there is {known}")
    return found


def case_facts() -> Facts:
    """Where the names of a case file lead."""
    return Facts(
        architecture=find_architecture, gpu=find_gpu, engine=find_engine, workloads=workloads()
    )


def anchors(path: Path, planned: str) -> tuple[Measured, ...]:
    """The measured points of a file, under the planned engine where a row names none.

    BadFileError names the first row that cannot be used, UnknownNameError an unknown engine.
    """
    return tuple(
        Measured(
            run=run,
            output_tokens_per_second=rate,
            told=f"{' '.join(w for w in (case.case, case.engine, case.date) if w)}, {path.name}",
        )
        for case, run, rate in measured_runs(path, planned)
    )


def measured_runs(path: Path, planned: str) -> Iterator[tuple[Case, Run, float]]:
    """The rows of a case file with what ran and the measured rate; errors as `anchors`."""
    facts = case_facts()
    for row, rate in read_measured(path):
        case = row if row.engine else msgspec.structs.replace(row, engine=planned)
        known_engine(case.engine)
        read = read_case(case, facts)
        if read.run is None:
            raise BadFileError(f"{path}: {case.case}: {'; '.join(read.reasons)}")
        most = estimate(read.run, IDEAL).output_tokens_per_second
        if rate > most and not read.run.speculative:
            raise BadFileError(
                f"{path}: {case.case}: {rate:,.10g} tokens per second are more than the datasheet "
                f"allows, {most:,.0f}; give output tokens alone"
            )
        yield case, read.run, rate


def architecture_name(model: str, canonical: Callable[[str], str]) -> str:
    """The model of a spelling whose architecture is known; UnknownNameError with close matches."""
    known = {a.model for a in architectures()}
    name = canonical(model)
    if name in known:
        return name
    try:
        return find_architecture(model).model
    except UnknownNameError as error:
        told = str(error).replace("no architecture is called", "no architecture is known of")
        raise UnknownNameError(f"{told}; planner models --open-weights lists open models") from None
