"""Measuring a running server: what it is, how long its prompts get, level after level."""

import asyncio
import datetime as dt
import itertools
import random
import time
from collections.abc import Awaitable, Callable, Iterator

import msgspec

from planner.core.levels import mark_saturated, measure
from planner.core.measurements import Measurement
from planner.core.outcomes import Level, Outcome
from planner.errors import MissingExtraError
from planner.probe.answers import TroubleError
from planner.probe.ask import ServerAsk
from planner.probe.endpoint import Served, failure, find
from planner.probe.load import Enough, Send, closed_loop, ladder, open_loop, poisson
from planner.probe.prompts import Prompts, Scale
from planner.probe.stream import Dialect, Line, first_dialect, open_session

Now = Callable[[], dt.datetime]
Tell = Callable[[str], None]
Done = Callable[[Measurement], None]

_SHORT, _LONG = 16, 128  # words of the prompts that show how many tokens a word is
_FEW_TOKENS = 8  # of their answers
_BUSY = 0.8  # of the time of one core, from where on the probe may be what is slow


def probe_server(
    ask: ServerAsk, *, now: Now, tell: Tell, done: Done = lambda _: None
) -> tuple[Measurement, ...]:
    """Measure a running OpenAI-compatible server, a record for each level of load.

    `now` gives the time with its zone, `tell` gets a line of progress a level, `done` its record as
    soon as it is made (those returned say where the server is saturated, too). It keeps nothing,
    and must not be called where an event loop runs. Raises MissingExtraError without aiohttp, and
    PlannerError where the first requests show no server that can be measured; later failures are
    counted in the records.
    """
    try:
        import aiohttp  # noqa: F401, PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError(
            "probe --url needs aiohttp; pip install 'cloud-llm-planner[endpoint]'"
        ) from error
    return asyncio.run(_probe(ask, now, tell, done))


async def _probe(ask: ServerAsk, now: Now, tell: Tell, done: Done) -> tuple[Measurement, ...]:
    async with open_session(ask.headers) as session:
        served = await find(session, ask)
        line = Line(session, served.base, ask.query, served.model, ask.timeout_seconds)
        prompts = Prompts(ask.seed, now().isoformat())
        try:
            dialect, scale = await _agree(line, ask, prompts)
        except TroubleError as trouble:
            raise failure(ask, trouble) from None
        serials = itertools.count(2)

        async def send() -> Outcome:
            serial = next(serials)
            chance = random.Random(f"{ask.seed}/{serial}/lengths")  # noqa: S311 - no secret
            wanted = ask.input_tokens.draw(chance)
            prompt = prompts.text(serial, scale.words(wanted))
            return await line.send(dialect, prompt, wanted, ask.output_tokens.draw(chance))

        run = _Run(ask, served, send, now, tell, done)
        for _ in range(ask.warmups):
            await send()
        closed = await run.closed_loops()
        if closed and _is_dead(closed[-1]):
            return closed
        return (*closed, *await run.open_loops())


async def _agree(line: Line, ask: ServerAsk, prompts: Prompts) -> tuple[Dialect, Scale]:
    """The dialect that a server takes, and how many tokens a word is. Raises TroubleError."""
    dialect = first_dialect(ask.api)
    asked = min(_FEW_TOKENS, ask.output_tokens.first)
    while True:
        try:
            short = await line.ask(dialect, prompts.text(0, _SHORT), _SHORT, asked)
            break
        except TroubleError as trouble:
            simpler = dialect.simpler(trouble, ask.api)
            if simpler is None:
                raise
            dialect = simpler
    long = await line.ask(dialect, prompts.text(1, _LONG), _LONG, asked)
    return dialect, Scale.through((_SHORT, short.input_tokens), (_LONG, long.input_tokens))


