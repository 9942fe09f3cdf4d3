"""The flags of `planner recommend` that say what a workload file says, by the file's keys."""

import re
from collections.abc import Callable
from typing import Any

import click

# Flags with the keys of the workload file that they set, their placeholder and what they say.
_FLAGS = (
    ("--model", "models", "MODEL", "An acceptable model; repeatable."),
    ("--requests-per-minute", "requests_per_minute", "N", "The request rate."),
    ("--requests-per-hour", "requests_per_hour", "N", "The request rate."),
    ("--requests-per-month", "requests_per_month", "N", "All requests of a month."),
    ("--input-tokens", "input_tokens", "N", "Mean length of a prompt."),
    ("--output-tokens", "output_tokens", "N", "Mean length of an answer."),
    ("--max-tokens", "max_tokens", "N", "What requests reserve for their answers."),
    ("--cached-share", "cached_share", "SHARE", "Of the input, read from a prompt cache."),
    ("--batch-share", "batch_share", "SHARE", "Of the requests, may wait for a day."),
    ("--profile", "profile", "NAME", "flat, business-hours, night-batch or bursty  [flat]"),
    ("--timezone", "timezone", "ZONE", "Of the profile: Asia/Tokyo, +09:00  [UTC]"),
    ("--peak-factor", "peak_factor", "N", "How many times the rate a bursty hour has."),
    ("--peak-minute-factor", "peak_minute_factor", "N", "Busiest minute over its hour's mean."),
    ("--log", "log", "FILE.csv", "Your requests: rate, lengths and profile come from them."),
    ("--growth", "growth_per_month", "SHARE", "Of the traffic in a month, e.g. 5%."),
    ("--horizon", "horizon_months", "MONTHS", "How long it has to live; costs are a mean of it."),
    ("--tier", "tier", "TIER", "default, priority, flex or any."),
    ("--ttft", "ttft_ms", "MS", "Limit on the time to the first token."),
    ("--tpot", "tpot_ms", "MS", "Limit on the time between tokens."),
    ("--boundary", "boundary", "PLACE", "Only where data stays in: eu, us, jp, on-premises, ..."),
    ("--from", "from_region", "REGION", "Where the requests come from."),
    ("--latency", "latency_ms", "MS", "Limit on the round trip from there."),
    ("--way", "ways", "KIND", "Only pay-as-you-go, provisioned, self-hosted, ...; repeatable."),
    ("--provider", "providers", "NAME", "Only this provider; repeatable."),
    ("--region", "regions", "REGION", "Only this region; repeatable."),
    ("--failures", "failures", "N", "Machines that may fail without loss  [1]"),
    ("--dtype", "dtype", "DTYPE", "Format of the weights of models on machines."),
)
_REPEATABLE = {"models", "ways", "providers", "regions"}


def workload_flags(function: Callable[..., Any]) -> Callable[..., Any]:
    """The flags that say in a call what a workload file says."""
    for flag, key, placeholder, said in reversed(_FLAGS):
        multiple = key in _REPEATABLE
        function = click.option(flag, key, metavar=placeholder, help=said, multiple=multiple)(
            function
        )
    return function


def split(given: Any) -> Any:
    """What was given several times, or once with commas between."""
    if not isinstance(given, tuple):
        return given
    return tuple(one.strip() for value in given for one in value.split(",") if one.strip())


def in_flags(said: str) -> str:
    """What is wrong with a key, told of the flag that sets it.

    Within the sentence only keys that are no word of English are replaced.
    """
    flags = {key: flag for flag, key, *_ in _FLAGS}
    names = "|".join(sorted(flags, key=len, reverse=True))

    def flag(found: re.Match[str]) -> str:
        key = found[1]
        return flags[key] if found.start() == 0 or "_" in key else found[0]

    return re.sub(rf"(?<![\w.-])({names})(?:\[\d+\])?(?![\w.])", flag, said)
