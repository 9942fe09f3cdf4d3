"""Claims about `planner diff`: its two ends, its gate, what the team runs, and its formats."""

import json
from pathlib import Path

import jsonschema
import pytest

from planner.core.offers import AnyRecord, Deployment
from planner.core.snapshots import Coverage, Origin, Status
from planner.files.snapshots import write_snapshot
from tests.builders import day, looked, offer, quota, retires, snapshot
from tests.cli.conftest import Call

BEDROCK = ("diff", "2026-02-13", "2026-08-21", "--provider", "bedrock")
SEEN = looked("eastus2", "japaneast")
STEADY = offer("eastus2", "o1", version="1")


def own(
    on: str, *records: AnyRecord, coverage: tuple[Coverage, ...] = SEEN, folder: str = "snapshots"
) -> Path:
    """Write a snapshot of the user's own."""
    made = snapshot(*records, on=on, coverage=coverage, provider="azure", origin=Origin.ACCOUNT)
    return write_snapshot(Path(folder), made)


def two_days(*, folder: str = "snapshots") -> list[Path]:
    """The day before gpt-4o went from japaneast, and that day."""
    here, there = offer("eastus2"), offer("japaneast")
    return [
        own("2026-11-20", here, there, STEADY, folder=folder),
        own("2026-11-21", here, STEADY, folder=folder),
    ]


def messages(planner: Call, *arguments: str) -> list[str]:
    """The messages of a comparison."""
    done = planner("diff", *arguments, "--json")
    assert done.code == 0, done.err
    return [change["message"] for change in done.json["changes"]]


def test_bedrock_between_its_two_carried_days(planner: Call) -> None:
    """97 rows vanished: 80 were removed in regions that both days read, 17 are not compared."""
    answer = planner(*BEDROCK, "--json").json
    assert answer["compared"] == [{"provider": "bedrock", "from": "2026-02-13", "to": "2026-08-21"}]
    assert answer["not_compared"] == [
        {"provider": "bedrock", "region": "ap-southeast-6", "reason": "not read on 2026-02-13"},
        {"provider": "bedrock", "region": "me-central-1", "reason": "not read since 2026-02-13"},
        {"provider": "bedrock", "region": "me-south-1", "reason": "not read since 2026-02-13"},
    ]
    removed = [c for c in answer["changes"] if c["check"].endswith("_removed")]
    assert sum(len(c["regions"]) for c in removed) == 80
    assert not {"me-central-1", "me-south-1"} & {r for c in removed for r in c["regions"]}
    [opus] = [c for c in removed if c["model"] == "claude-3-opus" and c["regions"] == ["us-west-2"]]
    assert (opus["check"], opus["severity"]) == ("model_removed", "breaking")
    assert opus["message"] == (
        "claude-3-opus 20240229-v1:0 on-demand removed in us-west-2; none of the model is left"
    )


def test_gemini_between_its_two_carried_days(planner: Call) -> None:
    """Six models went, four came; the summary is one line."""
    done = planner("diff", "2026-02-02", "2026-02-28", "--provider", "gemini", "--brief")
    assert done.out == "8 breaking changes and 7 notes: gemini 2026-02-02 to 2026-02-28\n"
    same = planner("diff", "--provider", "gemini", "--brief")
    assert same.out == done.out


@pytest.mark.parametrize(
    ("level", "severity", "code"),
    [
        ("breaking", None, 10),
        ("warning", None, 10),
        ("info", None, 10),
        ("info", "breaking", 10),
    ],
)
def test_the_gate(planner: Call, level: str, severity: str | None, code: int) -> None:
    """Exit 10 where something is as bad; the answer is printed all the same."""
    filters = ("--severity", severity) if severity else ()
    done = planner(*BEDROCK, "--fail-on", level, *filters, "--brief")
    assert (done.code, done.err) == (code, "")
    assert "18 breaking changes" in done.out


