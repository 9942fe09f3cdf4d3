"""Made-up offer files of the AWS price list, in the recorded shapes."""

import json
from collections.abc import Iterator
from typing import Any

from tests.cloud.prices_change import Changes

OFFERS = ("AmazonBedrock", "AmazonBedrockFoundationModels", "AmazonEC2")
_BILLING = {
    "us-east-1": "USE1",
    "us-west-2": "USW2",
    "ca-central-1": "CAN1",
    "eu-west-1": "EU",
    "il-central-1": "ILC1",
    "ap-northeast-1": "APN1",
}
REGIONS = tuple(_BILLING)
_PUBLISHED = "2026-10-07T18:37:33Z"
_EFFECTIVE = "2026-10-01T00:00:00Z"

# Usage type without the region, attributes, amount and unit.
_NATIVE: tuple[tuple[str, dict[str, str], str, str], ...] = (
    ("gpt-oss-120b-output-tokens", {"model": "gpt-oss-120b"}, "0.00060", "1K tokens"),
    ("gpt-oss-120b-input-tokens-batch", {"model": "gpt-oss-120b"}, "0.000075", "1K tokens"),
    (
        "gpt-oss-120b-input-tokens-priority",
        {"model": "gpt-oss-120b", "inferenceType": "Input tokens priority"},
        "0.0002625",
        "1K tokens",
    ),
    ("openai.gpt-oss-120b-mantle-output-tokens-standard", {}, "0.00060", "1K tokens"),
    ("Nova2.0Lite-input-tokens", {"model": "Nova 2.0 Lite"}, "0.00033", "1K tokens"),
    ("Nova2.0Lite-output-tokens", {"model": "Nova 2.0 Lite"}, "0.00275", "1K tokens"),
    (
        "Nova2.0Lite-output-tokens-cross-region-global-batch",
        {"model": "Nova 2.0 Lite"},
        "0.00125",
        "1K tokens",
    ),
    # Of some global cache reads the file tells no inference type.
    (
        "Nova2.0Lite-cache-read-input-token-count-cross-region-global",
        {"model": "Nova 2.0 Lite"},
        "0.000075",
        "1K tokens",
    ),
    (
        "Nova2.0Lite-ProvisionedThroughput-NoCommit-ModelUnits",
        {"model": "Nova 2.0 Lite"},
        "60.5",
        "hour",
    ),
    (
        "Nova2.0Lite-ProvisionedThroughput-1month-ModelUnits",
        {"model": "Nova 2.0 Lite"},
        "55",
        "hour",
    ),
    (
        "Nova2.0Lite-input-tokens-custom-model",
        {"model": "Nova 2.0 Lite", "feature": "Model Customization"},
        "0.0003",
        "1K tokens",
    ),
    ("NovaCanvas-T2I-1024-Premium", {"model": "Nova Canvas"}, "0.06", "image"),
    ("Guardrail-ContentPolicyUnitsConsumed", {}, "0.00015", "TextUnit"),
)
_MARKETPLACE: tuple[tuple[str, str, str, str], ...] = (
    ("Claude Opus 4.5", "InputTokenCount", "5.5", "1M tokens"),
    ("Claude Opus 4.5", "OutputTokenCount", "27.5", "1M tokens"),
    ("Claude Opus 4.5", "InputTokenCount_Global", "5", "1M tokens"),
    ("Claude Opus 4.5", "OutputTokenCount_Global", "25", "1M tokens"),
    ("Claude Opus 4.5", "InputTokenCount_Global_Batch", "2.5", "1M tokens"),
    ("Claude Opus 4.5", "CacheReadInputTokenCount", "0.55", "1M tokens"),
    ("Claude Opus 4.5", "CacheWrite1hInputTokenCount", "11", "1M tokens"),
    ("Claude Opus 5", "input_tokens_standard", "5.5", "1M tokens"),
    ("Claude Opus 5", "output_tokens_batch", "13.75", "1M tokens"),
    ("Claude Opus 5", "cache_write_tokens_1h_global_standard", "10", "Units"),
    ("Claude Sonnet 4.5", "input_tokens_long_ctx_global_standard", "6", "1M tokens"),
    ("Claude Sonnet 4.5", "Reserved_3Month_OutputTPM_Global", "0.81", "1M TPM Hour"),
    ("Claude Sonnet 4.5", "search_units", "2", "Units"),
)


