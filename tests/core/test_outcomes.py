"""Claims about one level of load: which requests make which figure."""

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.core.levels import mark_saturated, measure
from planner.core.measurements import Measurement, Requests
from planner.core.outcomes import Chunk, Level, Outcome

BLANK = Measurement(
    measured_at=dt.datetime(2026, 11, 26, tzinfo=dt.UTC),
    source="planner probe",
    model="tiny",
    drive="closed_loop",
    input_tokens=0,
    output_tokens=0,
)


def answered(started: float, first: float = 1.0, gap: float = 0.5, tokens: int = 3) -> Outcome:
    """A streamed answer: first token after `first` seconds, then one each `gap` seconds."""
    chunks = tuple(Chunk(started + first + n * gap, 1) for n in range(tokens))
    return Outcome(
        started=started,
        first_token=chunks[0].at,
        ended=chunks[-1].at,
        chunks=chunks,
        input_tokens=10,
        output_tokens=tokens,
        asked=3,
        short=tokens < 3,
    )


def failed(started: float, error: str = "HTTP 500", **fields: Any) -> Outcome:
    """A request that failed after a second."""
    return Outcome(started=started, ended=started + 1, asked=3, error=error, **fields)


def level(outcomes: list[Outcome], **fields: Any) -> Measurement:
    """The measurement of a closed loop of one client, unless told otherwise."""
    usual = {} if "request_rate" in fields else {"concurrency": 1}
    return measure(outcomes, Level(**(usual | fields)), BLANK)


def rate(tokens_per_second: float | None) -> Measurement:
    """A level of a ladder with an output rate."""
    return msgspec.structs.replace(BLANK, output_tokens_per_second=tokens_per_second)


def test_a_client_alone_shows_every_time() -> None:
    """Three tokens at 1.0, 1.5 and 2.0 s: TTFT 1 s, TPOT and ITL 0.5 s, 1.5 tokens a second."""
    found = level([answered(0), answered(2), answered(4)])
    times = [found.ttft_ms, found.tpot_ms, found.itl_ms, found.e2e_ms]
    assert [t and t.p50 for t in times] == [1000, 500, 500, 2000]
    assert found.output_tokens_per_second == pytest.approx(1.5)
    assert found.requests_per_second == pytest.approx(0.5)
    assert found.prefill_tokens_per_second == pytest.approx(10)
    assert found.decode_tokens_per_second == pytest.approx(2)
    assert (found.input_tokens, found.output_tokens, found.output_tokens_asked) == (10, 3, 3)
    assert (found.seconds, found.flags, found.notes) == (6, (), ())


def test_rates_are_those_of_the_full_load() -> None:
    """The tail, in which one of two clients has nothing more to do, bends no rate."""
    pairs = [answered(t) for t in (0.0, 0.0, 2.0, 2.0, 4.0, 4.0)]
    tail = answered(6, first=1.5, gap=0)
    found = level([*pairs, tail], concurrency=2)
    assert found.output_tokens_per_second == pytest.approx(3)
    assert found.seconds == 7.5


def test_prefill_and_decoding_mix_under_load() -> None:
    """With two clients neither rate alone can be told."""
    found = level([answered(t) for t in (0.0, 0.0, 2.0, 2.0)], concurrency=2)
    assert (found.prefill_tokens_per_second, found.decode_tokens_per_second) == (None, None)


def test_a_level_too_short_says_so() -> None:
    """Fewer than two requests a client: rates are over the whole time, with a note."""
    found = level([answered(0), answered(0)], concurrency=2)
    assert found.notes == ("too short for a full load: rates are over all 2 s",)
    assert found.output_tokens_per_second == pytest.approx(3)


