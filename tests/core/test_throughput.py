"""Claims about the textbook forecast."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.hardware import Architecture, Gpu
from planner.core.roofline import TEXTBOOK, Replica
from planner.core.throughput import (
    SPREAD,
    Forecast,
    Interval,
    LengthLimit,
    flip_length,
    forecast,
    tensor_parallel_degrees,
)
from planner.files.hardware import architectures, find_architecture, find_gpu, gpus

LLAMA = find_architecture("llama-2-7b")
V100 = find_gpu("NVIDIA V100 PCIe 16GB")
READY = [gpu for gpu in gpus() if gpu.tflops(gpu.native_dtype)]
KNOWN = [item for item in architectures() if item.parameters]


def mid(told: Forecast) -> float:
    """Return the middle of the rate, 0 where there is none."""
    return told.output_tokens_per_second.mid if told.output_tokens_per_second else 0.0


def at(length: int) -> Forecast:
    """Forecast the article's machine for so many tokens in and out."""
    return forecast(LLAMA, V100, 2, input_tokens=length, output_tokens=length)


def replica(**changes: object) -> Replica:
    """Build one copy of Llama-2-7b on one ideal GPU: 1 TB/s, 100 TFLOPS, 32 GiB."""
    fields = {
        "architecture": LLAMA,
        "dtype": "fp16",
        "efficiency": TEXTBOOK,
        "gpus": 1,
        "memory_bytes": 32 * 2**30,
        "bytes_per_second": 1e12,
        "operations_per_second": 1e14,
        "link_bytes_per_second": 1e10,
    }
    return Replica(**{**fields, **changes})  # type: ignore[arg-type]


def test_the_articles_machine() -> None:
    """Two V100 serve Llama-2-7b as one replica, at these rates by request length."""
    told = {length: round(mid(at(length))) for length in (128, 256, 512, 1024)}
    assert told == {128: 2827, 256: 2065, 512: 1294, 1024: 736}
    assert (at(512).tensor_parallel, at(512).replicas, at(512).max_concurrency) == (2, 1, 32)
    assert at(512).dtype == "fp16"


def test_the_articles_machine_flips() -> None:
    """It delivers its third of the article's load up to 1,147 tokens, its half up to 652."""
    three, two = (
        flip_length(LLAMA, V100, 2, output_tokens_per_second=needed, input_share=0.5)
        for needed in (1188, 1782)
    )
    assert three == LengthLimit(verdict="until", tokens=1147)
    assert two == LengthLimit(verdict="until", tokens=652)


def test_a_flip_is_exact() -> None:
    """The machine delivers at the flip, and one token further it does not."""
    needed = 1188
    flip = flip_length(LLAMA, V100, 2, output_tokens_per_second=needed, input_share=0.5)
    rates = [
        mid(forecast(LLAMA, V100, 2, input_tokens=n / 2, output_tokens=n / 2))
        for n in (flip.tokens or 0, (flip.tokens or 0) + 1)
    ]
    assert rates[0] >= needed > rates[1]


def test_never_and_always() -> None:
    """A rate out of reach is never met, a tiny one up to the model's context."""
    never = flip_length(LLAMA, V100, 2, output_tokens_per_second=1e6, input_share=0.5)
    always = flip_length(LLAMA, V100, 2, output_tokens_per_second=1, input_share=0.5)
    assert never == LengthLimit(verdict="never", tokens=None)
    assert always == LengthLimit(verdict="always", tokens=4096)


def test_an_input_share_of_one_has_no_answer() -> None:
    """Requests without output have no output rate."""
    with pytest.raises(ValueError, match="give a share from 0 to below 1"):
        flip_length(LLAMA, V100, 2, output_tokens_per_second=1, input_share=1)


def test_one_request_is_bound_by_memory() -> None:
    """Alone, a token takes the time to read the weights at 80% of the bandwidth: 16.7 ms."""
    step = replica().step_seconds(1, 0)
    weights = (6_738_000_000 - 131_000_000) * 2
    assert step == pytest.approx(weights / 0.8e12, rel=1e-3)


