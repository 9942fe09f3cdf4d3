"""Driving a server: clients that wait for their answers, or requests at random times."""

import asyncio
import itertools
import math
import random
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator

import msgspec

from planner.core.outcomes import Outcome

Send = Callable[[], Awaitable[Outcome]]
"""Sends the next request and returns what became of it; it raises nothing but cancellation."""

ROUNDS = 3
"""Every client of a closed loop makes this many requests on average, or more."""

_HOPELESS = 3  # failures, and one a client, without an answer between them that end a level


class Enough(msgspec.Struct, frozen=True):
    """How long a level lasts: so many requests and so many seconds at least."""

    requests: int
    seconds: float = 0.0


def failing(outcomes: Iterable[Outcome]) -> bool:
    """Whether half of the requests fail, or more."""
    failed = [outcome.error is not None for outcome in outcomes]
    return bool(failed) and 2 * sum(failed) >= len(failed)


async def closed_loop(send: Send, clients: int, enough: Enough) -> list[Outcome]:
    """So many clients, each with one request under way until there were enough.

    Seconds are not waited for where half of the requests fail: a server that refuses at once would
    get thousands. Nor is a server waited for that answers nothing at all.
    """
    outcomes: list[Outcome] = []
    began = time.perf_counter()
    least = max(enough.requests, ROUNDS * clients)
    sent = 0

    def wanted() -> bool:
        if len(outcomes) >= max(_HOPELESS, clients) and all(o.error for o in outcomes):
            return False
        if sent < least:
            return True
        return time.perf_counter() - began < enough.seconds and not failing(outcomes)

    async def client() -> None:
        nonlocal sent
        while wanted():
            sent += 1
            outcomes.append(await send())

    async with asyncio.TaskGroup() as group:
        for _ in range(clients):
            group.create_task(client())
    return outcomes


async def open_loop(send: Send, arrivals: Iterable[float]) -> list[Outcome]:
    """Requests at given seconds from now on, however many are under way; returns when all ended."""
    began = time.perf_counter()
    tasks: list[asyncio.Task[Outcome]] = []

    async def one() -> Outcome:
        return await send()

    async with asyncio.TaskGroup() as group:
        for arrival in arrivals:
            await asyncio.sleep(max(0.0, began + arrival - time.perf_counter()))
            tasks.append(group.create_task(one()))
    return [task.result() for task in tasks]


def poisson(rate: float, enough: Enough, seed: int) -> list[float]:
    """The seconds at which requests arrive, so many a second; the first at 0.

    Their gaps are exponential, stretched so that chance offers no other rate than was asked for.
    """
    count = max(enough.requests, math.ceil(rate * enough.seconds))
    chance = random.Random(f"{seed}/{rate}")  # noqa: S311 - a sample, no secret
    gaps = [chance.expovariate(rate) for _ in range(count - 1)]
    stretch = (count - 1) / rate / sum(gaps) if gaps else 1.0
    return [stretch * at for at in itertools.accumulate(gaps, initial=0.0)]


def ladder(most: int) -> Iterator[int]:
    """1, 2, 4 and so on up to the most clients, and these."""
    level = 1
    while level < most:
        yield level
        level *= 2
    yield most
