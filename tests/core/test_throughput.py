"""Claims about forecasts: what a machine delivers, what it rests on, and why not."""

from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.anchors import Measured
from planner.core.efficiencies import TEXTBOOK
from planner.core.hardware import Architecture, Gpu, WeightFormat
from planner.core.layouts import cannot_hold, tensor_parallel_degrees
from planner.core.roofline import Replica, Traffic
from planner.core.serving import Run
from planner.core.throughput import Forecast, Forecaster, Interval, LengthLimit, Plan
from planner.files.efficiencies import efficiencies
from planner.files.hardware import architectures, find_architecture, find_engine, find_gpu, gpus

LLAMA = find_architecture("llama-2-7b")
V100 = find_gpu("NVIDIA V100 PCIe 16GB")
VLLM = find_engine("vllm")
FITTED = Forecaster(efficiencies=efficiencies(), engine=VLLM)
TEXT = Forecaster(efficiencies=TEXTBOOK, engine=VLLM)
READY = [gpu for gpu in gpus() if gpu.tflops(gpu.native_dtype)]
KNOWN = [item for item in architectures() if item.parameters]
each_forecaster = pytest.mark.parametrize("forecaster", [FITTED, TEXT], ids=["fitted", "textbook"])


def requests(length: float, answer: float | None = None, load: float | None = None) -> Traffic:
    """So many tokens in and, if nothing else is said, as many out."""
    out = length if answer is None else answer
    return Traffic(input_tokens=length, output_tokens=out, concurrency=load)


def planned(**plan: object) -> Forecaster:
    """The fitted forecaster with a plan."""
    return msgspec.structs.replace(FITTED, plan=Plan(**plan))  # type: ignore[arg-type]


def mid(told: Forecast) -> float:
    """Return the middle of the rate, 0 where there is none."""
    return told.output_tokens_per_second.mid if told.output_tokens_per_second else 0.0


def at(length: int) -> Forecast:
    """Forecast the article's machine for so many tokens in and out."""
    return FITTED.forecast(LLAMA, V100, 2, requests(length))


def test_the_articles_machine() -> None:
    """Two V100 serve Llama-2-7b as one copy; the article needs 1,188 of them, 1,782 with one lost.

    They deliver that for short requests, about fail at 512/512 and fail beyond.
    """
    assert mid(at(128)) > 1782
    assert mid(at(512)) < 1188 < mid(at(256))
    assert mid(TEXT.forecast(LLAMA, V100, 2, requests(512))) == pytest.approx(1283, rel=0.01)
    told = at(512)
    assert (told.tensor_parallel, told.replicas, told.max_concurrency) == (2, 1, 29)
    assert (told.dtype, told.engine, told.basis) == ("fp16", "vllm", "transferred")
    assert told.notes == ()


def test_a_flip_is_exact() -> None:
    """The machine delivers at the flip, and one token further it does not."""
    flip = FITTED.flip_length(LLAMA, V100, 2, output_tokens_per_second=1188, input_share=0.5)
    assert flip.verdict == "until"
    rates = [
        mid(FITTED.forecast(LLAMA, V100, 2, requests(n / 2)))
        for n in (flip.tokens or 0, (flip.tokens or 0) + 1)
    ]
    assert rates[0] >= 1188 > rates[1]


def test_never_and_always() -> None:
    """A rate out of reach is never met, a tiny one up to the model's context."""
    never = FITTED.flip_length(LLAMA, V100, 2, output_tokens_per_second=1e6, input_share=0.5)
    always = FITTED.flip_length(LLAMA, V100, 2, output_tokens_per_second=1, input_share=0.5)
    assert never == LengthLimit(verdict="never", tokens=None)
    assert always == LengthLimit(verdict="always", tokens=4096)


def test_an_input_share_of_one_has_no_answer() -> None:
    """Requests without output have no output rate."""
    with pytest.raises(ValueError, match="give a share from 0 to below 1"):
        FITTED.flip_length(LLAMA, V100, 2, output_tokens_per_second=1, input_share=1)


