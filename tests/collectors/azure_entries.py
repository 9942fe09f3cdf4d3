"""Entries of Azure's lists, and what the collector makes of them.

The first entries are real ones of Sweden Central (Azure/azure-dev, a test recording of 2026-04-23,
MIT), shortened, their ids zeroed.
"""

import datetime as dt
from typing import Any

from planner.collectors import Facts, Harvest, Piece
from planner.collectors._azure_parse import parse
from planner.core.offers import AppliesTo, Offer, Retirement
from planner.files.facts import model_names, regions

FACTS = Facts(model_names(), regions())
ZERO = "00000000-0000-0000-0000-000000000000"
RATES = [
    {"key": "request", "renewalPeriod": 60, "count": 1},
    {"key": "token", "renewalPeriod": 60, "count": 1000},
]


def hosting(day: str) -> dict[str, Any]:
    """The row of gpt-4.1 on regional provisioned units; there are two, a year apart."""
    return {
        "name": "ProvisionedManaged",
        "usageName": "OpenAI.ProvisionedManaged",
        "capacity": {"minimum": 25, "maximum": 30000, "step": 25},
        "deprecationDate": f"{day}T00:00:00Z",
        "costs": [{"name": "Hosting", "meterId": ZERO, "unit": "1 Unit/Hour"}],
    }


GPT_41: dict[str, Any] = {
    "id": f"/subscriptions/{ZERO}/providers/Microsoft.CognitiveServices/locations/SwedenCentral"
    "/models/OpenAI.gpt-4.1.2025-04-14",
    "type": "Microsoft.CognitiveServices/locations/models",
    "name": "OpenAI.gpt-4.1.2025-04-14",
    "location": "SwedenCentral",
    "kind": "AIServices",
    "skuName": "S0",
    "model": {
        "format": "OpenAI",
        "name": "gpt-4.1",
        "version": "2025-04-14",
        "isDefaultVersion": True,
        "skus": [
            {
                "name": "GlobalStandard",
                "usageName": "OpenAI.GlobalStandard.gpt4.1",
                "capacity": {"maximum": 1000000, "default": 10},
                "deprecationDate": "2026-10-14T00:00:00Z",
                "rateLimits": RATES,
                "costs": [
                    {"name": "CachedContextToken", "meterId": "", "unit": "1K Tokens"},
                    {"name": "CachedContextToken", "meterId": "", "unit": "1K Tokens"},
                    {"name": "GeneratedToken", "meterId": "", "unit": "1K Tokens"},
                ],
            },
            {
                "name": "DataZoneStandard",
                "usageName": "OpenAI.DataZoneStandard.gpt4.1",
                "capacity": {"maximum": 1000000, "default": 10},
                "deprecationDate": "2026-10-14T00:00:00Z",
                "rateLimits": RATES,
            },
            hosting("2026-10-14"),
            hosting("2027-10-14"),
            {
                "name": "GlobalStandard",
                "usageName": "OpenAI.GlobalStandard.gpt4.1-finetune",
                "capacity": {"maximum": 10000000, "default": 10},
                "deprecationDate": "2027-10-14T00:00:00Z",
                "rateLimits": RATES,
                "costs": [{"name": "Hosting", "meterId": ZERO, "unit": "1 Unit Hour"}],
            },
            {
                "name": "GlobalBatch",
                "usageName": "OpenAI.GlobalBatch.gpt-4.1",
                "capacity": {"maximum": 75000000, "default": 10},
                "deprecationDate": "2026-10-14T00:00:00Z",
            },
        ],
        "maxCapacity": 3,
        "capabilities": {
            "fineTune": "true",
            "priorityTierSkus": "GlobalStandard",
            "area": "EUR",
            "chatCompletion": "true",
            "responses": "true",
        },
        "deprecation": {
            "fineTune": "2026-10-14T00:00:00Z",
            "inference": "2026-10-14T00:00:00Z",
        },
        "lifecycleStatus": "GenerallyAvailable",
    },
}
DALL_E: dict[str, Any] = {
    "kind": "AIServices",
    "model": {
        "format": "OpenAI",
        "name": "dall-e-3",
        "version": "3.0",
        "isDefaultVersion": True,
        "skus": [
            {
                "name": "Standard",
                "usageName": "OpenAI.Standard.Dalle",
                "capacity": {"maximum": 1000, "default": 1},
                "deprecationDate": "2026-03-04T00:00:00Z",
                "rateLimits": [{"key": "request", "renewalPeriod": 60, "count": 3}],
            }
        ],
        "capabilities": {"inference": "true", "imageGenerations": "true"},
        "deprecation": {"inference": "2026-03-04T00:00:00Z"},
        "lifecycleStatus": "Deprecated",
    },
}
COHERE: dict[str, Any] = {
    "kind": "AIServices",
    "model": {
        "publisher": "Cohere",
        "format": "Cohere",
        "name": "Cohere-embed-v3-english",
        "version": "1",
        "isDefaultVersion": False,
        "skus": [
            {
                "name": "GlobalStandard",
                "usageName": "AIServices.GlobalStandard.MaaS",
                "capacity": {"maximum": 1, "default": 1},
                "deprecationDate": "2099-12-31T00:00:00Z",
            }
        ],
        "capabilities": {},
        "deprecation": {"inference": "2099-12-31T00:00:00Z"},
        "lifecycleStatus": "Stable",
    },
}


def piece(what: str, *entries: Any, **fields: Any) -> Piece:
    """A body of a list, of the account main in swedencentral unless told."""
    usual: dict[str, Any] = {
        "account": "main",
        "region": "swedencentral",
        "body": {"value": list(entries)},
    }
    return Piece(what=what, **(usual | fields))


def read(*pieces: Piece) -> Harvest:
    """What pieces say."""
    return parse(pieces, FACTS)


def offers(*pieces: Piece) -> list[Offer]:
    """The offers that pieces tell of."""
    return [r for r in read(*pieces).records if isinstance(r, Offer)]


def entry(**changes: Any) -> dict[str, Any]:
    """The entry of dall-e-3 with other content in its model."""
    return {"kind": "AIServices", "model": DALL_E["model"] | changes}


def row(**changes: Any) -> dict[str, Any]:
    """The SKU row of dall-e-3 with other content."""
    return dict(DALL_E["model"]["skus"][0]) | changes


def only(*pieces: Piece) -> Offer:
    """The one offer that pieces tell of."""
    (offer,) = offers(*pieces)
    return offer


def base(day: str) -> Retirement:
    """A retirement of base deployments."""
    return Retirement(on=dt.date.fromisoformat(day), applies_to=AppliesTo.BASE)


def tuned(day: str) -> Retirement:
    """A retirement of fine-tuned deployments."""
    return Retirement(on=dt.date.fromisoformat(day), applies_to=AppliesTo.FINE_TUNED)


def usage(name: Any, limit: Any = 300, used: Any = 20, words: Any = "") -> dict[str, Any]:
    """A usage as Azure lists it."""
    told = {"value": name, "localizedValue": words}
    return {"name": told, "currentValue": used, "limit": limit, "unit": "Count"}
