"""The ways that may serve a workload, and what cannot, with reasons: all constraints applied."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

import msgspec

from planner.core.demands import (
    TAKE_REGIONAL,
    Objection,
    Place,
    RoundTrip,
    of_licence,
    of_lot,
    of_model,
    of_quota,
)
from planner.core.hardware import Architecture
from planner.core.hosts import Hosts
from planner.core.licences import Licence, unknown
from planner.core.lot_places import fitting_places
from planner.core.lots import UNLISTED, Lot
from planner.core.managed_ways import borrowed
from planner.core.offers import Billing, Scope
from planner.core.own_units import own_units
from planner.core.picking import one_of_each
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.shelf import Shelf
from planner.core.unit_facts import CapacityUnit, DefaultQuota
from planner.core.unit_grid import requests_per_minute_per_unit
from planner.core.ways import Rate, Refusal, Units, Way
from planner.core.workload import Workload

MONTH_DAYS = Fraction(365, 12)


class Supply(msgspec.Struct, frozen=True, kw_only=True):
    """All that can be had on a date, and the facts that go with it.

    `licence` is asked of models that the user would host alone, `capacity_unit` of a provider and
    a model whose offer does not tell its unit.
    """

    shelf: Shelf
    hosts: Hosts
    architecture: Callable[[str], Architecture | None]
    round_trip: RoundTrip
    default_quota: Callable[[str, str, str | None], DefaultQuota | None]
    licence: Callable[[str], Licence | None] = unknown
    capacity_unit: Callable[[str, str], CapacityUnit | None] = lambda *_: None


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """What may serve a workload with one model, by how it is paid, and what may not.

    `spills` are by the token with a quota too small for the whole load: they may take what units
    do not carry.
    """

    tokens: tuple[Way, ...] = ()
    spills: tuple[Way, ...] = ()
    batches: tuple[Way, ...] = ()
    units: tuple[Way, ...] = ()
    refused: tuple[Refusal, ...] = ()


def ways_for(workload: Workload, model: str, supply: Supply) -> Ways:
    """Every way to serve a workload with a living model."""
    found: list[Way] = []
    small: list[Way] = []
    refused: list[Refusal] = []
    lots = [(lot, _of_lot(workload, lot, supply)) for lot in lots_of(workload, model, supply.shelf)]
    elsewhere = workload.batch_share < 1 and any(way.kind is Billing.BATCH for _, way in lots)
    for lot, way in lots:
        if isinstance(way, Refusal):
            refused.append(way)
        elif lacking := list(of_quota(workload, lot, with_waiting=not elsewhere)):
            refused.append(_refusal(lot, lacking))
            small.append(way)
        else:
            found.append(way)
    for own in workload.units:
        if own.model == model:
            ends = _ends_of([lot for lot, _ in lots if lot.provider == own.provider])
            way = own_units(workload, own, supply.shelf.on, supply.round_trip, ends)
            if isinstance(way, Way):
                found.append(way)
            else:
                refused.append(way)
    machines, unfit = _machines(workload, model, supply)
    found += machines
    if not any(lot.scope is Scope.REGIONAL for lot, _ in lots):
        refused = [refusal.without(TAKE_REGIONAL) for refusal in refused]
    best = one_of_each(found, workload, supply.shelf.on)
    return Ways(
        tokens=tuple(w for w in best if w.units is None and w.kind is not Billing.BATCH),
        spills=tuple(one_of_each(small, workload, supply.shelf.on, by_room=True)),
        batches=tuple(w for w in best if w.kind is Billing.BATCH),
        units=tuple(w for w in best if w.units is not None),
        refused=(*refused, *unfit),
    )


def _ends_of(lots: Sequence[Lot]) -> dt.date | None:
    """When the last of some lots retires; None where one has no such day, or there is none."""
    days = [lot.retires_on for lot in lots]
    return None if None in days else max((day for day in days if day is not None), default=None)


def lots_of(workload: Workload, model: str, shelf: Shelf) -> Iterator[Lot]:
    """The lots of a model in the tiers of a workload; what has no tiers stands there once."""
    first, *others = workload.tiers
    yield from shelf.lots(model, first)
    for tier in others:
        yield from (lot for lot in shelf.lots(model, tier) if lot.tier == tier and lot.rates)


def _machines(
    workload: Workload, model: str, supply: Supply
) -> tuple[list[Way], tuple[Refusal, ...]]:
    """The user's own hosting, which alone has to meet the licences that were asked for."""
    if workload.ways and Billing.SELF_HOSTED not in workload.ways:
        return [], ()
    architecture = supply.architecture(model)

    def refused(*objections: Objection) -> tuple[Refusal, ...]:
        return (
            Refusal(
                kind=Billing.SELF_HOSTED,
                provider="any",
                model=model,
                what="machines",
                reasons=tuple(o.reason for o in objections),
                steps=tuple(o.step for o in objections if o.step),
                step_by_reason=tuple(o.step for o in objections),
            ),
        )

    if architecture is None:
        return [], refused(Objection("no architecture of it is known, its weights may not be open"))
    against = [
        *of_model(workload, model, architecture.context_tokens),
        *of_licence(workload, supply.licence(model)),
    ]
    if against:
        return [], refused(*against)
    found, unfit = supply.hosts.ways(architecture, workload)
    if not found and not unfit:
        demands = _in_words(workload)
        step = "give machines of your own under machines: in the workload file"
        return [], refused(Objection(f"no machine with a price is {demands}", step))
    return found, tuple(unfit)


