"""Claims about measuring a server, at a stand-in of known speed on loopback."""

import math
import os
import re
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from planner.core.measurements import Device, Measurement, Requests
from planner.probe.ask import ServerAsk
from planner.probe.lengths import Lengths
from planner.probe.load import Enough, ladder, poisson
from planner.probe.prompts import Prompts, Scale
from planner.probe.server import probe_server
from tests.cloud.openai_server import Fault, event, serving_openai, token
from tests.probe.probing import NOW, probe

ROOT = Path(__file__).parents[2]


def test_a_server_of_four_slots_is_saturated_at_four() -> None:
    """The ladder stops one level behind; two clients get twice the tokens of one."""
    told: list[str] = []
    with serving_openai(slots=4, first_token=0.1, per_token=0.02) as server:
        ask = ServerAsk(
            url=server.url,
            input_tokens=Lengths.parse("40"),
            output_tokens=Lengths.parse("6"),
            requests_per_level=4,
            seconds_per_level=0.0,
            ttft_limit_ms=10_000,
        )
        levels = probe_server(ask, now=lambda: NOW, tell=told.append)
    # A hiccup of the machine at 4 may let 8 look better, and then 16 ends the ladder.
    assert [level.concurrency for level in levels][:4] == [1, 2, 4, 8]
    marks = [level.saturated for level in levels]
    assert marks in ([False, False, True, True], [False, False, False, True, True])
    one, two, *_ = (level.output_tokens_per_second or 0 for level in levels)
    assert 1.5 < two / one < 2.5
    assert one < 30
    assert len(told) == len(levels)
    assert re.fullmatch(
        r"concurrency 8: \d+\.\d output tokens per second, TTFT \d+ ms, 24 answered", told[3]
    )
    for level in levels:
        assert level.ttft_ms is not None
        assert level.ttft_ms.p50 > 90
        assert level.goodput is not None
        assert level.goodput.share == 1


def test_a_record_holds_what_was_given_and_found() -> None:
    """What makes it repeatable, the engine with its version, and the machine as it was told."""
    with serving_openai(pages={"/version": {"version": "0.9.1"}}) as server:
        (found,) = probe(
            server,
            model="llama-2-7b",
            device=Device(gpu="H100"),
            tensor_parallel=2,
            replicas=3,
            dtype="bfloat16",
            seed=7,
        )
    told = msgspec.structs.asdict(found)
    assert {name: told[name] for name in ("source", "model", "served_as", "engine")} == {
        "source": "planner probe",
        "model": "llama-2-7b",
        "served_as": "tiny",
        "engine": "vllm",
    }
    assert (found.versions, found.measured_at) == ({"vllm": "0.9.1"}, NOW)
    assert (found.device.gpu, found.tensor_parallel, found.replicas) == ("H100", 2, 3)
    assert (found.dtype, found.drive, found.concurrency) == ("bfloat16", "closed_loop", 1)
    assert found.notes == ("random words: 40 tokens in, 8 out, seed 7",)
    assert (found.input_tokens, found.output_tokens, found.output_tokens_asked) == (40, 8, 8)
    assert msgspec.json.decode(msgspec.json.encode(found), type=Measurement) == found


def test_prompts_reach_their_length_and_differ_from_the_first_word_on() -> None:
    """At three tokens a word 42 tokens are 14 words; no two prompts begin alike."""
    with serving_openai(tokens_per_word=3) as server:
        (found,) = probe(server, input_tokens=Lengths.parse("42"), requests_per_level=20)
        assert found.input_tokens == 42
        openings = [prompt.split()[0] for prompt in server.prompts]
    assert len(set(openings)) == len(openings) == 22


def test_lengths_are_drawn_for_each_request() -> None:
    """Every answer has what was asked for it; the record has the means."""
    with serving_openai() as server:
        (found,) = probe(server, output_tokens=Lengths.parse("2-9"), requests_per_level=20)
        asked = [body["max_tokens"] for _, _, body in server.seen[2:]]
    assert len(set(asked)) > 3
    assert found.output_tokens == found.output_tokens_asked == sum(asked) / 20


