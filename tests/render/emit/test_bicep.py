"""Claims about the Bicep template: what it declares, read back by a parser of Bicep."""

from typing import Any

from pycep import BicepParser

from planner.render.emit import emit
from tests.deployables import azure, azure_units, batch

UNITS = """\
// For the workload support chat: gpt-5.1 2025-11-13 (azure, GlobalProvisionedManaged,
// swedencentral), 100 PTU.
// planner wrote this and has not run it. Set accountName first.
// Requests name the deployment support-chat.

@description('The Azure AI resource that holds the deployments, in swedencentral.')
param accountName string

resource account 'Microsoft.CognitiveServices/accounts@2025-09-01' existing = {
  name: accountName
}

// gpt-5.1 2025-11-13 (azure, GlobalStandard, swedencentral), 450 thousand tokens a minute.
resource overflow 'Microsoft.CognitiveServices/accounts/deployments@2025-09-01' = {
  parent: account
  name: 'support-chat-overflow'
  sku: {
    name: 'GlobalStandard'
    capacity: 450
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: 'gpt-5.1'
      version: '2025-11-13'
    }
    versionUpgradeOption: 'OnceCurrentVersionExpired'
  }
}

// gpt-5.1 2025-11-13 (azure, GlobalProvisionedManaged, swedencentral), 100 PTU.
resource workload 'Microsoft.CognitiveServices/accounts/deployments@2025-09-01' = {
  parent: account
  name: 'support-chat'
  sku: {
    name: 'GlobalProvisionedManaged'
    capacity: 100
  }
  properties: {
    model: {
      format: 'OpenAI'
      name: 'gpt-5.1'
      version: '2025-11-13'
    }
    versionUpgradeOption: 'OnceCurrentVersionExpired'
    spilloverDeploymentName: overflow.name
  }
}
"""


def read(template: str) -> dict[str, Any]:
    """The template as its parser sees it."""
    parsed: Any = BicepParser().parse(text=template)
    return dict(parsed)


def test_units_with_their_overflow_are_two_resources() -> None:
    """Both stand in an account that exists; the units name the deployment of the overflow."""
    assert emit("bicep", azure_units()) == UNITS


def test_the_template_is_bicep() -> None:
    """A parser finds one parameter, the account and two deployments of one API version."""
    parsed = read(UNITS)
    assert list(parsed["parameters"]) == ["accountName"]
    found = {name: (one["type"], one["api_version"]) for name, one in parsed["resources"].items()}
    assert found == {
        "account": ("Microsoft.CognitiveServices/accounts", "2025-09-01"),
        "overflow": ("Microsoft.CognitiveServices/accounts/deployments", "2025-09-01"),
        "workload": ("Microsoft.CognitiveServices/accounts/deployments", "2025-09-01"),
    }
    assert parsed["resources"]["workload"]["config"]["sku"] == {
        "name": "GlobalProvisionedManaged",
        "capacity": 100,
    }


def test_what_planner_does_not_know_is_a_parameter() -> None:
    """An unknown version is a string, an unknown capacity a number, both described."""
    parsed = read(emit("bicep", azure(version=None, capacity=None)))
    kinds = {name: one["type"] for name, one in parsed["parameters"].items()}
    assert kinds == {"accountName": "string", "modelVersion": "string", "capacity": "int"}
    config = parsed["resources"]["workload"]["config"]
    assert config["sku"] == {"name": "GlobalStandard", "capacity": "capacity"}
    assert "      version: modelVersion\n" in emit("bicep", azure(version=None))


def test_a_deployment_that_names_no_other_waits_for_it() -> None:
    """An account takes one change at a time, so each depends on the one before."""
    other = azure_units(overflow=azure(version="2025-08-07"))
    config = read(emit("bicep", other))["resources"]["workload"]["config"]
    assert config["dependsOn"] == ["overflow"]
    waiting = read(emit("bicep", azure_units(batch=batch())))["resources"]["batch"]["config"]
    assert waiting["dependsOn"] == ["workload"]
    assert waiting["sku"] == {"name": "GlobalBatch", "capacity": 432000}
    assert "spilloverDeploymentName" not in config["properties"]
