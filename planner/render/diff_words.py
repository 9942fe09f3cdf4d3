"""A comparison in sentences: its summary, its days, and what could not be compared."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

from planner.core.checks import Severity
from planner.core.diff_answer import Change, DiffAnswer, tally
from planner.core.findings import naming, place_words
from planner.render.words import count

_NOUNS = {
    Severity.BREAKING: "breaking change",
    Severity.WARNING: "warning",
    Severity.INFO: "note",
}
_FEW = 4
_BRACKETS = re.compile(r" \(.*?\)(?= on )")
_PRICE = "price_"
_QUOTA = "quota_"
_QUOTAS = {
    "quota_zero": "fell to nothing",
    "quota_down": "was cut",
    "quota_removed": "is no longer told",
    "quota_unknown": "tells no limit any more",
    "quota_up": "was raised",
    "quota_added": "is new",
}
_PRICES = {
    "price_up": "went up",
    "price_down": "went down",
    "price_new": "are known for the first time",
    "price_gone": "are not known any more",
}


def headline(answer: DiffAnswer) -> str:
    """The summary, one line: how many changes of which kind, of whom, between which days."""
    numbers = [count(n, _NOUNS[level]) for level, n in tally(answer).items() if n]
    what = _listed(numbers) if numbers else _nothing(answer)
    return f"{what}: {days(answer)}" if answer.compared else what


def _nothing(answer: DiffAnswer) -> str:
    """That there is no change to tell, and what that leaves open."""
    if not answer.compared:
        return "Nothing could be compared yet"
    where = " in what could be compared" if answer.not_compared else ""
    if answer.below:
        return f"Nothing as severe as asked for{where}"
    what = "that you run" if answer.not_used else "but what is ignored" if answer.ignored else ""
    return f"Nothing {what} changed{where}".replace("  ", " ")


def days(answer: DiffAnswer) -> str:
    """Which providers were compared between which days: "azure and bedrock 2026-11-25 to ..."."""
    spans: dict[tuple[str, str], list[str]] = {}
    for one in answer.compared:
        spans.setdefault((str(one.from_), str(one.to)), []).append(one.provider)
    told = {(a, b): f"{a} to {b}" if a != b else f"on the look of {a}" for a, b in spans}
    return ", ".join(f"{_listed(names)} {told[span]}" for span, names in spans.items())


def gaps(answer: DiffAnswer) -> list[str]:
    """What could not be compared; regions of one provider that ended alike are told together.

    What is in brackets often names numbers of a region: of several it is left out.
    """
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for gap in answer.not_compared:
        alike = groups.setdefault((gap.provider, _BRACKETS.sub("", gap.reason)), {})
        alike.setdefault(gap.reason, []).append(gap.region or "")
    return [
        _gap(
            provider,
            next(iter(told)) if len(told) == 1 else reason,
            [r for some in told.values() for r in some],
        )
        for (provider, reason), told in groups.items()
    ]


def silenced(answer: DiffAnswer) -> list[str]:
    """How many changes were left out because nobody here uses them, or wants to hear of them."""
    told = []
    if answer.not_used:
        told.append(f"{count(answer.not_used, 'change')} to what you do not run")
    if answer.ignored:
        told.append(f"{count(answer.ignored, 'change')} in the ignore list")
    if answer.below:
        told.append(f"{count(answer.below, 'change')} less severe than asked for")
    return [f"Left out: {_listed(told)}."] if told else []


class Line(msgspec.Struct, frozen=True):
    """What stands in one line: one change, or a version's under all its deployment types."""

    text: str
    check: str


def lines(changes: Iterable[Change], *, several: bool = False) -> list[Line]:
    """The changes as lines, with who is hit; what is so under several types is one line.

    `several` providers are told apart.
    """
    groups: dict[tuple[object, ...], list[Change]] = {}
    for change in changes:
        groups.setdefault(_alike(change), []).append(change)
    return [
        Line(f"{group[0].provider}: " * several + _line(group), group[0].check)
        for group in groups.values()
    ]


def _alike(change: Change) -> tuple[object, ...]:
    """What changes of one line share: the prices of one offer, or one fact under several types."""
    key = (change.check, change.provider, change.model, change.version, change.used_by, change.note)
    if change.check.startswith(_QUOTA):
        return (*key, change.quota)
    if change.check.startswith(_PRICE):
        return (*key, change.deployment_type, change.regions)
    subject = naming(change.model, change.version, change.deployment_type)
    if change.message.startswith(f"{subject} {change.what}"):
        return (*key, change.what, change.account)
    return (id(change),)


def _line(group: Sequence[Change]) -> str:
    first = group[0]
    names = ", ".join(dict.fromkeys(use.name for use in first.used_by))
    end = f"; {first.note}" if first.note else ""
    end += f" ({names})" if names else ""
    if len(group) == 1:
        used = f" ({names})" if names else ""
        return f"{first.message}{used}"
    if first.check.startswith(_PRICE):
        subject = naming(first.model, first.version, first.deployment_type)
        few = "; ".join(c.what for c in group) if len(group) <= _FEW else ""
        told = few or f"{len(group)} prices {_PRICES[first.check]}"
        return f"{subject} {told}{place_words(first.regions)}{end}"
    if first.check.startswith(_QUOTA):
        return f"quota {first.quota} {_limits(group)}{end}"
    by_type: dict[str, set[str]] = {}
    for change in group:
        by_type.setdefault(change.deployment_type or "any type", set()).update(change.regions)
    places = {kind: place_words(sorted(regions)) for kind, regions in by_type.items()}
    if len(by_type) > _FEW:
        told = (
            f"{len(by_type)} deployment types{place_words(sorted(set().union(*by_type.values())))}"
        )
    elif len(set(places.values())) == 1 and "regions" not in next(iter(places.values())):
        told = f"{', '.join(places)}{next(iter(places.values()))}"
    else:
        told = "; ".join(f"{kind}{place}" for kind, place in places.items())
    return f"{naming(first.model, first.version)} {first.what}: {told}{end}"


def _limits(group: Sequence[Change]) -> str:
    """How one quota changed for several accounts, or by another amount in other regions."""
    if len(group) <= _FEW:
        return "; ".join(f"of {c.account} {c.what}{place_words(c.regions)}" for c in group)
    accounts = count(len({change.account for change in group}), "account")
    regions = sorted({region for change in group for region in change.regions})
    return f"{_QUOTAS[group[0].check]} for {accounts}{place_words(regions)}"


def by_severity(changes: Iterable[Change]) -> list[tuple[Severity, list[Change]]]:
    """The changes under their severities, the worst first."""
    return [(level, list(some)) for level, some in groupby(changes, key=lambda c: c.severity)]


def title(level: Severity, number: int) -> str:
    """The heading of one severity: "2 breaking changes"."""
    return count(number, _NOUNS[level])


def _gap(provider: str, reason: str, regions: Sequence[str]) -> str:
    named = [region for region in regions if region]
    if not named:
        return f"{provider}: {reason}"
    few = ", ".join(named[:_FEW]) + (f" +{len(named) - _FEW}" if len(named) > _FEW else "")
    return f"{provider} {few}: {reason}"


def _listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them: "a, b and c"."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
