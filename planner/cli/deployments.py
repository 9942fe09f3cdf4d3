"""`planner deployments`: what accounts run, and when its model retires."""

import datetime as dt

import click

from planner.cli.holdings import Holdings
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.reading import Reading
from planner.cli.staleness import note_stale
from planner.core.collect_answer import DeploymentEntry, DeploymentsAnswer
from planner.core.holdings import deployment_entries
from planner.files.facts import model_names
from planner.files.settings import read_settings

IN_PART = 3
_COLUMNS = [
    "provider", "account", "region", "name", "model", "version", "deployment_type", "units",
    "retires_on", "replacement",
]  # fmt: skip


@click.command(
    "deployments", cls=Exemplified, epilog="Example: planner deployments --provider azure"
)
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock, ...")
@click.option("--region", multiple=True, metavar="REGION", help="Only this region.")
@click.option("--account", multiple=True, metavar="ALIAS", help="Only this account.")
@click.option("--model", multiple=True, metavar="MODEL", help="Only of this model.")
@click.option("--all", "every_row", is_flag=True, help="Every row on a terminal.")
@on_option
@common
def command(
    *,
    provider: tuple[str, ...], region: tuple[str, ...], account: tuple[str, ...],
    model: tuple[str, ...], every_row: bool, on: dt.date,
) -> int:  # fmt: skip
    """What your accounts run as last collected: model, version, type, units, and its retirement."""
    chosen, user = settings(), read_settings()
    holdings = Holdings(chosen, on, "deployment")
    wanted = holdings.filter(provider, region, account)
    reading = Reading(chosen, on, model_names())
    catalog = reading.catalog()
    models = {reading.model_in(catalog, m) for m in model} or None
    deployments = deployment_entries(holdings.held, wanted, catalog, models)
    answer = DeploymentsAnswer(
        on=on,
        sources=holdings.sources(deployments, on),
        deployments=deployments,
        notes=holdings.notes("deployments", len(deployments)),
    )

    def table() -> str:
        from planner.render.quotas import deployments_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return deployments_text(answer, screen(), every_row)

    show(chosen, answer, deployments, table, _COLUMNS, of=DeploymentEntry)
    note_stale(chosen, user, answer.sources)
    holdings.note_unreadable()
    return IN_PART if holdings.unreadable or reading.in_part else 0
