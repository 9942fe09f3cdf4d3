"""A small AWS: STS, EC2, Service Quotas and Bedrock, two accounts, a few regions.

Services and regions are told apart as the real one does it, by the scope that a request is signed
for, accounts by the access key. The bodies have the shapes of recorded answers; the names of real
models stand beside figures of this file's own.
"""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, unquote
from xml.sax.saxutils import escape

from tests.cloud.aws_bodies import BOUGHT, INSTANCES, MODELS, PROFILES, QUOTAS
from tests.cloud.server import Reply, Seen

FIRST_KEY, SECOND_KEY = "AKIAEXAMPLEFIRST", "AKIAEXAMPLESECOND"
SECRET = "wJalrEXAMPLEsecret"  # noqa: S105 - of this stand-in alone
TOKEN = "bedrock-api-key-example"  # noqa: S105 - of this stand-in alone
ACCOUNTS = {FIRST_KEY: "111122223333", SECOND_KEY: "444455556666"}
REGIONS = ("us-east-1", "us-west-2", "eu-central-1", "ap-northeast-1")
CLOSED_REGIONS = ("me-south-1",)

_SIGNED = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_STATUS = {"AccessDeniedException": 403, "UnauthorizedOperation": 403, "ThrottlingException": 429}


class AwsCloud:
    """The stand-in; `cloud` answers a request. Lists longer than `page` come in pages."""

    def __init__(
        self,
        *,
        accounts: Mapping[str, str] = ACCOUNTS,
        regions: Sequence[str] = REGIONS,
        models: Sequence[Any] = MODELS,
        profiles: Mapping[str, Sequence[Any]] = PROFILES,
        quotas: Mapping[str, Sequence[Any]] = QUOTAS,
        instances: Mapping[str, str] = INSTANCES,
        bought: Mapping[str, Sequence[Any]] | None = None,
        agreements: Mapping[str, str] = {},
        mantle: Sequence[str] = ("amazon.nova-lite", "openai.gpt-5.5"),
        page: int = 2,
    ) -> None:
        self.accounts = accounts
        self.regions = regions
        self.models = models
        self.profiles = profiles
        self.quotas = quotas
        self.instances = instances
        self.bought = {"us-east-1": BOUGHT} if bought is None else bought
        self.agreements = agreements
        self.mantle = mantle
        self.page = page

    def cloud(self, seen: Seen) -> Reply:
        """The answer to any request to any service."""
        if seen.path.endswith("/v1/models"):
            return self._mantle(seen)
        signed = _SIGNED.search(seen.headers.get("authorization", ""))
        if signed is None:
            return refusal("bedrock", "MissingAuthenticationToken", 403)
        key, region, service = signed.groups()
        if key not in self.accounts:
            return refusal(service, *_BAD_KEY.get(service, _BAD_KEY["bedrock"]))
        if region not in self.regions:
            return refusal(service, *_CLOSED.get(service, _CLOSED["bedrock"]))
        answer = {"sts": self._sts, "ec2": self._ec2, "servicequotas": self._quotas}
        return answer.get(service, self._bedrock)(seen, key, region)

    def _sts(self, _: Seen, key: str, __: str) -> Reply:
        account = self.accounts[key]
        fields = {
            "Arn": f"arn:aws:iam::{account}:user/planner",
            "UserId": "AIDAEXAMPLE",
            "Account": account,
        }
        inner = _xml("GetCallerIdentityResult", fields)
        return _xml_reply(f"<GetCallerIdentityResponse>{inner}</GetCallerIdentityResponse>")

    def _ec2(self, seen: Seen, _: str, region: str) -> Reply:
        form = {name: values[0] for name, values in parse_qs(seen.body.decode()).items()}
        if form["Action"] == "DescribeRegions":
            items = [{"regionName": name, "optInStatus": "opted-in"} for name in self.regions]
            return _xml_reply(_ec2_list("DescribeRegions", "regionInfo", items))
        items = [
            {"instanceType": name, "locationType": "availability-zone", "location": region + zone}
            for name, zones in self.instances.items()
            for zone in zones
        ]
        found, token = self._paged(items, form.get("NextToken"))
        action = "DescribeInstanceTypeOfferings"
        return _xml_reply(_ec2_list(action, "instanceTypeOfferingSet", found, token))

    def _quotas(self, seen: Seen, _: str, region: str) -> Reply:
        asked = json.loads(seen.body)
        rows = [
            row | {"QuotaArn": f"arn:aws:servicequotas:{region}:111122223333:{row['QuotaCode']}"}
            for row in self.quotas.get(asked["ServiceCode"], ())
        ]
        if operation(seen) == "ListAWSDefaultServiceQuotas":
            rows = [row | {"Value": row["Value"] / 2} for row in rows]
        found, token = self._paged(rows, asked.get("NextToken"))
        return Reply(body={"Quotas": found} | ({"NextToken": token} if token else {}))

    def _bedrock(self, seen: Seen, _: str, region: str) -> Reply:
        if seen.path.startswith("/foundation-model-availability/"):
            return self._agreement(unquote(seen.path.rpartition("/")[2]))
        key, rows = {
            "/foundation-models": ("modelSummaries", self.models),
            "/inference-profiles": ("inferenceProfileSummaries", self.profiles.get(region, ())),
            "/provisioned-model-throughputs": (
                "provisionedModelSummaries",
                self.bought.get(region, ()),
            ),
        }.get(seen.path, (None, ()))
        if key is None:
            return refusal("bedrock", "UnknownOperationException", 404)
        if key == "modelSummaries":  # has no pages
            return Reply(body={key: list(rows)})
        found, token = self._paged(list(rows), seen.query.get("nextToken"))
        return Reply(body={key: found} | ({"nextToken": token} if token else {}))

    def _agreement(self, model_id: str) -> Reply:
        return Reply(
            body={
                "modelId": model_id,
                "agreementAvailability": {"status": self.agreements.get(model_id, "AVAILABLE")},
                "authorizationStatus": "AUTHORIZED",
                "entitlementAvailability": "AVAILABLE",
                "regionAvailability": "AVAILABLE",
            }
        )

    def _mantle(self, seen: Seen) -> Reply:
        if seen.headers.get("authorization") != f"Bearer {TOKEN}":
            return Reply(status=401, body={"error": {"message": "Invalid bearer token"}})
        data = [{"id": name, "object": "model", "owned_by": "system"} for name in self.mantle]
        return Reply(body={"object": "list", "data": data})

    def _paged(self, rows: list[Any], token: str | None) -> tuple[list[Any], str | None]:
        start = int(token or 0)
        end = start + self.page
        return rows[start:end], str(end) if end < len(rows) else None


