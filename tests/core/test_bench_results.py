"""Claims about results of vLLM, SGLang and GuideLLM, read as measurements."""

import datetime as dt
import math
from typing import Any

import pytest

from planner.core.bench_fields import Setting
from planner.core.bench_results import measurements_in
from planner.core.measurements import Device, Goodput, Measurement, Percentiles, Requests

NAMES = {"meta-llama/Llama-3.1-8B-Instruct": "llama-3.1-8b", "openai/gpt-oss-120b": "gpt-oss-120b"}
NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def setting(**told: Any) -> Setting:
    """What an importer tells, with a table of two names."""
    return Setting(canonical=lambda name: NAMES.get(name, name), **told)


def read(data: object, **told: Any) -> Measurement:
    """The one measurement in a decoded file."""
    (found,) = measurements_in(data, setting(**told))
    return found


def served(**changed: Any) -> dict[str, Any]:
    """A result of vllm bench serve as of 2026: 100 prompts, 8 at once, 512 tokens in, 128 out."""
    row = {
        "date": "20260816-160853", "endpoint_type": "openai", "backend": "openai", "label": None,
        "model_id": "meta-llama/Llama-3.1-8B-Instruct", "num_prompts": 100,
        "tokenizer_id": "meta-llama/Llama-3.1-8B-Instruct", "request_rate": "inf",
        "burstiness": 1.0, "max_concurrency": 8, "duration": 50.0, "completed": 100, "failed": 0,
        "total_input_tokens": 51200, "total_output_tokens": 12800, "request_throughput": 2.0,
        "request_goodput": None, "output_throughput": 256.0, "total_token_throughput": 1280.0,
        "mean_ttft_ms": 60.5, "median_ttft_ms": 55.0, "std_ttft_ms": 9.0, "p99_ttft_ms": 120.0,
        "mean_tpot_ms": 30.0, "median_tpot_ms": 29.5, "std_tpot_ms": 1.0, "p99_tpot_ms": 33.0,
        "mean_itl_ms": 30.0, "median_itl_ms": 29.0, "std_itl_ms": 4.0, "p99_itl_ms": 61.0,
    }  # fmt: skip
    return {**row, **changed}


def offline(**changed: Any) -> dict[str, Any]:
    """A result of vllm bench latency: two rounds of 4.0 and 4.1 s."""
    shares = {"10": 4.01, "25": 4.025, "50": 4.05, "75": 4.075, "90": 4.09, "99": 4.099}
    return {"avg_latency": 4.05, "latencies": [4.0, 4.1], "percentiles": shares, **changed}


QUEUED = {
    "elapsed_time": 40.0, "num_requests": 200, "total_num_tokens": 128000,
    "requests_per_second": 5.0, "tokens_per_second": 3200.0,
}  # fmt: skip


def sglang(**changed: Any) -> dict[str, Any]:
    """A line of SGLang's bench_serving, which names neither model nor time nor failures."""
    row = {
        "backend": "sglang", "dataset_name": "random", "request_rate": 4.0,
        "max_concurrency": None, "sharegpt_output_len": None, "random_input_len": 1024,
        "random_output_len": 1024, "random_range_ratio": 1.0, "duration": 75.0, "completed": 300,
        "total_input_tokens": 307200, "total_output_tokens": 307200,
        "total_output_tokens_retokenized": 306900, "request_throughput": 4.0,
        "input_throughput": 4096.0, "output_throughput": 4096.0,
        "mean_e2e_latency_ms": 9000.0, "median_e2e_latency_ms": 8900.0,
        "std_e2e_latency_ms": 300.0, "p99_e2e_latency_ms": 9800.0, "mean_ttft_ms": 90.0,
        "median_ttft_ms": 85.0, "std_ttft_ms": 8.0, "p99_ttft_ms": 140.0, "mean_tpot_ms": 8.7,
        "median_tpot_ms": 8.6, "std_tpot_ms": 0.2, "p99_tpot_ms": 9.4, "mean_itl_ms": 8.7,
        "median_itl_ms": 8.5, "std_itl_ms": 1.0, "p95_itl_ms": 11.0, "p99_itl_ms": 14.0,
        "concurrency": 35.9, "accept_length": None,
    }  # fmt: skip
    return {**row, **changed}