class _Run(msgspec.Struct, frozen=True):
    """The levels of one probe."""

    ask: ServerAsk
    served: Served
    send: Send
    now: Now
    tell: Tell
    done: Done

    @property
    def enough(self) -> Enough:
        return Enough(self.ask.requests_per_level, self.ask.seconds_per_level)

    async def closed_loops(self) -> tuple[Measurement, ...]:
        """The named levels; else the ladder, to one level behind saturation or to failures."""
        ask = self.ask
        if ask.rates and not ask.concurrency:
            return ()
        levels: list[Measurement] = []
        for clients in sorted(set(ask.concurrency)) or ladder(ask.max_concurrency):
            driving = closed_loop(self.send, clients, self.enough)
            levels.append(await self._level(driving, self._asked(concurrency=clients)))
            self.tell(f"concurrency {clients}: {summary(levels[-1])}")
            if _is_dead(levels[-1]) or (not ask.concurrency and _is_enough(levels)):
                break
        return mark_saturated(levels)

    async def open_loops(self) -> tuple[Measurement, ...]:
        """A level for each rate."""
        levels: list[Measurement] = []
        for rate in self.ask.rates:
            driving = open_loop(self.send, poisson(rate, self.enough, self.ask.seed))
            levels.append(await self._level(driving, self._asked(request_rate=rate)))
            self.tell(f"{rate:g} requests per second: {summary(levels[-1])}")
            if _is_dead(levels[-1]):
                break
        return tuple(levels)

    def _asked(self, concurrency: int | None = None, request_rate: float | None = None) -> Level:
        return Level(
            concurrency=concurrency,
            request_rate=request_rate,
            ttft_limit_ms=self.ask.ttft_limit_ms,
            tpot_limit_ms=self.ask.tpot_limit_ms,
        )

    async def _level(self, driving: Awaitable[list[Outcome]], level: Level) -> Measurement:
        """Drive one level, and see whether this client was what limited it."""
        blank = self._blank()
        began, worked = time.perf_counter(), time.thread_time()
        outcomes = await driving
        share = (time.thread_time() - worked) / max(time.perf_counter() - began, 1e-9)
        if share > _BUSY and not all(outcome.error for outcome in outcomes):
            flag = f"the probe itself computed {share:.0%} of the time: rates may be its own"
            blank = msgspec.structs.replace(blank, flags=(*blank.flags, flag))
        measured = measure(outcomes, level, blank)
        self.done(measured)
        return measured

    def _blank(self) -> Measurement:
        """What is known before a level begins."""
        ask, served = self.ask, self.served
        known = served.engine is not None and served.version is not None
        return Measurement(
            measured_at=self.now(),
            source="planner probe",
            model=ask.model or served.model,
            served_as=served.model,
            engine=served.engine,
            versions={str(served.engine): str(served.version)} if known else {},
            device=ask.device,
            tensor_parallel=ask.tensor_parallel,
            replicas=ask.replicas,
            dtype=ask.dtype,
            drive="closed_loop",
            input_tokens=0.0,
            output_tokens=0.0,
            flags=() if served.doubt is None else (served.doubt,),
            notes=(f"random words: {ask.lengths}, seed {ask.seed}",),
        )


def _is_dead(level: Measurement) -> bool:
    """Whether nothing was answered, so that more load is of no use."""
    return level.requests is not None and level.requests.completed == 0


def _is_enough(levels: list[Measurement]) -> bool:
    """Whether a ladder is one level behind saturation, or half of the last requests failed."""
    counts = levels[-1].requests
    fails = counts is not None and counts.failed >= counts.completed
    return fails or bool(mark_saturated(levels)[-1].saturated)


def summary(level: Measurement) -> str:
    """A level in a line: its rate, its wait, its failures."""
    return ", ".join(_parts(level))


def _parts(level: Measurement) -> Iterator[str]:
    if level.output_tokens_per_second is not None:
        yield f"{level.output_tokens_per_second:,.1f} output tokens per second"
    if level.ttft_ms is not None:
        yield f"TTFT {level.ttft_ms.p50:.0f} ms"
    counts = level.requests
    if counts is not None:
        yield f"{counts.completed} answered"
        if counts.failed:
            yield f"{counts.failed} failed"
