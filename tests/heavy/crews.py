"""What the processes of a crew do in the tests: functions of a module, as they are sent to them."""

import os
import signal
import time
from typing import Any

import torch
from torch.distributed.tensor import DTensor, distribute_tensor

from planner.errors import NothingFitsError
from planner.probe.built import settle, shape
from planner.probe.crew import Alone, Report
from planner.probe.loop import Rig, run_round
from planner.probe.shapes import Spec
from tests.heavy.tiny import CPU, prompt, settled


def who(crew: Alone, report: Report) -> list[int]:
    """The ranks of all, as each of them learns it."""
    report(f"{crew.rank} of {crew.size}")
    return crew.gather(crew.rank)


def first_logits(spec: Spec, crew: Alone, _: Report) -> tuple[list[list[float]], int, float]:
    """The first token's logits of a split model, its sequences of weights here, and its KV bytes.

    It gets the weights that the same model has where it is whole.
    """
    built = shape(spec, "fp32")
    model = settle(built, CPU, crew.mesh)
    whole = dict(settled(spec)[0].named_parameters())
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            source: Any = whole[name].detach()
            if isinstance(parameter, DTensor):
                placed = distribute_tensor(source, parameter.device_mesh, parameter.placements)
                parameter.to_local().copy_(placed.to_local())
            else:
                parameter.copy_(source)
    with torch.inference_mode():
        logits = model(prompt()).logits[:, -1].tolist()
    here = sum((p.to_local() if isinstance(p, DTensor) else p).numel() for p in model.parameters())
    told = run_round(Rig(model=model, config=built.config, device=CPU), 2, 12, 5, seed=0)
    return logits, here, told.kv_bytes


def killed(crew: Alone, _: Report) -> None:
    """The second process ends as Linux ends what has no memory; the first waits for it."""
    if crew.rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    crew.gather(0)


def refused(crew: Alone, _: Report) -> None:
    """The second process has no room; the first waits for it."""
    if crew.rank == 1:
        raise NothingFitsError("no room; take less")
    crew.gather(0)


def broken(crew: Alone, _: Report) -> None:
    """The second process meets what nobody thought of."""
    if crew.rank == 1:
        raise RuntimeError("a fault of the driver\nin two lines")
    crew.gather(0)


def asleep(_: Alone, report: Report) -> None:
    """Says that it is there, and stays."""
    report("asleep")
    time.sleep(120)
