"""One process a device: copies of a model side by side, or one model that all of them share.

Every process runs the same sweep. What one has measured all of them learn, so that they decide
alike and stop together; the first one reports.
"""

import contextlib
import datetime as dt
import multiprocessing
import os
import signal
import socket
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from planner.core.measurements import Measurement
from planner.errors import PlannerError

T = TypeVar("T")
Report = Callable[[str | Measurement], None]
"""Takes a line of progress, or a measurement as soon as it is made."""
_PATIENCE = dt.timedelta(minutes=10)  # one process may compile while the others wait


class Alone:
    """A crew of one."""

    rank, size = 0, 1
    mesh: Any = None

    def gather(self, mine: T) -> list[T]:
        """What everyone has, in the order of ranks; waits for the last one."""
        return [mine]


class Crew(Alone):
    """This process among others, joined by torch's process group."""

    def __init__(self, rank: int, size: int, mesh: Any) -> None:
        self.rank, self.size, self.mesh = rank, size, mesh

    def gather(self, mine: T) -> list[T]:
        """Likewise, over all processes."""
        import torch.distributed as dist  # noqa: PLC0415

        found: list[Any] = [None] * self.size
        dist.all_gather_object(found, mine)
        return found


class Told(msgspec.Struct, frozen=True):
    """What a process ended with: its result or its error."""

    result: Any = None
    error: PlannerError | None = None


def together(
    size: int, device: str, tensor: int, work: Callable[[Alone, Report], T], report: Report
) -> T:
    """Run `work` in so many processes on "cuda" or "cpu"; groups of `tensor` share a model.

    Returns what the first process returns; PlannerError where one of them failed. `work` is sent
    to the processes, so it has to be a function of a module, or a partial of one.
    """
    if size == 1:
        return work(Alone(), report)
    context = multiprocessing.get_context("spawn")
    results = context.SimpleQueue()
    port = _free_port()
    crew = [
        context.Process(target=_member, args=(rank, size, device, tensor, port, work, results))
        for rank in range(size)
    ]
    for process in crew:
        process.start()
    try:
        told = _first(crew, results, report)
    finally:
        for process in crew:
            process.terminate()
            process.join()
    if told.error is not None:
        raise told.error
    result: T = told.result
    return result


def _first(crew: list[Any], results: Any, report: Report) -> Told:
    """What comes first: the first process' result, or anyone's error; progress is passed on."""
    while True:
        while results.empty():
            for process in crew:
                process.join(0.05)
                if process.exitcode and results.empty():
                    return Told(None, PlannerError(_ended(_decisive(crew) or process.exitcode)))
        told = results.get()
        if isinstance(told, Told):
            return _explained(told, crew)
        report(told)


def _explained(told: Told, crew: list[Any]) -> Told:
    """What one process tells of a lost connection, by what became of the other."""
    if type(told.error) is PlannerError and (code := _decisive(crew)) is not None:
        return Told(None, PlannerError(_ended(code)))
    return told


def _decisive(crew: list[Any]) -> int | None:
    """The signal that ended a process; one that was killed takes the others with it."""
    for process in crew:
        process.join(0.2)
    codes = [process.exitcode for process in crew if (process.exitcode or 0) < 0]
    return -signal.SIGKILL if -signal.SIGKILL in codes else next(iter(codes), None)


def _ended(code: int) -> str:
    """What became of a process that could not tell it itself; Linux kills what has no memory."""
    if code == -signal.SIGKILL:
        return "a process of the probe was killed, likely for want of memory; take fewer --gpus"
    return f"a process of the probe ended with {code}; try one with --gpus 1"


def _silent(_: str | Measurement) -> None:
    """Say nothing: the first process speaks for all."""


def _member(  # noqa: PLR0917 - what a process is started with
    rank: int, size: int, device: str, tensor: int, port: int, work: Callable[[Alone, Report], Any],
    results: Any,
) -> None:  # fmt: skip
    """What each process runs."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all; the parent ends the others
    import torch  # noqa: PLC0415
    import torch.distributed as dist  # noqa: PLC0415

    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    if device == "cuda":
        torch.cuda.set_device(rank)
    else:
        torch.set_num_threads(max(1, torch.get_num_threads() // size))
    backend = "cpu:gloo,cuda:nccl" if device == "cuda" else "gloo"
    try:
        dist.init_process_group(backend, rank=rank, world_size=size, timeout=_PATIENCE)
        mesh = None
        if tensor > 1:
            grid = dist.device_mesh.init_device_mesh(
                device, (size // tensor, tensor), mesh_dim_names=("copy", "share")
            )
            mesh = grid["share"]
        result = work(Crew(rank, size, mesh), results.put if rank == 0 else _silent)
    except PlannerError as error:
        results.put(Told(None, error))
        return
    except Exception as error:  # noqa: BLE001 - told by the parent, in one line
        told = str(error).strip().splitlines() or [type(error).__name__]
        failed = f"the probe failed on device {rank}: {told[0][:300]}; try one with --gpus 1"
        results.put(Told(None, PlannerError(failed)))
        return
    if rank == 0:
        results.put(Told(result))
    with contextlib.suppress(Exception):
        dist.barrier()
        dist.destroy_process_group()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