def test_tokens_come_from_the_usage_where_chunks_carry_several() -> None:
    """Eight tokens in two chunks are eight, and that ITL is of chunks is said."""
    with serving_openai(tokens_per_chunk=4, per_token=0.03) as server:
        (found,) = probe(server)
    assert found.output_tokens == 8
    assert found.flags == ("chunks carry 4.0 tokens: ITL is per chunk",)


def test_a_server_without_usage_is_counted_by_chunks() -> None:
    """And says so; neither usage nor [DONE] is needed for a whole answer."""
    with serving_openai(counts=False, done=False, per_token=0.005) as server:
        (found,) = probe(server)
    assert (found.output_tokens, found.input_tokens) == (8, 40)
    assert "tokens are counted by chunks" in found.flags
    assert found.requests is not None
    assert (found.requests.completed, found.requests.short) == (3, 0)


def test_a_server_that_does_not_stream_has_no_first_token() -> None:
    """Plain JSON is measured all the same, without TTFT."""
    with serving_openai(streams=False, per_token=0.005) as server:
        (found,) = probe(server, ttft_limit_ms=1000)
    assert (found.ttft_ms, found.tpot_ms, found.itl_ms, found.goodput) == (None, None, None, None)
    assert found.flags == ("the server does not stream: TTFT is unknown",)
    assert found.e2e_ms is not None
    assert found.e2e_ms.p50 > 30


def test_a_count_beyond_what_was_asked_and_said_is_not_believed() -> None:
    """Nine million tokens for eight: events are counted, and the record says so."""
    body = event(token("a")) + event(token("b", "length"))
    body += event({"choices": [], "usage": {"prompt_tokens": 40, "completion_tokens": 9_000_000}})
    with serving_openai(fault=lambda _body, _number: Fault(body=body + event(b"[DONE]"))) as server:
        [found] = probe(server)
    assert (found.output_tokens, found.counted) == (2, False)
    assert "tokens are counted by chunks" in found.flags


def test_answers_that_stop_early_are_told() -> None:
    """The length that was reached counts, not the one that was asked for."""
    with serving_openai(most_tokens=5, per_token=0.005) as server:
        (found,) = probe(server)
    assert (found.output_tokens, found.output_tokens_asked) == (5, 8)
    assert found.requests is not None
    assert found.requests.short == 3
    assert found.flags[-1] == "3 of 3 answers ended before the tokens asked for"


def test_failures_under_load_are_counted_and_end_the_ladder() -> None:
    """From half of the requests on the ladder stops; no rate holds a failed one."""

    def every_other(_body: object, number: int) -> Fault | None:
        return Fault(status=503) if number > 1 and number % 2 else None

    with serving_openai(fault=every_other) as server:
        (found,) = probe(server, concurrency=(), requests_per_level=8)
    assert found.requests is not None
    assert (found.requests.completed, found.requests.failed) == (4, 4)
    assert found.requests.errors == {"HTTP 503": 4}
    assert found.concurrency == 1


def test_a_server_that_falls_silent_is_not_waited_for() -> None:
    """After three time-outs without an answer the level ends, and with it the probe."""
    hang = Fault(then="hang")
    with serving_openai(fault=lambda _body, number: hang if number > 1 else None) as server:
        (found,) = probe(
            server,
            concurrency=(1, 2),
            rates=(5.0,),
            requests_per_level=50,
            timeout_seconds=0.3,
        )
    assert found.requests == Requests(completed=0, failed=3, timed_out=3, errors={"timed out": 3})
    assert found.output_tokens_per_second is None


def test_an_open_loop_measures_what_arrives() -> None:
    """More than the slots answer is saturated; rates alone bring no ladder."""
    with serving_openai(slots=1, first_token=0.1) as server:
        (found,) = probe(
            server,
            concurrency=(),
            rates=(40.0,),
            output_tokens=Lengths.parse("1"),
            requests_per_level=20,
        )
    assert (found.drive, found.request_rate, found.saturated) == ("open_loop", 40, True)
    assert found.concurrency is not None
    assert found.concurrency > 2
    assert found.flags[-1].endswith(" of 40 requests per second: saturated")


