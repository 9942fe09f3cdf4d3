"""Claims about the records of GPUs, instances and model architectures."""

from datetime import date
from fractions import Fraction

import pytest

from planner.core.hardware import Architecture, Gpu, Instance


def gpu(**changes: object) -> Gpu:
    """Build a V100 on a PCIe card, with changes."""
    fields = {
        "name": "NVIDIA V100 PCIe 16GB",
        "memory_gib": 16.0,
        "memory_bandwidth_gb_per_s": 900.0,
        "fp16_tflops": 112.0,
        "lacks": ("bf16", "fp8"),
        "link_gb_per_s": 16.0,
        "status": "verified",
        "source": "test",
    }
    return Gpu(**{**fields, **changes})  # type: ignore[arg-type]


def instance(**changes: object) -> Instance:
    """Build the article's machine, with changes."""
    fields = {
        "cloud": "azure",
        "name": "Standard_NC12s_v3",
        "gpu": "NVIDIA V100 PCIe 16GB",
        "gpu_count": Fraction(2),
        "retired_on": date(2025, 9, 30),
        "status": "verified",
        "source": "test",
    }
    return Instance(**{**fields, **changes})  # type: ignore[arg-type]


def architecture(**changes: object) -> Architecture:
    """Build Llama-2-7b, with changes."""
    fields = {
        "model": "llama-2-7b",
        "hugging_face": "meta-llama/Llama-2-7b-hf",
        "hidden": 4096,
        "layers": 32,
        "heads": 32,
        "kv_heads": 32,
        "head_dim": 128,
        "intermediate": 11008,
        "mlp": "gated",
        "vocab": 32000,
        "tied_embeddings": False,
        "context_tokens": 4096,
        "attention": "full",
        "parameters": 6_738_000_000,
        "active_parameters": 6_738_000_000,
        "embedding_parameters": 131_000_000,
        "kv_bytes_per_token": 524_288,
        "kv_bytes_per_token_long": 524_288,
        "status": "single source",
        "source": "test",
    }
    return Architecture(**{**fields, **changes})  # type: ignore[arg-type]


def test_unknown_is_told_from_lacking() -> None:
    """A format without a figure is unknown, unless the GPU lacks it."""
    v100 = gpu()
    assert (v100.tflops("int8"), "int8" in v100.lacks) == (None, False)
    assert (v100.tflops("bf16"), "bf16" in v100.lacks) == (None, True)


def test_native_dtype() -> None:
    """Servers run in bf16, on a GPU without it in fp16."""
    assert gpu().native_dtype == "fp16"
    assert gpu(lacks=(), bf16_tflops=125.0).native_dtype == "bf16"


def test_a_gpu_cannot_lack_what_it_has() -> None:
    """A figure beside a lacking format is refused."""
    with pytest.raises(ValueError, match="lacks bf16 and has a figure for it"):
        gpu(bf16_tflops=125.0)


def test_zero_is_no_figure() -> None:
    """A figure of zero is refused: unknown is left out."""
    with pytest.raises(ValueError, match="leave out what is unknown"):
        gpu(memory_gib=0.0)


def test_a_size_is_gone_from_its_retirement_on() -> None:
    """An instance can be used up to the day before its retirement."""
    assert not instance().retired(date(2025, 9, 29))
    assert instance().retired(date(2025, 9, 30))
    assert not instance(retired_on=None).retired(date(2026, 11, 20))


def test_instance_id() -> None:
    """An instance is named by its cloud and its size."""
    assert instance().id == "azure/Standard_NC12s_v3"


def test_a_slice_is_below_one_gpu() -> None:
    """A sixth of a GPU is a count, one and a half is not."""
    assert instance(gpu_count=Fraction(1, 6)).gpu_count == Fraction(1, 6)
    with pytest.raises(ValueError, match="gpu_count of Standard_NC12s_v3 is 3/2"):
        instance(gpu_count=Fraction(3, 2))


def test_weight_bytes() -> None:
    """Quantising halves all weights but the embeddings and the output layer: these keep 16 bits."""
    llama = architecture()
    assert llama.weight_bytes("fp16") == 13_476_000_000
    assert llama.weight_bytes("fp8") == 6_738_000_000 + 2 * 131_000_000
    tied = architecture(tied_embeddings=True)
    assert tied.weight_bytes("fp8") == 6_738_000_000 + 131_000_000
    assert llama.weight_bytes("q8_0") == 6_738_000_000 * 8.5 / 8
    assert architecture(parameters=None, active_parameters=None).weight_bytes("bf16") is None


def test_kv_bytes() -> None:
    """A token of Llama-2-7b keeps half a MiB in 16 bits."""
    llama = architecture()
    assert llama.kv_bytes(1024) == 512 * 2**20


def test_local_layers_stop_at_their_window() -> None:
    """Beyond the window only the layers with full attention keep more."""
    mixed = architecture(kv_bytes_per_token=100, kv_bytes_per_token_long=40, local_window=10)
    assert mixed.kv_bytes(10) == 1000
    assert mixed.kv_bytes(20) == 1000 + 400


def test_local_layers_need_a_window() -> None:
    """Local layers without a window are refused."""
    with pytest.raises(ValueError, match="has local layers and no local_window"):
        architecture(kv_bytes_per_token_long=40)


def test_routed_parameters() -> None:
    """Mixtral's experts are told from its two parameter counts: 45.1 of 46.7 billion."""
    mixtral = architecture(
        parameters=46_703_000_000,
        active_parameters=12_880_000_000,
        experts=8,
        experts_per_token=2,
        kv_heads=8,
    )
    assert mixtral.routed_parameters == 45_097_333_333
    assert architecture().routed_parameters == 0


def test_latent_attention_is_not_split() -> None:
    """MLA keeps one latent for all heads, so each GPU of a replica has a copy."""
    assert architecture(attention="MLA kv_lora=512", kv_heads=128).kv_shards == 1
    assert architecture(kv_heads=8).kv_shards == 8


def test_active_parameters_are_a_part() -> None:
    """More active parameters than parameters are refused."""
    with pytest.raises(ValueError, match="more active parameters"):
        architecture(active_parameters=7_000_000_000)
