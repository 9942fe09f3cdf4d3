"""Units of throughput whose price and rate the user gave, since no table has them."""

import datetime as dt
from fractions import Fraction

from planner.core.demands import Objection, Place, RoundTrip, of_model, of_place
from planner.core.offers import KIND_WORDS, Availability, Billing, Scope
from planner.core.own_machines import TOLD
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.terms import Term
from planner.core.unit_grid import Grid
from planner.core.ways import Rate, Refusal, Standing, Units, Way
from planner.core.workload import OwnUnits, Workload

FORMULA = "input TPM per unit x 60 / (input - cached + cached ratio x cached + ratio x output)"


def own_units(
    workload: Workload,
    own: OwnUnits,
    on: dt.date,
    round_trip: RoundTrip,
    retires_on: dt.date | None = None,
) -> Way | Refusal:
    """Units whose price and rate the user gave; they end when their provider retires the model."""
    asked, region = workload.from_region, own.region
    near = 0 if region == asked else round_trip(asked or "", region or "")
    place = Place(
        provider=own.provider,
        region=own.region,
        boundary=own.boundary,
        scope=Scope.REGIONAL,
        latency_ms=near if region else None,
    )
    objections = [*of_model(workload, own.model, None), *of_place(workload.where, place)]
    if workload.ways and Billing.PROVISIONED not in workload.ways:
        asked = ", ".join(KIND_WORDS[way] for way in workload.ways)
        objections.append(Objection(f"it is provisioned, asked for {asked}"))
    if objections:
        return Refusal(
            kind=Billing.PROVISIONED,
            provider=own.provider,
            model=own.model,
            what=own.name,
            regions=(own.region,) if own.region else (),
            reasons=tuple(o.reason for o in objections),
            steps=tuple(o.step for o in objections if o.step),
            step_by_reason=tuple(o.step for o in objections),
        )
    prompt = workload.input.mean
    cached = prompt * workload.cached_share
    weight = prompt - cached + own.cached_ratio * cached + own.output_ratio * workload.output.mean
    hourly = own.input_tokens_per_minute * MINUTES_PER_HOUR / weight
    several = "month" if own.term_months == 1 else "months"
    term = Term(
        name="on_demand" if own.term_months is None else f"{own.term_months}_{several}",
        months=own.term_months,
        usd_per_hour=own.usd_per_hour,
        source=TOLD,
        retrieved_on=on,
        origin="override",
    )
    start = own.start_up_minutes
    return Way(
        id=f"{Billing.PROVISIONED}:{own.provider}/{own.region or 'any'}/{own.name}/{own.model}",
        kind=Billing.PROVISIONED,
        model=own.model,
        provider=own.provider,
        region=own.region,
        what=own.name,
        own_name=True,
        own_type=own.deployment_type,
        version=own.version,
        scope=Scope.REGIONAL,
        boundary=own.boundary,
        retires_on=retires_on,
        units=Units(
            name="unit",
            rate=Rate(low=hourly, mid=hourly, high=hourly),
            grid=Grid(minimum=own.minimum, step=own.step, limit=own.maximum, told=TOLD),
            terms=(term,),
            start_up_hours=(start or Fraction()) / MINUTES_PER_HOUR,
            formula=FORMULA,
            basis="given",
            source=TOLD,
            retrieved_on=on,
        ),
        standing=Standing(availability=Availability.UNKNOWN, reasons=("its quota is not known",)),
        source=TOLD,
        retrieved_on=on,
        origin="override",
    )
