"""`planner offers`: every offer that the snapshots know."""

import datetime as dt

import click

from planner.cli.facts import PROVIDERS, any_of, known_region, one_of
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.reading import Reading
from planner.core.catalog import Catalog
from planner.core.listing import OfferFilter, list_offers
from planner.files.facts import model_names

IN_PART = 3
_COLUMNS = [
    "provider", "model", "version", "deployment_type", "region", "billing", "boundary",
    "lifecycle", "retires_on",
]  # fmt: skip


@click.command(
    "offers", cls=Exemplified, epilog="Example: planner offers --region japaneast --model gpt-4.1"
)
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock or gemini.")
@click.option("--region", multiple=True, metavar="REGION", help="Only this region.")
@click.option("--model", multiple=True, metavar="MODEL", help="Only this model, in any spelling.")
@click.option("--version", multiple=True, metavar="VERSION", help="Only this version.")
@click.option(
    "--deployment-type", multiple=True, metavar="TYPE", help="Only this one, e.g. DataZoneStandard."
)
@click.option("--all", "every_row", is_flag=True, help="Every row and region on a terminal.")
@on_option
@common
def command(
    *,
    provider: tuple[str, ...], region: tuple[str, ...], model: tuple[str, ...],
    version: tuple[str, ...], deployment_type: tuple[str, ...], every_row: bool, on: dt.date,
) -> int:  # fmt: skip
    """Every offer on a date: model, version and deployment type in a region, retired ones marked.

    A filter given twice takes either: --region japaneast --region koreacentral.
    """
    chosen, names = settings(), model_names()
    reading = Reading(chosen, on, names)
    catalog = reading.catalog()
    known = _known(catalog)
    with reading.blaming_files():
        wanted = OfferFilter(
            provider=tuple(one_of("provider", p, known["provider"]) for p in provider),
            region=tuple(known_region(r, also=known["region"]) for r in region),
            model=tuple(reading.model_in(catalog, m) for m in model),
            version=tuple(one_of("version", v, known["version"]) for v in version),
            deployment_type=tuple(
                spelling
                for kind in deployment_type
                for spelling in any_of("deployment type", kind, known["deployment_type"])
            ),
        )
    answer = list_offers(catalog, reading.canonical, wanted)

    def table() -> str:
        from planner.render.offers import offers_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return offers_text(answer, screen(), every_row)

    show(chosen, answer, answer.offers, table, _COLUMNS)
    reading.note_unreadable()
    return IN_PART if reading.in_part else 0


def _known(catalog: Catalog) -> dict[str, set[str]]:
    """The values that the catalog's offers have, by field."""
    offers = [s.offer for s in catalog.offers()]
    fields = ("provider", "region", "version", "deployment_type")
    known = {name: {getattr(o, name) for o in offers} - {None} for name in fields}
    return known | {"provider": known["provider"] | set(PROVIDERS)}
