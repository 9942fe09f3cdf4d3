"""`planner snapshots`: the dated files behind every answer."""

import importlib

import click

from planner.cli.options import Exemplified, common

PARTS = {
    "list": "Every file: age, origin, what it holds, what was not read.",
    "check": "What is wrong or odd about the files, by file and line.",
    "show": "What one snapshot says.",
    "export": "All records as Parquet, CSV or SQLite.",
    "compact": "Make your own folder smaller; no fact is lost.",
}


class Parts(Exemplified, click.Group):
    """The parts of the command, each loaded when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The parts, in the order of their use."""
        del ctx
        return list(PARTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a part, or None."""
        del ctx
        if cmd_name not in PARTS:
            return None
        command = importlib.import_module(f"planner.cli.snapshots_{cmd_name}").command
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the parts from their short help, without loading them."""
        del ctx
        with formatter.section("Parts"):
            formatter.write_dl(list(PARTS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the parts where one does not exist."""
        if args and not args[0].startswith("-") and args[0] not in PARTS:
            raise click.UsageError(f"no part {args[0]!r}; there is {', '.join(PARTS)}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    "snapshots",
    cls=Parts,
    epilog="Example: planner snapshots list",
    subcommand_metavar="list | check | show PROVIDER | export --to PATH | compact",
)
@common
def command() -> None:
    """Your snapshots and the carried ones: what there is, whether it is whole, and other forms."""
