"""The lists of Azure's management API, made up in their recorded shapes."""

from collections.abc import Iterable
from typing import Any

NOTHING = "00000000-0000-0000-0000-{:012d}"
MIDNIGHT = "T00:00:00Z"
RATES = [
    {"key": "request", "renewalPeriod": 10, "count": 1},
    {"key": "token", "renewalPeriod": 60, "count": 1000},
]

# Model, version, publisher's format, capabilities, and SKUs: name, usage name, retirement.
WORLD: list[tuple[str, str, str, dict[str, str], list[tuple[str, str, str]]]] = [
    (
        "gpt-4o",
        "2024-11-20",
        "OpenAI",
        {"chatCompletion": "true", "maxContextToken": "128000", "maxOutputToken": "16384"},
        [
            ("GlobalStandard", "OpenAI.GlobalStandard.gpt-4o", "2099-12-31"),
            ("Standard", "OpenAI.Standard.gpt-4o", "2099-12-31"),
            ("GlobalBatch", "OpenAI.GlobalBatch.gpt-4o", "2099-12-31"),
        ],
    ),
    (
        "gpt-4.1",
        "2025-04-14",
        "OpenAI",
        {"chatCompletion": "true", "responses": "true", "fineTune": "true"},
        [
            ("GlobalStandard", "OpenAI.GlobalStandard.gpt4.1", "2027-10-14"),
            ("DataZoneStandard", "OpenAI.DataZoneStandard.gpt4.1", "2027-10-14"),
            ("GlobalStandard", "OpenAI.GlobalStandard.gpt4.1-finetune", "2028-10-14"),
            ("ProvisionedManaged", "OpenAI.ProvisionedManaged", "2027-10-14"),
            ("ProvisionedManaged", "OpenAI.ProvisionedManaged", "2028-10-14"),
        ],
    ),
    (
        "gpt-5.1",  # named to replace gpt-4o, which has retired
        "2025-11-13",
        "OpenAI",
        {"chatCompletion": "true", "responses": "true", "maxContextToken": "400000"},
        [("GlobalStandard", "OpenAI.GlobalStandard.gpt-5.1", "2099-12-31")],
    ),
    (
        "text-embedding-3-large",
        "1",
        "OpenAI",
        {"embeddings": "true"},
        [("Standard", "OpenAI.Standard.text-embedding-3-large", "2028-04-14")],
    ),
    (
        "Llama-3.3-70B-Instruct",
        "9",
        "Meta",
        {"chatCompletion": "true", "maxContextToken": "128000"},
        [("GlobalStandard", "AIServices.GlobalStandard.MaaS", "2099-12-31")],
    ),
]
# Quota: what the portal calls it, used and limit.
USAGES = {
    "OpenAI.GlobalStandard.gpt-4o": ("Tokens Per Minute (thousands) - gpt-4o", 50, 450),
    "OpenAI.Standard.gpt-4o": ("Tokens Per Minute (thousands) - gpt-4o - Standard", 0, 300),
    "OpenAI.GlobalBatch.gpt-4o": ("Enqueued tokens (thousands) - gpt-4o", 0, 200000),
    "OpenAI.GlobalStandard.gpt4.1": ("Tokens Per Minute (thousands) - gpt-4.1", 1000, 1000),
    "openai.DataZoneStandard.gpt4.1": ("Tokens Per Minute (thousands) - gpt-4.1 - DZ", 0, 300),
    "OpenAI.GlobalStandard.gpt4.1-finetune": ("Tokens Per Minute (thousands) - ft", 0, 250),
    "OpenAI.GlobalStandard.gpt-5.1": ("Tokens Per Minute (thousands) - gpt-5.1", 50, 500),
    "OpenAI.ProvisionedManaged": ("Provisioned Managed Throughput Unit", 0, 0),
    "OpenAI.Standard.text-embedding-3-large": ("Tokens Per Minute (thousands) - te3", 0, 350),
    "AIServices.GlobalStandard.MaaS": ("Default Quota for Model-as-a-Service Models", 0, 20),
}
# Where a region has less of a quota than the others.
SCARCE = {
    "westeurope": {
        "OpenAI.GlobalStandard.gpt-5.1": ("Tokens Per Minute (thousands) - gpt-5.1", 50, 150),
    },
}
# Deployment: model, version, SKU, units.
DEPLOYMENTS = [
    ("chat", "gpt-4o", "2024-11-20", "GlobalStandard", 50),
    ("search", "text-embedding-3-large", "1", "Standard", 100),
]
SIZES = [
    # size, family, vCPUs, memory, GPUs
    ("Standard_D4s_v3", "standardDSv3Family", 4, 16, 0),
    ("Standard_NC24ads_A100_v4", "StandardNCADSA100v4Family", 24, 220, 1),
    ("Standard_ND96isr_H100_v5", "standardNDSH100v5Family", 96, 1900, 8),
]