def test_a_closed_loop_is_read_with_all_that_the_file_tells() -> None:
    """Lengths are the means of the completed, the cap is the clients, a missing p90 is None."""
    assert read(
        served(), engine="vllm", device=Device(gpu="NVIDIA H100 SXM"), tensor_parallel=1,
        dtype="bf16", versions={"vllm": "0.25.1"},
    ) == Measurement(
        measured_at=dt.datetime(2026, 8, 16, 16, 8, 53, tzinfo=dt.UTC),
        source="vllm bench serve",
        model="llama-3.1-8b",
        served_as="meta-llama/Llama-3.1-8B-Instruct",
        engine="vllm",
        versions={"vllm": "0.25.1"},
        device=Device(gpu="NVIDIA H100 SXM"),
        tensor_parallel=1,
        dtype="bf16",
        drive="closed_loop",
        concurrency=8,
        input_tokens=512.0,
        output_tokens=128.0,
        seconds=50.0,
        requests=Requests(completed=100),
        requests_per_second=2.0,
        output_tokens_per_second=256.0,
        ttft_ms=Percentiles(mean=60.5, p50=55.0, p99=120.0),
        tpot_ms=Percentiles(mean=30.0, p50=29.5, p99=33.0),
        itl_ms=Percentiles(mean=30.0, p50=29.0, p99=61.0),
        flags=("its time has no zone: taken as UTC",),
    )  # fmt: skip


def test_percentiles_that_were_asked_for_are_read() -> None:
    """--metric-percentiles 90,99 and --percentile-metrics e2el bring p90 and end-to-end times."""
    found = read(
        served(mean_e2el_ms=4000.0, median_e2el_ms=3950.0, p90_e2el_ms=4200.0, p99_e2el_ms=4500.0)
    )
    assert found.e2e_ms == Percentiles(mean=4000.0, p50=3950.0, p90=4200.0, p99=4500.0)


@pytest.mark.parametrize("most", [None, 100, 200])
def test_all_at_once_is_a_burst(most: int | None) -> None:
    """Without a rate and without a cap that binds, the queue makes the time to the first token."""
    found = read(served(max_concurrency=most))
    assert (found.drive, found.prompts, found.concurrency) == ("burst", 100, None)
    assert found.flags[1] == (
        "all 100 requests came at once: the time to the first token is mostly the wait in the queue"
    )


def test_a_rate_is_an_open_loop_with_the_mean_under_way() -> None:
    """2 requests per second that take 4 s each are 8 under way; a cap beside the rate is told."""
    found = read(
        served(request_rate=2.1, max_concurrency=64, mean_e2el_ms=4000.0, median_e2el_ms=3900.0)
    )
    assert (found.drive, found.request_rate, found.concurrency) == ("open_loop", 2.1, 8.0)
    assert found.flags[1:] == ("no more than 64 requests at once, whatever the rate",)


def test_a_rate_without_end_to_end_times_leaves_the_number_under_way_open() -> None:
    """No figure is made up for what the file lacks."""
    found = read(served(request_rate=2.1, max_concurrency=None))
    assert (found.drive, found.concurrency, found.e2e_ms) == ("open_loop", None, None)


def test_a_rising_rate_is_told() -> None:
    """A ramp has no one rate; its ends are flagged."""
    found = read(
        served(
            max_concurrency=None, ramp_up_strategy="linear", ramp_up_start_rps=1, ramp_up_end_rps=9
        )
    )
    assert (found.drive, found.request_rate) == ("open_loop", None)
    assert found.flags[1] == "the rate rose from 1 to 9 requests per second"