def test_the_interval_is_wider_where_nothing_like_it_was_published() -> None:
    """No row is of a Gaudi: 1.2 times the width in logarithms of a Hopper GPU's, and a note."""
    spread = efficiencies().spreads["vllm/serve"]
    hopper = FITTED.forecast(LLAMA, find_gpu("h100"), 1, requests(512)).output_tokens_per_second
    gaudi = FITTED.forecast(LLAMA, find_gpu("Gaudi 3"), 1, requests(512))
    assert hopper is not None
    assert gaudi.output_tokens_per_second is not None
    assert hopper.low / hopper.mid == pytest.approx(spread.low)
    assert hopper.high / hopper.mid == pytest.approx(spread.high)
    assert gaudi.output_tokens_per_second.low / mid(gaudi) == pytest.approx(spread.low**1.2)
    assert gaudi.notes == ("no published figure speaks for the generation intel",)


def test_an_interval_rises() -> None:
    """A low above its mid is refused."""
    with pytest.raises(ValueError, match="do not rise from low to high"):
        Interval(low=2, mid=1, high=3)


def test_more_gpus_serve_more_copies() -> None:
    """Eight H100 hold eight copies of a small model rather than one spread thin."""
    told = FITTED.forecast(find_architecture("llama-3.1-8b"), find_gpu("h100"), 8, requests(512))
    assert (told.tensor_parallel, told.replicas) == (1, 8)


def test_a_slice_of_a_gpu() -> None:
    """Half an A10 holds a small model and delivers less than the card, with fewer requests."""
    model, a10 = find_architecture("llama-3.2-1b"), find_gpu("a10")
    half, whole = (
        mid(FITTED.forecast(model, a10, count, requests(512))) for count in (Fraction(1, 2), 1)
    )
    assert 0 < half < whole


def test_tpot_and_rate_agree() -> None:
    """Each running request gets a token every TPOT."""
    told = FITTED.forecast(LLAMA, V100, 2, requests(256, load=10))
    assert told.concurrency == 10
    assert told.tpot_seconds is not None
    assert told.concurrency / told.tpot_seconds == pytest.approx(mid(told))


def test_a_given_load_stays_within_the_memory() -> None:
    """Ten requests run as ten, a thousand as many as fit."""
    ten, thousand = (
        FITTED.forecast(LLAMA, V100, 2, requests(512, load=load)) for load in (10, 1000)
    )
    assert (ten.concurrency, thousand.concurrency) == (10, 29)
    assert (ten.notes, thousand.notes) == ((), ("of 1,000 requests at once 29 run",))
    assert mid(ten) < mid(thousand)


def test_a_limit_on_the_time_between_tokens_bounds_the_load() -> None:
    """As many requests run at once as keep it; where one alone misses it there is no forecast."""
    h100, model = find_gpu("h100"), find_architecture("llama-3-8b")
    free = FITTED.forecast(model, h100, 1, requests(512))
    bound = planned(tpot_limit_seconds=0.03).forecast(model, h100, 1, requests(512))
    assert free.concurrency is not None
    assert bound.concurrency is not None
    assert bound.tpot_seconds is not None
    assert bound.concurrency < free.concurrency
    assert bound.tpot_seconds <= 0.03
    one_more = FITTED.forecast(model, h100, 1, requests(512, load=bound.concurrency + 1))
    assert one_more.tpot_seconds is not None
    assert one_more.tpot_seconds > 0.03
    none = planned(tpot_limit_seconds=0.001).forecast(model, h100, 1, requests(512))
    assert none.reasons[0].endswith("with 1 running, asked for 1 ms")


def test_a_limit_on_the_first_token_chooses_the_layout() -> None:
    """Of the layouts, each with as many requests as keep the limit, the fastest is taken."""
    h100, model = find_gpu("h100"), find_architecture("llama-3.1-8b")
    traffic = requests(2048, 256)
    bound = planned(ttft_limit_seconds=0.1).forecast(model, h100, 8, traffic)
    each = [
        planned(ttft_limit_seconds=0.1, tensor_parallel=degree).forecast(model, h100, 8, traffic)
        for degree in (1, 2, 4, 8)
    ]
    assert mid(bound) == max(map(mid, each)) > mid(each[0])
    assert all(told.ttft_seconds <= 0.1 for told in each if told.ttft_seconds is not None)


