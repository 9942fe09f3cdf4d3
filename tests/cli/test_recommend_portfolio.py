"""Claims about `planner recommend` for a CSV or a folder: one answer, its formats, its faults."""

import csv
import io
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Call

ON = ("--on", "2026-06-03")
HEADER = "name,models,requests_per_minute,input_tokens,output_tokens,boundary,ways,profile,timezone"
TOKYO = "tokyo,gpt-4.1,400,1000,200,,provisioned,business-hours,Asia/Tokyo"
PARIS = "paris,gpt-4.1,600,1000,200,eur,,,"
MARS = "mars,gpt-4.1,1,1000,200,on-premises,pay-as-you-go,,"


def rows(folder: Path, *lines: str, name: str = "loads.csv") -> str:
    """A CSV of workloads."""
    path = folder / name
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return str(path)


def test_each_row_has_the_plan_that_it_has_alone(planner: Call, elsewhere: Path) -> None:
    """600 requests a minute of 1,000 in and 200 out cost 94,608 a month, as by themselves."""
    path = rows(elsewhere, "free,gpt-4.1,600,1000,200,,,,", PARIS)
    done = planner("recommend", path, *ON, "--json")
    assert done.code == 0, done.err
    first, second = done.json["workloads"]
    assert (first["name"], first["what"], first["usd_per_month"]) == (
        "free", "GlobalStandard", 94_608,
    )  # fmt: skip
    assert second["what"] == "DataZoneStandard"
    total = first["usd_per_month"] + second["usd_per_month"]
    assert done.json["usd_per_month_single"] == round(total, 2)
    assert done.json["pools"] == []


def test_small_needs_share_the_least_that_is_sold(planner: Call, elsewhere: Path) -> None:
    """Two that fill 7 PTU each of global gpt-4.1 need 15 together, where each alone pays 15."""
    lines = [f"{name},gpt-4.1,{35 / 3},1000,200,,provisioned,," for name in ("a", "b")]
    done = planner("recommend", rows(elsewhere, *lines), *ON, "--json")
    assert done.code == 0, done.err
    (pool,) = done.json["pools"]
    assert (pool["units"], pool["minimum"], pool["workloads"]) == (15, 15, ["a", "b"])
    assert (pool["usd_single"], pool["usd_pooled"]) == (21_900, 10_950)


def test_the_text_begins_with_the_sum_and_what_sharing_saves(
    planner: Call, elsewhere: Path
) -> None:
    """The first lines can be read out: the cost of all, what pools save, how many fit nothing."""
    lines = [f"{name},gpt-4.1,{35 / 3},1000,200,,provisioned,," for name in ("a", "b")]
    done = planner("recommend", rows(elsewhere, *lines, MARS), *ON)
    assert done.code == 3
    assert done.out.splitlines()[:3] == [
        "2 of 3 workloads: 21,900 USD a month by the cheapest of each.",
        "On shared units 10,950: 2 of them in 1 pool save 10,950 (50.0%).",
        "Nothing fits 1: mars.",
    ]
    assert "note: nothing fits mars" in done.err


def test_the_members_of_a_pool_are_named_with_all(planner: Call, elsewhere: Path) -> None:
    """Of three a row says how many they are; with --all it names them."""
    lines = [f"load-{n},gpt-4.1,{20 / 3},1000,200,,provisioned,," for n in range(3)]
    path = rows(elsewhere, *lines)
    brief, whole = planner("recommend", path, *ON), planner("recommend", path, *ON, "--all")
    (row,) = [line for line in brief.out.splitlines() if line.startswith("pool-1: gpt-4.1")]
    assert " 3  " in row
    assert "load-0, load-1," in whole.out


def test_a_folder_is_read_by_name(planner: Call, elsewhere: Path) -> None:
    """YAML files and CSVs of one folder are one portfolio; each row is one of CSV's."""
    folder = elsewhere / "loads"
    folder.mkdir()
    (folder / "a.yaml").write_text(
        "models: [gpt-4.1]\nrequests_per_minute: 600\ninput_tokens: 1000\noutput_tokens: 200\n",
        encoding="utf-8",
    )
    rows(folder, PARIS, TOKYO, name="b.csv")
    done = planner("recommend", str(folder), *ON, "--format", "csv")
    assert done.code == 0, done.err
    told = list(csv.DictReader(io.StringIO(done.out)))
    assert [row["name"] for row in told] == ["a", "paris", "tokyo"]
    assert told[0]["usd_per_month"] == "94608.00"


def test_markdown_has_a_row_for_each(planner: Call, elsewhere: Path) -> None:
    """The sum stands before the table."""
    done = planner("recommend", rows(elsewhere, PARIS), *ON, "--format", "markdown")
    assert done.code == 0, done.err
    assert done.out.startswith("1 of 1 workload: ")
    assert "| paris | gpt-4.1 |" in done.out


def test_all_shows_every_row(planner: Call, elsewhere: Path) -> None:
    """Without it the seven dearest are shown, and how many more there are."""
    path = rows(elsewhere, *(PARIS.replace("paris", f"w{n}") for n in range(9)))
    brief, whole = planner("recommend", path, *ON), planner("recommend", path, *ON, "--all")
    assert "2 more: --all" in brief.out
    assert all(f"w{n} " in whole.out for n in range(9))