def region_index(offer: str, regions: tuple[str, ...]) -> dict[str, Any]:
    """The list of the regions that have a file of an offer."""
    path = f"/offers/v1.0/aws/{offer}/20261007183733"
    return {
        "formatVersion": "v1.0",
        "publicationDate": _PUBLISHED,
        "regions": {
            region: {"regionCode": region, "currentVersionUrl": f"{path}/{region}/index.json"}
            for region in regions
        },
    }


def offer_file(
    offer: str,
    region: str,
    changes: Changes,
    *,
    size: int = 0,
    compact: bool = False,
    terms_first: bool = False,
) -> bytes:
    """One file; an EC2 file is filled with other machines up to about `size` bytes."""
    makers = {"AmazonBedrock": _native, "AmazonBedrockFoundationModels": _marketplace}
    if offer == "AmazonEC2":
        products, on_demand, reserved = _machines(region)
    else:
        products, on_demand = _joined(makers[offer](region, changes))
        reserved = {}
    filler = _Filler(region, size if offer == "AmazonEC2" else 0, compact=compact)
    head = {
        "formatVersion": "v1.0",
        "disclaimer": "This pricing list is for informational purposes only.",
        "offerCode": offer,
        "version": "20261007183733",
        "publicationDate": _PUBLISHED,
    }
    parts = [("products", _text(products, 1, filler.products, compact=compact))]
    terms = [("OnDemand", _text(on_demand, 2, filler.on_demand, compact=compact))]
    if reserved:
        terms.append(("Reserved", _text(reserved, 2, filler.reserved, compact=compact)))
    parts.append(("terms", _object(terms, 1, compact=compact)))
    if terms_first:
        parts.reverse()
    told = [(key, json.dumps(value)) for key, value in head.items()]
    body = _object([*told, *parts, ("attributesList", "{ }")], 0, compact=compact)
    return body.encode()


def _joined(
    meters: Iterator[tuple[str, dict[str, Any], dict[str, Any]]],
) -> tuple[dict[str, Any], dict[str, Any]]:
    products, terms = {}, {}
    for sku, product, term in meters:
        products[sku] = product
        terms[sku] = term
    return products, terms


def _native(region: str, changes: Changes) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    billing = _BILLING.get(region, "USE1")
    changing = changes.words("gpt-oss-120b-input-tokens", "gpt-oss-120b-input-tokens-flex")
    amount = changes.amount("0.00015")
    meter = (changing, {"model": "gpt-oss-120b"}, amount, "1K tokens")
    for number, (usage, told, usd, unit) in enumerate(
        (*(() if changes.gone else (meter,)), *_NATIVE)
    ):
        # The meter that changes keeps its SKU.
        sku = f"NATIVE{'00' if usage == changing else number + 1 + changes.gone:02}"
        attributes = {"servicecode": "AmazonBedrock", "regionCode": region} | told
        attributes["usagetype"] = f"{billing}-{usage}"
        yield sku, _product(sku, attributes, "Amazon Bedrock"), on_demand(sku, usd, unit)


def _marketplace(region: str, _: Changes) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    billing = _BILLING.get(region, "USE1")
    for number, (name, dimension, usd, unit) in enumerate(_MARKETPLACE):
        sku = f"MARKET{number:02}"
        attributes = {
            "servicename": f"{name} (Amazon Bedrock Edition)",
            "usagetype": f"{billing}-MP:{billing}_{dimension}-Units",
            "regionCode": region,
        }
        description = f"AWS Marketplace software usage|{region}|{dimension}"
        if "TPM" in dimension:
            description = f"AWS Marketplace software usage|{region}|Per Hour per 1K Output TPM"
        term = on_demand(sku, usd, unit, description=description)
        yield sku, _product(sku, attributes, None), term
    legacy = {
        "servicename": "Claude (100K) (Amazon Bedrock Edition)",
        "usagetype": f"{billing}-MP:{billing}_InputTokenCount-Units",
        "regionCode": region,
    }
    yield "LEGACY", _product("LEGACY", legacy, None), on_demand("LEGACY", "11.02", "1M tokens")


