"""Claims about reading the result files of other benchmark tools."""

import json
from pathlib import Path
from typing import Any

import pytest

from planner.core.bench_fields import Setting
from planner.core.measurements import Measurement
from planner.errors import BadFileError
from planner.files.bench_results import read_bench_results

ROW: dict[str, Any] = {
    "date": "20260816-160853", "backend": "vllm", "model_id": "opt-125m", "num_prompts": 8,
    "request_rate": "inf", "max_concurrency": 2, "duration": 2.0, "completed": 8, "failed": 0,
    "total_input_tokens": 256, "total_output_tokens": 128, "request_throughput": 4.0,
    "output_throughput": 64.0, "mean_ttft_ms": 216.0, "median_ttft_ms": 56.0, "p99_ttft_ms": 734.0,
}  # fmt: skip
LINE = json.dumps(ROW)
KNOWN = (
    "known are vllm bench serve (--save-result), vllm bench latency and throughput "
    "(--output-json), SGLang's bench_serving (--output-file), GuideLLM (benchmarks.json)"
)


def read(path: Path) -> tuple[Measurement, ...]:
    """What is in the file, with names as they are."""
    return read_bench_results(path, Setting(canonical=str.casefold))


def written(folder: Path, text: str, name: str = "result.json") -> Path:
    """A file of this text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "text",
    [
        f"{LINE}\n{LINE}\n",
        LINE + LINE,
        f"[{LINE}, {LINE}]",
        f"{json.dumps(ROW, indent=2)}\r\n\r\n{LINE}",
        f"\ufeff{LINE}\n{LINE}",
    ],
    ids=["lines", "joined", "list", "indented", "with a byte-order mark"],
)
def test_results_may_stand_one_after_another(tmp_path: Path, text: str) -> None:
    """Tools that append write lines, objects without a line between, or a list."""
    assert [m.output_tokens_per_second for m in read(written(tmp_path, text))] == [64.0, 64.0]


def test_infinity_for_no_rate_is_read(tmp_path: Path) -> None:
    """SGLang's JSON spells an unbounded rate so, which strict readers refuse."""
    text = LINE.replace('"inf"', "Infinity")
    (found,) = read(written(tmp_path, text))
    assert (found.drive, found.concurrency) == ("closed_loop", 2)


def test_a_report_in_yaml_is_read(tmp_path: Path) -> None:
    """GuideLLM saves .yaml, too."""
    count = "{successful: {mean: 64.0, median: 64.0, percentiles: {p90: 64.0, p99: 64.0}}}"
    names = (
        "prompt_token_count", "output_token_count", "requests_per_second",
        "output_tokens_per_second", "time_to_first_token_ms", "inter_token_latency_ms",
        "request_latency",
    )  # fmt: skip
    text = (
        "benchmarks:\n- args: {strategy: {type_: synchronous}}\n"
        "  worker: {backend_model: opt-125m}\n  start_time: 1771584484.5\n"
        "  end_time: 1771584544.5\n  request_totals: {successful: 3, errored: 0, incomplete: 0}\n"
        "  metrics:\n" + "".join(f"    {name}: {count}\n" for name in names)
    )
    (found,) = read(written(tmp_path, text, "benchmarks.yaml"))
    assert (found.model, found.output_tokens_per_second) == ("opt-125m", 64.0)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (LINE[:-20], ":1: is cut off; give the file as the tool saves it"),
        (f"{LINE}\n{LINE[:40]}", ":2: is cut off; give the file as the tool saves it"),
        ('{"duration": 2.0', ":1: is cut off; give the file as the tool saves it"),
        ("duration,completed\n2,8\n",
         ":1: is no JSON (Expecting value); give the file as the tool saves it"),
        (f"{LINE}\nSaved.\n",
         ":2: is no JSON (Expecting value); give the file as the tool saves it"),
        (f"{LINE}\n" + LINE.replace("216.0", "NaN"),
         ": the result that begins on line 2 has NaN for a figure; run it again"),
        (f'{LINE}\n{{"hello": 1}}',
         f", result 2: its format is unknown; {KNOWN}"),
        (" \n", f": nothing is in it; {KNOWN}"),
        (LINE.replace("64.0", '"64"'), ": output_throughput is '64'; a number is needed"),
        (LINE.replace("64.0", "-Infinity"),
         ": output_throughput is -inf; a measured figure is 0 or more"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_is_named_with_line_and_step(
    tmp_path: Path, text: str, fault: str
) -> None:
    """Cut-off files, other text, NaN and unknown objects each have their message."""
    path = written(tmp_path, text)
    with pytest.raises(BadFileError) as caught:
        read(path)
    assert str(caught.value) == f"{path}{fault}"


def test_deep_nesting_is_an_error_and_no_crash(tmp_path: Path) -> None:
    """A file of brackets ends in a message."""
    with pytest.raises(BadFileError, match="the result that begins on line 1 has"):
        read(written(tmp_path, "[" * 200_000))


def test_what_is_no_text_or_no_file_is_told(tmp_path: Path) -> None:
    """A folder, a missing file, bytes that are no UTF-8, YAML that is none."""
    with pytest.raises(BadFileError, match=r"gone\.json: No such file or directory; give a result"):
        read(tmp_path / "gone.json")
    with pytest.raises(BadFileError, match="give a result file"):
        read(tmp_path)
    binary = tmp_path / "result.json"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadFileError, match=r"no text in UTF-8 .*; give a JSON file"):
        read(binary)
    with pytest.raises(BadFileError, match=r"no YAML .*; give the report as GuideLLM saves it"):
        read(written(tmp_path, "benchmarks: [", "benchmarks.yaml"))
