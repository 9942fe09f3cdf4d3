"""Machines of the user's own as a way to serve a workload."""

import datetime as dt

import msgspec

from planner.core.demands import Place, of_place
from planner.core.host_units import rate_of, units_of
from planner.core.offers import Availability, Billing, Scope
from planner.core.terms import Term
from planner.core.throughput import Forecast
from planner.core.unit_grid import Grid
from planner.core.ways import Refusal, Standing, Way
from planner.core.workload import OwnMachine, Workload

OWN = "own"
"""The provider of machines that the user brings."""
TOLD = "given in the workload"


def own_machine(
    machine: OwnMachine, layout: Forecast, model: str, workload: Workload, on: dt.date
) -> Way | Refusal:
    """The user's machine as a way: paid for day and night, as many as there are."""
    rate = rate_of(layout, workload)
    place = Place(
        provider=OWN, region=None, boundary=machine.boundary, scope=Scope.REGIONAL, latency_ms=0
    )
    where = msgspec.structs.replace(workload.where, providers=(), regions=())
    objections = list(of_place(where, place))
    reasons = [objection.reason for objection in objections]
    few = machine.count is not None and machine.count <= workload.failures
    if few:
        reasons.append(f"there are {machine.count}, {workload.failures} of which may fail")
    if rate is None:
        reasons += layout.reasons or ["at its low end it yields nothing"]
    if reasons or rate is None:
        padded = [*(objection.step for objection in objections), *(None for _ in reasons)]
        return Refusal(
            kind=Billing.SELF_HOSTED,
            provider=OWN,
            model=model,
            what=machine.name,
            reasons=tuple(reasons),
            steps=tuple(o.step for o in objections if o.step),
            step_by_reason=tuple(padded[: len(reasons)]),
        )
    term = Term(
        name="owned", months=None, usd_per_hour=machine.usd_per_hour, source=TOLD,
        retrieved_on=on, origin="override",
    )  # fmt: skip
    most = None if machine.count is None else machine.count - workload.failures
    return Way(
        id=f"{Billing.SELF_HOSTED}:{OWN}/{machine.boundary}/{machine.name}/{model}",
        kind=Billing.SELF_HOSTED,
        model=model,
        provider=OWN,
        region=None,
        what=machine.name,
        scope=Scope.REGIONAL,
        boundary=machine.boundary,
        units=units_of(layout, rate, (term,), workload, Grid(limit=most), follow=False),
        standing=Standing(availability=Availability.AVAILABLE, reasons=("your own",)),
        source=TOLD,
        retrieved_on=on,
        origin="override",
        notes=layout.notes,
        gpu=machine.gpu,
        layout=layout,
    )