def _product(sku: str, attributes: dict[str, str], family: str | None) -> dict[str, Any]:
    told = {} if family is None else {"productFamily": family}
    return {"sku": sku} | told | {"attributes": attributes}


def on_demand(
    sku: str, usd: str, unit: str, *, currency: str = "USD", description: str = ""
) -> dict[str, Any]:
    """The on-demand terms of a SKU."""
    code = f"{sku}.JRTCKXETXF"
    rate = {
        "rateCode": f"{code}.6YS6EN2CT7",
        "description": description or f"${usd} per {unit}",
        "beginRange": "0",
        "endRange": "Inf",
        "unit": unit,
        "pricePerUnit": {currency: f"{usd}.0000000000" if usd.isdecimal() else usd},
        "appliesTo": [],
    }
    return {
        code: {
            "offerTermCode": "JRTCKXETXF",
            "sku": sku,
            "effectiveDate": _EFFECTIVE,
            "priceDimensions": {f"{code}.6YS6EN2CT7": rate},
            "termAttributes": {},
        }
    }


def reservation(
    sku: str, length: str, way: str, *, upfront: str, hourly: str, offering: str = "standard"
) -> dict[str, Any]:
    """One way to reserve a SKU."""
    letters = {"1yr": "A", "3yr": "B"}[length] + way[:2].upper().strip() + offering[:1].upper()
    code = f"{sku}.{letters}"
    parts = {"Hrs": hourly, "Quantity": upfront}
    return {
        code: {
            "offerTermCode": letters,
            "sku": sku,
            "effectiveDate": _EFFECTIVE,
            "priceDimensions": {
                f"{code}.{unit}": {
                    "rateCode": f"{code}.{unit}",
                    "description": "Upfront Fee" if unit == "Quantity" else "Linux/UNIX",
                    "unit": unit,
                    "pricePerUnit": {"USD": usd},
                    "appliesTo": [],
                }
                for unit, usd in parts.items()
                if usd
            },
            "termAttributes": {
                "LeaseContractLength": length,
                "OfferingClass": offering,
                "PurchaseOption": way,
            },
        }
    }


def machine(sku: str, name: str, region: str, **told: str) -> dict[str, Any]:
    """An EC2 product: the plain Linux machine, where nothing else is told."""
    code = "" if region == "us-east-1" else f"{_BILLING.get(region, 'XX1')}-"
    attributes = {
        "servicecode": "AmazonEC2",
        "locationType": "AWS Region",
        "instanceType": name,
        "instanceFamily": "GPU instance",
        "vcpu": "96",
        "physicalProcessor": "Intel Xeon Platinum 8275L",
        "memory": "1152 GiB",
        "storage": "8 x 1000 SSD",
        "tenancy": "Shared",
        "operatingSystem": "Linux",
        "licenseModel": "No License required",
        "usagetype": f"{code}BoxUsage:{name}",
        "operation": "RunInstances",
        "availabilityzone": "NA",
        "capacitystatus": "Used",
        "gpuMemory": "NA",
        "marketoption": "OnDemand",
        "preInstalledSw": "NA",
        "processorFeatures": "Intel AVX; Intel AVX2; Intel AVX512; Intel Turbo",
        "regionCode": region,
        "servicename": "Amazon Elastic Compute Cloud",
    }
    return _product(sku, attributes | told, "Compute Instance")


