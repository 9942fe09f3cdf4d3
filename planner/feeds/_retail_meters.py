"""One row of the Retail Prices API as the prices of a model; or why it is none that can be told."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from planner.core.price_feed import Leftover
from planner.core.price_rows import HourlyPrice, UsagePrice
from planner.feeds._retail_models import Sold, Versions, models_of
from planner.feeds._retail_words import Words, read_words

PROVIDER = "azure"
_MODELS = re.compile(r"openai|\bgpt|\bmodels?\b|model family|^phi\b|\bkimi\b", re.IGNORECASE)
_NO_MODELS = re.compile(r"free meter|hosting service|^custom|^language|^speech", re.IGNORECASE)
# Azure's GPT-5 family from 5.4 on: above so many tokens of input the whole request is repriced.
# Source: LiteLLM price map 1.109.1 ("above_272k_tokens"), read 2026-11-20.
_LONG_CONTEXT = ((re.compile(r"^gpt-(?:5\.[4-9]|[6-9])"), 272_000),)
_UNITS = {"1": 1, "100": 100, "1K": 1_000, "1M": 1_000_000}
_HOUR = re.compile(r"^1\s*/?\s*hour$", re.IGNORECASE)
_MTOK = 1_000_000
_PROVISIONED = re.compile(r"^Provisioned Managed (Regional|Global|Data ?Zone)$", re.IGNORECASE)
_PROVISIONED_TYPES = {
    "regional": "ProvisionedManaged",
    "global": "GlobalProvisionedManaged",
    "datazone": "DataZoneProvisionedManaged",
}
_TERMS = {"1 Month": ("1_month", 730), "1 Year": ("1_year", 8760), "3 Years": ("3_years", 26280)}
"""A reservation's terms, and their hours (a month is a twelfth of 8,760)."""

_STANDARD = {"Global": "GlobalStandard", "DataZone": "DataZoneStandard", "Regional": "Standard"}
_BATCH = {"Global": "GlobalBatch", "DataZone": "DataZoneBatch"}
_EMBEDS = re.compile(r"embed|rerank")
_BOTH_WAYS = re.compile(r"^(?:babbage|davinci)-\d+$")
_QUALITIES = re.compile(r"\b(?:hd|std|highres|lowres|high res|low res|\d+p)\b", re.IGNORECASE)
_PLAIN_ENDS = re.compile(
    r"^(?:1M )?(?:tokens|unit|images|characters|video|pages|calls|session|gb)?$", re.IGNORECASE
)


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What reading a row needs beside the row: names, versions, and whose row it is, read when."""

    canonical: Callable[[str], str]
    versions: Versions
    source: str
    on: date


class UnreadError(Exception):
    """Why a row is no price that can be told; "" for one that is no model's at all."""


def is_a_models(row: dict[str, Any]) -> bool:
    """Whether a row is of models, by its product; others are no matter of ours."""
    product = str(row.get("productName"))
    return bool(_MODELS.search(product)) and not _NO_MODELS.search(product)


def read_meter(row: dict[str, Any], context: Context) -> list[UsagePrice | HourlyPrice] | Leftover:
    """The prices of one row of models, or the row as one that nobody can read."""
    try:
        return list(_read(row, context))
    except UnreadError as why:
        return Leftover(
            provider=PROVIDER,
            words=words_of(row),
            region=str(row.get("armRegionName") or ""),
            usd=money(row),
            unit=str(row.get("unitOfMeasure")),
            reason=str(why),
            meter_id=row.get("meterId") or None,
        )


def words_of(row: dict[str, Any]) -> str:
    """The words that a meter is known by: its SKU's, or its own where two share a SKU's."""
    sku, meter = str(row.get("skuName") or ""), str(row.get("meterName") or "")
    rest = meter[len(sku) :].strip() if meter.startswith(sku) else ""
    return sku if _PLAIN_ENDS.fullmatch(rest) or not meter else meter


def money(row: dict[str, Any]) -> Decimal:
    """A row's amount, exactly as the feed has it."""
    return Decimal(str(row.get("retailPrice")))


def dates_of(row: dict[str, Any]) -> dict[str, date | None]:
    """From when to when a row holds; the feed names the last day, a table the first one after."""
    last = str(row.get("effectiveEndDate") or "")[:10]
    return {
        "effective_from": date.fromisoformat(str(row["effectiveStartDate"])[:10]),
        "effective_to": date.fromisoformat(last) + timedelta(days=1) if last else None,
    }


def _read(row: dict[str, Any], context: Context) -> Iterator[UsagePrice | HourlyPrice]:
    told = words_of(row)
    if not money(row):
        raise UnreadError("its price is zero")
    shared: dict[str, Any] = {
        "provider": PROVIDER,
        "regions": (str(row["armRegionName"]),) if row.get("armRegionName") else (),
        "source": context.source,
        "retrieved_on": context.on,
        "origin": "feed",
        "meter_id": row.get("meterId") or None,
        "words": " ".join(told.split()),
        **dates_of(row),
    }
    if match := _PROVISIONED.fullmatch(told):
        yield _unit(row, match[1], shared)
        return
    if row.get("type") != "Consumption":
        raise UnreadError(f"a {row.get('type')} that is no provisioned unit's")
    words = read_words(told)
    if words.twice:
        raise UnreadError(f"its words name two of {words.twice}")
    product = str(row["productName"])
    starts: date = shared["effective_from"]
    sold = models_of(words, product, starts, context.versions, context.canonical)
    if not sold:
        raise UnreadError("its words name no model")
    for one in sold:
        yield from _of_model(row, words, one, shared)


