"""How a model can lie on a machine's GPUs, and what stands against it."""

from fractions import Fraction

import msgspec

from planner.core.engines import Engine
from planner.core.hardware import (
    BYTES_OF_16_BIT,
    BYTES_PER_WEIGHT,
    DTYPES,
    GIB,
    Architecture,
    Gpu,
    WeightFormat,
)
from planner.core.roofline import Layout, Replica, Traffic


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """So many GPUs of one kind, or a slice of one; None where the number is not known."""

    gpu: Gpu
    gpus: Fraction | int | None

    def __post_init__(self) -> None:
        """Hold the number possible."""
        gpus = self.gpus
        if gpus is not None and (gpus <= 0 or (gpus > 1 and Fraction(gpus).denominator != 1)):
            raise ValueError(f"{gpus} GPUs; give a whole number, or a fraction below 1")


def default_format(architecture: Architecture, gpu: Gpu, engine: Engine) -> WeightFormat:
    """The format of the publisher's checkpoint where it runs there, else the GPU's 16-bit one."""
    own = architecture.checkpoint
    if own is not None and cannot_hold(gpu, own, engine) is None:
        return own
    return gpu.native_dtype


def cannot_hold(gpu: Gpu, weights: WeightFormat, engine: Engine) -> str | None:
    """Why an engine cannot serve weights of a format on a GPU; None where it can."""
    if weights in ("bf16", "fp16"):
        lacking = weights in gpu.lacks
        return (
            f"{gpu.name} cannot compute in {weights}; take {gpu.native_dtype}" if lacking else None
        )
    if weights in DTYPES and gpu.tflops(weights):
        return None
    if engine.widens(weights, gpu):
        return None
    if weights in DTYPES and weights not in gpu.lacks:
        return f"no {weights} throughput of {gpu.name} is known; take {gpu.native_dtype}"
    return (
        f"{gpu.name} cannot compute in {weights}, and {engine.name} is not known to widen it "
        f"there; take {gpu.native_dtype}"
    )


def obstacles(
    architecture: Architecture,
    machine: Machine,
    weights: WeightFormat,
    engine: Engine,
    traffic: Traffic,
) -> tuple[str, ...]:
    """Say what stands against a forecast before any layout is tried."""
    gpu, reasons = machine.gpu, []
    if machine.gpus is None:
        reasons.append("how many GPUs the machine has is not known")
    if gpu.memory_gib is None or gpu.memory_bandwidth_gb_per_s is None:
        reasons.append(f"no datasheet figures of {gpu.name}")
    elif (reason := engine.obstacle(gpu) or cannot_hold(gpu, weights, engine)) is not None:
        reasons.append(reason)
    elif gpu.tflops(gpu.native_dtype) is None:
        reasons.append(f"no {gpu.native_dtype} throughput of {gpu.name} is known")
    if architecture.parameters is None or architecture.active_parameters is None:
        reasons.append(f"how many parameters {architecture.model} has is not known")
    length = traffic.input_tokens + traffic.output_tokens
    if length > architecture.context_tokens:
        reasons.append(
            f"{length:,.0f} tokens a request exceed the context of {architecture.model}, "
            f"{architecture.context_tokens:,} tokens"
        )
    return tuple(reasons)


def tensor_parallel_degrees(gpus: Fraction | int) -> tuple[int, ...]:
    """Over how many GPUs a copy of the model can be split: the powers of two that divide them."""
    if gpus < 1:
        return (1,)
    whole = int(gpus)
    return tuple(2**power for power in range(whole.bit_length()) if whole % 2**power == 0)


def layouts(
    architecture: Architecture,
    machine: Machine,
    engine: Engine,
    weights: WeightFormat,
    kv: WeightFormat,
    *,
    only: int | None = None,
) -> list[Replica] | str:
    """One copy for each degree that divides the GPUs and the heads, smallest first; or why none."""
    gpu, gpus = machine.gpu, machine.gpus or 1
    degrees = [
        degree
        for degree in tensor_parallel_degrees(gpus)
        if only in (None, degree)
        and architecture.heads % degree == 0
        and degree <= gpu.linked_gpus
        and (degree == 1 or gpu.link_gb_per_s is not None)
    ]
    if not degrees:
        return _no_layout(architecture, machine, only)
    return [
        Replica(
            architecture=architecture,
            gpu=gpu,
            engine=engine,
            weights=weights,
            kv_bytes_per_value=BYTES_PER_WEIGHT[kv],
            layout=Layout(tensor=degree),
            slice_of=float(min(gpus, 1)),
        )
        for degree in degrees
    ]


def too_small(replica: Replica, machine: Machine, traffic: Traffic) -> str:
    """What the copy needs, and what the machine has for it."""
    gpu, gpus, layout = replica.gpu, machine.gpus or 1, replica.layout
    usable = max(0.0, replica.memory_bytes) * layout.gpus / GIB
    weights = replica.weight_bytes / GIB
    length = traffic.input_tokens + traffic.output_tokens
    copies = layout.tensor / min(layout.tensor, replica.architecture.kv_shards)
    kv = replica.architecture.kv_bytes(length) * replica.kv_bytes_per_value / BYTES_OF_16_BIT
    unsplit = " (not split further: the speed between them is not known)"
    if gpus <= 1 or gpu.link_gb_per_s is not None:
        unsplit = ""
    return (
        f"{replica.architecture.model} in {replica.weights} needs {weights:,.1f} GiB for its "
        f"weights and {kv * copies / GIB:,.2f} GiB for one request of {length:,.0f} tokens; "
        f"{min(gpus, layout.gpus)} x {gpu.name} leave {usable:,.1f} GiB{unsplit}"
    )


def _no_layout(architecture: Architecture, machine: Machine, degree: int | None) -> str:
    gpu, gpus = machine.gpu, machine.gpus
    if gpu.link_gb_per_s is None:
        return (
            f"{architecture.model} cannot be split over {degree} GPUs: how fast {gpu.name} sends "
            "to its neighbours is not known"
        )
    if degree is not None and degree > (gpus or 1):
        return f"{degree} GPUs cannot share a copy, the machine has {gpus}"
    if degree is not None and degree > gpu.linked_gpus:
        return f"only {gpu.linked_gpus} {gpu.name} are linked; {degree} share no model"
    return (
        f"{architecture.model} cannot be split over {degree} GPUs; take a power of two that "
        f"divides the GPUs and its {architecture.heads} heads"
    )
