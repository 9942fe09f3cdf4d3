"""`planner prices MODEL`: all ways to buy a model, per million tokens and for a typical request."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

import click

from planner.cli.facts import PROVIDERS, any_of, known_region, price_table, zone_of
from planner.cli.finding import find_model
from planner.cli.options import Exemplified, Share, common, on_option, settings
from planner.cli.output import show
from planner.cli.reading import Reading
from planner.core.lifecycle import RETIRED, ends_on
from planner.core.placement import follow_replacements
from planner.core.price_list import Sold, TypicalRequest, list_prices
from planner.core.prices_answer import PriceEntry, PricesAnswer
from planner.files.facts import model_names

IN_PART = 3
_COLUMNS = [
    "provider", "deployment_type", "region", "version", "tier", "context_over_tokens",
    "input_usd_per_mtok", "cached_input_usd_per_mtok", "output_usd_per_mtok",
    "usd_per_unit_hour", "unit", "term", "usd_per_request", "match", "retrieved_on",
]  # fmt: skip


@click.command(
    "prices MODEL",
    cls=Exemplified,
    epilog="Example: planner prices gpt-4.1 --region swedencentral --input-tokens 4000",
)
@click.argument("model")
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock, gemini, ...")
@click.option("--region", multiple=True, metavar="REGION", help="Only this region.")
@click.option("--deployment-type", multiple=True, metavar="TYPE", help="Only this one.")
@click.option(
    "--input-tokens",
    type=click.IntRange(0, 10_000_000),
    default=1000,
    show_default=True,
    metavar="N",
    help="Input of the typical request.",
)
@click.option(
    "--output-tokens",
    type=click.IntRange(0, 10_000_000),
    default=200,
    show_default=True,
    metavar="N",
    help="Output of the typical request.",
)
@click.option(
    "--cached-share",
    type=Share(),
    default="0",
    show_default=True,
    metavar="SHARE",
    help="Share of its input that comes from the cache.",
)
@click.option("--all", "every_row", is_flag=True, help="Every region, tier and term on a line.")
@on_option
@common
def command(
    *,
    model: str, provider: tuple[str, ...], region: tuple[str, ...],
    deployment_type: tuple[str, ...], input_tokens: int, output_tokens: int,
    cached_share: Fraction, every_row: bool, on: dt.date,
) -> int:  # fmt: skip
    """All ways to buy MODEL on a date: each provider, deployment type, region, tier and term.

    Sorted by what a typical request costs. A price says how it was found: override, meter, exact,
    words, region_group; one that is unknown stays unknown, with the nearest known one beside it.
    """
    chosen = settings()
    reading = Reading(chosen, on, model_names())
    table = price_table(chosen)
    catalog, name = find_model(model, model_names(), reading, table.models(), on)
    sightings = [
        s
        for s in catalog.offers(name)
        if (life := catalog.life(s)).lifecycle not in RETIRED
        and not ((end := ends_on(s.offer, life)) is not None and end <= on)
    ]
    request = TypicalRequest(
        input_tokens=input_tokens, output_tokens=output_tokens, cached_share=cached_share
    )
    everything = list_prices(
        table,
        name,
        on,
        (
            Sold(offer=s.offer, charges=catalog.charges(s.offer), zone=zone_of(s.offer))
            for s in sightings
            if s.offer.deployment_type is not None
        ),
        request,
    )
    types = {e.deployment_type for e in everything if e.deployment_type}
    sellers = {*PROVIDERS, *(e.provider for e in everything)}
    places = {known_region(r, also={e.region for e in everything if e.region}) for r in region}
    wanted_types = {t for one in deployment_type for t in any_of("deployment type", one, types)}
    wanted_sellers = {p for one in provider for p in any_of("provider", one, sellers)}
    entries = tuple(
        e
        for e in everything
        if (not wanted_sellers or e.provider in wanted_sellers)
        and (not places or e.region is None or e.region in places)
        and (not wanted_types or e.deployment_type in wanted_types)
    )
    answer = PricesAnswer(
        model=name,
        on=on,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cached_share=float(cached_share),
        sources=catalog.sources(sightings),
        prices=entries,
        notes=(*follow_replacements(catalog, name)[2], *_nothing(name, entries, everything, on)),
    )

    def text() -> str:
        from planner.render.prices import prices_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return prices_text(answer, screen(), every_row=every_row)

    def prose() -> tuple[Iterable[str], Iterable[str]]:
        from planner.render.prices import headlines, price_sources  # noqa: PLC0415

        return headlines(answer), [price_sources(answer)]

    show(chosen, answer, answer.prices, text, _COLUMNS, of=PriceEntry, prose=prose)
    reading.note_unreadable()
    return IN_PART if reading.in_part else 0


def _nothing(
    model: str, entries: tuple[PriceEntry, ...], everything: tuple[PriceEntry, ...], on: dt.date
) -> tuple[str, ...]:
    """Why the list is empty, where it is."""
    if entries:
        return ()
    if everything:
        return (f"none of the {len(everything)} known prices of {model} passes the filters",)
    return (f"no price of {model} is known on {on}; planner prices history {model} has all dates",)
