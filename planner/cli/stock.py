"""All that is known on a date, for those who ask what serves a workload."""

import datetime as dt
from collections.abc import Iterator
from functools import cached_property

import msgspec

from planner.cli.facts import PROVIDERS, any_of, known_region
from planner.cli.options import Settings
from planner.cli.reading import Reading
from planner.cli.supplying import supply_of
from planner.core.catalog import Catalog
from planner.core.offered import Supply
from planner.core.price_ways import FIRST_PARTY
from planner.core.prices import PriceTable
from planner.core.workload import Workload
from planner.errors import NoDataError, UnknownNameError
from planner.files.facts import model_names
from planner.files.hardware import architectures


class Stock:
    """The supply of a date, and the names by which people may ask for it."""

    def __init__(self, reading: Reading, supply: Supply) -> None:
        self.reading, self.supply = reading, supply
        self._names = model_names()

    @cached_property
    def models(self) -> set[str]:
        """Every model that a snapshot, a price or an architecture knows."""
        shelf = self.supply.shelf
        hosted = {a.model for a in architectures()}
        return shelf.catalog.models() | shelf.prices.models() | hosted

    @cached_property
    def regions(self) -> set[str]:
        """The regions of all offers."""
        return {s.offer.region for s in self.supply.shelf.catalog.offers()}

    @cached_property
    def providers(self) -> set[str]:
        """Whoever offers something, by a snapshot or by prices alone."""
        return sellers(self.supply.shelf.catalog, self.supply.shelf.prices)

    def known(self, workload: Workload) -> Workload:
        """The workload, every name as it is known; UnknownNameError with close matches."""
        models = {model: self._model(model) for model in workload.models}
        start = workload.from_region
        providers = self.providers | {one.provider for one in workload.units}
        return msgspec.structs.replace(
            workload,
            models=tuple(dict.fromkeys(models.values())),
            quality={models.get(m, m): score for m, score in workload.quality.items()},
            units=tuple(
                msgspec.structs.replace(one, model=models.get(one.model, one.model))
                for one in workload.units
            ),
            providers=tuple(
                name for p in workload.providers for name in any_of("provider", p, providers)
            ),
            committed_spend={
                name: usd
                for p, usd in workload.committed_spend.items()
                for name in any_of("provider", p, providers)
            },
            regions=tuple(known_region(region, also=self.regions) for region in workload.regions),
            from_region=known_region(start, also=self.regions) if start else None,
        )

    def previews(self, workload: Workload) -> Iterator[str]:
        """What to say of models that a provider lists as a preview, under a name of its own."""
        listed = self.supply.shelf.catalog.models()
        for model in workload.models:
            name = f"{model}-preview"
            if name in listed and name not in workload.models:
                yield f"{name} is listed too, as a model of its own; name it beside {model}"

    def _model(self, spelling: str) -> str:
        found = self._names.find(spelling, self.models)
        if found is not None:
            return found
        close = self._names.close(spelling, self.models)
        hint = f"did you mean {' or '.join(close)}?" if close else "see planner models"
        with self.reading.blaming_files():
            raise UnknownNameError(f"no snapshot, price or architecture knows {spelling!r}; {hint}")


def sellers(catalog: Catalog, prices: PriceTable) -> set[str]:
    """Whoever offers something, by a snapshot or by prices alone."""
    offered = {s.offer.provider for s in catalog.offers()}
    priced = {row.provider for row in (*prices.usage, *prices.hourly)}
    return {*PROVIDERS, *offered, *(priced - FIRST_PARTY)}


def stock_of(chosen: Settings, on: dt.date) -> Stock:
    """What snapshots and price tables tell of a date; nothing of one before the first snapshot."""
    reading = Reading(chosen, on, model_names())
    try:
        catalog = reading.catalog()
    except NoDataError:
        catalog = Catalog((), (), on)
    return Stock(reading, supply_of(chosen, catalog))
