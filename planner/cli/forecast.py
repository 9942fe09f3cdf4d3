"""`planner forecast`: how many tokens per second a GPU yields for an open model."""

from fractions import Fraction

import click

from planner.cli.lengths import architecture_name, length_options
from planner.cli.options import Exemplified, common, settings
from planner.cli.output import show
from planner.core.forecast_answer import ForecastAnswer, ForecastEntry, entry_of
from planner.core.hardware import Dtype
from planner.core.throughput import forecast
from planner.files.facts import model_names
from planner.files.hardware import find_architecture, find_gpu

_COLUMNS = [
    "model", "gpu", "num_gpus", "dtype", "output_tokens_per_second_low",
    "output_tokens_per_second_mid", "output_tokens_per_second_high", "ttft_ms", "tpot_ms",
    "max_concurrency", "basis", "reasons",
]  # fmt: skip


@click.command(
    "forecast",
    cls=Exemplified,
    epilog="Example: planner forecast llama-3-8b --gpu H100-SXM --concurrency 64",
)
@click.argument("model")
@click.option("--gpu", required=True, metavar="GPU", help="H100-SXM, A100-80-SXM, L40S, ...")
@click.option(
    "--gpus",
    type=click.IntRange(1, 1024),
    default=1,
    show_default=True,
    metavar="N",
    help="How many of them.",
)
@length_options
@click.option(
    "--concurrency",
    type=click.IntRange(1),
    metavar="N",
    help="Requests that run at once  [as many as fit]",
)
@common
def command(
    *, model: str, gpu: str, gpus: int, input_tokens: int, output_tokens: int,
    dtype: Dtype | None, concurrency: int | None,
) -> None:  # fmt: skip
    """How many output tokens per second MODEL yields on a GPU that is not here, with its times.

    A textbook roofline; low to high is an interval that four of five published figures are in.
    """
    names = model_names()
    architecture = find_architecture(architecture_name(model, names.canonical))
    chip = find_gpu(gpu)
    told = forecast(
        architecture,
        chip,
        Fraction(gpus),
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        dtype=dtype,
        concurrency=concurrency,
    )
    entry = entry_of(
        told,
        case=None,
        model=architecture.model,
        gpu=chip.name,
        num_gpus=gpus,
        lengths=(input_tokens, output_tokens),
    )
    answer = ForecastAnswer(forecasts=(entry,))

    def table() -> str:
        from planner.render.forecast import forecast_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return forecast_text(answer, screen())

    show(settings(), answer, answer.forecasts, table, _COLUMNS, of=ForecastEntry)
