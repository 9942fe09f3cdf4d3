"""`planner history` for people: since when, until when, and what happened in between."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from rich.table import Table
from rich.text import Text

from planner.core.findings import naming, place_words
from planner.core.history import FirstSeen, PastAnswer
from planner.render.diff_words import lines
from planner.render.listing import page
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import count


def history_text(answer: PastAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; on a terminal it is cut to the height unless `every_row`."""
    several = len(answer.looks) > 1
    rows: list[tuple[str, str]] = []
    told = 0
    for (day, provider), first in groupby(answer.first_seen, key=lambda f: (f.on, f.provider)):
        of = f"{provider}: " * several
        rows.append((str(day), f"{of}first look here finds {_seen(list(first))}"))
    for day, some in groupby(answer.events, key=lambda e: e.by):
        changes = lines(list(some), several=several)
        told += len(changes)
        rows += [(str(day), line.text) for line in changes]
    body = screen.lines([_table(sorted(rows, key=lambda row: row[0]))]) if rows else []
    lost = [f"Left out, since a file cannot be read: {', '.join(answer.not_read)}."]
    tail = [
        *_looks(answer),
        *(lost if answer.not_read else ()),
        "Prices in time: planner prices history MODEL. Quotas: planner diff.",
    ]
    whole = every_row or screen.height is None
    return page(screen, [_headline(answer, count(told, "change"))], body, tail, whole=whole)


def _headline(answer: PastAnswer, events: str) -> str:
    if not answer.first_seen and not answer.events:
        lost = ", ".join(answer.not_read)
        return f"{answer.model}: none of the looks found it{f', without {lost}' if lost else ''}."
    now = answer.there_now
    if not now:
        last = max((e.by for e in answer.events), default=None)
        gone = f"gone by {last}" if last else "gone"
        return f"{answer.model}: {gone}; {events} seen."
    regions = {(n.provider, r) for n in now for r in n.regions}
    providers = ", ".join(sorted({n.provider for n in now}))
    place = count(len(regions), "region")
    retired = f"retired by {answer.on}, " if _is_retired(answer) else ""
    return f"{answer.model}: {retired}on the last look in {place} of {providers}; {events} seen."


def _is_retired(answer: PastAnswer) -> bool:
    """Whether all that was there on the last look has retired since."""
    there = {(n.provider, n.version, n.deployment_type) for n in answer.there_now}
    gone = {
        (e.provider, e.version, e.deployment_type)
        for e in answer.events
        if e.check in ("retired", "retirement_set") and str(e.after) <= str(answer.on)
    }
    return there <= gone


def _seen(first: Sequence[FirstSeen]) -> str:
    return "; ".join(
        f"{naming(f.version, f.deployment_type) or 'type unknown'}{place_words(f.regions)}"
        for f in first
    )


def _table(rows: Iterable[tuple[str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    last = None
    for day, words in rows:
        grid.add_row(Text(day if day != last else ""), Text(plain(words)))
        last = day
    return grid


def _looks(answer: PastAnswer) -> list[str]:
    """Between which days somebody looked, and that a change is seen only on the next look."""
    told = [
        f"{look.provider} on {count(look.days, 'day')}, {look.from_} to {look.to}"
        for look in answer.looks
    ]
    return [f"Looked at {'; '.join(told)}. A change stands on the day that first shows it."]
