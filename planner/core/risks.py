"""What may go wrong with a plan: what ends, what is not known, what is in doubt."""

from collections.abc import Iterator
from math import ceil

import msgspec

from planner.core.licences import LicenceStatus
from planner.core.lots import ANNOUNCED, UNLISTED
from planner.core.offered import Supply
from planner.core.offers import Availability, Billing
from planner.core.picking import MONTH_DAYS
from planner.core.plans import Plan
from planner.core.quota_needs import enqueued_tokens, needed_of
from planner.core.served import Served
from planner.core.terms import Term
from planner.core.ways import Way
from planner.core.workload import HOURS_PER_MONTH, Workload

_SOON_DAYS = 365
_OLD_DAYS = 180
_DOUBTFUL = ("third-party", "article")


class Risk(msgspec.Struct, frozen=True):
    """A risk: its kind in a word or two, the same for all alike, and what is to be said of it."""

    kind: str
    told: str


class Risks:
    """The risks of plans for one workload."""

    def __init__(self, workload: Workload, supply: Supply) -> None:
        self._workload, self._supply = workload, supply
        self._on = supply.shelf.on

    def of(self, served: Served) -> Iterator[Risk]:
        """Of the plan, and of each way in it."""
        plan, load = served.plan, self._workload
        if load.ignore_quota:
            yield Risk("quota ignored", "quota and capacity are taken to be there")
        yield from self._with_a_way(plan.way, plan, plan.term or plan.way)
        for way in (plan.overflow, plan.batch):
            if way is not None:
                for risk in self._with_a_way(way, plan, way):
                    yield Risk(risk.kind, f"{way.what}: {risk.told}")
        units = plan.way.units
        if units is not None and units.rate.low != units.rate.high:
            yield Risk(
                "forecast",
                f"what a {units.name} carries is a forecast ({units.basis}): "
                f"{float(units.rate.low):,.0f} to {float(units.rate.high):,.0f} requests an hour, "
                "planned with the low end",
            )
        yield from self._of_units(served)
        limits = load.ttft_ms is not None or load.tpot_ms is not None
        if limits and (units is None or plan.overflow is not None):
            yield Risk(
                "times not promised",
                "no provider promises times to the first token or between tokens by the token",
            )

    def _with_a_way(self, way: Way, plan: Plan, price: Way | Term) -> Iterator[Risk]:
        yield from self._of_way(way, waits=way is plan.waits_in)
        yield from self._of_price(price)
        yield from self._unpriced(way)
        yield from self._caches(way, plan)

    def _of_units(self, served: Served) -> Iterator[Risk]:
        plan = served.plan
        yield from self._committed(served)
        by_hour = plan.running is not None and plan.running.hourly_peak
        if by_hour and plan.way.kind is Billing.PROVISIONED:
            yield Risk("units not kept", "units given back are not sure to be there again")

    def _committed(self, served: Served) -> Iterator[Risk]:
        """What is signed for at once, and whether it ends before the model does."""
        term, running, way = served.plan.term, served.plan.running, served.plan.way
        if term is None or not term.months or running is None or not running.reserved:
            return
        name = term.name.replace("_", " ")
        usd = running.reserved * term.usd_per_unit_hour * HOURS_PER_MONTH * term.months
        yield Risk("commitment", f"{name} is committed to at once: {float(usd):,.0f} USD")
        left = None if way.retires_on is None else (way.retires_on - self._on).days
        if served.later or (left is not None and left < term.months * MONTH_DAYS):
            yield Risk("term too long", f"the {name} term may outlast {way.model}")
        if served.plan.held_after and not served.later:
            horizon = self._workload.horizon_months
            told = f"the {name} term is paid whole, and outlasts the horizon of {horizon} months"
            yield Risk("term too long", told)

    def _of_price(self, price: Way | Term) -> Iterator[Risk]:
        """Where a price is from, its age and its doubts."""
        if price.origin in _DOUBTFUL:
            yield Risk("price unverified", f"unverified price: {price.source} ({price.origin})")
        if (age := (self._on - price.retrieved_on).days) > _OLD_DAYS:
            yield Risk("price old", f"its price was read {age} days ago")
        for doubt in price.doubts:
            yield Risk("price in doubt", f"price in doubt: {doubt}")

    def _unpriced(self, way: Way) -> Iterator[Risk]:
        """What the bill has not, or has at another price than its own."""
        rates, prompts = way.rates, self._workload.input
        if rates is None:
            return
        for over, longer in rates.longer:
            if prompts.longest_billed <= over < prompts.longest:
                told = (
                    f"prompts over {over:,} tokens cost {longer.input:f} / {longer.output:f} USD "
                    "per million; the workload tells no share of them, so the bill has none"
                )
                yield Risk("long prompts", told)
        unknown = rates.unpriced_over
        if unknown is not None and unknown < prompts.longest:
            told = f"what prompts over {unknown:,} tokens cost by {way.name} is unknown"
            yield Risk("long prompts", told)
        elif not rates.longer and (dearer := self._dearer_elsewhere(way)) is not None:
            over, seller = dearer
            told = (
                f"{seller} charges more for prompts over {over:,} tokens; whether {way.provider} "
                "does is not known, and they are in the bill at its one price"
            )
            yield Risk("long prompts", told)
        if self._workload.cached_share and rates.cached_input is None:
            told = "no price of cached input is known: it is charged as other input"
            yield Risk("caches", told)

    def _dearer_elsewhere(self, way: Way) -> tuple[int, str] | None:
        """From which length on another seller charges more, where the workload has such prompts."""
        lots = self._supply.shelf.lots(way.model, self._workload.tiers[0])
        bounds = [
            (over, lot.provider)
            for lot in lots
            if lot.rates is not None and lot.provider != way.provider
            for over, _ in lot.rates.longer
            if over < self._workload.input.longest_billed
        ]
        return min(bounds, default=None)

    def _caches(self, way: Way, plan: Plan) -> Iterator[Risk]:
        """What caches cost beyond the reads that are in the bill."""
        rates, load = way.rates, self._workload
        if rates is None or not load.cached_share:
            return
        if rates.cache_write is not None:
            told = f"not included: cache writes at {rates.cache_write:f} USD per million tokens"
            more = rates.all_written.usd_per_request(load) - rates.usd_per_request(load)
            requests = sum(
                part.quantity
                for part in plan.parts
                if part.unit == "requests" and part.what.startswith(f"{way.name}, ")
            )
            if requests:
                usd = f"{float(more * requests):,.0f}"
                told += f", at most {usd} a month if all uncached input is written"
            yield Risk("caches", told)
        if rates.cache_storage_per_hour is not None:
            usd = f"{rates.cache_storage_per_hour:f} USD per million tokens and hour"
            yield Risk("caches", f"not included: cache storage at {usd}")

    def _of_way(self, way: Way, *, waits: bool) -> Iterator[Risk]:
        ends = way.retires_on
        if ends is not None and (ends - self._on).days <= _SOON_DAYS:
            sure = f" ({way.certainty})" if way.certainty else ""
            what = way.model if way.instance is None else way.what
            days = (ends - self._on).days
            yield Risk("retires", f"{what} retires on {ends}{sure}, in {days} days")
        if way.standing.shared_pool:
            told = f"its quota for {way.what} is a pool that other models share"
            yield Risk("quota shared", told)
        if way.kind is Billing.BATCH:
            yield from self._enqueued(way)
        elif (
            way.standing.availability is Availability.UNKNOWN
            and way.kind is not Billing.SELF_HOSTED
        ):
            yield Risk("quota unknown", self._unknown_quota(way, waits=waits))
        if way.tier == "flex":
            told = "flex is served as there is room: slower, and refused where there is none"
            yield Risk("flex", told)
        if way.kind is Billing.SELF_HOSTED and self._workload.cached_share:
            told = "cached input is not counted: machines are sized as if all of it were new"
            yield Risk("caches", told)
        if self._workload.licences and way.kind is Billing.SELF_HOSTED:
            licence = self._supply.licence(way.model)
            if licence is not None and licence.status is LicenceStatus.RECALLED:
                yield Risk("licence", "licence recalled, not verified")
        yield from (Risk(_kind_of(note, way), note) for note in way.notes)

    def _enqueued(self, way: Way) -> Iterator[Risk]:
        """What a batch quota lacks is no limit: batches that are done make room for others."""
        need, free = enqueued_tokens(self._workload), way.standing.free_enqueued_tokens
        waits = f"prompts of {ceil(need):,} tokens wait on the busiest day"
        if free is None:
            told = f"how much may stand in batches of {way.what} is not known; {waits}"
            yield Risk("quota unknown", told)
        elif free < need:
            told = f"{free:,.0f} enqueued tokens of {way.what} are free, {waits}: send parts"
            yield Risk("quota small", told)

    def _unknown_quota(self, way: Way, *, waits: bool) -> str:
        told = "; ".join(way.standing.reasons) or "quota unknown"
        usual = self._supply.default_quota(way.provider, way.model, way.what)
        if usual is None or usual.tokens_per_minute is None:
            return told
        needed = needed_of(self._workload, way.provider, way.model, with_waiting=waits)
        requests = usual.requests_per_minute
        limits = f"{usual.tokens_per_minute:,} TPM"
        limits += f" and {requests:,} RPM" if requests else ""
        short = needed.tokens_per_minute > usual.tokens_per_minute or (
            requests is not None and needed.requests_per_minute > requests
        )
        verdict = "more than that" if short else "less than that"
        return (
            f"{told}; accounts of {usual.tier} begin with {limits} a region "
            f"({usual.retrieved_on}), the peak takes "
            f"{float(needed.tokens_per_minute):,.0f} TPM and "
            f"{float(needed.requests_per_minute):,.0f} RPM: {verdict}"
        )


def _kind_of(note: str, way: Way) -> str:
    """What the notes of a way are about: that nobody lists it, its forecast, else its price."""
    if note == UNLISTED:
        return "not listed"
    if note.endswith(ANNOUNCED):
        return "price changes"
    return "price of its area" if way.layout is None else "forecast"
