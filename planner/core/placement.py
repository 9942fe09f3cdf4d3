"""Where a model can run: every known offer judged, measured against constraints, and ranked."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import msgspec

from planner.core.answers import OfferEntry, PriceView, RegionEntry, RegionsAnswer
from planner.core.boundaries import within
from planner.core.catalog import Catalog, Sighting
from planner.core.lifecycle import CLOSED_TO_NEW, RETIRED, Life, ends_on
from planner.core.offers import AppliesTo, Availability, Billing, Offer, Scope

# A boundary in words, where its name would not say what it holds.
_PLACES = {
    "anywhere": "anywhere",
    "eur": "in eur (Azure's zone: the EU, Norway and Switzerland)",
    "apac": "in apac (Azure's Asia-Pacific zone)",
}


class Constraints(msgspec.Struct, frozen=True, kw_only=True):
    """What an offer must meet; None asks for nothing. `minimum_lifetime_days` counts from today."""

    provider: str | None = None
    region: str | None = None
    version: str | None = None
    deployment_type: str | None = None
    boundary: str | None = None
    minimum_lifetime_days: int | None = None


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry is joined with: prices, round trips from a region, and its home region."""

    price: Callable[[Offer, dt.date], PriceView | None]
    latency_ms: Callable[[str, str], int | None]
    home: str | None = None


def find_places(
    catalog: Catalog, model: str, constraints: Constraints, around: Surroundings
) -> RegionsAnswer:
    """Every place where a model, or what replaces it once it has retired, can run.

    `model` is a canonical name. The living model is found by following the replacements that the
    providers name; where a chain ends without one, nothing is recommended and a note says so.
    """
    chain, living, notes = follow_replacements(catalog, model)
    kept: list[RegionEntry] = []
    rejected: list[RegionEntry] = []
    sightings: list[Sighting] = []
    for name in dict.fromkeys((model, living)):
        entries = []
        for sighting in (*catalog.offers(name), *catalog.gone(name)):
            sightings.append(sighting)
            entry = _entry(catalog, name, sighting, around)
            against = reasons_against(entry, constraints, catalog.on)
            if against:
                rejected.append(msgspec.structs.replace(entry, reasons=against))
            else:
                entries.append(entry)
        kept.extend(ranked(entries, around.home))
    usable = (Availability.AVAILABLE, Availability.UNKNOWN)
    best = [e for e in kept if e.model == living and e.availability in usable]
    at_once = [e for e in best if e.billing is Billing.ON_DEMAND and not e.fine_tuned]
    if not any(e.availability in usable for e in (*kept, *rejected)):
        notes += _closed(kept, named_replacement(catalog, living))
    return RegionsAnswer(
        model=model,
        on=catalog.on,
        replaced_by=chain,
        sources=catalog.sources(sightings, {model, living}),
        # The first of those that answer at once and by the token, as long as there is one.
        recommended=next(iter([*at_once, *best]), None),
        regions=tuple(kept),
        rejected=tuple(rejected),
        notes=notes,
    )


def follow_replacements(
    catalog: Catalog, model: str
) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    """The chain of named replacements of a retired model, its end, and what to say about it."""
    chain: list[str] = []
    notes: list[str] = []
    name = model
    while (end := _retired_since(catalog, name)) is not None:
        replacement = named_replacement(catalog, name)
        if replacement is None or replacement in (model, *chain):
            notes.append(f"{name} retired on {end}; its provider names no living replacement")
            break
        notes.append(f"{name} retired on {end}; its provider names {replacement} as replacement")
        chain.append(replacement)
        name = replacement
    return tuple(chain), name, tuple(notes)


def reasons_against(entry: RegionEntry, constraints: Constraints, on: dt.date) -> tuple[str, ...]:
    """Why the constraints remove an entry; empty where they do not."""
    against = []
    for name in ("provider", "region", "version", "deployment_type"):
        wanted, has = getattr(constraints, name), getattr(entry, name)
        if wanted is not None and has != wanted:
            word = name.replace("_", " ")
            against.append(f"{word} is {has or 'unknown'}, asked for {wanted}")
    if constraints.boundary is not None:
        inside = within(entry.boundary, constraints.boundary)
        if inside is None:
            against.append(f"{_unknown_place(entry)}, asked for {constraints.boundary}")
        elif not inside:
            place = _PLACES.get(entry.boundary or "", f"in {entry.boundary}")
            against.append(f"it may process {place}, asked for {constraints.boundary}")
    if constraints.minimum_lifetime_days is not None and entry.retires_on is not None:
        left = (entry.retires_on - on).days
        if left < constraints.minimum_lifetime_days:
            life = f"retires on {entry.retires_on}, in {left} days" if left > 0 else "has retired"
            against.append(f"{life}, asked for {constraints.minimum_lifetime_days} days")
    return tuple(against)


def ranked(entries: Iterable[RegionEntry], home: str | None) -> list[RegionEntry]:
    """Entries best first: available, unknown, the rest; then latency, price, default, name."""

    def key(entry: RegionEntry) -> tuple[object, ...]:
        order = {Availability.AVAILABLE: 0, Availability.UNKNOWN: 1}
        latency = -1 if entry.region == home else entry.latency_ms
        latency = latency if entry.scope is Scope.REGIONAL else None
        price = _pay_as_you_go(entry)
        return (
            order.get(entry.availability, 2),
            (latency is None, latency or 0) if home else (),
            (price is None, entry.billing is not Billing.ON_DEMAND, price or Decimal()),
            not entry.default_version,
            _reversed(entry.version),
            entry.region,
            entry.deployment_type or "",
            entry.usage_name or "",
            entry.provider,
        )

    order = sorted(entries, key=key)
    return [msgspec.structs.replace(e, rank=n) for n, e in enumerate(order, start=1)]