def test_a_prompt_is_bound_by_operations() -> None:
    """1,000 tokens cost two operations a weight, and attention, at half of the peak."""
    weights = 2 * 1000 * (6_738_000_000 - 131_000_000)
    attention = 4 * 32 * 32 * 128 * 500 * 1000
    assert replica().prefill_seconds(1000) == pytest.approx((weights + attention) / 0.5e14)


def test_experts_are_read_as_they_are_touched() -> None:
    """One token reads Mixtral's active weights, a large batch all of them."""
    mixtral = replica(architecture=find_architecture("mixtral-8x7b"))
    assert mixtral.step_bytes(1, 0) == pytest.approx((12.88e9 - 0.131e9) * 2, rel=1e-6)
    assert mixtral.step_bytes(500, 0) == pytest.approx((46.703e9 - 0.131e9) * 2, rel=1e-6)


def test_all_reduce() -> None:
    """Two GPUs exchange twice a layer: 10 microseconds, and the activations over the link."""
    pair = replica(gpus=2)
    assert pair.communication_seconds(100) == pytest.approx(64 * (10e-6 + 100 * 4096 * 2 / 1e10))
    assert replica().communication_seconds(100) == 0


def test_memory_limits_the_batch() -> None:
    """Beside the weights, 90% of the memory holds whole requests alone."""
    assert replica().room(1024) == 32
    assert replica(memory_bytes=12 * 2**30).room(1024) == 0


def test_the_interval_is_the_calibrated_spread() -> None:
    """Low and high are fixed multiples of mid."""
    rate = at(128).output_tokens_per_second
    assert rate is not None
    assert SPREAD == (0.26, 1.39)
    assert (rate.low / rate.mid, rate.high / rate.mid) == pytest.approx(SPREAD)


def test_an_interval_rises() -> None:
    """A low above its mid is refused."""
    with pytest.raises(ValueError, match="do not rise from low to high"):
        Interval(low=2, mid=1, high=3)


def test_more_gpus_serve_more_copies() -> None:
    """Eight H100 hold eight copies of a small model rather than one spread thin."""
    told = forecast(
        find_architecture("llama-3.1-8b"), find_gpu("h100"), 8, input_tokens=512, output_tokens=512
    )
    assert (told.tensor_parallel, told.replicas) == (1, 8)


def test_a_slice_of_a_gpu() -> None:
    """Half an A10 holds a small model and delivers less than half of the card's rate."""
    model, a10 = find_architecture("llama-3.2-1b"), find_gpu("a10")
    half, whole = (
        mid(forecast(model, a10, count, input_tokens=512, output_tokens=512))
        for count in (Fraction(1, 2), 1)
    )
    assert 0 < half < whole / 2


def test_tpot_and_rate_agree() -> None:
    """Each running request gets a token every TPOT."""
    told = at(256)
    assert told.concurrency is not None
    assert told.tpot_seconds is not None
    assert told.concurrency / told.tpot_seconds == pytest.approx(mid(told))


def test_a_given_load_stays_within_the_memory() -> None:
    """Ten requests run as ten, a thousand as many as fit."""
    ten, thousand = (
        forecast(LLAMA, V100, 2, input_tokens=512, output_tokens=512, concurrency=load)
        for load in (10, 1000)
    )
    assert (ten.concurrency, thousand.concurrency) == (10, 32)
    assert mid(ten) < mid(thousand)


def test_degrees() -> None:
    """A model is split over powers of two that divide the GPUs."""
    assert tensor_parallel_degrees(8) == (1, 2, 4, 8)
    assert tensor_parallel_degrees(12) == (1, 2, 4)
    assert tensor_parallel_degrees(Fraction(1, 6)) == (1,)


def test_a_lacking_format_is_a_reason() -> None:
    """The V100 has no bf16, so a forecast in it says what to take."""
    told = forecast(LLAMA, V100, 2, input_tokens=128, output_tokens=128, dtype="bf16")
    assert told.output_tokens_per_second is None
    assert told.reasons == ("NVIDIA V100 PCIe 16GB cannot compute in bf16; take fp16",)


