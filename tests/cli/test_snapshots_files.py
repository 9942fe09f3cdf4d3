"""Claims about `planner snapshots export` and `compact`: what is written, and what is not."""

import csv
import datetime as dt
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import jsonschema
import pytest
from pyarrow import parquet  # type: ignore[import-untyped]

from planner.files.lock import hold
from planner.files.places import carried_folder
from planner.files.snapshot_lines import encode_header, fold
from planner.files.snapshots import write_snapshot
from tests.builders import looked, offer, quota, snapshot
from tests.cli.clouds import PROVIDERS, clouds
from tests.cli.conftest import Call, environ

__all__ = ["clouds"]

OWN = Path("snapshots")


def write_full(used: float, on: str) -> Path:
    """A snapshot of the user's own with all its lines, whatever the day before it says."""
    looks = looked("eastus2", kinds=("offer", "quota"))
    made = snapshot(offer(), quota(used=used), on=on, coverage=looks)
    path = OWN / "azure" / f"{on}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [encode_header(made, None), *sorted(fold(made.records)), b""]
    path.write_bytes(b"\n".join(lines))
    return path


def ask(question: str, path: str = "all.db") -> list[tuple[object, ...]]:
    """What a database answers."""
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.execute(question))


def test_all_carried_records_go_to_a_database(planner: Call) -> None:
    """A row a file and a row a record of each kind; the answer keeps to its schema."""
    done = planner("snapshots", "export", "--to", "all.db", "--json")
    assert done.code == 0
    jsonschema.validate(done.json, planner("schema", "snapshots", "export").json)
    assert (done.json["format"], done.json["snapshots"]) == ("sqlite", 10)
    assert done.json["rows"] == {
        "offer": 6347, "lifecycle": 111, "quota": 0, "capacity": 0, "meter": 215, "deployment": 0,
    }  # fmt: skip
    assert done.json["bytes"] == Path("all.db").stat().st_size
    assert ask("select count(*) from snapshots") == [(10,)]
    assert ask("select provider, count(*) from latest_offers group by 1") == [
        ("azure", 2895), ("bedrock", 1793), ("gemini", 64),
    ]  # fmt: skip
    assert [path.name for path in Path().iterdir()] == ["all.db"]


def test_what_is_exported_can_be_narrowed(planner: Call) -> None:
    """By provider, days and kind; both layers are in it, each row with its own."""
    write_snapshot(OWN, snapshot(offer(), quota(), on="2026-06-03"))
    days = ("--from", "2026-06-01", "--until", "2026-06-30")
    done = planner("snapshots", "export", "--to", "all.db", "--provider", "azure", *days)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("all.db: 2,896 offers, 1 quota of 2 snapshots, ")
    assert ask("select distinct snapshot, layer from offers order by 2") == [
        ("2026-06-03", "carried"), ("2026-06-03", "own"),
    ]  # fmt: skip
    planner("snapshots", "export", "--to", "quotas.db", "--kind", "quota", *days)
    tables = ask("select name from sqlite_master where type = 'table' order by 1", "quotas.db")
    assert tables == [("coverage",), ("quotas",), ("snapshots",)]
    planner("snapshots", "export", "--to", "q.csv", "--kind", "quota", *days)
    [row] = csv.DictReader(Path("q.csv").read_text(encoding="utf-8").splitlines())
    assert (row["snapshot"], row["account"], row["limit"], row["unit"]) == (
        "2026-06-03", "main-1a2b", "300.0", "",
    )  # fmt: skip


def test_parquet_is_of_offers_unless_told_otherwise(planner: Call) -> None:
    """Under any name that --as explains."""
    assert planner("snapshots", "export", "--to", "a.bin", "--as", "parquet").code == 0
    table = parquet.read_table("a.bin", columns=["snapshot", "model", "destinations"])
    assert table.num_rows == 6347
    assert max(table.column("snapshot").to_pylist()) == dt.date(2026, 8, 21)


def test_a_day_that_equals_another_has_its_rows(planner: Call) -> None:
    """So that a question about a day needs no look at the day before."""
    for on in ("2026-11-18", "2026-11-19"):
        write_snapshot(OWN, snapshot(offer(), on=on))
    planner("snapshots", "export", "--to", "all.db", "--from", "2026-11-01")
    assert ask("select date, equals from snapshots order by 1") == [
        ("2026-11-18", None), ("2026-11-19", "2026-11-18"),
    ]  # fmt: skip
    assert ask("select snapshot, model from offers order by 1") == [
        ("2026-11-18", "gpt-4o"), ("2026-11-19", "gpt-4o"),
    ]  # fmt: skip


