"""Claims about the machine that is told beside every figure: its GPU, its CPUs, its other work."""

from pathlib import Path

import pytest

from planner.core.measurements import Device
from planner.probe.machine import cpu_device, disturbances, free_bytes, others_in, read_gpu

H100 = "NVIDIA H100 80GB HBM3, 550.54.15, 81559, 1980, 2619, 118.42, 700.00, 34\n"


def proc(folder: Path, **files: str) -> Path:
    """A folder with these files, as Linux shows itself in /proc."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_line_of_nvidia_smi_is_read() -> None:
    """Name and driver as they stand, MiB as GiB, MHz, watts and degrees as numbers."""
    assert read_gpu(H100) == Device(
        name="NVIDIA H100 80GB HBM3",
        driver="550.54.15",
        memory_gib=81559 / 1024,
        clock_mhz=1980,
        memory_clock_mhz=2619,
        power_watts=118.42,
        power_limit_watts=700,
        temperature_celsius=34,
    )


@pytest.mark.parametrize("nothing", ["[N/A]", "[Not Supported]", "[Unknown Error]", ""])
def test_what_the_driver_does_not_tell_is_none(nothing: str) -> None:
    """Laptops and virtual GPUs tell no power; the other cells are read all the same."""
    told = read_gpu(f"Tesla T4, 535.161.08, 15360, 1590, 5001, {nothing}, {nothing}, 41")
    assert (told.power_watts, told.power_limit_watts) == (None, None)
    assert (told.memory_gib, told.clock_mhz, told.temperature_celsius) == (15, 1590, 41)


def test_a_short_line_leaves_the_rest_unknown() -> None:
    """A driver that knows fewer columns: the name is read, no figure is made up."""
    assert read_gpu("Tesla K80, 470.82.01") == Device(name="Tesla K80", driver="470.82.01")


@pytest.mark.parametrize(
    ("pids", "others"),
    [
        ("101\n", 0),
        ("100\n101\n", 0),
        ("101\n7\n100\n9\n", 2),
        ("7\n9\n", None),
        ("[Not Found]\n", None),
        ("", None),
        (None, None),
    ],
)
def test_others_on_the_gpu_are_counted(pids: str | None, others: int | None) -> None:
    """Not this process, 101, nor its parent; unknown where the driver does not know it, either."""
    assert others_in(pids, own=101, parent=100) == others


def test_the_cpus_are_told_by_proc(tmp_path: Path) -> None:
    """The model's name and clock of the first CPU, and all memory."""
    folder = proc(
        tmp_path,
        cpuinfo="processor\t: 0\nmodel name\t: AMD EPYC 7R13 Processor\ncpu MHz\t\t: 2649.998\n\n"
        "processor\t: 1\nmodel name\t: AMD EPYC 7R13 Processor\ncpu MHz\t\t: 3100.000\n",
        meminfo="MemTotal:       16777216 kB\nMemFree: 1 kB\nMemAvailable:    8388608 kB\n",
    )
    told = cpu_device(folder)
    assert (told.name, told.clock_mhz, told.memory_gib) == (
        "AMD EPYC 7R13 Processor", 2649.998, 16,
    )  # fmt: skip
    assert told.cpus
    assert free_bytes(folder, tmp_path / "none") == 8 * 2**30


@pytest.mark.parametrize(
    ("limit", "used", "free"),
    [(2**30, 3 * 2**28, 2**28 + 1024), (2**30, 2**31, 0), (2**40, 2**20, 2**33)],
)
def test_a_container_has_what_its_limit_leaves(
    tmp_path: Path, limit: int, used: int, free: int
) -> None:
    """Files that it has read can be dropped; never more than the machine has, 8 GiB."""
    files = {
        "meminfo": "MemAvailable:    8388608 kB\n",
        "memory.max": f"{limit}\n",
        "memory.current": f"{used}\n",
        "memory.stat": "anon 7\ninactive_file 1024\nactive_file 9\n",
    }
    folder = proc(tmp_path, **files)
    assert free_bytes(folder, folder) == free


def test_a_container_without_a_limit_has_the_machines(tmp_path: Path) -> None:
    """Linux writes "max" for it."""
    files = {"meminfo": "MemAvailable: 8 kB\n", "memory.max": "max\n", "memory.current": "1\n"}
    assert free_bytes(proc(tmp_path, **files), tmp_path) == 8192


def test_a_machine_without_proc_has_no_facts(tmp_path: Path) -> None:
    """Not Linux: name, clock and memory are unknown, and nothing tells how much is free."""
    told = cpu_device(tmp_path / "none")
    assert (told.name, told.clock_mhz, told.memory_gib) == (None, None, None)
    assert free_bytes(tmp_path / "none") is None


def test_an_arm_machine_has_no_model_name(tmp_path: Path) -> None:
    """Its cpuinfo holds other words."""
    folder = proc(tmp_path, cpuinfo="processor\t: 0\nBogoMIPS\t: 50.00\n", meminfo="")
    assert cpu_device(folder).name is None


@pytest.mark.parametrize(
    ("device", "told"),
    [
        (Device(load=0.2, cpus=2, other_processes=0), []),
        (Device(), []),
        (Device(load=1.5, cpus=2), ["the machine was busy before: load 1.5 on 2 CPUs"]),
        (Device(load=1.5, cpus=64, other_processes=3), ["3 other processes used the GPU"]),
    ],
)
def test_other_work_is_told(device: Device, told: list[str]) -> None:
    """A load of over a quarter of the CPUs, and others on the GPU."""
    assert disturbances(device) == told
