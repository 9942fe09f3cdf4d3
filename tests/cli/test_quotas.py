"""Claims about `planner quotas` and `planner deployments` on small snapshots of an account."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner.core.offers import AnyRecord, Deployment
from planner.core.snapshots import Coverage, Origin, Status
from planner.files.snapshots import write_snapshot
from tests.builders import day, offer, quota, retires, snapshot
from tests.cli.conftest import Call

ON = ("--on", "2026-11-21")
REGIONS = ("eastus2", "japaneast", "westeurope")
KINDS = ("offer", "quota", "deployment")


def deployment(name: str = "chat", **fields: Any) -> Deployment:
    """A deployment of gpt-x in eastus2."""
    usual: dict[str, Any] = {
        "provider": "azure", "account": "main-1a2b", "region": "eastus2", "model": "gpt-x",
        "version": "1", "deployment_type": "GlobalStandard", "units": 50,
    }  # fmt: skip
    return Deployment(name=name, **(usual | fields))


def own(*records: AnyRecord, on: str = "2026-11-20", **coverage: Any) -> Path:
    """Write a snapshot of the user's own, by default of what `main-1a2b` sees in eastus2."""
    usual: dict[str, Any] = {"region": "eastus2", "account": "main-1a2b", "kinds": KINDS}
    entry = Coverage(**(usual | coverage))
    made = snapshot(*records, on=on, coverage=(entry,), provider="azure", origin=Origin.ACCOUNT)
    return write_snapshot(Path("snapshots"), made)


@pytest.mark.parametrize("command", ["quotas", "deployments"])
def test_carried_data_has_none_and_says_how_to_come_by_some(planner: Call, command: str) -> None:
    """An empty list is no error."""
    done = planner(command, *ON, "--json")
    assert (done.code, done.json[command], done.json["sources"]) == (0, [], [])
    [note] = done.json["notes"]
    assert "run planner collect, which reads your accounts and writes nothing to them" in note
    assert planner(command, *ON).out.startswith(f"No {command.removesuffix('s')}: no snapshot")


def test_a_quota_is_one_flat_entry(planner: Call) -> None:
    """Limit, default, used and free; what is used above the limit leaves 0, unknown is null."""
    own(
        quota(name="a", limit=300, default_limit=100, used=20.5, unit="Count"),
        quota(name="b", limit=300, used=400),
        quota(name="c", limit=300, used=None),
    )
    answer = planner("quotas", *ON, "--json").json
    first, *rest = answer["quotas"]
    assert first == {
        "provider": "azure", "account": "main-1a2b", "region": "eastus2", "name": "a",
        "limit": 300.0, "default_limit": 100.0, "used": 20.5, "free": 279.5, "unit": "Count",
        "limits": [], "unmapped": True, "observed_on": "2026-11-20",
    }  # fmt: skip
    assert [q["free"] for q in rest] == [0.0, None]
    assert answer["sources"] == [
        {"provider": "azure", "snapshot": "2026-11-20", "origin": "account", "age_days": 1}
    ]


def test_filters_narrow(planner: Call) -> None:
    """By region in any spelling, account, provider, and by the model whose offers draw on it."""
    own(
        offer(model="gpt-x", usage_name="OpenAI.Standard.GPT-X"),
        quota(name="openai.standard.gpt-x"),
        quota(name="other"),
    )

    def names(*arguments: str) -> list[str]:
        return [q["name"] for q in planner("quotas", *ON, *arguments, "--json").json["quotas"]]

    assert names("--model", "GPT X") == ["openai.standard.gpt-x"]
    assert names("--region", "East US 2", "--account", "MAIN-1a2b") == [
        "openai.standard.gpt-x",
        "other",
    ]
    assert names("--provider", "bedrock") == []
    done = planner("quotas", *ON, "--provider", "bedrock")
    assert done.out == "No quota: none of the 2 quotas known here passes the filters.\n"
    wrong = planner("quotas", *ON, "--account", "mian")
    assert (wrong.code, wrong.err) == (1, "planner: no account 'mian' here; there is main-1a2b\n")


def test_a_quota_says_what_it_limits(planner: Call) -> None:
    """The models and types that draw on it in its region, machines too; else it is unmapped."""
    own(
        offer(model="gpt-x", quota_names=("openai.shared",)),
        offer(model="gpt-y", quota_names=("openai.shared",), deployment_type="Standard"),
        offer(
            model="Standard_NC24", deployment_type="vm", billing="self_hosted",
            quota_names=("StandardNC",),
        ),
        quota(name="OpenAI.Shared"),
        quota(name="StandardNC", unit="vCPU"),
        quota(name="flows"),
    )  # fmt: skip
    found = planner("quotas", *ON, "--json").json["quotas"]
    assert {q["name"]: (q["limits"], q["unmapped"]) for q in found} == {
        "OpenAI.Shared": (
            [
                {"model": "gpt-x", "deployment_type": "GlobalStandard"},
                {"model": "gpt-y", "deployment_type": "Standard"},
            ],
            False,
        ),
        "StandardNC": ([{"model": "Standard_NC24", "deployment_type": "vm"}], False),
        "flows": ([], True),
    }
    left = planner("quotas", *ON, "--unmapped", "--json").json["quotas"]
    assert [q["name"] for q in left] == ["flows"]


