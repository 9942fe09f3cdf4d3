"""`planner prices` on the carried tables: the figures that it must give, and how it gives them."""

import datetime as dt
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planner.core.prices_answer import CheckAnswer, HistoryAnswer, PricesAnswer
from planner.render.flat import json_schema
from planner.render.terminal import Screen
from tests.cli.conftest import Call


def entries(planner: Call, *arguments: str) -> list[dict[str, Any]]:
    """The entries of `planner prices MODEL ...`."""
    found = planner("prices", *arguments, "--json")
    assert found.code == 0, found.err
    listed: list[dict[str, Any]] = found.json["prices"]
    return listed


def amounts(planner: Call, *arguments: str, **wanted: Any) -> set[tuple[Any, Any]]:
    """Input and output price of the plain entries that have the wanted values."""
    plain: dict[str, Any] = {"tier": "default", "context_over_tokens": 0, "fine_tuned": False}
    return {
        (e["input_usd_per_mtok"], e["output_usd_per_mtok"])
        for e in entries(planner, *arguments)
        if all(e[name] == value for name, value in (plain | wanted).items())
    }


@pytest.mark.parametrize(
    ("deployment_type", "region", "price"),
    [
        ("GlobalStandard", "swedencentral", (2.5, 10)),
        ("DataZoneStandard", "swedencentral", (2.75, 11)),
        ("Standard", "swedencentral", (2.75, 11)),
        ("GlobalBatch", "swedencentral", (1.25, 5)),
        ("DataZoneBatch", "swedencentral", (1.375, 5.5)),
    ],
)
def test_gpt_4o_by_deployment_type(
    planner: Call, deployment_type: str, region: str, price: tuple[float, float]
) -> None:
    """gpt-4o 2024-08-06: the zone is 10% dearer than the global type, batch costs half."""
    found = amounts(
        planner, "gpt-4o", "--on", "2026-06-03", "--provider", "azure", "--region", region,
        deployment_type=deployment_type, version="2024-08-06",
    )  # fmt: skip
    assert found == {price}


@pytest.mark.parametrize(
    ("region", "on", "price"),
    [
        ("eastus2", "2025-08-31", {(0.5, 1.5)}),
        ("eastus2", "2025-09-01", {(0.55, 1.65)}),
        ("japaneast", "2025-08-31", {(0.5, 1.5)}),
        ("japaneast", "2025-09-01", {(0.605, 1.815)}),
        ("westeurope", "2025-08-31", set()),
        ("westeurope", "2025-09-01", {(0.66, 1.98)}),
    ],
)
def test_gpt_35_turbo_became_dearer_by_region(
    planner: Call, region: str, on: str, price: set[tuple[float, float]]
) -> None:
    """On 2025-09-01 each region got its own price; before, it was unknown in one of them."""
    found = amounts(
        planner, "gpt-35-turbo", "--on", on, "--region", region, "--provider", "azure",
        deployment_type="Standard", version="0125",
    )  # fmt: skip
    assert found == price


@pytest.mark.parametrize(
    ("region", "deployment_type", "usd"),
    [
        ("swedencentral", "GlobalStandard", 1.545),
        ("swedencentral", "DataZoneStandard", 1.6995),
        ("japaneast", "DataZoneStandard", 1.854),
    ],
)
def test_a_long_request_is_repriced_as_a_whole(
    planner: Call, region: str, deployment_type: str, usd: float
) -> None:
    """300,000 tokens in and 2,000 out on gpt-5.4: all of them at the price above 272,000."""
    found = {
        e["usd_per_request"]
        for e in entries(
            planner,
            "gpt-5.4",
            "--on",
            "2026-07-15",
            "--region",
            region,
            "--input-tokens",
            "300000",
            "--output-tokens",
            "2000",
        )
        if (e["deployment_type"], e["tier"], e["fine_tuned"]) == (deployment_type, "default", False)
    }
    assert found == {None, usd}


def test_list_prices_of_july_2024(planner: Call) -> None:
    """gpt-4o-mini cost 0.15 and 0.60 when gpt-4o cost 5 and 15."""
    on = ("--on", "2024-07-23", "--provider", "openai")
    assert amounts(planner, "gpt-4o-mini", *on) == {(0.15, 0.6)}
    assert amounts(planner, "gpt-4o", *on) == {(5, 15)}


