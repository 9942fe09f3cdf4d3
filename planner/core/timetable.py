"""Machines that keep a timetable: as many in some hours of the week, none in the others.

What they leave, the hours without them and the peaks above them, is paid by the token. For a count
of machines the hours in which they pay are found exactly: from one run of like hours to the next
they serve or do not, and a start costs the time that it takes. Which counts to try follows from the
hours: between two needs the cost is a line.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, groupby
from math import inf

import msgspec

from planner.core.duration import Hour
from planner.core.unit_grid import Grid


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """What machines that keep a timetable cost in US dollars, and what is beside them.

    `hourly` is per machine and hour, `overflow` per request, None: nothing takes what they leave.
    It takes `most_over` requests per hour at most, None: any number. `spare` machines run with
    them; each start is paid for `start_up_hours`.
    """

    hourly: Fraction
    overflow: Fraction | None = None
    most_over: Fraction | None = None
    spare: int = 0
    start_up_hours: Fraction = Fraction()

    def never_pays(self, per_machine: Fraction) -> bool:
        """Whether a machine that is always full costs more than what it keeps from spilling."""
        if self.overflow is None or self.most_over is not None:
            return False
        return self.hourly >= self.overflow * per_machine


class Timetable(msgspec.Struct, frozen=True, kw_only=True):
    """So many machines, spare ones left aside, in those hours of the week that are true.

    `machine_hours` are paid for each hour of the week on average, spare machines and starts with
    them; `spilled` is what they leave, in machines' worth of load, `spilled_peak` the most at once.
    """

    count: int
    hours: tuple[bool, ...]
    machine_hours: Fraction
    spilled: Fraction
    spilled_peak: Fraction

    @property
    def is_partly(self) -> bool:
        """Whether machines run in some hours and not in others."""
        return any(self.hours) and not all(self.hours)

    def with_count(self, count: int, spare: int) -> "Timetable":
        """The same hours with so many machines, of a load of which nothing spills over."""
        more = Fraction(count + spare, self.count + spare)
        return msgspec.structs.replace(self, count=count, machine_hours=self.machine_hours * more)


def timetable(
    kinds: Sequence[Hour],
    order: Sequence[int],
    grid: Grid,
    per_machine: Fraction,
    keeping: Keeping,
) -> Timetable | None:
    """The cheapest count and hours for a week; `order` says which of the kinds each hour is.

    The levels of the hours are in machines' worth of load; one carries `per_machine` requests per
    hour. None where no count that can be had carries the load. Chosen in floating point, told
    exactly.
    """
    week = _Week(kinds, order, per_machine, keeping)
    usd, on_in, count = min((*week.cheapest(count), count) for count in week.counts(grid))
    if usd == inf:
        return None
    on_hours = ((on,) * hours for on, (_, hours) in zip(on_in, week.runs, strict=True))
    hours = tuple(chain.from_iterable(on_hours))
    count = count if any(hours) else 0
    starts = sum(on and not hours[n - 1] for n, on in enumerate(hours))
    machines = (count + keeping.spare) * (sum(hours) + starts * keeping.start_up_hours)
    left = Counter((n, count if on else 0) for n, on in zip(order, hours, strict=True))
    spilled = (kinds[n].over(Fraction(room)) * times for (n, room), times in left.items())
    return Timetable(
        count=count,
        hours=hours,
        machine_hours=Fraction(machines) / len(order),
        spilled=sum(spilled, Fraction()) / len(order),
        spilled_peak=max(Fraction(), *(kinds[n].peak - room for n, room in left)),
    )


class _Week:
    """The hours of a week as runs of like ones, and what they cost with so many machines."""

    def __init__(
        self, kinds: Sequence[Hour], order: Sequence[int], per_machine: Fraction, keeping: Keeping
    ) -> None:
        self.runs = [(kind, len(list(hours))) for kind, hours in groupby(order)]
        self._keeping, self._levels = keeping, {le for hour in kinds for le in hour.levels}
        self._peaks = [hour.peak for hour in kinds]
        self._needs = [
            [(float(level.requests_per_hour), float(level.share)) for level in hour.levels]
            for hour in kinds
        ]
        worth = None if keeping.overflow is None else keeping.overflow * per_machine
        self._worth = None if worth is None else float(worth)
        self._over = None if keeping.most_over is None else keeping.most_over / per_machine
        self._never_pays = keeping.never_pays(per_machine)

    def counts(self, grid: Grid) -> set[int]:
        """The counts one of which is best: none, those beside a need, and the fewest allowed."""
        if self._never_pays:
            return {0}
        if self._worth is None:
            return {grid.that_carries(max(self._peaks)) or 0}
        needs = {level.requests_per_hour for level in self._levels}
        if self._over is not None:
            needs |= {peak - self._over for peak in self._peaks}
        up, down = map(grid.that_carries, needs), map(grid.at_most, needs)
        return {0, *(count for count in (*up, *down) if count)}

    def cheapest(self, count: int) -> tuple[float, tuple[bool, ...]]:
        """What the week costs with so many machines at best, and in which runs they serve."""
        machines = float((count + self._keeping.spare) * self._keeping.hourly)
        idle = [self._left(kind, 0) for kind in range(len(self._needs))]
        busy = [machines + self._left(kind, count) for kind in range(len(self._needs))]
        usd = [
            (idle[kind] * hours, busy[kind] * hours if count else inf) for kind, hours in self.runs
        ]
        start = machines * float(self._keeping.start_up_hours)
        return min(_from(usd, start, on=on) for on in (False, True))

    def _left(self, kind: int, count: int) -> float:
        """What it costs an hour that so many machines do not carry all of it."""
        above = self._peaks[kind] - count
        if above <= 0:
            return 0.0
        if self._worth is None or (self._over is not None and above > self._over):
            return inf
        missed = (share * (need - count) for need, share in self._needs[kind] if need > count)
        return self._worth * sum(missed)


def _from(
    usd: Sequence[tuple[float, float]], start: float, *, on: bool
) -> tuple[float, tuple[bool, ...]]:
    """The cheapest way through runs that cost so much without machines and with them.

    In the first run they serve, or do not; the week begins anew at its end.
    """
    off_usd, on_usd = (inf, usd[0][1]) if on else (usd[0][0], inf)
    came: list[tuple[bool, bool]] = []
    for idle, busy in usd[1:]:
        came.append((on_usd < off_usd, on_usd <= off_usd + start))
        off_usd, on_usd = min(off_usd, on_usd) + idle, min(off_usd + start, on_usd) + busy
    last = on_usd <= off_usd + start if on else on_usd < off_usd
    total = min(off_usd + start, on_usd) if on else min(off_usd, on_usd)
    return total, tuple(_back(came, last=last))


def _back(came: Sequence[tuple[bool, bool]], *, last: bool) -> Iterator[bool]:
    """Whether machines serve, run by run, told from the last one back."""
    told = [last]
    for was_on in reversed(came):
        told.append(was_on[told[-1]])
    return reversed(told)
