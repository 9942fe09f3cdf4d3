"""Which models the words of an Azure meter are about, and which versions of them.

A meter's words abbreviate: "4.1 mini" under "Azure OpenAI GPT5" is gpt-4.1-mini, "R1" under
"Deepseek" is deepseek-r1. Families and abbreviations stand here as data; a name that no line
mentions is taken as it is written, so that a new model of a known family needs none.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date

import msgspec

from planner.feeds._retail_words import Words

Versions = Mapping[str, Iterable[str]]
"""The versions that offers have, by canonical model."""

# Products whose words leave the family out: what to write before a name that begins like this.
_FAMILIES = (
    (re.compile(r"OSS", re.IGNORECASE), re.compile(r"^(?:oss-)?(?=\d+b)"), "gpt-oss-"),
    (re.compile(r"GPT", re.IGNORECASE), re.compile(r"^(?=\d)"), "gpt-"),
    (
        re.compile(r"GPT|Media", re.IGNORECASE),
        re.compile(r"^(?:gpt-|chat-)(?=latest)"),
        "gpt-chat-",
    ),
    (re.compile(r"Llama", re.IGNORECASE), re.compile(r"^(?:llama)?-?(?=\d)"), "llama-"),
    (re.compile(r"Grok", re.IGNORECASE), re.compile(r"^(?:grok)?-?(?=\d|code)"), "grok-"),
    (re.compile(r"Deepseek", re.IGNORECASE), re.compile(r"^(?=[rv]\d)"), "deepseek-"),
    (
        re.compile(r"Mistral", re.IGNORECASE),
        re.compile(r"^(?=(?:large|small)-)"),
        "mistral-",
    ),
    (re.compile(r"Kimi", re.IGNORECASE), re.compile(r"^(?=k\d)"), "kimi-"),
    (re.compile(r"Qwen", re.IGNORECASE), re.compile(r"^(?=\d+b)"), "qwen3-"),
    (re.compile(r"^MAI", re.IGNORECASE), re.compile(r"^(?=image)"), "mai-"),
    (re.compile(r"Media", re.IGNORECASE), re.compile(r"^(?=image)"), "gpt-"),
    (re.compile(r"Cohere", re.IGNORECASE), re.compile(r"^(?=embed)"), "cohere-"),
)
# Abbreviations within a name, in this order.
_SPELLINGS = (
    (re.compile(r"\bmn\b"), "mini"),
    (re.compile(r"\bmnstrl\b"), "ministral"),
    (re.compile(r"^mm(?=\d)"), "mistral-medium-"),
    (re.compile(r"\b(?:trscb|tcrb|trnscb)\b"), "transcribe"),
    (re.compile(r"\btranscribe-d\b"), "transcribe-diarize"),
    (re.compile(r"^gpt-(?:img|image)\b"), "gpt-image"),
    (re.compile(r"\bdeep-seek\b"), "deepseek"),
    (re.compile(r"\bmini-max\b"), "minimax"),
    (re.compile(r"\bmo-e\b"), "moe"),
    (re.compile(r"-rsng\b|-base$|-model$|-std$"), ""),
    (re.compile(r"\b(?:rtime|rt)\b"), "realtime"),
    (re.compile(r"\bprvw\b"), "preview"),
    (re.compile(r"\btrb\b"), "turbo"),
    (re.compile(r"\b(v3\.2)-sp$"), r"\1-speciale"),
    (re.compile(r"^(kimi-k\d\.\d)-thinking$"), r"\1"),
)
# Names that mean something else than they say; several where one meter bills several models.
_Named = dict[str, tuple[tuple[str, str | None], ...]]
_NAMES: _Named = {
    "gpt-35-turbo-4k": (("gpt-35-turbo", "0613"),),
    "gpt-35-turbo-16k": (("gpt-35-turbo-16k", None),),
    "gpt-35-turbo-16k-0125": (("gpt-35-turbo", "0125"),),
    "gpt-35-turbo-16k-125": (("gpt-35-turbo", "0125"),),
    "gpt-35-turbo-16k-1106": (("gpt-35-turbo", "1106"),),
    "gpt-4-8k": (("gpt-4", "0613"),),
    "gpt-4-32k": (("gpt-4-32k", "0613"),),
    "gpt-4-turbo-128k": (
        ("gpt-4-turbo", None),
        ("gpt-4", "1106-Preview"),
        ("gpt-4", "0125-Preview"),
    ),
    "gpt-4-turbo-vision-128k": (("gpt-4", "vision-preview"),),
    "gpt-4.5": (("gpt-4.5-preview", None),),
    "gpt-4o-realtime": (("gpt-4o-realtime-preview", "2024-10-01"),),
    "gpt-4o-realtime-preview": (("gpt-4o-realtime-preview", "2024-10-01"),),
    "gpt-image": (("gpt-image-1", None),),
    "gpt-image-mini": (("gpt-image-1-mini", None),),
    "embedding-ada": (("text-embedding-ada-002", None),),
    "computer-use": (("computer-use-preview", None),),
    "grok-code-fast": (("grok-code-fast-1", None),),
    "grok-4-fast": (("grok-4-fast-reasoning", None), ("grok-4-fast-non-reasoning", None)),
    "grok-4.1": (
        ("grok-4-1-fast-reasoning", None),
        ("grok-4-1-fast-non-reasoning", None),
    ),
    "grok-4.2": (("grok-4-20-reasoning", None), ("grok-4-20-non-reasoning", None)),
    "llama-3.3": (("llama-3.3-70b", None),),
    "llama-4-maverick-17b": (("llama-4-maverick-17b-128e", None),),
    "codestral": (("codestral-2501", None),),
    "phi-4-mini-mm": (("phi-4-multimodal", None),),
    "phi-3.5-v-128k-instruct": (("phi-3.5-vision", None),),
    "phi-3.5-mini-128k-instruct": (("phi-3.5-mini", None),),
    "flux-1.1-pro": (("flux-1.1-pro", None),),
    "image-dall-e-2": (("dall-e-2", None),),
    "kontext-pro": (("flux.1-kontext-pro", None),),
    "speech-text-to-speech": (("tts", None),),
    "speech-text-to-speech-hd": (("tts-hd", None),),
}
# The fine-tuned gpt-35-turbo of 16k: one meter for both versions.
_TUNED_NAMES: _Named = {
    "gpt-35-turbo-16k": (("gpt-35-turbo", "0125"), ("gpt-35-turbo", "1106")),
}
# Batch of gpt-35-turbo of 16k: the version that is not named is 1106, by the meter ids of SKUs.
_BATCH_NAMES: _Named = {"gpt-35-turbo-16k": (("gpt-35-turbo", "1106"),)}
_DAY = re.compile(r"-(\d{2})(\d{2})(\d{4})?$")
# A word of one letter is a placeholder of Azure's ("MAI x"), no model.
_PLACEHOLDER = re.compile(r"^(?:mai|fw|az)-\w$|^az-|^gpt-latest|^standard$|^$")
_FIREWORKS = re.compile(r"^fw-")


class Sold(msgspec.Struct, frozen=True):
    """A model that a meter bills, and its version; None where the words name none."""

    model: str
    version: str | None


def models_of(
    words: Words,
    product: str,
    starts: date,
    versions: Versions,
    canonical: Callable[[str], str],
) -> tuple[Sold, ...]:
    """The models that the words are about; () where they name none that is known to be one.

    A month and day ("0806") becomes the offers' version of that day; where none has it, the last
    such day before the meter began (`starts`).
    """
    name = _spelled_out(words.model, product)
    if _PLACEHOLDER.search(name):
        return ()
    name = _heard(name, words)
    known = _NAMES
    if words.fine_tuned and name in _TUNED_NAMES:
        known = _TUNED_NAMES
    elif words.batch and name in _BATCH_NAMES:
        known = _BATCH_NAMES
    if name in known:
        return tuple(Sold(model, version) for model, version in known[name])
    day = _DAY.search(name)
    if day is None or canonical(name) in versions:
        return (Sold(_canonical(name, canonical), None),)
    stem = name[: day.start()]
    model = _NAMES[stem][0][0] if stem in _NAMES else _canonical(stem, canonical)
    return (Sold(model, _version(model, day, starts, versions)),)


def _spelled_out(name: str, product: str) -> str:
    """The name with its family before it and its abbreviations written out."""
    for matches, begins, prefix in _FAMILIES:
        if matches.search(product) and begins.search(name):
            name = begins.sub(prefix, name, count=1)
            break
    for pattern, spelled in _SPELLINGS:
        name = pattern.sub(spelled, name)
    return name


def _heard(name: str, words: Words) -> str:
    """The name of a model that hears or speaks: "gpt-4o" with "aud" is the audio preview."""
    audio = "audio" in words.kinds
    stem, dash, day = name.rpartition("-")
    if not (dash and re.fullmatch(r"\d{4}", day)):
        stem, day = name, ""
    spoken = any(part in stem for part in ("transcribe", "tts", "whisper"))
    if audio and not spoken and "realtime" not in stem:
        if stem in ("gpt-4o", "gpt-4o-mini"):
            stem += "-audio-preview"
        elif re.fullmatch(r"gpt(-mini|-[\d.]+)?", stem):
            stem = stem.replace("gpt", "gpt-audio", 1)
    elif stem in ("gpt-4o-realtime", "gpt-4o-mini-realtime") and day:
        stem += "-preview"
    return f"{stem}-{day}" if day else stem


def _canonical(name: str, canonical: Callable[[str], str]) -> str:
    return name if _FIREWORKS.search(name) else canonical(name)


def _version(model: str, day: re.Match[str], starts: date, versions: Versions) -> str | None:
    month, number, year = day.groups()
    if year is not None:  # "05052026"
        return f"{year}-{month}-{number}"
    short = f"{month}{number}"
    # Another model's version of that day is likelier than a guess: families appear on one day.
    everyone = [version for own in versions.values() for version in own]
    for pool in (versions.get(model, ()), everyone):
        known = [v for v in pool if v == short or v.endswith(f"-{month}-{number}")]
        if known:
            return max(known)
    for guess in (starts.year, starts.year - 1):
        try:
            told = date(guess, int(month), int(number))
        except ValueError:
            return short
        if told <= starts:
            return told.isoformat()
    return short
