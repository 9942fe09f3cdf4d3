"""Claims about what a probe builds: from the table's dimensions, or from a config.json."""

import json
from pathlib import Path

import pytest

from planner.errors import BadFileError, UsageError
from planner.files.hardware import find_architecture
from planner.probe.formats import format_named
from planner.probe.shapes import Spec, cached, check_built, folder_of, spec_in, spec_of

TINY = {"model_type": "llama", "hidden_size": 64, "num_hidden_layers": 2}


def written(folder: Path, text: str = json.dumps(TINY)) -> Path:
    """A folder with this config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.json").write_text(text, encoding="utf-8")
    return folder


def table(model: str) -> Spec:
    """What the architecture table tells of a model."""
    return spec_of(find_architecture(model))


def test_a_llama_is_told_by_its_dimensions() -> None:
    """In transformers' words, with the table's count of parameters to check it by."""
    assert table("llama-3-8b") == Spec(
        name="llama-3-8b",
        model_type="llama",
        settings={
            "hidden_size": 4096,
            "num_hidden_layers": 32,
            "num_attention_heads": 32,
            "num_key_value_heads": 8,
            "head_dim": 128,
            "intermediate_size": 14336,
            "vocab_size": 128256,
            "max_position_embeddings": 8192,
            "tie_word_embeddings": False,
            "sliding_window": None,
        },
        parameters=8_028_000_000,
        active_parameters=8_028_000_000,
    )


def test_a_qwen3_with_experts_is_another_kind() -> None:
    """128 experts of 768, of which a token picks 8."""
    told = table("qwen3-30b-a3b")
    assert told.model_type == "qwen3_moe"
    assert told.settings["num_experts"] == 128
    assert told.settings["num_experts_per_tok"] == 8
    assert told.settings["moe_intermediate_size"] == 768


def test_a_falcon_speaks_its_own_words() -> None:
    """One head of keys and values is "multi_query", and the width of a head is derived."""
    told = table("falcon-7b")
    assert told.model_type == "falcon"
    assert told.settings["multi_query"] is True
    assert told.settings["new_decoder_architecture"] is False
    assert told.settings["ffn_hidden_size"] == 18176
    assert "head_dim" not in told.settings


def test_a_family_without_a_name_is_built_as_what_it_resembles() -> None:
    """And a note says so."""
    told = table("minimax-m2.5")
    assert (told.model_type, told.notes) == ("mixtral", ("built as a mixtral of its dimensions",))


@pytest.mark.parametrize("model", ["deepseek-v3", "qwen3.5-27b"])
def test_attention_that_dimensions_do_not_tell_is_refused(model: str) -> None:
    """Latent and linear attention: one line that says what to give instead."""
    with pytest.raises(UsageError, match=r"give the folder of its config\.json") as refused:
        table(model)
    assert str(refused.value).startswith(f"the attention of {model} (")
    assert "\n" not in str(refused.value)


def test_a_shape_that_misses_the_counts_is_refused() -> None:
    """4% more parameters than the table has: something else is in the model."""
    with pytest.raises(UsageError, match=r"built with 8\.35 instead of 8\.03 billion"):
        check_built(table("llama-3-8b"), 8_349_000_000, 8_349_000_000, 525_000_000)


@pytest.mark.parametrize("active", [3_352_000_000, 3_352_000_000 + 311_000_000])
def test_active_parameters_are_counted_with_the_embeddings_or_without(active: int) -> None:
    """Publishers do the one or the other: both are the model's shape."""
    check_built(table("qwen3-30b-a3b"), 30_531_000_000, active, 311_000_000)


def test_a_folder_and_its_file_are_the_same_model(tmp_path: Path) -> None:
    """Named after the folder; without weights none are loaded."""
    folder = written(tmp_path / "tiny-llama")
    told = spec_in(folder)
    assert told == spec_in(folder / "config.json")
    assert (told.name, told.model_type, told.weights) == ("tiny-llama", "llama", None)
    assert told.settings == {"hidden_size": 64, "num_hidden_layers": 2}


@pytest.mark.parametrize("file", ["model.safetensors", "pytorch_model.bin"])
def test_weights_beside_the_config_are_the_models(tmp_path: Path, file: str) -> None:
    """A folder that holds them is loaded."""
    (written(tmp_path) / file).touch()
    assert spec_in(tmp_path).weights == tmp_path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "no configuration .*; give a config.json"),
        ("[]", "no configuration .*; give a config.json"),
        ("{}", "no model_type; give the config.json of a transformers model"),
        ('{"model_type": 7}', "no model_type; give the config.json of a transformers model"),
    ],
)
def test_a_config_that_is_none_is_refused(tmp_path: Path, text: str, told: str) -> None:
    """One line with the file's name and what to give."""
    with pytest.raises(BadFileError, match=told) as refused:
        spec_in(written(tmp_path, text))
    assert str(refused.value).startswith(f"{tmp_path}/config.json: ")
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("place", ["none", "none/config.json", "."])
def test_a_place_without_a_config_is_refused(tmp_path: Path, place: str) -> None:
    """A folder that is not there, a file likewise, a folder without one."""
    with pytest.raises(BadFileError, match=r"No such file.*; give a config.json or its folder"):
        spec_in(tmp_path / place)


def test_a_config_is_found_in_the_caches_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HF_HOME has it in "hub", HF_HUB_CACHE at once and first; an id that is not there is None."""
    snapshot = Path("models--meta-llama--Llama-3.2-1B", "snapshots", "4e20de3")
    at_home = written(tmp_path / "home" / "hub" / snapshot)
    in_cache = written(tmp_path / "cache" / snapshot)
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    assert cached("meta-llama/Llama-3.2-1B") == at_home
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    assert cached("meta-llama/Llama-3.2-1B") == in_cache
    assert cached("meta-llama/Llama-3.2-3B") is None


def test_a_place_is_told_from_a_name(tmp_path: Path) -> None:
    """What begins like a path, ends in .json, or is a folder; names are none."""
    assert folder_of("./tiny") == Path("tiny")
    assert folder_of("~/tiny") == Path.home() / "tiny"
    assert folder_of("tiny/config.json") == Path("tiny/config.json")
    assert folder_of(str(tmp_path)) == tmp_path
    assert folder_of("llama-3-8b") is None
    assert folder_of("meta-llama/Llama-3.2-1B") is None


@pytest.mark.parametrize(
    ("spelling", "name"),
    [("bfloat16", "bf16"), (" BF16 ", "bf16"), ("half", "fp16"), ("float32", "fp32"),
     ("int8", "int8"), ("fp8", "fp8")],
)  # fmt: skip
def test_formats_are_known_by_their_spellings(spelling: str, name: str) -> None:
    """As torch and as people write them."""
    assert format_named(spelling) == name


def test_a_format_that_is_not_built_is_refused() -> None:
    """With those that are."""
    with pytest.raises(UsageError, match="give float32, bfloat16, float16, int8, fp8"):
        format_named("int4")
