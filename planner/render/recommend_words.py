"""`planner recommend` in sentences: the choice, what it costs, what stands behind it."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from planner.core.offers import Billing
from planner.core.recommend_answer import Choice, Recommendation, Rejection, UnitWorth
from planner.render.money import currency, money
from planner.render.words import age

_NAMED = 3
_HUNDREDS = Decimal(100)
_ELSEWHERE = re.compile(r"it may process .+, asked for (.+)")
KINDS = {
    Billing.ON_DEMAND: "by the token",
    Billing.BATCH: "batch",
    Billing.PROVISIONED: "provisioned",
    Billing.HOSTED: "hosted",
    Billing.SELF_HOSTED: "self-hosted",
}


def headlines(answer: Recommendation) -> Iterator[str]:
    """What to choose, in a sentence that could be read out, and what is next to it."""
    best = answer.recommended
    yield from answer.notes
    if best is None:
        yield from _nothing(answer)
        return
    yield (
        f"{what(best)}, {where(best)}: {whole(best.usd_per_month.high)} {currency()} a month, "
        f"{money(best.usd_per_mtok)} per million tokens."
    )
    yield from _how(best)
    others = [c for c in answer.alternatives if (c.model, c.what) != (best.model, best.what)]
    if others:
        other = others[0]
        extra = other.usd_per_month.high / best.usd_per_month.high - 1 if _cost(best) else None
        more = f", {float(extra):+.0%}" if extra is not None else ""
        cost = whole(other.usd_per_month.high)
        yield f"Next: {what(other)}, {where(other)}, at {cost}{more}."
    if best.draws_down_usd_per_month is not None:
        drawn = whole(best.draws_down_usd_per_month)
        yield f"Of it {drawn} a month draw down your commitment to {best.provider}."
    for later in best.later:
        yield (
            f"From {later.from_date} on with {later.model}, which its provider names instead: "
            f"{whole(later.usd_per_month)} a month; the sum is a mean over the horizon."
        )


def _nothing(answer: Recommendation) -> Iterator[str]:
    load = answer.workload
    yield f"Nothing fits {load.name}: of {len(answer.rejected)} ways none meets every constraint."
    if answer.conflicts:
        yield from (f"{said[0].upper()}{said[1:]}." for said in answer.conflicts[:_NAMED])
    nearly = [no for no in answer.rejected if len(no.reasons) == 1 and no.steps]
    for no in nearly[:_NAMED]:
        place = f" in {no.regions[0]}" if no.regions else ""
        yield f"{no.model}, {no.what}{place}: {no.reasons[0]}; {no.steps[0]}."


def _cost(choice: Choice) -> Decimal:
    return choice.usd_per_month.high


def _how(best: Choice) -> Iterator[str]:
    units = best.units
    if units is not None:
        used = f", used to {best.utilisation:.0%}" if best.utilisation is not None else ""
        count = unit_count(best)
        yield f"{count[0].upper()}{count[1:]}{used}{_spill(best)}."
    if best.headroom is not None:
        yield f"The peak may grow {_times(best.headroom)} until {best.binds} bind."


def _times(room: float) -> str:
    """A growth in words: by 13%, 5.2 times."""
    return f"by {room:.0%}" if room < 1 else f"{room + 1:,.3g} times"


def _spill(choice: Choice) -> str:
    if choice.overflow_to is None or choice.spilled_share is None:
        return ""
    name = choice.overflow_to.split("/")[-2]
    return f"; {choice.spilled_share:.2%} of the requests spill over to {name}"


def what(choice: Choice, *, model: bool = True) -> str:
    """How it is served, after the model."""
    name = f"{choice.model} on {choice.what}" if model else choice.what
    if choice.tier != "default":
        name += f" ({choice.tier})"
    if choice.overflow_to is not None:
        name += f" + {choice.overflow_to.split('/')[-2]}"
    return name


def where(choice: Choice) -> str:
    """The provider and its region, and how many others are the same."""
    if choice.region is None:
        return choice.provider
    others = len(choice.also_in)
    more = f" or {others} more" if others else ""
    return f"{choice.provider} {choice.region}{more}"


def unit_count(choice: Choice) -> str:
    """How many units run: "360 PTU for 1 year", "up to 5 machines, 2.1 on average, 1 spare"."""
    units = choice.units
    if units is None:
        return "-"
    noun = units.unit if units.unit.isupper() else f"{units.unit}s"
    parts = []
    if units.reserved:
        term = "" if choice.term in (None, "on_demand", "owned") else f" for {_words(choice.term)}"
        parts.append(f"{units.reserved:,} {noun}{term}")
    if units.hourly_peak:
        most = f"up to {units.hourly_peak:,} {noun}"
        same = units.hourly_mean == units.hourly_peak
        mean = "" if same else f", {units.hourly_mean:,.3g} on average"
        parts.append(f"{units.hourly_peak:,} {noun}" if same and not parts else most + mean)
    spare = f", {units.spare} spare" if units.spare else ""
    return f"{' + '.join(parts) or f'0 {noun}'}{spare}"


def worth(answer: Recommendation) -> Iterator[str]:
    """From which utilisation on units pay, in sentences; of equal units once."""
    told: dict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    rows: dict[str, list[UnitWorth]] = defaultdict(list)
    for row in answer.worth:
        rows[row.id].append(row)
    for name, own in rows.items():
        first = own[0]
        head = f"{money(first.worth_usd_per_month)} {currency()} of {first.against.split('/')[-2]}"
        told[first.unit, head, tuple(map(_pays, own))].append(name.split("/")[-2])
    for (unit, head, terms), names in told.items():
        yield f"{', '.join(names)}: a {unit} carries {head} a month."
        yield from (f"- {said}" for said in terms)


def _pays(row: UnitWorth) -> str:
    name = "by the hour" if row.term == "on_demand" else f"for {_words(row.term)}"
    share = row.pays_from_utilisation
    verdict = "it never pays" if share > 1 else f"it pays from {share:.0%} utilisation on"
    whole_load = f"; {row.units_for_all:,} for the whole load are {whole(row.usd_for_all)} a month"
    known = f" (until {row.ended_on}; not known since)" if row.ended_on else ""
    return f"{name} at {money(row.usd_per_month)}{known} {verdict}{whole_load}"


def rejections(answer: Recommendation) -> Iterator[str]:
    """What cannot serve, by its first reason; offers that process elsewhere together."""
    groups: dict[tuple[str, str, str], list[Rejection]] = defaultdict(list)
    machines = [no for no in answer.rejected if no.kind is Billing.SELF_HOSTED]
    folded = len(machines) > _NAMED
    for no in answer.rejected:
        if no.kind is not Billing.SELF_HOSTED or not folded:
            groups[no.model, no.provider, _main_reason(no)].append(no)
    for (model, provider, reason), rows in groups.items():
        names = ", ".join(dict.fromkeys(no.what for no in rows))
        regions = list(dict.fromkeys(r for no in rows for r in no.regions))
        place = f" in {', '.join(regions[:_NAMED])}" if regions else ""
        more = len(regions) - _NAMED
        place += f" and {more} more" if more > 0 else ""
        decided = [no for no in rows if no.reasons[:1] == (reason,)]
        steps = dict.fromkeys(step for no in decided for step in no.steps)
        then = f" ({'; '.join(steps)})" if steps else ""
        yield f"{model}, {names} ({provider}{place}): {reason}{then}"
    if folded:
        count = len(machines)
        yield f"{count} machines: too small, or no forecast; --json has each with its reason"


def _main_reason(no: Rejection) -> str:
    """The reason that decides: where it processes, else the first."""
    for reason in no.reasons:
        found = _ELSEWHERE.fullmatch(reason)
        if found is not None:
            return f"it may process elsewhere than {found[1]}"
    return no.reasons[0] if no.reasons else "it does not serve the load"


def risks(choice: Choice) -> Iterator[str]:
    """What may go wrong, each with its mark."""
    yield from (f"! {risk}" for risk in choice.risks)
    yield from (f"> {step}" for step in choice.steps)


def rests_on(answer: Recommendation) -> str:
    """What the answer rests on, with dates."""
    looks = [f"{s.provider} {s.snapshot} ({s.origin}, {age(s.age_days)})" for s in answer.sources]
    return f"Rests on {'; '.join(looks)}." if looks else "No snapshot says anything of it."


def whole(usd: Decimal) -> str:
    """An amount a month: whole from a hundred on."""
    return money(usd) if usd < _HUNDREDS else f"{money(usd.quantize(Decimal(1)), 0)}"


def _words(term: str | None) -> str:
    return (term or "").replace("_", " ")
