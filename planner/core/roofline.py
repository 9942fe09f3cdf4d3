"""The physics of serving a language model on GPUs: a roofline of memory, operations and links.

Generating one token for each of B running requests reads all the weights and the keys and values
(KV) of every request from memory, multiplies each active weight with B vectors, and sends the
activations over the links of the GPUs that share a model. Reading a prompt (prefill) costs
operations. A server that is always full spends for each output token

    max(weights + KV, products) + layers + step + links + prefill + attention of the prompt + token

Each of these `Parts` is a time at the speed of the datasheet, or a count of things that no
datasheet times (a layer's kernels, a step of the scheduler); what an engine really reaches on a
generation of GPUs multiplies them (efficiencies.py). The maximum is smooth, a p-norm.
"""

import math
from functools import cached_property

import msgspec

from planner.core.engines import Engine
from planner.core.hardware import (
    BYTES_OF_16_BIT,
    BYTES_PER_WEIGHT,
    Architecture,
    Dtype,
    Gpu,
    WeightFormat,
)

COLLECTIVES_PER_LAYER = 2  # tensor parallelism sums up after attention and after the MLP
KV_PAGE_TOKENS = 32  # engines hand out the KV cache in pages
# Attention of a latent (MLA): 512 + 64 numbers a head when decoding, half of 128 + 64 + 128 for
# scores and sums when reading the prompt (DeepSeek-V2, arXiv:2405.04434, section 2.1).
_LATENT_DECODE_WIDTH = 576
_LATENT_PREFILL_WIDTH = 160
# Attention data parallelism keeps the tokens of attention at home: half of the collectives.
_DATA_ATTENTION_SHARE = 0.5


class Layout(msgspec.Struct, frozen=True, kw_only=True):
    """How one copy of a model lies on GPUs.

    Split over `tensor` GPUs within the layers and `pipeline` groups of layers. `sequential`
    pipelines run one group after another, without overlap (llama.cpp's layer split);
    `data_attention` spreads the requests, not the heads, over the tensor-parallel GPUs.
    """

    tensor: int = 1
    pipeline: int = 1
    sequential: bool = False
    data_attention: bool = False

    @property
    def gpus(self) -> int:
        """GPUs of one copy."""
        return self.tensor * self.pipeline

    @property
    def stages(self) -> int:
        """Groups of layers that work at the same time."""
        return 1 if self.sequential else self.pipeline


