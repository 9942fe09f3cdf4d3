"""Every way to buy a model on a date: what the snapshots offer and what the tables price."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Context, Decimal
from fractions import Fraction

import msgspec

from planner.core.offers import Billing, Charge, Offer, Scope
from planner.core.price_entries import Place, entry_of, unknown_entry, unpriced_length
from planner.core.price_quotes import Quote
from planner.core.price_ways import ways
from planner.core.prices import TERMS, PriceTable
from planner.core.prices_answer import PriceEntry

_MTOK = 1_000_000
_DIGITS = Decimal("0.000000001")


class TypicalRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The request that prices are compared for: tokens, and the share of the input in the cache."""

    input_tokens: int = 1000
    output_tokens: int = 200
    cached_share: Fraction = Fraction(0)


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """An offer that stands on the date, the charges that it names, the regions it may run in.

    `zone` is empty where that is its own region alone, or anywhere.
    """

    offer: Offer
    charges: tuple[Charge, ...] = ()
    zone: tuple[str, ...] = ()


def list_prices(
    table: PriceTable,
    model: str,
    on: dt.date,
    sold: Iterable[Sold],
    request: TypicalRequest,
) -> tuple[PriceEntry, ...]:
    """The prices of a model (a canonical name), cheapest request first, unknown ones last.

    An offer without a price stands in the list as unknown; a price of which no snapshot tells an
    offer stands in it, too.
    """
    entries: dict[tuple[object, ...], PriceEntry] = {}
    for one in sold:
        for entry in _of_offer(table, model, on, one):
            entries.setdefault(_key(entry), entry)
    # An offer's entry has its version, where the row that prices it may name none.
    covered = {_key(entry, versions=False) for entry in entries.values()}
    for entry in (*_of_table(table, model, on), *_of_units(table, model, on)):
        if entry.version is not None or _key(entry) not in covered:
            entries.setdefault(_key(entry), entry)
    for entry in list(_unpriced_lengths(entries.values())):
        entries.setdefault(_key(entry), entry)
    return tuple(sorted(_with_requests(list(entries.values()), request), key=_order))


def request_usd(entry: PriceEntry, request: TypicalRequest) -> Decimal | None:
    """What a request costs at these prices; None where one that it needs is unknown.

    Cached tokens without a price of their own are billed as input.
    """
    full, out = entry.input_usd_per_mtok, entry.output_usd_per_mtok
    cached = entry.cached_input_usd_per_mtok
    if full is None or (out is None and request.output_tokens and not _is_input_only(entry)):
        return None
    read = Fraction(full if cached is None else cached)
    mean = Fraction(full) * (1 - request.cached_share) + read * request.cached_share
    total = mean * request.input_tokens + Fraction(out or 0) * request.output_tokens
    amount = total / _MTOK
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(_DIGITS).normalize()


def _is_input_only(entry: PriceEntry) -> bool:
    return "embed" in entry.model or "rerank" in entry.model


def _of_offer(table: PriceTable, model: str, on: dt.date, one: Sold) -> Iterator[PriceEntry]:
    """The prices of one offer in every tier and term; one unknown entry where it has none."""
    offer = one.offer
    found = False
    hourly = offer.billing is Billing.PROVISIONED
    variants = [("default", 0)] if hourly else table.variants(offer.provider, model, on)
    for term in TERMS if hourly else ("on_demand",):
        for tier, context in variants or [("default", 0)]:
            quote = table.quote(
                provider=offer.provider,
                region=offer.region,
                model=model,
                version=offer.version,
                deployment_type=offer.deployment_type,
                on=on,
                global_scope=offer.scope is Scope.GLOBAL,
                tier=tier,
                context_over_tokens=context,
                fine_tuned=bool(offer.fine_tuned),
                term=term,
                charges=one.charges,
                zone=one.zone,
            )
            if quote is not None and not _fee_alone(quote, tier, context):
                found = True
                way = (offer.version, offer.deployment_type)
                place = Place(offer.provider, offer.region, model, *way)
                yield entry_of(place, quote, offered=True)
    if not found:
        yield unknown_entry(table, model, on, offer)


