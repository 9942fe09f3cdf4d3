"""`planner prices check` and `prices refresh` for people."""

from collections import Counter
from collections.abc import Sequence

from rich.text import Text

from planner.core.prices_answer import CheckAnswer, Finding, PriceChange, RefreshAnswer
from planner.render.listing import page
from planner.render.money import currency, money
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import count

_SOME, _FEW = 8, 3


def check_text(answer: CheckAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The findings, those of one check together."""
    kinds = Counter(finding.check for finding in answer.findings)
    told = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    head = [f"{answer.rows:,} prices on {answer.on}: {told or 'nothing is odd'}."]
    lines = screen.lines(
        Text(plain(f"{f.check}: {f.provider}{_about(f)}: {f.message}")) for f in answer.findings
    )
    tail = [f"Skipped: {plain(words)}." for words in answer.skipped]
    return page(screen, head, lines, tail, whole=every_row)


def _about(finding: Finding) -> str:
    """The model, where the message does not begin with it."""
    named = finding.model and not finding.message.startswith(finding.model)
    return f" {finding.model}" if named else ""


def refresh_text(answer: RefreshAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """What a refresh did, a few changes of each kind, and what waits."""
    head = [_summary(answer)]
    lines: list[str] = []
    for name in ("added", "changed", "closed", "rejected"):
        changes: Sequence[PriceChange] = getattr(answer, name)
        if name == "rejected" and not every_row:
            changes, gone = _apart(changes)
            lines += [
                f"rejected: {regions}: {reason}; they stay" for reason, regions in gone.items()
            ]
        shown = changes if every_row else changes[:_SOME]
        lines += [f"{name}: {_change(change)}" for change in shown]
        if len(changes) > len(shown):
            lines.append(f"{name}: ... {len(changes) - len(shown):,} more: --all")
    body = screen.lines(Text(plain(line)) for line in lines)
    tail = [f"not read: {_some(places)}: {why}" for why, places in _reasons(answer).items()]
    if answer.rejected:
        tail.append("What is rejected waits: look at it, then --accept takes all of it.")
    if answer.review:
        tail.append(f"For review, with the meters that nobody could read: {plain(answer.review)}")
    if answer.written:
        tail.append(f"Written: {', '.join(map(plain, answer.written))}.")
    return page(screen, head, body, tail, whole=every_row)


def _reasons(answer: RefreshAnswer) -> dict[str, list[str]]:
    """What could not be read, by why."""
    found: dict[str, list[str]] = {}
    for place, why in answer.failed.items():
        found.setdefault(why, []).append(place)
    return found


def _some(places: Sequence[str]) -> str:
    more = f" and {len(places) - _FEW} more" if len(places) > _FEW else ""
    return f"{', '.join(places[:_FEW])}{more}"


def _apart(changes: Sequence[PriceChange]) -> tuple[list[PriceChange], dict[str, str]]:
    """The changes, without those that are gone for one reason, and that reason's regions."""
    counts = Counter(change.reason for change in changes if change.after is None)
    many = {reason for reason, number in counts.items() if reason and number > _SOME}
    regions: dict[str, set[str]] = {}
    left = []
    for change in changes:
        if change.reason in many and change.after is None:
            regions.setdefault(str(change.reason), set()).update(change.regions)
        else:
            left.append(change)
    told = {
        reason: min(named) + (f" +{len(named) - 1}" if len(named) > 1 else "")
        for reason, named in regions.items()
        if named
    }
    return left, told


def _summary(answer: RefreshAnswer) -> str:
    done = (answer.added, answer.changed, answer.closed)
    if not any(done):
        start = f"{answer.feed}: nothing has changed by {answer.on}"
    else:
        numbers = zip(("added", "changed", "closed"), map(len, done), strict=True)
        told = ", ".join(f"{number:,} {word}" for word, number in numbers)
        start = f"{answer.feed} on {answer.on}: {told}"
    waiting = f"; {count(len(answer.rejected), 'price')} waiting" if answer.rejected else ""
    left = len(answer.unclassified)
    unread = f"; {count(left, 'meter')} unclassified" if left else ""
    return f"{start}{waiting}{unread}."


def _change(change: PriceChange) -> str:
    """One change: what, where, from what to what, and why it waits."""
    named = (change.provider, change.model, change.version, change.deployment_type, change.what)
    told = " ".join(part for part in (*named, change.term) if part)
    where = ""
    if change.regions:
        more = f" +{len(change.regions) - 1}" if len(change.regions) > 1 else ""
        where = f" in {change.regions[0]}{more}"
    before = f"{money(change.before)} to " if change.before is not None else ""
    unit = currency()
    after = f"{money(change.after)} {unit}" if change.after is not None else "none"
    why = f" ({change.reason})" if change.reason else ""
    return f"{told}{where}: {before}{after} from {change.on}{why}"
