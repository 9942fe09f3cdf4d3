"""One batch from its prompts to its last tokens, as fast as torch does it, each step timed.

The keys and values lie in a static cache of just the length that is needed, the same for all
rounds of a batch: CUDA graphs hold addresses. Every step is fed random tokens of its own, so that
no answer falls into a loop and experts are picked evenly; the next token is found all the same,
since servers do so. On a GPU the steps of decoding are compiled into CUDA graphs (torch.compile,
"reduce-overhead"); reading the prompts is not, its products are large. Where compiling fails the
steps run as they are, and a note says so.
"""

import inspect
import time
from collections.abc import Callable
from typing import Any

import msgspec

from planner.core.static_batches import Round

_MOST_GRAPHS = 64  # batches and contexts of one sweep, beyond torch's limit of recompilations
# What others than torch's own allocator say: the CPU's, a CUDA library's, the CUDA driver.
_NO_ROOM = ("allocate memory", "ALLOC_FAILED", "out of memory")


class OutOfMemoryError(Exception):
    """The device has no room for a batch."""


class Rig(msgspec.Struct, kw_only=True):
    """A model on a device, ready to run: `compiled` says whether its steps shall be.

    `cache` is that of `cached`, a batch and its length in tokens; `steps` are those compiled, by
    torch's mode of compiling.
    """

    model: Any
    config: Any
    device: Any
    compiled: bool = False
    notes: list[str] = []
    cache: Any = None
    cached: tuple[int, int] = (0, 0)
    steps: dict[str, Callable[..., Any]] = {}

    @property
    def on_gpu(self) -> bool:
        """Whether the device works behind the caller's back: times need waiting for it."""
        return bool(self.device.type == "cuda")

    def wait(self) -> None:
        """Wait until the device has done all that it was told."""
        if self.on_gpu:
            import torch  # noqa: PLC0415

            torch.cuda.synchronize(self.device)


def run_round(rig: Rig, batch: int, input_tokens: int, output_tokens: int, seed: int) -> Round:
    """Run a batch once; OutOfMemoryError where it has no room."""
    import torch  # noqa: PLC0415

    try:
        with torch.inference_mode():
            return _run(rig, batch, input_tokens, output_tokens, seed)
    except RuntimeError as error:
        if isinstance(error, torch.OutOfMemoryError) or any(w in str(error) for w in _NO_ROOM):
            raise OutOfMemoryError from None
        raise


def free(rig: Rig) -> None:
    """Give back what the rounds of a batch took; the next one has a cache of its own."""
    import gc  # noqa: PLC0415

    import torch  # noqa: PLC0415

    rig.cache, rig.cached = None, (0, 0)
    gc.collect()
    if rig.on_gpu:
        torch.cuda.empty_cache()


def _run(rig: Rig, batch: int, input_tokens: int, output_tokens: int, seed: int) -> Round:
    import torch  # noqa: PLC0415

    generator = torch.Generator().manual_seed(seed)
    words = rig.config.vocab_size
    told = torch.randint(0, words, (output_tokens - 1, batch, 1), generator=generator)
    prompt = torch.randint(0, words, (batch, max(1, input_tokens)), generator=generator)
    prompt = prompt.to(rig.device)
    told = [tokens.clone() for tokens in told.to(rig.device)]  # compiled steps want no views
    clock = _GpuClock(rig) if rig.on_gpu else _Clock()
    wanted = (batch, prompt.shape[1] + output_tokens)
    if first := rig.cached != wanted:
        free(rig)
        rig.cache, rig.cached = _cache(rig.config, wanted[1]), wanted
        if rig.on_gpu:  # graphs allocate when they are made: the peak is that of all rounds
            torch.cuda.reset_peak_memory_stats(rig.device)
    else:
        rig.cache.reset()
    rig.wait()
    clock.mark()
    _next(rig.model, prompt, rig.cache)
    clock.mark()
    step = _step_of(rig, told[0], first=first)
    for tokens in told:
        step(rig.model, tokens, rig.cache)
        clock.mark()
    prefill, *steps = clock.seconds()
    return Round(
        prefill_seconds=prefill,
        step_seconds=tuple(steps),
        kv_bytes=_kv_bytes(rig.cache, prompt.shape[1] + output_tokens / 2),
        peak_bytes=float(torch.cuda.max_memory_allocated(rig.device)) if rig.on_gpu else None,
    )


