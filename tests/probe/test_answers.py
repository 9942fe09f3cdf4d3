"""Claims about reading: what counts as a token, as an end, and as no answer at all."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.probe.answers import Answer, TroubleError, said
from planner.probe.sse import EventReader
from tests.cloud.openai_server import event, token

DONE = event(b"[DONE]")
USAGE = event({"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 5}})


def answer(*reads: bytes) -> Answer:
    """An answer read in pieces, at 1, 2, 3 seconds and so on."""
    found = Answer()
    for at, data in enumerate(reads, 1):
        found.read(data, at)
    found.end(len(reads) + 1)
    return found


def trouble(*reads: bytes) -> TroubleError:
    """What is wrong with an answer."""
    with pytest.raises(TroubleError) as raised:
        answer(*reads)
    return raised.value


def chat(**delta: Any) -> bytes:
    """An event of a chat."""
    return event({"choices": [{"delta": delta, "finish_reason": None}]})


def test_each_read_with_tokens_is_a_chunk() -> None:
    """Two events in one read came at one time; the server's own count goes before events."""
    found = answer(event(token()), event(token()) + event(token()), USAGE, DONE)
    assert [(chunk.at, chunk.tokens) for chunk in found.chunks] == [(1, 1), (2, 2)]
    assert (found.tokens, found.input_tokens, found.streamed) == (5, 7, True)


def test_without_usage_events_are_tokens() -> None:
    """A role is none, a token without text is one, an end is none."""
    end = event({"choices": [{"delta": {}, "finish_reason": "length"}]})
    first = chat(role="assistant", content="")
    found = answer(first, chat(content="a"), chat(content=""), chat(reasoning="b"), end, DONE)
    assert (found.tokens, found.output_tokens, found.finish) == (3, None, "length")
    assert found.chunks[0].at == 2


@pytest.mark.parametrize(
    "end",
    [DONE, USAGE, event(token("", "stop")), event(token("last", "length")), DONE + b"data: x\n\n"],
    ids=["done", "usage", "stop", "length", "words after the end"],
)
def test_an_end_is_known_by_any_of_its_signs(end: bytes) -> None:
    """[DONE], a usage or a finish_reason: not every server sends all."""
    assert answer(event(token()), end).tokens >= 1


def test_json_is_an_answer_in_one_piece() -> None:
    """A server that does not stream has no chunks."""
    body = {"choices": [{"message": {"role": "assistant", "content": "a b"}}]}
    usage = {"usage": {"prompt_tokens": 3, "completion_tokens": 2}}
    text = json.dumps(body | usage).encode()
    found = answer(b"\n ", text[:10], text[10:])
    assert (found.chunks, found.tokens, found.input_tokens) == ([], 2, 3)
    assert found.streamed is False


@pytest.mark.parametrize(
    ("reads", "word"),
    [
        ([], "cut off"),
        ([event(token())], "cut off"),
        ([event(token()), b'data: {"choi'], "cut off"),
        ([event(token() | {"usage": {"completion_tokens": 1}})], "cut off"),
        ([event(token()), event(token("", "abort"))], "aborted"),
        ([b": ping\n\n"], "garbage"),
        ([b'data: {"choices\n\n'], "garbage"),
        ([b"data: 1\n\n"], "garbage"),
        ([b'{"choices": [{"text"'], "garbage"),
        ([b'[{"choices": []}]'], "garbage"),
        ([b"[" * 100_000], "garbage"),
        ([b"\xff\xfe\x00"], "garbage"),
        ([b"OK"], "garbage"),
        ([b"<!doctype html>"], "a web page"),
        ([b"\xef\xbb\xbf", b" <html>"], "a web page"),
        ([DONE], "empty answer"),
        ([b'{"choices": []}'], "empty answer"),
        ([event(token()), event({"error": {"message": "no memory"}})], "error in the stream"),
        ([event({"object": "error", "message": "no memory"})], "error in the stream"),
        ([b'{"error": "no memory"}'], "error answer"),
    ],
)  # fmt: skip
def test_what_is_no_answer_has_a_word(reads: list[bytes], word: str) -> None:
    """Each fault is counted under a word of its own."""
    assert trouble(*reads).word == word


def test_absurd_numbers_of_a_server_are_not_taken() -> None:
    """A negative or impossible usage is none; events count."""
    wild = event({"choices": [], "usage": {"prompt_tokens": -1, "completion_tokens": 10**12}})
    found = answer(event(token()), wild, DONE)
    assert (found.tokens, found.input_tokens, found.output_tokens) == (1, None, None)


@pytest.mark.parametrize("usage", [{"completion_tokens": 0}, {"completion_tokens": "5"}, {}])
def test_a_usage_that_is_none_leaves_the_events(usage: dict[str, Any]) -> None:
    """Zero, a word or nothing: the answer is one all the same."""
    found = answer(event(token()), event(token()), event({"choices": [], "usage": usage}), DONE)
    assert (found.tokens, found.output_tokens) == (2, None)


def test_an_answer_begins_with_its_first_text() -> None:
    """A token that shows nothing yet is counted with the first that does."""
    found = answer(event(token("")), event(token("a")), event(token("b")), USAGE, DONE)
    assert [(chunk.at, chunk.tokens) for chunk in found.chunks] == [(2, 2), (3, 1)]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"error": {"message": "too\n long"}}, "too long"),
        ({"detail": [{"msg": "field required"}]}, "field required"),
        ({"detail": "Not Found"}, "Not Found"),
        ({"message": "\x1b[31mred"}, "[31mred"),
        ({"error": {"code": 3}}, ""),
        ([], ""),
        (None, ""),
        ({"error": "x" * 300}, "x" * 197 + "..."),
    ],
)
def test_a_server_is_quoted_in_one_line(body: object, words: str) -> None:
    """Its message, wherever it keeps it, without controls, at most 200 characters."""
    assert said(body) == words


STREAM = (
    '\ufeff: hello\r\n\r\ndata: {"a": "ü€😀"}\r\n\r\nevent: x\ndata:b\ndata: c\n\n\rdata: d\r\r'
    "id: 1\n\nretry\n\ndata\n\ndata: [DONE]\n\n"
).encode()  # fmt: skip
EVENTS = ['{"a": "ü€😀"}', "b\nc", "d", "", "[DONE]"]


@given(cuts=st.lists(st.integers(0, len(STREAM)), max_size=20))
def test_a_stream_reads_the_same_however_it_is_cut(cuts: list[int]) -> None:
    """Also within a character, a line's end or a mark of the byte order."""
    reader = EventReader()
    edges = [0, *sorted(cuts), len(STREAM)]
    pieces = [STREAM[a:b] for a, b in pairwise(edges)]
    assert [e for piece in pieces for e in reader.feed(piece)] == EVENTS


def test_the_end_of_a_stream_makes_its_last_event_whole() -> None:
    """A server that forgets the last empty line is read all the same."""
    reader = EventReader()
    assert (reader.feed(b"data: a"), reader.close()) == ([], ["a"])