def test_words_that_a_spreadsheet_would_compute_are_made_safe(planner: Call) -> None:
    """Formulas get an apostrophe, escapes are spelt out; a database keeps the words."""
    write_snapshot(OWN, snapshot(offer(model="=1+1\n\x1b[31m"), on="2026-11-18"))
    planner("snapshots", "export", "--to", "a.csv", "--from", "2026-11-01")
    [row] = csv.DictReader(Path("a.csv").read_text(encoding="utf-8").splitlines())
    assert row["model"] == "'=1+1\\x0a\\x1b[31m"
    planner("snapshots", "export", "--to", "all.db", "--from", "2026-11-01")
    assert ask("select model from offers") == [("=1+1\n\x1b[31m",)]


def test_what_cannot_be_read_is_left_out_and_named(planner: Call) -> None:
    """The rest is exported and the exit code is 3; where nothing is left nothing is written."""
    path = write_full(1, "2026-11-18")
    write_full(1, "2026-11-19")
    path.write_text("{}\n", encoding="utf-8")
    days = ("--from", "2026-11-01")
    done = planner("snapshots", "export", "--to", "all.db", *days, "--json")
    assert (done.code, done.json["snapshots"], done.json["rows"]["offer"]) == (3, 1, 1)
    assert done.err.startswith(f"planner: left out: {path}:1: no snapshot header")
    assert [left["path"] for left in done.json["left_out"]] == [str(path)]
    none = planner("snapshots", "export", "--to", "b.db", *days, "--until", "2026-11-18")
    assert (none.code, none.out) == (1, "")
    assert none.err.startswith(f"planner: no snapshot can be read; {path}:1: ")
    assert not Path("b.db").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--to", "there.db"], 1, "there.db is there already; give --force"),
        (["--to", "a.xlsx"], 2, "a.xlsx has none of the endings .parquet, .csv, .db, .sqlite"),
        (["--to", "no/a.db"], 1, "there is no folder no; make it first"),
        (["--to", "."], 2, ". has none of the endings"),
        (["--to", "a.csv", "--kind", "offer", "--kind", "quota"], 2, "a csv file holds one kind"),
        (["--to", "a.csv", "--provider", "azur"], 1, "no provider 'azur' here; did you mean azure"),
        (["--to", "a.csv", "--from", "2027-01-01"], 1, "there is no snapshot of these days; plan"),
        ([], 2, "Missing option '--to'"),
    ],
)
def test_what_cannot_be_exported_is_said(
    planner: Call, arguments: list[str], code: int, message: str
) -> None:
    """In one line, and what is there stays."""
    Path("there.db").write_text("mine")
    done = planner("snapshots", "export", *arguments)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert message in done.err
    assert [path.name for path in Path().iterdir()] == ["there.db"]
    assert Path("there.db").read_text() == "mine"


def test_force_writes_over_a_file(planner: Call) -> None:
    """Another export of the same is the same file."""
    Path("a.csv").write_text("mine")
    assert planner("snapshots", "export", "--to", "a.csv", "--force").code == 0
    first = Path("a.csv").read_bytes()
    assert planner("snapshots", "export", "--to", "a.csv", "--force").code == 0
    assert Path("a.csv").read_bytes() == first
    assert first.count(b"\n") == 6348


