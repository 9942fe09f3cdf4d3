"""Claims about the script for AWS: who may call what, what is bought, and the first call."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.core.deployable import Deployable
from planner.core.offers import Billing
from planner.render.emit import emit
from tests.deployables import azure_units, bedrock, bedrock_units, comments
from tests.shells import fails, options, run

ACCOUNT = {"ACCOUNT_ID": "123456789012"}
CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"
GLOBAL = bedrock(
    provider_model=f"global.{CLAUDE}",
    deployment_type="global. inference profile",
    destinations=(),
)

PROFILE = """\
# For the workload support chat: claude-sonnet-4-5 20250929-v1:0 (bedrock, jp. inference
# profile, ap-northeast-1).
# planner wrote this and has not run it. Set ACCOUNT_ID first.
# Requests name jp.anthropic.claude-sonnet-4-5-20250929-v1:0.
set -eu
: "${ACCOUNT_ID:?the AWS account, 12 digits}"

# What whoever calls the model is to be allowed.
cat > support-chat-policy.json <<POLICY
{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "WorkloadProfile",
      "Effect": "Allow",
      "Action": [
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream"
      ],
      "Resource": [
        "arn:aws:bedrock:ap-northeast-1:${ACCOUNT_ID}:inference-profile/jp.anthropic.claude-sonnet-4-5-20250929-v1:0"
      ]
    },
    {
      "Sid": "WorkloadModels",
      "Effect": "Allow",
      "Action": [
        "bedrock:InvokeModel",
        "bedrock:InvokeModelWithResponseStream"
      ],
      "Resource": [
        "arn:aws:bedrock:ap-northeast-1::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0",
        "arn:aws:bedrock:ap-northeast-3::foundation-model/anthropic.claude-sonnet-4-5-20250929-v1:0"
      ],
      "Condition": {
        "StringEquals": {
          "bedrock:InferenceProfileArn": "arn:aws:bedrock:ap-northeast-1:${ACCOUNT_ID}:inference-profile/jp.anthropic.claude-sonnet-4-5-20250929-v1:0"
        }
      }
    }
  ]
}
POLICY
aws iam create-policy \\
  --policy-name support-chat \\
  --policy-document file://support-chat-policy.json

# claude-sonnet-4-5 20250929-v1:0 (bedrock, jp. inference profile, ap-northeast-1).
aws bedrock-runtime converse \\
  --region ap-northeast-1 \\
  --model-id jp.anthropic.claude-sonnet-4-5-20250929-v1:0 \\
  --messages '[{"role":"user","content":[{"text":"Hello"}]}]'
"""  # noqa: E501


def policy(choice: Deployable, folder: Path, **variables: str) -> list[dict[str, Any]]:
    """The statements of the policy that the script writes."""
    run(emit("aws", choice), folder, ACCOUNT | variables)
    written = json.loads((folder / "support-chat-policy.json").read_text(encoding="utf-8"))
    assert written["Version"] == "2012-10-17"
    statements: list[dict[str, Any]] = written["Statement"]
    assert {one["Effect"] for one in statements} == {"Allow"}
    assert all(
        one["Action"] == ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
        for one in statements
    )
    return statements


def test_a_profile_takes_its_models_in_all_destinations() -> None:
    """The policy names the profile where requests enter, and the model wherever it routes."""
    assert emit("aws", bedrock()) == PROFILE


def test_the_script_makes_a_policy_and_a_call(tmp_path: Path) -> None:
    """It runs two commands: create-policy with the file, and converse with the profile."""
    made, called = run(PROFILE, tmp_path, ACCOUNT)
    assert made[1:3] == ["iam", "create-policy"]
    assert options(made)["--policy-document"] == "file://support-chat-policy.json"
    assert called[1:3] == ["bedrock-runtime", "converse"]
    assert options(called) == {
        "--region": "ap-northeast-1",
        "--model-id": f"jp.{CLAUDE}",
        "--messages": '[{"role":"user","content":[{"text":"Hello"}]}]',
    }


def test_nothing_runs_before_the_account_is_named(tmp_path: Path) -> None:
    """Without the account's number the script stops at its top."""
    assert fails(PROFILE, tmp_path) == "ACCOUNT_ID: the AWS account, 12 digits"


def test_a_global_profile_takes_three_statements(tmp_path: Path) -> None:
    """The model is allowed in the region and without one, each through the profile alone."""
    profile = f"arn:aws:bedrock:ap-northeast-1:123456789012:inference-profile/global.{CLAUDE}"
    through = {"bedrock:InferenceProfileArn": profile}
    entry, here, anywhere = policy(GLOBAL, tmp_path)
    assert entry["Resource"] == [profile]
    assert here["Resource"] == [f"arn:aws:bedrock:ap-northeast-1::foundation-model/{CLAUDE}"]
    assert here["Condition"] == {
        "StringEquals": {"aws:RequestedRegion": "ap-northeast-1"} | through
    }
    assert anywhere["Resource"] == [f"arn:aws:bedrock:::foundation-model/{CLAUDE}"]
    assert anywhere["Condition"] == {
        "StringEquals": {"aws:RequestedRegion": "unspecified"} | through
    }


