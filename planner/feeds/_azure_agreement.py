"""Meters that bill the same thing, and prices that contradict one another.

What agrees becomes one row; of what disagrees none is believed, and each is listed with why.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._azure_rows import FeedRow, is_sovereign

Price = UsagePrice | HourlyPrice
_CACHED = {
    "cached_input": "input",
    "cached_audio_input": "audio_input",
    "cached_image_input": "image_input",
}
_ONE_PRICE = ("GlobalStandard", "GlobalBatch", "DeveloperTier")
_SEVERAL = "several meters of one meaning have different prices here"
_FAMILIES = "the units of another family of models have another price here"
_DEARER = (
    "reading it from a cache would cost more than reading it anew, which contradicts its words"
)
_DIFFERS = "a global price that differs between regions contradicts its words"


class Candidate(msgspec.Struct, frozen=True):
    """A price of one region and the feed's row that tells it.

    `rank` orders families that sell the same: only those of the lowest are believed.
    """

    price: Price
    row: FeedRow
    rank: int = 0


class Doubted(msgspec.Struct, frozen=True):
    """A candidate that is not believed, and why."""

    candidate: Candidate
    reason: str


def agree(found: Iterable[Candidate], on: date) -> tuple[list[Candidate], list[Doubted]]:
    """Return one price at a time for each thing and region, and what is not believed."""
    groups: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    for one in found:
        groups[(*one.price.identity, *one.price.regions)].append(one)
    kept: list[Candidate] = []
    doubted: list[Doubted] = []
    for group in groups.values():
        lowest = min(one.rank for one in group)
        first = _in_turn([one for one in group if one.rank == lowest])
        others = [one for one in group if one.rank > lowest]
        if first is None:
            doubted += [Doubted(one, _SEVERAL) for one in group]
            continue
        amounts = {one.price.amount for one in first}
        doubted += [Doubted(one, _FAMILIES) for one in others if one.price.amount not in amounts]
        kept += [_earliest(one, others) for one in first]
    believed, contradicted = _consistent(kept, on)
    return believed, doubted + contradicted


def _in_turn(group: Sequence[Candidate]) -> list[Candidate] | None:
    """The prices of one thing one after the other; None where two hold at once.

    A meter's next price ends the one before; another meter's does so only where that is told.
    """
    # Of meters that begin and end alike, the one with more words names its model more closely.
    ranked = sorted(
        group, key=lambda one: (one.price.starts_on, -len(one.row.words), one.row.words)
    )
    result: list[Candidate] = []
    for one in ranked:
        if not result:
            result.append(one)
            continue
        last = result[-1]
        start, end = one.price.starts_on, last.price.effective_to
        if one.price.amount == last.price.amount and (end is None or start <= end):
            result[-1] = _longer(last, one)
        elif end is not None and end <= start:
            result.append(one)
        elif _meter(one) == _meter(last) and start > last.price.starts_on:
            result[-1] = _ending(last, start)
            result.append(one)
        else:
            return None
    return result


def _meter(one: Candidate) -> tuple[str, str]:
    return one.row.product_name, one.row.words


def _longer(one: Candidate, other: Candidate) -> Candidate:
    """One candidate for two of the same amount that meet."""
    ends = (one.price.effective_to, other.price.effective_to)
    told = [end for end in ends if end is not None]
    return _ending(one, max(told) if len(told) == len(ends) else None)


def _earliest(one: Candidate, others: Sequence[Candidate]) -> Candidate:
    """A candidate from the first day on which any family has its price."""
    same = [other.price.starts_on for other in others if other.price.amount == one.price.amount]
    start = min([one.price.starts_on, *same])
    return _with(one, msgspec.structs.replace(one.price, effective_from=start))


def _ending(one: Candidate, end: date | None) -> Candidate:
    return _with(one, msgspec.structs.replace(one.price, effective_to=end))


def _with(one: Candidate, price: Price) -> Candidate:
    return msgspec.structs.replace(one, price=price)


def _consistent(found: Sequence[Candidate], on: date) -> tuple[list[Candidate], list[Doubted]]:
    """Leave out the token prices that cannot be what their words say.

    Where most regions contradict themselves, the meters' words are wrong everywhere.
    """
    families: dict[tuple[object, ...], list[Candidate]] = defaultdict(list)
    kept = []
    doubted: list[Doubted] = []
    for one in found:
        price = one.price
        if isinstance(price, UsagePrice) and price.charge != "training":
            key = (price.model, price.version, price.deployment_type, price.fine_tuned)
            families[key].append(one)
        else:
            kept.append(one)
    for family in families.values():
        left = family
        for find, reason in ((_dearer_cached, _DEARER), (_differing, _DIFFERS)):
            bad = find([one for one in left if one.price.holds(on)])
            doubted += [Doubted(one, reason) for one in left if bad(one)]
            left = [one for one in left if not bad(one)]
        kept += left
    return kept, doubted


def _dearer_cached(now: Sequence[Candidate]) -> Callable[[Candidate], bool]:
    """Which candidates of a family are contradicted by a cached input dearer than the input."""
    amounts: dict[tuple[str, str, int], dict[str, Decimal]] = defaultdict(dict)
    for one in now:
        price = one.price
        assert isinstance(price, UsagePrice)  # noqa: S101 - families hold no other
        place = (_region(one), price.tier, price.context_over_tokens)
        amounts[place][price.charge] = price.usd
    compared, bad = set(), set()
    for place, usd in amounts.items():
        for cached, plain in _CACHED.items():
            if cached in usd and plain in usd:
                compared.add(place[0])
                if usd[cached] > usd[plain] > 0:  # a zero waits for a person anyway
                    bad.add(place[0])
    if len(bad) * 2 > len(compared):
        return lambda _: True
    return lambda one: _region(one) in bad


def _differing(now: Sequence[Candidate]) -> Callable[[Candidate], bool]:
    """Which candidates of a family have a global price that few regions share."""
    counts: dict[tuple[object, ...], Counter[Decimal]] = defaultdict(Counter)
    for one in now:
        if one.price.deployment_type in _ONE_PRICE and not is_sovereign(_region(one)):
            counts[one.price.identity][one.price.amount] += 1
    standing = set(now)
    shared = {}
    for identity, counted in counts.items():
        usd, regions = counted.most_common(1)[0]
        if regions * 2 <= counted.total():
            return lambda _: True
        shared[identity] = usd
    return lambda one: (
        not is_sovereign(_region(one))
        and one in standing
        and one.price.amount != shared.get(one.price.identity, one.price.amount)
    )


def _region(one: Candidate) -> str:
    return "".join(one.price.regions)
