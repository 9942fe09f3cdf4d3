"""What batches handed to a model tell: rates, and how near the device's ceilings they are.

Generating a token reads the weights and the keys and values of every sequence once: MBU (model
bandwidth utilisation) is those bytes per second over the bandwidth. Reading a prompt multiplies
every weight with every token: MFU (model FLOPS utilisation) is those operations per second over
the rate of a large matrix product. Both ceilings are those of the device itself, measured in the
same run; the definitions are Databricks' ("LLM Inference Performance Engineering", 2023-10) and
PaLM's (arXiv:2204.02311, appendix B).
"""

import math
from collections.abc import Sequence

import msgspec

from planner.core.hardware import GIB
from planner.core.measurements import ROUNDS_MAY_DIFFER, Percentiles, apart


class Footprint(msgspec.Struct, frozen=True, kw_only=True):
    """What a built model makes a device do, counted on its own parameters.

    `active_parameters` are those that a token passes through, the embeddings among them.
    `weight_bytes` is everything but an embedding table of its own, which is looked up, and but the
    `routed_bytes` of experts, of which a token picks `experts_per_token` of `experts`.
    `body_parameters` are multiplied with each token (of the experts those that it picks),
    `output_parameters` with those alone whose next token is wanted. Attention compares each token
    with all before it, 4 operations per number of `attention_width` (layers x heads x width);
    `kv_bytes_per_token` are its keys and values in a layer that keeps all.
    """

    parameters: int
    active_parameters: float
    weight_bytes: float
    routed_bytes: float = 0.0
    experts: int = 0
    experts_per_token: int = 0
    body_parameters: float
    output_parameters: float
    attention_width: float
    kv_bytes_per_token: float

    def step_bytes(self, batch: int) -> float:
        """Bytes of weights that one step of a batch reads.

        Random weights route near uniformly, so that B tokens touch 1 - (1 - k/E)^B of the experts.
        """
        if not self.experts:
            return self.weight_bytes
        touched = 1 - (1 - self.experts_per_token / self.experts) ** batch
        return self.weight_bytes + touched * self.routed_bytes

    def prompt_operations(self, batch: int, tokens: int) -> float:
        """Operations of reading the prompts of a batch, each multiplication and addition one."""
        products = 2 * (self.body_parameters * tokens + self.output_parameters)
        return batch * (products + 4 * self.attention_width * tokens * tokens / 2)


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """One batch from prompt to last token: times in seconds, of the first of the split devices.

    The mean step reads `kv_bytes` of keys and values there; `peak_bytes` is the most it held.
    """

    prefill_seconds: float
    step_seconds: tuple[float, ...]
    kv_bytes: float
    peak_bytes: float | None = None

    @property
    def seconds(self) -> float:
        """From the prompt to the last token."""
        return self.prefill_seconds + math.fsum(self.step_seconds)

    @property
    def output_tokens(self) -> int:
        """Of each sequence: the prompt yields the first."""
        return 1 + len(self.step_seconds)


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What the rounds of one point tell; rates of all replicas, in tokens per second."""

    rounds: tuple[float, ...]
    output_tokens_per_second: float
    prefill_tokens_per_second: float
    decode_tokens_per_second: float | None
    ttft: Percentiles | None
    tpot: Percentiles | None
    itl: Percentiles | None
    e2e: Percentiles | None
    mbu: float | None
    mfu: float | None
    peak_memory_gib: float | None

    @property
    def settled(self) -> bool:
        """Whether the rounds agree."""
        return apart(self.rounds) <= ROUNDS_MAY_DIFFER


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of sequences of one length on each replica, which `split` devices share."""

    batch: int
    input_tokens: int
    split: int = 1


def figures(
    point: Point,
    replicas: Sequence[Sequence[Round]],
    footprint: Footprint,
    *,
    bandwidth_gb_per_s: float | None,
    matmul_tflops: float | None,
) -> Figures:
    """Work out a point from the rounds of each replica, which ran at the same time.

    The rate is that of the middle round; times are those of all rounds and replicas.
    """
    every = [one for replica in replicas for one in replica]
    rates = [
        math.fsum(point.batch * one.output_tokens / one.seconds for one in together)
        for together in zip(*replicas, strict=True)
    ]
    steps = [seconds for one in every for seconds in one.step_seconds]
    prefill = _middle([one.prefill_seconds for one in every])
    step = _middle(steps) if steps else None
    kept = point.split * _middle([one.kv_bytes for one in every])
    read = footprint.step_bytes(point.batch) + kept
    peaks = [one.peak_bytes for one in every if one.peak_bytes is not None]
    mbu = mfu = None
    if step and bandwidth_gb_per_s:
        mbu = read / step / (bandwidth_gb_per_s * 1e9 * point.split)
    if point.input_tokens and matmul_tflops:
        operations = footprint.prompt_operations(point.batch, point.input_tokens)
        mfu = operations / prefill / (matmul_tflops * 1e12 * point.split)
    copies = len(replicas)
    return Figures(
        rounds=tuple(rates),
        output_tokens_per_second=_middle(rates),
        prefill_tokens_per_second=copies * point.batch * point.input_tokens / prefill,
        decode_tokens_per_second=copies * point.batch / step if step else None,
        ttft=Percentiles.of([one.prefill_seconds for one in every]),
        tpot=Percentiles.of(
            [math.fsum(r.step_seconds) / len(r.step_seconds) for r in every if r.step_seconds]
        ),
        itl=Percentiles.of(steps),
        e2e=Percentiles.of([one.seconds for one in every]),
        mbu=mbu,
        mfu=mfu,
        peak_memory_gib=max(peaks) / GIB if peaks else None,
    )


def _middle(values: Sequence[float]) -> float:
    """The median; of an even number the mean of the two in the middle."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
