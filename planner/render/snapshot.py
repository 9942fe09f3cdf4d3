"""`planner snapshots show` for people: the header in words, what there is most of, the records."""

from collections import Counter
from collections.abc import Iterable, Iterator

from rich.text import Text

from planner.core.snapshot_rows import AnyRow
from planner.core.snapshots_answer import (
    CompactedFile,
    NotRead,
    SnapshotsCompactAnswer,
    SnapshotsExportAnswer,
    SnapshotsShowAnswer,
)
from planner.render.listing import page
from planner.render.safe import plain
from planner.render.snapshots import counted, covered, held, size
from planner.render.terminal import Screen
from planner.render.words import age, count

_SOME = 4
_FORMATS = {"parquet": "Parquet", "csv": "CSV", "sqlite": "SQLite"}
_NAMES = (
    "account", "name", "model", "version", "deployment_type", "usage_name", "applies_to",
)  # fmt: skip
_FACTS = {
    "retires_on": "retires", "limit": "limit", "available_units": "units", "units": "units",
}  # fmt: skip


def show_text(answer: SnapshotsShowAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The whole text; the records of one identity in several regions are one line."""
    head = about(answer)
    head += _most("Models", (getattr(record, "model", None) for record in answer.records))
    types = (getattr(record, "deployment_type", None) for record in answer.records)
    head += _most("Deployment types", types)
    head += _most("Regions", (getattr(record, "region", None) for record in answer.records))
    body = screen.lines(Text(plain(line)) for line in _lines(answer.records))
    head += [] if answer.records else ["No record of what was asked for."]
    entry = answer.snapshot
    tail = [f"Every field of each: planner snapshots show {entry.provider} {entry.date} --json."]
    return page(screen, head, body, tail, whole=every_row)


def about(answer: SnapshotsShowAnswer) -> list[str]:
    """Sentences: what it holds, where it comes from, what was looked at and what was not read."""
    entry = answer.snapshot
    lines = [f"{entry.provider} on {entry.date} ({age(entry.age_days)}): {held(entry)}."]
    if entry.equals is not None:
        lines[0] += f" Equals {entry.equals}."
    told = [entry.layer, str(entry.origin), size(entry.bytes or 0)]
    if answer.collected_at is not None:
        told.append(f"collected at {answer.collected_at:%Y-%m-%d %H:%M} UTC")
    told += [f"by {answer.tool}"] if answer.tool else []
    told += [f"{name} {version}" for name, version in answer.sdk.items()]
    lines.append(f"{', '.join(told)}{f'; {entry.source}' if entry.source else ''}.")
    lines.append(f"Looked at: {covered(entry)}.")
    lines += [f"Not read whole: {_place(place)}." for place in entry.not_read[:_SOME]]
    if len(entry.not_read) > _SOME:
        lines.append(f"Not read whole: {len(entry.not_read) - _SOME:,} more places (--json).")
    return lines


def _place(place: NotRead) -> str:
    where = place.region or "its source"
    of = f" of {place.account}" if place.account else ""
    ends = place.status if place.complete else f"{place.status}, in part"
    if place.quota_status is not None:
        ends += f", quotas {place.quota_status}"
    stands_in = f"; that of {place.carried_from} stands in" if place.carried_from else ""
    why = f" ({place.error})" if place.error else ""
    return f"{where}{of}: {ends}{why}{stands_in}"


def _most(what: str, names: Iterable[str | None]) -> list[str]:
    """How many different names there are, and those with the most records."""
    counts = Counter(name for name in names if name)
    if not counts:
        return []
    told = ", ".join(f"{name} {number:,}" for name, number in counts.most_common(_SOME))
    more = f" and {len(counts) - _SOME:,} more" if len(counts) > _SOME else ""
    return [f"{what} ({len(counts):,}): {told}{more}."]


def _lines(records: Iterable[AnyRow]) -> Iterator[str]:
    """Kind, names, region (or how many there are) and what matters most of each record."""
    regions: dict[tuple[str, str], list[str]] = {}
    for record in records:
        kind = str(type(record).__struct_config__.tag)
        names = filter(None, (getattr(record, name, None) for name in _NAMES))
        own = regions.setdefault((" ".join([kind, *names]), _fact(record)), [])
        own += [region] if (region := getattr(record, "region", None)) else []
    for (named, fact), own in regions.items():
        where = own[0] if len(own) == 1 else count(len(own), "region")
        yield f"{named} in {where}{fact}" if own else f"{named}{fact}"


def _fact(record: AnyRow) -> str:
    """When it retires, or what it limits, in as far as that is known."""
    for name, word in _FACTS.items():
        value = getattr(record, name, None)
        if value is not None:
            number = f"{value:,.0f}" if isinstance(value, (int, float)) else value
            return f", {word} {number}"
    return ""


def export_text(answer: SnapshotsExportAnswer) -> str:
    """What was written, and how to look at it."""
    rows = counted(answer.rows)
    line = (
        f"{plain(answer.path)}: {rows} of {count(answer.snapshots, 'snapshot')}, "
        f"{size(answer.bytes)} of {_FORMATS[answer.format]}.\n"
    )
    if answer.format == "sqlite":
        line += "Look at it with any SQLite tool; the view latest_offers is a start.\n"
    return line


def compact_text(answer: SnapshotsCompactAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The bytes before and after, and what became of the files that change."""
    changed = [file for file in answer.files if file.done in ("header", "rewritten")]
    verb = "would go" if answer.dry_run else "went"
    head = f"{plain(answer.folder)}: {count(len(answer.files), 'file')}, "
    if changed:
        head += f"{len(changed):,} {verb} from {answer.bytes_before:,} to "
        head += f"{answer.bytes_after:,} bytes in all."
    else:
        head += f"{answer.bytes_before:,} bytes; nothing to make smaller."
    body = screen.lines(Text(plain(_became(file))) for file in changed)
    return page(screen, [head], body, (), whole=every_row)


def _became(file: CompactedFile) -> str:
    form = f"header, equals {file.equals}" if file.equals else "rewritten"
    return f"{file.path}: {form} ({file.bytes_before:,} to {file.bytes_after:,} bytes)"
