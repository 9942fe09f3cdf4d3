"""Claims about the rows of a log of requests: columns, times, and rows that cannot be read."""

import datetime as dt
from collections.abc import Iterable
from pathlib import Path

import pytest

from planner.errors import BadFileError
from planner.files.request_log import RequestLog, read_request_log

HEADER = "timestamp,input_tokens,output_tokens"
MONDAY = dt.datetime(2026, 11, 2, tzinfo=dt.UTC)


def write(folder: Path, rows: Iterable[str], header: str = HEADER) -> Path:
    """A log with these rows."""
    path = folder / "log.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def row(minutes: float) -> str:
    """A request so many minutes after Monday, 2026-11-02 00:00 UTC."""
    return f"{(MONDAY + dt.timedelta(minutes=minutes)).isoformat()},100,20"


def read(folder: Path, rows: Iterable[str], header: str = HEADER) -> RequestLog:
    """What a log with these rows says."""
    return read_request_log(write(folder, rows, header))


def refused(folder: Path, rows: Iterable[str], header: str = HEADER) -> str:
    """What is said of a log that cannot be read, after its folder."""
    with pytest.raises(BadFileError) as error:
        read(folder, rows, header)
    told = str(error.value)
    assert "\n" not in told
    return told.removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("timestamp,input_tokens,output_tokens", "2026-11-02T09:30:00Z,7,3"),
        ("ts,prompt_tokens,completion_tokens", "2026-11-02 09:30:00+00:00,7,3"),
        ("Created At,id,Prompt Tokens,Completion-Tokens", "2026-11-02T10:30:00+01:00,x,7,3"),
        ("TimeGenerated,inputTokenCount,outputTokenCount", "2026-11-02T09:30:00.1234567Z,7.0,3"),
        ("completion_tokens;prompt_tokens;time", "3;7;1793611800"),
        ("time,input_tokens,output_tokens", "1793611800.25,7,3"),
        ("time,input_tokens,output_tokens", "1793611800250,7,3"),
        ("time,input_tokens,output_tokens", "2026-11-02 09:30:00 UTC,7,3"),
    ],
)
def test_columns_and_times_may_be_written_in_many_ways(
    tmp_path: Path, header: str, cells: str
) -> None:
    """The names of several gateways, any order, ISO times with an offset, and epochs."""
    log = read(tmp_path, [cells], header)
    assert log.first.isoformat() == "2026-11-02T09:00:00+00:00"
    assert [log.input.mean, log.output.mean] == [7, 3]
    assert [note for note in log.notes if "UTC" in note] == []


def test_a_time_without_an_offset_is_utc_or_of_the_zone_given(tmp_path: Path) -> None:
    """And where none is given, a note says so."""
    path = write(tmp_path, ["2026-11-02T09:30:00,7,3"])
    assert read_request_log(path).first.hour == 9
    assert read_request_log(path).notes[0] == (
        "log.csv: times without an offset are taken as UTC; name a timezone if they are not"
    )
    tokyo = dt.timezone(dt.timedelta(hours=9))
    assert read_request_log(path, tokyo).first.hour == 0
    assert "UTC" not in " ".join(read_request_log(path, tokyo).notes)


def test_a_bad_row_is_skipped_and_counted(tmp_path: Path) -> None:
    """By its reason, with the line of the first."""
    good = [row(60 * hour) for hour in range(168)]
    bad = [
        "yesterday,1,1",
        "1970-01-01T00:00:00Z,1,1",
        "2026-11-02,1,1",
        "2026-11-02T00:00:00Z,many,1",
        "2026-11-02T00:00:00Z,1,-1",
        "2026-11-02T00:00:00Z,1",
        "2026-11-02T00:00:00Z,1,99999999",
        "inf,1,1",
        "",
    ]
    log = read(tmp_path, bad + good)
    assert log.requests == 168
    assert log.requests_per_hour == 1
    assert log.notes[:-1] == (
        "log.csv: 3 rows skipped: no time (first on line 2)",
        "log.csv: 1 row skipped: no time between 2015 and 2100 (first on line 3)",
        "log.csv: 1 row skipped: no number of input tokens (first on line 5)",
        "log.csv: 1 row skipped: no number of output tokens (first on line 6)",
        "log.csv: 1 row skipped: too few cells (first on line 7)",
        "log.csv: 1 row skipped: impossible numbers of tokens (first on line 8)",
    )


def test_more_bad_rows_than_good_are_no_log(tmp_path: Path) -> None:
    """The first of them is named with its line and what to write."""
    assert refused(tmp_path, [row(0), "11/02/2026 09:30,1,1", "11/02/2026 09:31,1,1"]) == (
        "log.csv:3: the time is '11/02/2026 09:30'; write 2026-11-20T09:30:00Z;"
        " 2 of 3 rows cannot be read, mend the log"
    )


@pytest.mark.parametrize(
    ("header", "rows", "told"),
    [
        (HEADER, [], "log.csv: the log has no request; give one with a row for each"),
        ("", [], "log.csv:1: the log is empty; give one with a row for each request"),
        (
            "when,input_tokens,output_tokens",
            [],
            (
                "log.csv:1: no column of the time; call it timestamp"
                " (the columns are 'when', 'input_tokens', 'output_tokens')"
            ),
        ),
        (
            "time,tokens",
            [],
            (
                "log.csv:1: no column of the input tokens; call it input_tokens"
                " (the columns are 'time', 'tokens')"
            ),
        ),
    ],
)
def test_what_is_no_log_is_refused(tmp_path: Path, header: str, rows: list[str], told: str) -> None:
    """Without a request, or without the columns that are needed."""
    assert refused(tmp_path, rows, header) == told


def test_text_that_is_not_utf8_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    """One line each, with the way out."""
    path = tmp_path / "log.csv"
    path.write_bytes(b"timestamp,input_tokens,output_tokens\n\xff\xfe,1,1\n")
    with pytest.raises(BadFileError, match=r"log\.csv: no UTF-8 text; save it as UTF-8$"):
        read_request_log(path)
    with pytest.raises(BadFileError, match=r"cannot be read \(No such file or directory\); check"):
        read_request_log(tmp_path / "none.csv")
