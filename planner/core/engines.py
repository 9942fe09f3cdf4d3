"""Inference engines: how they take memory, and how many requests they run at once."""

import re
from typing import Literal

import msgspec

from planner.core.hardware import Gpu, WeightFormat

LARGE_GIB = 70
"""From this memory on vLLM's defaults are those of large GPUs (the A100 excepted)."""


class Engine(msgspec.Struct, frozen=True, kw_only=True):
    """An engine's defaults.

    `runs_on` are the makers of GPUs that it is known to run on, empty for an unknown engine.
    `memory_share` of a GPU's memory is its own, `reserve_gb` (1e9 bytes) of that go to activations
    and graphs. `max_sequences` run at once on a GPU of LARGE_GIB or more, `max_sequences_small` on
    others; `batched_tokens` is how much of a prompt one step reads. `weight_only` are formats
    that it keeps weights in where the GPU does not compute in them, and computes in 16 bits.
    """

    name: str
    spellings: tuple[str, ...] = ()
    runs_on: tuple[str, ...] = ()
    memory_share: float
    reserve_gb: float
    max_sequences: int
    max_sequences_small: int
    batched_tokens: int
    weight_only: tuple[WeightFormat, ...] = ()
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

    def known_as(self, name: str) -> bool:
        """Whether this is the engine that people call so: "TensorRT-LLM 0.12", "trtllm"."""
        wanted = name.casefold()
        return any(
            re.search(rf"(?<![a-z]){re.escape(spelling)}(?![a-z])", wanted)
            for spelling in (self.name, *self.spellings)
        )
