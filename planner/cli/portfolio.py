"""`planner recommend` for many workloads: the rows of a CSV, or a folder of files."""

import datetime as dt
import gc
import multiprocessing
import os
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from planner.cli.options import Settings, settings
from planner.cli.output import note, show
from planner.cli.stock import Stock, stock_of
from planner.core.portfolio import Single, portfolio, single
from planner.core.portfolio_answer import PortfolioWorkload
from planner.core.workload import Workload
from planner.errors import UnknownNameError, UsageError
from planner.files.request_log_rows import is_log
from planner.files.workload_rows import read_workload_rows
from planner.files.workloads import ReadWorkload

NOTHING_FITS = 4
IN_PART = 3
_FEW = 60
"""So many workloads are faster answered than a second process is started."""
_MOST_PROCESSES = 4
_CHUNK = 8
_SELDOM = 50_000
_NAMED = 5
_COLUMNS = [
    "name", "model", "kind", "provider", "region", "what", "term", "units", "units_mean", "unit",
    "usd_per_month", "pool", "risk_kinds", "reasons",
]  # fmt: skip


def holds_many(path: Path) -> bool:
    """Whether a path is that of a portfolio: a folder, or a CSV that is no log of requests."""
    if path.is_dir():
        return True
    return path.suffix.lower() == ".csv" and path.is_file() and not is_log(path)


def answer_portfolio(
    path: Path, flags: Mapping[str, object], on: dt.date, *, everything: bool, alone: str | None
) -> int:
    """Answer for all workloads of a path together; the exit code.

    It is 4 where nothing fits any of them, 3 where nothing fits some. `alone` names a flag that
    was given and that many workloads have no answer to.
    """
    if alone is not None:
        raise UsageError(f"{alone} is of one workload, and {path} holds many; give one as a file")
    if flags:
        given = f"{next(iter(flags))} as a flag"
        raise UsageError(f"{given} is of one workload, and {path} holds many; put it into its file")
    chosen = settings()
    read = read_workload_rows(path, on)
    _note_readings(chosen, read)
    stock = stock_of(chosen, on)
    workloads = [_known(stock, one) for one in read]
    answer = portfolio(_each(stock, workloads), stock.supply)

    def table() -> str:
        from planner.render.portfolio import portfolio_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return portfolio_text(answer, screen(), everything=everything)

    def prose() -> tuple[Iterable[str], Iterable[str]]:
        from planner.render.portfolio_words import headlines, rests_on  # noqa: PLC0415

        return headlines(answer), [*answer.assumptions, rests_on(answer)]

    show(chosen, answer, answer.workloads, table, _COLUMNS, of=PortfolioWorkload, prose=prose)
    stock.reading.note_unreadable()
    _note_unfit(chosen, answer.workloads)
    if not answer.fits:
        return NOTHING_FITS
    return IN_PART if answer.fits_none or stock.reading.in_part else 0


def _known(stock: Stock, read: ReadWorkload) -> Workload:
    try:
        return stock.known(read.workload)
    except UnknownNameError as error:
        raise UnknownNameError(f"{read.at}: {error}") from None


def _note_readings(chosen: Settings, read: Sequence[ReadWorkload]) -> None:
    """What to say of how they were read, the same of several once."""
    names: dict[str, list[str]] = {}
    for one in read:
        for said in one.notes:
            names.setdefault(said, []).append(one.workload.name)
    note(chosen, *(f"{_few(of)}: {said}" for said, of in names.items()))


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{more}"


def _note_unfit(chosen: Settings, rows: Sequence[PortfolioWorkload]) -> None:
    names = [row.name for row in rows if row.recommended is None]
    if names:
        note(chosen, f"nothing fits {_few(names)}")


def _each(stock: Stock, workloads: Sequence[Workload]) -> list[Single]:
    """The answer for each alone, in their order, on the processors that may be used."""
    # What was read stays to the end, and answers hold no cycles: to look for any costs a twentieth.
    gc.freeze()
    gc.set_threshold(_SELDOM)
    processes = min(_processors(), _MOST_PROCESSES)
    if len(workloads) < _FEW or processes < 2:  # noqa: PLR2004 - one does it alone
        return [single(workload, stock.supply) for workload in workloads]
    _SUPPLIES[:] = [stock]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        return list(pool.imap(_single, workloads, chunksize=_CHUNK))


_SUPPLIES: list[Stock] = []
"""What the processes inherit when they are forked, rather than read again."""


def _single(workload: Workload) -> Single:
    return single(workload, _SUPPLIES[0].supply)


def _processors() -> int:
    """How many processors this process may use; 1 where it cannot be forked, or not safely."""
    if "fork" not in multiprocessing.get_all_start_methods() or threading.active_count() > 1:
        return 1
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
