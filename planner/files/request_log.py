"""A log of requests as a CSV of the user's own, one request a row, and what it says of the load.

The hours of the week are means over the weeks that the log covers, from the hour of its first
request to that of its last, both counted whole. A weight of 1 is the mean over the week.

The busiest minute: in each busy hour (at least as many requests as nine in ten of the hours with
any) the busiest minute over the hour's mean; of these the 99th percentile, which is the highest of
fewer than 100 hours. Quiet hours do not count: one request alone in an hour would make a factor
of 60.
"""

import datetime as dt
from collections import Counter
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import TypeVar

import msgspec

from planner.core.profiles import (
    HOURS_PER_DAY,
    HOURS_PER_WEEK,
    MINUTES_PER_HOUR,
    TrafficProfile,
)
from planner.core.workload import Lengths, Portion
from planner.files.request_log_rows import LoggedHours, read_rows

BUCKETS = 20
PRICE_STEP = 4000
"""Tokens: every length above which a known price holds is a multiple of it."""
_BUSY_SHARE = Fraction(9, 10)
_HIGH_SHARE = Fraction(99, 100)
_FEW_REQUESTS = 60  # in the busiest hour: one a minute
_MUCH_MORE = Fraction(11, 10)
_TOLD_GAPS = 3
_T = TypeVar("_T")
_EPOCH_WEEKDAY = 3  # 1970-01-01 was a Thursday, of Monday-first weeks the fourth day


class RequestLog(msgspec.Struct, frozen=True, kw_only=True):
    """What a log says of the load.

    `requests_per_hour` is the mean over the week, the rate at a weight of 1 of the profile, whose
    mean weight is 1. Lengths are portions of the requests, prompts and answers each on their own.
    `cached_share` is of all input tokens, None where the log has no such column. `notes` say what
    was skipped, filled in or odd, a sentence each.
    """

    requests: int
    first: dt.datetime
    last: dt.datetime
    requests_per_hour: Fraction
    profile: TrafficProfile
    input: Lengths
    output: Lengths
    cached_share: Fraction | None
    notes: tuple[str, ...]


def read_request_log(path: Path, zone: dt.tzinfo | None = None) -> RequestLog:
    """Read a log; `zone` is that of times without an offset, UTC where none is given.

    BadFileError names file and line: no such columns, no request, or more bad rows than good.
    """
    tally = read_rows(path, zone)
    hours = tally.hours
    first, last = min(hours), max(hours)
    means, notes = _week(hours, first, last)
    rate = sum(means, Fraction()) / HOURS_PER_WEEK
    factor = _peak_minute_factor(hours)
    notes += _peak_notes(hours, max(means) * factor / MINUTES_PER_HOUR)
    days = Fraction(last + 1 - first, HOURS_PER_DAY)
    profile = TrafficProfile(
        weights=tuple(mean / rate for mean in means),
        peak_minute_factor=factor,
        told=f"the log {path.name}: {tally.good:,} requests over {_rounded(days)} days",
    )
    cached = Fraction(tally.cached, tally.input_sum) if tally.has_cached else None
    return RequestLog(
        requests=tally.good,
        first=_time(first),
        last=_time(last),
        requests_per_hour=rate,
        profile=profile,
        input=portions(tally.input),
        output=portions(tally.output),
        cached_share=cached if cached is None or tally.input_sum else Fraction(),
        notes=tuple(f"{path.name}: {note}" for note in (*tally.notes(), *notes)),
    )


