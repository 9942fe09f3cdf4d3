"""Made-up models in the density of a real list, to see what a region of many models costs.

The densest recorded list (swedencentral, April 2026) has, in 640 KB, 224 models that stand twice
each, 370 SKU rows under AIServices, and 116 of these with meter ids. Two thirds of the models are
of one row, with the same bytes in every region; those of many rows differ by region in which rows
they have, in their data zone and in their meter ids.
"""

import uuid
import zlib
from collections.abc import Iterator
from typing import Any

from tests.cloud.azure_bodies import MIDNIGHT, RATES, model_entry

# Of 224 models: how many have so many SKU rows, kinds of use billed a row, rows with meter ids.
_SHAPES = [
    (4, 0, 0, 0),
    (130, 1, 0, 0),
    (33, 1, 4, 0),
    (8, 1, 3, 1),
    (7, 2, 0, 0),
    (9, 2, 2, 0),
    (8, 2, 2, 1),
    (6, 3, 2, 2),
    (5, 4, 2, 4),
    (14, 8, 3, 5),
]
_ROWS = [
    "GlobalStandard",
    "DataZoneStandard",
    "Standard",
    "GlobalBatch",
    "DataZoneBatch",
    "ProvisionedManaged",
    "GlobalProvisionedManaged",
    "DataZoneProvisionedManaged",
    "GlobalStandard-finetune",
    "Standard-finetune",
]
_USES = ["GeneratedToken", "NoCachedContextToken", "CachedContextToken", "ContextToken"]
_ZONES = [{"area": "US"}, {"area": "EUR"}, {}]
_ABOUT = "Understands text and images, and answers in as many languages as it was trained with. "
_EACH = [shape for count, *shape in _SHAPES for _ in range(count)]


def crowd(subscription: str, region: str, models: int) -> Iterator[dict[str, Any]]:
    """Yield so many models of a region, each once, with a like share of every shape."""
    for number in range(models):
        rows, uses, metered = _EACH[number * 97 % len(_EACH)]  # 97 spreads the shapes evenly
        name = f"crowd-{number}"
        entry = model_entry(
            subscription, region, name, "2025-04-14", "OpenAI" if uses else "Meta", {}, []
        )
        zone = _ZONES[_turn(region) % len(_ZONES)] if rows > 1 else {}
        entry["model"] |= {
            "description": _ABOUT * (rows > 1),
            "capabilities": {"chatCompletion": "true", "maxContextToken": "128000", **zone},
            "skus": [
                _row(kind, name, uses, region if place < metered else None)
                for place, kind in enumerate(_kinds(region, rows))
            ],
            "systemData": _SYSTEM,
        }
        yield entry


def _turn(region: str) -> int:
    """Return a number by which regions differ, the same in every run."""
    return zlib.crc32(region.encode())


def _kinds(region: str, rows: int) -> list[str]:
    """Return the SKU rows that a model has in a region: large models not the same everywhere."""
    start = _turn(region) % len(_ROWS) if rows > 1 else 0
    return [*_ROWS, *_ROWS][start : start + rows]


def _row(kind: str, model: str, uses: int, meters_of: str | None) -> dict[str, Any]:
    """Return a SKU row that bills so many uses, by meters of a region or by untold ones."""
    sku, _, tuned = kind.partition("-")
    row: dict[str, Any] = {"name": sku, "usageName": f"OpenAI.{sku}.{model}"}
    if tuned:
        row["usageName"] += "-finetune"
    if "Provisioned" in sku:
        row["usageName"] = f"OpenAI.{sku}"
        row["capacity"] = {"minimum": 25, "maximum": 30000, "step": 25}
    else:
        row["capacity"] = {"maximum": 1000000, "default": 10}
    row["deprecationDate"] = ("2028" if tuned else "2027") + "-10-14" + MIDNIGHT
    if sku.endswith("Standard"):
        row["rateLimits"] = RATES
    if uses:
        names = ["Hosting"] if "Provisioned" in sku else _USES[:uses]
        row["costs"] = [
            {
                "name": name,
                "meterId": _meter(f"{meters_of}.{model}.{kind}.{name}") if meters_of else "",
                "unit": "1K Tokens",
            }
            for name in names
        ]
    return row


def _meter(what: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_OID, what))


_SYSTEM = {
    "createdBy": "Microsoft",
    "createdByType": "Application",
    "createdAt": "2024-10-01T00:00:00Z",
    "lastModifiedBy": "MaaSModelConverter",
    "lastModifiedByType": "Application",
    "lastModifiedAt": "2025-04-16T04:45:33.9367873Z",
}
