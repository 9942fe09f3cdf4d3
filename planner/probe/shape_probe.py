"""What is asked of a model's shape, whether this machine can do it, and the processes that do."""

import functools
from collections.abc import Callable
from typing import Any

import msgspec

from planner.core.hardware import GIB
from planner.core.measurements import Device, Measurement
from planner.errors import MissingExtraError, NothingFitsError, UsageError
from planner.probe import machine
from planner.probe.built import Built, bytes_of, check_split, load, settle, shape
from planner.probe.ceilings import bandwidth_gb_per_s, matmul_tflops
from planner.probe.crew import Alone, Report, together
from planner.probe.formats import EIGHT_BITS, lacking
from planner.probe.loop import Rig
from planner.probe.shapes import Spec
from planner.probe.sweep import Plan, Sweep

_GPU_SHARE = 0.92  # of a GPU's memory that weights may take and still leave room to run


class ShapeAsk(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be measured of a model's shape.

    `device` is "auto", "cuda" or "cpu"; `gpus` processes take part, all GPUs where it is None;
    `tensor` of them share a model, as many as it needs where it is None. Steps are `compiled` on
    GPUs where it is None. Weights at hand are used unless `random_weights`.
    """

    spec: Spec
    dtype: str | None = None
    device: str = "auto"
    gpus: int | None = None
    tensor: int | None = None
    plan: Plan = Plan()
    compiled: bool | None = None
    random_weights: bool = False


def probe_shape(
    ask: ShapeAsk,
    tell: Callable[[str], None] = lambda _: None,
    done: Callable[[Measurement], None] = lambda _: None,
) -> tuple[Measurement, ...]:
    """Measure a model's shape on this machine: a record for each context and batch.

    MissingExtraError without torch; UsageError for a device or a format that is not there;
    NothingFitsError where not one sequence has room. `tell` gets a line a point, `done` each record
    as soon as it is made.
    """
    try:
        import torch  # noqa: PLC0415 - seconds, and an extra
        import transformers  # noqa: F401, PLC0415 - likewise
    except ImportError as error:
        raise MissingExtraError(
            "probe MODEL needs torch and transformers; pip install 'cloud-llm-planner[probe]'"
        ) from error
    kind = _device(ask, torch)
    ask = msgspec.structs.replace(
        ask, dtype=_dtype(ask.dtype, torch.device(kind)), plan=ask.plan.on(kind)
    )
    built = shape(ask.spec, ask.dtype or "")
    _check_lengths(ask, built)
    size = ask.gpus or (torch.cuda.device_count() if kind == "cuda" else ask.tensor or 1)
    tensor = ask.tensor or _needed(built, kind, size)
    if size % tensor:
        raise UsageError(f"{size} GPUs are no multiple of --tp {tensor}; give --gpus to match")
    if tensor > 1:
        check_split(built, tensor)

    def report(item: str | Measurement) -> None:
        if isinstance(item, Measurement):
            done(item)
        else:
            tell(item)

    return together(size, kind, tensor, functools.partial(_work, ask, kind, tensor), report)


def _dtype(asked: str | None, device: Any) -> str:
    """The format asked for, or the 16-bit one that the device computes in; UsageError for none."""
    name = asked or ("fp16" if lacking("bf16", device) else "bf16")
    if reason := lacking(name, device):
        raise UsageError(
            f"this {device.type} does not compute in {name} ({reason}); take another --dtype"
        )
    return name


def _device(ask: ShapeAsk, torch: Any) -> str:
    if ask.device == "cpu" or (ask.device == "auto" and not torch.cuda.is_available()):
        return "cpu"
    if not torch.cuda.is_available():
        raise UsageError("torch sees no GPU here; take --device cpu, or install its CUDA build")
    if ask.gpus and ask.gpus > torch.cuda.device_count():
        raise UsageError(f"--gpus {ask.gpus}: torch sees {torch.cuda.device_count()} here")
    return "cuda"


def _check_lengths(ask: ShapeAsk, built: Built) -> None:
    longest = getattr(built.config, "max_position_embeddings", None)
    asked = max(ask.plan.input_tokens) + ask.plan.output_tokens
    if longest and asked > longest:
        raise UsageError(
            f"{asked:,} tokens a request exceed the context of {ask.spec.name}, {longest:,}"
        )


def _needed(built: Built, kind: str, size: int) -> int:
    """The fewest devices, a power of two, that hold the weights."""
    import torch  # noqa: PLC0415

    if kind == "cpu":
        return 1
    room = torch.cuda.get_device_properties(0).total_memory * _GPU_SHARE
    needed = 1
    while bytes_of(built.model) / needed > room and needed < size:
        needed *= 2
    return needed


def _work(
    ask: ShapeAsk, kind: str, tensor: int, crew: Alone, report: Report
) -> tuple[Measurement, ...]:  # fmt: skip
    """What each process does; all return the same."""
    import torch  # noqa: PLC0415

    dtype = ask.dtype or ""
    device = torch.device(kind, crew.rank) if kind == "cuda" else torch.device(kind)
    own = ask.spec.weights is not None and not ask.random_weights and crew.mesh is None
    own = own and dtype not in EIGHT_BITS
    built = shape(ask.spec, dtype)
    _check_room(ask, built, device, tensor, crew)
    report(f"{ask.spec.name}: {built.footprint.parameters / 1e6:,.4g} million parameters")
    try:
        about = _device_at_work(device, dtype, crew.size)
        model = load(ask.spec, dtype, device) if own else settle(built, device, crew.mesh)
    except torch.OutOfMemoryError:
        raise NothingFitsError(
            f"{ask.spec.name} in {dtype} has no room on a device beside what else is there; "
            "take a narrower --dtype or a larger --tp"
        ) from None
    rig = Rig(
        model=model,
        config=built.config,
        device=device,
        compiled=kind == "cuda" if ask.compiled is None else ask.compiled,
        notes=[*built.notes, *([] if own else _about_weights(built))],
    )
    return Sweep(
        name=ask.spec.name,
        dtype=dtype,
        plan=ask.plan,
        rig=rig,
        footprint=built.footprint,
        crew=crew,
        device=about,
        tensor=tensor,
        report=report,
    ).run()


def _device_at_work(device: Any, dtype: str, count: int) -> Device:
    """The device with its ceilings; a GPU's clocks and power are those after work, not at rest."""
    import torch  # noqa: PLC0415

    before = machine.cpu_device()
    ceilings = {
        "bandwidth_gb_per_s": bandwidth_gb_per_s(device),
        "matmul_tflops": matmul_tflops(dtype, device),
    }
    if device.type == "cuda":
        torch.cuda.empty_cache()
        known = torch.cuda.get_device_properties(device)
        told = machine.gpu_device(f"GPU-{known.uuid}", count)
        name, memory = told.name or known.name, told.memory_gib or known.total_memory / GIB
        return msgspec.structs.replace(
            told, name=name, memory_gib=memory, load=before.load, **ceilings
        )
    return msgspec.structs.replace(before, cpus=torch.get_num_threads() * count, **ceilings)


def _about_weights(built: Built) -> list[str]:
    experts = ", whose experts are picked near uniformly" if built.footprint.experts else ""
    return [f"random weights{experts}"]


def _check_room(ask: ShapeAsk, built: Built, device: Any, tensor: int, crew: Alone) -> None:
    """NothingFitsError where the weights alone have no room; all look before one takes any."""
    import torch  # noqa: PLC0415

    needed = bytes_of(built.model) / tensor
    if device.type == "cuda":
        room: float | None = torch.cuda.mem_get_info(device)[0]
    else:
        room = machine.free_bytes()
        needed *= crew.size  # the memory of the machine is that of all processes
    crew.gather(room)
    if room is not None and needed > room:
        raise NothingFitsError(
            f"the weights of {ask.spec.name} in {ask.dtype} take {needed / GIB:,.1f} GiB of "
            f"{room / GIB:,.1f} free on a device; take a narrower --dtype or a larger --tp"
        )
