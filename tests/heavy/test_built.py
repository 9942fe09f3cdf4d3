"""Claims about models of random weights: their shape, and that what is computed is not random."""

import pytest
import torch

from planner.core.hardware import Architecture
from planner.errors import UsageError
from planner.files.hardware import architectures, find_architecture
from planner.probe.built import bytes_of, settle, shape
from planner.probe.shapes import Spec, spec_of
from tests.heavy.tiny import CPU, FAMILIES, normal, prompt, settled, tiny


def told(architecture: Architecture) -> Spec | None:
    """What the table tells of a model, None where that is not enough."""
    try:
        return spec_of(architecture)
    except UsageError:
        return None


TOLD = [(a, spec) for a in architectures() if (spec := told(a)) is not None]


def test_most_of_the_table_can_be_built() -> None:
    """What cannot has latent, linear or chunked attention."""
    assert len(TOLD) >= 80
    assert {a.model for a in architectures()} - {a.model for a, _ in TOLD} >= {"deepseek-v3"}


@pytest.mark.parametrize(("architecture", "spec"), TOLD, ids=[a.model for a, _ in TOLD])
def test_a_model_of_the_table_has_its_parameters(architecture: Architecture, spec: Spec) -> None:
    """Built without memory, counted on its own tensors: within 3% of what its source says."""
    built = shape(spec, "bf16")
    assert built.footprint.parameters == pytest.approx(architecture.parameters, rel=0.03)
    assert {p.device.type for p in built.model.parameters()} == {"meta"}


def test_what_a_llama_makes_a_device_do_is_counted() -> None:
    """Llama-3-8B in 16 bits: 15 GiB, of which a step reads all but the table; 128 KiB a token."""
    found = shape(spec_of(find_architecture("llama-3-8b")), "bf16").footprint
    table = 128_256 * 4096
    assert found.parameters == 8_030_261_248
    assert found.weight_bytes == 2 * (8_030_261_248 - table)
    assert found.output_parameters == table
    assert found.body_parameters == 8_030_261_248 - 2 * table
    assert found.kv_bytes_per_token == 131_072
    assert found.attention_width == 32 * 4096


def test_tied_weights_are_counted_and_read_once() -> None:
    """The table of a tied model is its output layer: a step reads it, a token multiplies it."""
    built = shape(tiny("qwen3"), "fp32")
    assert built.footprint.output_parameters == 96 * 32
    assert built.footprint.weight_bytes == 4 * built.footprint.parameters == bytes_of(built.model)


@pytest.mark.parametrize("kind", FAMILIES)
def test_what_is_computed_is_as_transformers_computes_it(kind: str) -> None:
    """Rotary frequencies and scales of embeddings: the same buffers, whatever the weights."""
    model, config = settled(tiny(kind))
    stored = model.state_dict().keys()
    expected = {n: b for n, b in normal(config).named_buffers() if n not in stored}
    found = {n: b for n, b in model.named_buffers() if n not in stored}
    assert found.keys() == expected.keys()
    for name, buffer in found.items():
        torch.testing.assert_close(buffer, expected[name], msg=name)


@pytest.mark.parametrize("kind", FAMILIES)
def test_with_the_same_weights_the_logits_are_the_same(kind: str) -> None:
    """Nothing else in the model is random, and no garbage is left: finite numbers throughout."""
    model, config = settled(tiny(kind))
    other = normal(config)
    other.load_state_dict(model.state_dict())
    with torch.inference_mode():
        found, expected = model(prompt()).logits, other(prompt()).logits
    assert torch.isfinite(found).all()
    assert found.std() > 0
    torch.testing.assert_close(found, expected)


@pytest.mark.parametrize("kind", ["gemma2", "gemma3_text", "qwen3", "mpt", "bloom", "falcon"])
def test_tied_weights_stay_tied(kind: str) -> None:
    """One tensor is both the table and the output layer."""
    model, _ = settled(tiny(kind))
    assert model.get_output_embeddings().weight is model.get_input_embeddings().weight


def test_the_same_seed_makes_the_same_weights() -> None:
    """Each process of a crew holds the same model; another seed makes another."""
    one, _ = settled(tiny("gemma2"))
    two, _ = settled(tiny("gemma2"))
    three = settle(shape(tiny("gemma2"), "fp32"), CPU, seed=1)
    for name, weights in one.state_dict().items():
        torch.testing.assert_close(two.state_dict()[name], weights)
    name = "model.layers.0.mlp.up_proj.weight"
    assert not torch.equal(three.state_dict()[name], one.state_dict()[name])
