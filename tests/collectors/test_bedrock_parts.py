"""Claims about one call of Bedrock's that fails: what it would have told is lost, and said so."""

from urllib.parse import unquote

import pytest

from planner.collectors import Request
from planner.collectors.bedrock import BedrockCollector
from planner.core.offers import Deployment, Quota
from planner.core.snapshots import Coverage, Status
from planner.files.facts import model_names
from tests.cloud.aws import AwsCloud, asks, refusal
from tests.cloud.aws_bodies import SONNET
from tests.cloud.server import Fault, Reply, Server, on_path, serving
from tests.collectors.bedrock_calls import FACTS, collect, log_in, looked_at, offers, server

__all__ = ["server"]
ODD = {
    "404 without a word": Reply(status=404),
    "404 with HTML": Reply(status=404, body=b"<html>"),
    "400": refusal("bedrock", "ValidationException", 400),
    "an unknown code": refusal("bedrock", "NeverHeardOfException", 418),
    "no list": Reply(body={}),
}


def deployments(harvest_coverage: tuple[Coverage, ...]) -> Coverage:
    """The entry of a region's deployments."""
    return next(e for e in harvest_coverage if "deployment" in e.kinds)


@pytest.mark.parametrize("reply", ODD.values(), ids=ODD)
def test_without_the_provisioned_throughputs_offers_and_quotas_land(
    server: Server, reply: Reply
) -> None:
    """Deployments are failed in an entry of their own, which says that it is about them."""
    server.faults.append(Fault(matches=asks("/provisioned-model-throughputs"), reply=reply))
    harvest = collect("us-east-1")
    assert (len(offers(harvest)), looked_at(harvest).status) == (7, Status.OK)
    assert sum(isinstance(r, Quota) for r in harvest.records) == 4
    entry = deployments(harvest.coverage)
    assert (entry.status, [r for r in harvest.records if isinstance(r, Deployment)]) == (
        Status.FAILED,
        [],
    )
    assert (entry.error or "").startswith("deployments: ")


def test_provisioned_throughputs_that_are_denied_name_the_action(server: Server) -> None:
    """The offers land; the deployments' entry is denied."""
    reply = refusal("bedrock", "AccessDeniedException")
    server.faults.append(Fault(matches=asks("/provisioned-model-throughputs"), reply=reply))
    harvest = collect("us-east-1")
    assert (len(offers(harvest)), looked_at(harvest).error) == (7, None)
    assert deployments(harvest.coverage).error == (
        "deployments: the login may not call bedrock:ListProvisionedModelThroughputs; "
        "allow this action"
    )


@pytest.mark.parametrize(
    ("reply", "whole"),
    [
        (Reply(status=404), False),
        (Reply(status=500), False),
        (refusal("servicequotas", "NeverHeardOfException", 400), False),
        (Reply(body={}), False),
        (refusal("servicequotas", "AccessDeniedException", 400), True),
        (refusal("servicequotas", "NoSuchResourceException", 400), True),
    ],
    ids=["404", "500", "unknown code", "no list", "denied", "no such service"],
)
def test_without_the_defaults_the_applied_limits_land(
    server: Server, reply: Reply, whole: bool
) -> None:
    """Their default is unknown, a note says why; what passes leaves the region incomplete."""
    server.faults.append(Fault(matches=asks("ListAWSDefaultServiceQuotas"), reply=reply))
    harvest = collect("us-east-1")
    entry = looked_at(harvest)
    assert (entry.status, entry.quota_status, entry.complete) == (Status.OK, Status.OK, whole)
    limits = {(r.name, r.limit, r.default_limit) for r in harvest.records if isinstance(r, Quota)}
    assert ("L-F4DDD3EB", 200_000, None) in limits
    assert harvest.notes[0].startswith("default limits are unknown: ")


