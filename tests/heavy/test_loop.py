"""Claims about the loop: its cached steps agree with the whole forward, each is timed."""

import inspect
import weakref
from typing import Any

import pytest
import torch

from planner.probe.loop import OutOfMemoryError, Rig, free, run_round
from tests.heavy.tiny import CPU, FAMILIES, settled, tiny

pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")  # torch's own


def rig(kind: str = "llama", **settings: Any) -> Rig:
    """A shrunken model, ready to run."""
    model, config = settled(tiny(kind, **settings))
    return Rig(model=model, config=config, device=CPU)


def steps_fed(ready: Rig, monkeypatch: pytest.MonkeyPatch) -> tuple[list[Any], list[Any]]:
    """The tokens that a round feeds the model, call by call, and the logits that come out."""
    fed, found = [], []
    forward = ready.model.forward

    def watched(*args: Any, input_ids: Any, **more: Any) -> Any:
        told = forward(*args, input_ids=input_ids, **more)
        fed.append(input_ids)
        found.append(told.logits[:, -1])
        return told

    watched.__signature__ = inspect.signature(forward)  # type: ignore[attr-defined]
    monkeypatch.setattr(ready.model, "forward", watched)
    run_round(ready, 2, 12, 5, seed=3)
    return fed, found


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_cached_step_agrees_with_the_whole_forward(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A prompt of 12 and 4 steps, through windows of 8 tokens: as if all were read at once."""
    ready = rig(kind)
    fed, found = steps_fed(ready, monkeypatch)
    monkeypatch.undo()
    assert [tokens.shape for tokens in fed] == [(2, 12), *[(2, 1)] * 4]
    with torch.inference_mode():
        whole = ready.model(torch.cat(fed, dim=1), use_cache=False).logits
    for place, logits in enumerate(found):
        torch.testing.assert_close(logits, whole[:, 11 + place], rtol=1e-3, atol=1e-4)


def test_a_window_that_holds_all_is_a_plain_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gemma-3's layers with a window of 32 over 17 tokens: likewise, and none counts apart."""
    ready = rig("gemma3_text", sliding_window=32)
    fed, found = steps_fed(ready, monkeypatch)
    monkeypatch.undo()
    assert not any(ready.cache.is_sliding)
    with torch.inference_mode():
        whole = ready.model(torch.cat(fed, dim=1), use_cache=False).logits
    torch.testing.assert_close(found[-1], whole[:, -1], rtol=1e-3, atol=1e-4)


def test_a_round_is_timed_step_by_step() -> None:
    """Five tokens are a prompt and four steps; the mean step reads 14.5 tokens of both layers."""
    told = run_round(rig(), 2, 12, 5, seed=0)
    assert len(told.step_seconds) == 4
    assert told.prefill_seconds > 0
    assert told.kv_bytes == pytest.approx(2 * 2 * 2 * 2 * 16 * 4 * 14.5)
    assert told.peak_bytes is None


def test_rounds_of_a_batch_share_a_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """CUDA graphs hold its address; the second round is as if it were the first."""
    ready = rig()
    fed, found = steps_fed(ready, monkeypatch)
    cache = ready.cache
    monkeypatch.undo()
    again = steps_fed(ready, monkeypatch)
    assert ready.cache is cache
    torch.testing.assert_close((fed, found), again)
    monkeypatch.undo()
    run_round(ready, 4, 12, 5, seed=0)
    assert ready.cache is not cache
    free(ready)
    assert ready.cache is None


def test_a_batch_without_room_is_told() -> None:
    """A cache of a petabyte: no room, not a crash."""
    ready = rig(max_position_embeddings=1 << 40)
    ready.config.vocab_size = 2
    with pytest.raises(OutOfMemoryError):
        run_round(ready, 1, 1, 1 << 46, seed=0)


def test_compiled_steps_are_tried_once_and_told_where_they_fail() -> None:
    """Every round runs, compiled or as it is with a note of why not; no graph keeps a cache."""
    ready = rig()
    ready.compiled = True
    for batch in (1, 2):
        run_round(ready, batch, 12, 5, seed=0)
        assert len(run_round(ready, batch, 12, 5, seed=1).step_seconds) == 4
    told = [note.partition(":")[0] for note in ready.notes]
    assert told == ([] if ready.compiled else ["not compiled"])
    kept = weakref.ref(ready.cache.layers[0].keys)
    free(ready)
    assert kept() is None
    torch.compiler.reset()


def test_a_compiler_that_is_not_there_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The steps run as they are, and a note says why."""
    monkeypatch.setenv("PATH", "/none")
    monkeypatch.setenv("CXX", "/none/g++")
    ready = rig("qwen3")
    ready.compiled = True
    with torch._inductor.config.patch({"cpp.cxx": (None, "/none/g++")}):  # noqa: SLF001
        told = run_round(ready, 1, 12, 3, seed=0)
    assert len(told.step_seconds) == 2
    assert len(ready.notes) == 1
    assert ready.notes[0].startswith("not compiled: ")
    torch.compiler.reset()
