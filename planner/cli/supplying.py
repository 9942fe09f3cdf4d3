"""What can be had on a date, joined from snapshots, price tables, machines and forecasts."""

from functools import cache

from planner.cli.facts import price_table, round_trip_ms, zone_of
from planner.cli.options import Settings
from planner.cli.serving import forecaster
from planner.core.boundaries import processing_boundary
from planner.core.catalog import Catalog
from planner.core.hardware import Architecture, WeightFormat
from planner.core.hosts import Hosts
from planner.core.offered import Supply
from planner.core.shelf import Shelf
from planner.core.terms import MONTHS
from planner.core.throughput import Forecaster
from planner.core.workload import Workload
from planner.files.facts import model_names, regions
from planner.files.hardware import architectures, find_gpu, instances
from planner.files.licences import licence_of
from planner.files.unit_facts import capacity_unit, default_quota, unit_fact


def supply_of(chosen: Settings, catalog: Catalog) -> Supply:
    """All that can be had on the catalog's date."""
    on = catalog.on
    prices = price_table(chosen, instances=True)
    shapes = {a.model: a for a in architectures()}

    @cache
    def told(
        model: str, dtype: WeightFormat | None, ttft: float | None, tpot: float | None
    ) -> Forecaster:
        return forecaster(model, dtype=dtype, ttft=ttft, tpot=tpot, on=on, chosen=chosen)

    def forecaster_of(model: str, workload: Workload) -> Forecaster:
        return told(model, workload.dtype, workload.ttft_ms, workload.tpot_ms)

    def architecture(model: str) -> Architecture | None:
        return shapes.get(model)

    hours = [
        price
        for term in ("on_demand", *MONTHS)
        for price in prices.instance_hours(on=on, term=term)
    ]
    return Supply(
        shelf=Shelf(
            catalog,
            prices,
            zone_of=zone_of,
            unit_fact=unit_fact,
            context_tokens=context_tokens,
        ),
        hosts=Hosts(
            on,
            hours,
            {i.id: i for i in instances()},
            gpu=find_gpu,
            forecaster=forecaster_of,
            boundary_of=boundary_of,
            round_trip=round_trip_ms,
            free_quota=catalog.allowances.free,
        ),
        architecture=architecture,
        round_trip=round_trip_ms,
        default_quota=default_quota,
        licence=licence_of,
        capacity_unit=capacity_unit,
    )


def context_tokens(model: str) -> int | None:
    """What a request of a model may take by its architecture, else by the table of names."""
    for shape in architectures():
        if shape.model == model:
            return shape.context_tokens
    facts = model_names().facts(model)
    return None if facts is None else facts.context_tokens


@cache
def boundary_of(cloud: str, region: str) -> str | None:
    """Where what enters a region of a cloud is processed; None where it is unknown."""
    found = regions().get(cloud, region)
    return None if found is None else processing_boundary("regional", found, regions())
