"""What a device does at its best: bytes of a large copy or sum, operations of a large product.

Both are measured in the run that they are the ceiling of, since clocks, power limits and
neighbours change from run to run.
"""

import functools
import time
from collections.abc import Callable
from typing import Any

from planner.probe.formats import EIGHT_BITS, torch_dtype
from planner.probe.quantised import linear_in

_GPU_BYTES, _CPU_BYTES = 2 << 30, 1 << 28  # far beyond the caches
_LARGEST = 8192  # rows and columns of a product
_LONG_ENOUGH = 0.1  # seconds of a product from which on a larger one is no faster
_ROUNDS = 5


def bandwidth_gb_per_s(device: Any) -> float:
    """The most bytes per second, in GB (1e9): a copy reads and writes, a sum reads alone.

    CPUs read a line before they write to it, so that a sum moves more of what is counted.
    """
    import torch  # noqa: PLC0415 - seconds

    count = (_GPU_BYTES if device.type == "cuda" else _CPU_BYTES) // 4
    source, target = torch.ones(count, device=device), torch.zeros(count, device=device)
    size = count * 4
    copied = 2 * size / _best(lambda: target.copy_(source), device)
    summed = size / _best(source.sum, device)
    return max(copied, summed) / 1e9


def matmul_tflops(name: str, device: Any) -> float:
    """The most operations per second (1e12) of square products in a format, growing until slow."""
    import torch  # noqa: PLC0415

    best, size, kind = 0.0, 256, torch_dtype(name)
    while size <= _LARGEST:
        layer = torch.nn.Linear(size, size, bias=False, device="meta", dtype=kind)
        layer = (linear_in(name, layer) if name in EIGHT_BITS else layer).to_empty(device=device)
        for numbers in (*layer.parameters(), *layer.buffers()):
            numbers.data.copy_(torch.randint(-8, 9, numbers.shape))
        rows, call = torch.ones(size, size, device=device, dtype=kind), layer
        if name in EIGHT_BITS:  # the product alone, not the rounding before it
            rows, scale = rows.to(layer.weight.dtype), torch.ones(size, 1, device=device)
            call = functools.partial(layer.multiply, scale=scale)
        with torch.inference_mode():
            seconds = _best(functools.partial(call, rows), device)
        best = max(best, 2 * size**3 / seconds / 1e12)
        if seconds > _LONG_ENOUGH:
            break
        size *= 2
    return best


def _best(call: Callable[[], Any], device: Any) -> float:
    """The shortest of some calls, the first one not counted, in seconds."""
    import torch  # noqa: PLC0415

    shortest = float("inf")
    for number in range(_ROUNDS + 1):
        started = time.perf_counter()
        call()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        if number:
            shortest = min(shortest, time.perf_counter() - started)
        if number == 1 and shortest > _LONG_ENOUGH * 10:
            break
    return shortest
