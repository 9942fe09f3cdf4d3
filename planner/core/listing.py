"""What the snapshots know on a date, as lists: every offer, every model over all providers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from planner.core.answers import ModelEntry, ModelsAnswer, OfferEntry, OffersAnswer
from planner.core.catalog import Catalog, Sighting
from planner.core.licences import Licence, unknown
from planner.core.lifecycle import RETIRED, ends_on
from planner.core.names import ModelFacts
from planner.core.offers import AppliesTo
from planner.core.placement import flat, named_replacement

T = TypeVar("T")
Test = tuple[str, Callable[[T], bool]]
"""A filter in words ("region japaneast") and whether a thing passes it."""

TASKS = ("chat", "completion", "embedding", "image", "audio", "video", "rerank")
"""What models do, in the words of `ModelFacts.tasks`."""


class OfferFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which offers are wanted: of each field any of the values given; () wants all."""

    provider: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    version: tuple[str, ...] = ()
    deployment_type: tuple[str, ...] = ()
    region: tuple[str, ...] = ()


class ModelFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which models are wanted; `open_weights` None wants all, else those known to be so."""

    provider: tuple[str, ...] = ()
    publisher: tuple[str, ...] = ()
    task: tuple[str, ...] = ()
    open_weights: bool | None = None


def list_offers(
    catalog: Catalog, canonical: Callable[[str], str], wanted: OfferFilter
) -> OffersAnswer:
    """Every wanted offer that stands on the catalog's date, with what became of it since.

    `canonical` maps a provider's spelling of a model to the name in `wanted.model`.
    """

    def value(sighting: Sighting, field: str) -> object:
        offer = sighting.offer
        return canonical(offer.model) if field == "model" else getattr(offer, field)

    def test(field: str, values: Sequence[str]) -> Test[Sighting]:
        words = f"{field.replace('_', ' ')} {' or '.join(values)}"
        return words, lambda sighting: value(sighting, field) in values

    asked = [test(field, values) for field, values in _given(wanted)]
    kept, notes = _narrow(catalog.offers(), asked, "offer")
    entries = [
        OfferEntry(
            **flat(s.offer, canonical(s.offer.model), catalog.life(s), s.seen_on)  # type: ignore[arg-type]
        )
        for s in kept
    ]
    entries.sort(key=_offer_order)
    return OffersAnswer(
        on=catalog.on, sources=catalog.sources(kept), offers=tuple(entries), notes=notes
    )


def list_models(
    catalog: Catalog,
    canonical: Callable[[str], str],
    facts: Callable[[str], ModelFacts | None],
    wanted: ModelFilter,
    licence: Callable[[str], Licence | None] = unknown,
) -> ModelsAnswer:
    """Every wanted model that some snapshot up to the catalog's date names, by name.

    `facts` and `licence` tell what is known of a model (a canonical name) whoever serves it.
    """
    offers: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in catalog.offers():
        offers[canonical(sighting.offer.model)].append(sighting)
    entries = [
        _model(catalog, name, offers.get(name, []), facts(name), licence(name))
        for name in catalog.models()
    ]
    kept, notes = _narrow(sorted(entries, key=lambda e: e.model), _model_tests(wanted), "model")
    used = (s for entry in kept for s in offers.get(entry.model, ()))
    return ModelsAnswer(
        on=catalog.on, sources=catalog.sources(used), models=tuple(kept), notes=notes
    )


def has_retired(entry: OfferEntry | ModelEntry, on: dt.date) -> bool:
    """Whether nothing of an offer's or a model's base deployments answers on a date."""
    if entry.retires_on is not None and entry.retires_on <= on:
        return True
    return isinstance(entry, OfferEntry) and entry.lifecycle in RETIRED


def _model(
    catalog: Catalog,
    name: str,
    sightings: Sequence[Sighting],
    facts: ModelFacts | None,
    licence: Licence | None,
) -> ModelEntry:
    offers = [s.offer for s in sightings]
    known = facts or ModelFacts(model=name, source="none")
    publishers = (o.publisher for o in offers if o.publisher)
    contexts = [o.context_tokens for o in offers if o.context_tokens is not None]
    tasks = {task for o in offers for task in o.tasks} | set(known.tasks)
    return ModelEntry(
        model=name,
        publisher=known.publisher or next(publishers, None),
        versions=_sorted(o.version for o in offers),
        providers=_sorted(o.provider for o in offers),
        regions=_sorted(o.region for o in offers),
        deployment_types=_sorted(o.deployment_type for o in offers),
        tasks=_sorted(tasks),
        open_weights=known.open_weights,
        context_tokens=max(contexts, default=known.context_tokens),
        hugging_face=known.hugging_face,
        licence=licence.licence if licence else None,
        licence_status=licence.status if licence else None,
        retires_on=_last_day(catalog, name, sightings),
        replacement=named_replacement(catalog, name),
    )


def _last_day(catalog: Catalog, name: str, sightings: Sequence[Sighting]) -> dt.date | None:
    """The day from which no offer of a model's base deployments answers; None where unknown."""
    ends = [ends_on(s.offer, catalog.life(s)) for s in sightings if not s.offer.fine_tuned]
    if not sightings:
        told = catalog.notices(name)
        ends = [n.retires_on for n in told if n.applies_to is AppliesTo.BASE]
    days = [day for day in ends if day is not None]
    return max(days, default=None) if len(days) == len(ends) else None


def _model_tests(wanted: ModelFilter) -> list[Test[ModelEntry]]:
    tests: list[Test[ModelEntry]] = []
    if wanted.provider:
        words = f"provider {' or '.join(wanted.provider)}"
        tests.append((words, lambda e: not set(wanted.provider).isdisjoint(e.providers)))
    if wanted.publisher:
        words = f"publisher {' or '.join(wanted.publisher)}"
        tests.append((words, lambda e: e.publisher in wanted.publisher))
    if wanted.task:
        words = f"task {' or '.join(wanted.task)}"
        tests.append((words, lambda e: not set(wanted.task).isdisjoint(e.tasks)))
    if wanted.open_weights is not None:
        words = "open weights" if wanted.open_weights else "closed weights"
        tests.append((words, lambda e: e.open_weights is wanted.open_weights))
    return tests


def _narrow(
    things: Sequence[T], tests: Iterable[Test[T]], noun: str
) -> tuple[list[T], tuple[str, ...]]:
    """The things that pass all tests; where none does, a note that says which test left none."""
    left = list(things)
    told: list[str] = []
    for words, passes in tests:
        before, left = left, [thing for thing in left if passes(thing)]
        if not left:
            of = f"{len(before):,} {noun}s" + (f" with {', '.join(told)}" if told else "")
            return [], (f"none of the {of} has {words}",)
        told.append(words)
    return left, ()


def _given(wanted: OfferFilter) -> list[tuple[str, tuple[str, ...]]]:
    fields = wanted.__struct_fields__
    return [(name, values) for name in fields if (values := getattr(wanted, name))]


def _sorted(words: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word is not None}))


def _offer_order(entry: OfferEntry) -> tuple[str, ...]:
    fields = "provider", "model", "version", "deployment_type", "region", "usage_name"
    return (*(getattr(entry, name) or "" for name in fields), entry.provider_model or "")
