"""Claims about `planner collect`, with a collector of another package and real processes."""

import json
import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner.core.offers import Offer
from planner.core.snapshots import Status
from planner.files.snapshots import list_snapshots, read_snapshot
from tests.cli import fakecloud
from tests.cli.conftest import PROGRAM, Call, Outcome, environ
from tests.cli.test_screens import on_terminal

Script = Callable[..., None]
NORTH = {"region": "north", "offers": ["a", "b", "c"], "quotas": {"a tokens": [300, 20]}}
SOUTH = {"region": "south", "offers": ["a", "b"]}
ALIAS = "test-account-451d"


@pytest.fixture(autouse=True)
def script(
    elsewhere: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Script:
    """Install the fake cloud by its entry point, and write what it does: `script(NORTH, SOUTH)`."""
    site = tmp_path_factory.mktemp("site")
    shutil.copy(fakecloud.__file__, site / "fakecloud.py")
    info = site / "fakecloud-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fakecloud\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[planner.collectors]\nfakecloud = fakecloud:FakeCollector\n"
    )
    path = site / "script.json"
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("FAKECLOUD", str(path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(elsewhere / "config"))
    for name in [n for n in os.environ if n.startswith(("AZURE_", "AWS_", "GOOGLE_", "GEMINI_"))]:
        monkeypatch.delenv(name)

    def write(*steps: dict[str, Any], **more: Any) -> None:
        path.write_text(json.dumps({"steps": steps} | more), encoding="utf-8")

    write(NORTH, SOUTH)
    return write


@pytest.fixture
def collect(planner: Call) -> Call:
    """Collect from the fake cloud, as JSON."""
    return lambda *arguments: planner("collect", "fakecloud", *arguments, "--json")


def real(*arguments: str) -> "subprocess.Popen[str]":
    """The real program, running."""
    site = str(Path(os.environ["FAKECLOUD"]).parent)
    environment = environ()
    environment["PYTHONPATH"] += os.pathsep + site
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def ended(process: "subprocess.Popen[str]") -> Outcome:
    """How a running program ended."""
    out, err = process.communicate(timeout=60)
    return Outcome(process.returncode, out, err)


def wait_for(path: Path) -> None:
    """Wait until a running program has made a file."""
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.05)
    raise AssertionError(path)


def statuses(outcome: Outcome) -> dict[str | None, str]:
    """How each region ended."""
    [collection] = outcome.json["collections"]
    return {entry["region"]: entry["status"] for entry in collection["coverage"]}


def offers_in(path: Path) -> list[Offer]:
    """The offers of a snapshot file."""
    return [r for r in read_snapshot(path).records if isinstance(r, Offer)]


def earlier(folder: Path, day: str = "2026-01-05") -> Path:
    """Give today's snapshot, and its header, another date."""
    [path] = (folder / "fakecloud").glob("*.jsonl")
    text = path.read_text(encoding="utf-8").replace(f'"date":"{path.stem}"', f'"date":"{day}"')
    path.unlink()
    (path.parent / f"{day}.jsonl").write_text(text, encoding="utf-8")
    return path.parent / f"{day}.jsonl"


def test_a_collector_of_another_package_works_through_its_entry_point(
    collect: Call, elsewhere: Path
) -> None:
    """Its records land in ./snapshots, with coverage, tool and SDK; the answer has the keys."""
    done = collect()
    [found] = done.json["collections"]
    assert (done.code, found["offers"], found["quotas"]) == (0, 5, 1)
    path = elsewhere / found["path"]
    assert path == elsewhere / "snapshots" / "fakecloud" / f"{found['snapshot']}.jsonl"
    snapshot = read_snapshot(path)
    assert (len(snapshot.records), snapshot.sdk) == (6, {"fakesdk": "1.2"})
    assert found.keys() == {
        "provider", "snapshot", "path", "origin", "unchanged_since", "offers", "quotas", "coverage",
    }  # fmt: skip
    assert found["coverage"][0] == {
        "region": "north",
        "account": ALIAS,
        "status": "ok",
        "quota_status": None,
        "offers": 3,
        "quotas": 1,
        "carried_from": None,
        "error": None,
    }
    assert [p.name for p in (elsewhere / "snapshots").iterdir()] == ["fakecloud"]


