"""`planner regions`: where a model can run."""

import datetime as dt
from collections.abc import Collection, Iterable

import click

from planner.cli.facts import (
    PROVIDERS,
    geography,
    known_region,
    one_of,
    price_of,
    price_table,
    round_trip_ms,
)
from planner.cli.options import Amount, Days, Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.reading import Reading
from planner.cli.staleness import note_stale
from planner.core.answers import RegionEntry
from planner.core.boundaries import parse_boundary
from planner.core.fit import Constraints
from planner.core.offers import Availability
from planner.core.placement import Surroundings, find_places, follow_replacements
from planner.errors import UnknownNameError, UsageError
from planner.files.facts import model_names
from planner.files.settings import UserSettings, read_settings

NOTHING_FITS = 4
IN_PART = 3
_COLUMNS = [
    "model", "rank", "provider", "region", "version", "deployment_type", "availability",
    "retires_on", "price_match", "price_input_usd_per_mtok", "price_output_usd_per_mtok",
    "latency_ms",
]  # fmt: skip


class Boundary(click.ParamType[str]):
    """A place that data must not leave."""

    name = "boundary"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> str:
        """Read the boundary; anything else is a usage error that lists what is accepted."""
        try:
            return parse_boundary(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


def _known_provider(reading: Reading, provider: str, providers: Collection[str]) -> str:
    """The provider's own spelling; a file of it that could not be read is told first."""
    with reading.blaming_files():
        return one_of("provider", provider, providers)


def _known_home(asked: str | None, user: UserSettings, regions: Collection[str]) -> str | None:
    """The region to rank from, of the call or of the settings; None where neither names one."""
    if asked is not None or user.home_region is None:
        return None if asked is None else known_region(asked, also=regions)
    try:
        return known_region(user.home_region, also=regions)
    except UnknownNameError as error:
        raise UnknownNameError(f"home_region of {user.files[0]}: {error}") from None


@click.command(
    "regions",
    cls=Exemplified,
    epilog="Example: planner regions gpt-5.1 --from francecentral --boundary eur",
)
@click.argument("model")
@click.option("--from", "home", metavar="REGION", help="Rank by the round trip from this region.")
@click.option(
    "--boundary",
    type=Boundary(),
    metavar="PLACE",
    help="Only where data stays in: eu, eur (Azure's zone), us, jp, ...",
)
@click.option("--deployment-type", metavar="TYPE", help="Only this one, e.g. DataZoneStandard.")
@click.option("--version", "version_", metavar="VERSION", help="Only this version of the model.")
@click.option("--provider", metavar="NAME", help="Only azure, bedrock or gemini.")
@click.option("--region", metavar="REGION", help="Only this region.")
@click.option(
    "--min-lifetime",
    type=Days(),
    metavar="DAYS",
    help="Only what lives at least so long: 90d, 12w.",
)
@click.option(
    "--tokens-per-minute",
    type=Amount(),
    metavar="N",
    help="Only with so much quota free, e.g. 300k.",
)
@click.option(
    "--tokens-per-request",
    type=Amount(),
    metavar="N",
    help="Mean length of a request, both ways: its rate counts, too.",
)
@click.option("--all", "every_row", is_flag=True, help="Every region on its own line.")
@on_option
@common
def command(
    *,
    model: str, home: str | None, boundary: str | None, deployment_type: str | None,
    version_: str | None, provider: str | None, region: str | None, min_lifetime: int | None,
    tokens_per_minute: int | None, tokens_per_request: int | None,
    every_row: bool, on: dt.date,
) -> int:  # fmt: skip
    """Where MODEL can run on a date: each region and deployment type, with price and retirement.

    Any spelling of the model works: gpt-4o, meta-llama/Llama-2-7b-hf, an id of Amazon Bedrock.
    A model that has retired is followed to the replacement that its provider names.
    """
    if tokens_per_request and tokens_per_minute is None:
        raise UsageError("--tokens-per-request is of use with --tokens-per-minute; give that, too")
    chosen, names, user = settings(), model_names(), read_settings()
    boundary = boundary or user.boundary
    reading = Reading(chosen, on, names)
    catalog, name = reading.find_model(model)
    chain, living, _ = follow_replacements(catalog, name)
    offers = [s.offer for model_ in (name, living) for s in catalog.offers(model_)]
    home = _known_home(home, user, {o.region for o in offers})
    known = {o.deployment_type for o in offers} - {None}
    providers = {*PROVIDERS, *(o.provider for o in offers)}
    constraints = Constraints(
        provider=_known_provider(reading, provider, providers) if provider else None,
        region=known_region(region, also={o.region for o in offers}) if region else None,
        version=one_of("version", version_, {o.version for o in offers if o.version})
        if version_ else None,
        deployment_type=one_of("deployment type", deployment_type, {str(t) for t in known})
        if deployment_type else None,
        boundary=boundary,
        minimum_lifetime_days=min_lifetime,
        tokens_per_minute=tokens_per_minute,
        tokens_per_request=tokens_per_request,
    )  # fmt: skip
    prices = price_table(chosen, models={name, *chain})
    around = Surroundings(price=price_of(prices, catalog), latency_ms=round_trip_ms, home=home)
    answer = find_places(catalog, name, constraints, around)

    def table() -> str:
        from planner.render.regions import regions_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return regions_text(answer, geography, screen(), home, every_row)

    def prose() -> tuple[Iterable[str], Iterable[str]]:
        from planner.render.region_words import headlines  # noqa: PLC0415
        from planner.render.words import sources  # noqa: PLC0415

        used = [entry.price for entry in answer.regions if entry.price is not None]
        return headlines(answer, home), [sources(answer.sources, on, used)]

    show(chosen, answer, answer.regions, table, _COLUMNS, of=RegionEntry, prose=prose)
    note_stale(chosen, user, answer.sources)
    reading.note_unreadable()
    usable = (Availability.AVAILABLE, Availability.UNKNOWN)
    if answer.recommended is None and any(e.availability in usable for e in answer.rejected):
        return NOTHING_FITS
    return IN_PART if reading.in_part else 0
