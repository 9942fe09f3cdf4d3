"""The models behind the names that Azure's meters use.

A product is a family: its meters leave out what the product says ("R1 Inp glbl" of Deepseek, "5.4
opt Dz" of Azure OpenAI GPT5). A few names lead elsewhere; they stand in the table by family.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date

import msgspec

from planner.core.names import ModelNames
from planner.feeds._azure_versions import VERSIONS, is_day, version_of
from planner.feeds._azure_words import Words

# By a word of the product's name, the first that fits: the family, and what its meters leave out.
_FAMILIES = (
    (re.compile(r"openai oss"), "gpt-oss"),
    (re.compile(r"openai"), "gpt"),
    (re.compile(r"fireworks"), "fw"),
    (re.compile(r"deepseek"), "deepseek"),
    (re.compile(r"grok|xai"), "grok"),
    (re.compile(r"kimi|moonshot"), "kimi"),
    (re.compile(r"llama"), "llama"),
    (re.compile(r"mistral"), "mistral"),
    (re.compile(r"\bphi\b"), "phi"),
    (re.compile(r"flux|\bbfl\b"), "flux"),
    (re.compile(r"\bmai\b"), "mai"),
    (re.compile(r"qwen"), "qwen"),
    (re.compile(r"cohere"), "cohere"),
    (re.compile(r"\bmodels\b|model family|model hosting"), ""),
)
_SPELLED = {
    "aud": "audio",
    "img": "image",
    "mn": "mini",
    "mvrck": "maverick",
    "rt": "realtime",
    "rtime": "realtime",
    "tcrb": "transcribe",
    "trscb": "transcribe",
    "trnscb": "transcribe",
    "trnscrb": "transcribe",
    "prvw": "preview",
}
_PREVIEW_2024 = ("gpt-4o-realtime-preview", "2024-10-01")
# The name as the rules make it, and the models that it means, each with the version that only the
# name tells ("": what the day in the words says). Sources: the ids of the meters in the management
# API's models of swedencentral, 2026-04-23; the models that Azure's documentation names for 2026.
_MEANT: dict[str, tuple[tuple[str, str], ...]] = {
    "gpt-35-turbo-4k": (("gpt-35-turbo", "0613"),),
    "gpt-35-trb-16k-125": (("gpt-35-turbo", "0125"),),
    "gpt-35-trb-16k": (("gpt-35-turbo", "1106"),),
    "gpt-4-8k": (("gpt-4", "0613"),),
    "gpt-4-32k": (("gpt-4-32k", "0613"),),
    "gpt-4-turbo-128k": (("gpt-4-turbo", "turbo-2024-04-09"),),
    "gpt-4-turbo-vision-128k": (("gpt-4", "vision-preview"),),
    "gpt-4.5": (("gpt-4.5-preview", ""),),
    "gpt-4o-audio": (("gpt-4o-audio-preview", ""),),
    "gpt-4o-mini-audio": (("gpt-4o-mini-audio-preview", ""),),
    "gpt-4o-mini-realtime": (("gpt-4o-mini-realtime-preview", ""),),
    "gpt-4o-realtime": (("gpt-4o-realtime-preview", ""),),
    "gpt-4o-transcribe-d": (("gpt-4o-transcribe-diarize", ""),),
    "gpt-computer-use": (("computer-use-preview", ""),),
    "gpt-embedding-ada": (("text-embedding-ada-002", ""),),
    "deepseek-v3.2-sp": (("deepseek-v3.2-speciale", ""),),
    "fw-minimax-3": (("fw-minimax-m3", ""),),
    "grok-4-fast": (("grok-4-fast-reasoning", ""), ("grok-4-fast-non-reasoning", "")),
    "grok-4.1": (("grok-4-1-fast-reasoning", ""), ("grok-4-1-fast-non-reasoning", "")),
    "grok-4.2": (("grok-4-20-reasoning", ""), ("grok-4-20-non-reasoning", "")),
    "kimi-k2.5-thinking": (("kimi-k2.5", ""),),
    "kimi-k2.6-thinking": (("kimi-k2.6", ""),),
    "llama-3.3": (("llama-3.3-70b", ""),),
    "llama-4-maverick-17b": (("llama-4-maverick-17b-128e", ""),),
    "mistral-codestral": (("codestral-2501", ""),),
    "mistral-mm-3.5": (("mistral-medium-3-5", ""),),
    "mistral-ministral-3b": (("ministral-3b", ""),),
    "mistral-mnstrl-3b": (("ministral-3b", ""),),
    "phi-3.5-mini-128k": (("phi-3.5-mini", ""),),
    "phi-3.5-v-128k-instruct": (("phi-3.5-vision", ""),),
    "phi-3.5-mini-128k-instruct": (("phi-3.5-mini", ""),),
    "phi-4-mini-mm": (("phi-4-multimodal", ""),),
    "flux-kontext-pro": (("flux.1-kontext-pro", ""),),
    "qwen-32b": (("qwen3-32b", ""),),
    "cohere-command-a": (("command-a", ""),),
    "cohere-command-a-plus": (("cohere-command-a-plus-05-2026", ""),),
}
# What begins a name that needs nothing of its family before it.
_WHOLE = re.compile(
    r"(?:gpt|o\d|codex-mini|babbage|davinci|text-embedding|mai|deepseek|phi|qwen\d|llama|grok"
    r"|kimi|flux|fw|mistral)\b"
)
_OPENAI = re.compile(r"gpt-\d+(?:\.\d+)?o?|gpt-(?:audio|image|realtime)(?:-\d[\d.]*)?|o\d+")
_GENERATION = re.compile(r"[a-z]*\d[\d.]*[a-z]?")
_VOWEL = re.compile(r"[aeiouy]")
_CONSONANTS = ("glm", "gpt")
# No table of models holds these; their names are sure. Source: LiteLLM's price map 1.109.1.
_SEEN = {
    "gpt-5.2-pro",
    "grok-code-fast-1",
    "kimi-k2.7-code",
    "phi-4-reasoning-plus",
}
_UNSEEN = "the model's name is read from the meter's words alone"


class Named(msgspec.Struct, frozen=True):
    """The models that a meter bills, each with its version (None: the words name none).

    `doubt` says where no table holds such a model.
    """

    models: tuple[tuple[str, str | None], ...]
    doubt: str | None = None


def family_of(product: str) -> str | None:
    """Return the family of a product's models ("" for an unknown one), None for no model's."""
    name = product.lower()
    return next((family for pattern, family in _FAMILIES if pattern.search(name)), None)


def models_of(
    words: Words,
    family: str,
    began: date,
    names: ModelNames,
    known: Mapping[str, Collection[str]],
) -> Named:
    """Return the models that the words of a family's meter name.

    `began` is the first day of the meter's price, `known` the versions that offers have by model.
    Raises ValueError where they name none for sure.
    """
    day, tokens = _without_day(words.name, family)
    name = _name(tokens, family)
    if words.scope == "regional" and name == "gpt-4-turbo-128k":
        # Both generations of GPT-4 Turbo are billed by this one meter.
        return Named((("gpt-4-turbo", "turbo-2024-04-09"), ("gpt-4", "1106-Preview")))
    if name == "gpt-35-turbo-16k" and (day or words.fine_tuned):
        return Named((("gpt-35-turbo", day),))  # the later versions all take 16k
    if name in ("gpt-4o-realtime", "gpt-4o-realtime-preview") and day is None:
        return Named((_PREVIEW_2024,))
    meant = _MEANT.get(name)
    if meant is None:
        canonical = _canonical(name, names, known)
        if canonical is None:
            raise ValueError(f"its words {' '.join(tokens)!r:.60} name no model that is known")
        meant = ((canonical, ""),)
    found = tuple(
        (model, version or version_of(model, day, began, known)) for model, version in meant
    )
    sure = name in _MEANT or all(_is_known(model, names, known) for model, _ in found)
    return Named(found, None if sure else _UNSEEN)


def _without_day(tokens: tuple[str, ...], family: str) -> tuple[str | None, list[str]]:
    """The day that names a version, and the words without it; open models keep theirs."""
    if family != "gpt":
        return None, list(tokens)
    days = [token for token in tokens if is_day(token)]
    if len(days) > 1:
        raise ValueError("its words name two days")
    return (days[0] if days else None), [token for token in tokens if not is_day(token)]


def _name(tokens: list[str], family: str) -> str:
    name = "-".join(_SPELLED.get(token, token) for token in tokens)
    if not name:
        raise ValueError("its words name no model")
    if family == "gpt-oss":
        return f"gpt-oss-{name.removeprefix('gpt-').removeprefix('oss-')}"
    return name if not family or _WHOLE.match(name) else f"{family}-{name}"


def _canonical(name: str, names: ModelNames, known: Mapping[str, Collection[str]]) -> str | None:
    """A name as all providers share it; None where it may be no model's."""
    for spelling in (name, name.removeprefix("gpt-"), name.removeprefix("cohere-")):
        model = names.find(spelling, known) or names.canonical(spelling)
        if _is_known(model, names, known):
            return model
    base = _OPENAI.match(name)
    rest = name[base.end() :] if base else name.partition("-")[2]
    parts = [part for part in rest.split("-") if part]
    sure = any(character.isdigit() for character in name) or not name.startswith("gpt")
    if (base or parts) and sure and all(_could_name(part) for part in parts):
        return names.canonical(name)
    return None


def _could_name(part: str) -> bool:
    """Whether a word may be a model's rather than an abbreviation never seen before."""
    if part.isalpha():
        return part in _CONSONANTS or (len(part) >= 3 and _VOWEL.search(part) is not None)  # noqa: PLR2004
    return _GENERATION.fullmatch(part) is not None


def _is_known(model: str, names: ModelNames, known: Mapping[str, Collection[str]]) -> bool:
    told = model in known or model in VERSIONS or model in _SEEN
    return told or names.facts(model) is not None
