"""What of the changes a team hears, told once for all regions, and how bad each is for it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

import msgspec

from planner.core.checks import CHECKS, Severity
from planner.core.diff_answer import Change, UsedBy
from planner.core.findings import Finding, Folded, Value, fold, place_words
from planner.core.using import Subject, Use, hits

_COVERAGE = "coverage_"


class Ignore(msgspec.Struct, frozen=True, kw_only=True):
    """Changes that a team has seen and does not want to hear of; None and () match any.

    From `until` on they are heard of again. `file` and `line` say where that stands.
    """

    check: str | None = None
    provider: str | None = None
    model: str | None = None
    version: str | None = None
    deployment_type: str | None = None
    regions: tuple[str, ...] = ()
    account: str | None = None
    until: dt.date | None = None
    file: str | None = None
    line: int | None = None


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What a team wants to hear of, and how bad it is for it.

    `uses` None: everything counts, whoever uses it. `severities` overrides those of the checks.
    """

    uses: Sequence[Use] | None = None
    ignores: Sequence[Ignore] = ()
    severities: Mapping[str, Severity] = {}


class Judged(msgspec.Struct, frozen=True):
    """The changes that are left after the rules, and how many fell to each."""

    changes: tuple[Change, ...]
    not_used: int
    ignored: int


def judge(findings: Iterable[Finding], rules: Rules, on: dt.date) -> Judged:
    """What of some findings a team hears of on a day, folded over regions, the worst first."""
    heard: list[Finding] = []
    unused: list[Finding] = []
    ignored: list[Finding] = []
    users: dict[Finding, list[Use]] = {}
    by_model: dict[str, list[Use]] = defaultdict(list)
    for use in rules.uses or ():
        by_model[use.model].append(use)
    for finding in findings:
        uses = None if rules.uses is None else _using(by_model, finding)
        if uses is not None and not uses:
            unused.append(finding)
        elif any(_is_ignored(finding, rule, on) for rule in rules.ignores):
            ignored.append(finding)
        else:
            if finding.check.startswith(_COVERAGE):
                # It is about a region, whatever was there.
                finding = msgspec.structs.replace(finding, models=())  # noqa: PLW2901
            heard.append(finding)
            known = users.setdefault(msgspec.structs.replace(finding, region=None), [])
            known += [use for use in uses or () if use not in known]
    changes = [_change(cause, users[cause.finding], rules) for cause in fold(heard)]
    return Judged(tuple(sorted(changes, key=_order)), len(fold(unused)), len(fold(ignored)))


def _using(by_model: Mapping[str, Sequence[Use]], finding: Finding) -> list[Use]:
    """The uses that a finding is about; a quota that limits no known model is nobody's."""
    if finding.quota is not None and not finding.models:
        return []
    names = finding.names or tuple(by_model)
    near = dict.fromkeys(use for name in names for use in by_model.get(name, ()))
    subject = _subject(finding)
    return [use for use in near if hits(use, subject) is not None]


def _subject(finding: Finding) -> Subject:
    return Subject(
        provider=finding.provider,
        models=finding.names,
        version=finding.version,
        deployment_type=finding.deployment_type,
        regions=() if finding.region is None else (finding.region,),
        account=finding.account,
    )


def _is_ignored(finding: Finding, rule: Ignore, on: dt.date) -> bool:
    if rule.until is not None and on >= rule.until:
        return False
    told = (
        (rule.check, finding.check),
        (rule.provider, finding.provider),
        (rule.version, finding.version),
        (rule.deployment_type, finding.deployment_type),
        (rule.account, finding.account),
    )
    return (
        all(wanted is None or wanted.casefold() == (said or "").casefold() for wanted, said in told)
        # One model's entry does not silence what is about others, too.
        and (rule.model is None or {rule.model} == set(finding.models or finding.names))
        and (not rule.regions or finding.region in rule.regions)
    )


def _change(cause: Folded, uses: Sequence[Use], rules: Rules) -> Change:
    finding, check = cause.finding, CHECKS[cause.finding.check]
    # Nothing tells whether a use is a fine-tuned deployment.
    hit = bool(uses) and not finding.fine_tuned
    severity = (check.used if hit else None) or check.severity
    return Change(
        check=finding.check,
        severity=rules.severities.get(finding.check, severity),
        provider=finding.provider,
        model=finding.models[0] if len(finding.models) == 1 else None,
        version=finding.version,
        deployment_type=finding.deployment_type,
        regions=cause.regions,
        before=_plain(finding.before),
        after=_plain(finding.after),
        message=message(cause),
        what=finding.text,
        note=finding.tail or None,
        account=finding.account,
        quota=finding.quota,
        used_by=tuple(
            UsedBy(name=u.label, account=u.account, file=u.file, line=u.line) for u in uses
        ),
    )


def message(cause: Folded) -> str:
    """A change in one sentence: what, how, where."""
    finding = cause.finding
    tail = f"; {finding.tail}" if finding.tail else ""
    return f"{finding.subject} {finding.text}{place_words(cause.regions)}{tail}"


def _plain(value: Value) -> int | float | str | None:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _order(change: Change) -> tuple[object, ...]:
    return (
        change.severity.rank,
        _PLACES[change.check],
        change.provider,
        change.model or "",
        change.version or "",
        change.deployment_type or "",
        change.regions,
        change.message,
    )


_PLACES = {name: place for place, name in enumerate(CHECKS)}
