"""The questions that Azure's management API answers with lists, and their addresses."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from planner.collectors import Account, Piece
from planner.core.snapshots import Status

# As azure-mgmt-cognitiveservices 14.1.0 and azure-mgmt-resource-subscriptions 1.0.0 send them;
# Compute's from learn.microsoft.com/rest/api/compute (usage list 2024-07-01; skus: recalled).
COGNITIVE = "2025-09-01"
SUBSCRIPTIONS = "2022-12-01"
COMPUTE_USAGES = "2024-07-01"
COMPUTE_SKUS = "2021-07-01"

READER = "Reader"
USAGES_READER = "Cognitive Services Usages Reader"

_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_RESOURCE = re.compile(
    r"/subscriptions/[^/]+/resourceGroups/([^/?#]+)"
    r"/providers/Microsoft\.CognitiveServices/accounts/([^/?#]+)",
    re.IGNORECASE,
)


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One list to ask for; the lower `rank` goes first, `role` is what a denied login lacks."""

    what: str
    path: str = ""
    query: dict[str, str] = {}
    account: Account | None = None
    region: str | None = None
    rank: int = 0
    role: str = READER

    @property
    def label(self) -> str:
        """The question in a few words, for a progress line."""
        place = self.region or (self.account.alias if self.account else "")
        return f"{place} {self.what}".strip()

    def piece(self, status: Status, error: str | None = None, body: Any = None) -> Piece:
        """Return the piece that tells how the question was answered."""
        account = self.account.alias if self.account else None
        return Piece(
            what=self.what,
            account=account,
            region=self.region,
            status=status,
            body=body,
            error=error,
        )


def _base(account: Account) -> str:
    if not _ID.fullmatch(account.id):
        raise ValueError(f"the id of the subscription {account.alias} is none; give a GUID")
    return f"/subscriptions/{account.id}"


def of_account(account: Account) -> Iterator[Question]:
    """Yield what is asked of a subscription as a whole."""
    base = _base(account)
    cognitive = f"{base}/providers/Microsoft.CognitiveServices"
    query = {"api-version": COGNITIVE}
    yield Question(what="skus", path=f"{cognitive}/skus", query=query, account=account)
    locations = {"api-version": SUBSCRIPTIONS}
    yield Question(what="locations", path=f"{base}/locations", query=locations, account=account)
    yield Question(
        what="resources", path=f"{cognitive}/accounts", query=query, account=account, rank=1
    )


def of_region(account: Account, region: str) -> Iterator[Question]:
    """Yield what is asked of a region with AI services."""
    place = f"{_base(account)}/providers/Microsoft.CognitiveServices/locations/{region}"
    for what, role in (("models", READER), ("usages", USAGES_READER)):
        yield Question(
            what=what,
            path=f"{place}/{what}",
            query={"api-version": COGNITIVE},
            account=account,
            region=region,
            role=role,
        )


def of_machines(account: Account, region: str) -> Iterator[Question]:
    """Yield what is asked of a region's GPU machines."""
    compute = f"{_base(account)}/providers/Microsoft.Compute"
    yield Question(
        what="gpu-usages",
        path=f"{compute}/locations/{region}/usages",
        query={"api-version": COMPUTE_USAGES},
        account=account,
        region=region,
        rank=2,
    )
    yield Question(
        what="gpu-sizes",
        path=f"{compute}/skus",
        query={"api-version": COMPUTE_SKUS, "$filter": f"location eq '{region}'"},
        account=account,
        region=region,
        rank=2,
    )


def of_resource(account: Account, resource: dict[str, Any], region: str) -> Iterator[Question]:
    """Yield what is asked of a resource that can hold deployments; none where its id is none."""
    match = _RESOURCE.fullmatch(str(resource.get("id")))
    if match is None:
        return
    group, name = (quote(part, safe="") for part in match.groups())
    yield Question(
        what="deployments",
        path=f"{_base(account)}/resourceGroups/{group}"
        f"/providers/Microsoft.CognitiveServices/accounts/{name}/deployments",
        query={"api-version": COGNITIVE},
        account=account,
        region=region,
        rank=1,
    )


def of_capacity(account: Account, model: str, told: tuple[str, str, str]) -> Question:
    """Return the question what all regions could deploy of a model.

    `told` are its format, name and version in Azure's words.
    """
    form, name, version = told
    return Question(
        what=f"capacity:{model}",
        path=f"{_base(account)}/providers/Microsoft.CognitiveServices/modelCapacities",
        query={
            "api-version": COGNITIVE,
            "modelFormat": form,
            "modelName": name,
            "modelVersion": version,
        },
        account=account,
        rank=1,
    )
