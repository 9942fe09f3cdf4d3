"""Amazon EC2: how much GPU capacity an account may run, and which instances a region has.

Least privilege: servicequotas:ListServiceQuotas, servicequotas:ListAWSDefaultServiceQuotas,
ec2:DescribeInstanceTypeOfferings and ec2:DescribeRegions.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import ClassVar

import msgspec

from planner.collectors import Facts, Harvest, Login, Piece, Request
from planner.collectors._aws_calls import Question, fetch_regions
from planner.collectors._aws_login import look_for_login
from planner.collectors._aws_parse import Place, places, quotas_of, rows_of, settle, worst
from planner.core.boundaries import processing_boundary
from planner.core.offers import AnyRecord, Billing, Offer, Scope
from planner.core.snapshots import Coverage, Status

# The codes and names of public list-service-quotas answers.
QUOTA_NAMES = {
    "L-417A185B": "Running On-Demand P instances",
    "L-7212CCBC": "All P Spot Instance Requests",
    "L-DB2E81BA": "Running On-Demand G and VT instances",
    "L-3819A6DF": "All G and VT Spot Instance Requests",
    "L-1945791B": "Running On-Demand Inf instances",
    "L-B5D1601B": "All Inf Spot Instance Requests",
    "L-2C3B7624": "Running On-Demand Trn instances",
    "L-6B0D517C": "All Trn Spot Instance Requests",
    "L-6E869C2A": "Running On-Demand DL instances",
    "L-85EED4F7": "All DL Spot Instance Requests",
}
# The letters that an accelerated instance's name begins with, and the quota it counts against.
FAMILIES = {
    "p": "L-417A185B",
    "g": "L-DB2E81BA",
    "gr": "L-DB2E81BA",
    "vt": "L-DB2E81BA",
    "inf": "L-1945791B",
    "trn": "L-2C3B7624",
    "dl": "L-6E869C2A",
}

_QUESTIONS = (
    Question(
        what="instances",
        service="ec2",
        operation="describe_instance_type_offerings",
        key="InstanceTypeOfferings",
        arguments={
            "LocationType": "availability-zone",
            "Filters": [{"Name": "instance-type", "Values": [f"{name}*" for name in FAMILIES]}],
            "MaxResults": 1000,
        },
        token="NextToken",  # noqa: S106 - a field's name
    ),
    Question(
        what="quotas",
        service="service-quotas",
        operation="list_service_quotas",
        key="Quotas",
        arguments={"ServiceCode": "ec2", "MaxResults": 100},
        token="NextToken",  # noqa: S106
    ),
    Question(
        what="default quotas",
        service="service-quotas",
        operation="list_aws_default_service_quotas",
        key="Quotas",
        arguments={"ServiceCode": "ec2", "MaxResults": 100},
        token="NextToken",  # noqa: S106
    ),
)


class _InZone(msgspec.Struct, rename="pascal"):
    instance_type: str
    location: str


class AwsCollector:
    """GPU instances of Amazon EC2, under the login that boto3 finds."""

    provider: ClassVar[str] = "aws"
    extra: ClassVar[str] = "aws"

    def login(self) -> Login:
        """Look for boto3 and credentials without asking AWS."""
        return look_for_login()

    def fetch(self, request: Request, tell: Callable[[str, int, int], None]) -> Iterator[Piece]:
        """Ask who the login is, then every region. MissingExtraError without boto3."""
        yield from fetch_regions("ec2", _QUESTIONS, request, tell)

    def parse(self, pieces: Iterable[Piece], facts: Facts) -> Harvest:
        """Instances as offers with their zones, and the accelerator quotas in vCPUs."""
        found, coverage, notes = places(pieces, kinds=("offer", "quota"))
        records: list[AnyRecord] = []
        for place in found:
            offers, status, error = _offers(place, facts)
            quotas = quotas_of(place, self.provider, QUOTA_NAMES)
            records += [*offers, *quotas.records]
            notes += quotas.notes
            coverage.append(
                Coverage(
                    region=place.region,
                    account=place.account,
                    kinds=("offer", "quota"),
                    complete="instances" in place.pieces and quotas.whole,
                    status=status,
                    quota_status=quotas.status,
                    error="; ".join(filter(None, (error, quotas.told_beside(error)))) or None,
                )
            )
        return Harvest(
            records=tuple(records), coverage=tuple(coverage), notes=tuple(dict.fromkeys(notes))
        )


def _offers(place: Place, facts: Facts) -> tuple[list[AnyRecord], Status, str | None]:
    """The accelerated instances of a region; those of unknown families are left out."""
    status, error = worst(place.pieces, "instances")
    body = place.body("instances")
    if body is None:
        return [], status, error
    try:
        rows: tuple[_InZone, ...] = rows_of(body, "InstanceTypeOfferings", _InZone)
        zones: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            zones[row.instance_type].add(row.location)
        found = (_offer(place, name, zones[name], facts) for name in sorted(zones))
        return settle(offer for offer in found if offer is not None), status, error
    except ValueError as problem:
        return [], Status.FAILED, str(problem)


def _offer(place: Place, name: str, zones: set[str], facts: Facts) -> Offer | None:
    letters = re.match(r"[a-z]+", name)
    code = FAMILIES.get(letters[0]) if letters else None
    if code is None:
        return None
    home = facts.regions.get("aws", place.region)
    return Offer(
        provider="aws",
        region=place.region,
        model=name,
        version=None,
        deployment_type="instance",
        usage_name=None,
        provider_model=name,
        billing=Billing.SELF_HOSTED,
        scope=Scope.REGIONAL,
        boundary=processing_boundary("regional", home, facts.regions) if home else None,
        capabilities=(f"zones={','.join(sorted(zones))}",),
        unit="instance",
        quota_names=(QUOTA_NAMES[code],),
        accounts=(place.account,) if place.account else (),
    )


COLLECTOR = AwsCollector
