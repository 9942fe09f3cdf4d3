"""One level of load: the figures that the outcomes of its requests give.

Rates are those of a window in which the full load ran; a request counts in it with the share of
its tokens that came within it, so that neither the first nor the last requests bend a rate. A
failed request is in no rate and in no time.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from planner.core.measurements import Goodput, Measurement, Percentiles, Requests
from planner.core.outcomes import Level, Outcome, Window, full_load, whole_time

SATURATED_BELOW = 1.05
"""A level is saturated when no higher one brings this many times its output rate."""

ACHIEVED = 0.9
"""An open loop that completes less than this share of what arrived is saturated."""

_LIKE_ASKED = 0.1  # a length further off than this share of what was asked for is told
_SINGLE = 1.05  # tokens per chunk up to which a chunk is a token


def measure(outcomes: Iterable[Outcome], level: Level, blank: Measurement) -> Measurement:
    """The measurement of one level: `blank` with its figures; their order does not matter.

    `blank` holds what was known beforehand (when, what, on which device). With nothing completed
    there are counts and no rates. ValueError where there are no outcomes.
    """
    sent = sorted(outcomes, key=lambda o: (o.started, o.ended))
    if not sent:
        raise ValueError("a level without requests has no figures")
    done = [outcome for outcome in sent if outcome.error is None]
    window = full_load(sent, level)
    per_second = _per_second(done, window)
    offered = level.request_rate
    saturated = _falls_behind(sent, per_second, window) if offered is not None else None
    flags = [*_flags(done)]
    if saturated and offered is not None:
        reached = f"{per_second or 0.0:.{1 if offered >= 1 else 3}f}"
        flags.append(f"achieved {reached} of {offered:g} requests per second: saturated")
    notes = list(blank.notes)
    if not window.full:
        notes.append(f"too short for a full load: rates are over all {window.seconds:.3g} s")
    return msgspec.structs.replace(
        blank,
        drive="closed_loop" if offered is None else "open_loop",
        concurrency=_under_way(sent, window) if offered is not None else level.concurrency,
        request_rate=offered,
        input_tokens=_mean([o.input_tokens for o in done] or [o.input_asked or 0 for o in sent]),
        output_tokens=_mean([o.output_tokens for o in done]),
        output_tokens_asked=_mean([o.asked for o in sent]),
        seconds=whole_time(sent).seconds,
        requests=_requests(sent),
        requests_per_second=per_second,
        output_tokens_per_second=_token_rate(done, window),
        prefill_tokens_per_second=_prefill_rate(done, level),
        decode_tokens_per_second=_decode_rate(done, level),
        ttft_ms=Percentiles.of([t for o in done if (t := o.ttft_seconds) is not None]),
        tpot_ms=Percentiles.of([t for o in done if (t := o.tpot_seconds) is not None]),
        itl_ms=Percentiles.of([gap for o in done for gap in _gaps(o)]),
        e2e_ms=Percentiles.of([o.ended - o.started for o in done]),
        goodput=_goodput(sent, level, window),
        saturated=saturated,
        counted=all(o.counted for o in done) if done else None,
        flags=(*blank.flags, *flags),
        notes=tuple(notes),
    )


def mark_saturated(ladder: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Levels of rising concurrency, each told whether it is saturated.

    It is from where on no higher level brings 5% more output. Of the highest it is unknown (None)
    unless one below it is, and so it is from a level on that fails requests: what holds it back is
    not known.
    """
    whole = tuple(itertools.takewhile(lambda step: not step.fails, ladder))
    if len(whole) < len(ladder):
        rest = (msgspec.structs.replace(step, saturated=None) for step in ladder[len(whole) :])
        return (*mark_saturated(whole), *rest)
    rates = [step.output_tokens_per_second or 0.0 for step in ladder]
    seen: bool | None = None
    marked = []
    for at, step in enumerate(ladder):
        above = rates[at + 1 :]
        if not seen:
            seen = max(above) < SATURATED_BELOW * rates[at] if above else None
        marked.append(msgspec.structs.replace(step, saturated=seen))
    return tuple(marked)


def _per_second(done: Sequence[Outcome], window: Window) -> float | None:
    if not done or window.seconds <= 0:
        return None
    return sum(o.share_within(window.begin, window.end) for o in done) / window.seconds


def _token_rate(done: Sequence[Outcome], window: Window) -> float | None:
    if not done or window.seconds <= 0:
        return None
    shares = (o.output_tokens * o.share_within(window.begin, window.end) for o in done)
    return sum(shares) / window.seconds