def test_the_failed_are_counted_by_what_went_wrong() -> None:
    """--save-detailed has an error text per request, of which the last line is kept."""
    errors = ["", "Bad Gateway", "Traceback (most recent call last):\n  x\nTimeoutError", ""]
    found = read(served(completed=2, failed=2, num_prompts=4, max_concurrency=2, errors=errors))
    assert found.requests == Requests(
        completed=2, failed=2, errors={"Bad Gateway": 1, "TimeoutError": 1}
    )


def test_of_an_old_file_the_failed_are_those_that_did_not_complete() -> None:
    """benchmark_serving.py of 2024 and 2025 writes no number of failed ones."""
    row = served(completed=97)
    del row["failed"], row["burstiness"], row["endpoint_type"]
    assert read(row).requests == Requests(completed=97, failed=3)


@pytest.mark.parametrize("key", ["request_goodput", "request_goodput:"])
def test_a_goodput_needs_limits_from_the_caller(key: str) -> None:
    """The file tells no limits; some files of 2025 and 2026 spell the key with a colon."""
    row = served()
    del row["request_goodput"]
    row[key] = 1.5
    assert read(row, ttft_limit_ms=100.0, tpot_limit_ms=35.0).goodput == Goodput(
        ttft_limit_ms=100.0, tpot_limit_ms=35.0, requests_per_second=1.5, share=0.75
    )
    without = read(row)
    assert without.goodput is None
    assert without.flags[1] == (
        "goodput of 1.5 requests per second left out: its limits are not told"
    )


def test_a_closed_loop_that_ran_dry_is_flagged() -> None:
    """2 requests a second of 3 s are 6 under way where 8 clients should have had one each."""
    found = read(served(mean_e2el_ms=3000.0, median_e2el_ms=3000.0))
    assert found.concurrency == 8
    assert found.flags[1:] == (
        "on average many clients were idle: give the tool more prompts for its clients",
    )


def test_speculation_and_fat_chunks_are_flagged() -> None:
    """A step that brings several tokens makes the gaps between chunks no times per token."""
    found = read(served(mean_itl_ms=75.0, spec_decode_acceptance_length=2.5))
    assert found.flags[1:] == (
        "chunks held several tokens: itl_ms is between chunks",
        "speculative decoding, 2.50 tokens a step",
    )


def test_answers_of_one_token_have_no_time_per_token() -> None:
    """The tool writes 0 there, which no token takes."""
    zero = {
        f"{part}_{name}_ms": 0.0 for part in ("mean", "median", "p99") for name in ("tpot", "itl")
    }
    found = read(served(total_output_tokens=100, output_throughput=2.0, **zero))
    assert (found.output_tokens, found.tpot_ms, found.itl_ms) == (1.0, None, None)


def test_a_model_called_by_its_cache_folder_gets_its_name() -> None:
    """Servers that load from the cache of Hugging Face call the model by a path."""
    path = "/models/models--openai--gpt-oss-120b/snapshots/b5c939d/"
    found = read(served(model_id=path))
    assert (found.model, found.served_as) == ("gpt-oss-120b", path)


def test_the_callers_model_wins() -> None:
    """A server may call its model anything."""
    found = read(served(model_id="prod"), model="openai/gpt-oss-120b")
    assert (found.model, found.served_as) == ("gpt-oss-120b", "prod")


