"""`planner quotas`: what accounts may use, what they use, and what is free."""

import datetime as dt

import click

from planner.cli.holdings import Holdings
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.reading import Reading
from planner.cli.staleness import note_stale
from planner.core.collect_answer import QuotaEntry, QuotasAnswer
from planner.core.holdings import quota_entries, quota_names
from planner.files.facts import model_names
from planner.files.places import folders
from planner.files.quota_uses import Limits
from planner.files.settings import read_settings

IN_PART = 3
_COLUMNS = [
    "provider", "account", "region", "name", "limits", "limit", "default_limit", "used", "free",
    "unit",
]  # fmt: skip


@click.command("quotas", cls=Exemplified, epilog="Example: planner quotas --provider azure")
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock, ...")
@click.option("--region", multiple=True, metavar="REGION", help="Only this region.")
@click.option("--account", multiple=True, metavar="ALIAS", help="Only this account.")
@click.option("--model", multiple=True, metavar="MODEL", help="Only what this model draws on.")
@click.option("--unmapped", is_flag=True, help="Only what limits no offer that was read.")
@click.option("--all", "every_row", is_flag=True, help="Every row on a terminal.")
@on_option
@common
def command(
    *,
    provider: tuple[str, ...], region: tuple[str, ...], account: tuple[str, ...],
    model: tuple[str, ...], unmapped: bool, every_row: bool, on: dt.date,
) -> int:  # fmt: skip
    """The quotas of your accounts as last collected: what each limits, limit, used and free.

    Usage changes by the minute: `planner collect` reads it anew. A model often shares its quota
    with others; a quota that limits no offer that was read is unmapped.
    """
    import msgspec  # noqa: PLC0415

    chosen, user = settings(), read_settings()
    holdings = Holdings(chosen, on, "quota")
    wanted = holdings.filter(provider, region, account, unmapped=unmapped)
    if model:
        reading = Reading(chosen, on, model_names())
        catalog = reading.catalog()
        models = {reading.model_in(catalog, m) for m in model}
        names = quota_names((s.offer for s in catalog.offers()), models, reading.canonical)
        wanted = msgspec.structs.replace(wanted, names=names)
    quotas = quota_entries(holdings.held, wanted, Limits(folders("snapshots", chosen.snapshots)))
    answer = QuotasAnswer(
        sources=holdings.sources(quotas, on),
        quotas=quotas,
        notes=holdings.notes("quotas", len(quotas)),
    )

    def table() -> str:
        from planner.render.quotas import quotas_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return quotas_text(answer, screen(), on, every_row)

    show(chosen, answer, quotas, table, _COLUMNS, of=QuotaEntry)
    note_stale(chosen, user, answer.sources)
    holdings.note_unreadable()
    return IN_PART if holdings.unreadable else 0
