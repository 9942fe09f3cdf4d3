"""What of a bill is paid out of a commitment to a provider, and what of it stays undrawn."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from planner.core.comparison import to_money
from planner.core.plans import Plan
from planner.core.regions import cloud_of
from planner.core.served import Served

_CENT = Decimal("0.01")


def drawn(served: Served, committed: Mapping[str, Decimal]) -> Decimal | None:
    """What a mean month draws from the commitment to a plan's provider; None without one.

    Tokens that another provider's offer takes draw nothing from it.
    """
    cloud = cloud_of(served.plan.way.provider)
    limit = commitment_to(served.plan.way.provider, committed)
    if limit is None:
        return None
    phases = [served.plan, *(plan for _, plan in served.later)]
    usd = sum(
        (_paid_to(cloud, plan) * n for plan, n in zip(phases, served.months, strict=True)),
        Fraction(),
    )
    return to_money(min(Fraction(limit), usd / sum(served.months))).quantize(_CENT)


def commitment_to(provider: str, committed: Mapping[str, Decimal]) -> Decimal | None:
    """The commitment to a provider, or to the cloud that it is of."""
    return committed.get(provider, committed.get(cloud_of(provider)))


def _paid_to(cloud: str, plan: Plan) -> Fraction:
    """What of a plan's bill goes to one cloud."""
    others = [
        way
        for way in (plan.overflow, plan.batch)
        if way is not None and cloud_of(way.provider) != cloud
    ]
    elsewhere = sum(
        (
            part.usd_per_month
            for part in plan.parts
            if any(part.what.startswith(f"{way.name}, ") for way in others)
        ),
        Fraction(),
    )
    return plan.usd_per_month - elsewhere