def test_without_pyarrow_the_extra_is_named(tmp_path: Path) -> None:
    """One line, exit 1, nothing written; SQLite needs no extra."""
    script = (
        "import sys\n"
        "sys.modules['pyarrow'] = None\n"
        "from planner.cli.main import run\n"
        "codes = [run(['snapshots', 'export', '--to', to]) for to in ('a.parquet', 's3://b/a.db',"
        " 'a.db')]\n"
        "sys.exit(codes != [1, 1, 0])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environ(), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    extra = "pip install 'cloud-llm-planner[history]'"
    assert done.stderr.splitlines() == [
        f"planner: Parquet needs pyarrow; {extra}, or give --as sqlite",
        f"planner: s3://b/a.db needs pyarrow; {extra}, or write to a file",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["a.db"]


def test_days_that_say_the_same_become_headers(planner: Call) -> None:
    """The bytes before and after are told; a second time there is nothing to do."""
    for number in range(1, 5):
        write_full(1, f"2026-11-0{number}")
    done = planner("snapshots", "compact", "--json")
    assert done.code == 0
    jsonschema.validate(done.json, planner("schema", "snapshots", "compact").json)
    sizes = [path.stat().st_size for path in sorted(OWN.glob("*/*"))]
    assert [file["bytes_after"] for file in done.json["files"]] == sizes
    assert (done.json["bytes_after"], done.json["bytes_before"]) == (sum(sizes), 4 * sizes[0])
    assert [file["done"] for file in done.json["files"]] == ["unchanged", *["header"] * 3]
    again = planner("snapshots", "compact")
    assert again.out == f"snapshots: 4 files, {sum(sizes):,} bytes; nothing to make smaller.\n"
    assert planner("snapshots", "check", "snapshots", "--json").json["findings"] == []


def test_a_dry_run_writes_nothing(planner: Call) -> None:
    """It says what would be done, and leaves no lock."""
    paths = [write_full(1, f"2026-11-0{number}") for number in (1, 2)]
    before = [path.read_bytes() for path in paths]
    done = planner("snapshots", "compact", "--dry-run")
    assert done.out.startswith("snapshots: 2 files, 1 would go from ")
    assert "snapshots/azure/2026-11-02.jsonl: header, equals 2026-11-01" in done.out
    assert done.err == "note: dry run: nothing was written\n"
    assert [path.read_bytes() for path in paths] == before
    assert sorted(path.name for path in OWN.glob("**/*")) == [
        "2026-11-01.jsonl", "2026-11-02.jsonl", "azure",
    ]  # fmt: skip


def test_old_use_is_given_up_where_asked(planner: Call) -> None:
    """Its days become headers; a young day keeps what was used, limits stay everywhere."""
    today = dt.datetime.now(dt.UTC).date()
    young = str(today - dt.timedelta(days=1))
    for used, on in enumerate(["2025-01-01", "2025-01-02", young]):
        write_full(used, on)

    def held(on: str) -> tuple[object, object]:
        [one] = planner("snapshots", "show", "azure", on, "--kind", "quota", "--json").json[
            "records"
        ]
        return one["limit"], one["used"]

    assert [held(on) for on in ("2025-01-02", young)] == [(300, 1), (300, 2)]
    done = planner("snapshots", "compact", "--older-than", "90d", "--json").json
    assert [(file["done"], file["equals"]) for file in done["files"]] == [
        ("rewritten", None), ("header", "2025-01-01"), ("header", "2025-01-01"),
    ]  # fmt: skip
    assert [held(on) for on in ("2025-01-01", "2025-01-02", young)] == [
        (300, None), (300, None), (300, 2),
    ]  # fmt: skip


def test_only_the_own_folder_is_compacted(planner: Call) -> None:
    """The carried one is refused, under any name; without an own one that is said."""
    done = planner("snapshots", "compact")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "planner: there are no snapshots of your own here; planner collect makes them\n"
    )
    carried = planner("snapshots", "compact", "--snapshots", str(carried_folder("snapshots")))
    assert (carried.code, carried.err) == (1, done.err)


def test_compacting_waits_for_no_collector(planner: Call) -> None:
    """Who holds the folder is named, and nothing is changed."""
    paths = [write_full(1, f"2026-11-0{number}") for number in (1, 2)]
    before = [path.read_bytes() for path in paths]
    with hold(OWN, dt.datetime(2026, 11, 3, tzinfo=dt.UTC)):
        done = planner("snapshots", "compact")
    assert done.code == 1
    assert "since 2026-11-03 00:00:00 UTC; wait until it is done" in done.err
    assert [path.read_bytes() for path in paths] == before


def test_what_cannot_be_compacted_is_named(planner: Call) -> None:
    """A broken file stays as it is, the others are done, the exit code is 3."""
    for number in (1, 2, 3):
        path = write_full(number % 2, f"2026-11-0{number}")
    path.write_bytes(path.read_bytes() + b"[]\n")
    kept = path.read_bytes()
    bedrock = [snapshot(offer(provider="bedrock"), on=f"2026-11-0{n}") for n in (1, 2)]
    for made in bedrock:
        write_snapshot(OWN, made)
    done = planner("snapshots", "compact", "--json")
    assert done.code == 3
    assert f"{path} is left as it is: {path}:4: no record; a record is" in done.err
    assert [file["done"] for file in done.json["files"]][-3:] == ["left", "unchanged", "unchanged"]
    assert path.read_bytes() == kept


@pytest.mark.usefixtures("clouds")
def test_what_collect_writes_is_good_and_goes_through_all_parts(planner: Call) -> None:
    """Of every provider and kind: nothing is odd, small enough already, shown and exported."""
    assert planner("collect", "--quiet").code == 0
    checked = planner("snapshots", "check", "snapshots", "--json").json
    assert (checked["files"], checked["findings"]) == (len(PROVIDERS), [])
    done = planner("snapshots", "compact", "--json").json["files"]
    assert [file["done"] for file in done] == ["unchanged"] * len(PROVIDERS)
    day = str(dt.datetime.now(dt.UTC).date())
    exported = planner("snapshots", "export", "--to", "all.db", "--from", day, "--json").json
    known = {kind for kind, number in exported["rows"].items() if number}
    assert known == {"offer", "quota", "meter", "deployment"}
    for provider in PROVIDERS:
        shown = planner("snapshots", "show", provider, "--json").json
        kinds = [record["kind"] for record in shown["records"]]
        counted = shown["snapshot"]["records"]
        assert {kind: kinds.count(kind) for kind in counted} == counted
