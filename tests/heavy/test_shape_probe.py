"""Claims about `probe_shape` on a CPU, end to end: a model of 100 million parameters."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
import transformers

from planner.core.measurements import Measurement
from planner.errors import BadFileError, NothingFitsError, UsageError
from planner.files.hardware import find_architecture
from planner.probe.shape_probe import ShapeAsk, probe_shape
from planner.probe.shapes import spec_in, spec_of
from planner.probe.sweep import Plan
from tests.heavy.tiny import normal, tiny

HUNDRED_MILLION = {
    "model_type": "llama", "hidden_size": 640, "num_hidden_layers": 12, "num_attention_heads": 10,
    "num_key_value_heads": 5, "head_dim": 64, "intermediate_size": 1792, "vocab_size": 32_000,
    "max_position_embeddings": 512, "tie_word_embeddings": False,
}  # fmt: skip
SHORT = Plan(input_tokens=(16,), output_tokens=4, max_batch=1, rounds=1)


@pytest.fixture(autouse=True)
def _small_ceilings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ceilings of small products and copies: these tests claim nothing of the machine."""
    monkeypatch.setattr("planner.probe.ceilings._LARGEST", 512)


def measured(spec: Any, plan: Plan = SHORT, **more: Any) -> tuple[Measurement, ...]:
    """The records of a probe on the CPU."""
    ask = {"dtype": "fp32", "device": "cpu", **more}
    return probe_shape(ShapeAsk(spec=spec, plan=plan, **ask))


def stops(records: tuple[Measurement, ...]) -> list[str]:
    """Why each context ended."""
    return [note for one in records for note in one.notes if note.startswith("stopped there: ")]


def test_a_model_of_100_million_parameters_is_measured(tmp_path: Path) -> None:
    """Batches that double, each with its rates, its shares of the ceilings and what ran."""
    folder = tmp_path / "llama-100m"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(HUNDRED_MILLION), encoding="utf-8")
    lines: list[str] = []
    reported: list[Measurement] = []
    ask = ShapeAsk(
        spec=spec_in(folder), dtype="fp32", device="cpu",
        plan=Plan(input_tokens=(16, 32), output_tokens=4, max_batch=2, rounds=2),
    )  # fmt: skip
    records = probe_shape(ask, lines.append, reported.append)
    assert [(one.input_tokens, one.concurrency) for one in records] in (
        [(16, 1), (16, 2), (32, 1), (32, 2)],
        [(16, 1), (16, 2), (32, 1)],  # the larger batch may bring no more on a busy machine
    )
    assert len(reported) == len(records)
    assert lines[0] == "llama-100m: 97.01 million parameters"
    for one in records:
        assert (one.model, one.source, one.engine) == ("llama-100m", "planner probe", "torch")
        assert (one.dtype, one.drive, one.output_tokens) == ("fp32", "static", 4)
        assert (one.tensor_parallel, one.replicas, len(one.rounds)) == (1, 1, 2)
        assert one.mbu is not None
        assert one.mfu is not None
        assert 0 < one.mbu < 1.5
        assert 0 < one.mfu < 1.5
        assert one.device.bandwidth_gb_per_s
        assert one.device.matmul_tflops
        assert one.device.cpus == torch.get_num_threads()
        assert one.versions["torch"] == torch.__version__
        assert one.versions["transformers"] == transformers.__version__
        assert one.notes[0] == "random weights"
        assert None not in {one.ttft_ms, one.tpot_ms, one.itl_ms, one.e2e_ms}
        assert one.output_tokens_per_second
    assert len(stops(records)) == 2


def test_the_largest_batch_ends_a_context() -> None:
    """One sequence was asked for."""
    assert stops(measured(tiny())) == ["stopped there: the largest batch asked for"]


def test_the_time_that_a_sweep_may_take_ends_it() -> None:
    """No minutes: one round of one sequence all the same, and the reason in its notes."""
    plan = msgspec.structs.replace(SHORT, max_batch=64, rounds=5, minutes=0)
    records = measured(tiny(), plan)
    assert len(records) == len(records[0].rounds) == 1
    assert stops(records) == ["stopped there: 0 minutes are over"]


def test_a_time_per_token_over_the_limit_ends_a_context() -> None:
    """Both numbers stand there."""
    plan = msgspec.structs.replace(SHORT, max_batch=64, tpot_limit_ms=1e-6)
    (told,) = stops(measured(tiny(), plan))
    assert told.startswith("stopped there: ")
    assert told.endswith(" ms per token, limit 1e-06")


