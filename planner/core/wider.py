"""What data that may go one step further would save: the next wider boundary, weighed as well."""

from collections.abc import Iterator
from fractions import Fraction

import msgspec

from planner.core.boundaries import ANYWHERE, ON_PREMISES, ZONES
from planner.core.choices import brief_of, choice_id
from planner.core.comparison import to_money
from planner.core.recommend_answer import WiderBoundary
from planner.core.served import Served
from planner.core.weighing import Weighing

_MUCH_CHEAPER = Fraction(9, 10)


def wider_than(asked: str | None) -> Iterator[str]:
    """The zones that hold all of a boundary and more: "fr" gives eu and eur, "eu" gives eur."""
    if asked in (None, ANYWHERE, ON_PREMISES):
        return
    places = set[str]().union(*(ZONES.get(p, {p}) for p in str(asked).split("+")))
    yield from (zone for zone, countries in ZONES.items() if places < countries)


def wider_boundary(weighing: Weighing, best: Served | None) -> WiderBoundary | None:
    """The first wider zone in which the load costs a tenth less, or can be served at all."""
    load = weighing.workload
    for zone in wider_than(load.boundary):
        found = Weighing(msgspec.structs.replace(load, boundary=zone), weighing.supply).best()
        if found is None:
            continue
        if best is None or found.usd_per_month < best.usd_per_month * _MUCH_CHEAPER:
            return WiderBoundary(
                boundary=zone,
                id=choice_id(found),
                choice=brief_of(found),
                usd_per_month=to_money(found.usd_per_month),
            )
    return None
