"""Claims about the physics: what a token costs in bytes, operations and links."""

import itertools

import msgspec
import pytest

from planner.core.efficiencies import IDEAL, TEXTBOOK, Efficiencies, Setting, Spread, setting_of
from planner.core.roofline import Factors, Layout, Parts, Replica, Traffic
from planner.core.serving import Run, estimate, running
from planner.files.efficiencies import efficiencies
from planner.files.hardware import find_architecture, find_engine, find_gpu

LLAMA = find_architecture("llama-2-7b")
# One ideal GPU: 1 TB/s, 100 TFLOPS, 32 GiB, 10 GB/s to its neighbour.
GPU = msgspec.structs.replace(
    find_gpu("V100 PCIe"),
    memory_gib=32,
    memory_bandwidth_gb_per_s=1000,
    fp16_tflops=100,
    link_gb_per_s=10,
)
# An engine that has all of the memory and no overheads.
BARE = msgspec.structs.replace(find_engine("vllm"), memory_share=1, reserve_gb=0)
WEIGHTS = 6_738_000_000 - 131_000_000  # without the embedding table, which is looked up


def replica(model: str = "llama-2-7b", **changes: object) -> Replica:
    """One copy of a model on the ideal GPU in fp16."""
    fields = {
        "architecture": find_architecture(model),
        "gpu": GPU,
        "engine": BARE,
        "weights": "fp16",
    }
    return Replica(**{**fields, **changes})  # type: ignore[arg-type]


def parts(copy: Replica, batch: float = 1, into: float = 0, out: float = 2) -> Parts:
    """The parts of a token of requests of this length."""
    return copy.parts(batch, Traffic(input_tokens=into, output_tokens=out))


def test_a_token_reads_the_weights_once_for_all_requests() -> None:
    """Alone 13.2 ms at 1 TB/s; of ten requests each token pays a tenth."""
    assert parts(replica()).weights == pytest.approx(WEIGHTS * 2 / 1e12)
    assert parts(replica(), batch=10).weights == pytest.approx(WEIGHTS * 2 / 1e12 / 10)


def test_a_token_reads_its_own_keys_and_values() -> None:
    """Half a MiB for each of 1,024 tokens of context, half of that in 8 bits."""
    context = Traffic(input_tokens=1023, output_tokens=2)
    assert replica().parts(10, context).kv == pytest.approx(512 * 2**20 / 1e12)
    assert replica(kv_bytes_per_value=1).parts(10, context).kv == pytest.approx(256 * 2**20 / 1e12)


def test_products_and_prefill() -> None:
    """Two operations a weight and token; a prompt of 8 for 2 answers costs four times as much."""
    found = parts(replica(), into=8, out=2)
    assert found.prefill == pytest.approx(4 * 2 * WEIGHTS / 1e14)
    attended = 4 * 32 * 32 * 128 * 9 / 1e14
    assert found.matmul == pytest.approx(2 * WEIGHTS / 1e14 + attended)
    assert found.attention == pytest.approx(4 * 4 * 32 * 32 * 128 * 4 / 1e14)


def test_experts_are_read_as_they_are_touched() -> None:
    """One token reads Mixtral's active weights, a large batch all of them."""
    mixtral = replica("mixtral-8x7b")
    assert parts(mixtral).weights == pytest.approx((12.88e9 - 0.131e9) * 2 / 1e12, rel=1e-6)
    all_of_them = parts(mixtral, batch=500).weights * 500
    assert all_of_them == pytest.approx((46.703e9 - 0.131e9) * 2 / 1e12, rel=1e-6)


def test_tensor_parallel_copies_share_the_work_and_pay_with_links() -> None:
    """Over two GPUs half the bytes each; two all-reduces a layer send each activation once."""
    one, two = parts(replica()), parts(replica(layout=Layout(tensor=2)))
    assert two.weights == pytest.approx(one.weights / 2)
    assert one.wires == 0
    assert two.wires == pytest.approx(2 * 32 * 4096 * 2 / 1e10)
    shared = parts(replica(layout=Layout(tensor=2, data_attention=True)))
    assert shared.wires == pytest.approx(two.wires / 2)


