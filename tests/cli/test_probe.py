"""Claims about `planner probe`: a server's curve, others' results, what they change and lack."""

import datetime as dt
import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.conftest import PROGRAM, Call, environ
from tests.cloud.openai_server import Fault, serving_openai

QUICK = (
    "--input-tokens", "40", "--output-tokens", "8", "--requests", "3", "--seconds", "0",
    "--warmups", "0",
)  # fmt: skip
HEAD = (
    "case,model,engine,gpu_norm,num_gpus,tp,dtype,input_len,output_len,concurrency_or_batch,"
    "scenario,output_tok_s,date"
)
ROW = "a,llama-3-8b,vLLM,H100-SXM,1,1,bf16,512,512,64,serve,4000,2026-11-20"
BENCH = {
    "date": "20261120-101500",
    "endpoint_type": "vllm",
    "model_id": "meta-llama/Meta-Llama-3-8B",
    "num_prompts": 640,
    "request_rate": "inf",
    "max_concurrency": 64,
    "duration": 80.0,
    "completed": 640,
    "total_input_tokens": 327680,
    "total_output_tokens": 327680,
    "request_throughput": 8.0,
    "output_throughput": 4096.0,
    "total_token_throughput": 8192.0,
    "mean_ttft_ms": 210.0,
    "median_ttft_ms": 200.0,
    "p99_ttft_ms": 400.0,
    "mean_tpot_ms": 15.0,
    "median_tpot_ms": 15.0,
    "p99_tpot_ms": 18.0,
}


