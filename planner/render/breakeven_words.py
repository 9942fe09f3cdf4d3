"""The first lines of `planner breakeven`: the volume, what is in its way, the doubts."""

from collections.abc import Iterator
from decimal import Decimal

from planner.core.breakeven_answer import BreakevenAnswer, Crossing, Likely, Option, ShareRow
from planner.core.candidates import GIVEN
from planner.core.load import Carried
from planner.core.offers import KIND_WORDS, Billing
from planner.render.money import converted, currency, money
from planner.render.words import age

_ALIKE = 6  # digits from which on two shares are one
_CARRIED = {
    Carried.ONE_LOST: "Yes, one lost too",
    Carried.ALL: "Yes with all of them, not surely with one lost",
    Carried.PROBABLY_ONE_LOST: "Probably, one lost too",
    Carried.PROBABLY_ALL: "Probably with all of them, hardly with one lost",
    Carried.PROBABLY_NOT: "Probably not",
    Carried.NO: "No",
}
_COUNTED = (Billing.SELF_HOSTED, Billing.PROVISIONED)


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
            sides = {options[end].kind for c in answer.crossings for end in (c.from_, c.to)}
            whole = "units" if Billing.PROVISIONED in sides else "machines"
            yield (
                f"Whole {whole} make steps: it changes {len(answer.crossings)} times, the last at "
                f"{_volume(last)}, to {_name(options[last.to], last.replicas)}."
            )
    elif answer.cheapest:
        yield from _no_crossing(answer, options)
    yield from _units(answer, options)
    yield from _uncached(answer)
    yield from _better(answer)
    for option in answer.options:
        if option.origin == "article":
            days = age((answer.on - option.effective_from).days)
            yield f"The price of {option.what} is an article's of {option.effective_from}, {days}."
    yield from _doubts(answer)


def _uncached(answer: BreakevenAnswer) -> Iterator[str]:
    """Where the share of cached input that was given changes nothing."""
    if not answer.cached_share:
        return
    dear = [
        o.what
        for o in answer.options
        if o.input_usd_per_mtok is not None and o.cached_input_usd_per_mtok is None
    ]
    if dear:
        names = ", ".join(dict.fromkeys(dear))
        yield f"Cached input costs as other input, no price of it is known: {names}."
    if any(o.kind is Billing.SELF_HOSTED for o in answer.options):
        yield "Machines are forecast without a cache of prompts."


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
    fixed = crossing.replicas if after.kind in _COUNTED else None
    yield (
        f"Break-even at {_volume(crossing)} per hour, {money(crossing.usd_per_hour)} "
        f"{currency()} per hour ({converted(crossing.usd_per_month):,.0f} a month): beyond it "
        f"{_name(after, fixed)} costs less than {_name(before)}."
    )
    if crossing.carried is not None and crossing.utilisation is not None:
        limits = []
        if crossing.likely_up_to_tokens is not None:
            limits.append(f"likely up to {crossing.likely_up_to_tokens:,} tokens")
        if crossing.flips_at_tokens is not None:
            limits.append(f"surely up to {crossing.flips_at_tokens:,}")
        if crossing.flips_at_tokens_one_lost is not None:
            lost = crossing.flips_at_tokens_one_lost
            limits.append(f"with one lost up to {lost:,}" if lost else "with one lost never")
        until = f"; by length of a request {', '.join(limits)}" if limits else ""
        there = _CARRIED[crossing.carried]
        yield f"Is the capacity there? {there}, at {crossing.utilisation:.0%} utilisation{until}."
    elif crossing.utilisation is not None:
        runs = after if after.kind is Billing.PROVISIONED else before
        given = runs.basis == GIVEN
        rate = "the rate that was set" if given else "the provider's published rate"
        yield f"They are {crossing.utilisation:.0%} full there, by {rate}."
    for obstacle in crossing.obstacles:
        yield f"  - {obstacle}"


def _no_crossing(answer: BreakevenAnswer, options: dict[str, Option]) -> Iterator[str]:
    first = answer.cheapest[0]
    best = options[first.option]
    rivals = [o for o in answer.options if o.kind is not best.kind]
    count = first.replicas_from if best.kind in _COUNTED else None
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
    kinds = {o.kind: o for o in reversed(rivals)}
    shown = [o for o in rivals if kinds[o.kind] is o] if len(kinds) > 1 else rivals[:2]
    names = " and ".join(dict.fromkeys(_name(o) for o in shown))
    yield f"No break-even: {what} is cheaper than {names} from the first token on."
    if best.replicas is not None and best.output_tokens_per_second is not None:
        most = best.output_tokens_per_second.low * best.replicas * 3600
        yield f"They deliver {most:,.0f} output tokens per hour, low end of the forecast."
    elif len(answer.cheapest) > 1 and best.kind is Billing.SELF_HOSTED:
        yield "As the load grows other machines take over, managed ways never do."


def _units(answer: BreakevenAnswer, options: dict[str, Option]) -> Iterator[str]:
    """Whether provisioned units pay, for those that come nearest; and whose price is unknown."""
    judged = [r for r in answer.provisioned if r.break_even_utilisation is not None]
    best = min(
        judged,
        key=lambda r: (round(r.break_even_utilisation or 0, _ALIKE), r.usd_per_unit_hour),
        default=None,
    )
    if best is not None and best.against is not None:
        own, tokens = options[best.option], options[best.against].what
        hour = (
            f"an hour of one {own.unit} costs {money(best.usd_per_unit_hour)} {currency()} and "
            f"serves {best.input_tokens_per_unit_hour:,} input and "
            f"{best.output_tokens_per_unit_hour:,} output tokens, worth "
            f"{money(best.worth_usd_per_unit_hour)} as {tokens}"
        )
        inputs, outputs = best.input_tokens_per_hour, best.output_tokens_per_hour
        if inputs is None or outputs is None or best.utilisation is None:
            yield f"Provisioned units never pay at a flat load. {own.what}: {hour}."
        else:
            yield (
                f"Provisioned units pay from {inputs:,} input and {outputs:,} output tokens per "
                f"hour on, {best.units} {own.unit} at {best.utilisation:.0%}. {own.what}: {hour}."
            )
    if answer.unknown_terms:
        what = answer.unknown_terms[0].what
        yield f"{_unknown_terms(answer)} Give yours: --set {what}.usd_per_hour=USD."


def _unknown_terms(answer: BreakevenAnswer) -> str:
    """The terms whose price is unknown on the date, with what is known last and until when."""
    last = dict.fromkeys(
        f"{money(t.last_term_total_usd or t.last_usd_per_unit_hour)} {currency()} a {t.unit} for "
        f"{t.term.replace('_', ' ')} (until {t.effective_to})"
        for t in answer.unknown_terms
    )
    terms = " and ".join(dict.fromkeys(t.term.replace("_", " ") for t in answer.unknown_terms))
    return (
        f"The price of units for {terms} is unknown on {answer.on} and not compared; the last "
        f"known is {', '.join(last)}."
    )


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
    return f"{times}{option.what} ({where}, {KIND_WORDS[option.kind]})"


def _short(option_id: str | None) -> str:
    """What an id names, without its kind: azure/eastus/Standard_NC12s_v3."""
    return str(option_id).partition(":")[2]


def _volume(crossing: Crossing) -> str:
    inputs, outputs = crossing.input_tokens_per_hour, crossing.output_tokens_per_hour
    return f"{inputs:,} input and {outputs:,} output tokens"
