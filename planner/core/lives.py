"""All that snapshots say of the lives of models: by provider and model, the newest first."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from planner.core.lifecycle import LIFE_FIELDS, Life, Statements, life_of
from planner.core.offers import Lifecycle, Offer
from planner.core.snapshots import Snapshot


class Lives:
    """What documents and dated offers say, of some models (canonical names) or of all.

    `snapshots` are in the order in which they are believed. `notices` holds what documents say
    by provider and canonical name, with the snapshot that says so.
    """

    def __init__(
        self,
        snapshots: Iterable[Snapshot],
        canonical: Callable[[str], str],
        models: Collection[str] | None = None,
    ) -> None:
        self.notices: dict[tuple[str, str], list[tuple[Snapshot, Lifecycle]]] = defaultdict(list)
        self._canonical = canonical
        self._dated: dict[tuple[str, str], list[tuple[dt.date, Offer]]] = defaultdict(list)
        self._known: dict[tuple[object, ...], Life] = {}
        for snapshot in snapshots:
            for record in snapshot.records:
                if isinstance(record, Lifecycle):
                    key = (record.provider, canonical(record.model))
                    if models is None or key[1] in models:
                        self.notices[key].append((snapshot, record))
                elif isinstance(record, Offer) and record.retirement_dates:
                    key = (record.provider, canonical(record.model))
                    if models is None or key[1] in models:
                        seen_on = record.observed_on or snapshot.date
                        self._dated[key].append((seen_on, record))

    def life(self, offer: Offer, seen_on: dt.date) -> Life:
        """Lifecycle, retirement dates and replacement of an offer that was seen on a day."""
        key = (offer.provider, self._canonical(offer.model))
        # An offer lives alike in all regions that say the same of it.
        alike = (*key, seen_on, *(getattr(offer, name) for name in LIFE_FIELDS))
        if alike not in self._known:
            notices = tuple((s.date, n) for s, n in self.notices.get(key, ()))
            statements = Statements(notices, tuple(self._dated.get(key, ())))
            self._known[alike] = life_of(offer, seen_on, statements)
        return self._known[alike]
