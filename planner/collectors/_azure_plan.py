"""What is asked of Azure, and what each answer leads on to ask."""

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from planner.collectors import Account, Piece, Request
from planner.collectors._azure_json import entries, holds_deployments, name_key, region_name
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


class Plan:
    """Questions and pieces, answer by answer. `only` are the ids of the wanted subscriptions."""

    def __init__(self, request: Request, only: tuple[str, ...] = ()) -> None:
        self._request = request
        self._only = {identifier.lower() for identifier in only}
        self._wanted = {name for r in request.regions if (name := region_name(r)) is not None}
        self._capacity = {name_key(model) for model in request.capacity_models}
        self._lists: dict[str, dict[str, Piece]] = {}
        self._sized: set[tuple[str, str, str]] = set()
        self._first: Account | None = None

    def start(self) -> Question:
        """Return the first question: who is asking."""
        return Question(what="login")

    def after(self, question: Question, piece: Piece) -> Iterator[Question | Piece]:
        """Yield what an answer leads on to, and the pieces that are to be told."""
        account = question.account
        ok = piece.status is Status.OK
        if question.what not in ("login", "subscriptions", "skus", "locations") or not ok:
            yield piece
        if question.what == "login" and ok:
            yield from self._accounts()
        elif question.what == "subscriptions" and ok:
            yield from self._found(piece)
        elif question.what in ("skus", "locations") and account is not None:
            lists = self._lists.setdefault(account.id, {})
            lists[question.what] = piece
            if len(lists) == len(("skus", "locations")):
                yield from self._regions(account, lists["skus"], lists["locations"])
        elif question.what == "resources" and account is not None and ok:
            yield from self._deployments(account, piece)
        elif question.what == "models" and account is not None and ok:
            yield from self._capacities(account, piece)

    def _accounts(self) -> Iterator[Question]:
        if self._request.accounts:
            for account in self._request.accounts:
                yield from self._of_account(account)
        else:
            query = {"api-version": SUBSCRIPTIONS}
            yield Question(what="subscriptions", path="/subscriptions", query=query)

    def _found(self, piece: Piece) -> Iterator[Question | Piece]:
        """Ask of every enabled subscription that the login sees, or of those in `only`."""
        found = {}
        for entry in entries(piece.body):
            identifier, name = entry.get("subscriptionId"), entry.get("displayName")
            if isinstance(identifier, str) and str(entry.get("state")).lower() == "enabled":
                found[identifier.lower()] = name if isinstance(name, str) else ""
        for identifier in sorted(self._only or found):
            alias = self._request.alias(identifier, found.get(identifier, ""))
            yield from self._of_account(Account(id=identifier, alias=alias))
        if not found and not self._only:
            hint = f"the login sees no enabled subscription; grant it the role {READER} on one"
            yield Piece(what="subscriptions", status=Status.DENIED, error=hint)

    def _of_account(self, account: Account) -> Iterator[Question]:
        self._first = self._first or account
        base = _base(account)
        cognitive = f"{base}/providers/Microsoft.CognitiveServices"
        query = {"api-version": COGNITIVE}
        yield Question(what="skus", path=f"{cognitive}/skus", query=query, account=account)
        locations = {"api-version": SUBSCRIPTIONS}
        yield Question(what="locations", path=f"{base}/locations", query=locations, account=account)
        yield Question(
            what="resources", path=f"{cognitive}/accounts", query=query, account=account, rank=1
        )

    def _regions(
        self, account: Account, skus: Piece, locations: Piece
    ) -> Iterator[Question | Piece]:
        """Ask in the regions with AI services, or where these are unknown in all that are named."""
        places = physical_regions(locations.body)
        offering = regions_with_models(skus.body)
        if offering and places & offering:
            offering &= places
        asked = (offering or places or self._wanted) & (self._wanted or offering or places)
        for region in sorted(self._wanted - asked):
            here = Question(what="models", account=account, region=region)
            yield here.piece(Status.NOT_OFFERED, "no AI services in this region")
        if not asked and not self._wanted:
            status = skus.status if skus.status is not Status.OK else Status.FAILED
            what = skus.error or "no region is named; its lists are empty"
            yield Question(what="models", account=account).piece(status, what)
        for region in sorted(asked):
            yield from _of_region(account, region)
        for region in sorted((places or asked) & (self._wanted or places or asked)):
            yield from _of_machines(account, region)

    def _deployments(self, account: Account, piece: Piece) -> Iterator[Question]:
        """Ask what runs in each resource that can hold deployments."""
        for entry in entries(piece.body):
            match = _RESOURCE.fullmatch(str(entry.get("id")))
            region = region_name(entry.get("location"))
            if match is None or region is None or not holds_deployments(entry):
                continue
            if self._wanted and region not in self._wanted:
                continue
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

    def _capacities(self, account: Account, piece: Piece) -> Iterator[Question]:
        """Ask for the capacity of each version of the wanted models, once, by one account."""
        if not self._capacity or account != self._first:
            return
        for entry in entries(piece.body):
            model = entry.get("model")
            model = model if isinstance(model, dict) else {}
            known = tuple(model.get(key) for key in ("format", "name", "version"))
            form, name, version = (value if isinstance(value, str) else "" for value in known)
            if name_key(name) not in self._capacity or (form, name, version) in self._sized:
                continue
            self._sized.add((form, name, version))
            yield Question(
                what=f"capacity:{name}",
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


def _base(account: Account) -> str:
    if not _ID.fullmatch(account.id):
        raise ValueError(f"the id of the subscription {account.alias} is none; give a GUID")
    return f"/subscriptions/{account.id}"


def _of_region(account: Account, region: str) -> Iterator[Question]:
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


def _of_machines(account: Account, region: str) -> Iterator[Question]:
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


def regions_with_models(body: Any) -> set[str]:
    """Return the regions in which a list of SKUs has AI services."""
    return _names(
        location
        for entry in entries(body)
        if entry.get("kind") == "AIServices" and isinstance(entry.get("locations"), list)
        for location in entry["locations"]
    )


def physical_regions(body: Any) -> set[str]:
    """Return the regions of a list of locations that are places and no groups of places."""
    return _names(
        entry.get("name")
        for entry in entries(body)
        if isinstance(entry.get("metadata"), dict)
        and entry["metadata"].get("regionType") == "Physical"
    )


def _names(texts: Iterable[Any]) -> set[str]:
    return {name for text in texts if (name := region_name(text)) is not None}
