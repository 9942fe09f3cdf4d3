"""Claims about collecting from Bedrock: the real boto3 against a stand-in on loopback."""

import msgspec
import pytest

from planner.collectors import Request
from planner.collectors.bedrock import BedrockCollector
from planner.core.offers import Deployment, Quota
from planner.core.snapshots import Status
from tests.cloud.aws import (
    ACCOUNTS,
    SECOND_KEY,
    SECRET,
    TOKEN,
    AwsCloud,
    asks,
    operation,
    refusal,
)
from tests.cloud.aws_bodies import SONNET
from tests.cloud.server import Fault, Reply, Server, on_path, serving
from tests.collectors.bedrock_calls import (
    FACTS,
    MODELS_PATH,
    collect,
    fetch,
    log_in,
    looked_at,
    offers,
    server,
)

__all__ = ["server"]


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
    assert (piece.status, piece.error) == (
        Status.DENIED,
        "the AWS profile 'nope' is in no configuration file; mend AWS_PROFILE",
    )


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
