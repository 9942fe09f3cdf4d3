"""Claims about `planner recommend`: what serves a workload best, and why nothing else does."""

import datetime as dt
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import planner as library
from tests.cli.conftest import Call, Outcome

ON = ("--on", "2026-06-03")
SHAPE = ("--input-tokens", "1000", "--output-tokens", "200")
GPT_4_1 = ("--model", "gpt-4.1", "--requests-per-minute", "600", *SHAPE)
RETRIEVAL = ("--input-tokens", "2048", "--output-tokens", "300", "--boundary", "jp")
SELF_HOSTED = (
    *("--model", "llama-3.1-8b", "--way", "self-hosted", "--requests-per-minute", "600"),
    *SHAPE,
)
JAPAN = ("--profile", "business-hours", "--timezone", "Asia/Tokyo")


def choices(done: Outcome) -> dict[str, dict[str, Any]]:
    """The choices of an answer by their ids."""
    assert done.code == 0, done.err
    answer = done.json
    return {c["id"]: c for c in (answer["recommended"], *answer["alternatives"])}


def cost(choice: dict[str, Any]) -> float:
    """What a choice costs a month as planned."""
    return float(choice["usd_per_month"]["high"])


def test_gpt_4_1_is_sized_as_published(planner: Call) -> None:
    """600 requests per minute of 1,000 in and 200 out take 360 units, 375 in one region."""
    found = choices(planner("recommend", *GPT_4_1, *ON, "--json"))
    units = {c["what"]: (c["units"]["hourly_peak"], cost(c)) for c in found.values() if c["units"]}
    assert units == {
        "GlobalProvisionedManaged": (360, 262_800),
        "DataZoneProvisionedManaged": (360, 289_080),
        "ProvisionedManaged": (375, 547_500),
    }


def test_pay_as_you_go_costs_its_tokens(planner: Call) -> None:
    """26,280,000 requests a month at 0.0036 USD each are 94,608, and the bill says so."""
    best = planner("recommend", *GPT_4_1, *ON, "--json").json["recommended"]
    assert (best["what"], cost(best)) == ("GlobalStandard", 94_608)
    assert best["bill"] == [
        {
            "what": "GlobalStandard, by the token",
            "quantity": 26_280_000,
            "unit": "requests",
            "usd_each": 0.0036,
            "usd_per_month": 94_608,
        }
    ]


def test_each_term_has_its_cost(planner: Call) -> None:
    """In August 2025 the year beats the month, the month the tokens, these the hour."""
    found = choices(planner("recommend", *GPT_4_1, "--on", "2025-08-25", "--json"))
    ranked = [(c["term"], cost(c)) for c in found.values() if "Global" in c["what"]]
    assert ranked == [
        ("1_year", 79_560),
        ("1_month", 93_600),
        (None, 94_608),
        ("on_demand", 262_800),
    ]


def test_a_term_that_ended_is_told_and_not_used(planner: Call) -> None:
    """Nobody knows the reservation since September 2025: its last price is worth a sentence."""
    answer = planner("recommend", *GPT_4_1, *ON, "--json").json
    year = next(
        w for w in answer["worth"] if w["term"] == "1_year" and "Global" in w["id"].split("/")[2]
    )
    assert (year["worth_usd_per_month"], year["usd_per_month"]) == (262.8, 221)
    assert (year["usd_for_all"], year["ended_on"]) == (79_560, "2025-09-01")
    assert year["pays_from_utilisation"] == pytest.approx(0.841, abs=0.001)
    assert all(
        c["term"] in (None, "on_demand") for c in (answer["recommended"], *answer["alternatives"])
    )


@pytest.mark.parametrize(
    ("requests", "machines"), [("10", 2), ("1000", 2), ("100000", 9)], ids=["10", "1k", "100k"]
)
def test_retrieval_in_japan_stays_there(planner: Call, requests: str, machines: int) -> None:
    """On machines in Japan in its business hours, one spare; more traffic, more of them."""
    done = planner(
        "recommend", "--model", "gpt-oss-120b", "--requests-per-hour", requests, *RETRIEVAL,
        *JAPAN, *ON, "--json",
    )  # fmt: skip
    best = done.json["recommended"]
    assert (best["provider"], best["region"], best["boundary"]) == ("azure", "japaneast", "jp")
    assert (best["mode"], best["units"]["spare"]) == ("scheduled", 1)
    assert best["schedule"] == "Monday to Friday 00:00 to 09:00 UTC, started 40 minutes before"
    assert best["units"]["hourly_peak"] == machines
    assert {c["boundary"] for c in done.json["alternatives"]} == {"jp"}


