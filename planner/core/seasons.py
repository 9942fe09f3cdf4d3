"""The load over some months, and how terms divide them."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

import msgspec

from planner.core.plans import Part
from planner.core.quota_needs import room_of
from planner.core.terms import Term
from planner.core.ways import Way
from planner.core.week import Week, mean, monthly


class Held(msgspec.Struct, frozen=True):
    """Units that are paid for already, for so many months more."""

    units: int
    months: int


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Months in which the reserved units stay as many; `growth` is the volume of each.

    Months that are alike stand there once, `months` says how many there are. A unit that is bought
    is paid for `paid` times as many; `held` are paid for already.
    """

    growth: tuple[Fraction, ...]
    months: int
    paid: Fraction = Fraction(1)
    held: int = 0


class Season(msgspec.Struct, frozen=True, kw_only=True):
    """The load over some months: the first month's week, and each month's volume over it.

    `held` units serve its first months. Without `timetables` no machines keep to one.
    """

    week: Week
    growth: tuple[Fraction, ...]
    held: Held | None = None
    timetables: bool = True

    @property
    def requests(self) -> Fraction:
        """Requests a month that are to be answered at once, on average."""
        return monthly(self.week.curve.mean) * mean(self.growth)

    @property
    def waiting(self) -> Fraction:
        """Requests a month that may wait, on average."""
        return monthly(self.week.waiting) * mean(self.growth)

    @property
    def peak(self) -> Fraction:
        """The busiest minute of what is to be answered at once, in requests per hour."""
        return self.week.curve.peak * max(self.growth)

    @property
    def at_once(self) -> "Season":
        """The same load where nothing waits."""
        if not self.week.waiting:
            return self
        return msgspec.structs.replace(self, week=self.week.at_once)

    def blocks(self, term: Term) -> Iterator[Block]:
        """The months as a term divides them, after those for which units are held.

        Terms are paid whole: of eighteen months the last six pay for a year. Without a horizon a
        term is used to its end.
        """
        rest = self.growth
        if self.held is not None:
            first, rest = rest[: self.held.months], rest[self.held.months :]
            yield self._block(first, term, self.held.units)
        size = len(rest) if term.months is None and _alike(rest) else term.months or 1
        if size and _alike(rest):
            whole = len(rest) // size * size
            for months in filter(None, (rest[:whole], rest[whole:])):
                yield self._block(months, term)
        elif size:
            for start in range(0, len(rest), size):
                yield self._block(rest[start : start + size], term)

    def _block(self, months: tuple[Fraction, ...], term: Term, held: int = 0) -> Block:
        paid = Fraction(1) if self.horizon_months is None else term.paid(len(months))
        growth = months[:1] if _alike(months) else months
        return Block(growth=growth, months=len(months), paid=paid, held=held)

    @property
    def horizon_months(self) -> int | None:
        """How long terms are needed; None where nobody says."""
        return self.week.workload.horizon_months

    def most_over(self, way: Way) -> Fraction | None:
        """The requests per hour that a way takes of what spills over; None: any number."""
        return room_of(self.week.workload, way)

    def if_roomy(self, way: Way | None) -> Way | None:
        """A way, where its quota takes the whole load, what may wait over its day; else None."""
        most = None if way is None else self.most_over(way)
        if most is None:
            return way
        whole = max(self.week.curve.peak, self.week.widest) * max(self.growth)
        return way if most >= whole else None

    def usd_per_request(self, way: Way) -> Fraction:
        """The mean cost of a request where a way charges by the token."""
        return self.week.usd_per_request(way.rates) if way.rates else Fraction()

    def cheapest(self, ways: Sequence[Way | None]) -> Way | None:
        """The cheapest of some ways by the token."""
        priced = [way for way in ways if way is not None and way.rates is not None]
        return min(
            priced, key=lambda way: (self.usd_per_request(way) * way.handicap, way.id), default=None
        )

    def spills(self, ways: Sequence[Way]) -> list[Way]:
        """The ways by the token that are worth trying for what spills over.

        The cheapest, and of the dearer ones each that takes more than all the cheaper ones do.
        """
        found: list[Way] = []
        most = Fraction(-1)
        left = [way for way in ways if way.rates is not None]
        while (way := self.cheapest(left)) is not None:
            room = self.most_over(way)
            if room is None:
                return [*found, way]
            if room > most:
                found.append(way)
                most = room
            left.remove(way)
        return found

    def tokens(self, way: Way, requests: Fraction, what: str) -> Part:
        """The line of so many requests a month that are paid by the token."""
        return Part(f"{way.name}, {what}", requests, "requests", self.usd_per_request(way))


def _alike(months: Sequence[Fraction]) -> bool:
    return len(set(months)) <= 1