def test_keys_and_values_are_split_by_heads() -> None:
    """Llama-3-8B has 8 KV heads: 16 GPUs hold two copies. A latent (MLA) is copied to each."""
    llama = find_architecture("llama-3-8b").model
    context = Traffic(input_tokens=1000, output_tokens=2)
    eight, sixteen = (replica(llama, layout=Layout(tensor=n)).parts(1, context).kv for n in (8, 16))
    assert sixteen == eight
    one, four = (
        replica("deepseek-v3", layout=Layout(tensor=n)).parts(1, context).kv for n in (1, 4)
    )
    assert four == one
    spread = replica("deepseek-v3", layout=Layout(tensor=4, data_attention=True))
    assert spread.parts(1, context).kv == pytest.approx(one / 4)


def test_pipelines_overlap_or_do_not() -> None:
    """Two stages that overlap halve a token's time; llama.cpp's run one after the other."""
    one = parts(replica(), batch=2)
    overlapping = parts(replica(layout=Layout(pipeline=2)), batch=2)
    in_turn = parts(replica(layout=Layout(pipeline=2, sequential=True)), batch=2)
    assert overlapping.weights == pytest.approx(one.weights)  # half as often, one request each
    assert overlapping.matmul == pytest.approx(one.matmul / 2)
    assert in_turn.weights == pytest.approx(one.weights)
    assert in_turn.matmul == pytest.approx(one.matmul)


def test_a_sliding_window_bounds_what_is_read() -> None:
    """Gemma-2-2b keeps half of its layers within 4,096 tokens: 8,192 cost less than twice."""
    gemma = replica("gemma-2-2b")
    short, long = (
        gemma.parts(1, Traffic(input_tokens=n - 1, output_tokens=2)).kv for n in (4096, 8192)
    )
    assert long == pytest.approx(1.5 * short)


def test_memory_limits_the_batch() -> None:
    """Beside 12.55 GiB of weights 32 GiB hold 38 requests of half a GiB each."""
    length = Traffic(input_tokens=512, output_tokens=512)
    assert int(replica().room(length)) == 38
    assert replica().batch(length) == 38
    small = msgspec.structs.replace(GPU, memory_gib=12)
    assert replica(gpu=small).room(length) == 0


def test_a_burst_of_equal_requests_runs_in_waves() -> None:
    """76 requests on room for 38 are two waves of 38, 60 are two of 30; a small burst is one."""
    for prompts, batch in ((76, 38), (60, 30), (8, 8)):
        burst = Traffic(input_tokens=512, output_tokens=512, prompts=prompts)
        assert replica().batch(burst) == pytest.approx(batch)


def test_a_burst_of_varied_answers_has_a_tail() -> None:
    """While the last and longest answer runs alone, the weights are read for it alone."""
    plain = Traffic(input_tokens=512, output_tokens=512, prompts=100)
    varied = msgspec.structs.replace(plain, varied=True)
    assert replica().parts(30, plain).tail == 0
    assert replica().parts(30, varied).tail > 0


def test_narrow_formats_need_a_gpu_that_computes_in_them() -> None:
    """fp8 weights are multiplied in fp8 on an H100 and in 16 bits on an A100."""
    h100, a100, b200 = find_gpu("h100"), find_gpu("a100"), find_gpu("b200")
    assert replica(gpu=h100, weights="fp8").computes_in == "fp8"
    assert replica(gpu=a100, weights="fp8").computes_in == "bf16"
    assert replica(gpu=b200, weights="fp4").computes_in == "fp4"
    assert replica(gpu=h100, weights="fp4").computes_in == "fp8"
    assert replica(gpu=h100, weights="int4").computes_in == "bf16"


def test_the_roof_is_a_smooth_maximum() -> None:
    """Where memory and products take equally long their time is 2^(1/3) of one, not the sum."""
    ones = dict.fromkeys(Parts.__struct_fields__, 0.0)
    even = Parts(**{**ones, "weights": 1.0, "matmul": 1.0})
    factors = Factors(**dict.fromkeys(Parts.__struct_fields__, 1.0))
    assert factors.seconds(even) == pytest.approx(2 ** (1 / 3))
    assert factors.seconds(Parts(**{**ones, "weights": 1.0})) == pytest.approx(1.0)


def test_a_prompt_that_comes_alone() -> None:
    """The textbook's time to the first token: two operations a weight at half of the peak."""
    factors = TEXTBOOK.factors(setting_of(replica()))
    seconds = replica().first_token_seconds(1000, factors)
    attention = 4 * 32 * 32 * 128 * 500 * 1000
    assert seconds == pytest.approx((2 * 1000 * WEIGHTS + attention) / 0.5e14)


