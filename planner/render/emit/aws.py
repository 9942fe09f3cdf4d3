"""A shell script for the AWS CLI: what a workload on Bedrock needs, and a first call.

Options as awscli 1.46.3 prints them: `aws bedrock create-provisioned-model-throughput help`,
`aws iam create-policy help`, `aws bedrock-runtime converse help`.
"""

import json

from planner.core.deployable import Deployable
from planner.render.emit.bedrock import (
    ACTIONS,
    COMMITMENTS,
    Statement,
    Target,
    bought_units,
    client_remarks,
    statements,
    targets,
)
from planner.render.emit.lead import lead, subject
from planner.render.emit.words import (
    comment,
    demands,
    here_document,
    hole,
    holes,
    known,
    option,
    slug,
    variable,
    words,
)

_HELLO = '[{"role":"user","content":[{"text":"Hello"}]}]'
_TERM = (
    "billed by the hour until deleted. For a term add --commitment-duration OneMonth or SixMonths."
)
_BOUGHT = "provisioned_arn"


def aws_script(of: Deployable) -> str:
    """Buy the units, if any, allow the calls, and make one to see that the model answers."""
    parts = targets(of)
    names = tuple(name for name in _holes(of, parts) if name != _BOUGHT)
    bought = [line for one in parts if one.provisioned for line in _purchase(of, one)]
    return "\n".join(
        [
            *lead(of, map(variable, names), client_remarks(parts)),
            "set -eu",
            *demands(names),
            *bought,
            *_policy(of),
            *(line for one in parts for line in _call(of, one)),
            "",
        ]
    )


def _holes(of: Deployable, parts: tuple[Target, ...]) -> tuple[str, ...]:
    values = [text for one in parts for text in (one.region, one.model_id)]
    capacity = [hole("capacity")] if of.capacity is None and parts[0].provisioned else []
    allowed = [text for one in statements(of) for text in one.resources]
    return holes([*values, *capacity, *allowed])


def _purchase(of: Deployable, one: Target) -> list[str]:
    count, term = bought_units(of), COMMITMENTS.get(of.term or "")
    amount = hole("capacity") if count is None else str(count)
    what = "" if count is None else f" {count:,} model units,"
    how = (
        _TERM if term is None else f"paid for {words(of.term).replace('_', ' ')} whatever is used."
    )
    return [
        "",
        *comment(f"Buys{what} {how}"),
        f"{variable(_BOUGHT)}=$(aws bedrock create-provisioned-model-throughput \\",
        f"  {option('--region', one.region)} \\",
        f"  {option('--provisioned-model-name', slug(of.name))} \\",
        f"  {option('--model-id', one.model_id)} \\",
        f"  {option('--model-units', amount)} \\",
        *([f"  {option('--commitment-duration', term)} \\"] if term else []),
        "  --query provisionedModelArn \\",
        "  --output text)",
    ]


def _policy(of: Deployable) -> list[str]:
    file = slug(of.name, "-policy.json")
    return [
        "",
        "# What whoever calls the model is to be allowed.",
        f"cat > {file} <<POLICY",
        here_document(policy_json(statements(of))),
        "POLICY",
        "aws iam create-policy \\",
        f"  {option('--policy-name', slug(of.name))} \\",
        f"  {option('--policy-document', f'file://{file}')}",
    ]


def policy_json(allowed: tuple[Statement, ...]) -> str:
    """The IAM policy, with holes."""
    written = [
        {"Sid": one.sid, "Effect": "Allow", "Action": ACTIONS, "Resource": one.resources}
        | ({"Condition": {"StringEquals": dict(one.conditions)}} if one.conditions else {})
        for one in allowed
    ]
    policy = {"Version": "2012-10-17", "Statement": written}
    return json.dumps(policy, indent=2, ensure_ascii=False)


def _call(of: Deployable, one: Target) -> list[str]:
    what = of.overflow if one.prefix and of.overflow is not None else of
    tier = [] if what.tier == "default" else [f" \\\n  {option('--service-tier', _tier(what))}"]
    last = option("--messages", _HELLO) + "".join(tier)
    return [
        "",
        *comment(f"{subject(what)}."),
        "aws bedrock-runtime converse \\",
        f"  {option('--region', one.region)} \\",
        f"  {option('--model-id', one.called)} \\",
        f"  {last}",
    ]


def _tier(of: Deployable) -> str:
    return f"type={known(of.tier)}"
