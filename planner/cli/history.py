"""`planner history`: when a model appeared, what changed about it, when it left."""

import datetime as dt
import functools
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import click
import msgspec

from planner.cli.facts import known_region, one_of
from planner.cli.options import Exemplified, common, on_option, settings
from planner.cli.output import show
from planner.cli.passing import PassedOver
from planner.cli.reading import too_early
from planner.core.checks import Severity
from planner.core.history import Event, Past, PastAnswer, Question, past
from planner.core.snapshots import Snapshot
from planner.errors import BadFileError, UnknownNameError
from planner.files.facts import model_names
from planner.files.places import folders
from planner.files.snapshot_lines import unfold_coverage
from planner.files.snapshots import (
    Seen,
    list_snapshots,
    models_in,
    read_header,
    read_snapshot,
    snapshot_path,
)
from planner.render.safe import plain

IN_PART = 3
_COLUMNS = [
    "by", "since", "provider", "check", "version", "deployment_type", "regions", "message",
]  # fmt: skip
_LEVELS = [level.value for level in Severity]


@click.command(
    "history", cls=Exemplified, epilog="Example: planner history claude-3-opus --region us-west-2"
)
@click.argument("model")
@click.option("--provider", multiple=True, metavar="NAME", help="Only azure, bedrock, ...")
@click.option("--region", multiple=True, metavar="REGION", help="Only in this region.")
@click.option(
    "--severity",
    type=click.Choice(_LEVELS),
    metavar="LEVEL",
    help="Only breaking, or warning and breaking  [info: all]",
)
@click.option("--all", "every_row", is_flag=True, help="Every change on a terminal.")
@on_option
@common
def command(
    *, model: str, provider: tuple[str, ...], region: tuple[str, ...], severity: str | None,
    every_row: bool, on: dt.date,
) -> int:  # fmt: skip
    """When MODEL appeared, what changed about it and when it left, from all snapshots.

    Quotas are left out (planner diff has them), and prices: planner prices history MODEL.
    """
    chosen, names = settings(), model_names()
    reader = _Reader(folders("snapshots", chosen.snapshots), on)
    canonical = functools.cache(names.canonical)
    wanted = [one_of("provider", p, reader.days) for p in provider] or sorted(reader.days)
    places = {known_region(query) for query in region}
    name = names.canonical(model)
    pasts = _pasts(reader, wanted, Question(model=name, on=on, regions=places), canonical)
    if not any(p.first_seen or p.events for p in pasts):
        name = _named(reader, model, canonical)
        pasts = _pasts(reader, wanted, Question(model=name, on=on, regions=places), canonical)
    # Of providers that never had it no look is worth telling, unless none had it.
    pasts = [p for p in pasts if p.first_seen or p.events] or pasts
    level = Severity(severity or Severity.INFO)
    events = [e for p in pasts for e in p.events if e.severity.reaches(level)]
    answer = PastAnswer(
        model=name,
        on=on,
        looks=tuple(p.looks for p in pasts),
        first_seen=tuple(f for p in pasts for f in p.first_seen),
        events=tuple(sorted(events, key=lambda e: (e.by, e.provider, e.severity.rank))),
        there_now=tuple(n for p in pasts for n in p.there_now),
        not_read=tuple(sorted(reader.unreadable)),
    )

    def table() -> str:
        from planner.render.history import history_text  # noqa: PLC0415 - rich is slow
        from planner.render.terminal import screen  # noqa: PLC0415

        return history_text(answer, screen(), every_row=every_row)

    show(chosen, answer, answer.events, table, _COLUMNS, of=Event)
    for left, error in reader.unreadable.items():
        click.echo(f"planner: {plain(left)} left out: {plain(error)}", err=True)
    reader.passed_over.note(but=map(str, reader.unreadable.values()))
    return IN_PART if reader.unreadable or reader.passed_over.faults else 0


class _Reader:
    """The snapshots up to a day, of one model, oldest first; the nearer folder's of each day.

    A file that cannot be read is passed over; a provider of which none can, or whose newest cannot,
    is left out and kept in `unreadable`.
    """

    def __init__(self, layers: Collection[Path], on: dt.date) -> None:
        self.layers = layers
        self.days: dict[str, dict[dt.date, Path]] = {}
        self.unreadable: dict[str, BadFileError] = {}
        self.passed_over = PassedOver()
        for layer in reversed(list(layers)):
            for provider, days in list_snapshots(layer).items():
                known = self.days.setdefault(provider, {})
                known |= {d: snapshot_path(layer, provider, d) for d in days if d <= on}
        self.days = {provider: days for provider, days in self.days.items() if days}
        if not self.days:
            raise too_early(layers, on)

    def read(self, provider: str, only: Callable[[str], bool]) -> list[Snapshot]:
        """The looks at a provider; nothing of one that cannot be read."""
        try:
            return list(self._read(self.days[provider], only))
        except BadFileError as error:
            self.unreadable[provider] = error
            return []

    def _read(self, days: dict[dt.date, Path], only: Callable[[str], bool]) -> Iterator[Snapshot]:
        seen: Seen = {}
        full: dict[Path, Snapshot] = {}
        for day in sorted(days):
            path = days[day]
            try:
                header = read_header(path)
                base = full.get(path.with_name(f"{header.equals}.jsonl"))
                if base is None:
                    full[path] = read_snapshot(path, only, seen=seen, quotas=False)
            except BadFileError as error:
                if day == max(days) or not self.passed_over.take(error):
                    raise
                continue
            if base is None:
                yield full[path]
            else:
                coverage = unfold_coverage(header)
                yield msgspec.structs.replace(base, date=day, coverage=coverage)


def _pasts(
    reader: _Reader, providers: Collection[str], asked: Question, canonical: Callable[[str], str]
) -> list[Past]:
    found = []
    for provider in providers:
        looks = reader.read(provider, lambda spelling: canonical(spelling) == asked.model)
        one = past(looks, asked, canonical)
        if one is not None:
            found.append(one)
    return found


def _named(reader: _Reader, query: str, canonical: Callable[[str], str]) -> str:
    """The canonical name of a model that some snapshot knows; UnknownNameError otherwise."""
    known = {canonical(model) for layer in reader.layers for model in models_in(layer)}
    names = model_names()
    found = names.find(query, known)
    if found is None:
        close = names.close(query, known)
        hint = f"did you mean {' or '.join(close)}?" if close else "see planner models"
        raise UnknownNameError(f"no snapshot knows the model {query!r}; {hint}")
    return found
