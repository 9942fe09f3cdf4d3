"""Comparing two points: each provider's sides, what they differ in, and what cannot be said."""

import functools
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import pairwise

import msgspec

from planner.cli.points import Point, Sides
from planner.core.change_coverage import Uncompared
from planner.core.checks import Severity
from planner.core.diff import Compare, Side, compare
from planner.core.diff_answer import Change, Compared, DiffAnswer, NotCompared
from planner.core.findings import Finding
from planner.core.judging import Rules, judge
from planner.core.offers import Deployment, Lifecycle, Offer
from planner.errors import BadFileError, NoDataError, UsageError


class Found(msgspec.Struct, frozen=True):
    """What comparing one provider gave."""

    provider: str
    old: Side
    new: Side
    compared: Compare


class Comparison:
    """The providers of two points, compared one after another.

    A provider whose files cannot be read is kept in `unreadable`; one that has nothing to compare
    is in `not_compared`, with the reason.
    """

    def __init__(
        self, old: Point | None, new: Point, sides: Sides, canonical: Callable[[str], str]
    ) -> None:
        if old is not None and old.on is not None and new.on is not None and old.on > new.on:
            raise UsageError(f"OLD, {old.on}, is later than NEW, {new.on}; swap them")
        self._old, self._new = old, new
        self._sides = sides
        self._canonical = functools.cache(canonical)
        self.unreadable: dict[str, BadFileError] = {}
        self.not_compared: list[NotCompared] = []

    def providers(self, *, carried: bool = False) -> set[str]:
        """The providers of either point; those of the carried snapshots only where asked for."""
        ends = [end for end in (self._old, self._new) if end is not None]
        return {p for end in ends for p in end.providers(carried=carried)}

    def run(self, providers: Iterable[str]) -> list[Found]:
        """Compare some providers; NoDataError where there is nothing to compare at all."""
        found = []
        for provider in sorted(providers):
            try:
                ends = self._ends(provider)
                if ends is None:
                    continue
                found.append(Found(provider, *ends, compare(*ends, self._canonical)))
            except BadFileError as error:
                self.unreadable[provider] = error
                self._leave_out(provider, "a file could not be read")
        if not found and self.unreadable:
            raise next(iter(self.unreadable.values()))
        if not found and self._old is not None:
            told = "; ".join(f"{n.provider}: {n.reason}" for n in self.not_compared)
            raise NoDataError(f"nothing to compare: {told or 'no snapshot here; planner collect'}")
        return found

    def steps(self, providers: Iterable[str], most: int) -> list[list[Found]]:
        """Each look beside the one before it, from OLD to NEW, else the newest so many.

        Between two files or folders there is one step. Every step is of one provider.
        """
        if self._new.file is not None or (self._old is not None and self._old.on is None):
            return [[found] for found in self.run(providers)]
        found = []
        for provider in sorted(providers):
            _, days = self._new.days(provider)
            try:
                start = self._old and self._old.beside(self._new, provider)
                first = self._sides.of(start, provider) if start else None
                days = [d for d in days if first is None or d >= first.day][: most + 1]
                sides = [self._sides.of(self._new, provider, day) for day in reversed(days)]
            except BadFileError as error:
                self.unreadable.setdefault(provider, error)
                continue
            ends = [side for side in sides if side is not None]
            found += [
                [Found(provider, old, new, compare(old, new, self._canonical))]
                for old, new in pairwise(ends)
            ]
        return found

    def _ends(self, provider: str) -> tuple[Side, Side] | None:
        """The two sides of a provider; None where one is missing, which is noted."""
        new = self._sides.of(self._new, provider)
        if new is None:
            self._leave_out(provider, _none(self._new))
            return None
        if self._old is not None:
            old = self._sides.of(self._old.beside(self._new, provider), provider)
            if old is None:
                self._leave_out(provider, _none(self._old))
                return None
            if old.on > new.on:
                reason = f"no look since {old.on}, the last is of {new.on}"
                self._leave_out(provider, reason)
                return None
        else:
            layer, days = self._new.days(provider)
            if len(days) == 1 and layer is not None:
                day = f"{days[0]}; planner collect {provider} on another day"
                self._leave_out(provider, f"one snapshot alone, of {day}")
                return None
            old = self._sides.before(self._new, provider, days)
            if old is None:
                return None
        return old, new

    def _leave_out(self, provider: str, reason: str) -> None:
        self.not_compared.append(NotCompared(provider=provider, region=None, reason=reason))


def _none(end: Point) -> str:
    if end.on is not None:
        return f"no snapshot on or before {end.on}"
    return f"no snapshot in {end.file or end.layers[0]}"


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """What a call asks for; empty asks for all. `models` are canonical names."""

    models: Collection[str] = ()
    regions: Collection[str] = ()

    def passes(self, finding: Finding) -> bool:
        """Whether a finding is about what was asked for; one about all regions is, anywhere."""
        return (not self.models or bool(set(self.models) & set(finding.names))) and (
            not self.regions or finding.region is None or finding.region in self.regions
        )


def answer_of(
    found: Sequence[Found], comparison: Comparison, rules: Rules, asked: Filter
) -> DiffAnswer:
    """What comparisons amount to under a team's rules."""
    changes: list[Change] = []
    not_used = ignored = 0
    gaps = list(comparison.not_compared)
    for one in found:
        judged = judge(filter(asked.passes, one.compared.findings), rules, one.new.on)
        changes += judged.changes
        not_used += judged.not_used
        ignored += judged.ignored
        gaps += [*_same_look(one), *map(_placed(one.provider), one.compared.uncompared)]
    gaps = [gap for gap in gaps if not asked.regions or gap.region in (None, *asked.regions)]
    return DiffAnswer(
        compared=tuple(Compared(provider=f.provider, from_=f.old.day, to=f.new.day) for f in found),
        not_compared=tuple(gaps),
        changes=tuple(sorted(changes, key=lambda c: c.severity.rank)),
        not_used=not_used,
        ignored=ignored,
        below=0,
    )


def at_least(answer: DiffAnswer, level: Severity) -> DiffAnswer:
    """The answer without the changes that are less severe than a level."""
    kept = tuple(c for c in answer.changes if c.severity.reaches(level))
    return msgspec.structs.replace(answer, changes=kept, below=len(answer.changes) - len(kept))


def known_models(found: Iterable[Found], canonical: Callable[[str], str]) -> set[str]:
    """The canonical names of all models that some side tells of."""
    names = {
        record.model
        for one in found
        for side in (one.old, one.new)
        for snapshot in side.snapshots
        for record in snapshot.records
        if isinstance(record, Offer | Lifecycle | Deployment) and record.model
    }
    return {canonical(name) for name in names}


def _placed(provider: str) -> Callable[[Uncompared], NotCompared]:
    return lambda u: NotCompared(provider=provider, region=u.region, reason=u.reason)


def _same_look(one: Found) -> Iterator[NotCompared]:
    """That nobody has looked between two different days: no change can have been seen."""
    if one.old.on < one.new.on and one.old.day == one.new.day:
        days = f"between {one.old.on} and {one.new.on}"
        reason = f"no look {days}, the last is of {one.new.day}; prices and dates alone compared"
        yield NotCompared(provider=one.provider, region=None, reason=reason)