def test_the_answer_keeps_to_its_schema(collect: Call, planner: Call, script: Script) -> None:
    """Whole, in part and failed, the JSON validates against `planner schema collect`."""
    schema = planner("schema", "collect").json
    jsonschema.validate(collect().json, schema)
    script(NORTH, SOUTH | {"status": "denied", "error": "no role"})
    jsonschema.validate(collect().json, schema)
    script({"raise": "x"})
    jsonschema.validate(collect("--dry-run").json, schema)


def test_a_failed_region_carries_its_last_good_records(
    collect: Call, script: Script, elsewhere: Path
) -> None:
    """Exit 3; the region's two offers stay, under the day on which they were seen."""
    collect()
    earlier(elsewhere / "snapshots")
    script(NORTH, {"region": "south", "status": "throttled", "error": "429 after 3 tries"})
    done = collect()
    south = done.json["collections"][0]["coverage"][1]
    assert (done.code, south["status"], south["offers"]) == (3, "throttled", 2)
    assert (south["carried_from"], south["error"]) == ("2026-01-05", "429 after 3 tries")
    path = elsewhere / done.json["collections"][0]["path"]
    seen = {o.region: str(o.observed_on) for o in offers_in(path)}
    assert seen == {"north": "None", "south": "2026-01-05"}


@pytest.mark.parametrize("left", [[], ["a"]])
def test_a_region_that_lost_most_is_suspect_until_accepted(
    collect: Call, script: Script, left: list[str]
) -> None:
    """Of three offers none or one is left: carried with 3; --accept-drop believes it."""
    collect()
    script(NORTH | {"offers": left}, SOUTH)
    done = collect()
    assert (done.code, statuses(done)["north"]) == (3, "suspect")
    [found] = done.json["collections"]
    assert found["offers"] == 5
    error = f"{3 - len(left)} of 3 offers gone since last time; --accept-drop if that is so"
    assert found["coverage"][0]["error"] == error
    taken = collect("--accept-drop")
    assert (taken.code, taken.json["collections"][0]["offers"]) == (0, 2 + len(left))


def test_an_empty_region_of_which_nothing_was_known_is_empty(collect: Call, script: Script) -> None:
    """Nothing there, nothing known before: no fault."""
    script(NORTH, {"region": "west"}, {"region": "east", "status": "not_offered"})
    done = collect()
    assert done.code == 0
    assert statuses(done) == {"north": "ok", "west": "empty", "east": "not_offered"}


def test_quotas_that_are_denied_take_nothing_from_the_offers(collect: Call, script: Script) -> None:
    """The offers land, the quotas of before stay, exit 3 names what is missing."""
    collect()
    script(
        NORTH | {"quotas": {}, "quota_status": "denied", "error": "grant the role Usages Reader"}
    )
    done = collect()
    north = done.json["collections"][0]["coverage"][0]
    assert (done.code, north["status"], north["quota_status"]) == (3, "ok", "denied")
    assert (north["offers"], north["quotas"]) == (3, 1)


def test_what_came_before_an_exception_lands(collect: Call, script: Script) -> None:
    """A collector that breaks off loses what it had not read, not what it had."""
    script(NORTH, {"raise": "secret words"}, SOUTH)
    done = collect()
    assert done.code == 3
    assert statuses(done) == {"north": "ok", None: "failed"}
    assert "secret words" not in done.out + done.err
    assert "the collector of fakecloud broke off (RuntimeError)" in done.out


def test_where_nothing_could_be_read_nothing_is_written(
    collect: Call, script: Script, elsewhere: Path
) -> None:
    """Exit 1; the file of before stays as it was, and the answer names no new one."""
    collect()
    path = earlier(elsewhere / "snapshots")
    before = path.read_bytes()
    script({"region": "north", "status": "denied", "error": "log in: fake login"})
    done = collect()
    [found] = done.json["collections"]
    assert (done.code, found["snapshot"], found["path"]) == (1, None, None)
    assert list_snapshots(elsewhere / "snapshots") == {"fakecloud": [read_snapshot(path).date]}
    assert path.read_bytes() == before
    assert done.err.splitlines()[-1] == "planner: nothing was collected; the summary says why"


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


