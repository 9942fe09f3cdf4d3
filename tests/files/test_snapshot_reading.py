"""Claims about reading snapshots: strictly, and a fault is told in one line with its place."""

from pathlib import Path

import msgspec
import pytest

from planner.errors import BadFileError, PlannerError
from planner.files.snapshots import list_snapshots, read_snapshot, snapshot_path
from tests.builders import JUNE, day

HEADER = b'{"schema":1,"provider":"azure","date":"2026-06-03","origin":"api","coverage":[]}\n'
LINE = (
    b'{"kind":"offer","provider":"azure","region":"eastus2","model":"gpt-4o","version":null,'
    b'"deployment_type":null,"usage_name":null}\n'
)
FOLDED = LINE.replace(b'"region":"eastus2"', b'"regions":["eastus2","japaneast"]')


def write(folder: Path, *lines: bytes, name: str = "azure/2026-06-03") -> Path:
    """A snapshot file as somebody may have left it."""
    path = folder / f"{name}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(lines))
    return path


def header(**fields: object) -> bytes:
    """The header line with other fields."""
    return msgspec.json.encode(msgspec.json.decode(HEADER) | fields) + b"\n"


@pytest.mark.parametrize(
    ("content", "number", "message"),
    [
        (b"", 1, "the file is empty; restore it"),
        (HEADER[:-1], 1, "the last line is cut off"),
        (HEADER + LINE[:-20], 2, "the last line is cut off"),
        (b"\n", 1, "no snapshot header"),
        (b"[1]\n", 1, "no snapshot header"),
        (LINE, 1, "no snapshot header"),
        (header(schema=2, novelty=True), 1, "schema 2 is newer than 1; upgrade planner"),
        (header(novelty=True), 1, "unknown field `novelty`"),
        (header(origin="hearsay"), 1, "Invalid enum value 'hearsay'"),
        (header(provider="bedrock"), 1, "the header says bedrock 2026-06-03; move it to bedrock/"),
        (header(date="2026-06-04"), 1, "the header says azure 2026-06-04; move it to azure/"),
        (header(coverage=[{"regoin": "a"}]), 1, "unknown field `regoin`"),
        (header(coverage=[{"region": "a", "kinds": ["offers"]}]), 1, "no kind 'offers' of record"),
        (header(coverage=[{"region": "a", "status": "fine"}]), 1, "Invalid enum value 'fine'"),
        (header(coverage=[{"regions": "abc"}]), 1, "regions is no list of names"),
        (header(coverage=[{"regions": ["b", "a"]}]), 1, "regions is no sorted list"),
        (header(coverage=[{"region": "a", "regions": ["a"]}]), 1, "side by side; keep one"),
        (header(equals="2026-06-01"), 1, "equals 2026-06-01, of which no file is there before"),
        (header(equals="2026-06-03"), 1, "equals 2026-06-03, of which no file is there before"),
        (HEADER + b"\n" + LINE, 2, "Input data was truncated"),
        (HEADER + LINE + b"{\n", 3, "Input data was truncated"),
        (HEADER + b"17\n", 2, "no record; a record is {...}"),
        (HEADER + LINE.replace(b"gpt-4o", b"gpt-\xff"), 2, "can't decode byte 0xff"),
        (HEADER + LINE.replace(b'"offer"', b'"offering"'), 2, "Invalid value 'offering'"),
        (HEADER + LINE.replace(b'"kind":"offer",', b""), 2, "missing required field `kind`"),
        (HEADER + LINE.replace(b'"version":null,', b""), 2, "missing required field `version`"),
        (HEADER + LINE.replace(b"usage_name", b"usage_nmae"), 2, "unknown field `usage_nmae`"),
        (HEADER + LINE.replace(b'"gpt-4o"', b'""'), 2, "model is empty; name it"),
        (HEADER + LINE.replace(b'"gpt-4o"', b"17"), 2, "Expected `str`, got `int`"),
        (HEADER + LINE.replace(b"}", b',"retires":"soon"}'), 2, "unknown field `retires`"),
        (
            HEADER + LINE.replace(b"}", b',"retirement_dates":[{"on":"2026-10-01","fo":1}]}'),
            2,
            "unknown field `fo` - at `$.retirement_dates[0]`",
        ),
        (HEADER + LINE.replace(b"}", b',"context_tokens":-1}'), 2, "context_tokens is -1"),
        (
            HEADER + LINE.replace(b"azure", b"bedrock"),
            2,
            "a record of bedrock in a snapshot of azu",
        ),
        (HEADER + FOLDED.replace(b"japaneast", b"eastus"), 2, "regions is no sorted list"),
        (HEADER + FOLDED.replace(b"japaneast", b"eastus2"), 2, "regions is no sorted list"),
        (HEADER + FOLDED.replace(b'["eastus2","japaneast"]', b"[]"), 2, "regions is no sorted"),
        (HEADER + FOLDED.replace(b'"japaneast"', b"7"), 2, "regions is no list of names"),
        (HEADER + FOLDED.replace(b"}", b',"region":"eastus2"}'), 2, "side by side; keep one"),
        (
            HEADER + LINE + FOLDED.replace(b"}", b',"publisher":"O"}') + LINE,
            3,
            "two different records of offer azure eastus2 gpt-4o; keep one",
        ),
        (
            HEADER + LINE + FOLDED.replace(b"}", b',"observed_on":"2026-06-04"}'),
            3,
            "two different records of offer azure eastus2 gpt-4o; keep one",
        ),
        (
            HEADER + LINE.replace(b"}", b',"observed_on":"2026-06-04"}'),
            2,
            "azure record observed on 2026-06-04, after 2026-06-03",
        ),
    ],
)
def test_a_malformed_file_is_refused_with_its_line(
    tmp_path: Path, content: bytes, number: int, message: str
) -> None:
    """The error is one line that begins with file and line, and says what is wrong."""
    path = write(tmp_path, content)
    with pytest.raises(BadFileError) as caught:
        read_snapshot(path)
    assert str(caught.value).startswith(f"{path}:{number}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_equal_day_holds_quotas_alone_and_names_a_full_day(tmp_path: Path) -> None:
    """An offer beside `equals`, or a chain of equal days, is refused."""
    write(tmp_path, header(date="2026-06-01"), name="azure/2026-06-01")
    write(tmp_path, header(date="2026-06-02", equals="2026-06-01"), name="azure/2026-06-02")
    with_offer = write(tmp_path, header(equals="2026-06-01"), LINE)
    with pytest.raises(BadFileError, match=r"03\.jsonl:1: a day that equals 2026-06-01 has quota"):
        read_snapshot(with_offer)
    chained = write(tmp_path, header(equals="2026-06-02"))
    with pytest.raises(BadFileError, match=r"03\.jsonl:1: equals 2026-06-02, which is no full"):
        read_snapshot(chained)


def test_a_fault_in_the_full_day_is_told_at_its_own_place(tmp_path: Path) -> None:
    """The equal day names the other file's line, where the mending is to be done."""
    base = write(tmp_path, header(date="2026-06-01"), b"{}\n", name="azure/2026-06-01")
    path = write(tmp_path, header(equals="2026-06-01"))
    with pytest.raises(BadFileError) as caught:
        read_snapshot(path)
    assert str(caught.value).startswith(f"{base}:2: ")


def test_a_file_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    """The system's own words, the place and what to do."""
    with pytest.raises(BadFileError, match=r"03\.jsonl: No such file or directory; restore it"):
        read_snapshot(tmp_path / "azure" / "2026-06-03.jsonl")


def test_a_line_that_stands_twice_is_one(tmp_path: Path) -> None:
    """Equal records are one, as everywhere."""
    assert len(read_snapshot(write(tmp_path, HEADER, LINE, FOLDED)).records) == 2


@pytest.mark.parametrize("provider", ["../evil", "..", "a/b", "/", "Azure", "a\n", "", "a b"])
def test_a_providers_name_never_leaves_the_folder(tmp_path: Path, provider: str) -> None:
    """A name that is no plain word is refused before anything is touched."""
    with pytest.raises(PlannerError, match="is no plain name; use letters, digits, - and _"):
        snapshot_path(tmp_path, provider, day(JUNE))


def test_only_dated_files_of_plain_names_count(tmp_path: Path) -> None:
    """Other files and folders are nobody's snapshots."""
    for name in ("azure/2026-06-03", "azure/2026-13-01", "azure/notes", "My Backup/2026-06-03"):
        write(tmp_path, HEADER, name=name)
    write(tmp_path, HEADER, name="azure/2025-12-31")
    assert list_snapshots(tmp_path) == {"azure": [day("2025-12-31"), day(JUNE)]}
    assert list_snapshots(tmp_path / "nothing") == {}
