"""What `planner doctor --online` asks: whether a cloud answers, and whether the roles suffice."""

from collections.abc import Iterator, Sequence

from planner.cli.checks import Subject
from planner.cli.collecting import lacking
from planner.cli.streams import quiet_libraries
from planner.collectors import Collector, Facts, Login, Piece, Request
from planner.core.accounts import namer, without_secrets
from planner.core.collect_answer import Check
from planner.core.snapshots import Coverage, Status
from planner.errors import PlannerError

ANSWERS, ROLES = "answers", "roles"
# One region that every account of a cloud can read, where the user told of none.
_ONE_REGION = {"azure": "eastus", "bedrock": "us-east-1", "aws": "us-east-1"}
_ONLINE_SECONDS = 30.0
_LOGIN = ("login", "account")  # what collectors call the login itself
_ONLINE = "planner doctor --online"
_LONGEST = 300


def unasked_checks(collector: Collector, login: Login) -> Iterator[Check]:
    """The same checks where no cloud is asked: skipped, which is no pass."""
    subject = _subject(collector, login)
    if lacking(collector.provider, login) is None:
        yield subject.skipped(ANSWERS, "not asked", _ONLINE)
        yield subject.skipped(ROLES, "not asked", _ONLINE)


def online_checks(
    collector: Collector, login: Login, home: str | None, facts: Facts
) -> Iterator[Check]:
    """Whether a provider answers, and whether the login may read: one region is asked."""
    subject = _subject(collector, login)
    if (lack := lacking(collector.provider, login)) is not None:
        why, _, fix = lack.partition("; ")
        yield subject.skipped(ANSWERS, why, fix or None)
        yield subject.skipped(ROLES, why, fix or None)
        return
    region = home or _ONE_REGION.get(collector.provider)
    request = Request(
        alias=namer({}),
        regions=(region,) if region else (),
        deadline_seconds=_ONLINE_SECONDS,
        region_seconds=_ONLINE_SECONDS,
    )
    quiet_libraries()
    try:
        pieces = list(collector.fetch(request, lambda *_: None))
        coverage = collector.parse(pieces, facts).coverage
    except Exception as error:  # noqa: BLE001 - whatever an SDK does, the other checks go on
        why = str(error) if isinstance(error, PlannerError) else type(error).__name__
        yield subject.failed(ANSWERS, _tidy(why), "see planner collect --verbose")
        yield subject.skipped(ROLES, "nothing answered")
        return
    yield from _judged(subject, pieces, coverage)


def _subject(collector: Collector, login: Login) -> Subject:
    return Subject(collector.provider, login.credentials is not None)


def _judged(
    subject: Subject, pieces: Sequence[Piece], coverage: Sequence[Coverage]
) -> Iterator[Check]:
    """Whether it answers, be it with a refusal; behind the login that is a matter of roles."""
    good = sum(p.status.was_read for p in pieces)
    denied = [p for p in pieces if p.status is Status.DENIED]
    lost = [p for p in pieces if not p.status.was_read and p.status is not Status.DENIED]
    senseless = [e.error for e in coverage if e.status is Status.FAILED and e.error]
    if not good and all(p.what in _LOGIN for p in denied):
        # Nobody got as far as to look at roles.
        why = next((p.error for p in (*denied, *lost) if p.error), "nothing came back")
        yield subject.failed(ANSWERS, _tidy(why), "mend the login or the network")
        yield subject.skipped(ROLES, "nothing was answered")
        return
    told = f"{good} of {len(pieces)} questions answered"
    if lost:
        told += f"; {_list(lost)}"
    if senseless and not lost:
        yield subject.failed(ANSWERS, _tidy(f"{told}; {senseless[0]}"), "mend the endpoint")
    else:
        yield subject.passed(ANSWERS, _tidy(told))
    if denied:
        yield subject.failed(ROLES, _tidy(_list(denied)), "grant what is named")
    else:
        yield subject.passed(ROLES, "every question was allowed")


def _list(pieces: Sequence[Piece]) -> str:
    """Each reason once, with the questions that it is about."""
    by_reason: dict[str, dict[str, None]] = {}
    for piece in pieces:
        by_reason.setdefault(piece.error or piece.status, {})[piece.what] = None
    return "; ".join(f"{', '.join(whats)}: {why}" for why, whats in by_reason.items())


def _tidy(text: str) -> str:
    return " ".join(without_secrets(text).split())[:_LONGEST]
