"""Claims about Bedrock's faults: what passes, what lasts, what makes no sense."""

import time

import pytest

from planner.collectors import _aws_http
from planner.collectors._aws_work import Trouble
from planner.collectors.bedrock import BedrockCollector
from planner.core.snapshots import Status
from tests.cloud.aws import AwsCloud, asks, refusal
from tests.cloud.aws_bodies import MODELS, model
from tests.cloud.server import Fault, Reply, Server, bomb, on_path, serving
from tests.collectors.bedrock_calls import (
    MODELS_PATH,
    collect,
    fetch,
    log_in,
    looked_at,
    server,
)

__all__ = ["server"]


WAIT_A_MOMENT = Reply(
    status=429,
    body={"message": "Too many requests"},
    headers={"x-amzn-ErrorType": "ThrottlingException", "Retry-After": "1"},
)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=409),
        refusal("bedrock", "InternalServerException", 500),
        Reply(status=502),
        Reply(status=503),
        Reply(reset=True),
        Reply(body={"modelSummaries": []}, short=9),
    ],
    ids=["409", "500", "502", "503", "reset", "short body"],
)
def test_what_may_pass_is_tried_three_times(server: Server, reply: Reply) -> None:
    """A server's trouble is retried twice, then the region is failed; another one lands."""
    server.faults.append(Fault(matches=asks(MODELS_PATH, "us-east-1"), reply=reply))
    harvest = collect("us-east-1", "us-west-2")
    assert looked_at(harvest).status is Status.FAILED
    assert looked_at(harvest, "us-west-2").status is Status.OK
    assert sum(asks(MODELS_PATH, "us-east-1")(seen) for seen in server.seen) == 3


def test_a_list_that_holds_no_models_is_told_in_words(server: Server) -> None:
    """What is malformed, and where."""
    odd = Reply(body={"modelSummaries": [None, {}]})
    server.faults.append(Fault(matches=asks(MODELS_PATH, "us-east-1"), reply=odd))
    entry = looked_at(collect("us-east-1"))
    assert entry.error == (
        "the answer's modelSummaries are malformed: Expected `object`, got `null` - at `$[0]`"
    )