def test_warm_ups_are_in_no_figure() -> None:
    """Two for the prompts' length, five to warm up, three that count."""
    with serving_openai() as server:
        (found,) = probe(server, warmups=5)
        assert len(server.seen) == 10
    assert found.requests is not None
    assert found.requests.completed == 3


def test_a_probe_that_is_itself_too_slow_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where its own computing fills a core, the rates may be the probe's."""
    monkeypatch.setattr("planner.probe.server._BUSY", 0.0)
    with serving_openai() as server:
        (found,) = probe(server)
    assert re.match(r"the probe itself computed \d+% of the time: rates may be", found.flags[0])


def test_interrupting_ends_at_once_and_leaves_no_request(tmp_path: Path) -> None:
    """Ctrl-C closes the connections and is raised as usual."""
    script = (
        "import datetime as dt, sys\n"
        "from planner.probe.ask import ServerAsk\n"
        "from planner.probe.server import probe_server\n"
        "ask = ServerAsk(url=sys.argv[1], concurrency=(3,), warmups=0)\n"
        "probe_server(ask, now=lambda: dt.datetime.now(dt.UTC), tell=print)\n"
    )
    hang = Fault(then="hang")
    with serving_openai(fault=lambda _b, number: hang if number > 1 else None) as server:
        process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", script, server.url],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 30
        while len(server.seen) < 5 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert "unclosed" not in said


def test_a_closed_loop_keeps_its_clients_busy() -> None:
    """Never more under way than clients, and every client makes three requests on average."""
    with serving_openai(slots=9, first_token=0.02) as server:
        (found,) = probe(server, concurrency=(5,))
        assert server.most_at_once == 5
    assert found.requests is not None
    assert found.requests.completed == 15


def test_arrivals_are_seeded_and_exponential() -> None:
    """The same seed gives the same ones; they are as many a second as asked for."""
    arrivals = list(poisson(5.0, Enough(2000), seed=1))
    assert arrivals == list(poisson(5.0, Enough(2000), seed=1))
    assert arrivals != list(poisson(5.0, Enough(2000), seed=2))
    assert arrivals[0] == 0
    assert len(arrivals) == 2000
    assert arrivals[-1] == pytest.approx(1999 / 5)
    gaps = sorted(later - earlier for earlier, later in pairwise(arrivals))
    assert gaps[1000] == pytest.approx(math.log(2) / 5, rel=0.1)
    assert list(poisson(5.0, Enough(1), seed=1)) == [0]
    assert len(list(poisson(100.0, Enough(1, seconds=10.0), seed=1))) == 1000


def test_the_ladder_doubles_up_to_its_end() -> None:
    """The most clients are its last level, also where they are no power of two."""
    assert list(ladder(8)) == [1, 2, 4, 8]
    assert list(ladder(6)) == [1, 2, 4, 6]
    assert list(ladder(1)) == [1]


def test_prompts_are_seeded_but_open_with_the_run() -> None:
    """Another run has the same words behind another first word."""
    one, other = Prompts(3, "a").text(5, 10), Prompts(3, "b").text(5, 10)
    assert one.split()[1:] == other.split()[1:]
    assert one.split()[0] != other.split()[0]
    assert len(one.split()) == 10
    assert Prompts(3, "a").text(5, 1) == one.split()[0]
    assert Prompts(4, "a").text(5, 10) != one


def test_a_scale_goes_through_two_prompts() -> None:
    """Two tokens a word and six of a template: 106 tokens are 50 words."""
    scale = Scale.through((10, 26), (20, 46))
    assert (scale, scale.words(106)) == (Scale(2.0, 6.0), 50)
    assert scale.words(1) == 1
    assert Scale.through((10, 10), (20, 10)) == Scale(1.0, 0.0)
