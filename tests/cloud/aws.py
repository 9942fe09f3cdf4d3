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
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from tests.cloud.server import Reply, Seen

FIRST_KEY, SECOND_KEY = "AKIAEXAMPLEFIRST", "AKIAEXAMPLESECOND"
SECRET = "wJalrEXAMPLEsecret"  # noqa: S105 - of this stand-in alone
TOKEN = "bedrock-api-key-example"  # noqa: S105 - of this stand-in alone
ACCOUNTS = {FIRST_KEY: "111122223333", SECOND_KEY: "444455556666"}
REGIONS = ("us-east-1", "us-west-2", "eu-central-1", "ap-northeast-1")
CLOSED_REGIONS = ("me-south-1",)

_SIGNED = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
_STATUS = {"AccessDeniedException": 403, "UnauthorizedOperation": 403, "ThrottlingException": 429}


def model(model_id: str, name: str, how: Sequence[str] = ("ON_DEMAND",), **fields: Any) -> Any:
    """An entry of ListFoundationModels; text to text, active, unless told otherwise."""
    usual = {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{model_id}",
        "modelId": model_id,
        "modelName": name,
        "providerName": "Amazon",
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "customizationsSupported": [],
        "inferenceTypesSupported": list(how),
        "modelLifecycle": {"status": "ACTIVE"},
    }
    return usual | fields


def profile(profile_id: str, *regions: str) -> Any:
    """An entry of ListInferenceProfiles; a global one has an ARN with an empty region, too."""
    of_model = profile_id.partition(".")[2]
    return {
        "inferenceProfileName": profile_id.upper()[:64],
        "createdAt": "2025-09-29T00:00:00+00:00",
        "inferenceProfileArn": "arn:aws:bedrock:us-east-1:111122223333:inference-profile/"
        + profile_id,
        "models": [
            {"modelArn": f"arn:aws:bedrock:{region}::foundation-model/{of_model}"}
            for region in regions
        ],
        "inferenceProfileId": profile_id,
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


def quota(code: str, name: str, value: float) -> Any:
    """An entry of ListServiceQuotas."""
    return {"QuotaCode": code, "QuotaName": name, "Value": value, "Unit": "None"}


SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0"
HAIKU = "anthropic.claude-3-haiku-20240307-v1:0"
MODELS = (
    model(SONNET, "Claude Sonnet 4.5", ["INFERENCE_PROFILE"], providerName="Anthropic"),
    model(
        HAIKU,
        "Claude 3 Haiku",
        providerName="Anthropic",
        modelLifecycle={
            "status": "LEGACY",
            "startOfLifeTime": "2024-03-13T00:00:00Z",
            "legacyTime": "2026-03-10T00:00:00Z",
            "endOfLifeTime": "2026-12-10T00:00:00Z",
        },
    ),
    model("amazon.nova-lite-v1:0", "Nova Lite", ["ON_DEMAND", "INFERENCE_PROFILE"]),
    model("amazon.nova-lite-v1:0:24k", "Nova Lite", ["PROVISIONED"]),
    model("amazon.titan-embed-text-v2:0", "Titan V2", outputModalities=["EMBEDDING"]),
)
PROFILES: dict[str, tuple[Any, ...]] = {
    "us-east-1": (
        profile(f"us.{SONNET}", "us-east-1", "us-east-2", "us-west-2"),
        profile(f"global.{SONNET}", "", "us-east-1"),
        profile("us.amazon.nova-lite-v1:0", "us-east-1", "us-west-2"),
    ),
    "us-west-2": (profile(f"us.{SONNET}", "us-east-1", "us-west-2"),),
    "eu-central-1": (profile(f"eu.{SONNET}", "eu-central-1", "eu-north-1", "eu-west-3"),),
    "ap-northeast-1": (profile(f"jp.{SONNET}", "ap-northeast-1", "ap-northeast-3"),),
}
_CROSS = "Cross-region model inference {} per minute for Anthropic Claude Sonnet 4.5 V1"
QUOTAS: dict[str, tuple[Any, ...]] = {
    "bedrock": (
        quota("L-F4DDD3EB", _CROSS.format("tokens"), 200_000),
        quota("L-4A6BFAB1", _CROSS.format("requests"), 200),
        quota("L-27C57EE8", f"Global {_CROSS.format('tokens').lower()}", 0),
        quota("L-F1613626", "(Flows) Flow executions per account", 1000),
    ),
    "ec2": (
        quota("L-417A185B", "Running On-Demand P instances", 96),
        quota("L-DB2E81BA", "Running On-Demand G and VT instances", 0),
        quota("L-1216C47A", "Running On-Demand Standard instances", 640),
    ),
}
INSTANCES = {"g5.xlarge": "abc", "g6.12xlarge": "ab", "p5.48xlarge": "b", "gpx.large": "a"}
BOUGHT = (
    {
        "provisionedModelName": "night-batch",
        "provisionedModelArn": "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abc",
        "modelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0:24k",
        "desiredModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0:24k",
        "foundationModelArn": "arn:aws:bedrock:us-east-1::foundation-model/"
        "amazon.nova-lite-v1:0:24k",
        "modelUnits": 2,
        "desiredModelUnits": 2,
        "status": "InService",
        "creationTime": "2026-05-01T00:00:00Z",
        "lastModifiedTime": "2026-05-01T00:00:00Z",
    },
)


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