def test_a_burst_is_best_served_by_a_mix(planner: Call) -> None:
    """The ordinary hours fill 360 units bought for a year; two hours a day spill over."""
    done = planner(
        "recommend", *GPT_4_1, "--on", "2025-08-25", "--profile", "bursty", "--peak-factor", "6",
        "--json",
    )  # fmt: skip
    best = done.json["recommended"]
    assert (best["what"], best["term"]) == ("GlobalProvisionedManaged", "1_year")
    assert best["units"]["reserved"] == 360
    assert best["overflow_to"].split("/")[2] == "GlobalStandard"
    assert best["spilled_share"] == pytest.approx(10 / 34)
    assert cost(best) == 79_560 + 39_420
    assert "the requests spill over to GlobalStandard" in planner(
        "recommend", *GPT_4_1, "--on", "2025-08-25", "--profile", "bursty", "--peak-factor", "6"
    ).out.replace("\n", " ")


def test_on_premises_leaves_machines_of_ones_own(planner: Call, elsewhere: Path) -> None:
    """Every offer of a cloud is removed with that reason; own machines are paid day and night."""
    (elsewhere / "house.yaml").write_text(
        "models: [llama-3-8b]\nrequests_per_hour: 2000\ninput_tokens: 600\noutput_tokens: 150\n"
        "boundary: on-premises\n"
        "machines:\n  - {name: rack, gpu: NVIDIA L40S, gpus: 2, usd_per_month: 900, count: 4}\n"
    )
    answer = planner("recommend", "house.yaml", "--json").json
    best = answer["recommended"]
    assert (best["provider"], best["what"], cost(best)) == ("own", "rack", 1800)
    assert (best["units"]["reserved"], best["units"]["spare"]) == (2, 1)
    against = {no["reasons"][-1] for no in answer["rejected"] if no["provider"] == "bedrock"}
    assert against == {"data may not leave the premises, and it is a cloud's"}


def test_names_of_ones_own_may_hold_any_sign(planner: Call, elsewhere: Path) -> None:
    """Units named "a/b" and machines named "x+y" stand in every table under just these names."""
    (elsewhere / "own.yaml").write_text(
        "models: [llama-3.1-8b]\nrequests_per_hour: 2000\ninput_tokens: 600\noutput_tokens: 150\n"
        "units:\n  - {name: a/b, provider: house, model: llama-3.1-8b, usd_per_hour: 1,"
        " tokens_per_second: 500}\n"
        "machines:\n  - {name: x+y, gpu: NVIDIA L40S, gpus: 2, usd_per_month: 90, count: 4}\n"
    )
    answer = planner("recommend", "own.yaml", "--on", "2026-11-26", "--json").json
    units = next(row for row in answer["worth"] if row["id"].startswith("provisioned:house/"))
    assert (units["what"], units["against_what"]) == ("a/b", "pay-per-token")
    out = planner("recommend", "own.yaml", "--on", "2026-11-26", "--all").out
    assert "x+y, own" in out
    assert "a/b, house\n" in out
    assert "a/b                      house              1 unit\n" in out


def test_chips_without_published_figures_are_weighed_with_that_doubt(
    planner: Call, elsewhere: Path
) -> None:
    """A Gaudi of one's own is forecast as `planner forecast` does; its risk tells why."""
    (elsewhere / "own.yaml").write_text(
        "models: [llama-3.1-8b]\nrequests_per_hour: 2000\ninput_tokens: 600\noutput_tokens: 150\n"
        "providers: [house]\nfailures: 0\n"
        "units:\n  - {name: a, provider: house, model: llama-3.1-8b, usd_per_hour: 1,"
        " tokens_per_second: 500}\n"
        "machines:\n  - {name: g, gpu: Intel Gaudi 3, gpus: 1, usd_per_month: 90, count: 4}\n"
    )
    answer = planner("recommend", "own.yaml", *ON, "--json").json
    best, other = answer["recommended"], answer["alternatives"][0]
    assert (best["what"], cost(best), other["what"], cost(other)) == ("g", 90, "a", 730)
    assert "no published figure speaks for the generation intel" in best["risks"]


