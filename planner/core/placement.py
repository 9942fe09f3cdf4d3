"""Where a model can run: every known offer judged, measured against constraints, and ranked."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import msgspec

from planner.core.alternatives import is_no, replacement, way_out
from planner.core.answers import OfferEntry, PriceView, RegionEntry, RegionsAnswer
from planner.core.availability import judge
from planner.core.catalog import Catalog, Sighting
from planner.core.fit import Constraints, is_selected, reasons_against
from planner.core.lifecycle import RETIRED, Life, ends_on
from planner.core.offers import AppliesTo, Availability, Billing, Lifecycle, Offer, Scope


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
    sightings: list[Sighting] = []
    entries: list[RegionEntry] = []
    for name in dict.fromkeys((model, living)):
        for sighting in (*catalog.offers(name), *catalog.gone(name)):
            sightings.append(sighting)
            entries.append(_entry(catalog, name, sighting, around))
    kept, rejected, instead = _sorted_out(entries, constraints, catalog.on, around)
    kept = ranked(kept, around.home)
    usable = (Availability.AVAILABLE, Availability.UNKNOWN)
    best = [e for e in kept if e.model == living and e.availability in usable]
    at_once = [e for e in best if e.billing is Billing.ON_DEMAND and not e.fine_tuned]
    if not any(e.availability in usable for e in (*kept, *rejected)):
        notes += _closed(kept, named_replacement(catalog, living))
    elif not best and instead:
        notes += (f"instead: {instead}",)
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
    name, known = model, catalog.models()
    while (end := _retired_since(catalog, name)) is not None:
        replacement = named_replacement(catalog, name)
        if replacement is None or replacement in (model, *chain):
            notes.append(f"{name} retired {end}; its provider names no living replacement")
            break
        unknown = "" if replacement in known else ", which no snapshot lists"
        notes.append(
            f"{name} retired {end}; its provider names {replacement} as replacement{unknown}"
        )
        chain.append(replacement)
        name = replacement
    return tuple(chain), name, tuple(notes)


def _sorted_out(
    entries: Sequence[RegionEntry], constraints: Constraints, on: dt.date, around: Surroundings
) -> tuple[list[RegionEntry], list[RegionEntry], str | None]:
    """The entries that the constraints keep, those that they remove, and the first way out of a no.

    Each no has its way out as its last reason, where there is one: an offer that meets the same
    demands elsewhere. Those that are of another region or type than asked for need none.
    """
    demands = constraints.demands()
    available = [e for e in entries if e.availability is Availability.AVAILABLE]
    fitting = [e for e in available if not reasons_against(e, demands, on)]
    anyhow = msgspec.structs.replace(demands, tokens_per_minute=None)
    others = [e for e in available if not reasons_against(e, anyhow, on)]
    kept: list[RegionEntry] = []
    rejected: list[RegionEntry] = []
    ways: list[str] = []
    for entry in entries:
        against = reasons_against(entry, constraints, on)
        reasons = against or entry.reasons
        if not is_selected(entry, constraints) or not (against or is_no(entry)):
            hint = None
        elif way := way_out(entry, fitting, around.latency_ms, others):
            hint = way
            ways.append(way)
        else:
            hint = replacement(entry)
        told = msgspec.structs.replace(entry, reasons=(*reasons, hint) if hint else reasons)
        (rejected if against else kept).append(told)
    return kept, rejected, next(iter(ways), None)


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
    standing = judge(catalog, sighting, life)
    latency = None
    if around.home is not None and offer.scope is Scope.REGIONAL:
        latency = around.latency_ms(around.home, offer.region)
    return RegionEntry(
        **flat(offer, model, life, sighting.seen_on),  # type: ignore[arg-type]
        availability=standing.availability,
        reasons=standing.reasons,
        quota=standing.quota,
        free_tokens_per_minute=standing.free_tokens_per_minute,
        free_requests_per_minute=standing.free_requests_per_minute,
        latency_ms=latency,
        price=around.price(offer, catalog.on),
        rank=None,
    )


def _retired_since(catalog: Catalog, model: str) -> str | None:
    """Since when no offer of a model answers, in words; None while one does, or is unknown."""
    sightings = [s for s in catalog.offers(model) if not s.offer.fine_tuned]
    ends: list[dt.date | None] = []
    for sighting in sightings:
        life = catalog.life(sighting)
        end = ends_on(sighting.offer, life)
        if (end is None or end > catalog.on) and life.lifecycle not in RETIRED:
            return None
        ends.append(end)
    if not sightings:
        told = [n for n in catalog.notices(model) if n.applies_to is AppliesTo.BASE]
        if any(not _has_ended(n, catalog.on) for n in told):
            return None
        ends = [n.retires_on for n in told]
    if not ends:
        return None
    days = [end for end in ends if end is not None and end <= catalog.on]
    return f"on {max(days)}" if days else f"by {catalog.on}"


def _has_ended(notice: Lifecycle, on: dt.date) -> bool:
    return (notice.retires_on is not None and notice.retires_on <= on) or (
        notice.retires_on is None and notice.lifecycle in RETIRED
    )


def _by_number(version: str | None) -> tuple[tuple[int, int | str], ...]:
    """A sort key that knows 10 to be newer than 9, and a dated version than a worded one."""
    parts = re.findall(r"\d+|[^\d.-]+", version or "")
    return tuple((1, int(part)) if part.isdigit() else (0, part) for part in parts)


def named_replacement(catalog: Catalog, model: str) -> str | None:
    """The replacement that the newest notice of a model's newest version names, canonical."""
    named = [n for n in catalog.notices(model) if n.replacement]
    named.sort(key=lambda n: _by_number(n.version), reverse=True)
    lives = (catalog.life(s).replacement for s in catalog.offers(model))
    found = next((n.replacement for n in named), None) or next((r for r in lives if r), None)
    return None if found is None else catalog.canonical(found)
