"""The kinds of change that are told apart: stable ids, each with how bad it is.

A removal breaks only those who use what is gone: without knowing what a team runs, the loss of a
whole model is breaking, since whoever runs it has no way left; the loss of one version, deployment
type or region is a warning. Of what a team is known to use, each of them is breaking.
"""

from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How bad a change is; `breaking` stops something that runs, now or on a known day."""

    BREAKING = "breaking"
    WARNING = "warning"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)

    def reaches(self, level: "Severity") -> bool:
        """Whether it is as bad as a level or worse."""
        return self.rank <= level.rank


class Check(msgspec.Struct, frozen=True):
    """A kind of change: how bad it is, how bad for those who use what it is about, and what it is.

    `used` None: no worse.
    """

    severity: Severity
    used: Severity | None
    what: str


_BREAKING, _WARNING, _INFO = Severity

CHECKS: dict[str, Check] = {
    "model_removed": Check(_BREAKING, None, "a provider no longer offers a model at all"),
    "version_removed": Check(_WARNING, _BREAKING, "a version of a model is gone"),
    "deployment_type_removed": Check(_WARNING, _BREAKING, "a version lost a deployment type"),
    "region_removed": Check(_WARNING, _BREAKING, "an offer is gone from a region"),
    "retired": Check(_WARNING, _BREAKING, "a retirement date has passed"),
    "retirement_earlier": Check(_WARNING, _BREAKING, "a retirement was moved forward"),
    "retirement_set": Check(_WARNING, None, "a retirement date is told for the first time"),
    "retirement_certainty": Check(_INFO, _WARNING, "a date became planned or tentative"),
    "retirement_later": Check(_INFO, None, "a retirement was put off"),
    "retirement_withdrawn": Check(_INFO, None, "a retirement date is no longer told"),
    "replacement_changed": Check(_INFO, None, "another model is named as the replacement"),
    "lifecycle_worse": Check(_WARNING, None, "a model became legacy, deprecated or retired"),
    "lifecycle_changed": Check(_INFO, None, "a model's lifecycle has another word"),
    "boundary_wider": Check(_WARNING, _BREAKING, "data may be processed in more places"),
    "boundary_unknown": Check(_WARNING, _BREAKING, "where data is processed is not known any more"),
    "boundary_narrower": Check(_INFO, None, "data is processed in fewer places"),
    "destinations_added": Check(_WARNING, None, "a profile may route to more regions"),
    "destinations_removed": Check(_INFO, None, "a profile routes to fewer regions"),
    "context_shorter": Check(_WARNING, _BREAKING, "a model takes or answers fewer tokens"),
    "context_longer": Check(_INFO, None, "a model takes or answers more tokens"),
    "default_version_changed": Check(_WARNING, None, "another version is the default"),
    "quota_zero": Check(_BREAKING, None, "a quota fell to nothing"),
    "quota_down": Check(_WARNING, None, "a quota was cut"),
    "quota_removed": Check(_WARNING, None, "a quota is no longer listed"),
    "quota_unknown": Check(_WARNING, None, "a quota tells no limit any more"),
    "quota_up": Check(_INFO, None, "a quota was raised"),
    "quota_added": Check(_INFO, None, "a quota is new"),
    "capacity_zero": Check(_WARNING, None, "no capacity was left in two looks running"),
    "capacity_back": Check(_INFO, None, "there is capacity again"),
    "price_up": Check(_WARNING, None, "a price went up"),
    "price_gone": Check(_WARNING, None, "a price is no longer known"),
    "price_down": Check(_INFO, None, "a price went down"),
    "price_new": Check(_INFO, None, "a price is known for the first time"),
    "coverage_lost": Check(_WARNING, None, "a region could be read before and not now"),
    "coverage_regained": Check(_INFO, None, "a region can be read again"),
    "model_added": Check(_INFO, None, "a provider offers a model for the first time"),
    "version_added": Check(_INFO, None, "a model has a new version"),
    "deployment_type_added": Check(_INFO, None, "a version has a new deployment type"),
    "region_added": Check(_INFO, None, "an offer is in a region for the first time"),
    "renamed": Check(_INFO, None, "the same offer under another name"),
    "units_changed": Check(_INFO, None, "units come in other sizes, or serve another rate"),
    "details_changed": Check(_INFO, None, "another fact about an offer has changed"),
}
"""Every check by its id, in the order in which changes of one severity are listed."""