def test_a_profile_that_is_not_there_is_named(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys of the environment are no remedy for it."""
    assert server.seen == []
    monkeypatch.setenv("AWS_PROFILE", "nope")
    login = BedrockCollector().login()
    assert (login.credentials, login.hint) == (
        None,
        "the AWS profile 'nope' is in no configuration file; mend AWS_PROFILE",
    )


def test_a_clock_that_is_off_stops_the_run(server: Server) -> None:
    """The code says so; every other question would get the same answer."""
    skewed = refusal("bedrock", "RequestTimeTooSkewed", 403)
    server.faults.append(Fault(matches=asks(MODELS_PATH, "us-east-1"), reply=skewed))
    entry = looked_at(collect("us-east-1"))
    assert (entry.status, entry.error) == (
        Status.FAILED,
        "the clock is off (RequestTimeTooSkewed); set it",
    )


@pytest.mark.parametrize(
    "reply",
    [Reply(status=503), Reply(reset=True), WAIT_A_MOMENT],
    ids=["503", "reset", "429"],
)
def test_trouble_that_passes_leaves_no_trace(server: Server, reply: Reply) -> None:
    """One bad answer and then a good one: the region lands."""
    server.faults.append(Fault(matches=on_path(MODELS_PATH), reply=reply, times=1))
    assert looked_at(collect("us-east-1")).status is Status.OK


def test_throttling_leaves_fewer_requests_at_once() -> None:
    """Two refusals leave two of eight requests, however many leave at least one."""
    gate = _aws_http.Gate(8)
    for _ in range(2):
        gate.narrow()
    soon = time.monotonic() + 0.05
    with gate.passage(soon), gate.passage(soon), pytest.raises(Trouble), gate.passage(soon):
        pass
    for _ in range(9):
        gate.narrow()
    with gate.passage(time.monotonic() + 1):
        pass


def test_a_redirect_is_not_followed(server: Server) -> None:
    """Another host is not asked with this login's signature."""
    with serving(AwsCloud().cloud) as elsewhere:
        moved = Reply(status=302, headers={"Location": f"{elsewhere.url}{MODELS_PATH}"})
        server.faults.append(Fault(matches=on_path(MODELS_PATH), reply=moved))
        assert looked_at(collect("us-east-1")).status is Status.FAILED
    assert elsewhere.seen == []


def test_throttling_without_an_end_is_told(server: Server) -> None:
    """429 without Retry-After: three tries, then throttled."""
    reply = refusal("bedrock", "ThrottlingException", 429)
    server.faults.append(Fault(matches=on_path(MODELS_PATH), reply=reply))
    entry = looked_at(collect("us-east-1"))
    assert (entry.status, entry.error) == (
        Status.THROTTLED,
        "AWS throttles ListFoundationModels; try later",
    )
    assert sum(seen.path == MODELS_PATH for seen in server.seen) == 3


def test_an_hour_of_retry_after_does_not_block(server: Server) -> None:
    """Retry-After beyond a minute: no second try, throttled at once."""
    reply = Reply(status=429, headers={"Retry-After": "3600"})
    server.faults.append(Fault(matches=on_path(MODELS_PATH), reply=reply))
    entry = looked_at(collect("us-east-1"))
    assert (entry.status, entry.error) == (
        Status.THROTTLED,
        "AWS asks to wait 3600 s; try later",
    )
    assert sum(seen.path == MODELS_PATH for seen in server.seen) == 1


def test_a_dripping_body_ends_with_the_regions_deadline(server: Server) -> None:
    """Bytes that drip cannot outlast the region's time: failed, and the other region lands."""
    reply = Reply(body={"modelSummaries": [], "padding": "x" * 2000}, drip=0.05)
    server.faults.append(Fault(matches=asks(MODELS_PATH, "us-east-1"), reply=reply))
    harvest = collect("us-east-1", "us-west-2", region_seconds=1.5)
    assert (looked_at(harvest).status, looked_at(harvest).error) == (
        Status.FAILED,
        "no whole answer before the deadline",
    )
    assert looked_at(harvest, "us-west-2").status is Status.OK


def test_the_run_ends_with_its_deadline(server: Server) -> None:
    """What is not answered by the run's deadline is failed, whatever the servers do."""
    server.faults.append(
        Fault(matches=on_path("/"), reply=Reply(body={"a": "b" * 2000}, drip=0.05))
    )
    (piece,) = fetch(deadline_seconds=1)
    assert (piece.status, piece.error) == (Status.FAILED, "no whole answer before the deadline")


@pytest.mark.parametrize(
    "body",
    [
        b'{"modelSummaries": [{"modelId": "amazon.no',
        b"<html>please log in</html>",
        {},
        {"modelSummaries": None},
        {"modelSummaries": {"modelId": "x"}},
        b'{"modelSummaries": [{"modelId": "\xff"}]}',
        {"modelSummaries": [{"modelName": "no id"}]},
        {"modelSummaries": [{"modelId": 7}]},
        {"modelSummaries": ["text"]},
    ],
    ids=[
        "truncated",
        "html",
        "empty",
        "null",
        "object",
        "no utf-8",
        "no id",
        "number as id",
        "no object",
    ],
)
def test_a_success_without_sense_is_failed(server: Server, body: object) -> None:
    """200 with what is no list of models makes the region failed, never empty."""
    server.faults.append(Fault(matches=on_path(MODELS_PATH), reply=Reply(body=body)))
    entry = looked_at(collect("us-east-1"))
    assert entry.status is Status.FAILED
    assert entry.error


@pytest.mark.parametrize(
    "reply",
    [bomb(1 << 30), Reply(body=b'{"modelSummaries": [' + b" " * (65 << 20) + b"]}")],
    ids=["packed", "plain"],
)
def test_a_bomb_is_refused(server: Server, reply: Reply) -> None:
    """A body beyond the cap, or one that packs a gigabyte, makes its region failed."""
    server.faults.append(Fault(matches=asks(MODELS_PATH, "us-east-1"), reply=reply))
    harvest = collect("us-east-1", "us-west-2")
    assert looked_at(harvest).status is Status.FAILED
    assert looked_at(harvest, "us-west-2").status is Status.OK


def test_pages_that_loop_end(server: Server) -> None:
    """A page that names itself as the next is read once more at most: failed."""
    body = {"inferenceProfileSummaries": [], "nextToken": "again"}
    server.faults.append(Fault(matches=on_path("/inference-profiles"), reply=Reply(body=body)))
    entry = looked_at(collect("us-east-1"))
    assert (entry.status, entry.error) == (
        Status.FAILED,
        "the pages of inferenceProfileSummaries do not end",
    )
    assert sum(seen.path == "/inference-profiles" for seen in server.seen) == 2


@pytest.mark.usefixtures("server")
def test_an_endpoint_that_cannot_be_reached_is_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """No connection to Bedrock, while STS answers: failed, and said so."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK", "http://127.0.0.1:9")
    entry = looked_at(collect("us-east-1"))
    assert entry.status is Status.FAILED
    assert entry.error == (
        "no connection to bedrock; check the network, HTTPS_PROXY and AWS_ENDPOINT_URL"
    )


def test_identical_models_are_one_and_contradicting_ones_fail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same entry twice is one offer; two that differ fail the region and are named."""
    for other, status in (("Amazon", Status.OK), ("Another", Status.FAILED)):
        twice = (*MODELS, model("amazon.nova-lite-v1:0", "Nova Lite", providerName=other))
        same = [m | {"inferenceTypesSupported": ["ON_DEMAND"]} for m in twice]
        lives = [m | {"modelLifecycle": {"status": m["providerName"]}} for m in same]
        with serving(AwsCloud(models=lives, profiles={}).cloud) as running:
            log_in(monkeypatch, running.url)
            entry = looked_at(collect("us-east-1"))
        assert entry.status is status
    assert entry.error == (
        "'amazon.nova-lite-v1:0' and 'amazon.nova-lite-v1:0' contradict: "
        "lifecycle is 'amazon' and 'another'"
    )
