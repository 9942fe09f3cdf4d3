"""Joining the carried facts with what the core asks for: prices, places, round trips."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable

from planner.cli.options import Settings
from planner.core.answers import PriceView
from planner.core.catalog import Catalog
from planner.core.offers import Offer, Scope
from planner.core.price_quotes import Quote
from planner.core.prices import PriceTable
from planner.errors import UnknownNameError
from planner.files.facts import latencies, regions
from planner.files.places import folders
from planner.files.pricing import read_pricing

_LISTED = 8  # names that a message lists where none is close

PROVIDERS = ("azure", "bedrock", "gemini")
"""The providers that everybody may name, whether or not a snapshot has offers of theirs."""


def price_table(
    settings: Settings, *, models: Collection[str] | None = None, instances: bool = False
) -> PriceTable:
    """The price tables, the user's own before the carried ones; GPU hours only where asked for.

    With `models` (canonical names) the prices of other models may be left out.
    """
    return read_pricing(folders("pricing", settings.pricing), models=models, instances=instances)


def price_of(table: PriceTable, catalog: Catalog) -> Callable[[Offer, dt.date], PriceView | None]:
    """A lookup of what an offer costs on a date; None where it is unknown."""

    def look_up(offer: Offer, on: dt.date) -> PriceView | None:
        quote = quote_of(table, catalog, offer, on)
        return None if quote is None else _view(quote)

    return look_up


def quote_of(
    table: PriceTable, catalog: Catalog, offer: Offer, on: dt.date, *, term: str = "on_demand"
) -> Quote | None:
    """What an offer of a catalog costs on a date; None where it is unknown."""
    return table.quote(
        provider=offer.provider,
        region=offer.region,
        model=catalog.canonical(offer.model),
        version=offer.version,
        deployment_type=offer.deployment_type,
        on=on,
        global_scope=offer.scope is Scope.GLOBAL,
        fine_tuned=bool(offer.fine_tuned),
        term=term,
        charges=catalog.charges(offer),
        zone=zone_of(offer),
    )


def zone_of(offer: Offer) -> tuple[str, ...]:
    """The regions of the data zone in which an offer processes; none for one without a zone."""
    if offer.scope is not Scope.GEOGRAPHIC:
        return ()
    return regions().zone_of(offer.provider, offer.region)


def known_region(query: str, provider: str | None = None, also: Collection[str] = ()) -> str:
    """The provider's own spelling of a region; UnknownNameError with close matches.

    `also` are the regions of the snapshots at hand: they may know one that the table lacks, and
    where a display name is one of two providers' ("Canada Central") they decide.
    """
    table = regions()
    found = [r.name for r in table.find(query) if provider in (None, r.provider)]
    same = [name for name in (*found, *sorted(also)) if name.casefold() == query.casefold()]
    if best := [*same, *(name for name in found if name in also), *found]:
        return best[0]
    close = table.close(query)
    hint = f"did you mean {' or '.join(close)}?" if close else "see planner offers"
    raise UnknownNameError(f"no region is called {query!r}; {hint}")


def one_of(what: str, query: str, known: Iterable[str]) -> str:
    """The known spelling of a name, whatever its case; UnknownNameError with close matches."""
    found = any_of(what, query, known)
    return query if query in found else found[0]


def any_of(what: str, query: str, known: Iterable[str]) -> tuple[str, ...]:
    """Every known spelling of a name ("Standard" and "standard"); UnknownNameError as `one_of`."""
    by_key: dict[str, list[str]] = {}
    for name in sorted(known):
        by_key.setdefault(name.casefold(), []).append(name)
    if query.casefold() in by_key:
        return tuple(by_key[query.casefold()])

    import difflib  # noqa: PLC0415 - 5 ms that only this way out needs

    close = difflib.get_close_matches(query.casefold(), by_key, n=3)
    names = [name for key in close or list(by_key)[:_LISTED] for name in by_key[key]]
    if close:
        hint = f"did you mean {' or '.join(names)}?"
    else:
        more = f" and {len(by_key) - _LISTED} more" if len(by_key) > _LISTED else ""
        hint = f"there is {', '.join(names) or 'none'}{more}"
    raise UnknownNameError(f"no {what} {query!r} here; {hint}")


def geography(provider: str, name: str) -> tuple[str, str]:
    """A region's geography and display name for a table; unknown ones keep their own name."""
    region = regions().get(provider, name)
    if region is None:
        return "elsewhere", name
    return region.geography_group, region.full_name


def round_trip_ms(here: str, there: str) -> int | None:
    """The round trip between two Azure regions in ms; None where it is not known."""
    return latencies().ms(here, there)


def _view(quote: Quote) -> PriceView:
    return PriceView(
        input_usd_per_mtok=quote.input_usd_per_mtok,
        cached_input_usd_per_mtok=quote.cached_input_usd_per_mtok,
        output_usd_per_mtok=quote.output_usd_per_mtok,
        usd_per_unit_hour=quote.usd_per_unit_hour,
        unit=quote.unit,
        effective_from=quote.effective_from or quote.first_seen_on,
        effective_to=quote.effective_to,
        source=quote.source,
        retrieved_on=quote.retrieved_on,
        origin=quote.origin,
        match=quote.match,
        region_group=quote.region_group,
        doubts=quote.doubts,
    )
