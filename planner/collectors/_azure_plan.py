"""What is asked of Azure, and what each answer leads on to ask."""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from planner.collectors import Account, Piece, Request
from planner.collectors._azure_json import (
    entries,
    holds_deployments,
    mapping,
    name_key,
    region_name,
)
from planner.collectors._azure_models import canonical_name
from planner.collectors._azure_questions import (
    READER,
    SUBSCRIPTIONS,
    Question,
    of_account,
    of_capacity,
    of_machines,
    of_region,
    of_resource,
)
from planner.core.snapshots import Status


class Plan:
    """Questions and pieces, answer by answer. `only` are the ids of the wanted subscriptions."""

    def __init__(self, request: Request, only: tuple[str, ...] = ()) -> None:
        self._request = request
        self._only = {identifier.lower() for identifier in only}
        self._wanted = {name for r in request.regions if (name := region_name(r)) is not None}
        self._canonical = cache(request.canonical)
        self._capacity = {name_key(request.canonical(m)): m for m in request.capacity_models}
        self._listed: set[str] = set()
        self._read_models = False
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

    def unlisted(self) -> Iterator[Piece]:
        """Yield, after all answers, the models of which no list told whose capacity was wanted."""
        for key, spelling in self._capacity.items():
            if self._read_models and key not in self._listed:
                error = "no list that was read has such a model"
                yield Piece(what=f"capacity:{spelling}", status=Status.NOT_OFFERED, error=error)

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
        yield from of_account(account)

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
            yield from of_region(account, region)
        for region in sorted((places or asked) & (self._wanted or places or asked)):
            yield from of_machines(account, region)

    def _deployments(self, account: Account, piece: Piece) -> Iterator[Question]:
        """Ask what runs in each resource that can hold deployments."""
        for entry in entries(piece.body):
            region = region_name(entry.get("location"))
            if region is None or not holds_deployments(entry):
                continue
            if not self._wanted or region in self._wanted:
                yield from of_resource(account, entry, region)

    def _capacities(self, account: Account, piece: Piece) -> Iterator[Question]:
        """Ask for the capacity of each version of the wanted models, once, by one account."""
        if not self._capacity or account != self._first:
            return
        self._read_models = True
        for entry in entries(piece.body):
            told = mapping(entry.get("model"))
            known = (told.get(key) for key in ("format", "name", "version"))
            form, name, version = (value if isinstance(value, str) else "" for value in known)
            model = canonical_name(name, version, self._canonical)
            if name_key(model) not in self._capacity or (form, name, version) in self._sized:
                continue
            self._listed.add(name_key(model))
            self._sized.add((form, name, version))
            yield of_capacity(account, model, (form, name, version))


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
