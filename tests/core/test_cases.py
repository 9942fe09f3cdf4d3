"""Claims about case files' rows: what people write of a benchmark, as a run or a reason."""

import msgspec
import pytest

from planner.cli.serving import case_facts
from planner.core.cases import Case, Read, read_case
from planner.core.roofline import Layout
from planner.core.serving import Run

FACTS = case_facts()
PLAIN = Case(
    case="one",
    model="meta-llama/Llama-3.1-8B-Instruct",
    engine="vLLM",
    gpu="NVIDIA H100-SXM-80GB",
    gpu_norm="H100-SXM",
    num_gpus="1",
    tp="1",
    dtype="bf16",
    input_len="1024",
    output_len="256",
    concurrency_or_batch="64",
    scenario="vllm bench serve, max-concurrency 64",
)


ALL = "max (all queued)"
LOADGEN = "max (LoadGen)"
BURST = "vllm bench serve, request-rate inf, 1000 prompts; flags: x"


def read(**cells: str) -> Read:
    """What becomes of the plain case with other cells."""
    return read_case(msgspec.structs.replace(PLAIN, **cells), FACTS)


def run(**cells: str) -> Run:
    """The run of a case that has one."""
    found = read(**cells)
    assert found.reasons == ()
    assert found.run is not None
    return found.run


def test_a_plain_case() -> None:
    """Every cell is where it belongs."""
    found = run()
    assert found.replica.architecture.model == "llama-3.1-8b"
    assert found.replica.gpu.name == "NVIDIA H100 SXM"
    assert (found.replica.engine.name, found.replica.weights) == ("vllm", "bf16")
    assert (found.traffic.input_tokens, found.traffic.output_tokens) == (1024, 256)
    assert (found.traffic.concurrency, found.traffic.prompts) == (64, None)
    assert (found.harness, found.scenario, found.replicas) == ("serve", "plain", 1)


@pytest.mark.parametrize(
    ("written", "tokens"),
    [("~100", 100), ("1,024", 1024), ("512.0", 512), ("300 tokens", 300), ("ShareGPT", 217)],
)
def test_lengths_as_people_write_them(written: str, tokens: float) -> None:
    """About so many, with a comma, or a data set whose mean is known."""
    assert run(input_len=written).traffic.input_tokens == tokens


def test_a_data_set_says_how_far_it_is_known() -> None:
    """Mixtral's MLPerf inputs are assumed, and the notes say so."""
    found = read(input_len="~OpenOrca/GSM8K/MBXP")
    assert found.notes == ("~OpenOrca/GSM8K/MBXP: 400 tokens of input (input assumed)",)


@pytest.mark.parametrize(
    ("told", "gpus", "layout", "replicas"),
    [
        ("8", "8", Layout(tensor=8), 1),
        ("4", "8", Layout(tensor=4), 2),
        ("1 pp4", "4", Layout(pipeline=4), 1),
        ("2 pp2", "8", Layout(tensor=2, pipeline=2), 2),
        ("8 ep1 dpattn=False", "8", Layout(tensor=8), 1),
        ("8 ep8 dpattn=True", "8", Layout(tensor=8, data_attention=True), 1),
        ("layer-split", "2", Layout(pipeline=2, sequential=True), 1),
        ("tp8", "8", Layout(tensor=8), 1),
        ("TP=4", "4", Layout(tensor=4), 1),
        ("", "8", Layout(), 8),
    ],
)
def test_parallelism(told: str, gpus: str, layout: Layout, replicas: int) -> None:
    """Tensor, pipeline and attention-data parallelism; what is not told is as little as fits."""
    found = run(tp=told, num_gpus=gpus)
    assert (found.replica.layout, found.replicas) == (layout, replicas)


@pytest.mark.parametrize(
    ("told", "weights"),
    [
        ("fp16/bf16", "bf16"),
        ("weights int8", "int8"),
        ("NVFP4", "fp4"),
        ("q4_k_m", "q4_k_m"),
        ("awq/gptq", "int4"),
        ("UNSET", "bf16"),
    ],
)
def test_formats(told: str, weights: str) -> None:
    """The names that tables use for formats of weights."""
    gpu = "B200" if weights == "fp4" else "H100-SXM"
    engine = "llama.cpp" if weights == "q4_k_m" else "vLLM"
    assert run(dtype=told, gpu_norm=gpu, gpu="", engine=engine).replica.weights == weights


