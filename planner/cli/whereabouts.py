"""The options of `planner breakeven` that say where a model may be served, and by whom."""

from collections.abc import Callable, Collection, Iterable
from typing import ParamSpec, TypeVar

import click
import msgspec

from planner.cli.facts import any_of, known_region
from planner.cli.options import Boundary
from planner.cli.supplying import boundary_of
from planner.core.demands import Place, of_place
from planner.core.offers import Scope
from planner.core.workload import Where

P = ParamSpec("P")
R = TypeVar("R")


def where_options(function: Callable[P, R]) -> Callable[P, R]:
    """`--region`, `--provider` and `--boundary`."""
    for option in (
        click.option(
            "--boundary", type=Boundary(), metavar="PLACE",
            help="Only where data stays in: eu, us, jp, ...",
        ),
        click.option(
            "--provider", "providers", multiple=True, metavar="NAME",
            help="Only this provider; repeatable.",
        ),
        click.option(
            "--region", metavar="REGION", help="Only this region.  [default: the cheapest]"
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def where_of(
    region: str | None, providers: Iterable[str], boundary: str | None, known: Collection[str]
) -> Where:
    """Where something may serve; UnknownNameError for a region or a provider that nobody knows."""
    return Where(
        regions=(known_region(region),) if region else (),
        providers=tuple(name for p in providers for name in any_of("provider", p, known)),
        boundary=boundary,
    )


def machines_fit(where: Where) -> Callable[[str, str], bool]:
    """Whether machines of a cloud in a region (empty: unknown) fit, apart from that one region."""
    anywhere = msgspec.structs.replace(where, regions=())

    def fits(cloud: str, region: str) -> bool:
        place = Place(
            provider=cloud,
            region=region,
            boundary=boundary_of(cloud, region),
            scope=Scope.REGIONAL,
            latency_ms=None,
        )
        return not any(of_place(anywhere, place))

    return fits
