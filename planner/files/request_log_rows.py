"""The rows of a log of requests, counted as they stream by: minutes, lengths, faults.

Columns are found by what people and gateways call them, in any case and with any dashes. A time is
ISO 8601 or seconds, milli-, micro- or nanoseconds since 1970.
"""

import csv
import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from planner.core.lengths import MOST_TOKENS
from planner.errors import BadFileError
from planner.files.pricing_fields import show

LoggedHours = dict[int, list[int]]  # hour since 1970: the requests of its 60 minutes

COLUMNS = {
    "time": (
        "timestamp time ts createdat datetime date created requesttime starttime startedat"
        " timegenerated requesttimestamp timestamputc eventtime"
    ),
    "input": (
        "inputtokens prompttokens tokensin inputtokencount prompttokencount inputlength promptlen"
        " contexttokens inputlen numinputtokens numprompttokens"
    ),
    "output": (
        "outputtokens completiontokens tokensout outputtokencount completiontokencount"
        " generatedtokens candidatestokencount outputlength outputlen numoutputtokens"
        " numcompletiontokens"
    ),
    "cached": (
        "cachedtokens cachedinputtokens cachedprompttokens inputcachedtokens"
        " cachedcontenttokencount promptcachedtokens"
    ),
    # Anthropic's and Amazon Bedrock's usage counts what the cache gave beside the input tokens.
    "cache_read": "cachereadinputtokens cachereadinputtokencount",
}
_ADVICE = {"time": "timestamp", "input": "input_tokens", "output": "output_tokens"}
_EARLIEST = 1_420_070_400  # 2015-01-01: an older time is no request to a language model
_LATEST = 4_102_444_800  # 2100-01-01
_FINER = 100_000_000_000  # seconds beyond it, the year 5138, are milliseconds and so on
_DATE = 10  # characters of a day without a time
_UNITS = 3  # milli, micro, nano


class Tally:
    """What streams by, counted."""

    def __init__(self, name: str, *, has_cached: bool) -> None:
        self.name, self.has_cached = name, has_cached
        self.hours: LoggedHours = {}
        self.input: Counter[int] = Counter()
        self.output: Counter[int] = Counter()
        self.cached = self.good = self.out_of_order = 0
        self.without_offset = False
        self.bad: dict[str, list[int]] = {}  # reason: how many, the line of the first
        self.first_bad = ""

    @property
    def input_sum(self) -> int:
        """All input tokens."""
        return sum(length * count for length, count in self.input.items())

    def skip(self, line: int, reason: str, told: str) -> None:
        """A row that cannot be read."""
        self.bad.setdefault(reason, [0, line])[0] += 1
        self.first_bad = self.first_bad or f"{line}: {told}"

    def notes(self) -> list[str]:
        """What was skipped, taken for UTC or out of order."""
        found = [
            f"{count:,} row{'s' * (count != 1)} skipped: {reason} (first on line {line})"
            for reason, (count, line) in self.bad.items()
        ]
        if self.without_offset:
            found.append(
                "times without an offset are taken as UTC; name a timezone if they are not"
            )
        if self.out_of_order:
            rows = "1 row is" if self.out_of_order == 1 else f"{self.out_of_order:,} rows are"
            found.append(f"{rows} out of order in time, which changes nothing")
        return found


def read_rows(path: Path, zone: dt.tzinfo | None) -> Tally:
    """Count the rows of a log; BadFileError as `read_request_log` says."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            delimiter = delimiter_of(file.readline())
            file.seek(0)
            tally = _count(path, csv.reader(file, delimiter=delimiter), zone)
    except OSError as error:
        raise BadFileError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    except UnicodeDecodeError:
        raise BadFileError(f"{path}: no UTF-8 text; save it as UTF-8") from None
    bad = sum(count for count, _ in tally.bad.values())
    if bad > tally.good:
        raise BadFileError(
            f"{path}:{tally.first_bad}; {bad:,} of {bad + tally.good:,} rows cannot be read, mend"
            " the log"
        )
    if not tally.good:
        raise BadFileError(f"{path}: the log has no request; give one with a row for each")
    return tally


def delimiter_of(header: str) -> str:
    """What cuts the columns of a CSV: spreadsheets write ; where the comma is the decimal mark."""
    return max(",;\t", key=header.count)


def is_log(path: Path) -> bool:
    """Whether the header of a CSV is that of a log of requests."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            header = file.readline()
            _places(path, next(csv.reader([header], delimiter=delimiter_of(header)), []))
    except (BadFileError, OSError, UnicodeDecodeError, csv.Error):
        return False
    return True