def models(
    subscription: str, region: str, crowd: Iterable[dict[str, Any]] = ()
) -> list[dict[str, Any]]:
    """Return the models of a region, with those of a crowd, each under two kinds."""
    made = [*(model_entry(subscription, region, *model) for model in WORLD), *crowd]
    twins = {"OpenAI": "OpenAI", "Meta": "MaaS"}
    return made + [{**entry, "kind": twins[entry["model"]["format"]]} for entry in made]


def model_entry(  # noqa: PLR0917 - in the order of WORLD
    subscription: str,
    region: str,
    name: str,
    version: str,
    form: str,
    capabilities: dict[str, str],
    skus: list[tuple[str, str, str]],
) -> dict[str, Any]:
    """Return one entry of kind AIServices."""
    full = f"{form}.{name}.{version}"
    place = f"/subscriptions/{subscription}/providers/Microsoft.CognitiveServices/locations"
    first = next((day for _, _, day in skus), "2099-12-31")
    return {
        "id": f"{place}/{region}/models/{full}",
        "type": "Microsoft.CognitiveServices/locations/models",
        "name": full,
        "location": region,
        "kind": "AIServices",
        "skuName": "S0",
        "model": {
            "format": form,
            "name": name,
            "version": version,
            "isDefaultVersion": True,
            "skus": [sku(*told) for told in skus],
            "maxCapacity": 3,
            "capabilities": capabilities,
            "deprecation": {"inference": first + MIDNIGHT},
            "lifecycleStatus": "GenerallyAvailable",
            "systemData": {"createdBy": "Microsoft", "createdAt": "2025-04-11T00:00:00Z"},
        },
    }


def sku(name: str, usage_name: str, retires: str) -> dict[str, Any]:
    """Return one SKU row of a model."""
    row: dict[str, Any] = {"name": name, "usageName": usage_name}
    if "Provisioned" in name:
        row["capacity"] = {"minimum": 25, "maximum": 30000, "step": 25}
        row["costs"] = [{"name": "Hosting", "meterId": NOTHING.format(7), "unit": "1 Unit/Hour"}]
    else:
        row["capacity"] = {"maximum": 1000000, "default": 10}
        row["costs"] = [
            {"name": "ContextToken", "meterId": NOTHING.format(1), "unit": "1K Tokens"},
            {"name": "GeneratedToken", "meterId": "", "unit": "1K Tokens"},
        ]
    if name.endswith("Standard"):
        row["rateLimits"] = RATES
    return {**row, "deprecationDate": retires + MIDNIGHT}


def usages(told: dict[str, tuple[str, int, int]], *, second: bool) -> list[dict[str, Any]]:
    """Return the quotas of a region; a second subscription uses nothing and has half."""
    return [
        {
            "name": {"value": name, "localizedValue": words},
            "currentValue": 0 if second else used,
            "limit": limit // 2 if second else limit,
            "unit": "Count",
        }
        for name, (words, used, limit) in told.items()
    ]


def locations(subscription: str, regions: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return physical regions, one of them without AI services, and a group of regions."""
    places = [(region, "Physical") for region in (*regions, "southindia")] + [("europe", "Logical")]
    return [
        {
            "id": f"/subscriptions/{subscription}/locations/{name}",
            "name": name,
            "type": "Region",
            "displayName": name.title(),
            "metadata": {"regionType": kind, "longitude": "1.5", "latitude": "2.5"},
        }
        for name, kind in places
    ]


def account_skus(regions: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return the SKUs of accounts: AI services in some regions, translation in one more."""
    told = [("AIServices", "S0", region) for region in regions]
    return [
        {
            "resourceType": "accounts",
            "name": name,
            "tier": "Standard",
            "kind": kind,
            "locations": [region.upper()],
            "locationInfo": [{"location": region.upper(), "zones": [], "zoneDetails": []}],
            "restrictions": [],
        }
        for kind, name, region in [*told, ("TextTranslation", "C2", "southindia")]
    ]


def capacities(regions: tuple[str, ...], model: dict[str, str]) -> list[dict[str, Any]]:
    """Return what each region could still deploy of a model."""
    return [
        {
            "location": region.title(),
            "properties": {
                "model": model,
                "skuName": "GlobalProvisionedManaged",
                "availableCapacity": 300 * number,
            },
        }
        for number, region in enumerate(regions)
    ]


def gpu_sizes(region: str) -> list[dict[str, Any]]:
    """Return machine sizes; the largest may not be used by this subscription."""
    shut = {
        "type": "Location",
        "values": [region],
        "restrictionInfo": {"locations": [region]},
        "reasonCode": "NotAvailableForSubscription",
    }
    return [
        {
            "resourceType": "virtualMachines",
            "name": name,
            "tier": "Standard",
            "family": family,
            "locations": [region],
            "locationInfo": [{"location": region, "zones": ["3", "1"], "zoneDetails": []}],
            "capabilities": [
                {"name": "vCPUs", "value": str(vcpus)},
                {"name": "MemoryGB", "value": str(memory)},
                *([{"name": "GPUs", "value": str(gpus)}] if gpus else []),
            ],
            "restrictions": [shut] if vcpus > 90 else [],
        }
        for name, family, vcpus, memory, gpus in SIZES
    ]
