"""`planner prices check` and `prices refresh` for people."""

from collections import Counter
from collections.abc import Sequence

from planner.core.prices_answer import CheckAnswer, PriceChange, RefreshAnswer
from planner.render.listing import page
from planner.render.money import currency, money
from planner.render.safe import plain
from planner.render.terminal import Screen
from planner.render.words import count

_SOME = 8


def check_text(answer: CheckAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """The findings, those of one check together."""
    kinds = Counter(finding.check for finding in answer.findings)
    told = ", ".join(f"{number:,} {kind}" for kind, number in sorted(kinds.items()))
    head = [f"{answer.rows:,} prices on {answer.on}: {told or 'nothing is odd'}."]
    lines = [
        plain(f"{f.check}: {f.provider}{f' {f.model}' if f.model else ''}: {f.message}")
        for f in answer.findings
    ]
    tail = [f"Skipped: {plain(words)}." for words in answer.skipped]
    return page(screen, head, lines, tail, whole=every_row)


def refresh_text(answer: RefreshAnswer, screen: Screen, *, every_row: bool = False) -> str:
    """What a refresh did, a few changes of each kind, and what waits."""
    head = [_summary(answer)]
    lines: list[str] = []
    for name in ("added", "changed", "closed", "rejected"):
        changes: Sequence[PriceChange] = getattr(answer, name)
        shown = changes if every_row else changes[:_SOME]
        lines += [plain(f"{name}: {_change(change)}") for change in shown]
        if len(changes) > len(shown):
            lines.append(f"{name}: ... {len(changes) - len(shown):,} more: --all")
    tail = [f"not read: {plain(region)}: {plain(why)}" for region, why in answer.failed.items()]
    if answer.rejected:
        tail.append("What is rejected waits: look at it, then --accept takes all of it.")
    if answer.review:
        tail.append(f"For review, with the meters that nobody could read: {plain(answer.review)}")
    if answer.written:
        tail.append(f"Written: {', '.join(map(plain, answer.written))}.")
    return page(screen, head, lines, tail, whole=every_row)


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
    after = money(change.after) if change.after is not None else "gone"
    why = f" ({change.reason})" if change.reason else ""
    return f"{told}{where}: {before}{after} {currency()} from {change.on}{why}"
