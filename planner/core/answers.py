"""What the commands answer, as typed records; their field names are the outside contract.

Amounts stay Decimal here; the renderers write them as numbers and round them for people.
"""

import datetime as dt
from decimal import Decimal

import msgspec

from planner.core.catalog import Source
from planner.core.licences import LicenceStatus
from planner.core.offers import Availability, Billing, Quota, Retirement, Scope


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A record of an answer; every field is written, unknown ones as null."""


class PriceView(Answer, frozen=True):
    """What an offer costs on the date, and how that was found (`match`)."""

    input_usd_per_mtok: Decimal | None
    cached_input_usd_per_mtok: Decimal | None
    output_usd_per_mtok: Decimal | None
    usd_per_unit_hour: Decimal | None
    unit: str | None
    effective_from: dt.date | None
    effective_to: dt.date | None
    source: str
    retrieved_on: dt.date
    origin: str
    match: str
    region_group: str | None
    doubts: tuple[str, ...]


class OfferEntry(Answer, frozen=True):
    """One model, version and deployment type in one region."""

    provider: str
    region: str
    model: str
    version: str | None
    publisher: str | None
    provider_model: str | None
    deployment_type: str | None
    usage_name: str | None
    billing: Billing | None
    scope: Scope | None
    boundary: str | None
    destinations: tuple[str, ...]
    tasks: tuple[str, ...]
    capabilities: tuple[str, ...]
    context_tokens: int | None
    output_tokens_maximum: int | None
    lifecycle: str | None
    default_version: bool | None
    fine_tuned: bool | None
    retires_on: dt.date | None
    retirement_dates: tuple[Retirement, ...]
    replacement: str | None
    quota_names: tuple[str, ...]
    tokens_per_minute_per_unit: int | None
    requests_per_minute_per_unit: int | None
    unit: str | None
    units_minimum: int | None
    units_maximum: int | None
    units_step: int | None
    units_default: int | None
    accounts: tuple[str, ...]
    observed_on: dt.date


class RegionEntry(OfferEntry, frozen=True):
    """An offer as a place to run a model: can the account use it, how far is it, what is its price.

    `latency_ms` is the round trip from `--from`, for offers that process in their own region;
    elsewhere it is null, since the round trip ends at the resource and not where the model runs.
    """

    availability: Availability
    reasons: tuple[str, ...]
    quota: tuple[Quota, ...]
    free_tokens_per_minute: float | None
    free_requests_per_minute: float | None
    latency_ms: int | None
    price: PriceView | None
    rank: int | None


class OffersAnswer(Answer, frozen=True):
    """`planner offers`; `notes` say what left nothing, where nothing is left."""

    on: dt.date
    sources: tuple[Source, ...]
    offers: tuple[OfferEntry, ...]
    notes: tuple[str, ...]


class ModelEntry(Answer, frozen=True):
    """One model over all providers.

    `providers`, `regions` and `deployment_types` are those that still offer it; without one it is
    known from notices or earlier snapshots alone. `context_tokens` is the most that any version
    takes. `retires_on` is the day from which nothing of it answers any more, null where some
    offer has no known end. `replacement` is the model that a provider names.
    """

    model: str
    publisher: str | None
    versions: tuple[str, ...]
    providers: tuple[str, ...]
    regions: tuple[str, ...]
    deployment_types: tuple[str, ...]
    tasks: tuple[str, ...]
    open_weights: bool | None
    context_tokens: int | None
    hugging_face: tuple[str, ...]
    licence: str | None
    licence_status: LicenceStatus | None
    retires_on: dt.date | None
    replacement: str | None


class ModelsAnswer(Answer, frozen=True):
    """`planner models`; `notes` say what left nothing, where nothing is left."""

    on: dt.date
    sources: tuple[Source, ...]
    models: tuple[ModelEntry, ...]
    notes: tuple[str, ...]


class RegionsAnswer(Answer, frozen=True):
    """`planner regions`.

    `regions` holds every entry that the snapshots know, best first; where the model has retired,
    also those of the model at the end of `replaced_by`. `rejected` holds the entries that a
    constraint of the call removed, with its reasons.
    """

    model: str
    on: dt.date
    replaced_by: tuple[str, ...]
    sources: tuple[Source, ...]
    recommended: RegionEntry | None
    regions: tuple[RegionEntry, ...]
    rejected: tuple[RegionEntry, ...]
    notes: tuple[str, ...]
