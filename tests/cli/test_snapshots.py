"""Claims about `planner snapshots list`, `check` and `show` on carried and on small files."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from planner.core.offers import AnyRecord
from planner.core.snapshots import Coverage, Origin, Snapshot, Status
from planner.files.snapshots import write_snapshot
from tests.builders import day, lifecycle, looked, offer, quota, retires, snapshot
from tests.cli.conftest import Call
from tests.cli.test_screens import on_terminal

ON = ("--on", "2026-11-21")
TODAY = "2026-11-20"
VERSION = "2024-11-20 GlobalStandard"
OBSERVED = (
    f"offer azure eastus2 m {VERSION} was observed on 2026-12-01, after 2026-11-20; mend the date"
)


def own(*records: AnyRecord, on: str = TODAY, **fields: Any) -> Path:
    """Write a snapshot of the user's own, of provider azure."""
    made = snapshot(*records, on=on, provider="azure", origin=Origin.ACCOUNT, **fields)
    return write_snapshot(Path("snapshots"), made)


def listed(planner: Call, *arguments: str) -> list[dict[str, Any]]:
    """The user's own files as listed in JSON."""
    answer = planner("snapshots", "list", *ON, *arguments, "--json").json
    return [entry for entry in answer["snapshots"] if entry["layer"] == "own"]


def findings(planner: Call, *arguments: str) -> list[tuple[str, int | None, str, str]]:
    """What is found: the name of the file, line, severity and message."""
    answer = planner("snapshots", "check", *arguments, "--json").json
    return [
        (Path(f["path"]).name, f["line"], f["severity"], f["message"]) for f in answer["findings"]
    ]


