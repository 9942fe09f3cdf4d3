"""`planner recommend`: which way serves a workload best under its constraints, at what cost."""

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

import click

from planner.cli.options import Exemplified, Format, common, on_option, settings
from planner.cli.output import note, show, write
from planner.cli.portfolio import answer_portfolio, holds_many
from planner.cli.stock import stock_of
from planner.cli.workload_flags import in_flags, split, workload_flags
from planner.core.deployable import EMITS
from planner.core.recommend import recommend
from planner.core.recommend_answer import Choice, Recommendation
from planner.errors import NothingFitsError, UsageError
from planner.files.request_log_rows import is_log
from planner.files.settings import read_settings
from planner.files.workload_example import example_text
from planner.files.workloads import ReadWorkload, read_workload, workload_of

NOTHING_FITS = 4
IN_PART = 3


@click.command(
    "recommend",
    cls=Exemplified,
    epilog="Example: planner recommend --model gpt-5.1 --requests-per-minute 600 "
    "--input-tokens 1000 --output-tokens 200",
)
@click.argument("path", metavar="[WORKLOAD]", required=False, type=click.Path(path_type=Path))
@workload_flags
@click.option("--existing", is_flag=True, help="What takes no new deployments may serve.")
@click.option("--ignore-quota", is_flag=True, help="As if quota and capacity could be had.")
@click.option("--example", is_flag=True, help="Print a commented workload file.")
@click.option("--explain", is_flag=True, help="How each figure came about.")
@click.option(
    "--emit",
    type=click.Choice(EMITS),
    help="Print what deploys the recommended choice, in this form.",
)
@click.option("--all", "everything", is_flag=True, help="Every choice and section.")
@on_option
@common
def command(
    *, path: Path | None, example: bool, explain: bool, emit: str | None, everything: bool,
    on: dt.date, **flags: str | tuple[str, ...] | None,
) -> int:  # fmt: skip
    """Which way serves a workload best: model, region, deployment type, units, cost a month.

    WORKLOAD is a YAML file (--example prints one); flags win over it. A CSV or a folder of many
    workloads gives a portfolio.
    """
    if example:
        write(example_text())
        return 0
    chosen, given = settings(), {k: split(v) for k, v in flags.items() if v}
    if emit is not None and chosen.format is not Format.TABLE:
        raise UsageError(
            f"--emit {emit} writes a text of its own; leave --format {chosen.format} out (without "
            "--emit, deploys has its facts in JSON)"
        )
    if path is None and not given:
        raise UsageError(
            "nothing to recommend for: give a workload file, or --model, a request rate, "
            "--input-tokens and --output-tokens; planner recommend --example shows a file"
        )
    if path is not None and holds_many(path):
        alone = "--emit" if emit else "--explain" if explain else None
        return answer_portfolio(path, given, on, everything=everything, alone=alone)
    read = _read(path, given, on)
    note(chosen, *read.notes)
    stock = stock_of(chosen, on)
    load = stock.known(read.workload)
    note(chosen, *stock.previews(load))
    answer = recommend(load, stock.supply, explain=explain, outlook=emit is None)
    if emit is not None:
        return _emit(emit, answer)

    def table() -> str:
        from planner.render.recommend import recommend_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return recommend_text(answer, screen(), everything=everything, explain=explain)

    def prose() -> tuple[Iterable[str], Iterable[str]]:
        from planner.render.recommend_words import headlines, rests_on, risks  # noqa: PLC0415

        best = answer.recommended
        told = [*risks(best)] if best is not None else []
        return [*headlines(answer), *told], [*answer.assumptions, rests_on(answer)]

    rows = [c for c in (answer.recommended, *answer.alternatives) if c is not None]
    show(chosen, answer, rows, table, _COLUMNS, of=Choice, prose=prose)
    stock.reading.note_unreadable()
    if answer.recommended is None:
        return NOTHING_FITS
    return IN_PART if stock.reading.in_part else 0


_COLUMNS = [
    "rank", "model", "kind", "provider", "region", "what", "term", "mode", "usd_per_month_low",
    "usd_per_month_mid", "usd_per_month_high", "overflow_to", "utilisation", "retires_on",
]  # fmt: skip


def _read(path: Path | None, given: Mapping[str, object], on: dt.date) -> ReadWorkload:
    """The workload of a file and of flags, the user's settings behind both."""
    try:
        return _read_keys(path, given, on)
    except UsageError as error:
        raise UsageError(in_flags(str(error))) from None


def _read_keys(path: Path | None, given: Mapping[str, object], on: dt.date) -> ReadWorkload:
    if path is None:
        user = read_settings()
        return workload_of(
            {"boundary": user.boundary, "from_region": user.home_region, **given}, on
        )
    if path.suffix == ".csv" and path.is_file() and is_log(path):
        raise UsageError(f"{path} is a log of requests, no workload; give it as --log {path}")
    return read_workload(path, on, given)


def _emit(kind: str, answer: Recommendation) -> int:
    """Print what deploys the recommended choice; nothing where nothing fits."""
    from planner.render.emit import emit  # noqa: PLC0415
    from planner.render.recommend_words import headlines  # noqa: PLC0415

    if answer.deploys is None:
        raise NothingFitsError(" ".join(headlines(answer)))
    write(emit(kind, answer.deploys))
    return 0
