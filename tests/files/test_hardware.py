"""Claims about the carried tables of GPUs, instances and architectures."""

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from planner.core.hardware import Architecture
from planner.core.spellings import gpu_words
from planner.errors import BadFileError, UnknownNameError
from planner.files.hardware import (
    architectures,
    find_architecture,
    find_engine,
    find_gpu,
    find_instance,
    gpus,
    instances,
)

PLAIN = [
    item
    for item in architectures()
    if item.parameters and not re.search(r"MLA|linear|chunked", item.attention)
]


def test_sizes_of_the_tables() -> None:
    """The tables carry 67 GPUs, 155 instances and 97 architectures."""
    assert (len(gpus()), len(instances()), len(architectures())) == (67, 155, 97)


def test_names_are_unique() -> None:
    """No two records share a name or an alias, whatever the case."""
    spellings = [
        [name for gpu in gpus() for name in {gpu.name.lower(), *map(str.lower, gpu.aliases)}],
        [item.name.lower() for item in instances()],
        [item.model for item in architectures()],
        [item.hugging_face.lower() for item in architectures()],
        [name for item in architectures() for name in (item.model, *item.aliases)],
    ]
    assert [len(names) for names in spellings] == [len(set(names)) for names in spellings]


def test_every_fact_has_a_source_and_a_status() -> None:
    """No record stands without its source and how far it is verified."""
    for table in (gpus(), instances(), architectures()):
        assert all(item.source and item.status for item in table)


def test_every_instance_has_its_gpu() -> None:
    """Each instance names a GPU of the table, and its memory is the card's or the slice's."""
    for item in instances():
        gpu = find_gpu(item.gpu)
        if item.gpu_count and item.gpu_memory_gib and gpu.memory_gib:
            share = min(1.0, float(item.gpu_count))
            assert item.gpu_memory_gib == pytest.approx(gpu.memory_gib * share, rel=0.08), item.id


def test_the_articles_machine() -> None:
    """Standard_NC12s_v3 has two V100 on PCIe cards and is gone since 2025-09-30."""
    item = find_instance("azure/standard_nc12s_v3")
    assert (item.gpu, item.gpu_count) == ("NVIDIA V100 PCIe 16GB", Fraction(2))
    assert item.retired_on == date(2025, 9, 30)
    assert item is find_instance("Standard_NC12s_v3")


def test_a_slice_is_exact() -> None:
    """A sixth of a card is a sixth, not 0.17."""
    assert find_instance("Standard_NV6ads_A10_v5").gpu_count == Fraction(1, 6)


def test_a_count_that_nobody_read_is_unknown() -> None:
    """A size known by its name alone has no GPU count."""
    assert find_instance("Standard_NC36ds_xl_RTXPRO6000BSE_v6").gpu_count is None


def test_the_v100_on_a_pcie_card() -> None:
    """It computes in fp16 alone, and slower than the SXM2 module."""
    card, module = find_gpu("v100 pcie"), find_gpu("v100")
    assert (card.fp16_tflops, module.fp16_tflops) == (112, 125)
    assert (card.link_gb_per_s, module.link_gb_per_s) == (16, 150)
    assert card.lacks == ("bf16", "fp8", "int8", "fp4")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("h100_sxm", "NVIDIA H100 SXM"),
        ("NVIDIA H100 80GB HBM3", "NVIDIA H100 SXM"),
        ("NVIDIA A100-SXM4-80GB", "NVIDIA A100 SXM 80GB"),
        ("A100 40GB", "NVIDIA A100 SXM 40GB"),
        ("A100 80GB PCIe", "NVIDIA A100 PCIe 80GB"),
        ("NVIDIA B200-SXM-180GB", "NVIDIA B200 SXM"),
        ("Tesla V100-SXM2-32GB", "NVIDIA V100 SXM2 32GB"),
        ("4090 24GB", "NVIDIA RTX 4090"),
        ("NVIDIA GeForce RTX 4090", "NVIDIA RTX 4090"),
        ("RTX PRO 6000 Blackwell Server Edition", "NVIDIA RTX PRO 6000 Blackwell Server"),
        ("AMD Instinct MI300X", "AMD MI300X"),
    ],
)
def test_gpus_as_benchmark_tables_write_them(written: str, name: str) -> None:
    """Maker, socket and memory may stand in any order, or not at all."""
    assert find_gpu(written).name == name


def test_no_two_gpus_share_their_words() -> None:
    """Whatever order the words of a name stand in, it is one GPU."""
    named = {(gpu_words(word), gpu.name) for gpu in gpus() for word in (gpu.name, *gpu.aliases)}
    words = [words for words, _ in named]
    assert len(words) == len(set(words))