def add(path: Path, *lines: str) -> None:
    """Add lines to a file by hand."""
    path.write_text(path.read_text() + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def line_of(made: Snapshot, **changed: Any) -> str:
    """A snapshot's first record as a line, edited by hand."""
    fields = msgspec.json.decode(msgspec.json.encode(made.records[0]))
    return json.dumps(fields | changed, separators=(",", ":"))


def test_the_carried_files_are_listed_with_their_ages(planner: Call) -> None:
    """The newest of each provider come first in words; each file is an entry."""
    done = planner("snapshots", "list", "--on", "2026-07-08", "--provider", "azure", "--json")
    assert done.code == 0
    first = done.json["snapshots"][0]
    assert (first["date"], first["age_days"], first["layer"]) == ("2026-07-07", 1, "carried")
    assert (first["records"]["lifecycle"], first["models"], first["regions"]) == (111, 92, 0)
    assert first["origin"] == "public-docs"
    text = planner("snapshots", "list", "--on", "2026-07-08").out
    assert text.startswith("Newest: azure 2026-07-07 (1 day old), bedrock 2026-02-13 (145 days")
    assert "Days without a file were not looked at" in " ".join(text.split())
    assert "later files, left out: 1; leave out --on." in " ".join(text.split())


def test_an_entry_counts_records_and_names_what_was_not_read(planner: Call) -> None:
    """One a region; a header-only day has the records of the day that it equals."""
    coverage = (
        *looked("eastus2", account="a-1"),
        Coverage(
            region="japaneast", account="a-1", status=Status.FAILED, error="timed out",
            carried_from=day("2026-11-01"),
        ),
        Coverage(region="westus", account="a-1", quota_status=Status.DENIED),
    )  # fmt: skip
    records = (offer("eastus2"), offer("japaneast"), quota(), lifecycle("2027-01-01"))
    own(*records, on="2026-11-19", coverage=coverage)
    own(*records, coverage=coverage)
    newest, older = listed(planner)
    assert (newest["equals"], older["equals"]) == ("2026-11-19", None)
    for entry in (newest, older):
        assert {k: n for k, n in entry["records"].items() if n} == {
            "offer": 2, "lifecycle": 1, "quota": 1,
        }  # fmt: skip
    assert (older["regions"], older["accounts"], older["models"]) == (2, ["a-1"], None)
    assert older["not_read"] == [
        {
            "region": "japaneast", "account": "a-1", "status": "failed", "quota_status": None,
            "complete": True, "carried_from": "2026-11-01", "error": "timed out",
        },
        {
            "region": "westus", "account": "a-1", "status": "ok", "quota_status": "denied",
            "complete": True, "carried_from": None, "error": None,
        },
    ]  # fmt: skip
    text = " ".join(planner("snapshots", "list", *ON).out.split())
    assert "2 offers, 1 lifecycle, 1 quota; 2 regions, 1 account, not whole: 1 failed, " in text
    assert "1 with quotas denied (account)" in text
    assert "equals 2026-11-19; not whole: 1 failed, 1 with quotas denied" in text


def test_a_file_that_cannot_be_read_is_a_row(planner: Call) -> None:
    """With its error, null for what is not known, and exit 3; the others are there."""
    add(own(offer(), on="2026-11-18"), "{")
    own(offer("westus"))
    done = planner("snapshots", "list", *ON, "--json")
    good, bad = listed(planner)
    assert (done.code, good["error"]) == (3, None)
    assert bad["error"].startswith("snapshots/azure/2026-11-18.jsonl:3: Input data was truncated")
    assert (bad["origin"], bad["records"], bad["regions"]) == (None, None, 0)
    assert done.err.startswith("planner: snapshots/azure/2026-11-18.jsonl:3: ")
    assert "cannot be read: snapshots/azure/2026-11-18.jsonl:3:" in " ".join(
        planner("snapshots", "list", *ON).out.split()
    )


def test_lists_and_their_errors_in_each_format(planner: Call) -> None:
    """JSON keeps to its schema, CSV has a column a kind, a name is asked for by close matches."""
    done = planner("snapshots", "list", "--json")
    jsonschema.validate(done.json, planner("schema", "snapshots", "list").json)
    rows = list(csv.DictReader(io.StringIO(planner("snapshots", "list", "--format", "csv").out)))
    assert [r["records_offer"] for r in rows if r["date"] == "2026-02-28"] == ["64"]
    assert "azure" in planner("snapshots", "list", "--format", "markdown").out
    wrong = planner("snapshots", "list", "--provider", "azur")
    assert (wrong.code, wrong.err) == (1, "planner: no provider 'azur' here; did you mean azure?\n")
    early = planner("snapshots", "list", "--on", "2024-01-01")
    assert (early.code, early.out) == (1, "")
    assert "the first is of 2024-07-23" in early.err


def test_a_hostile_name_is_shown_inert(planner: Call) -> None:
    """Escapes in errors, aliases and models reach no terminal."""
    bad = "\x1b[31m[red]x"
    coverage = (Coverage(region="a", account=bad, status=Status.FAILED, error=bad),)
    own(offer("a", model=bad), coverage=coverage)
    for arguments in (("list",), ("show", "azure"), ("show", "azure", "--format", "csv")):
        done = planner("snapshots", *arguments)
        assert "\x1b" not in done.out + done.err
    assert "offer \\x1b[31m[red]x" in planner("snapshots", "show", "azure").out


def test_the_carried_files_are_all_good(planner: Call) -> None:
    """Nothing is wrong or odd about what ships."""
    done = planner("snapshots", "check", "--strict")
    assert (done.code, done.out) == (0, "11 files read: all good.\n")


def test_every_fault_is_named_not_the_first_alone(planner: Call) -> None:
    """With file, line and what to do; the answer keeps to its schema and exits 1."""
    made = snapshot(offer())
    path = own(offer())
    add(path, "{", line_of(made, colour="red"), line_of(made, provider="bedrock", model="n"))
    add(path, line_of(made, observed_on="2026-12-01", model="m"), line_of(made, scope="regional"))
    name = path.name
    assert findings(planner) == [
        (name, 3, "error", "Input data was truncated; restore the line or collect again"),
        (
            name, 4, "error",
            "Object contains unknown field `colour`; restore the line or collect again",
        ),
        (name, 5, "error", "a record of bedrock in a snapshot of azure; move it"),
        (
            name, 6, "error",
            OBSERVED,
        ),
        (
            name, 7, "error",
            f"offer azure eastus2 gpt-4o {VERSION} is another on line 2; keep one",
        ),
    ]  # fmt: skip
    done = planner("snapshots", "check", "--json")
    assert done.code == 1
    jsonschema.validate(done.json, planner("schema", "snapshots", "check").json)
    text = planner("snapshots", "check").out
    assert text.startswith("12 files read: 5 errors.\n\nerror: snapshots/azure/2026-11-20.jsonl:3")


@pytest.mark.parametrize(
    ("edit", "line", "message"),
    [
        (lambda text: text[:-1], 2, "the last line is cut off; restore the file or collect again"),
        (lambda text: text.replace('"schema":1', '"schema":9'), 1, "schema 9 is newer than 1; up"),
        (lambda text: text.replace('"azure"', '"gcp"', 1), 1, "the header says gcp 2026-11-20; mo"),
        (lambda text: text.replace('"origin"', '"orgin"'), 1, "no snapshot header ("),
        (lambda _: "", 1, "the file is empty; restore it"),
    ],
)
def test_a_header_at_fault_is_named(planner: Call, edit: Any, line: int, message: str) -> None:
    """A cut, newer, moved, misspelt or empty file is an error of its own line."""
    path = own(offer())
    path.write_text(edit(path.read_text()), encoding="utf-8")
    [(_, found, severity, told)] = findings(planner)
    assert (found, severity) == (line, "error")
    assert told.startswith(message)


def test_what_is_odd_is_a_warning(planner: Call) -> None:
    """Order, a record twice, one that no look covers, dates too late: read all the same."""
    path = own(offer("a"), offer("b", model="other"), coverage=looked("a", "b"))
    first, *lines = path.read_text().splitlines()
    path.write_text("\n".join([first, *reversed(lines), ""]), encoding="utf-8")
    own(offer("a"), quota("b"), on="2026-11-19", coverage=looked("a"))
    late = (Coverage(region="a", carried_from=day("2026-12-01"), status=Status.FAILED),)
    add(own(offer("a"), on="2026-11-18", coverage=late), line_of(snapshot(offer("a"))))
    told = [(name, line, severity) for name, line, severity, _ in findings(planner)]
    assert told == [
        ("2026-11-18.jsonl", 1, "warning"),
        ("2026-11-18.jsonl", 3, "warning"),
        ("2026-11-18.jsonl", 3, "warning"),
        ("2026-11-19.jsonl", 3, "warning"),
        ("2026-11-20.jsonl", 2, "warning"),
    ]
    messages = [message for *_, message in findings(planner)]
    assert messages[0] == "carried from 2026-12-01, which is after 2026-11-18"
    assert "stands on line 2, too; remove one" in " ".join(messages[1:3])
    assert messages[3].startswith("1 quota record in b of which the header's coverage does not")
    assert messages[4].startswith("not as planner writes it (order, folding or spelling)")
    assert planner("snapshots", "check").code == 0
    assert planner("snapshots", "check", "--strict").code == 1
    assert planner("regions", "gpt-4o", *ON).code == 0


def test_a_day_that_equals_one_which_is_gone_is_an_error(planner: Call) -> None:
    """Of no file, of a later day, of a header; and with lines that are no quotas."""
    base = own(offer(), on="2026-11-18")
    quiet = own(offer(), on="2026-11-19")
    assert findings(planner) == []
    header = quiet.read_text()
    later = quiet.with_name("2026-11-20.jsonl")
    later.write_text(
        header.replace('"date":"2026-11-19"', '"date":"2026-11-20"').replace(
            '"equals":"2026-11-18"', '"equals":"2026-11-19"'
        ),
        encoding="utf-8",
    )
    assert findings(planner) == [
        (later.name, 1, "error", "equals 2026-11-19, which is no full snapshot; restore it")
    ]
    later.unlink()
    add(quiet, line_of(snapshot(offer())))
    assert findings(planner) == [
        (
            quiet.name, 2, "error",
            "a day that equals 2026-11-18 has quota lines alone; remove the line",
        )
    ]  # fmt: skip
    quiet.write_text(header, encoding="utf-8")
    base.unlink()
    assert findings(planner) == [
        (quiet.name, 1, "error", "equals 2026-11-18, of which no file is there before; restore it")
    ]


def test_strays_are_named(planner: Call) -> None:
    """Wrong names, leftovers and links; a file of notes is none."""
    path = own(offer())
    for name in ("2026-13-01.jsonl", ".2026-11-20.jsonl.x.planner.tmp", "README.md"):
        path.with_name(name).touch()
    path.with_name("2026-11-21.jsonl").symlink_to("nowhere")
    path.parent.with_name("notes.txt").touch()
    found = [(name, message) for name, _, severity, message in findings(planner) if severity]
    assert found[:4] == [
        (".2026-11-20.jsonl.x.planner.tmp",
         "left by a writer that was killed; the next collect removes it"),
        ("2026-11-21.jsonl", "a symbolic link; planner does not write there, put the file itself"),
        ("2026-13-01.jsonl", "is not read: its name is not PROVIDER/YYYY-MM-DD.jsonl; rename it"),
        ("notes.txt", "is not read: its name is not PROVIDER/YYYY-MM-DD.jsonl; rename it"),
    ]  # fmt: skip
    assert found[4:] == [("2026-11-21.jsonl", "No such file or directory; restore it or remove it")]


def test_files_and_folders_may_be_named(planner: Call) -> None:
    """One file, a provider's folder, or another folder of snapshots; what is missing is said."""
    path = own(offer())
    own(offer(), on="2026-11-19")

    def files(*arguments: str) -> int:
        return int(planner("snapshots", "check", *arguments, "--json").json["files"])

    assert (files(str(path)), files("snapshots/azure"), files("snapshots")) == (1, 2, 2)
    assert files(str(path), "snapshots/azure") == 3
    Path("empty").mkdir()
    assert planner("snapshots", "check", "empty").out.startswith("0 files read: all good.")
    gone = planner("snapshots", "check", "nowhere")
    assert (gone.code, gone.err) == (
        2, "planner: nowhere is neither a file nor a folder; check the name\n"
    )  # fmt: skip


def test_a_snapshot_is_shown(planner: Call) -> None:
    """The header in words, what there is most of, and a line a record over its regions."""
    own(
        offer("eastus2", retirement_dates=(retires("2027-03-01"),)),
        offer("japaneast", retirement_dates=(retires("2027-03-01"),)),
        quota(),
        coverage=(
            *looked("eastus2", "japaneast", kinds=("offer", "quota")),
            Coverage(region="westus", status=Status.DENIED, error="no role"),
        ),
        tool="planner 0.1.0",
    )
    assert planner("snapshots", "show", "azure", *ON).out == (
        "azure on 2026-11-20 (1 day old): 2 offers, 1 quota.\n"
        "own, account, 584 bytes, by planner 0.1.0.\n"
        "Looked at: 2 regions, not whole: 1 denied.\n"
        "Not read whole: westus: denied (no role).\n"
        "Models (1): gpt-4o 2.\n"
        "Deployment types (1): GlobalStandard 2.\n"
        "Regions (2): eastus2 2, japaneast 1.\n"
        "\n"
        "offer gpt-4o 2024-11-20 GlobalStandard in 2 regions, retires 2027-03-01\n"
        "quota main-1a2b OpenAI.Standard.gpt-4o in eastus2, limit 300\n"
        "\n"
        "Every field of each: planner snapshots show azure 2026-11-20 --json.\n"
    )


def test_the_records_are_flat_with_every_field(planner: Call) -> None:
    """One a region, unknown ones null; by kind; JSON keeps to its schema, CSV names the kind."""
    own(offer("a"), offer("b"), quota("a"), coverage=looked("a", "b"))
    done = planner("snapshots", "show", "azure", "--json")
    jsonschema.validate(done.json, planner("schema", "snapshots", "show").json)
    found = [(r["kind"], r["region"]) for r in done.json["records"]]
    assert found == [("offer", "a"), ("offer", "b"), ("quota", "a")]
    assert done.json["records"][0]["publisher"] is None
    [held] = planner("snapshots", "show", "azure", "--kind", "quota", "--json").json["records"]
    assert held == {
        "kind": "quota", "provider": "azure", "account": "main-1a2b", "region": "a",
        "name": "OpenAI.Standard.gpt-4o", "limit": 300.0, "default_limit": None, "used": 20.0,
        "unit": None,
    }  # fmt: skip
    rows = csv.DictReader(io.StringIO(planner("snapshots", "show", "azure", "--format", "csv").out))
    assert [row["kind"] for row in rows] == ["offer", "offer", "quota"]
    none = planner("snapshots", "show", "azure", "--kind", "meter").out
    assert "No record of what was asked for." in none


def test_a_day_or_a_file_is_shown(planner: Call, tmp_path: Path) -> None:
    """The newest up to a date, a date, a file of any name; the user's own before the carried."""
    own(offer("b"), on="2026-06-03")

    def shown(*arguments: str) -> tuple[str, str]:
        entry = planner("snapshots", "show", *arguments, "--json").json["snapshot"]
        return entry["date"], entry["layer"]

    assert shown("azure") == ("2026-07-07", "carried")
    assert shown("AZURE", "--on", "2026-06-30") == ("2026-06-03", "own")
    assert shown("azure", "2026-04-23") == ("2026-04-23", "carried")
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(Path("snapshots/azure/2026-06-03.jsonl").read_bytes())
    assert shown(str(copy)) == ("2026-06-03", "file")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["azur"], 1, "no provider 'azur' here; did you mean azure?"),
        (["azure", "2026-06-04"], 1, "no azure snapshot of 2026-06-04; the nearest: 2026-06-03 an"),
        (["azure", "2030-01-01"], 1, "no azure snapshot of 2030-01-01; the nearest: 2026-07-07"),
        (["azure", "--on", "2024-01-01"], 1, "on or before 2024-01-01; the first is of 2024-07-23"),
        (["./a.jsonl"], 1, "a.jsonl: No such file or directory"),
        (["a.jsonl", "2026-06-03"], 2, "a FILE has its date in its name; leave out DATE"),
        (["azure", "June"], 2, "'June' is no date; write it as 2026-06-03"),
    ],
)
def test_what_cannot_be_shown_is_said(
    planner: Call, arguments: list[str], code: int, message: str
) -> None:
    """In one line, with what there is."""
    done = planner("snapshots", "show", *arguments)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert message in done.err


def test_a_part_that_does_not_exist_is_named(planner: Call) -> None:
    """With those that do."""
    done = planner("snapshots", "lst")
    assert done.code == 2
    assert "no part 'lst'; there is list, check, show, export, compact" in done.err


@pytest.mark.parametrize("columns", [80, 50])
@pytest.mark.parametrize(
    "arguments", [["list"], ["check"], ["show", "azure", "2026-06-03"], ["show", "bedrock"]]
)
def test_default_screens_fit(arguments: list[str], columns: int) -> None:
    """The last line is left to the prompt, and no line is wider than the screen."""
    text, code = on_terminal("snapshots", *arguments, columns=columns, NO_COLOR="1")
    lines = text.splitlines()
    assert code == 0
    assert len(lines) <= 24
    assert max(map(len, lines)) <= columns