def _in_words(workload: Workload) -> str:
    where = [f"within {workload.boundary}"] if workload.boundary else []
    if workload.regions:
        where.append(f"in {', '.join(workload.regions)}")
    if workload.providers:
        where.append(f"of {', '.join(workload.providers)}")
    if workload.latency_ms is not None:
        where.append(f"known to be within {workload.latency_ms:g} ms of {workload.from_region}")
    return ", ".join(where) or "in the tables"


def _of_lot(workload: Workload, lot: Lot, supply: Supply) -> Way | Refusal:
    """A lot as a way in the best of its regions, or the reasons against it."""
    objections = [
        *of_model(workload, lot.model, lot.context_tokens),
        *of_lot(workload, lot, supply.shelf.on),
    ]
    fitting, against = fitting_places(
        lot, workload.where, supply.shelf.offers_in, supply.round_trip
    )
    if not fitting:
        objections += against
    if not objections and lot.billing is Billing.PROVISIONED:
        way = _with_units(workload, lot, fitting)
        if isinstance(way, Way):
            return way
        objections = [way]
    if objections:
        return _refusal(lot, objections)
    return _way(lot, fitting)


def _refusal(lot: Lot, objections: Iterable[Objection]) -> Refusal:
    told = dict.fromkeys(objections)
    return Refusal(
        kind=lot.billing,
        provider=lot.provider,
        model=lot.model,
        what=lot.deployment_type or "unknown deployment type",
        version=lot.version,
        regions=lot.regions,
        reasons=tuple(o.reason for o in told),
        steps=tuple(dict.fromkeys(o.step for o in told if o.step)),
        step_by_reason=tuple(o.step for o in told),
    )


def _way(lot: Lot, fitting: Sequence[Place]) -> Way:
    first = fitting[0]
    tier = "" if lot.tier == "default" else f":{lot.tier}"
    kind = lot.billing or Billing.ON_DEMAND
    quote = lot.quote
    fee = (quote.usd_per_unit_hour if quote else None) or Decimal()
    here = next((p for p in lot.places if p.region == first.region), None)
    price = quote or next(iter(lot.terms))
    return Way(
        id=f"{kind}:{lot.provider}/{first.region or 'any'}/{lot.deployment_type}/{lot.model}{tier}",
        kind=kind,
        model=lot.model,
        version=lot.version,
        publisher=lot.publisher,
        provider_model=lot.provider_model,
        provider=lot.provider,
        region=first.region,
        also_in=tuple(p.region for p in fitting[1:] if p.region),
        what=lot.deployment_type or "unknown",
        tier=lot.tier,
        scope=lot.scope,
        boundary=lot.boundary,
        destinations=here.destinations if here else (),
        rates=lot.rates,
        fee_usd_per_hour=fee,
        tokens_per_unit=lot.tokens_per_unit,
        requests_per_unit=lot.requests_per_unit,
        standing=lot.standing,
        retires_on=lot.retires_on,
        certainty=lot.certainty,
        context_tokens=lot.context_tokens,
        latency_ms=first.latency_ms if lot.scope is Scope.REGIONAL else None,
        effective_from=(quote.effective_from or quote.first_seen_on) if quote else None,
        source=price.source,
        retrieved_on=price.retrieved_on,
        origin=price.origin,
        match=quote.match if quote else None,
        doubts=price.doubts,
        unlisted=UNLISTED in lot.notes,
        notes=(*lot.notes, *(borrowed(quote.region_group, lot.scope) if quote else ())),
    )


def _with_units(workload: Workload, lot: Lot, fitting: Sequence[Place]) -> Way | Objection:
    """A lot that is bought by the unit, sized for the workload's requests."""
    prompt, fact, grid = workload.input.mean, lot.fact, lot.grid
    if fact is None or grid is None:
        return Objection("what one of its units carries is not published")
    each = requests_per_minute_per_unit(
        fact, prompt, prompt * workload.cached_share, workload.output.mean
    )
    if each is None:
        return Objection("how an output token counts in its units is not published")
    known = (lot.standing.free_units, lot.standing.capacity_units)
    left = min((floor(n) for n in known if n is not None), default=None)
    left = None if workload.ignore_quota else left
    if left is not None and left < grid.minimum:
        return Objection(
            f"{left:,} units can be had, at least {grid.minimum:,} are sold",
            f"ask for {grid.minimum - left:,} units more in {fitting[0].region}",
        )
    hourly = each * MINUTES_PER_HOUR
    units = Units(
        name=lot.unit or "unit",
        rate=Rate(low=hourly, mid=hourly, high=hourly),
        grid=msgspec.structs.replace(grid, limit=left),
        terms=lot.terms,
        formula=f"{fact.input_tokens_per_minute:,} input TPM per unit x 60 / (input - cached + "
        f"{float(fact.output_ratio or 0):g} x output)",
        basis="published",
        source=fact.source,
        retrieved_on=fact.retrieved_on,
    )
    return msgspec.structs.replace(_way(lot, fitting), units=units)
