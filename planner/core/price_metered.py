"""The rows that an offer's own meter ids lead to."""

from collections import defaultdict
from collections.abc import Callable, Sequence

from planner.core.offers import Charge
from planner.core.price_meters import MeterIds, cost_of
from planner.core.price_quotes import Ask
from planner.core.price_rows import UsagePrice


class MeteredRows:
    """Finds rows by meter ids; the ids are asked for, and the rows sorted, on the first use."""

    def __init__(self, usage: Sequence[UsagePrice], meters: Callable[[], MeterIds]) -> None:
        self._usage = usage
        self._find_meters = meters
        self._meters: MeterIds | None = None
        self._by_words: dict[tuple[str, str], list[UsagePrice]] | None = None

    def of(self, ask: Ask, region: str | None, charges: Sequence[Charge]) -> dict[str, UsagePrice]:
        """The rows that the offer's meter ids lead to, by charge.

        An id whose meter's words now tell of another model or charge is not believed: ids have
        been reused.
        """
        if self._meters is None:
            self._meters = self._find_meters()
        if self._by_words is None:
            self._by_words = defaultdict(list)
            for row in self._usage:
                if row.words is not None:
                    self._by_words[row.provider, row.words].append(row)
        found: dict[str, UsagePrice] = {}
        for charge in charges:
            cost = cost_of(charge.name)
            long_context = ask.context_over_tokens > 0
            if cost is None or (cost.tier, cost.long_context) != (ask.tier, long_context):
                continue
            words = {self._meters.words(ask.provider, one) for one in charge.meter_ids}
            rows = [
                row
                for one in words
                for row in self._by_words.get((ask.provider, one or ""), ())
                if region in row.regions and row.holds(ask.on) and row.charge in cost.charges
                if (row.model, row.fine_tuned, row.context_over_tokens)
                == (ask.model, ask.fine_tuned, ask.context_over_tokens)
            ]
            for kind in cost.charges:
                mine = [row for row in rows if row.charge == kind]
                if len({row.usd for row in mine}) == 1:
                    found[kind] = mine[0]
        return found
