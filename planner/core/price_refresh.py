"""A new reading of a price feed against the rows that are known: append, close, or let wait.

Nothing that is known is overwritten. A price that changed is a new row that closes the old one; a
price that is gone where the reading looked closes; what looks wrong (a zero, a jump, an id that
now means another meter) changes nothing until a person accepts it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from planner.core.price_changes import (
    Change,
    Refreshed,
    Row,
    fold,
    fold_changes,
    leftover_order,
)
from planner.core.price_feed import Area, FeedReading, family_of
from planner.core.price_meters import MeterId, MeterIds

Key = tuple[tuple[object, ...], str]
"""A row's identity and one region ("" where it names none)."""

_ENOUGH, _MOST_LOST = 10, 0.5  # of ten prices of a region, five may be gone at once
LARGEST_JUMP = 3  # a price that rises or falls by more than this factor waits for a person


def refresh(
    known: Iterable[Row], meters: MeterIds, reading: FeedReading, *, accept: bool = False
) -> Refreshed:
    """Compare a reading with the known rows of its provider.

    `known` may hold rows of any origin; only those of the feed change, and what others say ends
    where the feed's own price ends. With `accept` what would wait is taken as it is. Reading the
    same twice changes nothing.
    """
    merging = _Merging(known, meters, reading, accept=accept)
    for key in sorted(merging.read, key=repr):
        merging.compare(key)
    merging.close_gone()
    return merging.result()


