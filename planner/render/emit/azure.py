"""What Azure deploys for a choice, as az, Bicep and Terraform are told alike.

A deployment stands in an Azure AI resource (an account of Microsoft.CognitiveServices) and has a
name that requests call, a model by format, name and version, and a SKU with a capacity. A
provisioned one can name a standard one of the same resource that takes what it does not: "the
data processing level must match", and so must model and version (learn.microsoft.com, Manage
traffic with spillover for provisioned deployments, read 2026-11-26).
"""

import msgspec

from planner.core.deployable import Deployable
from planner.core.offers import Billing
from planner.render.emit.lead import deploys_batch, same_place, subject
from planner.render.emit.words import holes, known, known_or, slug

SPILLOVER_HEADER = "x-ms-spillover-deployment"
"""The request header that names the deployment for the overflow, where no property does."""

NUMBERS = ("capacity", "overflow_capacity", "batch_capacity")
"""The holes that are whole numbers."""
OVERFLOW, BATCH = "-overflow", "-batch"
"""How the names of the deployments beside the main one end."""

# Models whose format is not their publisher's name.
_FORMATS = {"gpt-oss": "OpenAI-OSS"}


class AzureDeployment(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment, its values with holes where planner does not know them.

    `symbol` is its name within a template; `spills_to` the deployment that takes its overflow.
    """

    symbol: str
    name: str
    model_format: str
    model: str
    version: str
    sku: str
    capacity: str
    spills_to: str | None
    what: str

    @property
    def values(self) -> tuple[str, ...]:
        """Every value that may hold a hole."""
        return (self.model_format, self.version, self.sku, self.capacity)


def deployments(of: Deployable) -> tuple[AzureDeployment, ...]:
    """What to create, in order: what takes the overflow, since the next one names it; a batch."""
    parts = []
    if of.overflow is not None and same_place(of, of.overflow):
        parts.append(_deployment(of.overflow, "overflow", slug(of.name, OVERFLOW), None))
    spills_to = slug(of.name, OVERFLOW) if spills(of) else None
    parts.append(_deployment(of, "workload", slug(of.name), spills_to))
    if of.batch is not None and deploys_batch(of):
        parts.append(_deployment(of.batch, "batch", slug(of.name, BATCH), None))
    return tuple(parts)


def spills(of: Deployable) -> bool:
    """Whether Azure itself can send on what the units do not take."""
    to = of.overflow
    return (
        to is not None
        and same_place(of, to)
        and (of.kind, to.kind) == (Billing.PROVISIONED, Billing.ON_DEMAND)
        and (of.model, of.version) == (to.model, to.version)
        and _level(of, "ProvisionedManaged") == _level(to, "Standard") is not None
    )


def azure_remarks(of: Deployable) -> list[str]:
    """What requests name, and what Azure does not send on by itself."""
    sent = "Requests are sent in files that" if of.kind is Billing.BATCH else "Requests"
    texts = [f"{sent} name the deployment {slug(of.name)}."]
    if not of.deployment_type:
        texts.append("With deployment_type in the workload's units this has their type.")
    if of.overflow is not None and same_place(of, of.overflow) and not spills(of):
        texts.append(
            "Azure sends on to the same model, version and processing level alone: the client is "
            f"to send what gets a 429 to {slug(of.name, OVERFLOW)}."
        )
    if of.batch is not None and deploys_batch(of):
        texts.append(f"What may wait is sent in files that name {slug(of.name, BATCH)}.")
    waits = batch_of(of)
    if waits is not None and waits.capacity is not None:
        texts.append(
            f"The busiest day enqueues {waits.capacity:,} thousand tokens of prompts; whether the "
            "quota of enqueued tokens allows that is not known."
        )
    return texts


def batch_of(of: Deployable) -> Deployable | None:
    """The batch among what is created."""
    if of.kind is Billing.BATCH:
        return of
    return of.batch if deploys_batch(of) else None


def azure_holes(of: Deployable) -> tuple[str, ...]:
    """The names of the values that planner does not know."""
    return holes(value for one in deployments(of) for value in one.values)


def _deployment(of: Deployable, symbol: str, name: str, spills_to: str | None) -> AzureDeployment:
    prefix = "" if symbol == "workload" else f"{symbol}_"
    return AzureDeployment(
        symbol=symbol,
        name=name,
        model_format=known_or(_format(of), f"{prefix}model_format"),
        model=known(of.provider_model or of.model),
        version=known_or(of.version, f"{prefix}model_version"),
        sku=known_or(of.deployment_type, f"{prefix}sku_name"),
        capacity=known_or(of.capacity, f"{prefix}capacity"),
        spills_to=spills_to,
        what=subject(of),
    )


def _format(of: Deployable) -> str | None:
    own = (form for start, form in _FORMATS.items() if of.model.startswith(start))
    return next(own, of.publisher)


def _level(of: Deployable, ending: str) -> str | None:
    """Where requests are processed, in Azure's word: "Global", "DataZone", "" in the region."""
    kind = of.deployment_type or ""
    return kind.removesuffix(ending) if kind.endswith(ending) else None
