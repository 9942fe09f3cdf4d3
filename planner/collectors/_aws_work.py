"""Many questions at once, under deadlines that hold whatever a server does.

Threads are daemons: one that hangs in a system call can delay neither the answer nor the exit.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from planner.collectors import Piece, Request
from planner.core.snapshots import Status

_GRACE_SECONDS = 0.5  # a worker that sees its own deadline says more than the loop can


class Trouble(Exception):  # noqa: N818 - what a cloud does is no error of ours
    """Why a question has no answer, in one line without ids or secrets.

    `everywhere`: no other question will be answered either; `in_region`: none of this region.
    """

    def __init__(
        self, status: Status, error: str, *, everywhere: bool = False, in_region: bool = False
    ) -> None:
        super().__init__(error)
        self.status = status
        self.error = error
        self.everywhere = everywhere
        self.in_region = in_region


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A question: `ask(deadline)` gives the body or raises Trouble (time.monotonic seconds)."""

    what: str
    ask: Callable[[float], Any]
    region: str | None = None


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """Under what name and until when (time.monotonic seconds) a run asks, and whom it tells."""

    request: Request
    ends: float
    account: str | None = None
    tell: Callable[[str, int, int], None] | None = None


def gather(jobs: Sequence[Job], terms: Terms) -> Iterator[Piece]:
    """One piece a job, in the order of the answers, from the caller's thread.

    A region has `request.region_seconds` from its first question on. A login that has expired
    ends all that was not answered yet.
    """
    crew = _Crew(jobs, terms)
    waiting = dict(enumerate(jobs))
    try:
        crew.start(min(terms.request.concurrency, len(jobs)))
        while waiting:
            outcomes = crew.finished(waiting) or crew.overdue(waiting)
            for number, outcome in outcomes:
                job = waiting.pop(number)
                if terms.tell is not None:
                    words = f"{job.region} {job.what}" if job.region else job.what
                    terms.tell(words, len(jobs) - len(waiting), len(jobs))
                yield _piece(job, terms, outcome)
                if isinstance(outcome, Trouble) and outcome.everywhere:
                    yield from (_piece(other, terms, outcome) for other in waiting.values())
                    return
    finally:
        crew.stop()


def _piece(job: Job, terms: Terms, outcome: Any) -> Piece:
    if isinstance(outcome, Trouble):
        return Piece(
            what=job.what,
            account=terms.account,
            region=job.region,
            status=outcome.status,
            error=outcome.error,
        )
    return Piece(what=job.what, account=terms.account, region=job.region, body=outcome)


class _Crew:
    """The threads of one `gather`, and what they know together."""

    def __init__(self, jobs: Sequence[Job], terms: Terms) -> None:
        self._terms = terms
        self._to_do: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[tuple[int, Any]] = queue.SimpleQueue()
        self._started: dict[str | None, float] = {}
        self._closed_regions: dict[str | None, Trouble] = {}
        self._stop = threading.Event()
        for item in enumerate(jobs):
            self._to_do.put(item)

    def start(self, threads: int) -> None:
        for _ in range(threads):
            threading.Thread(target=self._work, daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def finished(self, waiting: dict[int, Job]) -> list[tuple[int, Any]]:
        """The next outcome that is waited for, or nothing when a deadline has come."""
        now = time.monotonic()
        ends = [self._deadline(job.region) for job in waiting.values()]
        try:
            item = self._done.get(timeout=max(0.0, min(ends) - now) + _GRACE_SECONDS)
        except queue.Empty:
            return []
        return [item] if item[0] in waiting else []

    def overdue(self, waiting: dict[int, Job]) -> list[tuple[int, Any]]:
        """What should have ended by now, as failed."""
        late = time.monotonic() - _GRACE_SECONDS
        found = [n for n, job in waiting.items() if self._deadline(job.region) <= late]
        return [(number, out_of_time()) for number in found]

    def _deadline(self, region: str | None) -> float:
        """When a region's time is over; one that has not begun has until the run's end."""
        started = self._started.get(region)
        if started is None:
            return self._terms.ends
        return min(self._terms.ends, started + self._terms.request.region_seconds)

    def _work(self) -> None:
        while not self._stop.is_set():
            try:
                number, job = self._to_do.get_nowait()
            except queue.Empty:
                return
            self._started.setdefault(job.region, time.monotonic())
            self._done.put((number, self._outcome(job)))

    def _outcome(self, job: Job) -> Any:
        deadline = self._deadline(job.region)
        try:
            if (closed := self._closed_regions.get(job.region)) is not None:
                return closed
            if time.monotonic() >= deadline:
                return out_of_time()
            return job.ask(deadline)
        except Trouble as trouble:
            if trouble.in_region:
                self._closed_regions[job.region] = trouble
            if trouble.everywhere:
                self._stop.set()  # no thread asks on while the caller hears of it
            return trouble
        except Exception as error:  # noqa: BLE001 - one answer must not end the run
            return Trouble(Status.FAILED, f"unreadable answer ({type(error).__name__})")


def out_of_time() -> Trouble:
    """The trouble of a question whose region, or run, had no time left."""
    return Trouble(Status.FAILED, "no whole answer before the deadline")