class _Merging:
    """Works on rows of one region each; `known` and `read` are by key, oldest first."""

    def __init__(
        self, known: Iterable[Row], meters: MeterIds, reading: FeedReading, *, accept: bool
    ) -> None:
        self._reading = reading
        self._today = reading.retrieved_on
        self._accept = accept
        self._meters = meters
        self._learned: dict[str, MeterId] = {}
        self._others: dict[Key, list[Row]] = defaultdict(list)
        self.known: dict[Key, list[Row]] = defaultdict(list)
        self.read: dict[Key, list[Row]] = defaultdict(list)
        for row in known:
            mine = row.origin == "feed" and row.regions
            for key, single in _single(row):
                (self.known if mine else self._others)[key].append(single)
        for row in reading.rows:
            for key, single in _single(row):
                self.read[key].append(single)
        for rows in (*self.known.values(), *self.read.values()):
            rows.sort(key=lambda row: row.starts_on)
        # Meters, by words and region, of which the reading says something that nobody believed yet.
        self._unsure: set[tuple[str | None, str]] = set()
        for left in reading.left:
            told = meters.words(left.provider, left.meter_id) if left.meter_id else None
            self._unsure |= {(left.words, left.region), (told, left.region)}
        self._changes: dict[str, list[Change]] = defaultdict(list)

    def compare(self, key: Key) -> None:
        """Bring what a reading says of one price into what is known of it."""
        for row in self.read[key]:
            self._take(key, row)
        self._note_meters(self.read[key])

    def close_gone(self) -> None:
        """Close the feed's open rows that a whole look at their region no longer has.

        Where most of a region's prices are gone at once, the look is not believed.
        """
        gone: dict[Area, list[Key]] = defaultdict(list)
        there: Counter[Area] = Counter()
        for key, rows in self.known.items():
            last = rows[-1] if rows else None
            if last is None or last.effective_to is not None:
                continue
            area = _area(last)
            there[area] += 1
            looked = area in self._reading.areas and (last.words, key[1]) not in self._unsure
            if looked and key not in self.read:
                gone[area].append(key)
        for area, keys in gone.items():
            most = there[area] >= _ENOUGH and len(keys) > _MOST_LOST * there[area]
            doubt = f"{len(keys)} of {there[area]} prices of the region gone at once"
            for key in keys:
                self._close(key, doubt if most and not self._accept else None)

    def _close(self, key: Key, doubt: str | None) -> None:
        rows = self.known[key]
        last = rows[-1]
        reason = doubt or ("withdrawn again" if last.starts_on >= self._today else None)
        if reason:
            self._say(
                "rejected", last, before=last.amount, on=self._today, reason=reason, gone=True
            )
            return
        rows[-1] = msgspec.structs.replace(last, effective_to=self._today)
        self._say("closed", last, before=last.amount, on=self._today)
        self._close_others(key)

    def _close_others(self, key: Key) -> None:
        """Where the provider's own feed has a price no more, nobody else's outlives it."""
        (*identity, _), region = key
        for (told, place), rows in self._others.items():
            if place == region and told[:-1] == tuple(identity) and told[-1] != "override":
                for number, row in enumerate(rows):
                    if row.effective_to is None and row.starts_on < self._today:
                        rows[number] = msgspec.structs.replace(row, effective_to=self._today)

    def result(self) -> Refreshed:
        """The rows and changes, those that differ in regions alone together."""
        known = [*self.known.values(), *self._others.values()]
        return Refreshed(
            rows=fold(row for rows in known for row in rows),
            meters=MeterIds([*self._meters, *self._learned.values()]),
            added=fold_changes(self._changes["added"]),
            changed=fold_changes(self._changes["changed"]),
            closed=fold_changes(self._changes["closed"]),
            rejected=fold_changes(self._changes["rejected"]),
            unclassified=tuple(sorted(set(self._reading.left), key=leftover_order)),
        )

    def _take(self, key: Key, row: Row) -> None:
        """Find whether a price with its dates is known, follows a known one, or is new."""
        rows = self.known[key]
        over = row.effective_to is not None and row.effective_to <= self._today
        day = row.starts_on if over else max(row.starts_on, self._today)
        now = next((r for r in rows if r.holds(day)), None)
        if now is not None and now.amount == row.amount:
            self._end(key, now, row.effective_to)
            return
        if over and any(_meet(r, row) for r in rows):
            return  # what was known of that time was read at that time
        if reason := self._suspicion(row, now):
            told = self._meters.words(row.provider, row.meter_id) if row.meter_id else None
            self._unsure |= {(row.words, key[1]), (told, key[1])}
            self._say("rejected", row, now, on=row.starts_on, reason=reason)
            return
        earlier = [r.effective_to for r in rows if r.effective_to and r.effective_to <= day]
        start = max([row.starts_on, *earlier])
        if now is not None and row.starts_on <= max(now.starts_on, now.retrieved_on):
            start = self._today  # another price was read after the day that the feed names
        if now is not None and start <= now.starts_on:
            self._say("rejected", row, now, on=start, reason=f"a second price on {start}")
            return
        if now is not None:
            rows[rows.index(now)] = msgspec.structs.replace(now, effective_to=start)
        following = [r.starts_on for r in rows if r.starts_on > start]
        ends = [end for end in (row.effective_to, *following) if end is not None and end > start]
        if start != row.starts_on:
            row = _begun_late(row, start)
        rows.append(msgspec.structs.replace(row, effective_to=min(ends, default=None)))
        rows.sort(key=lambda r: r.starts_on)
        self._say("added" if now is None else "changed", row, now, on=start)

    def _end(self, key: Key, row: Row, end: date | None) -> None:
        """Close a known row where the feed now says when it ends."""
        if end is not None and row.effective_to is None and end > row.starts_on:
            rows = self.known[key]
            rows[rows.index(row)] = msgspec.structs.replace(row, effective_to=end)
            self._say("closed", row, before=row.amount, on=end)

    def _suspicion(self, row: Row, last: Row | None) -> str | None:
        """Why a price should wait; None where nothing speaks against it."""
        if self._accept:
            return None
        if row.amount == 0:
            return "the price is zero"
        told = self._meters.words(row.provider, row.meter_id) if row.meter_id else None
        if told is not None and row.words is not None and told != row.words:
            return f"its meter id was known as {told!r}"
        if last is not None and last.amount and row.amount:
            factor = max(row.amount / last.amount, last.amount / row.amount)
            if factor > LARGEST_JUMP:
                return f"it differs from {last.amount} by more than a factor of {LARGEST_JUMP}"
        return None

    def _note_meters(self, rows: Sequence[Row]) -> None:
        """Learn the ids of meters; one with other words than before only if that is accepted."""
        for row in rows:
            if row.meter_id is None or row.words is None:
                continue
            told = self._meters.words(row.provider, row.meter_id)
            if told is None or (self._accept and told != row.words):
                one = MeterId(row.provider, row.meter_id, row.words, self._today)
                self._learned[row.meter_id] = one

    def _say(
        self,
        kind: str,
        row: Row,
        last: Row | None = None,
        *,
        on: date,
        before: Decimal | None = None,
        reason: str | None = None,
        gone: bool = False,
    ) -> None:
        in_force = before if last is None else last.amount
        change = Change(
            row=msgspec.structs.replace(row, meter_id=None),
            regions=row.regions,
            before=in_force,
            after=None if gone or kind == "closed" else row.amount,
            on=on,
            reason=reason,
        )
        self._changes[kind].append(change)


def _single(row: Row) -> list[tuple[Key, Row]]:
    """A row once for each of its regions."""
    if len(row.regions) <= 1:
        return [((row.identity, "".join(row.regions)), row)]
    return [
        ((row.identity, region), msgspec.structs.replace(row, regions=(region,)))
        for region in row.regions
    ]


def _area(row: Row) -> Area:
    return Area(row.provider, family_of(row), row.regions[0])


def _meet(one: Row, other: Row) -> bool:
    """Whether two rows hold on some day together."""
    return (other.effective_to is None or one.starts_on < other.effective_to) and (
        one.effective_to is None or other.starts_on < one.effective_to
    )


def _begun_late(row: Row, day: date) -> Row:
    """A row as of a later day than the feed dates it, since another price is known until then."""
    if row.effective_from is None:
        return msgspec.structs.replace(row, first_seen_on=day)
    told = f"the feed dates it from {row.effective_from}"
    doubt = f"{row.doubt}; {told}" if row.doubt else told
    return msgspec.structs.replace(row, effective_from=None, first_seen_on=day, doubt=doubt)


def latest_readings(readings: Mapping[Area, date], reading: FeedReading) -> dict[Area, date]:
    """When each area was last read whole, with a new reading among them."""
    found = dict(readings)
    for area in reading.areas:
        found[area] = max(reading.retrieved_on, found.get(area, date.min))
    return found