def test_unknown_destinations_are_any_region_through_the_profile(tmp_path: Path) -> None:
    """Where the snapshots tell no destinations, the condition alone keeps the policy narrow."""
    _, models = policy(bedrock(destinations=()), tmp_path)
    assert models["Resource"] == [f"arn:aws:bedrock:*::foundation-model/{CLAUDE}"]
    assert list(models["Condition"]["StringEquals"]) == ["bedrock:InferenceProfileArn"]


@pytest.mark.parametrize(
    ("region", "arn"),
    [
        ("us-east-1", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0"),
        (
            "us-gov-west-1",
            "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/amazon.nova-pro-v1:0",
        ),
    ],
)
def test_a_model_in_its_region_takes_one_statement(region: str, arn: str, tmp_path: Path) -> None:
    """On demand it is the model's ARN, in the region's own partition."""
    choice = bedrock(
        region=region, provider_model="amazon.nova-pro-v1:0", deployment_type="on-demand"
    )
    assert [one["Resource"] for one in policy(choice, tmp_path)] == [[arn]]


def test_units_are_bought_before_they_are_called(tmp_path: Path) -> None:
    """Two units of the model, and policy and call name the ARN that the purchase tells."""
    bought, _, called = run(emit("aws", bedrock_units()), tmp_path)
    assert bought[1:3] == ["bedrock", "create-provisioned-model-throughput"]
    assert options(bought) == {
        "--region": "us-east-1",
        "--provisioned-model-name": "support-chat",
        "--model-id": "amazon.nova-pro-v1:0",
        "--model-units": "2",
        "--query": "provisionedModelArn",
        "--output": "text",
    }
    assert options(called)["--model-id"] == "arn:of-the-units"
    assert [one["Resource"] for one in policy(bedrock_units(), tmp_path)] == [["arn:of-the-units"]]


def test_units_are_bought_for_their_term(tmp_path: Path) -> None:
    """Half a year is SixMonths; by the hour there is no such option."""
    bought, *_ = run(emit("aws", bedrock_units(term="6_months", reserved=2)), tmp_path)
    assert options(bought)["--commitment-duration"] == "SixMonths"
    assert options(bought)["--model-units"] == "2"
    by_hour, *_ = run(emit("aws", bedrock_units(reserved=2)), tmp_path)
    assert "--commitment-duration" not in options(by_hour)


def test_the_client_sends_on_what_the_units_throttle(tmp_path: Path) -> None:
    """An overflow in the same region is allowed too and called once; Bedrock sends nothing on."""
    overflow = bedrock(
        region="us-east-1", provider_model="amazon.nova-pro-v1:0", deployment_type="on-demand"
    )
    choice = bedrock_units(overflow=overflow)
    assert len(policy(choice, tmp_path)) == 2
    assert len(run(emit("aws", choice), tmp_path)) == 4
    assert (
        "Bedrock sends nothing on: the client is to call amazon.nova-pro-v1:0 when throttled."
    ) in comments(emit("aws", choice))


def test_a_profile_of_unknown_make_asks_for_its_model(tmp_path: Path) -> None:
    """Where the type tells no prefix, the model behind the profile is a variable."""
    choice = bedrock(deployment_type="inference profile")
    _, models = policy(choice, tmp_path, FOUNDATION_MODEL="a.b-v1:0")
    assert models["Resource"][1] == "arn:aws:bedrock:ap-northeast-3::foundation-model/a.b-v1:0"


def test_a_wildcard_is_no_model(tmp_path: Path) -> None:
    """An id with what IAM would expand is taken for unknown, so that it widens no policy."""
    choice = bedrock(provider_model="*", deployment_type="on-demand")
    (model,) = policy(choice, tmp_path, MODEL_ID="a.b-v1:0")
    assert model["Resource"] == ["arn:aws:bedrock:ap-northeast-1::foundation-model/a.b-v1:0"]


def test_a_batch_is_a_job_with_a_role() -> None:
    """Nothing is deployed for what may wait: a comment names the model, the job and its role."""
    script = emit("aws", bedrock(batch=bedrock(kind=Billing.BATCH)))
    assert (
        "Not in here: what may wait goes to claude-sonnet-4-5 20250929-v1:0 (bedrock, jp. "
        "inference profile, ap-northeast-1). A batch there is a job (aws bedrock "
        "create-model-invocation-job) with a role that bedrock.amazonaws.com may assume, to read "
        "and write its files in S3 and to invoke the model: "
        "docs.aws.amazon.com/bedrock/latest/userguide/batch-iam-sr.html."
    ) in comments(script)


def test_a_tier_goes_with_the_call(tmp_path: Path) -> None:
    """The priority tier is an option of the call."""
    called = run(emit("aws", bedrock(tier="priority")), tmp_path, ACCOUNT)[-1]
    assert options(called)["--service-tier"] == "type=priority"


def test_an_overflow_on_another_cloud_is_named_alone() -> None:
    """Azure's deployment is none of AWS's business: it stands in a comment."""
    script = emit("aws", bedrock_units(overflow=azure_units()))
    assert "Not in here: what this does not take goes to gpt-5.1" in comments(script)
