"""What an offer must meet, and the reasons why one does not."""

import datetime as dt
from collections.abc import Iterator
from math import ceil

import msgspec

from planner.core.answers import RegionEntry
from planner.core.boundaries import within
from planner.core.offers import Availability, Scope

# A boundary in words, where its name would not say what it holds.
_PLACES = {
    "anywhere": "anywhere",
    "eur": "in eur (Azure's zone: the EU, Norway and Switzerland)",
    "apac": "in apac (Azure's Asia-Pacific zone)",
}


_CHOICES = ("provider", "region", "version", "deployment_type")
# An offer of these cannot be deployed, whatever is left of its quota.
_CLOSED = {
    Availability.RETIRED,
    Availability.NOT_OFFERED,
    Availability.CLOSED_TO_NEW,
    Availability.NOT_ENABLED,
}


class Constraints(msgspec.Struct, frozen=True, kw_only=True):
    """What an offer must meet; None asks for nothing. `minimum_lifetime_days` counts from today.

    `tokens_per_request` is the mean length of a request: with it the request rate counts, too.
    """

    provider: str | None = None
    region: str | None = None
    version: str | None = None
    deployment_type: str | None = None
    boundary: str | None = None
    minimum_lifetime_days: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_request: int | None = None

    def demands(self) -> "Constraints":
        """What the offer has to do, without the choice of a provider, place, version or type."""
        return msgspec.structs.replace(self, **dict.fromkeys(_CHOICES))


def reasons_against(entry: RegionEntry, constraints: Constraints, on: dt.date) -> tuple[str, ...]:
    """Why the constraints remove an entry; empty where they do not."""
    return (
        *_selection(entry, constraints),
        *_boundary(entry, constraints.boundary),
        *_lifetime(entry, constraints.minimum_lifetime_days, on),
        *_quota(entry, constraints),
    )


def is_selected(entry: RegionEntry, constraints: Constraints) -> bool:
    """Whether an entry is of the provider, region, version and type that were asked for."""
    return not any(_selection(entry, constraints))


def _selection(entry: RegionEntry, constraints: Constraints) -> Iterator[str]:
    for name in _CHOICES:
        wanted, has = getattr(constraints, name), getattr(entry, name)
        if wanted is not None and has != wanted:
            yield f"{name.replace('_', ' ')} is {has or 'unknown'}, asked for {wanted}"


def _boundary(entry: RegionEntry, asked: str | None) -> Iterator[str]:
    if asked is None:
        return
    inside = within(entry.boundary, asked)
    if inside is None:
        yield f"{_unknown_place(entry)}, asked for {asked}"
    elif not inside:
        place = _PLACES.get(entry.boundary or "", f"in {entry.boundary}")
        yield f"it may process {place}, asked for {asked}"


def _lifetime(entry: RegionEntry, least_days: int | None, on: dt.date) -> Iterator[str]:
    if least_days is None or entry.retires_on is None:
        return
    left = (entry.retires_on - on).days
    if left < least_days:
        life = f"retires on {entry.retires_on}, in {left} days" if left > 0 else "has retired"
        yield f"{life}, asked for {least_days} days"


def _quota(entry: RegionEntry, constraints: Constraints) -> Iterator[str]:
    """What the quota lacks, the rate that binds first."""
    asked, length = constraints.tokens_per_minute, constraints.tokens_per_request
    if asked is None:
        return
    tokens, requests = entry.free_tokens_per_minute, entry.free_requests_per_minute
    if tokens is None and entry.availability in _CLOSED:
        yield entry.reasons[0]
        return
    if tokens is None:
        yield f"free tokens per minute unknown, asked for {asked:,}"
        return
    lacking = []
    if tokens < asked:
        lacking.append(
            (tokens / asked, f"{tokens:,.0f} tokens per minute free, asked for {asked:,}")
        )
    needed = ceil(asked / length) if length else 0
    if requests is not None and requests < needed:
        told = f"{requests:,.0f} requests per minute free, {needed:,} needed"
        lacking.append((requests / needed, f"{told} where each has {length:,} tokens"))
    yield from (words for _, words in sorted(lacking))


def _unknown_place(entry: RegionEntry) -> str:
    if entry.scope is Scope.GEOGRAPHIC and not entry.destinations:
        return (
            f"the regions behind {entry.deployment_type} are not in the snapshot "
            f"(planner collect {entry.provider})"
        )
    return "where it processes is unknown"
