"""An offer file of the AWS price list: what it says, read as a stream.

Products and their terms stand apart, joined by the SKU; only the products that are wanted are held,
and only their terms.
"""

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import IO, Any

import msgspec

from planner.feeds._aws_json import JsonStream
from planner.feeds._http import TroubleError

_IN_MEMORY = 4 * 2**20
_KINDS = ("OnDemand", "Reserved")


class Product(msgspec.Struct, frozen=True, kw_only=True, rename={"family": "productFamily"}):
    """A product; what an attribute is called is the offer's own affair."""

    family: str | None = None
    attributes: dict[str, Any] = {}

    def get(self, *names: str) -> str:
        """The first of the attributes that is there and no empty text, else ""."""
        values = (self.attributes.get(name) for name in names)
        return next((value for value in values if isinstance(value, str) and value), "")


class Rate(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A price dimension: `price_per_unit` by currency; the range is of the amount used a month."""

    unit: str = ""
    description: str = ""
    begin_range: str = "0"
    end_range: str = "Inf"
    price_per_unit: dict[str, Any]


class Term(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What a SKU costs on demand, or for a commitment that the attributes tell."""

    offer_term_code: str = ""
    effective_date: str = ""
    price_dimensions: dict[str, Rate]
    term_attributes: dict[str, Any] = {}

    @property
    def effective_from(self) -> date | None:
        """The first day of the price, where the file tells it."""
        try:
            return date.fromisoformat(self.effective_date[:10])
        except ValueError:
            return None


class OfferFile(msgspec.Struct, frozen=True, kw_only=True):
    """What was wanted of one offer's file of one region; terms by SKU."""

    offer: str
    region: str
    published_on: date | None
    products: dict[str, Product]
    on_demand: dict[str, tuple[Term, ...]]
    reserved: dict[str, tuple[Term, ...]] = {}


def read_offer_file(
    chunks: Iterator[bytes], *, offer: str, region: str, wanted: Callable[[Product], bool]
) -> OfferFile:
    """Return what is wanted of an offer file.

    Raises TroubleError for a body that is no offer file: no JSON, cut off, without products or
    terms, of another offer, or with one SKU that stands twice and differs.
    """
    with contextlib.closing(_Reading(wanted)) as reading:
        published_on = _take(JsonStream(chunks), offer, reading)
        return OfferFile(
            offer=offer,
            region=region,
            published_on=published_on,
            products=reading.products,
            on_demand=reading.terms["OnDemand"],
            reserved=reading.terms["Reserved"],
        )


def _take(stream: JsonStream, offer: str, reading: "_Reading") -> date | None:
    """Let a reading take a whole file; returns when that was published."""
    told: dict[str, str] = {}
    seen = set()
    for key in stream.keys():  # noqa: SIM118 - no dict
        seen.add(key)
        if key == "products":
            reading.take_products(stream)
        elif key == "terms":
            reading.take_terms(stream)
        elif key in ("offerCode", "publicationDate"):
            told[key] = str(stream.value())
        else:
            stream.skip()
    stream.end()
    for part in ("products", "terms"):
        if part not in seen:
            raise TroubleError(f'the answer has no "{part}"')
    if told.get("offerCode", offer) != offer:
        raise TroubleError(f"the answer is no file of {offer}")
    if not reading.count:
        raise TroubleError("the file has no products")
    if not reading.term_count:
        raise TroubleError("the file has no prices")
    reading.take_set_aside()
    return _day(told.get("publicationDate", ""))


class _Reading:
    """Keeps the products that are wanted and, whichever comes first, their terms."""

    def __init__(self, wanted: Callable[[Product], bool]) -> None:
        self._wanted = wanted
        self._set_aside: IO[bytes] | None = None
        self._products_told = False
        self.count = 0
        self.term_count = 0
        self.products: dict[str, Product] = {}
        self.terms: dict[str, dict[str, tuple[Term, ...]]] = {kind: {} for kind in _KINDS}

    def take_products(self, stream: JsonStream) -> None:
        _demand_object(stream, "products")
        for sku in stream.keys():  # noqa: SIM118 - no dict
            product = _convert(stream.value(), Product, sku)
            self.count += 1
            if self._wanted(product):
                _once(self.products, sku, product)
        self._products_told = True

    def take_terms(self, stream: JsonStream) -> None:
        _demand_object(stream, "terms")
        for kind in stream.keys():  # noqa: SIM118 - no dict
            if kind not in _KINDS or not stream.is_object():
                stream.skip()
                continue
            for sku in stream.keys():  # noqa: SIM118 - no dict
                self.term_count += 1
                self._take_term(kind, sku, stream.value())

    def take_set_aside(self) -> None:
        """Take the terms that came before the products."""
        if self._set_aside is None:
            return
        self._set_aside.seek(0)
        for line in self._set_aside:
            kind, sku, raw = msgspec.json.decode(line)
            self._take_term(kind, sku, raw)

    def close(self) -> None:
        """Let go of what was set aside."""
        if self._set_aside is not None:
            self._set_aside.close()

    def _take_term(self, kind: str, sku: str, raw: object) -> None:
        if self._products_told:
            if sku in self.products:
                terms = _convert(raw, dict[str, Term], sku)
                _once(self.terms[kind], sku, tuple(terms.values()))
            return
        if self._set_aside is None:
            # On disk, since before the products nobody knows which terms matter.
            self._set_aside = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115
        self._set_aside.write(msgspec.json.encode([kind, sku, raw]) + b"\n")


def _demand_object(stream: JsonStream, part: str) -> None:
    if not stream.is_object():
        raise TroubleError(f'the answer has no "{part}"')


def _convert(raw: object, kind: Any, sku: str) -> Any:
    try:
        return msgspec.convert(raw, kind)
    except msgspec.ValidationError as error:
        raise TroubleError(f"the entry {sku!r:.60} is malformed ({error!s:.120})") from None


def _once(held: dict[str, Any], sku: str, entry: object) -> None:
    if held.setdefault(sku, entry) != entry:
        raise TroubleError(f"the SKU {sku!r:.60} stands twice and differs")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
