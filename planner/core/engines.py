"""Inference engines: how they take memory, and how many requests they run at once."""

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from planner.core.hardware import Gpu, WeightFormat

OLD_BESIDE_ARM = ("NVIDIA T4G",)
"""GPUs of EC2's Graviton machines; what engines publish for arm64 is built for later GPUs (public
notes on vLLM's image for arm64 in 2026 tell 8.7 and up, read 2026-11-26)."""

LARGE_GIB = 70
"""From this memory on vLLM's defaults are those of large GPUs (the A100 excepted)."""


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """An engine's defaults.

    `runs_on` are the makers of GPUs that it is known to run on, empty for an unknown engine.
    `memory_share` of a GPU's memory is its own, `reserve_gb` (1e9 bytes) of that go to activations
    and graphs. `max_sequences` run at once on a GPU of LARGE_GIB or more, `max_sequences_small` on
    others; `batched_tokens` is how much of a prompt one step reads. `weight_only` are formats
    that it keeps weights in where the GPU does not compute in them, and computes in 16 bits, each
    with the least compute capability that it takes, 0: any GPU. Its releases of today run from
    `capability` on, an `older_release` below it. `guide` is where its use is told, and for what.
    """

    name: str
    spellings: tuple[str, ...] = ()
    runs_on: tuple[str, ...] = ()
    memory_share: float
    reserve_gb: float
    max_sequences: int
    max_sequences_small: int
    batched_tokens: int
    weight_only: Mapping[WeightFormat, float] = {}
    capability: float | None = None
    older_release: str | None = None
    guide: str | None = None
    status: Literal["read", "recalled", "assumed"]
    source: str

    def sequences(self, gpu: Gpu) -> int:
        """How many requests run at once on one such GPU, memory permitting."""
        large = (gpu.memory_gib or 0) >= LARGE_GIB and gpu.generation != "ampere"
        return self.max_sequences if large else self.max_sequences_small

    def obstacle(self, gpu: Gpu) -> str | None:
        """Why it cannot be taken for a GPU; None where it can."""
        if not self.runs_on or gpu.maker in self.runs_on:
            return None
        return f"{self.name} is not known to run on {gpu.name}"

    def widens(self, weights: WeightFormat, gpu: Gpu) -> bool:
        """Whether it serves weights of a format on a GPU that does not compute in them."""
        least = self.weight_only.get(weights)
        if least is None or not least:
            return least is not None
        if gpu.cuda_capability is not None:
            return gpu.cuda_capability >= least
        return weights == "mxfp4" and gpu.generation == "cdna"

    def advice(self, gpu: Gpu) -> str | None:
        """What to see to where it is to run on a GPU; None where nothing is known to."""
        own, least = gpu.cuda_capability, self.capability
        if own is None or least is None:
            return None if self.guide is None else f"serve it as {self.guide}"
        if own < least:
            return (
                f"{gpu.name} has compute capability {own}, and {self.name} asks for {least} today: "
                f"take an older release, such as {self.older_release}"
            )
        if gpu.name in OLD_BESIDE_ARM:
            return (
                f"{gpu.name} stands beside an Arm processor, and no image of {self.name} for arm64 "
                f"is known to be built for compute capability {own}: build one"
            )
        return None

    def known_as(self, name: str) -> bool:
        """Whether this is the engine that people call so: "TensorRT-LLM 0.12", "trtllm"."""
        wanted = name.casefold()
        return any(
            re.search(rf"(?<![a-z]){re.escape(spelling)}(?![a-z])", wanted)
            for spelling in (self.name, *self.spellings)
        )
