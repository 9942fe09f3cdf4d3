"""What a workload demands of a lot, and the reasons and steps where one does not meet it.

A reason removes; a step says what would mend it. What is unknown fails only where a limit was set
on it.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from fractions import Fraction
from math import ceil

import msgspec

from planner.core.boundaries import ON_PREMISES, within
from planner.core.licences import Licence
from planner.core.lots import UNLISTED, Lot
from planner.core.offers import KIND_WORDS, Availability, Billing, Scope
from planner.core.quota_needs import needed_of
from planner.core.regions import cloud_of
from planner.core.workload import Where, Workload

USABLE = frozenset({Availability.AVAILABLE, Availability.UNKNOWN})
_LACKING = frozenset({Availability.NO_QUOTA, Availability.NO_CAPACITY})


class Objection(msgspec.Struct, frozen=True):
    """Why something cannot serve, and what would mend it, where anything would."""

    reason: str
    step: str | None = None


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where something would serve: a region, what it promises, and the round trip in ms.

    `untold`: it may process in other regions, and the snapshot does not say which.
    """

    provider: str
    region: str | None
    boundary: str | None
    scope: Scope | None
    latency_ms: int | None
    untold: bool = False


TAKE_REGIONAL = "take a regional type"


def of_place(where: Where, place: Place) -> Iterator[Objection]:
    """Provider, region, boundary and round trip."""
    providers = where.providers
    if providers and not {place.provider, cloud_of(place.provider)} & set(providers):
        yield Objection(f"its provider is {place.provider}, asked for {', '.join(providers)}")
    if where.regions and place.region not in where.regions:
        yield Objection(f"not in {', '.join(where.regions)}")
    yield from _of_boundary(where, place)
    limit = where.latency_ms
    if limit is None:
        return
    if place.scope is not Scope.REGIONAL:
        yield Objection("it may process elsewhere, so no round trip is promised", TAKE_REGIONAL)
    elif place.latency_ms is None:
        start = where.from_region or "the asking region, which was not named"
        yield Objection(f"the round trip from {start} is unknown")
    elif place.latency_ms > limit:
        yield Objection(f"{place.latency_ms} ms from {where.from_region}, at most {limit:g}")


def _of_boundary(where: Where, place: Place) -> Iterator[Objection]:
    asked = where.boundary
    if asked is None:
        return
    inside = place.boundary == asked or within(place.boundary, asked)
    if asked == ON_PREMISES and not inside:
        yield Objection("data may not leave the premises, and it is a cloud's")
    elif place.boundary == ON_PREMISES and not inside:
        yield Objection(
            f"it stands on your premises, and nobody says whether these are in {asked}",
            "give the boundary of the machine, the country where it stands",
        )
    elif inside is None and place.untold:
        told = "the regions that may process it are not in the snapshot"
        yield Objection(f"{told}, asked for {asked}", f"planner collect {place.provider}")
    elif inside is None:
        yield Objection(f"where it processes is unknown, asked for {asked}")
    elif not inside:
        words = "anywhere" if place.boundary == "anywhere" else f"in {place.boundary}"
        yield Objection(f"it may process {words}, asked for {asked}")


def of_model(workload: Workload, model: str, context_tokens: int | None) -> Iterator[Objection]:
    """Quality and context length."""
    least = workload.minimum_quality
    if least is not None:
        score = workload.quality.get(model)
        if score is None:
            yield Objection(f"no quality score of {model} is given, at least {least:g} asked for")
        elif score < least:
            yield Objection(f"quality {score:g}, at least {least:g} asked for")
    longest = workload.longest_request
    if context_tokens is not None and longest > context_tokens:
        yield Objection(
            f"context of {context_tokens:,} tokens, the longest request needs "
            f"{float(longest):,.0f}",
            "name a model of a longer context, or cut the prompts",
        )


def of_licence(workload: Workload, licence: Licence | None) -> Iterator[Objection]:
    """The licence of weights that the user would hold, None where it is unknown.

    Managed offers are never asked for it: their provider holds the weights, and the user, who
    neither takes nor passes them on, has the provider's terms.
    """
    accepted = workload.licences
    if not accepted:
        return
    told = "unknown" if licence is None else licence.licence
    if licence is None or told not in {name.casefold() for name in accepted}:
        step = None if licence is None else f"add {told} to licences, if its terms suit you"
        yield Objection(f"its licence is {told}, asked for {', '.join(accepted)}", step)


