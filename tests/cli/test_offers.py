"""Claims about `planner offers` on the carried data and on small own snapshots."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from tests.cli.conftest import Call

JUNE = ("--on", "2026-06-03")
KEYS = frozenset(
    {
        "provider",
        "region",
        "model",
        "version",
        "publisher",
        "deployment_type",
        "billing",
        "scope",
        "boundary",
        "lifecycle",
        "retires_on",
        "usage_name",
        "tokens_per_minute_per_unit",
        "units_minimum",
        "units_maximum",
        "units_step",
        "observed_on",
    }
)


def test_an_offer_is_one_flat_entry(planner: Call) -> None:
    """Each entry has the contract's keys, and one place, version and type has one entry."""
    offers = planner("offers", *JUNE, "--provider", "azure", "--json").json["offers"]
    assert offers[0].keys() >= KEYS
    places = [
        (o["region"], o["model"], o["version"], o["deployment_type"], o["usage_name"])
        for o in offers
    ]
    assert len(places) == len(set(places))


def test_filters_narrow_and_a_repeated_one_takes_either(planner: Call) -> None:
    """Different filters hold together, values of one filter side by side, in any spelling."""
    arguments = ["--region", "Japan East", "--region", "KOREACENTRAL"]
    arguments += ["--model", "GPT 4o", "--deployment-type", "globalstandard"]
    offers = planner("offers", *JUNE, *arguments, "--json").json["offers"]
    assert {(o["model"], o["deployment_type"]) for o in offers} == {("gpt-4o", "GlobalStandard")}
    assert {o["region"] for o in offers} == {"japaneast", "koreacentral"}


def test_lives_are_those_of_the_date(planner: Call) -> None:
    """An offer of the June documentation carries the end that the July one told."""
    arguments = ["--model", "gpt-4o", "--region", "japaneast", "--json"]
    arguments += ["--version", "2024-11-20", "--deployment-type", "Standard"]
    (offer,) = planner("offers", "--on", "2026-11-20", *arguments).json["offers"]
    assert (offer["retires_on"], offer["observed_on"]) == ("2026-10-01", "2026-06-03")
    assert offer["replacement"] == "gpt-5.1"


def test_the_table_has_a_row_a_version_and_type(
    planner: Call, snapshot: Callable[..., Path]
) -> None:
    """Regions share the row of their version and type; ends are marked; sources are named."""
    gone = {"retirement_dates": [{"on": "2026-10-01"}]}
    snapshot(
        "acme",
        "2026-11-01",
        {"region": "south"},
        {"region": "north"},
        {"region": "north", "deployment_type": "Batch", "lifecycle": "deprecated"},
        {"region": "north", "version": "0", **gone},
    )
    assert planner("offers", "--provider", "acme", "--on", "2026-11-20").out == (
        "4 offers of gpt-x on acme in 2 regions on 2026-11-20; retired: 1.\n"
        "\n"
        "  Version  Deployment type  Retires       Regions\n"
        "gpt-x on acme\n"
        "  1        Batch            unknown ◌     north\n"
        "           GlobalStandard   unknown       north south\n"
        "  0        GlobalStandard   2026-10-01 ×  north\n"
        "\n"
        "◌ closed to new customers, × retired.\n"
        "Rests on acme 2026-11-01 (account, 19 days old).\n"
        "One model with prices: planner regions gpt-x.\n"
    )


def test_a_narrow_screen_puts_regions_below(planner: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """At 60 columns no line is wider, and the regions have lines of their own."""
    monkeypatch.setenv("COLUMNS", "60")
    text = planner("offers", *JUNE, "--model", "gpt-4o").out
    assert max(map(len, text.splitlines())) <= 60
    assert "\n    canadacentral canadaeast" in text or "\n    australiaeast" in text


def test_nothing_left_says_which_filter_left_nothing(planner: Call) -> None:
    """An empty list is no error: the last filter that removed what was left is named."""
    arguments = ["offers", *JUNE, "--model", "gpt-4o", "--provider", "bedrock"]
    done = planner(*arguments, "--json")
    assert (done.code, done.json["offers"]) == (0, [])
    assert done.json["notes"] == [
        f"none of the {bedrock_offers(planner)} offers with provider bedrock has model gpt-4o"
    ]
    text = planner(*arguments)
    assert text.code == 0
    assert text.out.startswith("No offer: none of the ")


def bedrock_offers(planner: Call) -> str:
    """How many offers of Bedrock stand in June, as a sentence writes it."""
    offers = planner("offers", *JUNE, "--provider", "bedrock", "--json").json["offers"]
    return f"{len(offers):,}"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--model", "gpt-4oo"], "knows the model 'gpt-4oo'; did you mean gpt-4o"),
        (["--region", "eastus3"], "no region is called 'eastus3'; did you mean eastus or"),
        (["--provider", "azur"], "no provider 'azur' here; did you mean azure?"),
        (
            ["--deployment-type", "Standart"],
            "no deployment type 'Standart' here; did you mean standard",
        ),
        (["--version", "2024-11-21"], "no version '2024-11-21' here; did you mean 2024-11-20"),
    ],
)
def test_an_unknown_name_ends_with_1_and_close_ones(
    planner: Call, arguments: list[str], message: str
) -> None:
    """A name that no snapshot knows is an error that names what was probably meant."""
    done = planner("offers", *JUNE, *arguments)
    assert (done.code, done.out) == (1, "")
    assert message.lower() in done.err.lower()


def test_json_keeps_to_its_schema(planner: Call) -> None:
    """A whole catalogue and an empty list validate against `planner schema offers`."""
    schema = planner("schema", "offers").json
    jsonschema.Draft202012Validator.check_schema(schema)
    for filters in ([], ["--model", "gpt-4o", "--provider", "gemini"]):
        answer = planner("offers", *JUNE, "--region", "japaneast", *filters, "--json").json
        jsonschema.validate(answer, schema)


def test_csv_and_markdown_hold_the_same_offers(planner: Call) -> None:
    """Every entry of the JSON is a row of the CSV and of the markdown table."""
    arguments = ["offers", *JUNE, "--model", "gpt-4o", "--region", "japaneast"]
    count = len(planner(*arguments, "--json").json["offers"])
    read = csv.DictReader(io.StringIO(planner(*arguments, "--format", "csv").out))
    assert {row["region"] for row in read} == {"japaneast"}
    assert read.line_num == 1 + count
    markdown = planner(*arguments, "--format", "markdown").out.splitlines()
    assert markdown[0] == (
        "| provider | model | version | deployment_type | region | billing | boundary | lifecycle "
        "| retires_on |"
    )
    assert len(markdown) == 2 + count
