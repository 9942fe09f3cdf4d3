"""A transformers model of random weights on a device, and what it makes the device do.

It is built on the meta device, which costs nothing, so that its parameters are counted and its
room is known before any memory is taken; then each parameter is made where it belongs, in its
share only where several devices share the model (tensor parallelism).
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from planner.core.static_batches import Footprint
from planner.errors import BadFileError, UsageError
from planner.probe.formats import EIGHT_BITS, torch_dtype
from planner.probe.quantised import quantise
from planner.probe.shapes import Spec, check_built

_BLOCK = 1 << 20  # random numbers that the weights repeat: filling is as fast as copying
_SPREAD = 0.02  # of the weights, as most models are initialised
_SPREAD_OF_8_BITS = 16.0  # of weights stored in 8 bits, whose scale makes them as wide as others
_OWN_CODE = "auto_map"  # of a config.json: code that comes with the weights, which is never run
# How transformers' plans call what torch's tensor parallelism does.
_COLUMNS, _ROWS = "colwise", "rowwise"


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """A model that is shaped and not yet there: `model` has parameters on the meta device."""

    model: Any
    config: Any
    footprint: Footprint
    notes: tuple[str, ...] = ()


def shape(spec: Spec, dtype: str) -> Built:
    """Shape a model without memory; one line for one that transformers does not know."""
    import torch  # noqa: PLC0415 - seconds
    from transformers import AutoConfig  # noqa: PLC0415 - seconds

    settings = dict(spec.settings)
    code = settings.pop(_OWN_CODE, None)
    try:
        config = AutoConfig.for_model(spec.model_type, **settings).get_text_config()
        with torch.device("meta"):
            model, note = _from(config, dtype)
    except Exception as error:  # whatever its code makes of the settings
        told = " ".join(str(error).split()) or type(error).__name__
        step = "give the folder of its config.json"
        if code:
            step = "it needs code of its own, which planner does not run"
        raise BadFileError(
            f"{spec.name}: transformers cannot build a {spec.model_type} of it ({told[:200]}); "
            f"{step}"
        ) from error
    model.eval()
    if dtype in EIGHT_BITS:
        quantise(model, dtype)
    footprint = _footprint(model, config)
    looked_up = model.get_input_embeddings().weight.numel()
    check_built(spec, footprint.parameters, footprint.active_parameters, looked_up)
    notes = (*spec.notes, *([note] if note else []))
    return Built(model=model, config=config, footprint=footprint, notes=notes)


def _from(config: Any, dtype: str) -> tuple[Any, str]:
    """The model of a configuration, and a note where it has no fused attention."""
    from transformers import AutoModelForCausalLM  # noqa: PLC0415

    return _attending(AutoModelForCausalLM.from_config, config, dtype=torch_dtype(dtype))


def _attending(make: Callable[..., Any], *told: Any, **more: Any) -> tuple[Any, str]:
    """Make a model with torch's fused attention (SDPA), or with plain one and a note of it."""
    try:
        return make(*told, attn_implementation="sdpa", **more), ""
    except ValueError as error:
        if "attention" not in str(error):
            raise
    eager = make(*told, attn_implementation="eager", **more)
    return eager, "attention step by step: transformers has no fused one for this model"


def settle(built: Built, device: Any, mesh: Any = None, seed: int = 0) -> Any:
    """Make the parameters of a shaped model on a device, this rank's share of a mesh."""
    import torch  # noqa: PLC0415

    model = built.model
    if mesh is not None:
        _share(model, built.config, mesh)
    model.to_empty(device=device)
    model.tie_weights()
    generator = torch.Generator(device=device).manual_seed(seed)
    block = torch.empty(_BLOCK + 7, device=device).normal_(generator=generator)
    with torch.no_grad():
        _rebuild_computed(model)
        for name, parameter in [*model.named_parameters(), *_kept_buffers(model)]:
            _fill(name, getattr(parameter, "_local_tensor", parameter), block)
    return model


def check_split(built: Built, size: int) -> None:
    """UsageError where a model is not one that so many devices can share."""
    model, config = built.model, built.config
    if any(weights.element_size() == 1 for _, weights in _kept_buffers(model)):
        raise UsageError("weights in 8 bits are not split over GPUs; take --tp 1, or bfloat16")
    if set(_plan_of(config).values()) != {_COLUMNS, _ROWS}:
        raise UsageError(f"no plan is known to split a {config.model_type} over GPUs; take --tp 1")
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    if heads % size:
        raise UsageError(
            f"{heads} heads of keys and values cannot be split over {size} GPUs; "
            "take a --tp that divides them"
        )


def load(spec: Spec, dtype: str, device: Any) -> Any:
    """The model with its own weights, from its folder; nothing is downloaded."""
    from transformers import AutoModelForCausalLM  # noqa: PLC0415

    try:
        model, _ = _attending(
            AutoModelForCausalLM.from_pretrained, spec.weights, dtype=torch_dtype(dtype),
            local_files_only=True, trust_remote_code=False,
        )  # fmt: skip
    except Exception as error:  # whatever the readers of its files make of them
        told = str(error).strip().splitlines() or [type(error).__name__]
        raise BadFileError(
            f"{spec.weights}: its weights cannot be read ({told[0][:200]}); "
            "--random-weights measures its shape"
        ) from error
    return model.to(device).eval()


