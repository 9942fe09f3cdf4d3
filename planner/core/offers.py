"""What can serve a model: offers, their lifecycle, and what an account may use of them.

Every record has an identity (the required fields, first) and content (the rest). A value of None
or an empty tuple is "unknown", never zero. Dates are no part of an identity: a retirement that
moves must be seen as a change of one offer, not as another offer.
"""

import math
from collections.abc import Callable, Iterable
from datetime import date
from enum import StrEnum
from operator import attrgetter

import msgspec

ENQUEUED = "enqueued kilotoken"
"""The unit of a batch quota: a thousand tokens of files that are sent and not done yet."""


class Billing(StrEnum):
    """How an offer charges, in neutral words; `deployment_type` keeps the provider's own."""

    ON_DEMAND = "on_demand"
    BATCH = "batch"
    PROVISIONED = "provisioned"
    HOSTED = "hosted"
    SELF_HOSTED = "self_hosted"


KIND_WORDS = {
    Billing.ON_DEMAND: "pay-as-you-go",
    Billing.BATCH: "batch",
    Billing.PROVISIONED: "provisioned",
    Billing.HOSTED: "hosted",
    Billing.SELF_HOSTED: "self-hosted",
}
"""The kinds of ways as people name them."""


class Scope(StrEnum):
    """Where a request may be processed: in its region, its geography, or anywhere."""

    REGIONAL = "regional"
    GEOGRAPHIC = "geographic"
    GLOBAL = "global"


class Availability(StrEnum):
    """Whether an account can use an offer on a date; always told with a reason."""

    AVAILABLE = "available"
    UNKNOWN = "unknown"
    NO_QUOTA = "no_quota"
    NO_CAPACITY = "no_capacity"
    NOT_ENABLED = "not_enabled"
    CLOSED_TO_NEW = "closed_to_new"
    NOT_OFFERED = "not_offered"
    RETIRED = "retired"


class AppliesTo(StrEnum):
    """Which deployments of a model a retirement date is for."""

    BASE = "base"
    FINE_TUNED = "fine_tuned"