def test_below_the_gate_is_no_failure(planner: Call) -> None:
    """A warning does not reach breaking; nothing at all reaches nothing."""
    two_days()
    assert planner("diff", "--fail-on", "breaking").code == 0
    quiet = planner("diff", "--severity", "breaking")
    assert quiet.out.startswith("Nothing as severe as asked for: azure")
    assert "Left out: 1 change less severe than asked for." in quiet.out
    assert planner("diff", "--fail-on", "warning").code == 10
    assert planner("diff", "--region", "eastus2", "--fail-on", "info").code == 0


def test_the_default_is_the_two_newest_of_your_own(planner: Call) -> None:
    """Where a team has its own snapshots the carried ones are no news to it."""
    two_days()
    own("2026-11-10", offer("eastus2", "gone-long-ago"))
    answer = planner("diff", "--json").json
    assert answer["compared"] == [{"provider": "azure", "from": "2026-11-20", "to": "2026-11-21"}]
    [change] = answer["changes"]
    assert (change["check"], change["regions"]) == ("region_removed", ["japaneast"])


def test_the_ends_can_be_dates_files_and_folders(planner: Call, tmp_path: Path) -> None:
    """Also a checkout that holds snapshots, and files of any name; the same is told of each."""
    old, new = two_days()
    said = messages(planner)
    assert said == ["gpt-4o 2024-11-20 GlobalStandard removed in japaneast"]
    (tmp_path / "a.jsonl").write_bytes(old.read_bytes())
    (tmp_path / "b.jsonl").write_bytes(new.read_bytes())
    assert messages(planner, "a.jsonl", "b.jsonl") == said
    assert messages(planner, str(old), str(new)) == said
    own("2026-11-20", offer("eastus2"), offer("japaneast"), STEADY, folder="base/snapshots")
    assert messages(planner, "base") == said
    assert messages(planner, "base", ".") == said
    assert messages(planner, "base/snapshots", "snapshots") == said
    assert messages(planner, "2026-11-20", "2026-11-21") == said
    assert messages(planner, "2026-11-20") == said


def test_prices_are_compared_on_the_days_that_were_asked_for(planner: Call) -> None:
    """Also where no snapshot lies between them, which is said."""
    answer = planner("diff", "2025-08-31", "2025-09-01", "--provider", "azure", "--json").json
    raised = {
        tuple(c["regions"]): (c["before"], c["after"])
        for c in answer["changes"]
        if (c["model"], c["version"], c["check"]) == ("gpt-35-turbo", "0125", "price_up")
        and c["what"].startswith("input price")
    }
    assert raised == {
        ("australiaeast", "eastus2"): (0.5, 0.55),
        ("japaneast", "swedencentral", "uksouth"): (0.5, 0.605),
    }
    [gap] = answer["not_compared"]
    assert gap["reason"].startswith("no look between 2025-08-31 and 2025-09-01")


def test_a_quiet_day_is_told_from_one_that_nobody_looked_on(
    planner: Call,
) -> None:
    """The header-only file of a quiet day says that somebody looked."""
    own("2026-11-20", STEADY)
    alone = planner("diff", "--fail-on", "info")
    assert alone.code == 0
    assert alone.out.startswith(
        "Nothing could be compared yet.\n"
        "Not compared: azure: one snapshot alone, of 2026-11-20; planner collect azure on\n"
        "another day.\n"
    )
    own("2026-11-21", STEADY)
    quiet = planner("diff", "--fail-on", "info")
    assert quiet.code == 0
    assert quiet.out.startswith("Nothing changed: azure 2026-11-20 to 2026-11-21.\n")


def test_a_failed_region_is_no_removal(planner: Call) -> None:
    """It stands under what was not compared, and never under "nothing changed" alone."""
    own("2026-11-20", STEADY)
    failed = Coverage(region="japaneast", status=Status.FAILED, error="timed out")
    own("2026-11-21", STEADY, coverage=(*looked("eastus2"), failed))
    own("2026-11-22", STEADY, coverage=(*looked("eastus2"), failed))
    first = planner("diff", "2026-11-20", "2026-11-21").out
    assert "azure could not be read any more in japaneast; failed" in first
    second = planner("diff").out
    assert second.startswith("Nothing changed in what could be compared: azure 2026-11-21 to")
    assert "Not compared: azure japaneast: failed (timed out) on 2026-11-21;" in second