@pytest.mark.parametrize(
    ("deployment_type", "region", "on", "term", "usd", "total"),
    [
        ("GlobalProvisionedManaged", "swedencentral", "2025-08-25", "on_demand", 1, None),
        ("DataZoneProvisionedManaged", "swedencentral", "2025-08-25", "on_demand", 1.1, None),
        ("ProvisionedManaged", "swedencentral", "2025-08-25", "on_demand", 2, None),
        ("ProvisionedManaged", "eastus2", "2025-09-15", "on_demand", 2, None),
        ("ProvisionedManaged", "swedencentral", "2025-09-15", "on_demand", 2.2, None),
        ("ProvisionedManaged", "westeurope", "2025-09-15", "on_demand", 2.4, None),
        ("DataZoneProvisionedManaged", "japaneast", "2026-07-31", "on_demand", 1.1, None),
        ("DataZoneProvisionedManaged", "japaneast", "2026-08-01", "on_demand", 1.2, None),
        ("ProvisionedManaged", "usgovvirginia", "2025-08-25", "on_demand", 2.5, None),
        ("ProvisionedManaged", "swedencentral", "2025-08-25", "1_month", 0.3561643836, 260),
        ("ProvisionedManaged", "swedencentral", "2025-08-25", "1_year", 0.302739726, 2652),
        ("ProvisionedManaged", "swedencentral", "2025-09-15", "1_year", None, None),
        ("GlobalProvisionedManaged", "swedencentral", "2025-08-31", "1_month", 0.3561643836, 260),
        ("GlobalProvisionedManaged", "swedencentral", "2025-09-01", "1_month", None, None),
    ],
)
def test_provisioned_units_by_region_and_date(  # noqa: PLR0917 - a row of the table above
    planner: Call, deployment_type: str, region: str, on: str, term: str, usd: float | None,
    total: float | None,
) -> None:  # fmt: skip
    """Hours by region and date; a reservation's is its total by its hours, unknown since."""
    found = {
        (e["usd_per_unit_hour"], e["term_total_usd"])
        for e in entries(
            planner,
            "gpt-4.1",
            "--on",
            on,
            "--region",
            region,
            "--deployment-type",
            deployment_type,
            "--provider",
            "azure",
        )
        if e["term"] == term
    }
    assert found == (set() if usd is None else {(usd, total)})


def test_claude_is_dearer_by_a_geographic_profile(planner: Call) -> None:
    """On Bedrock a profile that stays in a geography costs 10% more than the global one."""
    for model, world, zone in (
        ("claude-opus-4-5", (5, 25), (5.5, 27.5)),
        ("claude-sonnet-4-5", (3, 15), (3.3, 16.5)),
    ):
        here = (model, "--on", "2026-11-20", "--provider", "bedrock", "--region", "us-east-1")
        assert amounts(planner, *here, deployment_type="global. inference profile") == {world}
        assert amounts(planner, *here, deployment_type="us. inference profile") == {zone}


def test_before_a_price_existed_it_is_unknown(planner: Call) -> None:
    """A date before the first price gives no price, and says where all dates are."""
    found = planner("prices", "gpt-5.4", "--on", "2024-01-01")
    assert found.code == 0
    assert "no price of gpt-5.4 is known on 2024-01-01" in " ".join(found.out.split())


def test_the_offers_own_meter_is_found(planner: Call) -> None:
    """In a recorded region the SKU's meter ids lead to the price, and the answer says so."""
    found = planner(
        "regions", "gpt-4o", "--on", "2026-06-03", "--region", "swedencentral", "--json"
    ).json["regions"]
    matches = {
        e["price"]["match"]
        for e in found
        if e["deployment_type"] == "GlobalStandard" and e["region"] == "swedencentral"
    }
    assert "meter" in matches


def test_an_override_and_a_discount(planner: Call, elsewhere: Path) -> None:
    """What the user pays comes first; a discount says what it was taken off."""
    (elsewhere / "pricing").mkdir()
    (elsewhere / "pricing" / "overrides.yaml").write_text(
        "discounts:\n  - provider: azure\n    percent: 20\n    deployment_type: GlobalStandard\n"
        "    effective_from: 2026-01-01\n    source: our agreement\n"
    )
    (found, *_) = (
        e
        for e in entries(planner, "gpt-4.1", "--on", "2026-06-03", "--region", "swedencentral")
        if e["deployment_type"] == "GlobalStandard" and not e["fine_tuned"]
    )
    assert (found["input_usd_per_mtok"], found["match"]) == (1.6, "override")
    assert found["source"].startswith("20% off by our agreement; list price: Azure Retail")


def test_the_answers_keep_to_their_schemas(planner: Call) -> None:
    """`planner schema prices` and its parts describe what is printed."""
    for arguments, answer in (
        (("gpt-4.1", "--on", "2026-06-03"), PricesAnswer),
        (("history", "gpt-35-turbo"), HistoryAnswer),
        (("check",), CheckAnswer),
    ):
        found = planner("prices", *arguments, "--json")
        jsonschema.validate(found.json, json_schema(answer))
    assert planner("schema", "prices", "history").code == 0