_BAD_KEY = {
    "sts": ("InvalidClientTokenId", 403),
    "ec2": ("AuthFailure", 401),
    "bedrock": ("UnrecognizedClientException", 403),
}
_CLOSED = {"ec2": ("AuthFailure", 401), "bedrock": ("UnrecognizedClientException", 403)}


def refusal(service: str, code: str, status: int | None = None) -> Reply:
    """An error as a service words it: with the caller's ARN in it, as AWS does."""
    status = status or _STATUS.get(code, 400)
    words = f"User: arn:aws:iam::111122223333:user/planner: {code}"
    if service == "ec2":
        error = _xml("Error", {"Code": code, "Message": words})
        return _xml_reply(f"<Response><Errors>{error}</Errors></Response>", status)
    if service == "sts":
        error = _xml("Error", {"Type": "Sender", "Code": code, "Message": words})
        return _xml_reply(f"<ErrorResponse>{error}</ErrorResponse>", status)
    if service == "bedrock":
        return Reply(status=status, body={"message": words}, headers={"x-amzn-ErrorType": code})
    return Reply(status=status, body={"__type": code, "message": words})


def operation(seen: Seen) -> str:
    """What a request asks for: a JSON target, a form's action, or a path."""
    if target := seen.headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    form = parse_qs(seen.body.decode(errors="replace"))
    return form.get("Action", [seen.path])[0]


def asks(what: str, region: str | None = None) -> Callable[[Seen], bool]:
    """A matcher of requests for an operation, in one region or in all."""

    def matches(seen: Seen) -> bool:
        signed = _SIGNED.search(seen.headers.get("authorization", ""))
        there = region is None or (signed is not None and signed[2] == region)
        return operation(seen) == what and there

    return matches


def environment(url: str, key: str = FIRST_KEY) -> dict[str, str]:
    """The variables under which boto3 asks this stand-in and no file of the machine."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": key,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def _xml(tag: str, fields: Mapping[str, str]) -> str:
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return f"<{tag}>{inner}</{tag}>"


def _ec2_list(
    action: str, tag: str, items: Iterable[Mapping[str, str]], token: str | None = None
) -> str:
    rows = "".join(_xml("item", item) for item in items)
    more = f"<nextToken>{token}</nextToken>" if token else ""
    return f"<{action}Response><{tag}>{rows}</{tag}>{more}</{action}Response>"


def _xml_reply(body: str, status: int = 200) -> Reply:
    return Reply(status=status, body=body.encode(), headers={"Content-Type": "text/xml"})
