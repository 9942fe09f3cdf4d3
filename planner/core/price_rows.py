"""The two shapes of a price: money per amount used, and money per unit and hour.

A row holds one amount with the dates between which it holds, where it is from and when that was
read. Rows are appended, never overwritten: a new price is a new row that closes the old one.
Amounts are list prices in US dollars (FOCUS: ListUnitPrice), before taxes and discounts.
"""

from datetime import date
from decimal import Decimal

import msgspec

# What a usage price is charged for. "input" and "output" are text; "cached_input" is a cache read,
# "cache_write" the five-minute kind, "cache_storage" what is kept (per "mtok_hour"); "training" and
# the "grader" ones are of fine-tuning.
CHARGES = (
    "input",
    "cached_input",
    "cache_write",
    "cache_write_1h",
    "cache_storage",
    "output",
    "reasoning_output",
    "audio_input",
    "cached_audio_input",
    "audio_output",
    "image_input",
    "cached_image_input",
    "image_output",
    "image",
    "audio",
    "video",
    "request",
    "speech",
    "training",
    "grader_input",
    "cached_grader_input",
    "grader_output",
)
# One of what the amount is for: a million tokens, a million tokens kept for an hour, ...;
# "minute" and "second" are of audio and video, "mchar" a million characters of speech.
AMOUNTS = ("mtok", "mtok_hour", "image", "second", "minute", "mchar", "request")
# What an hourly price is for: a machine; a managed one for open models, by the GPU or the machine
# as its unit says; keeping one deployment; a reserved unit of throughput; a thousand tokens per
# minute reserved; an hour of fine-tuning.
ITEMS = (
    "instance",
    "managed_compute",
    "hosting",
    "provisioned_unit",
    "model_unit",
    "reserved_ktpm",
    "dbu",
    "training",
)
UNITS = ("provisioned_unit", "model_unit")
"""Items that are reserved units of throughput."""
# How long is bought at once; a savings plan commits to an amount of money instead of a machine.
TERMS = (
    "on_demand",
    "spot",
    "1_month",
    "3_months",
    "6_months",
    "1_year",
    "3_years",
    "1_year_savings_plan",
    "3_years_savings_plan",
)
TIERS = ("default", "priority", "flex")
# From the strongest to the weakest; an answer from several rows carries the weakest of theirs.
ORIGINS = ("override", "feed", "documentation", "third-party", "article")

