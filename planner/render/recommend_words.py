"""`planner recommend` in sentences: the choice, what it costs, what stands behind it."""

from collections.abc import Iterator
from decimal import Decimal

from planner.core.commitments import commitment_to
from planner.core.offers import Billing
from planner.core.recommend_answer import Brief, Choice, Recommendation
from planner.render.money import converted, currency, money
from planner.render.refusals import nothing
from planner.render.words import age

_HUNDREDS = Decimal(100)
_THOUSANDS = 1000
_MANY = 10  # times; percents of more are hard to read
_NO_ROOM = 0.005  # would be told as 0%
_NO_TERM = (None, "on_demand", "owned")
_ZONES = {"eur": "eur (the EU, Norway and Switzerland)"}


def found(answer: Recommendation) -> list[Choice]:
    """All choices, the recommended one first."""
    return [c for c in (answer.recommended, *answer.alternatives) if c is not None]


def headlines(answer: Recommendation) -> Iterator[str]:
    """What to choose, in a sentence that could be read out, and what is next to it."""
    best = answer.recommended
    yield from answer.notes
    if best is None:
        yield from nothing(answer)
        yield from _wider(answer)
        return
    yield (
        f"{what(best)}, {where(best)}: {whole(best.usd_per_month.high)} {currency()} a month, "
        f"{money(best.usd_per_mtok)} per million tokens."
    )
    yield from _how(best)
    yield from _elsewhere(answer, best)
    if answer.workload.growth_per_month:
        yield "A mean over the months: growth is in it."
    others = [c for c in answer.alternatives if (c.model, c.what) != (best.model, best.what)]
    if others:
        other = others[0]
        yield f"Next: {what(other)}, {where(other)}, at {_against(other, best)}."
    yield from _wider(answer)
    yield from _commitments(answer, best)
    for later in best.later:
        yield (
            f"From {later.from_date} on with {later.model}, which its provider names instead: "
            f"{whole(later.usd_per_month)} a month; the sum is a mean over the horizon."
        )


def _commitments(answer: Recommendation, best: Choice) -> Iterator[str]:
    """What of the bill is paid out of a commitment, and what stays undrawn of each."""
    committed = answer.workload.committed_usd_per_month
    drawn = best.draws_down_usd_per_month
    for provider, usd in committed.items():
        said = f"of your commitment to {provider} ({whole(usd)})"
        if drawn is None or commitment_to(best.provider, {provider: usd}) is None:
            yield f"It draws nothing {said}."
            continue
        left = f"; {whole(usd - drawn)} stay undrawn" if drawn < usd else ""
        yield f"It draws {whole(drawn)} a month {said}{left}."


def _wider(answer: Recommendation) -> Iterator[str]:
    """What it would cost where data may go one step further."""
    wider, best = answer.wider, answer.recommended
    if wider is None:
        return
    usd = f"{whole(wider.usd_per_month)} {currency()} a month"
    less = f", {float(wider.usd_per_month / _cost(best) - 1):+.0%}" if best is not None else ""
    place = _ZONES.get(wider.boundary, wider.boundary)
    yield (
        f"Within {place} instead of {answer.workload.boundary}: "
        f"{named(wider.choice, model=True)}, {usd}{less}."
    )


def _against(other: Choice, best: Choice) -> str:
    """What another costs, and how that compares with the best."""
    cost = whole(_cost(other))
    if not _cost(best):
        return cost
    if cost == whole(_cost(best)):
        return "the same price"
    times = float(_cost(other) / _cost(best))
    if times >= _MANY:
        return f"{cost}, {times:,.0f} times as much"
    share = round(times - 1, 2)
    return f"{cost}, {share:+.0%}" if share else f"{cost}, about the same"


def _cost(choice: Choice) -> Decimal:
    return choice.usd_per_month.high


def _how(best: Choice) -> Iterator[str]:
    units = best.units
    if units is not None:
        used = f", used to {best.utilisation:.0%}" if best.utilisation is not None else ""
        count = unit_count(best)
        hours = f", {best.schedule}" if best.schedule else ""
        yield f"{count[0].upper()}{count[1:]}{hours}{used}{_spill(best)}."
    if best.headroom is not None:
        verb = "is" if str(best.binds).startswith("1 ") else "are"
        full = best.headroom < _NO_ROOM
        grows = "" if full else f"The peak may grow {_times(best.headroom)} until "
        yield f"{grows}{best.binds} {verb} full{' at the peak' if full else ''}."


def _times(room: float) -> str:
    """A growth in words: by 13%, 5.2 times."""
    return f"by {room:.0%}" if room < 1 else f"{room + 1:,.3g} times"


def _spill(choice: Choice) -> str:
    if choice.overflow_what is None or choice.spilled_share is None:
        return ""
    to = choice.overflow_what
    return f"; {choice.spilled_share:.2%} of the requests spill over to {to}"