def test_constraints_that_leave_nothing_are_named(planner: Call) -> None:
    """Exit 4 says which two contradict each other and what each one eased would let in."""
    done = planner(
        "recommend", "--model", "llama-3.1-8b", "--requests-per-minute", "600", *SHAPE,
        "--boundary", "us", "--region", "westeurope", "--json",
    )  # fmt: skip
    assert done.code == 4
    assert done.json["recommended"] is None
    first, *eased = done.json["conflicts"]
    assert first == "regions westeurope and boundary us contradict each other"
    assert [words.split()[1] for words in eased] == ["regions", "boundary"]


def test_a_retired_model_is_followed(planner: Call) -> None:
    """gpt-4o has retired; its provider names gpt-5.1, and that is priced."""
    done = planner("recommend", "--model", "gpt-4o", "--requests-per-minute", "60", *SHAPE,
                   "--on", "2026-11-26", "--json")  # fmt: skip
    assert done.json["recommended"]["model"] == "gpt-5.1"
    assert done.json["notes"] == [
        "gpt-4o retired on 2026-10-01; its provider names gpt-5.1 as replacement"
    ]


def test_a_retirement_inside_the_horizon_is_repriced(planner: Call) -> None:
    """Of nine months from July on two are gpt-4o's, seven its replacement's at its price."""
    done = planner("recommend", "--model", "gpt-4o", "--requests-per-minute", "600", *SHAPE,
                   "--on", "2026-07-15", "--horizon", "9", "--existing", "--json")  # fmt: skip
    best = done.json["recommended"]
    later = best["later"][0]
    assert (best["model"], later["model"], later["from_date"]) == (
        "gpt-4o",
        "gpt-5.1",
        "2026-10-01",
    )
    assert (later["usd_per_month"], later["months"]) == (85_410, 7)
    (line,) = later["bill"]
    assert (line["quantity"], line["usd_each"]) == (26_280_000, 0.00325)
    assert cost(best) == (2 * 118_260 + 7 * 85_410) / 9


def test_a_closed_model_is_followed_unless_it_runs_already(planner: Call) -> None:
    """Since July gpt-4o takes no new deployments: its named replacement is priced instead."""
    call = ("recommend", "--model", "gpt-4o", "--requests-per-minute", "600", *SHAPE)
    done = planner(*call, "--on", "2026-07-15", "--json")
    assert done.json["recommended"]["model"] == "gpt-5.1"
    assert done.json["notes"] == ["gpt-4o takes no new deployments; gpt-5.1 is named instead"]


def test_a_horizon_removes_what_ends_within_it(planner: Call) -> None:
    """Without a named replacement a model that retires in four months is no answer for a year."""
    done = planner("recommend", *GPT_4_1, *ON, "--horizon", "12", "--json")
    assert done.code == 4
    told = {reason for no in done.json["rejected"] for reason in no["reasons"]}
    assert (
        "gpt-4.1 retires on 2026-10-14, inside the horizon of 12 months, and no replacement is "
        "named" in told
    )
    assert "horizon_months: 4" in {step for no in done.json["rejected"] for step in no["steps"]}


def test_explain_shows_where_each_figure_is_from(planner: Call) -> None:
    """Formula, inputs, source and date stand beside the figures of the bill."""
    done = planner("recommend", *GPT_4_1, *ON, "--json", "--explain")
    figures = {f["figure"]: f for f in done.json["recommended"]["figures"]}
    each = figures["GlobalStandard, USD per request"]
    assert each["value"] == "0.0036"
    assert each["inputs"]["USD per million tokens in"] == "2"
    assert each["as_of"] == "2025-08-25"
    assert each["source"].startswith("Azure Retail Prices API")
    text = planner("recommend", *GPT_4_1, *ON, "--explain").out
    assert "GlobalStandard, USD per request = 0.0036" in text


