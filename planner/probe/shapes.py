"""What is to be measured as a transformers configuration: from the table's facts or from a file.

A model of the architecture table is built from its dimensions alone, nothing is downloaded; where
the dimensions do not tell its whole shape (shared experts, latent attention, linear layers) the
count of parameters gives it away, and its config.json is asked for.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from planner.core.hardware import Architecture
from planner.errors import BadFileError, UsageError

_CONFIG = "config.json"
_WEIGHTS = ("*.safetensors", "*.bin")
_OFF_BY = 0.03  # of the table's counts of parameters, which are rounded and leave out biases
_BUILT_ATTENTION = ("full", "sliding", "alternating sliding")
_DERIVES_HEAD_DIM = ("falcon",)
_INSTEAD = "give the folder of its config.json instead of its name"
_NAMES_TO_TYPES = (
    ("gemma-2-", "gemma2"),
    ("gemma-3-", "gemma3_text"),
    ("gemma-", "gemma"),
    ("qwen3-coder-", "qwen3_moe"),
    ("qwen3-", "qwen3"),
    ("qwen2.5-", "qwen2"),
    ("qwq-", "qwen2"),
    ("deepseek-r1-distill-qwen", "qwen2"),
    ("mixtral-", "mixtral"),
    ("mistral-", "mistral"),
    ("ministral-", "mistral"),
    ("phi-2", "phi"),
    ("phi-", "phi3"),
    ("falcon-", "falcon"),
    ("pythia-", "gpt_neox"),
    ("gpt-j-", "gptj"),
    ("gpt-oss-", "gpt_oss"),
    ("mpt-", "mpt"),
    ("bloom-", "bloom"),
    ("command-r", "cohere"),
)


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """A model to build: its name, what transformers needs to know, and weights if there are any.

    `parameters` and `active_parameters` are the table's counts, None where a config.json tells all.
    """

    name: str
    model_type: str
    settings: dict[str, Any]
    parameters: int | None = None
    active_parameters: int | None = None
    weights: Path | None = None
    notes: tuple[str, ...] = ()


def spec_of(architecture: Architecture) -> Spec:
    """A model of the table by its dimensions; UsageError where those do not tell its attention."""
    a = architecture
    if not a.attention.startswith(_BUILT_ATTENTION):
        raise UsageError(
            f"the attention of {a.model} ({a.attention}) is not told by its dimensions; {_INSTEAD}"
        )
    kind = _model_type(a)
    settings = {
        "hidden_size": a.hidden,
        "num_hidden_layers": a.layers,
        "num_attention_heads": a.heads,
        "num_key_value_heads": a.kv_heads,
        "head_dim": a.head_dim,
        "intermediate_size": a.intermediate,
        "vocab_size": a.vocab,
        "max_position_embeddings": a.context_tokens,
        "tie_word_embeddings": bool(a.tied_embeddings),
        "sliding_window": a.local_window,
        **_experts(a),
    }
    if kind in _OWN_WORDS:
        settings |= _OWN_WORDS[kind](a)
    if kind in _DERIVES_HEAD_DIM:
        del settings["head_dim"]
    named = any(a.model.startswith(start) for start, _ in _NAMES_TO_TYPES)
    likened = () if named or kind == "llama" else (f"built as a {kind} of its dimensions",)
    return Spec(
        name=a.model,
        model_type=kind,
        settings=settings,
        parameters=a.parameters,
        active_parameters=a.active_parameters,
        notes=likened,
    )


def spec_in(place: Path, name: str | None = None) -> Spec:
    """A model of a folder with a config.json, or of that file; with its weights if they are there.

    BadFileError where it is none.
    """
    path = place / _CONFIG if place.is_dir() else place
    try:
        settings = msgspec.json.decode(path.read_bytes(), type=dict[str, Any])
    except OSError as error:
        raise BadFileError(f"{path}: {error.strerror}; give a config.json or its folder") from None
    except msgspec.DecodeError as error:
        raise BadFileError(f"{path}: no configuration ({error}); give a config.json") from None
    if not isinstance(kind := settings.pop("model_type", None), str):
        raise BadFileError(f"{path}: no model_type; give the config.json of a transformers model")
    held = any(next(path.parent.glob(mask), None) for mask in _WEIGHTS)
    return Spec(
        name=name or path.resolve().parent.name,
        model_type=kind,
        settings=settings,
        weights=path.parent if held else None,
    )


def cached(hugging_face: str) -> Path | None:
    """The folder of a Hugging Face id in the local cache, None where it is not there.

    Where the cache stands is told by HF_HUB_CACHE or HF_HOME, as for transformers itself.
    """
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    hub = Path(os.environ.get("HF_HUB_CACHE", home / "hub"))
    folder = hub / f"models--{hugging_face.replace('/', '--')}"
    found = sorted(folder.glob(f"snapshots/*/{_CONFIG}"), key=lambda path: path.stat().st_mtime)
    return found[-1].parent if found else None


def check_built(spec: Spec, parameters: int, active: float, looked_up: int) -> None:
    """UsageError where the built shape is not the table's: its dimensions do not tell it whole.

    Publishers count the embeddings, which are looked up, among the active parameters or do not.
    """
    counts = (
        (spec.parameters, (parameters,)),
        (spec.active_parameters, (active, active - looked_up)),
    )
    for told, built in counts:
        if told and all(abs(count / told - 1) > _OFF_BY for count in built):
            raise UsageError(
                f"the dimensions of {spec.name} do not tell its shape (built with "
                f"{built[0] / 1e9:.2f} instead of {told / 1e9:.2f} billion parameters); {_INSTEAD}"
            )


def _model_type(a: Architecture) -> str:
    """The family by its name; one that has none here is built as what has its kind of layers."""
    for start, kind in _NAMES_TO_TYPES:
        if a.model.startswith(start):
            return "qwen3_moe" if kind == "qwen3" and a.experts else kind
    if a.experts:
        return "mixtral"
    return "llama" if a.mlp == "gated" else "gpt_neox"


def _experts(a: Architecture) -> dict[str, Any]:
    if not a.experts:
        return {}
    return {
        "num_experts": a.experts,
        "num_local_experts": a.experts,
        "num_experts_per_tok": a.experts_per_token,
        "moe_intermediate_size": a.intermediate,
    }


def _falcon(a: Architecture) -> dict[str, Any]:
    several = a.kv_heads > 1
    return {
        "multi_query": not several,
        "new_decoder_architecture": several,
        "num_kv_heads": a.kv_heads,
        "ffn_hidden_size": a.intermediate,
    }


def _wide(a: Architecture) -> dict[str, Any]:
    """The words of MPT, BLOOM and GPT-J for their dimensions."""
    return {
        "d_model": a.hidden,
        "n_embd": a.hidden,
        "n_layers": a.layers,
        "n_layer": a.layers,
        "n_heads": a.heads,
        "n_head": a.heads,
        "n_inner": a.intermediate,
        "max_seq_len": a.context_tokens,
        "n_positions": a.context_tokens,
    }


_OWN_WORDS: dict[str, Callable[[Architecture], dict[str, Any]]] = {
    "falcon": _falcon,
    "mpt": _wide,
    "bloom": _wide,
    "gptj": _wide,
    "gemma2": lambda a: {"query_pre_attn_scalar": a.head_dim},
    "gemma3_text": lambda a: {"query_pre_attn_scalar": a.head_dim},
    "phi3": lambda _: {"pad_token_id": 0},
}


def folder_of(model: str) -> Path | None:
    """The place on disk that a model's name is, None where it is a name."""
    place = Path(model)
    looks_so = model.startswith((".", "/", "~")) or model.endswith(".json")
    return place.expanduser() if looks_so or place.is_dir() else None
