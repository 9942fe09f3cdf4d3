"""What an AWS account needs for a choice on Bedrock, as the CLI and Terraform are told alike.

Who calls a model may invoke it; the Converse API asks for the same two actions. Through a
geographic inference profile that takes the profile in the region that requests enter and the model
in each destination, through a global one the model without a region too, where the requested region
reads "unspecified" (docs.aws.amazon.com/bedrock/latest/userguide: geographic- and
global-cross-region-inference, inference-profiles-prereq, read 2026-11-26).
"""

import re

import msgspec

from planner.core.deployable import Deployable
from planner.core.offers import Billing
from planner.render.emit.lead import same_place
from planner.render.emit.words import hole, holes, known_or

COMMITMENTS = {"1_month": "OneMonth", "6_months": "SixMonths"}
"""The terms for which model units are bought, as CreateProvisionedModelThroughput names them."""
ACTIONS = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
PROFILE_KEY = "bedrock:InferenceProfileArn"
REGION_KEY = "aws:RequestedRegion"

# An id or a region as Bedrock spells them. IAM reads "*", "?" and "${" in an ARN, so anything else
# is taken for unknown.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:/_-]*")
_PROFILE = "inference profile"
_PARTITIONS = {"us-gov-": "aws-us-gov", "cn-": "aws-cn"}


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """One statement of an IAM policy that allows ACTIONS; every condition is StringEquals."""

    sid: str
    resources: tuple[str, ...]
    conditions: tuple[tuple[str, str], ...] = ()


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """What requests name, its values with holes: a model, a profile or bought units."""

    prefix: str
    region: str
    model_id: str
    foundation_model: str | None
    destinations: tuple[str, ...]
    provisioned: bool

    @property
    def arn(self) -> str:
        """The start of the ARN of something of Bedrock in the region."""
        return f"{_partition(self.region)}:bedrock:{self.region}"

    @property
    def called(self) -> str:
        """The id that requests name; that of bought units is told when they are bought."""
        return hole("provisioned_arn") if self.provisioned else self.model_id


def bought_units(of: Deployable) -> int | None:
    """How many units one purchase is of: those of the term, where there is one."""
    return of.reserved if of.term is not None and of.reserved else of.capacity


def targets(of: Deployable) -> tuple[Target, ...]:
    """The choice, and its overflow where that is in the same region of Bedrock."""
    if of.overflow is None or not same_place(of, of.overflow):
        return (_target(of, ""),)
    return (_target(of, ""), _target(of.overflow, "overflow_"))


def client_remarks(parts: tuple[Target, ...]) -> list[str]:
    """What requests name, and where they go when they are throttled."""
    first, *rest = (_shown(one) for one in parts)
    lines = [f"Requests name {first}."]
    lines += [
        f"Bedrock sends nothing on: the client is to call {to} when throttled." for to in rest
    ]
    return lines


def statements(of: Deployable) -> tuple[Statement, ...]:
    """What whoever calls the choice, and its overflow, is to be allowed."""
    return tuple(statement for one in targets(of) for statement in _statements(one))


def _target(of: Deployable, prefix: str) -> Target:
    routed = (of.deployment_type or "").endswith(_PROFILE)
    return Target(
        prefix=prefix,
        region=_id_or(of.region, f"{prefix}region"),
        model_id=_id_or(of.provider_model, f"{prefix}model_id"),
        foundation_model=_behind(of, prefix) if routed else None,
        destinations=tuple(region for region in of.destinations if _ID.fullmatch(region)),
        provisioned=of.kind is Billing.PROVISIONED and not prefix,
    )


def _shown(one: Target) -> str:
    if one.provisioned:
        return "the ARN of the units"
    return "the id that you set" if holes([one.model_id]) else one.model_id


def _behind(of: Deployable, prefix: str) -> str:
    """The model of a profile: "jp.anthropic.x" of the type "jp. inference profile" is one of it."""
    place = (of.deployment_type or "").removesuffix(_PROFILE).strip()
    profile = of.provider_model or ""
    own = profile.removeprefix(place) if place and profile.startswith(place) else None
    return _id_or(own, f"{prefix}foundation_model")


def _id_or(text: str | None, name: str) -> str:
    return known_or(text if text and _ID.fullmatch(text) else None, name)


def _statements(one: Target) -> list[Statement]:
    name = "Overflow" if one.prefix else "Workload"
    if one.provisioned:
        return [Statement(sid=f"{name}Units", resources=(one.called,))]
    if one.foundation_model is None:
        model = f"{one.arn}::foundation-model/{one.model_id}"
        return [Statement(sid=f"{name}Model", resources=(model,))]
    return _through_profile(one, name, one.foundation_model)


def _through_profile(one: Target, name: str, model: str) -> list[Statement]:
    profile = f"{one.arn}:{hole('account_id')}:inference-profile/{one.model_id}"
    through = (PROFILE_KEY, profile)
    partition = _partition(one.region)
    entry = Statement(sid=f"{name}Profile", resources=(profile,))
    if one.model_id.startswith("global."):
        here, anywhere = (REGION_KEY, one.region), (REGION_KEY, "unspecified")
        return [
            entry,
            Statement(
                sid=f"{name}ModelHere",
                resources=(f"{one.arn}::foundation-model/{model}",),
                conditions=(here, through),
            ),
            Statement(
                sid=f"{name}ModelAnywhere",
                resources=(f"{partition}:bedrock:::foundation-model/{model}",),
                conditions=(anywhere, through),
            ),
        ]
    # Unknown destinations: any region, but through this profile alone.
    regions = dict.fromkeys((one.region, *one.destinations)) if one.destinations else ("*",)
    return [
        entry,
        Statement(
            sid=f"{name}Models",
            resources=tuple(
                f"{partition}:bedrock:{region}::foundation-model/{model}" for region in regions
            ),
            conditions=(through,),
        ),
    ]


def _partition(region: str) -> str:
    own = (name for start, name in _PARTITIONS.items() if region.startswith(start))
    return f"arn:{next(own, 'aws')}"
