"""What several workloads take together of one quota, hour by hour, against what is free of it.

A quota is one that the provider names, or else that of a model's deployment type in a region; that
of machines counts the vCPUs of a family, that of batches the tokens that are enqueued. What is
taken by the minute is counted in thousandths, rounded up.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil

from planner.core.portfolio_answer import QuotaDemand
from planner.core.profiles import HOURS_PER_DAY, MINUTES_PER_HOUR
from planner.core.quota_draws import Draw, Unit
from planner.core.quota_needs import needed_of
from planner.core.ways import Standing, Way

_MILLI = 1000
ENOUGH, NOT_ENOUGH, UNKNOWN = "enough", "not enough", "unknown"


def demands(draws: Iterable[Draw]) -> Iterator[QuotaDemand]:
    """The quotas that more than one workload draws on, by provider, region and model."""
    groups: dict[tuple[object, ...], list[Draw]] = defaultdict(list)
    for draw in draws:
        way = draw.way
        pool = _names_of(way) or (way.model if way.instance is None else "", way.what)
        groups[way.provider, way.region or "", pool, draw.unit or ""].append(draw)
    for _, group in sorted(groups.items(), key=lambda pair: pair[0]):
        if len({name for draw in group for name in draw.names}) > 1:
            yield _demand(group)


def _names_of(way: Way) -> tuple[str, ...]:
    """What the provider calls the quota of a way; () where nobody tells."""
    if way.instance is None:
        return way.standing.quota_names
    return (way.instance.quota_family,) if way.instance.quota_family else ()


def _demand(group: Sequence[Draw]) -> QuotaDemand:
    way, standing, unit = group[0].way, group[0].way.standing, group[0].unit
    by_day = any(draw.waits for draw in group)
    rates = [] if unit else [_rates(draw, by_day=by_day) for draw in group]
    kinds = list(zip(*rates, strict=True))  # tokens, then requests: each draw's hours
    peaks = [Fraction(max(map(sum, zip(*each, strict=True))), _MILLI) for each in kinds]
    peak_on_peak = [Fraction(sum(map(max, each)), _MILLI) for each in kinds]
    frees = (standing.free_tokens_per_minute, standing.free_requests_per_minute)
    amount = sum(draw.amount or 0 for draw in group)
    taken: dict[Unit, int] = {unit: amount} if unit else {}
    free = _free(standing, unit) if unit else None
    compared = (
        [(free, Fraction(amount), unit)]
        if unit
        else list(zip(frees, peaks, ("TPM", "RPM"), strict=True))
    )
    verdict, short = _verdict(compared)
    step = None if short is None else _step(short, group[0])
    tokens, requests = peaks or (None, None)
    most_tokens, most_requests = peak_on_peak or (None, None)
    return QuotaDemand(
        provider=way.provider,
        region=way.region,
        models=tuple(dict.fromkeys(draw.way.model for draw in group)),
        deployment_types=tuple(dict.fromkeys(draw.way.what for draw in group)),
        quota_names=_names_of(way),
        workloads=tuple(dict.fromkeys(name for draw in group for name in draw.names)),
        peak_tokens_per_minute=_float(tokens),
        peak_requests_per_minute=_float(requests),
        peak_on_peak_tokens_per_minute=_float(most_tokens),
        peak_on_peak_requests_per_minute=_float(most_requests),
        peak_units=taken.get("units"),
        peak_vcpus=taken.get("vCPUs"),
        peak_enqueued_tokens=taken.get("enqueued tokens"),
        free_tokens_per_minute=None if unit else frees[0],
        free_requests_per_minute=None if unit else frees[1],
        free_units=free if unit == "units" else None,
        free_vcpus=free if unit == "vCPUs" else None,
        free_enqueued_tokens=free if unit == "enqueued tokens" else None,
        verdict=verdict,
        step=step,
    )


def _free(standing: Standing, unit: Unit) -> float | None:
    match unit:
        case "units":
            return standing.free_units
        case "vCPUs":
            return standing.free_vcpus
        case "enqueued tokens":
            return standing.free_enqueued_tokens


def _rates(draw: Draw, *, by_day: bool) -> tuple[list[int], list[int]]:
    """Thousandths of tokens and of requests per minute that a draw takes in each hour's peak.

    Where any of a quota's draws waits, the mean of each day stands behind the hours: what waits is
    served in the minutes that all of them leave free on that day, so the day's sum has to fit, too.
    """
    load = draw.workload
    if load is None:
        return [], []
    needed = needed_of(load, draw.way.provider, draw.way.model, with_waiting=True)
    each = needed.tokens_per_minute / needed.requests_per_minute * _MILLI
    a_minute = load.requests_per_hour * max(load.growth) / MINUTES_PER_HOUR
    at_once, waiting = 1 - load.batch_share, load.batch_share if draw.waits else Fraction()
    weights, factor = load.profile.weights, load.profile.peak_minute_factor
    kinds: dict[tuple[Fraction, Fraction], int] = {}  # of hours: their weight and share
    shares = draw.shares or (Fraction(1),) * len(weights)
    hours = [kinds.setdefault(pair, len(kinds)) for pair in zip(weights, shares, strict=True)]
    peaks = [weight * share * at_once * factor * a_minute for weight, share in kinds]
    means = [weight * (share * at_once + waiting) * a_minute for weight, share in kinds]
    starts = range(0, len(hours) if by_day else 0, HOURS_PER_DAY)
    days = [Counter(hours[start : start + HOURS_PER_DAY]) for start in starts]

    def so_much(each: Fraction | int) -> list[int]:
        of_hour = [ceil(peak * each) for peak in peaks]
        over_day = (sum((means[n] * count for n, count in d.items()), Fraction()) for d in days)
        return [*(of_hour[n] for n in hours), *(ceil(m * each / HOURS_PER_DAY) for m in over_day)]

    return so_much(each), so_much(_MILLI)


def _verdict(
    compared: Sequence[tuple[float | None, Fraction, str]],
) -> tuple[str, str | None]:
    """Whether all that is known to be free is enough, and how much is missing where it is not."""
    known = [(Fraction(free), needed, unit) for free, needed, unit in compared if free is not None]
    short = [
        f"{ceil(needed - free):,} {unit} more" for free, needed, unit in known if needed > free
    ]
    if short:
        return NOT_ENOUGH, " and ".join(short)
    return (ENOUGH if known else UNKNOWN), None


def _step(short: str, draw: Draw) -> str:
    """What to ask for; batches that are done make room for others, so they may do with less."""
    way = draw.way
    family = f" of {', '.join(_names_of(way)) or way.what}" if draw.unit == "vCPUs" else ""
    where = f" in {way.region}" if way.region else ""
    instead = ", or send what waits in parts" if draw.unit == "enqueued tokens" else ""
    return f"ask for {short}{family}{where}{instead}"


def _float(amount: Fraction | None) -> float | None:
    return None if amount is None else float(amount)