def test_a_quiet_day_is_a_header_that_names_the_day_it_equals(
    collect: Call, script: Script, elsewhere: Path
) -> None:
    """Where only what is used changed, the file has a header and quota lines alone."""
    collect()
    earlier(elsewhere / "snapshots")
    script(NORTH | {"quotas": {"a tokens": [300, 99]}}, SOUTH)
    [found] = collect().json["collections"]
    assert found["unchanged_since"] == "2026-01-05"
    assert len((elsewhere / found["path"]).read_text().splitlines()) == 2


def test_a_second_collection_of_a_day_merges_by_what_it_covered(
    collect: Call, script: Script, elsewhere: Path
) -> None:
    """--region south replaces the south and leaves the north of this morning."""
    collect()
    script(NORTH, SOUTH | {"offers": ["a", "new"]})
    [found] = collect("--region", "south").json["collections"]
    assert (found["offers"], [e["region"] for e in found["coverage"]]) == (2, ["south"])
    offers = sorted((o.region, o.model) for o in offers_in(elsewhere / found["path"]))
    assert offers == [(r, m) for r, ms in (("north", "abc"), ("south", "a")) for m in ms] + [
        ("south", "new")
    ]


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


def test_a_dry_run_writes_nothing(collect: Call, elsewhere: Path) -> None:
    """The summary says what would be; not even the folder is made."""
    done = collect("--dry-run")
    assert (done.code, done.json["collections"][0]["offers"]) == (0, 5)
    assert "dry run: nothing was written" in done.err
    assert list(elsewhere.iterdir()) == []


def test_a_clock_before_the_last_snapshot_is_refused_with_both_dates(
    collect: Call, elsewhere: Path
) -> None:
    """Nothing is asked and nothing is written."""
    collect()
    path = earlier(elsewhere / "snapshots", "2999-01-01")
    done = collect()
    assert (done.code, done.out) == (1, "")
    assert "the last snapshot of fakecloud is of 2999-01-01, today is 20" in done.err
    assert [p.name for p in path.parent.iterdir()] == ["2999-01-01.jsonl"]


def test_a_folder_that_cannot_be_written_to_is_refused_before_anything_is_asked(
    planner: Call, script: Script, elsewhere: Path
) -> None:
    """One line says where; the cloud was not asked."""
    script(NORTH | {"mark": str(elsewhere / "asked")})
    (elsewhere / "taken").write_text("no folder")
    for folder in ("taken", "/proc/planner"):
        done = planner("collect", "fakecloud", "--snapshots", folder)
        assert (done.code, done.out) == (1, "")
        assert done.err.startswith(f"planner: cannot write to {folder}: ")
    assert not (elsewhere / "asked").exists()


def test_a_full_disk_leaves_the_old_file_whole(elsewhere: Path, script: Script) -> None:
    """A file that cannot grow to its size is not written; exit 1 names it."""
    assert ended(real("collect", "fakecloud")).code == 0
    [path] = (elsewhere / "snapshots" / "fakecloud").iterdir()
    before = path.read_bytes()
    script(NORTH | {"offers": [f"model-{n}" for n in range(300)]}, SOUTH)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        process = real("collect", "fakecloud", "--accept-drop")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    done = ended(process)
    assert done.code == 1
    assert "File too large" in done.out
    assert [(p, p.read_bytes()) for p in path.parent.iterdir()] == [(path, before)]


