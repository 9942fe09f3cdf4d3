"""Claims about `planner retirements` on small snapshots and on the carried data."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import icalendar
import jsonschema
import pytest

from planner.core.offers import AnyRecord, Deployment
from planner.core.snapshots import Coverage, Origin
from planner.files.snapshots import write_snapshot
from tests.builders import offer, retires, snapshot
from tests.cli.conftest import Call

ON = ("--on", "2026-11-21")
USING = """\
- name: chat
  model: gpt-x
  version: "1"
  region: East US 2
"""


def own(*records: AnyRecord) -> Path:
    """Write a snapshot of the user's own, of what `main-1a2b` sees in eastus2."""
    kinds = ("offer", "quota", "deployment")
    entry = Coverage(region="eastus2", account="main-1a2b", kinds=kinds)
    made = snapshot(
        *records, on="2026-11-20", coverage=(entry,), provider="azure", origin=Origin.ACCOUNT
    )
    return write_snapshot(Path("snapshots"), made)


def ending(on: str = "2026-12-01", model: str = "gpt-x") -> AnyRecord:
    """An offer that retires on a day, with a replacement."""
    dates = (retires(on),)
    return offer(model=model, version="1", retirement_dates=dates, replacement="gpt-y")


def chat() -> Deployment:
    """A deployment of gpt-x."""
    return Deployment(
        provider="azure", account="main-1a2b", region="eastus2", name="chat", model="gpt-x",
        version="1", deployment_type="GlobalStandard",
    )  # fmt: skip


def test_carried_data_answers(planner: Call) -> None:
    """On 2026-08-01 three versions of gpt-4o are known to retire on 2026-10-01."""
    done = planner("retirements", "--within", "90d", "--on", "2026-08-01", "--json")
    jsonschema.validate(done.json, planner("schema", "retirements").json)
    found = done.json["retirements"]
    assert done.json["until"] == "2026-10-30"
    assert [e["retires_on"] for e in found] == sorted(e["retires_on"] for e in found)
    gpt4o = [e for e in found if e["model"] == "gpt-4o" and e["applies_to"] == "base"]
    assert {e["version"] for e in gpt4o} == {"2024-05-13", "2024-08-06", "2024-11-20"}
    assert {(e["retires_on"], e["replacement"]) for e in gpt4o} == {("2026-10-01", "gpt-5.1")}


def test_nothing_ahead_is_an_answer(planner: Call) -> None:
    """It says up to which day, and of how many models no date is known."""
    done = planner("retirements", "--within", "5d", "--on", "2026-11-26")
    assert done.code == 0
    words = " ".join(done.out.split())
    assert words.startswith(
        "Nothing retires within 5 days, up to 2026-12-01, of 125 models whose dates are known; "
        "of 168 models no date is known."
    )
    empty = planner("retirements", "--within", "5d", "--on", "2026-11-26", "--format", "csv")
    assert empty.out.startswith("provider,model,version,deployment_type,applies_to,retires_on,")


def test_the_table(planner: Call) -> None:
    """The answer first, a row a version with what follows it and what of yours it hits."""
    own(ending(), offer(model="gpt-y", version="2"), chat())
    assert planner("retirements", *ON, "--model", "gpt-x").out == (
        "1 version of 1 model retires; the next is gpt-x 1 on 2026-12-01. 1 thing that\n"
        "you run is hit.\n"
        "\n"
        "Date       Days Model                 Deployment types Instead\n"
        "2026-12-01   10 gpt-x 1               GlobalStandard   gpt-y, in 1 of 1\n"
        "                yours: chat (eastus2)\n"
        "\n"
        "Instead: the named replacement, and in how many of the regions one can deploy it\n"
        "under the same types and it outlives the date.\n"
        "Rests on azure 2026-11-20 (account, 1 day old).\n"
        "Where the replacement runs: planner regions gpt-y.\n"
    )


def test_mine_without_anything_known_says_so(planner: Call) -> None:
    """The carried data holds nobody's deployments; without --mine that is no error."""
    done = planner("retirements", "--mine", *ON)
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "planner: no snapshot here knows deployments of yours; run planner collect, or name a "
        "file: --using using.yaml\n"
    )
    assert planner("retirements", *ON).code == 0
    both = planner("retirements", "--mine", "--using", "using.yaml", *ON)
    assert (both.code, both.out) == (2, "")


