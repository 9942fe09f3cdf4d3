"""`planner quotas` and `planner deployments` for people: a heading a place, a row a record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.cells import cell_len
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from planner.core.collect_answer import (
    DeploymentEntry,
    DeploymentsAnswer,
    QuotaEntry,
    QuotasAnswer,
)
from planner.core.offers import Availability
from planner.render.listing import legend, page
from planner.render.region_map import MARKS
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import UNKNOWN, age, count, sources

_INDENT = "  "
_LEAST_WIDTH = 12
_UNITS = {"thousand tokens per minute": "k TPM", "thousand enqueued tokens": "k enqueued"}
_WORDS = ("Quota", "Limits", "Unit")
_NUMBERS = {"Limit": "limit", "Default": "default_limit", "Used": "used", "Free": "free"}
Cells = Sequence[str]


def quotas_text(answer: QuotasAnswer, screen: Screen, on: dt.date, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    whole = every_row or screen.height is None
    if not answer.quotas:
        return page(screen, [_nothing("quota", answer.notes)], (), (), whole=True)
    body: list[str] = []
    untold: dict[str, list[str]] = {}
    for provider, group in groupby(answer.quotas, key=lambda q: q.provider):
        own = list(group)
        heads, cells = _columns(own)
        untold[provider] = [head.lower() for head in _NUMBERS if head not in heads]
        body += [""] if body else []
        body += _grouped(screen, heads, _alike(own, cells, on), numbers=len(heads) - len(_WORDS))
    used_up = sum(q.free == 0 and bool(q.limit) for q in answer.quotas)
    accounts = {(q.provider, q.account) for q in answer.quotas}
    regions = {(q.provider, q.region) for q in answer.quotas}
    head = (
        f"{count(len(answer.quotas), 'quota')} of {count(len(accounts), 'account')} in "
        f"{count(len(regions), 'region')}; used up: {used_up:,}"
    )
    unmapped = sum(q.unmapped for q in answer.quotas)
    head += f"; unmapped, limiting no offer that was read: {unmapped:,}." if unmapped else "."
    tail = [sources(answer.sources, on, ()), *_untold(untold)]
    tail.append("Fewer rows: --region, --account, --model.")
    return page(screen, [head], body, tail, whole=whole)


def deployments_text(answer: DeploymentsAnswer, screen: Screen, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    whole = every_row or screen.height is None
    if not answer.deployments:
        return page(screen, [_nothing("deployment", answer.notes)], (), (), whole=True)
    heads = ("Deployment", "Model", "Type", "Units", "Retires")
    rows = [(_place(d, answer.on), _deployment_cells(d, answer.on)) for d in answer.deployments]
    body = _grouped(screen, heads, rows, numbers=0)
    ends = [d.retires_on for d in answer.deployments if d.retires_on]
    gone = sum(end <= answer.on for end in ends)
    following = min((end for end in ends if end > answer.on), default=None)
    head = count(len(answer.deployments), "deployment")
    head += f"; of a retired model: {gone:,}" if gone else ""
    head += f"; the next model retires on {following}." if following else "."
    tail = [*legend(cells[-1] for _, cells in rows), sources(answer.sources, answer.on, ())]
    tail.append("Where a model can run, and what replaces it: planner regions MODEL.")
    return page(screen, [head], body, tail, whole=whole)


def _nothing(noun: str, notes: Sequence[str]) -> str:
    return f"No {noun}: {'; '.join(notes)}."


def _place(
    entry: QuotaEntry | DeploymentEntry, on: dt.date, regions: Sequence[str] | None = None
) -> str:
    """Whose an entry is and where, or in which `regions` the same is; its age, unless of today."""
    days = (on - entry.observed_on).days
    seen = f", {age(days)}" if days > 0 else ""
    where = ", ".join(regions or [entry.region])
    return plain(f"{entry.account} in {where} on {entry.provider}{seen}")


def _alike(
    quotas: Sequence[QuotaEntry], cells: Sequence[Cells], on: dt.date
) -> list[tuple[str, Cells]]:
    """The rows, each below its place; regions in which an account has the same are one place."""
    same: dict[tuple[str, dt.date, tuple[Cells, ...]], list[QuotaEntry]] = {}
    told = zip(quotas, cells, strict=True)
    for _, group in groupby(told, key=lambda pair: _place(pair[0], on)):
        entries, rows = zip(*group, strict=True)
        one = entries[0]
        same.setdefault((one.account, one.observed_on, rows), []).append(one)
    return [
        (_place(places[0], on, [q.region for q in places]), row)
        for (_, _, rows), places in same.items()
        for row in rows
    ]


def _untold(heads: Mapping[str, Sequence[str]]) -> list[str]:
    """Which numbers a provider tells of none of its quotas; once where that is so of each."""
    told = {provider: ", ".join(names) for provider, names in heads.items() if names}
    if len(heads) == 1 or (len(set(told.values())) == 1 and len(told) == len(heads)):
        return [f"Unknown for all: {names}." for names in dict.fromkeys(told.values())]
    words = "; ".join(f"{provider} {names}" for provider, names in told.items())
    return [f"Unknown for all of a provider: {words}."] if words else []


def _columns(quotas: Sequence[QuotaEntry]) -> tuple[Cells, list[Cells]]:
    """Heads and cells; a number that no quota tells has no column."""
    numbers = [
        head for head, name in _NUMBERS.items() if any(getattr(q, name) is not None for q in quotas)
    ]
    cells: list[Cells] = [
        (
            plain(q.name),
            plain(_limits(q)),
            plain(_UNITS.get(q.unit or "", q.unit) or UNKNOWN),
            *(_amount(getattr(q, _NUMBERS[head])) for head in numbers),
        )
        for q in quotas
    ]
    return (*_WORDS, *numbers), cells


def _limits(quota: QuotaEntry) -> str:
    """What a quota limits: one model or machine by its name, several by their number."""
    names = {limited.model for limited in quota.limits}
    if len(names) > 1:
        return count(len(names), "machine" if quota.unit == "vCPU" else "model")
    return next(iter(names), "unmapped")


def _deployment_cells(deployed: DeploymentEntry, on: dt.date) -> Cells:
    version = f" {deployed.version}" if deployed.version else ""
    units = UNKNOWN if deployed.units is None else f"{deployed.units:,}"
    end = str(deployed.retires_on or UNKNOWN)
    if deployed.retires_on and deployed.retires_on <= on:
        end += f" {MARKS[Availability.RETIRED][0]}"
    return (
        plain(deployed.name),
        plain(f"{deployed.model or UNKNOWN}{version}"),
        plain(deployed.deployment_type or UNKNOWN),
        units,
        end,
    )


def _amount(number: float | None) -> str:
    if number is None:
        return UNKNOWN
    return f"{number:,.0f}" if number == int(number) else f"{number:,.3f}".rstrip("0")


def _grouped(
    screen: Screen, heads: Cells, rows: Sequence[tuple[str, Cells]], *, numbers: int
) -> list[str]:
    """The rows below the headings of their places, in columns that all places share.

    The last `numbers` columns hold numbers; where the screen is narrow the first ones fold.
    """
    cells = [heads, *(own for _, own in rows)]
    widths = [max(cell_len(line[i]) for line in cells) for i in range(len(heads))]
    words = range(len(heads) - numbers if numbers else len(heads) - 2)
    room = screen.width - len(_INDENT) - 2 * (len(heads) - 1)
    while sum(widths) > room and max(widths[i] for i in words) > _LEAST_WIDTH:
        widths[max(words, key=lambda i: widths[i])] -= 1

    def lines(some: Sequence[Cells], style: str = "") -> list[str]:
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
        for position, width in enumerate(widths):
            number = position >= len(heads) - numbers
            table.add_column(width=width, justify="right" if number else "left", overflow="fold")
        for row in some:
            table.add_row(*(Text(cell, style=style) for cell in row))
        return screen.lines([Padding(table, (0, 0, 0, len(_INDENT)))])

    text = lines([heads], "bold")
    for place, group in groupby(rows, key=lambda row: row[0]):
        text += screen.lines([Text(place)])
        text += lines([own for _, own in group])
    return text
