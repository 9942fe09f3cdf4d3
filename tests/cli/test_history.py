"""Claims about `planner history` and the feed: what a look can say of the time before it."""

from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from planner.core.offers import Offer
from planner.core.snapshots import Coverage, Origin, Status
from planner.files.snapshots import write_snapshot
from tests.builders import looked, offer, quota, retires, snapshot
from tests.cli.conftest import Call

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SEEN = looked("eastus2", "japaneast")


def day(number: int, *offers: Offer, coverage: tuple[Coverage, ...] = SEEN) -> Path:
    """Write the snapshot of a day of November."""
    made = snapshot(
        *offers, on=f"2026-11-{number:02}", coverage=coverage, provider="azure",
        origin=Origin.ACCOUNT,
    )  # fmt: skip
    return write_snapshot(Path("snapshots"), made)


def chat(region: str = "eastus2", **fields: object) -> Offer:
    """An offer of a model that the carried snapshots do not know."""
    return offer(region, "chat-9", version="1", **fields)


def events(planner: Call, *arguments: str) -> list[tuple[str, str, str]]:
    """What happened: since the look of a day, by another one, and what."""
    answer = planner("history", "chat-9", *arguments, "--json").json
    return [(e["since"][-2:], e["by"][-2:], e["message"]) for e in answer["events"]]


def test_a_model_appears_changes_and_leaves(planner: Call) -> None:
    """Each change stands between the look that did not have it and the one that does."""
    day(1)
    day(2, chat(), chat("japaneast"))
    day(3, chat(), chat("japaneast"))
    day(4, chat(lifecycle="legacy"), chat("japaneast", lifecycle="legacy"))
    day(6, chat(lifecycle="legacy"))
    day(7)
    name = "chat-9 1 GlobalStandard"
    assert events(planner) == [
        ("01", "02", f"{name} added in eastus2, japaneast; the first of the model"),
        ("03", "04", f"{name} is legacy in eastus2, japaneast"),
        ("04", "06", f"{name} removed in japaneast"),
        ("06", "07", f"{name} removed in eastus2; none of the model is left"),
    ]
    assert [e[2] for e in events(planner, "--region", "Japan East")] == [
        f"{name} added in japaneast; the first of the model",
        f"{name} is legacy in japaneast",
        f"{name} removed in japaneast",
    ]
    assert len(events(planner, "--on", "2026-11-05")) == 2
    assert planner("history", "chat-9").out.startswith(
        "chat-9: gone by 2026-11-07; 4 changes seen.\n"
    )


def test_what_the_first_look_finds_is_not_new(planner: Call) -> None:
    """It was there on that day; since when, nobody knows. So with a region that is read later."""
    day(1, chat(), coverage=looked("eastus2"))
    day(2, chat(), chat("japaneast"))
    answer = planner("history", "chat-9", "--json").json
    assert answer["events"] == []
    assert [(f["on"], f["regions"]) for f in answer["first_seen"]] == [
        ("2026-11-01", ["eastus2"]),
        ("2026-11-02", ["japaneast"]),
    ]
    assert [(n["on"], n["regions"]) for n in answer["there_now"]] == [
        ("2026-11-02", ["eastus2", "japaneast"])
    ]
    assert answer["looks"] == [
        {"provider": "azure", "from": "2024-07-23", "to": "2026-11-02", "days": 6}
    ]


def test_a_failed_look_is_no_leaving(planner: Call) -> None:
    """It is a look that says nothing; back on the next one, nothing has happened to the model."""
    failed = Coverage(region="eastus2", status=Status.FAILED, error="timed out")
    day(1, chat())
    day(2, chat(), coverage=(failed, *looked("japaneast")))
    day(3, chat())
    assert events(planner) == [
        ("01", "02", "azure could not be read any more in eastus2; failed"),
        ("02", "03", "azure could be read again in eastus2"),
    ]