USING = """\
- name: chat
  provider: azure
  model: gpt-4o
  deployment_type: GlobalStandard
  region: Japan East
- o1
"""


def test_what_the_team_runs_alone(planner: Call, tmp_path: Path) -> None:
    """A removal of it is breaking, on the line of the file; the rest is counted."""
    two_days()
    (tmp_path / "using.yaml").write_text(USING)
    done = planner("diff", "--using", "using.yaml", "--fail-on", "breaking", "--json")
    assert done.code == 10
    [change] = done.json["changes"]
    assert change["severity"] == "breaking"
    assert change["used_by"] == [{"name": "chat", "account": None, "file": "using.yaml", "line": 1}]
    github = planner("diff", "--using", "using.yaml", "--format", "github")
    assert github.out == (
        "::error file=using.yaml,line=1,title=region removed::"
        "gpt-4o 2024-11-20 GlobalStandard removed in japaneast\n"
    )
    (tmp_path / "using.yaml").write_text("- o1\n")
    quiet = planner("diff", "--using", "using.yaml")
    assert quiet.out.startswith("Nothing that you run changed: azure")
    assert "Left out: 1 change to what you do not run." in quiet.out


def test_the_using_file_of_the_settings(planner: Call, tmp_path: Path) -> None:
    """It narrows without a flag, which is said; --everything sees the rest."""
    two_days()
    (tmp_path / "mine.yaml").write_text("- o1\n")
    (tmp_path / "planner.yaml").write_text("using: mine.yaml\n")
    done = planner("diff", "--brief")
    assert done.out == "Nothing that you run changed: azure 2026-11-20 to 2026-11-21\n"
    assert done.err == "note: only what mine.yaml says that you run; --everything for the rest\n"
    assert planner("diff", "--everything", "--brief").out.startswith("1 warning: azure")


def test_the_deployments_that_were_collected(planner: Call) -> None:
    """What runs where counts; a deployment elsewhere is none of it."""
    kinds = ("offer", "deployment")
    seen = tuple(Coverage(region=r, account="main", kinds=kinds) for r in ("eastus2", "japaneast"))

    def deployed(region: str) -> Deployment:
        return Deployment(
            provider="azure", account="main", region=region, name="chat", model="gpt-4o",
            version="2024-11-20", deployment_type="GlobalStandard", units=50,
        )  # fmt: skip

    here = deployed("japaneast")
    own("2026-11-20", offer("eastus2"), offer("japaneast"), here, coverage=seen)
    own("2026-11-21", offer("eastus2"), here, coverage=seen)
    done = planner("diff", "--using", "deployments", "--json")
    assert [c["severity"] for c in done.json["changes"]] == ["breaking"]
    assert done.json["changes"][0]["used_by"][0]["name"] == "chat (japaneast)"
    assert planner("diff", "--mine", "--json").out == done.out


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- gpt-4oo\n", "using.yaml:1: nothing here knows the model 'gpt-4oo'; did you mean"),
        ("- model: o1\n  verion: 1\n", "using.yaml:2: unknown key 'verion'; did you mean version?"),
        ("- name: chat\n", "using.yaml:1: the entry names no model; write - model: NAME"),
        ("- model: o1\n  region: japaneats\n", "using.yaml:1: no region is called 'japaneats';"),
        ("- model: o1\n  version: 2024\n", "using.yaml:2: version is '2024' unquoted"),
        ("chat: gpt-4o\n", "using.yaml:1: the file is no list; write one item a line, with -"),
        ("", "using.yaml:1: nothing stands in it"),
        ("- [", "using.yaml:2: did not find expected node content; mend the YAML"),
    ],
)  # fmt: skip
def test_a_bad_using_file_is_one_line(planner: Call, tmp_path: Path, text: str, said: str) -> None:
    """With file and line: what it misspells would never be heard of."""
    two_days()
    (tmp_path / "using.yaml").write_text(text)
    done = planner("diff", "--using", "using.yaml")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"planner: {said}")
    assert done.err.count("\n") == 1


