"""Claims about `planner gpus` and `planner forecast`: what fits, how fast, and at what cost."""

from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import Call

ON = ("--on", "2026-11-21")


def options(planner: Call, *arguments: str) -> list[dict[str, Any]]:
    """The options of a model's machines."""
    done = planner("gpus", *arguments, *ON, "--json")
    assert done.code == 0, done.err
    return list(done.json["options"])


def test_machines_are_sorted_by_the_cost_of_a_token_at_the_low_end(planner: Call) -> None:
    """What fits comes first; the cost is the hour's price over the low rate."""
    found = options(planner, "llama-3-8b")
    fitting = [o for o in found if o["fits"]]
    assert found[: len(fitting)] == fitting
    costs = [o["usd_per_mtok_output"] for o in fitting]
    assert costs == sorted(costs)
    for option in fitting:
        hourly = option["output_tokens_per_second"]["low"] * 3600 / 1_000_000
        assert option["usd_per_mtok_output"] == pytest.approx(
            option["usd_per_hour"] / hourly, abs=1e-3
        )
        assert option["basis"] == "transferred"
        assert option["engine"] == ("neuron" if option["gpu"].startswith("AWS") else "vllm")


def test_what_does_not_fit_says_why(planner: Call) -> None:
    """70 billion weights do not go on one A10G; an engine of its own has no forecast."""
    told = {o["instance"]: o for o in options(planner, "llama-3-70b")}
    small = told["g5.xlarge"]
    assert (small["fits"], small["usd_per_mtok_output"]) == (False, None)
    assert small["reasons"][0].startswith("llama-3-70b in bf16 needs 131.4 GiB for its weights")
    assert "1 x AWS Inferentia2 leave" in told["inf2.xlarge"]["reasons"][0]
    large = told["p5.48xlarge"]
    assert (large["gpus"], large["fits"], large["reasons"]) == (8.0, True, [])
    assert large["tensor_parallel"] * large["replicas_per_instance"] == 8


def test_a_latency_limit_leaves_fewer_requests_at_once(planner: Call) -> None:
    """The most that keeps it; where even one misses it the machine does not fit."""
    free = {o["instance"]: o for o in options(planner, "llama-3-8b")}["p5.48xlarge"]
    bound = {o["instance"]: o for o in options(planner, "llama-3-8b", "--tpot", "10")}
    limited = bound["p5.48xlarge"]
    notes = planner("gpus", "llama-3-8b", "--tpot", "10", *ON, "--json").json["notes"]
    assert notes[0] == "at most 10 ms between tokens, at the middle of the forecast"
    assert free["tpot_ms"] > 10 >= limited["tpot_ms"]
    assert limited["concurrency"] < free["concurrency"]
    assert limited["usd_per_mtok_output"] > free["usd_per_mtok_output"]
    slow = bound["g4dn.xlarge"]
    assert not slow["fits"]
    none = planner("gpus", "llama-3-8b", "--tpot", "0.001", *ON)
    assert none.out.startswith("llama-3-8b: no machine of the tables serves requests of 512/512")


def test_a_retired_machine_is_no_option(planner: Call) -> None:
    """Price lists still name the V100 sizes that retired on 2025-09-30."""
    names = {o["instance"] for o in options(planner, "llama-2-7b")}
    assert "Standard_NC12s_v3" not in names
    before = planner("gpus", "llama-2-7b", "--on", "2024-03-17", "--json").json["options"]
    assert "Standard_NC12s_v3" in {o["instance"] for o in before}


def test_filters_and_spellings(planner: Call) -> None:
    """One region, one cloud, a Hugging Face id, a number format."""
    japan = options(planner, "elyza/Llama-3-ELYZA-JP-8B", "--region", "Japan East")
    assert {o["region"] for o in japan} == {"japaneast"}
    assert {o["provider"] for o in options(planner, "llama-3-8b", "--provider", "aws")} == {"aws"}
    quantised = options(planner, "llama-3-8b", "--dtype", "fp8")
    assert {o["dtype"] for o in quantised if o["fits"]} == {"fp8"}
    assert any("cannot compute in fp8" in o["reasons"][0] for o in quantised if not o["fits"])