def test_an_engine_runs_on_the_chips_that_it_is_known_to_run_on() -> None:
    """TensorRT-LLM needs an NVIDIA GPU; AWS' chips get their own engine where none was named."""
    trt = msgspec.structs.replace(FITTED, engine=find_engine("trtllm"))
    (reason,) = trt.forecast(LLAMA, find_gpu("MI300X"), 1, requests(128)).reasons
    assert reason == "trtllm is not known to run on AMD MI300X"
    neuron = {"neuron": find_engine("neuron")}
    inf2 = find_gpu("Inferentia2")
    (reason,) = FITTED.forecast(LLAMA, inf2, 2, requests(128)).reasons
    assert reason == "vllm is not known to run on AWS Inferentia2"
    told = msgspec.structs.replace(FITTED, compiled=neuron).forecast(LLAMA, inf2, 2, requests(128))
    assert (told.engine, told.reasons) == ("neuron", ())


def test_an_engine_that_was_published_on_batches_alone() -> None:
    """llama.cpp's rows are of static batches: their factors, a server's interval, and a note."""
    llamacpp = msgspec.structs.replace(FITTED, engine=find_engine("llamacpp"))
    model, h100 = find_architecture("llama-3.1-8b"), find_gpu("h100")
    told = llamacpp.forecast(model, h100, 1, requests(512, load=4))
    assert told.notes == ("no published figure speaks for llamacpp/serve",)
    copy = Replica(architecture=model, gpu=h100, engine=llamacpp.engine, weights="bf16")
    static = Run(replica=copy, traffic=requests(512, load=4), harness="static")
    assert mid(told) == mid(llamacpp.of_run(static))
    assert told.output_tokens_per_second is not None
    spread = efficiencies().spreads["served"]
    assert told.output_tokens_per_second.low / mid(told) == pytest.approx(spread.low**1.2)


def test_the_format_is_the_checkpoints() -> None:
    """DeepSeek-V3 is published in fp8 and gpt-oss in mxfp4; on an A100 the engine widens them."""
    h200, a100 = find_gpu("h200"), find_gpu("a100-80-sxm")
    deepseek, oss = find_architecture("deepseek-v3"), find_architecture("gpt-oss-120b")
    assert FITTED.forecast(deepseek, h200, 8, requests(512)).dtype == "fp8"
    assert FITTED.forecast(oss, a100, 2, requests(512)).dtype == "mxfp4"
    assert FITTED.forecast(LLAMA, a100, 1, requests(512)).dtype == "bf16"


def test_quantised_weights_and_keys_leave_room_for_more() -> None:
    """In fp8 the weights take half, fp8 keys and values too, so that more requests fit."""
    h100 = find_gpu("h100")
    most = [
        forecaster.forecast(LLAMA, h100, 1, requests(512)).max_concurrency or 0
        for forecaster in (FITTED, planned(dtype="fp8"), planned(dtype="fp8", kv_dtype="fp8"))
    ]
    assert most[0] < most[1]
    assert most[2] == pytest.approx(2 * most[1], abs=1)


def test_a_cap_on_sequences() -> None:
    """A small model has room for more requests than vLLM runs at once on a small GPU: 256."""
    told = FITTED.forecast(find_architecture("gemma-2-2b"), find_gpu("a10g"), 1, requests(32))
    assert told.max_concurrency == 256


def test_degrees() -> None:
    """A model is split over powers of two that divide the GPUs."""
    assert tensor_parallel_degrees(8) == (1, 2, 4, 8)
    assert tensor_parallel_degrees(12) == (1, 2, 4)
    assert tensor_parallel_degrees(Fraction(1, 6)) == (1,)


