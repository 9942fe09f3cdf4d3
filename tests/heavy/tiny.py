"""Shrunken models of each family: two layers, and what transformers would make of the same."""

from typing import Any

import torch
import transformers

from planner.probe.built import settle, shape
from planner.probe.shapes import Spec

CPU = torch.device("cpu")
WORDS = 96
_COMMON = {
    "vocab_size": WORDS, "max_position_embeddings": 64, "hidden_size": 32, "num_hidden_layers": 2,
    "num_attention_heads": 4, "num_key_value_heads": 2, "intermediate_size": 48,
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip
_HEADS = {"head_dim": 16, "tie_word_embeddings": False}
_EXPERTS = {"num_local_experts": 4, "num_experts": 4, "num_experts_per_tok": 2}
_WIDE = {
    "d_model": 32, "n_heads": 4, "n_layers": 2, "n_layer": 2, "n_head": 4, "max_seq_len": 64,
}  # fmt: skip
FAMILIES: dict[str, dict[str, Any]] = {
    "llama": _HEADS,
    "gemma2": _HEADS | {"tie_word_embeddings": True, "sliding_window": 8},
    "gemma3_text": _HEADS | {"tie_word_embeddings": True, "sliding_window": 8},
    "qwen3": _HEADS | {"tie_word_embeddings": True},
    "qwen3_moe": _HEADS | _EXPERTS | {"moe_intermediate_size": 24},
    "mixtral": _HEADS | _EXPERTS,
    "phi3": {"tie_word_embeddings": False, "sliding_window": 8},
    "falcon": {"multi_query": True, "new_decoder_architecture": False, "ffn_hidden_size": 64},
    "gpt_neox": {"tie_word_embeddings": False},
    "gpt_oss": _HEADS | _EXPERTS | {"sliding_window": 8},
    "mpt": _WIDE,
    "bloom": _WIDE,
    "deepseek_v3": {
        "kv_lora_rank": 16,
        "q_lora_rank": 16,
        "qk_rope_head_dim": 8,
        "qk_nope_head_dim": 8,
        "v_head_dim": 16,
        "n_routed_experts": 8,
        "num_experts_per_tok": 2,
        "n_group": 2,
        "topk_group": 1,
        "moe_intermediate_size": 24,
        "first_k_dense_replace": 1,
        "num_key_value_heads": 4,
        "n_shared_experts": 1,
        "head_dim": 8,
    },
    "qwen3_next": _HEADS
    | _EXPERTS
    | {
        "moe_intermediate_size": 24,
        "shared_expert_intermediate_size": 24,
        "linear_num_value_heads": 4,
        "linear_num_key_heads": 2,
        "linear_key_head_dim": 8,
        "linear_value_head_dim": 8,
        "layer_types": ["linear_attention", "full_attention"],
    },
}
"""The settings of each family beyond those that all have."""


def tiny(kind: str = "llama", **settings: Any) -> Spec:
    """A family's shrunken model."""
    return Spec(name=f"tiny-{kind}", model_type=kind, settings=_COMMON | FAMILIES[kind] | settings)


def settled(spec: Spec, dtype: str = "fp32") -> tuple[Any, Any]:
    """The model as a probe makes it, and its configuration."""
    built = shape(spec, dtype)
    return settle(built, CPU), built.config


def normal(config: Any) -> Any:
    """The model as transformers makes it."""
    torch.manual_seed(7)
    attention = config._attn_implementation  # noqa: SLF001 - the one that the probe took
    model = transformers.AutoModelForCausalLM.from_config(config, attn_implementation=attention)
    return model.eval()


def prompt(batch: int = 2, tokens: int = 12) -> Any:
    """Random words."""
    return torch.randint(3, WORDS, (batch, tokens), generator=torch.Generator().manual_seed(1))
