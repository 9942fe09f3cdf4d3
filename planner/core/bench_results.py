"""Decoded result files of benchmark tools as measurements, told apart by their keys."""

from planner.core import bench_guidellm, bench_vllm, bench_vllm_offline
from planner.core.bench_fields import Fields, Setting
from planner.core.measurements import Measurement

KNOWN = (
    "vllm bench serve (--save-result)",
    "vllm bench latency and throughput (--output-json)",
    "SGLang's bench_serving (--output-file)",
    "GuideLLM (benchmarks.json)",
)
"""The tools whose results are read, with the option that saves them."""


def measurements_in(data: object, setting: Setting) -> tuple[Measurement, ...]:
    """The measurements in one decoded JSON value: an object, or a list of objects.

    Raises ValueError where the format is unknown, a figure that matters is missing or is none, or
    the setting lacks what the file does not tell.
    """
    if isinstance(data, list):
        return tuple(m for each in data for m in measurements_in(each, setting))
    row = Fields(data)
    if "benchmarks" in row:
        return bench_guidellm.report(row, setting)
    if "avg_latency" in row:
        return (bench_vllm_offline.latency(row, setting),)
    if "elapsed_time" in row and "total_num_tokens" in row:
        return (bench_vllm_offline.throughput(row, setting),)
    if "total_output_tokens_retokenized" in row:
        return (bench_vllm.serve(row, setting, source="sglang bench_serving"),)
    if "total_output_tokens" in row and "request_throughput" in row:
        return (bench_vllm.serve(row, setting),)
    raise ValueError(f"its format is unknown; known are {', '.join(KNOWN)}")
