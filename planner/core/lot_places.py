"""The places of a lot that fit where something may serve, the best of them first."""

from collections.abc import Mapping

from planner.core.demands import Objection, Place, RoundTrip, of_place
from planner.core.lots import Lot
from planner.core.offers import Scope
from planner.core.workload import Where


def fitting_places(
    lot: Lot,
    where: Where,
    offers_in: Mapping[tuple[str, str], int],
    round_trip: RoundTrip = lambda *_: None,
) -> tuple[list[Place], list[Objection]]:
    """The places of a lot that fit; where none does, the reasons.

    The nearest first, then those of the regions that have most to offer: `offers_in` counts the
    offers of each (provider, region).
    """
    start = where.from_region
    each = bool(where.regions or where.latency_ms is not None)
    untold = lot.scope is Scope.GEOGRAPHIC and not any(p.destinations for p in lot.places)
    fitting: list[Place] = []
    against: dict[Objection, None] = {}
    for n, region in enumerate(lot.regions or (None,)):
        ms = round_trip(start, region) if start and region else None
        place = Place(
            provider=lot.provider,
            region=region,
            boundary=lot.boundary,
            scope=lot.scope,
            latency_ms=0 if region is not None and region == start else ms,
            untold=untold,
        )
        if each or not n:
            objections = list(of_place(where, place))
        if objections:
            against.update(dict.fromkeys(objections))
        else:
            fitting.append(place)
    fitting.sort(
        key=lambda p: (
            p.latency_ms is None,
            p.latency_ms or 0,
            -offers_in.get((p.provider, p.region or ""), 0),
        )
    )
    return fitting, list(against)
