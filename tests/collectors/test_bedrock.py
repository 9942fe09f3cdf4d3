"""Claims about collecting from Bedrock: the real boto3 against a stand-in on loopback."""

from collections.abc import Iterator

import msgspec
import pytest

from planner.collectors import Facts, Harvest, Piece, Request
from planner.collectors.bedrock import BedrockCollector
from planner.core.offers import Deployment, Offer, Quota
from planner.core.snapshots import Coverage, Status
from planner.files.facts import model_names, regions
from tests.cloud.aws import (
    ACCOUNTS,
    MODELS,
    SECOND_KEY,
    SECRET,
    SONNET,
    TOKEN,
    AwsCloud,
    asks,
    environment,
    model,
    operation,
    refusal,
)
from tests.cloud.server import Fault, Reply, Server, bomb, on_path, serving

MODELS_PATH = "/foundation-models"
WAIT_A_MOMENT = Reply(
    status=429,
    body={"message": "Too many requests"},
    headers={"x-amzn-ErrorType": "ThrottlingException", "Retry-After": "1"},
)
FACTS = Facts(names=model_names(), regions=regions())


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The stand-in, and a login to it."""
    with serving(AwsCloud().cloud) as running:
        log_in(monkeypatch, running.url)
        yield running


def log_in(monkeypatch: pytest.MonkeyPatch, url: str, **more: str) -> None:
    """Set the variables of a login, and no others of AWS."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    for name, value in (environment(url) | more).items():
        monkeypatch.setenv(name, value)


def fetch(*names: str, **limits: float) -> list[Piece]:
    """The pieces of some regions, under the alias "main-1a2b"."""
    request = Request(alias=lambda _id, _: "main-1a2b", regions=names)
    request = msgspec.structs.replace(request, **limits)
    return list(BedrockCollector().fetch(request, lambda *_: None))


def collect(*names: str, **limits: float) -> Harvest:
    """What the pieces of some regions say."""
    return BedrockCollector().parse(fetch(*names, **limits), FACTS)


def looked_at(harvest: Harvest, region: str | None = "us-east-1") -> Coverage:
    """The coverage of a region's offers."""
    return next(e for e in harvest.coverage if e.region == region and "offer" in e.kinds)


def offers(harvest: Harvest) -> list[Offer]:
    """The offers among the records."""
    return [r for r in harvest.records if isinstance(r, Offer)]


def test_a_region_lands_whole(server: Server) -> None:
    """Models, profiles, what was bought and quotas of a region are read through all pages."""
    harvest = collect("us-east-1")
    assert sorted(f"{o.model} {o.deployment_type}" for o in offers(harvest)) == [
        "claude-3-haiku on-demand",
        "claude-sonnet-4-5 global. inference profile",
        "claude-sonnet-4-5 us. inference profile",
        "nova-lite on-demand",
        "nova-lite provisioned",
        "nova-lite us. inference profile",
        "titan-embed-text-v2 on-demand",
    ]
    assert [r.name for r in harvest.records if isinstance(r, Deployment)] == ["night-batch"]
    assert {
        r.name: (r.limit, r.default_limit) for r in harvest.records if isinstance(r, Quota)
    } == {
        "L-F4DDD3EB": (200_000, 100_000),
        "L-4A6BFAB1": (200, 100),
        "L-27C57EE8": (0, 0),
        "L-F1613626": (1000, 500),
    }
    entry = looked_at(harvest)
    assert (entry.status, entry.quota_status, entry.complete) == (Status.OK, Status.OK, True)
    assert server.seen


def test_every_call_only_reads(server: Server) -> None:
    """A collection asks for lists, for the caller's name and for regions, and for nothing else."""
    collect()
    assert {operation(seen) for seen in server.seen} == {
        "GetCallerIdentity",
        "DescribeRegions",
        "/foundation-models",
        "/inference-profiles",
        "/provisioned-model-throughputs",
        "ListServiceQuotas",
        "ListAWSDefaultServiceQuotas",
    }


@pytest.mark.usefixtures("server")
def test_regions_that_the_account_has_not_enabled_are_not_asked() -> None:
    """Without a named region the enabled ones are read, and the others told as not offered."""
    harvest = collect()
    read = {e.region for e in harvest.coverage if e.status is Status.OK}
    assert read == {"ap-northeast-1", "eu-central-1", "us-east-1", "us-west-2"}
    entry = looked_at(harvest, "me-south-1")
    assert (entry.status, entry.error) == (
        Status.NOT_OFFERED,
        "region not enabled for this account",
    )


