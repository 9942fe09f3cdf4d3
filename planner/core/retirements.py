"""Which retirements lie ahead: by provider, model, version, type and date, and what they hit."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from planner.core.catalog import Catalog, Sighting
from planner.core.offers import AppliesTo, Lifecycle, Offer
from planner.core.retirements_answer import Event, Hit, RetirementEntry, RetirementsAnswer
from planner.core.successors import living, regions_of
from planner.core.using import Subject, Use, hits


class RetirementFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which retirements are wanted; () and None take all.

    `mine` leaves only what `uses` are hit by, with the regions that matter to them.
    """

    provider: tuple[str, ...] = ()
    model: tuple[str, ...] = ()
    region: tuple[str, ...] = ()
    within_days: int | None = None
    past: bool = False
    mine: bool = False


class Told(msgspec.Struct):
    """What is known of an event: where, what follows it."""

    regions: set[str]
    replacement: str | None = None


def find_retirements(
    catalog: Catalog, uses: Sequence[Use], wanted: RetirementFilter
) -> RetirementsAnswer:
    """The retirement dates on or after the catalog's, soonest first.

    Without `past` a date that has passed is left out, unless the call is about what is `mine` and
    something of it runs that very version.
    """
    by_model: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        by_model[use.model].append(use)
    seen = [*catalog.offers(), *_unlisted(catalog, uses)]
    seen = [s for s in seen if _is_wanted(catalog, s.offer, wanted)]
    known, undated = _events(catalog, seen)
    if not wanted.region:
        for notice in _offerless(catalog, seen, wanted):
            _add_notice(catalog, notice, known, undated)
    limit = dt.date.max
    if wanted.within_days is not None:
        limit = catalog.on + dt.timedelta(days=min(wanted.within_days, (limit - catalog.on).days))
    entries = [_entry(catalog, event, told, by_model.get(event.model, ()), wanted)
               for event, told in known.items()]  # fmt: skip
    about = {e.model for e in known} | undated
    if wanted.mine:
        entries = [e for e in entries if e.uses]
        about &= by_model.keys()
    kept = [e for e in entries if e.retires_on <= limit and _is_due(e, uses, wanted)]
    models = {e.model for e in kept}
    dated = {e.model for e in known} & about
    rests_on = [s for s in seen if catalog.canonical(s.offer.model) in (models or about)]
    return RetirementsAnswer(
        on=catalog.on,
        until=None if wanted.within_days is None else limit,
        sources=catalog.sources(rests_on, models or about),
        retirements=tuple(sorted(kept, key=_order)),
        models_dated=len(dated),
        models_undated=len(about - dated),
    )


def _order(entry: RetirementEntry) -> tuple[object, ...]:
    return (
        entry.retires_on, entry.model, entry.provider, entry.version or "",
        entry.applies_to or "", entry.deployment_type or "", entry.certainty or "",
    )  # fmt: skip


def _is_due(entry: RetirementEntry, uses: Sequence[Use], wanted: RetirementFilter) -> bool:
    """Whether a date lies ahead, or has passed and is asked for or urgent.

    What has passed is urgent where a deployment was seen, or a file names the version: a file
    that names a model alone does not mean its versions of long ago.
    """
    if entry.days_left >= 0 or wanted.past:
        return True
    exact = {(u.file, u.line) for u in uses if u.file is not None and u.version is not None}
    return wanted.mine and any(h.file is None or (h.file, h.line) in exact for h in entry.uses)


def _is_wanted(catalog: Catalog, told: Offer | Lifecycle, wanted: RetirementFilter) -> bool:
    return (
        (not wanted.provider or told.provider in wanted.provider)
        and (not wanted.model or catalog.canonical(told.model) in wanted.model)
        and (not wanted.region or (isinstance(told, Offer) and told.region in wanted.region))
    )


def _unlisted(catalog: Catalog, uses: Iterable[Use]) -> Iterator[Sighting]:
    """What you run where no offer stands any more: an offer that lives as its version is told of.

    Only for a use that names its provider, version and region; others match what stands.
    """
    places = {
        (use.provider, region, use.model, use.version, use.deployment_type)
        for use in uses
        if use.provider is not None and use.version is not None
        for region in use.regions
    }
    for provider, region, model, version, kind in sorted(places, key=str):
        place = (provider, region, version)
        there = [
            s for s in catalog.offers(model)
            if (s.offer.provider, s.offer.region, s.offer.version) == place
            and (kind is None or (s.offer.deployment_type or kind).casefold() == kind.casefold())
        ]  # fmt: skip
        if there or provider is None:
            continue
        offer = Offer(provider=provider, region=region, model=model, version=version,
                      deployment_type=kind, usage_name=None)  # fmt: skip
        for was in catalog.gone(model):
            if (*place, kind) == (
                was.offer.provider, was.offer.region, was.offer.version, was.offer.deployment_type
            ):  # fmt: skip
                yield was
                break
        else:
            known = (*catalog.offers(model), *catalog.gone(model))
            looks = [s for s in known if s.offer.provider == provider]
            if looks:
                yield msgspec.structs.replace(looks[0], offer=offer)