def _cache(config: Any, tokens: int) -> Any:
    """A static cache of this length; layers whose window holds all of it are plain ones.

    Those with a window count their tokens outside of the graph, which makes a graph of each step.
    """
    from transformers import StaticCache  # noqa: PLC0415
    from transformers.cache_utils import StaticLayer  # noqa: PLC0415

    cache = StaticCache(config=config, max_cache_len=tokens)
    for number, layer in enumerate(cache.layers):
        if getattr(layer, "is_sliding", False) and layer.max_cache_len >= tokens:
            cache.layers[number] = StaticLayer(max_cache_len=tokens)
    return cache


def _next(model: Any, tokens: Any, cache: Any) -> Any:
    """The most likely next token of each sequence."""
    named = "cache" if "cache" in inspect.signature(model.forward).parameters else "past_key_values"
    told = model(input_ids=tokens, use_cache=True, logits_to_keep=1, **{named: cache})
    return told.logits[:, -1].argmax(dim=-1, keepdim=True)


def _step_of(rig: Rig, tokens: Any, *, first: bool) -> Callable[..., Any]:
    """The step of decoding, compiled where that is wanted and works; it is tried on a new cache.

    The trial takes one token of the cache, which has room for it. Python's int of windows that are
    shorter than the batch would make a CUDA graph of every step: those are compiled without.
    """
    import torch  # noqa: PLC0415

    if not rig.compiled:
        return _next
    graphs = rig.on_gpu and not any(rig.cache.is_sliding)
    mode = "reduce-overhead" if graphs else "default"
    try:
        if mode not in rig.steps:
            torch._dynamo.config.recompile_limit = _MOST_GRAPHS  # noqa: SLF001 - torch's own place
            rig.steps[mode] = torch.compile(_next, mode=mode)
        if first:
            rig.steps[mode](rig.model, tokens, rig.cache)
    except torch.OutOfMemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - compilers fail in ways of their own
        told = str(error).strip().splitlines() or [type(error).__name__]
        rig.notes.append(f"not compiled: {told[0][:160]}")
        rig.compiled = False
        return _next
    return rig.steps[mode]


def _kv_bytes(cache: Any, tokens: float) -> float:
    """Bytes of keys and values that a step reads with so many tokens in the cache.

    Layers of linear attention keep a state instead, which no number of tokens changes.
    """
    total = 0.0
    for layer in cache.layers:
        for kept in (getattr(layer, "keys", None), getattr(layer, "values", None)):
            if kept is not None:
                size = kept.numel() * kept.element_size()
                total += size * min(1.0, tokens / kept.shape[2])
        states = getattr(layer, "recurrent_states", {})
        total += sum(s.numel() * s.element_size() for s in states.values() if s is not None)
    return total


class _Clock:
    """Marks of time on a device that is done when a call returns."""

    def __init__(self) -> None:
        self._marks: list[float] = []

    def mark(self) -> None:
        self._marks.append(time.perf_counter())

    def seconds(self) -> list[float]:
        """Between the marks."""
        return [b - a for a, b in zip(self._marks, self._marks[1:], strict=False)]


class _GpuClock:
    """Marks in the stream of a GPU: it does not wait between them, the steps follow closely."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._marks: list[Any] = []

    def mark(self) -> None:
        import torch  # noqa: PLC0415

        mark = torch.cuda.Event(enable_timing=True)
        mark.record(torch.cuda.current_stream(self._rig.device))
        self._marks.append(mark)

    def seconds(self) -> list[float]:
        """Between the marks, when all is done."""
        self._rig.wait()
        return [
            a.elapsed_time(b) / 1000 for a, b in zip(self._marks, self._marks[1:], strict=False)
        ]