def bytes_of(model: Any) -> float:
    """Bytes of all parameters."""
    return float(sum(p.numel() * p.element_size() for _, p in _weights(model)))


def _weights(model: Any) -> Iterator[tuple[str, Any]]:
    """Parameters, and the quantised weights, which are buffers."""
    yield from model.named_parameters()
    yield from _kept_buffers(model)


def _kept_buffers(model: Any) -> Iterator[tuple[str, Any]]:
    """Buffers that belong to the weights: those that a checkpoint holds."""
    for prefix, module in model.named_modules():
        for name, buffer in module.named_buffers(recurse=False):
            if name not in module._non_persistent_buffers_set:  # noqa: SLF001 - torch tells it nowhere else
                yield f"{prefix}.{name}", buffer


def _footprint(model: Any, config: Any) -> Footprint:
    sizes = {name: (p.numel(), p.numel() * p.element_size()) for name, p in _weights(model)}
    routed = [size for name, size in sizes.items() if ".experts." in name]
    table = _of_module(model.get_input_embeddings())
    head = model.get_output_embeddings()
    tied = head is not None and head.weight is model.get_input_embeddings().weight
    output = table if tied else _of_module(head)
    experts, picked = _experts(config)
    share = picked / experts if experts else 1.0
    numbers = sum(n for n, _ in sizes.values())
    routed_numbers = sum(n for n, _ in routed)
    everything = sum(size for _, size in sizes.values())
    looked_up = 0 if tied else table[1]
    active = numbers - routed_numbers * (1 - share)
    heads = config.num_attention_heads
    kept = getattr(config, "num_key_value_heads", None) or heads
    width = getattr(config, "head_dim", None) or config.hidden_size // heads
    return Footprint(
        parameters=numbers,
        active_parameters=active,
        weight_bytes=everything - sum(size for _, size in routed) - looked_up,
        routed_bytes=sum(size for _, size in routed),
        experts=experts,
        experts_per_token=picked,
        body_parameters=active - table[0] - (0 if tied else output[0]),
        output_parameters=output[0],
        attention_width=config.num_hidden_layers * heads * width,
        kv_bytes_per_token=2 * config.num_hidden_layers * kept * width * model.dtype.itemsize,
    )


def _of_module(module: Any) -> tuple[int, int]:
    if module is None:
        return 0, 0
    return module.weight.numel(), module.weight.numel() * module.weight.element_size()


def _experts(config: Any) -> tuple[int, int]:
    for name in ("num_local_experts", "num_experts", "n_routed_experts"):
        if count := getattr(config, name, None):
            return int(count), int(config.num_experts_per_tok)
    return 0, 0


def _share(model: Any, config: Any, mesh: Any) -> None:
    """Split the layers by the plan that transformers has for the model, with torch's own styles."""
    from torch.distributed.tensor.parallel import (  # noqa: PLC0415
        ColwiseParallel,
        RowwiseParallel,
        parallelize_module,
    )

    styles = {_COLUMNS: ColwiseParallel, _ROWS: RowwiseParallel}
    plan = {name: styles[style]() for name, style in _plan_of(config).items()}
    parallelize_module(model.get_submodule(model.base_model_prefix), mesh, plan)


def _plan_of(config: Any) -> dict[str, str]:
    """How transformers splits each kind of layer; each GPU norms its own heads."""
    plan = getattr(config, "base_model_tp_plan", None) or {}
    return {name: style for name, style in plan.items() if "norm" not in name}


def _fill(name: str, parameter: Any, block: Any) -> None:
    """Random weights; norms are ones, biases none, so that numbers stay in range."""
    if parameter.element_size() == 1:
        _repeat(parameter.view(-1), block * _SPREAD_OF_8_BITS)
    elif parameter.dim() < 2:  # noqa: PLR2004 - vectors are norms, biases and scales
        values = {"bias": 0.0, "scale": _SPREAD / _SPREAD_OF_8_BITS}
        parameter.fill_(values.get(name.rpartition(".")[2], 1.0))
    else:
        _repeat(parameter.view(-1), block * _SPREAD)


def _repeat(flat: Any, block: Any) -> None:
    block = block.to(flat.dtype)
    for start in range(0, flat.numel(), block.numel()):
        part = flat[start : start + block.numel()]
        part.copy_(block[: part.numel()])


def _rebuild_computed(model: Any) -> None:
    """Make anew what is computed and not stored: `to_empty` leaves garbage in such buffers.

    Rotary frequencies and scales of embeddings, which a model's own initialisation knows.
    """
    for module in model.modules():
        if module._non_persistent_buffers_set:  # noqa: SLF001 - torch tells it nowhere else
            model._init_weights(module)  # noqa: SLF001 - for one module, not all of them
