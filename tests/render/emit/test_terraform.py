"""Claims about Terraform: what it declares for Azure and for Bedrock, read back by a parser."""

from typing import Any

import hcl2
import pytest

from planner.core.deployable import Deployable
from planner.render.emit import emit
from tests.deployables import (
    azure,
    azure_units,
    batch,
    bedrock,
    bedrock_units,
    coming_and_going,
    comments,
)

STANDARD = """\
# For the workload support chat: gpt-5.1 2025-11-13 (azure, GlobalStandard, swedencentral),
# 450 thousand tokens a minute.
# planner wrote this and has not run it. Set cognitive_account_id first.
# Requests name the deployment support-chat.

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

variable "cognitive_account_id" {
  type        = string
  description = "The id of the Azure AI resource that holds the deployments, in swedencentral."
}

# gpt-5.1 2025-11-13 (azure, GlobalStandard, swedencentral), 450 thousand tokens a minute.
resource "azurerm_cognitive_deployment" "workload" {
  name                   = "support-chat"
  cognitive_account_id   = var.cognitive_account_id
  version_upgrade_option = "OnceCurrentVersionExpired"

  model {
    format  = "OpenAI"
    name    = "gpt-5.1"
    version = "2025-11-13"
  }

  sku {
    name     = "GlobalStandard"
    capacity = 450
  }
}
"""

UNITS_OF_BEDROCK = """\
# For the workload support chat: nova-pro v1:0 (bedrock, provisioned, us-east-1), 2 model
# units.
# planner wrote this and has not run it.
# Requests name the ARN of the units.

terraform {
  required_providers {
    aws = {
      source = "hashicorp/aws"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}

# nova-pro v1:0 (bedrock, provisioned, us-east-1), 2 model units.
resource "aws_bedrock_provisioned_model_throughput" "workload" {
  provisioned_model_name = "support-chat"
  model_arn              = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"
  model_units            = 2
  # commitment_duration  = "OneMonth" or "SixMonths": billed by the hour without it
}

output "provisioned_model_arn" {
  description = "What requests name."
  value       = aws_bedrock_provisioned_model_throughput.workload.provisioned_model_arn
}

data "aws_iam_policy_document" "workload" {
  statement {
    sid       = "WorkloadUnits"
    actions   = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    resources = [aws_bedrock_provisioned_model_throughput.workload.provisioned_model_arn]
  }
}

resource "aws_iam_policy" "workload" {
  name   = "support-chat"
  policy = data.aws_iam_policy_document.workload.json
}
"""


def read(text: str) -> dict[str, Any]:
    """The configuration as its parser sees it."""
    parsed: dict[str, Any] = hcl2.loads(text)
    return parsed


def test_a_standard_deployment_on_azure() -> None:
    """One resource in an account that exists, and a provider that takes models of any format."""
    assert emit("terraform", azure()) == STANDARD


def test_units_on_bedrock() -> None:
    """The units are bought, their ARN is told, and a policy allows to call them."""
    assert emit("terraform", bedrock_units()) == UNITS_OF_BEDROCK


def test_units_on_bedrock_are_bought_for_their_term() -> None:
    """A month of one unit; the second follows the load and is bought by the hour."""
    beyond = coming_and_going(most=1, hours=None)
    text = emit("terraform", bedrock_units(term="1_month", reserved=1, come_and_go=beyond))
    assert ('  model_units            = 1\n  commitment_duration    = "OneMonth"\n') in text
    told = "Up to 1 unit comes and goes with the load: buy and delete them apart. Priced so at "
    assert told in comments(text)


@pytest.mark.parametrize(
    ("choice", "resources"),
    [
        (azure(), ["azurerm_cognitive_deployment.workload"]),
        (
            azure_units(),
            ["azurerm_cognitive_deployment.overflow", "azurerm_cognitive_deployment.workload"],
        ),
        (
            azure(batch=batch()),
            ["azurerm_cognitive_deployment.workload", "azurerm_cognitive_deployment.batch"],
        ),
        (bedrock(), ["aws_iam_policy.workload"]),
        (
            bedrock_units(),
            ["aws_bedrock_provisioned_model_throughput.workload", "aws_iam_policy.workload"],
        ),
    ],
    ids=["azure", "azure units", "azure batch", "bedrock", "bedrock units"],
)
def test_the_text_is_terraform(choice: Deployable, resources: list[str]) -> None:
    """A parser finds the resources and no other."""
    blocks = read(emit("terraform", choice))["resource"]
    names = [f"{kind}.{name}" for block in blocks for kind, own in block.items() for name in own]
    assert [name.replace('"', "") for name in names] == resources


def test_spillover_is_left_to_the_person() -> None:
    """The provider has no argument for it: a comment names the property and the header."""
    assert (
        "azurerm had no argument for spillover when this was written: set the property "
        "spilloverDeploymentName of support-chat to support-chat-overflow, or send the header "
        "x-ms-spillover-deployment: support-chat-overflow."
    ) in comments(emit("terraform", azure_units()))


def test_what_planner_does_not_know_is_a_variable() -> None:
    """An unknown version and capacity are variables without a default, so Terraform asks."""
    unknown = read(emit("terraform", azure(version=None, capacity=None)))
    kinds = {
        name.replace('"', ""): block["type"]
        for one in unknown["variable"]
        for name, block in one.items()
    }
    assert kinds == {
        "cognitive_account_id": "string",
        "model_version": "string",
        "capacity": "number",
    }


def test_a_profile_on_bedrock_asks_for_no_variable() -> None:
    """Terraform finds the account out by itself."""
    text = emit("terraform", bedrock())
    assert "variable" not in read(text)
    assert (
        '    resources = ["arn:aws:bedrock:ap-northeast-1:${data.aws_caller_identity.current.'
        'account_id}:inference-profile/jp.anthropic.claude-sonnet-4-5-20250929-v1:0"]\n'
    ) in text
