"""Each figure of a choice with its formula, its inputs, and what these rest on."""

from collections.abc import Iterator
from fractions import Fraction

from planner.core.plans import Plan
from planner.core.quota_needs import Needed
from planner.core.recommend_answer import Figure
from planner.core.served import Served
from planner.core.terms import Term
from planner.core.ways import Units, Way
from planner.core.workload import HOURS_PER_MONTH, Workload

_GIVEN = "given in the workload"


def figures(served: Served, load: Workload, needed: Needed) -> Iterator[Figure]:
    """Every figure that the bill rests on, in the order in which it was worked out."""
    yield _given(
        "requests of the first month",
        f"{float(load.requests_per_month):,.10g}",
        f"requests per hour x mean weight of the profile x {HOURS_PER_MONTH}",
        {
            "requests per hour": f"{float(load.requests_per_hour):,.10g}",
            "mean weight": f"{float(load.profile.mean):.6g}",
            "profile": load.profile.told,
        },
    )
    mean = sum(load.growth, Fraction()) / len(load.growth)
    yield _given(
        "volume over the first month's",
        f"{float(mean):.6g} on average, {float(max(load.growth)):.6g} at its highest",
        "(1 + growth) ^ month, over the months that are looked at",
        {"growth": f"{float(load.growth_per_month):.4%}", "months": f"{len(load.growth)}"},
    )
    yield _busiest(load, needed)
    yield Figure(
        figure=f"tokens of {'such a' if needed.by_waiting else 'the busiest'} minute, as its quota "
        "counts them",
        value=f"{float(needed.tokens_per_minute):,.10g}",
        formula=needed.formula,
        inputs={
            "requests": f"{float(needed.requests_per_minute):,.10g}",
            "tokens of a request": f"{float(needed.tokens_per_request):,.10g}",
            "input": f"{float(load.input.mean):,.10g}",
            "max_tokens": f"{float(load.reserved_output_tokens):,.10g}",
        },
        source=needed.source,
        as_of=None,
    )
    plan = served.plan
    if plan.way.units is not None:
        yield from _of_units(plan.way.units, plan, load)
    for way in (plan.way, plan.overflow, plan.batch):
        if way is not None and way.rates is not None:
            yield _per_request(way, load)
    for part in (*plan.parts, *served.fixed):
        yield Figure(
            figure=part.what,
            value=_usd(part.usd_per_month),
            formula="quantity x price",
            inputs={part.unit: f"{float(part.quantity):,.10g}", "USD each": _usd(part.usd_each)},
            source=None,
            as_of=None,
        )
    yield _sum(served)


def _sum(served: Served) -> Figure:
    """The bill of a month, of several plans the mean over their months."""
    formula, inputs = "sum of the lines", {"months": str(served.months[0])}
    if served.later:
        formula = "(sum of each plan's lines x its months) / months, and what comes in any case"
        plans = [served.plan, *(plan for _, plan in served.later)]
        inputs = {
            f"{number}. {plan.way.model}": f"{_usd(plan.usd_per_month)} x {months}"
            for number, (plan, months) in enumerate(zip(plans, served.months, strict=True), 1)
        }
    return Figure(
        figure="USD a month",
        value=_usd(served.usd_per_month),
        formula=formula,
        inputs=inputs,
        source=None,
        as_of=None,
    )


def _busiest(load: Workload, needed: Needed) -> Figure:
    """The requests that a quota by the minute has to take, and what decides their number."""
    requests = f"{float(needed.requests_per_minute):,.10g}"
    if needed.by_waiting:
        return _given(
            "requests of a minute, with those that wait, over the busiest day",
            requests,
            "requests per hour x mean weight of that day / 60 x volume, which is more than the "
            "busiest minute of what is answered at once",
            {"mean weight of the busiest day": f"{float(load.profile.busiest_day):.6g}"},
        )
    return _given(
        "requests of the busiest minute",
        requests,
        "requests per hour x highest weight x peak minute / 60 x (1 - batch share) x volume",
        {
            "highest weight": f"{float(max(load.profile.weights)):.6g}",
            "peak minute over its hour's mean": f"{float(load.profile.peak_minute_factor):.6g}",
            "batch share": f"{float(load.batch_share):.6g}",
        },
    )