def test_the_second_of_two_collectors_says_who_holds_the_folder(
    script: Script, elsewhere: Path
) -> None:
    """Two real processes: one collects, the other names its process and ends with 1."""
    script(NORTH | {"mark": str(elsewhere / "begun"), "sleep": 3})
    first = real("collect", "fakecloud", "--json")
    wait_for(elsewhere / "begun")
    second = ended(real("collect", "fakecloud"))
    assert (second.code, second.out) == (1, "")
    assert f"snapshots is held by process {first.pid} on " in second.err
    done = ended(first)
    assert (done.code, statuses(done)) == (0, {"north": "ok"})
    assert ended(real("collect", "fakecloud", "--dry-run")).code == 0


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_ends_in_the_middle_leaves_the_old_file_whole(
    script: Script, elsewhere: Path, how: signal.Signals
) -> None:
    """Ctrl-C exits 130 without a word; after a kill, too, the next run takes over the lock."""
    assert ended(real("collect", "fakecloud")).code == 0
    [path] = (elsewhere / "snapshots" / "fakecloud").iterdir()
    before = path.read_bytes()
    script(NORTH | {"offers": ["new"]}, {"mark": str(elsewhere / "begun"), "sleep": 60})
    running = real("collect", "fakecloud", "--accept-drop", "--quiet")
    wait_for(elsewhere / "begun")
    running.send_signal(how)
    done = ended(running)
    assert (done.out, done.err) == ("", "")
    assert done.code == (130 if how is signal.SIGINT else -signal.SIGKILL)
    assert [(p, p.read_bytes()) for p in path.parent.iterdir()] == [(path, before)]
    script(NORTH)
    assert ended(real("collect", "fakecloud")).code == 0
    assert not (elsewhere / "snapshots" / ".planner.lock").exists()


def test_canary_ids_and_keys_appear_nowhere(script: Script, elsewhere: Path) -> None:
    """What a careless collector quotes in an error is in no file, on no stream, in no format."""
    canaries = (
        fakecloud.ACCOUNT_ID,
        "123456789012",
        "arn:aws:iam::123456789012:user/canary",
        "eyJhbGciOiJSUzI1NiJ9.eyJjYW5hcnkiOjF9.c2lnbmF0dXJl",
        "AKIA0123456789ABCDEF",
    )
    script(NORTH, SOUTH | {"status": "failed", "error": " ".join(canaries)})
    for format_ in ("table", "json", "csv", "markdown"):
        done = ended(real("collect", "fakecloud", "--verbose", "--format", format_))
        assert done.code == 3
        assert not [c for c in canaries if c in done.out + done.err]
    script({"raise": " ".join(canaries)})
    done = ended(real("collect", "fakecloud", "--verbose"))
    assert not [c for c in canaries if c in done.out + done.err]
    files = [p.read_text() for p in elsewhere.rglob("*") if p.is_file()]
    assert files
    assert not [c for c in canaries for text in files if c in text]


def test_aliases_of_the_settings_name_accounts(collect: Call, elsewhere: Path) -> None:
    """planner.yaml gives an id its alias; in the answer and the file there is no id."""
    text = f"accounts:\n  prod: {fakecloud.ACCOUNT_ID}\n"
    (elsewhere / "planner.yaml").write_text(text, encoding="utf-8")
    [found] = collect().json["collections"]
    assert {entry["account"] for entry in found["coverage"]} == {"prod"}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["fakeclod"], 1, "no provider 'fakeclod' here; there is fakecloud"),
        (["azure", "--region", "eastus22"], 1, "no region is called 'eastus22'; did you mean"),
        (["azure", "--subscription", "canary"], 2, "takes ID[=ALIAS]: a GUID, or an alias"),
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


def test_the_carried_data_is_not_written_over(planner: Call) -> None:
    """The repository's own snapshots are public: an account's do not belong there."""
    carried = Path(__file__).parents[2] / "snapshots"
    done = planner("collect", "fakecloud", "--snapshots", str(carried))
    assert done.code == 2
    assert "holds the carried public data; give --snapshots another folder" in done.err


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


def test_a_snapshot_is_not_written_through_a_symbolic_link(collect: Call, elsewhere: Path) -> None:
    """The provider fails with the reason, and the link's target stays empty."""
    (elsewhere / "snapshots").mkdir()
    (elsewhere / "target").mkdir()
    (elsewhere / "snapshots" / "fakecloud").symlink_to(elsewhere / "target")
    done = collect()
    assert done.code == 1
    assert "is a symbolic link; remove it" in done.out
    assert list((elsewhere / "target").iterdir()) == []


def test_every_status_is_fine_or_named() -> None:
    """What makes exit 3 is everything but ok, empty and not_offered."""
    fine = {Status.OK, Status.EMPTY, Status.NOT_OFFERED}
    assert {s for s in Status if s.was_read} == fine
