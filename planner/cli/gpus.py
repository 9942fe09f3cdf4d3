"""`planner gpus`: which machines can serve an open model, how fast, and at what cost."""

import datetime as dt
from pathlib import Path

import click

from planner.cli.facts import known_region, price_table
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.serving import (
    architecture_name,
    forecaster,
    length_options,
    limit_options,
    serving_options,
)
from planner.core.candidates import Machines
from planner.core.forecast_answer import GpuOption, GpusAnswer
from planner.core.gpu_options import gpu_options
from planner.core.hardware import WeightFormat
from planner.core.roofline import Traffic
from planner.errors import NoDataError
from planner.files.facts import model_names
from planner.files.hardware import find_architecture, find_gpu, instances

_COLUMNS = [
    "provider", "region", "instance", "gpu", "gpus", "replicas_per_instance", "dtype",
    "concurrency", "output_tokens_per_second_low", "output_tokens_per_second_mid",
    "output_tokens_per_second_high", "basis", "usd_per_hour", "usd_per_mtok_output", "fits",
    "reasons",
]  # fmt: skip


@click.command("gpus", cls=Exemplified, epilog="Example: planner gpus llama-3-70b --tpot 50")
@click.argument("model")
@click.option("--region", metavar="REGION", help="Only this region  [each one's cheapest]")
@click.option(
    "--provider", type=click.Choice(["azure", "aws"]), metavar="NAME", help="Only azure or aws."
)
@length_options
@limit_options
@serving_options
@click.option("--all", "every_row", is_flag=True, help="Every machine on a terminal.")
@on_option
@common
def command(
    *, model: str, region: str | None, provider: str | None, input_tokens: int,
    output_tokens: int, ttft: float | None, tpot: float | None, dtype: WeightFormat | None,
    kv_dtype: WeightFormat, engine: str | None, measured: Path | None, every_row: bool,
    on: dt.date,
) -> None:  # fmt: skip
    """Every GPU machine of the tables for MODEL: what fits, how fast, dollars per million tokens.

    Sorted by the cost of output tokens at the latency limits, at the low end of the forecast.
    """
    chosen, names = settings(), model_names()
    name = architecture_name(model, names.canonical)
    prices = price_table(chosen, models=(), instances=True)
    known = {i.id: i for i in instances() if not i.retired(on)}
    place = region and known_region(region, also={r for row in prices.hourly for r in row.regions})
    hours = prices.instance_hours(on=on, provider=provider, region=place)
    if not hours:
        where = f" in {place}" if place else ""
        raise NoDataError(f"no price of a GPU machine is known{where} on {on}; see prices hours")
    machine = forecaster(
        model,
        dtype=dtype,
        kv_dtype=kv_dtype,
        engine=engine,
        measured=measured,
        ttft=ttft,
        tpot=tpot,
        on=on,
    )
    options = gpu_options(
        find_architecture(name),
        Traffic(input_tokens=input_tokens, output_tokens=output_tokens),
        Machines(hours=hours, instances=known, gpu=find_gpu, forecaster=machine),
        region=place,
    )
    answer = GpusAnswer(
        model=name,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        options=options,
        notes=(
            *machine.plan.limits(),
            "a price is no availability: GPU quota and the region's capacity are not looked at",
            "machines without a GPU are not in the tables",
        ),
    )

    def table() -> str:
        from planner.render.forecast import gpus_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return gpus_text(answer, screen(), every_row=every_row)

    show(chosen, answer, answer.options, table, _COLUMNS, of=GpuOption)
