"""A shell script for the Azure CLI.

Options as azure-cli 2.91.0 prints them: `az cognitiveservices account create --help` and
`az cognitiveservices account deployment create --help`.
"""

from planner.core.deployable import Deployable
from planner.render.emit.azure import (
    AzureDeployment,
    azure_holes,
    azure_remarks,
    batch_of,
    deployments,
    spills,
)
from planner.render.emit.lead import lead
from planner.render.emit.words import comment, demands, hole, holes, known_or, option, variable


def az_script(of: Deployable) -> str:
    """Create the resource and the deployments, first the one that takes the overflow."""
    location = known_or(of.region, "location")
    names = ("resource_group", "account", *holes([location]), *azure_holes(of))
    remarks = azure_remarks(of)
    if spills(of):
        remarks.append("Needs an az that knows --spillover-deployment-name, as 2.91 does.")
    if batch_of(of) is not None:
        remarks.append(_BATCH_NEEDS)
    lines = [
        *lead(of, map(variable, names), remarks),
        "set -eu",
        *demands(names),
        "",
        "# The resource; leave this out where you have one in the region.",
        *_command(
            "az cognitiveservices account create",
            [
                *_RESOURCE,
                option("--kind", "AIServices"),
                option("--sku", "S0"),
                option("--location", location),
                option("--custom-domain", hole("account")),
                "--yes",
            ],
        ),
    ]
    parts = deployments(of)
    for one in parts:
        lines += ["", *comment(f"{one.what}."), *_deployment(one)]
        lines += [] if one is parts[-1] else _wait(one)
    return "\n".join(lines) + "\n"


def _deployment(one: AzureDeployment) -> list[str]:
    options = [
        *_RESOURCE,
        option("--deployment-name", one.name),
        option("--model-format", one.model_format),
        option("--model-name", one.model),
        option("--model-version", one.version),
        option("--sku-name", one.sku),
        option("--sku-capacity", one.capacity),
    ]
    if one.spills_to is not None:
        options.append(option("--spillover-deployment-name", one.spills_to))
    return _command("az cognitiveservices account deployment create", options)


def _wait(one: AzureDeployment) -> list[str]:
    """The command above returns at once, and a resource takes one change at a time."""
    show = [
        "  state=$(az cognitiveservices account deployment show \\",
        *(f"    {text} \\" for text in _RESOURCE),
        f"    {option('--deployment-name', one.name)} \\",
        "    --query properties.provisioningState \\",
        "    --output tsv)",
    ]
    waiting = '[ "$state" = Creating ] || [ "$state" = Accepted ]'
    return ["state=Creating", f"while {waiting}; do", "  sleep 5", *show, "done"]


def _command(command: str, options: list[str]) -> list[str]:
    *most, last = [command, *(f"  {text}" for text in options)]
    return [*(f"{line} \\" for line in most), last]


# Microsoft lists it among the known issues (Azure OpenAI batch deployments, 2026-03-19).
_BATCH_NEEDS = (
    "Batch asks for an endpoint such as https://NAME.openai.azure.com, which resources made by az "
    "have lacked: see that this one has it."
)
_RESOURCE = (
    option("--name", hole("account")),
    option("--resource-group", hole("resource_group")),
)