def _fee_alone(quote: Quote, tier: str, context: int) -> bool:
    """Whether only the hosting fee answered for a tier that has no token prices."""
    return (
        (tier, context) != ("default", 0)
        and quote.input_usd_per_mtok is None
        and not (quote.other or quote.output_usd_per_mtok is not None)
    )


def _of_table(table: PriceTable, model: str, on: dt.date) -> Iterator[PriceEntry]:
    for term in TERMS:
        for group in ways(table, model=model, on=on, term=term):
            for region in group.regions or (None,):
                way = (group.version, group.deployment_type)
                place = Place(group.provider, region, model, *way)
                yield entry_of(place, group.quote, offered=None)


def _of_units(table: PriceTable, model: str, on: dt.date) -> Iterator[PriceEntry]:
    """Units that all models of a provider share, where it prices the model's text.

    What answers in images or audio alone is not sold by them.
    """
    sellers: dict[str, set[str]] = {}
    for row in table.usage_of(model):
        if row.per == "mtok":
            sellers.setdefault(row.provider, set()).add(row.charge)
    text = {"input", "output"}
    for seller in sorted(name for name, charges in sellers.items() if text <= charges):
        shared = table.unit_hours(provider=seller, model=None, on=on)
        ways = {(row.deployment_type, row.term) for row in shared}
        for deployment_type, term in sorted(ways, key=str):
            rows = [r for r in shared if (r.deployment_type, r.term) == (deployment_type, term)]
            for region in sorted({name for row in rows for name in row.regions}):
                quote = table.quote(
                    provider=seller, region=region, model=model, version=None,
                    deployment_type=deployment_type, on=on, term=term,
                )  # fmt: skip
                if quote is not None:
                    place = Place(seller, region, model, None, deployment_type)
                    yield entry_of(place, quote, offered=None)


def _unpriced_lengths(entries: Collection[PriceEntry]) -> Iterator[PriceEntry]:
    """Unknown entries for longer prompts, where another way to buy of the seller has a price."""
    bounds = {(e.provider, e.fine_tuned, e.context_over_tokens) for e in entries}
    for entry in entries:
        if entry.input_usd_per_mtok is not None and not entry.context_over_tokens:
            for provider, fine_tuned, over in bounds:
                if over and (provider, fine_tuned) == (entry.provider, entry.fine_tuned):
                    yield unpriced_length(entry, over)


def _key(entry: PriceEntry, *, versions: bool = True) -> tuple[object, ...]:
    return (
        entry.provider,
        entry.region,
        entry.version if versions else None,
        entry.deployment_type,
        entry.tier,
        entry.context_over_tokens,
        entry.fine_tuned,
        entry.term or "on_demand",
    )


def _with_requests(entries: Sequence[PriceEntry], request: TypicalRequest) -> Iterator[PriceEntry]:
    """The entries with what the typical request costs, at the context tier that bills it."""
    tiers: dict[tuple[object, ...], int] = {}
    for entry in entries:
        if entry.context_over_tokens < request.input_tokens or not entry.context_over_tokens:
            way = _way(entry)
            tiers[way] = max(entry.context_over_tokens, tiers.get(way, 0))
    for entry in entries:
        usd = None
        if tiers.get(_way(entry)) == entry.context_over_tokens:
            usd = request_usd(entry, request)
        yield msgspec.structs.replace(entry, usd_per_request=usd)


def _way(entry: PriceEntry) -> tuple[object, ...]:
    return (entry.provider, entry.region, entry.version, entry.deployment_type, entry.tier,
            entry.fine_tuned)  # fmt: skip


def _order(entry: PriceEntry) -> tuple[object, ...]:
    cost = entry.usd_per_request
    hour = entry.usd_per_unit_hour
    return (
        entry.match is None,
        cost is None,
        # Figures that a source rounded differ in the fifth digit: no reason for an order.
        Context(prec=4).create_decimal(cost or Decimal()),
        hour or Decimal(),
        entry.provider,
        entry.deployment_type or "",
        entry.tier,
        entry.context_over_tokens,
        entry.region or "",
        entry.version or "",
        entry.fine_tuned,
        entry.term or "",
    )
