"""Made-up rows of the Azure Retail Prices API, in the recorded shape, and its filters."""

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

from tests.cloud.prices_change import Changes

REGIONS = ("eastus2", "japaneast", "swedencentral", "westeurope")
_SPACE = uuid.UUID("00000000-0000-0000-0000-00000000aaaa")
# Until 2026 and since.
_SERVICES = ("Cognitive Services", "Foundry Models")

Row = dict[str, Any]

_TOKENS: tuple[tuple[str, str, str, str], ...] = (
    ("Azure OpenAI", "gpt-4o-0806-Outp-glbl", "0.01", "1K"),
    ("Azure OpenAI", "gpt 4o 0806 cached Inp glbl", "0.00125", "1K"),
    ("Azure OpenAI", "gpt 4o 0806 Inp Data Zone", "0.00275", "1K"),
    ("Azure OpenAI", "gpt 4o 0806 Outp Data Zone", "0.011", "1K"),
    ("Azure OpenAI", "gpt-4o-0806-Inp-regnl", "0.00275", "1K"),
    ("Azure OpenAI", "gpt-4o-0806-Batch-Inp-glbl", "0.00125", "1K"),
    ("Azure OpenAI GPT5", "5.4 inp Gl", "2.5", "1M"),
    ("Azure OpenAI GPT5", "5.4 opt Dz", "16.5", "1M"),
)


def rows(regions: tuple[str, ...], changes: Changes) -> list[Row]:
    """All rows of the feed, in a fixed order."""
    found = [row for region in regions for row in _of_region(region, changes)]
    global_row = _row("Global", "Speaker Identification", "Standard", "Standard Transactions", 8)
    return [*found, global_row | {"tierMinimumUnits": 100.0, "armSkuName": ""}]


def _of_region(region: str, changes: Changes) -> Iterator[Row]:
    # What changes keeps its id: that is of the first words.
    words = changes.words("gpt-4o-0806-Inp-glbl", "gpt-4o-mini-0718-Inp-glbl")
    if not changes.gone:
        changing = _row(
            region, "Azure OpenAI", words, f"{words} Tokens", changes.amount("0.0025"), unit="1K"
        )
        yield changing | {"meterId": _id(region, "gpt-4o-0806-Inp-glbl Tokens")}
    for product, sku, usd, unit in _TOKENS:
        name = f"{sku} 1M Tokens" if unit == "1M" else f"{sku} Tokens"
        service = _SERVICES[unit == "1M"]
        yield _row(region, product, sku, name, usd, unit=unit, service=service)
    yield from _provisioned(region)
    yield _row(
        region, "Azure OpenAI", "gpt-4.1-ft hosting global", "gpt-4.1-ft hosting global Unit", 1.7,
        unit="1 Hour",
    )  # fmt: skip
    yield _row(
        region, "Managed Compute", "Mngd MI300_192GB Gl", "Mngd MI300_192GB Gl", 7.91,
        unit="1 Hour", service=_SERVICES[1],
    )  # fmt: skip
    yield from _machines(region)


def _provisioned(region: str) -> Iterator[Row]:
    """Units by the hour, and reserved: then the amount is of the whole term."""
    sku = "Provisioned Managed Global"
    yield _row(region, "Azure OpenAI", sku, f"{sku} Unit", 1, unit="1/Hour")
    product = "Azure AI Foundry Provisioned Throughput Reservation"
    for term, total in (("1 Month", 260), ("1 Year", 2652)):
        bought = _row(region, product, sku, f"{sku} Unit", total, unit="1/Hour")
        yield bought | {
            "type": "Reservation",
            "reservationTerm": term,
            "armSkuName": "OpenAI_Provisioned_Throughput",
            "isPrimaryMeterRegion": False,
        }


def _machines(region: str) -> Iterator[Row]:
    """One machine with its reservations and savings plans, and the rows that are left out."""
    arm = "Standard_NC48ads_A100_v4"
    told = {"serviceName": "Virtual Machines", "serviceFamily": "Compute", "armSkuName": arm}
    linux = "NCads A100 v4 Series Linux"
    plain = _row(region, linux, arm, "NC48ads_A100_v4", 7.346, unit="1 Hour") | told
    plans = [
        {"unitPrice": usd, "retailPrice": usd, "term": term}
        for term, usd in (("3 Years", 4.5317474), ("1 Year", 6.1148104))
    ]
    yield plain | {"savingsPlan": plans}
    for term, total in (("1 Year", 42066.0), ("3 Years", 71642.0)):
        reserved = {"retailPrice": total, "unitPrice": total}
        yield plain | reserved | {"type": "Reservation", "reservationTerm": term}
    for kind in ("Spot", "Low Priority"):
        name = f"NC48ads_A100_v4 {kind}"
        yield _row(region, linux, name, name, 1.5, unit="1 Hour") | told
    windows = _row(region, f"{linux[:-6]} Windows", arm, "NC48ads_A100_v4", 9.6, unit="1 Hour")
    yield windows | told
    yield plain | {"type": "DevTestConsumption", "retailPrice": 5.0, "unitPrice": 5.0}