def test_a_long_prompt_is_read_in_pieces() -> None:
    """Each piece of 8,192 tokens is a step of its own, with its overheads."""
    factors = msgspec.structs.replace(TEXTBOOK.factors(setting_of(replica())), step=1.0)
    one, three = (int(replica().first_token_seconds(n, factors)) for n in (8000, 16400))
    assert (one, three) == (3, 8)


def test_a_limit_on_the_time_per_token_bounds_the_batch() -> None:
    """Its mean may take 0.7 of a limit on the 99th percentile."""
    traffic = Traffic(input_tokens=512, output_tokens=512)
    limited = msgspec.structs.replace(traffic, tpot_limit_seconds=0.03)
    bound = Run(replica=replica(), traffic=limited)
    assert running(bound, TEXTBOOK) < running(Run(replica=replica(), traffic=traffic), TEXTBOOK)
    assert estimate(bound, TEXTBOOK).tpot_seconds == pytest.approx(0.7 * 0.03, rel=1e-3)


def test_copies_share_the_requests() -> None:
    """Two copies with 8 requests run 4 each; with one request one of them idles."""
    alone = Run(replica=replica(), traffic=Traffic(input_tokens=8, output_tokens=8, concurrency=4))
    both = Run(
        replica=replica(),
        replicas=2,
        traffic=Traffic(input_tokens=8, output_tokens=8, concurrency=8),
    )
    one = msgspec.structs.replace(
        both, traffic=Traffic(input_tokens=8, output_tokens=8, concurrency=1)
    )
    rate = estimate(alone, TEXTBOOK).output_tokens_per_second
    assert estimate(both, TEXTBOOK).output_tokens_per_second == pytest.approx(2 * rate)
    assert one.busy == 1


def setting(**changes: object) -> Setting:
    """VLLM in 16 bits on a Hopper GPU."""
    fields = {"engine": "vllm", "generation": "hopper", "format": "16-bit", "experts": False}
    return Setting(**{**fields, **changes})  # type: ignore[arg-type]


def test_offsets_of_the_levels_multiply() -> None:
    """What belongs to the generation and to the harness both act on their part."""
    made = Efficiencies(
        common=dict.fromkeys(Parts.__struct_fields__, 2.0),
        offsets={
            ("weights", "generation", "hopper"): 1.5,
            ("weights", "harness", "vllm/serve"): 1.1,
            ("weights", "harness", "vllm/static"): 9.0,
        },
        rates={"moe": 0.8, "tensor parallel": 0.9},
        spreads={"served": Spread(0.5, 1.5), "driven": Spread(0.8, 1.2)},
    )
    factors = made.factors(setting())
    assert factors.weights == pytest.approx(2 * 1.5 * 1.1)
    assert (factors.kv, factors.rate) == (2.0, 1.0)
    mixture = made.factors(setting(experts=True, tensor=4))
    assert mixture.rate == pytest.approx(0.8 * 0.9**2)
    assert made.spread(setting()) == Spread(0.5, 1.5)
    assert made.spread(setting(harness="static")) == Spread(0.8, 1.2)


def test_the_interval_widens_with_what_was_never_seen() -> None:
    """1.5 times in logarithms for an engine, 1.2 for a generation, and it is said."""
    fitted = efficiencies()
    assert fitted.widening(setting()) == 1
    assert fitted.widening(setting(engine="other")) == 1.5
    assert fitted.widening(setting(generation="tpu", engine="other")) == pytest.approx(1.8)
    assert fitted.unseen(setting(engine="other")) == (
        "no published figure speaks for the engine other",
    )


def test_fitted_efficiencies_are_below_the_datasheet() -> None:
    """No part is faster than its datasheet, whatever the levels; the ideal is the datasheet."""
    fitted = efficiencies()
    levels = [fitted.seen[name] for name in ("generation", "format", "harness")]
    for generation, weights, harness in itertools.product(*levels):
        engine, _, driven = harness.partition("/")
        for experts in (True, False):
            told = setting(
                engine=engine, harness=driven, generation=generation, format=weights,
                experts=experts,
            )  # fmt: skip
            factors = fitted.factors(told)
            for part in ("weights", "kv", "matmul", "prefill", "attention", "wires"):
                assert getattr(factors, part) >= 1
    assert IDEAL.factors(setting()).weights == 1
    assert TEXTBOOK.factors(setting()).matmul == 2
