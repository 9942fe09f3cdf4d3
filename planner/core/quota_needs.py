"""What a workload needs of a quota by the minute, and how much of it a quota takes."""

from fractions import Fraction

import msgspec

from planner.core.offers import Billing
from planner.core.profiles import MINUTES_PER_HOUR
from planner.core.unit_facts import Counted, counted, output_burn
from planner.core.ways import Way
from planner.core.workload import Workload

MINUTES_PER_DAY = 1440


class Needed(msgspec.Struct, frozen=True, kw_only=True):
    """What a quota by the minute has to leave free; `by_waiting` where what waits decides it."""

    tokens_per_request: Fraction
    tokens_per_minute: Fraction
    requests_per_minute: Fraction
    formula: str
    source: str | None
    by_waiting: bool = False


def needed_of(
    workload: Workload, provider: str, model: str, *, with_waiting: bool = False
) -> Needed:
    """What is needed of a quota, of what is answered at once alone or `with_waiting`.

    Tokens are reserved on arrival with what the answer may take; some models burn output.

    What may wait takes the minutes that the others leave free. Answered within its day, it needs no
    more than that the day's free minutes hold it: over each day the quota has to be the mean of all
    requests, waiting or not, and in each minute it has to be what is to be answered at once. So the
    need is the larger of the highest peak and of the mean of the busiest day.
    """
    one = _counted(workload, provider, model)
    at_once, spread = workload.peak_requests_per_minute, workload.busiest_day_requests_per_minute
    by_waiting = with_waiting and spread > at_once
    requests = (spread if by_waiting else at_once) * max(workload.growth)
    when = "mean minute of the busiest day" if by_waiting else "busiest minute"
    each = max(one.reserved, one.settled)
    return Needed(
        tokens_per_request=each,
        tokens_per_minute=requests * each,
        requests_per_minute=requests,
        formula=f"{when} x tokens of a request; {_told(one, workload, provider, model)}",
        source=one.source,
        by_waiting=by_waiting,
    )


def room_of(workload: Workload, way: Way) -> Fraction | None:
    """The requests per hour that the quota of a way by the token takes; None where unknown."""
    if workload.ignore_quota or way.kind is Billing.BATCH:
        return None
    one = _counted(workload, way.provider, way.model)
    frees = (
        (way.standing.free_tokens_per_minute, max(one.reserved, one.settled)),
        (way.standing.free_requests_per_minute, Fraction(1)),
    )
    rooms = [Fraction(free) / each for free, each in frees if free is not None and each]
    return min(rooms) * MINUTES_PER_HOUR if rooms else None


def enqueued_tokens(workload: Workload) -> Fraction:
    """The tokens of the prompts that wait on the busiest day of the highest month.

    A batch quota counts the tokens of the files that are sent and not done yet: these at most.
    Batches that are done within the day make room for others, so that less of it may be enough.
    """
    a_minute = workload.busiest_day_requests_per_minute * workload.batch_share
    return a_minute * MINUTES_PER_DAY * workload.input.mean * max(workload.growth)


def _told(one: Counted, workload: Workload, provider: str, model: str) -> str:
    """What of a request the quota counts, in words; its outputs are no figure of their own."""
    output = f"output ({float(workload.output.mean):,.10g})"
    if one.source is None:
        return f"of each input + {output}"
    if one.settled <= one.reserved:
        return "of each input + max_tokens, reserved on arrival"
    burn = output_burn(provider, model)
    times = "" if burn == 1 else f"{burn} x "
    return f"of each input that no cache had + {times}{output}, settled once it is answered"


def _counted(workload: Workload, provider: str, model: str) -> Counted:
    """What a mean request takes of a quota of tokens."""
    prompt = workload.input.mean
    return counted(
        provider,
        model,
        input_tokens=prompt,
        cached_tokens=prompt * workload.cached_share,
        output_tokens=workload.output.mean,
        max_tokens=workload.reserved_output_tokens,
    )
