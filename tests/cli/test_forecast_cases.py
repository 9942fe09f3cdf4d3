"""Claims about `planner forecast --cases` and `--measured`: many forecasts, and anchors."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.conftest import Call

HEAD = (
    "case,model,engine,gpu_norm,num_gpus,tp,dtype,input_len,output_len,concurrency_or_batch,"
    "scenario"
)
GOOD = "a,llama-3-8b,vLLM,H100-SXM,1,1,bf16,512,512,64,serve"
BAD = "b,nobody,vLLM,H100-SXM,1,1,bf16,512,512,64,serve"


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    """A file of two cases, one of which has a model that nobody knows."""
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEAD}\n{GOOD}\n{BAD}\n", encoding="utf-8")
    return path


def test_each_case_has_an_entry(planner: Call, cases: Path) -> None:
    """In the file's order: figures, or the reasons in that case's row; exit 0."""
    done = planner("forecast", "--cases", str(cases), "--json")
    assert done.code == 0
    good, bad = done.json["forecasts"]
    rate = good["output_tokens_per_second"]
    assert 0 < rate["low"] < rate["mid"] < rate["high"]
    assert (good["case"], good["model"], good["gpu"]) == ("a", "llama-3-8b", "NVIDIA H100 SXM")
    assert (good["num_gpus"], good["engine"], good["concurrency"]) == (1.0, "vllm", 64)
    assert good["reasons"] == []
    assert (bad["case"], bad["model"], bad["output_tokens_per_second"]) == ("b", "nobody", None)
    assert bad["reasons"][0].startswith("no architecture is called 'nobody'")


def test_a_case_says_what_the_same_question_says(planner: Call, cases: Path) -> None:
    """A row and the flags that tell the same get the same forecast."""
    row = planner("forecast", "--cases", str(cases), "--json").json["forecasts"][0]
    flags = ("--gpu", "H100-SXM", "--concurrency", "64", "--json")
    asked = planner("forecast", "llama-3-8b", *flags).json["forecasts"][0]
    assert row["output_tokens_per_second"] == asked["output_tokens_per_second"]
    assert row["tpot_ms"] == asked["tpot_ms"]


def test_people_see_rows_and_what_is_wrong(planner: Call, cases: Path) -> None:
    """A table of what could be forecast, a line for what could not."""
    out = planner("forecast", "--cases", str(cases)).out
    assert out.startswith("1 of 2 cases forecast.")
    assert "b: no architecture is called 'nobody'" in out


def test_rows_as_csv(planner: Call, cases: Path) -> None:
    """One line a case with its own columns for low, middle and high."""
    out = planner("forecast", "--cases", str(cases), "--format", "csv").out
    good, bad = csv.DictReader(out.splitlines())
    assert float(good["output_tokens_per_second_mid"]) > 0
    assert (bad["case"], bad["output_tokens_per_second_mid"]) == ("b", "")


@pytest.mark.parametrize("mark", [";", "\t"])
def test_other_marks_and_capitals(planner: Call, tmp_path: Path, mark: str) -> None:
    """Semicolons or tabs between cells, capitals and blanks in the header."""
    path = tmp_path / "cases.csv"
    head = HEAD.replace(",", f" {mark}").replace("model", "Model")
    path.write_text(f"{head}\n{GOOD.replace(',', mark)}\n", encoding="utf-8")
    (entry,) = planner("forecast", "--cases", str(path), "--json").json["forecasts"]
    assert (entry["model"], entry["reasons"]) == ("llama-3-8b", [])


def test_columns_that_are_not_known_are_ignored(planner: Call, tmp_path: Path) -> None:
    """Also a byte order mark, and a row without a name, which its line names."""
    path = tmp_path / "cases.csv"
    row = GOOD.removeprefix("a")
    path.write_text(f"\ufeff{HEAD},colour\n{row},red\n", encoding="utf-8")
    (entry,) = planner("forecast", "--cases", str(path), "--json").json["forecasts"]
    assert (entry["case"], entry["reasons"]) == ("line 2", [])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "case,model\nx,y\n",
            "no column num_gpus, input_len, output_len, gpu_norm (or gpu); of case, model",
        ),
        (f"{HEAD}\n", "no case in it; give a row for each"),
        ("", "no column model"),
        (f"{HEAD}\n{GOOD},extra\n", "cases.csv:2: more cells than columns"),
        (f"{HEAD},tp\n{GOOD},1\n", "column tp stands there twice"),
        (f'{HEAD}\n"{GOOD}\n', "no CSV (unexpected end of data); mend its quotes"),
        (b"\xff\xfe\x00x", "no CSV in UTF-8"),
        (None, "No such file or directory; give a CSV file"),
    ],
)
def test_a_file_that_cannot_be_used(
    planner: Call, tmp_path: Path, text: str | bytes | None, said: str
) -> None:
    """One line that names the file and what to do; exit 1."""
    path = tmp_path / "cases.csv"
    if text is not None:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = planner("forecast", "--cases", str(path))
    assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
    assert said in done.err
    assert "cases.csv" in done.err


def test_cases_and_a_model_contradict(planner: Call, cases: Path) -> None:
    """A file tells everything itself; exit 2."""
    done = planner("forecast", "llama-3-8b", "--gpu", "H100", "--cases", str(cases))
    assert done.code == 2
    assert "--cases tells model, GPU, dtype, engine, lengths and load" in done.err


@pytest.fixture
def measured(tmp_path: Path) -> Path:
    """Two points of Llama-3-8B on one H100, at other loads than the question's."""
    path = tmp_path / "measured.csv"
    rows = [
        GOOD.replace(",64,", ",32,") + ",4000",
        GOOD.replace(",64,", ",128,").replace("a,", "c,") + ",9000",
    ]
    path.write_text("\n".join([HEAD + ",output_tok_s", *rows]) + "\n", encoding="utf-8")
    return path


