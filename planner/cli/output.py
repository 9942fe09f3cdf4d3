"""Writing a result: the answer on stdout in the chosen format, everything else on stderr."""

import datetime as dt
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping

import click

from planner.cli.options import Format, Settings
from planner.cli.streams import lead_nowhere
from planner.core.currencies import ExchangeRate, rate_on
from planner.errors import UnknownNameError, UsageError
from planner.files.places import folders
from planner.render.flat import to_csv, to_json, to_markdown
from planner.render.money import shown_in
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
    formats: Mapping[Format, Callable[[], str]] | None = None,
) -> None:
    """Write an answer; `rows` are what CSV and markdown hold, `table` makes the text for people.

    `of` is the rows' type, for the header of an empty CSV; `prose` gives the sentences before and
    behind the table in markdown. `formats` are the command's own ways to write it, which come
    first; a format that the command does not know is a UsageError.
    """
    rate = _rate(settings, answer)
    own = (formats or {}).get(settings.format)
    match settings.format:
        case _ if own is not None:
            with shown_in(rate):
                text = own()
        case Format.JSON:
            text = to_json(answer, rate)
        case Format.CSV:
            text = to_csv(rows, of)
        case Format.MARKDOWN:
            with shown_in(rate):
                before, behind = prose()
                text = to_markdown(rows, columns, before, behind)
        case Format.TABLE:
            with shown_in(rate):
                text = table()
        case _:
            known = dict.fromkeys([*list(Format)[:4], *(formats or ())])
            raise UsageError(
                f"--format {settings.format} is none of this command; give {', '.join(known)}"
            )
    if rate is not None:
        note(settings, *_told(settings, rate))
    write(text)


def _rate(settings: Settings, answer: object) -> ExchangeRate | None:
    """The rate that the call asked for, of the answer's date; None for US dollars."""
    if settings.currency in (None, "USD"):
        return None
    from planner.files.currencies import read_rates  # noqa: PLC0415 - 30 ms of YAML

    on = getattr(answer, "on", None) or dt.datetime.now(dt.UTC).date()
    rates = read_rates(folders("pricing", settings.pricing))
    rate = rate_on(rates, str(settings.currency), on)
    if rate is None:
        known = ", ".join(sorted({r.currency for r in rates if r.date <= on})) or "none"
        raise UnknownNameError(
            f"no rate of {settings.currency} is known up to {on}; there is {known}; "
            "add one to ./pricing/currencies.yaml"
        )
    return rate


def _told(settings: Settings, rate: ExchangeRate) -> Iterator[str]:
    if settings.format is Format.CSV:
        yield f"columns that name usd stay in USD; 1 USD was {rate.per_usd:f} {rate.currency}"
    yield f"1 USD = {rate.per_usd:f} {rate.currency} on {rate.date} ({rate.source})"


def write(text: str) -> None:
    """Write a result to stdout; ReaderGoneError where nobody reads any more (`| head`)."""
    if sys.stdout is None:
        raise ReaderGoneError
    try:
        sys.stdout.write(_encodable(text, sys.stdout.encoding))
        sys.stdout.flush()
    except OSError as error:
        lead_nowhere(sys.stdout)
        if isinstance(error, BrokenPipeError):
            raise ReaderGoneError from None
        raise


def _encodable(text: str, encoding: str | None) -> str:
    """The text, with question marks for what the encoding of stdout cannot hold."""
    encoding = encoding or "utf-8"
    return text.encode(encoding, "replace").decode(encoding)


def note(settings: Settings, *lines: str) -> None:
    """Say something beside the result, on stderr, unless --quiet."""
    if not settings.quiet:
        for line in lines:
            click.echo(f"note: {plain(line)}", err=True)
