"""How long and how hard Azure is asked: a run's time, a question's time, requests at once."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How far a question goes: bytes of all its pages unpacked, pages, tries and waits."""

    bytes_maximum: int = 64 * 2**20
    pages_maximum: int = 50
    tries: int = 4
    backoff_seconds: float = 0.5
    retry_after_seconds: float = 60
    silence_seconds: float = 30


class Run:
    """The time of a whole run, and whether it has been called off."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._stopped = threading.Event()

    def left(self) -> float:
        """Seconds until the run ends; 0 once it has ended or was called off."""
        return 0.0 if self._stopped.is_set() else max(0.0, self._end - time.monotonic())

    def stop(self) -> None:
        """Call the run off: every wait ends."""
        self._stopped.set()

    def sleep(self, seconds: float) -> None:
        """Wait, but no longer than the run lasts."""
        self._stopped.wait(min(seconds, self.left()))


class Clock:
    """The time that one question has: its own seconds, and never past the end of the run."""

    def __init__(self, run: Run, seconds: float) -> None:
        self.run = run
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, 0 at the least."""
        return max(0.0, min(self._end - time.monotonic(), self.run.left()))

    @contextmanager
    def held_up(self) -> Iterator[None]:
        """Time that the question spends here is the run's, not its own."""
        before = time.monotonic()
        try:
            yield
        finally:
            self._end += time.monotonic() - before


class Gate:
    """How many requests are under way at once: halved by each refusal, slowly raised again."""

    _QUIET = 20  # answers without a refusal, after which one more request goes at once

    def __init__(self, most: int) -> None:
        self._most = self._limit = max(1, most)
        self._under_way = 0
        self._quiet = 0
        self._free = threading.Condition()

    @contextmanager
    def passed(self, clock: Clock) -> Iterator[None]:
        """Wait for a place and hold it."""
        with self._free, clock.held_up():
            while self._under_way >= self._limit and clock.run.left():
                self._free.wait(min(0.5, clock.run.left()))
            self._under_way += 1
        try:
            yield
        finally:
            with self._free:
                self._under_way -= 1
                self._free.notify_all()

    def refused(self) -> None:
        """Let half as many go at once."""
        with self._free:
            self._limit = max(1, self._limit // 2)
            self._quiet = 0

    def answered(self) -> None:
        """Let one more go after a while without refusals."""
        with self._free:
            self._quiet += 1
            if self._quiet >= self._QUIET and self._limit < self._most:
                self._limit += 1
                self._quiet = 0
