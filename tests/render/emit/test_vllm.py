"""Claims about the script for vLLM: one server a copy, with the options that were planned."""

from pathlib import Path

import msgspec
import pytest

from planner.core.hardware import WeightFormat
from planner.render.emit import emit, why_not
from tests.deployables import comments, hosted
from tests.shells import fails, options, run

COPIES = """\
# For the workload support chat: llama-3.3-70b on 3 x Standard_ND96isr_H100_v5 (azure).
# planner wrote this and has not run it.
# On each machine: 2 copies, each on 4 of the 8 NVIDIA H100 SXM.
# Spread the requests over all copies. Export HF_TOKEN where the checkpoint is gated, and
# VLLM_API_KEY, without which a copy answers whoever reaches its port.
# The longest request is the longest that the workload names: raise --max-model-len where
# prompts are longer. Where the publisher has an instruct variant, load that for chat.
set -eu

CUDA_VISIBLE_DEVICES=0,1,2,3 vllm serve meta-llama/Llama-3.3-70B-Instruct \\
  --tensor-parallel-size 4 \\
  --max-model-len 8192 \\
  --max-num-seqs 64 \\
  --gpu-memory-utilization 0.9 \\
  --quantization fp8 \\
  --kv-cache-dtype auto \\
  --port 8000 &

CUDA_VISIBLE_DEVICES=4,5,6,7 vllm serve meta-llama/Llama-3.3-70B-Instruct \\
  --tensor-parallel-size 4 \\
  --max-model-len 8192 \\
  --max-num-seqs 64 \\
  --gpu-memory-utilization 0.9 \\
  --quantization fp8 \\
  --kv-cache-dtype auto \\
  --port 8001 &

wait
"""


def served(
    folder: Path, /, variables: dict[str, str] | None = None, **changes: object
) -> list[str]:
    """The words of the first server that the script starts."""
    return min(run(emit("vllm", hosted(**changes)), folder, variables))


def test_each_copy_has_its_gpus_and_its_port() -> None:
    """Two copies of four GPUs are two servers, and the script ends when both have."""
    assert emit("vllm", hosted()) == COPIES


def test_the_script_starts_two_servers(tmp_path: Path) -> None:
    """Each sees its own four GPUs and listens on its own port."""
    servers = sorted(run(COPIES, tmp_path))
    assert [(words[0], options(words)["--port"]) for words in servers] == [
        ("0,1,2,3", "8000"),
        ("4,5,6,7", "8001"),
    ]
    assert {tuple(words[1:4]) for words in servers} == {
        ("vllm", "serve", "meta-llama/Llama-3.3-70B-Instruct")
    }


def test_a_single_copy_stays_in_the_foreground() -> None:
    """With one copy there is nothing to wait for."""
    script = emit("vllm", hosted(copies=1, tensor_parallel=8))
    assert script.endswith("  --port 8000\n")
    assert "one copy on 8 of the 8 NVIDIA H100 SXM." in comments(script)


@pytest.mark.parametrize(
    ("dtype", "checkpoint", "flags"),
    [
        ("bf16", None, {"--dtype": "bfloat16"}),
        ("fp16", None, {"--dtype": "float16"}),
        ("fp8", None, {"--quantization": "fp8"}),
        ("fp8", "fp8", {}),
        ("mxfp4", "mxfp4", {}),
        (None, None, {}),
    ],
)
def test_vllm_is_told_what_the_checkpoint_does_not_tell(
    dtype: WeightFormat | None,
    checkpoint: WeightFormat | None,
    flags: dict[str, str],
    tmp_path: Path,
) -> None:
    """A 16-bit type, or fp8 made while loading; a format that the checkpoint has takes no flag."""
    found = options(served(tmp_path, dtype=dtype, checkpoint=checkpoint))
    told = {flag: found[flag] for flag in ("--dtype", "--quantization") if flag in found}
    assert told == flags


def test_machines_of_a_term_are_bought_beside_it() -> None:
    """Three machines for a year are no matter of vLLM: a comment says so."""
    choice = msgspec.structs.replace(hosted(), term="1_year", reserved=3)
    told = comments(emit("vllm", choice))
    assert "Priced with 3 machines bought for 1 year: buy that beside them." in told