def _machines(region: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Machines with the SKUs that stand beside the one that counts."""
    products = {
        "P4D": machine("P4D", "p4d.24xlarge", region, gpu="8"),
        "P4DCB": machine(
            "P4DCB",
            "p4d.24xlarge",
            region,
            gpu="8",
            operation="RunInstances:CB",
            marketoption="CapacityBlock",
        ),
        "P4DWIN": machine(
            "P4DWIN", "p4d.24xlarge", region, gpu="8", operatingSystem="Windows",
            operation="RunInstances:0002",
        ),
        "P4DDED": machine("P4DDED", "p4d.24xlarge", region, gpu="8", tenancy="Dedicated"),
        "P4DRES": machine(
            "P4DRES", "p4d.24xlarge", region, gpu="8", capacitystatus="UnusedCapacityReservation"
        ),
        "P4DZONE": machine(
            "P4DZONE", "p4d.24xlarge", f"{region}-bos-1", gpu="8", locationType="AWS Local Zone"
        ),
        "P5E": machine("P5E", "p5e.48xlarge", region, gpu="8"),  # sold, but without a price
        "TRN1": machine("TRN1", "trn1.32xlarge", region),  # its accelerators are no GPUs
        "M5": machine("M5", "m5.large", region),
    }  # fmt: skip
    prices = {
        "P4D": "32.7726", "P4DCB": "0", "P4DWIN": "37.1886", "P4DDED": "35.9", "P4DRES": "32.7726",
        "P4DZONE": "40.9", "TRN1": "21.5", "M5": "0.096",
    }  # fmt: skip
    terms = {sku: on_demand(sku, usd, "Hrs") for sku, usd in prices.items()}
    reserved = {
        "P4D": reservation("P4D", "1yr", "All Upfront", upfront="168819", hourly="0.0000000000")
        | reservation("P4D", "1yr", "No Upfront", upfront="", hourly="20.1837000000")
        | reservation("P4D", "1yr", "No Upfront", upfront="", hourly="22.0", offering="convertible")
        | reservation("P4D", "3yr", "All Upfront", upfront="292000", hourly="0.0000000000")
    }
    return products, terms, reserved


class _Filler:
    """What stands in an EC2 file beside the few machines that matter, as texts of entries."""

    def __init__(self, region: str, size: int, *, compact: bool) -> None:
        sku = "FILLERFILLER0000"
        one = machine(sku, "m7i.4xlarge", region, operatingSystem="SUSE")
        terms: dict[str, Any] = {}
        for length in ("1yr", "3yr"):
            for offering in ("standard", "convertible"):
                for way in ("No Upfront", "Partial Upfront", "All Upfront"):
                    terms |= reservation(
                        sku, length, way, upfront="1161", hourly="0.1", offering=offering
                    )
        entry = 7800 if compact else 13_700  # what one SKU takes, its terms included
        self._skus = [f"{number:016}" for number in range(size // entry)]
        templates = [(one, 1), (on_demand(sku, "0.8", "Hrs"), 2), (terms, 2)]
        self.products, self.on_demand, self.reserved = (
            self._all(sku, _value(entry, depth, compact=compact)) for entry, depth in templates
        )

    def _all(self, sku: str, entry: str) -> list[tuple[str, str]]:
        return [(one, entry.replace(sku, one)) for one in self._skus]


def _text(
    entries: dict[str, Any], depth: int, more: list[tuple[str, str]], *, compact: bool
) -> str:
    """The text of an object of entries, the few that matter in the middle of the others."""
    mine = [(key, _value(value, depth, compact=compact)) for key, value in entries.items()]
    middle = len(more) // 2
    return _object([*more[:middle], *mine, *more[middle:]], depth, compact=compact)


def _value(value: object, depth: int, *, compact: bool) -> str:
    if compact:
        return json.dumps(value, separators=(",", ":"))
    text = json.dumps(value, indent=2, separators=(",", " : "))
    return text.replace("\n", "\n" + "  " * (depth + 1))


def _object(members: list[tuple[str, str]], depth: int, *, compact: bool) -> str:
    if compact:
        return "{" + ",".join(f'"{key}":{value}' for key, value in members) + "}"
    pad = "\n" + "  " * (depth + 1)
    return "{" + ",".join(f'{pad}"{key}" : {value}' for key, value in members) + pad[:-2] + "}"
