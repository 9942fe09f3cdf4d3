"""Results of vLLM's benchmarks without a server as measurements.

The fields are those of `vllm bench latency --output-json` (vllm/benchmarks/latency.py at 00cae07)
and `vllm bench throughput --output-json` (vllm/benchmarks/throughput.py at 0202831), read
2026-11-26. Neither file tells model, time or load: the caller does.
"""

import math

from planner.core.bench_fields import Fields, Setting
from planner.core.measurements import (
    ROUNDS_MAY_DIFFER,
    Measurement,
    Percentiles,
    Requests,
    apart,
)

_LENGTHS_MAY_DIFFER = 0.05


def latency(row: Fields, setting: Setting) -> Measurement:
    """The mean of `vllm bench latency`: one static batch, again and again.

    The file tells times (in seconds) alone. Raises ValueError where the caller does not tell the
    batch and both lengths, which are exact there (--batch-size, --input-len, --output-len).
    """
    batch, inputs, outputs = setting.batch, setting.input_tokens, setting.output_tokens
    if batch is None or inputs is None or outputs is None:
        raise ValueError(
            "results of vllm bench latency tell no load; give the batch and the tokens of prompt "
            "and answer"
        )
    mean = row.number("avg_latency")
    if mean == 0:
        raise ValueError("avg_latency is 0; a batch takes time")
    taken = row.numbers("latencies")
    rounds = tuple(batch * outputs / each for each in taken if each)
    differ = apart(rounds)
    return setting.place(
        Measurement(
            measured_at=setting.time_of(None),
            source="vllm bench latency",
            model=setting.model_of(None),
            engine="vllm",
            drive="static",
            concurrency=batch,
            input_tokens=inputs,
            output_tokens=outputs,
            output_tokens_asked=outputs,
            seconds=math.fsum(taken) or None,
            requests=Requests(completed=batch * len(taken)) if taken else None,
            requests_per_second=batch / mean,
            output_tokens_per_second=batch * outputs / mean,
            e2e_ms=_spread(mean, row.inside("percentiles")),
            rounds=rounds,
            flags=(f"rounds differ by {differ:.0%}",) if differ > ROUNDS_MAY_DIFFER else (),
        )
    )


def _spread(mean: float, seconds: Fields) -> Percentiles | None:
    """Times of a batch in seconds, whose percentiles stand under "50", "90", "99"."""
    if (middle := seconds.maybe("50")) is None:
        return None
    high, highest = seconds.maybe("90"), seconds.maybe("99")
    return Percentiles(
        mean=1000 * mean,
        p50=1000 * middle,
        p90=None if high is None else 1000 * high,
        p99=None if highest is None else 1000 * highest,
    )


def throughput(row: Fields, setting: Setting) -> Measurement:
    """The result of `vllm bench throughput`: all requests handed over at once, without a server.

    The file counts tokens of prompts and answers together, and so does its tokens_per_second.
    Raises ValueError where the caller tells neither length, or lengths that the count belies.
    """
    number = row.count("num_requests")
    if not number:
        raise ValueError("num_requests is 0 or missing; a run without an answer measures nothing")
    inputs, outputs = _lengths(row.number("total_num_tokens") / number, setting)
    seconds = row.number("elapsed_time")
    if seconds == 0:
        raise ValueError("elapsed_time is 0; a run takes time")
    return setting.place(
        Measurement(
            measured_at=setting.time_of(None),
            source="vllm bench throughput",
            model=setting.model_of(None),
            drive="burst",
            prompts=number,
            input_tokens=inputs,
            output_tokens=outputs,
            seconds=seconds,
            requests=Requests(completed=number),
            requests_per_second=row.number("requests_per_second"),
            output_tokens_per_second=number * outputs / seconds,
        )
    )


def _lengths(both: float, setting: Setting) -> tuple[float, float]:
    """Tokens of prompt and answer whose sum is counted."""
    inputs, outputs = setting.input_tokens, setting.output_tokens
    if inputs is None and outputs is None:
        raise ValueError(
            f"results of vllm bench throughput tell {both:g} tokens a request, prompt and answer "
            "together; give the tokens of the prompt or of the answer"
        )
    inputs = both - (outputs or 0) if inputs is None else inputs
    outputs = both - inputs if outputs is None else outputs
    if min(inputs, outputs) < 0 or abs(inputs + outputs - both) > _LENGTHS_MAY_DIFFER * both:
        raise ValueError(
            f"{both:g} tokens a request are in it, prompt and answer together; give lengths that "
            "make this sum"
        )
    return inputs, outputs