def test_a_static_batch_is_read_with_what_the_caller_tells() -> None:
    """8 x 128 tokens in 4.05 s are 252.8 a second; each round has its rate."""
    found = read(
        offline(), model="openai/gpt-oss-120b", measured_at=NOON, batch=8, input_tokens=32,
        output_tokens=128,
    )  # fmt: skip
    assert (found.source, found.engine, found.drive) == ("vllm bench latency", "vllm", "static")
    assert (found.model, found.measured_at) == ("gpt-oss-120b", NOON)
    assert (found.concurrency, found.input_tokens, found.output_tokens) == (8, 32, 128)
    assert found.output_tokens_per_second == pytest.approx(252.84, abs=0.01)
    assert found.requests_per_second == pytest.approx(1.9753, abs=1e-4)
    assert found.rounds == pytest.approx((256.0, 249.76), abs=0.01)
    assert (found.seconds, found.requests) == (8.1, Requests(completed=16))
    assert found.e2e_ms == Percentiles(mean=4050.0, p50=4050.0, p90=4090.0, p99=4099.0)
    assert found.flags == ()


def test_rounds_far_apart_are_flagged() -> None:
    """4.0 and 4.4 s differ by 10%."""
    found = read(
        offline(avg_latency=4.2, latencies=[4.0, 4.4]), model="m", measured_at=NOON, batch=8,
        input_tokens=32, output_tokens=128,
    )  # fmt: skip
    assert found.flags == ("rounds differ by 10%",)


def test_without_a_server_all_requests_are_handed_over_at_once() -> None:
    """640 tokens a request less 512 of the prompt are 128 of the answer, 640 a second."""
    found = read(QUEUED, model="m", measured_at=NOON, input_tokens=512)
    assert (found.drive, found.prompts, found.output_tokens) == ("burst", 200, 128.0)
    assert (found.output_tokens_per_second, found.ttft_ms) == (640.0, None)
    assert read(QUEUED, model="m", measured_at=NOON, output_tokens=128) == found


def test_sglang_is_read_with_model_and_time_from_the_caller() -> None:
    """Its own mean number under way is taken, and failures are said to be unknown."""
    found = read(sglang(), model="openai/gpt-oss-120b", measured_at=NOON)
    assert (found.source, found.model) == ("sglang bench_serving", "gpt-oss-120b")
    assert (found.drive, found.request_rate, found.concurrency) == ("open_loop", 4.0, 35.9)
    assert found.e2e_ms == Percentiles(mean=9000.0, p50=8900.0, p99=9800.0)
    assert found.flags == ("how many requests failed is not told",)


def test_the_first_lines_of_sglang_had_medians_alone() -> None:
    """A median without a mean is a note; requests per second are the completed over the time."""
    row = sglang()
    for key in ("request_throughput", "mean_ttft_ms", "mean_itl_ms", "mean_tpot_ms", "concurrency"):
        del row[key]
    del row["median_tpot_ms"]
    found = read(row, model="m", measured_at=NOON)
    assert (found.requests_per_second, found.concurrency, found.ttft_ms) == (4.0, 36.0, None)
    assert found.notes == (
        "median TTFT 85 ms, no mean is told", "median ITL 8.5 ms, no mean is told",
    )  # fmt: skip


def test_sglang_writes_infinity_for_no_rate() -> None:
    """Its JSON has the word Infinity, which Python reads as a number."""
    found = read(sglang(request_rate=math.inf, max_concurrency=16), model="m", measured_at=NOON)
    assert (found.drive, found.concurrency) == ("closed_loop", 16)


def spread(mean: float, p50: float, p90: float, p99: float) -> dict[str, Any]:
    """A metric of GuideLLM, of which each status has its own."""
    taken = {
        "mean": mean, "median": p50, "mode": p50, "variance": 1.0, "std_dev": 1.0, "min": 0.0,
        "max": p99, "count": 78, "total_sum": 78 * mean,
        "percentiles": {"p50": p50, "p90": p90, "p95": p90, "p99": p99},
    }  # fmt: skip
    nothing = dict.fromkeys(("mean", "median", "count"), 0)
    total = {**taken, "mean": 1.02 * mean}
    return {"successful": taken, "errored": nothing, "incomplete": nothing, "total": total}


TOTALS = {"successful": 78, "errored": 2, "incomplete": 3, "total": 83}