def test_an_equal_day_limits_what_the_day_before_it_does(planner: Call) -> None:
    """Where only the use changed, the file names the day whose offers are its own."""
    own(offer(model="gpt-x", quota_names=("a",)), quota(name="a", used=1), on="2026-11-19")
    path = own(offer(model="gpt-x", quota_names=("a",)), quota(name="a", used=2))
    assert len(path.read_text().splitlines()) == 2
    [found] = planner("quotas", *ON, "--json").json["quotas"]
    assert (found["used"], [m["model"] for m in found["limits"]]) == (2.0, ["gpt-x"])


@pytest.mark.parametrize("command", ["quotas", "deployments"])
def test_a_stale_look_is_noted(planner: Call, elsewhere: Path, command: str) -> None:
    """After 30 days, or as many as the settings say; --quiet leaves the note out."""
    own(quota(), deployment(), on="2026-11-01")
    assert planner(command, *ON).err == ""
    (elsewhere / "planner.yaml").write_text("staleness_days: 19\n", encoding="utf-8")
    assert planner(command, *ON).err == (
        "note: your azure snapshot of 2026-11-01 is 20 days old, fresh is up to 19; "
        "planner collect azure\n"
    )
    assert planner(command, *ON, "--quiet").err == ""


def test_each_place_is_told_by_its_newest_look(planner: Call) -> None:
    """A region that was not asked for keeps its older quotas; what was read and gone is gone."""
    own(quota(name="old"), quota(name="stays"), on="2026-11-01")
    own(quota("japaneast"), on="2026-11-10", region="japaneast")
    own(quota(name="stays", used=7), on="2026-11-15")
    found = planner("quotas", *ON, "--json").json["quotas"]
    assert [(q["region"], q["name"], q["observed_on"]) for q in found] == [
        ("eastus2", "stays", "2026-11-15"),
        ("japaneast", "OpenAI.Standard.gpt-4o", "2026-11-10"),
    ]
    before = planner("quotas", "--on", "2026-11-05", "--json").json["quotas"]
    assert [q["name"] for q in before] == ["old", "stays"]


def test_carried_quotas_say_when_they_were_seen(planner: Call) -> None:
    """Quotas that were denied today are those of the day that the coverage names."""
    own(quota(), quota_status=Status.DENIED, carried_from=day("2026-11-02"))
    [found] = planner("quotas", *ON, "--json").json["quotas"]
    assert found["observed_on"] == "2026-11-02"
    assert "main-1a2b in eastus2 on azure, 19 days old\n" in planner("quotas", *ON).out


def test_the_table_groups_by_place(planner: Call) -> None:
    """A heading a place, numbers aligned; what is unknown for all is said once."""
    own(
        offer(model="gpt-x", quota_names=("OpenAI.Standard.gpt-4o",)),
        offer(model="gpt-y", quota_names=("OpenAI.Standard.gpt-4o",)),
        quota(name="OpenAI.Standard.gpt-4o", limit=1200, used=20, unit="Count"),
        quota(name="OpenAI.GlobalStandard.gpt-4o", limit=50, used=50, unit="Count"),
    )
    assert planner("quotas", "--on", "2026-11-20").out == (
        "2 quotas of 1 account in 1 region; used up: 1; unmapped, limiting no offer that\n"
        "was read: 1.\n"
        "\n"
        "  Quota                         Limits    Unit   Limit  Used   Free\n"
        "main-1a2b in eastus2 on azure\n"
        "  OpenAI.GlobalStandard.gpt-4o  unmapped  Count     50    50      0\n"
        "  OpenAI.Standard.gpt-4o        2 models  Count  1,200    20  1,180\n"
        "\n"
        "Rests on azure 2026-11-20 (account, today).\n"
        "Unknown for all: default.\n"
        "Fewer rows: --region, --account, --model.\n"
    )


