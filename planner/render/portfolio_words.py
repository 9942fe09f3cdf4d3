"""A portfolio in sentences: what all of it costs, what sharing saves, what fits nothing."""

from collections.abc import Iterator

from planner.core.portfolio_answer import PoolView, PortfolioAnswer, QuotaDemand
from planner.render.money import currency
from planner.render.recommend_words import whole
from planner.render.words import age

_NAMED = 3


def headlines(answer: PortfolioAnswer) -> Iterator[str]:
    """The cost of all together, what pools save, and how many fit nothing."""
    count = len(answer.workloads)
    noun = "workload" if count == 1 else "workloads"
    if not answer.fits:
        yield f"Nothing fits any of {count:,} {noun}."
    else:
        usd, each = whole(answer.usd_per_month_single), currency()
        yield f"{answer.fits:,} of {count:,} {noun}: {usd} {each} a month by the cheapest of each."
    if answer.pools:
        share = answer.saves / answer.usd_per_month_single
        within = sum(len(pool.workloads) for pool in answer.pools)
        pools = f"{len(answer.pools):,} {'pool' if len(answer.pools) == 1 else 'pools'}"
        yield (
            f"On shared units {whole(answer.usd_per_month_pooled)}: {within:,} of them in {pools} "
            f"save {whole(answer.saves)} ({float(share):.1%})."
        )
    elif answer.fits > 1:
        yield "Sharing units would save nothing."
    if answer.fits and answer.fits_none:
        unfit = [row.name for row in answer.workloads if row.recommended is None]
        yield f"Nothing fits {answer.fits_none:,}: {few(unfit)}."
    short = [quota for quota in answer.quota if quota.step is not None]
    yield from (f"Quota: {quota_name(quota)}: {quota.step}." for quota in short)


def quota_name(quota: QuotaDemand) -> str:
    """Which quota it is: the provider's name for it, else model and deployment type."""
    names = ", ".join(quota.quota_names) or " ".join((*quota.models, *quota.deployment_types))
    return f"{names}, {quota.provider} {quota.region or 'any region'}"


def pool_count(pool: PoolView) -> str:
    """How many units a pool runs: "15 PTU for 1 year", "up to 8 machines, 5.1 on average"."""
    noun = pool.unit if pool.unit.isupper() else f"{pool.unit}s"
    parts = []
    if pool.reserved:
        term = "" if pool.term in (None, "on_demand") else f" for {words(pool.term)}"
        parts.append(f"{pool.reserved:,} {noun}{term}")
    if pool.units > pool.reserved:
        parts.append(f"up to {pool.units - pool.reserved:,} by the hour")
    spare = f", {pool.spare} spare" if pool.spare else ""
    return f"{' + '.join(parts) or f'0 {noun}'}{spare}"


def few(names: list[str] | tuple[str, ...]) -> str:
    """Some names, and how many more there are."""
    more = len(names) - _NAMED
    said = ", ".join(names[:_NAMED])
    return f"{said} and {more:,} more" if more > 0 else said


def words(term: str | None) -> str:
    """A term as people say it."""
    return (term or "").replace("_", " ")


def rests_on(answer: PortfolioAnswer) -> str:
    """What the answer rests on, with dates."""
    looks = [f"{s.provider} {s.snapshot} ({s.origin}, {age(s.age_days)})" for s in answer.sources]
    told = f"Rests on {'; '.join(looks)}" if looks else "No snapshot says anything of them"
    read = sorted({(row.source, row.retrieved_on) for row in answer.workloads if row.source})
    prices = [f"{source}, {day}" for source, day in read]
    return f"{told}; prices: {', '.join(prices)}." if prices else f"{told}."