class Traffic(msgspec.Struct, frozen=True, kw_only=True):
    """Requests of one length that one or more copies of a model serve.

    Lengths in tokens, means. `concurrency` requests run at once over all copies, None as many as
    fit. `prompts` is the size of a finite burst, None for steady traffic; `varied` says that the
    answers differ in length, so that a burst ends with a few long ones. `tpot_limit_seconds`
    bounds the 99th percentile of the time between tokens. The longest request has
    `longest_tokens`, input and output together: a server has to have room for it.
    """

    input_tokens: float
    output_tokens: float
    concurrency: float | None = None
    prompts: float | None = None
    varied: bool = False
    tpot_limit_seconds: float | None = None
    longest_tokens: float = 0

    @property
    def longest(self) -> "Traffic":
        """The traffic if every request were as long as the longest."""
        more = self.longest_tokens - self.input_tokens - self.output_tokens
        if more <= 0:
            return self
        return msgspec.structs.replace(self, input_tokens=self.input_tokens + more)

    def over(self, copies: int) -> "Traffic":
        """The part of the traffic that one of so many equal copies of the model serves."""
        if copies == 1:
            return self
        return msgspec.structs.replace(
            self,
            concurrency=None if self.concurrency is None else self.concurrency / copies,
            prompts=None if self.prompts is None else self.prompts / copies,
        )

    def __post_init__(self) -> None:
        """Hold the lengths and the load possible."""
        if self.input_tokens < 0 or self.output_tokens <= 0:
            raise ValueError(
                f"{self.input_tokens} tokens in and {self.output_tokens} out; give some output"
            )
        if self.concurrency is not None and self.concurrency < 1:
            raise ValueError(f"concurrency is {self.concurrency}; give 1 or more")
        if self.prompts is not None and self.prompts <= 0:
            raise ValueError(f"prompts is {self.prompts}; give 1 or more")


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What one output token of a copy takes, in seconds; `layers`, `step` and `token` are counts.

    weights, kv: bytes over bandwidth. matmul: operations of decoding over the peak. layers: kernel
    launches of layers, step: passes through the scheduler, both shared by the running requests.
    wires: bytes of the all-reduces over the link. prefill, attention: operations of reading the
    prompt. token: what each token costs by itself (sampling, streaming). tail: the last and
    longest answers of a burst, at batch 1.
    """

    weights: float
    kv: float
    matmul: float
    layers: float
    step: float
    wires: float
    prefill: float
    attention: float
    token: float = 1.0
    tail: float = 0.0


class Factors(msgspec.Struct, frozen=True, kw_only=True):
    """What multiplies each part: 1 / efficiency, or seconds for those that are counts.

    `rate` multiplies the rate as a whole, `sharpness` is the exponent of the p-norm.
    """

    weights: float
    kv: float
    matmul: float
    layers: float
    step: float
    wires: float
    prefill: float
    attention: float
    token: float
    tail: float
    rate: float = 1.0
    sharpness: float = 3.0

    def seconds(self, parts: Parts) -> float:
        """Seconds of one output token."""
        memory = parts.weights * self.weights + parts.kv * self.kv
        compute = parts.matmul * self.matmul
        p = self.sharpness
        roof = float((memory**p + compute**p) ** (1 / p))
        return (
            roof
            + parts.layers * self.layers
            + parts.step * self.step
            + parts.wires * self.wires
            + parts.prefill * self.prefill
            + parts.attention * self.attention
            + parts.token * self.token
            + parts.tail * self.tail
        )


class Replica(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """One copy of a model on GPUs, or on a `slice_of` one, under an engine."""

    architecture: Architecture
    gpu: Gpu
    engine: Engine
    weights: WeightFormat
    kv_bytes_per_value: float = BYTES_OF_16_BIT
    layout: Layout = Layout()
    slice_of: float = 1.0

    @cached_property
    def weight_bytes(self) -> float:
        """Bytes of the whole model, over all GPUs of the copy."""
        return self.architecture.weight_bytes(self.weights) or 0.0

    @cached_property
    def computes_in(self) -> Dtype:
        """The narrowest format of the GPU that the weights need no widening for; else 16 bits."""
        wanted: tuple[Dtype, ...] = {"fp4": ("fp4", "fp8"), "fp8": ("fp8",)}.get(self.weights, ())  # type: ignore[assignment]
        found = (dtype for dtype in wanted if self.gpu.tflops(dtype))
        return next(found, self.gpu.native_dtype)

    @cached_property
    def memory_bytes(self) -> float:
        """What the engine has on each GPU for weights and KV."""
        nominal = (self.gpu.memory_gib or 0) * 2**30 * self.slice_of
        reserve = self.engine.reserve_gb * 1e9 * min(1.0, nominal / 40e9)
        return nominal * self.engine.memory_share - reserve

    def room(self, traffic: Traffic) -> float:
        """How many requests of full length have their KV beside the weights; below 1 not one."""
        free = self.memory_bytes - self.weight_bytes / self.layout.gpus
        tokens = traffic.input_tokens + traffic.output_tokens
        pages = math.ceil(tokens / KV_PAGE_TOKENS) * KV_PAGE_TOKENS
        return max(0.0, free / (self._kv(pages) / (self._kv_split * self.layout.pipeline)))

    def most(self, traffic: Traffic) -> int:
        """How many requests run at once at most: room, and the engine's cap."""
        cap = self.engine.sequences(self.gpu)
        if self.layout.data_attention:
            cap *= self.layout.tensor
        return min(math.floor(self.room(traffic)), cap)

    def batch(self, traffic: Traffic) -> float:
        """Running requests when this copy alone serves the traffic; 1 at least."""
        fit = float(max(1, self.most(traffic)))
        asked = math.inf if traffic.concurrency is None else traffic.concurrency
        if traffic.prompts is not None:
            if not traffic.varied and traffic.concurrency is None:
                waves = math.ceil(traffic.prompts / fit)  # requests of equal length
                fit = traffic.prompts / waves
            asked = min(asked, traffic.prompts)
        return max(1.0, min(fit, asked))

    def parts(self, batch: float, traffic: Traffic) -> Parts:
        """The parts of one output token with so many running requests."""
        a, layout = self.architecture, self.layout
        micro = max(1.0, batch / layout.stages)  # requests in one group of layers
        split = layout.tensor * layout.stages
        context = traffic.input_tokens + traffic.output_tokens / 2
        heads = a.attention_layers * a.heads
        width = _LATENT_DECODE_WIDTH if a.latent_attention else a.head_dim
        attend = 4 * heads * width * self._seen(context) / self._peak16
        multiply = 2 * self._multiplied / self._peak
        layers = a.layers / layout.stages
        width = _LATENT_PREFILL_WIDTH if a.latent_attention else a.head_dim
        look_back = 4 * heads * width * self._seen(traffic.input_tokens / 2) / self._peak16
        prompt = traffic.input_tokens / traffic.output_tokens
        return Parts(
            weights=self._read(micro) / split / self._bandwidth / micro,
            kv=self._kv(context) / (self._kv_split * layout.stages) / self._bandwidth,
            matmul=(multiply + attend) / split,
            layers=layers / micro,
            step=1 / micro,
            wires=(1 + prompt) * self._wires(layers),
            prefill=prompt * multiply / split,
            attention=prompt * look_back / split,
            tail=self._tail(batch, traffic),
        )

    def first_token_seconds(self, prompt: float, factors: Factors) -> float:
        """Time to the first token of a request that comes alone, its prompt read in pieces."""
        a, split = self.architecture, self.layout.tensor
        reading = self._read(max(1.0, prompt)) / self.layout.gpus / self._bandwidth
        if self.layout.pipeline > 1:  # one request fills one group of layers after another
            reading *= self.layout.pipeline
        compute = prompt * 2 * self._multiplied / self._peak / split
        width = _LATENT_PREFILL_WIDTH if a.latent_attention else a.head_dim
        look_back = 4 * a.attention_layers * a.heads * width * self._seen(prompt / 2)
        pieces = max(1, math.ceil(prompt / self.engine.batched_tokens))
        return (
            max(reading * factors.weights * pieces, compute * factors.prefill)
            + prompt * look_back / self._peak16 / split * factors.attention
            + prompt * self._wires(a.layers) * factors.wires
            + pieces * (a.layers * factors.layers + factors.step)
        )

    @cached_property
    def _bandwidth(self) -> float:
        return (self.gpu.memory_bandwidth_gb_per_s or 0) * 1e9 * self.slice_of

    @cached_property
    def _peak(self) -> float:
        return (self.gpu.tflops(self.computes_in) or 0) * 1e12 * self.slice_of

    @cached_property
    def _peak16(self) -> float:
        return (self.gpu.tflops(self.gpu.native_dtype) or 0) * 1e12 * self.slice_of

    @cached_property
    def _multiplied(self) -> float:
        """Weights that a token is multiplied with: an embedding table of its own is looked up."""
        a = self.architecture
        return (a.active_parameters or 0) - (0 if a.tied_embeddings else a.embedding_parameters)

    @cached_property
    def _kv_split(self) -> int:
        """Over how many of its GPUs the KV is spread; the others hold copies."""
        if self.layout.data_attention:
            return self.layout.tensor
        return min(self.layout.tensor, self.architecture.kv_shards)

    def _kv(self, tokens: float) -> float:
        return self.architecture.kv_bytes(tokens) * self.kv_bytes_per_value / BYTES_OF_16_BIT

    def _seen(self, tokens: float) -> float:
        """Tokens that a layer attends to, mean over the layers: a local one its window alone."""
        return self.architecture.kv_bytes(tokens) / self.architecture.kv_bytes_per_token

    def _read(self, batch: float) -> float:
        """Bytes of weights that a step reads.

        Of a mixture of experts a step touches 1 - (1 - k/E)^B of the routed weights. An embedding
        table of its own is looked up, not read; a tied one is the output layer and is read.
        """
        a = self.architecture
        read = self.weight_bytes
        if not a.tied_embeddings:
            read -= a.embedding_parameters * a.embedding_bytes(self.weights)
        if a.experts:
            missed = (1 - a.experts_per_token / a.experts) ** batch
            read -= a.routed_parameters * BYTES_PER_WEIGHT[self.weights] * missed
        return read

    def _wires(self, layers: float) -> float:
        """Seconds on the links for one token through so many layers, ring all-reduces in 16 bits.

        Each GPU sends 2 (n - 1) / n of the activations (Patarasuk and Yuan, J. Parallel Distrib.
        Comput. 69 (2009) 117).
        """
        n = self.layout.tensor
        if n == 1:
            return 0.0
        sent = 2 * (n - 1) / n * self.architecture.hidden * BYTES_OF_16_BIT
        if self.layout.data_attention:
            sent *= _DATA_ATTENTION_SHARE
        return COLLECTIVES_PER_LAYER * layers * sent / ((self.gpu.link_gb_per_s or 0) * 1e9)

    def _tail(self, batch: float, traffic: Traffic) -> float:
        """The end of a burst, when the running requests shrink to the last and longest answer.

        A third of a logarithm of the batch, of steps with its geometric mean: a shape that was
        fitted to bursts of ShareGPT's lengths.
        """
        if traffic.prompts is None or not traffic.varied:
            return 0.0
        steps = max(0.0, math.log(batch) - 1) / 3 / traffic.prompts
        return steps * self._read(math.sqrt(batch)) / self.layout.tensor / self._bandwidth
