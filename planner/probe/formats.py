"""Formats of weights: how people write them, and whether a device multiplies in them."""

from typing import Any

from planner.errors import UsageError

EIGHT_BITS = ("int8", "fp8")
FORMATS = {
    "float32": "fp32",
    "fp32": "fp32",
    "bfloat16": "bf16",
    "bf16": "bf16",
    "float16": "fp16",
    "fp16": "fp16",
    "half": "fp16",
    "int8": "int8",
    "fp8": "fp8",
}
"""The spellings, and planner's own names."""


def format_named(spelling: str) -> str:
    """The name of a format; UsageError lists those that torch builds here."""
    found = FORMATS.get(spelling.strip().lower())
    if found is None:
        known = "float32, bfloat16, float16, int8, fp8"
        raise UsageError(f"--dtype {spelling!r} is none that a probe builds; give {known}")
    return found


def torch_dtype(name: str) -> Any:
    """What torch computes in: a quantised model's activations are bfloat16."""
    import torch  # noqa: PLC0415 - seconds

    return {"fp32": torch.float32, "fp16": torch.float16}.get(name, torch.bfloat16)


def lacking(name: str, device: Any) -> str | None:
    """Why a device does not multiply in a format; None where it does. It tries."""
    import torch  # noqa: PLC0415

    from planner.probe.quantised import linear_in  # noqa: PLC0415 - torch behind it

    if device.type == "cuda" and name == "bf16" and not torch.cuda.is_bf16_supported(False):
        return "it computes in float16 and float32"
    kind = torch_dtype(name)
    try:
        layer = torch.nn.Linear(64, 64, device="meta", dtype=kind)
        layer = linear_in(name, layer) if name in EIGHT_BITS else layer
        with torch.inference_mode():
            layer.to_empty(device=device)(torch.ones(2, 64, dtype=kind, device=device))
    except (RuntimeError, NotImplementedError, ValueError) as error:
        return str(error).splitlines()[0][:160]
    return None
