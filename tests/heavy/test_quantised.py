"""Claims about layers in 8 bits: they are near the product that they stand for."""

from typing import Any

import pytest
import torch

from planner.errors import UsageError
from planner.probe.built import shape
from planner.probe.ceilings import matmul_tflops
from planner.probe.formats import lacking
from planner.probe.quantised import linear_in
from tests.heavy.tiny import CPU, prompt, settled, tiny

EIGHT = {"int8": (127, 0.02), "fp8": (448, 0.05)}


def rounded(name: str, linear: Any) -> Any:
    """The layer in 8 bits, with the weights of this one."""
    largest, _ = EIGHT[name]
    layer = linear_in(name, linear).to_empty(device=CPU)
    scale = linear.weight.detach().abs().amax(dim=1).float() / largest
    small = linear.weight.detach().float() / scale.unsqueeze(1)
    if layer.bias is not None:  # emptied as well, and the same for both
        torch.nn.init.ones_(layer.bias)
    layer.scale.copy_(scale)
    layer.weight.copy_((small.round() if name == "int8" else small).to(layer.weight.dtype))
    return layer


@pytest.mark.parametrize("name", EIGHT)
@pytest.mark.parametrize("bias", [False, True])
def test_a_layer_in_8_bits_is_near_the_float_one(name: str, *, bias: bool) -> None:
    """2% off in int8, 5% in fp8, which has 3 bits of fraction; tokens keep scales of their own."""
    torch.manual_seed(0)
    linear = torch.nn.Linear(128, 64, bias=bias, dtype=torch.bfloat16)
    tokens = torch.randn(2, 7, 128, dtype=torch.bfloat16) * torch.tensor([1.0, 100.0]).view(2, 1, 1)
    tokens = tokens.bfloat16()
    with torch.inference_mode():
        found, expected = rounded(name, linear)(tokens).float(), linear(tokens).float()
    assert found.shape == (2, 7, 64)
    for one, other in zip(found, expected, strict=True):
        assert (one - other).norm() / other.norm() < EIGHT[name][1]


@pytest.mark.parametrize("name", EIGHT)
def test_a_model_in_8_bits_keeps_its_tables_in_16(name: str) -> None:
    """A byte a weight in the layers, two in embeddings and output; finite numbers come out."""
    model, config = settled(tiny(), name)
    layer = model.model.layers[0].mlp.up_proj
    assert layer.weight.element_size() == 1
    assert model.lm_head.weight.dtype is model.model.embed_tokens.weight.dtype is torch.bfloat16
    assert (layer.weight.float() * layer.scale.unsqueeze(1)).std() == pytest.approx(0.02, rel=0.1)
    with torch.inference_mode():
        logits = model(prompt()).logits
    assert torch.isfinite(logits).all()
    assert config.num_hidden_layers == 2


def test_a_step_in_8_bits_reads_half() -> None:
    """The layers' bytes are half of those in 16 bits, beside a scale for each output."""
    eight, sixteen = (shape(tiny(), name).footprint for name in ("int8", "bf16"))
    head = 2 * 96 * 32
    norms = 2 * 5 * 32
    outputs = 2 * (64 + 32 + 32 + 32 + 48 + 48 + 32)
    weights = sixteen.weight_bytes - head - norms
    assert eight.weight_bytes == head + norms + weights / 2 + 4 * outputs


def test_experts_in_8_bits_are_refused() -> None:
    """One line with the dtype to take."""
    with pytest.raises(UsageError, match="experts are not built in int8; take --dtype bfloat16"):
        shape(tiny("mixtral"), "int8")


@pytest.mark.parametrize("name", ["fp32", "bf16", "int8"])
def test_a_products_rate_is_measured(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than nothing, less than a machine of this kind can."""
    monkeypatch.setattr("planner.probe.ceilings._LARGEST", 256)
    assert 1e-4 < matmul_tflops(name, CPU) < 1000


def test_a_format_is_tried_on_the_device() -> None:
    """Float32 runs everywhere; a device that is not there says why not, in one line."""
    assert lacking("fp32", CPU) is None
    reason = lacking("fp8", torch.device("mps"))
    assert reason is not None
    assert "\n" not in reason
