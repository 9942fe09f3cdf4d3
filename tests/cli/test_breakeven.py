"""`planner breakeven`, run on the carried data."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import run
from planner.core.offers import Quota
from planner.core.snapshots import Origin
from planner.files.hardware import instances
from planner.files.snapshots import write_snapshot
from tests.builders import looked, snapshot

ARTICLE = (
    "breakeven", "llama-2-7b", "--on", "2024-03-17",
    "--instance", "azure/Standard_NC12s_v3", "--replicas", "3",
)  # fmt: skip
MANAGED = "hosted:azure/any/managed"
V100 = "self_hosted:azure/eastus/Standard_NC12s_v3"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No snapshots or prices of one's own."""
    monkeypatch.chdir(tmp_path)


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, Any]:
    """What a call prints as JSON."""
    assert run([*arguments, "--json"]) == code
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def error(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """The exit code and the line of a call that fails and prints nothing else."""
    code = run(list(arguments))
    out, err = capsys.readouterr()
    assert out == ""
    return code, err.strip()


def test_the_article_crosses_at_12_831_933_tokens(capsys: pytest.CaptureFixture[str]) -> None:
    """(3 x 6.12 - 3.09) / (0.67 + 0.52) million tokens of input and as many of output."""
    (crossing,) = answer(capsys, *ARTICLE)["crossings"]
    assert (crossing["from"], crossing["to"]) == (MANAGED, V100)
    assert crossing["input_tokens_per_hour"] == 12_831_933
    assert crossing["output_tokens_per_hour"] == 12_831_933
    assert crossing["usd_per_hour"] == 18.36
    assert crossing["usd_per_month"] == 13402.8


def test_the_article_depends_on_the_length_of_a_request(capsys: pytest.CaptureFixture[str]) -> None:
    """Three machines likely carry it up to a length, surely up to less; without one they never do.

    Never surely, that is: at the middle of the forecast two of them do for 128/128.
    """
    (crossing,) = answer(capsys, *ARTICLE)["crossings"]
    assert crossing["within_capacity"] == "depends"
    assert 128 < crossing["flips_at_tokens"] < 512 < crossing["likely_up_to_tokens"] < 1024
    assert crossing["flips_at_tokens_one_lost"] < 128
    assert 1 < crossing["utilisation"] < 1.5


@pytest.mark.parametrize(
    ("length", "carried", "verdict"),
    [
        (128, "yes, with all of them", "depends"),
        (512, "probably not", "depends"),
        (1024, "no", "no"),
    ],
)
def test_short_requests_are_carried_and_long_ones_are_not(
    capsys: pytest.CaptureFixture[str], length: int, carried: str, verdict: str
) -> None:
    """Two V100 deliver 1,188 tokens a second for 128/128, about fail at 512/512, fail beyond."""
    tokens = ("--input-tokens", str(length), "--output-tokens", str(length))
    (crossing,) = answer(capsys, *ARTICLE, *tokens)["crossings"]
    assert (crossing["carried"], crossing["within_capacity"]) == (carried, verdict)
    assert crossing["input_tokens_per_hour"] == 12_831_933


def test_a_latency_limit_lowers_what_a_machine_carries(capsys: pytest.CaptureFixture[str]) -> None:
    """At 40 ms a token two V100 run fewer requests of 128/128 at once than their memory holds."""
    tokens = ("--input-tokens", "128", "--output-tokens", "128")
    (free,) = answer(capsys, *ARTICLE, *tokens)["crossings"]
    (bound,) = answer(capsys, *ARTICLE, *tokens, "--tpot", "40")["crossings"]
    assert bound["utilisation"] > free["utilisation"]
    assert bound["flips_at_tokens"] < free["flips_at_tokens"]
    found = answer(capsys, *ARTICLE, "--tpot", "1", code=4)
    assert "asked for 1 ms" in found["rejected"]["azure/Standard_NC12s_v3"]


def test_what_stands_in_the_articles_way(capsys: pytest.CaptureFixture[str]) -> None:
    """The managed limit, the output rate, the retirement and the quota are named with numbers."""
    (crossing,) = answer(capsys, *ARTICLE)["crossings"]
    said = " | ".join(crossing["obstacles"])
    assert "427,731 tokens per minute; one deployment of managed (azure) allows 200,000" in said
    assert "3,564 output tokens per second, 1,188 on each of 3, 1,782 with one lost" in said
    assert "Standard_NC12s_v3 retires for good on 2025-09-30" in said
    assert "36 vCPUs of standardNCSv3Family in eastus; yours is unknown" in said


def test_the_better_choice_of_that_date(capsys: pytest.CaptureFixture[str]) -> None:
    """Two A100 hosts at 3.673 likely carry the article's load and cross at 3,576,471.

    Three surely do, by what nine in ten such machines exceed.
    """
    rows = answer(capsys, *ARTICLE)["by_input_share"]
    equal = next(row for row in rows if row["input_share"] == 0.5)
    assert equal["option"] == "self_hosted:azure/eastus/Standard_NC24ads_A100_v4"
    assert (equal["replicas"], equal["usd_per_hour"]) == (3, 11.019)
    assert equal["likely"] == {
        "option": "self_hosted:azure/eastus/Standard_NC24ads_A100_v4",
        "replicas": 2,
        "usd_per_hour": 7.346,
        "own_input_tokens_per_hour": 3_576_471,
        "own_output_tokens_per_hour": 3_576_471,
    }
    assert [row["input_share"] for row in rows] == [0.1, 0.25, 0.5, 0.75, 0.9]


def test_what_is_in_doubt_is_worked_out(capsys: pytest.CaptureFixture[str]) -> None:
    """Without the fee 15,428,571; swapping the two token prices moves nothing at equal shares."""
    rows = answer(capsys, *ARTICLE)["what_if"]
    assert {row["change"]: row["input_tokens_per_hour"] for row in rows} == {
        "managed without its hosting fee": 15_428_571,
        "managed with its input and output price swapped": 12_831_933,
    }


def test_swapped_prices_matter_at_unequal_shares(capsys: pytest.CaptureFixture[str]) -> None:
    """At 90:10 the crossing lies 22% higher with the article's token prices swapped."""
    found = answer(capsys, *ARTICLE, "--input-share", "0.9")
    swapped = next(r for r in found["what_if"] if "swapped" in r["change"])
    ratio = swapped["input_tokens_per_hour"] / found["crossings"][0]["input_tokens_per_hour"]
    assert round(ratio, 2) == 1.22


def test_set_changes_any_figure(capsys: pytest.CaptureFixture[str]) -> None:
    """The fee set to 0 gives the crossing without it; a rate set makes the verdict plain."""
    (crossing,) = answer(capsys, *ARTICLE, "--set", "managed.usd_per_hour=0")["crossings"]
    assert crossing["input_tokens_per_hour"] == 15_428_571
    rate = ("--set", f"{V100}.output_tokens_per_second=2000")
    (crossing,) = answer(capsys, *ARTICLE, *rate)["crossings"]
    assert (crossing["within_capacity"], crossing["flips_at_tokens"]) == ("yes", None)


def test_two_a100_hosts_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """The same question with the machines that would have been the better choice."""
    found = answer(
        capsys, "breakeven", "llama-2-7b", "--on", "2024-03-17",
        "--instance", "azure/Standard_NC24ads_A100_v4", "--replicas", "2",
    )  # fmt: skip
    assert found["crossings"][0]["input_tokens_per_hour"] == 3_576_471


def test_a_small_host_undercuts_the_fee_from_the_first_token(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Today two small machines cost less than the fee alone, so there is no crossing."""
    found = answer(capsys, "breakeven", "llama-2-7b", "--on", "2026-11-21")
    assert found["crossings"] == []
    assert found["cheapest"][0]["from_tokens_per_hour"] == 0
    assert found["cheapest"][0]["option"].startswith("self_hosted:")
    run(["breakeven", "llama-2-7b", "--on", "2026-11-21"])
    assert "from the first token on" in capsys.readouterr().out


def test_tokens_on_bedrock_against_machines(capsys: pytest.CaptureFixture[str]) -> None:
    """Llama-3.1-8B at 0.22 a million: machines win and lose again as whole ones are added."""
    found = answer(capsys, "breakeven", "llama-3.1-8b", "--on", "2026-11-21")
    bedrock = next(o for o in found["options"] if o["provider"] == "bedrock")
    assert (bedrock["input_usd_per_mtok"], bedrock["output_usd_per_mtok"]) == (0.22, 0.22)
    kinds = [(c["from"].split(":")[0], c["to"].split(":")[0]) for c in found["crossings"]]
    assert kinds[0] == ("on_demand", "self_hosted")
    assert kinds[-1] == ("on_demand", "self_hosted")
    middle = next(r for r in found["what_if"] if "middle" in r["change"])
    assert middle["input_tokens_per_hour"] <= found["crossings"][0]["input_tokens_per_hour"]


@pytest.mark.parametrize(
    ("model", "region", "date"),
    [("llama-3-70b", "ap-south-1", "2026-11-21"), ("gpt-4o", "eastus2", "2026-06-03")],
)
def test_a_managed_way_costs_what_regions_says(
    capsys: pytest.CaptureFixture[str], model: str, region: str, date: str
) -> None:
    """The price of a region is that region's own: never a row without one, nor another region's."""
    asked = ("--region", region, "--on", date)
    ways = answer(capsys, "breakeven", model, *asked)["options"]
    places = answer(capsys, "regions", model, *asked)["regions"]
    known = {
        (e["deployment_type"], e["price"]["input_usd_per_mtok"], e["price"]["output_usd_per_mtok"])
        for e in places
        if e["price"]
    }
    managed = [o for o in ways if o["kind"] == "on_demand"]
    assert managed
    for way in managed:
        assert (way["what"], way["input_usd_per_mtok"], way["output_usd_per_mtok"]) in known
        assert way["region"] == region


def test_of_several_regions_the_cheapest_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """Llama-3-70B on demand is 2.65/3.50 in most regions and dearer in some, never those."""
    ways = answer(capsys, "breakeven", "llama-3-70b", "--on", "2026-11-21")["options"]
    (way,) = [o for o in ways if o["what"] == "on-demand"]
    assert (way["input_usd_per_mtok"], way["output_usd_per_mtok"]) == (2.65, 3.5)


def test_batch_retired_and_preview_ways_are_not_compared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Batch answers within a day; a retired size cannot be had, a preview may not be."""
    options = answer(capsys, "breakeven", "llama-3.1-8b", "--on", "2026-11-21")["options"]
    assert not [o for o in options if "batch" in o["what"]]
    assert not [o for o in options if o["retired_on"] and o["retired_on"] <= "2026-11-21"]
    sizes = {o["what"] for o in options}
    previews = {i.name for i in instances() if i.status == "preview"}
    assert not sizes & previews


def test_ways_without_a_price_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """gemma-3-12b is offered by the Gemini API; no table prices it, so it is not compared."""
    rejected = answer(capsys, "breakeven", "gemma-3-12b", "--on", "2026-11-21")["rejected"]
    assert rejected["gemini/standard"] == "no price of it is known"


@pytest.mark.parametrize("volume", [200_000, 2_500_000, 33_393_991, 250_000_000])
def test_no_machine_is_cheaper_than_the_one_that_is_named(
    capsys: pytest.CaptureFixture[str], volume: int
) -> None:
    """At any volume the cheapest of all machines, tried one by one, is what the answer names."""
    on = ("--on", "2026-11-21")
    found = answer(capsys, "breakeven", "llama-2-7b", *on)["cheapest"]
    here = next(
        row
        for row in found
        if row["to_tokens_per_hour"] is None or row["to_tokens_per_hour"] >= volume
    )
    costs = []
    for machine in answer(capsys, "gpus", "llama-2-7b", *on)["options"]:
        if machine["fits"]:
            each = machine["output_tokens_per_second"]["low"] * 3600 * 2
            costs.append(max(2, math.ceil(volume / each)) * machine["usd_per_hour"])
    name = next(o for o in answer(capsys, "breakeven", "llama-2-7b", *on)["options"]
                if o["id"] == here["option"])  # fmt: skip
    each = name["output_tokens_per_second"]["low"] * 3600 * 2
    own = max(2, math.ceil(volume / each)) * name["usd_per_hour"]
    assert own == pytest.approx(min(costs))


def test_set_reaches_machines_that_were_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A price set for a machine that another one beats makes it the cheapest."""
    change = ("--set", "g5.2xlarge.usd_per_hour=0.1")
    found = answer(capsys, "breakeven", "llama-2-7b", "--on", "2026-11-21", *change)
    assert found["cheapest"][0]["what"] == "g5.2xlarge"


def test_a_retired_machine_is_said_first(capsys: pytest.CaptureFixture[str]) -> None:
    """The article's machine cannot be started any more since 2025-09-30."""
    run([*ARTICLE[:2], "--on", "2026-11-17", *ARTICLE[4:]])
    first = capsys.readouterr().out.split(".")[0]
    assert "Standard_NC12s_v3 retired on 2025-09-30" in " ".join(first.split())


def test_a_closed_model_has_managed_ways_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody can host gpt-4o; the answer says so and compares tokens and provisioned units."""
    found = answer(capsys, "breakeven", "gpt-4o", "--on", "2026-06-03")
    assert {o["kind"] for o in found["options"]} == {"on_demand", "provisioned"}
    assert found["crossings"] == []
    assert any("managed ways only" in said for said in found["assumptions"])


def test_the_region_is_the_cheapest_or_the_one_named(capsys: pytest.CaptureFixture[str]) -> None:
    """In japaneast the V100 machine costs 8.388 an hour."""
    found = answer(
        capsys, "breakeven", "llama-2-7b", "--on", "2024-03-17", "--region", "Japan East",
        "--instance", "azure/Standard_NC12s_v3", "--replicas", "3",
    )  # fmt: skip
    (host,) = [o for o in found["options"] if o["kind"] == "self_hosted"]
    assert (host["region"], host["usd_per_hour"]) == ("japaneast", 8.388)


def test_a_machine_that_cannot_hold_the_model_fits_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Llama-3.3-70B on one T4: exit 4, and the reason with both figures."""
    code = run(["breakeven", "llama-3.3-70b", "--instance", "azure/Standard_NC4as_T4_v3"])
    out, err = capsys.readouterr()
    assert code == 4
    assert "llama-3.3-70b in fp16 needs" in err
    assert "bedrock" in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["breakeven", "llama-2-7bb"], 1, "did you mean llama-2-7b"),
        (["breakeven", "llama-2-7b", "--instance", "azure/Standard_NC12s_v9"], 1,
         "azure/Standard_NC12s_v3"),
        (["breakeven", "llama-2-7b", "--input-share", "1"], 2, "give one from 0 to below 1"),
        (["breakeven", "llama-2-7b", "--input-share", "-0.1"], 2, "give one from 0 to below 1"),
        (["breakeven", "llama-2-7b", "--input-share", "nan"], 2, "give one from 0 to below 1"),
        (["breakeven", "gpt-4o", "--on", "2026-11-21"], 1, "try planner breakeven gpt-5.1"),
        (["breakeven", "llama-2-7b", "--replicas", "2", "--min-replicas", "3"], 2, "give one"),
        (["breakeven", "llama-2-7b", "--replicas", "0"], 2, "replicas"),
        (["breakeven", "llama-2-7b", "--output-tokens", "0"], 2, "output-tokens"),
        (["breakeven", "llama-2-7b", "--set", "managed"], 2, "write OPTION.KEY=VALUE"),
        (["breakeven", "llama-2-7b", "--set", "managed.price=1"], 2, "no key 'price'"),
        (["breakeven", "llama-2-7b", "--set", "managed.usd_per_hour=-1"], 2, "is no number"),
        (["breakeven", "llama-2-7b", "--set", "managed.usd_per_hour=1e30"], 2, "is no number"),
        (["breakeven", "llama-2-7b", "--set", "nobody.usd_per_hour=1"], 1, "no such option"),
        (["breakeven", "llama-2-7b", "--region", "mars"], 1, "no region is called 'mars'"),
        (["breakeven", "gpt-4o", "--on", "2020-01-01"], 1, "2020-01-01"),
        (["breakeven", "llama-2-7b", "--plot", "curve.txt"], 1, "end its name in .png"),
        (["breakeven", "llama-2-7b", "--plot", "no/x.png"], 1, "no is no folder; make it"),
    ],
)  # fmt: skip
def test_bad_input_ends_in_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    """What is wrong, where, and what to write instead; nothing on stdout."""
    found, line = error(capsys, *arguments)
    assert found == code
    assert words in line
    assert "\n" not in line


