"""Quotes as the entries of an answer."""

import datetime as dt
from decimal import Decimal

import msgspec

from planner.core.offers import Offer
from planner.core.price_quotes import Quote
from planner.core.price_ways import nearest
from planner.core.prices import PriceTable
from planner.core.prices_answer import NearestPrice, OtherCharge, PriceEntry

_COLUMNS = {
    ("cache_write", "mtok"): "cache_write_usd_per_mtok",
    ("cache_write_1h", "mtok"): "cache_write_1h_usd_per_mtok",
    ("cache_storage", "mtok_hour"): "cache_storage_usd_per_mtok_hour",
    ("reasoning_output", "mtok"): "reasoning_output_usd_per_mtok",
    ("audio_input", "mtok"): "audio_input_usd_per_mtok",
    ("audio_output", "mtok"): "audio_output_usd_per_mtok",
    ("image_input", "mtok"): "image_input_usd_per_mtok",
    ("image_output", "mtok"): "image_output_usd_per_mtok",
}


class Place(msgspec.Struct, frozen=True):
    """Where something is sold, and as what."""

    provider: str
    region: str | None
    model: str
    version: str | None
    deployment_type: str | None


def entry_of(place: Place, quote: Quote, *, offered: bool | None) -> PriceEntry:
    """What a quote says of something that is sold in a place."""
    columns: dict[str, Decimal | None] = dict.fromkeys(_COLUMNS.values())
    other = []
    for row in quote.other:
        column = _COLUMNS.get((row.charge, row.per))
        if column is None:
            other.append(OtherCharge(charge=row.charge, per=row.per, usd=row.usd))
        else:
            columns[column] = row.usd
    return PriceEntry(
        provider=place.provider,
        region=place.region,
        model=place.model,
        version=place.version,
        deployment_type=place.deployment_type,
        tier=quote.tier,
        context_over_tokens=quote.context_over_tokens,
        fine_tuned=quote.fine_tuned,
        input_usd_per_mtok=quote.input_usd_per_mtok,
        cached_input_usd_per_mtok=quote.cached_input_usd_per_mtok,
        output_usd_per_mtok=quote.output_usd_per_mtok,
        other=tuple(other),
        usd_per_unit_hour=quote.usd_per_unit_hour,
        unit=quote.unit,
        term=quote.term,
        term_total_usd=quote.term_total_usd,
        usd_per_request=None,
        effective_from=quote.effective_from,
        first_seen_on=quote.first_seen_on,
        effective_to=quote.effective_to,
        source=quote.source,
        retrieved_on=quote.retrieved_on,
        origin=quote.origin,
        match=quote.match,
        region_group=quote.region_group,
        doubts=quote.doubts,
        offered=offered,
        nearest=None,
        **columns,
    )


def unknown_entry(table: PriceTable, model: str, on: dt.date, offer: Offer) -> PriceEntry:
    """An offer without a known price, and the nearest one that is known."""
    near = nearest(
        table, provider=offer.provider, region=offer.region, model=model, version=offer.version,
        deployment_type=offer.deployment_type, on=on,
    )  # fmt: skip
    blank = dict.fromkeys(PriceEntry.__struct_fields__)
    told = {
        "provider": offer.provider,
        "region": offer.region,
        "model": model,
        "version": offer.version,
        "deployment_type": offer.deployment_type,
        "tier": "default",
        "context_over_tokens": 0,
        "fine_tuned": bool(offer.fine_tuned),
        "other": (),
        "doubts": (),
        "offered": True,
        "nearest": near
        and NearestPrice(
            region=offer.region if offer.region in near.regions else next(iter(near.regions), None),
            version=near.version,
            deployment_type=near.deployment_type,
            input_usd_per_mtok=near.quote.input_usd_per_mtok,
            output_usd_per_mtok=near.quote.output_usd_per_mtok,
            usd_per_unit_hour=near.quote.usd_per_unit_hour,
            source=near.quote.source,
        ),
    }
    return PriceEntry(**(blank | told))  # type: ignore[arg-type]


def unpriced_length(entry: PriceEntry, over: int) -> PriceEntry:
    """The same way to buy for prompts over a length, whose price is unknown."""
    what = ("provider", "region", "model", "version", "deployment_type", "tier", "fine_tuned")
    blank = dict.fromkeys(PriceEntry.__struct_fields__)
    told = {name: getattr(entry, name) for name in (*what, "offered")}
    told |= {"context_over_tokens": over, "other": (), "doubts": ()}
    return PriceEntry(**(blank | told))  # type: ignore[arg-type]
