"""From which volume on another way to serve a model is cheaper, and whether that way can do it."""

import datetime as dt
from fractions import Fraction
from itertools import groupby

import msgspec

from planner.core.assumptions import assumptions
from planner.core.breakeven_answer import (
    BreakevenAnswer,
    CapacityRow,
    Cheapest,
    CostCurve,
    Crossing,
    Option,
)
from planner.core.candidates import Candidate, RequestShape
from planner.core.catalog import Source
from planner.core.comparison import Comparison, Market, Question, compare, to_money
from planner.core.curves import Stretch
from planner.core.load import Carried, Flips, Load, carried, flips_at
from planner.core.obstacles import obstacles
from planner.core.offers import Billing
from planner.core.sensitivity import by_input_share, what_ifs
from planner.core.unit_rows import unit_rows, unknown_terms
from planner.core.workload import HOURS_PER_MONTH

_PLOTTED = 60
_PLOTTED_WITHOUT_CHANGE = 10_000_000
_CHANGES_PLOTTED = 6
_ALIKE = 6  # digits from which on a share is full
LENGTHS = (256, 512, 1024, 2048)  # request lengths shown, tokens in and out together


def break_even(
    model: str, question: Question, market: Market, sources: tuple[Source, ...] = ()
) -> BreakevenAnswer:
    """Compare every way to serve a model along the volume, at the question's input share."""
    share = question.shape.input_share
    comparison = compare(question, market, share)
    return BreakevenAnswer(
        model=model,
        on=question.on,
        input_share=float(share),
        input_tokens=float(question.shape.input_tokens),
        output_tokens=float(question.shape.output_tokens),
        cached_share=float(question.cached_share),
        sources=sources,
        options=tuple(_option(c) for c in comparison.candidates.values()),
        crossings=crossings(comparison, market, question.on),
        cheapest=cheapest(comparison),
        provisioned=unit_rows(comparison),
        unknown_terms=unknown_terms(comparison),
        curves=cost_curves(comparison),
        capacity=capacity_rows(comparison, market),
        by_input_share=by_input_share(question, market),
        what_if=what_ifs(question, market),
        rejected=dict(comparison.rejected),
        assumptions=tuple(assumptions(question, comparison, market)),
    )


def crossings(comparison: Comparison, market: Market, on: dt.date) -> tuple[Crossing, ...]:
    """Every change of the cheapest way, with what stands against the side that runs units."""
    found = []
    for before, after in comparison.turns:
        volume = after.start
        sides = comparison.candidates[before.key], comparison.candidates[after.key]
        runs, units = _running_side(sides, before, after)
        host = runs if runs and runs.kind is Billing.SELF_HOSTED else None
        load = Load(volume=volume, shape=comparison.shape)
        limits = flips_at(load, host, units, market) if host else Flips()
        sure = carried(load, host, units) if host else None
        use = load.utilisation(runs, units) if runs else None
        served = None if use is None else "yes" if round(use, _ALIKE) <= 1 else "no"
        cost = to_money(sides[0].curve(load.input_share).at(volume))
        found.append(
            Crossing(
                from_=before.key,
                to=after.key,
                input_tokens_per_hour=round(load.input_tokens_per_hour),
                output_tokens_per_hour=round(load.output_tokens_per_hour),
                usd_per_hour=cost,
                usd_per_month=cost * HOURS_PER_MONTH,
                replicas=units if runs else None,
                utilisation=use,
                within_capacity=sure.verdict if sure else None if host else served,
                carried=sure,
                flips_at_tokens=limits.sure,
                flips_at_tokens_one_lost=limits.one_lost,
                likely_up_to_tokens=limits.likely,
                obstacles=obstacles(load, sides, runs, units, market=market, on=on),
            )
        )
    return tuple(found)


def cheapest(comparison: Comparison) -> tuple[Cheapest, ...]:
    """The cheapest option from volume to volume, instance by instance."""
    rows, share = [], comparison.shape.input_share
    for key, group in groupby(comparison.stretches, key=lambda s: s.key):
        own = list(group)
        start, end, candidate = own[0].start, own[-1].end, comparison.candidates[key]
        rows.append(
            Cheapest(
                from_tokens_per_hour=round(start),
                from_input_tokens_per_hour=round(start * share),
                from_output_tokens_per_hour=round(start * (1 - share)),
                to_tokens_per_hour=None if end is None else round(end),
                option=key,
                replicas_from=own[0].units,
                replicas_to=None if end is None else own[-1].units,
                usd_per_hour=to_money(candidate.curve(share).at(start)),
                kind=candidate.kind,
                provider=candidate.provider,
                region=candidate.region,
                what=candidate.what,
            )
        )
    return tuple(rows)