def test_a_gpu_without_bf16_is_told_to_take_fp16(tmp_path: Path) -> None:
    """A T4 keeps weights in fp8 and computes in fp16; the checkpoint would ask for bf16."""
    found = options(served(tmp_path, dtype="fp8", native_dtype="fp16"))
    assert (found["--dtype"], found["--quantization"]) == ("float16", "fp8")
    assert "--dtype" not in options(served(tmp_path, dtype="fp8", native_dtype="bf16"))


def test_what_to_see_to_stands_in_a_comment() -> None:
    """What the engine is known to need on that GPU."""
    script = emit("vllm", hosted(advice="NVIDIA V100 is old: take an older release"))
    assert "NVIDIA V100 is old: take an older release." in comments(script)


@pytest.mark.parametrize(
    ("dtype", "checkpoint"), [("int4", None), ("int8", None), ("bf16", "fp8"), ("fp8", "int4")]
)
def test_another_format_takes_another_checkpoint(
    dtype: WeightFormat, checkpoint: WeightFormat | None, tmp_path: Path
) -> None:
    """What vLLM does not make while loading is asked for, with the model that it is to be of."""
    choice = hosted(dtype=dtype, checkpoint=checkpoint)
    wanted = "MODEL: the checkpoint to load, by its Hugging Face id"
    assert fails(emit("vllm", choice), tmp_path) == wanted
    words = served(tmp_path, {"MODEL": "someone/quantised"}, dtype=dtype, checkpoint=checkpoint)
    assert words[3] == "someone/quantised"
    assert "--quantization" not in options(words)
    assert (
        f"Planned with weights in {dtype}: a checkpoint of meta-llama/Llama-3.3-70B-Instruct in "
        "that."
    ) in comments(emit("vllm", choice))


@pytest.mark.parametrize("name", [None, "", "--trust-remote-code", "../weights", "a/b/c", "a b"])
def test_what_is_no_hugging_face_id_is_asked_for(name: str | None, tmp_path: Path) -> None:
    """No option, no path and no gap can stand where the model does."""
    assert served(tmp_path, {"MODEL": "a/b"}, hugging_face=name)[3] == "a/b"


@pytest.mark.parametrize(("kv", "value"), [("bf16", "auto"), ("fp16", "auto"), ("fp8", "fp8")])
def test_the_kv_cache_is_as_planned(kv: WeightFormat, value: str, tmp_path: Path) -> None:
    """In 16 bits it follows the model, in fp8 it is told so."""
    assert options(served(tmp_path, kv_dtype=kv))["--kv-cache-dtype"] == value


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        (
            {"engine": "sglang"},
            "it was planned for sglang, and planner writes commands for vLLM alone",
        ),
        (
            {"engine": "neuron", "advice": "serve it as a page tells"},
            (
                "it was planned for neuron, and planner writes commands for vLLM alone: serve it "
                "as a page tells"
            ),
        ),
        (
            {"gpu": "AWS Trainium2"},
            "planner writes commands for GPUs of NVIDIA and AMD, and AWS Trainium2 is neither",
        ),
        ({"kv_dtype": "int8"}, "planner knows no option of vLLM for a KV cache in int8"),
        ({"copies": 3}, "its copies take 3 x 4 GPUs of a machine that has 8"),
        ({"copies": 0}, "its copies take 0 x 4 GPUs of a machine that has 8"),
    ],
)
def test_what_vllm_cannot_be_told_is_said(changes: dict[str, object], reason: str) -> None:
    """Another engine, another maker, another cache or too few GPUs: no command, but the reason."""
    assert why_not("vllm", hosted(**changes)) == reason


def test_what_grows_is_told_with_its_beginning() -> None:
    """Three machines at the most, two for now."""
    choice = msgspec.structs.replace(hosted(), at_first=2)
    told = "2 are enough to begin with, the others are for traffic as it grows."
    assert told in comments(emit("vllm", choice))
