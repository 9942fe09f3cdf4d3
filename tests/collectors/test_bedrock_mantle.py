"""Claims about the models that Bedrock's OpenAI-compatible endpoint alone lists."""

import pytest

from planner.core.snapshots import Status
from tests.cloud.aws import TOKEN
from tests.cloud.server import Fault, Reply, Server, on_path
from tests.collectors.bedrock_calls import collect, looked_at, offers, server

__all__ = ["server"]


def test_a_bearer_token_brings_models_that_only_mantle_lists(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a bearer token the OpenAI-compatible endpoint adds what the lists lack."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", TOKEN)
    found = [o for o in offers(collect("us-east-1")) if o.publisher is None]
    assert [(o.provider_model, o.capabilities, o.boundary) for o in found] == [
        ("openai.gpt-5.5", ("endpoint=bedrock-mantle",), None)
    ]
    bearers = [seen.path for seen in server.seen if TOKEN in seen.headers["authorization"]]
    assert bearers == ["/v1/models"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(status=401), "bedrock-mantle answers HTTP 401; renew AWS_BEARER_TOKEN_BEDROCK, "),
        (Reply(status=302, headers={"Location": "/elsewhere"}), "bedrock-mantle answers HTTP 302"),
        (Reply(body=b"<html>"), "the answer of bedrock-mantle holds no list of models"),
        (Reply(body={"data": None}), "the answer of bedrock-mantle holds no list of models"),
        (Reply(body={"data": []}, short=3), "no whole answer of bedrock-mantle (ConnectionError)"),
    ],
    ids=["401", "redirect", "html", "null", "short"],
)
def test_a_mantle_that_fails_leaves_the_rest(
    server: Server, monkeypatch: pytest.MonkeyPatch, reply: Reply, words: str
) -> None:
    """Its trouble is told; the region's other offers land, and the region is not complete."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", TOKEN)
    server.faults.append(Fault(matches=on_path("/v1/models"), reply=reply))
    harvest = collect("us-east-1")
    entry = looked_at(harvest)
    assert (len(offers(harvest)), entry.status, entry.complete) == (7, Status.OK, False)
    assert (entry.error or "").startswith(words)
    assert all(seen.path != "/elsewhere" for seen in server.seen)


@pytest.mark.usefixtures("server")
def test_a_bearer_token_goes_over_https_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plain http endpoint that is not this machine never receives the token."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", TOKEN)
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_MANTLE", "http://mantle.example/{region}")
    entry = looked_at(collect("us-east-1"))
    assert entry.error == "the endpoint of bedrock-mantle is not https; no token goes there"
