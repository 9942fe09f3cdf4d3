"""Terraform for Bedrock: model units where they are bought, and who may call.

Arguments as hashicorp/terraform-provider-aws documents them
(website/docs/r/bedrock_provisioned_model_throughput and iam_policy, d/iam_policy_document and
caller_identity).
"""

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
from planner.render.emit.terraform_azure import variable_block
from planner.render.emit.words import comment, hcl, hole, holes, number, sentence, slug

_FOUND_OUT = ("account_id", "provisioned_arn")


def bedrock_terraform(of: Deployable) -> str:
    """The provider in its region, the units if any, and the policy for whoever calls."""
    parts = targets(of)
    allowed = statements(of)
    count = bought_units(of)
    units = hole("capacity") if count is None else str(count)
    values = [parts[0].region, *(text for one in parts for text in (one.region, one.model_id))]
    used = [*values, *(units for one in parts if one.provisioned)]
    needed = holes([*used, *(text for one in allowed for text in one.resources)])
    names = [name for name in needed if name not in _FOUND_OUT]
    lines = [
        *lead(of, names, client_remarks(parts)),
        "",
        *_provider(parts[0].region),
    ]
    for name in names:
        lines += ["", *variable_block(name, f"{sentence(name)}.")]
    for one in parts:
        if one.provisioned:
            lines += ["", *comment(f"{subject(of)}."), *_purchase(of, one, units)]
    return "\n".join([*lines, "", *_policy(of, allowed), ""])


def _provider(region: str) -> list[str]:
    return [
        "terraform {",
        "  required_providers {",
        "    aws = {",
        '      source = "hashicorp/aws"',
        "    }",
        "  }",
        "}",
        "",
        'provider "aws" {',
        f"  region = {hcl(region)}",
        "}",
    ]


def _purchase(of: Deployable, one: Target, units: str) -> list[str]:
    model = f"{one.arn}::foundation-model/{one.model_id}"
    return [
        'resource "aws_bedrock_provisioned_model_throughput" "workload" {',
        f"  provisioned_model_name = {hcl(slug(of.name))}",
        f"  model_arn              = {hcl(model)}",
        f"  model_units            = {number(units, hcl)}",
        _commitment(of),
        "}",
        "",
        'output "provisioned_model_arn" {',
        '  description = "What requests name."',
        f"  value       = {hcl(one.called)}",
        "}",
    ]


def _commitment(of: Deployable) -> str:
    if term := COMMITMENTS.get(of.term or ""):
        return f"  commitment_duration    = {hcl(term)}"
    return '  # commitment_duration  = "OneMonth" or "SixMonths": billed by the hour without it'


def _policy(of: Deployable, allowed: tuple[Statement, ...]) -> list[str]:
    asks = "account_id" in holes(text for one in allowed for text in one.resources)
    return [
        *(['data "aws_caller_identity" "current" {}', ""] if asks else []),
        'data "aws_iam_policy_document" "workload" {',
        *(line for one in allowed for line in _statement(one)),
        "}",
        "",
        'resource "aws_iam_policy" "workload" {',
        f"  name   = {hcl(slug(of.name))}",
        "  policy = data.aws_iam_policy_document.workload.json",
        "}",
    ]


def _statement(one: Statement) -> list[str]:
    lines = [
        "  statement {",
        f"    sid       = {hcl(one.sid)}",
        f"    actions   = [{', '.join(hcl(action) for action in ACTIONS)}]",
        f"    resources = [{', '.join(hcl(resource) for resource in one.resources)}]",
    ]
    for key, value in one.conditions:
        lines += [
            "",
            "    condition {",
            '      test     = "StringEquals"',
            f"      variable = {hcl(key)}",
            f"      values   = [{hcl(value)}]",
            "    }",
        ]
    return [*lines, "  }"]