def test_a_checkpoints_name_tells_its_format(planner: Call) -> None:
    """An AWQ checkpoint is forecast in 4 bits, unless the call says otherwise."""
    call = ("forecast", "Qwen/Qwen3-32B-AWQ", "--gpu", "H100", "--json")
    assert planner(*call).json["forecasts"][0]["dtype"] == "int4"
    assert planner(*call, "--dtype", "fp8").json["forecasts"][0]["dtype"] == "fp8"


def test_a_forecast_of_one_gpu(planner: Call) -> None:
    """The contract's fields, in its units; more requests at once yield more, and take longer."""
    call = ("forecast", "llama-2-7b", "--gpu", "a100-80-sxm", "--json")
    [few] = planner(*call, "--concurrency", "8").json["forecasts"]
    [many] = planner(*call, "--concurrency", "64").json["forecasts"]
    assert (few["case"], few["model"], few["gpu"]) == (None, "llama-2-7b", "NVIDIA A100 SXM 80GB")
    assert (few["num_gpus"], few["dtype"], few["basis"]) == (1.0, "bf16", "transferred")
    rate = few["output_tokens_per_second"]
    assert 0 < rate["low"] < rate["mid"] < rate["high"]
    assert rate["mid"] < many["output_tokens_per_second"]["mid"]
    assert few["tpot_ms"] < many["tpot_ms"]


@pytest.mark.parametrize(
    "command", [("forecast", "llama-3-8b", "--gpu", "H100"), ("gpus", "gemma-2-2b")]
)
def test_the_json_validates(planner: Call, command: tuple[str, ...]) -> None:
    """Against its published schema."""
    schema = planner("schema", command[0]).json
    jsonschema.validate(planner(*command, "--json").json, schema)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("gpus", "gpt-4o"), 1, "no architecture is known of 'gpt-4o'; planner models"),
        (("gpus", "llama-3-8"), 1, "no architecture is known of 'llama-3-8'; close: llama-3-8b"),
        (("gpus", "llama-3-8b", "--region", "nowhere"), 1, "no region is called 'nowhere';"),
        (("gpus", "llama-3-8b", "--on", "2001-01-01"), 1, "no price of a GPU machine is known"),
        (("forecast", "llama-3-8b", "--gpu", "H1000"), 1, "no GPU is called 'H1000'; close: H100"),
        (("forecast", "llama-3-8b"), 2, "give MODEL and --gpu, or --cases FILE.csv"),
        (("gpus", "llama-3-8b", "--engine", "x"), 1, "no engine is called 'x'; there is vllm"),
        (("forecast", "llama-3-8b", "--gpu", "H100", "--dtype", "fp3"), 2, "'fp3' is not one of"),
        (("forecast", "llama-3-8b", "--gpu", "H100", "--gpus", "0"), 2, "0 is not in the range"),
    ],
)  # fmt: skip
def test_bad_input_is_one_line(
    planner: Call, arguments: tuple[str, ...], code: int, said: str
) -> None:
    """What, where and a close match."""
    done = planner(*arguments)
    assert (done.code, done.out, done.err.count("\n")) == (code, "", 1)
    assert said in done.err


def test_no_forecast_says_why(planner: Call) -> None:
    """A format that the GPU lacks, a model that is too large: a reason, and exit 0."""
    done = planner("forecast", "llama-3-8b", "--gpu", "T4", "--dtype", "bf16")
    assert done.code == 0
    assert "no forecast. NVIDIA T4 cannot compute in\nbf16; take fp16." in done.out
    [entry] = planner("forecast", "llama-3-70b", "--gpu", "T4", "--json").json["forecasts"]
    assert entry["output_tokens_per_second"] is None
    assert "needs 131.4 GiB for its weights" in entry["reasons"][0]