@pytest.mark.parametrize(
    ("dtype", "said"),
    [
        ("bf16", "NVIDIA V100 PCIe 16GB cannot compute in bf16; take fp16"),
        ("fp8", "NVIDIA V100 PCIe 16GB cannot compute in fp8, and vllm is not known to widen it"),
    ],
)
def test_a_lacking_format_is_a_reason(dtype: str, said: str) -> None:
    """The V100 has neither bf16 nor fp8, so a forecast in them says what to take."""
    told = planned(dtype=dtype).forecast(LLAMA, V100, 2, requests(128))
    assert told.output_tokens_per_second is None
    assert told.reasons[0].startswith(said)
    assert told.reasons[0].endswith("take fp16")


@pytest.mark.parametrize(
    ("engine", "gpu", "formats"),
    [
        ("vllm", "V100", ["int8", "int4"]),
        ("vllm", "T4", ["fp8", "int8", "int4", "fp4"]),
        ("vllm", "A100", ["fp8", "int8", "int4", "fp4", "mxfp4"]),
        ("vllm", "L4", ["fp8", "int8", "int4", "fp4", "mxfp4"]),
        ("vllm", "MI300X", ["fp8", "int8", "int4", "mxfp4"]),
        ("sglang", "T4", ["int8", "int4"]),
        ("sglang", "A100", ["fp8", "int8", "int4", "fp4", "mxfp4"]),
    ],
)
def test_what_an_engine_serves_on_a_gpu(engine: str, gpu: str, formats: list[str]) -> None:
    """In vLLM fp8 begins with compute capability 7.5 and mxfp4 with 8.0, in SGLang fp8 with 8.0."""
    wanted: list[WeightFormat] = ["fp8", "int8", "int4", "fp4", "mxfp4"]
    served = [w for w in wanted if cannot_hold(find_gpu(gpu), w, find_engine(engine)) is None]
    assert served == formats


@pytest.mark.parametrize(
    ("engine", "gpu", "told"),
    [
        ("vllm", "T4", None),
        (
            "vllm",
            "V100-32",
            (
                "NVIDIA V100 SXM2 32GB has compute capability 7.0, and vllm asks for 7.5 today: "
                "take an older release, such as 0.14.0"
            ),
        ),
        (
            "vllm",
            "T4G",
            (
                "NVIDIA T4G stands beside an Arm processor, and no image of vllm for arm64 is "
                "known to be built for compute capability 7.5: build one"
            ),
        ),
        (
            "neuron",
            "Inferentia2",
            (
                "serve it as "
                "https://awsdocs-neuron.readthedocs-hosted.com/en/latest/inference.html tells: the "
                "vLLM Neuron plugin on Trainium2, NxD Inference (in maintenance) on Inferentia2 "
                "and Trainium1"
            ),
        ),
    ],
)
def test_what_to_see_to(engine: str, gpu: str, told: str | None) -> None:
    """An older release for an older GPU, an image of one's own, the makers' guide, or nothing."""
    assert find_engine(engine).advice(find_gpu(gpu)) == told


def test_the_longest_request_has_to_fit() -> None:
    """An L4 runs 32 requests of 1,024 tokens at once, and has no room for a single one of 100,000.

    A server that is told so long a context does not start.
    """
    l4, model = find_gpu("l4"), find_architecture("llama-3.1-8b")
    usual = requests(512)
    assert FITTED.forecast(model, l4, 1, usual).max_concurrency == 32
    longer = msgspec.structs.replace(usual, longest_tokens=100_000)
    (reason,) = FITTED.forecast(model, l4, 1, longer).reasons
    assert "for one request of 100,000 tokens; 1 x NVIDIA L4 leave" in reason


def test_too_large_a_model_is_a_reason() -> None:
    """What does not fit is told with the memory it needs and the memory there is."""
    told = FITTED.forecast(find_architecture("llama-2-70b"), V100, 2, requests(512))
    (reason,) = told.reasons
    assert reason == (
        "llama-2-70b in fp16 needs 128.5 GiB for its weights and 0.31 GiB for one request of "
        "1,024 tokens; 2 x NVIDIA V100 PCIe 16GB leave 27.2 GiB"
    )


