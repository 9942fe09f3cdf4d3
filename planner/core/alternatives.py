"""The nearest way out of a no: another place, type or version that an account can use."""

from collections.abc import Callable, Sequence

from planner.core.answers import RegionEntry
from planner.core.offers import Availability, Billing

_NOS = frozenset(Availability) - {Availability.AVAILABLE, Availability.UNKNOWN}
_FAR = 10**6  # ms: a region to which no round trip is known comes behind all others

RoundTrip = Callable[[str, str], int | None]
"""(region, region) -> ms"""


def way_out(
    entry: RegionEntry,
    fitting: Sequence[RegionEntry],
    round_trip_ms: RoundTrip,
    others: Sequence[RegionEntry] = (),
) -> str | None:
    """What to use instead of an offer, in words; None where nothing is known.

    Of the `fitting` offers the nearest, of its own deployment type before others; without one,
    the one of the `others` (available, yet too small) that has most left.
    """
    if found := _alike(entry, fitting):
        best = min(found, key=lambda e: _distance(entry, e, round_trip_ms))
        return f"{_place(entry, best)} has {_left(best)}"
    larger = [e for e in _alike(entry, others) if _tokens(e) > _tokens(entry)]
    if larger:
        best = min(larger, key=lambda e: (-_tokens(e), _distance(entry, e, round_trip_ms)))
        return f"at most {_left(best)}: {_place(entry, best)}"
    return None


def is_no(entry: RegionEntry) -> bool:
    """Whether an account cannot use an offer."""
    return entry.availability in _NOS


def replacement(entry: RegionEntry) -> str | None:
    """What its provider names instead of an offer that has ended or takes nobody new, in words."""
    ends = entry.availability in (Availability.RETIRED, Availability.CLOSED_TO_NEW)
    return f"{entry.replacement} is named to replace it" if ends and entry.replacement else None


def _alike(entry: RegionEntry, others: Sequence[RegionEntry]) -> list[RegionEntry]:
    """Those that can take an offer's place: of its model, and answering at once if it does."""
    return [
        e
        for e in others
        if e.availability is Availability.AVAILABLE
        and e.model == entry.model
        and bool(e.fine_tuned) == bool(entry.fine_tuned)
        and e.billing in (entry.billing, Billing.ON_DEMAND)
        and _identity(e) != _identity(entry)
    ]


def _identity(entry: RegionEntry) -> tuple[str | None, ...]:
    sort = (entry.version, entry.deployment_type, entry.usage_name)
    return (entry.provider, entry.region, *sort)


def _distance(
    entry: RegionEntry, other: RegionEntry, round_trip_ms: RoundTrip
) -> tuple[object, ...]:
    near = other.region == entry.region
    ms = 0 if near else round_trip_ms(entry.region, other.region)
    return (
        other.provider != entry.provider,
        other.billing != entry.billing,
        other.deployment_type != entry.deployment_type,
        _FAR if ms is None else ms,
        -_tokens(other),
        other.region,
        other.version != entry.version,
        other.version or "",
    )


def _tokens(entry: RegionEntry) -> float:
    return entry.free_tokens_per_minute or 0.0


def _place(entry: RegionEntry, other: RegionEntry) -> str:
    """Where the other one is, by what tells it from the first."""
    same_type = other.deployment_type == entry.deployment_type
    place = other.region if same_type else f"{other.deployment_type} in {other.region}"
    if other.region == entry.region and same_type:
        place = f"version {other.version} in {other.region}"
    return place if other.provider == entry.provider else f"{place} ({other.provider})"


def _left(entry: RegionEntry) -> str:
    if entry.free_tokens_per_minute is not None:
        return f"{entry.free_tokens_per_minute:,.0f} TPM free"
    if entry.free_requests_per_minute is not None:
        return f"{entry.free_requests_per_minute:,.0f} RPM free"
    return next(iter(entry.reasons), "quota free")
