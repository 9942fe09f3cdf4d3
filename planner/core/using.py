"""What a team runs: the models, versions, deployment types and regions that it depends on."""

from collections.abc import Sequence

import msgspec

from planner.core.offers import Deployment


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a team runs; None and () leave open what the team did not say.

    `model` is a canonical name. `name` is what the team calls it, `file` and `line` where it says
    so; a deployment that was collected has neither.
    """

    model: str
    provider: str | None = None
    version: str | None = None
    deployment_type: str | None = None
    regions: tuple[str, ...] = ()
    account: str | None = None
    name: str | None = None
    file: str | None = None
    line: int | None = None

    @property
    def label(self) -> str:
        """What to call it in a sentence."""
        if self.name is None:
            return self.model
        place = self.regions[0] if self.account and len(self.regions) == 1 else None
        return f"{self.name} ({place})" if place else self.name


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of a model somewhere; None and () speak of every version, type or region."""

    provider: str
    models: tuple[str, ...] = ()
    version: str | None = None
    deployment_type: str | None = None
    regions: tuple[str, ...] = ()
    account: str | None = None


def hits(use: Use, subject: Subject) -> tuple[str, ...] | None:
    """The regions in which a subject is about a use; None where it is not about it at all.

    () where neither of them names regions.
    """
    if use.provider not in (None, subject.provider):
        return None
    if subject.models and use.model not in subject.models:
        return None
    for mine, said in (
        (use.version, subject.version),
        (use.deployment_type, subject.deployment_type),
        (use.account, subject.account),
    ):
        if mine is not None and said is not None and mine.casefold() != said.casefold():
            return None
    if not use.regions or not subject.regions:
        return subject.regions or use.regions
    return tuple(r for r in subject.regions if r in use.regions) or None


def uses_of(deployments: Sequence[Deployment], models: Sequence[str]) -> list[Use]:
    """What was collected of an account's deployments, with their models' canonical names."""
    return [
        Use(
            model=model,
            provider=d.provider,
            version=d.version,
            deployment_type=d.deployment_type,
            regions=(d.region,),
            account=d.account,
            name=d.name,
        )
        for d, model in zip(deployments, models, strict=True)
        if model
    ]