def metrics(**changed: Any) -> dict[str, Any]:
    """The metrics of a run of a minute that ended 1.3 requests a second."""
    return {
        "requests_per_second": spread(1.3, 0.8, 2.5, 6.9),
        "request_concurrency": spread(4.0, 4.0, 4.0, 4.0),
        "request_latency": spread(3.0, 2.9, 3.2, 3.4),
        "prompt_token_count": spread(264.0, 264.0, 264.0, 264.0),
        "output_token_count": spread(128.0, 128.0, 128.0, 128.0),
        "time_to_first_token_ms": spread(101.0, 96.0, 121.0, 227.0),
        "time_per_output_token_ms": spread(23.5, 23.3, 25.3, 26.6),
        "inter_token_latency_ms": spread(22.9, 22.7, 24.7, 25.1),
        "output_tokens_per_second": spread(166.4, 137.0, 261.0, 580.0),
        "tokens_per_second": spread(509.0, 138.0, 269.0, 1317.0),
        **changed,
    }


def guidellm_02(strategy: dict[str, Any]) -> dict[str, Any]:
    """A report of GuideLLM 0.2 or 0.3."""
    worker = {
        "type_": "generative_requests_worker", "backend_type": "openai_http",
        "backend_target": "http://127.0.0.1:8000", "backend_model": "openai/gpt-oss-120b",
    }  # fmt: skip
    return {
        "benchmarks": [
            {
                "type_": "generative_benchmark",
                "args": {"strategy": strategy},
                "worker": worker,
                "metrics": metrics(),
                "request_totals": TOTALS,
                "start_time": 1771584484.5,
                "end_time": 1771584544.5,
                "duration": 60.0,
            }
        ]
    }


