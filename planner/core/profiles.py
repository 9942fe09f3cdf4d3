"""How traffic spreads over a week: the weight of each hour, and the busiest minute within it.

A profile has 168 weights, from Monday 00:00 UTC on. A weight of 1 is the rate that a workload
names, 0 no traffic, 2 twice the rate. Within an hour one minute is the busiest; the other 59 share
what is left of the hour evenly.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction

import msgspec

HOURS_PER_DAY = 24
DAYS_PER_WEEK = 7
HOURS_PER_WEEK = 168
MINUTES_PER_HOUR = 60
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NAMED = ("flat", "business-hours", "night-batch", "bursty")
BURST_HOURS = (10, 15)  # a choice: two bursts on each day, one in the morning, one after lunch


class Zone(msgspec.Struct, frozen=True):
    """The clock of a place: what it is called, and how many hours it is ahead of UTC."""

    name: str
    utc_offset_hours: Fraction

    @property
    def whole_hours(self) -> Fraction:
        """The offset without its half or quarter of an hour, for what must not be smeared."""
        return Fraction(self.utc_offset_hours // 1)


UTC = Zone("UTC", Fraction())


class TrafficProfile(msgspec.Struct, frozen=True, kw_only=True):
    """The weights of the 168 hours of a week, from Monday 00:00 UTC on.

    `peak_minute_factor` is the busiest minute's rate over its hour's mean, 1 to 60. `told` says in
    words what the profile is. Raises ValueError for another count of hours, a negative weight or
    no traffic at all.
    """

    weights: tuple[Fraction, ...]
    peak_minute_factor: Fraction = Fraction(1)
    told: str = "the hours given"

    def __post_init__(self) -> None:
        if len(self.weights) != HOURS_PER_WEEK:
            raise ValueError(
                f"a profile has {len(self.weights)} weights; give 168, an hour each from Monday on"
            )
        if min(self.weights) < 0:
            raise ValueError(f"a weight is {float(min(self.weights)):g}; give 0 or more")
        if not any(self.weights):
            raise ValueError("the profile is empty: every weight is 0; give some hour traffic")
        if not 1 <= self.peak_minute_factor <= MINUTES_PER_HOUR:
            raise ValueError(
                f"peak_minute_factor is {float(self.peak_minute_factor):g}; give 1 (even) to 60 "
                "(an hour's traffic within one minute)"
            )

    @property
    def mean(self) -> Fraction:
        """The mean weight over the week."""
        return sum(self.weights, Fraction()) / HOURS_PER_WEEK

    @property
    def peak(self) -> Fraction:
        """The weight of the busiest minute of the week."""
        return max(self.weights) * self.peak_minute_factor

    @property
    def busiest_day(self) -> Fraction:
        """The mean weight of the day of UTC that has the most traffic."""
        days = range(0, HOURS_PER_WEEK, HOURS_PER_DAY)
        return max(sum(self.weights[day : day + HOURS_PER_DAY]) for day in days) / Fraction(
            HOURS_PER_DAY
        )

    @property
    def rest_of_hour(self) -> Fraction:
        """What the other 59 minutes of an hour carry, over the hour's mean."""
        return (MINUTES_PER_HOUR - self.peak_minute_factor) / (MINUTES_PER_HOUR - 1)


def flat(peak_minute_factor: Fraction = Fraction(1)) -> TrafficProfile:
    """The same rate, day and night."""
    weights = (Fraction(1),) * HOURS_PER_WEEK
    return TrafficProfile(weights=weights, peak_minute_factor=peak_minute_factor, told="flat")


def daily(
    hours: Iterable[int],
    *,
    days: Iterable[int] = range(7),
    inside: Fraction = Fraction(1),
    outside: Fraction = Fraction(),
    utc_offset_hours: Fraction = Fraction(),
    peak_minute_factor: Fraction = Fraction(1),
    told: str,
) -> TrafficProfile:
    """Some hours (0 to 23, local) of some days (0 is Monday) at one weight, the rest at another.

    The clock of the place is `utc_offset_hours` ahead of UTC; an offset of half an hour spreads an
    hour's traffic over two hours of UTC.
    """
    chosen, wanted = set(hours), set(days)
    local = [
        inside if day in wanted and hour in chosen else outside
        for day in range(7)
        for hour in range(HOURS_PER_DAY)
    ]
    return TrafficProfile(
        weights=in_utc(local, utc_offset_hours), peak_minute_factor=peak_minute_factor, told=told
    )


def in_utc(local: Iterable[Fraction], utc_offset_hours: Fraction) -> tuple[Fraction, ...]:
    """The week's weights by UTC, given those by the clock of a place so far ahead of it."""
    weights = list(local)
    whole = utc_offset_hours.numerator // utc_offset_hours.denominator
    part = utc_offset_hours - whole
    if not part:
        return tuple(weights[(hour + whole) % len(weights)] for hour in range(len(weights)))
    return tuple(
        weights[(hour + whole) % len(weights)] * (1 - part)
        + weights[(hour + whole + 1) % len(weights)] * part
        for hour in range(len(weights))
    )


