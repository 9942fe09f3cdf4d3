"""What collect, quotas, deployments and doctor answer; the field names are the outside contract."""

import datetime as dt
from enum import StrEnum

import msgspec

from planner.core.answers import Answer
from planner.core.catalog import Source
from planner.core.offers import Retirement
from planner.core.snapshots import Origin, Status


class PlaceEntry(Answer, frozen=True):
    """How reading one region (null: the provider as a whole) of one account ended.

    `offers` and `quotas` count what the snapshot now holds of it; from `carried_from` on those
    that could not be read are of an earlier day.
    """

    region: str | None
    account: str | None
    status: Status
    quota_status: Status | None
    offers: int
    quotas: int
    carried_from: dt.date | None
    error: str | None


class Collection(Answer, frozen=True):
    """One provider's part of `planner collect`.

    `snapshot` and `path` are null where nothing could be read, so that nothing was written; in a
    dry run they tell what would be. `unchanged_since` names the day that this one equals.
    """

    provider: str
    snapshot: dt.date | None
    path: str | None
    origin: Origin
    unchanged_since: dt.date | None
    offers: int
    quotas: int
    coverage: tuple[PlaceEntry, ...]


class CollectAnswer(Answer, frozen=True):
    """`planner collect`."""

    collections: tuple[Collection, ...]


class Limited(Answer, frozen=True, order=True):
    """What a quota limits: a model (or a machine) under a deployment type in the quota's region."""

    model: str
    deployment_type: str | None


class QuotaEntry(Answer, frozen=True):
    """One quota of an account in a region; `free` is never below 0, null where unknown.

    `limits` are the offers of the same snapshot that count against it. A quota is `unmapped` where
    there are none: it limits something else, or what the provider calls by no known name.
    """

    provider: str
    account: str
    region: str
    name: str
    limit: float | None
    default_limit: float | None
    used: float | None
    free: float | None
    unit: str | None
    limits: tuple[Limited, ...]
    unmapped: bool
    observed_on: dt.date


class QuotasAnswer(Answer, frozen=True):
    """`planner quotas`; `notes` say how to come by some, where there are none."""

    sources: tuple[Source, ...]
    quotas: tuple[QuotaEntry, ...]
    notes: tuple[str, ...]


class DeploymentEntry(Answer, frozen=True):
    """What an account runs, and when it stops: the day on which its base model retires.

    `retirement_dates` has the dates of fine-tuned deployments, too; a name of a deployment does
    not tell which one it is.
    """

    provider: str
    account: str
    region: str
    name: str
    model: str | None
    version: str | None
    deployment_type: str | None
    units: int | None
    lifecycle: str | None
    retires_on: dt.date | None
    retirement_dates: tuple[Retirement, ...]
    replacement: str | None
    observed_on: dt.date


class DeploymentsAnswer(Answer, frozen=True):
    """`planner deployments`; `notes` say how to come by some, where there are none."""

    on: dt.date
    sources: tuple[Source, ...]
    deployments: tuple[DeploymentEntry, ...]
    notes: tuple[str, ...]


class CheckStatus(StrEnum):
    """How a check ended; a skip is no pass."""

    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"


class Check(Answer, frozen=True):
    """One check: of a provider or of this machine, what was found, and the fix where it failed.

    `configured`: the user set this up, so that its failure is an error.
    """

    subject: str
    check: str
    status: CheckStatus
    configured: bool
    detail: str
    fix: str | None


class DoctorAnswer(Answer, frozen=True):
    """`planner doctor`."""

    on: dt.date
    checks: tuple[Check, ...]


def tally(checks: tuple[Check, ...]) -> dict[CheckStatus, int]:
    """How many checks ended in which way."""
    return {status: sum(c.status is status for c in checks) for status in CheckStatus}


def place_rows(answer: CollectAnswer) -> list[msgspec.Struct]:
    """The coverage of all providers as flat rows."""
    return [
        PlaceRow(provider=c.provider, **{f: getattr(entry, f) for f in entry.__struct_fields__})
        for c in answer.collections
        for entry in c.coverage
    ]


class PlaceRow(PlaceEntry, frozen=True):
    """A place and its provider, as a row of CSV or markdown."""

    provider: str