def test_regions_that_have_the_same_stand_together(planner: Call) -> None:
    """One heading for both; a region that uses more of a quota has its own."""
    places = tuple(Coverage(region=region, account="main-1a2b", kinds=KINDS) for region in REGIONS)
    quotas = (quota(r, name="a", limit=9, used=u) for r, u in zip(REGIONS, (1, 1, 2), strict=True))
    made = snapshot(*quotas, on="2026-11-20", coverage=places, origin=Origin.ACCOUNT)
    write_snapshot(Path("snapshots"), made)
    text = planner("quotas", "--on", "2026-11-20").out
    assert text.partition("\n\n")[2].partition("\n\n")[0] == (
        "  Quota  Limits    Unit     Limit  Used  Free\n"
        "main-1a2b in eastus2, japaneast on azure\n"
        "  a      unmapped  unknown      9     1     8\n"
        "main-1a2b in westeurope on azure\n"
        "  a      unmapped  unknown      9     2     7"
    )


@pytest.mark.parametrize("command", ["quotas", "deployments"])
def test_a_date_before_every_snapshot_is_an_error(planner: Call, command: str) -> None:
    """Exit 1 with the first day, as `regions` does."""
    done = planner(command, "--on", "2020-01-01")
    assert (done.code, done.err) == (
        1,
        "planner: there is no snapshot on or before 2020-01-01; the first is of 2024-07-23\n",
    )


def test_a_deployment_says_when_its_model_retires(planner: Call) -> None:
    """From its region's offer, else from what is told of its version; else it is unknown."""
    own(
        offer(model="gpt-x", version="1", retirement_dates=(retires("2026-11-01"),)),
        offer(model="gpt-y", version="2", retirement_dates=(retires("2027-02-01"),)),
        deployment("chat"),
        deployment("later", model="gpt-y", version="2"),
        deployment("odd", model=None, version=None, units=None),
    )
    answer = planner("deployments", *ON, "--json").json
    ends = {d["name"]: d["retires_on"] for d in answer["deployments"]}
    assert ends == {"chat": "2026-11-01", "later": "2027-02-01", "odd": None}
    assert planner("deployments", *ON).out == (
        "3 deployments; of a retired model: 1; the next model retires on 2027-02-01.\n"
        "\n"
        "  Deployment  Model    Type            Units    Retires\n"
        "main-1a2b in eastus2 on azure, 1 day old\n"
        "  chat        gpt-x 1  GlobalStandard  50       2026-11-01 ×\n"
        "  later       gpt-y 2  GlobalStandard  50       2027-02-01\n"
        "  odd         unknown  GlobalStandard  unknown  unknown\n"
        "\n"
        "× retired.\n"
        "Rests on azure 2026-11-20 (account, 1 day old).\n"
        "Where a model can run, and what replaces it: planner regions MODEL.\n"
    )


def test_a_deployment_of_a_carried_model_is_told_by_the_carried_data(planner: Call) -> None:
    """gpt-4o of 2024-11-20 ended on 2026-10-01; gpt-5.1 is named to replace it."""
    own(deployment("chat", model="gpt-4o", version="2024-11-20", region="eastus2"))
    [found] = planner("deployments", *ON, "--model", "GPT-4o", "--json").json["deployments"]
    assert (found["retires_on"], found["replacement"]) == ("2026-10-01", "gpt-5.1")


@pytest.mark.parametrize("command", ["quotas", "deployments"])
def test_json_csv_and_markdown_hold_the_same(planner: Call, command: str) -> None:
    """The JSON keeps to its schema; each entry is a row of the others."""
    own(quota(name="a"), quota(name="b"), deployment("c"), deployment("d"))
    answer = planner(command, *ON, "--json").json
    jsonschema.validate(answer, planner("schema", command).json)
    rows = list(csv.DictReader(io.StringIO(planner(command, *ON, "--format", "csv").out)))
    assert [r["name"] for r in rows] == [e["name"] for e in answer[command]]
    assert len(planner(command, *ON, "--format", "markdown").out.splitlines()) == 4


def test_names_of_an_account_are_inert(planner: Call) -> None:
    """A deployment's name is any person's text."""
    own(deployment("=x \x1b[31m [red] | a"), quota(name="=y \x1b[31m"))
    for command in ("quotas", "deployments"):
        for format_ in ("table", "csv", "markdown", "json"):
            done = planner(command, *ON, "--format", format_)
            assert "\x1b" not in done.out
            assert "\n=" not in done.out


def test_a_file_that_cannot_be_read_is_named(planner: Call) -> None:
    """Exit 3; what the other files tell is shown."""
    own(quota(), on="2026-11-01")
    path = own(quota("japaneast"), on="2026-11-02", region="japaneast")
    path.write_text(path.read_text() + "{broken\n", encoding="utf-8")
    done = planner("quotas", *ON, "--json")
    assert (done.code, [q["region"] for q in done.json["quotas"]]) == (3, ["eastus2"])
    assert "2026-11-02.jsonl:3: " in done.err
    path.write_text(json.dumps({"schema": 99}) + "\n", encoding="utf-8")
    assert "schema 99 is newer than 1; upgrade planner" in planner("quotas", *ON).err