def cost_curves(comparison: Comparison) -> tuple[CostCurve, ...]:
    """The cost of every option for drawing: up to twice the first crossing, or some changes."""
    share = comparison.shape.input_share
    curves = {key: c.curve(share) for key, c in comparison.candidates.items()}
    turn = next(iter(comparison.turns), None)
    changes = [s.start for s in comparison.stretches[:_CHANGES_PLOTTED]]
    span = 2 * turn[1].start if turn else max(changes, default=Fraction())
    span = span or Fraction(_PLOTTED_WITHOUT_CHANGE)
    volumes = [span * step / _PLOTTED for step in range(_PLOTTED + 1)]
    return tuple(
        CostCurve(
            option=key,
            tokens_per_hour=tuple(round(v) for v in volumes),
            usd_per_hour=tuple(to_money(curve.at(v)) for v in volumes),
        )
        for key, curve in curves.items()
    )


def capacity_rows(comparison: Comparison, market: Market) -> tuple[CapacityRow, ...]:
    """What the machines of the first crossing deliver at usual request lengths."""
    turn = next(iter(comparison.turns), None)
    if turn is None or market.architecture is None:
        return ()
    sides = comparison.candidates[turn[0].key], comparison.candidates[turn[1].key]
    host, units = _running_side(sides, *turn)
    if host is None or host.instance is None or host.layout is None:
        return ()
    share, needed = comparison.shape.input_share, Load(volume=turn[1].start, shape=comparison.shape)
    rows = []
    for total in sorted({*LENGTHS, round(comparison.shape.total)}):
        shape = RequestShape(input_tokens=total * share, output_tokens=total * (1 - share))
        told = market.forecaster.forecast(
            market.architecture,
            market.gpu(host.instance.gpu),
            host.instance.gpu_count,
            shape.traffic,
        )
        there = msgspec.structs.replace(host, capacity=told.output_tokens_per_second)
        load = Load(volume=needed.volume, shape=shape)
        sure = carried(load, there, units) or Carried.NO
        rows.append(
            CapacityRow(
                option=host.id,
                input_tokens=round(shape.input_tokens),
                output_tokens=round(shape.output_tokens),
                output_tokens_per_second=told.output_tokens_per_second,
                needed_each=needed.output_tokens_per_second / units,
                needed_each_one_lost=needed.output_tokens_per_second / (units - 1)
                if units > 1
                else None,
                within_capacity=sure.verdict,
                carried=sure,
                reasons=told.reasons,
            )
        )
    return tuple(rows)


def _running_side(
    sides: tuple[Candidate, Candidate], before: Stretch, after: Stretch
) -> tuple[Candidate | None, int]:
    """The side that runs machines, else the one that runs provisioned units."""
    for kind in (Billing.SELF_HOSTED, Billing.PROVISIONED):
        if sides[1].kind is kind:
            return sides[1], after.units
        if sides[0].kind is kind:
            return sides[0], before.units
    return None, 0


def _option(candidate: Candidate) -> Option:
    instance, layout = candidate.instance, candidate.layout
    runs = candidate.kind in (Billing.SELF_HOSTED, Billing.PROVISIONED)
    follows = runs and candidate.replicas is None
    fact = candidate.fact
    return Option(
        id=candidate.id,
        kind=candidate.kind,
        provider=candidate.provider,
        region=candidate.region,
        what=candidate.what,
        scope=candidate.scope,
        input_usd_per_mtok=None if runs else candidate.input_usd_per_mtok,
        cached_input_usd_per_mtok=candidate.cached_input_usd_per_mtok,
        output_usd_per_mtok=None if runs else candidate.output_usd_per_mtok,
        usd_per_hour=candidate.usd_per_hour if candidate.unit else None,
        unit=candidate.unit,
        term=candidate.term,
        replicas=candidate.replicas,
        least_replicas=candidate.least if follows else None,
        replicas_step=candidate.step if follows else None,
        input_tokens_per_minute=fact.input_tokens_per_minute if fact else None,
        output_ratio=float(fact.output_ratio) if fact and fact.output_ratio else None,
        output_tokens_per_second=candidate.capacity,
        basis=candidate.basis,
        gpu=instance.gpu if instance else None,
        gpus=float(instance.gpu_count) if instance and instance.gpu_count else None,
        tensor_parallel=layout.tensor_parallel if layout else None,
        dtype=layout.dtype if layout else None,
        quota_family=instance.quota_family if instance else None,
        retired_on=instance.retired_on if instance else None,
        tokens_per_minute_limit=candidate.tokens_per_minute_limit,
        effective_from=candidate.effective_from,
        source=candidate.source,
        retrieved_on=candidate.retrieved_on,
        origin=candidate.origin,
        doubts=candidate.doubts,
        notes=candidate.notes,
    )
