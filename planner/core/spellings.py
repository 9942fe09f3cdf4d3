"""Names of open models and of GPUs, however benchmark tables write them.

A checkpoint's name tells its owner, its tuning and its quantisation, none of which changes the
shape: "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8" has that of "qwen3-235b-a22b". A GPU's tells its
maker, its socket's generation and its memory: "NVIDIA A100-SXM4-80GB" is "A100-80-SXM".
"""

import re
from collections.abc import Iterator

from planner.core.hardware import WeightFormat

_DASHES = str.maketrans("\u2010\u2011\u2012\u2013", "----")

# What a checkpoint's name says of the format of its weights.
_FORMATS: dict[str, WeightFormat] = {
    "fp8": "fp8",
    "nvfp4": "fp4",
    "fp4": "fp4",
    "mxfp4": "mxfp4",
    "awq": "int4",
    "gptq": "int4",
    "int4": "int4",
    "w4a16": "int4",
    "4bit": "int4",
    "int8": "int8",
    "w8a8": "int8",
}
_FORMAT = re.compile(rf"[-_.](?P<format>{'|'.join(_FORMATS)})(?=[-_.]|$)")
_QUANTISED = re.compile(
    rf"[-_.](?:{'|'.join(_FORMATS)}|quantized|dynamic|bnb|bf16|gguf|kv|g\d+)(?=[-_.]|$)"
)
_TUNED = re.compile(r"-(?:hf|instruct|it|chat|base|thinking)(?=-|$)")
_DATED = re.compile(r"-(?:\d{4}|v\d+(?:\.\d+)?)$")

_NOMINAL = 0.1  # by how much a name's memory may differ from what programs can use
# What a GPU's name says besides the chip, its form and its memory.
_IDLE = {
    "nvidia", "amd", "intel", "aws", "google", "instinct", "geforce", "tesla", "rtx", "gpu",
    "edition", "generation",
}  # fmt: skip
_MEMORY_KIND = re.compile(r"hbm\d?e?|gddr\dx?")


def model_spellings(name: str) -> Iterator[str]:
    """The name in lower case, then with less and less of what does not change the shape."""
    text = name.strip().lower().translate(_DASHES)
    yield text
    text = re.sub(r"\s*\(.*\)$", "", text).split("/")[-1]
    yield from _forms(text)
    for left_out in (_QUANTISED, _TUNED, _DATED):
        text = left_out.sub("", text)
        yield from _forms(text)


def _forms(text: str) -> Iterator[str]:
    """The name as it is, and as others set its dashes, its owner and its generation."""
    yield text
    dashed = re.sub(r"[\s_]+", "-", text).replace("meta-llama", "llama").removeprefix("meta-")
    yield dashed
    apart = re.sub(r"^(llama|gemma|phi|mistral|falcon)-?v?(?=\d)", r"\1-", dashed)
    yield apart
    yield re.sub(r"^(qwen)-(?=\d)", r"\1", apart)


def format_in(name: str) -> WeightFormat | None:
    """The format of the weights that a checkpoint's name tells, as "-AWQ" does; None if none."""
    found = _FORMAT.search(name.strip().lower().translate(_DASHES))
    return _FORMATS[found["format"]] if found else None


def gpu_words(name: str) -> frozenset[str]:
    """The words of a GPU's name that tell it from others: {"a100", "sxm", "80"}."""
    text = name.strip().lower().translate(_DASHES).replace("(", " ").replace(")", " ")
    words = {re.sub(r"^(\d+)gi?b$", r"\1", word) for word in re.split(r"[\s_/,-]+", text) if word}
    words = {re.sub(r"^(sxm|pcie)\d$", r"\1", word) for word in words}
    return frozenset(w for w in words if w not in _IDLE and not _MEMORY_KIND.fullmatch(w))


def without_memory(words: frozenset[str], gib: float | None) -> frozenset[str]:
    """The words without the memory's size, where it is this one's, give or take a tenth."""
    return frozenset(
        word
        for word in words
        if not (word.isdigit() and gib and abs(float(word) / gib - 1) <= _NOMINAL)
    )
