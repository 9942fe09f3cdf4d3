"""What `planner prices` and its parts answer; field names are the outside contract."""

import datetime as dt
from decimal import Decimal

from planner.core.answers import Answer
from planner.core.catalog import Source


class OtherCharge(Answer, frozen=True):
    """A charge that has no column of its own: `usd` for one `per` (image, minute, ...)."""

    charge: str
    per: str
    usd: Decimal


class NearestPrice(Answer, frozen=True):
    """The known price that comes closest to an unknown one; it is not the price."""

    region: str | None
    version: str | None
    deployment_type: str | None
    input_usd_per_mtok: Decimal | None
    output_usd_per_mtok: Decimal | None
    usd_per_unit_hour: Decimal | None
    source: str


class PriceEntry(Answer, frozen=True):
    """One way to buy a model in one region (null: the source names none) and what it costs.

    `match` says how the price was found, null where it is unknown; `nearest` is then the closest
    known one. `offered`: a snapshot has this offer on the date; null where none looked. The price
    holds for prompts of more than `context_over_tokens` tokens, all of whose tokens are then
    billed at it. `usd_per_request` is what the typical request of the call costs, null where
    another context tier is the one that bills it, or a price it needs is unknown. A commitment's
    `term_total_usd` is the whole sum of its term. `retrieved_on` is when the source was last read.
    """

    provider: str
    region: str | None
    model: str
    version: str | None
    deployment_type: str | None
    tier: str
    context_over_tokens: int
    fine_tuned: bool
    input_usd_per_mtok: Decimal | None
    cached_input_usd_per_mtok: Decimal | None
    cache_write_usd_per_mtok: Decimal | None
    cache_write_1h_usd_per_mtok: Decimal | None
    cache_storage_usd_per_mtok_hour: Decimal | None
    output_usd_per_mtok: Decimal | None
    reasoning_output_usd_per_mtok: Decimal | None
    audio_input_usd_per_mtok: Decimal | None
    audio_output_usd_per_mtok: Decimal | None
    image_input_usd_per_mtok: Decimal | None
    image_output_usd_per_mtok: Decimal | None
    other: tuple[OtherCharge, ...]
    usd_per_unit_hour: Decimal | None
    unit: str | None
    term: str | None
    term_total_usd: Decimal | None
    usd_per_request: Decimal | None
    effective_from: dt.date | None
    first_seen_on: dt.date | None
    effective_to: dt.date | None
    source: str | None
    retrieved_on: dt.date | None
    origin: str | None
    match: str | None
    region_group: str | None
    doubts: tuple[str, ...]
    offered: bool | None
    nearest: NearestPrice | None


class PricesAnswer(Answer, frozen=True):
    """`planner prices MODEL`: cheapest request first, unknown prices last.

    `input_tokens`, `cached_share` (of the input) and `output_tokens` are the typical request.
    """

    model: str
    on: dt.date
    input_tokens: int
    output_tokens: int
    cached_share: float
    sources: tuple[Source, ...]
    prices: tuple[PriceEntry, ...]
    notes: tuple[str, ...]


class PriceStep(Answer, frozen=True):
    """One price in time: an amount of one charge, where and between which days it held.

    `usd` is for one `per`, or for one `unit` and hour; `original_amount` and `original_unit` are
    the source's own figure where it was converted, `words` the meter's.
    """

    provider: str
    model: str | None
    version: str | None
    deployment_type: str | None
    charge: str
    tier: str
    context_over_tokens: int
    fine_tuned: bool
    term: str | None
    usd: Decimal
    per: str
    regions: tuple[str, ...]
    effective_from: dt.date | None
    first_seen_on: dt.date | None
    effective_to: dt.date | None
    source: str
    retrieved_on: dt.date
    origin: str
    words: str | None
    original_amount: str | None
    original_unit: str | None
    doubt: str | None


class HistoryAnswer(Answer, frozen=True):
    """`planner prices history MODEL`: every known price of a model, the oldest first."""

    model: str
    history: tuple[PriceStep, ...]
    notes: tuple[str, ...]


class PriceChange(Answer, frozen=True):
    """What a refresh made of one price: `before` and `after` in USD, null where there is none."""

    provider: str
    model: str | None
    version: str | None
    deployment_type: str | None
    what: str
    tier: str | None
    fine_tuned: bool
    term: str | None
    regions: tuple[str, ...]
    before: Decimal | None
    after: Decimal | None
    on: dt.date
    words: str | None
    reason: str | None


class Unclassified(Answer, frozen=True):
    """A meter of a feed that nobody could read, with its own amount and unit."""

    provider: str
    words: str
    regions: tuple[str, ...]
    usd: Decimal
    unit: str
    reason: str


class RefreshAnswer(Answer, frozen=True):
    """`planner prices refresh`: `rejected` waits for --accept, in the file `review`.

    `failed` names the regions that could not be read, each with why; their prices stay as they
    were.
    """

    feed: str
    on: dt.date
    written: tuple[str, ...]
    review: str | None
    added: tuple[PriceChange, ...]
    changed: tuple[PriceChange, ...]
    closed: tuple[PriceChange, ...]
    rejected: tuple[PriceChange, ...]
    unclassified: tuple[Unclassified, ...]
    failed: dict[str, str]


class Finding(Answer, frozen=True):
    """Something about the price tables that a person should look at; `level` error or warning."""

    level: str
    check: str
    provider: str
    model: str | None
    message: str


class CheckAnswer(Answer, frozen=True):
    """`planner prices check`; `skipped` names the checks that could not be made."""

    on: dt.date
    rows: int
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...]
