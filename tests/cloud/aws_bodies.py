"""What the small AWS lists, in the shapes of recorded answers.

The names of real models stand beside figures of this file's own.
"""

from collections.abc import Sequence
from typing import Any


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