def test_the_curves_are_drawn_into_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    """--plot leaves a PNG beside the printed answer."""
    assert run([*ARTICLE, "--plot", "curves.png"]) == 0
    assert Path("curves.png").read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.startswith("Break-even at 12,831,933 input")


def test_a_picture_that_cannot_be_written_does_not_cost_the_answer(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It is printed first; exit 1 says why."""
    assert run([*ARTICLE, "--plot", "/proc/curves.png"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("Break-even at")
    assert err.startswith("planner: cannot write /proc/curves.png: ")


def test_missing_quota_is_a_step_to_take(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An account with 12 of the 36 vCPUs that the machines need is told to ask for 24."""
    family = Quota(
        provider="azure", account="prod", region="eastus", name="Standard NCSv3Family",
        limit=12, used=0, unit="vCPU",
    )  # fmt: skip
    own = snapshot(
        family,
        on="2024-03-16",
        coverage=looked("eastus", account="prod"),
        origin=Origin.ACCOUNT,
    )
    write_snapshot(tmp_path / "snapshots", own)
    (crossing,) = answer(capsys, *ARTICLE)["crossings"]
    assert crossing["obstacles"][-1] == (
        "ask for 24 vCPUs of standardNCSv3Family in eastus: 12 are free"
    )


def test_the_text_tells_the_whole_story(capsys: pytest.CaptureFixture[str]) -> None:
    """Volume, verdict, obstacles, the better choice, the doubt, in that order."""
    run(list(ARTICLE))
    text = " ".join(capsys.readouterr().out.split())
    parts = [
        "Break-even at 12,831,933 input and 12,831,933 output tokens per hour, 18.36 USD",
        "Is the capacity there? It depends",
        "allows 200,000",
        "Better for that load: 3 x azure/eastus/Standard_NC24ads_A100_v4, 11.019 USD per hour",
        "by the middle of the forecast: 2 x azure/eastus/Standard_NC24ads_A100_v4, 7.346 USD",
        "without its hosting fee, the first break-even is at 15,428,571",
        "128/128",
        "1024/1024",
        "Assumptions",
    ]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize("written", ["csv", "markdown"])
def test_the_cheapest_ways_as_rows(capsys: pytest.CaptureFixture[str], written: str) -> None:
    """CSV and markdown hold one row for each stretch, markdown also the sentences."""
    assert run([*ARTICLE, "--format", written]) == 0
    out = capsys.readouterr().out
    assert "from_input_tokens_per_hour" in out
    assert "12831933" in out
    assert ("Break-even at 12,831,933 input" in out) is (written == "markdown")