_TEXTS = (
    "provider",
    "model",
    "version",
    "deployment_type",
    "name",
    "unit",
    "source",
    "doubt",
    "meter_id",
    "words",
)


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What the two shapes share.

    `regions` is sorted; empty means that the source names none, so the price stands for all.
    Exactly one of `effective_from` and `first_seen_on` (the start is unknown) is given;
    `effective_to` is the first day on which the price no longer holds. `deployment_type` and
    `words` (a meter's own) are the provider's strings. `doubt` says why the price may not hold.
    `tokens_per_minute_limit` is what one deployment bought at this price may use, where told.
    """

    provider: str
    model: str | None = None
    version: str | None = None
    deployment_type: str | None = None
    regions: tuple[str, ...] = ()
    fine_tuned: bool = False
    effective_from: date | None = None
    first_seen_on: date | None = None
    effective_to: date | None = None
    source: str
    retrieved_on: date
    origin: str
    doubt: str | None = None
    meter_id: str | None = None
    words: str | None = None
    tokens_per_minute_limit: int | None = None

    @property
    def starts_on(self) -> date:
        """The first day on which the price is known to hold."""
        start = self.effective_from or self.first_seen_on
        assert start is not None  # noqa: S101  (checked at birth)
        return start

    def holds(self, on: date) -> bool:
        """Whether the price is in force on a date."""
        return self.starts_on <= on and (self.effective_to is None or on < self.effective_to)

    def __post_init__(self) -> None:
        _check_words(self)
        _check_dates(self)
        _check_known("origin", self.origin, ORIGINS)
        if self.regions and list(self.regions) != sorted(set(self.regions)):
            raise ValueError("regions are not sorted or one stands twice; name each once, sorted")


class UsagePrice(Price, frozen=True, kw_only=True):
    """Money per amount used: `usd` for one `per` (a million tokens, an image, ...) of a `charge`.

    `context_over_tokens` is the prompt length above which the price holds (a price tier).
    `original_amount` and `original_unit` keep the source's own figure where it was converted.
    """

    model: str
    charge: str
    usd: Decimal
    per: str = "mtok"
    tier: str = "default"
    context_over_tokens: int = 0
    original_amount: str | None = None
    original_unit: str | None = None

    @property
    def amount(self) -> Decimal:
        """The money, under one name for both shapes."""
        return self.usd

    @property
    def identity(self) -> tuple[object, ...]:
        """What one price at a time may hold for, in each region; sources may differ."""
        return (
            self.provider,
            self.model,
            self.version,
            self.deployment_type,
            self.charge,
            self.per,
            self.tier,
            self.context_over_tokens,
            self.fine_tuned,
            self.origin,
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_known("charge", self.charge, CHARGES)
        _check_known("per", self.per, AMOUNTS)
        _check_known("tier", self.tier, TIERS)
        _check_money("usd", self.usd)
        if self.context_over_tokens < 0:
            raise ValueError(
                f"context_over_tokens is {self.context_over_tokens}; give a length of 0 or more"
            )


class HourlyPrice(Price, frozen=True, kw_only=True):
    """Money per unit and hour: an instance, a hosting fee, a provisioned unit.

    `name` is the instance's name; `unit` is the word for one unit ("instance", "PTU").
    `term_total_usd` is the whole sum of a commitment, where the provider names it.
    """

    item: str
    usd_per_hour: Decimal
    unit: str
    name: str | None = None
    term: str = "on_demand"
    term_total_usd: Decimal | None = None

    @property
    def amount(self) -> Decimal:
        """The money, under one name for both shapes."""
        return self.usd_per_hour

    @property
    def identity(self) -> tuple[object, ...]:
        """What one price at a time may hold for, in each region; sources may differ."""
        return (
            self.provider,
            self.item,
            self.name,
            self.model,
            self.version,
            self.deployment_type,
            self.term,
            self.fine_tuned,
            self.origin,
        )

    def __post_init__(self) -> None:
        super().__post_init__()
        _check_known("item", self.item, ITEMS)
        _check_known("term", self.term, TERMS)
        _check_money("usd_per_hour", self.usd_per_hour)
        if self.item == "instance" and self.name is None:
            raise ValueError("name is missing; an instance price names its instance")
        if self.term_total_usd is not None:
            _check_money("term_total_usd", self.term_total_usd)
            if self.term in ("on_demand", "spot"):
                raise ValueError(f"term_total_usd is given {self.term}; name the term it is for")


def describe(row: UsagePrice | HourlyPrice) -> str:
    """One row in words, for messages: what it prices, and from when."""
    what = [row.provider, row.model, row.version, row.deployment_type]
    what += [row.charge] if isinstance(row, UsagePrice) else [row.item, row.name, row.term]
    end = f" to {row.effective_to}" if row.effective_to else ""
    return f"{' '.join(word for word in what if word)} from {row.starts_on}{end}"


def _check_words(row: Price) -> None:
    for field in _TEXTS:
        text = getattr(row, field, None)
        if text is not None and not (text.isprintable() and text and text == text.strip()):
            raise ValueError(
                f"{field} is {text!r}; write plain words, no control characters or outer blanks"
            )
    if row.model is not None and (row.model != row.model.lower() or " " in row.model):
        raise ValueError(f"model is {row.model!r}; write it in lower case without blanks")
    for region in row.regions:
        if not (region and region.isprintable()) or " " in region:
            raise ValueError(f"regions hold {region!r}; give the region's short name")


def _check_dates(row: Price) -> None:
    if (row.effective_from is None) == (row.first_seen_on is None):
        raise ValueError(
            "effective_from and first_seen_on: give one, first_seen_on where the start is unknown"
        )
    if row.effective_to is not None and row.effective_to <= row.starts_on:
        raise ValueError(
            f"effective_to is {row.effective_to}, not after the start {row.starts_on};"
            " it is the first day without the price"
        )


def _check_known(field: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ValueError(f"{field} is {value!r}; known are {', '.join(known)}")


def _check_money(field: str, value: Decimal) -> None:
    if not value.is_finite():
        raise ValueError(f"{field} is {value}; give a finite amount")
    if value.is_signed():
        raise ValueError(f"{field} is {value}; a price is 0 or more")
