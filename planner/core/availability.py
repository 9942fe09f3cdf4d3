"""Whether an account can use an offer on a date: life first, then quota, then capacity.

Nothing is made of what was not read: without quota, or without capacity where capacity decides,
an offer is unknown and its reason says what to collect. What is free of a quota is told of retired
offers, too: it is the account's, whatever becomes of the model.
"""

from collections.abc import Iterable

import msgspec

from planner.core.bedrock_quotas import kind_of
from planner.core.catalog import Catalog, Sighting
from planner.core.lifecycle import CLOSED_TO_NEW, RETIRED, Life, ends_on
from planner.core.offers import AppliesTo, Availability, Billing, Offer, Quota
from planner.core.snapshots import Origin

# How Amazon Bedrock says of a model that an account may not use it.
_REFUSED = frozenset(
    {
        "agreement=not_available",
        "agreement=pending",
        "authorization=not_authorized",
        "entitlement=not_available",
    }
)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An offer's availability with its reasons and what is free of it.

    The free units and rates are those of the account that has the most; `quota` lists all
    accounts'.
    """

    availability: Availability
    reasons: tuple[str, ...]
    quota: tuple[Quota, ...] = ()
    free_units: float | None = None
    free_tokens_per_minute: float | None = None
    free_requests_per_minute: float | None = None


class _Left(msgspec.Struct, frozen=True):
    """The quota that binds in the account that has the most left, and how much that is."""

    quota: Quota
    free: float
    of_several: bool


def judge(catalog: Catalog, sighting: Sighting, life: Life) -> Standing:
    """The standing of an offer that was seen, on the catalog's date."""
    offer = sighting.offer
    if sighting.gone_by is not None:
        return _gone(catalog, sighting)
    quotas = catalog.allowances.quotas(offer)
    rates = _rates(quotas)
    left = _left(offer, quotas)
    free = None if left is None else left.free
    standing = Standing(
        availability=Availability.UNKNOWN,
        reasons=(),
        quota=quotas,
        free_units=free,
        free_tokens_per_minute=rates.get("tokens")
        if rates
        else _rate(free, offer.tokens_per_minute_per_unit),
        free_requests_per_minute=rates.get("requests")
        if rates
        else _rate(free, offer.requests_per_minute_per_unit),
    )
    if ended := _ended(sighting, life, catalog):
        availability, reasons = Availability.RETIRED, ended
    elif life.lifecycle in CLOSED_TO_NEW:
        availability = Availability.CLOSED_TO_NEW
        reasons = ("deprecated: existing deployments only",)
    elif refused := sorted(_REFUSED.intersection(offer.capabilities)):
        availability, reasons = Availability.NOT_ENABLED, (_not_agreed(refused[0]),)
    elif rates:
        availability, reasons = Availability.AVAILABLE, (_shared_by_all(rates),)
    elif left is None:
        availability, reasons = _untold(catalog, sighting, quotas)
    else:
        availability, reasons = _by_quota(catalog, offer, left)
    if availability is Availability.AVAILABLE and (binds := _binding_rate(standing)):
        reasons = (*reasons, binds)
    return msgspec.structs.replace(standing, availability=availability, reasons=reasons)


def _not_agreed(word: str) -> str:
    what, _, state = word.partition("=")
    told = f"the account's {what} for this model is {state.replace('_', ' ')}"
    return f"{told}; an administrator can ask for access in the provider's console"


def _gone(catalog: Catalog, sighting: Sighting) -> Standing:
    gone_by, offer = sighting.gone_by, sighting.offer
    if denied := catalog.allowances.denied(offer.provider, offer.region):
        return Standing(availability=Availability.NOT_ENABLED, reasons=(denied,))
    if gone_by is not None and gone_by > sighting.seen_on:
        reason = f"last seen on {sighting.seen_on}, gone by {gone_by}"
    else:
        reason = f"not in your snapshot of {gone_by}; the carried one has it later"
    return Standing(availability=Availability.NOT_OFFERED, reasons=(reason,))


def _ended(sighting: Sighting, life: Life, catalog: Catalog) -> tuple[str, ...]:
    offer, on = sighting.offer, catalog.on
    end = ends_on(offer, life)
    if not ((end is not None and end <= on) or life.lifecycle in RETIRED):
        return ()
    reasons = [f"retired on {end}" if end else "retired"]
    later = [
        r.on
        for r in life.retirement_dates
        if r.applies_to is AppliesTo.FINE_TUNED and r.on > on and not offer.fine_tuned
    ]
    if later:
        reasons.append(f"fine-tuned deployments run until {max(later)}")
    return tuple(reasons)