def test_the_answer_keeps_its_schema(planner: Call) -> None:
    """`planner schema recommend` describes what `--json` prints."""
    schema = planner("schema", "recommend").json
    jsonschema.validate(planner("recommend", *GPT_4_1, *ON, "--json", "--explain").json, schema)


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        ("az", (*GPT_4_1, *ON), "az cognitiveservices account deployment create"),
        ("bicep", (*GPT_4_1, *ON), "resource workload 'Microsoft.CognitiveServices/"),
        ("terraform", (*GPT_4_1, *ON), 'resource "azurerm_cognitive_deployment" "workload"'),
        (
            "aws",
            ("--model", "claude-haiku-4-5", "--requests-per-minute", "60", *SHAPE),
            "inference-profile/global.anthropic.claude-haiku-4-5-20251001-v1:0",
        ),
        ("vllm", SELF_HOSTED, "--gpu-memory-utilization 0.9 "),
        ("compose", SELF_HOSTED, "vllm/vllm-openai"),
    ],
    ids=["az", "bicep", "terraform", "aws", "vllm", "compose"],
)  # fmt: skip
def test_emit_prints_what_deploys_it(
    planner: Call, kind: str, arguments: tuple[str, ...], expected: str
) -> None:
    """Nothing but the text of that tool, for the recommended choice."""
    done = planner("recommend", *arguments, "--emit", kind)
    assert (done.code, done.err) == (0, "")
    assert expected in done.out
    if kind == "compose":
        assert set(yaml.safe_load(done.out)["services"]) == {"copy-0"}


@pytest.mark.parametrize("format_", ["json", "csv", "github"])
def test_what_is_emitted_has_no_format(planner: Call, format_: str) -> None:
    """It is the text of a tool: another format is refused, and says where the facts are."""
    done = planner("recommend", *GPT_4_1, *ON, "--emit", "az", "--format", format_)
    assert (done.code, done.out) == (2, "")
    assert (
        f"--emit az writes a text of its own; leave --format {format_} out (without --emit, "
        "deploys has its facts in JSON)"
    ) in done.err


def test_what_serves_on_chips_of_aws_is_a_step(planner: Call) -> None:
    """No command is written for them; the recommendation and the refusal name AWS' guide."""
    asked = ("--model", "llama-3.1-8b", "--way", "self-hosted", "--requests-per-minute", "6")
    call = ("recommend", *asked, "--provider", "aws", *SHAPE)
    best = planner(*call, "--json").json["recommended"]
    assert best["what"] == "inf2.xlarge"
    guide = "serve it as https://awsdocs-neuron.readthedocs-hosted.com/en/latest/inference.html"
    assert best["steps"][-1].startswith(guide)
    done = planner(*call, "--emit", "vllm")
    assert done.code == 2
    assert guide in done.err


def test_emit_says_which_tool_fits(planner: Call) -> None:
    """A managed offer is no matter of vLLM."""
    done = planner("recommend", *GPT_4_1, *ON, "--emit", "vllm")
    assert done.code == 2
    assert done.err.count("\n") == 1
    assert "is deployed by az, bicep or terraform" in done.err


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        ((), 2, "give a workload file, or --model"),
        (("--model", "gpt-5.1"), 2, "the request rate is missing"),
        ((*GPT_4_1, "--cached-share", "1.2"), 2, "give a share from 0 to 1"),
        ((*GPT_4_1, "--requests-per-minute", "-3"), 2, "--requests-per-minute is -3"),
        (("--model", "gpt-6.7-turbo-nonsense", "--requests-per-minute", "5", *SHAPE), 1, "knows"),
        ((*GPT_4_1, "--provider", "azur"), 1, "did you mean azure"),
        ((*GPT_4_1, "--boundary", "narnia"), 2, "boundary"),
        (("nofile.yaml",), 1, "nofile.yaml"),
        ((*GPT_4_1, "--profile", "weekends"), 2, "profile"),
    ],
    ids=str,
)
def test_bad_input_gets_one_line(
    planner: Call, arguments: tuple[str, ...], code: int, told: str
) -> None:
    """What is wrong, where, and the next step; nothing on stdout."""
    done = planner("recommend", *arguments)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1), done.err
    assert told in done.err