def _falls_behind(sent: Sequence[Outcome], per_second: float | None, window: Window) -> bool | None:
    """Whether less was completed than arrived; None where the loop was too short to tell."""
    arriving = sent[-1].started - sent[0].started
    if not window.full or arriving <= 0:
        return None
    return (per_second or 0.0) < ACHIEVED * (len(sent) - 1) / arriving


def _under_way(sent: Sequence[Outcome], window: Window) -> float | None:
    """The mean number of requests under way, failed ones too.

    By Little's law (1961) it is what arrives per second times how long it stays.
    """
    if window.seconds <= 0:
        return None
    stays = (min(o.ended, window.end) - max(o.started, window.begin) for o in sent)
    return sum(max(0.0, stay) for stay in stays) / window.seconds


def _requests(sent: Sequence[Outcome]) -> Requests:
    errors = Counter(o.error for o in sent if o.error is not None)
    return Requests(
        completed=len(sent) - errors.total(),
        failed=errors.total(),
        timed_out=sum(o.timed_out for o in sent),
        short=sum(o.short for o in sent if o.error is None),
        errors=dict(sorted(errors.items())),
    )


def _goodput(sent: Sequence[Outcome], level: Level, window: Window) -> Goodput | None:
    """What kept the limits; None without limits, or where a limited time was not seen."""
    if level.ttft_limit_ms is None and level.tpot_limit_ms is None:
        return None
    done = [o for o in sent if o.error is None]
    if any(o.first_token is None for o in done):
        return None
    unseen = any(o.tpot_seconds is None and o.output_tokens > 1 for o in done)
    if level.tpot_limit_ms is not None and unseen:
        return None
    good = [o for o in done if _keeps(o, level)]
    return Goodput(
        ttft_limit_ms=level.ttft_limit_ms,
        tpot_limit_ms=level.tpot_limit_ms,
        requests_per_second=_per_second(good, window) or 0.0,
        share=len(good) / len(sent),
    )


def _keeps(outcome: Outcome, level: Level) -> bool:
    pairs = (
        (outcome.ttft_seconds, level.ttft_limit_ms),
        (outcome.tpot_seconds, level.tpot_limit_ms),
    )
    return all(
        seconds is None or limit is None or 1000 * seconds <= limit for seconds, limit in pairs
    )


def _prefill_rate(done: Sequence[Outcome], level: Level) -> float | None:
    """Prompt tokens over the time to the first token, of a client alone: it waits for no other."""
    waits = [(o.input_tokens, t) for o in done if o.counted and (t := o.ttft_seconds) is not None]
    seconds = sum(wait for _, wait in waits)
    if level.concurrency != 1 or seconds <= 0:
        return None
    return sum(tokens for tokens, _ in waits) / seconds


def _decode_rate(done: Sequence[Outcome], level: Level) -> float | None:
    """Tokens after the first over their time, of a client alone: no prefill comes between."""
    gaps = [(o.tokens_behind, t) for o in done if (t := o.tpot_seconds) is not None]
    seconds = sum(count * each for count, each in gaps)
    if level.concurrency != 1 or seconds <= 0:
        return None
    return sum(count for count, _ in gaps) / seconds


def _gaps(outcome: Outcome) -> list[float]:
    return [later.at - earlier.at for earlier, later in itertools.pairwise(outcome.chunks)]


def _flags(done: Sequence[Outcome]) -> Iterable[str]:
    if not done:
        return
    chunks = sum(len(o.chunks) for o in done)
    per_chunk = sum(o.output_tokens for o in done if o.chunks) / chunks if chunks else 0.0
    if per_chunk > _SINGLE:
        yield f"chunks carry {per_chunk:.1f} tokens: ITL is per chunk"
    if not all(o.counted for o in done):
        yield "tokens are counted by chunks"
    if any(o.first_token is None for o in done):
        yield "the server does not stream: TTFT is unknown"
    prompts = [(o.input_tokens, o.input_asked) for o in done if o.input_asked]
    yield from _unlike("prompts", prompts)
    if short := sum(o.short for o in done):
        yield f"{short} of {len(done)} answers ended before the tokens asked for"
    elif all(o.counted for o in done):
        yield from _unlike("answers", [(o.output_tokens, o.asked) for o in done])


def _unlike(what: str, lengths: Sequence[tuple[int, int]]) -> Iterable[str]:
    """That the mean of the reached lengths is none of those asked for."""
    reached, asked = (_mean([pair[side] for pair in lengths]) for side in (0, 1))
    if asked and abs(reached / asked - 1) > _LIKE_ASKED:
        yield f"{what} have {reached:,.0f} tokens, {asked:,.0f} were asked for"


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
