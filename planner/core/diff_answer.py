"""What `planner diff` answers; the field names are the outside contract."""

import datetime as dt

from planner.core.answers import Answer
from planner.core.checks import Severity


class Compared(Answer, frozen=True, rename={"from_": "from"}):
    """The two days of a provider that were compared."""

    provider: str
    from_: dt.date
    to: dt.date


class NotCompared(Answer, frozen=True):
    """Of what nothing can be said: a region (null: the provider as a whole), and why not."""

    provider: str
    region: str | None
    reason: str


class UsedBy(Answer, frozen=True):
    """What of the team's a change is about: a deployment, or an entry of the using file."""

    name: str
    account: str | None
    file: str | None
    line: int | None


class Change(Answer, frozen=True):
    """One change, told once for all regions in which it is the same.

    `check` is a stable id. `regions` is empty where the source names none. `before` and `after`
    are amounts in US dollars, limits in the quota's unit, tokens, dates or the provider's words;
    null is unknown. `message` is the change in one sentence; `what` is the part of it that is
    neither its subject nor its place, `note` what was added to it. `account` is given where the
    change is one account's alone, `quota` where it is a quota's.
    """

    check: str
    severity: Severity
    provider: str
    model: str | None
    version: str | None
    deployment_type: str | None
    regions: tuple[str, ...]
    before: int | float | str | None
    after: int | float | str | None
    message: str
    what: str
    note: str | None
    account: str | None
    quota: str | None
    used_by: tuple[UsedBy, ...]


class DiffAnswer(Answer, frozen=True):
    """`planner diff`, the worst changes first.

    Left out and counted only: `not_used` changes are about nothing that the team runs, `ignored`
    ones are in its ignore file, those `below` are less severe than asked for.
    """

    compared: tuple[Compared, ...]
    not_compared: tuple[NotCompared, ...]
    changes: tuple[Change, ...]
    not_used: int
    ignored: int
    below: int


def tally(answer: DiffAnswer) -> dict[Severity, int]:
    """How many changes there are of each severity, the worst first."""
    return {level: sum(c.severity is level for c in answer.changes) for level in Severity}


def reaches(answer: DiffAnswer, level: Severity) -> bool:
    """Whether some change is as bad as a level or worse."""
    return any(c.severity.reaches(level) for c in answer.changes)
