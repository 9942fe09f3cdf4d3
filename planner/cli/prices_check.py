"""`planner prices check`: what is odd about the price tables."""

import datetime as dt

import click
import msgspec

from planner.cli.facts import price_table
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import note, show
from planner.core.price_check import check_prices, compare_with
from planner.core.prices_answer import CheckAnswer, Finding
from planner.feeds import genai_prices
from planner.files.currencies import read_rates
from planner.files.places import folders
from planner.files.settings import read_settings

ERROR = 1


@click.command("check", cls=Exemplified, epilog="Example: planner prices check --on 2026-07-15")
@click.option("--all", "every_row", is_flag=True, help="Every finding, on any screen.")
@on_option
@common
def command(*, every_row: bool, on: dt.date) -> int:
    """Look for gaps, impossible bounds, old figures and sources that disagree.

    Overlapping rows, unknown units and bad amounts are errors: then no table is read at all. With
    the package genai-prices installed, its prices are compared, too. Warnings alone exit 0.
    """
    chosen, user = settings(), read_settings()
    table = price_table(chosen, instances=True)
    read_rates(folders("pricing", chosen.pricing))  # BadFileError where they cannot be read
    findings = list(check_prices(table, on, user.staleness_days))
    skipped = []
    if (version := genai_prices.version()) is None:
        skipped.append(
            "genai-prices is not installed, so nothing is compared with it; "
            "pip install genai-prices"
        )
    else:
        told = genai_prices.look_up(on)
        findings += compare_with(table, on, told, f"genai-prices {version}")
    answer = CheckAnswer(
        on=on,
        rows=len(table.usage) + len(table.hourly),
        findings=tuple(findings),
        skipped=tuple(skipped),
    )

    def text() -> str:
        from planner.render.price_checks import check_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return check_text(answer, screen(), every_row=every_row)

    if chosen.currency not in (None, "USD"):
        note(chosen, "findings are about the tables, so their amounts stay in USD")
    in_usd = msgspec.structs.replace(chosen, currency=None)
    show(in_usd, answer, answer.findings, text, of=Finding)
    return ERROR if any(f.level == "error" for f in findings) else 0
