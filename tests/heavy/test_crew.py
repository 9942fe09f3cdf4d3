"""Claims about several processes: copies side by side, one model in shares, and their ends."""

import functools
import os
import signal
import subprocess
import sys
import time

import pytest
import torch

from planner.core.measurements import Measurement
from planner.errors import NothingFitsError, PlannerError, UsageError
from planner.probe.crew import together
from planner.probe.shape_probe import ShapeAsk, probe_shape
from planner.probe.sweep import Plan
from tests.heavy.crews import broken, first_logits, killed, refused, who
from tests.heavy.tiny import prompt, settled, tiny

SHORT = Plan(input_tokens=(16,), output_tokens=4, max_batch=2, rounds=1)
CTRL_C = """
from planner.probe.crew import together
from tests.heavy.crews import asleep
if __name__ == "__main__":
    together(2, "cpu", 1, asleep, lambda line: print(line, flush=True))
"""


def gone(group: int) -> bool:
    """Whether all processes of a group end within ten seconds."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def silent(_: object) -> None:
    """Say nothing."""


def test_what_one_has_all_learn() -> None:
    """In the order of ranks; the first process reports, and its result is the result."""
    lines: list[object] = []
    assert together(2, "cpu", 1, who, lines.append) == [0, 1]
    assert lines == ["0 of 2"]


@pytest.mark.parametrize("kind", ["llama", "qwen3", "gemma2"])
def test_a_split_model_gives_the_logits_of_the_whole(kind: str) -> None:
    """Two processes with half of each layer; each keeps the keys and values of its own heads."""
    model, _ = settled(tiny(kind))
    with torch.inference_mode():
        expected = model(prompt()).logits[:, -1]
    work = functools.partial(first_logits, tiny(kind))
    logits, here, kv_bytes = together(2, "cpu", 2, work, silent)
    torch.testing.assert_close(torch.tensor(logits), expected, rtol=1e-3, atol=1e-5)
    layers = sum(p.numel() for p in model.model.layers.parameters() if p.dim() == 2)
    assert here == sum(p.numel() for p in model.parameters()) - layers / 2
    assert kv_bytes < 2 * 2 * 2 * 1 * 16 * 4 * 14.5 + 1


def record_of(records: tuple[Measurement, ...]) -> Measurement:
    """The first record, of one sequence."""
    assert records[0].mbu is not None
    assert records[0].mfu is not None
    assert 0 < records[0].mbu < 1.5
    assert 0 < records[0].mfu < 1.5
    return records[0]


def test_two_replicas_are_measured_together() -> None:
    """One sequence each is a batch of two for the machine."""
    ask = ShapeAsk(spec=tiny(), dtype="fp32", device="cpu", gpus=2, plan=SHORT)
    record = record_of(probe_shape(ask))
    assert (record.replicas, record.tensor_parallel, record.concurrency) == (2, 1, 2)
    assert len(record.rounds) == 1


def test_two_processes_share_a_model() -> None:
    """Tensor parallelism of two: one replica, one sequence."""
    ask = ShapeAsk(spec=tiny(), dtype="fp32", device="cpu", tensor=2, plan=SHORT)
    record = record_of(probe_shape(ask))
    assert (record.replicas, record.tensor_parallel, record.concurrency) == (1, 2, 1)


@pytest.mark.parametrize(
    ("kind", "changes", "told"),
    [
        ("llama", {"num_key_value_heads": 1}, "1 heads of keys and values cannot be split over 2"),
        ("mpt", {}, "no plan is known to split a mpt over GPUs; take --tp 1"),
    ],
)
def test_a_model_that_cannot_be_split_is_told(
    kind: str, changes: dict[str, int], told: str
) -> None:
    """One line with the --tp to take; no process waits for another."""
    ask = ShapeAsk(
        spec=tiny(kind, **changes), dtype="fp32", device="cpu", tensor=2, plan=SHORT
    )  # fmt: skip
    with pytest.raises(UsageError, match=told):
        probe_shape(ask)


def test_weights_in_8_bits_are_not_split() -> None:
    """Likewise."""
    ask = ShapeAsk(spec=tiny(), dtype="int8", device="cpu", tensor=2, plan=SHORT)
    with pytest.raises(UsageError, match="weights in 8 bits are not split over GPUs; take --tp 1"):
        probe_shape(ask)


def test_processes_that_do_not_make_groups_are_refused() -> None:
    """Three in groups of two."""
    ask = ShapeAsk(spec=tiny(), dtype="fp32", device="cpu", gpus=3, tensor=2, plan=SHORT)
    with pytest.raises(UsageError, match="3 GPUs are no multiple of --tp 2"):
        probe_shape(ask)


def test_a_process_that_was_killed_ends_the_probe() -> None:
    """One line that says what Linux does without memory; the others do not wait for ever."""
    with pytest.raises(PlannerError, match="a process of the probe was killed, likely for want"):
        together(2, "cpu", 1, killed, silent)


def test_the_error_of_any_process_is_the_probes() -> None:
    """With its exit code; what nobody thought of in one line with its device."""
    with pytest.raises(NothingFitsError, match="no room; take less"):
        together(2, "cpu", 1, refused, silent)
    with pytest.raises(PlannerError) as failed:
        together(2, "cpu", 1, broken, silent)
    assert str(failed.value) == (
        "the probe failed on device 1: a fault of the driver; try one with --gpus 1"
    )


def test_ctrl_c_ends_all_processes() -> None:
    """It reaches all of them; the parent ends the others, which say nothing of their own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", CTRL_C], env=environment, start_new_session=True, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as parent:  # fmt: skip
        assert parent.stdout is not None
        assert parent.stdout.readline() == "asleep\n"
        os.killpg(parent.pid, signal.SIGINT)
        started = time.monotonic()
        _, told = parent.communicate(timeout=30)
    assert time.monotonic() - started < 30
    assert told.count("Traceback") == 1
    assert told.rstrip().endswith("KeyboardInterrupt")
    assert gone(parent.pid)