def test_own_measurements_anchor(planner: Call, measured: Path) -> None:
    """They move the forecast of their cell, narrow it, and name themselves where they are it."""
    call = ("forecast", "llama-3-8b", "--gpu", "H100-SXM", "--json")
    between = (*call, "--concurrency", "64")
    plain = planner(*between).json["forecasts"][0]
    told = planner(*between, "--measured", str(measured)).json["forecasts"][0]
    assert (plain["basis"], told["basis"]) == ("transferred", "anchored")
    before, after = plain["output_tokens_per_second"], told["output_tokens_per_second"]
    assert after["mid"] > before["mid"]
    assert after["low"] / after["mid"] > before["low"] / before["mid"]
    same = planner(*call, "--concurrency", "128", "--measured", str(measured)).json["forecasts"][0]
    assert same["basis"] == "measured"
    assert same["output_tokens_per_second"]["mid"] == pytest.approx(9000)
    assert same["notes"] == ["measured: c vLLM, measured.csv"]


def test_measurements_reach_gpus_and_breakeven(planner: Call, measured: Path) -> None:
    """The machines of that GPU are anchored, those of others too by the same model."""
    call = ("gpus", "llama-3-8b", "--on", "2026-11-21", "--json")
    options = planner(*call, "--measured", str(measured)).json["options"]
    bases = {o["gpu"]: o["basis"] for o in options if o["fits"] and o["engine"] == "vllm"}
    assert set(bases.values()) == {"anchored"}
    answer = planner(
        "breakeven", "llama-3-8b", "--on", "2026-11-21", "--json", "--measured", str(measured)
    )
    hosts = [o for o in answer.json["options"] if o["kind"] == "self_hosted"]
    assert {o["basis"] for o in hosts if not o["gpu"].startswith("AWS")} == {"anchored"}


def test_a_rate_above_the_datasheet_is_no_measurement(planner: Call, tmp_path: Path) -> None:
    """Input tokens counted in, or a slipped digit, would poison every answer."""
    path = tmp_path / "measured.csv"
    path.write_text(f"{HEAD},output_tok_s\n{GOOD},400000\n", encoding="utf-8")
    done = planner("gpus", "llama-3-8b", "--measured", str(path))
    assert done.code == 1
    assert "a: 400,000 tokens per second are more than the datasheet allows" in done.err


def test_a_measured_row_needs_a_load_and_a_known_engine(planner: Call, tmp_path: Path) -> None:
    """Without a load it would speak of another one; without an engine it is the planned one's."""
    path = tmp_path / "measured.csv"
    call = ("forecast", "llama-3-8b", "--gpu", "H100-SXM", "--concurrency", "64", "--json")
    for row, said in (
        (GOOD.replace(",64,", ",,"), "a tells no load"),
        (GOOD.replace("vLLM", "vlm"), "no engine is called 'vlm'"),
    ):
        path.write_text(f"{HEAD},output_tok_s\n{row},4000\n", encoding="utf-8")
        done = planner(*call, "--measured", str(path))
        assert (done.code, done.err.count("\n")) == (1, 1)
        assert said in done.err
    path.write_text(f"{HEAD},output_tok_s\n{GOOD.replace('vLLM', '')},4000\n", encoding="utf-8")
    assert planner(*call, "--measured", str(path)).json["forecasts"][0]["basis"] == "measured"


def test_columns_by_other_names(planner: Call, tmp_path: Path) -> None:
    """The names of this program's own table do, too."""
    path = tmp_path / "cases.csv"
    path.write_text(
        "model,gpu,num_gpus,engine,dtype,input_tokens,output_tokens,concurrency\n"
        "llama-3-8b,H100-SXM,1,vllm,bf16,512,512,64\n",
        encoding="utf-8",
    )
    (entry,) = planner("forecast", "--cases", str(path), "--json").json["forecasts"]
    assert (entry["concurrency"], entry["input_tokens"]) == (64, 512)


@pytest.mark.parametrize("rate", ["", "fast", "-3", "0", "nan", "inf"])
def test_a_measured_rate_is_a_number(planner: Call, tmp_path: Path, rate: str) -> None:
    """A row without a rate, or with one that cannot be, is named."""
    path = tmp_path / "measured.csv"
    path.write_text(f"{HEAD},output_tok_s\n{GOOD},{rate}\n", encoding="utf-8")
    done = planner("gpus", "llama-3-8b", "--measured", str(path))
    assert (done.code, done.out) == (1, "")
    assert f"output_tok_s of a is '{rate}'; give output tokens per second" in done.err


def test_a_measured_row_that_cannot_be(planner: Call, tmp_path: Path) -> None:
    """An own measurement that nothing is known of is an error, not silence."""
    path = tmp_path / "measured.csv"
    path.write_text(f"{HEAD},output_tok_s\n{BAD},100\n", encoding="utf-8")
    done = planner("gpus", "llama-3-8b", "--measured", str(path))
    assert done.code == 1
    assert "b: no architecture is called 'nobody'" in done.err


def test_the_published_rows_validate(planner: Call) -> None:
    """A table as it is published goes through whole, with a figure or a reason in each row."""
    published = Path(__file__).parents[2] / "benchmarks" / "data" / "published-throughput.csv"
    done = planner("forecast", "--cases", str(published), "--json")
    entries = done.json["forecasts"]
    assert len(entries) == 1244
    for entry in entries:
        assert (entry["output_tokens_per_second"] is None) == bool(entry["reasons"])
    assert sum(not entry["reasons"] for entry in entries) > 1100
    json.dumps(entries, allow_nan=False)
