"""Claims about many workloads at once: rows of a CSV, folders, names, and faults with their row."""

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from planner.core.offers import Billing
from planner.core.profiles import Zone, bursty
from planner.errors import BadFileError
from planner.files.workload_rows import read_workload_rows

ON = dt.date(2026, 11, 26)
HEADER = "name,models,requests_per_hour,input_tokens,output_tokens"
YAML = "models: [gpt-4o]\nrequests_per_hour: 1\ninput_tokens: 100\noutput_tokens: 50\n"


def write(folder: Path, *lines: str, name: str = "rows.csv") -> Path:
    """A file of these lines."""
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def fault(path: Path) -> str:
    """What is said of it, after its folder."""
    with pytest.raises(BadFileError) as error:
        read_workload_rows(path, ON)
    told = str(error.value)
    assert "\n" not in told
    return told.removeprefix(f"{path.parent}/").replace(f"{path.parent}/", "")


def test_each_row_is_a_workload(tmp_path: Path) -> None:
    """Lists are cut by | or ;, empty cells are defaults, a row without a name has its number."""
    path = write(
        tmp_path,
        f"{HEADER},ways,quality,profile,timezone,peak_factor,boundary",
        "a,gpt-4o|GPT-4.1,60,1200,300,batch;pay-as-you-go,gpt-4o=0.7,bursty,+09:00,4,EU",
        "",
        ",gpt-4o,0.5,mean=100|maximum=900,50,,,,,,",
    )
    first, second = (each.workload for each in read_workload_rows(path, ON))
    assert first.models == ("gpt-4o", "gpt-4.1")
    assert first.ways == (Billing.BATCH, Billing.ON_DEMAND)
    assert first.quality == {"gpt-4o": 0.7}
    assert first.profile == bursty(Fraction(4), zone=Zone("+09:00", Fraction(9)))
    assert first.boundary == "eu"
    assert second.name == "rows-4"
    assert second.requests_per_hour == Fraction(1, 2)
    assert second.input.longest == 900
    assert second.boundary is None


def test_a_spreadsheet_may_cut_its_columns_by_semicolons(tmp_path: Path) -> None:
    """Lists in its cells are then cut by |."""
    path = write(tmp_path, HEADER.replace(",", ";"), "a;gpt-4o|gpt-4.1;60;1200;300")
    assert read_workload_rows(path, ON)[0].workload.models == ("gpt-4o", "gpt-4.1")


def test_a_folder_is_read_by_name(tmp_path: Path) -> None:
    """YAML and CSV files, sorted; logs, settings, hidden and other files are passed over."""
    write(tmp_path, YAML, name="b.yaml")
    write(tmp_path, YAML, "name: first", name="a.yml")
    write(tmp_path, HEADER, "row,gpt-4o,1,2,3", name="c.csv")
    write(tmp_path, "timestamp,input_tokens,output_tokens", "2026-11-02T00:00Z,1,2", name="d.csv")
    write(tmp_path, "nothing", name="notes.txt")
    write(tmp_path, "home_region: japaneast", name="planner.yaml")
    write(tmp_path, "\0 what a system keeps", name="._a.yaml")
    found = read_workload_rows(tmp_path, ON)
    assert [each.workload.name for each in found] == ["first", "b", "row"]
    assert [each.workload.name for each in read_workload_rows(tmp_path / "b.yaml", ON)] == ["b"]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            ["models,requests"],
            "rows.csv:1: unknown key 'requests'; did you mean requests_per_hour?",
        ),
        (["models,machine"], "rows.csv:1: unknown key 'machine'; did you mean machines?"),
        (["models,models"], "rows.csv:1: column 'models' stands twice; remove one"),
        (["units"], "rows.csv:1: units does not fit a cell; write that workload as YAML"),
        ([""], "rows.csv:1: no header; give the keys of a workload, such as models"),
        ([HEADER], "rows.csv: no workload in it; give a row, or a .yaml file, for each"),
        ([HEADER, "a,,1,1,1"], "rows.csv:2: models is missing; name one or more"),
        (
            [HEADER, "a,gpt-4o,1,1,1", "b,gpt-4o,-1,1,1"],
            "rows.csv:3: requests_per_hour is -1; give 0 to 1,000,000,000,000",
        ),
        (
            [HEADER, "a,gpt-4o,1,1,1", "a,gpt-4o,1,1,1"],
            "rows.csv:3: name 'a' stands twice, first in rows.csv:2; rename one",
        ),
        (
            [HEADER, "a,gpt-4o,gpt-4.1,1,1,1"],
            "rows.csv:2: 6 cells, 5 columns; quote a cell that holds the separator",
        ),
        ([HEADER, '"a,gpt-4o,1,1,1'], "rows.csv:2: unexpected end of data; mend the CSV"),
    ],
)
def test_a_fault_names_file_and_row(tmp_path: Path, lines: list[str], told: str) -> None:
    """The header's on line 1, a row's on its own."""
    assert fault(write(tmp_path, *lines)) == told


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    """With both places."""
    write(tmp_path, YAML, "name: x", name="a.yaml")
    write(tmp_path, YAML, "name: x", name="b.yaml")
    with pytest.raises(BadFileError) as error:
        read_workload_rows(tmp_path, ON)
    assert str(error.value) == (
        f"{tmp_path}/b.yaml: name 'x' stands twice, first in {tmp_path}/a.yaml; rename one"
    )


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A missing file, an empty folder."""
    assert fault(tmp_path / "none.csv") == (
        "none.csv: cannot be read (No such file or directory); check the path"
    )
    (tmp_path / "empty").mkdir()
    assert fault(tmp_path / "empty") == (
        "empty: no workload in it; give a row, or a .yaml file, for each"
    )