def test_without_the_right_to_list_regions_each_is_tried(server: Server) -> None:
    """Where ec2:DescribeRegions is denied, every region of the SDK is asked."""
    server.faults.append(
        Fault(matches=asks("DescribeRegions"), reply=refusal("ec2", "UnauthorizedOperation"))
    )
    harvest = collect()
    assert looked_at(harvest, "eu-central-1").status is Status.OK
    assert looked_at(harvest, "me-south-1").status is Status.DENIED


@pytest.mark.usefixtures("server")
def test_a_named_region_that_is_not_enabled_is_denied() -> None:
    """Keys that STS knows and a region does not mean a region that is not enabled."""
    entry = looked_at(collect("me-south-1"), "me-south-1")
    assert (entry.status, entry.error) == (
        Status.DENIED,
        "region not enabled for this account? enable it, or leave it out",
    )


@pytest.mark.usefixtures("server")
def test_an_impossible_region_is_failed_and_the_others_land() -> None:
    """A name that can be no region is told; nothing breaks."""
    harvest = collect("us east!", "us-east-1")
    assert looked_at(harvest, "us east!").status is Status.FAILED
    assert looked_at(harvest).status is Status.OK


def test_an_empty_list_of_enabled_regions_is_not_believed(server: Server) -> None:
    """Where EC2 tells no region that the SDK knows, each is tried."""
    body = b"<DescribeRegionsResponse><regionInfo/></DescribeRegionsResponse>"
    server.faults.append(Fault(matches=asks("DescribeRegions"), reply=Reply(body=body)))
    assert looked_at(collect(), "eu-central-1").status is Status.OK


def test_the_alias_is_of_the_keys_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two keys are two accounts, told apart by what STS says."""
    with serving(AwsCloud().cloud) as running:
        log_in(monkeypatch, running.url, AWS_ACCESS_KEY_ID=SECOND_KEY)
        asked: list[tuple[str, str]] = []
        request = Request(
            alias=lambda *known: asked.append(known) or "second",  # type: ignore[func-returns-value]
            regions=("us-east-1",),
        )
        pieces = list(BedrockCollector().fetch(request, lambda *_: None))
    assert asked == [("444455556666", "aws")]
    assert {piece.account for piece in pieces} == {"second"}


@pytest.mark.parametrize("code", ["ExpiredToken", "InvalidClientTokenId", "SignatureDoesNotMatch"])
def test_a_login_that_fails_ends_the_collection(server: Server, code: str) -> None:
    """Without a working login nothing else is asked, and the message names the login command."""
    server.faults.append(Fault(matches=asks("GetCallerIdentity"), reply=refusal("sts", code, 403)))
    (piece,) = fetch()
    assert (piece.what, piece.status, piece.region) == ("account", Status.DENIED, None)
    assert "aws sso login" in (piece.error or "")
    assert len(server.seen) == 1
    assert looked_at(BedrockCollector().parse([piece], FACTS), None).status is Status.DENIED


def test_a_login_that_expires_under_way_ends_the_rest(server: Server) -> None:
    """Once one region says that the login has expired, the others are denied with these words."""
    reply = refusal("bedrock", "ExpiredTokenException", 403)
    server.faults.append(Fault(matches=on_path(MODELS_PATH), reply=reply))
    harvest = collect("us-east-1", "us-west-2", "eu-central-1", concurrency=1)
    assert {e.status for e in harvest.coverage if "offer" in e.kinds} == {Status.DENIED}
    assert sum(seen.path == MODELS_PATH for seen in server.seen) == 1


def test_without_credentials_the_hint_says_how_to_log_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """No credentials: `login` finds none, and a fetch ends with one denied piece."""
    log_in(monkeypatch, "http://127.0.0.1:9")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    found = BedrockCollector().login()
    assert (found.credentials, found.hint is not None) == (None, True)
    (piece,) = fetch()
    assert (piece.status, "aws sso login" in (piece.error or "")) == (Status.DENIED, True)


def test_a_profile_that_does_not_exist_is_no_login(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS_PROFILE with an unknown name is told as such, and nothing is asked."""
    log_in(monkeypatch, "http://127.0.0.1:9", AWS_PROFILE="nope")
    (piece,) = fetch()
    assert (piece.status, "ProfileNotFound" in (piece.error or "")) == (Status.DENIED, True)