def records(folder: Path) -> list[dict[str, Any]]:
    """The kept lines behind the headers."""
    return [
        json.loads(line)
        for path in sorted((folder / "snapshots" / "probe").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()[1:]
    ]


def test_a_servers_curve_is_measured_and_kept(planner: Call, elsewhere: Path) -> None:
    """Clients double until no more comes; the output is that of the contract, the file has it."""
    with serving_openai(slots=4, per_token=0.01) as server:
        told = planner("probe", "tiny", "--url", server.url, *QUICK, "--ttft", "500", "--json")
    assert told.code == 0, told.err
    jsonschema.validate(told.json, planner("schema", "probe").json)
    levels = told.json["measurements"]
    assert [one["concurrency"] for one in levels][:4] == [1, 2, 4, 8]
    assert [one["saturated"] for one in levels[:3]] == [False, False, True]
    assert levels[2]["output_tokens_per_second"] > 3 * levels[0]["output_tokens_per_second"]
    for one in levels:
        assert (one["drive"], one["input_tokens"], one["output_tokens"]) == ("closed_loop", 40, 8)
        assert one["goodput"]["share"] == 1
        assert one["requests"]["failed"] == 0
    assert told.json["kept"] == [f"snapshots/probe/{levels[0]['measured_at'][:10]}.jsonl"]
    assert [one["concurrency"] for one in records(elsewhere)] == [
        one["concurrency"] for one in levels
    ]
    assert "concurrency 4: " in told.err


def test_people_see_the_best_the_rows_and_where_they_are_kept(planner: Call) -> None:
    """The first line could be read out; the clients, rates and times follow."""
    with serving_openai(slots=2, per_token=0.01) as server:
        loads = ("--concurrency", "1", "--concurrency", "2", "--rate", "20")
        told = planner("probe", "tiny", "--url", server.url, *QUICK, *loads, "--ttft", "500", "-q")
    first, *rest = told.out.splitlines()
    assert first.startswith("tiny under vllm on an unnamed machine: ")
    head = next(number for number, line in enumerate(rest) if line.startswith("In/out"))
    assert rest[head].split() == [
        "In/out",
        "Load",
        "tok/s",
        "TTFT",
        "ms",
        "TPOT",
        "ms",
        "good",
        "req/s",
    ]
    rows = [row.split()[:2] for row in rest[head + 1 : head + 4]]
    assert rows == [["40/8", "1"], ["40/8", "2"], ["40/8", "20/s"]]
    assert any(line.startswith("Kept in snapshots/probe/") for line in rest)
    assert told.err == ""


def test_what_failed_is_counted_and_ends_with_3(planner: Call) -> None:
    """Every second request gets HTTP 503: the rates are those of the others."""

    def fault(_body: dict[str, Any], number: int) -> Fault | None:
        return Fault(status=503, body=b"busy") if number > 4 and number % 2 else None

    with serving_openai(fault=fault) as server:
        loads = ("--concurrency", "2", "--requests", "12")
        told = planner("probe", "--url", server.url, *QUICK, *loads, "--json")
    assert told.code == 3
    [level] = told.json["measurements"]
    requests = level["requests"]
    assert requests["failed"] > 3
    assert requests["completed"] > 3
    assert requests["errors"] == {"HTTP 503": requests["failed"]}
    assert f"failed requests: {requests['failed']}; the rows say how" in told.err


def test_a_key_goes_to_the_server_and_nowhere_else(
    planner: Call, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read from the environment; without it the answer says where it belongs."""
    with serving_openai(key="canary-7f3a") as server:
        refused = planner("probe", "--url", server.url, *QUICK)
        assert refused.code == 1
        assert "PLANNER_PROBE_API_KEY" in refused.err
        monkeypatch.setenv("PLANNER_PROBE_API_KEY", "canary-7f3a")
        told = planner("probe", "--url", server.url, *QUICK, "--concurrency", "1", "-v", "--json")
    assert told.code == 0
    everything = [told.out, told.err, *(p.read_text() for p in elsewhere.rglob("*.jsonl"))]
    assert "canary" not in "".join(everything)


def test_an_interrupt_keeps_what_was_measured(elsewhere: Path) -> None:
    """Ctrl-C in the second level: exit 130, the first level is in the file."""
    with serving_openai(per_token=0.01) as server:
        asked = ("probe", "--url", server.url, *QUICK, "--concurrency", "1", "--concurrency", "2")
        with subprocess.Popen(
            [*PROGRAM, *asked, "--seconds", "2"], cwd=elsewhere, env=environ(),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        ) as running:  # fmt: skip
            assert running.stderr is not None
            assert "concurrency 1: " in running.stderr.readline()
            time.sleep(0.2)
            running.send_signal(signal.SIGINT)
            rest = running.stderr.read()
    assert running.returncode == 130
    assert "what was measured is in snapshots/probe/" in rest
    assert [one["concurrency"] for one in records(elsewhere)] == [1]


def test_a_corrupt_file_of_today_is_told_before_anything_is_measured(
    planner: Call, elsewhere: Path
) -> None:
    """The server is not asked, and the file stays as it is."""
    today = f"{dt.datetime.now(dt.UTC).date()}.jsonl"
    path = elsewhere / "snapshots" / "probe" / today
    path.parent.mkdir(parents=True)
    path.write_text("{}\n", encoding="utf-8")
    with serving_openai() as server:
        told = planner("probe", "--url", server.url, *QUICK, "--concurrency", "1")
        assert server.seen == []
    assert (told.code, told.out, path.read_text(encoding="utf-8")) == (1, "", "{}\n")
    assert f"{today}:1: no header of measurements" in told.err


def test_what_the_server_does_not_look_like_is_flagged(planner: Call) -> None:
    """Another model's name and another engine than the call says: each row says so."""
    behind = ("llama-3-8b", "--gpu", "H100-SXM", "--engine", "sglang", "--dtype", "bf16")
    with serving_openai(models=("gemma-2-2b",)) as server:
        asked = ("--url", server.url, *QUICK, "--concurrency", "1", "--json")
        refused = planner("probe", *behind, *asked)
        told = planner("probe", *behind, "--served-as", "gemma-2-2b", *asked)
    flags = [flag for one in told.json["measurements"] for flag in one["flags"]]
    assert told.code == 0, refused.err
    assert "the server looks like vllm, not sglang" in flags
    assert "taken for llama-3-8b, as the call says: the server calls it gemma-2-2b" in flags


def test_an_answer_in_one_piece_without_usage_has_no_tokens(planner: Call) -> None:
    """Three words are not the eight tokens that were asked for: nothing is measured."""
    with serving_openai(streams=False, counts=False, most_tokens=1) as server:
        told = planner("probe", "--url", server.url, *QUICK, "--concurrency", "1")
    assert (told.code, told.out) == (1, "")
    assert "it answers in one piece and tells no usage" in told.err


def test_a_dry_run_keeps_nothing(planner: Call, elsewhere: Path) -> None:
    """The answer is there, the folder is not."""
    with serving_openai() as server:
        asked = ("probe", "--url", server.url, *QUICK, "--concurrency", "1", "--dry-run", "--json")
        told = planner(*asked)
    assert (told.code, told.json["kept"]) == (0, [])
    assert "dry run: nothing was kept" in told.err
    assert list(elsewhere.iterdir()) == []


@pytest.mark.parametrize("content", [f"{HEAD}\n{ROW}\n", json.dumps(BENCH)])
def test_imported_results_change_gpus_and_breakeven(
    planner: Call, elsewhere: Path, content: str
) -> None:
    """A case file or a vLLM result: the machine is measured, its neighbours are anchored."""
    name = "own.csv" if content.startswith(HEAD) else "bench.json"
    (elsewhere / name).write_text(content, encoding="utf-8")
    machine = () if name == "own.csv" else ("--gpu", "H100-SXM", "--engine", "vllm")
    told = planner("probe", "--import", name, *machine, "--dtype", "bf16", "--json")
    assert told.code == 0, told.err
    [one] = told.json["measurements"]
    assert (one["model"], one["device"]["gpu"]) == ("llama-3-8b", "NVIDIA H100 SXM")
    assert one["measured_at"].startswith("2026-11-20")
    [beside] = told.json["comparisons"]
    assert beside["basis"] == "transferred"
    rate = one["output_tokens_per_second"]
    assert beside["error"] == pytest.approx(beside["forecast_tokens_per_second"]["mid"] / rate - 1)

    forecast = ("forecast", "llama-3-8b", "--gpu", "H100-SXM", "--json", "--concurrency")
    [same] = planner(*forecast, "64").json["forecasts"]
    assert same["basis"] == "measured"
    assert same["output_tokens_per_second"]["mid"] == pytest.approx(rate)
    options = planner("gpus", "llama-3-8b", "--on", "2026-11-21", "--json").json["options"]
    bases = {o["gpu"]: o["basis"] for o in options if o["fits"]}
    assert (bases["NVIDIA H100 SXM"], bases["NVIDIA L4"]) == ("anchored", "anchored")
    instance = ("--instance", "aws/p5.4xlarge", "--on", "2026-11-21", "--json")
    assert (
        "the rate of p5.4xlarge rests on the fit, moved to own measurements nearby (anchored)"
        in (planner("breakeven", "llama-3-8b", *instance).json["assumptions"])
    )


def test_what_is_kept_is_shown(planner: Call, elsewhere: Path) -> None:
    """All in short, a model's with its rows; one that nobody measured is an error."""
    (elsewhere / "own.csv").write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8")
    assert planner("probe", "--import", "own.csv").code == 0
    told = planner("probe", "--kept", "llama-3-8b").out
    assert told.startswith("llama-3-8b in bf16 under vllm on NVIDIA H100 SXM: 4,000 output tokens")
    assert "llama-3-8b" in planner("probe", "--kept").out
    rows = planner("probe", "--kept", "llama-3-8b", "--format", "csv").out.splitlines()
    assert len(rows) == 2
    nobody = planner("probe", "--kept", "llama-2-70b")
    assert (nobody.code, nobody.err) == (
        1,
        "planner: no measurement of llama-2-70b is kept; planner probe MODEL makes one\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ((), 2, "give MODEL, --url URL, --import FILE or --kept"),
        (("--url", "http://x", "--kept"), 2, "--url and --kept are ways of their own; give one"),
        (("llama-3-8b", "--rate", "3"), 2, "--rate speaks of --url; leave it out"),
        (("--url", "http://x", "--rounds", "3"), 2, "--rounds speaks of a model; leave it out"),
        (("llama-3-8b", "--gpu", "H100"), 2, "--gpu is told by the machine itself; leave it out"),
        (("--url", "http://x", "--gpus", "2"), 2, "count GPUs of a kind; say --gpu, too"),
        (("--url", "http://x", "--gpu", "H1000"), 1, "no GPU is called 'H1000'; close: "),
        (("--url", "ftp://x"), 2, "is no http(s) one; give it like http://localhost:8000/v1"),
        (("--url", "http://x", "--dtype", "bf17"), 2, "'bf17' is no format of weights; give bf16"),
        (("--import", "none.json"), 1, "none.json: No such file or directory"),
        (("--url", "http://127.0.0.1:9", *QUICK), 1, "start it, or give another address"),
        (("nobody-7b",), 1, "no architecture is called 'nobody-7b'"),
        (("./nowhere",), 1, "nowhere: No such file or directory; give a config.json or its folder"),
        (("llama-3-8b", "--dtype", "int3"), 2, "give float32, bfloat16, float16, int8, fp8"),
        (("llama-3-8b", "--input-tokens", "x"), 2, "--input-tokens is 'x'; give a whole number"),
        (("deepseek-v3",), 2, "give the folder of its config.json instead of its name"),
    ],
)  # fmt: skip
def test_bad_input_gets_one_line(
    planner: Call, arguments: tuple[str, ...], code: int, message: str
) -> None:
    """What, where, and the next step; the code of the contract."""
    told = planner("probe", *arguments)
    assert (told.code, told.out) == (code, "")
    assert message in told.err
    assert told.err.count("\n") == 1


@pytest.mark.parametrize(
    ("hidden", "arguments", "extra"),
    [
        ("torch", ("llama-3-8b",), "MODEL needs torch and transformers; pip install '{}[probe]'"),
        ("aiohttp", ("--url", "http://x"), "--url needs aiohttp; pip install '{}[endpoint]'"),
    ],
)
def test_a_missing_extra_is_named(
    elsewhere: Path, hidden: str, arguments: tuple[str, ...], extra: str
) -> None:
    """One line, exit 1, where the library cannot be imported."""
    script = (
        f"import sys; sys.modules[{hidden!r}] = None\n"
        f"from planner.cli.main import run\nsys.exit(run({['probe', *arguments]!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=elsewhere, env=environ(), capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (
        1,
        f"planner: probe {extra.format('cloud-llm-planner')}\n",
    )
