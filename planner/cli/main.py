"""The command line: finds commands by name, loads one, and ends with the contract's exit codes."""

import importlib
import sys
import textwrap
from collections.abc import Sequence

import click

from planner import __version__
from planner.cli.options import Exemplified, common
from planner.cli.output import ReaderGoneError
from planner.cli.streams import lead_nowhere
from planner.errors import PlannerError

COMMANDS = {
    "regions": "Where a model can run: regions, prices, retirement, latency.",
    "breakeven": "From which traffic on another way to serve a model is cheaper.",
    "recommend": "Which way serves a workload best, at what cost a month.",
    "gpus": "Which machines serve an open model, how fast, at what cost.",
    "forecast": "How many tokens per second a GPU yields for a model.",
    "probe": "What this GPU, or a running server, does deliver.",
    "prices": "What a model costs: every way to buy it, history, feeds.",
    "offers": "Every offer that the snapshots know.",
    "models": "The models that the snapshots know, over all providers.",
    "collect": "Read the clouds that you use into dated snapshots.",
    "quotas": "What your accounts may use, and what is free.",
    "deployments": "What your accounts run, and when it retires.",
    "retirements": "What retires when, what follows it, who is hit.",
    "diff": "What changed between two days, and whether it matters.",
    "history": "When a model appeared, what changed, when it left.",
    "doctor": "What is set up, what is missing, and how to mend it.",
    "snapshots": "Your snapshots: list, check, show, export, compact.",
    "schema": "The JSON Schema of a command's output.",
}
INTERRUPTED = 130


class LazyGroup(Exemplified, click.Group):
    """Loads a command's module when it is called, so that `--help` and each command start fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order in which a new user meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"planner.cli.{cmd_name}")
        command = module.command
        return command if isinstance(command, click.Command) else None

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; Ctrl-C ends it before click writes an empty line about it."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write it without empty lines between what is short: the whole fits a low screen."""
        formatter.write_text(self.epilog or "")
        formatter.write_text(self.help or "")
        self.format_usage(ctx, formatter)
        self.format_options(ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name the options in few lines: each command's help tells of them."""
        records = (param.get_help_record(ctx) for param in self.get_params(ctx))
        names = [record[0].replace(" ", "\xa0") for record in records if record]
        head = "Options: "
        told = textwrap.fill(
            "  ".join(names),
            formatter.width,
            initial_indent=head,
            subsequent_indent=" " * len(head),
            break_on_hyphens=False,
        )
        formatter.write(f"{told}\n".replace("\xa0", " "))
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from their short help, without loading them; no empty line before."""
        del ctx
        formatter.write_heading("Commands")
        with formatter.indentation():
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name close matches of a command that does not exist."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and name not in COMMANDS:
            import difflib  # noqa: PLC0415 - only on this way out

            close = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean {close[0]}?" if close else "see planner --help"
            raise click.UsageError(f"no command {name!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Examples: planner regions gpt-4o; planner breakeven llama-2-7b",
)
@click.version_option(__version__, prog_name="planner")
@common
def cli() -> None:
    """Where a model can run, what it costs there, and when another way is cheaper."""


def run(arguments: Sequence[str]) -> int:
    """Run a command and say its exit code; every known error ends in one line on stderr."""
    try:
        code = cli.main(args=list(arguments), prog_name="planner", standalone_mode=False)
    except ReaderGoneError:
        return 0
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except (click.ClickException, PlannerError, OSError) as error:
        return _end(error)
    except Exception as error:  # a fault of ours must not look like a user's
        if "--verbose" in arguments or "-v" in arguments:
            raise
        return _say(f"internal error: {type(error).__name__}: {error}; run again with --verbose", 1)
    return code if isinstance(code, int) else 0


def _end(error: click.ClickException | PlannerError | OSError) -> int:
    """Print the line of an error of a known kind, and say its exit code."""
    if isinstance(error, PlannerError):
        return _say(str(error), error.exit_code)
    if isinstance(error, OSError):
        lead_nowhere(sys.stdout)
        where = error.filename or "the result"
        why = error.strerror or error
        return _say(f"cannot write {where}: {why}; make room or write elsewhere", 1)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        click.echo(error.format_message(), err=True)
        return error.exit_code
    ctx = getattr(error, "ctx", None)
    hint = f" ({ctx.command_path} --help)" if ctx and ctx.parent else ""
    # Click lists the choices of an argument a line each.
    message = " ".join(error.format_message().split())
    return _say(message + hint, 2 if isinstance(error, click.UsageError) else 1)


def _say(message: str, code: int) -> int:
    from planner.render.safe import plain  # noqa: PLC0415 - only on this way out

    click.echo(f"planner: {plain(message)}", err=True)
    return code
