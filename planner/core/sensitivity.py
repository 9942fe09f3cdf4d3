"""How a break-even moves: with the input share, and with what is in doubt."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec

from planner.core.breakeven_answer import Likely, ShareRow, WhatIf
from planner.core.candidates import Candidate
from planner.core.comparison import Comparison, Market, Question, compare, to_money
from planner.core.curves import lowest
from planner.core.offers import Billing
from planner.core.throughput import Interval

SHARES = (Fraction(1, 10), Fraction(1, 4), Fraction(1, 2), Fraction(3, 4), Fraction(9, 10))


def by_input_share(question: Question, market: Market) -> tuple[ShareRow, ...]:
    """The first crossing at five input shares, and the cheapest feasible machines for that load."""
    rows: list[ShareRow] = []
    for share in SHARES:
        comparison = compare(question, market, share)
        if not comparison.machines:
            return ()
        turn = next(iter(comparison.turns), None)
        volume = turn[1].start if turn else Fraction()
        ways = [c for c in comparison.rivals.values() if c.kind is not Billing.SELF_HOSTED]
        costs = [c.curve(share).at(volume) for c in ways]
        best = _best_machines(comparison, comparison.machines, volume, question)
        likely = _best_machines(comparison, map(_middle, comparison.machines), volume, question)
        rows.append(
            ShareRow(
                input_share=float(share),
                input_tokens_per_hour=round(volume * share) if turn else None,
                output_tokens_per_hour=round(volume * (1 - share)) if turn else None,
                to=turn[1].key if turn else None,
                managed_usd_per_hour=to_money(min(costs)) if turn and costs else None,
                option=best.option if best else None,
                replicas=best.replicas if best else None,
                usd_per_hour=best.usd_per_hour if best else None,
                own_input_tokens_per_hour=best.own_input_tokens_per_hour if best else None,
                own_output_tokens_per_hour=best.own_output_tokens_per_hour if best else None,
                likely=likely,
            )
        )
    return tuple(rows)


def what_ifs(question: Question, market: Market) -> tuple[WhatIf, ...]:
    """The first crossing if what is in doubt were otherwise.

    Without each doubtful fee, with doubtful token prices swapped, and with machines that deliver
    the middle of their forecast.
    """
    share = question.shape.input_share
    plain = compare(question, market, share)
    changes = [
        (words, _instead(question, altered))
        for candidate in plain.candidates.values()
        for words, altered in _alternatives(candidate)
    ]
    if any(
        c.kind is Billing.SELF_HOSTED and c.capacity is not None and c.replicas is None
        for c in plain.candidates.values()
    ):
        changes.append(("machines at the middle of the forecast", _at_middle(question)))
    found = []
    for words, change in changes:
        other = msgspec.structs.replace(question, change=change)
        turn = next(iter(compare(other, market, share).turns), None)
        volume = turn[1].start if turn else None
        found.append(
            WhatIf(
                change=words,
                input_tokens_per_hour=None if volume is None else round(volume * share),
                output_tokens_per_hour=None if volume is None else round(volume * (1 - share)),
                to=turn[1].key if turn else None,
            )
        )
    return tuple(found)


def _instead(question: Question, altered: Candidate) -> Callable[[Candidate], Candidate]:
    return lambda c: altered if c.id == altered.id else question.change(c)


def _at_middle(question: Question) -> Callable[[Candidate], Candidate]:
    return lambda candidate: _middle(question.change(candidate))


def _middle(candidate: Candidate) -> Candidate:
    """The candidate with the middle of its forecast for certain."""
    if candidate.capacity is None:
        return candidate
    mid = candidate.capacity.mid
    return msgspec.structs.replace(candidate, capacity=Interval(low=mid, mid=mid, high=mid))


def _alternatives(candidate: Candidate) -> list[tuple[str, Candidate]]:
    found = []
    for doubt in candidate.doubts:
        if doubt.startswith("hosting:"):
            free = msgspec.structs.replace(candidate, usd_per_hour=Decimal())
            found.append((f"{candidate.what} without its hosting fee", free))
        elif "swapped" in doubt:
            swapped = msgspec.structs.replace(
                candidate,
                input_usd_per_mtok=candidate.output_usd_per_mtok,
                output_usd_per_mtok=candidate.input_usd_per_mtok,
            )
            found.append((f"{candidate.what} with its input and output price swapped", swapped))
    return found


def _best_machines(
    comparison: Comparison, machines: Iterable[Candidate], volume: Fraction, question: Question
) -> Likely | None:
    """The cheapest machines that deliver a load, of the providers whose instances were named."""
    clouds = {name.split("/")[0] for name in question.instances}
    share = comparison.shape.input_share
    fitting = [m for m in machines if not clouds or m.provider in clouds]
    best = min(fitting, key=lambda m: (m.curve(share).at(volume), m.id), default=None)
    if best is None:
        return None
    units = best.curve(share).units(volume)
    ways = [c for c in comparison.rivals.values() if c.kind is not Billing.SELF_HOSTED]
    own = _own_crossing(best, units, ways, share)
    return Likely(
        option=best.id,
        replicas=units,
        usd_per_hour=to_money(best.curve(share).at(volume)),
        own_input_tokens_per_hour=None if own is None else round(own * share),
        own_output_tokens_per_hour=None if own is None else round(own * (1 - share)),
    )


def _own_crossing(
    best: Candidate, units: int, ways: Sequence[Candidate], share: Fraction
) -> Fraction | None:
    """From which volume on so many of the best machines cost less than every managed way."""
    if not ways:
        return None
    fixed = msgspec.structs.replace(best, replicas=units)
    curves = {c.id: c.curve(share) for c in (*ways, fixed)}
    return next((s.start for s in lowest(curves) if s.key == best.id), None)