def test_a_retirement_comes_to_pass_without_a_look(planner: Call) -> None:
    """It stands on its own day, once that has come."""
    day(1, chat(retirement_dates=(retires("2026-11-20"),)))
    assert events(planner, "--on", "2026-11-19") == []
    assert events(planner, "--on", "2026-11-20") == [
        ("01", "20", "chat-9 1 GlobalStandard retired on 2026-11-20 in eastus2")
    ]
    assert "chat-9: retired by 2026-11-20, on the last look in 1 region" in " ".join(
        planner("history", "chat-9", "--on", "2026-11-20").out.split()
    )


def test_quotas_do_not_count(planner: Call) -> None:
    """They change every day and are many: planner diff tells of them."""
    seen = looked("eastus2", account="main-1a2b", kinds=("offer", "quota"))
    for number, limit in ((1, 10), (2, 20)):
        made = snapshot(
            chat(usage_name="q"), quota(name="q", limit=limit), on=f"2026-11-0{number}",
            coverage=seen, origin=Origin.ACCOUNT,
        )  # fmt: skip
        write_snapshot(Path("snapshots"), made)
    assert events(planner) == []
    assert planner("diff", "--brief").out.startswith("1 note: azure")


def test_bad_names_and_files(planner: Call, elsewhere: Path) -> None:
    """One line each; a provider whose file is broken is left out, the others answer."""
    wrong = planner("history", "claude-3-opsu")
    assert (wrong.code, wrong.out) == (1, "")
    assert "no snapshot knows the model 'claude-3-opsu'; did you mean claude-3-opus" in wrong.err
    early = planner("history", "gpt-4o", "--on", "2020-01-01")
    assert (early.code, early.err) == (
        1,
        "planner: there is no snapshot on or before 2020-01-01; the first is of 2024-07-23\n",
    )
    broken = elsewhere / "snapshots" / "gemini" / "2026-11-01.jsonl"
    broken.parent.mkdir(parents=True)
    broken.write_text("{}\n")
    done = planner("history", "claude-3-opus")
    assert done.code == 3
    assert done.out.startswith("claude-3-opus: gone by 2026-08-21; 2 changes seen.")
    assert "planner: gemini left out: snapshots/gemini/2026-11-01.jsonl:1: no snapshot" in done.err


@pytest.mark.parametrize("model", ["gpt-4o", "claude-3-opus", "gemini-2.5-flash"])
def test_the_carried_history_validates(planner: Call, model: str) -> None:
    """Against its schema; in any spelling of the model."""
    schema = planner("schema", "history").json
    jsonschema.validate(planner("history", model, "--json").json, schema)
    assert planner("history", "anthropic.claude-3-opus-20240229-v1:0").code == 0


def test_the_feed_tells_each_look_beside_the_one_before(planner: Call) -> None:
    """An entry a line, the newest first; the same change keeps its id from run to run."""
    day(1)
    day(2, chat())
    day(3, chat(), chat("japaneast"))
    first = ET.fromstring(planner("diff", "--format", "atom").out)  # noqa: S314 - our own
    titles = [e.findtext("a:title", None, ATOM) for e in first.findall("a:entry", ATOM)]
    assert titles == [
        "azure: chat-9 1 GlobalStandard added in japaneast",
        "azure: chat-9 1 GlobalStandard added in eastus2; the first of the model",
    ]
    assert first.findtext("a:updated", None, ATOM) == "2026-11-03T00:00:00Z"
    day(4, chat("japaneast"))
    then = ET.fromstring(planner("diff", "--format", "atom").out)  # noqa: S314
    ids = [
        [e.findtext("a:id", None, ATOM) for e in f.findall("a:entry", ATOM)] for f in (first, then)
    ]
    assert ids[1][1:] == ids[0]
    since = ET.fromstring(planner("diff", "2026-11-03", "--format", "atom").out)  # noqa: S314
    assert len(since.findall("a:entry", ATOM)) == 1


def test_a_quiet_feed_has_no_entry(planner: Call) -> None:
    """It is a feed all the same, of the day of the last look."""
    day(1, chat())
    day(2, chat())
    feed = ET.fromstring(planner("diff", "--format", "atom").out)  # noqa: S314
    assert feed.findall("a:entry", ATOM) == []
    assert feed.findtext("a:updated", None, ATOM) == "2026-11-02T00:00:00Z"
    assert [child.tag.partition("}")[2] for child in feed] == ["title", "id", "updated", "author"]
