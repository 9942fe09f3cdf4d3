"""The prices of a model in time: every row of the tables, oldest first."""

import datetime as dt
from collections.abc import Sequence

from planner.core.prices import HourlyPrice, PriceTable, UsagePrice
from planner.core.prices_answer import PriceStep


def history(
    table: PriceTable, model: str, *, providers: Sequence[str] = (), regions: Sequence[str] = ()
) -> tuple[PriceStep, ...]:
    """Every row of a model's prices, what it prices together, the oldest first."""
    rows: list[UsagePrice | HourlyPrice] = [
        *(row for row in table.usage if row.model == model),
        *(row for row in table.hourly if row.model == model),
    ]
    steps = [
        _step(row)
        for row in rows
        if (not providers or row.provider in providers)
        and (not regions or not row.regions or set(regions) & set(row.regions))
    ]
    return tuple(
        sorted(
            steps,
            key=lambda s: (
                s.provider, s.deployment_type or "", s.version or "", s.fine_tuned, s.tier,
                s.context_over_tokens, s.charge, s.term or "",
                s.effective_from or s.first_seen_on or dt.date.min, s.regions, s.source,
            ),
        )
    )  # fmt: skip


def _step(row: UsagePrice | HourlyPrice) -> PriceStep:
    usage = isinstance(row, UsagePrice)
    return PriceStep(
        provider=row.provider,
        model=row.model,
        version=row.version,
        deployment_type=row.deployment_type,
        charge=row.charge if isinstance(row, UsagePrice) else row.item,
        tier=row.tier if isinstance(row, UsagePrice) else "default",
        context_over_tokens=row.context_over_tokens if isinstance(row, UsagePrice) else 0,
        fine_tuned=row.fine_tuned,
        term=None if usage else getattr(row, "term", None),
        usd=row.amount,
        per=row.per if isinstance(row, UsagePrice) else f"{row.unit} and hour",
        regions=row.regions,
        effective_from=row.effective_from,
        first_seen_on=row.first_seen_on,
        effective_to=row.effective_to,
        source=row.source,
        retrieved_on=row.retrieved_on,
        origin=row.origin,
        words=row.words,
        original_amount=getattr(row, "original_amount", None),
        original_unit=getattr(row, "original_unit", None),
        doubt=row.doubt,
    )
