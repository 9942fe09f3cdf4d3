"""Claims about kept measurements: appended, never lost, read strictly, no snapshots."""

import datetime as dt
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.json import encode

from planner.core.measurements import Device, Measurement, Percentiles, Requests
from planner.errors import BadFileError, NewerFileError, PlannerError
from planner.files.measurements import keep, kept, measurement_files, read_measurements
from planner.files.snapshot_checks import check_file, files_in, strays
from planner.files.snapshots import list_snapshots

NOON = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
HEADER = b'{"schema":1,"kind":"measurements","date":"2026-11-26"}'


def measurement(**fields: Any) -> Measurement:
    """One of a server of Llama-3-8B on an H100."""
    usual: dict[str, Any] = {
        "measured_at": NOON,
        "source": "planner probe",
        "model": "llama-3-8b",
        "engine": "vllm",
        "device": Device(gpu="NVIDIA H100 SXM"),
        "dtype": "bf16",
        "drive": "closed_loop",
        "concurrency": 8.0,
        "input_tokens": 512.0,
        "output_tokens": 128.0,
        "output_tokens_per_second": 900.0,
    }
    return Measurement(**(usual | fields))


def test_a_line_tells_what_is_known_and_no_more(tmp_path: Path) -> None:
    """The header says schema and day; a record leaves out what is unknown or empty."""
    [path] = keep(tmp_path, [measurement()], NOON)
    assert path == tmp_path / "probe" / "2026-11-26.jsonl"
    header, line, end = path.read_bytes().split(b"\n")
    assert (header, end) == (HEADER, b"")
    assert json.loads(line) == {
        "kind": "measurement",
        "measured_at": "2026-11-26T12:00:00Z",
        "source": "planner probe",
        "model": "llama-3-8b",
        "engine": "vllm",
        "device": {"gpu": "NVIDIA H100 SXM", "count": 1},
        "dtype": "bf16",
        "drive": "closed_loop",
        "concurrency": 8.0,
        "input_tokens": 512.0,
        "output_tokens": 128.0,
        "output_tokens_per_second": 900.0,
    }


def test_measurements_are_appended_and_the_same_one_is_kept_once(tmp_path: Path) -> None:
    """A second probe of the day adds lines behind the first's; days have files of their own."""
    first, second = measurement(), measurement(concurrency=16.0)
    keep(tmp_path, [first], NOON)
    keep(tmp_path, [first, second], NOON)
    earlier = measurement(measured_at=dt.datetime(2026, 11, 25, 23, 59, tzinfo=dt.UTC))
    keep(tmp_path, [earlier], NOON)
    assert read_measurements(tmp_path / "probe" / "2026-11-26.jsonl") == (first, second)
    assert [path.name for path in measurement_files(tmp_path)] == [
        "2026-11-25.jsonl",
        "2026-11-26.jsonl",
    ]
    assert kept([tmp_path]) == ((earlier, first, second), ())


def test_the_day_is_that_of_utc(tmp_path: Path) -> None:
    """Half past midnight in Tokyo is the day before."""
    tokyo = dt.timezone(dt.timedelta(hours=9))
    late = measurement(measured_at=dt.datetime(2026, 11, 27, 0, 30, tzinfo=tokyo))
    [path] = keep(tmp_path, [late], NOON)
    assert path.name == "2026-11-26.jsonl"


figures = st.floats(min_value=0, max_value=1e9)
times = st.builds(Percentiles, mean=figures, p50=figures, p90=st.none() | figures, p99=figures)
words = st.text(max_size=20)
measurements = st.builds(
    Measurement,
    measured_at=st.datetimes(
        min_value=dt.datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis puts the zone to it
        timezones=st.just(dt.UTC),
    ),
    source=words,
    model=words,
    drive=st.sampled_from(["static", "closed_loop", "open_loop", "burst"]),
    device=st.builds(Device, name=st.none() | words, load=st.none() | figures),
    versions=st.dictionaries(words, words, max_size=2),
    input_tokens=figures,
    output_tokens=figures,
    ttft_ms=st.none() | times,
    requests=st.none()
    | st.builds(Requests, completed=st.integers(0, 99), errors=st.just({"HTTP 503": 2})),
    rounds=st.lists(figures, max_size=3).map(tuple),
    flags=st.lists(words, max_size=2).map(tuple),
)


@given(st.lists(measurements, max_size=4))
def test_what_is_kept_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, found: list[Measurement]
) -> None:
    """Every record comes back as it was, whatever its words, in the order of time."""
    folder = tmp_path_factory.mktemp("kept")
    keep(folder, found, NOON)
    again, faults = kept([folder])
    assert faults == ()
    assert {encode(one) for one in again} == {encode(one) for one in found}
    assert list(again) == sorted(again, key=lambda one: one.measured_at)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER + b'\n{"kind":"measurement"}\n', ":2: Object missing required field"),
        (HEADER + b"\n{\n", ":2: Input data was truncated"),
        (HEADER + b"\n" + b"{}", ":2: Object missing required field"),
        (b"{}\n", ":1: no header of measurements"),
        (HEADER, ":1: the last line is cut off; restore or remove it"),
        (HEADER.replace(b"-26", b"-25") + b"\n", ":1: the header says 2026-11-25; rename"),
    ],
)
def test_a_file_at_fault_is_named_with_its_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """It is neither read nor written over, and `snapshots check` tells the same."""
    path = tmp_path / "probe" / "2026-11-26.jsonl"
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(BadFileError) as told:
        read_measurements(path)
    assert message in str(told.value)
    with pytest.raises(BadFileError):
        keep(tmp_path, [measurement()], NOON)
    assert path.read_bytes() == content
    assert kept([tmp_path]) == ((), (str(told.value),))
    [finding] = check_file(path)
    assert finding.severity == "error"
    assert finding.message in message + str(told.value)


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    """It says to upgrade, and the file stays."""
    path = tmp_path / "probe" / "2026-11-26.jsonl"
    path.parent.mkdir()
    path.write_bytes(HEADER.replace(b":1,", b":2,") + b"\n")
    with pytest.raises(NewerFileError, match="schema 2 is newer than 1; upgrade planner"):
        read_measurements(path)


@pytest.mark.parametrize("linked", ["probe", "probe/2026-11-26.jsonl"])
def test_a_symbolic_link_is_not_written_through(tmp_path: Path, linked: str) -> None:
    """Neither the folder nor a day's file may be one."""
    target = tmp_path / "elsewhere"
    target.mkdir()
    link = tmp_path / "snapshots" / linked
    link.parent.mkdir(parents=True)
    link.symlink_to(target if linked == "probe" else target / "file")
    with pytest.raises(PlannerError, match="is a symbolic link; remove it"):
        keep(tmp_path / "snapshots", [measurement()], NOON)
    assert list(target.iterdir()) == []


def test_two_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    """Each waits for the other's lock, and all lines are there."""
    found = [measurement(concurrency=float(n)) for n in range(1, 9)]
    threads = [threading.Thread(target=keep, args=(tmp_path, [one], NOON)) for one in found]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    again, _ = kept([tmp_path])
    assert sorted(one.concurrency or 0 for one in again) == [float(n) for n in range(1, 9)]


def test_measurements_are_no_snapshots(tmp_path: Path) -> None:
    """No provider is called probe; `snapshots check` reads the files and finds nothing odd."""
    [path] = keep(tmp_path, [measurement()], NOON)
    assert list_snapshots(tmp_path) == {}
    assert files_in(tmp_path) == files_in(tmp_path / "probe") == [path]
    assert list(strays(tmp_path)) == list(check_file(path)) == []
