"""What a call asks about and no compared look covers: nothing changed there, that anyone knows."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from planner.cli.comparing import Found
from planner.core.diff_answer import NotCompared
from planner.core.findings import naming
from planner.core.offers import Offer
from planner.core.using import Subject, Use, hits
from planner.files.facts import regions


def unseen_regions(found: Iterable[Found], asked: Collection[str]) -> Iterator[NotCompared]:
    """The regions that a call names and nobody looked at."""
    looks = [s for one in found for side in (one.old, one.new) for s in side.snapshots]
    seen = {entry.region for look in looks for entry in look.coverage}
    for region in sorted(set(asked) - seen):
        provider = next((place.provider for place in regions().find(region)), "any provider")
        reason = "no compared snapshot looked there"
        yield NotCompared(provider=provider, region=region, reason=reason)


def unseen_uses(
    found: Sequence[Found], uses: Iterable[Use], canonical: Callable[[str], str]
) -> Iterator[NotCompared]:
    """What a team says it runs and no compared snapshot offers: a word of it may be misspelt."""
    wanted = list(uses)
    models = {use.model for use in wanted}
    offers: dict[str, dict[tuple[object, ...], Offer]] = {}
    for one in found:
        for snapshot in (*one.old.snapshots, *one.new.snapshots):
            for record in snapshot.records:
                if isinstance(record, Offer) and (model := canonical(record.model)) in models:
                    place = (record.provider, record.region, record.version,
                             record.deployment_type, record.accounts)  # fmt: skip
                    offers.setdefault(model, {}).setdefault(place, record)
    compared = {one.provider for one in found}
    for use in wanted:
        if use.provider is not None and use.provider not in compared:
            continue
        for region in use.regions or (None,):
            own = offers.get(use.model, {}).values()
            if not any(_is_of(offer, use, region) for offer in own):
                what = naming(use.model, use.version, use.deployment_type)
                whose = f" of {use.account}" if use.account else ""
                where = f" ({use.file}:{use.line})" if use.file else ""
                reason = f"no compared snapshot offers {what}{whose}{where}"
                yield NotCompared(
                    provider=use.provider or "any provider", region=region, reason=reason
                )


def _is_of(offer: Offer, use: Use, region: str | None) -> bool:
    if region is not None and offer.region != region:
        return False
    if use.account and offer.accounts and use.account not in offer.accounts:
        return False
    subject = Subject(
        provider=offer.provider,
        models=(use.model,),
        version=offer.version,
        deployment_type=offer.deployment_type,
        regions=(offer.region,),
    )
    return hits(use, subject) is not None
