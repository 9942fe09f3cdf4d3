"""How vLLM is told to serve a model as it was planned, and a shell script that tells it.

Options and values as vllm 0.33.0 declares them (vllm/engine/arg_utils.py, vllm/config/cache.py,
quantization/__init__.py). It reads a checkpoint's format from the checkpoint; of other formats it
makes fp8 by itself ("--quantization fp8"), the rest needs a checkpoint that is stored so.
"""

import re

from planner.core.deployable import Deployable, Hosting
from planner.core.hardware import WeightFormat
from planner.render.emit.lead import lead
from planner.render.emit.words import demands, hole, holes, known, option, shell, variable, words

ENGINE = "vllm"
MAKERS = ("NVIDIA", "AMD")
"""Whose GPUs the options here are known to fit, as their names begin."""
FIRST_PORT = 8000

_SEE_TO = (
    "Spread the requests over all copies. Export HF_TOKEN where the checkpoint is gated, and "
    "VLLM_API_KEY, without which a copy answers whoever reaches its port."
)

_LONGEST = (
    "The longest request is the longest that the workload names: raise --max-model-len where "
    "prompts are longer. Where the publisher has an instruct variant, load that for chat."
)

# owner/name or a name alone: nothing that a command line could take for an option or a path.
_HUGGING_FACE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_SIXTEEN_BITS: dict[WeightFormat, str] = {"bf16": "bfloat16", "fp16": "float16"}
_ON_THE_FLY: tuple[WeightFormat, ...] = ("fp8",)
_KV: dict[WeightFormat, str] = {"bf16": "auto", "fp16": "auto", "fp8": "fp8"}


def obstacle(of: Hosting) -> str | None:
    """Why vLLM cannot be told to serve it as planned; None where it can."""
    if of.engine != ENGINE:
        step = f": {known(of.advice)}" if of.advice else ""
        told = f"it was planned for {words(of.engine)}, and planner writes commands for vLLM alone"
        return told + step
    if not of.gpu.startswith(MAKERS):
        return f"planner writes commands for GPUs of NVIDIA and AMD, and {words(of.gpu)} is neither"
    if of.kv_dtype not in _KV:
        return f"planner knows no option of vLLM for a KV cache in {of.kv_dtype}"
    if min(of.copies, of.tensor_parallel) < 1 or of.copies * of.tensor_parallel > of.gpus:
        need = f"{of.copies} x {of.tensor_parallel}"
        return f"its copies take {need} GPUs of a machine that has {of.gpus}"
    return None


def checkpoint(of: Hosting) -> str:
    """The id to load; a hole where it is unknown or stored in another format than was planned."""
    name = of.hugging_face or ""
    return name if _HUGGING_FACE.fullmatch(name) and not _stored_otherwise(of) else hole("model")


def options(of: Hosting) -> tuple[tuple[str, str], ...]:
    """Flags and values, without model, address and port."""
    flags = [
        ("--tensor-parallel-size", str(of.tensor_parallel)),
        ("--max-model-len", str(of.context_tokens)),
        ("--max-num-seqs", str(of.concurrency)),
    ]
    if of.memory_share is not None:
        flags.append(("--gpu-memory-utilization", f"{of.memory_share:g}"))
    if (computed := _computed(of)) is not None:
        flags.append(("--dtype", computed))
    if of.dtype in _ON_THE_FLY and of.checkpoint is None:
        flags.append(("--quantization", of.dtype))
    return (*flags, ("--kv-cache-dtype", _KV[of.kv_dtype]))


def devices(of: Hosting) -> tuple[tuple[str, ...], ...]:
    """The GPUs of each copy on a machine, by their numbers."""
    size = of.tensor_parallel
    return tuple(
        tuple(str(gpu) for gpu in range(copy * size, (copy + 1) * size))
        for copy in range(of.copies)
    )


def serving_remarks(of: Deployable, hosting: Hosting) -> list[str]:
    """On which machines, how the copies lie there, and what a person sees to."""
    copies = "one copy" if hosting.copies == 1 else f"{hosting.copies} copies, each"
    used = f"{hosting.tensor_parallel} of the {hosting.gpus} {words(hosting.gpu)}"
    lines = [f"On each machine: {copies} on {used}.", _SEE_TO, _LONGEST]
    if hosting.advice is not None:
        lines.append(f"{known(hosting.advice)}.")
    if _stored_otherwise(hosting):
        name = words(hosting.hugging_face or of.model)
        lines.append(f"Planned with weights in {hosting.dtype}: a checkpoint of {name} in that.")
    return lines


def vllm_script(of: Deployable, hosting: Hosting) -> str:
    """The servers of one machine, on ports from FIRST_PORT up; it ends when the last one does."""
    names = holes([checkpoint(hosting)])
    copies = devices(hosting)
    lines = [
        *lead(of, map(variable, names), serving_remarks(of, hosting)),
        "set -eu",
        *demands(names),
    ]
    for number, gpus in enumerate(copies):
        lines += ["", *_server(hosting, gpus, FIRST_PORT + number, ends=len(copies) == 1)]
    if len(copies) > 1:
        lines += ["", "wait"]
    return "\n".join(lines) + "\n"


def _server(of: Hosting, gpus: tuple[str, ...], port: int, *, ends: bool) -> list[str]:
    # vLLM reads CUDA_VISIBLE_DEVICES on AMD's GPUs too (vllm/platforms/rocm.py).
    start = f"CUDA_VISIBLE_DEVICES={','.join(gpus)} vllm serve {shell(checkpoint(of))}"
    flags = [option(flag, value) for flag, value in (*options(of), ("--port", str(port)))]
    *most, last = [start, *(f"  {flag}" for flag in flags)]
    return [*(f"{line} \\" for line in most), last if ends else f"{last} &"]


def _computed(of: Hosting) -> str | None:
    """The 16-bit type to name: the planned one, or fp16 where the GPU has no bf16."""
    if of.dtype in _SIXTEEN_BITS:
        return _SIXTEEN_BITS[of.dtype]
    return _SIXTEEN_BITS["fp16"] if of.native_dtype == "fp16" else None


def _stored_otherwise(of: Hosting) -> bool:
    """Whether the publisher's checkpoint is in another format, which vLLM does not convert."""
    if of.dtype is None or of.dtype == of.checkpoint:
        return False
    made = of.dtype in _SIXTEEN_BITS or of.dtype in _ON_THE_FLY
    return not made or of.checkpoint is not None
