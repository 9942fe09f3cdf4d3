"""Claims about measurements in forecasts: what counts, what it changes, how far forecasts were."""

import datetime as dt
from typing import Any

import msgspec
import pytest

from planner.core.cases import Facts
from planner.core.measurements import Device, Measurement, Requests
from planner.core.probed import Comparison, compared, format_of, points, run_of
from planner.core.roofline import Layout, Traffic
from planner.core.serving import Run
from planner.core.throughput import Forecast, Forecaster
from planner.files.efficiencies import efficiencies
from planner.files.hardware import find_architecture, find_engine, find_gpu

FACTS = Facts(architecture=find_architecture, gpu=find_gpu, engine=find_engine)
H100 = Device(name="NVIDIA H100 80GB HBM3", gpu="NVIDIA H100 SXM")


def measurement(**fields: Any) -> Measurement:
    """64 clients of a Llama-3-8B on an H100 under vLLM, 512 tokens in and out."""
    usual: dict[str, Any] = {
        "measured_at": dt.datetime(2026, 11, 26, tzinfo=dt.UTC),
        "source": "planner probe",
        "model": "llama-3-8b",
        "engine": "vllm",
        "device": H100,
        "dtype": "bf16",
        "drive": "closed_loop",
        "concurrency": 64.0,
        "input_tokens": 512.0,
        "output_tokens": 512.0,
        "output_tokens_per_second": 4000.0,
    }
    return Measurement(**(usual | fields))


def forecast(*measured: Measurement, concurrency: int = 64, follows: bool = True) -> Forecast:
    """What an H100 yields after these measurements."""
    forecaster = Forecaster(
        efficiencies=efficiencies(),
        engine=find_engine("vllm"),
        measured=points(measured, FACTS),
        follows=follows,
    )
    traffic = Traffic(input_tokens=512, output_tokens=512, concurrency=concurrency)
    return forecaster.forecast(find_architecture("llama-3-8b"), find_gpu("H100-SXM"), 1, traffic)


def middle(told: Forecast) -> float:
    """The middle of a forecast that there is."""
    assert told.output_tokens_per_second is not None
    return told.output_tokens_per_second.mid


def test_a_measurement_is_a_run_like_any_other() -> None:
    """Model, GPU, engine, weights, layout and traffic are those that it tells."""
    run = run_of(
        measurement(device=Device(gpu="NVIDIA H100 SXM", count=4), tensor_parallel=2, replicas=2),
        FACTS,
    )
    assert isinstance(run, Run)
    replica = run.replica
    assert (replica.architecture.model, replica.gpu.name) == ("llama-3-8b", "NVIDIA H100 SXM")
    assert (replica.engine.name, replica.weights, replica.layout) == (
        "vllm",
        "bf16",
        Layout(tensor=2),
    )
    assert (run.replicas, run.harness, run.scenario) == (2, "serve", "plain")
    assert run.traffic == Traffic(input_tokens=512, output_tokens=512, concurrency=64)


@pytest.mark.parametrize(
    ("fields", "harness", "traffic"),
    [
        ({"drive": "static"}, "static", {"concurrency": 64.0, "prompts": None}),
        ({"drive": "open_loop"}, "serve", {"concurrency": 64.0, "prompts": None}),
        ({"drive": "burst", "prompts": 500, "concurrency": None}, "burst", {"prompts": 500}),
    ],
)
def test_the_harness_is_how_the_load_came(
    fields: dict[str, Any], harness: str, traffic: dict[str, Any]
) -> None:
    """Batches handed in, requests of a server, or a burst."""
    run = run_of(measurement(**fields), FACTS)
    assert isinstance(run, Run)
    assert run.harness == harness
    told = msgspec.structs.asdict(run.traffic)
    assert {name: told[name] for name in traffic} == traffic


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"output_tokens_per_second": None}, "no output was measured"),
        ({"model": "tiny"}, "tiny is no model of the tables"),
        ({"device": Device()}, "the GPU is not known"),
        ({"device": Device(gpu="H1000")}, "no GPU is called 'H1000'"),
        ({"dtype": "fp32"}, "no forecast is made of weights in fp32"),
        ({"requests": Requests(completed=90, failed=10)}, "10 of 100 requests failed"),
        ({"drive": "open_loop", "concurrency": 0.3}, "less than one request was under way"),
        ({"counted": False}, "its tokens were counted by chunks, not by the server"),
    ],
)
def test_what_is_no_run_says_why(fields: dict[str, Any], reason: str) -> None:
    """And it is no point of a forecast."""
    told = run_of(measurement(**fields), FACTS)
    assert isinstance(told, str)
    assert told.startswith(reason)
    assert points((measurement(**fields),), FACTS) == ()


