"""`planner prices hours`: machines, provisioned units and all else that is paid by the hour."""

import datetime as dt

import click

from planner.cli.facts import any_of, known_region, price_table
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.core.price_hours import HourEntry, HoursAnswer, hourly_prices
from planner.core.prices import ITEMS, TERMS

_COLUMNS = [
    "provider", "item", "name", "model", "deployment_type", "term", "usd_per_hour", "unit",
    "term_total_usd", "regions", "source", "retrieved_on",
]  # fmt: skip


@click.command("hours", cls=Exemplified, epilog="Example: planner prices hours Standard_NC12s_v3")
@click.argument("words", required=False, metavar="[NAME]")
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, aws, bedrock, ...")
@click.option("--region", multiple=True, metavar="REGION", help="Only this region.")
@click.option(
    "--item",
    multiple=True,
    type=click.Choice(ITEMS),
    metavar="ITEM",
    help="Only instance, managed_compute, provisioned_unit, ...",
)
@click.option(
    "--term",
    multiple=True,
    type=click.Choice(TERMS),
    metavar="TERM",
    help="Only on_demand, spot, 1_year, ...",
)
@click.option("--all", "every_row", is_flag=True, help="Every region, on any screen.")
@on_option
@common
def command(
    *,
    words: str | None, provider: tuple[str, ...], region: tuple[str, ...], item: tuple[str, ...],
    term: tuple[str, ...], every_row: bool, on: dt.date,
) -> None:  # fmt: skip
    """What is paid by the hour on a date: GPU machines, managed ones, units, hosting.

    NAME is a machine, a model or a deployment type, or a part of one.
    """
    chosen = settings()
    table = price_table(chosen, instances=True)
    places = {name for row in table.hourly for name in row.regions}
    entries = hourly_prices(
        table,
        on,
        words=words,
        providers=[p for one in provider
                   for p in any_of("provider", one, {row.provider for row in table.hourly})],
        regions=[known_region(one, also=places) for one in region],
        items=item,
        terms=term,
    )  # fmt: skip
    named = f" of {words}" if words else ""
    notes = () if entries else (f"no hourly price{named} is known on {on} that passes the filters",)
    answer = HoursAnswer(on=on, hours=entries, notes=notes)

    def text() -> str:
        from planner.render.price_hours import hours_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return hours_text(answer, screen(), every_row=every_row)

    show(chosen, answer, answer.hours, text, _COLUMNS, of=HourEntry)
