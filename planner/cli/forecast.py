"""`planner forecast`: how many tokens per second a GPU yields for an open model."""

from fractions import Fraction
from pathlib import Path

import click
from click.core import ParameterSource

from planner.cli.options import Exemplified, common, settings
from planner.cli.output import show
from planner.cli.serving import (
    architecture_name,
    case_facts,
    forecaster,
    length_options,
    serving_options,
)
from planner.core.case_answer import forecast_cases
from planner.core.forecast_answer import ForecastAnswer, ForecastEntry, entry_of
from planner.core.hardware import WeightFormat
from planner.core.roofline import Traffic
from planner.core.throughput import Forecaster
from planner.errors import UsageError
from planner.files.cases import read_cases
from planner.files.facts import model_names
from planner.files.hardware import find_architecture, find_gpu

_TOLD_BY_CASES = (
    "model", "gpu", "gpus", "input_tokens", "output_tokens", "concurrency", "tp", "dtype",
    "kv_dtype", "engine",
)  # fmt: skip
_COLUMNS = [
    "case", "model", "gpu", "num_gpus", "dtype", "engine", "output_tokens_per_second_low",
    "output_tokens_per_second_mid", "output_tokens_per_second_high", "ttft_ms", "tpot_ms",
    "max_concurrency", "basis", "reasons", "notes",
]  # fmt: skip


@click.command(
    "forecast",
    cls=Exemplified,
    epilog="Example: planner forecast llama-3-8b --gpu H100-SXM --concurrency 64",
)
@click.argument("model", required=False)
@click.option("--gpu", metavar="GPU", help="H100-SXM, A100-80-SXM, L40S, ...")
@click.option("--gpus", type=click.IntRange(1, 1024), metavar="N", help="How many of them.  [1]")
@length_options
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    metavar="N",
    help="Requests that run at once  [as many as fit]",
)
@click.option(
    "--tp",
    type=click.IntRange(1, 1024),
    metavar="N",
    help="GPUs that share a copy of the model  [what is fastest]",
)
@serving_options
@click.option(
    "--cases",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Forecast many: a table of cases, one a row.",
)
@common
def command(
    *, model: str | None, gpu: str | None, gpus: int | None, input_tokens: int,
    output_tokens: int, concurrency: int | None, tp: int | None, dtype: WeightFormat | None,
    kv_dtype: WeightFormat, engine: str | None, measured: Path | None, cases: Path | None,
) -> None:  # fmt: skip
    """How many output tokens per second MODEL yields on a GPU that is not here, with its times.

    A roofline with efficiencies fitted to published figures; low to high is an interval that four
    of five such figures are in. Own measurements tighten it.
    """
    machine = forecaster(
        model, dtype=dtype, kv_dtype=kv_dtype, tp=tp, engine=engine, measured=measured
    )
    if cases is not None:
        told = click.get_current_context().get_parameter_source
        if any(told(name) is ParameterSource.COMMANDLINE for name in _TOLD_BY_CASES):
            raise UsageError(
                "--cases tells model, GPU, dtype, engine, lengths and load; leave those out"
            )
        entries = forecast_cases(read_cases(cases), case_facts(), machine)
    elif model is None or gpu is None:
        raise UsageError("give MODEL and --gpu, or --cases FILE.csv")
    else:
        traffic = Traffic(
            input_tokens=input_tokens, output_tokens=output_tokens, concurrency=concurrency
        )
        entries = (_entry(machine, model, gpu, gpus or 1, traffic),)
    answer = ForecastAnswer(forecasts=entries)

    def table() -> str:
        from planner.render.forecast import cases_text, forecast_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        told = forecast_text if cases is None else cases_text
        return told(answer, screen())

    show(settings(), answer, answer.forecasts, table, _COLUMNS, of=ForecastEntry)


def _entry(machine: Forecaster, model: str, gpu: str, gpus: int, traffic: Traffic) -> ForecastEntry:
    architecture = find_architecture(architecture_name(model, model_names().canonical))
    chip = find_gpu(gpu)
    return entry_of(
        machine.forecast(architecture, chip, Fraction(gpus), traffic),
        case=None,
        model=architecture.model,
        gpu=chip.name,
        num_gpus=gpus,
        lengths=(traffic.input_tokens, traffic.output_tokens),
    )
