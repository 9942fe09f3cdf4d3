"""The rows of the Retail Prices API as they come, and what their texts mean."""

import re
from datetime import date, timedelta
from decimal import Decimal

import msgspec

PROVIDER = "azure"

_UNIT = re.compile(r"(?P<count>\d+) ?(?P<scale>[KM]?)(?: ?/? ?(?P<period>[A-Za-z]+))?")
_SCALES = {"": 1, "K": 1_000, "M": 1_000_000}
# What is counted stands after the name of the SKU: "gpt 4.1 Inp glbl Tokens", "5.4 opt Dz 1M
# Tokens". Where more stands there, two meters share a SKU, and only the meter's name tells.
_COUNTED = re.compile(
    r"(?:1[KM] )?"
    r"(?:Tokens|(?:Capacity )?Units?|Images|Videos?|Characters|Pages|Calls|GB|Sessions?)?"
)
_LONGEST = 200
# Sovereign clouds; what Azure calls global ends at their borders.
_SOVEREIGN = re.compile(r"(?:usgov|usdod|ussec|usnat|china|germany(?:central|northeast)$)")


# Nothing costs more dollars than this has digits, nor can sums of it be rounded to a cent.
_MOST_DIGITS = 9


def _refuse_absurd(priced: "SavingsPlan | FeedRow") -> None:
    """Make no number of an amount that is none, so that its row alone is told as such."""
    usd = priced.retail_price
    if usd.is_finite() and usd.adjusted() >= _MOST_DIGITS:
        msgspec.structs.force_setattr(priced, "retail_price", Decimal("NaN"))


class SavingsPlan(msgspec.Struct, frozen=True, rename="camel"):
    """What an hour costs under a savings plan of a term ("1 Year")."""

    retail_price: Decimal
    term: str

    def __post_init__(self) -> None:
        _refuse_absurd(self)


class FeedRow(msgspec.Struct, frozen=True, rename="camel"):
    """One price of one meter in one region; amounts keep every digit of the feed's text.

    A meter has a row for each price that it had or will have: dates are days in UTC, and an end
    names the last day. `retail_price` is for one `unit_of_measure`, a reservation's for its term.
    """

    meter_name: str
    product_name: str
    sku_name: str
    retail_price: Decimal
    unit_of_measure: str
    effective_start_date: str
    arm_region_name: str | None = None
    meter_id: str | None = None
    service_name: str = ""
    type: str = "Consumption"
    currency_code: str = "USD"
    tier_minimum_units: Decimal = Decimal(0)
    arm_sku_name: str | None = None
    effective_end_date: str | None = None
    reservation_term: str | None = None
    savings_plan: tuple[SavingsPlan, ...] = ()

    def __post_init__(self) -> None:
        _refuse_absurd(self)

    @property
    def region(self) -> str:
        """The region's short name; empty where the row names none, or no single one."""
        name = (self.arm_region_name or "").strip()
        return "" if name.lower() == "global" or not name.isalnum() else name.lower()

    @property
    def counted(self) -> str:
        """What stands in the meter's name after that of its SKU: "Tokens", "1M Tokens", ""."""
        return tidy(self.meter_name.removeprefix(self.sku_name))

    @property
    def words(self) -> str:
        """What tells the meter's kind at any date: the SKU's name, where that is enough."""
        name = self.sku_name if _COUNTED.fullmatch(self.counted) else self.meter_name
        return tidy(name) or "(no words)"


class Unit(msgspec.Struct, frozen=True):
    """What an amount is for: so many of something, or one for a period ("hour")."""

    count: int
    period: str = ""


def unit_of(text: str) -> Unit | None:
    """Return what "1K", "100", "1 Hour", "1/Month" mean; None for what was never seen."""
    match = _UNIT.fullmatch(text.strip())
    if match is None:
        return None
    return Unit(int(match["count"]) * _SCALES[match["scale"]], (match["period"] or "").lower())


def span_of(row: FeedRow) -> tuple[date, date | None]:
    """Return the first day of a row's price and the first day without it (None: no end is told).

    Raises ValueError where the dates are none, or the end comes before the start.
    """
    start = date.fromisoformat(row.effective_start_date[:10])
    if not row.effective_end_date:
        return start, None
    end = date.fromisoformat(row.effective_end_date[:10]) + timedelta(days=1)
    if end <= start:
        raise ValueError(f"it ends on {row.effective_end_date[:10]}, before it starts")
    return start, end


def is_sovereign(region: str) -> bool:
    """Whether a region belongs to a cloud of its own, with prices of its own."""
    return _SOVEREIGN.match(region) is not None


def tidy(text: str) -> str:
    """A text in one line, printable, without blanks around it and not too long."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())[:_LONGEST].strip()


def plain(usd: Decimal) -> Decimal:
    """The same amount without trailing zeros and exponent."""
    shorter = usd.normalize()
    return shorter.quantize(Decimal(1)) if shorter == shorter.to_integral_value() else shorter
