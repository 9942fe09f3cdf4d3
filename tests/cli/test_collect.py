"""Claims about what `planner collect` makes of what a collector brings."""

from pathlib import Path

import jsonschema
import pytest

from planner.core.snapshots import Status
from planner.files.snapshots import list_snapshots, read_snapshot
from tests.cli.conftest import Call
from tests.cli.scripted import (
    ALIAS,
    NORTH,
    SOUTH,
    Script,
    collect,
    earlier,
    offers_in,
    script,
    statuses,
)

__all__ = ["collect", "script"]


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


def test_every_status_is_fine_or_named() -> None:
    """What makes exit 3 is everything but ok, empty and not_offered."""
    fine = {Status.OK, Status.EMPTY, Status.NOT_OFFERED}
    assert {s for s in Status if s.was_read} == fine
