"""Claims about which tool deploys which choice, and what is said where none does."""

import pytest

from planner.core.deployable import Deployable
from planner.core.offers import Billing
from planner.errors import UsageError
from planner.render.emit import KINDS, emit, fitting, why_not
from tests.deployables import azure, azure_units, bedrock, bedrock_units, hosted

GEMINI = azure(provider="gemini", region="global", provider_model="gemini-2.5-pro")
BATCH = bedrock(kind=Billing.BATCH)

STANDARD = "gpt-5.1 2025-11-13 (azure, GlobalStandard, swedencentral), 450 thousand tokens a minute"
MACHINES = "llama-3.3-70b on 3 x Standard_ND96isr_H100_v5 (azure)"
JOB = (
    "nothing is deployed on Bedrock for jp.anthropic.claude-sonnet-4-5-20250929-v1:0: a batch "
    "there is a job (aws bedrock create-model-invocation-job) with a role that "
    "bedrock.amazonaws.com may assume, to read and write its files in S3 and to invoke the model: "
    "docs.aws.amazon.com/bedrock/latest/userguide/batch-iam-sr.html"
)


@pytest.mark.parametrize(
    ("choice", "kinds"),
    [
        (azure(), ("az", "bicep", "terraform")),
        (azure_units(), ("az", "bicep", "terraform")),
        (azure(kind=Billing.BATCH, deployment_type="GlobalBatch"), ("az", "bicep", "terraform")),
        (bedrock(), ("terraform", "aws")),
        (bedrock_units(), ("terraform", "aws")),
        (hosted(), ("vllm", "compose")),
        (hosted(engine="trtllm"), ()),
        (GEMINI, ()),
        (BATCH, ()),
        (azure(kind=Billing.HOSTED), ()),
    ],
)
def test_each_choice_has_its_tools(choice: Deployable, kinds: tuple[str, ...]) -> None:
    """What fits is what can be emitted, and nothing else."""
    assert fitting(choice) == kinds
    assert tuple(kind for kind in KINDS if why_not(kind, choice) is None) == kinds
    for kind in kinds:
        assert emit(kind, choice).startswith(("# For the workload ", "// For the workload "))


@pytest.mark.parametrize(
    ("kind", "choice", "message"),
    [
        (
            "vllm",
            azure(),
            f"--emit vllm: {STANDARD} is deployed by az, bicep or terraform",
        ),
        (
            "az",
            hosted(),
            f"--emit az: {MACHINES} is deployed by vllm or compose",
        ),
        ("az", GEMINI, "--emit az: gemini has nothing to deploy: call the model gemini-2.5-pro"),
        (
            "aws",
            BATCH,
            f"--emit aws: {JOB}",
        ),
        (
            "bicep",
            azure(kind=Billing.HOSTED),
            "--emit bicep: planner does not know how azure deploys gpt-5.1 by the hour",
        ),
        (
            "vllm",
            azure(kind=Billing.SELF_HOSTED),
            "--emit vllm: planner does not know how its machines would serve it",
        ),
        (
            "helm",
            azure(),
            "--emit helm: known are az, bicep, terraform, aws, vllm and compose",
        ),
    ],
)
def test_a_tool_that_does_not_fit_says_which_do(
    kind: str, choice: Deployable, message: str
) -> None:
    """One line: why not, and what deploys it, or the model to call where nothing is deployed."""
    with pytest.raises(UsageError) as raised:
        emit(kind, choice)
    assert str(raised.value) == message
    assert raised.value.exit_code == 2
