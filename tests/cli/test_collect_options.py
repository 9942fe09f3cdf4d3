"""Claims about the options and the words of `planner collect`."""

import os
from pathlib import Path

import pytest

from planner.files.snapshots import read_snapshot
from tests.cli import fakecloud
from tests.cli.conftest import Call, environ
from tests.cli.scripted import NORTH, SOUTH, Script, collect, script, statuses
from tests.cli.test_screens import on_terminal

TWO = [f"{digit * 8}-0000-4000-8000-000000000001" for digit in "ab"]

__all__ = ["collect", "script"]


def test_a_named_provider_without_its_sdk_fails_an_unnamed_one_is_skipped(
    planner: Call, script: Script
) -> None:
    """Named: 1 and the extra to install; unnamed: said on stderr, not counted."""
    script(NORTH, extra="azure")
    fix = "azure-identity; pip install 'cloud-llm-planner[azure]'"
    named = planner("collect", "fakecloud", "--json")
    assert named.code == 1
    assert named.json["collections"][0]["coverage"][0]["error"] == f"fakecloud needs {fix}"
    unnamed = planner("collect", "--json")
    assert (unnamed.code, unnamed.out) == (1, "")
    assert f"note: skipped: fakecloud needs {fix}" in unnamed.err
    assert "nothing to collect: no provider has both SDK and credentials" in unnamed.err
    script(NORTH)
    assert planner("collect", "--json").code == 0


def test_a_dry_run_writes_nothing(collect: Call, elsewhere: Path) -> None:
    """The summary says what would be; not even the folder is made."""
    done = collect("--dry-run")
    assert (done.code, done.json["collections"][0]["offers"]) == (0, 5)
    assert "dry run: nothing was written" in done.err
    assert list(elsewhere.iterdir()) == []


def test_retry_failed_asks_for_the_failed_regions_alone(
    collect: Call, script: Script, planner: Call
) -> None:
    """Afterwards the day is whole, and there is nothing left to retry."""
    script(NORTH, SOUTH | {"status": "failed", "offers": [], "error": "500"})
    assert collect().code == 3
    script(NORTH, SOUTH)
    again = collect("--retry-failed")
    assert (again.code, statuses(again)) == (0, {"south": "ok"})
    none = collect("--retry-failed")
    assert (none.code, none.json) == (0, {"collections": []})
    assert "fakecloud left out: nothing failed on " in none.err
    assert planner("collect", "fakecloud", "--retry-failed", "--region", "south").code == 2


def test_retry_failed_of_a_file_that_cannot_be_read_asks_for_all(
    collect: Call, elsewhere: Path
) -> None:
    """What failed is unknown then: the file is named, and the day is whole again."""
    assert collect().code == 0
    [path] = (elsewhere / "snapshots" / "fakecloud").iterdir()
    path.write_text("{broken\n", encoding="utf-8")
    done = collect("--retry-failed")
    assert (done.code, statuses(done)) == (0, {"north": "ok", "south": "ok"})
    assert "fakecloud: which regions failed is unknown, so all are read: " in done.err
    assert read_snapshot(path).coverage


def test_a_region_of_another_provider_is_no_lack_of_credentials(planner: Call) -> None:
    """The last line says that the region is not of the provider that was named."""
    done = planner("collect", "azure", "--region", "us-east-1")
    assert done.code == 1
    assert done.err == (
        "note: azure left out: it has no region us-east-1\n"
        "planner: nothing to collect: no provider has such a region; "
        "mend --region, or name another provider\n"
    )


def test_aliases_of_the_settings_name_accounts(collect: Call, elsewhere: Path) -> None:
    """planner.yaml gives an id its alias; in the answer and the file there is no id."""
    text = f"accounts:\n  prod: {fakecloud.ACCOUNT_ID}\n"
    (elsewhere / "planner.yaml").write_text(text, encoding="utf-8")
    [found] = collect().json["collections"]
    assert {entry["account"] for entry in found["coverage"]} == {"prod"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["fakeclod"], 1, "no provider 'fakeclod' here; did you mean fakecloud?"),
        (["azure", "--region", "eastus22"], 1, "no region is called 'eastus22'; did you mean"),
        (["azure", "--subscription", "canary"], 2, "takes ID[=ALIAS]: a GUID, or an alias"),
        (
            ["azure", f"--subscription={TWO[0]}=x", f"--subscription={TWO[1]}=X"],
            2,
            "the alias X is given to two accounts; choose another for one",
        ),
        (["--concurrency", "0"], 2, "0 is not in the range 1<=x<=64"),
        (["--deadline", "0"], 2, "0.0 is not in the range x>=1"),
    ],
)
def test_a_wrong_option_is_one_line(
    planner: Call, arguments: list[str], code: int, message: str
) -> None:
    """Unknown names exit 1 with close matches, malformed values 2."""
    done = planner("collect", *arguments)
    assert (done.code, done.out) == (code, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_the_summary_says_what_landed_what_did_not_and_what_to_do(
    planner: Call, script: Script, elsewhere: Path
) -> None:
    """One line in front, then each provider, each reason with its regions, then the next step."""
    planner("collect", "fakecloud")
    day = read_snapshot(next((elsewhere / "snapshots" / "fakecloud").iterdir())).date
    error = "grant the role Reader"
    script(NORTH, SOUTH | {"status": "denied", "error": error}, {"region": "west"})
    assert planner("collect", "fakecloud", "--quiet").out == (
        "5 offers and 1 quota from fakecloud; not read whole: 1 of 3 regions.\n"
        "\n"
        "fakecloud: 5 offers, 1 quota; regions 1 ok, 1 denied, 1 empty; in\n"
        f"snapshots/fakecloud/{day}.jsonl\n"
        f"  denied south: grant the role Reader (kept: what was seen on {day})\n"
        "\n"
        "Next: planner collect fakecloud --retry-failed\n"
    )


def test_a_bar_is_for_terminals_alone(script: Script, planner: Call) -> None:
    """A terminal's stderr shows what is read; a pipe's gets notes alone."""
    script(NORTH | {"sleep": 0.3}, SOUTH)
    site = str(Path(os.environ["FAKECLOUD"]).parent)
    path = environ()["PYTHONPATH"] + os.pathsep + site
    shown, code = on_terminal("collect", "fakecloud", PYTHONPATH=path)
    assert code == 0
    assert "fakecloud south" in shown
    quiet, _ = on_terminal("collect", "fakecloud", "--quiet", PYTHONPATH=path)
    assert "fakecloud south" not in quiet
    assert planner("collect", "fakecloud").err == "note: fakecloud: as scripted\n"
