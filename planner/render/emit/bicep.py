"""A Bicep template of the deployments, in a resource that exists.

API version 2025-09-01 is the stable one of azure-mgmt-cognitiveservices 14.1.0, which has all the
properties here. A version stays as it was priced as long as it lives and is then upgraded:
OnceCurrentVersionExpired (learn.microsoft.com, Microsoft.CognitiveServices/accounts/deployments).
"""

from planner.core.deployable import Deployable
from planner.render.emit.azure import (
    NUMBERS,
    AzureDeployment,
    azure_holes,
    azure_remarks,
    deployments,
)
from planner.render.emit.lead import lead
from planner.render.emit.words import bicep, camel, comment, number, sentence, words

API_VERSION = "2025-09-01"
UPGRADE = "OnceCurrentVersionExpired"

_ACCOUNTS = "Microsoft.CognitiveServices/accounts"


def bicep_template(of: Deployable) -> str:
    """The deployments, first the one that takes the overflow."""
    region = f", in {words(of.region)}" if of.region else ""
    resource = sentence("account")
    unknown = azure_holes(of)
    lines = [
        *lead(of, ["accountName", *map(camel, unknown)], azure_remarks(of), "//"),
        "",
        f"@description({bicep(f'{resource}{region}.')})",
        "param accountName string",
    ]
    for name in unknown:
        kind = "int" if name in NUMBERS else "string"
        lines += ["", f"@description({bicep(sentence(name) + '.')})", f"param {camel(name)} {kind}"]
    lines += [
        "",
        f"resource account '{_ACCOUNTS}@{API_VERSION}' existing = {{",
        "  name: accountName",
        "}",
    ]
    parts = deployments(of)
    for one, before in zip(parts, (None, *parts), strict=False):
        lines += ["", *comment(f"{one.what}.", "//"), *_resource(one, before)]
    return "\n".join(lines) + "\n"


def _resource(one: AzureDeployment, before: AzureDeployment | None) -> list[str]:
    """One deployment; it waits for the one before, since a resource takes one change at a time."""
    properties = [
        "    model: {",
        f"      format: {bicep(one.model_format)}",
        f"      name: {bicep(one.model)}",
        f"      version: {bicep(one.version)}",
        "    }",
        f"    versionUpgradeOption: '{UPGRADE}'",
    ]
    if one.spills_to is not None:
        properties.append("    spilloverDeploymentName: overflow.name")
    return [
        f"resource {one.symbol} '{_ACCOUNTS}/deployments@{API_VERSION}' = {{",
        "  parent: account",
        f"  name: {bicep(one.name)}",
        "  sku: {",
        f"    name: {bicep(one.sku)}",
        f"    capacity: {number(one.capacity, bicep)}",
        "  }",
        "  properties: {",
        *properties,
        "  }",
        *([] if before is None or one.spills_to else _after(before)),
        "}",
    ]


def _after(before: AzureDeployment) -> list[str]:
    return ["  dependsOn: [", f"    {before.symbol}", "  ]"]
