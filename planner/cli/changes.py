"""`--set OPTION.KEY=VALUE`: another price or capacity than the tables and the forecast say."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import msgspec

from planner.core.candidates import GIVEN, Candidate
from planner.core.throughput import Interval
from planner.errors import UnknownNameError, UsageError

PRICES = (
    "input_usd_per_mtok",
    "cached_input_usd_per_mtok",
    "output_usd_per_mtok",
    "usd_per_hour",
)
COUNTS = ("replicas",)
RATES = ("output_tokens_per_second",)
KEYS = (*PRICES, *COUNTS, *RATES)


class Change(msgspec.Struct, frozen=True):
    """One figure of the options that `option` names: an id, its end, or provider/what."""

    option: str
    key: str
    value: Decimal

    def fits(self, option_id: str) -> bool:
        """Whether it is about this option: kind:provider/region/what, or a part that names it."""
        whole, wanted = option_id.casefold(), self.option.casefold()
        provider, _, rest = whole.partition(":")[2].partition("/")
        short = f"{provider}/{rest.rpartition('/')[2]}"
        return wanted in (whole, short) or whole.endswith((f"/{wanted}", f":{wanted}"))


class Changes(msgspec.Struct, frozen=True):
    """What a call set."""

    changes: tuple[Change, ...]

    def check_used(self, option_ids: Iterable[str]) -> None:
        """UnknownNameError where a change is about none of the options."""
        known = sorted(option_ids)
        for change in self.changes:
            if not any(change.fits(option) for option in known):
                raise UnknownNameError(
                    f"--set {change.option}.{change.key}: no such option; "
                    f"there is {', '.join(known) or 'none'}"
                )


def parse_changes(texts: Iterable[str]) -> Changes:
    """Read `OPTION.KEY=VALUE` words; UsageError says which is malformed and how to write it."""
    return Changes(tuple(_parse(text) for text in texts))


def change_of(changes: Changes) -> Callable[[Candidate], Candidate]:
    """What the changes make of a candidate."""

    def apply(candidate: Candidate) -> Candidate:
        for change in changes.changes:
            if change.fits(candidate.id):
                candidate = _changed(candidate, change)
        return candidate

    return apply


def _parse(text: str) -> Change:
    head, equals, value = text.partition("=")
    option, dot, key = head.rpartition(".")
    if not equals or not dot or not option:
        raise UsageError(f"--set {text}: write OPTION.KEY=VALUE, e.g. managed.usd_per_hour=0")
    if key not in KEYS:
        raise UsageError(f"--set {text}: no key {key!r}; there is {', '.join(KEYS)}")
    if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        raise UsageError(f"--set {text}: {value!r} is no number; write digits, e.g. 0.25")
    number = Decimal(value)
    if key in COUNTS and (number != int(number) or number < 1):
        raise UsageError(f"--set {text}: {key} is a whole number of 1 or more")
    if key in RATES and number == 0:
        raise UsageError(f"--set {text}: {key} is more than 0")
    return Change(option, key, number)


def _changed(candidate: Candidate, change: Change) -> Candidate:
    note = f"{change.key} is {change.value}, as set by the call"
    notes = (*candidate.notes, note)
    if change.key in COUNTS:
        return msgspec.structs.replace(candidate, replicas=int(change.value), notes=notes)
    if change.key in RATES:
        rate = float(change.value)
        given = Interval(low=rate, mid=rate, high=rate)
        return msgspec.structs.replace(
            candidate, capacity=given, basis=GIVEN, layout=None, notes=notes
        )
    fields: dict[str, Any] = {change.key: change.value}
    if change.key == "usd_per_hour":
        fields |= {"unit": candidate.unit or "deployment", "last_known": None}
    return msgspec.structs.replace(candidate, **fields, notes=notes)
