"""Whether an account can use an offer on a date: life first, then quota, then capacity.

Nothing is made of what was not read: without quota, or without capacity where capacity decides,
an offer is unknown and its reason says what to collect.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

import msgspec

from planner.core.bedrock_quotas import kind_of
from planner.core.catalog import Catalog, Sighting
from planner.core.lifecycle import CLOSED_TO_NEW, RETIRED, Life, ends_on
from planner.core.offers import AppliesTo, Availability, Billing, Offer, Quota


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """An offer's availability with its reasons and what is free of it.

    The free rates are those of the account that has the most; `quota` lists all accounts'.
    """

    availability: Availability
    reasons: tuple[str, ...]
    quota: tuple[Quota, ...] = ()
    free_tokens_per_minute: float | None = None
    free_requests_per_minute: float | None = None


def judge(catalog: Catalog, sighting: Sighting, life: Life) -> Standing:
    """The standing of an offer that was seen, on the catalog's date."""
    if (gone_by := sighting.gone_by) is not None:
        if gone_by > sighting.seen_on:
            reason = f"last seen on {sighting.seen_on}, gone by {gone_by}"
        else:
            reason = f"not in your snapshot of {gone_by}; the carried one has it later"
        return Standing(availability=Availability.NOT_OFFERED, reasons=(reason,))
    ended = _ended(sighting.offer, life, catalog.on)
    if ended:
        return Standing(availability=Availability.RETIRED, reasons=ended)
    quotas = catalog.quotas(sighting.offer)
    rates = _rates(quotas)
    if rates and life.lifecycle not in CLOSED_TO_NEW:
        return _limited(rates, quotas)
    free = _free(sighting.offer, quotas)
    if life.lifecycle in CLOSED_TO_NEW:
        reasons: tuple[str, ...] = ("deprecated: existing deployments only",)
        availability = Availability.CLOSED_TO_NEW
    else:
        availability, reasons = _by_quota(catalog, sighting.offer, quotas)
    return Standing(
        availability=availability,
        reasons=reasons,
        quota=quotas,
        free_tokens_per_minute=_rate(free, sighting.offer.tokens_per_minute_per_unit),
        free_requests_per_minute=_rate(free, sighting.offer.requests_per_minute_per_unit),
    )


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


def _limited(rates: dict[str, float], quotas: tuple[Quota, ...]) -> Standing:
    said = " and ".join(f"{limit:,.0f} {kind}" for kind, limit in sorted(rates.items()))
    return Standing(
        availability=Availability.AVAILABLE,
        reasons=(f"{said} per minute, shared by all your traffic",),
        quota=quotas,
        free_tokens_per_minute=rates.get("tokens"),
        free_requests_per_minute=rates.get("requests"),
    )


def _ended(offer: Offer, life: Life, on: dt.date) -> tuple[str, ...]:
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


def _by_quota(
    catalog: Catalog, offer: Offer, quotas: Sequence[Quota]
) -> tuple[Availability, tuple[str, ...]]:
    free = _free(offer, quotas)
    if free is None:
        denied = catalog.denied(offer.provider, offer.region)
        unknown = f"quota unknown: run planner collect {offer.provider}"
        availability = Availability.NOT_ENABLED if denied else Availability.UNKNOWN
        return availability, (denied or unknown,)
    least = max(offer.units_minimum or 1, 1)
    if free < least:
        limit = max(q.limit or 0 for q in quotas)
        names = ", ".join(sorted({q.name for q in quotas}))
        return Availability.NO_QUOTA, (
            f"{free:,.0f} of {limit:,.0f} units of {names} free, {least:,} needed",
        )
    if offer.billing is not Billing.PROVISIONED:
        return Availability.AVAILABLE, (f"{free:,.0f} units of quota free",)
    units = catalog.capacity(offer)
    if units is None:
        reason = f"{free:,.0f} units of quota free; capacity unknown: planner collect --capacity"
        return Availability.UNKNOWN, (f"{reason} {offer.model}",)
    if units < least:
        return Availability.NO_CAPACITY, (f"the region has {units:,} units left, {least:,} needed",)
    return Availability.AVAILABLE, (f"{free:,.0f} units of quota free, {units:,} in the region",)


def _free(offer: Offer, quotas: Iterable[Quota]) -> float | None:
    """The free units of the account that has the most; an offer needs all its quota names."""
    by_account: dict[str, dict[str, float | None]] = {}
    for quota in quotas:
        by_account.setdefault(quota.account, {})[quota.name] = quota.free
    best: float | None = None
    for own in by_account.values():
        if set(own) >= set(offer.quota_names) and None not in own.values():
            least = min(value for value in own.values() if value is not None)
            best = least if best is None else max(best, least)
    return best


def _rate(free: float | None, per_unit: int | None) -> float | None:
    return None if free is None or per_unit is None else free * per_unit
