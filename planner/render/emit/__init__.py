"""What deploys the recommended choice, in the words of the tool that is to do it.

Nothing here runs anything: each output is text that a person reads, fills in and runs.
"""

from collections.abc import Callable

from planner.core.deployable import EMITS, Deployable
from planner.core.offers import Billing
from planner.errors import UsageError
from planner.render.emit.aws import aws_script
from planner.render.emit.az import az_script
from planner.render.emit.bicep import bicep_template
from planner.render.emit.compose import compose_file
from planner.render.emit.lead import BEDROCK_JOBS, subject
from planner.render.emit.terraform_azure import azure_terraform
from planner.render.emit.terraform_bedrock import bedrock_terraform
from planner.render.emit.vllm import obstacle, vllm_script
from planner.render.emit.words import listed, words

KINDS = EMITS
"""What `--emit` takes."""

_MANAGED: dict[str, dict[str, Callable[[Deployable], str]]] = {
    "azure": {"az": az_script, "bicep": bicep_template, "terraform": azure_terraform},
    "bedrock": {"aws": aws_script, "terraform": bedrock_terraform},
}
_HOSTED = {"vllm": vllm_script, "compose": compose_file}


def emit(kind: str, deployable: Deployable) -> str:
    """What deploys it, by the tool of that kind.

    Raises UsageError, in one line with what fits, where that tool does not deploy such a choice.
    """
    if reason := why_not(kind, deployable):
        raise UsageError(f"--emit {words(kind)}: {reason}")
    if deployable.hosting is not None:
        return _HOSTED[kind](deployable, deployable.hosting)
    return _MANAGED[deployable.provider][kind](deployable)


def fitting(deployable: Deployable) -> tuple[str, ...]:
    """The kinds that deploy it, in the order of KINDS; none where there is nothing to deploy."""
    if nothing_to_deploy(deployable):
        return ()
    fit = _HOSTED if deployable.hosting is not None else _MANAGED[deployable.provider]
    return tuple(kind for kind in KINDS if kind in fit)


def why_not(kind: str, deployable: Deployable) -> str | None:
    """Why that kind does not deploy it, and which do; None where it does."""
    if kind not in KINDS:
        return f"known are {listed(KINDS)}"
    if reason := nothing_to_deploy(deployable):
        return reason
    fit = fitting(deployable)
    if kind in fit:
        return None
    return f"{subject(deployable)} is deployed by {listed(fit, 'or')}"


def nothing_to_deploy(deployable: Deployable) -> str | None:
    """Why no kind deploys it, with the id to call where that is all there is to it."""
    if deployable.hosting is not None:
        return obstacle(deployable.hosting)
    provider = words(deployable.provider)
    called = words(deployable.provider_model or deployable.model)
    match deployable.kind, deployable.provider:
        case Billing.SELF_HOSTED, _:
            return "planner does not know how its machines would serve it"
        case Billing.HOSTED, _:
            return f"planner does not know how {provider} deploys {called} by the hour"
        case Billing.BATCH, "bedrock":
            return f"nothing is deployed on Bedrock for {called}: {BEDROCK_JOBS}"
        case _, known if known in _MANAGED:
            return None
        case _:
            return f"{provider} has nothing to deploy: call the model {called}"
