"""`planner prices history MODEL`: every known price of a model in time."""

import datetime as dt

import click

from planner.cli.facts import any_of, known_region, price_table
from planner.cli.options import Exemplified, common, settings
from planner.cli.output import show
from planner.core.price_history import history
from planner.core.prices_answer import HistoryAnswer, PriceStep
from planner.errors import UnknownNameError
from planner.files.facts import model_names

_COLUMNS = [
    "provider", "deployment_type", "version", "charge", "tier", "context_over_tokens", "usd", "per",
    "regions", "effective_from", "first_seen_on", "effective_to", "source",
]  # fmt: skip


@click.command("history", cls=Exemplified, epilog="Example: planner prices history gpt-35-turbo")
@click.argument("model")
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock, ...")
@click.option("--region", multiple=True, metavar="REGION", help="Only this region.")
@click.option("--all", "every_row", is_flag=True, help="Every charge and tier, on any screen.")
@common
def command(
    *, model: str, provider: tuple[str, ...], region: tuple[str, ...], every_row: bool
) -> None:
    """Every known price of MODEL: from when, to when, where, and whose figure it is.

    On a terminal those of input, cached input and output in the default tier; --all has the rest.
    """
    chosen, names = settings(), model_names()
    table = price_table(chosen)
    known = table.models()
    name = names.find(model, known)
    if name is None:
        close = names.close(model, known)
        hint = f"did you mean {' or '.join(close)}?" if close else "see planner models"
        raise UnknownNameError(f"no price table knows the model {model!r}; {hint}")
    sellers = {row.provider for row in table.usage if row.model == name}
    places = {r for row in table.usage if row.model == name for r in row.regions}
    steps = history(
        table,
        name,
        providers=[p for one in provider for p in any_of("provider", one, sellers)],
        regions=[known_region(one, also=places) for one in region],
    )
    notes = () if steps else (f"none of the known prices of {name} passes the filters",)
    answer = HistoryAnswer(model=name, history=steps, notes=notes)

    def text() -> str:
        from planner.render.price_history import history_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        today = dt.datetime.now(dt.UTC).date()
        return history_text(answer, screen(), today, every_row=every_row)

    show(chosen, answer, answer.history, text, _COLUMNS, of=PriceStep)