@pytest.mark.parametrize(
    ("scenario", "load", "told"),
    [
        ("MLPerf v5.1 closed Offline [available]", LOADGEN, ("mlperf", "plain", None, None)),
        ("MLPerf v5.1 closed Server [available]", LOADGEN, ("mlperf", "server", None, None)),
        ("offline max throughput (trtllm-bench)", ALL, ("bench", "plain", None, 3000)),
        ("offline peak throughput", "256", ("static", "plain", 256, None)),
        ("batch-1 generation", "1", ("static", "plain", 1, None)),
        ("static batch, sequence 4096, Real Time", "1", ("static", "plain", 1, None)),
        (BURST, "1000.0", ("burst", "burst", 1000, 1000)),
        (f"{BURST} --mem-fraction-static 0.9", "1000.0", ("burst", "burst", 1000, 1000)),
        (BURST, "59.0", ("burst", "open", 59, None)),
        ("llmperf closed loop", "16", ("serve", "plain", 16, None)),
        ("", "", ("serve", "plain", None, None)),
    ],
)
def test_how_the_engine_was_driven(
    scenario: str, load: str, told: tuple[str, str, float | None, float | None]
) -> None:
    """By a load generator, by its own benchmark, with static batches, or as a server."""
    found = run(scenario=scenario, concurrency_or_batch=load)
    assert told == (
        found.harness,
        found.scenario,
        found.traffic.concurrency,
        found.traffic.prompts,
    )


@pytest.mark.parametrize(
    ("written", "load"),
    [
        ("64", 64),
        ("concurrency=64", 64),
        ("bs 64", 64),
        ("batch 8", 8),
        ("c16", 16),
        ("1,000", 1000),
    ],
)
def test_loads_as_people_write_them(written: str, load: float) -> None:
    """Requests at once, however they are called."""
    assert run(concurrency_or_batch=written).traffic.concurrency == load


def test_a_load_that_is_not_told_is_as_many_as_fit() -> None:
    """And the notes say so."""
    found = read(concurrency_or_batch="")
    assert found.run is not None
    assert found.run.traffic.concurrency is None
    assert found.notes == ("no load is told, as many requests as fit assumed",)


@pytest.mark.parametrize("written", ["banana", "1 000", "64-128", "64/gpu"])
def test_a_load_that_is_not_understood_is_a_reason(written: str) -> None:
    """A figure at another load than was meant would be worse than none."""
    (reason,) = read(concurrency_or_batch=written).reasons
    assert reason == f"concurrency_or_batch is '{written}'; give requests at once, or max"


@pytest.mark.parametrize(
    ("lengths", "varied"),
    [
        (("217", "202"), True),
        (("214", "200"), True),
        (("342", "281"), True),
        (("1024", "256"), False),
    ],
)
def test_bursts_of_data_sets_vary_in_length(lengths: tuple[str, str], varied: bool) -> None:
    """A data set's answers differ, and the longest ends alone; a generator's are equal."""
    burst = run(
        input_len=lengths[0], output_len=lengths[1], scenario=BURST, concurrency_or_batch="1000"
    )
    assert burst.traffic.varied is varied


def test_no_prompts_at_all_are_no_burst() -> None:
    """A burst of nothing is taken for steady traffic, not for an error."""
    assert run(scenario="0 prompts, rate inf", concurrency_or_batch="").traffic.prompts is None


def test_a_format_that_is_not_told() -> None:
    """The checkpoint's name tells it, or the GPU's own 16 bits are taken."""
    assert run(dtype="", model="Qwen/Qwen3-32B-AWQ").replica.weights == "int4"
    volta = {"gpu_norm": "V100-32", "gpu": "", "num_gpus": "2", "tp": "2"}
    assert run(dtype="", **volta).replica.weights == "fp16"


