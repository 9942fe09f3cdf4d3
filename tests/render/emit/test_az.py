"""Claims about the script for the Azure CLI: what it creates, in which order, and what it asks."""

from pathlib import Path

import pytest

from planner.core.offers import Billing
from planner.render.emit import emit
from tests.deployables import azure, azure_units, batch, bedrock, coming_and_going, comments
from tests.shells import fails, options, run

ACCOUNT = {"RESOURCE_GROUP": "llm", "ACCOUNT": "llm-sweden"}

UNITS = """\
# For the workload support chat: gpt-5.1 2025-11-13 (azure, GlobalProvisionedManaged,
# swedencentral), 100 PTU.
# planner wrote this and has not run it. Set RESOURCE_GROUP and ACCOUNT first.
# Requests name the deployment support-chat.
# Needs an az that knows --spillover-deployment-name, as 2.91 does.
set -eu
: "${RESOURCE_GROUP:?the resource group}"
: "${ACCOUNT:?the Azure AI resource that holds the deployments}"

# The resource; leave this out where you have one in the region.
az cognitiveservices account create \\
  --name "${ACCOUNT}" \\
  --resource-group "${RESOURCE_GROUP}" \\
  --kind AIServices \\
  --sku S0 \\
  --location swedencentral \\
  --custom-domain "${ACCOUNT}" \\
  --yes

# gpt-5.1 2025-11-13 (azure, GlobalStandard, swedencentral), 450 thousand tokens a minute.
az cognitiveservices account deployment create \\
  --name "${ACCOUNT}" \\
  --resource-group "${RESOURCE_GROUP}" \\
  --deployment-name support-chat-overflow \\
  --model-format OpenAI \\
  --model-name gpt-5.1 \\
  --model-version 2025-11-13 \\
  --sku-name GlobalStandard \\
  --sku-capacity 450
state=Creating
while [ "$state" = Creating ] || [ "$state" = Accepted ]; do
  sleep 5
  state=$(az cognitiveservices account deployment show \\
    --name "${ACCOUNT}" \\
    --resource-group "${RESOURCE_GROUP}" \\
    --deployment-name support-chat-overflow \\
    --query properties.provisioningState \\
    --output tsv)
done

# gpt-5.1 2025-11-13 (azure, GlobalProvisionedManaged, swedencentral), 100 PTU.
az cognitiveservices account deployment create \\
  --name "${ACCOUNT}" \\
  --resource-group "${RESOURCE_GROUP}" \\
  --deployment-name support-chat \\
  --model-format OpenAI \\
  --model-name gpt-5.1 \\
  --model-version 2025-11-13 \\
  --sku-name GlobalProvisionedManaged \\
  --sku-capacity 100 \\
  --spillover-deployment-name support-chat-overflow
"""


def test_units_with_their_overflow_are_two_deployments() -> None:
    """The one that takes the overflow comes first, and the units name it."""
    assert emit("az", azure_units()) == UNITS


def test_the_script_runs_three_commands(tmp_path: Path) -> None:
    """A resource and two deployments in it, under the names that the person set."""
    calls = run(UNITS, tmp_path, ACCOUNT)
    made = [call for call in calls if "create" in call]
    assert [call[1:4] for call in made] == [
        ["cognitiveservices", "account", "create"],
        ["cognitiveservices", "account", "deployment"],
        ["cognitiveservices", "account", "deployment"],
    ]
    assert {options(call)["--name"] for call in calls} == {"llm-sweden"}
    assert options(made[2]) == {
        "--name": "llm-sweden",
        "--resource-group": "llm",
        "--deployment-name": "support-chat",
        "--model-format": "OpenAI",
        "--model-name": "gpt-5.1",
        "--model-version": "2025-11-13",
        "--sku-name": "GlobalProvisionedManaged",
        "--sku-capacity": "100",
        "--spillover-deployment-name": "support-chat-overflow",
    }


def test_nothing_runs_before_the_account_is_named(tmp_path: Path) -> None:
    """A variable that is not set stops the script at its top, and says what it is for."""
    assert fails(UNITS, tmp_path) == "RESOURCE_GROUP: the resource group"


def test_what_planner_does_not_know_is_asked_for(tmp_path: Path) -> None:
    """Without version, publisher and capacity there are three variables more."""
    unknown = azure(version=None, publisher=None, capacity=None)
    more = {"MODEL_FORMAT": "xAI", "MODEL_VERSION": "1", "CAPACITY": "10"}
    last = options(run(emit("az", unknown), tmp_path, ACCOUNT | more)[-1])
    assert (last["--model-format"], last["--model-version"], last["--sku-capacity"]) == (
        "xAI",
        "1",
        "10",
    )
    assert (
        "planner wrote this and has not run it. Set RESOURCE_GROUP, ACCOUNT, MODEL_FORMAT, "
        "MODEL_VERSION and CAPACITY first."
    ) in comments(emit("az", unknown))