def _of_model(
    row: dict[str, Any], words: Words, sold: Sold, shared: dict[str, Any]
) -> Iterator[UsagePrice | HourlyPrice]:
    place: dict[str, Any] = {
        "model": sold.model,
        "version": sold.version,
        "deployment_type": _deployment_type(words),
        "fine_tuned": words.fine_tuned and not words.grader,
    }
    unit = str(row["unitOfMeasure"])
    if _HOUR.fullmatch(unit):
        if not (words.hosting or words.training):
            raise UnreadError("an hour of neither hosting nor training")
        yield HourlyPrice(
            item="hosting" if words.hosting else "training",
            usd_per_hour=money(row),
            unit="deployment" if words.hosting else "training job",
            **place,
            **shared,
        )
        return
    amount = _UNITS.get(unit)
    if amount is None:
        raise UnreadError(f"its unit is {unit}")
    if "deployment hosting" in str(row.get("meterName")).lower():
        raise UnreadError("hosting without an hour")
    kind = _measured(row, words)
    tokens = kind is None
    for charge, per in _charges(words, sold.model) if kind is None else (kind,):
        scale = Decimal(_MTOK if per in ("mtok", "mchar") else 1) / amount
        yield UsagePrice(
            charge=charge,
            per=per,
            usd=_plain(money(row) * scale),
            tier=words.tier or "default",
            context_over_tokens=_long_context(words, sold.model) if tokens else 0,
            original_amount=f"{money(row):f}" if scale != 1 else None,
            original_unit=unit if scale != 1 else None,
            **place,
            **shared,
        )


def _unit(row: dict[str, Any], scope: str, shared: dict[str, Any]) -> HourlyPrice:
    """A provisioned unit by the hour, or reserved: then the row's amount is the whole term's."""
    term, hours = "on_demand", 1
    if row.get("type") == "Reservation":
        try:
            term, hours = _TERMS[str(row.get("reservationTerm"))]
        except KeyError:
            raise UnreadError(f"its term is {row.get('reservationTerm')}") from None
    elif row.get("type") != "Consumption" or not _HOUR.fullmatch(str(row["unitOfMeasure"])):
        raise UnreadError(f"a {row.get('type')} by {row.get('unitOfMeasure')}")
    total = money(row)
    return HourlyPrice(
        item="provisioned_unit",
        unit="PTU",
        deployment_type=_PROVISIONED_TYPES[scope.lower().replace(" ", "")],
        usd_per_hour=total if hours == 1 else _plain((total / hours).quantize(Decimal("1e-9"))),
        term=term,
        term_total_usd=None if hours == 1 else total,
        **shared,
    )


def _deployment_type(words: Words) -> str | None:
    """The deployment type that the words name; None where they name none (it answers for none)."""
    if words.developer:
        return "DeveloperTier"
    if words.grader or words.training or words.scope is None:
        return None if words.scope is None or words.grader else _STANDARD[words.scope]
    if not words.batch:
        return _STANDARD[words.scope]
    if words.scope not in _BATCH:
        raise UnreadError("batch in one region is no deployment type")
    return _BATCH[words.scope]


def _measured(row: dict[str, Any], words: Words) -> tuple[str, str] | None:
    """Charge and amount of what is not billed by the token; None for tokens."""
    meter = str(row.get("meterName")).lower()
    if "image" in meter.split()[-1:] or meter.endswith("images"):
        if _QUALITIES.search(str(row.get("skuName"))):
            raise UnreadError("an image of one of several qualities")
        return "image", "image"
    if meter.endswith("characters"):
        return "speech", "mchar"
    for ending in ("pages", "calls", "session", "gb", "video", "second"):
        if meter.endswith(ending):
            raise UnreadError(f"billed by {ending}")
    if meter.endswith("unit") and not words.hosting:
        raise UnreadError("billed by a unit that it does not name")
    return None


def _charges(words: Words, model: str) -> tuple[tuple[str, str], ...]:
    """What tokens are billed: their charge, or both ways where one meter bills both."""
    kind = words.kinds[-1] if words.kinds else "text"
    prefix = "" if kind == "text" else f"{kind}_"
    cached = "cached_" if words.cached else ""
    if words.grader:
        charge = f"{cached}grader_{words.way or 'input'}"
    elif words.cache_write:
        charge = "cache_write"
    elif words.training or (words.fine_tuned and words.way is None and not words.cached):
        charge = "training"
    elif words.cached and words.way == "output":
        raise UnreadError("cached output")
    elif words.cached or words.way is not None:
        charge = f"{cached}{prefix}{words.way or 'input'}"
    elif _EMBEDS.search(model):
        charge = f"{prefix}input"
    elif _BOTH_WAYS.search(model):
        return ("input", "mtok"), ("output", "mtok")
    else:
        raise UnreadError("its words name neither input nor output")
    return ((charge, "mtok"),)


def _long_context(words: Words, model: str) -> int:
    if not words.long_context:
        return 0
    for names, tokens in _LONG_CONTEXT:
        if names.search(model):
            return tokens
    raise UnreadError("from what length on its long context begins is unknown")


def _plain(amount: Decimal) -> Decimal:
    """An amount without the zeros behind its point."""
    short = amount.normalize()
    return short.quantize(Decimal(1)) if short == short.to_integral_value() else short
