"""Terraform for Azure: `azurerm_cognitive_deployment`, in a resource that exists.

Arguments as hashicorp/terraform-provider-azurerm documents them for 4.x
(website/docs/r/cognitive_deployment.html.markdown); its changelog has 4.39.0 as the first that
takes models of every format. It had no argument for spillover when this was written (issue 29085
and pull request 32876, both open on 2026-08-31).
"""

from planner.core.deployable import Deployable
from planner.render.emit.azure import (
    NUMBERS,
    SPILLOVER_HEADER,
    AzureDeployment,
    azure_holes,
    azure_remarks,
    deployments,
)
from planner.render.emit.bicep import UPGRADE
from planner.render.emit.lead import lead
from planner.render.emit.words import comment, hcl, hole, number, sentence, words

_PROVIDER = """\
terraform {
  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = ">= 4.39, < 5.0"
    }
  }
}

provider "azurerm" {
  features {}
}
"""
_NO_ARGUMENT = "azurerm had no argument for spillover when this was written"


def azure_terraform(of: Deployable) -> str:
    """The deployments and the variables that they need."""
    names = ("cognitive_account_id", *azure_holes(of))
    parts = deployments(of)
    remarks = [*azure_remarks(of), *(text for one in parts for text in _spillover(one))]
    lines = [*lead(of, names, remarks), "", _PROVIDER]
    for name in names:
        region = f", in {words(of.region)}" if of.region and name == names[0] else ""
        lines += [*variable_block(name, f"{sentence(name)}{region}."), ""]
    for one in parts:
        lines += [*comment(f"{one.what}."), *_resource(one), ""]
    return "\n".join(lines)


def variable_block(name: str, description: str) -> list[str]:
    """A variable without a default: Terraform asks for it."""
    return [
        f'variable "{name}" {{',
        f"  type        = {'number' if name in NUMBERS else 'string'}",
        f"  description = {hcl(description)}",
        "}",
    ]


def _spillover(one: AzureDeployment) -> list[str]:
    if one.spills_to is None:
        return []
    told = f"spilloverDeploymentName of {one.name} to {one.spills_to}"
    header = f"{SPILLOVER_HEADER}: {one.spills_to}"
    return [f"{_NO_ARGUMENT}: set the property {told}, or send the header {header}."]


def _resource(one: AzureDeployment) -> list[str]:
    return [
        f'resource "azurerm_cognitive_deployment" "{one.symbol}" {{',
        f"  name                   = {hcl(one.name)}",
        f"  cognitive_account_id   = {hcl(hole('cognitive_account_id'))}",
        f'  version_upgrade_option = "{UPGRADE}"',
        "",
        "  model {",
        f"    format  = {hcl(one.model_format)}",
        f"    name    = {hcl(one.model)}",
        f"    version = {hcl(one.version)}",
        "  }",
        "",
        "  sku {",
        f"    name     = {hcl(one.sku)}",
        f"    capacity = {number(one.capacity, hcl)}",
        "  }",
        "}",
    ]
