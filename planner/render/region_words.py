"""The first lines of `planner regions`: the best place, why it is, and what was removed."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from planner.core.answers import RegionEntry, RegionsAnswer
from planner.core.offers import Availability, Billing, Scope
from planner.render.money import currency
from planner.render.region_map import USABLE
from planner.render.words import count, token_price

_REASONS_SHOWN = 4
_BARS_SHOWN = 2
# What an account could change of an offer that it cannot use.
_BARRED = (Availability.NO_QUOTA, Availability.NO_CAPACITY, Availability.NOT_ENABLED)
_PLACES_SHOWN = 4
_SELECTED = re.compile(r"(provider|region|version|deployment type) is .*, asked for (.*)")


def headlines(answer: RegionsAnswer, home: str | None = None) -> list[str]:
    """What could be read out: retirement first, then the best place and its reason."""
    lines = [f"{note}." for note in answer.notes]
    if answer.recommended is not None:
        lines += _recommendation(answer.recommended, answer, home)
        return [*lines, *_removed(answer.rejected)]
    barred = [e for e in answer.regions if e.availability in _BARRED]
    if answer.rejected:
        lines.append(f"Nothing fits: {count(len(answer.rejected), 'offer')} removed.")
    elif barred:
        lines.append(f"Nothing of {barred[0].model} can be used as your accounts stand.")
    elif not answer.notes:
        lines.append(f"{answer.model} runs nowhere that the snapshots know on {answer.on}.")
    return [*lines, *_unusable(barred), *_removed(answer.rejected)]


def _unusable(barred: Sequence[RegionEntry]) -> Iterator[str]:
    """How many offers are barred by each reason, the most frequent ones first."""
    counts = Counter(entry.reasons[0] for entry in barred if entry.reasons)
    for why, number in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_BARS_SHOWN]:
        yield f"  {count(number, 'offer')} not usable: {why}"


def _removed(rejected: Sequence[RegionEntry]) -> Iterator[str]:
    """How many offers each reason removed, the most frequent ones first."""
    counts = Counter(_SELECTED.sub(r"\1 is not \2", entry.reasons[0]) for entry in rejected)
    told = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    for why, number in told[:_REASONS_SHOWN]:
        yield f"  {count(number, 'offer')} removed: {why}"
    if rest := sum(number for _, number in told[_REASONS_SHOWN:]):
        yield f"  {count(rest, 'offer')} removed for other reasons (--json has all)"


def _recommendation(best: RegionEntry, answer: RegionsAnswer, home: str | None) -> list[str]:
    own = [e for e in answer.regions if e.model == best.model and e.availability in USABLE]
    spread = f"offered in {count(len({e.region for e in own}), 'region')}"
    if best.deployment_type is None:
        kind = f"{best.model} is {spread} ({best.provider}); deployment types unknown."
        return [kind, f"First by name: {best.region}; {_standing(best)}."]
    cost = f"{token_price(best.price)} {currency()} per million tokens in / out"
    price = cost if best.price else "price unknown"
    if best.price and best.price.region_group:
        price += f" (as in {best.price.region_group})"
    end = f", retires {best.retires_on}" if best.retires_on else ""
    lines = [
        f"{best.model}: {best.deployment_type} in {best.region} ({best.provider}), {price}{end}.",
        f"{_why(best, own, home)}; {spread}.",
    ]
    if best.availability is Availability.AVAILABLE:
        lines.append(f"Available: {'; '.join(best.reasons)}.")
    return [*lines, *_free(own)]


def _free(own: Sequence[RegionEntry]) -> Iterator[str]:
    """Where the accounts have most tokens per minute left, region by region."""
    most: dict[tuple[str, str], float] = {}
    for entry in own:
        if entry.free_tokens_per_minute:
            place = (entry.region, entry.deployment_type or "")
            most[place] = max(most.get(place, 0.0), entry.free_tokens_per_minute)
    order = sorted(most.items(), key=lambda item: (-item[1], item[0]))
    if order:
        told = ", ".join(f"{r} {kind} {rate:,.0f}" for (r, kind), rate in order[:_PLACES_SHOWN])
        more = f" and {len(order) - _PLACES_SHOWN} more" if len(order) > _PLACES_SHOWN else ""
        yield f"Tokens per minute free: {told}{more}."


def _standing(best: RegionEntry) -> str:
    return "available" if best.availability is Availability.AVAILABLE else "your quota is unknown"


def _why(best: RegionEntry, own: Sequence[RegionEntry], home: str | None) -> str:
    if home is not None and best.region == home:
        return "It processes in your region"
    if best.latency_ms is not None:
        return f"Nearest that processes in its region, {best.latency_ms} ms"
    nearest = ""
    if home is not None and best.scope in (Scope.GEOGRAPHIC, Scope.GLOBAL):
        nearest = "It may process in several regions, so no round trip counts; "
    elif home is not None:
        nearest = f"No round trip from {home} is known; "
    if best.price is None:
        first = "first by version and name" if all(e.price is None for e in own) else "first"
        return f"{nearest}{first if nearest else 'No offer has a known price, ' + first}"
    price = token_price(best.price)
    same = sum(token_price(e.price) == price for e in own) - 1
    lowest = "lowest known price that answers at once" if _batch(own) else "lowest known price"
    shared = f", which {count(same, 'other offer')} share{'s' if same == 1 else ''}" if same else ""
    said = f"{nearest}{lowest}{shared}"
    return said[0].upper() + said[1:]


def _batch(own: Sequence[RegionEntry]) -> bool:
    return any(e.billing is Billing.BATCH for e in own)
