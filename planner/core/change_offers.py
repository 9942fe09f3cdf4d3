"""What changed among the offers: gone and new ones, and the facts of those that stay."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from planner.core.boundaries import ANYWHERE, within
from planner.core.findings import Finding, Value, naming
from planner.core.looks import Looks
from planner.core.offer_pairs import Canonical, Pairs
from planner.core.offers import Offer
from planner.core.snapshots import Snapshot

_UNITS = (
    "tokens_per_minute_per_unit", "requests_per_minute_per_unit", "unit", "units_minimum",
    "units_maximum", "units_step", "units_default",
)  # fmt: skip
_CONTEXT = {"context_tokens": "takes", "output_tokens_maximum": "answers"}
_DETAILS = (
    "publisher", "provider_model", "billing", "scope", "tasks", "capabilities", "fine_tuned",
    "quota_names", "usage_name",
)  # fmt: skip
# No more than this of a detail is quoted in a sentence.
_LONGEST = 60

_Told = tuple[str, str | None, str | None]  # a model as it is spelt, version, deployment type


def offer_findings(
    pairs: Pairs,
    sides: tuple[Snapshot, Snapshot],
    canonical: Canonical,
    looks: tuple[Looks, Looks],
    *,
    same_source: bool,
) -> Iterator[Finding]:
    """Every change of offers, one a region; lifecycle and retirement are told by their own.

    Where the sides are not of the `same_source`, what one of them does not tell is no change.
    """
    old, new = sides
    yield from _coming_or_going(
        "removed", "none of the {} is left", pairs.gone,
        pairs.there.told | _told(pairs.unread_after), canonical,
    )  # fmt: skip
    yield from _coming_or_going(
        "added", "the first of the {}", pairs.came, pairs.here.told, canonical,
    )  # fmt: skip
    for offer in pairs.lost_usages:
        yield _usage(offer, canonical, "is no longer sold as", offer.usage_name, None)
    for offer in pairs.new_usages:
        yield _usage(offer, canonical, "is also sold as", None, offer.usage_name)
    for before, after in pairs.changed:
        tell = _Telling(before, after, canonical)
        yield from tell.facts(same_source=same_source)
        yield from tell.accounts(looks)
    yield from _defaults(pairs, old, new, canonical)


class _Telling:
    """Makes findings of one offer as it was and as it is."""

    def __init__(self, before: Offer, after: Offer, canonical: Canonical) -> None:
        self._before, self._after = before, after
        self._model = canonical(after.model)
        self._was_called = canonical(before.model)

    def facts(self, *, same_source: bool) -> Iterator[Finding]:
        """The facts that differ; one that a side does not tell counts for sources alike alone."""
        if self._was_called != self._model:
            words = f"is what {self._was_called} was"
            yield self._finding("renamed", self._was_called, self._model, words)
        yield from self._boundary(same_source=same_source)
        for name, verb in _CONTEXT.items():
            before, after = getattr(self._before, name), getattr(self._after, name)
            if before is not None and after is not None and before != after:
                check = "context_longer" if after > before else "context_shorter"
                text = f"{verb} {after:,} tokens instead of {before:,}"
                yield self._finding(check, before, after, text)
        for check, names in (("units_changed", _UNITS), ("details_changed", _DETAILS)):
            for name in names:
                before, after = getattr(self._before, name), getattr(self._after, name)
                known = before not in (None, ()) and after not in (None, ())
                if before != after and (known or same_source):
                    was, now = _word(before), _word(after)
                    words = f"{name.replace('_', ' ')} {_short(now)} instead of {_short(was)}"
                    yield self._finding(check, was, now, f"has {words}")

    def accounts(self, looks: tuple[Looks, Looks]) -> Iterator[Finding]:
        """The accounts that see it no more, or for the first time; both looks must have asked."""
        saw, see = set(self._before.accounts), set(self._after.accounts)
        if not saw or not see:
            return
        read_before, read_after = looks
        for account in sorted(saw - see - read_after.stays(self._before, unasked=True)):
            yield self._seen("region_removed", "no longer offered to", account)
        for account in sorted(see - saw - read_before.stays(self._after, unasked=True)):
            yield self._seen("region_added", "now offered to", account)

    def _boundary(self, *, same_source: bool) -> Iterator[Finding]:
        before, after = self._before.boundary, self._after.boundary
        if before is not None and before != after and (after is not None or same_source):
            if after is None:
                check, text = "boundary_unknown", f"does not tell its boundary, {before} before"
            else:
                wider = within(after, before) is not True
                check = "boundary_wider" if wider else "boundary_narrower"
                where = [b if b == ANYWHERE else f"in {b}" for b in (after, before)]
                text = f"may process {where[0]} instead of {where[1]}"
            yield self._finding(check, before, after, text)
        was, now = set(self._before.destinations), set(self._after.destinations)
        for check, verb, regions in (
            ("destinations_added", "may also process in", now - was),
            ("destinations_removed", "no longer processes in", was - now),
        ):
            if was and now and regions:
                told = ", ".join(sorted(regions))
                text = f"{verb} {told}"
                yield self._finding(
                    check, None if regions <= now else told, told if regions <= now else None, text
                )

    def _seen(self, check: str, words: str, account: str) -> Finding:
        return self._finding(check, None, None, f"{words} {account}", account)

    def _finding(
        self, check: str, before: Value, after: Value, text: str, account: str | None = None
    ) -> Finding:
        offer = self._after
        return Finding(
            check=check,
            provider=offer.provider,
            region=offer.region,
            models=(self._model,),
            formerly=self._was_called if self._was_called != self._model else None,
            version=offer.version,
            deployment_type=offer.deployment_type,
            account=account,
            before=before,
            after=after,
            subject=naming(self._model, offer.version, offer.deployment_type),
            text=text,
        )


def _usage(offer: Offer, canonical: Canonical, verb: str, before: Value, after: Value) -> Finding:
    """One of several SKUs of an offer came or went; the offer itself stays."""
    model = canonical(offer.model)
    tuned = " (fine-tuned)" if offer.fine_tuned else ""
    return Finding(
        check="details_changed",
        provider=offer.provider,
        region=offer.region,
        models=(model,),
        version=offer.version,
        deployment_type=offer.deployment_type,
        before=before,
        after=after,
        subject=naming(model, offer.version, offer.deployment_type),
        text=f"{verb} {offer.usage_name or 'a usage without a name'}{tuned}",
    )


def _told(offers: Iterable[Offer]) -> set[_Told]:
    return {(o.model, o.version, o.deployment_type) for o in offers}


def _coming_or_going(
    verb: str, tail: str, offers: Sequence[Offer], others: set[_Told], canonical: Canonical
) -> Iterator[Finding]:
    """Offers that are only on one side, each with how much of its model the other side has.

    `others` are those of the other side, with those that may still be there unread.
    """
    known: set[tuple[str | None, ...]] = set()
    for spelling, version, way in others:
        model = canonical(spelling)
        known |= {(model,), (model, version), (model, version, way)}
    for offer in offers:
        model = canonical(offer.model)
        version, way = offer.version, offer.deployment_type
        if (model,) not in known:
            level, words = "model", tail.format("model")
        elif (model, version) not in known:
            level, words = "version", tail.format("version")
        elif (model, version, way) not in known:
            level, words = "deployment_type", tail.format("version's type")
        else:
            level, words = "region", ""
        yield Finding(
            check=f"{level}_{verb}",
            provider=offer.provider,
            region=offer.region,
            models=(model,),
            version=version,
            deployment_type=way,
            subject=naming(model, version, way),
            text=verb,
            tail=words,
        )


def _defaults(
    pairs: Pairs, old: Snapshot, new: Snapshot, canonical: Canonical
) -> Iterator[Finding]:
    """Where another version of a model is the default, in the regions where that was touched."""
    flips = (o for b, a in pairs.changed if b.default_version != a.default_version for o in (b, a))
    marked = (o for o in (*pairs.gone, *pairs.came) if o.default_version)
    places = {(o.region, canonical(o.model)) for o in (*flips, *marked)}
    if not places:
        return
    was, now = (_default_versions(_offers(side), places, canonical) for side in (old, new))
    for region, model in sorted(places):
        before, after = was.get((region, model), set()), now.get((region, model), set())
        if before and after and before != after:
            told = [", ".join(sorted(side)) for side in (before, after)]
            yield Finding(
                check="default_version_changed",
                provider=new.provider,
                region=region,
                models=(model,),
                before=told[0],
                after=told[1],
                subject=model,
                text=f"defaults to version {told[1]} instead of {told[0]}",
            )


def _default_versions(
    offers: Iterable[Offer], places: set[tuple[str, str]], canonical: Canonical
) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for offer in offers:
        place = (offer.region, canonical(offer.model))
        if offer.default_version and offer.version and place in places:
            found[place].add(offer.version)
    return found


def _offers(snapshot: Snapshot) -> Iterator[Offer]:
    return (r for r in snapshot.records if isinstance(r, Offer))


def _word(value: object) -> str | int | None:
    """A fact as one value; lists are joined, unknown is None."""
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, tuple):
        return "; ".join(map(str, value)) or None
    return str(value)


def _short(value: Value) -> str:
    text = "unknown" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