def _events(catalog: Catalog, sightings: Iterable[Sighting]) -> tuple[dict[Event, Told], set[str]]:
    """The dates of offers with their regions, and the models of offers without a date."""
    known: dict[Event, Told] = {}
    undated: set[str] = set()
    for sighting in sightings:
        offer, life = sighting.offer, catalog.life(sighting)
        model = catalog.canonical(offer.model)
        if not life.retirement_dates:
            undated.add(model)
        for date in life.retirement_dates:
            event = Event(
                provider=offer.provider,
                model=model,
                version=offer.version,
                deployment_type=offer.deployment_type,
                applies_to=date.applies_to,
                retires_on=date.on,
                certainty=date.certainty,
            )
            told = known.setdefault(event, Told(set()))
            told.regions.add(offer.region)
            told.replacement = told.replacement or life.replacement
    return known, undated


def _offerless(
    catalog: Catalog, seen: Iterable[Sighting], wanted: RetirementFilter
) -> Iterator[Lifecycle]:
    """The newest word of documents on what no offer stands for, each version and type once."""
    by_model: dict[str, list[Offer]] = defaultdict(list)
    for sighting in seen:
        by_model[catalog.canonical(sighting.offer.model)].append(sighting.offer)
    for model in sorted(catalog.models()):
        offers = by_model.get(model, ())
        said: dict[tuple[object, ...], Lifecycle] = {}
        for notice in catalog.notices(model):
            if _is_wanted(catalog, notice, wanted) and not any(
                o.provider == notice.provider
                and notice.version in (None, o.version)
                and notice.deployment_type in (None, o.deployment_type)
                for o in offers
            ):
                key = (notice.provider, notice.version, notice.deployment_type, notice.applies_to)
                if key not in said or said[key].retires_on is None:
                    said[key] = notice
        yield from said.values()


def _add_notice(
    catalog: Catalog, notice: Lifecycle, known: dict[Event, Told], undated: set[str]
) -> None:
    model = catalog.canonical(notice.model)
    if notice.retires_on is None:
        undated.add(model)
        return
    event = Event(
        provider=notice.provider,
        model=model,
        version=notice.version,
        deployment_type=notice.deployment_type,
        applies_to=notice.applies_to,
        retires_on=notice.retires_on,
        certainty=notice.certainty,
    )
    known.setdefault(event, Told(set(), notice.replacement))


def _entry(
    catalog: Catalog, event: Event, told: Told, uses: Iterable[Use], wanted: RetirementFilter
) -> RetirementEntry:
    regions = tuple(sorted(told.regions))
    hit = _hits(event, regions, uses)
    if wanted.mine and hit:
        mine = {region for one in hit for region in one.regions}
        regions = tuple(r for r in regions if r in mine)
    direct = told.replacement and catalog.canonical(told.replacement)
    follower = living(catalog, event, direct)
    return RetirementEntry(
        **msgspec.structs.asdict(event),
        days_left=(event.retires_on - catalog.on).days,
        regions=regions,
        replacement=direct,
        living_replacement=follower,
        replacement_regions=regions_of(catalog, event, follower, regions),
        uses=hit,
    )


def _hits(event: Event, regions: Sequence[str], uses: Iterable[Use]) -> tuple[Hit, ...]:
    """What an event ends. A use runs the base model: nothing tells of its fine-tuning."""
    if event.applies_to is AppliesTo.FINE_TUNED:
        return ()
    subject = Subject(
        provider=event.provider,
        models=(event.model,),
        version=event.version,
        deployment_type=event.deployment_type,
        regions=tuple(regions),
    )
    found = ((use, hits(use, subject)) for use in uses)
    return tuple(
        Hit(name=use.name or use.model, account=use.account, regions=where, file=use.file,
            line=use.line)
        for use, where in found
        if where is not None
    )  # fmt: skip
