"""The options of `planner probe`, by what they speak of: the machine, a model, a server, a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from planner.cli.options import Day

P = ParamSpec("P")
R = TypeVar("R")

_POSITIVE = click.IntRange(1)
_MILLISECONDS = click.FloatRange(min=0, min_open=True)

_MACHINE = (
    click.option("--gpu", metavar="GPU", help="What runs it, of a server or a file: H100-SXM, ..."),
    click.option("--gpus", type=click.IntRange(1, 1024), metavar="N",
                 help="GPUs that take part  [all here; 1 of a server]"),
    click.option("--tp", type=click.IntRange(1, 1024), metavar="N",
                 help="GPUs that share a copy of the model  [as few as hold it; all of a server]"),
    click.option("--dtype", metavar="DTYPE",
                 help="float32, bfloat16, float16, int8 or fp8  [bfloat16, or float16]"),
    click.option("--kv-dtype", type=click.Choice(["bf16", "fp8", "int8"]), metavar="DTYPE",
                 help="Of a server's keys and values: bf16, fp8 or int8  [bf16]"),
    click.option("--engine", metavar="NAME", help="The engine of a server or a file: vllm, ..."),
)  # fmt: skip
_LOAD = (
    click.option("--input-tokens", multiple=True, metavar="N",
                 help="Length of a prompt: 512, of a server 256-1024 or 512~128 too; repeatable"
                 "  [512; on a CPU 128]"),
    click.option("--output-tokens", metavar="N",
                 help="Length of an answer  [512; on a CPU 32, of a server 128]"),
    click.option("--ttft", type=_MILLISECONDS, metavar="MS",
                 help="Limit on the time to the first token, for the goodput."),
    click.option("--tpot", type=_MILLISECONDS, metavar="MS",
                 help="Limit on the time per token; ends the sweep of a model."),
)  # fmt: skip
_SHAPE = (
    click.option("--device", type=click.Choice(["auto", "cuda", "cpu"]), metavar="NAME",
                 help="auto, cuda or cpu  [auto]"),
    click.option("--max-batch", type=_POSITIVE, metavar="N", help="Largest batch  [1024]"),
    click.option("--rounds", type=click.IntRange(1, 100), metavar="N",
                 help="Times each point is measured  [3]"),
    click.option("--minutes", type=click.FloatRange(min=0, min_open=True), metavar="N",
                 help="No new point after so long  [10]"),
    click.option("--compile/--no-compile", "compiled", default=None,
                 help="Compile the steps of decoding  [on a GPU]"),
    click.option("--random-weights", is_flag=True, help="Even where a folder has weights."),
)  # fmt: skip
_SERVER = (
    click.option("--url", metavar="URL", help="Measure a running OpenAI-compatible server."),
    click.option("--served-as", metavar="NAME", help="What the server calls the model."),
    click.option("--api", type=click.Choice(["auto", "completions", "chat"]), metavar="NAME",
                 help="auto, completions or chat  [auto]"),
    click.option("--concurrency", type=_POSITIVE, multiple=True, metavar="N",
                 help="So many clients; repeatable  [1, 2, 4, ... until no more comes]"),
    click.option("--max-concurrency", type=_POSITIVE, metavar="N", help="Most clients  [64]"),
    click.option("--rate", type=click.FloatRange(min=0, min_open=True), multiple=True,
                 metavar="N", help="Requests per second at random times; repeatable."),
    click.option("--requests", type=_POSITIVE, metavar="N", help="Least of a level  [16]"),
    click.option("--seconds", type=click.FloatRange(min=0), metavar="N",
                 help="Least of a level  [5]"),
    click.option("--warmups", type=click.IntRange(0), metavar="N",
                 help="Requests before the first level  [2]"),
    click.option("--timeout", type=click.FloatRange(min=0, min_open=True), metavar="SECONDS",
                 help="Of a request  [120]"),
)  # fmt: skip
_FILES = (
    click.option("--import", "imports", multiple=True, metavar="FILE",
                 type=click.Path(path_type=Path, dir_okay=False),
                 help="Take in results of vllm bench, SGLang or GuideLLM; repeatable."),
    click.option("--batch", type=_POSITIVE, metavar="N", help="Of a vllm bench latency file."),
    click.option("--measured-on", type=Day(), metavar="DATE", help="Of a file without a date."),
)  # fmt: skip
_KEEPING = (
    click.option("--kept", is_flag=True, help="Show what is kept, measure nothing."),
    click.option("--dry-run", is_flag=True, help="Keep nothing."),
    click.option("--all", "every_row", is_flag=True, help="Every row on a terminal."),
)  # fmt: skip

OF_A_MODEL = ("device", "max_batch", "rounds", "minutes", "compiled", "random_weights")
OF_A_SERVER = (
    "served_as", "api", "concurrency", "max_concurrency", "rate", "requests", "seconds",
    "warmups", "timeout",
)  # fmt: skip
OF_A_FILE = ("batch", "measured_on")


def probe_options(function: Callable[P, R]) -> Callable[P, R]:
    """All of them, in the order of the help."""
    options: tuple[Callable[[Any], Any], ...] = (
        *_SERVER[:1], *_FILES[:1], *_MACHINE, *_LOAD, *_SHAPE, *_SERVER[1:], *_FILES[1:], *_KEEPING
    )  # fmt: skip
    for option in reversed(options):
        function = option(function)
    return function
