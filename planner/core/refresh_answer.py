"""The outcome of reading a price feed as an answer."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from planner.core.price_changes import Change, Refreshed
from planner.core.price_feed import Leftover
from planner.core.price_rows import UsagePrice
from planner.core.prices_answer import PriceChange, RefreshAnswer, Unclassified


def to_answer(
    feed: str,
    on: dt.date,
    done: Refreshed,
    *,
    written: Sequence[str],
    review: str | None,
    failed: Mapping[str, str],
) -> RefreshAnswer:
    """What a refresh did, for `planner prices refresh`."""
    return RefreshAnswer(
        feed=feed,
        on=on,
        written=tuple(written),
        review=review,
        added=tuple(map(_change, done.added)),
        changed=tuple(map(_change, done.changed)),
        closed=tuple(map(_change, done.closed)),
        rejected=tuple(map(_change, done.rejected)),
        unclassified=_unclassified(done.unclassified),
        failed=dict(failed),
    )


def _change(change: Change) -> PriceChange:
    row = change.row
    usage = isinstance(row, UsagePrice)
    return PriceChange(
        provider=row.provider,
        model=row.model,
        version=row.version,
        deployment_type=row.deployment_type,
        what=row.charge if isinstance(row, UsagePrice) else row.name or row.item,
        tier=row.tier if isinstance(row, UsagePrice) else None,
        fine_tuned=row.fine_tuned,
        term=None if usage else getattr(row, "term", None),
        regions=change.regions,
        before=change.before,
        after=change.after,
        on=change.on,
        words=row.words,
        reason=change.reason,
    )


def _unclassified(left: Iterable[Leftover]) -> tuple[Unclassified, ...]:
    places: dict[Leftover, set[str]] = {}
    for one in left:
        bare = msgspec.structs.replace(one, region="", meter_id=None)
        places.setdefault(bare, set()).add(one.region)
    return tuple(
        Unclassified(
            provider=one.provider,
            words=one.words,
            regions=tuple(sorted(regions - {""})),
            usd=one.usd,
            unit=one.unit,
            reason=one.reason,
        )
        for one, regions in sorted(places.items())
    )
