"""What is wrong or odd about the records of a snapshot file, each fault with its line."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from planner.core.looks import Looks, witnesses_of
from planner.core.offers import AnyRecord, Offer
from planner.core.snapshots import Coverage

Numbered = tuple[int, AnyRecord]
"""A record and the number of the line in which it stands."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong (an error: the file is not read) or odd; `line` None: about it all."""

    line: int | None
    message: str
    is_error: bool = True


def contradictions(provider: str, day: dt.date, records: Iterable[Numbered]) -> Iterator[Fault]:
    """Records of another provider, of a later day, and those that stand there twice."""
    known: dict[tuple[str, ...], Numbered] = {}
    for line, record in records:
        named = " ".join(filter(None, record.identity))
        if record.provider != provider:
            yield Fault(line, f"a record of {record.provider} in a snapshot of {provider}; move it")
        seen = record.observed_on if isinstance(record, Offer) else None
        if seen is not None and seen > day:
            yield Fault(line, f"{named} was observed on {seen}, after {day}; mend the date")
        first, other = known.setdefault(record.identity, (line, record))
        if other is record:
            continue
        if other == record:
            yield Fault(line, f"{named} stands on line {first}, too; remove one", is_error=False)
        else:
            yield Fault(line, f"{named} is another on line {first}; keep one")


def uncovered(coverage: Sequence[Coverage], records: Iterable[Numbered]) -> Iterator[Fault]:
    """Records of which no look speaks: nobody can tell whether they would have been seen."""
    looks = Looks(coverage)
    found: dict[tuple[str, str | None], list[int]] = {}
    for line, record in records:
        if not any(looks.entries(record, witness) for witness in witnesses_of(record)):
            found.setdefault((record.kind, getattr(record, "region", None)), []).append(line)
    for (kind, region), lines in found.items():
        where = f" in {region}" if region else ""
        yield Fault(
            lines[0],
            f"{len(lines):,} {kind} record{'' if len(lines) == 1 else 's'}{where} of which the "
            "header's coverage does not speak; add an entry or collect again",
            is_error=False,
        )


def odd_dates(
    day: dt.date, collected_at: dt.datetime | None, coverage: Iterable[Coverage]
) -> Iterator[Fault]:
    """Dates of the header that lie after the snapshot's own."""
    if collected_at is not None and collected_at.date() > day:
        yield Fault(1, f"collected at {collected_at:%Y-%m-%d}, after {day}", is_error=False)
    for carried in sorted({e.carried_from for e in coverage if e.carried_from is not None}):
        if carried > day:
            yield Fault(1, f"carried from {carried}, which is after {day}", is_error=False)
