"""`planner collect` for people: a live bar on stderr, one summary on stdout."""

import os
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from planner.core.collect_answer import CollectAnswer, Collection, PlaceEntry
from planner.core.snapshots import Status
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import count

_SHOWN = 4  # regions by name on a terminal
# How a region of several entries (accounts, deployments apart) ended: as the last of them.
_ORDER = (
    Status.EMPTY,
    Status.NOT_OFFERED,
    Status.OK,
    Status.SUSPECT,
    Status.THROTTLED,
    Status.FAILED,
    Status.DENIED,
)
_FINE = (Status.OK, Status.EMPTY, Status.NOT_OFFERED)
Tell = Callable[[str, int, int], None]


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Tell]:
    """Report `tell(what, done, total)` as a bar, where stderr is a terminal; else in silence."""
    dumb = os.environ.get("TERM") == "dumb"
    if quiet or dumb or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn  # noqa: PLC0415

    console = Console(stderr=True, markup=False, highlight=False, emoji=False)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda what, done, total: bar.update(
            task, description=plain(what), completed=done, total=total
        )


def collect_text(answer: CollectAnswer, screen: Screen, dry_run: bool = False) -> str:
    """The whole summary: what landed, what did not and why, and what to do next."""
    if not answer.collections:
        return screen.text(Text("Nothing was left to collect."))
    parts: list[str | Padding] = [_headline(answer), ""]
    for collection in answer.collections:
        parts.append(_provider(collection, dry_run))
        parts += _troubles(collection, screen)
    if again := _next(answer):
        parts += ["", again]
    return screen.text(*(Text(p) if isinstance(p, str) else p for p in parts))


def _headline(answer: CollectAnswer) -> str:
    done = [c for c in answer.collections if c.snapshot is not None]
    places = [(c.provider, e) for c in answer.collections for e in c.coverage]
    regions = {(provider, e.region) for provider, e in places if e.region is not None}
    lost = {(provider, e.region) for provider, e in places if _trouble(e) and e.region}
    beside = [entry for _, entry in places if _trouble(entry) and not entry.region]
    if not done:
        return f"Nothing was collected from {_names(answer.collections)}."
    what = f"{count(sum(c.offers for c in done), 'offer')} and "
    what += f"{count(sum(c.quotas for c in done), 'quota')} from {_names(done)}"
    parts = [f"{len(lost)} of {count(len(regions), 'region')}"] if lost else []
    parts += ["what is of no region"] if beside else []
    end = f"; not read whole: {' and '.join(parts)}" if parts else ""
    return f"{what}{end}."


def _names(collections: Sequence[Collection]) -> str:
    return plain(", ".join(c.provider for c in collections))


def _provider(collection: Collection, dry_run: bool) -> str:
    """A provider in one line: how its regions ended at worst, and where that was written."""
    worst: dict[str, Status] = {}
    for entry in (e for e in collection.coverage if e.region is not None):
        other = worst.setdefault(str(entry.region), entry.status)
        if _ORDER.index(entry.status) > _ORDER.index(other):
            worst[str(entry.region)] = entry.status
    ends = Counter(status.replace("_", " ") for status in worst.values())
    told = ", ".join(f"{number} {status}" for status, number in ends.most_common())
    line = f"{collection.provider}: {count(collection.offers, 'offer')}, "
    line += f"{count(collection.quotas, 'quota')}; {f'regions {told}; ' if told else ''}"
    if collection.path is None:
        line += "nothing written"
    elif collection.unchanged_since is not None:
        line += f"unchanged since {collection.unchanged_since}"
    else:
        line += f"{'would be' if dry_run else 'in'} {collection.path}"
    return plain(line)


def _troubles(collection: Collection, screen: Screen) -> Iterator[Padding]:
    """What could not be read, by reason, with the regions it is about."""
    by_reason: dict[tuple[str, str], list[PlaceEntry]] = defaultdict(list)
    for entry in collection.coverage:
        if what := _trouble(entry) or _part(entry):
            by_reason[what, entry.error or "no reason told"].append(entry)
    for (what, error), entries in by_reason.items():
        names = sorted({e.region for e in entries if e.region is not None})
        shown = names if screen.height is None else names[:_SHOWN]
        more = f" and {len(names) - len(shown)} more" if len(shown) < len(names) else ""
        owners = sorted({e.account for e in entries if e.account is not None})
        where = f" {' '.join(shown)}{more}" if names else "".join(f" {name}" for name in owners)
        days = [e.carried_from for e in entries if e.carried_from is not None]
        kept = f" (kept: what was seen on {min(days)})" if days else ""
        yield Padding(Text(plain(f"{what}{where}: {error}{kept}")), (0, 0, 0, 2))


def _trouble(entry: PlaceEntry) -> str | None:
    """The status in a word where a place was not read whole."""
    if entry.status not in _FINE:
        return entry.status.replace("_", " ")
    if entry.quota_status not in (*_FINE, None):
        return f"quotas {entry.quota_status}".replace("_", " ")
    return None


def _part(entry: PlaceEntry) -> str | None:
    """In part: a place that was read, but for something that its error names."""
    return "in part" if entry.status is Status.OK and entry.error else None


def _next(answer: CollectAnswer) -> str | None:
    """What to run once the reasons are dealt with."""
    again = [c for c in answer.collections if any(_trouble(e) for e in c.coverage)]
    if not again:
        return None
    part = any(c.snapshot is not None for c in again)
    names = " ".join(c.provider for c in again)
    return plain(f"Next: planner collect {names}{' --retry-failed' if part else ''}")