def test_what_was_measured_wins_over_the_forecast() -> None:
    """The same load: the rate itself within the rounds' 5%, with where it comes from."""
    told = forecast(measurement())
    assert told.basis == "measured"
    assert middle(told) == pytest.approx(4000)
    assert told.output_tokens_per_second is not None
    assert told.output_tokens_per_second.low == pytest.approx(4000 / 1.05)
    assert told.notes == ("measured: vllm on 2026-11-26, planner probe",)


def test_a_measurement_anchors_other_loads() -> None:
    """Half of what was expected at 64 lowers the forecast at 128, and says so."""
    plain = forecast(concurrency=128)
    moved = forecast(measurement(output_tokens_per_second=middle(forecast()) / 2), concurrency=128)
    assert (plain.basis, moved.basis) == ("transferred", "anchored")
    assert 0.5 < middle(moved) / middle(plain) < 0.9
    assert "anchored by 1 measured on the same GPU and model" in moved.notes


def test_a_measured_servers_engine_is_the_one_that_is_forecast() -> None:
    """Without an engine named; batches handed to a model say nothing of servers."""
    sglang = measurement(engine="sglang")
    assert forecast(sglang).engine == "sglang"
    assert forecast(sglang).basis == "measured"
    assert forecast(sglang, follows=False).engine == "vllm"
    assert forecast(sglang, measurement()).engine == "vllm"
    loop = forecast(measurement(engine="torch", drive="static"))
    assert (loop.engine, loop.basis) == ("vllm", "transferred")


def test_a_server_of_an_unknown_engine_or_format_is_no_answer() -> None:
    """Without an engine nothing starts from it; with a format that is guessed it anchors."""
    assert forecast(measurement(engine=None)).basis == "transferred"
    assert forecast(measurement(dtype=None)).basis == "anchored"
    assert forecast(measurement(kv_dtype="fp8")).basis == "anchored"


def test_beyond_a_saturated_load_the_forecast_is_flat() -> None:
    """With 4 and with 8 clients 500 tokens per second came out: so do they with 400."""
    seen = [
        measurement(concurrency=load, output_tokens_per_second=500.0, saturated=True)
        for load in (4.0, 8.0)
    ]
    told = forecast(*seen, concurrency=400)
    assert middle(told) == pytest.approx(500)
    assert (told.basis, told.concurrency) == ("measured", 8)
    assert "more than 8 at once bring no more, as measured" in told.notes
    assert middle(forecast(*seen, concurrency=2)) < 500


def test_a_cpu_says_nothing_of_gpus() -> None:
    """Its ceilings make a machine of its own, which is compared and anchors nothing."""
    cpu = Device(name="a CPU", cpus=2, bandwidth_gb_per_s=20, matmul_tflops=0.2, memory_gib=24)
    one = measurement(
        engine="torch", drive="static", device=cpu, concurrency=1.0, output_tokens_per_second=1.0
    )
    told = compared(one, FACTS, efficiencies())
    assert isinstance(told, Comparison)
    assert (told.device, told.basis) == ("a CPU", "textbook")
    # 7.5 billion weights of 2 bytes are read in 0.75 s at 20 GB/s, at 0.8 of it in 0.94 s; reading
    # the prompt costs each token 15 GFLOP at half of 0.2 TFLOPS: 0.15 s.
    assert told.forecast_tokens_per_second.mid == pytest.approx(1 / (0.94 + 0.15), rel=0.03)
    assert told.error == pytest.approx(told.forecast_tokens_per_second.mid - 1)
    assert points((one,), FACTS) == ()


def test_more_than_the_datasheet_allows_is_no_point() -> None:
    """Somebody named the wrong GPU, or counted the prompts."""
    assert points((measurement(output_tokens_per_second=900_000.0),), FACTS) == ()


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("bfloat16", "bf16"), ("FP8", "fp8"), ("awq", "int4"), ("fp32", None), ("", None)],
)
def test_formats_are_read_as_people_write_them(spelling: str, name: str | None) -> None:
    """One that no forecast knows is None."""
    assert format_of(spelling) == name
