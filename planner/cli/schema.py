"""`planner schema`: the JSON Schema of a command's output."""

import json

import click

from planner.cli.facts import one_of
from planner.cli.options import Exemplified, common
from planner.cli.output import write


@click.command("schema", cls=Exemplified, epilog="Example: planner schema regions")
@click.argument("words", metavar="COMMAND", nargs=-1, required=True)
@common
def command(words: tuple[str, ...]) -> None:
    """Print the JSON Schema of COMMAND's output; its JSON validates against it."""
    from planner.core.contract import ANSWERS  # noqa: PLC0415
    from planner.render.flat import json_schema  # noqa: PLC0415

    answer = ANSWERS[one_of("schema for", " ".join(words), ANSWERS)]
    write(json.dumps(json_schema(answer), indent=2) + "\n")
