"""Claims about `planner regions` on the carried data."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Call

ARTICLE_REGIONS = [
    "southafricanorth",
    "australiaeast",
    "japaneast",
    "koreacentral",
    "southindia",
    "canadaeast",
    "francecentral",
    "germanywestcentral",
    "norwayeast",
    "polandcentral",
    "swedencentral",
    "switzerlandnorth",
    "uksouth",
    "westeurope",
    "brazilsouth",
    "eastus",
    "eastus2",
    "northcentralus",
    "southcentralus",
    "westus",
    "westus3",
]
JUNE = ("--on", "2026-06-03", "--json")
TODAY = ("--on", "2026-11-20")


def rows(answer: Any, key: str = "regions", **fields: object) -> list[Any]:
    """The entries that have these values."""
    return [e for e in answer[key] if all(e[k] == v for k, v in fields.items())]


def test_gpt_4o_ran_in_21_regions_on_2024_07_23(planner: Call) -> None:
    """The article's list comes out: 21 regions, deployment type unknown."""
    answer = planner("regions", "gpt-4o", "--on", "2024-07-23", "--json").json
    assert sorted(e["region"] for e in answer["regions"]) == sorted(ARTICLE_REGIONS)
    assert {e["deployment_type"] for e in answer["regions"]} == {None}
    assert answer["sources"] == [
        {"provider": "azure", "snapshot": "2024-07-23", "origin": "article", "age_days": 0}
    ]