def _of_units(units: Units, plan: Plan, load: Workload) -> Iterator[Figure]:
    layout = plan.way.layout
    inputs = {
        "input": f"{float(load.input.mean):,.10g}",
        "cached share": f"{float(load.cached_share):.6g}",
        "output": f"{float(load.output.mean):,.10g}",
    }
    if layout is not None and (rate := layout.output_tokens_per_second) is not None:
        inputs = {
            "output tokens per second": f"{rate.low:,.4g} - {rate.mid:,.4g} - {rate.high:,.4g}",
            "output": inputs["output"],
            "layout": f"{layout.replicas} x {layout.tensor_parallel} GPUs, {layout.dtype}, "
            f"{layout.engine}, {layout.concurrency} at once",
        }
    yield Figure(
        figure=f"requests an hour that a {units.name} carries",
        value=f"{float(units.rate.low):,.6g}",
        formula=units.formula,
        inputs=inputs,
        source=units.source,
        as_of=units.retrieved_on,
    )
    running = plan.running
    if running is not None:
        grid = units.grid
        yield Figure(
            figure=f"{units.several}",
            value=f"{running.reserved:,} always, {float(running.hourly):,.4g} more on average, "
            f"{running.hourly_peak:,} at most; {running.spare} of them for failures",
            formula="the counts of the lowest cost: one more is bought while it saves more than "
            "it costs, in the counts that are sold",
            inputs={
                "minimum": f"{grid.minimum:,}",
                "step": f"{grid.step:,}",
                "counts told": grid.told or "whole machines",
            },
            source=None,
            as_of=None,
        )
    if plan.term is not None:
        yield _price(plan.way, units, plan.term, load.horizon_months)


def _price(way: Way, units: Units, term: Term, horizon: int | None) -> Figure:
    inputs = {"term": term.name.replace("_", " ")}
    if term.months is not None and horizon is not None:
        paid = term.paid(horizon) * horizon
        inputs["paid whole"] = f"{float(paid):g} months for a horizon of {horizon}"
    if term.total_usd is not None:
        inputs["whole sum of the term"] = f"{term.total_usd:f} USD"
    return Figure(
        figure=f"{way.what}, USD per {units.name} and hour",
        value=_usd(term.usd_per_unit_hour),
        formula="list price"
        if term.total_usd is None
        else f"sum of the term / months / {HOURS_PER_MONTH}",
        inputs=inputs,
        source=term.source,
        as_of=term.retrieved_on,
    )


def _per_request(way: Way, load: Workload) -> Figure:
    rates = way.rates
    inputs = {"input": f"{float(load.input.mean):,.10g}"}
    if rates is not None:
        inputs["USD per million tokens in"] = f"{rates.input:f}"
        inputs["out"] = f"{rates.output:f}"
        if load.cached_share:
            cached = rates.cached_input
            inputs["cached"] = "unknown: as input" if cached is None else f"{cached:f}"
            inputs["cached share"] = f"{float(load.cached_share):.6g}"
        for over, longer in rates.longer:
            inputs[f"over {over:,} tokens"] = f"{longer.input:f} / {longer.output:f}"
    inputs["output"] = f"{float(load.output.mean):,.10g}"
    usd = rates.usd_per_request(load) if rates is not None else Fraction()
    return Figure(
        figure=f"{way.name}, USD per request",
        value=_usd(usd),
        formula="(uncached input x price + cached input x its price + output x price) / 1,000,000",
        inputs=inputs,
        source=f"{way.source}; found by {way.match}" if way.match else way.source,
        as_of=way.retrieved_on,
    )


def _given(name: str, value: str, formula: str, inputs: dict[str, str]) -> Figure:
    return Figure(
        figure=name, value=value, formula=formula, inputs=inputs, source=_GIVEN, as_of=None
    )


def _usd(amount: Fraction) -> str:
    return f"{float(amount):,.10g}"
