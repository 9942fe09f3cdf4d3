"""Results of vLLM's serving benchmark, and of SGLang's, which began as a copy, as measurements.

The fields are those of `vllm bench serve --save-result` (vllm/benchmarks/serve.py at 009e6d4; once
benchmarks/benchmark_serving.py) and of SGLang's python/sglang/bench_serving.py at 0033168, both
read 2026-11-26.

What they mean there: counts of tokens and the rates are of completed requests alone, over the time
from the first request sent to the last answer; times per token leave out the first token and are
means per request, inter-token latencies are the gaps between chunks. By default the 99th
percentile is the only one in a file.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus

import msgspec

from planner.core.bench_fields import Fields, Setting
from planner.core.measurements import Drive, Goodput, Measurement, Percentiles, Requests

_CHUNKS = 1.5  # gaps between chunks this many times the time per token: chunks hold several
_BUSY = 0.9  # of a closed loop's clients, on average: with fewer, the run was mostly its own end
_LONGEST_ERROR = 100
_PHRASES = {status.phrase.title() for status in HTTPStatus}


class _Load(msgspec.Struct, frozen=True, kw_only=True):
    """How requests came; `idle` says that many clients of a closed loop had none left to send."""

    drive: Drive
    concurrency: float | None = None
    request_rate: float | None = None
    prompts: int | None = None
    idle: bool = False


def serve(row: Fields, setting: Setting, *, source: str = "vllm bench serve") -> Measurement:
    """One run of `vllm bench serve`, benchmark_serving.py or SGLang's bench_serving.

    Raises ValueError where a figure is missing or is none, or no request completed.
    """
    completed = row.count("completed")
    if not completed:
        raise ValueError("completed is 0 or missing; a run without an answer measures nothing")
    if (seconds := row.number("duration")) == 0:
        raise ValueError("duration is 0; a run takes time")
    served_as = row.text("model_id")
    e2e = _times(row, "e2el") or _times(row, "e2e_latency")
    load = _load(row, completed, e2e)
    return setting.place(
        Measurement(
            measured_at=setting.time_of(_date(row.text("date"))),
            source=source,
            model=setting.model_of(_hub_name(served_as)),
            served_as=served_as,
            drive=load.drive,
            concurrency=load.concurrency,
            request_rate=load.request_rate,
            prompts=load.prompts,
            input_tokens=row.number("total_input_tokens") / completed,
            output_tokens=row.number("total_output_tokens") / completed,
            seconds=seconds,
            requests=_requests(row, completed),
            requests_per_second=completed / seconds,
            output_tokens_per_second=row.number("output_throughput"),
            ttft_ms=_times(row, "ttft"),
            tpot_ms=_times(row, "tpot"),
            itl_ms=_times(row, "itl"),
            e2e_ms=e2e,
            goodput=_goodput(row, completed, setting),
            flags=tuple(_flags(row, load, setting)),
            notes=tuple(_notes(row)),
        )
    )


def _times(row: Fields, name: str) -> Percentiles | None:
    return row.percentiles(
        f"mean_{name}_ms", f"median_{name}_ms", f"p90_{name}_ms", f"p99_{name}_ms"
    )


def _load(row: Fields, completed: int, e2e: Percentiles | None) -> _Load:
    """The drive: a bounded number at once, requests at a rate, or all at once."""
    most, rate = row.count("max_concurrency"), row.bounded("request_rate")
    prompts = row.count("num_prompts") or completed
    under_way = row.maybe("concurrency")  # SGLang's own mean
    if under_way is None and e2e is not None:
        under_way = completed / row.number("duration") * e2e.mean / 1000
    if rate is not None or "ramp_up_strategy" in row:
        return _Load(drive="open_loop", concurrency=under_way, request_rate=rate)
    if most and most < prompts:
        idle = under_way is not None and under_way < _BUSY * most
        return _Load(drive="closed_loop", concurrency=most, idle=idle)
    return _Load(drive="burst", prompts=prompts)


def _requests(row: Fields, completed: int) -> Requests:
    failed, sent = row.count("failed"), row.count("num_prompts")
    if failed is None:
        failed = max(0, sent - completed) if sent is not None else 0
    errors = Counter(_kind(str(each)) for each in row.items("errors") if str(each).strip())
    return Requests(completed=completed, failed=failed, errors=dict(errors))


def _kind(error: str) -> str:
    """An error by its status or its class: its words may hold addresses and keys."""
    status = re.search(r"\b(?:HTTP|status)\D{0,12}([1-5]\d\d)\b", error, re.IGNORECASE)
    if status:
        return f"HTTP {status[1]}"
    if (words := error.strip().splitlines()[-1].strip()).title() in _PHRASES:
        return words
    named = re.findall(r"\b[A-Z]\w*(?:Error|Exception|Timeout|Refused)\b", error)
    return str(named[-1])[:_LONGEST_ERROR] if named else "failed"


def _good(row: Fields) -> float | None:
    """Requests per second within the limits; files of early 2025 spell the key with a colon."""
    found = row.maybe("request_goodput")
    return row.maybe("request_goodput:") if found is None else found


def _goodput(row: Fields, completed: int, setting: Setting) -> Goodput | None:
    """That of limits which the caller knows: a file has none."""
    good, ttft, tpot = _good(row), setting.ttft_limit_ms, setting.tpot_limit_ms
    if good is None or (ttft is None and tpot is None):
        return None
    sent = row.count("num_prompts") or completed
    return Goodput(
        ttft_limit_ms=ttft,
        tpot_limit_ms=tpot,
        requests_per_second=good,
        share=min(1.0, good * row.number("duration") / sent),
    )


def _date(told: str | None) -> dt.datetime | None:
    """Their 20260816-160853, the local time of a machine whose zone is not told."""
    if told is None:
        return None
    try:
        return dt.datetime.strptime(told, "%Y%m%d-%H%M%S").replace(tzinfo=dt.UTC)
    except ValueError:
        raise ValueError(f"date is {told!r}; one like 20260816-160853 is needed") from None


def _hub_name(served_as: str | None) -> str | None:
    """A model's name where a server calls it by its folder in the cache of Hugging Face."""
    if served_as is None or "models--" not in served_as:
        return served_as
    return served_as.partition("models--")[2].split("/")[0].replace("--", "/")


