"""What every command understands: folders, formats, dates; before or after the command's name."""

import datetime as dt
import functools
import re
import textwrap
from collections.abc import Callable
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click
import msgspec

P = ParamSpec("P")
R = TypeVar("R")


class Format(StrEnum):
    """How a result is written: the four that every command knows, and those of a few."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    GITHUB = "github"
    ATOM = "atom"
    ICS = "ics"


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The common options of one call."""

    snapshots: Path | None = None
    pricing: Path | None = None
    format: Format = Format.TABLE
    currency: str | None = None
    quiet: bool = False
    verbose: bool = False


_OWN_FORMATS = {"diff": (Format.GITHUB, Format.ATOM), "retirements": (Format.ICS,)}
"""Commands that know formats beyond the four."""


class FormatName(click.ParamType[str]):
    """A format; an unknown one is answered with those that the command takes."""

    name = "format"

    def convert(self, value: Any, param: Any, ctx: Any) -> str:
        """Read the name; anything else is a usage error."""
        more = _OWN_FORMATS.get(str(ctx.command.name), ())
        known = ", ".join(repr(str(name)) for name in (*list(Format)[:4], *more))
        if value not in list(Format):
            self.fail(f"{value!r} is not one of {known}.", param, ctx)
        return str(value)


_FOLDER = click.Path(path_type=Path)
_OPTIONS: list[Callable[[Any], Any]] = [
    click.option("--snapshots", type=_FOLDER, metavar="DIR", envvar="PLANNER_SNAPSHOTS",
                 help="Your snapshots, over the carried ones  [./snapshots]"),
    click.option("--pricing", type=_FOLDER, metavar="DIR", envvar="PLANNER_PRICING",
                 help="Your price tables, over the carried ones  [./pricing]"),
    click.option("--format", "format_", type=FormatName(),
                 metavar="FORMAT", help="table, json, csv or markdown  [table]"),
    click.option("--json", "as_json", is_flag=True, help="Short for --format json."),
    click.option("--currency", metavar="CODE",
                 help="Show money in EUR, JPY, ... at dated rates; JSON stays in USD"),
    click.option("--quiet", "-q", is_flag=True, help="No notes on stderr."),
    click.option("--verbose", "-v", is_flag=True, help="Say more; show tracebacks."),
]  # fmt: skip


class Exemplified(click.Command):
    """A command whose help begins with its example, the epilog."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example, its options unbroken, then what click writes."""
        example = textwrap.fill(self.epilog or "", formatter.width, break_on_hyphens=False)
        formatter.write(f"{example}\n\n")
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        self.format_options(ctx, formatter)


def common(function: Callable[P, R]) -> Callable[P, R]:
    """Give a command (or the group) the common options; the nearer ones win."""

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        ctx = click.get_current_context()
        given = {name: kwargs.pop(name, None) for name in ("snapshots", "pricing")}
        as_json, written = kwargs.pop("as_json", False), kwargs.pop("format_", None)
        if as_json and written not in (None, Format.JSON):
            raise click.UsageError(f"--json and --format {written} contradict one another", ctx)
        written = Format.JSON if as_json else written
        if (currency := kwargs.pop("currency", None)) is not None:
            given["currency"] = str(currency).upper()
        flags = {name: True for name in ("quiet", "verbose") if kwargs.pop(name, False)}
        chosen = {k: v for k, v in given.items() if v is not None} | flags
        if written is not None:
            chosen["format"] = Format(str(written))
        ctx.obj = msgspec.structs.replace(ctx.obj or Settings(), **chosen)
        return function(*args, **kwargs)

    for option in reversed(_OPTIONS):
        wrapper = option(wrapper)
    return wrapper


class Day(click.ParamType[dt.date]):
    """A date as YYYY-MM-DD."""

    name = "date"

    def convert(self, value: Any, param: Any, ctx: Any) -> dt.date:
        """Read the date; anything else is a usage error."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.datetime.strptime(value, "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
        except ValueError:
            self.fail(f"{value!r} is no date; write it as 2026-06-03", param, ctx)


class Days(click.ParamType[int]):
    """A span of time in days or weeks: 90d, 12w."""

    name = "days"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """Read the span; anything else is a usage error."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d{1,5})([dw]?)", value)
        if match is None:
            self.fail(f"{value!r} is no span of time; write it as 90d or 12w", param, ctx)
        return int(match[1]) * (7 if match[2] == "w" else 1)


class Amount(click.ParamType[int]):
    """A count as people write it: 300000, 300k, 1.5M."""

    name = "amount"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        """Read the count; anything else is a usage error."""
        if isinstance(value, int):
            return value
        match = re.fullmatch(r"(\d{1,12})(?:\.(\d{1,3}))?([kKmM]?)", value)
        thousands = {"": 1, "k": 1_000, "m": 1_000_000}
        number = (
            Fraction(f"{match[1]}.{match[2] or 0}") * thousands[match[3].lower()] if match else 0
        )
        if not number or number.denominator != 1:
            self.fail(f"{value!r} is no count; write it as 300000, 300k or 1.5M", param, ctx)
        return int(number)


class Share(click.ParamType[Fraction]):
    """A share from 0 to below 1, exactly as written."""

    name = "share"

    def convert(self, value: Any, param: Any, ctx: Any) -> Fraction:
        """Read the share; anything else is a usage error."""
        if isinstance(value, Fraction):
            return value
        if not re.fullmatch(r"0|0?\.\d{1,9}|0\.", value):
            self.fail(f"{value!r} is no share; give one from 0 to below 1, e.g. 0.8", param, ctx)
        return Fraction(value)


def on_option(function: Callable[P, R]) -> Callable[P, R]:
    """`--on DATE`, today (UTC) where it is not given."""
    option = click.option(
        "--on", type=Day(), default=lambda: dt.datetime.now(dt.UTC).date(), metavar="DATE",
        help="Answer as of this date, e.g. 2026-06-03  [today]",
    )  # fmt: skip
    return option(function)


def settings() -> Settings:
    """The common options of the running command."""
    found = click.get_current_context().obj
    return found if isinstance(found, Settings) else Settings()
