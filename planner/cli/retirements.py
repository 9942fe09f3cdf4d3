"""`planner retirements`: what retires soon, what replaces it, and what of yours it hits."""

import datetime as dt
from collections.abc import Callable, Sequence

import click
import msgspec

from planner.cli.facts import PROVIDERS, known_region, one_of
from planner.cli.holdings import Holdings
from planner.cli.options import Days, Exemplified, Format, Settings, common, on_option, settings
from planner.cli.output import show
from planner.cli.reading import Reading
from planner.cli.staleness import note_stale
from planner.cli.using import find_uses, refuse_unknown, using_options
from planner.core.catalog import Source
from planner.core.retirements import RetirementFilter, find_retirements
from planner.core.retirements_answer import RetirementEntry, RetirementsAnswer
from planner.core.using import Use
from planner.errors import NoDataError
from planner.files.facts import model_names
from planner.files.settings import UserSettings, read_settings

IN_PART = 3


@click.command("retirements", cls=Exemplified, epilog="Example: planner retirements --within 90d")
@click.option("--within", type=Days(), metavar="SPAN", help="Only within so many days: 90d, 12w.")
@using_options
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock or gemini.")
@click.option("--model", multiple=True, metavar="MODEL", help="Only this model, in any spelling.")
@click.option("--region", multiple=True, metavar="REGION", help="Only what is offered there.")
@click.option("--past", is_flag=True, help="Also what has retired and is still listed.")
@click.option("--all", "every_row", is_flag=True, help="Every row on a terminal.")
@on_option
@common
def command(
    *,
    within: int | None, using: str | None, mine: bool, provider: tuple[str, ...],
    model: tuple[str, ...], region: tuple[str, ...], past: bool, every_row: bool, on: dt.date,
) -> int:  # fmt: skip
    """Every known retirement from a date on: by deployment type, with what replaces it where.

    What you run is named where it is hit; with --mine or --using nothing else is shown, and what
    has already retired is, too. --format ics writes a calendar file.
    """
    chosen, user, names = settings(), read_settings(), model_names()
    reading = Reading(chosen, on, names)
    catalog = reading.catalog()
    held = _Held(chosen, on)
    narrowed = mine or using is not None
    uses = _uses(using, mine, user, held, reading)
    if narrowed:
        refuse_unknown(uses, catalog.models(), chosen)
    offered = {s.offer.region for s in catalog.offers()}
    with reading.blaming_files():
        wanted = RetirementFilter(
            provider=tuple(one_of("provider", p, PROVIDERS) for p in provider),
            model=tuple(reading.model_in(catalog, m) for m in model),
            region=tuple(known_region(r, also=offered) for r in region),
            within_days=within,
            past=past,
            mine=narrowed,
        )
    answer = find_retirements(catalog, uses, wanted)
    sources = tuple(sorted({*answer.sources, *held.sources}))
    answer = msgspec.structs.replace(answer, sources=sources)

    def table() -> str:
        from planner.render.retirements import retirements_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return retirements_text(answer, screen(), every_row=every_row)

    def markdown() -> str:
        from planner.render.retirements import retirements_markdown  # noqa: PLC0415 - rich is slow

        return retirements_markdown(answer)

    def calendar() -> str:
        from planner.render.calendar import calendar_text  # noqa: PLC0415 - one format's alone

        return calendar_text(answer)

    own = {Format.ICS: calendar, Format.MARKDOWN: markdown}
    show(chosen, answer, _rows(chosen, answer), table, of=RetirementEntry, formats=own)
    note_stale(chosen, user, answer.sources)
    reading.note_unreadable()
    return IN_PART if reading.in_part or held.unreadable else 0


def _rows(chosen: Settings, answer: RetirementsAnswer) -> Sequence[RetirementEntry]:
    if chosen.format is not Format.CSV:
        return answer.retirements
    from planner.render.retirements import csv_rows  # noqa: PLC0415 - rich is slow

    return csv_rows(answer)


class _Held:
    """The collected deployments, read where they are asked for, and the snapshots they are of."""

    def __init__(self, chosen: Settings, on: dt.date) -> None:
        self._chosen, self._on = chosen, on
        self.sources: set[Source] = set()
        self.unreadable = False

    def __call__(self) -> Holdings:
        """Read them."""
        holdings = Holdings(self._chosen, self._on, "deployment")
        self.unreadable = bool(holdings.unreadable)
        for held in holdings.held:
            age = (self._on - held.snapshot).days
            self.sources.add(
                Source(provider=held.record.provider, snapshot=held.snapshot,
                       origin=held.origin, age_days=age)
            )  # fmt: skip
        return holdings


def _uses(
    using: str | None, mine: bool, user: UserSettings, held: Callable[[], Holdings],
    reading: Reading,
) -> tuple[Use, ...]:  # fmt: skip
    """What you run; unless the call is about that alone, it is no fault to run nothing."""
    try:
        return find_uses(using, mine or using is None, user, held, reading.canonical) or ()
    except NoDataError:
        if mine or using is not None:
            raise
        return ()