def test_too_large_a_model_is_a_reason() -> None:
    """What does not fit is told with the memory it needs and the memory there is."""
    told = forecast(find_architecture("llama-2-70b"), V100, 2, input_tokens=512, output_tokens=512)
    (reason,) = told.reasons
    assert reason == (
        "llama-2-70b in fp16 needs 128.5 GiB for its weights and 0.31 GiB for one request of "
        "1,024 tokens; 2 x NVIDIA V100 PCIe 16GB leave 28.8 GiB"
    )


def test_a_slice_is_told_as_a_slice() -> None:
    """A sixth of an A10 is too small for Llama-2-7b, and the reason says a sixth."""
    told = forecast(LLAMA, find_gpu("A10"), Fraction(1, 6), input_tokens=512, output_tokens=512)
    assert told.reasons[0].endswith("; 1/6 x NVIDIA A10 leave 3.6 GiB")


def test_no_link_figure_no_tensor_parallelism() -> None:
    """Where the speed between GPUs is unknown, each copy has to fit one of them."""
    told = forecast(
        LLAMA, find_gpu("RTX PRO 4500"), 2, input_tokens=512, output_tokens=512, tensor_parallel=2
    )
    (reason,) = told.reasons
    assert reason.startswith("llama-2-7b cannot be split over 2 GPUs: how fast NVIDIA RTX PRO 4500")


def test_unknown_figures_are_reasons() -> None:
    """A GPU without a datasheet, a count not read and unknown parameters are each told."""
    told = forecast(
        find_architecture("glm-5"), find_gpu("MI25"), None, input_tokens=128, output_tokens=128
    )
    assert told.reasons == (
        "how many GPUs the machine has is not known",
        "no datasheet figures of AMD MI25",
        "how many parameters glm-5 has is not known",
    )


def test_the_context_is_a_limit() -> None:
    """A request beyond the model's context is refused with both lengths."""
    told = forecast(LLAMA, V100, 2, input_tokens=4000, output_tokens=1000)
    assert told.reasons == (
        "5,000 tokens a request exceed the context of llama-2-7b, 4,096 tokens",
    )


@pytest.mark.parametrize(
    ("gpus", "length", "load"),
    [(0, 128, None), (Fraction(3, 2), 128, None), (2, 0, None), (2, 128, 0)],
)
def test_nonsense_is_refused(gpus: Fraction, length: int, load: int | None) -> None:
    """No GPUs, one and a half, no output and no load raise ValueError."""
    with pytest.raises(ValueError, match="give"):
        forecast(LLAMA, V100, gpus, input_tokens=length, output_tokens=length, concurrency=load)


@given(
    st.sampled_from(KNOWN),
    st.sampled_from(READY),
    st.sampled_from([Fraction(1, 2), 1, 2, 4, 8]),
    st.floats(0, 0.95),
    st.tuples(st.integers(2, 4096), st.integers(2, 4096)),
)
def test_longer_requests_are_never_faster(
    model: Architecture,
    gpu: Gpu,
    count: Fraction | int,
    share: float,
    lengths: tuple[int, int],
) -> None:
    """At a fixed input share the rate never rises with the request's length."""
    rates = [
        mid(forecast(model, gpu, count, input_tokens=n * share, output_tokens=n * (1 - share)))
        for n in sorted(lengths)
    ]
    assert rates[0] >= rates[1] * (1 - 1e-9)


@given(st.sampled_from(KNOWN), st.sampled_from(READY), st.integers(1, 500), st.integers(1, 500))
def test_a_higher_load_is_never_slower(model: Architecture, gpu: Gpu, one: int, two: int) -> None:
    """More running requests never lower the machine's rate."""
    rates = [
        mid(forecast(model, gpu, 8, input_tokens=512, output_tokens=512, concurrency=load))
        for load in sorted((one, two))
    ]
    assert rates[0] <= rates[1] * (1 + 1e-9)
