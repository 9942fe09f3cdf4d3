"""Prices from the feed's rows, one by one, each with its region, dates and its meter's words."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from planner.core.price_feed import Leftover
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._azure_agreement import Candidate
from planner.feeds._azure_meters import Meter, Reader, Unread
from planner.feeds._azure_rows import PROVIDER, FeedRow, plain, span_of, tidy
from planner.feeds._azure_units import Hourly, read_hourly

_MOST_USD = 10**9  # a larger one is none, and no decimal of 28 digits could hold its fractions
_TWELVE_PLACES = Decimal("1e-12")

Price = UsagePrice | HourlyPrice


def candidates_of(
    rows: Iterable[FeedRow], reader: Reader, on: date, source: str
) -> tuple[list[Candidate], set[Leftover]]:
    """Return the prices that rows tell, and what could not be read.

    What is no price of a model or a GPU machine is left out.
    """
    reading = _Reading(tuple(rows), reader, on, source)
    return reading.found, reading.left


def leftover(row: FeedRow, reason: str) -> Leftover:
    """A row that is not believed or not read, and why."""
    usd = row.retail_price if _is_an_amount(row.retail_price) else Decimal(0)
    return Leftover(
        provider=PROVIDER,
        words=row.words,
        region=row.region,
        usd=plain(usd),
        unit=tidy(row.unit_of_measure),
        reason=reason,
        meter_id=_id(row),
    )


class _Reading:
    """One reading; `found` and `left` grow row by row."""

    def __init__(self, rows: tuple[FeedRow, ...], reader: Reader, on: date, source: str) -> None:
        self._reader = reader
        self._on = on
        self._source = source
        self._began: dict[tuple[str, str], date] = {}
        self._read: dict[tuple[str, ...], Meter | Unread | None] = {}
        self.found: list[Candidate] = []
        self.left: set[Leftover] = set()
        for row in rows:
            if start := _start(row):
                key = (row.product_name, row.sku_name)
                self._began[key] = min(start, self._began.get(key, start))
        for row in rows:
            self._take(row)

    def _take(self, row: FeedRow) -> None:
        if row.tier_minimum_units > 0:
            return  # the price of a volume, not the list price of the first unit
        meant: Meter | list[Hourly] | Unread | None = read_hourly(row)
        if meant is None and row.service_name != "Virtual Machines":
            meant = self._meter(row)
        if meant is None or (row.retail_price == 0 and "free" in row.words.lower()):
            return
        problem = meant.reason if isinstance(meant, Unread) else _problem(row)
        try:
            if not isinstance(meant, Unread) and problem is None:
                self.found += self._priced(row, meant)
        except ValueError as error:
            problem = str(error)
        if problem is not None:
            self.left.add(leftover(row, problem))

    def _meter(self, row: FeedRow) -> Meter | Unread | None:
        key = (row.product_name, row.sku_name, row.meter_name, row.unit_of_measure)
        if key not in self._read:
            began = self._began.get(key[:2], self._on)
            self._read[key] = self._reader.read(row, began)
        meter = self._read[key]
        if isinstance(meter, Meter) and row.type != "Consumption":
            return Unread(f"its type {row.type!r:.40} has no word here")
        return meter

    def _priced(self, row: FeedRow, meant: Meter | list[Hourly]) -> list[Candidate]:
        start, end = span_of(row)
        shared: dict[str, Any] = {
            "provider": PROVIDER,
            "regions": (row.region,),
            "effective_from": start,
            "effective_to": end,
            "source": self._source,
            "retrieved_on": self._on,
            "origin": "feed",
            "meter_id": _id(row),
            "words": row.words,
        }
        if isinstance(meant, Meter):
            return [Candidate(price, row) for price in _of_meter(meant, row, shared)]
        found = []
        for one in meant:
            fields = msgspec.structs.asdict(one)
            rank = fields.pop("rank")
            found.append(Candidate(HourlyPrice(**shared, **fields), row, rank))
        return found


def _problem(row: FeedRow) -> str | None:
    """Why a row's amount is no price here; None where it is one."""
    if row.currency_code != "USD":
        return f"it is priced in {tidy(row.currency_code)!r:.20}; only USD is understood"
    if not _is_an_amount(row.retail_price) or row.retail_price.is_signed():
        return "its amount is no price"
    return None if row.region else "it names no single region"


def _is_an_amount(usd: Decimal) -> bool:
    return usd.is_finite() and abs(usd) < _MOST_USD


def _of_meter(meter: Meter, row: FeedRow, shared: Mapping[str, Any]) -> list[Price]:
    """The prices of a meter: one for each model and charge that it bills."""
    told: dict[str, Any] = {
        **shared,
        "deployment_type": meter.deployment_type,
        "fine_tuned": meter.fine_tuned,
        "doubt": meter.doubt,
    }
    usd = plain((row.retail_price * meter.times / meter.parts).quantize(_TWELVE_PLACES))
    if meter.item:
        return [
            HourlyPrice(
                **told, model=m, version=v, item=meter.item, unit=meter.unit, usd_per_hour=usd
            )
            for m, v in meter.models
        ]
    same = meter.times == meter.parts
    return [
        UsagePrice(
            **told,
            model=model,
            version=version,
            charge=charge,
            usd=usd,
            per=meter.per,
            tier=meter.tier,
            context_over_tokens=meter.context_over_tokens,
            original_amount=None if same else f"{row.retail_price:f}",
            original_unit=None if same else tidy(row.unit_of_measure),
        )
        for model, version in meter.models
        for charge in meter.charges
    ]


def _start(row: FeedRow) -> date | None:
    try:
        return span_of(row)[0]
    except ValueError:
        return None


def _id(row: FeedRow) -> str | None:
    return tidy(row.meter_id or "").lower() or None
