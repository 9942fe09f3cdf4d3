"""`planner models`: the models that the snapshots know, over all providers."""

import datetime as dt

import click

from planner.cli.facts import PROVIDERS, one_of
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.reading import Reading
from planner.core.listing import TASKS, ModelFilter, list_models
from planner.files.facts import model_names
from planner.files.licences import licence_of

IN_PART = 3
_COLUMNS = [
    "model", "publisher", "tasks", "open_weights", "licence", "licence_status", "context_tokens",
    "providers", "deployment_types", "retires_on", "replacement",
]  # fmt: skip


@click.command(
    "models", cls=Exemplified, epilog="Example: planner models --task embedding --provider bedrock"
)
@click.option(
    "--task",
    multiple=True,
    type=click.Choice(TASKS, case_sensitive=False),
    metavar="TASK",
    help=f"Only models for this: {', '.join(TASKS)}.",
)
@click.option(
    "--open-weights/--closed-weights",
    default=None,
    help="Only models whose weights are published, or only those whose are not.",
)
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock or gemini.")
@click.option("--publisher", multiple=True, metavar="NAME", help="Only of OpenAI, Meta, ...")
@click.option("--all", "every_row", is_flag=True, help="Every model on a terminal.")
@on_option
@common
def command(
    *,
    task: tuple[str, ...], open_weights: bool | None, provider: tuple[str, ...],
    publisher: tuple[str, ...], every_row: bool, on: dt.date,
) -> int:  # fmt: skip
    """Every model that a snapshot up to a date names, one line each, over all providers.

    A filter given twice takes either: --task image --task video.
    """
    chosen, names = settings(), model_names()
    reading = Reading(chosen, on, names)
    catalog = reading.catalog()
    offers = [s.offer for s in catalog.offers()]
    facts = [names.facts(name) for name in catalog.models()]
    publishers = {f.publisher for f in facts if f} | {o.publisher for o in offers}
    with reading.blaming_files():
        providers = {*PROVIDERS, *(o.provider for o in offers)}
        wanted = ModelFilter(
            task=task,
            open_weights=open_weights,
            provider=tuple(one_of("provider", p, providers) for p in provider),
            publisher=tuple(one_of("publisher", p, filter(None, publishers)) for p in publisher),
        )
    answer = list_models(catalog, reading.canonical, names.facts, wanted, licence_of)

    def table() -> str:
        from planner.render.models import models_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return models_text(answer, screen(), every_row)

    show(chosen, answer, answer.models, table, _COLUMNS)
    reading.note_unreadable()
    return IN_PART if reading.in_part else 0
