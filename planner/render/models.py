"""`planner models` for people: one line a model, those that still answer first."""

import datetime as dt
from collections.abc import Callable, Sequence

import msgspec
from rich.table import Table
from rich.text import Text

from planner.core.answers import ModelEntry, ModelsAnswer
from planner.core.licences import LicenceStatus
from planner.core.listing import has_retired
from planner.render.listing import end, legend, page
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import UNKNOWN, count, sources

_NARROW = 70
_ROOMY = 100
_WIDE = 140
_THOUSAND = 1000


def models_text(answer: ModelsAnswer, screen: Screen, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`.

    A cut list begins with the models that are offered in the most regions, since a list that ends
    at "c" helps nobody; a whole one is in the order of names.
    """
    if not answer.models:
        return page(screen, [f"No model: {note}." for note in answer.notes], (), (), whole=True)
    whole = every_row or screen.height is None
    living = [m for m in answer.models if m.regions and not has_retired(m, answer.on)]
    gone = [m for m in answer.models if m not in living]
    ends = [end(model, answer.on) for model in answer.models]
    tail = [*legend(ends), sources(answer.sources, answer.on, ())]
    tail.append("Where one runs, and what replaces a retired one: planner regions MODEL.")
    head = [_headline(answer, len(gone))]
    lines = _lines(answer, [*living, *gone], screen)
    text = page(screen, head, lines, tail, whole=whole)
    if whole or len(lines) + 5 <= (screen.height or 0):
        return text
    living.sort(key=lambda m: -len(m.regions))
    head.append("Offered in the most regions first; by name with --all.")
    return page(screen, head, _lines(answer, [*living, *gone], screen), tail, whole=False)


def _headline(answer: ModelsAnswer, gone: int) -> str:
    publishers = count(len({m.publisher for m in answer.models} - {None}), "publisher")
    providers = sorted({name for m in answer.models for name in m.providers})
    where = f" on {', '.join(providers)}" if providers else ""
    end_ = f"; retired or no longer offered: {gone}" if gone else ""
    return f"{count(len(answer.models), 'model')} of {publishers}{where} on {answer.on}{end_}."


def _lines(answer: ModelsAnswer, models: Sequence[ModelEntry], screen: Screen) -> list[str]:
    """The table; a roomier screen has more columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    columns = [c for c in _COLUMNS if screen.width >= c.from_width]
    for column in columns:
        right = "right" if column.number else "left"
        table.add_column(
            Text(column.head),
            justify=right,  # type: ignore[arg-type]
            overflow="fold",
            min_width=column.least,
        )
    for model in models:
        table.add_row(*(Text(plain(column.cell(model, answer.on))) for column in columns))
    return screen.lines([table])


def _reach(model: ModelEntry, _: dt.date) -> str:
    kinds = len(model.deployment_types)
    return f"{len(model.regions)} / {kinds or '?'}" if model.regions else "none"


def _weights(model: ModelEntry, _: dt.date) -> str:
    return {True: "open", False: "closed", None: UNKNOWN}[model.open_weights]


def _licence(model: ModelEntry, _: dt.date) -> str:
    """The licence of open weights, marked where no source was read for it."""
    if model.licence is None:
        return "" if model.open_weights is False else UNKNOWN
    recalled = model.licence_status is LicenceStatus.RECALLED
    return f"{model.licence} (recalled)" if recalled else model.licence


def _tokens(number: int | None) -> str:
    """A context length for reading: 4,096, 128k, 1.05M."""
    if number is None:
        return UNKNOWN
    if number >= _THOUSAND * _THOUSAND:
        return f"{number / _THOUSAND / _THOUSAND:.3g}M"
    return f"{number / _THOUSAND:.0f}k" if number >= 10 * _THOUSAND else f"{number:,}"


class _Column(msgspec.Struct, frozen=True):
    """A column: its head, its cell, how narrow it may be and on what screens it stands."""

    head: str
    cell: Callable[[ModelEntry, dt.date], str]
    least: int
    from_width: int = 0
    number: bool = False


_COLUMNS = (
    _Column("\nModel", lambda m, _: m.model, 24),
    _Column("\nPublisher", lambda m, _: m.publisher or UNKNOWN, 12, _ROOMY),
    _Column("\nTasks", lambda m, _: " ".join(m.tasks) or UNKNOWN, 10, _NARROW),
    _Column("\nWeights", _weights, 7, _ROOMY),
    _Column("\nLicence", _licence, 10, _WIDE),
    _Column("\nContext", lambda m, _: _tokens(m.context_tokens), 7, _ROOMY, number=True),
    _Column("\nProviders", lambda m, _: " ".join(m.providers) or "none now", 9),
    _Column("Regions\n/ types", _reach, 7, number=True),
    _Column("\nRetires", end, 12),
    _Column("\nReplacement", lambda m, _: m.replacement or "", 12, _WIDE),
)