def portions(counts: Counter[int], buckets: int = BUCKETS) -> Lengths:
    """Lengths from how often each occurs, in portions whose mean is the log's own.

    At most so many of equal shares, each cut where prices of longer prompts may begin, so that
    none has lengths of two prices in it.
    """
    total = counts.total()
    if len(counts) <= buckets:
        found = [Portion(Fraction(n, total), Fraction(t)) for t, n in sorted(counts.items())]
        return Lengths(tuple(found), max(counts))
    bounds = [total * (bucket + 1) // buckets for bucket in range(buckets)]
    taken, bucket = 0, 0
    parts: dict[tuple[int, int], tuple[int, int]] = {}
    for length, count in sorted(counts.items()):
        left = count
        while left:
            while taken >= bounds[bucket]:
                bucket += 1
            part = min(left, bounds[bucket] - taken)
            key = bucket, max(length - 1, 0) // PRICE_STEP
            size, tokens = parts.get(key, (0, 0))
            parts[key] = size + part, tokens + part * length
            taken, left = taken + part, left - part
    made = (Portion(Fraction(n, total), Fraction(tokens, n)) for n, tokens in parts.values())
    return Lengths(tuple(made), max(counts))


def _week(hours: LoggedHours, first: int, last: int) -> tuple[list[Fraction], list[str]]:
    """The mean of each hour of the week over the weeks covered, and what to say of it."""
    totals = [0] * HOURS_PER_WEEK
    for hour, minutes in hours.items():
        totals[_of_week(hour)] += sum(minutes)
    span = last + 1 - first
    times = [span // HOURS_PER_WEEK] * HOURS_PER_WEEK
    for hour in range(first, first + span % HOURS_PER_WEEK):
        times[_of_week(hour)] += 1
    covered = {
        hour: Fraction(total, count)
        for hour, (total, count) in enumerate(zip(totals, times, strict=True))
        if count
    }
    notes = _gaps(hours)
    if len(covered) < HOURS_PER_WEEK:
        notes.append(
            f"it covers {len(covered)} of the 168 hours of a week; the others are taken as the"
            " mean of the same hour on the other days"
            + ("" if span >= HOURS_PER_DAY else ", or of all hours where no day has it")
        )
    return [covered.get(hour, _stand_in(covered, hour)) for hour in range(HOURS_PER_WEEK)], notes


def _stand_in(covered: dict[int, Fraction], hour: int) -> Fraction:
    """What an hour of the week that no log covers is taken as."""
    same = [covered[h] for h in range(hour % HOURS_PER_DAY, HOURS_PER_WEEK, 24) if h in covered]
    known = same or list(covered.values())
    return sum(known, Fraction()) / len(known)


def _gaps(hours: LoggedHours) -> list[str]:
    """The stretches of more than a day without any request, the longest ones named."""
    found = [
        (after - before - 1, before + 1, after)
        for before, after in pairwise(sorted(hours))
        if after - before - 1 > HOURS_PER_DAY
    ]
    longest = sorted(found, key=lambda gap: (-gap[0], gap[1]))
    notes = [
        f"no request from {_time(start):%Y-%m-%d %H:%M} to {_time(end):%Y-%m-%d %H:%M} UTC,"
        f" {length} hours; counted as no traffic, cut the log if it was not kept then"
        for length, start, end in longest[:_TOLD_GAPS]
    ]
    if len(found) > _TOLD_GAPS:
        notes.append(f"{len(found) - _TOLD_GAPS} more gaps of more than a day, likewise")
    return notes


def _peak_minute_factor(hours: LoggedHours) -> Fraction:
    """The 99th percentile of the busiest minute over its hour's mean, of the busy hours."""
    counts = {hour: sum(minutes) for hour, minutes in hours.items()}
    busy = _percentile(sorted(counts.values()), _BUSY_SHARE)
    factors = [
        Fraction(max(minutes) * MINUTES_PER_HOUR, counts[hour])
        for hour, minutes in hours.items()
        if counts[hour] >= busy
    ]
    return Fraction(_percentile(sorted(factors), _HIGH_SHARE))


def _peak_notes(hours: LoggedHours, told: Fraction) -> list[str]:
    """What to say of the busiest minute, `told` being the requests that the profile gives it."""
    if max(map(sum, hours.values())) < _FEW_REQUESTS:
        return [
            "its busiest hour has fewer than 60 requests, too few to tell the busiest minute well"
        ]
    seen = max(map(max, hours.values()))
    if seen <= told * _MUCH_MORE:
        return []
    return [
        (
            f"its busiest minute had {seen:,} requests; the means of the hours make the busiest"
            f" {_rounded(told)}, raise peak_minute_factor where that minute matters"
        )
    ]


def _percentile(ordered: list[_T], share: Fraction) -> _T:
    """The nearest rank: the smallest that so great a share does not exceed."""
    return ordered[-(-len(ordered) * share.numerator // share.denominator) - 1]


def _of_week(hour: int) -> int:
    """The hour of the week, Monday 00:00 UTC first, of an hour since 1970."""
    return (hour + _EPOCH_WEEKDAY * HOURS_PER_DAY) % HOURS_PER_WEEK


def _rounded(number: Fraction) -> str:
    return f"{float(number):.3g}" if number < 100 else f"{float(number):,.0f}"  # noqa: PLR2004


def _time(hour: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(hour * 3600, tz=dt.UTC)
