"""Rows of Azure's feed that contradict one another: they are left to a person."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from planner.core.price_feed import Leftover
from planner.core.price_rows import HourlyPrice, UsagePrice

Offer = tuple[object, ...]
_DISPUTE = "two meters price one thing differently at once"
_ODD = "a cached token costs more than one that is not"


def without_conflicts(
    rows: Sequence[UsagePrice | HourlyPrice],
) -> tuple[list[UsagePrice | HourlyPrice], list[Leftover]]:
    """Rows of which no two price one thing at once, and that make sense beside one another.

    Equal ones are one, the earliest: every family of models sells the same provisioned unit. Rows
    that differ are all left to a person, and so are those of an offer whose cached tokens cost
    more than others.
    """
    places: dict[tuple[object, ...], list[UsagePrice | HourlyPrice]] = defaultdict(list)
    for row in rows:
        places[(*row.identity, row.regions)].append(row)
    kept: list[UsagePrice | HourlyPrice] = []
    left: list[Leftover] = []
    for rivals in places.values():
        rivals.sort(key=lambda row: (row.starts_on, row.effective_to or date.max))
        chosen: list[UsagePrice | HourlyPrice] = []
        disputed = False
        for row in rivals:
            same = [one for one in chosen if _overlap(one, row)]
            if not same:
                chosen.append(row)
            elif any(one.amount != row.amount for one in same):
                disputed = True
        if disputed:
            left += (_left(row, _DISPUTE) for row in rivals)
        else:
            kept += chosen
    odd = set(_odd_offers(kept))
    left += (_left(row, _ODD) for row in kept if _offer(row) in odd)
    return [row for row in kept if _offer(row) not in odd], left


def _odd_offers(rows: Iterable[UsagePrice | HourlyPrice]) -> Iterator[Offer]:
    """The offers whose cached tokens cost more than others at the same time."""
    full: dict[Offer, list[UsagePrice]] = defaultdict(list)
    cached: dict[Offer, list[UsagePrice]] = defaultdict(list)
    for row in rows:
        if isinstance(row, UsagePrice) and row.charge in ("input", "cached_input"):
            (full if row.charge == "input" else cached)[_offer(row)].append(row)
    for offer, reads in cached.items():
        if any(_overlap(r, f) and r.usd > f.usd for r in reads for f in full.get(offer, ())):
            yield offer


def _offer(row: UsagePrice | HourlyPrice) -> Offer:
    """What the token prices of one offer in one region share."""
    tier = (row.tier, row.context_over_tokens) if isinstance(row, UsagePrice) else None
    return (row.model, row.version, row.deployment_type, row.fine_tuned, row.regions, tier)


def _overlap(one: UsagePrice | HourlyPrice, other: UsagePrice | HourlyPrice) -> bool:
    return (one.effective_to is None or other.starts_on < one.effective_to) and (
        other.effective_to is None or one.starts_on < other.effective_to
    )


def _left(row: UsagePrice | HourlyPrice, reason: str) -> Leftover:
    return Leftover(
        provider=row.provider,
        words=row.words or "",
        region="".join(row.regions),
        usd=row.amount,
        unit=row.per if isinstance(row, UsagePrice) else f"{row.unit} and hour",
        reason=reason,
        meter_id=row.meter_id,
    )