def test_mine_is_what_was_collected(planner: Call) -> None:
    """Other models are left out; one that has retired and still runs stands first."""
    own(ending("2026-11-01"), ending(model="gpt-z"), chat())
    for narrow in (("--mine",), ("--using", "deployments")):
        [found] = planner("retirements", *narrow, *ON, "--json").json["retirements"]
        assert (found["model"], found["days_left"]) == ("gpt-x", -20)
        assert found["uses"] == [
            {"name": "chat", "account": "main-1a2b", "regions": ["eastus2"], "file": None,
             "line": None}
        ]  # fmt: skip
    told = planner("retirements", "--mine", *ON).out
    assert told.startswith("1 version already retired; nothing more retires on a known date.")
    assert "2026-11-01 ×" in told
    assert "× retired." in told


def test_a_file_says_what_is_yours(planner: Call, elsewhere: Path) -> None:
    """By --using, or by planner.yaml for --mine; its line is named."""
    own(ending(), ending(model="gpt-z"))
    (elsewhere / "using.yaml").write_text(USING, encoding="utf-8")
    [found] = planner("retirements", "--using", "using.yaml", *ON, "--json").json["retirements"]
    assert [(u["name"], u["file"], u["line"]) for u in found["uses"]] == [("chat", "using.yaml", 1)]
    (elsewhere / "planner.yaml").write_text("using: using.yaml\n", encoding="utf-8")
    assert len(planner("retirements", "--mine", *ON, "--json").json["retirements"]) == 1
    marked = planner("retirements", *ON, "--provider", "azure", "--json").json["retirements"]
    assert [e["model"] for e in marked if e["uses"]] == ["gpt-x"]
    assert len(marked) > 1


def test_a_file_with_an_unknown_model_is_refused(planner: Call, elsewhere: Path) -> None:
    """It would never be heard of."""
    (elsewhere / "using.yaml").write_text("- gpt-4oo\n", encoding="utf-8")
    done = planner("retirements", "--using", "using.yaml", *ON)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("planner: using.yaml:1: nothing here knows the model 'gpt-4oo'")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--within", "soon"), 2, "'soon' is no span of time; write it as 90d or 12w"),
        (("--provider", "azur"), 1, "no provider 'azur' here; did you mean azure?"),
        (("--model", "gpt-4oo"), 1, "knows the model 'gpt-4oo'; did you mean"),
        (("--region", "eastus22"), 1, "no region is called 'eastus22'; did you mean"),
        (("--format", "atom"), 2, "--format atom is none of this command"),
    ],
)
def test_bad_input_is_one_line(
    planner: Call, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """What is wrong and what to write instead."""
    done = planner("retirements", *arguments, *ON)
    assert (done.code, done.out, len(done.err.splitlines())) == (code, "", 1)
    assert words in done.err


def test_each_format_tells_the_same(planner: Call) -> None:
    """CSV a row an entry with its uses in words; markdown and calendar a version each."""
    own(ending(), chat())
    wanted = ("retirements", *ON, "--mine", "--format")
    [row] = csv.DictReader(io.StringIO(planner(*wanted, "csv").out))
    assert (row["model"], row["regions"], row["uses"]) == ("gpt-x", "eastus2", "chat (eastus2)")
    assert (
        "| 2026-12-01 | gpt-x 1 | GlobalStandard | Replacement: gpt-y, there under the same types "
        "in 0 of 1 region. | chat (eastus2) |"
    ) in planner(*wanted, "markdown").out
    first, again = planner(*wanted, "ics").out, planner(*wanted, "ics").out
    assert first == again
    [event] = icalendar.Calendar.from_ical(first).walk("VEVENT")
    assert event["SUMMARY"] == "gpt-x 1 retires on azure"


def test_a_file_that_cannot_be_read_is_no_silence(
    planner: Call, snapshot: Callable[..., Path]
) -> None:
    """The provider is named as left out, and the exit code says so; the others answer."""
    path = snapshot("azure", "2026-11-01", {})
    path.write_text("no snapshot\n", encoding="utf-8")
    done = planner("retirements", *ON, "--json")
    assert done.code == 3
    assert "azure left out" in done.err
