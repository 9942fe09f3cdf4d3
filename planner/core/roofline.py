"""The physics of serving a language model on GPUs: a roofline of memory, operations and links.

Generating one token for each of B running requests reads all the weights and the keys and values
(KV) of every request from memory, and multiplies each active weight with B vectors. The slower of
the two sets the pace, so a step takes

    t_step = smooth maximum(bytes / (bandwidth x MBU), operations / (peak x MFU)) + communication

and reading a prompt (prefill) costs operations alone. A server that is always full then delivers

    output tokens per second = B x output / (output x t_step + B x t_prefill)

Left out: overhead per layer and per step, chunked prefill, caps on running sequences, pipeline,
expert and data parallelism, the rounding of paged KV.
"""

import math

import msgspec

from planner.core.hardware import BYTES_OF_16_BIT, BYTES_PER_WEIGHT, Architecture, Dtype

COLLECTIVES_PER_LAYER = 2  # tensor parallelism sums up after attention and after the MLP


class Efficiency(msgspec.Struct, frozen=True, kw_only=True):
    """Which share of the datasheet a server reaches; the defaults are textbook values.

    MBU 0.8 and MFU 0.5 are the usual rules of thumb for decoding and prefill. 0.9 is the share of
    memory that vLLM takes by default (gpu_memory_utilization). The latency of a collective is an
    assumption for GPUs of one machine, the sharpness (the exponent of a p-norm) a convention.
    """

    mbu: float = 0.8
    mfu: float = 0.5
    memory_share: float = 0.9
    collective_seconds: float = 10e-6
    sharpness: float = 3.0


TEXTBOOK = Efficiency()


class Replica(msgspec.Struct, frozen=True, kw_only=True):
    """One copy of a model on `gpus` GPUs, whose figures are per GPU, or of a slice of one."""

    architecture: Architecture
    dtype: Dtype
    efficiency: Efficiency
    gpus: int
    memory_bytes: float
    bytes_per_second: float
    operations_per_second: float
    link_bytes_per_second: float

    def weight_bytes(self) -> float:
        """Bytes of the whole model, over all GPUs of the replica."""
        return self.architecture.weight_bytes(self.dtype) or 0.0

    def room(self, tokens: float) -> int:
        """How many requests of this full length fit beside the weights."""
        free = self.memory_bytes * self.efficiency.memory_share - self.weight_bytes() / self.gpus
        return max(0, math.floor(free / (self.architecture.kv_bytes(tokens) / self.kv_split())))

    def kv_split(self) -> int:
        """Over how many of its GPUs the KV cache is spread; the others hold copies."""
        return min(self.gpus, self.architecture.kv_shards)

    def step_bytes(self, batch: float, context: float) -> float:
        """Bytes that one GPU reads for one decoding step.

        Of a mixture of experts a step touches 1 - (1 - k/E)^B of the routed weights. An embedding
        table of its own is looked up, not read; a tied one is the output layer and is read.
        """
        a = self.architecture
        weights = self.weight_bytes()
        if not a.tied_embeddings:
            weights -= a.embedding_parameters * BYTES_OF_16_BIT
        if a.experts:
            missed = (1 - a.experts_per_token / a.experts) ** batch
            weights -= a.routed_parameters * BYTES_PER_WEIGHT[self.dtype] * missed
        return weights / self.gpus + batch * a.kv_bytes(context) / self.kv_split()

    def operations(self, tokens: float, context: float) -> float:
        """Multiplications and additions of one GPU for so many tokens at this mean context."""
        a = self.architecture
        weights = (a.active_parameters or 0) - (0 if a.tied_embeddings else a.embedding_parameters)
        seen = a.kv_bytes(context) / a.kv_bytes_per_token  # a local layer sees its window alone
        attention = 4 * a.layers * a.heads * a.head_dim * seen
        return tokens * (2 * weights + attention) / self.gpus

    def communication_seconds(self, tokens: float, *, latency: bool = True) -> float:
        """Time of the ring all-reduces of one pass, activations in 16 bits."""
        if self.gpus == 1:
            return 0.0
        a = self.architecture
        sent = 2 * (self.gpus - 1) / self.gpus * tokens * a.hidden * BYTES_OF_16_BIT
        once = sent / self.link_bytes_per_second
        if latency:
            once += self.efficiency.collective_seconds
        return COLLECTIVES_PER_LAYER * a.layers * once

    def step_seconds(self, batch: float, context: float) -> float:
        """Time of one decoding step."""
        memory = self.step_bytes(batch, context) / (self.bytes_per_second * self.efficiency.mbu)
        compute = self.compute_seconds(self.operations(batch, context))
        p = self.efficiency.sharpness
        roof = float((memory**p + compute**p) ** (1 / p))
        return roof + self.communication_seconds(batch)

    def compute_seconds(self, operations: float) -> float:
        """Time of so many operations on one GPU."""
        return operations / (self.operations_per_second * self.efficiency.mfu)

    def prefill_seconds(self, prompt: float) -> float:
        """Time that a prompt takes from a busy server, which reads prompts many at a time.

        So neither the weights' bytes nor the latencies are counted; a token sees half of the
        prompt on average.
        """
        compute = self.compute_seconds(self.operations(prompt, prompt / 2))
        return compute + self.communication_seconds(prompt, latency=False)

    def tokens_per_second(self, batch: float, prompt: float, answer: float) -> float:
        """Output tokens per second of this replica with `batch` requests always running."""
        step = self.step_seconds(batch, prompt + answer / 2)
        return batch * answer / (answer * step + batch * self.prefill_seconds(prompt))

    def first_token_seconds(self, prompt: float) -> float:
        """Time to the first token of a request that comes alone."""
        reading = self.step_bytes(prompt, 0) / (self.bytes_per_second * self.efficiency.mbu)
        compute = self.compute_seconds(self.operations(prompt, prompt / 2))
        return max(reading, compute) + self.communication_seconds(prompt)