def test_history_has_every_step(planner: Call) -> None:
    """A price that changed is two steps, the first ending where the second begins."""
    steps = planner(
        "prices",
        "history",
        "gpt-35-turbo",
        "--region",
        "japaneast",
        "--provider",
        "azure",
        "--json",
    ).json["history"]
    found = [
        (s["usd"], s["effective_from"], s["effective_to"])
        for s in steps
        if (s["version"], s["deployment_type"], s["charge"], s["fine_tuned"])
        == ("0125", "Standard", "input", False)
    ]
    assert found == [(0.5, "2024-12-01", "2025-09-01"), (0.605, "2025-09-01", None)]


def test_another_currency(planner: Call) -> None:
    """Tables show it at the newest rate of the date, with its source; JSON keeps US dollars."""
    found = planner("prices", "gpt-5.1", "--currency", "jpy", "--on", "2026-11-20")
    assert "JPY per million" in " ".join(found.out.split())
    assert "1 USD = 157.250 JPY on 2026-10-30" in found.err
    told = planner("prices", "gpt-5.1", "--currency", "JPY", "--on", "2026-11-20", "--json").json
    assert told["currency"]["currency"] == "JPY"
    assert told["prices"][0]["input_usd_per_mtok"] == 0.625


def test_a_currency_without_a_rate_is_one_line(planner: Call) -> None:
    """An unknown code, or a date before the first rate, names what there is."""
    found = planner("prices", "gpt-5.1", "--currency", "XXX")
    assert found.code == 1
    assert found.err.startswith("planner: no rate of XXX is known up to 20")
    assert found.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("gpt-4oo",), 1, "did you mean"),
        (("history", "gpt-4oo"), 1, "did you mean"),
        (("gpt-4.1", "--on", "yesterday"), 2, "no date"),
        (("gpt-4.1", "--region", "nowhere"), 1, "no region is called 'nowhere'"),
        (("gpt-4.1", "--cached-share", "2"), 2, "no share"),
        (("refresh", "google"), 2, "azure"),
        (("gpt-4.1", "--provider", "azur"), 1, "no provider 'azur' here"),
    ],
)
def test_bad_input_is_one_line(
    planner: Call, arguments: tuple[str, ...], code: int, words: str
) -> None:
    """What is wrong, and what there is instead."""
    found = planner("prices", *arguments)
    assert (found.code, found.out) == (code, "")
    assert words in found.err
    assert found.err.count("\n") == 1


@pytest.mark.parametrize("width", ["40", "80", "200"])
def test_every_width_holds_the_text(
    planner: Call, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No line is longer than the screen."""
    monkeypatch.setenv("COLUMNS", width)
    for arguments in (("gpt-4.1",), ("history", "gpt-4o"), ("claude-opus-4-5",)):
        found = (
            planner("prices", *arguments, "--on", "2026-06-03")
            if arguments[0] != "history"
            else planner("prices", *arguments)
        )
        assert max(map(len, found.out.splitlines())) <= int(width)


def test_prices_know_how_old_they_are(planner: Call) -> None:
    """The sources stand under the table with the day on which they were read."""
    found = " ".join(planner("prices", "gpt-5.1", "--on", "2026-11-20").out.split())
    assert "2026-07-14 (129 days old);" in found
    assert dt.date(2026, 7, 14).isoformat() in found


def test_what_is_bought_for_a_term_alone_stands_in_the_list(planner: Call) -> None:
    """Bedrock's model units of Claude 2.1 are only sold for a month or six."""
    found = entries(planner, "claude-2.1", "--on", "2026-11-20", "--region", "eu-central-1")
    hours = {(e["term"], e["usd_per_unit_hour"]) for e in found if e["usd_per_unit_hour"]}
    assert hours == {("1_month", 149.4), ("6_months", 82.98)}


def test_a_price_by_use_is_told_for_people(planner: Call) -> None:
    """Images and minutes of audio have no price per token; such models are sold by no unit."""
    images = planner("prices", "flux-1.1-pro", "--on", "2026-06-03").out
    assert "at 0.044 USD\nper image." in images
    assert "GlobalStandard   image 0.04   australiaeast +36" in images
    assert "PTU" not in images
    assert "0.006 USD audio per\nminute." in planner("prices", "whisper", "--on", "2026-06-03").out


def test_a_terminal_sees_the_ways_that_many_ask_for(
    planner: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Batch, fine-tuned and priority fold into one line that counts them; --all has them."""
    small = Screen(width=80, height=24)
    monkeypatch.setattr("planner.render.terminal.screen", lambda: small)
    short = planner("prices", "gpt-4.1", "--on", "2026-06-03").out
    assert len(short.splitlines()) < 25
    assert "GlobalStandard   2.00  0.50   8.00 0.0036   australiaeast +27" in short
    assert "13 more ways: 2 batch, 8 fine-tuned, 1 other charges, 2 request tiers: --all" in short
    assert "GlobalBatch" not in short
    assert "GlobalBatch" in planner("prices", "gpt-4.1", "--on", "2026-06-03", "--all").out
