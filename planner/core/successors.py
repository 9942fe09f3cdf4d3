"""What follows a model that retires: the end of the chain of replacements, and where it runs."""

import datetime as dt
from collections.abc import Collection

from planner.core.catalog import Catalog
from planner.core.lifecycle import CLOSED_TO_NEW, RETIRED, ends_on
from planner.core.offers import AppliesTo
from planner.core.placement import named_replacement
from planner.core.retirements_answer import Event


def living(catalog: Catalog, event: Event, direct: str | None) -> str | None:
    """The first model of the chain of replacements that outlives an event; None without one.

    It can be the model itself, where a provider names another version of it.
    """
    name = direct
    passed: set[str] = set()
    while name is not None and name not in passed:
        if not _ends_by(catalog, event.provider, name, max(event.retires_on, catalog.on)):
            return name
        passed.add(name)
        name = named_replacement(catalog, name)
    return None


def _ends_by(catalog: Catalog, provider: str, model: str, day: dt.date) -> bool:
    """Whether nothing of a provider's base model answers after a day, as far as is known."""
    offers = [s for s in catalog.offers(model) if s.offer.provider == provider]
    offers = [s for s in offers if not s.offer.fine_tuned]
    lives = [(ends_on(s.offer, life := catalog.life(s)), life.lifecycle) for s in offers]
    # A version that no snapshot lists can still be the one that lives on.
    listed = {s.offer.version for s in offers} | ({None} if offers else set())
    lives += [
        (n.retires_on, n.lifecycle)
        for n in catalog.notices(model)
        if n.provider == provider and n.applies_to is AppliesTo.BASE and n.version not in listed
    ]
    return bool(lives) and all(
        word in RETIRED or (end is not None and end <= day) for end, word in lives
    )


def regions_of(
    catalog: Catalog, event: Event, model: str | None, regions: Collection[str]
) -> tuple[str, ...]:
    """Those of some regions in which a model can follow an event under its deployment type."""
    if model is None or not regions:
        return ()
    tuned = event.applies_to is AppliesTo.FINE_TUNED
    day = max(event.retires_on, catalog.on)
    found = set()
    for sighting in catalog.offers(model):
        offer = sighting.offer
        same = offer.provider == event.provider and offer.deployment_type == event.deployment_type
        if not same or offer.region not in regions or offer.fine_tuned is (not tuned):
            continue
        life = catalog.life(sighting)
        end = ends_on(offer, life)
        if life.lifecycle not in RETIRED | CLOSED_TO_NEW and (end is None or end > day):
            found.add(offer.region)
    return tuple(sorted(found))