def test_a_slice_is_told_as_a_slice() -> None:
    """A sixth of an A10 is too small for Llama-2-7b, and the reason says a sixth."""
    told = FITTED.forecast(LLAMA, find_gpu("A10"), Fraction(1, 6), requests(512))
    assert told.reasons[0].endswith("; 1/6 x NVIDIA A10 leave 3.4 GiB")


def test_no_link_figure_no_tensor_parallelism() -> None:
    """Where the speed between GPUs is unknown, each copy has to fit one of them."""
    told = planned(tensor_parallel=2).forecast(LLAMA, find_gpu("RTX PRO 4500"), 2, requests(512))
    (reason,) = told.reasons
    assert reason.startswith("llama-2-7b cannot be split over 2 GPUs: how fast NVIDIA RTX PRO 4500")


def test_unknown_figures_are_reasons() -> None:
    """A GPU without a datasheet, a count not read and unknown parameters are each told."""
    unknown = msgspec.structs.replace(LLAMA, parameters=None, active_parameters=None)
    told = FITTED.forecast(unknown, find_gpu("MI25"), None, requests(128))
    assert told.reasons == (
        "how many GPUs the machine has is not known",
        "no datasheet figures of AMD MI25",
        "how many parameters llama-2-7b has is not known",
    )


def test_the_context_is_a_limit() -> None:
    """A request beyond the model's context is refused with both lengths."""
    told = FITTED.forecast(LLAMA, V100, 2, requests(4000, 1000))
    assert told.reasons == (
        "5,000 tokens a request exceed the context of llama-2-7b, 4,096 tokens",
    )


@pytest.mark.parametrize("count", [0, Fraction(3, 2)])
def test_nonsense_is_refused(count: Fraction | int) -> None:
    """No GPUs and one and a half raise ValueError."""
    with pytest.raises(ValueError, match="give a whole number"):
        FITTED.forecast(LLAMA, V100, count, requests(128))


@pytest.mark.parametrize(("length", "load"), [(0, None), (128, 0.5)])
def test_nonsensical_traffic_is_refused(length: int, load: float | None) -> None:
    """No output and half a request raise ValueError."""
    with pytest.raises(ValueError, match="give"):
        requests(length, load=load)


def measured(model: str, gpu: str, rate: float, load: int = 32) -> Measured:
    """A point measured with vLLM on one such GPU, 512 tokens in and out."""
    replica = Replica(
        architecture=find_architecture(model), gpu=find_gpu(gpu), engine=VLLM, weights="bf16"
    )
    run = Run(replica=replica, traffic=requests(512, load=load))
    return Measured(run=run, output_tokens_per_second=rate, told="box 7, 2026-11-20")


def test_a_measured_point_is_the_forecast_of_itself() -> None:
    """Asked for what was measured, the answer is that figure, within 5%."""
    point = measured("llama-3-8b", "h100", 3000)
    anchored = msgspec.structs.replace(FITTED, measured=(point,))
    told = anchored.forecast(
        find_architecture("llama-3-8b"), find_gpu("h100"), 1, requests(512, load=32)
    )
    assert (told.basis, told.notes) == ("measured", ("measured: box 7, 2026-11-20",))
    assert told.output_tokens_per_second is not None
    rate = told.output_tokens_per_second
    assert (rate.low, rate.mid, rate.high) == pytest.approx((3000 / 1.05, 3000, 3150))


def test_another_load_was_not_measured() -> None:
    """A point at 32 requests is no answer for 48."""
    point = measured("llama-3-8b", "h100", 3000)
    told = msgspec.structs.replace(FITTED, measured=(point,)).forecast(
        find_architecture("llama-3-8b"), find_gpu("h100"), 1, requests(512, load=48)
    )
    assert told.basis == "anchored"


def test_measured_points_that_disagree_are_told_as_such() -> None:
    """4,000 and 1,000 of the same run: their geometric mean, and an interval that holds both."""
    points = (measured("llama-3-8b", "h100", 4000), measured("llama-3-8b", "h100", 1000))
    told = msgspec.structs.replace(FITTED, measured=points).forecast(
        find_architecture("llama-3-8b"), find_gpu("h100"), 1, requests(512, load=32)
    )
    assert told.output_tokens_per_second is not None
    rate = told.output_tokens_per_second
    assert (rate.low, rate.mid, rate.high) == pytest.approx((1000, 2000, 4000))