def test_failures_are_counted_and_in_no_figure() -> None:
    """Errors by word; rates and times are those of the completed ones."""
    good = [answered(0), answered(2), answered(4)]
    bad = [failed(6), failed(7), failed(8, "timed out", timed_out=True)]
    found = level([*good, *bad])
    assert found.requests == Requests(
        completed=3, failed=3, timed_out=1, errors={"HTTP 500": 2, "timed out": 1}
    )
    assert found.output_tokens_per_second == pytest.approx(1)
    assert found.e2e_ms is not None
    assert found.e2e_ms.p99 == 2000


def test_nothing_completed_has_counts_and_no_rates() -> None:
    """A level of failures has no rate and no time."""
    found = level([failed(0), failed(1)])
    assert found.requests == Requests(completed=0, failed=2, errors={"HTTP 500": 2})
    assert (found.output_tokens_per_second, found.requests_per_second) == (None, None)
    assert (found.ttft_ms, found.e2e_ms, found.output_tokens) == (None, None, 0)


def test_no_requests_have_no_figures() -> None:
    """A level of nothing is refused."""
    with pytest.raises(ValueError, match="without requests"):
        level([])


def test_goodput_holds_failures_against_the_server() -> None:
    """One of four sent keeps 1.2 s and 0.6 s: the share is a quarter."""
    slow_start, slow_tokens = answered(2, first=1.5, gap=0.25), answered(4, first=0.5, gap=0.75)
    outcomes = [answered(0), slow_start, slow_tokens, failed(6)]
    found = level(outcomes, ttft_limit_ms=1200, tpot_limit_ms=600).goodput
    assert found is not None
    assert found.share == 0.25
    assert found.requests_per_second == pytest.approx(1 / 7)


def test_goodput_is_unknown_without_first_tokens() -> None:
    """A server that does not stream keeps no limit that can be seen."""
    whole = Outcome(started=0, ended=2, input_tokens=10, output_tokens=3, asked=3)
    found = level([whole], ttft_limit_ms=1)
    assert (found.goodput, found.ttft_ms, found.tpot_ms) == (None, None, None)
    assert found.flags == ("the server does not stream: TTFT is unknown",)
    assert found.output_tokens_per_second == pytest.approx(1.5)


def test_several_tokens_in_a_chunk_are_told() -> None:
    """Eight tokens by usage in two reads: ITL is per chunk, four came behind the first."""
    chunks = (Chunk(1, 1), Chunk(2, 1))
    bundle = Outcome(
        started=0, ended=2, first_token=1, chunks=chunks, input_tokens=10, output_tokens=8, asked=8
    )
    found = level([bundle])
    assert found.flags == ("chunks carry 4.0 tokens: ITL is per chunk",)
    assert found.tpot_ms is not None
    assert found.tpot_ms.mean == pytest.approx(1000 / 4)


def test_an_answer_in_one_chunk_shows_no_time_per_token() -> None:
    """So no limit on it is known to be kept."""
    chunk = Outcome(
        started=0, ended=1, first_token=1, chunks=(Chunk(1, 8),), input_tokens=10, output_tokens=8,
        asked=8,
    )  # fmt: skip
    found = level([chunk], tpot_limit_ms=10)
    assert (found.tpot_ms, found.goodput) == (None, None)
    assert level([chunk], ttft_limit_ms=2000).goodput is not None


def test_a_ladder_that_fails_is_not_called_saturated() -> None:
    """What holds a level back whose requests fail is not known."""
    sound = [
        msgspec.structs.replace(level([answered(0)]), output_tokens_per_second=rate)
        for rate in (100.0, 101.0)
    ]
    failing = level([answered(0), failed(1)])
    marks = [one.saturated for one in mark_saturated([*sound, failing])]
    assert marks == [True, True, None]


def test_what_the_figures_rest_on_is_told() -> None:
    """Without usage tokens are events; short answers and prompts off their length are told."""
    uncounted = Outcome(started=0, ended=1, input_tokens=10, input_asked=20,
                        output_tokens=1, asked=1, counted=False,
                        first_token=1, chunks=(Chunk(1, 1),))  # fmt: skip
    found = level([uncounted, answered(1, tokens=2)])
    assert found.flags == (
        "tokens are counted by chunks",
        "prompts have 10 tokens, 20 were asked for",
        "1 of 2 answers ended before the tokens asked for",
    )