def _count(path: Path, reader: Any, zone: dt.tzinfo | None) -> Tally:
    try:
        places = _places(path, next(reader, []))
        tally = Tally(path.name, has_cached="cached" in places or "cache_read" in places)
        _count_rows(tally, reader, places, _clock(zone, tally))
    except csv.Error as error:
        raise BadFileError(f"{path}:{reader.line_num}: {error}; mend the CSV") from None
    return tally


def _places(path: Path, header: list[str]) -> dict[str, int]:
    """Which column is which."""
    if not any(header):
        raise BadFileError(f"{path}:1: the log is empty; give one with a row for each request")
    names = ["".join(c for c in name.casefold() if c.isalnum()) for name in header]
    places: dict[str, int] = {}
    for what, known in COLUMNS.items():
        found = [i for word in known.split() for i, name in enumerate(names) if name == word]
        if found:
            places[what] = found[0]
        elif what in _ADVICE:
            stand = ", ".join(map(show, header[:8])) or "nothing"
            raise BadFileError(
                f"{path}:1: no column of the {what}{'' if what == 'time' else ' tokens'}; call it"
                f" {_ADVICE[what]} (the columns are {stand})"
            )
    return places


def _clock(zone: dt.tzinfo | None, tally: Tally) -> Callable[[str], int]:
    """What turns a time into whole seconds since 1970; ValueError where it is none."""

    def seconds(text: str) -> int:
        if text[4:5] == "-" and len(text) > _DATE:
            at = dt.datetime.fromisoformat(text.removesuffix(" UTC"))
            if at.tzinfo is None:
                if zone is None and not text.endswith(" UTC"):
                    tally.without_offset = True
                at = at.replace(tzinfo=zone or dt.UTC)
            return int(at.timestamp())
        number = float(text)
        for _ in range(_UNITS):
            number = number / 1000 if number > _FINER else number
        return int(number)

    return seconds


def _count_rows(
    tally: Tally, reader: Any, places: dict[str, int], seconds: Callable[[str], int]
) -> None:
    time, inputs, outputs = places["time"], places["input"], places["output"]
    cached, beside = places.get("cached"), places.get("cache_read")
    latest, minutes_by_hour = 0, tally.hours
    count_in, count_out = tally.input, tally.output
    for row in reader:
        if not row:
            continue
        try:
            at = seconds(row[time].strip())
            from_cache = 0
            tokens_in, tokens_out = _tokens(row[inputs]), _tokens(row[outputs])
            if cached is not None:
                from_cache = _tokens(row[cached] or "0")
            elif beside is not None:
                from_cache = _tokens(row[beside] or "0")
                tokens_in += from_cache
        except (ValueError, OverflowError, IndexError):
            tally.skip(reader.line_num, *_why(row, places, seconds))
            continue
        if not _EARLIEST <= at < _LATEST:
            tally.skip(
                reader.line_num, "no time between 2015 and 2100", f"the time is {show(row[time])}"
            )
            continue
        if from_cache > tokens_in or max(tokens_in, tokens_out) > MOST_TOKENS:
            told = f"{tokens_in} tokens in, {from_cache} of them cached, {tokens_out} out"
            tally.skip(reader.line_num, "impossible numbers of tokens", told)
            continue
        hour, minute = divmod(at // 60, 60)
        try:
            minutes_by_hour[hour][minute] += 1
        except KeyError:
            minutes_by_hour[hour] = [0] * 60
            minutes_by_hour[hour][minute] = 1
        count_in[tokens_in] += 1
        count_out[tokens_out] += 1
        tally.cached += from_cache
        tally.good += 1
        if at < latest:
            tally.out_of_order += 1
        else:
            latest = at


def _tokens(text: str) -> int:
    """A number of tokens, 0 or more; ValueError where it is none."""
    try:
        number = int(text)
    except ValueError:
        number = int(text.removesuffix(".0"))
    if number < 0:
        raise ValueError(text)
    return number


def _why(row: list[str], places: dict[str, int], seconds: Callable[[str], int]) -> tuple[str, str]:
    """Why a row is skipped: the kind of fault, and this row's own."""
    if len(row) <= max(places.values()):
        return "too few cells", f"{len(row)} cells, fewer than the columns"
    told = row[places["time"]].strip()
    try:
        seconds(told)
    except (ValueError, OverflowError):
        return "no time", f"the time is {show(told)}; write 2026-11-20T09:30:00Z"
    for what in ("input", "output", "cached", "cache_read"):
        if what in places:
            cell = row[places[what]]
            try:
                _tokens(cell or ("0" if what.startswith("cache") else ""))
            except ValueError:
                column = what.replace("_", " ")
                return f"no number of {column} tokens", f"the {column} tokens are {show(cell)}"
    raise AssertionError(row)  # the caller met a fault