def business_hours(
    start: int = 9,
    end: int = 18,
    *,
    days: Iterable[int] = range(5),
    outside: Fraction = Fraction(),
    zone: Zone = UTC,
    peak_minute_factor: Fraction = Fraction(1),
) -> TrafficProfile:
    """Local 09:00 to 18:00, Monday to Friday, at a weight of 1; other hours at `outside`.

    A window over midnight belongs to the day on which it begins.
    """
    return _window("business hours", (start, end), days, outside, zone, minute=peak_minute_factor)


def night_batch(
    start: int = 22,
    end: int = 6,
    *,
    days: Iterable[int] = range(7),
    outside: Fraction = Fraction(),
    zone: Zone = UTC,
    peak_minute_factor: Fraction = Fraction(1),
) -> TrafficProfile:
    """Local 22:00 to 06:00, every night, at a weight of 1; as `business_hours` otherwise."""
    return _window("night batch", (start, end), days, outside, zone, minute=peak_minute_factor)


def bursty(
    peak_factor: Fraction = Fraction(5),  # a choice; no source
    *,
    zone: Zone = UTC,
    peak_minute_factor: Fraction = Fraction(1),
) -> TrafficProfile:
    """The BURST_HOURS of each day, local, at `peak_factor` times the rate of the other hours.

    They stay whole hours of UTC, also where a zone is half an hour off, lest the peak be flattened.
    """
    if peak_factor < 1:
        raise ValueError(f"peak_factor is {float(peak_factor):g}; give 1 or more")
    hours = " and ".join(f"{hour:02}:00" for hour in BURST_HOURS)
    return daily(
        BURST_HOURS,
        inside=peak_factor,
        outside=Fraction(1),
        utc_offset_hours=zone.whole_hours,
        peak_minute_factor=peak_minute_factor,
        told=f"bursty, the hours from {hours} at {float(peak_factor):g} times the rate of the "
        f"others, {zone.name}",
    )


def _window(
    kind: str,
    span: tuple[int, int],
    days: Iterable[int],
    outside: Fraction,
    zone: Zone,
    *,
    minute: Fraction,
) -> TrafficProfile:
    """The hours from one to another of some days at a weight of 1, the rest at `outside`."""
    start, end = span
    chosen = sorted(set(days))
    if not chosen:
        raise ValueError("days is empty; name a day or more")
    if not (0 <= start < HOURS_PER_DAY and 0 <= end <= HOURS_PER_DAY) or start == end:
        raise ValueError(
            f"from is {start} and to is {end}; give two different hours, 0 to 23 and 0 to 24"
        )
    until = end if end > start else end + HOURS_PER_DAY
    inside = {
        (day * HOURS_PER_DAY + hour) % HOURS_PER_WEEK
        for day in chosen
        for hour in range(start, until)
    }
    local = [Fraction(1) if hour in inside else outside for hour in range(HOURS_PER_WEEK)]
    told = f"{kind}, {start:02}:00 to {end:02}:00 {_days_in_words(chosen)}, {zone.name}"
    return TrafficProfile(
        weights=in_utc(local, zone.utc_offset_hours),
        peak_minute_factor=minute,
        told=f"{told}, {float(outside):g} of it at other times" if outside else told,
    )


def hours_in_words(hours: Sequence[bool]) -> str:
    """Some hours of the week, Monday 00:00 UTC first: "Monday to Friday 00:00 to 09:00 UTC".

    Hours over midnight are told with the day on which they begin.
    """
    if all(hours):
        return "day and night"
    count = len(hours)
    spans: dict[tuple[int, int], list[int]] = defaultdict(list)
    for first in (n for n in range(count) if hours[n] and not hours[n - 1]):
        length = next(k for k in range(count) if not hours[(first + k) % count])
        day, start = divmod(first, HOURS_PER_DAY)
        spans[start, length].append(day)
    told = (
        f"{_days_in_words(days)} {start:02}:00 to {(start + length) % HOURS_PER_DAY or 24:02}:00"
        + (f" {length // HOURS_PER_DAY} days later" if length >= HOURS_PER_DAY else "")
        for (start, length), days in spans.items()
    )
    return f"{'; '.join(told)} UTC"


def _days_in_words(days: list[int]) -> str:
    """What a person calls some days of the week, sorted."""
    names = [WEEKDAYS[day].capitalize() for day in days]
    if len(days) == len(WEEKDAYS):
        return "every day"
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:  # noqa: PLR2004  (two are "and")
        return f"{names[0]} to {names[-1]}"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
