"""A quote: the rows that price one offer on a date, put together with what they rest on."""

from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

import msgspec

from planner.core.price_rows import ORIGINS, HourlyPrice, UsagePrice

# How a price was found: a person's override; the offer's own meter id; a row that names the offer;
# a meter classified by its words; the one price that all regions of the table share.
Match = Literal["override", "meter", "exact", "words", "region_group"]
Row = TypeVar("Row", UsagePrice, HourlyPrice)

# Sovereign clouds have price lists of their own: they say nothing of the public cloud's.
_SOVEREIGN = ("usgov", "usdod", "us-gov-", "us-iso", "china", "cn-")
_FEW_REGIONS = 3


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What one offer costs on a date; None where no row tells.

    Money is in US dollars per million tokens, and per unit and hour; `other` holds the charges
    that are neither. The dates are those between which the whole quote holds: where a start is
    unknown, `effective_from` is None and `first_seen_on` given. `retrieved_on` is the oldest and
    `origin` the weakest of the rows'. A doubt begins with the charges that it is about.
    """

    input_usd_per_mtok: Decimal | None = None
    cached_input_usd_per_mtok: Decimal | None = None
    output_usd_per_mtok: Decimal | None = None
    other: tuple[UsagePrice, ...] = ()
    usd_per_unit_hour: Decimal | None = None
    unit: str | None = None
    term: str | None = None
    term_total_usd: Decimal | None = None
    tier: str = "default"
    context_over_tokens: int = 0
    fine_tuned: bool = False
    effective_from: date | None = None
    first_seen_on: date | None = None
    effective_to: date | None = None
    source: str
    retrieved_on: date
    origin: str
    doubts: tuple[str, ...] = ()
    tokens_per_minute_limit: int | None = None
    match: Match
    region_group: str | None = None


class Ask(msgspec.Struct, frozen=True):
    """What a price is asked for; the region is chosen among the rows that fit."""

    provider: str
    model: str
    version: str | None
    deployment_type: str | None
    on: date
    tier: str = "default"
    context_over_tokens: int = 0
    fine_tuned: bool = False
    term: str = "on_demand"


def is_sovereign(region: str | None) -> bool:
    """Whether a region belongs to a government's or China's cloud."""
    return region is not None and region.startswith(_SOVEREIGN)


def rows_at(
    rows: Sequence[Row],
    region: str | None,
    read_on: Callable[[UsagePrice | HourlyPrice], date] = lambda row: row.retrieved_on,
) -> tuple[Row, ...]:
    """The best row for each charge in a region; None asks for rows that name no region.

    An override comes first, then the better source (the provider's own feed before a third
    party), then a row that names the version, then one that names the region. But what began
    after the better source was last read (`read_on`) is news to it. Where another source has
    another amount for the same region, the row's doubt names both.
    """
    best: dict[object, Row] = {}
    rivals: dict[object, list[Row]] = {}
    for row in rows:
        if row.regions and region not in row.regions:
            continue
        rivals.setdefault(_slot(row), []).append(row)
        rival = best.get(_slot(row))
        if rival is None or _is_better(row, rival, read_on):
            best[_slot(row)] = row
    return tuple(_disputed(row, rivals[slot]) for slot, row in best.items())


def _is_better(row: Row, rival: Row, read_on: Callable[[UsagePrice | HourlyPrice], date]) -> bool:
    """Whether a row comes before a rival for the same thing in the same region."""
    comparable = (row.version, bool(row.regions)) == (rival.version, bool(rival.regions))
    if comparable and "override" not in (row.origin, rival.origin):
        newer, older = row.starts_on > read_on(rival), rival.starts_on > read_on(row)
        if newer is not older:
            return newer
    return _rank(row) < _rank(rival)


def _disputed(row: Row, rivals: Sequence[Row]) -> Row:
    """The row, its doubt naming what other sources have for the same place instead."""
    told: list[str] = [
        f"{other.source} has {other.amount:f}"
        for other in rivals
        if other.origin != row.origin
        and other.amount != row.amount
        and bool(other.regions) == bool(row.regions)
        and "override" not in (row.origin, other.origin)
    ]
    if not told:
        return row
    doubt = "; ".join(filter(None, (row.doubt, *told)))
    return msgspec.structs.replace(row, doubt=doubt)


def rows_shared(
    rows: Sequence[Row], zone: Collection[str] | None
) -> tuple[tuple[Row, ...], frozenset[str]]:
    """A row for each charge whose amount is the same in every region of a zone, and those regions.

    `zone` None: all regions of the public cloud.
    """

    def inside(name: str) -> bool:
        return not is_sovereign(name) and (zone is None or name in zone)

    slots: dict[object, list[Row]] = {}
    for row in rows:
        if row.origin != "override" and any(inside(name) for name in row.regions):
            slots.setdefault(_slot(row), []).append(row)
    found: list[Row] = []
    regions: set[str] = set()
    for rivals in slots.values():
        first = min(_rank(row) for row in rivals)
        equals = [row for row in rivals if _rank(row) == first]
        if len({row.amount for row in equals}) == 1:
            found.append(equals[0])
            regions.update(name for row in equals for name in row.regions if inside(name))
    return tuple(found), frozenset(regions)


def to_quote(
    usage: Sequence[UsagePrice],
    fees: Sequence[HourlyPrice],
    *,
    shared_by: frozenset[str] | None = None,
    metered: Collection[str] = (),
    read_on: Callable[[UsagePrice | HourlyPrice], date] = lambda row: row.retrieved_on,
) -> Quote:
    """Put the rows of one offer (one for each charge, at least one in all) into a quote.

    `shared_by` are the regions whose common price this is, where the offer's own is unknown;
    `metered` are the charges whose rows were found by the offer's own meter ids; `read_on` says
    when a row was last seen at its source.
    """
    rows: list[UsagePrice | HourlyPrice] = [*usage, *fees]
    tokens = {row.charge: row.usd for row in usage if row.per == "mtok"}
    main = ("input", "cached_input", "output")
    fee = fees[0] if fees else None
    started = [row.effective_from for row in rows if row.effective_from is not None]
    seen = [row.first_seen_on for row in rows if row.first_seen_on is not None]
    limits = [r.tokens_per_minute_limit for r in rows if r.tokens_per_minute_limit is not None]
    return Quote(
        input_usd_per_mtok=tokens.get("input"),
        cached_input_usd_per_mtok=tokens.get("cached_input"),
        output_usd_per_mtok=tokens.get("output"),
        other=tuple(row for row in usage if row.per != "mtok" or row.charge not in main),
        usd_per_unit_hour=fee.usd_per_hour if fee else None,
        unit=fee.unit if fee else None,
        term=fee.term if fee else None,
        term_total_usd=fee.term_total_usd if fee else None,
        tier=usage[0].tier if usage else "default",
        context_over_tokens=usage[0].context_over_tokens if usage else 0,
        fine_tuned=rows[0].fine_tuned,
        effective_from=None if seen else max(started),
        first_seen_on=max((*seen, *started)) if seen else None,
        effective_to=min((row.effective_to for row in rows if row.effective_to), default=None),
        source="; ".join(dict.fromkeys(row.source for row in rows)),
        retrieved_on=min(read_on(row) for row in rows),
        origin=max((row.origin for row in rows), key=ORIGINS.index),
        doubts=_doubts(rows),
        tokens_per_minute_limit=min(limits, default=None),
        match=_match(rows, metered, shared=shared_by is not None),
        region_group=_in_words(shared_by) if shared_by is not None else None,
    )


def _slot(row: UsagePrice | HourlyPrice) -> object:
    return (row.charge, row.per) if isinstance(row, UsagePrice) else "fee"


def _rank(row: UsagePrice | HourlyPrice) -> tuple[int, bool, bool]:
    return (ORIGINS.index(row.origin), row.version is None, not row.regions)


def _match(
    rows: Sequence[UsagePrice | HourlyPrice], metered: Collection[str], *, shared: bool
) -> Match:
    if any(row.origin == "override" for row in rows):
        return "override"
    if shared:
        return "region_group"
    used = {row.charge for row in rows if isinstance(row, UsagePrice)}
    if metered and used & {"input", "output"} <= set(metered):
        return "meter"
    return "words" if any(row.words is not None for row in rows) else "exact"


def _doubts(rows: Sequence[UsagePrice | HourlyPrice]) -> tuple[str, ...]:
    charges: dict[str, list[str]] = {}
    for row in rows:
        if row.doubt is not None:
            name = row.charge if isinstance(row, UsagePrice) else row.item
            charges.setdefault(row.doubt, []).append(name.replace("_", " "))
    return tuple(f"{', '.join(names)}: {doubt}" for doubt, names in charges.items())


def _in_words(regions: frozenset[str]) -> str:
    if len(regions) <= _FEW_REGIONS:
        return ", ".join(sorted(regions))
    return f"the {len(regions)} regions of the price table"
