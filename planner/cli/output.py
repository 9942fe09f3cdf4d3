"""Writing a result: the answer on stdout in the chosen format, everything else on stderr."""

import os
import sys
from collections.abc import Callable, Iterable

import click

from planner.cli.options import Format, Settings
from planner.render.flat import to_csv, to_json, to_markdown
from planner.render.safe import plain


class ReaderGoneError(Exception):
    """The reader of stdout has what it wanted; click would take an OSError for a failure."""


def show(
    settings: Settings,
    answer: object,
    rows: Iterable[object],
    table: Callable[[], str],
    columns: Iterable[str] | None = None,
    *,
    of: type | None = None,
    prose: Callable[[], tuple[Iterable[str], Iterable[str]]] = lambda: ((), ()),
) -> None:
    """Write an answer; `rows` are what CSV and markdown hold, `table` makes the text for people.

    `of` is the rows' type, for the header of an empty CSV; `prose` gives the sentences before and
    behind the table in markdown.
    """
    match settings.format:
        case Format.JSON:
            text = to_json(answer)
        case Format.CSV:
            text = to_csv(rows, of)
        case Format.MARKDOWN:
            before, behind = prose()
            text = to_markdown(rows, columns, before, behind)
        case Format.TABLE:
            text = table()
    write(text)


def write(text: str) -> None:
    """Write a result to stdout; ReaderGoneError where nobody reads any more (`| head`)."""
    if sys.stdout is None:
        raise ReaderGoneError
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered must not complain when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise ReaderGoneError from None


def note(settings: Settings, *lines: str) -> None:
    """Say something beside the result, on stderr, unless --quiet."""
    if not settings.quiet:
        for line in lines:
            click.echo(f"note: {plain(line)}", err=True)
