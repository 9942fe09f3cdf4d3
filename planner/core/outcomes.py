"""What became of the requests of one level of load, and the figures that they give.

All times are seconds on one monotonic clock. Rates are those of a window in which the full load
ran; a request counts in it with the share of its tokens that came within it, so that neither the
first nor the last requests bend a rate. A failed request is in no rate and in no time.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec

from planner.core.measurements import Goodput, Measurement, Percentiles, Requests

SATURATED_BELOW = 1.05
"""A level is saturated when no higher one brings this many times its output rate."""

ACHIEVED = 0.9
"""An open loop that completes less than this share of what arrived is saturated."""

_LIKE_ASKED = 0.1  # a length further off than this share of what was asked for is told
_SINGLE = 1.05  # tokens per chunk up to which a chunk is a token
_LOOPS = 2  # requests a client has to make until the full load lasted
_FULL = 0.5  # share of a level's time in which the full load has to run


class Chunk(NamedTuple):
    """What one read of a stream brought: when, and how many tokens (by events, or by usage)."""

    at: float
    tokens: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One request, answered or failed.

    `chunks` and `first_token` are empty and None where the server did not stream. Token numbers
    are the server's own where `counted`, else events and what was asked for. `asked` are output
    tokens. `error` names in a word what failed, None for a whole answer; `short` one ended before
    the tokens asked for.
    """

    started: float
    ended: float
    first_token: float | None = None
    chunks: tuple[Chunk, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    asked: int
    counted: bool = True
    error: str | None = None
    timed_out: bool = False
    short: bool = False

    @property
    def ttft_seconds(self) -> float | None:
        """From sending to the first token; None where the answer came in one piece."""
        return None if self.first_token is None else self.first_token - self.started

    @property
    def tpot_seconds(self) -> float | None:
        """Time per token after the first; None of a single token or without a stream."""
        if self.first_token is None or self.output_tokens < 2:  # noqa: PLR2004 - no gap
            return None
        last = self.chunks[-1].at if self.chunks else self.ended
        return (last - self.first_token) / (self.output_tokens - 1)

    def share_within(self, begin: float, end: float) -> float:
        """The share of its tokens that came in a window; of one piece, that of its time."""
        total = sum(chunk.tokens for chunk in self.chunks)
        if total > 0:
            return sum(c.tokens for c in self.chunks if begin <= c.at <= end) / total
        if self.ended <= self.started:
            return float(begin <= self.ended <= end)
        overlap = min(end, self.ended) - max(begin, self.started)
        return max(0.0, overlap) / (self.ended - self.started)


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """One level: so many clients that wait for their answers, or requests per second offered.

    Limits in milliseconds; a goodput is told where there is one.
    """

    concurrency: int | None = None
    request_rate: float | None = None
    input_asked: float | None = None
    ttft_limit_ms: float | None = None
    tpot_limit_ms: float | None = None


class _Window(NamedTuple):
    begin: float
    end: float
    full: bool  # whether the full load ran in it

    @property
    def seconds(self) -> float:
        return self.end - self.begin


def measure(outcomes: Iterable[Outcome], load: Load, blank: Measurement) -> Measurement:
    """The measurement of one level: `blank` with its figures; their order does not matter.

    `blank` holds what was known beforehand (when, what, on which device). With nothing completed
    there are counts and no rates. ValueError where there are no outcomes.
    """
    sent = sorted(outcomes, key=lambda o: (o.started, o.ended))
    if not sent:
        raise ValueError("a level without requests has no figures")
    done = [outcome for outcome in sent if outcome.error is None]
    window = _window(sent, load)
    per_second = _per_second(done, window)
    offered = load.request_rate
    saturated = _falls_behind(sent, per_second, window) if offered is not None else None
    flags = [*_flags(done, load)]
    if saturated and offered is not None:
        flags.append(
            f"achieved {per_second or 0:.2g} of {offered:g} requests per second: saturated"
        )
    notes = list(blank.notes)
    if not window.full:
        notes.append(f"too short for a full load: rates are over all {window.seconds:.3g} s")
    return msgspec.structs.replace(
        blank,
        drive="closed_loop" if offered is None else "open_loop",
        concurrency=_under_way(sent, window) if offered is not None else load.concurrency,
        request_rate=offered,
        input_tokens=_mean([o.input_tokens for o in done]),
        output_tokens=_mean([o.output_tokens for o in done]),
        output_tokens_asked=_mean([o.asked for o in sent]),
        seconds=_whole(sent).seconds,
        requests=_requests(sent),
        requests_per_second=per_second,
        output_tokens_per_second=_token_rate(done, window),
        prefill_tokens_per_second=_prefill_rate(done, load),
        decode_tokens_per_second=_decode_rate(done, load),
        ttft_ms=Percentiles.of([t for o in done if (t := o.ttft_seconds) is not None]),
        tpot_ms=Percentiles.of([t for o in done if (t := o.tpot_seconds) is not None]),
        itl_ms=Percentiles.of([gap for o in done for gap in _gaps(o)]),
        e2e_ms=Percentiles.of([o.ended - o.started for o in done]),
        goodput=_goodput(sent, load, window),
        saturated=saturated,
        flags=(*blank.flags, *flags),
        notes=tuple(notes),
    )


def mark_saturated(ladder: Sequence[Measurement]) -> tuple[Measurement, ...]:
    """Levels of rising concurrency, each told whether it is saturated.

    It is from where on no higher level brings 5% more output. Of the highest it is unknown (None)
    unless one below it is.
    """
    rates = [level.output_tokens_per_second or 0.0 for level in ladder]
    seen: bool | None = None
    marked = []
    for at, level in enumerate(ladder):
        above = rates[at + 1 :]
        if not seen:
            seen = max(above) < SATURATED_BELOW * rates[at] if above else None
        marked.append(msgspec.structs.replace(level, saturated=seen))
    return tuple(marked)


def _whole(sent: Sequence[Outcome]) -> _Window:
    return _Window(sent[0].started, max(o.ended for o in sent), full=False)


def _window(sent: Sequence[Outcome], load: Load) -> _Window:
    """When the full load ran, or the whole time where that was too short.

    A closed loop is full from when its last client has started until the first of them has
    nothing more to do: with n clients that is when all but n - 1 requests have ended. An open
    loop is full from its first answer to its last arrival.
    """
    ends = sorted(outcome.ended for outcome in sent)
    clients = load.concurrency or 1
    whole = _whole(sent)
    if load.request_rate is not None:
        window = _Window(ends[0], sent[-1].started, full=True)
        arriving = sent[-1].started - sent[0].started
        long_enough = window.seconds > 0 and window.seconds >= _FULL * arriving
        return window if long_enough else whole
    if len(sent) < _LOOPS * clients:
        return whole
    window = _Window(sent[clients - 1].started, ends[len(sent) - clients], full=True)
    long_enough = window.seconds > 0 and window.seconds >= _FULL * whole.seconds
    return window if long_enough else whole


def _per_second(done: Sequence[Outcome], window: _Window) -> float | None:
    if not done or window.seconds <= 0:
        return None
    return sum(o.share_within(window.begin, window.end) for o in done) / window.seconds


def _token_rate(done: Sequence[Outcome], window: _Window) -> float | None:
    if not done or window.seconds <= 0:
        return None
    shares = (o.output_tokens * o.share_within(window.begin, window.end) for o in done)
    return sum(shares) / window.seconds


def _falls_behind(
    sent: Sequence[Outcome], per_second: float | None, window: _Window
) -> bool | None:
    """Whether less was completed than arrived; None where the loop was too short to tell."""
    arriving = sent[-1].started - sent[0].started
    if not window.full or arriving <= 0:
        return None
    return (per_second or 0.0) < ACHIEVED * (len(sent) - 1) / arriving


def _under_way(sent: Sequence[Outcome], window: _Window) -> float | None:
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


def _goodput(sent: Sequence[Outcome], load: Load, window: _Window) -> Goodput | None:
    """What kept the limits; None without limits, or where TTFT is limited and was never seen."""
    if load.ttft_limit_ms is None and load.tpot_limit_ms is None:
        return None
    done = [o for o in sent if o.error is None]
    if any(o.first_token is None for o in done):
        return None
    good = [o for o in done if _keeps(o, load)]
    return Goodput(
        ttft_limit_ms=load.ttft_limit_ms,
        tpot_limit_ms=load.tpot_limit_ms,
        requests_per_second=_per_second(good, window) or 0.0,
        share=len(good) / len(sent),
    )


def _keeps(outcome: Outcome, load: Load) -> bool:
    pairs = (
        (outcome.ttft_seconds, load.ttft_limit_ms),
        (outcome.tpot_seconds, load.tpot_limit_ms),
    )
    return all(
        seconds is None or limit is None or 1000 * seconds <= limit for seconds, limit in pairs
    )


def _prefill_rate(done: Sequence[Outcome], load: Load) -> float | None:
    """Prompt tokens over the time to the first token, of a client alone: it waits for no other."""
    waits = [(o.input_tokens, t) for o in done if o.counted and (t := o.ttft_seconds) is not None]
    seconds = sum(wait for _, wait in waits)
    if load.concurrency != 1 or seconds <= 0:
        return None
    return sum(tokens for tokens, _ in waits) / seconds


def _decode_rate(done: Sequence[Outcome], load: Load) -> float | None:
    """Tokens after the first over their time, of a client alone: no prefill comes between."""
    gaps = [(o.output_tokens - 1, t) for o in done if (t := o.tpot_seconds) is not None]
    seconds = sum(count * each for count, each in gaps)
    if load.concurrency != 1 or seconds <= 0:
        return None
    return sum(count for count, _ in gaps) / seconds


def _gaps(outcome: Outcome) -> list[float]:
    return [later.at - earlier.at for earlier, later in pairwise(outcome.chunks)]


def _flags(done: Sequence[Outcome], load: Load) -> Iterable[str]:
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
    if short := sum(o.short for o in done):
        yield f"{short} of {len(done)} answers ended before the tokens asked for"
    reached = _mean([o.input_tokens for o in done])
    asked = load.input_asked
    if asked and abs(reached / asked - 1) > _LIKE_ASKED:
        yield f"prompts have {reached:.0f} tokens, {asked:.0f} were asked for"


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers) if numbers else 0.0
