"""Claims about GPU capacity on EC2: the real boto3 against a stand-in on loopback."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.collectors import Facts, Harvest, Request
from planner.collectors.aws import FAMILIES, QUOTA_NAMES, AwsCollector
from planner.core.offers import Billing, Offer, Quota
from planner.core.snapshots import Status
from planner.files.facts import model_names, regions
from tests.cloud.aws import AwsCloud, asks, environment, operation, refusal
from tests.cloud.server import Fault, Reply, Server, serving

FACTS = Facts(names=model_names(), regions=regions())
INSTANCES = Path(__file__).parents[2] / "planner" / "data" / "instances.csv"

LOOK = "check AWS_ENDPOINT_URL and HTTPS_PROXY"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The stand-in, and a login to it."""
    with serving(AwsCloud().cloud) as running:
        for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment(running.url).items():
            monkeypatch.setenv(name, value)
        yield running


def collect(*names: str) -> Harvest:
    """What some regions say, under the alias "main-1a2b"."""
    collector = AwsCollector()
    request = Request(alias=lambda _id, _: "main-1a2b", regions=names)
    return collector.parse(collector.fetch(request, lambda *_: None), FACTS)


def test_instances_come_with_zones_and_quota(server: Server) -> None:
    """Each accelerated instance of a region with its zones and the quota it counts against."""
    found = [r for r in collect("eu-central-1").records if isinstance(r, Offer)]
    assert [(o.model, o.capabilities, o.quota_names) for o in found] == [
        (
            "g5.xlarge",
            ("zones=eu-central-1a,eu-central-1b,eu-central-1c",),
            ("Running On-Demand G and VT instances",),
        ),
        (
            "g6.12xlarge",
            ("zones=eu-central-1a,eu-central-1b",),
            ("Running On-Demand G and VT instances",),
        ),
        ("p5.48xlarge", ("zones=eu-central-1b",), ("Running On-Demand P instances",)),
    ]
    assert {(o.billing, o.deployment_type, o.boundary) for o in found} == {
        (Billing.SELF_HOSTED, "instance", "de")
    }
    assert {operation(seen) for seen in server.seen} == {
        "GetCallerIdentity",
        "DescribeInstanceTypeOfferings",
        "ListServiceQuotas",
        "ListAWSDefaultServiceQuotas",
    }


@pytest.mark.usefixtures("server")
def test_accelerator_quotas_count_vcpus() -> None:
    """Only the accelerators' quotas, in vCPUs; a limit of 0 is a limit."""
    quotas = [r for r in collect("us-east-1").records if isinstance(r, Quota)]
    assert [(q.name, q.limit, q.default_limit, q.unit) for q in quotas] == [
        ("Running On-Demand P instances", 96, 48, "vCPU"),
        ("Running On-Demand G and VT instances", 0, 0, "vCPU"),
    ]


def test_families_are_those_of_the_carried_instances() -> None:
    """An instance's name leads to the quota that the carried table gives it."""
    with INSTANCES.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["cloud"] == "aws"]
    wrong = []
    for row in rows:
        letters = "".join(c if c.isalpha() else " " for c in row["name"]).split()[0]
        name = QUOTA_NAMES.get(FAMILIES.get(letters, ""))
        if row["quota_family"] and name != row["quota_family"]:
            wrong.append((row["name"], name, row["quota_family"]))
    assert rows
    assert wrong == []


@pytest.mark.parametrize(
    ("reply", "status", "error"),
    [
        (
            refusal("ec2", "UnauthorizedOperation"),
            Status.DENIED,
            "the login may not call ec2:DescribeInstanceTypeOfferings; allow this action",
        ),
        (
            refusal("ec2", "AuthFailure", 401),
            Status.DENIED,
            "region not enabled for this account? enable it, or leave it out",
        ),
        (
            refusal("ec2", "RequestLimitExceeded", 503),
            Status.THROTTLED,
            "AWS throttles DescribeInstanceTypeOfferings; try later",
        ),
        (
            Reply(body=b"<html><p>log in"),
            Status.FAILED,
            f"DescribeInstanceTypeOfferings: the answer cannot be read; {LOOK}",
        ),
        (
            Reply(body=b"<DescribeInstanceTypeOfferingsResponse/>"),
            Status.FAILED,
            "the answer holds no InstanceTypeOfferings",
        ),
    ],
    ids=["denied", "not enabled", "throttled", "html", "no list"],
)
def test_each_trouble_has_its_status(
    server: Server, reply: Reply, status: Status, error: str
) -> None:
    """What EC2 answers instead of a list is told, and no instances are made of it."""
    server.faults.append(Fault(matches=asks("DescribeInstanceTypeOfferings"), reply=reply))
    harvest = collect("us-east-1")
    (entry,) = harvest.coverage
    assert (entry.status, (entry.error or "").split("; quotas")[0]) == (status, error)
    assert [r for r in harvest.records if isinstance(r, Offer)] == []


def test_quotas_that_are_denied_leave_the_instances(server: Server) -> None:
    """Instances without quotas: offers land, and the quota status says why there is none."""
    reply = refusal("servicequotas", "AccessDeniedException", 400)
    server.faults.append(Fault(matches=asks("ListServiceQuotas"), reply=reply))
    harvest = collect("us-east-1")
    (entry,) = harvest.coverage
    assert (len(harvest.records), entry.status, entry.quota_status) == (
        3,
        Status.OK,
        Status.DENIED,
    )


def test_without_the_default_quotas_the_applied_ones_land(server: Server) -> None:
    """What passes leaves the region incomplete: a quota that stands there alone may still be."""
    server.faults.append(
        Fault(matches=asks("ListAWSDefaultServiceQuotas"), reply=Reply(status=404))
    )
    harvest = collect("us-east-1")
    (entry,) = harvest.coverage
    limits = [(r.limit, r.default_limit) for r in harvest.records if isinstance(r, Quota)]
    assert (limits, entry.quota_status, entry.complete) == (
        [(96, None), (0, None)],
        Status.OK,
        False,
    )