def _flags(row: Fields, load: _Load, setting: Setting) -> Iterator[str]:
    if "date" in row:
        yield "its time has no zone: taken as UTC"
    if load.prompts is not None:
        yield (
            f"all {load.prompts} requests came at once: the time to the first token is mostly the "
            "wait in the queue"
        )
    if load.idle:
        yield "on average many clients were idle: give the tool more prompts for its clients"
    if load.drive == "open_loop" and (most := row.count("max_concurrency")):
        yield f"no more than {most} requests at once, whatever the rate"
    if "ramp_up_strategy" in row:
        start, end = row.number("ramp_up_start_rps"), row.number("ramp_up_end_rps")
        yield f"the rate rose from {start:g} to {end:g} requests per second"
    if "failed" not in row and "num_prompts" not in row:
        yield "how many requests failed is not told"
    tpot, itl = row.maybe("mean_tpot_ms"), row.maybe("mean_itl_ms")
    if tpot and itl and itl > _CHUNKS * tpot:
        yield "chunks held several tokens: itl_ms is between chunks"
    if (tokens := row.maybe("spec_decode_acceptance_length")) is not None:
        yield f"speculative decoding, {tokens:.2f} tokens a step"
    good = _good(row)
    if good is not None and setting.ttft_limit_ms is None and setting.tpot_limit_ms is None:
        yield f"goodput of {good:g} requests per second left out: its limits are not told"


def _notes(row: Fields) -> Iterator[str]:
    """Medians that stand alone, as SGLang wrote them early in 2025."""
    for name in ("ttft", "tpot", "itl"):
        median = row.maybe(f"median_{name}_ms")
        if median is not None and f"mean_{name}_ms" not in row:
            yield f"median {name.upper()} {median:.4g} ms, no mean is told"