class Retirement(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """One retirement date; from that day on the deployments it applies to do not answer.

    `applies_to` is None where the provider does not tell base from fine-tuned deployments;
    `certainty` is the provider's word ("planned", "tentative") or None.
    """

    on: date
    applies_to: AppliesTo | None = None
    certainty: str | None = None


class Record(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,  # records hold no cycles, and a collection holds 100,000 of them
    tag_field="kind",
):
    """What one line of a snapshot says; a field that is no part of it is refused."""

    provider: str

    @property
    def kind(self) -> str:
        """The record's kind, as the snapshot file spells it."""
        return _TELLING[type(self)][0]

    @property
    def identity(self) -> tuple[str, ...]:
        """The kind and the required fields as text; None reads "", so that identities sort."""
        kind, fields = _TELLING[type(self)]
        values = fields(self)
        return (kind, *values) if None not in values else (kind, *[v or "" for v in values])

    def __post_init__(self) -> None:
        fields = _TELLING[type(self)][1](self)
        if "" in fields:
            name = _IDENTITIES[type(self)][fields.index("")]
            raise ValueError(f"{name} is empty; name it, or null where it may be unknown")
        for name in _COUNTS[type(self)]:
            value = getattr(self, name)
            if value is not None and value < 0:
                raise ValueError(f"{name} is {value}; give a count of 0 or more")


class Offer(Record, frozen=True, kw_only=True, tag="offer"):
    """One model, version and deployment type in one region.

    `capabilities` are the provider's own words, as "key" or "key=value". One capacity unit serves
    `tokens_per_minute_per_unit` and `requests_per_minute_per_unit`; `unit` names it ("PTU",
    "model unit") where it is no number of tokens. `destinations` are the regions that may process
    a request that enters in `region`. `accounts` are the aliases that see the offer; empty means
    that no account was asked. `observed_on` is given where it is earlier than the snapshot's date.
    """

    region: str
    model: str
    version: str | None
    deployment_type: str | None
    usage_name: str | None
    publisher: str | None = None
    provider_model: str | None = None
    billing: Billing | None = None
    scope: Scope | None = None
    boundary: str | None = None
    tasks: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    context_tokens: int | None = None
    output_tokens_maximum: int | None = None
    lifecycle: str | None = None
    default_version: bool | None = None
    fine_tuned: bool | None = None
    retirement_dates: tuple[Retirement, ...] = ()
    replacement: str | None = None
    quota_names: tuple[str, ...] = ()
    tokens_per_minute_per_unit: int | None = None
    requests_per_minute_per_unit: int | None = None
    unit: str | None = None
    units_minimum: int | None = None
    units_maximum: int | None = None
    units_step: int | None = None
    units_default: int | None = None
    accounts: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    observed_on: date | None = None

    @property
    def retires_on(self) -> date | None:
        """The earliest of the retirement dates."""
        return earliest(self.retirement_dates)


class Lifecycle(Record, frozen=True, kw_only=True, tag="lifecycle"):
    """What a provider says of a model's life without naming regions.

    `replacement` is the model that the provider names; None where it names none.
    """

    model: str
    version: str | None
    deployment_type: str | None
    applies_to: AppliesTo
    lifecycle: str | None = None
    retires_on: date | None = None
    certainty: str | None = None
    training_ends_on: date | None = None
    replacement: str | None = None
    replacement_version: str | None = None


class Quota(Record, frozen=True, kw_only=True, tag="quota"):
    """What an account may use in a region under one quota name.

    `limit`, `default_limit` and `used` count in `unit`, the provider's word. `used` is volatile:
    two snapshots that differ in it alone are the same.
    """

    account: str
    region: str
    name: str
    limit: float | None = None
    default_limit: float | None = None
    used: float | None = None
    unit: str | None = None

    @property
    def free(self) -> float | None:
        """What is left, 0 where more is used than allowed; None where limit or use is unknown."""
        if self.limit is None or self.used is None:
            return None
        return max(0.0, self.limit - self.used)

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in ("limit", "default_limit", "used"):
            value = getattr(self, name)
            if value is not None and not math.isfinite(value):
                raise ValueError(f"{name} is {value}; give a number, or null where it is unknown")
            # One spelling on disk, whether a collector gave 300000 or 300000.0.
            msgspec.structs.force_setattr(self, name, None if value is None else float(value))


class RegionCapacity(Record, frozen=True, kw_only=True, tag="capacity"):
    """How many more units a region could deploy now; quota is not capacity."""

    region: str
    model: str
    version: str | None
    deployment_type: str
    available_units: int | None = None
    available_finetune_units: int | None = None


class Charge(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    omit_defaults=True,
    forbid_unknown_fields=True,
    gc=False,
):
    """One kind of use that an offer bills, and the ids of its meters (there can be several)."""

    name: str
    unit: str | None = None
    meter_ids: tuple[str, ...] = ()


class Meter(Record, frozen=True, kw_only=True, tag="meter"):
    """The billing meters of an offer; apart from it, since their ids differ by region."""

    region: str
    model: str
    version: str | None
    deployment_type: str | None
    usage_name: str | None
    charges: tuple[Charge, ...] = ()


class Deployment(Record, frozen=True, kw_only=True, tag="deployment"):
    """What an account runs: a named deployment of a model."""

    account: str
    region: str
    name: str
    model: str | None = None
    version: str | None = None
    deployment_type: str | None = None
    units: int | None = None


AnyRecord = Offer | Lifecycle | Quota | RegionCapacity | Meter | Deployment
RECORD_TYPES: tuple[type[Record], ...] = (
    Offer,
    Lifecycle,
    Quota,
    RegionCapacity,
    Meter,
    Deployment,
)
KINDS = tuple(str(t.__struct_config__.tag) for t in RECORD_TYPES)


def identity_fields(record_type: type[Record]) -> tuple[str, ...]:
    """The names of the fields that tell one record of a kind from another, in file order."""
    return _IDENTITIES[record_type]


def _required(record_type: type[Record]) -> tuple[str, ...]:
    fields = msgspec.structs.fields(record_type)
    return tuple(f.name for f in fields if f.required)


def _counts(record_type: type[Record]) -> tuple[str, ...]:
    fields = msgspec.structs.fields(record_type)
    return tuple(f.name for f in fields if f.type == int | None)


_IDENTITIES = {t: _required(t) for t in RECORD_TYPES}
_COUNTS = {t: _counts(t) for t in RECORD_TYPES}
# Kind and getter of the identity: it is asked for hundreds of thousands of times in a collection.
_TELLING = {t: (str(t.__struct_config__.tag), attrgetter(*_IDENTITIES[t])) for t in RECORD_TYPES}
KEYS: dict[type[Record], Callable[[Record], tuple[str | None, ...]]] = {
    kind: fields for kind, (_, fields) in _TELLING.items()
}
"""By kind of record, what tells one of it from another: its required fields as they are, fast."""


def earliest(dates: Iterable[Retirement]) -> date | None:
    """The first day on which something of it retires; None where no date is known."""
    return min((r.on for r in dates), default=None)