def _row(
    region: str,
    product: str,
    sku: str,
    meter: str,
    usd: str | float,
    *,
    unit: str = "1K",
    service: str = _SERVICES[0],
) -> Row:
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": float(usd),
        "unitPrice": float(usd),
        "armRegionName": region,
        "location": region.title(),
        "effectiveStartDate": "2024-08-01T00:00:00Z",
        "meterId": _id(region, meter),
        "meterName": meter,
        "productId": "DZH318Z0HHG7",
        "skuId": f"DZH318Z0HHG7/{abs(hash_of(sku)) % 10000:04}",
        "productName": product,
        "skuName": sku,
        "serviceName": service,
        "serviceId": "DZH31600VF1F",
        "serviceFamily": "AI + Machine Learning",
        "unitOfMeasure": unit,
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": sku,
    }


def _id(region: str, meter: str) -> str:
    return str(uuid.uuid5(_SPACE, f"{region} {meter}"))


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return uuid.uuid5(_SPACE, text).int


_LEXER = re.compile(
    r"\s*(?:(?P<mark>[(),])|'(?P<text>(?:[^']|'')*)'|(?P<number>\d+(?:\.\d+)?)|(?P<word>\w+))"
)
Test = Callable[[Row], bool]


def filtered(found: list[Row], text: str) -> list[Row]:
    """The rows that an OData filter lets through; raises ValueError for one it cannot read.

    `eq`, `ne`, `gt`, `ge`, `lt`, `le`, `and`, `or`, `not`, parentheses, `contains`, `startswith`
    and `endswith`; unlike other filters of Azure, these compare with regard to case.
    """
    if not text.strip():
        return found
    test = _Filter(text).read()
    return [row for row in found if test(row)]


class _Filter:
    """Reads a filter by recursive descent."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        at = 0
        text = text.strip()
        while at < len(text):
            match = _LEXER.match(text, at)
            if match is None:
                raise ValueError(f"Invalid filter at {text[at:]!r}")
            kind = match.lastgroup or ""
            self._tokens.append((kind, match[kind]))
            at = match.end()

    def read(self) -> Test:
        test = self._either()
        if self._tokens:
            raise ValueError(f"Invalid filter near {self._tokens[0][1]!r}")
        return test

    def _either(self) -> Test:
        tests = [self._both()]
        while self._accept("or"):
            tests.append(self._both())
        return lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._single()]
        while self._accept("and"):
            tests.append(self._single())
        return lambda row: all(test(row) for test in tests)

    def _single(self) -> Test:
        if self._accept("not"):
            test = self._single()
            return lambda row: not test(row)
        if self._accept("("):
            test = self._either()
            self._demand(")")
            return test
        name = self._take("word")
        if name in _FUNCTIONS:
            self._demand("(")
            field = self._take("word")
            self._demand(",")
            value = self._take("text").replace("''", "'")
            self._demand(")")
            call = _FUNCTIONS[name]
            return lambda row: call(str(row.get(field, "")), value)
        compare = _COMPARISONS.get(self._take("word"))
        if compare is None:
            raise ValueError("Invalid filter: unknown comparison")
        kind, text = self._tokens.pop(0) if self._tokens else ("", "")
        if kind not in ("text", "number", "word"):
            raise ValueError("Invalid filter: a value is missing")
        value = text.replace("''", "'")
        return lambda row: compare(*_comparable(row.get(name), value, kind))

    def _accept(self, text: str) -> bool:
        if self._tokens and self._tokens[0] in (("word", text), ("mark", text)):
            self._tokens.pop(0)
            return True
        return False

    def _demand(self, text: str) -> None:
        if not self._accept(text):
            raise ValueError(f"Invalid filter: {text!r} is missing")

    def _take(self, kind: str) -> str:
        if not self._tokens or self._tokens[0][0] != kind:
            raise ValueError(f"Invalid filter: a {kind} is missing")
        return self._tokens.pop(0)[1]


_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda text, part: part in text,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}


def _comparable(held: object, value: str, kind: str) -> tuple[Any, Any]:
    if kind == "number":
        return float(str(held or 0)), float(value)
    if kind == "word":
        return str(held).lower(), value.lower()  # true, false
    return str(held or ""), value
