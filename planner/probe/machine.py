"""What machine this is, and what else it does: told beside every figure, since both move them."""

import contextlib
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import msgspec

from planner.core.hardware import GIB
from planner.core.measurements import Device

_QUERY = (
    "name", "driver_version", "memory.total", "clocks.sm", "clocks.mem", "power.draw",
    "power.limit", "temperature.gpu",
)  # fmt: skip
_SECONDS = 10
_BUSY_LOAD = 0.25  # of the CPUs, on the 1-minute average, before the probe itself runs
_MIB = 2**20


def gpu_device(uuid: str, count: int) -> Device:
    """The GPU of a UUID as its driver tells it; what nvidia-smi does not tell is None.

    Its numbers are not torch's, which CUDA_VISIBLE_DEVICES moves.
    """
    told = _ask("--query-gpu=" + ",".join(_QUERY), "--format=csv,noheader,nounits", f"--id={uuid}")
    busy = _ask("--query-compute-apps=pid", "--format=csv,noheader", f"--id={uuid}")
    return msgspec.structs.replace(
        read_gpu(told) if told else Device(),
        count=count,
        cpus=os.cpu_count(),
        load=_load(),
        other_processes=others_in(busy, os.getpid(), os.getppid()),
    )


def others_in(pids: str | None, own: int, parent: int) -> int | None:
    """How many of the processes that use a GPU are not this probe's, which is one of them.

    None where it is not: in a container the driver tells the host's numbers, or none at all.
    """
    found = {int(pid) for pid in re.findall(r"\d+", pids or "")}
    return len(found - {own, parent}) if own in found else None


def read_gpu(line: str) -> Device:
    """A line of nvidia-smi's CSV as a device: MHz, watts, degrees Celsius; "[N/A]" is None."""
    cells = [cell.strip() for cell in line.splitlines()[0].split(",")]
    name, driver, *rest = cells + [""] * (len(_QUERY) - len(cells))
    memory, clock, memory_clock, power, limit, heat = (_number(cell) for cell in rest)
    return Device(
        name=name or None,
        driver=driver or None,
        memory_gib=None if memory is None else memory * _MIB / GIB,
        clock_mhz=clock,
        memory_clock_mhz=memory_clock,
        power_watts=power,
        power_limit_watts=limit,
        temperature_celsius=heat,
    )


def cpu_device(proc: Path = Path("/proc")) -> Device:
    """The CPUs of this machine, their memory and load."""
    return Device(
        name=_word(proc / "cpuinfo", r"model name\s*:\s*(.+)"),
        memory_gib=_kib(proc / "meminfo", "MemTotal"),
        clock_mhz=_number(_word(proc / "cpuinfo", r"cpu MHz\s*:\s*([\d.]+)") or ""),
        cpus=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        load=_load(),
    )


def free_bytes(
    proc: Path = Path("/proc"), cgroup: Path = Path("/sys/fs/cgroup")
) -> float | None:  # fmt: skip
    """Memory that can be taken without swapping or being killed; None where nothing tells.

    A container has less than its machine: its limit, less what it uses beyond what can be dropped.
    """
    gib = _kib(proc / "meminfo", "MemAvailable")
    if gib is None:
        return None
    limit = _word(cgroup / "memory.max", r"^(\d+)$")
    used = _word(cgroup / "memory.current", r"^(\d+)$")
    if limit is None or used is None:
        return gib * GIB
    dropped = _word(cgroup / "memory.stat", r"\binactive_file (\d+)") or "0"
    return min(gib * GIB, max(0.0, float(limit) - float(used) + float(dropped)))


def disturbances(device: Device) -> Sequence[str]:
    """What else ran on the machine and may have slowed the probe."""
    found = []
    if device.load is not None and device.cpus and device.load > _BUSY_LOAD * device.cpus:
        found.append(f"the machine was busy before: load {device.load:.1f} on {device.cpus} CPUs")
    if device.other_processes:
        found.append(f"{device.other_processes} other processes used the GPU")
    return found


def _ask(*arguments: str) -> str | None:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        done = subprocess.run(  # noqa: S603 - a fixed program, asked with numbers
            ("nvidia-smi", *arguments),  # noqa: S607 - where the driver has put it
            capture_output=True, text=True, timeout=_SECONDS,
            check=True,
        )  # fmt: skip
        return done.stdout
    return None


def _number(cell: str) -> float | None:
    with contextlib.suppress(ValueError):
        return float(cell)
    return None


def _word(path: Path, pattern: str) -> str | None:
    with contextlib.suppress(OSError):
        found = re.search(pattern, path.read_text(encoding="utf-8", errors="replace"))
        return found[1].strip() if found else None
    return None


def _kib(path: Path, name: str) -> float | None:
    told = _word(path, rf"{name}:\s*(\d+) kB")
    return None if told is None else int(told) * 1024 / GIB


def _load() -> float | None:
    with contextlib.suppress(OSError, AttributeError):
        return os.getloadavg()[0]
    return None
