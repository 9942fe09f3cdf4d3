"""Linear layers in 8 bits: weights stored so, activations rounded to it for each token.

The products are torch's own (`torch._int_mm` and `torch._scaled_mm`, which torchao builds on).
The embeddings and the output layer stay in 16 bits, as in published checkpoints.
"""

from typing import Any

from planner.errors import UsageError

_LARGEST = {"int8": 127.0, "fp8": 448.0}  # of int8, and of float8_e4m3fn
_ROWS = 32  # the int8 product of GPUs takes more than 16 rows
_SMALLEST = 1e-8


def quantise(model: Any, name: str) -> None:
    """Replace the linear layers of a model on the meta device.

    UsageError for experts, which are no linear layers.
    """
    import torch  # noqa: PLC0415 - seconds

    head = model.get_output_embeddings()
    if any(".experts." in path for path, _ in model.named_parameters()):
        raise UsageError(f"experts are not built in {name}; take --dtype bfloat16")
    for path, module in list(model.named_modules()):
        if isinstance(module, torch.nn.Linear) and module is not head:
            parent, _, own = path.rpartition(".")
            setattr(model.get_submodule(parent), own, linear_in(name, module))


def linear_in(name: str, linear: Any) -> Any:
    """A linear layer of this shape with weights in "int8" or "fp8", a scale for each output."""
    import torch  # noqa: PLC0415

    kept = torch.int8 if name == "int8" else torch.float8_e4m3fn
    largest = _LARGEST[name]

    class Eight(torch.nn.Module):
        """Rounds each token to 8 bits with a scale of its own, when it runs."""

        def __init__(self) -> None:
            super().__init__()
            device = linear.weight.device
            self.register_buffer("weight", torch.empty_like(linear.weight, dtype=kept))
            self.register_buffer("scale", torch.empty(linear.out_features, device=device))
            self.bias = linear.bias

        def forward(self, x: Any) -> Any:
            rows = x.reshape(-1, x.shape[-1])
            scale = rows.abs().amax(dim=1, keepdim=True).float().clamp(min=_SMALLEST) / largest
            small = rows / scale
            if kept is torch.int8:
                out = self.multiply(small.round().to(kept), scale) * scale * self.scale
            else:
                out = self.multiply(small.to(kept), scale)
            out = out.to(x.dtype).reshape(*x.shape[:-1], -1)
            return out if self.bias is None else out + self.bias

        def multiply(self, rows: Any, scale: Any) -> Any:
            """Multiply 8 bits with 8 bits: of int8 the sums without their scales."""
            if kept is torch.int8:
                return _int8(rows, self.weight)
            return torch._scaled_mm(  # noqa: SLF001 - no public name in all versions
                rows, self.weight.t(), scale_a=scale, scale_b=self.scale.unsqueeze(0),
                out_dtype=torch.bfloat16,
            )  # fmt: skip

    return Eight()


def _int8(rows: Any, weight: Any) -> Any:
    import torch  # noqa: PLC0415

    count = rows.shape[0]
    if rows.is_cuda and count < _ROWS:
        rows = torch.nn.functional.pad(rows, (0, 0, 0, _ROWS - count))
    return torch._int_mm(rows, weight.t())[:count]  # noqa: SLF001 - likewise