def test_the_articles_display_names_stand_on_a_wide_screen(
    planner: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wide terminal shows the name and the article's display form."""
    monkeypatch.setenv("COLUMNS", "160")
    text = planner("regions", "gpt-4o", "--on", "2024-07-23").out
    assert "southafricanorth  (Africa) South Africa North" in text


@pytest.mark.parametrize(
    ("model", "regions"),
    [("claude-3-opus", ["us-west-2"]), ("claude-3-5-sonnet", ["us-east-1"])],
)
def test_claude_ran_in_one_region_on_2024_07_23(
    planner: Call, model: str, regions: list[str]
) -> None:
    """Claude 3 Opus was in us-west-2 alone, Claude 3.5 Sonnet in us-east-1 alone."""
    answer = planner("regions", model, "--on", "2024-07-23", "--json").json
    assert [e["region"] for e in answer["regions"]] == regions


def test_a_retired_model_is_said_first(planner: Call) -> None:
    """Today's first line tells the retirement and the replacement; its regions follow."""
    text = planner("regions", "gpt-4o", *TODAY).out
    assert text.splitlines()[0] == (
        "gpt-4o retired on 2026-10-01; its provider names gpt-5.1 as replacement."
    )
    assert text.splitlines()[1].startswith("gpt-5.1: GlobalStandard in ")
    assert "gpt-5.1 on azure" in text


def test_a_retired_model_is_followed_to_the_living_one(planner: Call) -> None:
    """The answer keeps gpt-4o's entries as retired, and recommends gpt-5.1."""
    answer = planner("regions", "gpt-4o", *TODAY, "--json").json
    assert (answer["model"], answer["replaced_by"]) == ("gpt-4o", ["gpt-5.1"])
    best = answer["recommended"]
    assert (best["model"], best["deployment_type"]) == ("gpt-5.1", "GlobalStandard")
    assert {e["availability"] for e in rows(answer, model="gpt-4o")} == {"retired"}
    assert {e["availability"] for e in rows(answer, model="gpt-5.1")} == {"unknown"}
    assert len({e["region"] for e in rows(answer, model="gpt-5.1")}) == 28


def test_a_model_is_shown_as_it_was(planner: Call) -> None:
    """Before its retirement gpt-4o answers for itself, Standard's older versions retired."""
    answer = planner("regions", "gpt-4o", *JUNE).json
    assert answer["replaced_by"] == []
    assert answer["recommended"]["model"] == "gpt-4o"
    newest = rows(answer, deployment_type="Standard", version="2024-11-20", region="eastus")
    assert [(e["availability"], e["retires_on"]) for e in newest] == [("unknown", "2026-10-01")]
    older = rows(answer, deployment_type="Standard", version="2024-08-06", region="eastus")
    assert [(e["availability"], e["retires_on"]) for e in older] == [("retired", "2026-03-31")]


def test_the_eur_zone_passes_eur_but_not_eu(planner: Call) -> None:
    """Data zones pass only inside their own; eu leaves the offers of single EU countries."""
    eur = planner("regions", "gpt-4o", *JUNE, "--boundary", "eur").json
    kinds = {e["deployment_type"] for e in eur["regions"]}
    assert "DataZoneStandard" in kinds
    assert not {k for k in kinds if k.startswith("Global")}
    eu = planner("regions", "gpt-4o", *JUNE, "--boundary", "eu").json
    kinds = {e["deployment_type"] for e in eu["regions"]}
    assert kinds == {"Standard", "ProvisionedManaged"}
    assert not {"norwayeast", "switzerlandnorth", "uksouth"} & {e["region"] for e in eu["regions"]}
    zone = rows(eu, "rejected", deployment_type="DataZoneStandard", region="francecentral")
    assert zone[0]["reasons"] == [
        "it may process in eur (Azure's zone: the EU, Norway and Switzerland), asked for eu"
    ]


def test_nothing_is_on_premises(planner: Call) -> None:
    """A boundary that no offer meets ends with 4, and every entry says why."""
    done = planner("regions", "gpt-4o", *JUNE, "--boundary", "on-premises")
    assert done.code == 4
    assert done.json["recommended"] is None
    assert done.json["regions"] == []
    assert all(e["reasons"] for e in done.json["rejected"])
    text = planner("regions", "gpt-4o", *JUNE[:2], "--boundary", "on-premises").out
    assert text.startswith("Nothing fits: ")


def test_from_ranks_by_round_trip(planner: Call) -> None:
    """The nearest that processes in its region comes first; a global offer has no round trip."""
    answer = planner("regions", "gpt-4o", *JUNE, "--from", "francecentral").json
    assert (answer["recommended"]["region"], answer["recommended"]["scope"]) == (
        "francecentral",
        "regional",
    )
    for entry in answer["regions"]:
        if entry["scope"] != "regional":
            assert entry["latency_ms"] is None
    germany = rows(answer, region="germanywestcentral", deployment_type="ProvisionedManaged")
    assert {e["latency_ms"] for e in germany} == {12}
    regional = [e for e in answer["regions"] if e["scope"] == "regional" and e["latency_ms"]]
    known = [e["latency_ms"] for e in regional if e["availability"] == "unknown"]
    assert known == sorted(known)


def test_the_order_is_the_rank(planner: Call) -> None:
    """Entries stand best first; what has retired stands behind all that can be used."""
    answer = planner("regions", "gpt-4o", *JUNE).json
    assert [e["rank"] for e in answer["regions"]] == list(range(1, len(answer["regions"]) + 1))
    standing = [e["availability"] for e in answer["regions"]]
    assert "unknown" not in standing[standing.index("retired") :]


def test_filters_keep_the_rest_with_reasons(planner: Call) -> None:
    """What a filter removes stands under `rejected`, with what it is and what was asked."""
    answer = planner(
        "regions", "gpt-4o", *JUNE, "--deployment-type", "standard", "--version", "2024-11-20"
    ).json
    kinds = {(e["deployment_type"], e["version"]) for e in answer["regions"]}
    assert kinds == {("Standard", "2024-11-20")}
    assert ["deployment type is GlobalBatch, asked for Standard"] in [
        e["reasons"] for e in answer["rejected"]
    ]


def test_min_lifetime_removes_what_retires_too_soon(planner: Call) -> None:
    """120 days from 2026-06-03 end on the day of gpt-4o's retirement, so 121 leave nothing."""
    assert planner("regions", "gpt-4o", *JUNE, "--min-lifetime", "120d").code == 0
    assert planner("regions", "gpt-4o", *JUNE, "--min-lifetime", "121d").code == 4


def test_json_keeps_to_its_schema(planner: Call) -> None:
    """The output validates against `planner schema regions`, also with nulls and rejections."""
    schema = planner("schema", "regions").json
    jsonschema.Draft202012Validator.check_schema(schema)
    for arguments in (JUNE, (*JUNE, "--boundary", "eu"), ("--on", "2024-07-23", "--json")):
        jsonschema.validate(planner("regions", "gpt-4o", *arguments).json, schema)


def test_csv_and_markdown_have_a_row_an_entry(planner: Call) -> None:
    """Each of 21 entries is a row below the header, whatever the format."""
    csv = planner("regions", "gpt-4o", "--on", "2024-07-23", "--format", "csv").out.splitlines()
    assert csv[0].startswith("provider,region,model,version,")
    assert len(csv) == 1 + 21
    markdown = planner("regions", "gpt-4o", "--on", "2024-07-23", "--format", "markdown").out
    lines = markdown.splitlines()
    assert len([line for line in lines if line.startswith("|")]) == 2 + 21
    assert lines[0] == "gpt-4o is offered in 21 regions (azure); deployment types unknown."
    assert lines[-1] == "Rests on azure 2024-07-23 (article, today)."


def test_own_snapshots_come_before_the_carried_ones(
    planner: Call, snapshot: Callable[..., Path]
) -> None:
    """./snapshots decides for the regions that it covers; the carried data tells the rest."""
    snapshot("azure", "2026-06-01", {"model": "gpt-4o", "version": "2099-01-01"})
    answer = planner("regions", "gpt-4o", *JUNE).json
    here = rows(answer, region="japaneast")
    usable = {e["version"] for e in here if e["availability"] != "not_offered"}
    assert usable == {"2099-01-01"}
    assert "2024-11-20" in {e["version"] for e in rows(answer, region="koreacentral")}
    assert {"provider": "azure", "snapshot": "2026-06-01", "origin": "account", "age_days": 2} in (
        answer["sources"]
    )


def test_a_region_that_only_an_own_snapshot_knows_can_be_asked_for(
    planner: Call, snapshot: Callable[..., Path]
) -> None:
    """Neither the table of regions nor the list of providers limits what a snapshot may hold."""
    snapshot("acme", "2026-11-01", {"region": "moonbase"})
    answer = planner("regions", "gpt-x", "--region", "moonbase", "--provider", "acme", "--json")
    assert [e["region"] for e in answer.json["regions"]] == ["moonbase"]


def test_settings_fill_in_home_and_boundary_and_flags_win(planner: Call, elsewhere: Path) -> None:
    """planner.yaml's boundary removes what leaves the place; --boundary on the line replaces it."""
    (elsewhere / "planner.yaml").write_text("home_region: francecentral\nboundary: eu\n")
    inside = planner("regions", "gpt-4o", *JUNE).json
    assert inside["recommended"]["region"] == "francecentral"
    assert {e["boundary"] for e in inside["regions"]} <= {"fr", "de", "ie+nl", "es", "pl", "se"}
    assert (
        planner("regions", "gpt-4o", *JUNE, "--boundary", "us").json["recommended"]["boundary"]
        == "us"
    )


def test_an_open_model_that_no_snapshot_lists_is_sent_to_breakeven(planner: Call) -> None:
    """Llama-2-7B is offered nowhere in the carried snapshots; it can be hosted all the same."""
    done = planner("regions", "meta-llama/Llama-2-7b-hf")
    assert done.code == 1
    assert "planner breakeven llama-2-7b compares hosting it yourself" in done.err
