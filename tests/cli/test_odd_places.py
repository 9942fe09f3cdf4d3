"""Claims about odd places and options: told before work is done, under their own names."""

from pathlib import Path

import pytest

from planner.core.snapshots import Origin
from planner.files.snapshots import write_snapshot
from tests.builders import offer, snapshot
from tests.cli.conftest import Call
from tests.cli.scripted import NORTH, Script, collect, script

__all__ = ["collect", "script"]


@pytest.mark.parametrize("kind", ["link", "file"])
def test_a_place_that_can_hold_no_snapshot_is_told_before_the_cloud_is_asked(
    collect: Call, script: Script, elsewhere: Path, kind: str
) -> None:
    """The folder is named, not the file that is not there."""
    script(NORTH | {"mark": str(elsewhere / "asked")})
    place = elsewhere / "snapshots" / "fakecloud"
    place.parent.mkdir()
    if kind == "link":
        place.symlink_to(elsewhere)
    else:
        place.write_text("no folder")
    [entry] = collect().json["collections"][0]["coverage"]
    told = {"link": "is a symbolic link; remove it", "file": "is no folder; move it away"}
    assert entry["error"].startswith(f"snapshots/fakecloud {told[kind]}")
    assert not (elsewhere / "asked").exists()


def test_a_snapshot_of_a_day_to_come_is_odd(planner: Call) -> None:
    """No command reads it; check and list say so."""
    for on in ("2026-01-01", "2999-01-01"):
        write_snapshot(Path("snapshots"), snapshot(offer(), on=on, origin=Origin.ACCOUNT))
    check = planner("snapshots", "check", "--json")
    [finding] = check.json["findings"]
    assert (check.code, finding["severity"]) == (0, "warning")
    assert finding["message"].startswith("of a day after today, which no command reads; set the")
    notes = planner("snapshots", "list", "--json").json["notes"]
    assert notes[0] == (
        "later files, left out: 1; of days after today: set the clock, or move them away"
    )


def test_formats_that_contradict_one_another_are_refused(planner: Call) -> None:
    """Neither is taken in silence; the same twice is fine."""
    done = planner("models", "--json", "--format", "csv")
    assert (done.code, done.out) == (2, "")
    assert "--json and --format csv contradict one another" in done.err
    assert planner("models", "--json", "--format", "json").code == 0


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("no/x.png", "cannot write no/x.png: no is no folder; make it"),
        ("x.exe", "x.exe is no picture"),
    ],
)
def test_a_picture_that_cannot_be_is_told_first(planner: Call, name: str, message: str) -> None:
    """Before anything is worked out: even of a model that nobody knows."""
    done = planner("breakeven", "no-such-model", "--plot", name)
    assert (done.code, done.err.startswith(f"planner: {message}")) == (1, True)


def test_a_proxy_that_gives_no_connection_is_named(
    planner: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By its host; a login in its address stays unsaid."""
    monkeypatch.setenv("GEMINI_API_KEY", "key")
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@127.0.0.1:9")
    done = planner("collect", "gemini", "--json")
    [entry] = done.json["collections"][0]["coverage"]
    assert (done.code, entry["error"]) == (
        1, "no connection; check the https proxy (127.0.0.1:9)",
    )  # fmt: skip


def test_an_address_that_gives_no_connection_is_named(
    planner: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the variable that holds it."""
    monkeypatch.setenv("GEMINI_API_KEY", "key")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    done = planner("collect", "gemini")
    assert "no connection; check GOOGLE_GEMINI_BASE_URL (127.0.0.1:9)" in " ".join(done.out.split())


def test_an_override_of_what_nobody_sells_is_odd(planner: Call) -> None:
    """A provider or a model that no other price names is a warning; a known one is none."""
    row = (
        "  - provider: {}\n    model: {}\n    deployment_type: GlobalStandard\n"
        "    input_usd_per_mtok: 1\n    output_usd_per_mtok: 2\n"
        "    effective_from: 2026-01-01\n    source: ours\n"
    )
    named = (("azure", "gpt-4.1"), ("narnia", "gpt-4.1"), ("azure", "gpt-nope"))
    Path("pricing").mkdir()
    Path("pricing/overrides.yaml").write_text("prices:\n" + "".join(row.format(*n) for n in named))
    done = planner("prices", "check", "--json")
    odd = {f["message"] for f in done.json["findings"] if f["check"] == "override"}
    assert odd == {
        "no other price is of the provider narnia; check the name",
        "no other price is of the model gpt-nope; check the name",
    }
    Path("pricing/currencies.yaml").write_text("junk: [\n")
    assert planner("prices", "check").err.startswith("planner: pricing/currencies.yaml:")
