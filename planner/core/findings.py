"""What has changed, one finding a place; and folded, one change a cause."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

_NAMED = 3  # regions that a sentence names; more are counted

Value = str | int | float | Decimal | dt.date | None


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One change in one region (None: the source names none).

    `subject` is what changed, `text` how: a sentence with the place behind it, and then the `tail`.
    `models` are those that it is about: several where they share a quota, none where it is about a
    region as a whole; `formerly` is the name of a model before this one. `quota` is a quota's name;
    `fine_tuned`: it is about fine-tuned deployments alone.
    """

    check: str
    provider: str
    region: str | None = None
    models: tuple[str, ...] = ()
    formerly: str | None = None
    version: str | None = None
    deployment_type: str | None = None
    account: str | None = None
    quota: str | None = None
    fine_tuned: bool = False
    before: Value = None
    after: Value = None
    subject: str
    text: str
    tail: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the models that it is about."""
        return self.models if self.formerly is None else (*self.models, self.formerly)


class Folded(msgspec.Struct, frozen=True):
    """One cause: a finding without its region, and the regions in which it is so."""

    finding: Finding
    regions: tuple[str, ...]


def fold(findings: Iterable[Finding]) -> list[Folded]:
    """Findings that differ in their region alone as one each, in the order of their first ones."""
    groups: dict[Finding, set[str]] = {}
    for finding in findings:
        bare = msgspec.structs.replace(finding, region=None)
        places = groups.setdefault(bare, set())
        if finding.region is not None:
            places.add(finding.region)
    return [Folded(bare, tuple(sorted(places))) for bare, places in groups.items()]


def naming(*words: str | None) -> str:
    """A subject in words: what is known of its model, version and deployment type."""
    return " ".join(word for word in words if word)


def place_words(regions: Sequence[str]) -> str:
    """Regions as the end of a sentence: a few by name, more by number, none at all as nothing."""
    if not regions or tuple(regions) == ("global",):
        return ""
    few = ", ".join(regions) if len(regions) <= _NAMED else f"{len(regions)} regions"
    return f" in {few}"