def _unknown_place(entry: RegionEntry) -> str:
    if entry.scope is Scope.GEOGRAPHIC and not entry.destinations:
        return (
            f"the regions behind {entry.deployment_type} are not in the snapshot "
            f"(planner collect {entry.provider})"
        )
    return "where it processes is unknown"


def _closed(entries: Sequence[RegionEntry], replacement: str | None) -> tuple[str, ...]:
    """What to say of a model that answers for those who run it, and for nobody new."""
    closed = [e for e in entries if e.availability is Availability.CLOSED_TO_NEW]
    if not closed:
        return ()
    ends = [e.retires_on for e in closed if e.retires_on]
    until = f" until {max(ends)}" if ends else ""
    follows = f"; its provider names {replacement} as replacement" if replacement else ""
    name = closed[0].model
    return (f"{name} is closed to new customers, existing deployments run{until}{follows}",)


def _reversed(version: str | None) -> tuple[int, ...]:
    """A sort key that puts the newest of two dated versions first."""
    return tuple(-ord(c) for c in version or "")


def _pay_as_you_go(entry: RegionEntry) -> Decimal | None:
    """Input plus output, USD per million tokens each; batch and hourly prices do not compare."""
    price = entry.price
    if price is None or entry.billing is not Billing.ON_DEMAND or entry.fine_tuned:
        return None
    if price.input_usd_per_mtok is None or price.output_usd_per_mtok is None:
        return None
    return price.input_usd_per_mtok + price.output_usd_per_mtok


def flat(offer: Offer, model: str, life: Life, observed_on: dt.date) -> dict[str, object]:
    """The fields of an `OfferEntry`: an offer under its canonical name, with what became of it."""
    fields = {name: getattr(offer, name, None) for name in OfferEntry.__struct_fields__}
    return fields | {
        "model": model,
        "lifecycle": life.lifecycle,
        "retires_on": ends_on(offer, life),
        "retirement_dates": life.retirement_dates,
        "replacement": life.replacement,
        "observed_on": observed_on,
    }


def _entry(catalog: Catalog, model: str, sighting: Sighting, around: Surroundings) -> RegionEntry:
    offer, life = sighting.offer, catalog.life(sighting)
    availability, reasons = _judge(sighting, life, catalog.on)
    latency = None
    if around.home is not None and offer.scope is Scope.REGIONAL:
        latency = around.latency_ms(around.home, offer.region)
    return RegionEntry(
        **flat(offer, model, life, sighting.seen_on),  # type: ignore[arg-type]
        availability=availability,
        reasons=reasons,
        quota=(),
        free_tokens_per_minute=None,
        free_requests_per_minute=None,
        latency_ms=latency,
        price=around.price(offer, catalog.on),
        rank=None,
    )


def _judge(sighting: Sighting, life: Life, on: dt.date) -> tuple[Availability, tuple[str, ...]]:
    end = ends_on(sighting.offer, life)
    if (gone_by := sighting.gone_by) is not None:
        if gone_by > sighting.seen_on:
            reason = f"last seen on {sighting.seen_on}, gone by {gone_by}"
        else:
            reason = f"not in your snapshot of {gone_by}; the carried one has it later"
        return Availability.NOT_OFFERED, (reason,)
    if (end is not None and end <= on) or life.lifecycle in RETIRED:
        reasons = [f"retired on {end}" if end else "retired"]
        later = [
            r.on
            for r in life.retirement_dates
            if r.applies_to is AppliesTo.FINE_TUNED and r.on > on and not sighting.offer.fine_tuned
        ]
        if later:
            reasons.append(f"fine-tuned deployments run until {max(later)}")
        return Availability.RETIRED, tuple(reasons)
    if life.lifecycle in CLOSED_TO_NEW:
        return Availability.CLOSED_TO_NEW, ("deprecated: existing deployments only",)
    reason = f"quota unknown: run planner collect {sighting.offer.provider}"
    return Availability.UNKNOWN, (reason,)


def _retired_since(catalog: Catalog, model: str) -> dt.date | None:
    """The day since which no offer of a model answers; None while one does, or is unknown."""
    sightings = catalog.offers(model)
    ends = []
    for sighting in sightings:
        if sighting.offer.fine_tuned:
            continue
        end = ends_on(sighting.offer, catalog.life(sighting))
        if end is None or end > catalog.on:
            return None
        ends.append(end)
    if not sightings:
        told = [n.retires_on for n in catalog.notices(model) if n.applies_to is AppliesTo.BASE]
        if not told or any(day is None or day > catalog.on for day in told):
            return None
        ends = [day for day in told if day is not None]
    return max(ends, default=None)


def named_replacement(catalog: Catalog, model: str) -> str | None:
    """The replacement that the newest notice of a model's newest version names, canonical."""
    named = [n for n in catalog.notices(model) if n.replacement]
    named.sort(key=lambda n: n.version or "", reverse=True)
    lives = (catalog.life(s).replacement for s in catalog.offers(model))
    found = next((n.replacement for n in named), None) or next((r for r in lives if r), None)
    return None if found is None else catalog.canonical(found)