def test_a_region_that_knows_no_profiles_has_its_models(server: Server) -> None:
    """Where the very call is unknown, nothing leads elsewhere; what the region has stays."""
    reply = refusal("bedrock", "UnknownOperationException", 404)
    server.faults.append(Fault(matches=asks("/inference-profiles"), reply=reply))
    harvest = collect("us-east-1")
    assert looked_at(harvest).status is Status.OK
    assert {o.deployment_type for o in offers(harvest)} == {"on-demand", "provisioned"}


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (refusal("bedrock", "UnknownOperationException", 404), Status.NOT_OFFERED),
        (refusal("bedrock", "ResourceNotFoundException", 404), Status.FAILED),
        (Reply(status=404), Status.FAILED),
    ],
    ids=["known code", "another code", "no code"],
)
def test_only_known_codes_mean_not_offered(server: Server, reply: Reply, status: Status) -> None:
    """A 404 without one of them is a failure."""
    server.faults.append(Fault(matches=asks("/foundation-models"), reply=reply))
    harvest = collect("us-east-1")
    assert (looked_at(harvest).status, offers(harvest)) == (status, [])


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        (
            refusal("ec2", "UnauthorizedOperation"),
            "the login may not call ec2:DescribeRegions; allow this action",
        ),
        (
            Reply(status=404),
            "DescribeRegions: the answer cannot be read; check AWS_ENDPOINT_URL and HTTPS_PROXY",
        ),
        (
            Reply(body=b"<DescribeRegionsResponse><regionInfo/></DescribeRegionsResponse>"),
            "DescribeRegions names none that has bedrock",
        ),
    ],
    ids=["denied", "404", "none"],
)
def test_a_note_says_why_each_region_was_tried(server: Server, reply: Reply, why: str) -> None:
    """What is not enabled then ends as denied, with no note on its quotas."""
    server.faults.append(Fault(matches=asks("DescribeRegions"), reply=reply))
    harvest = collect()
    assert harvest.notes[0] == f"which regions are enabled is unknown, each was tried: {why}"
    assert not [note for note in harvest.notes if "default limits" in note]
    assert looked_at(harvest, "me-south-1").status is Status.DENIED
    assert looked_at(harvest).status is Status.OK


def test_what_limits_no_offer_is_counted_in_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four codes, of which one limits workflows."""
    with serving(AwsCloud().cloud) as running:
        log_in(monkeypatch, running.url)
        (note,) = collect("us-east-1", "us-west-2").notes
    assert note.startswith("1 of 4 quotas limit no offer that was read, 0 of them rates")


# --- agreements


def test_agreements_are_asked_of_the_named_models_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One question a model and region; what is told stands with its offers, profiles too."""
    with serving(AwsCloud(agreements={SONNET: "NOT_AVAILABLE"}).cloud) as running:
        log_in(monkeypatch, running.url)
        request = Request(
            alias=lambda _id, _: "main-1a2b",
            canonical=model_names().canonical,
            regions=("us-east-1",),
            capacity_models=("Claude Sonnet 4.5",),
        )
        pieces = list(BedrockCollector().fetch(request, lambda *_: None))
    asked = [s.path for s in running.seen if "availability" in s.path]
    assert [unquote(path).rpartition("/")[2] for path in asked] == [SONNET]
    found = offers(BedrockCollector().parse(pieces, FACTS))
    words = {o.deployment_type: o.capabilities for o in found if o.model == "claude-sonnet-4-5"}
    assert words.keys() == {"us. inference profile", "global. inference profile"}
    assert all("agreement=not_available" in told for told in words.values())
    assert not [o for o in found if o.model == "nova-lite" and "agreement" in str(o.capabilities)]


def test_an_agreement_that_cannot_be_read_is_a_note(server: Server) -> None:
    """The offers land; whether the account may use the model stays unknown."""
    reply = refusal("bedrock", "AccessDeniedException")
    server.faults.append(Fault(matches=on_path("-availability/"), reply=reply))
    request = Request(
        alias=lambda _id, _: "main-1a2b", regions=("us-east-1",), capacity_models=(SONNET,)
    )
    harvest = BedrockCollector().parse(BedrockCollector().fetch(request, lambda *_: None), FACTS)
    assert (len(offers(harvest)), looked_at(harvest).status) == (7, Status.OK)
    assert harvest.notes[0] == (
        "whether the account may use a model is unknown: the login may not call "
        "bedrock:GetFoundationModelAvailability; allow this action"
    )
