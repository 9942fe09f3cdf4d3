"""A shell script that starts vLLM on one machine, one server for each copy of the model."""

from planner.core.deployable import Deployable, Hosting
from planner.render.emit.lead import lead, remarks
from planner.render.emit.serving import FIRST_PORT, checkpoint, devices, options, serving_remarks
from planner.render.emit.words import demands, holes, option, shell, variable


def vllm_script(of: Deployable, hosting: Hosting) -> str:
    """The servers of one machine, on ports from FIRST_PORT up; it ends when the last one does."""
    names = holes([checkpoint(hosting)])
    copies = devices(hosting)
    lines = [
        *lead(of, map(variable, names)),
        *serving_remarks(of, hosting),
        *remarks(of),
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
