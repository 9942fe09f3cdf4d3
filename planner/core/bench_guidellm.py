"""Reports of GuideLLM (benchmarks.json) as measurements, one for each of its benchmarks.

Three generations of the format are known, from the packages guidellm 0.1.0, 0.2.1, 0.3.1, 0.4.0,
0.5.0, 0.7.0 and 0.8.1 (Apache-2.0), read 2026-11-26:

- 0.1: a list of reports, each with every request of its benchmarks and no summaries;
- 0.2 and 0.3: a benchmark with `args.strategy`, `worker`, `request_totals`, `run_stats`;
- from 0.4 on: `config.strategy`, `config.backend`, `scheduler_metrics`, totals among the metrics;
  from 0.5 on the report has `metadata` with the version.

What the figures mean there (0.2 and later): each metric stands once for successful, errored and
incomplete requests and once for all, and the successful ones are taken. `output_tokens_per_second`
is a distribution over time of the whole system's rate, so its mean is output tokens over the time
(in 0.4 and 0.5 that from the first token to the last). `inter_token_latency_ms` is, per request,
the mean time per token after the first, weighted by tokens: what is elsewhere called TPOT.
`time_per_output_token_ms` is not taken: it leaves the first token's time out up to 0.3, and holds
it from 0.4 on. `request_latency` is in seconds. Incomplete requests are those that the end of the
run cut off. Reports of 0.3.1, 0.5.0 and 0.8.1, made against a server of known speed, were read to
check all this.
"""

import math
from collections.abc import Iterator

import msgspec

from planner.core.bench_fields import Fields, Setting
from planner.core.measurements import Goodput, Measurement, Percentiles, Requests

_CLOSED = ("synchronous", "concurrent", "throughput")
_OPEN = ("constant", "poisson", "trace")
_QUEUED = "as many requests at once as the client allows: the first token may wait in the queue"
_FASTER = 1.2  # of the rate that was asked for: what chance alone does not bring
_DIGITS = 6  # of a mean length: 0.3 sums up floats, and 64 tokens are 63.999999999999986


def report(data: Fields, setting: Setting) -> tuple[Measurement, ...]:
    """Every benchmark of a report in which a request was successful, in its order.

    Raises ValueError where there is none, a figure is missing or a strategy is unknown.
    """
    version = data.inside("metadata").text("guidellm_version")
    source = f"guidellm {version}" if version else "guidellm"
    found: list[Measurement | None] = []
    for position, each in enumerate(data.items("benchmarks"), start=1):
        name = f"benchmark {position}"
        row = Fields(each, name)
        if "metrics" in row:
            found.append(_benchmark(row, setting, source))
        elif "benchmarks" in row:
            found += _first_generation(row, setting)
        else:
            raise ValueError(f"{name} has no metrics; give a report of GuideLLM as it saves it")
    good = [each for each in found if each is not None]
    if not good:
        raise ValueError(
            "no request in the report was successful; look at the server and run again"
        )
    if len(good) == len(found):
        return tuple(good)
    lost = f"{len(found) - len(good)} of {len(found)} benchmarks of its report had no success"
    return tuple(msgspec.structs.replace(each, flags=(*each.flags, lost)) for each in good)


def _benchmark(row: Fields, setting: Setting, source: str) -> Measurement | None:
    """One of 0.2 or later; None where no request was successful."""
    config = row.inside("config" if "config" in row else "args")
    metrics = row.inside("metrics")
    counted = (metrics if "request_totals" in metrics else row).inside("request_totals")
    completed = counted.count("successful")
    if not completed:
        return None
    served_as = config.inside("backend").text("model") or row.inside("worker").text("backend_model")

    def mean(metric: str) -> float:
        return metrics.inside(metric).inside("successful").number("mean")

    def times(metric: str, *, to_ms: float = 1.0) -> Percentiles | None:
        values = metrics.inside(metric).inside("successful")
        if not (middle := values.number("mean")):
            return None
        shares = values.inside("percentiles")
        return Percentiles(
            mean=to_ms * middle,
            p50=to_ms * values.number("median"),
            p90=to_ms * shares.number("p90"),
            p99=to_ms * shares.number("p99"),
        )

    strategy = config.inside("strategy")
    kind = strategy.text("type_") or ""
    limits = config.inside("slo")
    rate, reached = strategy.maybe("rate"), mean("requests_per_second")
    under_way = metrics.inside("request_concurrency").inside("total").maybe("mean")
    return setting.place(
        Measurement(
            measured_at=row.moment("start_time"),
            source=source,
            model=setting.model_of(served_as),
            served_as=served_as,
            drive="closed_loop" if kind in _CLOSED else "open_loop",
            concurrency=_clients(kind, strategy, under_way),
            request_rate=rate,
            input_tokens=round(mean("prompt_token_count"), _DIGITS),
            output_tokens=round(mean("output_token_count"), _DIGITS),
            seconds=row.number("end_time") - row.number("start_time"),
            requests=Requests(
                completed=completed,
                failed=counted.count("errored") or 0,
                cut_off=counted.count("incomplete") or 0,
            ),
            requests_per_second=reached,
            output_tokens_per_second=mean("output_tokens_per_second"),
            ttft_ms=times("time_to_first_token_ms"),
            tpot_ms=times("inter_token_latency_ms"),
            e2e_ms=times("request_latency", to_ms=1000),
            goodput=_goodput(metrics, limits),
            flags=tuple(_flags(kind, rate, reached, limits)),
        )
    )