def test_mlperfs_limits() -> None:
    """Llama-2-70B in MLPerf: 200 ms a token in Server, 40 in Interactive, none Offline."""
    limits = [
        run(model="llama2-70b-99", num_gpus="8", tp="", dtype="fp8", scenario=f"MLPerf v5.1 {kind}")
        .traffic.tpot_limit_seconds
        for kind in ("Server", "Interactive", "Offline")
    ]  # fmt: skip
    assert limits == [0.2, 0.04, None]


def test_speculation_is_seen() -> None:
    """A multi-token predictor or EAGLE guesses tokens ahead."""
    assert run(scenario="InferenceX online, spec=mtp").speculative
    assert not run(scenario="InferenceX online, spec=none").speculative


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"model": "nobodys-13b"}, "no architecture is called 'nobodys-13b'"),
        ({"model": ""}, "no model is named"),
        ({"gpu": "", "gpu_norm": ""}, "no GPU is named"),
        ({"concurrency_or_batch": "10 rps"}, "'10 rps', a rate; give requests at once"),
        ({"concurrency_or_batch": "1e300"}, "give 1 or more"),
        ({"tp": "0"}, "tp is '0'; give the GPUs that share a model"),
        ({"tp": "many"}, "tp is 'many'; give the GPUs that share a model"),
        ({"tp": "1 pp64", "num_gpus": "64"}, "tp is '1 pp64'; give the GPUs that share a model"),
        (
            {"input_len": "999744"},
            "one request of 1,000,000 tokens does not fit beside the weights",
        ),
        ({"gpu_norm": "MI300X", "gpu": "", "engine": "TensorRT-LLM"}, "trtllm is not known to run"),
        ({"gpu_norm": "H1000", "gpu": ""}, "no GPU is called 'H1000'; close: H100"),
        ({"gpu_norm": "MI25", "gpu": ""}, "no datasheet figures of AMD MI25"),
        ({"num_gpus": ""}, "num_gpus is ''; give a number of GPUs"),
        ({"num_gpus": "2.5"}, "num_gpus is 2.5; give a whole number of 1 or more"),
        ({"num_gpus": "nan"}, "num_gpus is 'nan'; give a number of GPUs"),
        ({"input_len": "2 kB"}, "input_len is '2 kB'; give a number of tokens"),
        ({"input_len": "-5"}, "input_len is -5, which no request can have"),
        ({"output_len": "0"}, "output_len is 0, which no request can have"),
        ({"output_len": "1e99"}, "output_len is 1e99, which no request can have"),
        ({"concurrency_or_batch": "-3"}, "concurrency_or_batch is -3; give 1 or more"),
        ({"concurrency_or_batch": "0"}, "concurrency_or_batch is 0; give 1 or more"),
        ({"dtype": "fp3"}, "dtype is 'fp3'; there is bf16, fp16, fp8"),
        ({"tp": "8"}, "8 GPUs share the model, num_gpus is 1"),
        ({"gpu_norm": "V100", "gpu": ""}, "cannot compute in bf16; take fp16"),
        ({"model": "llama-3.1-405b"}, "needs 756 GiB for its weights; 1 x NVIDIA H100 SXM have 80"),
    ],
)
def test_what_cannot_be_is_a_reason(cells: dict[str, str], said: str) -> None:
    """A reason in words, and no run."""
    found = read(**cells)
    assert found.run is None
    assert said in "; ".join(found.reasons)


def test_all_reasons_are_told_at_once() -> None:
    """Three wrong cells are three reasons."""
    found = read(model="x", num_gpus="", output_len="")
    assert len(found.reasons) == 3


def test_an_unknown_engine_has_a_wider_forecast_and_says_so() -> None:
    """It is no reason against a forecast."""
    found = read(engine="MyServe 3")
    assert found.run is not None
    assert found.run.replica.engine.name == "other"
    assert found.notes == ("an unknown engine",)


def test_fp8_weights_on_an_a100() -> None:
    """VLLM widens them; TensorRT-LLM is not known to."""
    cells = {"gpu_norm": "A100-80-SXM", "gpu": "", "dtype": "fp8"}
    assert run(**cells).replica.computes_in == "bf16"
    assert "cannot compute in fp8" in read(**cells, engine="TensorRT-LLM").reasons[0]