def test_an_open_loop_that_keeps_up() -> None:
    """One request a second of two seconds each: two are under way, none is behind."""
    found = level([answered(float(t)) for t in range(11)], request_rate=1.0)
    assert (found.drive, found.request_rate, found.saturated) == ("open_loop", 1, False)
    assert found.concurrency == pytest.approx(2, rel=0.1)
    assert found.requests_per_second == pytest.approx(1, rel=0.1)


def test_an_open_loop_that_falls_behind() -> None:
    """Two a second arrive, one can be answered: the rate is the server's and saturated."""
    outcomes = [answered(t / 2, first=t / 2 + 0.5, gap=0.25) for t in range(21)]
    found = level(outcomes, request_rate=2.0)
    assert found.saturated is True
    assert found.requests_per_second == pytest.approx(1, rel=0.15)
    assert found.flags[-1].endswith("of 2 requests per second: saturated")


def test_a_short_open_loop_is_not_judged() -> None:
    """Where answers take longer than arrivals last, saturation is unknown."""
    found = level([answered(0), answered(0.1)], request_rate=10.0)
    assert found.saturated is None
    assert found.notes == ("too short for a full load: rates are over all 2.1 s",)


@pytest.mark.parametrize(
    ("rates", "marks"),
    [
        ([], []),
        ([10], [None]),
        ([10, 20, 40], [False, False, None]),
        ([10, 20, 20.5], [False, True, True]),
        ([10, 20, 19, 30], [False, False, False, None]),
        ([10, None], [True, True]),
    ],
)
def test_saturation_begins_where_no_level_above_brings_more(
    rates: list[float | None], marks: list[bool | None]
) -> None:
    """The level from which on 5% more is never reached; of the highest it is unknown."""
    assert [found.saturated for found in mark_saturated([rate(r) for r in rates])] == marks


outcome_lists = st.lists(
    st.one_of(
        st.builds(
            answered,
            st.floats(0, 20),
            st.floats(0.01, 3),
            st.floats(0, 1),
            st.integers(1, 6),
        ),
        st.builds(failed, st.floats(0, 20)),
    ),
    min_size=1,
    max_size=30,
)
loads = st.one_of(
    st.builds(Level, concurrency=st.integers(1, 4), ttft_limit_ms=st.floats(1, 3000)),
    st.builds(Level, request_rate=st.floats(0.1, 10), tpot_limit_ms=st.floats(1, 1000)),
)


@given(outcomes=outcome_lists, load=loads, chance=st.randoms(use_true_random=False))
def test_the_order_of_outcomes_does_not_matter(
    outcomes: list[Outcome], load: Level, chance: Any
) -> None:
    """However the requests of a level are listed, its figures are the same but for rounding."""
    shuffled = list(outcomes)
    chance.shuffle(shuffled)
    one, other = measure(outcomes, load, BLANK), measure(shuffled, load, BLANK)
    assert one.requests == other.requests
    assert one.saturated == other.saturated
    assert one.output_tokens_per_second == pytest.approx(other.output_tokens_per_second)
    assert one.requests_per_second == pytest.approx(other.requests_per_second)
    assert one.concurrency == pytest.approx(other.concurrency)


@given(outcomes=outcome_lists, load=loads)
def test_goodput_is_never_above_the_requests(outcomes: list[Outcome], load: Level) -> None:
    """What keeps the limits is a part of what was completed."""
    found = measure(outcomes, load, BLANK)
    assert found.goodput is not None
    assert found.goodput.requests_per_second <= (found.requests_per_second or 0) + 1e-9
    assert 0 <= found.goodput.share <= 1