def test_a_gpu_without_a_datasheet() -> None:
    """A GPU that only an instance names is listed without figures."""
    v710 = find_gpu("V710")
    assert (v710.memory_gib, v710.fp16_tflops, v710.lacks) == (None, None, ())


def test_names_of_models() -> None:
    """A model is found by its canonical name and its Hugging Face id."""
    assert find_architecture("llama-2-7b") is find_architecture("meta-llama/Llama-2-7b-hf")
    assert find_architecture("elyza/Llama-3-ELYZA-JP-8B").model == "llama-3-elyza-jp-8b"
    assert find_architecture("gemma-2-2b").parameters == 2_614_000_000
    assert find_architecture("mixtral-8x7b").experts == 8


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("Qwen/Qwen3-235B-A22B-Instruct-2507-FP8", "qwen3-235b-a22b"),
        ("Qwen/Qwen3-32B-AWQ", "qwen3-32b"),
        ("meta-llama/Meta-Llama-3-8B-Instruct", "llama-3-8b"),
        ("nvidia/Llama-3.3-70B-Instruct-FP4", "llama-3.3-70b"),
        ("Llama 3.1 405B", "llama-3.1-405b"),
        ("llama2-70b-99.9", "llama-2-70b"),
        ("Mixtral 8x7B", "mixtral-8x7b"),
        ("DeepSeek-R1-0528", "deepseek-r1"),
        ("mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b"),
        ("LLaMA v2 70B", "llama-2-70b"),
        ("Qwen 2.5 7B", "qwen2.5-7b"),
        ("nvidia/Llama-3.1-Nemotron-70B-Instruct-HF", "llama-3.1-70b"),
        ("/workspace/DeepSeek-v3.2", "deepseek-v3.2"),
    ],
)
def test_what_was_done_to_a_model_does_not_change_its_shape(name: str, model: str) -> None:
    """Owner, tuning, date and quantisation are left out of a name until it is known."""
    assert find_architecture(name).model == model


def test_engines() -> None:
    """An engine is found in what people write; an unknown one has the defaults of most."""
    assert find_engine("TensorRT-LLM 0.12").name == "trtllm"
    assert find_engine("TGI (optimum-neuron)").name == "neuron"
    assert find_engine("llama.cpp").name == "llamacpp"
    assert find_engine("My own server").name == "other"
    vllm = find_engine("vLLM")
    assert (vllm.sequences(find_gpu("H100")), vllm.sequences(find_gpu("A100-80-SXM"))) == (
        1024,
        256,
    )


@pytest.mark.parametrize("item", PLAIN, ids=lambda item: item.model)
def test_parameters_follow_from_the_dimensions(item: Architecture) -> None:
    """Attention, MLP and embeddings add up to the parameters within 2%.

    Within 1% but for three models, some of whose layers are of another kind.
    """
    attention = item.hidden * item.head_dim * (2 * item.heads + 2 * item.kv_heads)
    matrices = 3 if item.mlp == "gated" else 2
    mlp = matrices * item.hidden * item.intermediate * max(1, item.experts)
    tables = item.hidden * item.vocab * (1 if item.tied_embeddings else 2)
    total = item.layers * (attention + mlp) + tables
    assert total == pytest.approx(item.parameters, rel=0.02)


def test_an_unknown_name_gets_close_ones() -> None:
    """A misspelt name is answered with names that are close."""
    with pytest.raises(UnknownNameError, match="no GPU is called 'H101'; close: H100"):
        find_gpu("H101")
    with pytest.raises(UnknownNameError, match="close: Standard_NC12s_v3"):
        find_instance("NC12s")
    with pytest.raises(UnknownNameError, match="close: llama-2-7b"):
        find_architecture("llama-2-7")


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("name,status,source\nX,verified\n", "gpus.csv:2: not as many cells as columns"),
        ("name,colour,status,source\nX,red,a,b\n", "gpus.csv:1: unknown column colour"),
        ("name,memory_gib,status,source\nX,lots,a,b\n", "gpus.csv:2: .*memory_gib"),
        ("name,memory_gib,status,source\nX,0,a,b\n", "gpus.csv:2: .*leave out what is unknown"),
        ("name,status\nX,verified\n", "gpus.csv:2: .*source"),
    ],
)
def test_a_malformed_table_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    """A malformed table is refused with its file and line."""
    path = tmp_path / "gpus.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFileError, match=wrong):
        gpus(path)
