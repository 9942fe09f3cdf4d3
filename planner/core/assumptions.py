"""What a break-even takes for given, in sentences: how ways are sized, what is not compared."""

from collections import Counter
from collections.abc import Iterator, Sequence

from planner.core.candidates import NOT_KNOWN, Candidate
from planner.core.comparison import Comparison, Market, Question
from planner.core.offers import Billing
from planner.core.provisioned_ways import NO_FACT, NO_RATIO
from planner.core.unit_rows import like

_NAMED = 3  # machines that a sentence names
_OTHER_VOLUMES = (
    "no machine is kept for failures and no mix with tokens is compared; planner recommend does "
    "both, so other volumes come out there"
)
_MOVED = "on the fit, moved to own measurements nearby"


def assumptions(question: Question, comparison: Comparison, market: Market) -> Iterator[str]:
    """What an answer takes for given, a sentence each."""
    yield (
        f"volumes are tokens per hour at an input share of {float(comparison.shape.input_share):g};"
        f" requests of {comparison.shape} tokens decide what a machine delivers"
    )
    if question.scaling is not None:
        yield question.scaling
    yield from _of_machines(question, comparison, market)
    yield from _of_units(question, comparison)
    yield "batch is not compared, since it answers within a day and not at once"
    for candidate in comparison.candidates.values():
        for said in (*candidate.doubts, *candidate.notes):
            yield f"{candidate.what}: {said}"


def _of_machines(question: Question, comparison: Comparison, market: Market) -> Iterator[str]:
    """How machines are counted and sized, or why there are none."""
    hosts = [c for c in comparison.candidates.values() if c.kind is Billing.SELF_HOSTED]
    reasons = Counter(comparison.unfit.values())
    if not hosts and reasons:
        if len(reasons) > 1:
            reasons.pop(NOT_KNOWN, None)  # says nothing of the model
        why, times = reasons.most_common(1)[0]
        yield f"no machine can serve it; of {times} the reason is: {why}"
    if market.architecture is None:
        yield "no architecture of it is known, its weights may not be open: managed ways only"
    if hosts:
        count = (
            f"{question.replicas} machines run"
            if question.replicas is not None
            else f"machines follow the load, {question.least} or more"
        )
        yield (
            f"{count}, day and night at the on-demand list price, without storage, network or staff"
        )
        yield _OTHER_VOLUMES
    if any(c.layout is not None for c in hosts):
        yield from _of_forecasts(hosts, market)


def _of_forecasts(hosts: Sequence[Candidate], market: Market) -> Iterator[str]:
    """What the rates of machines rest on."""
    yield (
        "machines are sized by the low end of a forecast: of ten such machines nine deliver "
        f"more; {market.forecaster.engine.name}, its efficiencies fitted to published figures"
    )
    for basis, rests in (("measured", "on a measurement of it"), ("anchored", _MOVED)):
        if own := [c.what for c in hosts if c.basis == basis]:
            shown = ", ".join(own[:_NAMED]) + (", ..." if len(own) > _NAMED else "")
            yield f"the rate of {shown} rests {rests} ({basis})"
    yield from market.forecaster.plan.limits()


def _of_units(question: Question, comparison: Comparison) -> Iterator[str]:
    """What the sizes of provisioned units rest on, and what of them is not compared."""
    units = [c for c in comparison.candidates.values() if c.kind is Billing.PROVISIONED]
    told = {
        f"{c.fact.input_tokens_per_minute:,} input tokens per minute, an output token counting as "
        f"{float(c.fact.output_ratio or 0):g} ({c.fact.source}, {c.fact.retrieved_on})"
        for c in units
        if c.fact is not None
    }
    share = question.cached_share
    cached = f"{float(share):.0%} of the input read from a cache" if share else "no cached tokens"
    for each in sorted(told):
        yield f"provisioned units are sized for a flat load and {cached}: one serves {each}"
    for unit in units:
        tokens = like(unit, comparison)
        if tokens is not None and (tokens.provider, tokens.scope) != (unit.provider, unit.scope):
            yield (
                f"{unit.what} is set against {tokens.what} of {tokens.provider}: no price by the "
                "token is known where it processes"
            )
    if share and any(c.kind is Billing.SELF_HOSTED for c in comparison.candidates.values()):
        yield "machines are forecast without a cache of prompts"
    for way, reason in comparison.rejected.items():
        if reason in (NO_FACT, NO_RATIO):
            yield f"{way} is not compared: {reason}"