def test_ignored_changes_and_other_severities(planner: Call, tmp_path: Path) -> None:
    """Two small files: what the team has seen, and how bad a check is for it."""
    two_days()
    (tmp_path / "ignore.yaml").write_text(
        "- check: region_removed\n  region: japaneast\n  reason: known\n"
    )
    done = planner("diff", "--ignore", "ignore.yaml", "--fail-on", "info")
    assert done.code == 0
    assert "Left out: 1 change in the ignore list." in done.out
    (tmp_path / "ignore.yaml").write_text("- check: region_removed\n  until: 2026-11-21\n")
    assert planner("diff", "--ignore", "ignore.yaml", "--fail-on", "info").code == 10
    (tmp_path / "levels.yaml").write_text("region_removed: breaking\n")
    assert planner("diff", "--severities", "levels.yaml", "--fail-on", "breaking").code == 10
    (tmp_path / "planner.yaml").write_text("severities: levels.yaml\n")
    assert planner("diff", "--fail-on", "breaking").code == 10
    (tmp_path / "levels.yaml").write_text("region_removed: ignore\n")
    assert planner("diff", "--severities", "levels.yaml", "--fail-on", "info").code == 0


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--severities", "region_gone: info\n", "f.yaml:1: unknown check 'region_gone'; did you"),
        ("--severities", "region_added: fatal\n", "f.yaml:1: no level 'fatal'; give one of"),
        ("--ignore", "- region: japaneats\n", "f.yaml:1: no region is called 'japaneats';"),
        ("--ignore", "- provider: azuree\n", "f.yaml:1: no provider 'azuree' here; did you mean"),
        ("--ignore", "- chek: retired\n", "f.yaml:1: unknown key 'chek'; did you mean check?"),
        ("--ignore", "- until: 2027-01-01\n", "f.yaml:1: the entry would ignore everything;"),
        ("--ignore", "- check: retired\n  until: soon\n", "f.yaml:2: until is 'soon', no date;"),
    ],
)  # fmt: skip
def test_bad_rules_are_one_line(
    planner: Call, tmp_path: Path, option: str, text: str, said: str
) -> None:
    """With file and line, and the close match."""
    two_days()
    (tmp_path / "f.yaml").write_text(text)
    done = planner("diff", option, "f.yaml")
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"planner: {said}")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("yesterday",), 2, "'yesterday' is neither a date such as 2026-06-03, nor a"),
        (("2026-02-30",), 2, "'2026-02-30' is no date; write it as 2026-06-03"),
        (("2026-11-21", "2026-11-20"), 2, "OLD, 2026-11-21, is later than NEW, 2026-11-20; swap"),
        (("2020-01-01",), 1, "nothing to compare: azure: no snapshot on or before 2020-01-01"),
        (("--model", "gpt-4oo"), 1, "no compared snapshot knows the model 'gpt-4oo'; did you"),
        (("--region", "japan-east-9"), 1, "no region is called 'japan-east-9'; did you mean"),
        (("--provider", "azur"), 1, "no provider 'azur' here; did you mean azure?"),
        (("--everything", "--mine"), 2, "--everything and --using contradict one another"),
        (("--using", "deployments"), 1, "no snapshot here knows deployments of yours;"),
        (("--using", "not-there.yaml"), 1, "not-there.yaml: there is no such file"),
        (("--brief", "--json"), 2, "--checks and --brief are text; leave --format out"),
        (("snapshots/azure",), 2, "'snapshots/azure' holds one provider's files; give"),
        (("--format", "ics"), 2, "--format ics is none of this command; give table, json"),
    ],
)  # fmt: skip
def test_bad_calls_are_one_line(
    planner: Call, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """What, where, next step; and the right exit code."""
    two_days()
    done = planner("diff", *arguments)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert said in done.err


def test_a_file_that_cannot_be_read_leaves_its_provider_out(planner: Call, tmp_path: Path) -> None:
    """The others answer, exit 3; the gate comes first; alone it is an error."""
    two_days()
    for on in ("2026-11-20", "2026-11-21"):
        path = tmp_path / "snapshots" / "gemini" / f"{on}.jsonl"
        path.parent.mkdir(exist_ok=True)
        path.write_text("{}\n")
    done = planner("diff")
    assert done.code == 3
    assert (
        "planner: gemini left out: snapshots/gemini/2026-11-21.jsonl:1: no snapshot header"
        in done.err
    )
    assert planner("diff", "--fail-on", "warning").code == 10
    assert planner("diff", "--provider", "gemini").code == 1


def test_the_json_keeps_its_contract(planner: Call) -> None:
    """It validates against the published schema, with and without changes."""
    schema = planner("schema", "diff").json
    for arguments in (BEDROCK, ("diff", "--provider", "azure"), ("diff", "--provider", "gemini")):
        jsonschema.validate(planner(*arguments, "--json").json, schema)
    two_days()
    answer = planner("diff", "--json").json
    jsonschema.validate(answer, schema)
    assert list(answer["changes"][0])[:10] == [
        "check", "severity", "provider", "model", "version", "deployment_type", "regions",
        "before", "after", "message",
    ]  # fmt: skip


def test_quotas_and_retirements_of_an_account(planner: Call) -> None:
    """What was cut, and what comes to pass between two days."""
    seen = looked("eastus2", account="main-1a2b", kinds=("offer", "quota"))
    ends = offer("eastus2", accounts=("main-1a2b",), retirement_dates=(retires("2026-11-21"),))
    own("2026-11-20", ends, quota(), coverage=seen)
    own("2026-11-21", ends, quota(limit=0), coverage=seen)
    assert messages(planner) == [
        "quota OpenAI.Standard.gpt-4o of main-1a2b is 0 instead of 300 in eastus2",
        "gpt-4o 2024-11-20 GlobalStandard retired on 2026-11-21 in eastus2",
    ]
    assert day("2026-11-21").isoformat() in json.dumps(planner("diff", "--json").json)


def test_the_list_of_checks(planner: Call) -> None:
    """Every id with its severity, and the one for those who use it."""
    lines = planner("diff", "--checks").out.splitlines()
    assert lines[0].split() == ["CHECK", "SEVERITY", "IF", "USED", "WHAT"]
    assert lines[4].split()[:3] == ["region_removed", "warning", "breaking"]


def test_markdown_is_inert_and_fits_an_issue(planner: Call) -> None:
    """A model's name is no markup; the summary comes first, a long list is cut with its number."""
    own("2026-11-20", STEADY)
    many = [offer("eastus2", f"model-{n}-{'x' * 60}") for n in range(400)]
    own("2026-11-21", STEADY, offer("eastus2", "<b>[x]|`"), *many)
    text = planner("diff", "--format", "markdown").out
    assert text.startswith(
        "401 notes: azure 2026-11-20 to 2026-11-21.\n\n<details><summary>401 notes"
    )
    assert "- \\<b\\>\\[x\\]\\|\\` 2024-11-20" in text
    assert len(text) < 65_536
    assert "more: planner diff --format json" in text


def test_an_empty_folder_of_yours_has_no_changes(planner: Call, tmp_path: Path) -> None:
    """The carried snapshots are no news to a team that has begun; by date it may ask for them."""
    (tmp_path / "snapshots").mkdir()
    done = planner("diff", "--fail-on", "info")
    assert (done.code, done.out.splitlines()[0]) == (0, "Nothing could be compared yet.")
    assert planner(*BEDROCK, "--brief").out.startswith("18 breaking changes")


def test_what_nobody_looked_at_has_not_stayed_the_same(planner: Call, tmp_path: Path) -> None:
    """A region or a use that no compared look covers is named as not compared."""
    two_days()
    gap = planner("diff", "--region", "swedencentral", "--json").json["not_compared"]
    assert gap == [
        {
            "provider": "azure",
            "region": "swedencentral",
            "reason": "no compared snapshot looked there",
        }
    ]
    (tmp_path / "using.yaml").write_text("- model: o1\n  deployment_type: Globalstandrad\n")
    done = planner("diff", "--using", "using.yaml")
    assert done.out.startswith("Nothing that you run changed in what could be compared: azure")
    told = " ".join(done.out.split())
    assert "any provider: no compared snapshot offers o1 Globalstandrad (using.yaml:1)" in told


def test_a_used_model_may_be_gone_from_both_days(planner: Call, tmp_path: Path) -> None:
    """The day after it went it is not compared; a typo is an error all the same."""
    own("2026-11-20", offer("eastus2", "foo-model"), STEADY)
    own("2026-11-21", STEADY)
    own("2026-11-22", STEADY)
    (tmp_path / "using.yaml").write_text("- foo-model\n- o1\n")
    first = planner(
        "diff", "2026-11-20", "2026-11-21", "--using", "using.yaml", "--fail-on", "breaking"
    )
    assert first.code == 10
    then = planner("diff", "--using", "using.yaml", "--fail-on", "breaking")
    assert then.code == 0
    told = " ".join(then.out.split())
    assert "no compared snapshot offers foo-model (using.yaml:1)" in told


def test_one_provider_that_is_behind_does_not_hide_the_others(planner: Call) -> None:
    """Its newest look is older than OLD: not compared, and said."""
    two_days()
    stale = offer("us-east-1", "nova-pro", provider="bedrock", deployment_type="on-demand")
    write_snapshot(Path("snapshots"), snapshot(stale, on="2026-11-19", origin=Origin.ACCOUNT))
    done = planner("diff", "2026-11-20", "--json")
    assert (done.code, len(done.json["changes"])) == (0, 1)
    [gap] = done.json["not_compared"]
    assert (gap["provider"], gap["region"]) == ("bedrock", None)
    assert gap["reason"] == "no look since 2026-11-20, the last is of 2026-11-19"


def test_the_gate_looks_at_what_a_filter_hides(planner: Call) -> None:
    """--severity chooses what is shown, --fail-on what matters."""
    two_days()
    assert planner("diff", "--severity", "breaking", "--fail-on", "warning").code == 10


def test_a_checkout_of_prices_alone(planner: Call, tmp_path: Path) -> None:
    """Its tables against those of another one, on the newest day of the snapshots."""
    two_days()
    for name, usd in (("base", "1.00"), ("head", "2.00")):
        table = tmp_path / name / "pricing" / "ours.yaml"
        table.parent.mkdir(parents=True)
        table.write_text(
            f"""\
prices:
  - provider: azure
    model: o1
    deployment_type: GlobalStandard
    regions: [eastus2]
    effective_from: 2026-01-01
    source: our own list
    retrieved_on: 2026-11-01
    origin: feed
    unit: deployment
    hosting_usd_per_hour: {usd}
"""
        )
    done = planner("diff", "base", "head", "--model", "o1", "--json")
    assert (done.code, done.err) == (0, "")
    [change] = done.json["changes"]
    assert (change["check"], change["before"], change["after"]) == ("price_up", 1.0, 2.0)


def test_a_first_look_at_a_provider_is_no_change_of_the_carried_ones(planner: Call) -> None:
    """It has nothing to be compared with, whatever the carried snapshots say."""
    two_days()
    fresh = offer("global", "gemini-9", provider="gemini", deployment_type="standard")
    write_snapshot(Path("snapshots"), snapshot(fresh, on="2026-11-21", origin=Origin.ACCOUNT))
    answer = planner("diff", "2026-11-20", "--json").json
    assert {c["provider"] for c in answer["changes"]} == {"azure"}
    [gap] = answer["not_compared"]
    assert (gap["provider"], gap["reason"]) == ("gemini", "no snapshot on or before 2026-11-20")
    assert planner("diff", "2026-02-02", "2026-02-28", "--provider", "gemini").code == 0