def test_another_layout_was_not_measured() -> None:
    """A point on one GPU is no answer for a copy split over four; it anchors it."""
    point = measured("llama-3-8b", "h100", 3000)
    split = planned(tensor_parallel=4)
    told = msgspec.structs.replace(split, measured=(point,)).forecast(
        find_architecture("llama-3-8b"), find_gpu("h100"), 4, requests(512, load=32)
    )
    assert told.basis == "anchored"


def test_measured_points_move_the_rest_of_their_cell() -> None:
    """Two points at twice the forecast move others of the GPU and model by more than half of it.

    The interval narrows to 0.8 of its width in logarithms.
    """
    h100, model = find_gpu("h100"), find_architecture("llama-3-8b")
    plain = FITTED.forecast(model, h100, 1, requests(512, load=64))
    points = tuple(
        measured("llama-3-8b", "h100", 2 * mid(FITTED.forecast(model, h100, 1, one)), load)
        for load, one in ((16, requests(512, load=16)), (128, requests(512, load=128)))
    )
    told = msgspec.structs.replace(FITTED, measured=points).forecast(
        model, h100, 1, requests(512, load=64)
    )
    assert told.basis == "anchored"
    assert told.notes == ("anchored by 2 measured on the same GPU and model",)
    assert 1.5 < mid(told) / mid(plain) < 2
    assert told.output_tokens_per_second is not None
    spread = efficiencies().spreads["vllm/serve"]
    assert told.output_tokens_per_second.low / mid(told) == pytest.approx(spread.low**0.8)


def test_points_of_other_machines_count_less_and_of_other_engines_not_at_all() -> None:
    """The same model on another GPU moves it somewhat, another engine's point does not."""
    h100, model = find_gpu("h100"), find_architecture("llama-3-8b")
    wanted = requests(512, load=32)
    plain = mid(FITTED.forecast(model, h100, 1, wanted))
    there = mid(FITTED.forecast(model, find_gpu("a100-80-sxm"), 1, wanted))
    point = measured("llama-3-8b", "a100-80-sxm", 2 * there)
    moved = msgspec.structs.replace(FITTED, measured=(point,))
    assert 1.2 < mid(moved.forecast(model, h100, 1, wanted)) / plain < 1.6
    other = msgspec.structs.replace(moved, engine=find_engine("sglang"))
    assert other.forecast(model, h100, 1, wanted).basis == "transferred"


@each_forecaster
@given(
    st.sampled_from(KNOWN),
    st.tuples(st.sampled_from(READY), st.sampled_from([Fraction(1, 2), 1, 2, 4, 8])),
    st.floats(0, 0.95),
    st.tuples(st.integers(2, 4096), st.integers(2, 4096)),
)
def test_longer_requests_are_never_faster(
    forecaster: Forecaster,
    model: Architecture,
    machine: tuple[Gpu, Fraction | int],
    share: float,
    lengths: tuple[int, int],
) -> None:
    """At a fixed input share the rate never rises with the request's length."""
    rates = [
        mid(forecaster.forecast(model, *machine, requests(n * share, n * (1 - share))))
        for n in sorted(lengths)
    ]
    assert rates[0] >= rates[1] * (1 - 1e-9)


@each_forecaster
@given(st.sampled_from(KNOWN), st.sampled_from(READY), st.integers(1, 500), st.integers(1, 500))
def test_a_higher_load_is_never_slower(
    forecaster: Forecaster, model: Architecture, gpu: Gpu, one: int, two: int
) -> None:
    """More running requests never lower the machine's rate."""
    rates = [
        mid(forecaster.forecast(model, gpu, 8, requests(512, load=load)))
        for load in sorted((one, two))
    ]
    assert rates[0] <= rates[1] * (1 + 1e-9)
