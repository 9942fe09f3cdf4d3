"""A portfolio for people: the sum, the plan of each workload, shared units, shared quotas."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from rich.table import Table
from rich.text import Text

from planner.core.portfolio_answer import (
    PortfolioAnswer,
    PortfolioWorkload,
    QuotaDemand,
    Spend,
)
from planner.render.money import currency
from planner.render.portfolio_words import few, headlines, pool_count, quota_name, rests_on, words
from planner.render.recommend_words import whole
from planner.render.safe import plain
from planner.render.sections import fitting, prose
from planner.render.sections import table as new_table
from planner.render.terminal import Screen

_ROWS = 7
_PART = 5
_PAIR = 2
_THOUSANDS = 1000
_WIDE = 120


def portfolio_text(answer: PortfolioAnswer, screen: Screen, *, everything: bool = False) -> str:
    """The whole text; on a terminal the sections that fit, and the names of the others."""
    sections = [
        ("", prose(screen, headlines(answer))),
        ("workloads", _workloads(answer, screen, everything=everything)),
        ("shared units", _pools(answer, screen, everything=everything)),
        ("risks", _risks(answer, screen, everything=everything)),
        ("what fits nothing", _unfit(answer, screen, everything=everything)),
        ("shared quotas", _quotas(answer, screen, everything=everything)),
        ("providers", _spends("Provider", answer.by_provider, screen)),
        ("models", _spends("Model", answer.by_model, screen)),
        ("assumptions", _small_print(answer, screen)),
    ]
    return fitting(sections, screen, everything=everything)


def _workloads(answer: PortfolioAnswer, screen: Screen, *, everything: bool) -> list[str]:
    """Those that something serves, the dearest first."""
    rows = [row for row in answer.workloads if row.recommended is not None]
    rows.sort(key=lambda row: -(row.usd_per_month or Decimal()))
    wide = screen.width >= _WIDE
    columns = ["Workload", f"{currency()}/month", "Choice", "Where", "Pool"]
    table = new_table(*columns, *(["Risks"] if wide else []))
    for row in rows if everything else rows[:_ROWS]:
        table.add_row(
            Text(plain(row.name)),
            Text(whole(row.usd_per_month or Decimal()), justify="right"),
            Text(plain(_choice(row))),
            Text(plain(f"{row.provider} {row.region or ''}".strip())),
            Text((row.pool or "-").partition(":")[0]),
            *([Text(", ".join(row.risk_kinds) or "-")] if wide else []),
        )
    _more(table, len(rows), _ROWS, everything=everything)
    return screen.lines([table]) if rows else []


def _choice(row: PortfolioWorkload) -> str:
    units = f", {_units(row, row.units)}" if row.units else ""
    term = "" if row.term in (None, "on_demand", "owned") else f" for {words(row.term)}"
    spills = " + by the token" if "+" in (row.recommended or "") else ""
    return f"{row.model} {row.what}{units}{term}{spills}"


def _units(row: PortfolioWorkload, most: int) -> str:
    """As a single answer says it: 360 PTU, up to 5 machines with 2.1 on average."""
    name = row.unit or "unit"
    noun = name if name.isupper() or most == 1 else f"{name}s"
    mean = most if row.units_mean is None else row.units_mean
    digits = ",.0f" if mean >= _THOUSANDS else ",.3g"
    told = f"{most:,} {noun}"
    return told if mean == most else f"up to {told}, {mean:{digits}} on average"


def _pools(answer: PortfolioAnswer, screen: Screen, *, everything: bool) -> list[str]:
    table = new_table("Shared units", "Workloads", "Units", "Alone", "Shared", "Saves")
    for pool in answer.pools if everything else answer.pools[:_PART]:
        name = pool.id.partition(":")[0]
        table.add_row(
            Text(plain(f"{name}: {pool.model} {pool.what} {pool.region or ''}".strip())),
            Text(plain(_members(pool.workloads, everything=everything))),
            Text(plain(pool_count(pool))),
            Text(whole(pool.usd_single), justify="right"),
            Text(whole(pool.usd_pooled), justify="right"),
            Text(whole(pool.saves), justify="right"),
        )
    _more(table, len(answer.pools), _PART, everything=everything)
    return screen.lines([table]) if answer.pools else []


def _members(names: tuple[str, ...], *, everything: bool) -> str:
    """All of them, or two, or how many there are: a row is to stay short."""
    return ", ".join(names) if everything or len(names) <= _PAIR else f"{len(names):,}"


def _risks(answer: PortfolioAnswer, screen: Screen, *, everything: bool) -> list[str]:
    """Each kind of risk with the workloads that have it, the most frequent first."""
    names: dict[str, list[str]] = defaultdict(list)
    for row in answer.workloads:
        for kind in row.risk_kinds:
            names[kind].append(row.name)
    ranked = sorted(names.items(), key=lambda pair: -len(pair[1]))
    told = [
        f"! {kind}: {', '.join(of) if everything else few(of)}"
        for kind, of in (ranked if everything else ranked[:_PART])
    ]
    return prose(screen, ["Risks; --json has each in words", *told]) if told else []


def _unfit(answer: PortfolioAnswer, screen: Screen, *, everything: bool) -> list[str]:
    rows = [row for row in answer.workloads if row.recommended is None]
    shown = rows if everything else rows[:_PART]
    told = [f"- {row.name}: {'; '.join(row.reasons)}" for row in shown]
    if len(rows) > len(shown):
        told.append(f"... {len(rows) - len(shown):,} more: --all")
    return prose(screen, ["Nothing fits", *told]) if told else []


def _quotas(answer: PortfolioAnswer, screen: Screen, *, everything: bool) -> list[str]:
    table = new_table("Shared quota", "Workloads", "Peak", "Free", "")
    for quota in answer.quota if everything else answer.quota[:_PART]:
        table.add_row(
            Text(plain(quota_name(quota))),
            Text(str(len(quota.workloads)), justify="right"),
            Text(_taken(quota), justify="right"),
            Text(_free(quota), justify="right"),
            Text(quota.verdict),
        )
    _more(table, len(answer.quota), _PART, everything=everything)
    return screen.lines([table]) if answer.quota else []


def _taken(quota: QuotaDemand) -> str:
    for amount, unit in (
        (quota.peak_units, "units"),
        (quota.peak_vcpus, "vCPUs"),
        (quota.peak_enqueued_tokens, "enqueued tokens"),
    ):
        if amount is not None:
            return f"{amount:,} {unit}"
    return f"{quota.peak_tokens_per_minute:,.0f} TPM, {quota.peak_requests_per_minute:,.0f} RPM"


def _free(quota: QuotaDemand) -> str:
    told = [
        f"{free:,.0f} {unit}"
        for free, unit in (
            (quota.free_units, "units"),
            (quota.free_vcpus, "vCPUs"),
            (quota.free_enqueued_tokens, "enqueued tokens"),
            (quota.free_tokens_per_minute, "TPM"),
            (quota.free_requests_per_minute, "RPM"),
        )
        if free is not None
    ]
    return ", ".join(told) or "unknown"


def _spends(heading: str, rows: Sequence[Spend], screen: Screen) -> list[str]:
    table = new_table(heading, "Workloads", f"{currency()}/month")
    for row in rows:
        table.add_row(
            Text(plain(row.name)),
            Text(f"{row.workloads:,}", justify="right"),
            Text(whole(row.usd_per_month), justify="right"),
        )
    return screen.lines([table]) if rows else []


def _small_print(answer: PortfolioAnswer, screen: Screen) -> list[str]:
    said = [f"- {line}" for line in (*answer.notes, *answer.assumptions)]
    return prose(screen, ["Assumptions", *said, rests_on(answer)])


def _more(table: Table, count: int, shown: int, *, everything: bool) -> None:
    if count > shown and not everything:
        empty = [Text() for _ in table.columns[2:]]
        table.add_row(Text("..."), Text(f"{count - shown:,} more: --all"), *empty)
