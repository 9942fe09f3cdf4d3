"""GPUs, the cloud instances that carry them, and the shapes of open models.

Facts only: each record says where it comes from and how far it is verified. A figure that nobody
published is None; a number format that the GPU cannot compute in stands in `Gpu.lacks`.
"""

import re
from datetime import date
from fractions import Fraction
from typing import Literal, get_args

import msgspec

Dtype = Literal["bf16", "fp16", "fp8", "int8", "fp4"]
"""What GPUs compute in."""
DTYPES: tuple[Dtype, ...] = get_args(Dtype)

WeightFormat = Literal[
    "bf16", "fp16", "fp8", "int8", "fp4", "mxfp4", "int4", "q8_0", "q4_k_m"
]  # fmt: skip
"""How weights are stored: also formats that no GPU computes in."""
WEIGHT_FORMATS: tuple[WeightFormat, ...] = get_args(WeightFormat)

# Bytes of a stored weight with its scales. fp4 as in NVFP4: 4 bits, and an 8-bit scale for each 16
# weights; mxfp4 an 8-bit scale for each 32; int4 as in AWQ and GPTQ: a 16-bit scale and a zero
# point for each 128; q8_0 and q4_k_m as llama.cpp writes them, the latter a mean over its layers.
BYTES_PER_WEIGHT: dict[WeightFormat, float] = {
    "bf16": 2.0,
    "fp16": 2.0,
    "fp8": 1.0,
    "int8": 1.0,
    "fp4": 0.5 + 1 / 16,
    "mxfp4": 0.5 + 1 / 32,
    "int4": 0.5 + 2.5 / 128,
    "q8_0": 8.5 / 8,
    "q4_k_m": 4.84 / 8,
}
# Files of llama.cpp quantise the embeddings too; the others keep them in 16 bits.
_WHOLLY_QUANTISED: tuple[WeightFormat, ...] = ("q8_0", "q4_k_m")

# The generation of a GPU by its compute capability, as NVIDIA and AMD name their architectures.
_GENERATIONS = {
    "7.0": "volta",
    "7.5": "turing",
    "8.0": "ampere",
    "8.6": "ampere",
    "8.9": "ada",
    "9.0": "hopper",
    "10.0": "blackwell",
    "10.3": "blackwell",
    "12.0": "blackwell-rtx",
    "gfx90a": "cdna",
    "gfx942": "cdna",
    "gfx950": "cdna",
}
_MAKERS = {"aws": "neuron", "google": "tpu", "intel": "intel", "apple": "apple", "amd": "cdna"}

BYTES_OF_16_BIT = 2.0
GIB = 2**30


class Gpu(msgspec.Struct, frozen=True, kw_only=True):
    """One GPU model (or other accelerator) by its datasheet.

    `memory_gib` is what programs can use where that was measured, else the nominal size;
    throughputs are dense (no sparsity), in TFLOPS (TOPS for int8); `link_gb_per_s` is what one GPU
    sends to the others per direction, of whom `linked_gpus` are linked so. None is
    unknown; what the chip cannot do is in `lacks`.
    """

    name: str
    aliases: tuple[str, ...] = ()
    memory_gib: float | None = None
    memory_bandwidth_gb_per_s: float | None = None
    fp16_tflops: float | None = None
    bf16_tflops: float | None = None
    fp8_tflops: float | None = None
    int8_tflops: float | None = None
    fp4_tflops: float | None = None
    lacks: tuple[Dtype, ...] = ()
    link_gb_per_s: float | None = None
    link: str | None = None
    linked_gpus: int = 8
    compute_capability: str | None = None
    status: str
    note: str | None = None
    source: str

    def __post_init__(self) -> None:
        """Hold every figure above zero, and no figure beside a lacking format."""
        figures = ("memory_gib", "memory_bandwidth_gb_per_s", "link_gb_per_s")
        for field in (*figures, *(f"{dtype}_tflops" for dtype in DTYPES)):
            value = getattr(self, field)
            if value is not None and value <= 0:
                raise ValueError(f"{field} of {self.name} is {value}; leave out what is unknown")
        for dtype in self.lacks:
            if self.tflops(dtype) is not None:
                raise ValueError(f"{self.name} lacks {dtype} and has a figure for it")

    def tflops(self, dtype: Dtype) -> float | None:
        """Dense throughput in this number format; None where it is unknown or lacking."""
        value: float | None = getattr(self, f"{dtype}_tflops")
        return value

    @property
    def maker(self) -> str:
        """Whose chip it is: "nvidia", "amd", "aws", "apple"."""
        return self.name.split(" ")[0].lower()

    @property
    def generation(self) -> str:
        """The family of chips that it belongs to: "hopper", "cdna", "neuron"; "other" if none."""
        known = _GENERATIONS.get(self.compute_capability or "")
        return known or _MAKERS.get(self.maker, "other")

    @property
    def cuda_capability(self) -> float | None:
        """The compute capability as NVIDIA counts it; None for others' chips."""
        told = self.compute_capability or ""
        return float(told) if re.fullmatch(r"\d+\.\d", told) else None

    @property
    def native_dtype(self) -> Dtype:
        """The 16-bit format that servers pick: bf16, or fp16 where the GPU lacks bf16."""
        return "fp16" if "bf16" in self.lacks else "bf16"


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """A cloud's machine size with its GPUs.

    `gpu_count` can be a fraction (a slice of a card; 1/6 is exact), None where it was not read;
    `gpu_memory_gib` is per GPU, or of the slice. From `retired_on` on it cannot be used, whatever
    price feeds still list.
    """

    cloud: Literal["azure", "aws"]
    name: str
    gpu: str
    gpu_count: Fraction | None = None
    gpu_memory_gib: float | None = None
    vcpus: int | None = None
    memory_gib: float | None = None
    quota_family: str | None = None
    retired_on: date | None = None
    status: str
    note: str | None = None
    source: str

    def __post_init__(self) -> None:
        """Hold the count above zero, and whole from one GPU on."""
        count = self.gpu_count
        if count is not None and (count <= 0 or (count > 1 and count.denominator != 1)):
            raise ValueError(f"gpu_count of {self.name} is {count}; give 1/6 or 1 or 8, say")

    @property
    def id(self) -> str:
        """The cloud and the size, as in "azure/Standard_NC12s_v3"."""
        return f"{self.cloud}/{self.name}"

    def retired(self, on: date) -> bool:
        """Whether the size is gone on this date."""
        return self.retired_on is not None and on >= self.retired_on