def _elsewhere(answer: Recommendation, best: Choice) -> Iterator[str]:
    """Where what stands beside it is, if that is another region or another cloud."""
    deploys = answer.deploys
    if deploys is None:
        return
    for role, other in (("what spills over", deploys.overflow), ("what may wait", deploys.batch)):
        if other is None:
            continue
        moves = other.provider != best.provider
        if moves or other.region not in (best.region, deploys.region, None):
            place = f"{other.provider} {other.region or ''}".strip()
            yield f"{role[0].upper()}{role[1:]} goes to another {_KIND[moves]}: {place}."


_KIND = {True: "cloud", False: "region"}


def what(choice: Choice, *, model: bool = True) -> str:
    """How it is served, after the model."""
    name = f"{choice.model} on {choice.what}" if model else choice.what
    if choice.tier != "default":
        name += f" ({choice.tier})"
    beside = (
        (choice.overflow_to, choice.overflow_what),
        (choice.batch_to, choice.batch_what),
    )
    others = dict.fromkeys(_named_beside(choice, id_, of) for id_, of in beside if of)
    return " + ".join([name, *others])


def _named_beside(choice: Choice, id_: str | None, called: str) -> str:
    """What stands beside a choice, with its provider where that is another."""
    provider = (id_ or "").partition(":")[2].partition("/")[0]
    return called if provider in ("", choice.provider) else f"{called} ({provider})"


def where(choice: Choice) -> str:
    """The provider and its region, and how many others are the same."""
    if choice.region is None:
        return choice.provider
    others = len(choice.also_in)
    more = f" or {others} more" if others else ""
    return f"{choice.provider} {choice.region}{more}"


def unit_count(choice: Choice, *, mode: bool = False) -> str:
    """How many units run: "360 PTU for 1 year", "up to 5 machines, 2.1 on average, 1 spare"."""
    units = choice.units
    if units is None:
        return "-"

    def count(number: int) -> str:
        return f"{number:,} {units.unit}{'' if number == 1 or units.unit.isupper() else 's'}"

    parts = []
    if units.reserved:
        term = "" if choice.term in _NO_TERM else f" for {term_words(choice.term)}"
        later = units.reserved_later
        grown = f", {later:,} later" if later > units.reserved else ""
        parts.append(count(units.reserved) + term + grown)
    if units.hourly_peak:
        most = f"up to {count(units.hourly_peak)}"
        same = units.hourly_mean == units.hourly_peak
        digits = ",.0f" if units.hourly_mean >= _THOUSANDS else ",.3g"
        mean = "" if same else f", {units.hourly_mean:{digits}} on average"
        parts.append(count(units.hourly_peak) if same and not parts else most + mean)
    if choice.schedule is not None:
        parts = [count(units.hourly_peak)]
    spare = f", {units.spare} spare" if units.spare else ""
    how = f", {choice.mode}" if mode and choice.mode else ""
    return f"{' + '.join(parts) or count(0)}{spare}{how}"


def risks(choice: Choice) -> Iterator[str]:
    """What may go wrong, each with its mark."""
    yield from (f"! {risk}" for risk in choice.risks)
    yield from (f"> {step}" for step in choice.steps)


def rests_on(answer: Recommendation) -> str:
    """What the answer rests on, with dates."""
    looks = [f"{s.provider} {s.snapshot} ({s.origin}, {age(s.age_days)})" for s in answer.sources]
    told = f"Rests on {'; '.join(looks)}" if looks else "No snapshot says anything of it"
    read = dict.fromkeys((c.source, c.retrieved_on) for c in found(answer))
    prices = [f"{source}, {day} ({age((answer.on - day).days)})" for source, day in read]
    return f"{told}; prices: {', '.join(prices)}." if prices else f"{told}."


def whole(usd: Decimal) -> str:
    """An amount a month: whole from a hundred on."""
    return money(usd) if usd < _HUNDREDS else f"{converted(usd):,.0f}"


def named(choice: Brief | None, *, model: bool = False) -> str:
    """A choice for reading: "GlobalStandard, azure eastus2, 1 year"; on request after its model."""
    if choice is None:
        return "-"
    name = f"{choice.model} on {choice.what}" if model else choice.what
    if choice.overflow_what is not None:
        name += f" + {choice.overflow_what}"
    where = f"{choice.provider} {choice.region}" if choice.region else choice.provider
    tier = None if choice.tier == "default" else choice.tier
    term = None if choice.term in _NO_TERM else term_words(choice.term)
    mode = choice.mode if choice.kind is Billing.SELF_HOSTED else None
    return ", ".join(filter(None, (name, where, tier, term, mode)))


def term_words(term: str | None) -> str:
    """A term for reading: by the hour, 1 year."""
    return "by the hour" if term == "on_demand" else (term or "").replace("_", " ")
