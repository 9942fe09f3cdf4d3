"""Claims about batches handed to a model: what they read and multiply, and the rates of rounds."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.static_batches import Figures, Footprint, Point, Round, figures

# 1,000 weights in 2 bytes; 100 of them are a table that is looked up, 100 more the output layer.
DENSE = Footprint(
    parameters=1000,
    active_parameters=1000,
    weight_bytes=1800,
    body_parameters=800,
    output_parameters=100,
    attention_width=8,
    kv_bytes_per_token=32,
)
EXPERTS = msgspec.structs.replace(
    DENSE, weight_bytes=200, routed_bytes=1600, experts=8, experts_per_token=2
)
GB = 1e-9  # a ceiling of one byte per second
TFLOPS = 1e-12  # likewise, of one operation
POINT = Point(batch=2, input_tokens=10)


def one_round(prefill: float = 2.0, *steps: float, kv: float = 200.0) -> Round:
    """A round of these seconds, steps of one second where none are given."""
    return Round(prefill_seconds=prefill, step_seconds=steps or (1.0, 1.0, 1.0), kv_bytes=kv)


def worked_out(
    *replicas: list[Round],
    point: Point = POINT,
    bandwidth: float = 8000.0,
    matmul: float = 40_000.0,
) -> Figures:
    """The figures of these replicas on a device of 8,000 bytes and 40,000 operations a second."""
    return figures(
        point,
        replicas or ([one_round()],),
        DENSE,
        bandwidth_gb_per_s=bandwidth * GB,
        matmul_tflops=matmul * TFLOPS,
    )


def test_a_step_reads_dense_weights_once_whatever_the_batch() -> None:
    """1,800 bytes for one sequence and for a hundred."""
    assert (DENSE.step_bytes(1), DENSE.step_bytes(100)) == (1800, 1800)


@pytest.mark.parametrize(("batch", "read"), [(1, 600), (2, 900), (4, 1293.75)])
def test_a_batch_touches_its_share_of_the_experts(batch: int, read: float) -> None:
    """Of 8 experts one token touches 2, a quarter; two touch 1 - 0.75^2 of them, and so on."""
    assert EXPERTS.step_bytes(batch) == pytest.approx(read)


def test_a_large_batch_touches_every_expert() -> None:
    """A thousand tokens leave out none: all 1,800 bytes."""
    assert EXPERTS.step_bytes(1000) == pytest.approx(1800)


def test_the_operations_of_a_prompt_are_those_worked_by_hand() -> None:
    """Body x tokens, the output layer once, attention over half of the square of the tokens."""
    # 2 x (800 x 10 + 100) = 16,200 products; 4 x 8 x 10 x 10 / 2 = 1,600 of attention
    assert DENSE.prompt_operations(batch=1, tokens=10) == 17_800
    assert DENSE.prompt_operations(batch=3, tokens=10) == 53_400


def test_a_round_lasts_from_the_prompt_to_the_last_token() -> None:
    """Two seconds of prompt and three steps of one: four tokens in five seconds."""
    assert (one_round().seconds, one_round().output_tokens) == (5.0, 4)


def test_the_figures_of_one_round() -> None:
    """Rates, and the shares of both ceilings, each worked by hand."""
    told = worked_out()
    assert told.output_tokens_per_second == 2 * 4 / 5
    assert told.prefill_tokens_per_second == 2 * 10 / 2
    assert told.decode_tokens_per_second == 2 / 1
    assert told.mbu == pytest.approx((1800 + 200) / 1 / 8000)
    assert told.mfu == pytest.approx(2 * 17_800 / 2 / 40_000)
    assert told.ttft is not None
    assert told.ttft.p50 == 2000
    assert told.tpot is not None
    assert told.tpot.mean == 1000
    assert told.e2e is not None
    assert told.e2e.p99 == 5000


def test_the_rate_is_that_of_the_middle_round() -> None:
    """A slow round of three does not move it, and is seen in the rounds."""
    rounds = [one_round(), one_round(12.0), one_round()]
    told = worked_out(rounds)
    assert told.rounds == pytest.approx([1.6, 8 / 15, 1.6])
    assert told.output_tokens_per_second == 1.6
    assert told.prefill_tokens_per_second == 10
    assert not told.settled


def test_rounds_that_agree_within_five_percent_are_settled() -> None:
    """4.9% apart is settled, 5.1% is not."""
    near = [one_round(1.0, 1.0), one_round(1.0, 1.098)]
    far = [one_round(1.0, 1.0), one_round(1.0, 1.102)]
    assert worked_out(near).settled
    assert not worked_out(far).settled


def test_two_replicas_add_up_and_share_no_ceiling() -> None:
    """Twice the tokens of one; MBU and MFU are those of each device."""
    one, two = worked_out(), worked_out([one_round()], [one_round()])
    assert two.output_tokens_per_second == 2 * one.output_tokens_per_second
    assert two.prefill_tokens_per_second == 2 * one.prefill_tokens_per_second
    assert two.decode_tokens_per_second == 4
    assert (two.mbu, two.mfu) == (one.mbu, one.mfu)


def test_devices_that_share_a_model_have_their_ceilings_together() -> None:
    """Each of two reads half of the weights and of the keys and values: half the share."""
    alone = worked_out([one_round(kv=200)])
    split = Point(batch=2, input_tokens=10, split=2)
    shared = worked_out([one_round(kv=100)], point=split)
    assert alone.mbu is not None
    assert alone.mfu is not None
    assert shared.mbu == pytest.approx(alone.mbu / 2)
    assert shared.mfu == pytest.approx(alone.mfu / 2)


def test_without_a_ceiling_there_is_no_share_of_it() -> None:
    """What was not measured is None, the rates are there."""
    told = figures(POINT, [[one_round()]], DENSE, bandwidth_gb_per_s=None, matmul_tflops=None)
    assert (told.mbu, told.mfu, told.peak_memory_gib) == (None, None, None)
    assert told.output_tokens_per_second == 1.6


def test_the_peak_is_the_largest_of_all_rounds() -> None:
    """2 GiB of one round over 1 GiB of the other."""
    rounds = [
        msgspec.structs.replace(one_round(), peak_bytes=float(gib * 2**30)) for gib in (1, 2, 1)
    ]
    assert worked_out(rounds).peak_memory_gib == 2


seconds = st.floats(min_value=1e-4, max_value=1e3)
rounds_of_four = st.builds(
    one_round, seconds, seconds, seconds, seconds, kv=st.floats(min_value=0, max_value=1e12)
)


@given(st.lists(rounds_of_four, min_size=1, max_size=5), st.randoms())
def test_the_order_of_rounds_does_not_matter(rounds: list[Round], random: object) -> None:
    """Whatever comes first, the rates, times and shares are the same."""
    mixed = sorted(rounds, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, other = worked_out(rounds), worked_out(mixed)
    assert sorted(one.rounds) == pytest.approx(sorted(other.rounds))
    assert msgspec.structs.replace(one, rounds=()) == msgspec.structs.replace(other, rounds=())


@given(rounds_of_four, st.floats(min_value=1, max_value=1e13))
def test_twice_the_bandwidth_halves_the_mbu(one: Round, bandwidth: float) -> None:
    """And leaves the MFU as it is."""
    slow = worked_out([one], bandwidth=bandwidth)
    fast = worked_out([one], bandwidth=2 * bandwidth)
    assert slow.mbu is not None
    assert fast.mbu == pytest.approx(slow.mbu / 2)
    assert fast.mfu == slow.mfu
