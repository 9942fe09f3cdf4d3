"""What `planner retirements` answers; the field names are the outside contract."""

import datetime as dt
from collections.abc import Iterable

from planner.core.answers import Answer
from planner.core.catalog import Source
from planner.core.offers import AppliesTo


class Hit(Answer, frozen=True):
    """Something of yours that a retirement ends: a deployment, or an entry of a using file."""

    name: str
    account: str | None
    regions: tuple[str, ...]
    file: str | None
    line: int | None


class Event(Answer, frozen=True):
    """What tells one entry from another, but for its regions."""

    provider: str
    model: str
    version: str | None
    deployment_type: str | None
    applies_to: AppliesTo | None
    retires_on: dt.date
    certainty: str | None


class RetirementEntry(Answer, frozen=True):
    """One date of a version under a deployment type, with all regions that share it.

    From `retires_on` on nothing answers; `days_left` is negative once that has passed.
    `applies_to` is null where the provider does not tell base from fine-tuned deployments,
    `certainty` where it does not say how sure it is. `regions` are those that list the offer, and
    those in which you run it; empty where a document alone tells the date.

    `replacement` is the model that the provider names. `living_replacement` is the same, or the
    end of the chain where that model, too, retires by then; null where the chain ends with none.
    `replacement_regions` are those of `regions` in which the living one is offered under the same
    deployment type, open to new customers, on the date of the answer and beyond `retires_on`.
    """

    provider: str
    model: str
    version: str | None
    deployment_type: str | None
    applies_to: AppliesTo | None
    retires_on: dt.date
    certainty: str | None
    days_left: int
    regions: tuple[str, ...]
    replacement: str | None
    living_replacement: str | None
    replacement_regions: tuple[str, ...]
    uses: tuple[Hit, ...]


class RetirementsAnswer(Answer, frozen=True):
    """`planner retirements`; `until` is the last day that the call asks for, null for no end.

    `models_dated` and `models_undated` count the models that the call is about, by whether any
    retirement date of theirs is known.
    """

    on: dt.date
    until: dt.date | None
    sources: tuple[Source, ...]
    retirements: tuple[RetirementEntry, ...]
    models_dated: int
    models_undated: int


class Group(Answer, frozen=True):
    """The entries of one version that retire on one day, whatever their deployment types."""

    entries: tuple[RetirementEntry, ...]

    @property
    def first(self) -> RetirementEntry:
        """One of them, for what they share."""
        return self.entries[0]

    @property
    def regions(self) -> list[str]:
        """The regions of any of them."""
        return sorted({region for e in self.entries for region in e.regions})

    @property
    def replaced_in(self) -> list[str]:
        """The regions in which each type that is there can be replaced under that type."""
        missing = {r for e in self.entries for r in set(e.regions) - set(e.replacement_regions)}
        return [region for region in self.regions if region not in missing]

    @property
    def uses(self) -> list[Hit]:
        """What any of them ends, once each."""
        merged: dict[tuple[object, ...], Hit] = {}
        for hit in (hit for e in self.entries for hit in e.uses):
            key = (hit.name, hit.account, hit.file, hit.line)
            regions = {*hit.regions, *(merged[key].regions if key in merged else ())}
            merged[key] = Hit(name=hit.name, account=hit.account, regions=tuple(sorted(regions)),
                              file=hit.file, line=hit.line)  # fmt: skip
        return list(merged.values())


def grouped(entries: Iterable[RetirementEntry]) -> list[Group]:
    """Entries that share all but type and regions, in the order of their first ones."""
    groups: dict[tuple[object, ...], list[RetirementEntry]] = {}
    for e in entries:
        key = (e.retires_on, e.provider, e.model, e.version, e.applies_to, e.certainty,
               e.replacement, e.living_replacement)  # fmt: skip
        groups.setdefault(key, []).append(e)
    return [Group(entries=tuple(some)) for some in groups.values()]
