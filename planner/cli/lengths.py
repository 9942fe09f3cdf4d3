"""The options that say what is to be served: request lengths and the number format."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from planner.core.hardware import DTYPES
from planner.errors import UnknownNameError
from planner.files.hardware import architectures, find_architecture

P = ParamSpec("P")
R = TypeVar("R")


def length_options(function: Callable[P, R]) -> Callable[P, R]:
    """`--input-tokens`, `--output-tokens` and `--dtype`."""
    function = click.option(
        "--dtype", type=click.Choice(DTYPES), metavar="DTYPE",
        help="bf16, fp16, fp8, int8 or fp4  [the GPU's own 16-bit format]",
    )(function)  # fmt: skip
    function = click.option(
        "--output-tokens", type=click.IntRange(1, 10_000_000), default=512, show_default=True,
        metavar="N", help="Length of its output.",
    )(function)  # fmt: skip
    return click.option(
        "--input-tokens", type=click.IntRange(0, 10_000_000), default=512, show_default=True,
        metavar="N", help="Length of a request's input.",
    )(function)  # fmt: skip


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
