"""`planner prices`: what a model costs, everywhere and in time; and the tables behind it."""

import importlib

import click

from planner.cli.options import Exemplified, common

PARTS = {
    "history": "Every known price of a model in time.",
    "hours": "What is paid by the hour: GPU machines, units, hosting.",
    "refresh": "Read a cloud's price feed into your ./pricing.",
    "check": "What is odd about the price tables.",
}
_MODEL = "MODEL"


class ModelOrPart(Exemplified, click.Group):
    """`prices MODEL`, or one of its parts by name: no model is called like one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take anything but a part's name, or a cry for help, as a question for a model."""
        if args and args[0] not in (*PARTS, "-h", "--help"):
            args = [_MODEL, *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The parts; a model's own prices are what the command itself does."""
        del ctx
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a part, loaded when it is called."""
        del ctx
        if cmd_name != _MODEL and cmd_name not in PARTS:
            return None
        part = "of_model" if cmd_name == _MODEL else cmd_name
        command = importlib.import_module(f"planner.cli.prices_{part}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the parts from their short help, without loading them."""
        del ctx
        with formatter.section("Parts"):
            formatter.write_dl(list(PARTS.items()))


@click.group(
    "prices",
    cls=ModelOrPart,
    epilog="Example: planner prices gpt-4.1",
    subcommand_metavar="MODEL | history MODEL | hours [NAME] | refresh azure|aws | check",
)
@common
def command() -> None:
    """All ways to buy MODEL on a date with their prices: planner prices MODEL.

    planner prices MODEL --help has the options. Parts: history, hours, refresh, check.
    """
