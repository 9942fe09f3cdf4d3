"""Threads that answer questions while one caller hears the answers in the order they come."""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from planner.collectors._azure_limits import Run

Q = TypeVar("Q")
A = TypeVar("A")


class Crew(Generic[Q, A]):
    """Asks questions in up to `size` threads, those of a lower rank first.

    The threads are daemons: one that hangs in a call which nothing can end holds up neither the
    run nor the end of the program.
    """

    def __init__(self, ask: Callable[[Q], A], size: int, run: Run) -> None:
        self._ask = ask
        self._size = max(1, size)
        self._run = run
        self._waiting: queue.PriorityQueue[tuple[int, int]] = queue.PriorityQueue()
        self._answers: queue.SimpleQueue[tuple[int, A | BaseException]] = queue.SimpleQueue()
        self._open: dict[int, Q] = {}
        self._threads = 0
        self.asked = 0

    @property
    def open(self) -> list[Q]:
        """The questions without an answer."""
        return list(self._open.values())

    def add(self, question: Q, rank: int = 0) -> None:
        """Have a question asked."""
        self.asked += 1
        self._open[self.asked] = question
        self._waiting.put((rank, self.asked))
        if self._threads < min(self._size, len(self._open)):
            self._threads += 1
            threading.Thread(target=self._work, daemon=True).start()

    def answers(self) -> Iterator[tuple[Q, A]]:
        """Yield each question with its answer until all are answered or the run ends.

        Questions can be added between two answers. What `ask` raises is raised here.
        """
        while self._open and self._run.left():
            try:
                number, answer = self._answers.get(timeout=self._run.left())
            except queue.Empty:
                return
            if isinstance(answer, BaseException):
                raise answer
            yield self._open.pop(number), answer

    def close(self) -> None:
        """Call the run off and send the threads home."""
        self._run.stop()
        for _ in range(self._threads):
            self._waiting.put((-1, 0))

    def _work(self) -> None:
        while number := self._waiting.get()[1]:
            if not self._run.left():
                return
            try:
                answer: A | BaseException = self._ask(self._open[number])
            except BaseException as error:  # noqa: BLE001 - raised again where answers are heard
                answer = error
            self._answers.put((number, answer))
