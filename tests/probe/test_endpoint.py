"""Claims about finding out what a server is, and which words it takes."""

from typing import Any

import pytest

from planner.errors import PlannerError
from planner.probe.answers import TroubleError
from planner.probe.ask import ServerAsk
from planner.probe.endpoint import Model, choose, engine_of
from planner.probe.stream import Dialect, first_dialect
from tests.cloud.openai_server import serving_openai
from tests.probe.probing import probe


@pytest.mark.parametrize("given", ["", "/", "/v1", "/v1/", "/v1/chat/completions", "/v1/models"])
def test_the_api_is_found_with_and_without_v1(given: str) -> None:
    """However much of the address is given, requests go to /v1/completions."""
    with serving_openai() as server:
        probe(server.url + given)
        assert {path for path, _, _ in server.seen} == {"/v1/completions"}


def test_an_api_may_begin_elsewhere() -> None:
    """Behind a gateway, without /v1, with a query that goes along."""
    with serving_openai(prefix="/gateway/tiny") as server:
        (found,) = probe(f"{server.url}/gateway/tiny?api-version=1")
        paths = {path for path, _, _ in server.seen}
    assert paths == {"/gateway/tiny/completions?api-version=1"}
    assert "api-version" not in repr(found)


@pytest.mark.parametrize(
    ("fields", "engine", "versions"),
    [
        (
            {"owned_by": "vllm", "pages": {"/version": {"version": "0.9.1"}}},
            "vllm",
            {"vllm": "0.9.1"},
        ),
        ({"owned_by": "sglang"}, "sglang", {}),
        (
            {
                "owned_by": "me",
                "pages": {"/info": {"version": "3.1", "max_concurrent_requests": 1}},
            },
            "tgi",
            {"tgi": "3.1"},
        ),
        (
            {
                "owned_by": "me",
                "pages": {"/props": {"build_info": "b77", "default_generation_settings": {}}},
            },
            "llamacpp",
            {"llamacpp": "b77"},
        ),
        (
            {
                "owned_by": "me",
                "pages": {"/openapi.json": {"paths": {"/load_model": {}, "/reset": {}}}},
            },
            "transformers",
            {},
        ),
        ({"owned_by": "me", "pages": {"/version": {"version": "1"}, "/info": []}}, None, {}),
        ({"owned_by": "vllm", "pages": {"/version": {"version": 9}}}, "vllm", {}),
    ],
)
def test_the_engine_tells_its_name_and_version(
    fields: dict[str, Any], engine: str | None, versions: dict[str, str]
) -> None:
    """By the owner of its model or a page that it alone has; unknown is None."""
    with serving_openai(**fields) as server:
        (found,) = probe(server)
    assert (found.engine, found.versions) == (engine, versions)


def test_a_header_tells_the_engine() -> None:
    """llama.cpp names itself there; nobody else is taken for an engine."""
    assert engine_of("llamacpp", {}) == "llamacpp"
    assert engine_of(None, {"Server": "llama.cpp"}) == "llamacpp"
    assert engine_of("meta-llama", {"Server": "uvicorn"}) is None


@pytest.mark.parametrize(
    ("served", "fields", "chosen"),
    [
        (["a"], {}, "a"),
        (["a"], {"model": "llama-2-7b"}, "a"),
        (["a", "b"], {"model": "B"}, "b"),
        (["a", "b"], {"model": "llama-2-7b", "served_as": "b"}, "b"),
        (["a"], {"served_as": "lora"}, "lora"),
        ([], {"model": "a"}, "a"),
    ],
)
def test_the_model_is_picked_where_it_is_plain(
    served: list[str], fields: dict[str, Any], chosen: str
) -> None:
    """The only one, the one of the name that was given, or the one that was said."""
    assert choose([Model(name) for name in served], ServerAsk(url="h", **fields)) == chosen


@pytest.mark.parametrize(
    ("served", "model", "said"),
    [
        (["a", "b"], None, "http://h serves a, b; give --model with one of them"),
        (["a", "b"], "c", "http://h serves a, b, not c; name one with --served-as"),
        ([], None, "http://h lists no models; give the name of one with --model"),
    ],
)
def test_a_model_is_asked_for_where_it_is_not(
    served: list[str], model: str | None, said: str
) -> None:
    """The error lists those there."""
    with pytest.raises(PlannerError) as refused:
        choose([Model(name) for name in served], ServerAsk(url="h", model=model))
    assert str(refused.value) == said


def test_a_server_without_a_list_needs_a_name() -> None:
    """A wrapper may have no /v1/models; with --model it is measured all the same."""
    with serving_openai(models=()) as server:
        with pytest.raises(PlannerError, match="has no list of models; give the name of one with"):
            probe(server)
        (found,) = probe(server, model="mine")
        assert {body["model"] for _, _, body in server.seen} == {"mine"}
    assert found.served_as == "mine"


@pytest.mark.parametrize("says_why", [True, False])
def test_a_server_gets_requests_without_what_it_refuses(says_why: bool) -> None:
    """Named or not, unknown fields are left out, and that is remembered."""
    with serving_openai(refuses=("ignore_eos", "min_tokens"), says_why=says_why) as server:
        (found,) = probe(server, requests_per_level=5)
        bodies = [body for _, _, body in server.seen]
    assert ["ignore_eos" in body for body in bodies] == [True, *[False] * 7]
    assert all(body["stream_options"] == {"include_usage": True} for body in bodies)
    assert found.requests is not None
    assert found.requests.failed == 0


def test_a_server_without_completions_is_asked_to_chat() -> None:
    """By itself, or at once where that was asked for."""
    with serving_openai(paths=("chat/completions",)) as server:
        (found,) = probe(server)
        assert [path for path, _, _ in server.seen][1:] == ["/v1/chat/completions"] * 5
    assert (found.input_tokens, found.output_tokens) == (40, 8)
    with serving_openai() as server:
        probe(server, api="chat")
        assert {path for path, _, _ in server.seen} == {"/v1/chat/completions"}


def test_completions_alone_are_not_replaced() -> None:
    """What was asked for is measured, or nothing."""
    with (
        serving_openai(paths=("chat/completions",)) as server,
        pytest.raises(PlannerError, match=r"fails \(HTTP 404: Not Found\)"),
    ):
        probe(server, api="completions")


def refusal(detail: str, status: int = 400) -> TroubleError:
    """A server's no."""
    return TroubleError(f"HTTP {status}", detail, status)


def test_a_dialect_grows_simpler_step_by_step() -> None:
    """What is named goes first, then what fewer servers know; at last the other path."""
    dialect = first_dialect("auto")
    named = dialect.simpler(refusal("Unknown field: temperature"), "auto")
    assert named == Dialect(left_out=frozenset({"temperature"}))
    renamed = dialect.simpler(refusal("use 'max_completion_tokens' instead"), "auto")
    assert renamed is not None
    assert renamed.body("m", "p", 9)["max_completion_tokens"] == 9
    steps: list[Dialect] = []
    following: Dialect | None = dialect
    while following is not None and len(steps) < 20:
        steps.append(following)
        following = following.simpler(refusal("no", 422), "auto")
    assert [step.path for step in steps] == ["/completions"] * 5 + ["/chat/completions"] * 5
    assert steps[4].body("m", "p", 9) == {"model": "m", "prompt": "p", "max_tokens": 9}
    assert dialect.simpler(refusal("overloaded", 503), "auto") is None