def test_nothing_that_fits_anything_is_exit_4(planner: Call, elsewhere: Path) -> None:
    """The answer is given all the same, with reasons."""
    done = planner("recommend", rows(elsewhere, MARS), *ON, "--json")
    assert done.code == 4
    (row,) = done.json["workloads"]
    assert row["recommended"] is None
    assert "data may not leave the premises, and it is a cloud's" in " ".join(row["reasons"])


def test_faults_name_file_and_row(planner: Call, elsewhere: Path) -> None:
    """A value that cannot be read, and a model that nobody knows, are told with their row."""
    path = rows(elsewhere, PARIS, "x,gpt-4.1,many,1000,200,,,,")
    done = planner("recommend", path, *ON)
    assert (done.code, f"{path}:3: requests_per_minute" in done.err) == (1, True)
    path = rows(elsewhere, PARIS, "x,gpt-4.11,1,1000,200,,,,")
    done = planner("recommend", path, *ON)
    assert (done.code, f"{path}:3: no snapshot" in done.err) == (1, True)


def test_a_flag_of_one_workload_is_refused(planner: Call, elsewhere: Path) -> None:
    """What a flag says would hold for all rows or none: it belongs into the file."""
    done = planner("recommend", rows(elsewhere, PARIS), "--boundary", "eu", *ON)
    assert done.code == 2
    assert "holds many" in done.err


def test_the_answer_validates_against_its_schema(planner: Call, elsewhere: Path) -> None:
    """`planner schema recommend portfolio` describes it."""
    schema = planner("schema", "recommend", "portfolio").json
    done = planner("recommend", rows(elsewhere, TOKYO, PARIS, MARS), *ON, "--json")
    jsonschema.validate(done.json, schema)


def test_many_are_the_same_in_several_processes(
    program: Call, planner: Call, elsewhere: Path
) -> None:
    """61 rows are spread over processes; each answer is that of the row alone, in its order."""
    lines = [f"w{n:02},gpt-4.1,{n + 1},1000,200,,,," for n in range(61)]
    many = program("recommend", rows(elsewhere, *lines), *ON, "--json").json["workloads"]
    few = planner("recommend", rows(elsewhere, *lines[7:9]), *ON, "--json").json["workloads"]
    assert many[7:9] == few
    assert [row["name"] for row in many] == [f"w{n:02}" for n in range(61)]


def test_risks_stand_below_narrow_and_beside_wide(
    planner: Call, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind with who has it; where there is room, a column has them, as CSV and JSON do."""
    path = rows(elsewhere, PARIS, PARIS.replace("paris", "rome"))
    narrow = planner("recommend", path, *ON).out
    assert "\n! quota unknown: paris, rome\n" in narrow
    monkeypatch.setenv("COLUMNS", "140")
    (row,) = [r for r in planner("recommend", path, *ON).out.splitlines() if r[:5] == "paris"]
    assert row.endswith("  retires, quota unknown, price old")
    told = list(csv.DictReader(io.StringIO(planner("recommend", path, *ON, "--format=csv").out)))
    assert told[0]["risk_kinds"] == "retires;quota unknown;price old"
    (first, _) = planner("recommend", path, *ON, "--json").json["workloads"]
    assert any("quota unknown: run planner collect azure" in risk for risk in first["risks"])


def test_markdown_is_in_the_currency_that_was_asked_for(planner: Call, elsewhere: Path) -> None:
    """The sentence, the name of the column and its amounts; nothing is said of USD."""
    path = rows(elsewhere, PARIS)
    done = planner("recommend", path, *ON, "--format", "markdown", "--currency", "EUR")
    first, *table = done.out.splitlines()
    assert " EUR a month" in first
    assert "| eur_per_month |" in table[1]
    assert "USD" not in "".join(table[1:4])
    assert "stay in USD" not in done.err


def test_a_row_names_its_units_and_their_mean(planner: Call, elsewhere: Path) -> None:
    """Nine hours of five days a week 240 PTU run, of which a month has 64.3 on average."""
    path = rows(elsewhere, TOKYO)
    (row,) = planner("recommend", path, *ON, "--json").json["workloads"]
    assert (row["units"], row["unit"], round(row["units_mean"], 1)) == (240, "PTU", 64.3)
    out = " ".join(planner("recommend", path, *ON).out.split())
    assert "up to 240 PTU, 64.3 on average" in out


@pytest.mark.parametrize("flag", [("--explain",), ("--emit", "az")], ids=lambda flag: flag[0])
def test_what_is_of_one_workload_alone_is_refused(
    planner: Call, elsewhere: Path, flag: tuple[str, ...]
) -> None:
    """Many have no figures to explain and no one choice to deploy."""
    done = planner("recommend", rows(elsewhere, PARIS), *flag)
    assert done.code == 2
    assert done.err.startswith(f"planner: {flag[0]} is of one workload, and ")
