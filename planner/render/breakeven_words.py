"""The first lines of `planner breakeven`: the volume, what is in its way, the doubts."""

from collections.abc import Iterator
from decimal import Decimal

from planner.core.breakeven_answer import BreakevenAnswer, Crossing, Likely, Option, ShareRow
from planner.core.offers import Billing
from planner.render.money import converted, currency, money
from planner.render.words import age

KINDS = {
    Billing.ON_DEMAND: "by token",
    Billing.HOSTED: "by token and hour",
    Billing.PROVISIONED: "provisioned",
    Billing.SELF_HOSTED: "self-hosted",
}


def headlines(answer: BreakevenAnswer) -> Iterator[str]:
    """What could be read out: the volume or its absence, what is in its way, the doubts."""
    options = {o.id: o for o in answer.options}
    for option in answer.options:
        if option.retired_on is not None and option.retired_on <= answer.on:
            yield f"{option.what} retired on {option.retired_on}: nobody can start one any more."
    if answer.crossings:
        yield from _first_crossing(answer.crossings[0], options)
        if len(answer.crossings) > 1:
            last = answer.crossings[-1]
            yield (
                f"Whole machines make steps: it changes {len(answer.crossings)} times, the last at "
                f"{_volume(last)}, to {_name(options[last.to], last.replicas)}."
            )
    elif answer.cheapest:
        yield from _no_crossing(answer, options)
    yield from _better(answer)
    for option in answer.options:
        if option.origin == "article":
            days = age((answer.on - option.effective_from).days)
            yield f"The price of {option.what} is an article's of {option.effective_from}, {days}."
    yield from _doubts(answer)


def _doubts(answer: BreakevenAnswer) -> Iterator[str]:
    """The crossing if what is in doubt were otherwise, where that moves it."""
    first = answer.crossings[0] if answer.crossings else None
    for row in answer.what_if:
        inputs, outputs = row.input_tokens_per_hour, row.output_tokens_per_hour
        if inputs == (first.input_tokens_per_hour if first else None):
            continue
        if inputs is None:
            yield f"In doubt: {row.change}, there is no break-even."
        else:
            yield (
                f"In doubt: {row.change}, the first break-even is at {inputs:,} input and "
                f"{outputs:,} output tokens per hour; beyond it {_short(row.to)} is cheaper."
            )


def _first_crossing(crossing: Crossing, options: dict[str, Option]) -> Iterator[str]:
    before, after = options[crossing.from_], options[crossing.to]
    fixed = crossing.replicas if after.kind is Billing.SELF_HOSTED else None
    yield (
        f"Break-even at {_volume(crossing)} per hour, {money(crossing.usd_per_hour)} "
        f"{currency()} per hour ({converted(crossing.usd_per_month):,.0f} a month): beyond it "
        f"{_name(after, fixed)} costs less than {_name(before)}."
    )
    if crossing.carried is not None and crossing.utilisation is not None:
        said = crossing.carried[0].upper() + crossing.carried[1:]
        if crossing.within_capacity == "depends":
            said = f"It depends: {crossing.carried}"
        limits = []
        if crossing.likely_up_to_tokens is not None:
            limits.append(f"likely up to {crossing.likely_up_to_tokens:,} tokens")
        if crossing.flips_at_tokens is not None:
            limits.append(f"surely up to {crossing.flips_at_tokens:,}")
        if crossing.flips_at_tokens_one_lost is not None:
            lost = crossing.flips_at_tokens_one_lost
            limits.append(f"with one lost up to {lost:,}" if lost else "with one lost never")
        until = f"; by length of a request {', '.join(limits)}" if limits else ""
        yield f"Is the capacity there? {said}, at {crossing.utilisation:.0%} utilisation{until}."
    for obstacle in crossing.obstacles:
        yield f"  - {obstacle}"


def _no_crossing(answer: BreakevenAnswer, options: dict[str, Option]) -> Iterator[str]:
    first = answer.cheapest[0]
    best = options[first.option]
    rivals = [o for o in answer.options if o.kind is not best.kind]
    count = first.replicas_from if best.kind is Billing.SELF_HOSTED else None
    cost = f" ({money((best.usd_per_hour or Decimal()) * (count or 1))} {currency()} per hour)"
    what = f"{_name(best, count)}{cost if best.usd_per_hour else ''}"
    if not rivals:
        kind = "managed" if best.kind is not Billing.SELF_HOSTED else "self-hosted"
        if len(answer.options) == 1:
            yield f"{what} is the only way with a price."
        else:
            number = len(answer.options)
            yield f"{what} is the cheapest of the {number} {kind} ways for little load."
            yield "No way of another kind can be compared, so there is no break-even."
        return
    names = " and ".join(dict.fromkeys(_name(o) for o in rivals[:2]))
    yield f"No break-even: {what} is cheaper than {names} from the first token on."
    if best.replicas is not None and best.output_tokens_per_second is not None:
        most = best.output_tokens_per_second.low * best.replicas * 3600
        yield f"They deliver {most:,.0f} output tokens per hour, low end of the forecast."
    elif len(answer.cheapest) > 1:
        yield "As the load grows other machines take over, managed ways never do."


def _better(answer: BreakevenAnswer) -> Iterator[str]:
    """The cheapest feasible machines for the load of the first crossing, if they are others."""
    row = next((r for r in answer.by_input_share if r.input_share == answer.input_share), None)
    if not answer.crossings or row is None or row.usd_per_hour is None:
        return
    crossing, seen = answer.crossings[0], None
    for size, words in ((row, ""), (row.likely, ", by the middle of the forecast")):
        told = (size.option, size.replicas) if size else None
        if size is None or told == seen or size.usd_per_hour is None:
            continue
        seen = told
        if size.option != crossing.to and size.usd_per_hour < crossing.usd_per_hour:
            yield (
                f"Better for that load{words}: {size.replicas} x {_short(size.option)}, "
                f"{money(size.usd_per_hour)} {currency()} per hour{_alone(size)}."
            )


def _alone(size: ShareRow | Likely) -> str:
    """From where on these machines beat every managed way."""
    inputs, outputs = size.own_input_tokens_per_hour, size.own_output_tokens_per_hour
    if inputs is None or outputs is None:
        return ""
    if inputs == outputs == 0:
        return "; they cost less from the first token on"
    return f"; they break even at {inputs:,} input and {outputs:,} output tokens per hour"


def _name(option: Option, count: int | None = None) -> str:
    times = f"{count} x " if count else ""
    where = f"{option.provider} {option.region}" if option.region else option.provider
    return f"{times}{option.what} ({where}, {KINDS.get(option.kind, option.kind)})"


def _short(option_id: str | None) -> str:
    """What an id names, without its kind: azure/eastus/Standard_NC12s_v3."""
    return str(option_id).partition(":")[2]


def _volume(crossing: Crossing) -> str:
    inputs, outputs = crossing.input_tokens_per_hour, crossing.output_tokens_per_hour
    return f"{inputs:,} input and {outputs:,} output tokens"