def guidellm_05(strategy: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A report of GuideLLM 0.5, whose benchmarks are shaped as those of 0.4 to 0.8."""
    return {
        "metadata": {"version": 1, "guidellm_version": "0.5.0", "python_version": "3.13.9"},
        "args": {"model": "openai/gpt-oss-120b", "profile": "concurrent"},
        "benchmarks": [
            {
                "type_": "generative_benchmark",
                "config": {"strategy": strategy, "backend": {"model": "openai/gpt-oss-120b"}},
                "scheduler_metrics": {"start_time": 1771584484.0},
                "metrics": metrics(request_totals=TOTALS),
                "start_time": 1771584484.5,
                "end_time": 1771584544.5,
                **changed,
            }
        ],
    }


FOUR = {"type_": "concurrent", "streams": 4}


def test_both_shapes_of_guidellm_give_the_same_measurement() -> None:
    """Figures are of the successful; TPOT is what GuideLLM calls inter-token latency."""
    new = read(guidellm_05(FOUR))
    assert new == Measurement(
        measured_at=dt.datetime(2026, 2, 20, 10, 48, 4, 500000, tzinfo=dt.UTC),
        source="guidellm 0.5.0",
        model="gpt-oss-120b",
        served_as="openai/gpt-oss-120b",
        drive="closed_loop",
        concurrency=4,
        input_tokens=264.0,
        output_tokens=128.0,
        seconds=60.0,
        requests=Requests(completed=78, failed=2, cut_off=3),
        requests_per_second=1.3,
        output_tokens_per_second=166.4,
        ttft_ms=Percentiles(mean=101.0, p50=96.0, p90=121.0, p99=227.0),
        tpot_ms=Percentiles(mean=22.9, p50=22.7, p90=24.7, p99=25.1),
        e2e_ms=Percentiles(mean=3000.0, p50=2900.0, p90=3200.0, p99=3400.0),
    )
    old = read(guidellm_02(FOUR))
    assert (old.source, old.requests, old.model) == ("guidellm", new.requests, new.model)
    assert (old.ttft_ms, old.tpot_ms, old.e2e_ms) == (new.ttft_ms, new.tpot_ms, new.e2e_ms)
    assert old.output_tokens_per_second == 166.4


@pytest.mark.parametrize(
    ("strategy", "drive", "concurrency", "rate"),
    [
        ({"type_": "synchronous"}, "closed_loop", 1, None),
        ({"type_": "throughput", "max_concurrency": 512}, "closed_loop", 512, None),
        ({"type_": "throughput", "max_concurrency": None}, "closed_loop", 4.08, None),
        ({"type_": "constant", "rate": 1.3}, "open_loop", 4.08, 1.3),
        ({"type_": "poisson", "rate": 1.3, "random_seed": 42}, "open_loop", 4.08, 1.3),
        ({"type_": "trace", "time_scale": 1.0}, "open_loop", 4.08, None),
    ],
)
def test_each_strategy_of_guidellm_is_a_drive(
    strategy: dict[str, Any], drive: str, concurrency: float, rate: float | None
) -> None:
    """Streams and caps are clients; a rate leaves the mean number under way, of all requests."""
    found = read(guidellm_05(strategy))
    assert (found.drive, found.concurrency, found.request_rate) == (drive, concurrency, rate)
    assert bool(found.flags) == (strategy["type_"] == "throughput")


def test_a_rate_that_guidellm_did_not_keep_is_flagged() -> None:
    """Its processes may together send more than the rate that was asked for."""
    found = read(guidellm_05({"type_": "poisson", "rate": 0.65}))
    assert found.flags == ("1.3 requests per second came, more than the rate of 0.65",)


def test_a_benchmark_without_success_is_left_out_and_told() -> None:
    """A sweep that drove the server over still has its good points."""
    report = guidellm_05(FOUR)
    dead = {**report["benchmarks"][0], "metrics": {"request_totals": {"successful": 0}}}
    report["benchmarks"].append(dead)
    found = read(report)
    assert found.flags == ("1 of 2 benchmarks of its report had no success",)


def test_sums_of_floats_do_not_blur_a_length() -> None:
    """GuideLLM 0.3 tells 64 tokens as 63.999999999999986."""
    blurred = metrics(
        request_totals=TOTALS, prompt_token_count=spread(63.999999999999986, 64.0, 64.0, 64.0)
    )
    assert read(guidellm_05(FOUR, metrics=blurred)).input_tokens == 64.0


def test_a_goodput_of_guidellm_comes_with_its_limits() -> None:
    """From 0.8 on the report holds limits, rate and share."""
    report = guidellm_05(FOUR)
    (row,) = report["benchmarks"]
    row["config"]["slo"] = {"ttft_ms": 200.0, "tpot_ms": None, "e2el_ms": 9000.0}
    row["metrics"] |= {"slo_attainment": 0.95, "request_goodput": spread(1.2, 0.8, 2.4, 6.0)}
    found = read(report)
    assert found.goodput == Goodput(
        ttft_limit_ms=200.0, tpot_limit_ms=None, requests_per_second=1.2, share=0.95
    )
    assert found.flags == ("its goodput keeps 9000 ms for the whole answer, too",)


def test_the_first_guidellm_is_summed_up_from_its_requests() -> None:
    """0.1 keeps every request and no summary: 6 tokens in 2 s are 3 a second."""

    def answer(start: float) -> dict[str, Any]:
        return {
            "prompt_token_count": 10, "output_token_count": 3, "start_time": start,
            "end_time": start + 1.0, "first_token_time": 0.2,
            "decode_times": {"data": [0.3, 0.5]},
        }  # fmt: skip

    runs = [{"mode": "synchronous", "rate": None, "results": [answer(100.0), answer(101.0)],
             "errors": [{"message": "gone"}], "concurrencies": []}]  # fmt: skip
    found = read({"benchmarks": [{"benchmarks": runs, "args": {"model": "openai/gpt-oss-120b"}}]})
    assert (found.source, found.model) == ("guidellm 0.1", "gpt-oss-120b")
    assert (found.drive, found.concurrency) == ("closed_loop", 1)
    assert (found.output_tokens_per_second, found.requests_per_second) == (3.0, 1.0)
    assert found.requests == Requests(completed=2, failed=1)
    assert found.ttft_ms == Percentiles(mean=200.0, p50=200.0, p90=200.0, p99=200.0)
    assert found.tpot_ms == Percentiles(mean=400.0, p50=400.0, p90=400.0, p99=400.0)
    assert found.itl_ms == Percentiles(mean=400.0, p50=300.0, p90=500.0, p99=500.0)


def test_a_list_of_results_gives_each() -> None:
    """A sweep writes its runs as one list."""
    found = measurements_in([served(), served(max_concurrency=16)], setting())
    assert [each.concurrency for each in found] == [8, 16]


LATENCY_LACKS = (
    "results of vllm bench latency tell no load; give the batch and the tokens of prompt and answer"
)
THROUGHPUT_LACKS = (
    "results of vllm bench throughput tell 640 tokens a request, prompt and answer together; give "
    "the tokens of the prompt or of the answer"
)


@pytest.mark.parametrize(
    ("data", "told", "fault"),
    [
        (served(output_throughput=None), {},
         "output_throughput is missing; give the file as the tool saves it"),
        (served(duration="50 s"), {}, "duration is '50 s'; a number is needed"),
        (served(output_throughput=math.nan), {},
         "output_throughput is nan; a measured figure is 0 or more"),
        (served(duration=-1), {}, "duration is -1; a measured figure is 0 or more"),
        (served(duration=10**400), {}, f"duration is 1{'0' * 39}...; a measured "),
        (served(completed=0, failed=100), {},
         "completed is 0 or missing; a run without an answer measures nothing"),
        (served(duration=0), {}, "duration is 0; a run takes time"),
        (served(completed=1.5), {}, "completed is 1.5; a whole number is needed"),
        (served(model_id=None), {}, "no model is named in it; give the model"),
        (served(date=None), {}, "no time stands in it; give the time of the measurement"),
        (served(date="today"), {}, "date is 'today'; one like 20260816-160853 is needed"),
        (served(errors="none"), {}, "errors is no list; give the file as the tool saves it"),
        (offline(), {"model": "m"}, LATENCY_LACKS),
        (QUEUED, {"model": "m"}, THROUGHPUT_LACKS),
        (QUEUED, {"model": "m", "input_tokens": 1024},
         "640 tokens a request are in it, prompt and answer together; give lengths that make this"),
        (sglang(), {"measured_at": NOON}, "no model is named in it; give the model"),
        (guidellm_05({"type_": "spiral"}), {},
         "strategy is 'spiral'; known are synchronous, concurrent, throughput, "),
        (guidellm_05(FOUR, start_time=1e200), {},
         "benchmark 1.start_time is 1e+200, which is no time"),
        (guidellm_05(FOUR, metrics={"request_totals": TOTALS}), {},
         "benchmark 1.metrics.requests_per_second.successful.mean is missing; give the "),
        (guidellm_05(FOUR, metrics={"request_totals": {"successful": 0}}), {},
         "no request in the report was successful; look at the server and run again"),
        ({"benchmarks": []}, {},
         "no request in the report was successful; look at the server and run again"),
        ({"benchmarks": [{"name": "BM_sort", "real_time": 3.2}]}, {},
         "benchmark 1 has no metrics; give a report of GuideLLM as it saves it"),
        ({"hello": 1}, {}, "its format is unknown; known are vllm bench serve (--save-result), "),
        ("hello", {}, "the result is no object; give the file as the tool saves it"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_one_line(
    data: object, told: dict[str, Any], fault: str
) -> None:
    """The message names the field and what to do."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the words are compared below
        measurements_in(data, setting(**told))
    assert str(caught.value).startswith(fault)
    assert "\n" not in str(caught.value)
