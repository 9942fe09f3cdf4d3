"""The options of `planner breakeven` that say how long a request is, and the shape they make."""

from collections.abc import Callable
from fractions import Fraction
from typing import ParamSpec, TypeVar

import click

from planner.cli.options import Share
from planner.core.candidates import RequestShape

P = ParamSpec("P")
R = TypeVar("R")

_LENGTH = 512
_EVEN = Fraction(1, 2)


def shape_options(function: Callable[P, R]) -> Callable[P, R]:
    """`--input-share`, `--input-tokens`, `--output-tokens` and `--cached-share`."""
    for option in (
        click.option(
            "--cached-share", type=Share(), default="0", show_default=True, metavar="SHARE",
            help="Part of the input that is read from a cache.",
        ),
        click.option(
            "--output-tokens", type=click.IntRange(1, 10_000_000), metavar="N",
            help="Length of its output; one length alone is scaled to the share.  [default: 512]",
        ),
        click.option(
            "--input-tokens", type=click.IntRange(0, 10_000_000), metavar="N",
            help="Length of a request's input; decides capacity.  [default: 512]",
        ),
        click.option(
            "--input-share", type=Share(), metavar="SHARE",
            help="Input / (input + output) tokens.  [default: that of both lengths, else 0.5]",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def shape_of(
    inputs: int | None, outputs: int | None, share: Fraction | None
) -> tuple[RequestShape, str | None]:
    """The requests that are meant, and what to say where lengths were scaled to the share.

    Who gives both lengths and no share has given the share, too.
    """
    asked = RequestShape(
        input_tokens=Fraction(_LENGTH if inputs is None else inputs),
        output_tokens=Fraction(_LENGTH if outputs is None else outputs),
    )
    both = inputs is not None and outputs is not None
    if both and share is None:
        return asked, None
    wanted = _EVEN if share is None else share
    scaled = asked.scaled(wanted)
    if scaled == asked or inputs is outputs is None:
        return scaled, None
    keeps = "without --input-share" if both else "with both lengths and no --input-share"
    return scaled, (
        f"requests of {asked} are scaled to {scaled}, input share {float(wanted):g}; {keeps} they "
        "stay as they are"
    )