def of_lot(workload: Workload, lot: Lot, on: dt.date) -> Iterator[Objection]:
    """The kind of way, standing, price and latency targets, apart from its place and its quota."""
    if workload.ways and lot.billing not in workload.ways:
        kind = "of an unknown kind" if lot.billing is None else KIND_WORDS[lot.billing]
        asked = ", ".join(KIND_WORDS[way] for way in workload.ways)
        yield Objection(f"it is {kind}, asked for {asked}")
        return
    usable = USABLE | {Availability.CLOSED_TO_NEW} if workload.existing else USABLE
    usable |= _LACKING if workload.ignore_quota else frozenset()
    if lot.standing.availability not in usable:
        step = _step_for(lot)
        yield Objection("; ".join(lot.standing.reasons) or str(lot.standing.availability), step)
        return
    if workload.horizon_months is not None and UNLISTED in lot.notes:
        yield Objection(
            "no snapshot lists it, so how long it is sold is unknown",
            "leave horizon_months out, where that does not matter",
        )
    if lot.billing is Billing.PROVISIONED:
        yield from _of_units(workload, lot)
    elif lot.rates is None:
        tier = "" if workload.tier == "default" else f" in the {workload.tier} tier"
        yield Objection(
            f"no price of it is known{tier} on {on}", "add one to ./pricing/overrides.yaml"
        )
    elif (over := lot.rates.unpriced_over) is not None and workload.input.longest_billed > over:
        tier = "" if lot.tier == "default" else f" in the {lot.tier} tier"
        yield Objection(
            f"no price of prompts over {over:,} tokens is known{tier}",
            "add one to ./pricing/overrides.yaml",
        )


def _of_units(workload: Workload, lot: Lot) -> Iterator[Objection]:
    if lot.fact is None:
        yield Objection(
            "what one of its units carries is not published",
            "give it under units: in the workload file",
        )
    elif lot.grid is None:
        yield Objection("in which counts its units are sold is not published")
    elif not lot.terms:
        yield Objection(_unpriced(lot), "add one to ./pricing/overrides.yaml")
    target = lot.fact.tokens_per_second_target if lot.fact else None
    if workload.tpot_ms is not None and target is not None and 1000 / target > workload.tpot_ms:
        yield Objection(
            f"its target is {target} tokens per second, {1000 / target:.3g} ms between tokens, at "
            f"most {workload.tpot_ms:g} asked for"
        )


def _unpriced(lot: Lot) -> str:
    """That no price of a lot's units holds, and what the last one was."""
    last = next((term for term in lot.ended if term.months is None), None)
    if last is None:
        return "no price of its units is known"
    usd = f"{last.usd_per_hour:f} USD per {lot.unit or 'unit'} and hour"
    return f"no price of its units is known since {last.ended_on}; it was {usd}"


def of_quota(workload: Workload, lot: Lot, *, with_waiting: bool = False) -> Iterator[Objection]:
    """What the quota lacks at the peak, the limit that binds first; see `needed_of`."""
    if workload.ignore_quota or lot.billing not in (Billing.ON_DEMAND, Billing.HOSTED):
        return
    needed = needed_of(workload, lot.provider, lot.model, with_waiting=with_waiting)
    who = "what may wait, over the busiest day," if needed.by_waiting else "the peak"
    standing = lot.standing
    lacking = []
    for unit, short, free, wanted in (
        ("tokens", "TPM", standing.free_tokens_per_minute, needed.tokens_per_minute),
        ("requests", "RPM", standing.free_requests_per_minute, needed.requests_per_minute),
    ):
        if free is not None and free < wanted:
            where = ", ".join(lot.regions[:3]) or lot.provider
            step = f"ask for {ceil(wanted - Fraction(free)):,} {short} more in {where}"
            said = f"{free:,.0f} {unit} per minute free, {who} needs {ceil(wanted):,}"
            lacking.append((Fraction(free) / wanted, Objection(said, step)))
    yield from (objection for _, objection in sorted(lacking, key=lambda pair: pair[0]))


def _step_for(lot: Lot) -> str | None:
    match lot.standing.availability:
        case Availability.NO_QUOTA:
            return f"ask for quota in {', '.join(lot.regions[:3])}"
        case Availability.CLOSED_TO_NEW:
            return "existing: true, where you have a deployment of it"
        case Availability.NOT_ENABLED:
            return "enable it for the account, or accept its agreement"
        case Availability.NOT_OFFERED:
            return f"planner collect {lot.provider}, where it may have come since"
        case _:
            return None


RoundTrip = Callable[[str, str], int | None]
"""(region, region) -> ms"""