def _clients(kind: str, strategy: Fields, under_way: float | None) -> float | None:
    """Requests at once: the clients of a closed loop, the mean under way of an open one."""
    if kind == "synchronous":
        return 1
    if kind == "concurrent":
        return strategy.number("streams")
    if kind == "throughput":
        most = strategy.maybe("max_concurrency")
        return under_way if most is None else most
    if kind not in _OPEN:
        raise ValueError(f"strategy is {kind!r}; known are {', '.join((*_CLOSED, *_OPEN))}")
    return under_way


def _flags(kind: str, rate: float | None, reached: float, limits: Fields) -> Iterator[str]:
    if kind == "throughput":
        yield _QUEUED
    if rate is not None and reached > _FASTER * rate:
        yield f"{reached:.3g} requests per second came, more than the rate of {rate:g}"
    if (whole := limits.maybe("e2el_ms")) is not None:
        yield f"its goodput keeps {whole:g} ms for the whole answer, too"


def _goodput(metrics: Fields, limits: Fields) -> Goodput | None:
    """That of 0.8, whose share counts the failed and leaves the incomplete out."""
    share = metrics.maybe("slo_attainment")
    if share is None or "request_goodput" not in metrics:
        return None
    return Goodput(
        ttft_limit_ms=limits.maybe("ttft_ms"),
        tpot_limit_ms=limits.maybe("tpot_ms"),
        requests_per_second=metrics.inside("request_goodput").inside("successful").number("mean"),
        share=share,
    )


def _first_generation(row: Fields, setting: Setting) -> list[Measurement | None]:
    """The benchmarks of one report of 0.1, summed up from their requests."""
    served_as = row.inside("args").text("model")
    return [
        _of_requests(Fields(each, "benchmark"), served_as, setting)
        for each in row.items("benchmarks")
    ]


def _of_requests(row: Fields, served_as: str | None, setting: Setting) -> Measurement | None:
    results = [Fields(each, "results") for each in row.items("results")]
    if not results:
        return None
    kind, rate = row.text("mode"), row.maybe("rate")
    starts = [each.number("start_time") for each in results]
    ends = [each.number("end_time") for each in results]
    seconds = max(ends) - min(starts)
    if seconds == 0:
        raise ValueError("a benchmark took no time; give the report as the tool saves it")
    outputs = math.fsum(each.number("output_token_count") for each in results)
    latencies = [end - start for start, end in zip(starts, ends, strict=True)]
    gaps = [each.inside("decode_times").numbers("data") for each in results]
    return setting.place(
        Measurement(
            measured_at=min(each.moment("start_time") for each in results),
            source="guidellm 0.1",
            model=setting.model_of(served_as),
            served_as=served_as,
            drive="open_loop" if kind == "asynchronous" else "closed_loop",
            concurrency=1 if kind == "synchronous" else math.fsum(latencies) / seconds,
            request_rate=rate if kind == "asynchronous" else None,
            input_tokens=math.fsum(each.number("prompt_token_count") for each in results)
            / len(results),
            output_tokens=outputs / len(results),
            seconds=seconds,
            requests=Requests(completed=len(results), failed=len(row.items("errors"))),
            requests_per_second=len(results) / seconds,
            output_tokens_per_second=outputs / seconds,
            ttft_ms=Percentiles.of(
                [t for each in results if (t := each.maybe("first_token_time")) is not None]
            ),
            tpot_ms=Percentiles.of([math.fsum(each) / len(each) for each in gaps if each]),
            itl_ms=Percentiles.of([gap for each in gaps for gap in each]),
            e2e_ms=Percentiles.of(latencies),
            flags=(_QUEUED,) if kind == "throughput" else (),
        )
    )