def test_a_log_is_no_workload(planner: Call, elsewhere: Path) -> None:
    """A file of requests is given as --log; rate, lengths and profile come from it."""
    rows = [
        f"2026-05-{day:02}T{hour:02}:00:00Z,1000,200" for day in range(4, 18) for hour in (9, 10)
    ]
    (elsewhere / "requests.csv").write_text(
        "\n".join(["timestamp,input_tokens,output_tokens", *rows])
    )
    refused = planner("recommend", "requests.csv")
    assert refused.code == 2
    assert "give it as --log requests.csv" in refused.err
    done = planner("recommend", "--model", "gpt-4.1", "--log", "requests.csv", *ON, "--json")
    load = done.json["workload"]
    assert (load["input_tokens"], load["output_tokens"]) == (1000, 200)
    assert load["requests_per_month"] == pytest.approx(28 / 336 * 730, rel=0.05)


def test_the_example_is_a_workload(planner: Call, elsewhere: Path) -> None:
    """What --example prints is read back and answered."""
    text = planner("recommend", "--example").out
    (elsewhere / "chat.yaml").write_text(text)
    done = planner("recommend", "chat.yaml", *ON, "--json")
    assert (done.code, done.json["workload"]["name"]) == (0, "support-chat")


def test_flags_win_over_the_file(planner: Call, elsewhere: Path) -> None:
    """The rate of the call replaces the file's, in whatever unit that is."""
    (elsewhere / "w.yaml").write_text(
        "models: [gpt-4.1]\nrequests_per_hour: 5\ninput_tokens: 1000\noutput_tokens: 200\n"
    )
    done = planner("recommend", "w.yaml", "--requests-per-minute", "600", *ON, "--json")
    assert done.json["workload"]["peak_requests_per_minute"] == 600


def test_the_library_answers_alike(planner: Call) -> None:
    """planner.recommend gives the same figures, and planner.frame a row for each choice."""
    said = choices(planner("recommend", *GPT_4_1, *ON, "--json"))
    answer = library.recommend(
        models=["gpt-4.1"], requests_per_minute=600, input_tokens=1000, output_tokens=200,
        on=dt.date(2026, 6, 3),
    )  # fmt: skip
    table = library.frame(answer)
    assert list(table["id"]) == list(said)
    assert list(table["usd_per_month_high"]) == [cost(c) for c in said.values()]


def test_a_frame_is_there_to_calculate_with() -> None:
    """Numbers are numbers, dates are dates, also where no row has one; both calls are listed."""
    load: dict[str, Any] = {"requests_per_minute": 600, "input_tokens": 1000, "output_tokens": 200}
    answer = library.recommend(models=["gpt-4.1"], **load, on=dt.date(2026, 6, 3))
    kinds = {name: kind.kind for name, kind in library.frame(answer).dtypes.items()}
    wanted = ("rank", "usd_per_month_high", "usd_per_mtok", "quality", "retires_on", "model")
    assert [kinds[name] for name in wanted] == ["i", "f", "f", "f", "M", "O"]
    none = library.recommend(
        models=["gpt-4.1"], **load, boundary="on-premises", on=dt.date(2026, 6, 3)
    )
    assert none.recommended is None
    assert len(library.frame(none)) == 0
    assert {"frame", "recommend"} <= set(dir(library))


def test_a_screen_of_text_answers_first(planner: Call) -> None:
    """The first line could be read out; quota, retirement and age of the price stand below."""
    out = planner("recommend", *GPT_4_1, *ON).out
    assert out.startswith(
        "gpt-4.1 on GlobalStandard, azure swedencentral or 25 more: 94,608 USD a month,\n"
        "3.00 per million tokens.\n"
    )
    assert "! gpt-4.1 retires on 2026-10-14, in 133 days" in out
    assert all(len(line) <= 80 for line in out.splitlines())
