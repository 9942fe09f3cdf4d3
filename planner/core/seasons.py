"""The load over some months, and how terms divide them."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

import msgspec

from planner.core.plans import Held, Part
from planner.core.quota_needs import room_of
from planner.core.terms import Term
from planner.core.ways import Way
from planner.core.week import Week, mean, monthly


class Holdings:
    """Units as they are bought for terms, month by month."""

    def __init__(self, held: Iterable[Held] = ()) -> None:
        self._ends = [(one.units, one.months) for one in held]

    def buy(self, units: int, month: int, months: int | None) -> None:
        """Units that are bought in a month, for so many; None: by the hour, which leaves none."""
        if units > 0 and months is not None:
            self._ends.append((units, month + months))

    def at(self, month: int) -> int:
        """The units that are there in a month."""
        return sum(units for units, end in self._ends if end > month)

    def next_end(self, month: int) -> int | None:
        """The month in which the first of those that are there are there no more."""
        return min((end for _, end in self._ends if end > month), default=None)

    def left(self, month: int) -> tuple[Held, ...]:
        """What of them outlasts a month."""
        return tuple(Held(units, end - month) for units, end in self._ends if end > month)


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """Months in which the reserved units stay as many; `growth` is the volume of each.

    Months that are alike stand there once, `months` says how many there are. A unit that is bought
    costs `paid` times what it does in the months in which it serves; `held` are paid for already.
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
    held: tuple[Held, ...] = ()
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
        """The months as a term divides them, where nothing is held."""
        start = 0
        while start < len(self.growth):
            block = self.block(term, start, Holdings())
            yield block
            start += block.months

    def block(self, term: Term, start: int, holdings: Holdings) -> Block:
        """The months from one on in which what is bought for a term stays, and what is held.

        Terms are paid whole: of eighteen months the last six pay for a year. Without a horizon a
        term is used to its end.
        """
        left = len(self.growth) - start
        months = term.months or (left if _alike(self.growth[start:]) else 1)
        paid = Fraction(1)
        if self.horizon_months is not None and term.months is not None:
            paid = Fraction(term.months, min(term.months, left))
        end = holdings.next_end(start)
        months = min(months, left) if end is None else min(months, left, end - start)
        growth = self.growth[start : start + months]
        return Block(
            growth=growth[:1] if _alike(growth) else growth,
            months=months,
            paid=paid,
            held=holdings.at(start),
        )

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
    """Whether all have the same volume: it rises or falls all the time, or never."""
    return not months or months[0] == months[-1]