@pytest.mark.usefixtures("server")
def test_a_login_in_the_environment_is_found() -> None:
    """`login` names SDK versions and the kind of credentials, without asking."""
    found = BedrockCollector().login()
    assert (found.credentials, sorted(found.sdk)) == ("environment", ["boto3", "botocore"])


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/foundation-models", "bedrock:ListFoundationModels"),
        ("/inference-profiles", "bedrock:ListInferenceProfiles"),
    ],
)
def test_a_denied_call_names_the_action(server: Server, path: str, action: str) -> None:
    """403: the region is denied, and the message names the IAM action that is missing."""
    server.faults.append(
        Fault(matches=on_path(path), reply=refusal("bedrock", "AccessDeniedException"))
    )
    harvest = collect("us-east-1")
    entry = looked_at(harvest)
    assert (entry.status, entry.error) == (
        Status.DENIED,
        f"the login may not call {action}; allow this action",
    )
    assert offers(harvest) == []


def test_denied_quotas_leave_the_offers(server: Server) -> None:
    """Where only the quotas are denied the offers land, and the quota status says why."""
    reply = refusal("servicequotas", "AccessDeniedException", 400)
    server.faults.append(Fault(matches=asks("ListServiceQuotas"), reply=reply))
    harvest = collect("us-east-1")
    entry = looked_at(harvest)
    assert (len(offers(harvest)), entry.status, entry.quota_status) == (
        7,
        Status.OK,
        Status.DENIED,
    )
    assert "servicequotas:ListServiceQuotas" in (entry.error or "")


def test_denied_defaults_leave_the_applied_limits(server: Server) -> None:
    """Default limits that the login may not see are unknown, with a note."""
    reply = refusal("servicequotas", "AccessDeniedException", 400)
    server.faults.append(Fault(matches=asks("ListAWSDefaultServiceQuotas"), reply=reply))
    harvest = collect("us-east-1")
    assert {r.default_limit for r in harvest.records if isinstance(r, Quota)} == {None}
    assert looked_at(harvest).quota_status is Status.OK
    assert "servicequotas:ListAWSDefaultServiceQuotas" in harvest.notes[0]


@pytest.mark.parametrize(
    "reply",
    [
        refusal("bedrock", "InternalServerException", 500),
        Reply(status=502),
        Reply(status=503),
        Reply(reset=True),
        Reply(body={"modelSummaries": []}, short=9),
    ],
    ids=["500", "502", "503", "reset", "short body"],
)
def test_what_may_pass_is_tried_three_times(server: Server, reply: Reply) -> None:
    """A server's trouble is retried twice, then the region is failed; another one lands."""
    server.faults.append(Fault(matches=asks(MODELS_PATH, "us-east-1"), reply=reply))
    harvest = collect("us-east-1", "us-west-2")
    assert looked_at(harvest).status is Status.FAILED
    assert looked_at(harvest, "us-west-2").status is Status.OK
    assert sum(asks(MODELS_PATH, "us-east-1")(seen) for seen in server.seen) == 3


@pytest.mark.parametrize(
    "reply",
    [Reply(status=503), Reply(reset=True), WAIT_A_MOMENT],
    ids=["503", "reset", "429"],
)
def test_trouble_that_passes_leaves_no_trace(server: Server, reply: Reply) -> None:
    """One bad answer and then a good one: the region lands."""
    server.faults.append(Fault(matches=on_path(MODELS_PATH), reply=reply, times=1))
    assert looked_at(collect("us-east-1")).status is Status.OK


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
    assert (entry.status, entry.error) == (Status.FAILED, "no connection to bedrock")


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


def test_no_secret_leaves_the_collector(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither keys nor account ids nor ARNs stand in records, coverage or notes."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", TOKEN)
    server.faults += [
        Fault(matches=asks(MODELS_PATH, "us-west-2"), reply=refusal("bedrock", "Odd", 400)),
        Fault(
            matches=asks("ListServiceQuotas", "us-west-2"),
            reply=refusal("servicequotas", "AccessDeniedException", 400),
        ),
        Fault(
            matches=asks(MODELS_PATH, "eu-central-1"),
            reply=refusal("bedrock", "arn:aws:iam::111122223333:user/x", 403),
        ),
    ]
    harvest = collect()
    text = msgspec.json.encode((harvest.records, harvest.coverage, harvest.notes)).decode()
    canaries = (*ACCOUNTS, *ACCOUNTS.values(), SECRET, TOKEN, "arn:")
    assert [canary for canary in canaries if canary in text] == []
    assert SONNET in text
