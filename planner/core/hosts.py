"""Machines that can serve a workload: of the clouds, or the user's own, sized by the forecast."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cache, partial
from operator import attrgetter

import msgspec

from planner.core.demands import Place, RoundTrip, of_place
from planner.core.hardware import Architecture, Gpu, Instance
from planner.core.host_units import ends_within, rate_of, standing_of, units_of, worth_it
from planner.core.offers import Billing, Scope
from planner.core.own_machines import own_machine
from planner.core.price_rows import HourlyPrice
from planner.core.roofline import Traffic
from planner.core.terms import MONTHS, Term, term_of_row
from planner.core.throughput import Forecast, Forecaster
from planner.core.unit_grid import Grid
from planner.core.ways import Rate, Refusal, Way
from planner.core.workload import Where, Workload


class Hosts:
    """The machines on offer, and what each makes of a workload.

    `hours` are prices of every term on the date; `forecaster` answers for a model under a
    workload's limits; `boundary_of` says where what enters a region is processed; `free_quota`
    gives the vCPUs left of a family, None if unknown.
    """

    def __init__(
        self,
        on: dt.date,
        hours: Sequence[HourlyPrice],
        instances: Mapping[str, Instance],
        *,
        gpu: Callable[[str], Gpu],
        forecaster: Callable[[str, Workload], Forecaster],
        boundary_of: Callable[[str, str], str | None],
        round_trip: RoundTrip,
        free_quota: Callable[[str, str, str], float | None],
    ) -> None:
        self._on, self._instances, self._gpu = on, instances, cache(gpu)
        self._forecaster, self._free_quota = forecaster, free_quota
        self._boundary_of, self._round_trip = boundary_of, round_trip
        self._hours = [h for h in hours if h.term == "on_demand" and self._can_be_had(h)]
        self._committed = [h for h in hours if h.term in MONTHS and self._can_be_had(h)]
        self._forecasts: dict[object, Forecast] = {}
        self._offered = cache(self._offered_to)
        self._terms = cache(self._terms_of)

    def ways(
        self, architecture: Architecture, workload: Workload
    ) -> tuple[list[Way], list[Refusal]]:
        """A way for each machine that serves the model, in the cheapest regions that fit.

        Those that another one beats at every volume are left out.
        """
        found: list[Way] = []
        refused: list[Refusal] = []
        traffic = Traffic(
            input_tokens=float(workload.input.mean),
            output_tokens=float(workload.output.mean),
            longest_tokens=float(workload.longest_request),
        )

        def told(gpu: str, count: Fraction | None) -> Forecast:
            return self._told(architecture, workload, traffic, gpu, count)

        rates: dict[int, Rate | None] = {}
        for instance, price, region in self._offered(workload.where):
            layout = told(instance.gpu, instance.gpu_count)
            if id(layout) not in rates:  # many machines have the same GPUs
                rates[id(layout)] = rate_of(layout, workload)
            found_rate = rates[id(layout)]
            way = self._way(
                architecture.model, instance, price, region, layout, found_rate, workload
            )
            if isinstance(way, Way):
                found.append(way)
            else:
                refused.append(way)
        own = [
            own_machine(
                msgspec.structs.replace(m, gpu=self._gpu(m.gpu).name),
                told(m.gpu, Fraction(m.gpus)),
                architecture.model,
                workload,
                self._on,
            )
            for m in workload.machines
        ]
        return (
            [*worth_it(found), *(way for way in own if isinstance(way, Way))],
            [*refused, *(no for no in own if isinstance(no, Refusal))],
        )

    def _told(
        self,
        architecture: Architecture,
        workload: Workload,
        traffic: Traffic,
        gpu: str,
        count: Fraction | None,
    ) -> Forecast:
        """What so many GPUs deliver for the workload's requests; asked for many times of each."""
        limits = (workload.dtype, workload.ttft_ms, workload.tpot_ms)
        key = (architecture.model, traffic, limits, gpu, count)
        if key not in self._forecasts:
            forecaster = self._forecaster(architecture.model, workload)
            told = forecaster.forecast(architecture, self._gpu(gpu), count, traffic)
            self._forecasts[key] = told
        return self._forecasts[key]

    def _can_be_had(self, price: HourlyPrice) -> bool:
        instance = self._instances.get(f"{price.provider}/{price.name}")
        return instance is not None and not (
            instance.retired(self._on) or instance.status == "preview"
        )

    def _offered_to(self, where: Where) -> list[tuple[Instance, HourlyPrice, str | None]]:
        """Each machine where it is cheapest by the hour, and where it is cheapest for a term.

        A region whose quota is small hides no dearer one that has more. A region without a price
        by the hour tells of none to run there when more are needed.
        """
        by_hour: dict[tuple[str, str], HourlyPrice] = {}
        offers: dict[tuple[str, str], list[tuple[Decimal, int, str]]] = defaultdict(list)
        fits = cache(partial(self._fits, where))
        for price in (*self._hours, *self._committed):
            name = f"{price.provider}/{price.name}"
            for region in price.regions or ("",):
                if price.term == "on_demand":
                    known = by_hour.setdefault((name, region), price)
                    if price.usd_per_hour < known.usd_per_hour:
                        by_hour[name, region] = price
                elif (name, region) not in by_hour:
                    continue
                if fits(price.provider, region):
                    ms = self._round_trip(where.from_region or "", region)
                    entry = price.usd_per_hour, 10**6 if ms is None else ms, region
                    offers[name, price.term].append(entry)
        found = dict.fromkeys(
            (name, region)
            for (name, _), entries in sorted(offers.items())
            for region in self._with_room(name, sorted(entries))
        )
        return [
            (self._instances[name], by_hour[name, region], region or None) for name, region in found
        ]

    def _with_room(self, name: str, entries: Sequence[tuple[Decimal, int, str]]) -> Iterator[str]:
        """The cheapest region, and dearer ones as long as each lets more run than those before."""
        most = -1
        for *_, region in entries:
            free = self._free(self._instances[name], region or None)
            if free is None:
                yield region
                return
            if free > most:
                yield region
                most = free

    def _fits(self, where: Where, cloud: str, region: str) -> bool:
        ms = self._round_trip(where.from_region or "", region)
        place = Place(
            provider=cloud,
            region=region,
            boundary=self._boundary_of(cloud, region),
            scope=Scope.REGIONAL,
            latency_ms=0 if region == where.from_region else ms,
        )
        return not any(of_place(where, place))

    def _terms_of(self, cloud: str, name: str, region: str | None) -> tuple[Term, ...]:
        """The prices of a machine for a term in a region."""
        return tuple(
            term_of_row(price)
            for price in sorted(self._committed, key=attrgetter("usd_per_hour"), reverse=True)
            if (price.provider, price.name) == (cloud, name)
            and (region in price.regions or not price.regions)
        )

    def _way(  # noqa: PLR0917 - the parts of one machine
        self,
        model: str,
        instance: Instance,
        price: HourlyPrice,
        region: str | None,
        layout: Forecast,
        rate: Rate | None,
        workload: Workload,
    ) -> Way | Refusal:
        def refused(*reasons: str, steps: tuple[str, ...] = ()) -> Refusal:
            return Refusal(
                kind=Billing.SELF_HOSTED,
                provider=instance.cloud,
                model=model,
                what=instance.name,
                regions=(region,) if region else (),
                reasons=reasons,
                steps=steps,
            )

        if ended := ends_within(instance, workload, self._on):
            months, said = ended
            return refused(said, steps=(f"horizon_months: {months}",) if months else ())
        if rate is None:
            return refused(*(layout.reasons or ("at its low end it yields nothing",)))
        free = None if workload.ignore_quota else self._free(instance, region)
        if free is not None and free <= workload.failures:
            wanted = (1 + workload.failures - free) * (instance.vcpus or 0)
            return refused(
                f"quota for {free} of them is free",
                steps=(f"ask for {wanted} vCPUs more of {instance.quota_family} in {region}",),
            )
        grid = Grid() if free is None else Grid(limit=free - workload.failures)
        committed = self._terms(instance.cloud, instance.name, region)
        terms = (term_of_row(price), *committed)
        return Way(
            id=f"{Billing.SELF_HOSTED}:{instance.cloud}/{region or 'any'}/{instance.name}/{model}",
            kind=Billing.SELF_HOSTED,
            model=model,
            provider=instance.cloud,
            region=region,
            what=instance.name,
            scope=Scope.REGIONAL,
            boundary=self._boundary_of(instance.cloud, region or ""),
            units=units_of(layout, rate, terms, workload, grid),
            standing=standing_of(free, self._free_vcpus(instance, region)),
            retires_on=instance.retired_on,
            effective_from=price.starts_on,
            source=price.source,
            retrieved_on=price.retrieved_on,
            origin=price.origin,
            doubts=(price.doubt,) if price.doubt else (),
            notes=layout.notes,
            instance=instance,
            gpu=instance.gpu,
            layout=layout,
        )

    def _free(self, instance: Instance, region: str | None) -> int | None:
        """How many more of a machine the quota of its family lets run."""
        vcpus = self._free_vcpus(instance, region)
        return int(vcpus // instance.vcpus) if vcpus is not None and instance.vcpus else None

    def _free_vcpus(self, instance: Instance, region: str | None) -> float | None:
        """How many vCPUs of a machine's family are left."""
        if not (instance.quota_family and region):
            return None
        return self._free_quota(instance.cloud, region, instance.quota_family)
