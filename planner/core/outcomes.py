"""What became of the requests of a level of load, in seconds on one monotonic clock."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

_LOOPS = 2  # answers' times that a full load has to last, and requests of a client
_FULL = 0.5  # share of a level's time in which the full load has to run


class Chunk(NamedTuple):
    """What one read of a stream brought: when, and how many tokens (by events, or by usage)."""

    at: float
    tokens: float


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """One request, answered or failed.

    `chunks` and `first_token` are empty and None where the server did not stream. Token numbers
    are the server's own where `counted`, else events and what was asked for. `asked` are output
    tokens, `input_asked` those of the prompt. `error` names in a word what failed, None for a whole
    answer; a `short` one ended before the tokens asked for.
    """

    started: float
    ended: float
    first_token: float | None = None
    chunks: tuple[Chunk, ...] = ()
    input_tokens: int = 0
    output_tokens: int = 0
    input_asked: int | None = None
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
        """Time per token behind the first chunk; None without a stream, or without such tokens."""
        if self.first_token is None or not self.tokens_behind:
            return None
        last = self.chunks[-1].at if self.chunks else self.ended
        return (last - self.first_token) / self.tokens_behind

    @property
    def tokens_behind(self) -> float:
        """Tokens that came behind the first chunk, whose own come with the time to the first."""
        seen = sum(chunk.tokens for chunk in self.chunks)
        if not seen:
            return max(0, self.output_tokens - 1)
        return self.output_tokens * (1 - self.chunks[0].tokens / seen)

    def share_within(self, begin: float, end: float) -> float:
        """The share of its tokens that came in a window; of one piece, that of its time."""
        total = sum(chunk.tokens for chunk in self.chunks)
        if total > 0:
            return sum(c.tokens for c in self.chunks if begin <= c.at <= end) / total
        if self.ended <= self.started:
            return float(begin <= self.ended <= end)
        overlap = min(end, self.ended) - max(begin, self.started)
        return max(0.0, overlap) / (self.ended - self.started)


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """One level: so many clients that wait for their answers, or requests per second offered.

    Limits in milliseconds; a goodput is told where there is one.
    """

    concurrency: int | None = None
    request_rate: float | None = None
    ttft_limit_ms: float | None = None
    tpot_limit_ms: float | None = None


class Window(NamedTuple):
    """A stretch of time that rates are taken over; `full` says whether the full load ran in it."""

    begin: float
    end: float
    full: bool

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.end - self.begin


def whole_time(sent: Sequence[Outcome]) -> Window:
    """From the first request, of those in the order of their start, to the last answer."""
    return Window(sent[0].started, max(o.ended for o in sent), full=False)


def full_load(sent: Sequence[Outcome], level: Level) -> Window:
    """When the full load ran, or the whole time where that was too short.

    `sent` are in the order of their start.
    """
    whole = whole_time(sent)
    if level.request_rate is not None:
        return _arrivals(sent) or whole
    window = _all_busy(sent, level.concurrency or 1)
    return window if window is not None and window.seconds >= _FULL * whole.seconds else whole


def _all_busy(sent: Sequence[Outcome], clients: int) -> Window | None:
    """From when the last client has started until the first of them has nothing more to do.

    With n clients that is when all but n - 1 requests have ended.
    """
    if len(sent) < _LOOPS * clients:
        return None
    ends = sorted(outcome.ended for outcome in sent)
    window = Window(sent[clients - 1].started, ends[len(sent) - clients], full=True)
    return window if window.seconds > 0 else None


def _arrivals(sent: Sequence[Outcome]) -> Window | None:
    """From the first arrival to the last, later by half an answer's mean time.

    So the first and the last request lie half in it, and what is answered at leisure is as much
    as arrives. None where they arrived within little more than the shortest answer takes.
    """
    stays = [outcome.ended - outcome.started for outcome in sent if outcome.error is None]
    first, last = sent[0].started, sent[-1].started
    if not stays or last <= first or last - first < _LOOPS * min(stays):
        return None
    shift = sum(stays) / len(stays) / 2
    return Window(first + shift, last + shift, full=True)