def _rates(quotas: Iterable[Quota]) -> dict[str, float]:
    """Per kind the largest account's limit of quotas that are rates and that nothing reserves.

    Amazon Bedrock limits tokens and requests per minute over all traffic: no deployment takes a
    part of them, so no use is told and the limit is what there is.
    """
    found: dict[str, float] = {}
    for quota in quotas:
        kind = kind_of(quota)
        if kind in ("tokens", "requests") and quota.used is None and quota.limit:
            found[kind] = max(quota.limit, found.get(kind, 0.0))
    return found


def _shared_by_all(rates: dict[str, float]) -> str:
    said = " and ".join(f"{limit:,.0f} {kind}" for kind, limit in sorted(rates.items()))
    return f"{said} per minute, shared by all your traffic"


def _untold(
    catalog: Catalog, sighting: Sighting, quotas: tuple[Quota, ...]
) -> tuple[Availability, tuple[str, ...]]:
    """What to say where nobody told how much is left."""
    offer = sighting.offer
    if denied := catalog.allowances.denied(offer.provider, offer.region):
        return Availability.NOT_ENABLED, (denied,)
    if quotas:
        return Availability.UNKNOWN, (_half_told(quotas[0]),)
    if sighting.origin is not Origin.ACCOUNT:
        reason = f"quota unknown: run planner collect {offer.provider}"
    elif lost := catalog.allowances.lost_quotas(offer.provider, offer.region):
        reason = f"quota unknown: {lost}"
    elif catalog.allowances.knows_quotas(offer.provider, offer.region):
        reason = "quota unknown: none that was read names it (planner quotas --unmapped)"
    else:
        reason = f"quota unknown: {offer.provider} told none"
    return Availability.UNKNOWN, (reason,)


def _half_told(quota: Quota) -> str:
    if quota.limit == 0 and quota.used is None:
        return f"quota unknown: {quota.name} has limit 0, as it can where a model answers"
    told = f"limit {_amount(quota.limit)}, used {_amount(quota.used)}"
    return f"quota unknown: {quota.name} has {told}"


def _amount(number: float | None) -> str:
    return "unknown" if number is None else f"{number:,.0f}"


def _by_quota(catalog: Catalog, offer: Offer, left: _Left) -> tuple[Availability, tuple[str, ...]]:
    least = max(offer.units_minimum or 1, 1)
    told = _in_words(catalog, offer, left)
    if left.free < least:
        return Availability.NO_QUOTA, (f"{told}, {least:,} needed",)
    if offer.billing is not Billing.PROVISIONED:
        return Availability.AVAILABLE, (told,)
    units = catalog.allowances.capacity(offer)
    if units is None:
        ask = f"capacity unknown: planner collect --capacity {offer.model}"
        return Availability.UNKNOWN, (f"{told}; {ask}",)
    if units < least:
        return Availability.NO_CAPACITY, (f"the region has {units:,} units left, {least:,} needed",)
    return Availability.AVAILABLE, (told, f"{units:,} units in the region")


def _in_words(catalog: Catalog, offer: Offer, left: _Left) -> str:
    """How much of which quota is left, in which of several accounts, and who else draws on it."""
    quota = left.quota
    told = f"{left.free:,.0f} of {_amount(quota.limit)} units of {quota.name} free"
    if left.of_several:
        told += f" in {quota.account}"
    others = catalog.allowances.sharers(offer, quota.name)
    if others:
        told += f", a pool shared with {others:,} other model{'' if others == 1 else 's'}"
    return told


def _left(offer: Offer, quotas: Iterable[Quota]) -> _Left | None:
    """What the account with the most has left; an offer needs all its quota names."""
    by_account: dict[str, list[Quota]] = {}
    for quota in quotas:
        by_account.setdefault(quota.account, []).append(quota)
    best: _Left | None = None
    for own in by_account.values():
        if {q.name for q in own} >= set(offer.quota_names):
            binding = min(own, key=lambda q: -1.0 if q.free is None else q.free)
            if binding.free is not None and (best is None or binding.free > best.free):
                best = _Left(binding, binding.free, len(by_account) > 1)
    return best


def _binding_rate(standing: Standing) -> str | None:
    """Below which length of a request its rate binds, and not its tokens."""
    tokens, requests = standing.free_tokens_per_minute, standing.free_requests_per_minute
    if not tokens or not requests:
        return None
    return (
        f"{requests:,.0f} requests per minute bind where a request has "
        f"under {tokens / requests:,.0f} tokens"
    )


def _rate(free: float | None, per_unit: int | None) -> float | None:
    return None if free is None or per_unit is None else free * per_unit