def test_open_models_of_openai_have_a_format_of_their_own(tmp_path: Path) -> None:
    """The format of gpt-oss-120b is OpenAI-OSS, though OpenAI publishes it."""
    model = azure(model="gpt-oss-120b", provider_model="gpt-oss-120b", version="1")
    last = options(run(emit("az", model), tmp_path, ACCOUNT)[-1])
    assert last["--model-format"] == "OpenAI-OSS"


@pytest.mark.parametrize(
    "overflow",
    [
        azure(model="gpt-5-mini", provider_model="gpt-5-mini"),
        azure(version="2025-08-07"),
        azure(deployment_type="DataZoneStandard"),
        azure(kind=Billing.BATCH, deployment_type="GlobalBatch"),
    ],
    ids=["model", "version", "processing level", "batch"],
)
def test_azure_sends_on_to_the_like_alone(overflow: object, tmp_path: Path) -> None:
    """To another model, version, level or kind the client sends on, and the script says so."""
    script = emit("az", azure_units(overflow=overflow))
    assert "--spillover-deployment-name" not in options(run(script, tmp_path, ACCOUNT)[-1])
    assert (
        "Azure sends on to the same model, version and processing level alone: the client is to "
        "send what gets a 429 to support-chat-overflow."
    ) in comments(script)


def test_what_may_wait_has_a_deployment_of_its_own(tmp_path: Path) -> None:
    """The batch comes last, with the thousands of tokens of the busiest day as its capacity."""
    script = emit("az", azure_units(batch=batch()))
    *others, last = [call for call in run(script, tmp_path, ACCOUNT) if "create" in call]
    assert [options(call).get("--deployment-name") for call in others] == [
        None,
        "support-chat-overflow",
        "support-chat",
    ]
    assert options(last) == {
        "--name": "llm-sweden",
        "--resource-group": "llm",
        "--deployment-name": "support-chat-batch",
        "--model-format": "OpenAI",
        "--model-name": "gpt-5.1",
        "--model-version": "2025-11-13",
        "--sku-name": "GlobalBatch",
        "--sku-capacity": "432000",
    }
    told = comments(script)
    assert "What may wait is sent in files that name support-chat-batch." in told
    assert (
        "The busiest day enqueues 432,000 thousand tokens of prompts; whether the quota of "
        "enqueued tokens allows that is not known."
    ) in told


def test_a_batch_elsewhere_is_not_deployed_here(tmp_path: Path) -> None:
    """In another region it stands in a comment."""
    script = emit("az", azure(batch=batch(region="eastus2")))
    assert len(run(script, tmp_path, ACCOUNT)) == 2
    assert (
        "Not in here: what may wait goes to gpt-5.1 2025-11-13 (azure, GlobalBatch, eastus2), "
        "432,000 thousand enqueued tokens."
    ) in comments(script)


def test_a_unit_of_more_tokens_is_told() -> None:
    """A unit of o1 is 6,000 tokens a minute, not a thousand."""
    script = emit("az", azure(capacity=60, tokens_per_unit=6000))
    assert "(azure, GlobalStandard, swedencentral), 60 units of 6,000 tokens a minute." in comments(
        script
    )


@pytest.mark.parametrize("overflow", [bedrock(), azure(region="eastus2")], ids=["cloud", "region"])
def test_an_overflow_elsewhere_is_not_deployed_here(overflow: object, tmp_path: Path) -> None:
    """In another cloud or region it stands in a comment, and one deployment is made."""
    script = emit("az", azure_units(overflow=overflow))
    assert len(run(script, tmp_path, ACCOUNT)) == 2
    assert "Not in here: what this does not take goes to " in comments(script)


def test_a_term_is_bought_beside_the_units() -> None:
    """The reservation is a purchase of its own, and units beyond it follow the load."""
    beyond = coming_and_going(most=20)
    told = comments(emit("az", azure_units(term="1_month", reserved=80, come_and_go=beyond)))
    assert (
        "Priced with a reservation of 80 PTU for 1 month: buy it once they are deployed, for the "
        "same type and region; until then they cost more by the hour. Up to 20 units come and go "
        "with the load: none is needed outside Monday to Friday 09:00 to 18:00 UTC; scale as it "
        "does. Priced so at 3,900 USD a month; left running day and night they cost 14,560 USD."
    ) in told
    assert "reservation" not in comments(emit("az", azure_units(reserved=100)))


def test_a_tier_is_the_requests_own() -> None:
    """Priority is asked for by each request: a comment says so."""
    script = emit("az", azure(tier="priority"))
    assert "Each request is to ask for the priority tier." in comments(script)