def test_no_room_ends_a_context(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with 1 GiB and a bit free: keys and values of more than a few sequences exceed."""
    monkeypatch.setattr("planner.probe.machine.free_bytes", lambda: 2**30 + 3 * 20 * 512)
    (told,) = stops(measured(tiny(), msgspec.structs.replace(SHORT, max_batch=1 << 20)))
    assert told in {
        "stopped there: no room for a batch of 4", "stopped there: it brought less than 5% more",
    }  # fmt: skip
    monkeypatch.setattr("planner.probe.machine.free_bytes", lambda: 2**30)
    with pytest.raises(NothingFitsError, match="not one sequence of tiny-llama has room"):
        measured(tiny())


def test_experts_are_said_to_be_picked_evenly() -> None:
    """Random weights route so; a trained model does not."""
    (record,) = measured(tiny("mixtral"))
    assert record.notes[0] == "random weights, whose experts are picked near uniformly"


@pytest.mark.parametrize("dtype", ["bf16", "int8", "fp8"])
def test_other_formats_run_as_well(dtype: str) -> None:
    """A record of each."""
    (record,) = measured(tiny(), dtype=dtype)
    assert (record.dtype, record.output_tokens_per_second is not None) == (dtype, True)


@pytest.mark.parametrize("kind", ["llama", "gemma2"])
def test_weights_at_hand_are_loaded(tmp_path: Path, kind: str) -> None:
    """A folder with real weights is measured with them; --random-weights leaves them alone."""
    config = transformers.AutoConfig.for_model(kind, **tiny(kind).settings)
    config._attn_implementation = "eager"  # noqa: SLF001 - Gemma-2 has no other
    normal(config).save_pretrained(tmp_path)
    spec = spec_in(tmp_path, "mine")
    (record,) = measured(spec)
    assert record.model == "mine"
    assert "random weights" not in record.notes
    (record,) = measured(spec, random_weights=True)
    assert "random weights" in record.notes
    (record,) = measured(tiny() if kind == "llama" else spec, dtype="bf16")
    assert record.dtype == "bf16"


def test_weights_in_8_bits_are_random(tmp_path: Path) -> None:
    """A file in 16 bits is not measured under the name of another format."""
    normal(transformers.AutoConfig.for_model("llama", **tiny().settings)).save_pretrained(tmp_path)
    (record,) = measured(spec_in(tmp_path), dtype="int8")
    assert "random weights" in record.notes


def test_weights_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    """One line with the folder and what measures the shape without them."""
    config = transformers.AutoConfig.for_model("llama", **tiny().settings)
    normal(config).save_pretrained(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"\x00" * 20)
    with pytest.raises(BadFileError, match="--random-weights measures its shape") as refused:
        measured(spec_in(tmp_path))
    assert "\n" not in str(refused.value)


def test_a_gpu_that_is_not_there_is_told() -> None:
    """With what to do instead."""
    if torch.cuda.is_available():
        ask: dict[str, Any] = {"device": "cuda", "gpus": 4096}
        told = "--gpus 4096: torch sees"
    else:
        ask, told = {"device": "cuda"}, "torch sees no GPU here; take --device cpu"
    with pytest.raises(UsageError, match=told):
        measured(tiny(), **ask)


def test_a_format_that_the_device_lacks_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old CPU without the instructions: the reason is torch's, the next step ours."""

    def refuse(*_: object) -> None:
        raise RuntimeError("no int8 product\nat a line of C++")

    monkeypatch.setattr(torch, "_int_mm", refuse)
    with pytest.raises(UsageError) as refused:
        measured(tiny(), dtype="int8")
    assert str(refused.value) == (
        "this cpu does not compute in int8 (no int8 product); take another --dtype"
    )


def test_a_model_too_large_for_the_memory_is_told() -> None:
    """Before any is taken: the weights' GiB, those that are free, and what would make it fit."""
    with pytest.raises(NothingFitsError, match=r"llama-3\.1-405b in bf16 take 756\.0 GiB of"):
        measured(spec_of(find_architecture("llama-3.1-405b")), dtype="bf16")


def test_more_tokens_than_the_context_are_refused() -> None:
    """Both numbers stand there."""
    plan = msgspec.structs.replace(SHORT, input_tokens=(16, 61))
    with pytest.raises(UsageError, match=r"65 tokens a request exceed the context .*, 64"):
        measured(tiny(), plan)


def test_one_token_out_measures_nothing() -> None:
    """The prompt yields the first; a time per token needs a second one."""
    with pytest.raises(UsageError, match="give 2 or more"):
        measured(tiny(), msgspec.structs.replace(SHORT, output_tokens=1))


def test_a_configuration_that_transformers_does_not_know_is_told() -> None:
    """One line, whatever its code raised."""
    spec = msgspec.structs.replace(tiny(), model_type="no_such_family")
    with pytest.raises(BadFileError, match="transformers cannot build a no_such_family") as refused:
        measured(spec)
    assert "\n" not in str(refused.value)


def test_code_that_comes_with_a_model_is_never_run() -> None:
    """A family that transformers knows is built by its own code; another one is refused."""
    own: dict[str, Any] = {"auto_map": {"AutoConfig": "configuration_x.X"}}
    (record,) = measured(tiny("deepseek_v3", **own))
    assert record.output_tokens_per_second
    spec = msgspec.structs.replace(tiny(**own), model_type="no_such_family")
    with pytest.raises(BadFileError, match="needs code of its own, which planner does not run"):
        measured(spec)
