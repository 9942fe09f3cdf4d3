"""The names under which an open model's weights are found, whatever was done to them.

A checkpoint's name tells its owner, its tuning and its quantisation, none of which changes the
shape: "Qwen/Qwen3-235B-A22B-Instruct-2507-FP8" has that of "qwen3-235b-a22b".
"""

import re
from collections.abc import Iterator

_QUANTISED = re.compile(
    r"[-_](?:fp8|fp4|nvfp4|mxfp4|awq|gptq|int8|int4|bf16|w8a8|w4a16|quantized|gguf|dynamic)$"
)
_TUNED = re.compile(r"-(?:hf|instruct|it|chat|base|thinking|\d{4})$")
_DASHES = str.maketrans("\u2010\u2011\u2012\u2013", "----")


def spellings(name: str) -> Iterator[str]:
    """The name in lower case, then with less and less of what does not change the shape."""
    text = name.strip().lower().translate(_DASHES)
    yield text
    text = text.split("/")[-1]
    yield from _forms(text)
    while (shorter := _QUANTISED.sub("", text)) != text:
        text = shorter
        yield from _forms(text)
    while (shorter := _TUNED.sub("", text)) != text:
        text = shorter
        yield from _forms(text)


def _forms(text: str) -> Iterator[str]:
    """The name as it is, and with the dashes and without the owner that others write it with."""
    yield text
    dashed = re.sub(r"[\s_]+", "-", text).replace("meta-llama", "llama").removeprefix("meta-")
    yield dashed
    yield re.sub(r"^(llama|gemma|phi|mistral|falcon)(?=\d)", r"\1-", dashed)