class Architecture(msgspec.Struct, frozen=True, kw_only=True):
    """The shape of an open model: what its weights weigh and what a token's keys and values take.

    `kv_bytes_per_token` counts all layers in 16 bits; `kv_bytes_per_token_long` those layers that
    keep every token (beyond `local_window` tokens the others keep no more). `parameters` are all
    weights, `active_parameters` those that one token passes through; None where no source tells.
    `checkpoint` is the format that its publisher stores the weights in, where that is not 16 bits.
    """

    model: str
    hugging_face: str
    aliases: tuple[str, ...] = ()
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    intermediate: int
    mlp: Literal["gated", "plain"]
    vocab: int
    tied_embeddings: bool | None = None
    context_tokens: int
    checkpoint: WeightFormat | None = None
    experts: int = 0
    experts_per_token: int = 0
    attention: str
    parameters: int | None = None
    active_parameters: int | None = None
    embedding_parameters: int
    kv_bytes_per_token: int
    kv_bytes_per_token_long: int
    local_window: int | None = None
    status: str
    note: str | None = None
    source: str

    def __post_init__(self) -> None:
        """Hold active within all parameters, and a window where layers are local."""
        if (self.parameters or 0) < (self.active_parameters or 0):
            raise ValueError(f"{self.model} has more active parameters than parameters")
        if self.kv_bytes_per_token_long > self.kv_bytes_per_token:
            raise ValueError(f"{self.model} keeps more per token in long contexts than in short")
        if self.kv_bytes_per_token_long < self.kv_bytes_per_token and not self.local_window:
            raise ValueError(f"{self.model} has local layers and no local_window")

    def weight_bytes(self, dtype: WeightFormat) -> float | None:
        """Bytes of all weights; the embeddings and an output layer of its own stay in 16 bits."""
        if self.parameters is None:
            return None
        tables = self.embedding_parameters * (1 if self.tied_embeddings else 2)
        rest = self.parameters - tables
        return rest * BYTES_PER_WEIGHT[dtype] + tables * self.embedding_bytes(dtype)

    @staticmethod
    def embedding_bytes(dtype: WeightFormat) -> float:
        """Bytes of a weight of the embeddings: 16 bits, but in files of llama.cpp."""
        return BYTES_PER_WEIGHT[dtype] if dtype in _WHOLLY_QUANTISED else BYTES_OF_16_BIT

    def kv_bytes(self, tokens: float) -> float:
        """Bytes of the keys and values of one sequence of so many tokens, in 16 bits."""
        local = self.kv_bytes_per_token - self.kv_bytes_per_token_long
        within = min(tokens, self.local_window) if self.local_window else tokens
        return self.kv_bytes_per_token_long * tokens + local * within

    @property
    def routed_parameters(self) -> int:
        """Weights of the routed experts, 0 for a dense model.

        Of these a token passes through experts_per_token / experts, through the others whole:
        active = all - routed x (1 - experts_per_token / experts), solved for routed.
        """
        if not self.experts or self.parameters is None or self.active_parameters is None:
            return 0
        idle = 1 - self.experts_per_token / self.experts
        return round((self.parameters - self.active_parameters) / idle)

    @property
    def latent_attention(self) -> bool:
        """Whether its keys and values are kept as one latent vector a token (MLA)."""
        return self.attention.startswith("MLA")

    @property
    def attention_layers(self) -> int:
        """Layers with keys and values; of a hybrid with linear attention the full ones alone."""
        hybrid = re.match(r"\d+ linear \+ (\d+) full", self.attention)
        return int(hybrid.group(1)) if hybrid else self.layers

    @property
    def kv_shards(self) -> int:
        """Over how many GPUs the KV cache can be split; latent attention (MLA) has one head."""
        return 1 if self.latent_attention else self.kv_heads
